//! What went wrong in the last poll, what can be done, and what the server said.

use std::time::SystemTime;

use adw::prelude::*;
use gtk::pango;

use super::super::super::{a11y, icons};
use super::super::row::set_text;
use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::{Trouble, Who, words};

/// What went wrong.
pub(super) struct TroubleBox {
    /// To be put into the page; hidden while all is well.
    pub root: gtk::Box,
    icon: gtk::Image,
    headline: gtk::Label,
    advice: gtk::Label,
    since: gtk::Label,
    said: gtk::Expander,
    words: gtk::Label,
}

impl TroubleBox {
    /// Shows nothing yet.
    pub(super) fn new() -> Self {
        let label = |class: &str| {
            gtk::Label::builder()
                .wrap(true)
                .wrap_mode(pango::WrapMode::WordChar)
                .xalign(0.0)
                .selectable(true)
                .css_classes([class])
                .build()
        };
        let this = Self {
            root: gtk::Box::builder()
                .spacing(14)
                .css_classes(["card", "trouble"])
                .build(),
            icon: gtk::Image::builder()
                .valign(gtk::Align::Start)
                .accessible_role(gtk::AccessibleRole::Presentation)
                .build(),
            headline: label("heading"),
            advice: label("body"),
            since: label("caption"),
            said: gtk::Expander::new(Some(&gettext("The server said"))),
            words: label("words"),
        };
        this.root.set_widget_name("trouble");
        this.words.set_widget_name("trouble-words");
        this.words.set_margin_top(6);
        this.since.add_css_class("quiet");
        a11y::name_expander(&this.said);
        this.said.set_child(Some(&this.words));
        let texts = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(6)
            .hexpand(true)
            .build();
        texts.append(&this.headline);
        texts.append(&this.advice);
        texts.append(&this.said);
        texts.append(&this.since);
        this.root.append(&this.icon);
        this.root.append(&texts);
        this
    }

    /// Shows `trouble` as of `now`.
    pub(super) fn show(&self, trouble: Option<&Trouble>, now: SystemTime) {
        self.root.set_visible(trouble.is_some());
        let Some(trouble) = trouble else { return };
        icons::put(
            &self.icon,
            match trouble.who {
                Who::You => ("dialog-warning-symbolic", "error"),
                Who::Retry => ("view-refresh-symbolic", "wait"),
            },
        );
        set_text(&self.headline, &words::headline(&trouble.cause));
        set_text(&self.advice, &words::advice(&trouble.cause));
        self.said.set_visible(!trouble.words.is_empty());
        set_text(&self.words, &trouble.words);
        let since = ngettext(
            "Failed once, at {time}",
            "Failed {n} times in a row, first at {time}",
            u64::from(trouble.tries.max(1)),
        );
        let time = words::clock(trouble.since, now);
        set_text(
            &self.since,
            &fill(&since, &[("n", &trouble.tries), ("time", &time)]),
        );
    }
}
