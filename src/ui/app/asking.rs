//! What the engine asks the person: a password that nothing else has, leave to unlock the keyring.
//! One window a question; it goes when somebody else has answered or the engine waits no more.

use std::cell::RefCell;
use std::rc::Rc;

use adw::prelude::*;
use gtk::glib;

use super::App;
use crate::base::Secret;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::Command;
use crate::engine::api::job::{Ask, Question, QuestionId};
use crate::engine::api::words;

impl App {
    /// Asks the person.
    pub(super) fn ask(&mut self, question: &Question, root: &adw::ApplicationWindow) {
        let parent = root.is_visible().then_some(root);
        let dialog = match &question.what {
            Ask::Password { id, host, is_again } => {
                let values: [(&str, &dyn std::fmt::Display); 2] =
                    [("account", &words::title(id)), ("host", host)];
                let text = match is_again {
                    true => {
                        gettext("{host} has refused the password for {account}. Enter it again.")
                    }
                    false => gettext("Enter the password for {account} at {host}."),
                };
                dialog(parent, &gettext("Password Needed"), &fill(&text, &values))
            }
            Ask::Unlock { id } => {
                let text = gettext("It has the password for {account}. Unlock it to check mail.");
                let text = fill(&text, &[("account", &words::title(id))]);
                dialog(parent, &gettext("The keyring is locked"), &text)
            }
        };
        let entry = matches!(question.what, Ask::Password { .. }).then(|| password(&dialog));
        let yes = match entry {
            Some(_) => gettext("_Sign In"),
            None => gettext("_Unlock"),
        };
        dialog.add_response("later", &gettext("_Ask Later"));
        dialog.add_response("yes", &yes);
        dialog.set_response_appearance("yes", adw::ResponseAppearance::Suggested);
        dialog.set_default_response(Some("yes"));
        dialog.set_close_response("later");
        // One answer: a window that is taken away says nothing more.
        let answer = Rc::new(RefCell::new(Some((self.commands.clone(), question.id))));
        let once = answer.clone();
        dialog.connect_response(None, move |_, response| {
            let Some((commands, id)) = once.take() else {
                return;
            };
            let value = (response == "yes").then(|| match &entry {
                Some(entry) => Secret::new(entry.text().as_str()),
                None => Secret::new(""),
            });
            // An engine that is gone asks no more.
            let _ = commands.send(Command::Answer { id, value });
        });
        super::super::a11y::present(&dialog);
        self.questions.insert(question.id, (dialog, answer));
    }

    /// The engine waits no more.
    pub(super) fn unasked(&mut self, id: QuestionId) {
        if let Some((dialog, answer)) = self.questions.remove(&id) {
            answer.take();
            dialog.close();
        }
    }
}

/// Whom an answer goes to, until it is given.
pub(super) type Answer =
    Rc<RefCell<Option<(tokio::sync::mpsc::UnboundedSender<Command>, QuestionId)>>>;

fn dialog(
    parent: Option<&adw::ApplicationWindow>,
    heading: &str,
    text: &str,
) -> adw::MessageDialog {
    let dialog = adw::MessageDialog::new(parent, Some(heading), Some(text));
    dialog.set_widget_name("question");
    dialog
}

/// A password entry in the dialogue; Enter is the answer.
fn password(dialog: &adw::MessageDialog) -> adw::PasswordEntryRow {
    let row = adw::PasswordEntryRow::builder()
        .title(gettext("Password"))
        .build();
    row.set_widget_name("question-password");
    let list = gtk::ListBox::builder()
        .selection_mode(gtk::SelectionMode::None)
        .css_classes(["boxed-list"])
        .build();
    super::super::a11y::set_label(&list, &gettext("Password"));
    list.append(&row);
    dialog.set_extra_child(Some(&list));
    let weak = dialog.downgrade();
    row.connect_entry_activated(move |_| {
        if let Some(dialog) = weak.upgrade() {
            dialog.response("yes");
            dialog.close();
        }
    });
    let focused = row.clone();
    glib::idle_add_local_once(move || {
        focused.grab_focus();
    });
    row
}
