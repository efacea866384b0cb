//! A file while it is edited: its states, what is wrong with it, and where the person is. It decides
//! everything and is pure; the widgets show it.

pub(crate) mod effects;
pub(crate) mod field;
pub(crate) mod files;
pub(crate) mod folders;
pub(crate) mod history;
pub(crate) mod moves;
pub(crate) mod multidrop;
pub(crate) mod odd;
pub(crate) mod search;
pub(crate) mod tree;
pub(crate) mod who;

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Instant;

use crate::base::i18n::{fill, gettext};
use crate::rc::diagnostic::{Diagnostic, Severity};
use crate::rc::document::Span;
use crate::rc::edit::{self, At, Change, Edit, Refused, Which};
use crate::rc::option::words::METHODS;
use crate::rc::option::{self, Id, Keyword, Page};
use crate::rc::settings::{Settings, Value};
use history::{History, Revision, Topic};
use tree::Node;

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

/// The file.
pub(crate) struct Model {
    history: History,
    saved: Revision,
    /// What was found in the state that holds; of an older one until it is looked over again.
    found: Rc<Vec<Diagnostic>>,
    /// Findings that are not told, by [`Diagnostic::key`], and how many there are of them.
    ignored: BTreeSet<String>,
    hidden: usize,
    /// The file is not there yet.
    is_new: bool,
}

impl Model {
    /// Of a file as it was read.
    pub(crate) fn open(bytes: &[u8]) -> Self {
        let revision = Revision::read(bytes);
        let found = revision.outline.diagnostics(&revision.document);
        Self {
            history: History::new(revision.clone()),
            saved: revision,
            found: Rc::new(found),
            ignored: BTreeSet::new(),
            hidden: 0,
            is_new: false,
        }
    }

    /// The state that holds.
    pub(crate) fn now(&self) -> &Revision {
        self.history.now()
    }

    /// The line of states.
    pub(crate) fn history(&self) -> &History {
        &self.history
    }

    /// Whether it says something else than the file that was read or saved.
    pub(crate) fn is_changed(&self) -> bool {
        self.is_new || self.has_edits()
    }

    /// The state that is in the file.
    pub(crate) fn saved(&self) -> &Revision {
        &self.saved
    }

    /// That state is in the file now; another may hold by now.
    pub(crate) fn is_saved(&mut self, revision: Revision) {
        self.saved = revision;
        self.is_new = false;
        self.history.rest();
    }

    /// What is wrong or worth saying, in the order of the file.
    pub(crate) fn found(&self) -> &Rc<Vec<Diagnostic>> {
        &self.found
    }

    /// The state that holds was looked over.
    pub(crate) fn looked_over(&mut self, found: Vec<Diagnostic>) {
        self.found = Rc::new(found);
        self.pass_over();
    }

    /// What was found at a node.
    pub(crate) fn found_at(&self, node: Node) -> Vec<&Diagnostic> {
        let is_here = |found: &&Diagnostic| {
            let Some(place) = found.place else {
                return node == Node::General;
            };
            // Cheap first: most findings are about other entries.
            let entry = self.entry_at(place.span.start).and_then(Node::entry);
            entry == node.entry() && self.node_at(place.span.start) == Some(node)
        };
        self.found.iter().filter(is_here).collect()
    }

    /// Makes a finding go away, if it was found in the state that holds.
    pub(crate) fn fix(&mut self, finding: &Diagnostic, now: Instant) -> Result<(), Refused> {
        let fix = finding.fix.as_ref().ok_or(Refused::Nobody)?;
        if !self.found.contains(finding) {
            return Err(Refused::Nobody);
        }
        let name = fill(&gettext("Fix: {what}"), &[("what", &fix.sentence())]);
        self.edit(name, &fix.edits, None, now)
    }

    /// The first error, if the file cannot be used.
    pub(crate) fn error(&self) -> Option<&Diagnostic> {
        self.found.iter().find(|d| d.severity == Severity::Error)
    }

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
    fn settings(&self, at: At) -> (Option<&Settings>, Option<&Settings>) {
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

    /// How many users an entry names.
    pub(crate) fn users(&self, entry: usize) -> usize {
        let entries = &self.now().stanzas.entries;
        entries.get(entry).map_or(0, |entry| entry.users.len())
    }

    /// Where a node begins.
    pub(crate) fn head(&self, node: Node) -> Option<Span> {
        let now = self.now();
        let stanzas = &now.stanzas;
        match node {
            Node::General => {
                let mut origins = stanzas.globals.iter().filter_map(|said| said.origin);
                origins.next()
            }
            Node::Defaults => stanzas.defaults.as_ref().map(|defaults| defaults.head()),
            Node::Server(entry) => stanzas.entries.get(entry).map(|entry| entry.head()),
            Node::User(entry, user) => {
                let said = edit::places(&now.document, &now.outline, Which::Entry(entry));
                let first = said.iter().find(|said| said.user == Some(user));
                first
                    .map(|said| said.span)
                    .or_else(|| self.head(Node::Server(entry)))
            }
        }
    }

    /// Makes an edit; a step of that name.
    pub(crate) fn edit(
        &mut self,
        name: String,
        edits: &[Edit],
        topic: Option<Topic>,
        now: Instant,
    ) -> Result<(), Refused> {
        let mut revision = self.history.base(topic, now).clone();
        for edit in edits {
            let changes = edit::changes_in(&revision.document, &revision.outline, edit)?;
            revision = revision.change(&changes);
        }
        if revision.document != self.now().document {
            self.take(name, topic, revision, now);
        }
        Ok(())
    }

    /// Says an option, or (`None`) says nothing about it.
    pub(crate) fn say(
        &mut self,
        row: &Row,
        value: Option<Value>,
        now: Instant,
    ) -> Result<(), Refused> {
        let (at, id) = (row.at, row.id);
        let name = fill(
            &gettext("Change {option}"),
            &[("option", &row.keyword().name())],
        );
        let mut edits = Vec::new();
        if at == At::Server(Which::Defaults) || matches!(at, At::User(Which::Defaults, _)) {
            let base = self.history.base(Some(topic_of(at, id)), now);
            edits.extend(defaults_first(base));
        }
        edits.push(match value {
            Some(value) => Edit::Set { at, id, value },
            None => Edit::Unset { at, id },
        });
        self.edit(name, &edits, Some(topic_of(at, id)), now)
    }

    /// Other bytes, whatever they mean, as they are typed into the source.
    pub(crate) fn type_in(&mut self, change: Change, now: Instant) {
        let topic = (u64::MAX, 0);
        let revision = self.now().change(std::slice::from_ref(&change));
        self.take(gettext("Change the text"), Some(topic), revision, now);
    }

    fn take(&mut self, name: String, topic: Option<Topic>, revision: Revision, now: Instant) {
        self.history.go_on(name, topic, revision, now);
        self.read_found();
    }

    /// What reading alone tells, until the file is looked over.
    fn read_found(&mut self) {
        let now = self.history.now();
        self.found = Rc::new(now.outline.diagnostics(&now.document));
        self.pass_over();
    }

    /// One step back.
    pub(crate) fn undo(&mut self) -> bool {
        let moved = self.history.undo();
        self.read_found();
        moved
    }

    /// To a state by its place in the history.
    pub(crate) fn go_to_state(&mut self, at: usize) -> bool {
        let moved = self.history.go_to(at);
        self.read_found();
        moved
    }

    /// One step forth.
    pub(crate) fn redo(&mut self) -> bool {
        let moved = self.history.redo();
        self.read_found();
        moved
    }

    /// Whom the byte at `offset` is about.
    pub(crate) fn node_at(&self, offset: u32) -> Option<Node> {
        let now = self.now();
        edit::at(&now.document, &now.outline, offset).map(Node::of)
    }

    /// The same without telling users apart, which costs nothing.
    pub(crate) fn entry_at(&self, offset: u32) -> Option<Node> {
        let now = self.now();
        let start = now.outline.before(offset);
        let entries = &now.stanzas.entries;
        let entry = entries.partition_point(|entry| entry.start < start);
        match (entries.get(entry), &now.stanzas.defaults) {
            (Some(found), _) if found.start == start => Some(Node::Server(entry)),
            (_, Some(defaults)) if defaults.start == start => Some(Node::Defaults),
            _ => Some(Node::General),
        }
    }

    /// Whether a node is still there.
    pub(crate) fn has(&self, node: Node) -> bool {
        let entries = &self.now().stanzas.entries;
        match node {
            Node::General | Node::Defaults => true,
            Node::Server(entry) => entry < entries.len(),
            Node::User(entry, user) => entries
                .get(entry)
                .is_some_and(|entry| user < entry.users.len().max(1)),
        }
    }
}

fn topic_of(at: At, id: Id) -> Topic {
    let place = match at {
        At::Globals => 0,
        At::Server(Which::Defaults) => 1,
        At::User(Which::Defaults, user) => 2 + ((user as u64) << 8),
        At::Server(Which::Entry(entry)) => 3 + ((entry as u64) << 32),
        At::User(Which::Entry(entry), user) => 4 + ((entry as u64) << 32) + ((user as u64) << 8),
    };
    (place, id as u64)
}

/// Puts in an entry for defaults, if there is none.
fn defaults_first(now: &Revision) -> Option<Edit> {
    if now.stanzas.defaults.is_some() {
        return None;
    }
    let first = now.stanzas.entries.first();
    let start = first.map_or(now.document.len(), |entry| entry.head().start);
    let is_blank = |start: u32, end: u32| {
        let bytes = now.document.slice(Span { start, end });
        bytes.iter().all(u8::is_ascii_whitespace)
    };
    let start = match now.document.line_start(start) {
        // Something else stands on the line.
        line if !is_blank(line, start) => start,
        line => line,
    };
    let last = Span {
        start: now.document.len().saturating_sub(1),
        end: now.document.len(),
    };
    let is_closed =
        first.is_some() || now.document.is_empty() || now.document.slice(last).as_ref() == b"\n";
    let with = match is_closed {
        true => "defaults\n",
        false => "\ndefaults\n",
    };
    Some(Edit::Bytes(Change {
        span: Span { start, end: start },
        with: with.into(),
    }))
}

#[cfg(test)]
mod tests;
