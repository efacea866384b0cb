//! The question before a word is written that releases of fetchmail in use do not know.

use adw::prelude::*;
use relm4::ComponentSender;

use super::super::a11y;
use super::super::ask::{Question, Weight};
use super::model::Row;
use super::{Editor, Input};
use crate::base::i18n::{fill, gettext};
use crate::rc::settings::Value;

impl Editor {
    /// Asks, unless somebody has agreed before. Returns whether it must be asked.
    pub(super) fn asks_first(
        &mut self,
        row: &Row,
        value: Option<&Value>,
        root: &gtk::Box,
        sender: &ComponentSender<Self>,
    ) -> bool {
        let is_new = value.is_some_and(|value| row.is_later(value));
        if !is_new || self.may_write_later {
            return false;
        }
        let Some(window) = root.root().and_downcast::<gtk::Window>() else {
            return false;
        };
        let text = gettext(
            "“{option}” is a word of later releases. fetchmail 6 refuses a file that has it; Postrider reads it.",
        );
        let question = Question {
            heading: &gettext("Write a Word of a Later Release?"),
            body: &fill(&text, &[("option", &row.keyword().name())]),
            name: "editor-later",
            no: ("cancel", &gettext("_Cancel")),
            yes: ("write", &gettext("_Write It")),
            weight: Weight::Plain,
        };
        let dialog = question.dialog(&window);
        self.asked = Some((row.clone(), value.cloned()));
        let to = sender.input_sender().clone();
        dialog.connect_response(None, move |_, response| {
            to.emit(Input::MayWriteLater(response == "write"));
        });
        a11y::present(&dialog);
        true
    }

    /// What was answered.
    pub(super) fn may_write_later(
        &mut self,
        may: bool,
        root: &gtk::Box,
        sender: &ComponentSender<Self>,
    ) {
        let asked = self.asked.take();
        self.may_write_later |= may;
        match asked.filter(|_| may) {
            Some((row, value)) => self.say(&row, value, root, sender),
            // The control still shows what was wanted.
            None => {
                self.pages.forget();
                self.show();
            }
        }
    }
}
