//! What a value is set with: a switch, a line, several lines, a list of words, dots.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gtk::prelude::*;

use super::super::super::{a11y, choices, choose, fact};
use super::super::model::{Origin, Row, field};
use super::Deed;
use crate::base::i18n::{fill, gettext};
use crate::rc::edit::At;
use crate::rc::option::words::{METHODS, PROTOCOLS};
use crate::rc::option::{Id, Keyword, Kind};
use crate::rc::settings::Value;

/// What it says when it is changed: the value, the default (`None`), or why it is no value.
type Said = Result<Option<Value>, String>;

/// Where it says so. While it is filled, nobody hears it.
#[derive(Clone)]
struct Say {
    fills: Rc<Cell<bool>>,
    to: Rc<dyn Fn(Said)>,
}

impl Say {
    fn say(&self, said: Said) {
        if !self.fills.get() {
            (self.to)(said);
        }
    }
}

/// One control.
pub(super) struct Control {
    keyword: &'static Keyword,
    root: gtk::Widget,
    kind: Widget,
    /// Chooses from what the server has.
    choose: Option<gtk::Button>,
    /// It is being filled: that is nobody's wish.
    fills: Rc<Cell<bool>>,
    /// What held when it was shown last, and where.
    held: RefCell<Option<(At, Option<Value>)>>,
}

enum Widget {
    Switch(gtk::Switch),
    Line(gtk::Entry),
    /// With what held before somebody began to type.
    Dots(gtk::PasswordEntry, Rc<RefCell<Option<Value>>>),
    Lines(gtk::TextView),
    Words(gtk::DropDown, Vec<&'static str>),
}

impl Control {
    /// For an option; `said` hears of changes, `ask` when the button behind it is pressed ([`deed`]).
    pub(super) fn new(
        keyword: &'static Keyword,
        ask: impl Fn() + 'static,
        said: impl Fn(Said) + 'static,
    ) -> Self {
        let fills = Rc::new(Cell::new(false));
        let say = Say {
            fills: Rc::clone(&fills),
            to: Rc::new(said),
        };
        let (root, kind) = match keyword.kind {
            Kind::Flag => switch(&say),
            Kind::Secret => dots(keyword, say),
            _ if field::is_list(keyword) => lines(keyword, say),
            _ => match field::words(keyword) {
                Some(words) => choice(keyword, words, say),
                None => line(keyword, say),
            },
        };
        let choose = (keyword.id == Id::Folder).then(server_chooser);
        let root = match (&kind, keyword.kind) {
            (Widget::Line(line), Kind::Path) => with_button(line, &chooser(keyword, line)),
            (Widget::Line(line), Kind::Command) => with_button(line, &checker(ask)),
            _ => match &choose {
                Some(button) => {
                    button.connect_clicked(move |_| ask());
                    above_button(&root, button)
                }
                None => root,
            },
        };
        Self {
            keyword,
            root,
            kind,
            choose,
            fills,
            held: RefCell::default(),
        }
    }

    /// Whether there is anything to choose from.
    pub(super) fn offer(&self, has: bool) {
        if let Some(choose) = &self.choose {
            choose.set_visible(has);
        }
    }

    /// To be put into the row.
    pub(super) fn root(&self) -> &gtk::Widget {
        &self.root
    }

    /// What takes the focus.
    pub(super) fn focus(&self) -> &gtk::Widget {
        match &self.kind {
            Widget::Switch(switch) => switch.upcast_ref(),
            Widget::Line(line) => line.upcast_ref(),
            Widget::Dots(dots, _) => dots.upcast_ref(),
            Widget::Lines(view) => view.upcast_ref(),
            Widget::Words(choice, _) => choice.upcast_ref(),
        }
    }

    /// Whether it stands beside the title.
    pub(super) fn is_beside(&self) -> bool {
        matches!(self.kind, Widget::Switch(_))
    }

    /// Shows what holds. What is there and means the same stays as it was typed; returns whether
    /// it was put in anew.
    pub(super) fn show(&self, row: &Row) -> bool {
        let text = match &row.value {
            Some(value) => field::text(value),
            None => Some(String::new()),
        };
        self.root.set_sensitive(text.is_some());
        let text = text.unwrap_or_else(|| gettext("Not in UTF-8: change it in the source"));
        if self.says(row) || self.is_half_typed(row) {
            return false;
        }
        self.held.replace(Some((row.at, row.value.clone())));
        self.fills.set(true);
        match &self.kind {
            Widget::Switch(switch) => switch.set_active(self.flag(row)),
            Widget::Line(line) => {
                line.set_placeholder_text(Some(self.keyword.default));
                line.set_text(&text);
            }
            Widget::Dots(dots, before) => {
                if dots.text().is_empty() {
                    let here = row.value.clone().filter(|_| row.origin == Origin::Here);
                    before.replace(here);
                }
                let is_said = row.value.is_some();
                let held = if is_said { "••••••" } else { "" };
                dots.set_property("placeholder-text", held);
                if !self.has_cursor() || !is_said {
                    dots.set_text("");
                }
            }
            Widget::Lines(view) => view.buffer().set_text(&text),
            Widget::Words(choice, words) => {
                let word = if row.value.is_some() {
                    text.as_str()
                } else {
                    self.keyword.default
                };
                let at = words.iter().position(|other| *other == word);
                let at = at.and_then(|at| u32::try_from(at).ok());
                choice.set_selected(at.unwrap_or(gtk::INVALID_LIST_POSITION));
            }
        }
        self.fills.set(false);
        true
    }

    /// Somebody has typed what is no value yet, and nothing else holds than did: it stays.
    fn is_half_typed(&self, row: &Row) -> bool {
        let Widget::Line(line) = &self.kind else {
            return false;
        };
        let is_value = field::value(self.keyword, &line.text()).is_ok();
        let held = self.held.borrow();
        let is_same = matches!(&*held, Some((at, value)) if *at == row.at && *value == row.value);
        self.has_cursor() && !is_value && is_same
    }

    fn has_cursor(&self) -> bool {
        let focus = self.focus();
        focus.has_focus() || focus.focus_child().is_some()
    }

    fn flag(&self, row: &Row) -> bool {
        match &row.value {
            Some(value) => value.flag(),
            None => self.keyword.default == "yes",
        }
    }

    /// Whether what stands there means what holds.
    fn says(&self, row: &Row) -> bool {
        let typed = match &self.kind {
            Widget::Line(line) => line.text(),
            Widget::Lines(view) => text_of(&view.buffer()),
            _ => return false,
        };
        match &row.value {
            // Somebody is about to type another value.
            Some(_) if typed.is_empty() && row.origin == Origin::Defaults => self.has_cursor(),
            Some(value) => field::value(self.keyword, &typed).is_ok_and(|typed| typed == *value),
            None => typed.is_empty(),
        }
    }
}

/// Says what was typed. What is replaced is empty for a moment: that is no wish for the default.
fn tell<O: IsA<gtk::glib::Object>>(
    keyword: &'static Keyword,
    text: gtk::glib::GString,
    say: &Say,
    from: &O,
    now: fn(&O) -> gtk::glib::GString,
) {
    if say.fills.get() {
        return;
    }
    if !text.trim().is_empty() {
        say.say(read(keyword, &text));
        return;
    }
    let (say, from) = (say.clone(), from.downgrade());
    gtk::glib::idle_add_local_once(move || {
        if let Some(from) = from.upgrade().filter(|from| now(from).trim().is_empty()) {
            say.say(read(keyword, &now(&from)));
        }
    });
}

/// What was typed; where nothing is left of it, the default.
fn read(keyword: &'static Keyword, text: &str) -> Result<Option<Value>, String> {
    // An empty list of versions is a value, and a user needs a name.
    let has_empty = keyword.id == Id::Sslproto || keyword.kind == Kind::User;
    match text.trim().is_empty() && !has_empty {
        true => Ok(None),
        false => field::value(keyword, text).map(Some),
    }
}

fn switch(say: &Say) -> (gtk::Widget, Widget) {
    let switch = gtk::Switch::builder().valign(gtk::Align::Center).build();
    let to = say.clone();
    switch.connect_active_notify(move |switch| to.say(Ok(Some(Value::Flag(switch.is_active())))));
    (switch.clone().upcast(), Widget::Switch(switch))
}

fn line(keyword: &'static Keyword, say: Say) -> (gtk::Widget, Widget) {
    let line = gtk::Entry::builder()
        .hexpand(true)
        .placeholder_text(keyword.default)
        .build();
    if matches!(keyword.kind, Kind::Command | Kind::Path) {
        line.add_css_class("words");
    }
    if keyword.kind == Kind::Number {
        line.set_input_purpose(gtk::InputPurpose::Number);
    }
    line.connect_changed(move |line| tell(keyword, line.text(), &say, line, |line| line.text()));
    (line.clone().upcast(), Widget::Line(line))
}

/// The line with a button behind it.
fn with_button(line: &gtk::Entry, button: &gtk::Button) -> gtk::Widget {
    let both = gtk::Box::builder().spacing(6).build();
    both.append(line);
    both.append(button);
    both.upcast()
}

/// The lines with a button below them.
fn above_button(lines: &gtk::Widget, button: &gtk::Button) -> gtk::Widget {
    let both = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(6)
        .build();
    both.append(lines);
    both.append(button);
    both.upcast()
}

/// Asks the server what it has.
fn server_chooser() -> gtk::Button {
    let button = a11y::mnemonic_button(&gettext("Choose from _Server…"));
    button.set_widget_name("option-from-server");
    button.set_halign(gtk::Align::Start);
    fact::wrap_buttons(&button);
    button
}

/// What the button behind the control of an option asks for.
pub(super) fn deed(keyword: &Keyword) -> Deed {
    match keyword.id {
        Id::Folder => Deed::Choose,
        _ => Deed::Check,
    }
}

/// Asks for a file or a folder.
fn chooser(keyword: &'static Keyword, line: &gtk::Entry) -> gtk::Button {
    let button = gtk::Button::builder()
        .icon_name("document-open-symbolic")
        .name("option-choose")
        .build();
    let words = gettext("Choose “{option}”…");
    let title = fill(&words, &[("option", &gettext(keyword.label))]);
    a11y::name_button(&button, &title);
    let to = line.downgrade();
    button.connect_clicked(move |button| {
        let to = to.clone();
        let chosen = move |path: std::path::PathBuf| {
            // What is not UTF-8 cannot be typed either; the source can say it.
            if let (Some(line), Some(path)) = (to.upgrade(), path.to_str()) {
                line.set_text(path);
            }
        };
        match keyword.id {
            Id::Sslcertpath => choose::folder(button, &title, chosen),
            _ => choose::file(button, &title, chosen),
        }
    });
    button
}

/// Asks whether the command could be run.
fn checker(check: impl Fn() + 'static) -> gtk::Button {
    let button = a11y::mnemonic_button(&gettext("_Check"));
    button.set_widget_name("option-check");
    button.connect_clicked(move |_| check());
    button
}

fn dots(keyword: &'static Keyword, say: Say) -> (gtk::Widget, Widget) {
    let dots = gtk::PasswordEntry::builder()
        .hexpand(true)
        .show_peek_icon(true)
        .build();
    a11y::name_inside_entry(dots.upcast_ref());
    let before: Rc<RefCell<Option<Value>>> = Rc::default();
    let held = before.clone();
    // Taking away all that was typed is no wish for another password.
    dots.connect_changed(move |dots| match dots.text().is_empty() {
        true => say.say(Ok(held.borrow().clone())),
        false => say.say(read(keyword, &dots.text())),
    });
    (dots.clone().upcast(), Widget::Dots(dots, before))
}

fn lines(keyword: &'static Keyword, say: Say) -> (gtk::Widget, Widget) {
    let view = gtk::TextView::builder()
        .accepts_tab(false)
        .monospace(true)
        .top_margin(6)
        .bottom_margin(6)
        .left_margin(8)
        .right_margin(8)
        .hexpand(true)
        .build();
    view.buffer().set_enable_undo(false);
    view.buffer().connect_changed(move |buffer| {
        tell(keyword, text_of(buffer), &say, buffer, text_of);
    });
    let scroll = gtk::ScrolledWindow::builder()
        .vscrollbar_policy(gtk::PolicyType::Automatic)
        .propagate_natural_height(true)
        .min_content_height(34)
        .max_content_height(160)
        .css_classes(["lines"])
        .child(&view)
        .build();
    (scroll.upcast(), Widget::Lines(view))
}

fn choice(keyword: &'static Keyword, words: Vec<&'static str>, say: Say) -> (gtk::Widget, Widget) {
    let shown: Vec<String> = words.iter().map(|word| title(keyword, word)).collect();
    let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
    let choice = gtk::DropDown::from_strings(&shown);
    choices::shorten(&choice);
    choice.set_hexpand(true);
    choice.set_selected(gtk::INVALID_LIST_POSITION);
    if let Some(inner) = choice.first_child() {
        a11y::set_label(&inner, &gettext(keyword.label));
    }
    let offered = words.clone();
    choice.connect_selected_notify(move |choice| {
        if let Some(word) = offered.get(choice.selected() as usize) {
            say.say(read(keyword, word));
        }
    });
    (choice.clone().upcast(), Widget::Words(choice, words))
}

/// What a word is called, and the word itself where that is another.
fn title(keyword: &Keyword, word: &'static str) -> String {
    let label = match keyword.kind {
        Kind::Protocol => PROTOCOLS
            .iter()
            .find(|row| row.word == word)
            .map(|r| r.label),
        Kind::Auth => METHODS
            .iter()
            .find(|method| method.words.contains(&word))
            .map(|method| method.label),
        _ => None,
    };
    match label.map(gettext) {
        Some(label) if !label.eq_ignore_ascii_case(word) => format!("{label} ({word})"),
        _ if word.is_empty() => gettext("(empty)"),
        _ => word.to_owned(),
    }
}

fn text_of(buffer: &gtk::TextBuffer) -> gtk::glib::GString {
    buffer.text(&buffer.start_iter(), &buffer.end_iter(), false)
}
