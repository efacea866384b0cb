//! What STAT, UIDL and LIST say together, and what of it can be believed (threats.md A11).

use std::collections::HashMap;

use super::reply::broken;
use crate::mail::Uid;
use crate::proto::Error;

/// Most messages in a mailbox (threats.md section 6).
pub(super) const MOST: u32 = 1_000_000;

/// Longest UID taken; RFC 1939 section 7 allows 70 and fetchmail 128.
const UID: usize = 128;

/// A mailbox as it was found. Message `n` stands at index `n - 1`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Messages (STAT).
    pub total: u32,
    /// Sum of their sizes in octets (STAT): advice only.
    pub octets: Option<u64>,
    /// A name for each message, where it has one that can be used; `None` if UIDL was refused or
    /// not asked.
    pub uids: Option<Vec<Option<Uid>>>,
    /// Announced sizes in octets: advice only; `None` if LIST was refused.
    pub sizes: Option<Vec<Option<u64>>>,
    /// Numbers to which UIDL gave a second, other name.
    ambiguous: Vec<usize>,
}

impl Survey {
    /// From `+OK count octets` (RFC 1939 section 5, STAT).
    pub(super) fn new(stat: &[u8]) -> Result<Self, Error> {
        let mut words = words(stat).skip(1);
        let bad = || broken("no number of messages", stat);
        let count = words.next().ok_or_else(bad)?;
        if count.is_empty() || !count.iter().all(u8::is_ascii_digit) {
            return Err(bad());
        }
        let total = number(count)
            .and_then(|n| u32::try_from(n).ok())
            .filter(|n| *n <= MOST)
            .ok_or(Error::TooMuch {
                what: "messages in the mailbox",
            })?;
        Ok(Self {
            total,
            octets: words.next().and_then(number),
            ..Self::default()
        })
    }

    /// UIDL has said `+OK`.
    pub(super) fn begin_uids(&mut self) {
        self.uids = Some(vec![None; self.total as usize]);
    }

    /// LIST has said `+OK`.
    pub(super) fn begin_sizes(&mut self) {
        self.sizes = Some(vec![None; self.total as usize]);
    }

    /// A line of UIDL. One without a usable name leaves its message without a name.
    pub(super) fn note_uid(&mut self, line: &[u8]) {
        let Some((index, rest)) = entry(line) else {
            return;
        };
        let Some(slot) = self.uids.as_mut().and_then(|uids| uids.get_mut(index)) else {
            return;
        };
        // Spaces and control characters cannot be kept in an id file, and a name cut short
        // could be another message's (RFC 1939: 0x21 to 0x7E; 8-bit names are taken as they are).
        let is_usable =
            (1..=UID).contains(&rest.len()) && rest.iter().all(|b| *b > 32 && *b != 127);
        match slot {
            _ if !is_usable => self.ambiguous.push(index),
            Some(known) if known.as_bytes() == rest => {}
            Some(_) => self.ambiguous.push(index),
            None => *slot = Some(Uid::new(rest)),
        }
    }

    /// A line of LIST.
    pub(super) fn note_size(&mut self, line: &[u8]) {
        let Some((index, rest)) = entry(line) else {
            return;
        };
        if let Some(slot) = self.sizes.as_mut().and_then(|sizes| sizes.get_mut(index)) {
            *slot = words(rest).next().and_then(number);
        }
    }

    /// Takes away the names that are not names: two for one message, or one for two. Both
    /// messages are then fetched (Q29).
    pub(super) fn settle(&mut self) {
        let Some(uids) = &mut self.uids else { return };
        let mut owner: HashMap<&Uid, usize> = HashMap::with_capacity(uids.len());
        let mut nameless = std::mem::take(&mut self.ambiguous);
        for (index, uid) in uids.iter().enumerate() {
            let Some(uid) = uid else { continue };
            if let Some(first) = owner.insert(uid, index) {
                nameless.extend([first, index]);
            }
        }
        if !nameless.is_empty() {
            let first = nameless.iter().min().map_or(0, |index| index + 1);
            tracing::warn!("UIDL gives no name of its own to some messages, the first is {first}");
        }
        for index in nameless {
            if let Some(slot) = uids.get_mut(index) {
                *slot = None;
            }
        }
    }
}

/// Splits `number rest`; gives the index and the rest without blanks around. Numbers that cannot
/// be one (none, 0, negative, huge) make the line meaningless.
fn entry(line: &[u8]) -> Option<(usize, &[u8])> {
    let line = line.trim_ascii_start();
    let digits = line.iter().take_while(|b| b.is_ascii_digit()).count();
    let (count, rest) = line.split_at_checked(digits)?;
    if rest.first().is_some_and(|b| *b != b' ' && *b != b'\t') {
        return None;
    }
    let index = usize::try_from(number(count)?).ok()?.checked_sub(1)?;
    Some((index, rest.trim_ascii()))
}

fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits)
        .ok()
        .filter(|text| text.bytes().all(|b| b.is_ascii_digit()))?
        .parse()
        .ok()
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|b| *b == b' ' || *b == b'\t')
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stat() {
        let check = |line: &str, expected: Option<(u32, Option<u64>)>| {
            let survey = Survey::new(line.as_bytes()).ok();
            assert_eq!(survey.map(|s| (s.total, s.octets)), expected, "{line}");
        };
        check("+OK 2 320", Some((2, Some(320))));
        check("+OK  0  0 x", Some((0, Some(0))));
        check("+OK 7", Some((7, None)));
        check("+OK 1 99999999999999999999", Some((1, None)));
        check("+OK 1000000 1", Some((1_000_000, Some(1))));
        check("+OK 1000001 1", None);
        check("+OK 2147483647 1", None);
        check("+OK 4294967296 1", None);
        check("+OK 1000000000000000000000000000000 1", None);
        check("+OK -5 1", None);
        check("+OK", None);
        check("+OK many", None);
        check("+OK +1 5", None);
    }

    fn uids(total: u32, lines: &[&[u8]]) -> Vec<Option<String>> {
        let mut survey = Survey::new(format!("+OK {total} 1").as_bytes()).unwrap();
        survey.begin_uids();
        lines.iter().for_each(|line| survey.note_uid(line));
        survey.settle();
        let uids = survey.uids.unwrap();
        uids.iter()
            .map(|uid| uid.as_ref().map(|u| format!("{u:?}")))
            .collect()
    }

    #[test]
    fn names() {
        let check = |lines: &[&[u8]], expected: [Option<&str>; 2]| {
            let expected = expected.map(|uid| uid.map(str::to_owned));
            assert_eq!(uids(2, lines), expected, "{lines:?}");
        };
        check(&[b"1 a", b"2 b"], [Some("a"), Some("b")]);
        check(&[b"2  b ", b"1\ta"], [Some("a"), Some("b")]);
        check(&[], [None, None]);
        check(&[b"1 a", b"2 a"], [None, None]);
        check(&[b"1 a", b"1 a"], [Some("a"), None]);
        check(&[b"1 a", b"1 b", b"2 c"], [None, Some("c")]);
        check(&[b"1 a", b"1"], [None, None]);
        check(&[b"1", b"2 "], [None, None]);
        check(&[b"0 a", b"-1 b", b"3 c", b"+1 d", b"x", b""], [None, None]);
        check(
            &[b"4294967297 a", b"99999999999999999999999 b"],
            [None, None],
        );
        check(&[b"1a", b"2 b c"], [None, None]);
        check(&[b"1 a\0b", b"2 \xe4"], [None, Some("\\xe4")]);
        check(&[b"1 ../../x", b"2 ."], [Some("../../x"), Some(".")]);
    }

    #[test]
    fn long_names() {
        let check = |length: usize, is_taken: bool| {
            let line = [b"1 ", &vec![b'u'; length][..]].concat();
            assert_eq!(uids(1, &[&line])[0].is_some(), is_taken, "{length}");
        };
        check(70, true);
        check(71, true);
        check(128, true);
        check(129, false);
        check(1000, false);
    }

    #[test]
    fn sizes() {
        let mut survey = Survey::new(b"+OK 3 9").unwrap();
        survey.begin_sizes();
        let lines = [
            "1 100",
            "2 -5",
            "-1 100",
            "0 5",
            "4294967296 5",
            "2147483648 1",
            "3 7 x",
            "3",
        ];
        lines
            .iter()
            .for_each(|line| survey.note_size(line.as_bytes()));
        assert_eq!(survey.sizes, Some(vec![Some(100), None, None]));
    }
}
