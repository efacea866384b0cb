//! A failure on a page: what happened, what can be done, the other side's words, and buttons.

use std::cell::RefCell;

use adw::prelude::*;

use super::model::sign_in::{Problem, Way};
use super::rows::{Meant, button, paragraph, put};
use crate::base::i18n::gettext;

/// The widgets; hidden while there is no failure.
pub(super) struct Message {
    /// To be put into a page.
    pub root: gtk::Box,
    headline: gtk::Label,
    text: gtk::Label,
    said: gtk::Expander,
    words: gtk::Label,
    more: gtk::Expander,
    details: gtk::Label,
    buttons: gtk::FlowBox,
    ways: RefCell<Vec<Way>>,
    meant: Meant,
}

impl Message {
    /// Shows nothing yet; names of its parts begin with `name`.
    pub(super) fn new(name: &str, meant: &Meant) -> Self {
        let label = |class: &str, part: &str| {
            let label = paragraph("", class);
            label.set_selectable(true);
            label.set_widget_name(&format!("{name}-{part}"));
            label
        };
        let expander = |title: &str, child: &gtk::Label| {
            child.set_margin_top(6);
            let expander = gtk::Expander::builder().label(title).child(child).build();
            super::super::a11y::name_expander(&expander);
            expander
        };
        let headline = gtk::Label::builder()
            .wrap(true)
            .xalign(0.0)
            .css_classes(["heading"])
            .name(format!("{name}-headline"))
            .accessible_role(gtk::AccessibleRole::Alert)
            .build();
        let (text, words, details) = (
            label("body", "text"),
            label("words", "words"),
            label("words", "details"),
        );
        let said = expander(&gettext("The server said"), &words);
        let more = expander(&gettext("Details"), &details);
        let buttons = gtk::FlowBox::builder()
            .selection_mode(gtk::SelectionMode::None)
            .column_spacing(6)
            .row_spacing(6)
            .max_children_per_line(3)
            .build();
        super::super::a11y::set_label(&buttons, &gettext("What can be done"));
        let root = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(10)
            .visible(false)
            .css_classes(["card", "trouble"])
            .name(name)
            .build();
        let head = gtk::Box::builder().spacing(10).build();
        head.append(
            &gtk::Image::builder()
                .icon_name("dialog-warning-symbolic")
                .css_classes(["wait"])
                .accessible_role(gtk::AccessibleRole::Presentation)
                .build(),
        );
        head.append(&headline);
        root.append(&head);
        root.append(&text);
        root.append(&said);
        root.append(&more);
        root.append(&buttons);
        Self {
            root,
            headline,
            text,
            said,
            words,
            more,
            details,
            buttons,
            ways: RefCell::default(),
            meant: meant.clone(),
        }
    }

    /// Shows `problem`, or nothing.
    pub(super) fn show(&self, problem: Option<&Problem>) {
        self.root.set_visible(problem.is_some());
        let Some(problem) = problem else { return };
        put(&self.headline, &problem.headline);
        put(&self.text, &problem.text);
        self.said.set_visible(!problem.words.is_empty());
        put(&self.words, &problem.words);
        self.more.set_visible(!problem.details.is_empty());
        put(&self.details, &problem.details);
        self.offer(&problem.ways);
    }

    /// Buttons are made anew only when they change, so that one with the focus keeps it.
    fn offer(&self, ways: &[Way]) {
        self.buttons.set_visible(!ways.is_empty());
        if *self.ways.borrow() == ways {
            return;
        }
        while let Some(child) = self.buttons.first_child() {
            self.buttons.remove(&child);
        }
        for (n, way) in ways.iter().enumerate() {
            let name = format!("{}-way-{n}", self.root.widget_name());
            let button = button(&way.label, &name, way.deed.clone(), &self.meant);
            // A server's name in it may be long.
            if let Some(label) = button.child().and_downcast::<gtk::Label>() {
                label.set_wrap(true);
                label.set_wrap_mode(gtk::pango::WrapMode::WordChar);
                label.set_justify(gtk::Justification::Center);
            }
            self.buttons.append(&button);
            // The box around a button takes no focus of its own.
            if let Some(around) = button.parent() {
                around.set_focusable(false);
            }
        }
        *self.ways.borrow_mut() = ways.to_vec();
    }
}
