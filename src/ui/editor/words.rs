//! Words of the file that nobody knows: each in a line of its own, to be changed or taken out. They
//! stay as they are until then.

use std::cell::RefCell;

use adw::prelude::*;

use super::super::shell::vertical;
use super::super::{a11y, fact};
use super::Input;
use super::model::odd::Unknown;
use super::rows::label;
use crate::base::i18n::{fill, gettext};

/// The lines; hidden while there are none.
pub(super) struct Words {
    /// To be put among the options.
    pub root: gtk::Box,
    lines: gtk::Box,
    shown: RefCell<Vec<Unknown>>,
    to: relm4::Sender<Input>,
}

impl Words {
    /// Empty.
    pub(super) fn new(to: &relm4::Sender<Input>) -> Self {
        let root = vertical(6);
        root.set_visible(false);
        root.set_widget_name("editor-words");
        let text = gettext("These words are unknown. They are kept as they are.");
        root.append(&label(&text, &["quiet"]));
        let lines = vertical(6);
        root.append(&lines);
        Self {
            root,
            lines,
            shown: RefCell::default(),
            to: to.clone(),
        }
    }

    /// Shows these; returns whether there are any.
    pub(super) fn show(&self, words: Vec<Unknown>) -> bool {
        let has_any = !words.is_empty();
        self.root.set_visible(has_any);
        if *self.shown.borrow() != words {
            fact::empty(&self.lines);
            words
                .iter()
                .for_each(|unknown| self.lines.append(&self.line(unknown)));
            *self.shown.borrow_mut() = words;
        }
        has_any
    }

    fn line(&self, unknown: &Unknown) -> gtk::Box {
        let word = unknown.word.clone();
        let name = match &word {
            Some(word) => fill(&gettext("Unknown word “{word}”"), &[("word", word)]),
            None => gettext("Unknown word"),
        };
        let entry = gtk::Entry::builder()
            .text(word.as_deref().unwrap_or_default())
            .hexpand(true)
            .css_classes(["words"])
            .name("unknown-word")
            .build();
        if word.is_none() {
            entry.set_placeholder_text(Some("••••••"));
        }
        a11y::set_label(&entry, &name);
        let (to, span) = (self.to.clone(), unknown.span);
        let change = move |entry: &gtk::Entry| {
            let text = entry.text();
            if !text.trim().is_empty() {
                to.emit(Input::Unknown(span, text.into()));
            }
        };
        let apply = gtk::Button::builder()
            .icon_name("object-select-symbolic")
            .css_classes(["flat"])
            .sensitive(false)
            .name("unknown-change")
            .build();
        a11y::name_button(&apply, &gettext("Change the Word"));
        let (button, before) = (apply.downgrade(), entry.text());
        entry.connect_changed(move |entry| {
            if let Some(button) = button.upgrade() {
                button.set_sensitive(entry.text() != before && !entry.text().trim().is_empty());
            }
        });
        entry.connect_activate(change.clone());
        let typed = entry.clone();
        apply.connect_clicked(move |_| change(&typed));
        let remove = gtk::Button::builder()
            .icon_name("user-trash-symbolic")
            .css_classes(["flat"])
            .name("unknown-remove")
            .build();
        a11y::name_button(&remove, &gettext("Remove the Word"));
        let to = self.to.clone();
        remove.connect_clicked(move |_| to.emit(Input::Unknown(span, String::new())));
        let line = gtk::Box::builder().spacing(6).build();
        line.append(&entry);
        line.append(&apply);
        line.append(&remove);
        line
    }
}
