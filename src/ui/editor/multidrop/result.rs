//! Who gets the message, and the steps that led there.

use std::cell::RefCell;
use std::rc::Rc;

use gtk::prelude::*;

use super::super::super::shell::vertical;
use super::super::super::{a11y, fact};
use super::super::model::multidrop::steps::{Chip, Shown, Step};
use super::super::rows::label;
use super::{Tell, Told, wrapping};
use crate::base::i18n::{fill, gettext};

/// The result.
pub(super) struct Answer {
    /// To be put into the page.
    pub root: gtk::Box,
    head: gtk::Label,
    chips: gtk::FlowBox,
    trouble: gtk::Box,
    list: gtk::ListBox,
    steps: Rc<RefCell<Vec<Step>>>,
}

impl Answer {
    /// Nothing yet.
    pub(super) fn new(tell: &Tell) -> Self {
        let head = gtk::Label::builder()
            .xalign(0.0)
            .css_classes(["heading"])
            .name("try-summary")
            .accessible_role(gtk::AccessibleRole::Status)
            .build();
        let chips = wrapping(8);
        chips.set_widget_name("try-chips");
        a11y::set_label(&chips, &gettext("Recipients"));
        let trouble = vertical(6);
        let list = gtk::ListBox::builder()
            .selection_mode(gtk::SelectionMode::None)
            .css_classes(["boxed-list"])
            .name("try-steps")
            .build();
        a11y::set_label(&list, &gettext("How it came to that"));
        let steps: Rc<RefCell<Vec<Step>>> = Rc::default();
        let (to, of) = (Rc::clone(tell), Rc::clone(&steps));
        list.connect_row_activated(move |_, row| {
            let step = usize::try_from(row.index()).ok();
            let step = step.and_then(|at| of.borrow().get(at).cloned());
            match step.map(|step| (step.option, step.line)) {
                Some((Some(id), _)) => to(Told::Option(id)),
                Some((None, Some(line))) => to(Told::Line(line)),
                _ => {}
            }
        });
        let root = vertical(8);
        root.set_widget_name("try-result");
        root.append(&head);
        root.append(&chips);
        root.append(&trouble);
        root.append(&list);
        root.set_visible(false);
        Self {
            root,
            head,
            chips,
            trouble,
            list,
            steps,
        }
    }

    /// There is no message.
    pub(super) fn clear(&self) {
        self.root.set_visible(false);
    }

    /// Shows a result, and why the account is not checked at all.
    pub(super) fn show(&self, shown: &Shown, warnings: &[String]) {
        self.head.set_text(&gettext("Goes to"));
        let names: Vec<&str> = shown.chips.iter().map(|chip| chip.text.as_str()).collect();
        let text = gettext("Goes to {names}");
        a11y::set_label(&self.head, &fill(&text, &[("names", &names.join(", "))]));
        while let Some(child) = self.chips.first_child() {
            self.chips.remove(&child);
        }
        for one in &shown.chips {
            self.chips.append(&chip(one));
        }
        for child in a11y::children(self.chips.upcast_ref()) {
            child.set_focusable(false);
        }
        self.chips.set_visible(true);
        self.say(warnings);
        self.list.set_visible(true);
        if *self.steps.borrow() != shown.steps {
            while let Some(child) = self.list.first_child() {
                self.list.remove(&child);
            }
            for step in &shown.steps {
                self.list.append(&row(step));
            }
            self.steps.borrow_mut().clone_from(&shown.steps);
        }
        self.root.set_visible(true);
    }

    /// It cannot be told: why.
    pub(super) fn fail(&self, sentences: &[String]) {
        self.head.set_text(&gettext("It cannot be told"));
        a11y::set_label(&self.head, &gettext("It cannot be told"));
        self.chips.set_visible(false);
        self.list.set_visible(false);
        self.say(sentences);
        self.root.set_visible(true);
    }

    fn say(&self, sentences: &[String]) {
        fact::empty(&self.trouble);
        for sentence in sentences {
            let point = fact::point("dialog-warning-symbolic", "wait", sentence);
            self.trouble.append(&point);
        }
        self.trouble.set_visible(!sentences.is_empty());
    }
}

fn chip(chip: &Chip) -> gtk::Box {
    let root = gtk::Box::builder()
        .spacing(6)
        .css_classes(["chip"])
        .halign(gtk::Align::Start)
        .build();
    if chip.is_warning {
        root.append(
            &gtk::Image::builder()
                .icon_name("dialog-warning-symbolic")
                .css_classes(["wait"])
                .accessible_role(gtk::AccessibleRole::Presentation)
                .build(),
        );
    }
    let text = fact::verbatim(&chip.text, &[]);
    text.set_widget_name("try-chip");
    root.append(&text);
    root
}

fn row(step: &Step) -> gtk::ListBoxRow {
    let texts = vertical(2);
    texts.set_hexpand(true);
    let title = match step.is_address {
        true => fact::verbatim(&step.title, &["heading"]),
        false => label(&step.title, &["caption", "quiet"]),
    };
    texts.append(&title);
    texts.append(&fact::verbatim(&step.text, &[]));
    let line = gtk::Box::builder()
        .spacing(6)
        .margin_top(6)
        .margin_bottom(6)
        .margin_start(12)
        .margin_end(12)
        .build();
    line.append(&texts);
    let leads = step.option.is_some() || step.line.is_some();
    if leads {
        line.append(
            &gtk::Image::builder()
                .icon_name("go-next-symbolic")
                .css_classes(["quiet"])
                .accessible_role(gtk::AccessibleRole::Presentation)
                .build(),
        );
    }
    let row = gtk::ListBoxRow::builder()
        .child(&line)
        .activatable(leads)
        .name("try-step")
        .build();
    let spoken = gettext("{column}: {value}");
    let values: [(&str, &dyn std::fmt::Display); 2] =
        [("column", &step.title), ("value", &step.text)];
    a11y::set_label(&row, &fill(&spoken, &values));
    let leads_to = match step.option {
        Some(_) => gettext("To the option that decides it"),
        None => gettext("To the line of the message"),
    };
    if leads {
        row.set_tooltip_text(Some(&leads_to));
        a11y::set_description(&row, &leads_to);
    }
    row
}
