//! Checking from the editor: what is shown, or all; with what was changed saved first.

use adw::prelude::*;
use relm4::ComponentSender;

use super::model::search::Hit;
use super::model::tree::Node;
use super::{Editor, Input, Output};
use crate::base::Secret;
use crate::base::i18n::gettext;
use crate::engine::api::saving::{Version, Which};
use crate::rc::AccountId;
use crate::rc::option::{Id, Page};

/// Who is to be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui) enum Whom {
    /// The users of the server that is shown, or the one user, be they skipped or not.
    Shown,
    /// All that are checked by themselves.
    All,
}

impl Editor {
    /// Checks what is in the file. What is not in it yet is shown first, with the way to save it.
    pub(super) fn check(&mut self, whom: Whom, root: &gtk::Box, sender: &ComponentSender<Self>) {
        self.whom = whom;
        if self.files.other.is_some() {
            let text = gettext("Mail is not checked by this file here.");
            let _ = sender.output(Output::Say(text));
            return;
        }
        let Some(model) = &self.model else { return };
        if self.needs_no_review() {
            return self.save_and_check(sender);
        }
        if model.is_changed() {
            return self.review(root, sender);
        }
        if !self.check_as_owner(sender) {
            let _ = sender.output(Output::Check(self.ids()));
        }
    }

    /// Saves, and checks when the file is read.
    pub(super) fn save_and_check(&mut self, sender: &ComponentSender<Self>) {
        if let Some(window) = self.review.take() {
            window.destroy();
        }
        if self.will_check_as_owner() {
            return self.save(Which::Rc, sender);
        }
        let ids = self.ids();
        let Some(model) = &self.model else { return };
        let now = model.now().clone();
        let version = Version {
            base: self.base,
            bytes: Secret::new(now.document.bytes()),
        };
        self.saving = Some((now, Which::Rc));
        let _ = sender.output(Output::SaveAndCheck(Box::new(version), ids));
    }

    /// Whom [`Whom`] means; `None`: all that are checked by themselves.
    pub(super) fn ids(&self) -> Option<Vec<AccountId>> {
        let model = self.model.as_ref()?;
        match (self.whom, self.node) {
            (Whom::Shown, Node::Server(_) | Node::User(..)) => Some(model.accounts(self.node)),
            _ => None,
        }
    }

    /// To the row that says how often accounts are checked.
    pub(super) fn go_to_interval(&mut self) {
        self.go_to(&Hit {
            node: Node::General,
            page: Page::Schedule,
            id: Id::Daemon,
        });
    }

    /// Pauses checking in the background, or goes on.
    pub(super) fn toggle_pause(&self, sender: &ComponentSender<Self>) {
        let _ = sender.output(Output::Pause(!self.is_paused));
    }

    /// The engine polls nothing by itself, or does again.
    pub(super) fn paused(&mut self, is_paused: bool) {
        self.is_paused = is_paused;
        self.states.pause.set_state(&is_paused.to_variant());
    }

    /// Asks for a number and goes to that line of the source.
    pub(super) fn ask_line(&self, root: &gtk::Box, sender: &ComponentSender<Self>) {
        let (Some(model), Some(window)) = (&self.model, root.root().and_downcast::<gtk::Window>())
        else {
            return;
        };
        let to = sender.input_sender().clone();
        super::going::ask(&window, model.lines(), move |line| {
            to.emit(Input::GoToLine(line));
        });
    }
}
