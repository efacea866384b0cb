//! The activity log: what happened, newest last, searched and filtered (`ui.md` section 12, Log).
//!
//! Keeps the last 5,000 entries. Follows the end until the person scrolls up; then a button
//! says that there is more below.

mod frame;
mod line;
mod model;

use adw::prelude::*;
use relm4::{Component, ComponentParts, ComponentSender};

use super::a11y;
use crate::base::i18n::gettext;
use crate::engine::api::Entry;
use frame::{no_match, nothing_yet, scrolled, search_bar, tools};
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
