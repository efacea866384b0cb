//! Which message has which sequence number: needed only where a server sends a body before its
//! UID (Q5). Learnt in the survey, kept right through EXPUNGE responses.

use std::collections::BTreeMap;

/// Sequence numbers to UIDs, as far as they are known.
#[derive(Debug, Default)]
pub(super) struct Seqs {
    uids: BTreeMap<u32, u32>,
    expunges: u32,
}

/// Each EXPUNGE moves all that follows. Beyond this many by other clients the map is given up:
/// then only servers with bodies before UIDs are hurt, and none can make us busy.
const EXPUNGES_MAX: u32 = 1000;

impl Seqs {
    /// A response has named both.
    pub(super) fn learn(&mut self, seq: u32, uid: u32) {
        if self.expunges < EXPUNGES_MAX {
            self.uids.insert(seq, uid);
        }
    }

    /// The UID of a sequence number, if it is known.
    pub(super) fn uid(&self, seq: u32) -> Option<u32> {
        self.uids.get(&seq).copied()
    }

    /// A message has gone: those above it move down by one (RFC 9051 section 7.5.1).
    pub(super) fn expunge(&mut self, seq: u32) {
        self.expunges = self.expunges.saturating_add(1);
        if self.expunges >= EXPUNGES_MAX {
            self.uids.clear();
            return;
        }
        let above = self.uids.split_off(&seq);
        let moved = above.into_iter().filter(|(n, _)| *n != seq);
        self.uids.extend(moved.map(|(n, uid)| (n - 1, uid)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expunge_moves_numbers() {
        let mut seqs = Seqs::default();
        for (seq, uid) in [(1, 10), (2, 20), (4, 40)] {
            seqs.learn(seq, uid);
        }
        seqs.expunge(2);
        let known = [1, 2, 3, 4].map(|seq| seqs.uid(seq));
        assert_eq!(known, [Some(10), None, Some(40), None]);
        seqs.expunge(1);
        assert_eq!(seqs.uid(2), Some(40));
    }

    #[test]
    fn gives_up_when_all_is_expunged() {
        let mut seqs = Seqs::default();
        seqs.learn(5000, 1);
        for _ in 0..EXPUNGES_MAX {
            seqs.expunge(6000);
        }
        seqs.learn(1, 1);
        assert_eq!(seqs.uid(1), None);
    }
}
