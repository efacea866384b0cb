//! Ending: the question while mail is fetched, waiting for the engine, and going on without it.

use std::time::Duration;

use adw::prelude::*;
use gtk::glib;
use relm4::{ComponentController, ComponentSender};

use super::super::ask::{Question, Weight};
use super::{App, Msg, Out};
use crate::base::i18n::gettext;
use crate::engine::api::Command;
use crate::engine::api::saving::Which;

/// How long quitting waits for the engine to end by itself.
const LAST_WAIT: Duration = Duration::from_secs(5);

impl App {
    /// Asks first, because something was changed in the editor.
    pub(super) fn ask_to_discard(
        &self,
        root: &adw::ApplicationWindow,
        sender: &ComponentSender<Self>,
    ) {
        root.present();
        self.widgets.show_page("editor");
        let question = Question {
            heading: &gettext("Quit without saving?"),
            body: &gettext("The configuration was changed in the editor and is not saved."),
            name: "discard-question",
            no: ("keep", &gettext("_Keep Editing")),
            yes: ("quit", &gettext("_Discard and Quit")),
            weight: Weight::Grave,
        };
        let to = sender.input_sender().clone();
        question.ask(root, move || to.emit(Msg::Act("quit-discarding")));
    }

    /// Quits, or asks if mail is being fetched.
    pub(super) fn quit_unless_busy(
        &mut self,
        root: &adw::ApplicationWindow,
        sender: &ComponentSender<Self>,
    ) {
        match self.busy.is_empty() {
            true => self.quit(root, sender),
            false => self.ask_to_quit(root, sender),
        }
    }

    /// Nobody can be asked: what was changed in the editor is kept as a draft.
    pub(super) fn keep_draft(&self) {
        if let Some(version) = self.editor.model().as_draft() {
            let which = Which::Draft;
            self.send(Command::SaveRc { version, which });
        }
    }

    /// Asks first, because mail is being fetched.
    pub(super) fn ask_to_quit(
        &self,
        root: &adw::ApplicationWindow,
        sender: &ComponentSender<Self>,
    ) {
        root.present();
        let question = Question {
            heading: &gettext("Stop fetching mail?"),
            body: &gettext(
                "What has been delivered stays delivered. The rest stays on the server.",
            ),
            name: "quit-question",
            no: ("keep", &gettext("_Keep Fetching")),
            yes: ("quit", &gettext("_Stop and Quit")),
            weight: Weight::Grave,
        };
        let to = sender.input_sender().clone();
        question.ask(root, move || to.emit(Msg::QuitNow));
    }

    /// Hides the window, lets the engine end, and says so; a hung engine is not waited for.
    pub(super) fn quit(&mut self, root: &adw::ApplicationWindow, sender: &ComponentSender<Self>) {
        if self.is_quitting {
            return;
        }
        self.is_quitting = true;
        root.set_visible(false);
        let is_gone = self.has_ended || self.commands.send(Command::Shutdown).is_err();
        if is_gone {
            let _ = sender.output(Out::Quit);
            return;
        }
        let to = sender.output_sender().clone();
        glib::timeout_add_local_once(LAST_WAIT, move || to.emit(Out::Quit));
    }

    /// The engine is gone, whether that was wanted here or not.
    pub(super) fn ended(&mut self, sender: &ComponentSender<Self>) {
        self.has_ended = true;
        self.busy.clear();
        self.show_check();
        if self.is_quitting {
            let _ = sender.output(Out::Quit);
        } else {
            self.widgets.toast(&gettext(
                "Checking has stopped. Start Postrider again to go on.",
            ));
        }
    }
}
