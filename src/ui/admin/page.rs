//! The page of one file: what is in it, and what can be done by it.

use std::cell::{Cell, RefCell};

use adw::prelude::*;
use gtk::pango;

use super::super::shell::vertical;
use super::super::{a11y, fact, icons};
use super::Input;
use super::model::{counts, icon, running, title, trouble, users};
use crate::base::i18n::{fill, gettext};
use crate::base::text::{QUIET_MAX, quiet};
use crate::engine::api::job::users::{Deed, FileState, ServerLine, UsersFile};

/// The widgets.
pub(super) struct Page {
    /// To be put into the stack.
    pub root: gtk::ScrolledWindow,
    to: relm4::Sender<Input>,
    icon: gtk::Image,
    title: gtk::Label,
    path: gtk::Label,
    trouble: gtk::Box,
    edit: gtk::Button,
    check: gtk::Button,
    start: gtk::Button,
    stop: gtk::Button,
    make: gtk::Button,
    below: gtk::Box,
    shown: RefCell<Option<UsersFile>>,
    was_busy: Cell<bool>,
}

impl Page {
    /// Shows nothing yet.
    pub(super) fn new(to: &relm4::Sender<Input>) -> Self {
        let column = vertical(18);
        for set in [gtk::Box::set_margin_top, gtk::Box::set_margin_bottom] {
            set(&column, 24);
        }
        for set in [gtk::Box::set_margin_start, gtk::Box::set_margin_end] {
            set(&column, 12);
        }
        let button = |label: &str, name: &str, input: fn() -> Input| {
            let button = a11y::mnemonic_button(label);
            button.set_widget_name(name);
            let to = to.clone();
            button.connect_clicked(move |_| to.emit(input()));
            button
        };
        let centred = |class: &str| {
            gtk::Label::builder()
                .wrap(true)
                .wrap_mode(pango::WrapMode::WordChar)
                .justify(gtk::Justification::Center)
                .css_classes([class])
                .build()
        };
        let this = Self {
            icon: gtk::Image::builder()
                .pixel_size(48)
                .accessible_role(gtk::AccessibleRole::Presentation)
                .build(),
            title: centred("title-2"),
            path: centred("caption"),
            trouble: vertical(6),
            edit: button(&gettext("Open in _Editor"), "user-edit", || {
                Input::Edit(None)
            }),
            check: button(&gettext("_Check Now"), "user-check", || {
                Input::Do(Deed::Check(None))
            }),
            start: button(&gettext("_Start Checking…"), "user-start", || {
                Input::AskToStart
            }),
            stop: button(&gettext("S_top Checking"), "user-stop", || {
                Input::Do(Deed::Stop)
            }),
            make: button(&gettext("_Make an Empty File"), "user-make", || Input::Make),
            below: vertical(18),
            root: gtk::ScrolledWindow::builder()
                .hscrollbar_policy(gtk::PolicyType::Never)
                .vexpand(true)
                .name("user")
                .build(),
            to: to.clone(),
            shown: RefCell::default(),
            was_busy: Cell::default(),
        };
        this.title.set_widget_name("user-title");
        this.trouble.set_css_classes(&["card", "trouble"]);
        this.trouble.set_widget_name("user-trouble");
        this.edit.add_css_class("suggested-action");
        this.make.add_css_class("suggested-action");
        let head = vertical(6);
        head.append(&this.icon);
        head.append(&this.title);
        head.append(&this.path);
        column.append(&head);
        column.append(&this.trouble);
        column.append(&this.buttons());
        column.append(&this.below);
        let clamp = adw::Clamp::builder()
            .maximum_size(600)
            .child(&column)
            .build();
        this.root.set_child(Some(&clamp));
        this
    }

    /// Side by side, and below each other where there is no room.
    fn buttons(&self) -> gtk::FlowBox {
        let flow = gtk::FlowBox::builder()
            .selection_mode(gtk::SelectionMode::None)
            .homogeneous(true)
            .column_spacing(9)
            .row_spacing(9)
            .min_children_per_line(1)
            .max_children_per_line(3)
            .halign(gtk::Align::Center)
            .accessible_role(gtk::AccessibleRole::Group)
            .build();
        a11y::set_label(&flow, &gettext("What to do"));
        for button in [&self.edit, &self.check, &self.start, &self.stop, &self.make] {
            // The frame around the button is no place of its own for the keyboard.
            let child = gtk::FlowBoxChild::builder()
                .focusable(false)
                .child(button)
                .build();
            flow.append(&child);
            // Nor does Tab stop at one that cannot be used.
            for property in ["visible", "sensitive"] {
                button
                    .bind_property(property, &child, property)
                    .sync_create()
                    .build();
            }
        }
        flow
    }

    /// Shows a file; nothing can be done while something is.
    pub(super) fn show(&self, file: &UsersFile, is_busy: bool) {
        if self.shown.borrow().as_ref() == Some(file) && self.was_busy.get() == is_busy {
            return;
        }
        self.was_busy.set(is_busy);
        icons::put(&self.icon, icon(file));
        self.title.set_text(&title(&file.whose));
        self.path.set_text(&path(file));
        fact::empty(&self.trouble);
        let why = trouble(file);
        self.trouble.set_visible(why.is_some());
        if let Some(why) = why {
            let point = fact::point("dialog-warning-symbolic", "wait", &why);
            self.trouble.append(&point);
        }
        let can_run = file.whose.runner.is_some();
        let is_seen = matches!(file.state, FileState::Seen(_));
        let can_make = matches!(file.state, FileState::Absent { can_make: true });
        self.edit.set_visible(is_seen);
        self.check.set_visible(is_seen && can_run);
        self.start
            .set_visible(is_seen && can_run && file.running.is_none());
        self.stop.set_visible(file.running.is_some() && can_run);
        self.make.set_visible(can_make);
        for button in [&self.check, &self.start, &self.stop, &self.make] {
            button.set_sensitive(!is_busy);
        }
        if self.shown.borrow().as_ref() != Some(file) {
            self.fill(file);
            *self.shown.borrow_mut() = Some(file.clone());
        }
    }

    fn fill(&self, file: &UsersFile) {
        fact::empty(&self.below);
        let group = |title: String| {
            let group = adw::PreferencesGroup::builder()
                .title(super::super::markup(&title))
                .build();
            self.below.append(&group);
            group
        };
        if let FileState::Seen(summary) = &file.state {
            let servers = group(gettext("Servers"));
            for (place, server) in summary.servers.iter().enumerate() {
                servers.add(&self.server(place, server, file.whose.runner.is_some()));
            }
            if summary.servers.is_empty() {
                let none = gettext("Nothing in it");
                servers.add(&fact::row(&none, "", fact::Weight::Plain).0);
            }
            if summary.more > 0 {
                let text = gettext("More servers, shown in the editor");
                let value = summary.more.to_string();
                servers.add(&fact::row(&text, &value, fact::Weight::Plain).0);
            }
        }
        let facts = group(gettext("Facts"));
        let add = |title: String, value: String, weight| {
            facts.add(&fact::row(&title, &value, weight).0);
        };
        let by = |user: &crate::engine::api::job::users::User| {
            let name = quiet(user.name.as_bytes(), QUIET_MAX);
            let text = gettext("{user} (number {n})");
            fill(&text, &[("user", &name), ("n", &user.uid)])
        };
        add(
            gettext("Read and written as"),
            by(&file.whose.keeper),
            fact::Weight::Plain,
        );
        if let Some(runner) = file.whose.runner.as_ref().filter(|_| file.whose.is_system) {
            add(gettext("Fetched by as"), by(runner), fact::Weight::Plain);
        }
        if let FileState::Seen(summary) = &file.state {
            let weight = match summary.errors {
                0 => fact::Weight::Plain,
                _ => fact::Weight::Warning,
            };
            add(gettext("Looked over"), counts(summary), weight);
        }
        let runs = file
            .running
            .map_or_else(|| gettext("Nothing is running"), running);
        add(gettext("In the background"), runs, fact::Weight::Plain);
    }

    /// A server: its row leads to the editor, its button checks it alone.
    fn server(&self, place: usize, server: &ServerLine, can_run: bool) -> adw::ActionRow {
        let row = adw::ActionRow::builder()
            .activatable(true)
            .title_lines(2)
            .subtitle_lines(4)
            .build();
        row.set_use_markup(false);
        let text = gettext("{protocol} {server}");
        let name: [(&str, &dyn std::fmt::Display); 2] =
            [("protocol", &server.protocol), ("server", &server.label)];
        row.set_title(&fill(&text, &name));
        row.set_subtitle(&users(server));
        row.set_widget_name("user-server");
        let to = self.to.clone();
        row.connect_activated(move |_| to.emit(Input::Edit(Some(place))));
        if can_run {
            let check = gtk::Button::builder()
                .icon_name("mail-send-receive-symbolic")
                .valign(gtk::Align::Center)
                .css_classes(["flat"])
                .name("user-server-check")
                .build();
            let text = gettext("Check {server} now");
            a11y::name_button(&check, &fill(&text, &[("server", &server.label)]));
            let (to, label) = (self.to.clone(), server.label.clone());
            check.connect_clicked(move |_| {
                to.emit(Input::Do(Deed::Check(Some(label.clone()))));
            });
            row.add_suffix(&check);
        }
        row.add_suffix(&super::super::arrow());
        row
    }
}

fn path(file: &UsersFile) -> String {
    quiet(
        file.whose.path.as_os_str().as_encoded_bytes(),
        4 * QUIET_MAX,
    )
}
