//! The card that says what to use: why, what the file would say, and what can be done with it.

use std::cell::RefCell;

use adw::prelude::*;
use gtk::pango;

use super::super::fact::empty;
use super::super::shell::vertical;
use super::super::{a11y, fact};
use super::{Input, apply, words};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::Security;
use crate::engine::api::job::report::{Choice, Report};

/// The card.
pub(super) struct Verdict {
    /// To be put above the table; hidden while there is nothing to recommend.
    pub root: gtk::Box,
    icon: gtk::Image,
    headline: gtk::Label,
    why: gtk::Box,
    rc: gtk::Label,
    others: gtk::Box,
    buttons: gtk::Box,
    apply: gtk::MenuButton,
    shown: RefCell<Option<(Vec<Choice>, usize)>>,
    to: relm4::Sender<Input>,
}

impl Verdict {
    /// An empty card.
    pub(super) fn new(to: &relm4::Sender<Input>) -> Self {
        let root = vertical(9);
        root.set_css_classes(&["card", "trouble"]);
        root.set_widget_name("probe-verdict");
        let headline = text("", "heading");
        headline.set_widget_name("probe-headline");
        let icon = gtk::Image::builder()
            .valign(gtk::Align::Start)
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build();
        let rc = gtk::Label::builder()
            .xalign(0.0)
            .wrap(true)
            .wrap_mode(pango::WrapMode::WordChar)
            .selectable(true)
            .hexpand(true)
            .css_classes(["words"])
            .name("probe-rc")
            .build();
        rc.set_direction(gtk::TextDirection::Ltr);
        fact::without_hyphens(&rc, pango::AttrList::new());
        let this = Self {
            root,
            icon,
            headline,
            why: vertical(3),
            rc,
            others: vertical(3),
            buttons: gtk::Box::builder()
                .spacing(6)
                .margin_top(3)
                .halign(gtk::Align::Start)
                .build(),
            apply: gtk::MenuButton::builder()
                .label(gettext("Apply to Account"))
                .name("probe-apply")
                .visible(false)
                .build(),
            shown: RefCell::default(),
            to: to.clone(),
        };
        this.lay_out();
        this
    }

    fn lay_out(&self) {
        let head = gtk::Box::builder().spacing(12).build();
        head.append(&self.icon);
        self.headline.set_hexpand(true);
        head.append(&self.headline);
        self.root.append(&head);
        self.root.append(&self.why);
        let copy = gtk::Button::builder()
            .icon_name("edit-copy-symbolic")
            .valign(gtk::Align::Start)
            .css_classes(["flat"])
            .name("probe-rc-copy")
            .build();
        a11y::name_button(&copy, &gettext("Copy the Lines"));
        let to = self.to.clone();
        copy.connect_clicked(move |_| to.emit(Input::CopyRc));
        let lines = gtk::Box::builder().spacing(6).margin_top(6).build();
        lines.append(&self.rc);
        lines.append(&copy);
        let more = gtk::Expander::builder()
            .label(gettext("Lines for the configuration file"))
            .child(&lines)
            .name("probe-lines")
            .build();
        a11y::name_expander(&more);
        self.root.append(&more);
        self.root.append(&self.others);
        let set_up = gtk::Button::builder()
            .css_classes(["suggested-action"])
            .name("probe-set-up")
            .build();
        // Two lines where there is no room for one.
        let words = gettext("Set Up an Account with This…");
        a11y::set_label(&set_up, &words);
        let label = gtk::Label::builder()
            .label(words)
            .wrap(true)
            .justify(gtk::Justification::Center)
            .build();
        set_up.set_child(Some(&label));
        let to = self.to.clone();
        set_up.connect_clicked(move |_| to.emit(Input::SetUp));
        self.buttons.append(&set_up);
        let try_it = gtk::Button::builder()
            .label(gettext("Test Signing In…"))
            .name("probe-try")
            .build();
        let to = self.to.clone();
        try_it.connect_clicked(move |_| to.emit(Input::Try));
        self.buttons.append(&try_it);
        a11y::set_label(&self.apply, &gettext("Apply to Account"));
        self.buttons.append(&self.apply);
        self.root.append(&self.buttons);
    }

    /// The buttons stand below each other where there is no room.
    pub(super) fn set_narrow(&self, is_narrow: bool) {
        self.buttons.set_orientation(if is_narrow {
            gtk::Orientation::Vertical
        } else {
            gtk::Orientation::Horizontal
        });
        self.buttons.set_halign(if is_narrow {
            gtk::Align::Fill
        } else {
            gtk::Align::Start
        });
    }

    /// Offers to change `accounts`.
    pub(super) fn offer(&self, report: &Report, accounts: &apply::Accounts) {
        apply::fill_menu(&self.apply, report, accounts, &self.to);
    }

    /// Shows the choice at `chosen`.
    pub(super) fn show(&self, choices: &[Choice], chosen: usize) {
        let now = Some((choices.to_vec(), chosen));
        if *self.shown.borrow() == now {
            return;
        }
        self.shown.replace(now);
        let Some(choice) = choices.get(chosen) else {
            self.root.set_visible(false);
            return;
        };
        self.root.set_visible(true);
        let (icon, class) = match choice.candidate.security {
            Security::Tls | Security::StartTls => ("channel-secure-symbolic", "well"),
            Security::None => ("channel-insecure-symbolic", "wait"),
        };
        super::super::icons::put(&self.icon, (icon, class));
        self.headline.set_text(&headline(choice));
        empty(&self.why);
        for reason in &choice.reasons {
            self.why
                .append(&fact::point("emblem-ok-symbolic", "well", reason));
        }
        for drawback in &choice.drawbacks {
            self.why
                .append(&fact::point("dialog-warning-symbolic", "wait", drawback));
        }
        self.rc.set_text(choice.rc.trim_end());
        empty(&self.others);
        for (place, other) in choices.iter().enumerate().filter(|(n, _)| *n != chosen) {
            self.others.append(&self.other(place, other));
        }
    }

    fn other(&self, place: usize, choice: &Choice) -> gtk::Box {
        let line = gtk::Box::builder().spacing(6).build();
        let way = words::choice(&choice.candidate);
        let label = text(
            &fill(&gettext("Also possible: {way}"), &[("way", &way)]),
            "body",
        );
        label.set_hexpand(true);
        line.append(&label);
        let button = gtk::Button::builder()
            .label(gettext("Show"))
            .valign(gtk::Align::Center)
            .css_classes(["flat"])
            .name("probe-choose")
            .build();
        a11y::name_button(&button, &fill(&gettext("Show {way}"), &[("way", &way)]));
        let to = self.to.clone();
        button.connect_clicked(move |_| to.emit(Input::Choose(place)));
        line.append(&button);
        line
    }
}

fn headline(choice: &Choice) -> String {
    let text = match choice.candidate.security {
        Security::Tls => gettext("Use {protocol} on port {port} with TLS."),
        Security::StartTls => gettext("Use {protocol} on port {port} with STARTTLS."),
        Security::None => gettext("Only {protocol} on port {port} without encryption is left."),
    };
    let candidate = &choice.candidate;
    fill(
        &text,
        &[
            ("protocol", &words::protocol(candidate.protocol)),
            ("port", &candidate.port),
        ],
    )
}

fn text(words: &str, class: &str) -> gtk::Label {
    fact::verbatim(words, &[class])
}
