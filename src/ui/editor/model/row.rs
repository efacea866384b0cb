//! The options of a node as its pages show them, and where they are said.

use super::Model;
use super::tree::Node;
use crate::rc::document::Span;
use crate::rc::edit::{self, At, Which};
use crate::rc::option::words::METHODS;
use crate::rc::option::{self, Id, Keyword, Page};
use crate::rc::settings::{Settings, Value};

/// Where the value of an option comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It is said here.
    Here,
    /// The `defaults` entry says it.
    Defaults,
    /// Nobody says it.
    BuiltIn,
}

/// An option on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Where it is said, or would be.
    pub at: At,
    /// Which.
    pub id: Id,
    /// What holds; `None`: the built-in value.
    pub value: Option<Value>,
    /// Who says so.
    pub origin: Origin,
}

impl Row {
    /// The declaration.
    pub(crate) fn keyword(&self) -> &'static Keyword {
        option::keyword(self.id)
    }

    /// Whether saying that needs a word that releases of fetchmail in use refuse, and the file does
    /// not have yet.
    pub(crate) fn is_later(&self, value: &Value) -> bool {
        let is_later = |value: &Value| match value {
            Value::Auth(method) => METHODS
                .iter()
                .any(|known| known.auth == *method && known.is_later),
            _ => self.keyword().is_later,
        };
        let is_said = self.origin == Origin::Here && self.value.as_ref().is_some_and(is_later);
        is_later(value) && !is_said
    }
}

impl Model {
    /// The options of a page, in order.
    pub(crate) fn rows(&self, node: Node, page: Page) -> Vec<Row> {
        let mut rows: Vec<&'static Keyword> = option::all()
            .filter(|keyword| keyword.page == page && node.at(keyword.scope).is_some())
            .collect();
        rows.sort_by_key(|keyword| (keyword.scope as usize, keyword.rank));
        // Who an entry of defaults would be for is said by nobody.
        let is_for = |keyword: &&Keyword| node != Node::Defaults || keyword.id != Id::User;
        let rows = rows.into_iter().filter(is_for);
        rows.filter_map(|keyword| self.row(node, keyword)).collect()
    }

    /// One option of a node.
    pub(crate) fn row(&self, node: Node, keyword: &'static Keyword) -> Option<Row> {
        let at = node.at(keyword.scope)?;
        let (here, inherited) = self.settings(at);
        let find = |settings: Option<&Settings>| {
            let setting = settings?.find(keyword.id)?;
            Some(setting.value.clone())
        };
        let (value, origin) = match (find(here), find(inherited)) {
            (Some(value), _) => (Some(value), Origin::Here),
            (None, Some(value)) => (Some(value), Origin::Defaults),
            (None, None) => (None, Origin::BuiltIn),
        };
        Some(Row {
            at,
            id: keyword.id,
            value,
            origin,
        })
    }

    /// What is said there, and by the defaults.
    pub(super) fn settings(&self, at: At) -> (Option<&Settings>, Option<&Settings>) {
        let stanzas = &self.now().stanzas;
        let defaults = stanzas.defaults.as_deref();
        let entry = |which: Which| match which {
            Which::Defaults => defaults,
            Which::Entry(entry) => stanzas.entries.get(entry).map(|entry| &**entry),
        };
        let inherited = |which: Which| defaults.filter(|_| which != Which::Defaults);
        match at {
            At::Globals => (Some(&stanzas.globals), None),
            At::Server(which) => (
                entry(which).map(|entry| &entry.server),
                inherited(which).map(|defaults| &defaults.server),
            ),
            At::User(which, user) => (
                entry(which).and_then(|entry| entry.users.get(user)),
                inherited(which).and_then(|defaults| defaults.users.first()),
            ),
        }
    }

    /// Where an option is said: keyword to last argument.
    pub(crate) fn place(&self, at: At, id: Id) -> Option<Span> {
        let now = self.now();
        let (which, user) = match at {
            At::Globals => return now.stanzas.globals.find(id)?.origin,
            At::Server(which) => (which, None),
            At::User(which, user) => (which, Some(user)),
        };
        let said = edit::places(&now.document, &now.outline, which);
        let mut said = said.into_iter();
        said.find(|said| said.keyword.id == id && said.user == user)
            .map(|said| said.span)
    }
}
