//! The window with a tick for each folder.

use std::cell::RefCell;
use std::rc::Rc;

use adw::prelude::*;
use gtk::glib;

use super::super::super::shell::{self, Look, vertical};
use super::super::super::{a11y, fact};
use super::super::model::folders::{Choice, State};
use super::Told;
use crate::base::i18n::{fill, gettext, ngettext};

/// The window; it goes when this goes.
pub(super) struct Choosing {
    window: adw::Window,
    spinner: gtk::Spinner,
    status: gtk::Label,
    trouble: gtk::Box,
    again: gtk::Button,
    list: gtk::ListBox,
    choose: gtk::Button,
    choices: Vec<Choice>,
    ticks: Rc<RefCell<Vec<gtk::CheckButton>>>,
}

impl Choosing {
    /// Opens it, empty.
    pub(super) fn open(parent: &gtk::Window, tell: impl Fn(Told) + 'static) -> Self {
        let tell = Rc::new(tell);
        let spinner = gtk::Spinner::new();
        a11y::set_label(&spinner, &gettext("Under way"));
        let status = gtk::Label::builder()
            .wrap(true)
            .xalign(0.0)
            .hexpand(true)
            .name("folders-status")
            .accessible_role(gtk::AccessibleRole::Status)
            .build();
        let trouble = vertical(6);
        let again = a11y::mnemonic_button(&gettext("_Try Again"));
        again.set_widget_name("folders-again");
        again.set_halign(gtk::Align::Start);
        let to = Rc::clone(&tell);
        again.connect_clicked(move |_| to(Told::Again));
        let list = gtk::ListBox::builder()
            .selection_mode(gtk::SelectionMode::None)
            .css_classes(["boxed-list"])
            .name("folders-list")
            .build();
        a11y::set_label(&list, &gettext("Folders"));
        list.connect_row_activated(|_, row| {
            if let Some(tick) = tick_of(row.upcast_ref()) {
                tick.set_active(!tick.is_active());
            }
        });
        let choose = a11y::mnemonic_button(&gettext("_Use"));
        choose.set_widget_name("folders-use");
        choose.add_css_class("suggested-action");
        let ticks: Rc<RefCell<Vec<gtk::CheckButton>>> = Rc::default();
        let (to, of) = (Rc::clone(&tell), Rc::clone(&ticks));
        choose.connect_clicked(move |_| {
            let ticked = of.borrow().iter().map(|tick| tick.is_active()).collect();
            to(Told::Chosen(ticked));
        });
        let head = gtk::Box::builder().spacing(9).build();
        head.append(&spinner);
        head.append(&status);
        let all = vertical(12);
        all.set_margin_top(18);
        all.set_margin_bottom(18);
        all.set_margin_start(12);
        all.set_margin_end(12);
        all.append(&head);
        all.append(&trouble);
        all.append(&again);
        all.append(&list);
        let window = frame(parent, &all, &choose);
        window.connect_close_request(move |_| {
            tell(Told::Closed);
            glib::Propagation::Proceed
        });
        let this = Self {
            window,
            spinner,
            status,
            trouble,
            again,
            list,
            choose,
            choices: Vec::new(),
            ticks,
        };
        this.wait();
        this.window.present();
        this
    }

    /// What is offered.
    pub(super) fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// The server is being asked.
    pub(super) fn wait(&self) {
        self.rest(&gettext("Asking the server for its folders…"));
        self.spinner.set_visible(true);
        self.spinner.set_spinning(true);
    }

    /// Shows what can be chosen.
    pub(super) fn show(&mut self, choices: Vec<Choice>) {
        let is_there = |choice: &&Choice| choice.state == State::Open;
        let text = match choices.iter().filter(is_there).count() as u64 {
            0 => gettext("The server names no folders."),
            n => fill(
                &ngettext(
                    "{n} folder. Without a tick, only INBOX is looked at.",
                    "{n} folders. Without a tick, only INBOX is looked at.",
                    n,
                ),
                &[("n", &n)],
            ),
        };
        self.rest(&text);
        for choice in &choices {
            let (row, tick) = line(choice);
            self.list.append(&row);
            self.ticks.borrow_mut().push(tick);
        }
        self.choices = choices;
        self.list.set_visible(true);
        self.choose.set_sensitive(true);
        if let Some(first) = self.ticks.borrow().first() {
            first.grab_focus();
        }
    }

    /// It came to nothing: why.
    pub(super) fn fail(&self, sentences: &[String]) {
        self.rest(&gettext("The folders cannot be read"));
        for sentence in sentences {
            let point = fact::point("dialog-warning-symbolic", "wait", sentence);
            self.trouble.append(&point);
        }
        self.again.set_visible(true);
        self.again.grab_focus();
    }

    /// Nothing but a status.
    fn rest(&self, status: &str) {
        self.status.set_text(status);
        self.spinner.set_spinning(false);
        self.spinner.set_visible(false);
        fact::empty(&self.trouble);
        self.again.set_visible(false);
        self.list.set_visible(false);
        self.choose.set_sensitive(false);
    }
}

impl Drop for Choosing {
    fn drop(&mut self) {
        self.window.destroy();
    }
}

/// A folder with its tick, and what is odd about it.
fn line(choice: &Choice) -> (adw::PreferencesRow, gtk::CheckButton) {
    let note = match choice.state {
        State::Open => String::new(),
        State::Closed => gettext("Cannot be opened: it only holds other folders"),
        State::Missing => gettext("Named in the file; the server does not have it"),
    };
    let weight = match choice.state {
        State::Open => fact::Weight::Plain,
        State::Closed | State::Missing => fact::Weight::Warning,
    };
    let (row, end) = fact::row(&choice.shown, &note, weight);
    let tick = gtk::CheckButton::builder()
        .active(choice.is_named)
        .valign(gtk::Align::Center)
        .name("folder-tick")
        .build();
    let spoken = match note.is_empty() {
        true => choice.shown.clone(),
        false => format!("{}. {note}", choice.shown),
    };
    a11y::set_label(&tick, &spoken);
    a11y::set_label(&row, &spoken);
    end.append(&tick);
    row.set_activatable(true);
    row.set_focusable(false);
    row.set_widget_name("folder");
    (row, tick)
}

fn tick_of(widget: &gtk::Widget) -> Option<gtk::CheckButton> {
    match widget.downcast_ref::<gtk::CheckButton>() {
        Some(tick) => Some(tick.clone()),
        None => a11y::children(widget).find_map(|child| tick_of(&child)),
    }
}

fn frame(parent: &gtk::Window, all: &gtk::Box, choose: &gtk::Button) -> adw::Window {
    let look = Look {
        title: &gettext("Choose Folders"),
        name: "folders",
        leave: (&gettext("_Cancel"), "folders-cancel"),
        size: (440, Some(520)),
        widest: 600,
    };
    let (window, header) = shell::window(parent, &look, all);
    header.pack_end(choose);
    window.set_default_widget(Some(choose));
    window
}
