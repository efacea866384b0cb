//! What the file consists of, as a list with users below their servers. Pure.

use std::collections::HashSet;
use std::rc::Rc;

use crate::base::i18n::gettext;
use crate::rc::edit::{At, Which};
use crate::rc::option::{Page, Scope};
use crate::rc::settings::{Placed, Stanzas};

/// A thing that has pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    /// `set`
    General,
    /// `defaults`, be it there or not.
    Defaults,
    /// An entry, by its number.
    Server(usize),
    /// A user of an entry.
    User(usize, usize),
}

impl Node {
    /// Where options of this kind belong, if this has any.
    pub(crate) fn at(self, scope: Scope) -> Option<At> {
        match (self, scope) {
            (Node::General, Scope::Global) => Some(At::Globals),
            (Node::Defaults, Scope::Server) => Some(At::Server(Which::Defaults)),
            (Node::Defaults, Scope::User) => Some(At::User(Which::Defaults, 0)),
            (Node::Server(entry), Scope::Server) => Some(At::Server(Which::Entry(entry))),
            (Node::User(entry, user), Scope::User) => Some(At::User(Which::Entry(entry), user)),
            _ => None,
        }
    }

    /// Whose options those are.
    pub(crate) fn of(at: At) -> Self {
        match at {
            At::Globals => Node::General,
            At::Server(Which::Defaults) | At::User(Which::Defaults, _) => Node::Defaults,
            At::Server(Which::Entry(entry)) => Node::Server(entry),
            At::User(Which::Entry(entry), user) => Node::User(entry, user),
        }
    }

    /// Its pages, in order.
    pub(crate) fn pages(self) -> Vec<Page> {
        let scopes: &[Scope] = match self {
            Node::General => &[Scope::Global],
            Node::Defaults => &[Scope::Server, Scope::User],
            Node::Server(_) => &[Scope::Server],
            Node::User(..) => &[Scope::User],
        };
        let mut pages: Vec<Page> = Vec::new();
        for page in scopes.iter().flat_map(|scope| Page::of(*scope)) {
            // Both kinds of options may have a page of that name: one then.
            if !pages.contains(page) && *page != Page::Other {
                pages.push(*page);
            }
        }
        pages.push(Page::Other);
        pages
    }

    /// The entry it is or belongs to.
    pub(crate) fn entry(self) -> Option<usize> {
        match self {
            Node::Server(entry) | Node::User(entry, _) => Some(entry),
            Node::General | Node::Defaults => None,
        }
    }
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// What it stands for.
    pub node: Node,
    /// What it says.
    pub name: String,
    /// `skip`, or not in the file.
    pub is_pale: bool,
    /// The word behind the name, such as `skip`.
    pub word: String,
    /// Users can be shown below it: whether they are. `None`: there are none.
    pub is_open: Option<bool>,
}

/// The lines of the last state, kept because the next one shares most of them.
#[derive(Default)]
pub(crate) struct Lines {
    /// Those of each entry, and whether it was open.
    known: Vec<(Placed, bool, Vec<Rc<Line>>)>,
}

impl Lines {
    /// The lines. Users of the entries in `closed` are left out.
    pub(crate) fn of(&mut self, stanzas: &Stanzas, closed: &HashSet<usize>) -> Vec<Rc<Line>> {
        let mut lines: Vec<Rc<Line>> = top(stanzas).into_iter().map(Rc::new).collect();
        self.known.truncate(stanzas.entries.len());
        for (number, entry) in stanzas.entries.iter().enumerate() {
            let is_open = !closed.contains(&number);
            let known = self.known.get(number);
            let is_known =
                known.is_some_and(|(placed, open, _)| placed.is_same(entry) && *open == is_open);
            if !is_known {
                let own = of_entry(number, entry, is_open).into_iter();
                let made = (entry.clone(), is_open, own.map(Rc::new).collect());
                match self.known.get_mut(number) {
                    Some(known) => *known = made,
                    None => self.known.push(made),
                }
            }
            if let Some((.., own)) = self.known.get(number) {
                lines.extend(own.iter().cloned());
            }
        }
        lines
    }
}

/// General settings and defaults.
fn top(stanzas: &Stanzas) -> Vec<Line> {
    let is_absent = stanzas.defaults.is_none();
    let word = match is_absent {
        true => gettext("none"),
        false => String::new(),
    };
    vec![
        line(Node::General, gettext("General")),
        Line {
            is_pale: is_absent,
            word,
            ..line(Node::Defaults, gettext("Defaults"))
        },
    ]
}

fn line(node: Node, name: String) -> Line {
    Line {
        node,
        name,
        is_pale: false,
        word: String::new(),
        is_open: None,
    }
}

/// An entry, and its users if it is open.
fn of_entry(number: usize, entry: &Placed, is_open: bool) -> Vec<Line> {
    let word = match entry.is_active {
        true => String::new(),
        false => "skip".to_owned(),
    };
    let mut lines = vec![Line {
        is_pale: !entry.is_active,
        word,
        is_open: Some(is_open),
        ..line(Node::Server(number), shown(&entry.label))
    }];
    if is_open {
        let names = names(entry).into_iter().enumerate();
        lines.extend(names.map(|(user, name)| line(Node::User(number, user), name)));
    }
    lines
}

/// The users of an entry; one that is not named stands for whoever runs the program.
fn names(entry: &Placed) -> Vec<String> {
    use crate::rc::option::Id;
    let name = |settings: &crate::rc::settings::Settings| match settings.find(Id::User) {
        Some(user) => shown(user.value.text()),
        None => gettext("(you)"),
    };
    match entry.users.is_empty() {
        true => vec![gettext("(you)")],
        false => entry.users.iter().map(name).collect(),
    }
}

/// A name as it is shown: quiet, and not too long.
pub(crate) fn shown(name: &[u8]) -> String {
    crate::base::text::quiet(name, 200)
}
