//! Folders chosen from those of a server. Pure.

use super::Model;
use super::tree::Node;
use crate::engine::api::folders::shown;
use crate::engine::api::job::Folder;
use crate::rc::account::Protocol;
use crate::rc::edit::{At, Which};
use crate::rc::option::{self, Id};
use crate::rc::settings::Value;

/// How the server has a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It can be opened.
    Open,
    /// It only holds others.
    Closed,
    /// It is not there; the file names it.
    Missing,
}

/// A folder that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// As written to a file.
    pub name: Vec<u8>,
    /// As shown.
    pub shown: String,
    /// How the server has it.
    pub state: State,
    /// The file names it, or nothing is named and it is the one that is looked at then.
    pub is_named: bool,
}

const INBOX: &[u8] = b"INBOX";

/// INBOX may be written in small letters (RFC 3501 section 5.1).
fn is_same(a: &[u8], b: &[u8]) -> bool {
    a == b || (a.eq_ignore_ascii_case(INBOX) && b.eq_ignore_ascii_case(INBOX))
}

/// What is named, before what else the server has. `said`: what holds; `None`: nobody says it.
pub(crate) fn choices(said: Option<&Value>, there: &[Folder]) -> Vec<Choice> {
    let default = [INBOX.to_vec()];
    let named = said.map_or(&default[..], Value::list);
    let folder = |name: &[u8]| there.iter().find(|folder| is_same(&folder.name, name));
    let state = |found: Option<&Folder>| match found {
        Some(folder) if folder.can_select => State::Open,
        Some(_) => State::Closed,
        None => State::Missing,
    };
    let first = named.iter().map(|name| Choice {
        name: name.clone(),
        shown: shown(name),
        state: state(folder(name)),
        is_named: true,
    });
    let is_named = |folder: &Folder| named.iter().any(|name| is_same(name, &folder.name));
    let others = there.iter().filter(|f| f.can_select && !is_named(f));
    let others = others.map(|folder| Choice {
        name: folder.name.clone(),
        shown: folder.shown.clone(),
        state: State::Open,
        is_named: false,
    });
    first.chain(others).collect()
}

/// What is to be said when these are ticked (in the order of `choices`); `None`: the same as before.
/// `Some(None)`: nothing, which is INBOX.
pub(crate) fn value(
    said: Option<&Value>,
    choices: &[Choice],
    ticks: &[bool],
) -> Option<Option<Value>> {
    let ticked = choices.iter().zip(ticks).filter(|(_, is)| **is);
    let names: Vec<Vec<u8>> = ticked.map(|(choice, _)| choice.name.clone()).collect();
    let is_same = choices
        .iter()
        .zip(ticks)
        .all(|(choice, is)| choice.is_named == *is);
    match (is_same, said.is_some(), names.is_empty()) {
        (true, ..) | (_, false, true) => None,
        (_, true, true) => Some(None),
        _ => Some(Some(Value::List(names))),
    }
}

impl Model {
    /// Whether the server of an option has folders, as far as the file says.
    pub(crate) fn has_folders(&self, at: At) -> bool {
        let At::User(Which::Entry(entry), _) = at else {
            return false;
        };
        let row = self.row(Node::Server(entry), option::keyword(Id::Proto));
        match row.and_then(|row| row.value) {
            None => true,
            Some(Value::Protocol(protocol)) => {
                matches!(protocol, Protocol::Auto | Protocol::Imap)
            }
            Some(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str, can_select: bool) -> Folder {
        Folder {
            name: name.into(),
            shown: shown(name.as_bytes()),
            can_select,
        }
    }

    fn said(names: &[&str]) -> Option<Value> {
        let names = names.iter().map(|name| name.as_bytes().to_vec());
        Some(Value::List(names.collect()))
    }

    fn told(said: Option<&Value>, there: &[Folder]) -> Vec<(String, State, bool)> {
        let all = choices(said, there).into_iter();
        all.map(|c| (c.shown, c.state, c.is_named)).collect()
    }

    #[test]
    fn what_is_named_comes_first_and_stays() {
        let there = [
            folder("Entw&APw-rfe", true),
            folder("INBOX", true),
            folder("Lists", false),
            folder("R&-D", true),
        ];
        let names = said(&["R&-D", "Gone", "inbox", "Lists"]);
        let expected = [
            ("R&D", State::Open, true),
            ("Gone", State::Missing, true),
            ("inbox", State::Open, true),
            ("Lists", State::Closed, true),
            ("Entwürfe", State::Open, false),
        ];
        let expected = expected.map(|(name, state, is)| (name.to_owned(), state, is));
        assert_eq!(told(names.as_ref(), &there), expected);
        // Nothing said means INBOX; what cannot be opened is not offered.
        let all = told(None, &there);
        assert_eq!(all[0], ("INBOX".to_owned(), State::Open, true));
        assert_eq!(all.len(), 3);
    }

    #[test]
    fn ticks_become_a_list_in_order() {
        let there = [folder("A", true), folder("B", true), folder("INBOX", true)];
        let check = |said: Option<Value>, ticks: &[bool], expected: Option<Option<Value>>| {
            let choices = choices(said.as_ref(), &there);
            assert_eq!(choices.len(), ticks.len());
            assert_eq!(value(said.as_ref(), &choices, ticks), expected);
        };
        let list = |names: &[&str]| Some(said(names));
        check(None, &[true, false, false], None);
        check(None, &[true, false, true], list(&["INBOX", "B"]));
        check(None, &[false, true, false], list(&["A"]));
        check(None, &[false; 3], None);
        let named = said(&["B", "Gone"]);
        check(named.clone(), &[true, true, false, false], None);
        check(
            named.clone(),
            &[true, true, true, false],
            list(&["B", "Gone", "A"]),
        );
        check(named.clone(), &[true, false, false, false], list(&["B"]));
        check(named, &[false; 4], Some(None));
    }
}
