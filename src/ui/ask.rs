//! Small windows that ask whether something is to be done, or tell why something was not.

use adw::prelude::*;

use super::a11y;
use crate::base::i18n::gettext;

/// How a yes is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Neither answer is the likely one.
    Plain,
    /// It is what was meant: Enter says it.
    Meant,
    /// Something is lost by it: Enter says no.
    Grave,
}

/// A question with two answers.
pub(super) struct Question<'a> {
    /// What is asked.
    pub heading: &'a str,
    /// What to know before; may be empty.
    pub body: &'a str,
    /// The name of the window.
    pub name: &'a str,
    /// Name and label of the answer that changes nothing; Escape says it.
    pub no: (&'a str, &'a str),
    /// Name and label of the other.
    pub yes: (&'a str, &'a str),
    /// How the other is to be taken.
    pub weight: Weight,
}

impl Question<'_> {
    /// Asks above `parent`; `done` follows on a yes.
    pub(super) fn ask(&self, parent: &impl IsA<gtk::Window>, done: impl Fn() + 'static) {
        self.ask_with(parent, gtk::Widget::NONE, done);
    }

    /// The same with `more` below the words.
    pub(super) fn ask_with(
        &self,
        parent: &impl IsA<gtk::Window>,
        more: Option<&impl IsA<gtk::Widget>>,
        done: impl Fn() + 'static,
    ) {
        let dialog = self.dialog(parent);
        dialog.set_extra_child(more);
        dialog.connect_response(Some(self.yes.0), move |_, _| done());
        a11y::present(&dialog);
    }

    /// The window, to be shown by [`a11y::present`].
    pub(super) fn dialog(&self, parent: &impl IsA<gtk::Window>) -> adw::MessageDialog {
        let dialog = blank(parent, self.heading, self.body, self.name);
        let ((no, _), (yes, _)) = (self.no, self.yes);
        for (answer, label) in [self.no, self.yes] {
            dialog.add_response(answer, label);
        }
        let (look, usual) = match self.weight {
            Weight::Plain => (adw::ResponseAppearance::Default, None),
            Weight::Meant => (adw::ResponseAppearance::Suggested, Some(yes)),
            Weight::Grave => (adw::ResponseAppearance::Destructive, Some(no)),
        };
        dialog.set_response_appearance(yes, look);
        dialog.set_default_response(usual);
        dialog.set_close_response(no);
        dialog
    }
}

/// Tells something that only has to be read.
pub(super) fn tell(parent: &impl IsA<gtk::Window>, heading: &str, body: &str, name: &str) {
    let dialog = blank(parent, heading, body, name);
    dialog.add_response("close", &gettext("_Close"));
    a11y::present(&dialog);
}

fn blank(
    parent: &impl IsA<gtk::Window>,
    heading: &str,
    body: &str,
    name: &str,
) -> adw::MessageDialog {
    adw::MessageDialog::builder()
        .transient_for(parent)
        .modal(true)
        .heading(heading)
        .body(body)
        .name(name)
        .build()
}
