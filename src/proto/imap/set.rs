//! Sets of UIDs: kept and sent as ranges (RFC 9051 section 9, `sequence-set`).

use std::collections::BTreeMap;
use std::fmt::Write;

/// UIDs as ranges in rising order; bounded by the number of ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Set {
    /// First of a range to its last; ranges neither touch nor overlap.
    ranges: BTreeMap<u32, u32>,
}

/// Most ranges kept (threats.md section 6).
pub const RANGES_MAX: usize = 65_536;
/// Longest set in one command, in octets: RFC 7162 section 4 asks clients to stay below 8192.
pub const TEXT_MAX: usize = 7_900;

impl Set {
    /// Adds one; `false` if there is no room.
    pub fn insert(&mut self, uid: u32) -> bool {
        let mut last = uid;
        if let Some(next) = uid.checked_add(1)
            && let Some(end) = self.ranges.get(&next).copied()
        {
            self.ranges.remove(&next);
            last = end;
        }
        let room = self.ranges.len() < RANGES_MAX;
        match self.ranges.range_mut(..=uid).next_back() {
            Some((_, end)) if *end >= uid => *end = last.max(*end),
            Some((_, end)) if uid.checked_sub(1) == Some(*end) => *end = last,
            _ if !room => return false,
            _ => {
                self.ranges.insert(uid, last);
            }
        }
        true
    }

    /// Whether it holds `uid`.
    pub fn contains(&self, uid: u32) -> bool {
        self.ranges
            .range(..=uid)
            .next_back()
            .is_some_and(|(_, end)| *end >= uid)
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// How many ranges it takes.
    pub fn ranges(&self) -> usize {
        self.ranges.len()
    }

    /// How many it holds.
    pub fn len(&self) -> u64 {
        self.ranges
            .iter()
            .map(|(first, last)| u64::from(last - first) + 1)
            .sum()
    }

    /// Whether every member is also one of `other`. Takes time by ranges, not by members.
    pub fn is_within(&self, other: &Self) -> bool {
        self.ranges.iter().all(|(first, last)| {
            let around = other.ranges.range(..=first).next_back();
            around.is_some_and(|(_, end)| end >= last)
        })
    }

    /// Every member in rising order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.ranges.iter().flat_map(|(first, last)| *first..=*last)
    }

    /// The set as texts of at most [`TEXT_MAX`] octets, each with the set it stands for.
    pub fn texts(&self) -> Vec<(String, Self)> {
        let mut texts = Vec::new();
        let mut text = String::new();
        let mut part = Self::default();
        for (first, last) in &self.ranges {
            if text.len() + RANGE_TEXT > TEXT_MAX {
                texts.push((std::mem::take(&mut text), std::mem::take(&mut part)));
            }
            if !text.is_empty() {
                text.push(',');
            }
            // Writing to a String cannot fail.
            let _ = if first == last {
                write!(text, "{first}")
            } else {
                write!(text, "{first}:{last}")
            };
            part.ranges.insert(*first, *last);
        }
        if !text.is_empty() {
            texts.push((text, part));
        }
        texts
    }
}

/// `,4294967294:4294967295`
const RANGE_TEXT: usize = 22;

impl FromIterator<u32> for Set {
    /// Numbers beyond [`RANGES_MAX`] ranges are left out; what we make ourselves never is so long.
    fn from_iter<I: IntoIterator<Item = u32>>(uids: I) -> Self {
        let mut set = Self::default();
        for uid in uids {
            set.insert(uid);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_are_compact() {
        let check = |uids: &[u32], expected: &str| {
            let set: Set = uids.iter().copied().collect();
            let texts: Vec<_> = set.texts().into_iter().map(|(text, _)| text).collect();
            assert_eq!(texts.join(" "), expected, "{uids:?}");
        };
        check(&[], "");
        check(&[7], "7");
        check(&[3, 1, 2], "1:3");
        check(&[1, 3, 2, 2, 5], "1:3,5");
        check(&[u32::MAX, u32::MAX - 1, 1], "1,4294967294:4294967295");
    }

    #[test]
    fn long_sets_are_split() {
        let set: Set = (1..6000).map(|n| n * 700_000).collect();
        let texts = set.texts();
        assert!(texts.len() > 1);
        assert!(texts.iter().all(|(text, _)| text.len() <= TEXT_MAX));
        let members: Vec<_> = texts.iter().flat_map(|(_, part)| part.iter()).collect();
        assert!(members.into_iter().eq(set.iter()));
    }

    #[test]
    fn ranges_are_bounded() {
        let mut set = Set::default();
        let room = (0..)
            .map(|n| n * 2 + 1)
            .take_while(|n| set.insert(*n))
            .count();
        assert_eq!(room, RANGES_MAX);
        assert!(set.insert(2), "what joins ranges needs no room");
    }

    proptest! {
        #[test]
        fn is_a_set(uids in prop::collection::vec(1_u32..60, 0..60), others in prop::collection::vec(1_u32..60, 0..60)) {
            let model: std::collections::BTreeSet<_> = uids.iter().copied().collect();
            let other: std::collections::BTreeSet<_> = others.iter().copied().collect();
            let set: Set = uids.iter().copied().collect();
            prop_assert!(set.iter().eq(model.iter().copied()));
            prop_assert_eq!(set.len(), model.len() as u64);
            prop_assert!((1..60).all(|n| set.contains(n) == model.contains(&n)));
            let other_set: Set = others.iter().copied().collect();
            prop_assert_eq!(set.is_within(&other_set), model.is_subset(&other));
        }
    }
}
