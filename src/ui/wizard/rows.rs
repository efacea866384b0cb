//! The small parts that the wizard's pages are made of. Each tells what the person does by an
//! [`Input`]; showing a value that is there already says nothing.

use std::rc::Rc;

use adw::prelude::*;
use gtk::pango;

use super::super::{a11y, choices, shell};
use super::model::{Deed, Field, Flag, Input, Model, Pick};

/// Where inputs go.
pub(super) type Meant = Rc<dyn Fn(Input)>;

/// A page: title, a sentence below it, then what is appended to `column`.
pub(super) struct Sheet {
    /// To be put into the leaflet.
    pub root: gtk::ScrolledWindow,
    /// The page's content.
    pub column: gtk::Box,
    /// Takes the focus when the page comes to the front.
    pub title: gtk::Label,
    /// The sentence below; hidden while empty.
    pub lead: gtk::Label,
}

impl Sheet {
    /// An empty page.
    pub(super) fn new(name: &str, title: &str, lead: &str) -> Self {
        let column = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(18)
            .margin_top(18)
            .margin_bottom(18)
            .margin_start(12)
            .margin_end(12)
            .build();
        let heading = gtk::Label::builder()
            .label(title)
            .wrap(true)
            .xalign(0.0)
            .focusable(true)
            .css_classes(["title-2"])
            .accessible_role(gtk::AccessibleRole::Heading)
            .build();
        let text = paragraph(lead, "body");
        text.set_visible(!lead.is_empty());
        let head = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(6)
            .build();
        head.append(&heading);
        head.append(&text);
        column.append(&head);
        let root = shell::scroll(&column, 560);
        root.set_widget_name(name);
        Self {
            root,
            column,
            title: heading,
            lead: text,
        }
    }

    /// The title gets the focus, so that the page is read out and Enter is the way on. It does not
    /// take the focus itself: a label whose text cannot be selected refuses to (`grab_focus`).
    pub(super) fn focus_title(&self) {
        if let Some(root) = self.title.root() {
            root.set_focus(Some(&self.title));
        }
    }

    /// A group of rows. Without a title it goes by that of the page.
    pub(super) fn group(&self, title: &str) -> adw::PreferencesGroup {
        let group = adw::PreferencesGroup::builder()
            .title(gtk::glib::markup_escape_text(title))
            .build();
        if title.is_empty() {
            a11y::name_rows(&group, &self.title.text());
        }
        self.column.append(&group);
        group
    }

    /// A place for the error of a field, below what was appended last.
    pub(super) fn error(&self, name: &str) -> gtk::Label {
        let label = gtk::Label::builder()
            .wrap(true)
            .wrap_mode(pango::WrapMode::WordChar)
            .xalign(0.0)
            .visible(false)
            .css_classes(["error", "caption"])
            .margin_start(12)
            .name(name)
            .accessible_role(gtk::AccessibleRole::Alert)
            .build();
        self.column.append(&label);
        label
    }
}

/// A text that wraps.
pub(super) fn paragraph(text: &str, class: &str) -> gtk::Label {
    gtk::Label::builder()
        .label(text)
        .wrap(true)
        .wrap_mode(pango::WrapMode::WordChar)
        .xalign(0.0)
        .css_classes([class])
        .build()
}

/// Shows an error at a row, or none.
pub(super) fn mark(row: &impl IsA<gtk::Widget>, label: &gtk::Label, error: Option<&str>) {
    let text = error.unwrap_or_default();
    if error.is_some() {
        row.add_css_class("error");
    } else {
        row.remove_css_class("error");
    }
    a11y::set_invalid(row, error.is_some());
    a11y::set_description(row, text);
    put(label, text);
    label.set_visible(error.is_some());
}

/// Sets a label's text if it is another one.
pub(super) fn put(label: &gtk::Label, text: &str) {
    if label.text() != text {
        label.set_text(text);
    }
}

/// Fills an entry if it shows something else.
pub(super) fn fill_in(entry: &impl IsA<gtk::Editable>, text: &str) {
    if entry.text() != text {
        entry.set_text(text);
    }
}

/// An entry for a field.
pub(super) fn entry(title: &str, name: &str, field: Field, meant: &Meant) -> adw::EntryRow {
    let row = adw::EntryRow::builder().title(title).build();
    row.set_use_markup(false);
    row.set_widget_name(name);
    a11y::name_entry(&row);
    listen(&row, field, meant);
    let to = meant.clone();
    row.connect_entry_activated(move |_| {
        to(Input::Left(field));
        to(Input::Primary);
    });
    row
}

/// An entry for a password.
pub(super) fn password(
    title: &str,
    name: &str,
    field: Field,
    meant: &Meant,
) -> adw::PasswordEntryRow {
    let row = adw::PasswordEntryRow::builder().title(title).build();
    row.set_widget_name(name);
    a11y::name_entry(&row);
    listen(&row, field, meant);
    let to = meant.clone();
    row.connect_entry_activated(move |_| {
        to(Input::Left(field));
        to(Input::Primary);
    });
    row
}

fn listen(row: &(impl IsA<gtk::Editable> + IsA<gtk::Widget>), field: Field, meant: &Meant) {
    let to = meant.clone();
    row.connect_changed(move |row| to(Input::Text(field, row.text().into())));
    let focus = gtk::EventControllerFocus::new();
    let to = meant.clone();
    focus.connect_leave(move |_| to(Input::Left(field)));
    row.add_controller(focus);
}

/// A row with a switch.
pub(super) fn switch(
    title: &str,
    subtitle: &str,
    name: &str,
    flag: Flag,
    meant: &Meant,
) -> (adw::ActionRow, gtk::Switch) {
    let row = action(title, subtitle);
    let switch = gtk::Switch::builder()
        .valign(gtk::Align::Center)
        .name(name)
        .build();
    row.add_suffix(&switch);
    row.set_activatable_widget(Some(&switch));
    let to = meant.clone();
    switch.connect_active_notify(move |switch| to(Input::Flag(flag, switch.is_active())));
    (row, switch)
}

/// A row with a tick in front.
pub(super) fn tick(
    title: &str,
    name: &str,
    flag: Flag,
    meant: &Meant,
) -> (adw::ActionRow, gtk::CheckButton) {
    let row = action(title, "");
    let check = check_button(name);
    row.add_prefix(&check);
    row.set_activatable_widget(Some(&check));
    let to = meant.clone();
    check.connect_active_notify(move |check| to(Input::Flag(flag, check.is_active())));
    (row, check)
}

/// A row that is one of several; `leader` is the first of them.
pub(super) fn radio(
    title: &str,
    subtitle: &str,
    name: &str,
    pick: Pick,
    leader: Option<&gtk::CheckButton>,
    meant: &Meant,
) -> (adw::ActionRow, gtk::CheckButton) {
    let row = action(title, subtitle);
    let check = check_button(name);
    check.set_group(leader);
    row.add_prefix(&check);
    row.set_activatable_widget(Some(&check));
    let to = meant.clone();
    check.connect_active_notify(move |check| {
        if check.is_active() {
            to(Input::Pick(pick));
        }
    });
    (row, check)
}

fn check_button(name: &str) -> gtk::CheckButton {
    gtk::CheckButton::builder()
        .valign(gtk::Align::Center)
        .name(name)
        .build()
}

/// A row with texts from anywhere.
pub(super) fn action(title: &str, subtitle: &str) -> adw::ActionRow {
    let row = adw::ActionRow::builder()
        .title_lines(2)
        .subtitle_lines(4)
        .build();
    row.set_use_markup(false);
    row.set_title(title);
    describe(&row, subtitle);
    row
}

/// The second line of a row, for the eye and for readers.
pub(super) fn describe(row: &adw::ActionRow, text: &str) {
    if row.subtitle().unwrap_or_default() != text {
        row.set_subtitle(text);
        a11y::set_description(row, text);
    }
}

/// A drop-down of a few words; `pick` makes an input of the index.
pub(super) fn combo(
    title: &str,
    subtitle: &str,
    name: &str,
    words: &[String],
    meant: &Meant,
    pick: impl Fn(u32) -> Pick + 'static,
) -> adw::ComboRow {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let row = adw::ComboRow::builder()
        .title(title)
        .subtitle(subtitle)
        .model(&gtk::StringList::new(&words))
        .build();
    row.set_use_markup(false);
    row.set_widget_name(name);
    a11y::set_description(&row, subtitle);
    row.set_list_factory(Some(&choices::menu(&row)));
    a11y::name_inner_lists(&row, title);
    let to = meant.clone();
    row.connect_selected_notify(move |row| to(Input::Pick(pick(row.selected()))));
    row
}

/// A button that does one thing.
pub(super) fn button(label: &str, name: &str, deed: Deed, meant: &Meant) -> gtk::Button {
    let button = gtk::Button::builder()
        .label(label)
        .name(name)
        .valign(gtk::Align::Center)
        .build();
    let to = meant.clone();
    button.connect_clicked(move |_| to(Input::Do(deed.clone())));
    button
}

/// A text that reports how work goes on, read out when it changes.
pub(super) fn status(name: &str) -> gtk::Label {
    gtk::Label::builder()
        .wrap(true)
        .xalign(0.0)
        .name(name)
        .css_classes(["body"])
        .accessible_role(gtk::AccessibleRole::Status)
        .build()
}

/// What every page can do.
pub(super) trait Leaf {
    /// To be put into the leaflet.
    fn sheet(&self) -> &Sheet;
    /// Shows how things stand.
    fn show(&self, model: &Model);
    /// Puts the cursor into a field, if the page has it.
    fn focus(&self, _field: Field) -> bool {
        false
    }
}
