//! The activity log: what happened, newest last, searched and filtered (`ui.md` section 12, Log).
//!
//! Keeps the last 5,000 entries. Follows the end until the person scrolls up; then a button
//! says that there is more below.

mod line;
mod model;

use std::cell::Cell;

use adw::prelude::*;
use gtk::{glib, pango};
use relm4::{Component, ComponentParts, ComponentSender};

use super::a11y;
use crate::base::i18n::gettext;
use crate::engine::api::Entry;
use model::Log;

/// What the page is told.
#[derive(Debug)]
pub(super) enum Input {
    /// Something happened.
    Entry(Box<Entry>),
    /// The search field is wanted, or no longer.
    Search(bool),
    /// The text looked for.
    Text(String),
    /// Only problems, or everything.
    Problems(bool),
    /// Back to everything.
    ClearFilter,
    /// Whether the last line is in sight.
    AtEnd(bool),
    /// The list has another height.
    Grown,
    /// To the last line, and stay there.
    Follow,
    /// Selected lines, or all shown, to the clipboard.
    Copy,
    /// Forget what is shown.
    Clear,
}

/// What the person meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// Poll all accounts.
    CheckAll,
    /// The search field was opened or closed by the page itself.
    Searching(bool),
    /// So many lines are in the clipboard now.
    Copied(u32),
}

/// The component.
pub(super) struct Activity {
    log: Log,
    view: gtk::ListView,
    stack: gtk::Stack,
    search: gtk::SearchBar,
    entry: gtk::SearchEntry,
    problems: gtk::ToggleButton,
    more: gtk::Revealer,
    copy: gtk::Button,
    follows: bool,
}

impl Component for Activity {
    type CommandOutput = ();
    type Input = Input;
    type Output = Output;
    type Init = ();
    type Root = gtk::Box;
    type Widgets = ();

    fn init_root() -> Self::Root {
        gtk::Box::new(gtk::Orientation::Vertical, 0)
    }

    fn init((): (), root: gtk::Box, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let log = Log::new();
        let view = gtk::ListView::new(Some(log.selection.clone()), Some(line::factory()));
        view.add_css_class("log");
        view.set_widget_name("log");
        a11y::set_label(&view, &gettext("Activity"));
        let (search, entry) = search_bar(&sender);
        root.append(&search);
        let (tools, problems, copy) = tools(&sender);
        root.append(&tools);
        let stack = gtk::Stack::builder().vexpand(true).build();
        let (shown, more) = scrolled(&view, &sender);
        stack.add_named(&shown, Some("log"));
        stack.add_named(&nothing_yet(&sender), Some("nothing"));
        stack.add_named(&no_match(&sender), Some("no-match"));
        root.append(&stack);
        search.set_key_capture_widget(Some(&stack));
        let model = Self {
            log,
            view,
            stack,
            search,
            entry,
            problems,
            more,
            copy,
            follows: true,
        };
        model.choose();
        ComponentParts { model, widgets: () }
    }

    fn update(&mut self, message: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match message {
            Input::Entry(entry) => {
                self.log.push(*entry);
                self.arrived();
            }
            Input::Search(is_wanted) => {
                self.search.set_search_mode(is_wanted);
                if is_wanted {
                    self.entry.grab_focus();
                }
            }
            Input::Text(text) => self.log.filter(|filter| filter.set_text(&text)),
            Input::Problems(only) => self.log.filter(|filter| filter.only_problems = only),
            Input::ClearFilter => {
                self.entry.set_text("");
                self.problems.set_active(false);
            }
            Input::AtEnd(is_at_end) => self.at_end(is_at_end),
            Input::Grown if self.follows => self.to_end(),
            Input::Grown => {}
            Input::Follow => {
                self.at_end(true);
                self.to_end();
            }
            Input::Copy => {
                let (lines, text) = self.log.copy();
                root.clipboard().set_text(&text);
                let _ = sender.output(Output::Copied(lines));
            }
            Input::Clear => self.log.clear(),
        }
        self.choose();
    }
}

impl Activity {
    /// The list, or why it is empty.
    fn choose(&self) {
        let page = match (self.log.shown(), self.log.all()) {
            (0, 0) => "nothing",
            (0, _) => "no-match",
            _ => "log",
        };
        self.stack.set_visible_child_name(page);
        self.copy.set_sensitive(page == "log");
    }

    fn arrived(&self) {
        if !self.follows {
            self.more.set_reveal_child(true);
        }
    }

    fn at_end(&mut self, is_at_end: bool) {
        self.follows = is_at_end;
        if is_at_end {
            self.more.set_reveal_child(false);
        }
    }

    /// Moves the last line into sight.
    fn to_end(&self) {
        if let Some(at) = self.view.vadjustment() {
            at.set_value(at.upper() - at.page_size());
        }
    }
}

fn search_bar(sender: &ComponentSender<Activity>) -> (gtk::SearchBar, gtk::SearchEntry) {
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

fn tools(sender: &ComponentSender<Activity>) -> (gtk::Box, gtk::ToggleButton, gtk::Button) {
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
fn scrolled(
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

fn nothing_yet(sender: &ComponentSender<Activity>) -> adw::StatusPage {
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

fn no_match(sender: &ComponentSender<Activity>) -> adw::StatusPage {
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

/// The entry behind a list item.
fn entry_of(object: Option<glib::Object>) -> Option<glib::BoxedAnyObject> {
    object.and_downcast()
}
