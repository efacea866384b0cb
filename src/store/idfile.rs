//! The id file (`~/.fetchids`) in fetchmail's format, so that either program can take over.
//!
//! A line is `USER@HOST UID`. Reading finds the first `@`, then the first blank after it: on the
//! left user and host, on the right the UID up to white space (checked with 6.4.37, `cli.md`
//! section 6). What belongs to accounts that are not asked for stays verbatim, behind the others.
//! When the file is written is decided in [`record`](crate::store::record).

use std::collections::HashMap;
use std::path::Path;

use crate::store::private::{self, Refusal};
use crate::store::record::UID_MAX;
use crate::store::{Error, atomic};

/// What was in the file and has not been taken by an account.
#[derive(Debug, Default)]
pub struct Lines {
    /// Folded `user@host` to its lines as they stand in the file.
    sections: HashMap<Vec<u8>, Vec<u8>>,
    /// Accounts in the order they first appear.
    order: Vec<Vec<u8>>,
    /// Lines of no known shape, kept because somebody may know them.
    odd: Vec<u8>,
    /// It holds NULs: not a file that fetchmail or we have written.
    pub is_damaged: bool,
}

/// Reads the id file; a missing one and `/dev/null` are empty. The file must be ours alone.
pub fn read(path: &Path, uid: u32) -> Result<Lines, Error> {
    match private::read(path, true, uid, SIZE_MAX) {
        Ok(private) => Ok(parse(&private.bytes)),
        Err(Refusal::Missing { .. }) => Ok(Lines::default()),
        Err(refusal) => Err(Error::Refused(refusal)),
    }
}

/// Replaces the id file, or deletes it when there is nothing to remember.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if std::fs::metadata(path).is_ok_and(|m| private::is_null(&m)) {
        return Ok(());
    }
    let written = if bytes.is_empty() {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            removed => removed.and_then(|()| atomic::sync_parent(path)),
        }
    } else {
        atomic::replace(path, "_", bytes).map(drop)
    };
    written.map_err(|e| Error::disk(path, &e))
}

/// Sorts the lines of an id file by account.
pub fn parse(bytes: &[u8]) -> Lines {
    let mut lines = Lines {
        is_damaged: bytes.contains(&0),
        ..Lines::default()
    };
    for line in bytes.split(|b| *b == b'\n') {
        if line.iter().all(u8::is_ascii_whitespace) || line.contains(&0) {
            continue;
        }
        let section = match split(line) {
            Some((account, uid)) if uid.len() <= UID_MAX => {
                let key = account.to_ascii_lowercase();
                if !lines.sections.contains_key(&key) {
                    lines.order.push(key.clone());
                }
                lines.sections.entry(key).or_default()
            }
            _ => &mut lines.odd,
        };
        section.extend_from_slice(line);
        section.push(b'\n');
    }
    lines
}

impl Lines {
    /// Hands over the UIDs of an account (folded `user@host`), which from now on writes its own
    /// lines.
    pub fn take(&mut self, key: &[u8]) -> Option<Vec<u8>> {
        let lines = self.sections.remove(key)?;
        self.order.retain(|k| k != key);
        Some(lines)
    }

    /// The lines of an account (folded `user@host`).
    pub fn of(&self, key: &[u8]) -> &[u8] {
        self.sections.get(key).map_or(&[], Vec::as_slice)
    }

    /// Writes what nobody has taken.
    pub fn put_rest(&self, out: &mut Vec<u8>) {
        for key in &self.order {
            out.extend(self.sections.get(key).into_iter().flatten());
        }
        out.extend_from_slice(&self.odd);
    }
}

/// The UIDs in lines that [`Lines::take`] has handed over.
pub fn uids(lines: &[u8]) -> impl Iterator<Item = &[u8]> {
    lines
        .split(|b| *b == b'\n')
        .filter_map(|line| Some(split(line)?.1))
}

/// Appends a line.
pub fn put(out: &mut Vec<u8>, account: &[u8], uid: &[u8]) {
    out.extend_from_slice(account);
    out.push(b' ');
    out.extend_from_slice(uid);
    out.push(b'\n');
}

/// Whether a line for this account and UID can be read back: users like `a@b c` cannot be
/// written in this format, nor UIDs with white space.
pub fn can_hold(account: &[u8], uid: &[u8]) -> bool {
    let mut line = Vec::with_capacity(account.len() + uid.len() + 1);
    put(&mut line, account, uid);
    line.pop();
    !line.contains(&0) && !line.contains(&b'\n') && split(&line) == Some((account, uid))
}

/// `user@host` and UID of a line.
fn split(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_blank = |b: &u8| matches!(b, b' ' | b'\t');
    let line = line.get(line.iter().position(|b| !is_blank(b))?..)?;
    let at = line.iter().position(|b| *b == b'@')?;
    let end = at + line.get(at..)?.iter().position(is_blank)?;
    let (account, rest) = line.split_at_checked(end)?;
    let uid = rest.get(rest.iter().position(|b| !is_blank(b))?..)?;
    let uid = uid
        .split(u8::is_ascii_whitespace)
        .next()
        .filter(|uid| !uid.is_empty())?;
    Some((account, uid))
}

/// A million lines of the longest kind; beyond this it is not an id file.
const SIZE_MAX: u64 = 512 << 20;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn splits_as_fetchmail_does() {
        let check = |line: &str, expected: Option<(&str, &str)>| {
            let expected = expected.map(|(a, u)| (a.as_bytes(), u.as_bytes()));
            assert_eq!(split(line.as_bytes()), expected, "{line:?}");
        };
        check("me@host uid", Some(("me@host", "uid")));
        check("  me@host uid", Some(("me@host", "uid")));
        check("my name@host uid", Some(("my name@host", "uid")));
        check(
            "me@example.org@host uid",
            Some(("me@example.org@host", "uid")),
        );
        check("me@host uid trailing words", Some(("me@host", "uid")));
        check("me@host uid\r", Some(("me@host", "uid")));
        check(
            "me@host <id@example.org>",
            Some(("me@host", "<id@example.org>")),
        );
        check("me@host", None);
        check("me@host ", None);
        check("nobody uid", None);
        check("", None);
    }

    #[test]
    fn holds_what_comes_back() {
        let check = |account: &str, uid: &str, expected| {
            assert_eq!(
                can_hold(account.as_bytes(), uid.as_bytes()),
                expected,
                "{account} {uid}"
            );
        };
        check("me@host", "uid", true);
        check("my name@host", "uid", true);
        check("a@b@host", "uid", true);
        check("a@b c@host", "uid", false);
        check(" me@host", "uid", false);
        check("me@host", "u id", false);
        check("me@host", "u\nid", false);
        check("me@host", "u\0", false);
        check("me", "uid", false);
    }

    #[test]
    fn foreign_and_odd_lines_stay() {
        let mut lines = parse(b"A@h 1\nodd\nB@h  2 x\n\nb@H 3\r\na@h 4\n");
        assert!(!lines.is_damaged);
        let taken = lines.take(b"a@h").unwrap_or_default();
        assert_eq!(uids(&taken).collect::<Vec<_>>(), [b"1", b"4"]);
        let mut rest = Vec::new();
        lines.put_rest(&mut rest);
        assert_eq!(rest, b"B@h  2 x\nb@H 3\r\nodd\n");
        assert_eq!(lines.take(b"a@h"), None);
    }

    #[test]
    fn long_uids_are_odd() {
        let line = format!("a@h {}\n", "x".repeat(UID_MAX + 1));
        let mut lines = parse(line.as_bytes());
        assert_eq!(lines.take(b"a@h"), None);
        let mut rest = Vec::new();
        lines.put_rest(&mut rest);
        assert_eq!(rest, line.as_bytes());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_once(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let mut once = Vec::new();
            parse(&bytes).put_rest(&mut once);
            let mut twice = Vec::new();
            let again = parse(&once);
            again.put_rest(&mut twice);
            prop_assert!(!again.is_damaged);
            prop_assert_eq!(once, twice);
        }

        #[test]
        fn what_it_can_hold_comes_back(account in "[ -~]{1,20}", uid in "[ -~]{1,10}") {
            if can_hold(account.as_bytes(), uid.as_bytes()) {
                let mut line = Vec::new();
                put(&mut line, account.as_bytes(), uid.as_bytes());
                let mut lines = parse(&line);
                let taken = lines.take(account.to_ascii_lowercase().as_bytes()).unwrap_or_default();
                prop_assert_eq!(uids(&taken).collect::<Vec<_>>(), [uid.as_bytes()]);
            }
        }
    }
}
