//! One row of the list of accounts.

use std::time::SystemTime;

use adw::prelude::*;

use super::super::{a11y, icons, lines};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::{AccountStatus, State, words};

/// The widgets of one row.
pub(super) struct Row {
    /// The row itself.
    pub root: gtk::Box,
    /// Check, or Stop while busy.
    pub button: gtk::Button,
    icon: gtk::Image,
    spinner: gtk::Spinner,
    title: gtk::Label,
    line: gtk::Label,
    progress: gtk::ProgressBar,
    new: gtk::Label,
}

impl Row {
    /// A row that shows nothing yet.
    pub(super) fn new() -> Self {
        let this = Self {
            root: gtk::Box::builder().spacing(12).build(),
            button: gtk::Button::builder()
                .valign(gtk::Align::Center)
                .css_classes(["flat", "circular"])
                .name("row-check")
                .build(),
            icon: lines::icon(),
            spinner: gtk::Spinner::new(),
            title: lines::label("heading"),
            line: lines::label("caption"),
            progress: gtk::ProgressBar::builder().margin_top(6).build(),
            new: gtk::Label::builder()
                .valign(gtk::Align::Center)
                .css_classes(["new", "numeric", "caption"])
                .build(),
        };
        this.line.add_css_class("figure");
        this.line.set_wrap(true);
        this.line.set_lines(2);
        a11y::set_label(&this.spinner, &gettext("Checking"));
        let texts = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .hexpand(true)
            .valign(gtk::Align::Center)
            .build();
        texts.append(&this.title);
        texts.append(&this.line);
        texts.append(&this.progress);
        this.root.append(&this.icon);
        this.root.append(&this.spinner);
        this.root.append(&texts);
        this.root.append(&this.new);
        this.root.append(&this.button);
        this
    }

    /// Shows `status` as of `now`.
    pub(super) fn show(&self, status: &AccountStatus, now: SystemTime) {
        let title = words::title(&status.id);
        set_text(&self.title, &title);
        self.title.set_tooltip_text(Some(&title));
        let line = words::status_line(status, now);
        set_text(&self.line, &line);
        show_state(&self.icon, &self.spinner, status);
        show_progress(&self.progress, status);
        self.new.set_visible(status.new > 0);
        set_text(&self.new, &status.new.to_string());
        self.new
            .set_tooltip_text(Some(&words::new_messages(status.new)));
        let mut said = vec![title.clone(), line];
        said.extend((status.new > 0).then(|| words::new_messages(status.new)));
        a11y::name_line(&self.root, &said.join(", "));
        let (icon, name) = if status.state.is_busy() {
            (
                "media-playback-stop-symbolic",
                gettext("Stop Checking {account}"),
            )
        } else {
            ("mail-send-receive-symbolic", gettext("Check {account}"))
        };
        self.button.set_icon_name(icon);
        a11y::name_button(&self.button, &fill(&name, &[("account", &title)]));
    }
}

/// Icon or spinner, whichever the state asks for.
pub(super) fn show_state(icon: &gtk::Image, spinner: &gtk::Spinner, status: &AccountStatus) {
    let still = icons::of_state(status);
    if let Some(look) = still {
        icons::put(icon, look);
    }
    icon.set_visible(still.is_some());
    spinner.set_visible(still.is_none());
    spinner.set_spinning(still.is_none());
}

/// A bar while messages are fetched and their number is known.
pub(super) fn show_progress(bar: &gtk::ProgressBar, status: &AccountStatus) {
    let progress = &status.progress;
    let is_fetching = status.state == State::Fetching && progress.of.is_some();
    bar.set_visible(is_fetching);
    if !is_fetching {
        return;
    }
    let by = |done: f64, of: f64| {
        if of > 0.0 {
            (done / of).clamp(0.0, 1.0)
        } else {
            1.0
        }
    };
    bar.set_fraction(match (progress.of_bytes, progress.of) {
        (Some(all), _) if all > 0 => by(progress.bytes as f64, all as f64),
        (_, Some(all)) => by(f64::from(progress.done), f64::from(all)),
        (_, None) => 0.0,
    });
    a11y::set_label(bar, &gettext("Messages fetched"));
    a11y::set_value_text(bar, &words::progress(progress));
}

/// Sets the text only if it differs, which spares a new layout ten times a second.
pub(super) fn set_text(label: &gtk::Label, text: &str) {
    if label.text() != text {
        label.set_text(text);
    }
}
