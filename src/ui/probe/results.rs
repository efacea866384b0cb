//! What was found: status line, notice, recommendation, table, and the pane about one port. They
//! stand beside each other, below each other or behind each other, by the width there is.

use std::cell::Cell;

use adw::prelude::*;
use gtk::{gio, glib, pango};

use super::super::fact::empty;
use super::super::{a11y, fact};
use super::detail::Detail;
use super::lines::Lines;
use super::state::{self, Notice};
use super::table::Table;
use super::verdict::Verdict;
use super::words::Column;
use super::{Input, apply, compare};
use crate::base::i18n::gettext;
use crate::engine::api::job::report::Report;
use crate::engine::api::words::title;
use crate::engine::api::{AccountId, ServerFacts};

/// How much room there is (`ui.md` section 20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// Table and pane side by side.
    Wide,
    /// The pane below the table.
    Medium,
    /// Cards; the pane is a page of its own.
    Narrow,
}

impl Room {
    /// By width.
    pub(super) fn of(width: i32) -> Self {
        match width {
            860.. => Self::Wide,
            600..860 => Self::Medium,
            _ => Self::Narrow,
        }
    }
}

/// The widgets.
pub(super) struct Results {
    /// To be put below the form.
    pub root: gtk::Paned,
    /// The rows.
    pub lines: Lines,
    table: Table,
    detail: Detail,
    verdict: Verdict,
    page: gtk::ScrolledWindow,
    status: gtk::Label,
    notice: gtk::Box,
    accounts: gtk::Box,
    changes: gtk::Box,
    compare: gtk::ToggleButton,
    again: gtk::Button,
    room: Cell<Option<Room>>,
    is_open: Cell<bool>,
}

impl Results {
    /// Nothing yet.
    pub(super) fn new(to: &relm4::Sender<Input>) -> Self {
        let selected = to.clone();
        let lines = Lines::new(move |by_person| selected.emit(Input::Selected(by_person)));
        let table = Table::new(&lines);
        let detail = Detail::new(to);
        let this = Self {
            root: gtk::Paned::builder()
                .shrink_start_child(false)
                .shrink_end_child(false)
                .resize_end_child(false)
                .vexpand(true)
                .build(),
            table,
            detail,
            verdict: Verdict::new(to),
            page: gtk::ScrolledWindow::builder()
                .hscrollbar_policy(gtk::PolicyType::Never)
                .build(),
            status: gtk::Label::builder()
                .xalign(0.0)
                .hexpand(true)
                .wrap(true)
                .wrap_mode(pango::WrapMode::WordChar)
                .css_classes(["figure"])
                .accessible_role(gtk::AccessibleRole::Status)
                .name("probe-status")
                .build(),
            notice: column("probe-notice", &["card", "trouble"]),
            accounts: column("probe-accounts", &["card", "trouble"]),
            changes: column("probe-changes", &["card", "trouble"]),
            compare: gtk::ToggleButton::builder()
                .icon_name("view-dual-symbolic")
                .css_classes(["flat"])
                .name("probe-compare")
                .build(),
            again: gtk::Button::new(),
            lines,
            room: Cell::new(None),
            is_open: Cell::new(false),
        };
        this.lay_out(to);
        this.connect(to);
        this
    }

    fn lay_out(&self, to: &relm4::Sender<Input>) {
        let column = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(12)
            .margin_top(6)
            .margin_bottom(24)
            .margin_start(12)
            .margin_end(12)
            .build();
        let bar = gtk::Box::builder().spacing(3).build();
        bar.append(&self.status);
        let button =
            |button: &gtk::Button, icon: &str, name: &str, title: String, input: fn() -> Input| {
                button.set_icon_name(icon);
                button.add_css_class("flat");
                button.set_valign(gtk::Align::Center);
                button.set_widget_name(name);
                a11y::name_button(button, &title);
                let to = to.clone();
                button.connect_clicked(move |_| to.emit(input()));
                bar.append(button);
            };
        button(
            &self.again,
            "view-refresh-symbolic",
            "probe-again",
            gettext("Probe Again"),
            || Input::Again,
        );
        a11y::name_button(&self.compare, &gettext("Compare with the Previous Report"));
        self.compare.set_valign(gtk::Align::Center);
        bar.append(&self.compare);
        bar.append(&sort_menu(to));
        button(
            &gtk::Button::new(),
            "edit-copy-symbolic",
            "probe-copy",
            gettext("Copy Report"),
            || Input::Copy,
        );
        button(
            &gtk::Button::new(),
            "document-save-symbolic",
            "probe-save",
            gettext("Save Report…"),
            || Input::Save,
        );
        column.append(&bar);
        column.append(&self.notice);
        column.append(&self.verdict.root);
        column.append(&self.table.root);
        column.append(&self.accounts);
        column.append(&self.changes);
        // Naturally high: the least height of the cards has room for one line each only.
        let viewport = gtk::Viewport::builder()
            .vscroll_policy(gtk::ScrollablePolicy::Natural)
            .child(&column)
            .build();
        self.page.set_child(Some(&viewport));
        self.root.set_start_child(Some(&self.page));
        self.root.set_end_child(Some(&self.detail.root));
    }

    fn connect(&self, to: &relm4::Sender<Input>) {
        let opened = to.clone();
        self.table
            .columns
            .connect_activate(move |_, _| opened.emit(Input::Open));
        let opened = to.clone();
        self.table
            .cards
            .connect_row_activated(move |_, row| opened.emit(Input::OpenAt(row.index())));
        let to = to.clone();
        self.compare
            .connect_toggled(move |_| to.emit(Input::Compare));
    }

    /// Shows `report`; with what stands in the place of a status line while it is not over.
    pub(super) fn show(&self, report: &Report, is_running: bool) {
        let status = state::status(report);
        if self.status.text() != status {
            self.status.set_text(&status);
        }
        self.again.set_sensitive(!is_running);
        self.show_notice(
            state::notice(report)
                .filter(|_| !report.rows.is_empty())
                .as_ref(),
        );
        let mut addresses: Vec<_> = report.rows.iter().map(|row| row.address).collect();
        addresses.dedup();
        self.table.set_has_addresses(addresses.len() > 1);
        self.lines.show(&report.rows);
    }

    fn show_notice(&self, notice: Option<&Notice>) {
        self.notice.set_visible(notice.is_some());
        empty(&self.notice);
        let Some(notice) = notice else { return };
        let line = fact::point(notice.icon, "wait", &notice.headline);
        if let Some(label) = line.last_child() {
            label.set_css_classes(&["heading"]);
        }
        self.notice.append(&line);
        let text = gtk::Label::builder()
            .label(&notice.text)
            .wrap(true)
            .wrap_mode(pango::WrapMode::WordChar)
            .xalign(0.0)
            .accessible_role(gtk::AccessibleRole::Alert)
            .build();
        self.notice.append(&text);
    }

    /// Shows the recommendation, and how the accounts at this host stand to it.
    pub(super) fn recommend(
        &self,
        report: &Report,
        chosen: usize,
        accounts: &[(AccountId, ServerFacts)],
    ) {
        self.verdict.show(&report.choices, chosen);
        self.verdict.offer(report, accounts);
        empty(&self.accounts);
        for (id, facts) in accounts {
            if let Some(sentence) = compare::against(facts, report) {
                let line = format!("{}: {sentence}", title(id));
                self.accounts
                    .append(&fact::point("system-users-symbolic", "quiet", &line));
            }
        }
        self.accounts
            .set_visible(self.accounts.first_child().is_some());
    }

    /// Shows the selected port.
    pub(super) fn show_detail(&self, report: &Report, accounts: &[(AccountId, ServerFacts)]) {
        let here = apply::here(report, accounts);
        self.lines
            .selected(|row| self.detail.show(report, row, &here));
    }

    /// Offers to compare, or not.
    pub(super) fn set_can_compare(&self, can: bool) {
        self.compare.set_sensitive(can);
        if !can {
            self.compare.set_active(false);
        }
    }

    /// Whether changes are to be shown.
    pub(super) fn compares(&self) -> bool {
        self.compare.is_active()
    }

    /// What has changed, under `heading`; `None`: nothing is shown.
    pub(super) fn show_changes(&self, changes: Option<(String, Vec<String>)>) {
        empty(&self.changes);
        self.changes.set_visible(changes.is_some());
        let Some((heading, changes)) = changes else {
            return;
        };
        let title = gtk::Label::builder()
            .label(heading)
            .xalign(0.0)
            .wrap(true)
            .css_classes(["heading"])
            .build();
        self.changes.append(&title);
        if changes.is_empty() {
            self.changes.append(&fact::point(
                "emblem-ok-symbolic",
                "well",
                &gettext("Nothing has changed."),
            ));
        }
        for change in &changes {
            self.changes
                .append(&fact::point("view-refresh-symbolic", "quiet", change));
        }
    }

    /// Sorts by the column of that name.
    pub(super) fn sort(&self, id: &str, is_down: bool) {
        self.table.sort(id, is_down);
    }

    /// Arranges everything for the room there is.
    pub(super) fn set_room(&self, room: Room, (width, height): (i32, i32)) {
        if self.room.replace(Some(room)) == Some(room) {
            return;
        }
        self.table.set_narrow(room == Room::Narrow);
        self.verdict.set_narrow(room == Room::Narrow);
        self.root.set_orientation(match room {
            Room::Wide => gtk::Orientation::Horizontal,
            Room::Medium | Room::Narrow => gtk::Orientation::Vertical,
        });
        match room {
            Room::Wide => self.root.set_position(width - (width / 3).clamp(320, 350)),
            Room::Medium => self.root.set_position(height * 14 / 20),
            Room::Narrow => {}
        }
        self.place();
    }

    /// Brings the pane of the selected port to the front where it is a page.
    pub(super) fn open(&self) {
        if self.room.get() == Some(Room::Narrow) && self.lines.selected(|_| ()).is_some() {
            self.is_open.set(true);
            self.place();
            self.detail.root.child_focus(gtk::DirectionType::TabForward);
        }
    }

    /// Back from it; whether there was something to go back from.
    pub(super) fn close(&self) -> bool {
        let was_open = self.is_page();
        self.is_open.set(false);
        self.place();
        if was_open {
            self.table.focus();
        }
        was_open
    }

    /// Whether the pane stands in front of everything else.
    pub(super) fn is_page(&self) -> bool {
        self.is_open.get() && self.room.get() == Some(Room::Narrow)
    }

    fn place(&self) {
        let is_narrow = self.room.get() == Some(Room::Narrow);
        self.detail
            .root
            .set_visible(!is_narrow || self.is_open.get());
        self.page.set_visible(!self.is_page());
    }
}

fn column(name: &str, classes: &[&str]) -> gtk::Box {
    gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(6)
        .visible(false)
        .css_classes(classes.to_vec())
        .name(name)
        .build()
}

/// The order by keyboard, and of the cards: headings take only the pointer in GTK 4.8.
fn sort_menu(to: &relm4::Sender<Input>) -> gtk::MenuButton {
    let menu = gio::Menu::new();
    let by = gio::Menu::new();
    for column in Column::ALL {
        let action = format!("probe.sort::{}", column.id());
        by.append(Some(&column.title()), Some(&action));
    }
    menu.append_section(Some(&gettext("Sort By")), &by);
    let order = gio::Menu::new();
    order.append(Some(&gettext("Reversed")), Some("probe.reversed"));
    menu.append_section(None, &order);
    let button = gtk::MenuButton::builder()
        .icon_name("view-sort-ascending-symbolic")
        .menu_model(&menu)
        .valign(gtk::Align::Center)
        .css_classes(["flat"])
        .name("probe-sort")
        .build();
    a11y::name_button(&button, &gettext("Sort"));
    let sort =
        gio::SimpleAction::new_stateful("sort", Some(glib::VariantTy::STRING), &"".to_variant());
    let reversed = gio::SimpleAction::new_stateful("reversed", None, &false.to_variant());
    let tell = {
        let (to, sort, reversed) = (to.clone(), sort.clone(), reversed.clone());
        move || {
            let by = sort.state().and_then(|state| state.get::<String>());
            let is_down = reversed.state().and_then(|state| state.get::<bool>());
            to.emit(Input::Sort(
                by.unwrap_or_default(),
                is_down.unwrap_or_default(),
            ));
        }
    };
    let told = tell.clone();
    sort.connect_activate(move |sort, by| {
        if let Some(by) = by {
            sort.set_state(by);
            told();
        }
    });
    reversed.connect_activate(move |reversed, _| {
        let was = reversed.state().and_then(|state| state.get::<bool>());
        reversed.set_state(&(!was.unwrap_or_default()).to_variant());
        tell();
    });
    let actions = gio::SimpleActionGroup::new();
    actions.add_action(&sort);
    actions.add_action(&reversed);
    button.insert_action_group("probe", Some(&actions));
    button
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_by_width() {
        let check = |width: i32, expected: Room| assert_eq!(Room::of(width), expected);
        check(1200, Room::Wide);
        check(860, Room::Wide);
        check(859, Room::Medium);
        check(600, Room::Medium);
        check(599, Room::Narrow);
        check(0, Room::Narrow);
    }
}
