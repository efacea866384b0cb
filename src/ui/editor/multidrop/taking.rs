//! Messages that wait in the mailbox, to choose one from: only their headers are read.

use std::cell::RefCell;
use std::rc::Rc;

use adw::prelude::*;

use super::super::super::shell::{self, Look};
use super::super::super::{a11y, fact};
use super::{Tell, Told};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::routing::{Waiting, WaitingMessage};

/// The window.
pub(super) struct Taking {
    window: adw::Window,
    spinner: gtk::Spinner,
    status: gtk::Label,
    trouble: gtk::Box,
    list: gtk::ListBox,
    messages: Rc<RefCell<Vec<WaitingMessage>>>,
}

impl Taking {
    /// Opens it, empty.
    pub(super) fn open(parent: &gtk::Window, tell: &Tell) -> Self {
        let spinner = gtk::Spinner::builder().spinning(true).build();
        a11y::set_label(&spinner, &gettext("Under way"));
        let status = gtk::Label::builder()
            .label(gettext(
                "Reading the headers of up to 20 messages. None is marked as read.",
            ))
            .wrap(true)
            .xalign(0.0)
            .hexpand(true)
            .name("take-status")
            .accessible_role(gtk::AccessibleRole::Status)
            .build();
        let head = gtk::Box::builder().spacing(9).build();
        head.append(&spinner);
        head.append(&status);
        let trouble = shell::vertical(6);
        let list = gtk::ListBox::builder()
            .selection_mode(gtk::SelectionMode::None)
            .css_classes(["boxed-list"])
            .visible(false)
            .name("take-list")
            .build();
        a11y::set_label(&list, &gettext("Messages"));
        let messages: Rc<RefCell<Vec<WaitingMessage>>> = Rc::default();
        let all = shell::column(12);
        all.append(&head);
        all.append(&trouble);
        all.append(&list);
        let window = frame(parent, &all);
        let (to, of, weak) = (Rc::clone(tell), Rc::clone(&messages), window.downgrade());
        list.connect_row_activated(move |_, row| {
            let at = usize::try_from(row.index()).unwrap_or(usize::MAX);
            let chosen = of.borrow().get(at).cloned();
            if let (Some(chosen), Some(window)) = (chosen, weak.upgrade()) {
                to(Told::Loaded(chosen.subject, chosen.header));
                window.close();
            }
        });
        let to = Rc::clone(tell);
        window.connect_close_request(move |_| {
            to(Told::NotTaken);
            gtk::glib::Propagation::Proceed
        });
        window.present();
        Self {
            window,
            spinner,
            status,
            trouble,
            list,
            messages,
        }
    }

    /// Shows what is there.
    pub(super) fn show(&self, waiting: &Waiting) {
        self.rest();
        let text = match (waiting.messages.len() as u64, waiting.refused) {
            (0, 0) => gettext("The mailbox is empty."),
            (0, _) => gettext("The server shows no headers without marking messages as read."),
            (n, _) => fill(
                &ngettext("Choose a message.", "Choose one of {n} messages.", n),
                &[("n", &n)],
            ),
        };
        self.status.set_text(&text);
        for message in &waiting.messages {
            let subject = match message.subject.as_str() {
                "" => gettext("(no subject)"),
                subject => subject.to_owned(),
            };
            let (row, _) = fact::row(&subject, &message.from, fact::Weight::Plain);
            row.set_activatable(true);
            row.set_widget_name("take-message");
            self.list.append(&row);
        }
        self.list.set_visible(!waiting.messages.is_empty());
        self.messages.borrow_mut().clone_from(&waiting.messages);
        if let Some(first) = self.list.row_at_index(0) {
            first.grab_focus();
        }
    }

    /// It came to nothing: why.
    pub(super) fn fail(&self, sentences: &[String]) {
        self.rest();
        self.status.set_text(&gettext("The mailbox cannot be read"));
        for sentence in sentences {
            let point = fact::point("dialog-warning-symbolic", "wait", sentence);
            self.trouble.append(&point);
        }
    }

    fn rest(&self) {
        self.spinner.set_spinning(false);
        self.spinner.set_visible(false);
        fact::empty(&self.trouble);
    }
}

impl Drop for Taking {
    fn drop(&mut self) {
        self.window.destroy();
    }
}

fn frame(parent: &gtk::Window, all: &gtk::Box) -> adw::Window {
    let look = Look {
        title: &gettext("Take from Mailbox"),
        name: "take",
        leave: (&gettext("_Cancel"), "take-cancel"),
        size: (480, Some(520)),
        widest: 600,
    };
    shell::window(parent, &look, all).0
}
