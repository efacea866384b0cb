//! Changing the file: options, entries, and the steps back and forth.

use std::time::Instant;

use relm4::ComponentSender;

use super::model::tree::Node;
use super::model::{Model, Row};
use super::rows::Deed;
use super::special::Wish;
use super::{Editor, Input, Output};
use crate::rc::diagnostic::Diagnostic;
use crate::rc::edit::{self, At, Change, Refused};
use crate::rc::settings::Value;

impl Editor {
    /// Something is done with an option.
    pub(super) fn on_option(
        &mut self,
        row: &Row,
        deed: Deed,
        root: &gtk::Box,
        sender: &ComponentSender<Self>,
    ) {
        if let Deed::Choose = deed {
            return self.choose_folders(row, root, sender);
        }
        let Some(model) = &mut self.model else { return };
        match (deed, row.at, &row.value) {
            (Deed::Say(value), ..) => self.say(row, value, root, sender),
            (Deed::Check, ..) => sender.input(Input::CheckCommand(Box::new(row.clone()))),
            (Deed::Share, At::User(edit::Which::Entry(entry), _), Some(value)) => {
                let done = model.say_for_all(entry, row.id, value, Instant::now());
                self.settle(done, sender);
            }
            (Deed::Enter, ..) => {
                if let Some(span) = model.place(row.at, row.id) {
                    self.source.reveal(span);
                }
            }
            (Deed::Share | Deed::Choose, ..) => {}
        }
    }

    /// Writes a value, or takes it out; asks before, where that is due.
    pub(super) fn say(
        &mut self,
        row: &Row,
        value: Option<Value>,
        root: &gtk::Box,
        sender: &ComponentSender<Self>,
    ) {
        if self.asks_first(row, value.as_ref(), root, sender) {
            return;
        }
        let Some(model) = &mut self.model else { return };
        if let Err(refused) = model.say(row, value, Instant::now()) {
            self.pages.refuse(row.at, row.id, &refused.to_string());
            return;
        }
        self.changed(sender);
    }

    /// Does what makes a finding go away.
    pub(super) fn fix(&mut self, finding: &Diagnostic, sender: &ComponentSender<Self>) {
        let Some(model) = &mut self.model else { return };
        let done = model.fix(finding, Instant::now());
        self.settle(done, sender);
    }

    /// The same for the first finding here that has a fix.
    pub(super) fn fix_first(&mut self, sender: &ComponentSender<Self>) {
        let Some(model) = &self.model else { return };
        let here = model.found_at(self.node);
        let fixable = |found: &&Diagnostic| found.fix.as_ref().is_some_and(|f| !f.edits.is_empty());
        if let Some(finding) = here.into_iter().find(fixable).cloned() {
            self.fix(&finding, sender);
        }
    }

    /// Something about an entry itself.
    pub(super) fn special(&mut self, entry: usize, wish: &Wish, sender: &ComponentSender<Self>) {
        let Some(model) = &mut self.model else { return };
        let now = Instant::now();
        let done = match wish {
            Wish::Rename(label) => model.rename(entry, label, now),
            Wish::SetActive(is_active) => model.set_active(entry, *is_active, now),
        };
        self.settle(done, sender);
    }

    /// Makes an edit of the structure and goes where it leads.
    pub(super) fn shift(
        &mut self,
        sender: &ComponentSender<Self>,
        how: impl Fn(&mut Model, Node, Instant) -> Result<Node, Refused>,
    ) {
        let Some(model) = &mut self.model else { return };
        let done = how(model, self.node, Instant::now());
        let done = done.map(|node| self.turn_to(node));
        self.settle(done, sender);
        self.list.reveal();
    }

    /// Bytes were replaced in the source, where the file was `length` long.
    pub(super) fn typed(&mut self, change: Change, length: u32, sender: &ComponentSender<Self>) {
        self.source.heard();
        if let Some(model) = &mut self.model {
            // Something else came in between: what was typed there is not known any more.
            if model.now().document.len() == length {
                model.type_in(change, Instant::now());
            }
            self.changed(sender);
        }
    }

    /// Shows what came of an edit, or says why there is none.
    pub(super) fn settle(&mut self, done: Result<(), Refused>, sender: &ComponentSender<Self>) {
        match done {
            Ok(()) => self.changed(sender),
            Err(refused) => {
                self.show();
                let _ = sender.output(Output::Say(refused.to_string()));
            }
        }
    }

    /// To another state of the file.
    pub(super) fn step(
        &mut self,
        how: impl FnOnce(&mut Model) -> bool,
        sender: &ComponentSender<Self>,
    ) {
        if self.model.as_mut().is_some_and(how) {
            self.changed(sender);
        }
    }
}
