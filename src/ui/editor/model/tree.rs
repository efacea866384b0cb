//! What the file consists of, as a list with users below their servers. Pure.

use std::collections::HashSet;

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

/// The lines. Users of the entries in `closed` are left out.
pub(crate) fn lines(stanzas: &Stanzas, closed: &HashSet<usize>) -> Vec<Line> {
    let line = |node: Node, name: String| Line {
        node,
        name,
        is_pale: false,
        word: String::new(),
        is_open: None,
    };
    let mut lines = vec![line(Node::General, gettext("General"))];
    let is_absent = stanzas.defaults.is_none();
    lines.push(Line {
        is_pale: is_absent,
        word: if is_absent {
            gettext("none")
        } else {
            String::new()
        },
        ..line(Node::Defaults, gettext("Defaults"))
    });
    for (number, entry) in stanzas.entries.iter().enumerate() {
        let is_open = !closed.contains(&number);
        lines.push(Line {
            is_pale: !entry.is_active,
            word: if entry.is_active {
                String::new()
            } else {
                "skip".to_owned()
            },
            is_open: Some(is_open),
            ..line(Node::Server(number), shown(&entry.label))
        });
        if is_open {
            let names = names(entry).into_iter().enumerate();
            lines.extend(names.map(|(user, name)| line(Node::User(number, user), name)));
        }
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
