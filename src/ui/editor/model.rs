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
mod row;
mod saying;
pub(crate) mod search;
pub(crate) mod tree;
pub(crate) mod who;

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Instant;

use crate::base::i18n::{fill, gettext};
use crate::rc::diagnostic::{Diagnostic, Severity};
use crate::rc::document::Span;
use crate::rc::edit::{self, Refused, Which};
use history::{History, Revision, Topic};
pub(crate) use row::{Origin, Row};
use tree::Node;

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

#[cfg(test)]
mod tests;
