//! A set of UIDs with one state each, packed for mailboxes of a million messages.
//!
//! The words lie one behind the other in one block (length, state, bytes) in the order they came,
//! which is also the order they are written to the id file; a table of offsets finds them. That
//! makes some 12 bytes beside the UID itself, where a map of boxed words takes 60 and more.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use crate::store::Known;
use crate::store::record::UID_MAX;

/// The set. Hashes are keyed at random, because servers choose the words.
#[derive(Debug, Default)]
pub(super) struct Uids {
    block: Vec<u8>,
    /// Offset into `block` plus one; 0 is a free slot. A power of two long, or empty.
    table: Vec<u32>,
    /// Words in `block`, forgotten ones included.
    words: usize,
    live: usize,
    hasher: RandomState,
}

impl Uids {
    /// Gives `uid` this state; [`Known::New`] forgets it. Returns whether the set has gained or
    /// lost a word. A word of no or more than [`UID_MAX`] bytes is not taken.
    pub(super) fn set(&mut self, uid: &[u8], state: Known) -> bool {
        if uid.is_empty() || uid.len() > UID_MAX {
            return false;
        }
        if let Some(at) = self.find(uid) {
            let was = self.state(at);
            if let Some(byte) = self.block.get_mut(at + 1) {
                *byte = byte_of(state);
            }
            self.live =
                self.live + usize::from(state != Known::New) - usize::from(was != Known::New);
            if self.words > 2 * self.live + 64 {
                self.pack();
            }
            return (was == Known::New) != (state == Known::New);
        }
        if state == Known::New || self.block.len() + UID_MAX + 2 > u32::MAX as usize {
            return false;
        }
        if (self.words + 1) * 4 > self.table.len() * 3 {
            self.grow();
        }
        self.place(uid, state);
        true
    }

    /// What is known of `uid`.
    pub(super) fn get(&self, uid: &[u8]) -> Known {
        self.find(uid).map_or(Known::New, |at| self.state(at))
    }

    /// How many are known.
    pub(super) fn len(&self) -> usize {
        self.live
    }

    /// All that are known, in the order they came.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], Known)> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let word = self.word(at)?;
            let state = self.state(at);
            at += word.len() + 2;
            Some((word, state))
        })
        .filter(|(_, state)| *state != Known::New)
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn find(&self, uid: &[u8]) -> Option<usize> {
        let mut slot = self.first_slot(uid)?;
        loop {
            let at = (*self.table.get(slot)? as usize).checked_sub(1)?;
            if self.word(at) == Some(uid) {
                return Some(at);
            }
            slot = (slot + 1) & (self.table.len() - 1);
        }
    }

    /// Appends a word that is not in the set and for which the table has room.
    fn place(&mut self, uid: &[u8], state: Known) {
        let at = self.block.len();
        self.block.extend([uid.len() as u8, byte_of(state)]);
        self.block.extend_from_slice(uid);
        self.index(at);
        self.words += 1;
        self.live += 1;
    }

    fn index(&mut self, at: usize) {
        let Some(mut slot) = self.word(at).and_then(|word| self.first_slot(word)) else {
            return;
        };
        while let Some(entry) = self.table.get_mut(slot) {
            if *entry == 0 {
                *entry = at as u32 + 1;
                return;
            }
            slot = (slot + 1) & (self.table.len() - 1);
        }
    }

    fn first_slot(&self, uid: &[u8]) -> Option<usize> {
        let mask = self.table.len().checked_sub(1)?;
        Some(self.hasher.hash_one(uid) as usize & mask)
    }

    fn grow(&mut self) {
        self.table = vec![0; (self.table.len() * 2).max(16)];
        let mut at = 0;
        while let Some(length) = self.word(at).map(<[u8]>::len) {
            self.index(at);
            at += length + 2;
        }
    }

    /// Drops forgotten words once they are the greater part.
    fn pack(&mut self) {
        let mut packed = Self {
            hasher: self.hasher.clone(),
            ..Self::default()
        };
        packed.table = vec![0; (self.live * 2).next_power_of_two().max(16)];
        for (uid, state) in self.iter() {
            packed.place(uid, state);
        }
        *self = packed;
    }

    fn word(&self, at: usize) -> Option<&[u8]> {
        let length = usize::from(*self.block.get(at)?);
        self.block.get(at + 2..at + 2 + length)
    }

    fn state(&self, at: usize) -> Known {
        match self.block.get(at + 1) {
            Some(1) => Known::Delivered,
            Some(2) => Known::DeletePending,
            _ => Known::New,
        }
    }
}

fn byte_of(state: Known) -> u8 {
    match state {
        Known::New => 0,
        Known::Delivered => 1,
        Known::DeletePending => 2,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn behaves_like_a_map(steps in prop::collection::vec((0u16..300, 0u8..3), 0..1500)) {
            let mut uids = Uids::default();
            let mut model = HashMap::new();
            for (n, state) in steps {
                let state = [Known::New, Known::Delivered, Known::DeletePending][usize::from(state)];
                let uid = format!("uid-{n}").into_bytes();
                let was = model.insert(uid.clone(), state).unwrap_or(Known::New);
                prop_assert_eq!(uids.set(&uid, state), (was == Known::New) != (state == Known::New));
            }
            model.retain(|_, state| *state != Known::New);
            prop_assert_eq!(uids.len(), model.len());
            prop_assert_eq!(uids.iter().count(), model.len());
            for (uid, state) in &model {
                prop_assert_eq!(uids.get(uid), *state);
            }
            prop_assert_eq!(uids.get(b"uid-300"), Known::New);
        }
    }

    #[test]
    fn keeps_the_order_of_arrival() {
        let mut uids = Uids::default();
        for uid in ["c", "a", "b", "c"] {
            uids.set(uid.as_bytes(), Known::Delivered);
        }
        uids.set(b"a", Known::New);
        let order: Vec<_> = uids.iter().map(|(uid, _)| uid.to_vec()).collect();
        assert_eq!(order, [b"c".to_vec(), b"b".to_vec()]);
    }

    #[test]
    fn takes_only_usable_words() {
        let mut uids = Uids::default();
        assert!(!uids.set(b"", Known::Delivered));
        assert!(!uids.set(&[b'x'; UID_MAX + 1], Known::Delivered));
        assert!(uids.set(&[b'x'; UID_MAX], Known::Delivered));
        assert_eq!(uids.len(), 1);
    }

    #[test]
    fn a_uid_takes_at_most_160_bytes() {
        let mut uids = Uids::default();
        for n in 0..100_000u32 {
            // 128 bytes: the longest that are taken.
            let uid = format!("{n:0128}");
            uids.set(uid.as_bytes(), Known::Delivered);
        }
        let used = uids.block.len() + uids.table.len() * 4;
        assert!(used <= 160 * 100_000, "{used}");
    }
}
