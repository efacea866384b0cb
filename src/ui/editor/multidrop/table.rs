//! All samples of an account: whether each still goes to the same people, in words.

use std::cell::RefCell;
use std::rc::Rc;

use gtk::prelude::*;

use super::super::super::{a11y, fact, icons};
use super::super::model::multidrop::samples::{Verdict, sentence};
use super::super::rows::label;
use super::{Tell, Told, column, heading};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::samples::Sample;

/// The table.
pub(super) struct Table {
    /// To be put into the page.
    pub root: gtk::Box,
    list: gtk::ListBox,
    empty: gtk::Box,
    trouble: gtk::Label,
    shown: RefCell<Vec<(Sample, Verdict)>>,
    tell: Tell,
}

impl Table {
    /// Empty.
    pub(super) fn new(tell: &Tell) -> Self {
        let list = gtk::ListBox::builder()
            .selection_mode(gtk::SelectionMode::None)
            .css_classes(["boxed-list"])
            .visible(false)
            .name("samples")
            .build();
        a11y::set_label(&list, &gettext("All Samples"));
        let to = Rc::clone(tell);
        list.connect_row_activated(move |_, row| {
            if let Ok(at) = usize::try_from(row.index()) {
                to(Told::Load(at));
            }
        });
        let empty = column(2);
        empty.append(&label(&gettext("No Samples"), &[]));
        empty.append(&label(
            &gettext("Keep a message here to be sure it still reaches the same people."),
            &["caption", "quiet"],
        ));
        let trouble = label("", &["error"]);
        trouble.set_visible(false);
        trouble.set_widget_name("samples-trouble");
        let root = column(8);
        root.append(&heading(&gettext("All Samples")));
        root.append(&empty);
        root.append(&trouble);
        root.append(&list);
        Self {
            root,
            list,
            empty,
            trouble,
            shown: RefCell::default(),
            tell: Rc::clone(tell),
        }
    }

    /// Shows these.
    pub(super) fn show(&self, samples: Vec<(Sample, Verdict)>) {
        self.empty.set_visible(samples.is_empty());
        self.list.set_visible(!samples.is_empty());
        if *self.shown.borrow() == samples {
            return;
        }
        while let Some(child) = self.list.first_child() {
            self.list.remove(&child);
        }
        for (at, (sample, verdict)) in samples.iter().enumerate() {
            self.list.append(&self.row(at, sample, verdict));
        }
        *self.shown.borrow_mut() = samples;
    }

    /// They cannot be read or kept: why; or nothing.
    pub(super) fn fail(&self, sentence: &str) {
        self.trouble.set_text(sentence);
        self.trouble.set_visible(!sentence.is_empty());
    }

    fn row(&self, at: usize, sample: &Sample, verdict: &Verdict) -> gtk::ListBoxRow {
        let (icon, class, word) = match verdict {
            Verdict::Open => (
                "content-loading-symbolic",
                "quiet",
                gettext("Being checked"),
            ),
            Verdict::Same => ("emblem-ok-symbolic", "well", gettext("Passed")),
            Verdict::Changed(_) => ("dialog-warning-symbolic", "error", gettext("Changed")),
            Verdict::Unknown => ("dialog-question-symbolic", "wait", gettext("Unknown")),
        };
        let line = gtk::Box::builder()
            .spacing(9)
            .margin_top(6)
            .margin_bottom(6)
            .margin_start(12)
            .margin_end(6)
            .build();
        let image = gtk::Image::builder()
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build();
        icons::put(&image, (icon, class));
        line.append(&image);
        let text = sentence(sample, verdict);
        let texts = column(2);
        texts.set_hexpand(true);
        let word_label = label(&word, &["caption", class]);
        word_label.set_widget_name("sample-word");
        texts.append(&word_label);
        texts.append(&fact::verbatim(&text, &[]));
        line.append(&texts);
        if matches!(verdict, Verdict::Changed(_)) {
            let words = fill(
                &gettext("Expect What Holds Now of “{name}”"),
                &[("name", &sample.name)],
            );
            let told = move || Told::Expect(at);
            line.append(&self.button("object-select-symbolic", "sample-expect", &words, told));
        }
        let words = fill(&gettext("Remove “{name}”"), &[("name", &sample.name)]);
        let told = move || Told::Forget(at);
        line.append(&self.button("list-remove-symbolic", "sample-remove", &words, told));
        let row = gtk::ListBoxRow::builder()
            .child(&line)
            .name("sample")
            .build();
        let spoken = gettext("{column}: {value}");
        let values: [(&str, &dyn std::fmt::Display); 2] = [("column", &word), ("value", &text)];
        a11y::set_label(&row, &fill(&spoken, &values));
        let leads = gettext("Show it above");
        row.set_tooltip_text(Some(&leads));
        a11y::set_description(&row, &leads);
        row
    }

    fn button(
        &self,
        icon: &str,
        name: &str,
        words: &str,
        told: impl Fn() -> Told + 'static,
    ) -> gtk::Button {
        let button = gtk::Button::builder()
            .icon_name(icon)
            .valign(gtk::Align::Center)
            .css_classes(["flat"])
            .name(name)
            .build();
        a11y::name_button(&button, words);
        let to = Rc::clone(&self.tell);
        button.connect_clicked(move |_| to(told()));
        button
    }
}
