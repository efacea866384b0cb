//! What was found at the server or user that is shown, and the ways out.

use std::cell::RefCell;

use gtk::prelude::*;

use super::super::{a11y, fact};
use super::Input;
use super::rows::label;
use crate::base::i18n::gettext;
use crate::rc::diagnostic::{Diagnostic, Fix, Severity};

/// The findings; hidden while there are none.
pub(super) struct Hints {
    /// To be put above the options.
    pub root: gtk::Box,
    shown: RefCell<Vec<Diagnostic>>,
    /// The button of each that has one.
    fixes: RefCell<Vec<Option<gtk::Button>>>,
    to: relm4::Sender<Input>,
}

impl Hints {
    /// Empty.
    pub(super) fn new(to: &relm4::Sender<Input>) -> Self {
        let root = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(9)
            .visible(false)
            .css_classes(["card", "trouble"])
            .name("editor-findings")
            .build();
        Self {
            root,
            shown: RefCell::default(),
            fixes: RefCell::default(),
            to: to.clone(),
        }
    }

    /// Shows these.
    pub(super) fn show(&self, found: Vec<&Diagnostic>) {
        let found: Vec<Diagnostic> = found.into_iter().take(MOST).cloned().collect();
        self.root.set_visible(!found.is_empty());
        if *self.shown.borrow() == found {
            return;
        }
        fact::empty(&self.root);
        let mut fixes = self.fixes.borrow_mut();
        fixes.clear();
        for (at, finding) in found.iter().enumerate() {
            let (line, fix) = self.line(at, finding);
            self.root.append(&line);
            fixes.push(fix);
        }
        drop(fixes);
        *self.shown.borrow_mut() = found;
    }

    /// The finding with that number among those shown.
    pub(super) fn finding(&self, at: usize) -> Option<Diagnostic> {
        self.shown.borrow().get(at).cloned()
    }

    /// What its fix would change.
    pub(super) fn preview(&self, at: usize, lines: &str) {
        let fixes = self.fixes.borrow();
        let shown = self.shown.borrow();
        if let (Some(Some(button)), Some(finding)) = (fixes.get(at), shown.get(at)) {
            let title = finding.fix.as_ref().map(Fix::sentence).unwrap_or_default();
            let text = format!("{title}\n\n{lines}");
            button.set_tooltip_text(Some(&text));
            a11y::set_description(button, lines);
        }
    }

    fn line(&self, at: usize, finding: &Diagnostic) -> (gtk::Box, Option<gtk::Button>) {
        let (icon, class) = match finding.severity {
            Severity::Error => ("dialog-error-symbolic", "error"),
            Severity::Warning => ("dialog-warning-symbolic", "wait"),
            Severity::Hint => ("dialog-information-symbolic", "quiet"),
        };
        let line = fact::point(icon, class, &finding.sentence());
        if let Some(text) = line.last_child() {
            text.set_hexpand(true);
            a11y::set_description(&text, &gettext(finding.rule().explanation));
        }
        let fix = finding.fix.as_ref().filter(|fix| !fix.edits.is_empty());
        let fix = fix.map(|fix| {
            let title = fix.sentence();
            let button = gtk::Button::builder()
                .label(gettext("Fix"))
                .valign(gtk::Align::Start)
                .name("editor-fix")
                .build();
            a11y::name_button(&button, &title);
            let (to, finding) = (self.to.clone(), finding.clone());
            button.connect_clicked(move |_| to.emit(Input::Fix(Box::new(finding.clone()))));
            self.previews(&button, at);
            line.append(&button);
            button
        });
        line.append(&explain(finding, &self.to));
        (line, fix)
    }

    /// Whoever comes near the button sees what it would change.
    fn previews(&self, button: &gtk::Button, at: usize) {
        let pointer = gtk::EventControllerMotion::new();
        let to = self.to.clone();
        pointer.connect_enter(move |_, _, _| to.emit(Input::Preview(at)));
        button.add_controller(pointer);
        let cursor = gtk::EventControllerFocus::new();
        let to = self.to.clone();
        cursor.connect_enter(move |_| to.emit(Input::Preview(at)));
        button.add_controller(cursor);
    }
}

/// The button that tells why, and offers to tell it no more where that is allowed.
fn explain(finding: &Diagnostic, to: &relm4::Sender<Input>) -> gtk::MenuButton {
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(9)
        .margin_top(6)
        .margin_bottom(6)
        .margin_start(6)
        .margin_end(6)
        .build();
    let why = label(&gettext(finding.rule().explanation), &["body"]);
    why.set_max_width_chars(44);
    why.set_selectable(true);
    column.append(&why);
    let id = label(finding.rule().id, &["caption", "quiet"]);
    column.append(&id);
    let popover = gtk::Popover::builder().child(&column).build();
    if finding.severity != Severity::Error {
        let ignore = a11y::mnemonic_button(&gettext("_Ignore Here"));
        ignore.set_widget_name("editor-ignore");
        let (to, key, open) = (to.clone(), finding.key(), popover.downgrade());
        ignore.connect_clicked(move |_| {
            if let Some(open) = open.upgrade() {
                open.popdown();
            }
            to.emit(Input::Ignore(key.clone()));
        });
        column.append(&ignore);
    }
    let button = gtk::MenuButton::builder()
        .icon_name("help-about-symbolic")
        .valign(gtk::Align::Start)
        .css_classes(["flat"])
        .popover(&popover)
        .name("editor-explain")
        .build();
    a11y::name_button(&button, &gettext("Explain"));
    button
}

/// More of one server are not shown at once.
const MOST: usize = 6;
