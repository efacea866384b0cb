//! A row for an option: what it is called, what holds and who says so, the control, the way back to
//! the default, and help. One kind of row for all options; the control goes by the kind of value.

mod control;
mod help;

use std::cell::RefCell;
use std::rc::Rc;

use adw::prelude::*;
use gtk::pango;

use super::super::a11y;
use super::model::{Origin, Row};
use crate::base::i18n::{fill, gettext};
use crate::rc::option::{Keyword, Kind, Support};
use crate::rc::settings::Value;
use control::Control;

/// What somebody does with an option.
#[derive(Debug)]
pub(in crate::ui) enum Deed {
    /// It is to say this, or (`None`) nothing.
    Say(Option<Value>),
    /// All users of the server are to say the same.
    Share,
    /// The cursor came to it.
    Enter,
    /// Somebody wants to know whether the command could be run.
    Check,
    /// Somebody wants to choose from what the server has.
    Choose,
}

/// Who hears of it.
pub(super) type Meant = Rc<dyn Fn(&Row, Deed)>;

/// The row of an option.
pub(super) struct OptionRow {
    /// To be put into a list.
    pub root: gtk::ListBoxRow,
    row: Rc<RefCell<Row>>,
    control: Control,
    said: gtk::Label,
    reset: gtk::Button,
    share: gtk::Button,
    error: gtk::Label,
}

impl OptionRow {
    /// Shows nothing of the value yet.
    pub(super) fn new(row: Row, meant: &Meant) -> Self {
        let keyword = row.keyword();
        let title = gettext(keyword.label);
        let error = small("option-error", &["error", "caption"]);
        error.set_visible(false);
        let row = Rc::new(RefCell::new(row));
        let control = {
            let (row, meant, error) = (Rc::clone(&row), Rc::clone(meant), error.clone());
            let (of, to) = (Rc::clone(&row), Rc::clone(&meant));
            let ask = move || {
                let now = of.borrow().clone();
                to(&now, control::deed(keyword));
            };
            Control::new(keyword, ask, move |value| {
                let text = value.as_ref().err().cloned().unwrap_or_default();
                show_error(&error, &text);
                if let Ok(value) = value {
                    // What is meant may show this row again.
                    let now = row.borrow().clone();
                    meant(&now, Deed::Say(value));
                }
            })
        };
        let reset = gtk::Button::builder()
            .icon_name("edit-undo-symbolic")
            .valign(gtk::Align::Center)
            .css_classes(["flat"])
            .name("option-reset")
            .build();
        let words = fill(
            &gettext("Use the Default for “{option}”"),
            &[("option", &title)],
        );
        a11y::name_button(&reset, &words);
        let (of, to) = (Rc::clone(&row), Rc::clone(meant));
        reset.connect_clicked(move |_| {
            let now = of.borrow().clone();
            to(&now, Deed::Say(None));
        });
        let share = gtk::Button::builder()
            .icon_name("system-users-symbolic")
            .valign(gtk::Align::Center)
            .css_classes(["flat"])
            .name("option-share")
            .build();
        let words = gettext("Use “{option}” for All Users of This Server");
        a11y::name_button(&share, &fill(&words, &[("option", &title)]));
        let (of, to) = (Rc::clone(&row), Rc::clone(meant));
        share.connect_clicked(move |_| {
            let now = of.borrow().clone();
            to(&now, Deed::Share);
        });
        let cursor = gtk::EventControllerFocus::new();
        let (of, to) = (Rc::clone(&row), Rc::clone(meant));
        cursor.connect_enter(move |_| {
            let now = of.borrow().clone();
            to(&now, Deed::Enter);
        });
        control.focus().add_controller(cursor);
        let said = small("option-said", &["caption", "quiet"]);
        let parts = Parts {
            keyword,
            title: &title,
            control: &control,
            said: &said,
            reset: &reset,
            share: &share,
            error: &error,
        };
        Self {
            root: lay_out(&parts),
            row,
            control,
            said,
            reset,
            share,
            error,
        }
    }

    /// What it is about.
    pub(super) fn row(&self) -> Row {
        self.row.borrow().clone()
    }

    /// Shows what holds; whether other users of the server could say the same.
    pub(super) fn show(&self, row: &Row, has_others: bool) {
        let keyword = row.keyword();
        let said = said(row);
        if self.said.text() != said {
            self.said.set_text(&said);
        }
        let is_here = row.origin == Origin::Here;
        // A user's name is what its part of the entry begins with.
        self.reset
            .set_visible(is_here && keyword.kind != Kind::User);
        let is_of_one = keyword.kind == Kind::User || keyword.kind == Kind::Secret;
        self.share.set_visible(is_here && has_others && !is_of_one);
        *self.row.borrow_mut() = row.clone();
        if self.control.show(row) {
            show_error(&self.error, "");
        }
        let help = gettext(keyword.help);
        let text = format!("{}, {help}. {said}", keyword.name());
        a11y::set_description(self.control.focus(), &text);
    }

    /// Whether the server has what can be chosen from.
    pub(super) fn offer(&self, has: bool) {
        self.control.offer(has);
    }

    /// Says something about what stands there, until it is another.
    pub(super) fn tell(&self, sentence: &str) {
        self.said.set_text(sentence);
    }

    /// Says why something could not be written.
    pub(super) fn refuse(&self, sentence: &str) {
        show_error(&self.error, sentence);
    }

    /// The cursor into the control.
    pub(super) fn grab_focus(&self) {
        self.control.focus().grab_focus();
    }
}

struct Parts<'p> {
    keyword: &'static Keyword,
    title: &'p str,
    control: &'p Control,
    said: &'p gtk::Label,
    reset: &'p gtk::Button,
    share: &'p gtk::Button,
    error: &'p gtk::Label,
}

fn lay_out(parts: &Parts) -> gtk::ListBoxRow {
    let head = gtk::Box::builder().spacing(6).build();
    let title = label(parts.title, &[]);
    title.set_hexpand(true);
    head.append(&title);
    head.append(&tag(parts.keyword.name()));
    head.append(parts.share);
    head.append(parts.reset);
    head.append(&help::button(parts.keyword));
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(4)
        .margin_top(8)
        .margin_bottom(8)
        .margin_start(12)
        .margin_end(8)
        .build();
    column.append(&head);
    if parts.control.is_beside() {
        // Where it is not narrower than the words beside it.
        head.insert_child_after(parts.control.root(), Some(&title));
    }
    let sentence = sentence(parts.keyword);
    if !sentence.eq_ignore_ascii_case(parts.title) {
        column.append(&label(&sentence, &["caption", "quiet"]));
    }
    if !parts.control.is_beside() {
        column.append(parts.control.root());
    }
    column.append(parts.error);
    column.append(parts.said);
    if let Some(text) = lack(parts.keyword) {
        column.append(&label(&text, &["caption", "wait"]));
    }
    let row = gtk::ListBoxRow::builder()
        .child(&column)
        .activatable(false)
        .focusable(false)
        .name(format!("option-{}", parts.keyword.name()))
        .build();
    a11y::set_label(&row, parts.title);
    a11y::set_label(parts.control.focus(), parts.title);
    row
}

/// The keyword, small and in monospace.
pub(super) fn tag(word: &str) -> gtk::Label {
    gtk::Label::builder()
        .label(word)
        .valign(gtk::Align::Center)
        // Where large text leaves no room.
        .ellipsize(pango::EllipsizeMode::End)
        .css_classes(["keyword", "caption"])
        .build()
}

/// The one line of help as a sentence.
fn sentence(keyword: &Keyword) -> String {
    let help = gettext(keyword.help);
    let mut letters = help.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// What this version does not do about it.
fn lack(keyword: &Keyword) -> Option<String> {
    match keyword.support {
        Support::Acts => None,
        Support::Warns => Some(gettext("This version does nothing about it.")),
        Support::Refuses => Some(gettext(
            "This version cannot do it: an account that says so is not checked.",
        )),
    }
}

/// Who says so, and what the default is.
fn said(row: &Row) -> String {
    let default = match row.keyword().default {
        "" => gettext("none"),
        default => default.to_owned(),
    };
    let text = match row.origin {
        Origin::Here => gettext("Set here. Default: {default}"),
        Origin::Defaults => gettext("From Defaults"),
        Origin::BuiltIn => gettext("Default: {default}"),
    };
    fill(&text, &[("default", &default)])
}

/// A text that wraps.
pub(super) fn label(text: &str, classes: &[&str]) -> gtk::Label {
    gtk::Label::builder()
        .label(text)
        .wrap(true)
        .wrap_mode(pango::WrapMode::WordChar)
        .xalign(0.0)
        .css_classes(classes.to_vec())
        .build()
}

fn small(name: &str, classes: &[&str]) -> gtk::Label {
    let label = label("", classes);
    label.set_widget_name(name);
    label
}

fn show_error(label: &gtk::Label, text: &str) {
    if label.text() != text {
        label.set_text(text);
    }
    label.set_visible(!text.is_empty());
}
