//! A row of the list of names.

use gtk::prelude::*;

use crate::base::i18n::{fill, gettext};
use crate::ui::a11y;
use crate::ui::editor::model::multidrop::names::Pair;
use crate::ui::editor::rows::label;
use crate::ui::shell::vertical;

/// The fields of a name, and how to take it out.
pub(super) struct Line {
    /// To be put into the list.
    pub row: gtk::ListBoxRow,
    /// The name on the server.
    pub remote: gtk::Entry,
    /// The name here.
    pub local: gtk::Entry,
    /// Takes it out.
    pub remove: gtk::Button,
    error: gtk::Label,
    was_pair: bool,
}

impl Line {
    /// As it is written.
    pub(super) fn new(pair: &Pair) -> Self {
        let entry = |text: &str, name: &str, words: &str, placeholder: &str| {
            let entry = gtk::Entry::builder()
                .text(text)
                .hexpand(true)
                .width_chars(2)
                .placeholder_text(placeholder)
                .name(name)
                .build();
            a11y::set_label(&entry, words);
            entry
        };
        let remote = entry(
            &pair.remote,
            "name-remote",
            &gettext("Name or address on the server"),
            &gettext("On the server"),
        );
        let local = entry(
            &pair.local,
            "name-local",
            &gettext("Name here"),
            &gettext("The same"),
        );
        let remove = gtk::Button::builder()
            .icon_name("list-remove-symbolic")
            .valign(gtk::Align::Center)
            .css_classes(["flat"])
            .name("name-remove")
            .build();
        let arrow = gtk::Image::builder()
            .icon_name("go-next-symbolic")
            .css_classes(["quiet"])
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build();
        let line = gtk::Box::builder().spacing(6).build();
        line.append(&remote);
        line.append(&arrow);
        line.append(&local);
        line.append(&remove);
        let error = label("", &["error", "caption"]);
        error.set_visible(false);
        error.set_widget_name("name-error");
        let all = vertical(4);
        all.set_margin_top(6);
        all.set_margin_bottom(6);
        all.set_margin_start(12);
        all.set_margin_end(6);
        all.append(&line);
        all.append(&error);
        let row = row_of(&all);
        let this = Self {
            row,
            remote,
            local,
            remove,
            error,
            was_pair: pair.was_pair,
        };
        this.show_trouble();
        this
    }

    /// As it is typed.
    pub(super) fn pair(&self) -> Pair {
        Pair {
            remote: self.remote.text().into(),
            local: self.local.text().into(),
            was_pair: self.was_pair,
        }
    }

    /// Why it says nothing yet, and what the row is called.
    pub(super) fn show_trouble(&self) {
        let trouble = self.pair().trouble();
        a11y::set_invalid(&self.remote, trouble.is_some());
        self.error.set_visible(trouble.is_some());
        self.error.set_text(&trouble.unwrap_or_default());
        let name = self.remote.text();
        let words = fill(&gettext("Remove “{name}”"), &[("name", &name)]);
        a11y::name_button(&self.remove, &words);
        a11y::set_label(&self.row, &name);
    }
}

/// A row that takes no focus of its own.
pub(super) fn row_of(child: &gtk::Box) -> gtk::ListBoxRow {
    gtk::ListBoxRow::builder()
        .child(child)
        .activatable(false)
        .focusable(false)
        .build()
}
