//! One mailbox for several people: the map of names, what became of a message step by step, and the
//! samples that a change is held against. Pure.

pub(crate) mod names;
pub(crate) mod samples;
pub(crate) mod steps;

use std::borrow::Cow;

use super::history::Revision;
use crate::engine::api::routing::HEADER_MAX;
use crate::rc::resolve::{self, Numbered, Surroundings};
use crate::rc::settings::Overrides;

/// The accounts of a state, with their numbers in it. `login` stands for users who are not named.
pub(crate) fn accounts(revision: &Revision, login: &str) -> Vec<Numbered> {
    let around = Surroundings {
        invoking_user: login.to_owned(),
        ..Surroundings::default()
    };
    let whole = resolve::whole(&revision.document, &Overrides::default(), &around);
    whole.accounts
}

/// The account of a user.
pub(crate) fn account(accounts: &[Numbered], entry: usize, user: usize) -> Option<&Numbered> {
    let is_meant = |said: &&Numbered| (said.entry, said.nth) == (Some(entry), user);
    accounts.iter().find(is_meant)
}

/// A message that is typed, pasted or loaded.
#[derive(Debug, Default)]
pub(crate) struct Typed {
    /// As it is shown.
    shown: String,
    /// As it came, where it is not text.
    raw: Option<Vec<u8>>,
    /// What was shown before the place was empty.
    before: Option<Vec<u8>>,
    /// What it is called.
    name: String,
}

impl Typed {
    /// A message from elsewhere; returns how it is shown.
    pub(crate) fn load(&mut self, name: &str, raw: Vec<u8>) -> String {
        let shown = shown(&raw);
        self.type_in("");
        self.shown.clone_from(&shown);
        self.raw = Some(raw);
        name.clone_into(&mut self.name);
        shown
    }

    /// What stands there now.
    pub(crate) fn type_in(&mut self, text: &str) {
        if text == self.shown {
            return;
        }
        if text.trim().is_empty() {
            let before = self.header();
            self.before = before.or(self.before.take());
            self.name.clear();
        }
        self.raw = None;
        text.clone_into(&mut self.shown);
    }

    /// What was there before has nothing to do with it.
    pub(crate) fn stands_alone(&mut self) {
        self.before = None;
    }

    /// Its header lines without what follows; `None` while there is nothing.
    pub(crate) fn header(&self) -> Option<Vec<u8>> {
        let all: Cow<[u8]> = match &self.raw {
            Some(raw) => Cow::Borrowed(raw),
            None => Cow::Borrowed(self.shown.as_bytes()),
        };
        let start = self.skipped_in(&all);
        let mut end = start;
        for line in all.get(start..)?.split_inclusive(|byte| *byte == b'\n') {
            if line.trim_ascii().is_empty() || end + line.len() - start > HEADER_MAX {
                break;
            }
            end += line.len();
        }
        let header = all.get(start..end).filter(|header| !header.is_empty())?;
        Some(header.to_vec())
    }

    /// Lines before the header, which what is said of its lines does not count.
    pub(crate) fn skipped(&self) -> u32 {
        let start = self.skipped_in(self.shown.as_bytes());
        let before = self.shown.as_bytes().get(..start).unwrap_or_default();
        let lines = before.iter().filter(|byte| **byte == b'\n').count();
        u32::try_from(lines).unwrap_or(u32::MAX)
    }

    fn skipped_in(&self, all: &[u8]) -> usize {
        let lines = all.split_inclusive(|byte| *byte == b'\n');
        let blank = lines.take_while(|line| line.trim_ascii().is_empty());
        blank.map(<[u8]>::len).sum()
    }

    /// The message before, and this one; only this one if there was none.
    pub(crate) fn headers(&self) -> Option<Vec<Vec<u8>>> {
        let header = self.header()?;
        let before = self.before.clone();
        Some(before.into_iter().chain([header]).collect())
    }

    /// What a sample of it is called: the name it came by, or its subject.
    pub(crate) fn name(&self, subject: &str) -> String {
        match (self.name.as_str(), subject) {
            ("", "") => crate::base::i18n::gettext("Message without a subject"),
            ("", subject) => subject.to_owned(),
            (name, _) => name.to_owned(),
        }
    }
}

/// As it is shown: lines end alike, and what is not text is replaced.
fn shown(raw: &[u8]) -> String {
    let header = raw.get(..raw.len().min(HEADER_MAX)).unwrap_or_default();
    let text = String::from_utf8_lossy(header).replace("\r\n", "\n");
    text.replace(['\r', '\0'], "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_what_is_before_the_empty_line() {
        let check = |text: &str, header: Option<&str>, skipped: u32| {
            let mut typed = Typed::default();
            typed.type_in(text);
            let found = typed.header().map(|h| String::from_utf8(h).unwrap());
            assert_eq!(
                (found.as_deref(), typed.skipped()),
                (header, skipped),
                "{text:?}"
            );
        };
        check("", None, 0);
        check(" \n\n", None, 2);
        check("To: a", Some("To: a"), 0);
        check("\n\nTo: a\n b\n\nbody: x\n", Some("To: a\n b\n"), 2);
        check("To: a\r\n\r\nbody", Some("To: a\r\n"), 0);
    }

    #[test]
    fn what_came_is_kept_as_it_came_until_somebody_types() {
        let mut typed = Typed::default();
        let shown = typed.load("x.eml", b"To: \xfc@x\r\nCc: b\r\n\r\nbody".to_vec());
        assert_eq!(shown, "To: \u{fffd}@x\nCc: b\n\nbody");
        typed.type_in(&shown);
        assert_eq!(typed.header().unwrap(), b"To: \xfc@x\r\nCc: b\r\n");
        assert_eq!(typed.name("Hello"), "x.eml");
        typed.type_in("To: a\n");
        assert_eq!(typed.header().unwrap(), b"To: a\n");
    }

    #[test]
    fn the_message_before_is_the_one_that_was_taken_away() {
        let mut typed = Typed::default();
        typed.type_in("To: a\n");
        typed.type_in("To: ab\n");
        assert_eq!(typed.headers().unwrap().len(), 1);
        typed.type_in("");
        assert_eq!(typed.headers(), None);
        typed.type_in("To: c\n");
        assert_eq!(
            typed.headers().unwrap(),
            [b"To: ab\n".to_vec(), b"To: c\n".to_vec()]
        );
        typed.load("", b"To: d\n".to_vec());
        assert_eq!(typed.headers().unwrap()[0], b"To: c\n");
        typed.stands_alone();
        assert_eq!(typed.headers().unwrap(), [b"To: d\n".to_vec()]);
        assert_eq!(typed.name("S"), "S");
        assert!(!typed.name("").is_empty());
    }
}
