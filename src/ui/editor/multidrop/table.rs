//! All samples of an account: whether each still goes to the same people, in words.

use std::cell::RefCell;
use std::rc::Rc;

use gtk::prelude::*;

use super::super::super::shell::vertical;
use super::super::super::{a11y, fact, icons};
use super::super::model::multidrop::samples::{Verdict, sentence};
use super::super::rows::label;
use super::{Tell, Told, heading};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::samples::Sample;

/// The table.
pub(super) struct Table {
    /// To be put into the page.
    pub root: gtk::Box,
    list: gtk::ListBox,
    empty: gtk::Box,
    trouble: gtk::Label,
    rows: RefCell<Vec<Row>>,
    tell: Tell,
}

struct Row {
    row: gtk::ListBoxRow,
    icon: gtk::Image,
    word: gtk::Label,
    text: gtk::Label,
    expect: gtk::Button,
    sample: Sample,
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
        let empty = vertical(2);
        empty.append(&label(&gettext("No Samples"), &[]));
        empty.append(&label(
            &gettext("Keep a message here to be sure it still reaches the same people."),
            &["caption", "quiet"],
        ));
        let trouble = label("", &["error"]);
        trouble.set_visible(false);
        trouble.set_widget_name("samples-trouble");
        let root = vertical(8);
        root.append(&heading(&gettext("All Samples")));
        root.append(&empty);
        root.append(&trouble);
        root.append(&list);
        Self {
            root,
            list,
            empty,
            trouble,
            rows: RefCell::default(),
            tell: Rc::clone(tell),
        }
    }

    /// Shows these. Rows are made anew only when there are others, so that the cursor stays.
    pub(super) fn show(&self, samples: &[(Sample, Verdict)]) {
        self.empty.set_visible(samples.is_empty());
        self.list.set_visible(!samples.is_empty());
        let is_same = {
            let known = self.rows.borrow();
            let known = known
                .iter()
                .map(|row| (&row.sample.name, &row.sample.header));
            known.eq(samples.iter().map(|(s, _)| (&s.name, &s.header)))
        };
        if !is_same {
            self.fill(samples);
        }
        for (row, (sample, verdict)) in self.rows.borrow().iter().zip(samples) {
            row.show(sample, verdict);
        }
    }

    fn fill(&self, samples: &[(Sample, Verdict)]) {
        let at = self.list.focus_child().and_downcast::<gtk::ListBoxRow>();
        let at = at.map(|row| row.index());
        for row in self.rows.take() {
            self.list.remove(&row.row);
        }
        let rows = samples.iter().enumerate();
        let rows: Vec<Row> = rows
            .map(|(at, (sample, _))| Row::new(at, sample, &self.tell))
            .collect();
        rows.iter().for_each(|row| self.list.append(&row.row));
        *self.rows.borrow_mut() = rows;
        let last = i32::try_from(samples.len()).unwrap_or(i32::MAX) - 1;
        if let Some(row) = at.and_then(|at| self.list.row_at_index(at.min(last))) {
            row.grab_focus();
        }
    }

    /// They cannot be read or kept: why; or nothing.
    pub(super) fn fail(&self, sentence: &str) {
        self.trouble.set_text(sentence);
        self.trouble.set_visible(!sentence.is_empty());
    }
}

impl Row {
    fn new(at: usize, sample: &Sample, tell: &Tell) -> Self {
        let line = gtk::Box::builder()
            .spacing(9)
            .margin_top(6)
            .margin_bottom(6)
            .margin_start(12)
            .margin_end(6)
            .build();
        let icon = gtk::Image::builder()
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build();
        let word = label("", &["caption"]);
        word.set_widget_name("sample-word");
        let text = fact::verbatim("", &[]);
        let texts = vertical(2);
        texts.set_hexpand(true);
        texts.append(&word);
        texts.append(&text);
        let name = [("name", &sample.name as &dyn std::fmt::Display)];
        let words = fill(&gettext("Expect What Holds Now of “{name}”"), &name);
        let expect = button("object-select-symbolic", "sample-expect", &words);
        let words = fill(&gettext("Remove “{name}”"), &name);
        let remove = button("list-remove-symbolic", "sample-remove", &words);
        line.append(&icon);
        line.append(&texts);
        line.append(&expect);
        line.append(&remove);
        let row = gtk::ListBoxRow::builder()
            .child(&line)
            .name("sample")
            .build();
        let leads = gettext("Show it above");
        row.set_tooltip_text(Some(&leads));
        a11y::set_description(&row, &leads);
        let (to, weak) = (Rc::clone(tell), row.downgrade());
        expect.connect_clicked(move |_| {
            // The button goes.
            if let Some(row) = weak.upgrade() {
                row.grab_focus();
            }
            to(Told::Expect(at));
        });
        let to = Rc::clone(tell);
        remove.connect_clicked(move |_| to(Told::Forget(at)));
        Self {
            row,
            icon,
            word,
            text,
            expect,
            sample: sample.clone(),
        }
    }

    fn show(&self, sample: &Sample, verdict: &Verdict) {
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
        let text = sentence(sample, verdict);
        icons::put(&self.icon, (icon, class));
        self.word.set_css_classes(&["caption", class]);
        self.word.set_text(&word);
        self.text.set_text(&text);
        self.expect
            .set_visible(matches!(verdict, Verdict::Changed(_)));
        let spoken = gettext("{column}: {value}");
        let values: [(&str, &dyn std::fmt::Display); 2] = [("column", &word), ("value", &text)];
        a11y::set_label(&self.row, &fill(&spoken, &values));
    }
}

fn button(icon: &str, name: &str, words: &str) -> gtk::Button {
    let button = gtk::Button::builder()
        .icon_name(icon)
        .valign(gtk::Align::Center)
        .css_classes(["flat"])
        .name(name)
        .build();
    a11y::name_button(&button, words);
    button
}
