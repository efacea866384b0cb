//! What is shown of the model, and where the person is.

use std::collections::{HashMap, HashSet};

use adw::prelude::*;
use relm4::ComponentSender;

use super::super::a11y;
use super::frame::{Front, has_focus};
use super::list::Shown;
use super::model::Model;
use super::model::search::Hit;
use super::model::tree::{self, Lines, Node};
use super::{Editor, Input};
use crate::base::i18n::{fill, gettext};
use crate::rc::diagnostic::{Diagnostic, Severity};
use crate::rc::document::Span;

impl Editor {
    /// Everything as it is now.
    pub(super) fn show(&mut self) {
        self.show_files();
        let Some(model) = &self.model else { return };
        let node = model.nearest(self.node);
        if node != self.node {
            self.node = node;
            self.page = first_page(node, self.page);
        }
        let lines = lines(model, &mut self.lines, &self.closed);
        self.list.show(lines, self.node);
        let part = part(model, self.node);
        self.source.show(model.now(), model.found(), part);
        let trouble = model.error().map(error);
        self.pages.show_trouble(trouble.as_deref());
        let name = name(model, self.node);
        self.pages.show(model, self.node, self.page, &name);
        self.show_multidrop();
        let Some(model) = &self.model else { return };
        let history = model.history();
        let (undo, redo) = (history.undoable(), history.redoable());
        self.frame.show_history(undo, redo, model.is_changed());
        let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
        self.states.stop_ignoring.set_enabled(model.hidden() > 0);
        let errors = model.found().iter().filter(is_error).count();
        self.frame.show_hints(errors, model.found().len() - errors);
    }

    /// Somebody has selected a line.
    pub(super) fn go(&mut self, node: Node) {
        self.turn_to(node);
        self.frame.bring(Front::Pages);
        self.show();
        self.lead();
    }

    /// The node and a page it has; the same page if it can be.
    pub(super) fn turn_to(&mut self, node: Node) {
        self.node = node;
        self.page = first_page(node, self.page);
        if let Some(entry) = node.entry().filter(|_| matches!(node, Node::User(..))) {
            self.closed.remove(&entry);
        }
    }

    /// The cursor of the source is at that byte: the list follows.
    pub(super) fn follow(&mut self, at: u32) {
        let Some(model) = &self.model else { return };
        if let Some(node) = model.node_at(at).filter(|node| *node != self.node)
            && self.source.has_focus()
        {
            self.turn_to(node);
            self.show();
            self.list.reveal();
        }
    }

    /// Shows secrets once somebody has agreed to that; for a while.
    pub(super) fn secrets(&mut self, is_on: bool, root: &gtk::Box, sender: &ComponentSender<Self>) {
        if !is_on || self.may_see_secrets {
            self.source.show_secrets(is_on, sender.input_sender());
            return;
        }
        self.source.show_secrets(false, sender.input_sender());
        let Some(window) = root.root().and_downcast::<gtk::Window>() else {
            return;
        };
        let dialog = adw::MessageDialog::builder()
            .transient_for(&window)
            .modal(true)
            .heading(gettext("Show Passwords?"))
            .body(gettext(
                "Whoever sees the screen can read them. They are hidden again after a minute.",
            ))
            .name("editor-secrets-question")
            .build();
        dialog.add_response("cancel", &gettext("_Cancel"));
        dialog.add_response("show", &gettext("_Show"));
        dialog.set_close_response("cancel");
        let to = sender.input_sender().clone();
        dialog.connect_response(Some("show"), move |_, _| to.emit(Input::MaySeeSecrets));
        a11y::present(&dialog);
    }

    /// The source shows where the node begins.
    fn lead(&self) {
        let Some(model) = &self.model else { return };
        if let Some(span) = model.head(self.node).filter(|_| !self.source.has_focus()) {
            self.source.reveal(span);
        }
    }

    /// To whom was asked for before the file was there.
    pub(super) fn go_to_wanted(&mut self) {
        let Some(model) = &self.model else { return };
        if let Some(node) = self.wanted.take().and_then(|id| model.find(&id)) {
            self.search(false);
            self.go(node);
            self.list.reveal();
        }
    }

    /// Opens or closes the search.
    pub(super) fn search(&mut self, is_open: bool) {
        if is_open {
            self.frame.bring(Front::Pages);
        }
        let loses_focus = !is_open && has_focus(&self.finder.root);
        self.pages.root.set_visible(!is_open);
        self.finder.open(is_open);
        if loses_focus {
            self.pages.root.child_focus(gtk::DirectionType::TabForward);
        }
        self.searched();
    }

    /// Ends the search, or puts away the source, where it is in the way.
    pub(super) fn escape(&mut self) {
        match self.finder.root.is_visible() {
            true => self.search(false),
            false => self.frame.close_source(),
        }
    }

    /// Something else is looked for.
    pub(super) fn searched(&self) {
        if let Some(model) = self
            .model
            .as_ref()
            .filter(|_| self.finder.root.is_visible())
        {
            self.finder.search(model, self.node);
        }
    }

    /// To an option, with the cursor in it.
    pub(super) fn go_to(&mut self, hit: &Hit) {
        self.search(false);
        self.turn_to(hit.node);
        self.page = hit.page;
        self.show();
        self.list.reveal();
        self.pages.go_to(hit.id);
    }

    /// To the next finding, or the one before.
    pub(super) fn hint(&mut self, is_next: bool) {
        let Some(model) = &self.model else { return };
        // All findings of a node are shown at once: on to another node.
        let is_here = |found: &Diagnostic| node_of(model, found) == Some(self.node);
        let here = match is_next {
            true => model.found().iter().rposition(is_here),
            false => model.found().iter().position(is_here),
        };
        let count = model.found().len();
        let at = match (here, is_next) {
            _ if count == 0 => return,
            (None, true) => 0,
            (None, false) => count - 1,
            (Some(at), true) => (at + 1) % count,
            (Some(at), false) => (at + count - 1) % count,
        };
        let found = model.found().get(at);
        if let Some(node) = found.and_then(|found| node_of(model, found)) {
            self.go(node);
            self.list.reveal();
        }
    }
}

/// Of a long file only the entry that is shown.
fn part(model: &Model, node: Node) -> Option<Span> {
    let now = model.now();
    if now.document.line_of(now.document.len()) < LONG {
        return None;
    }
    let entries = &now.stanzas.entries;
    let entry = node.entry().unwrap_or(0);
    let start = match node.entry() {
        Some(entry) => entries.get(entry).map_or(0, |entry| entry.start),
        None => 0,
    };
    let next = match node.entry() {
        Some(_) => entries.get(entry + 1),
        None => entries.first(),
    };
    let end = next.map_or(now.document.len(), |next| next.start);
    Some(Span {
        start: now.document.line_start(start),
        end: end.max(start),
    })
}

/// Lines of a file that is shown whole (`ui.md` section 7).
const LONG: u32 = 5000;

/// Whom a finding is about.
fn node_of(model: &Model, found: &Diagnostic) -> Option<Node> {
    model.node_at(found.place?.span.start)
}

/// The page that stays, if the node has it; else its first.
fn first_page(node: Node, page: crate::rc::option::Page) -> crate::rc::option::Page {
    let pages = node.pages();
    match pages.contains(&page) {
        true => page,
        false => pages.first().copied().unwrap_or(page),
    }
}

/// What a node is called, with its server.
pub(super) fn name(model: &Model, node: Node) -> String {
    let label = |entry: usize| {
        let found = model.now().stanzas.entries.get(entry);
        found
            .map(|entry| tree::shown(&entry.label))
            .unwrap_or_default()
    };
    match node {
        Node::General => gettext("General"),
        Node::Defaults => gettext("Defaults for all servers and users"),
        Node::Server(entry) => label(entry),
        Node::User(entry, user) => fill(
            &gettext("{user} at {server}"),
            &[
                ("user", &model.user_name(entry, user)),
                ("server", &label(entry)),
            ],
        ),
    }
}

fn error(found: &Diagnostic) -> String {
    let sentence = found.sentence();
    match found.place {
        Some(place) => fill(
            &gettext("Line {line}: {sentence}"),
            &[("line", &place.line), ("sentence", &sentence)],
        ),
        None => sentence,
    }
}

/// The lines with the number of findings at each entry; a closed one tells of its users too.
fn lines(model: &Model, known: &mut Lines, closed: &HashSet<usize>) -> Vec<Shown> {
    let mut counts: HashMap<Node, u32> = HashMap::new();
    // Users are told apart only where there are few findings: each costs a look at its entry.
    let is_few = model.found().len() <= 200;
    for found in model.found().iter() {
        let Some(place) = found.place else { continue };
        let node = match is_few {
            true => model.node_at(place.span.start),
            false => model.entry_at(place.span.start),
        };
        let node = match node {
            Some(Node::User(entry, _)) if closed.contains(&entry) => Some(Node::Server(entry)),
            node => node,
        };
        if let Some(node) = node {
            *counts.entry(node).or_default() += 1;
        }
    }
    let lines = known.of(&model.now().stanzas, closed).into_iter();
    lines
        .map(|line| Shown {
            hints: counts.get(&line.node).copied().unwrap_or_default(),
            line,
        })
        .collect()
}
