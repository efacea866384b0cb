//! What stands around the list of the activity page.

use std::cell::Cell;

use adw::prelude::*;
use gtk::pango;
use relm4::ComponentSender;

use super::super::a11y;
use super::{Activity, Input, Output};
use crate::base::i18n::gettext;

/// The search field, folded away until it is wanted.
pub(super) fn search_bar(sender: &ComponentSender<Activity>) -> (gtk::SearchBar, gtk::SearchEntry) {
    let entry = gtk::SearchEntry::builder()
        .hexpand(true)
        .name("log-search")
        .build();
    entry.set_placeholder_text(Some(&gettext("Search the activity")));
    a11y::set_label(&entry, &gettext("Search the activity"));
    let bar = gtk::SearchBar::new();
    let clamp = adw::Clamp::builder()
        .maximum_size(400)
        .child(&entry)
        .hexpand(true)
        .build();
    bar.set_child(Some(&clamp));
    bar.connect_entry(&entry);
    let to = sender.input_sender().clone();
    entry.connect_search_changed(move |entry| to.emit(Input::Text(entry.text().into())));
    let to = sender.output_sender().clone();
    bar.connect_search_mode_enabled_notify(move |bar| {
        to.emit(Output::Searching(bar.is_search_mode()));
    });
    (bar, entry)
}

/// The row above the list: filter at its start, copying and clearing at its end.
pub(super) fn tools(
    sender: &ComponentSender<Activity>,
) -> (gtk::Box, gtk::ToggleButton, gtk::Button) {
    let problems = gtk::ToggleButton::builder()
        .label(gettext("Problems"))
        .name("log-problems")
        .build();
    let to = sender.input_sender().clone();
    problems.connect_toggled(move |button| to.emit(Input::Problems(button.is_active())));
    let button = |icon: &str, name: &str, title: String, input: fn() -> Input| {
        let button = gtk::Button::builder()
            .icon_name(icon)
            .name(name)
            .css_classes(["flat"])
            .build();
        a11y::name_button(&button, &title);
        let to = sender.input_sender().clone();
        button.connect_clicked(move |_| to.emit(input()));
        button
    };
    let copy = button("edit-copy-symbolic", "log-copy", gettext("Copy"), || {
        Input::Copy
    });
    let clear = button(
        "edit-clear-all-symbolic",
        "log-clear",
        gettext("Clear View"),
        || Input::Clear,
    );
    let row = gtk::Box::builder()
        .spacing(6)
        .css_classes(["toolbar"])
        .build();
    row.append(&problems);
    row.append(&gtk::Box::builder().hexpand(true).build());
    row.append(&copy);
    row.append(&clear);
    (row, problems, copy)
}

/// The list with the button that leads to its end laid over it.
pub(super) fn scrolled(
    view: &gtk::ListView,
    sender: &ComponentSender<Activity>,
) -> (gtk::Overlay, gtk::Revealer) {
    let scroll = gtk::ScrolledWindow::builder()
        .hscrollbar_policy(gtk::PolicyType::Never)
        .child(view)
        .build();
    watch(&scroll.vadjustment(), sender);
    let button = gtk::Button::builder()
        .label(gettext("New Entries"))
        .css_classes(["pill", "suggested-action"])
        .name("log-follow")
        .build();
    let to = sender.input_sender().clone();
    button.connect_clicked(move |_| to.emit(Input::Follow));
    let more = gtk::Revealer::builder()
        .child(&button)
        .halign(gtk::Align::Center)
        .valign(gtk::Align::End)
        .margin_bottom(12)
        .transition_type(gtk::RevealerTransitionType::Crossfade)
        .build();
    let overlay = gtk::Overlay::builder().child(&scroll).build();
    overlay.add_overlay(&more);
    (overlay, more)
}

/// Tells the person's scrolling from the list's own: the latter comes with a new height, because
/// `GtkListView` guesses the height of lines it has not drawn yet.
fn watch(at: &gtk::Adjustment, sender: &ComponentSender<Activity>) {
    let to = sender.input_sender().clone();
    at.connect_changed(move |_| to.emit(Input::Grown));
    let to = sender.input_sender().clone();
    let before = Cell::new((0.0, 0.0));
    at.connect_value_changed(move |at| {
        let (value, upper) = before.replace((at.value(), at.upper()));
        let left = at.upper() - at.page_size() - at.value();
        if left < 1.0 {
            to.emit(Input::AtEnd(true));
        } else if at.value() < value && (at.upper() - upper).abs() < 1.0 {
            to.emit(Input::AtEnd(false));
        }
    });
}

/// In place of an empty log.
pub(super) fn nothing_yet(sender: &ComponentSender<Activity>) -> adw::StatusPage {
    let button = pill(gettext("Check Now"));
    let to = sender.output_sender().clone();
    button.connect_clicked(move |_| to.emit(Output::CheckAll));
    adw::StatusPage::builder()
        .icon_name("document-open-recent-symbolic")
        .title(gettext("Nothing Happened Yet"))
        .description(gettext("Checks and deliveries appear here."))
        .child(&button)
        .build()
}

/// In place of a log of which the filter shows nothing.
pub(super) fn no_match(sender: &ComponentSender<Activity>) -> adw::StatusPage {
    let button = pill(gettext("Clear Filter"));
    let to = sender.input_sender().clone();
    button.connect_clicked(move |_| to.emit(Input::ClearFilter));
    adw::StatusPage::builder()
        .icon_name("system-search-symbolic")
        .title(gettext("No Matching Entries"))
        .child(&button)
        .build()
}

fn pill(label: String) -> gtk::Button {
    let text = gtk::Label::builder()
        .label(label)
        .ellipsize(pango::EllipsizeMode::End)
        .build();
    gtk::Button::builder()
        .child(&text)
        .halign(gtk::Align::Center)
        .css_classes(["pill"])
        .build()
}
