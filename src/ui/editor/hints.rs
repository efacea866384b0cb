//! What was found at the server or user that is shown, and the ways out.

use std::cell::RefCell;

use gtk::prelude::*;

use super::super::{a11y, fact};
use super::Input;
use crate::base::i18n::gettext;
use crate::rc::diagnostic::{Diagnostic, Severity};

/// The findings; hidden while there are none.
pub(super) struct Hints {
    /// To be put above the options.
    pub root: gtk::Box,
    shown: RefCell<Vec<Diagnostic>>,
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
        for finding in &found {
            self.root.append(&self.line(finding));
        }
        *self.shown.borrow_mut() = found;
    }

    fn line(&self, finding: &Diagnostic) -> gtk::Box {
        let (icon, class) = match finding.severity {
            Severity::Error => ("dialog-error-symbolic", "error"),
            Severity::Warning => ("dialog-warning-symbolic", "wait"),
            Severity::Hint => ("dialog-information-symbolic", "quiet"),
        };
        let line = fact::point(icon, class, &finding.sentence());
        let why = gettext(finding.rule().explanation);
        line.set_tooltip_text(Some(&why));
        if let Some(text) = line.last_child() {
            a11y::set_description(&text, &why);
        }
        let fix = finding.fix.as_ref().filter(|fix| !fix.edits.is_empty());
        if let Some(fix) = fix {
            let title = fix.sentence();
            let button = gtk::Button::builder()
                .label(gettext("Fix"))
                .valign(gtk::Align::Start)
                .name("editor-fix")
                .build();
            a11y::name_button(&button, &title);
            let (to, finding) = (self.to.clone(), finding.clone());
            button.connect_clicked(move |_| to.emit(Input::Fix(Box::new(finding.clone()))));
            line.append(&button);
        }
        line
    }
}

/// More of one server are not shown at once.
const MOST: usize = 6;
