//! Lines above the file: that it is not one's own, that there is a draft of it; and what is shown
//! where there is no file.

use std::path::Path;
use std::time::SystemTime;

use adw::prelude::*;
use gtk::pango;

use super::super::super::{a11y, fact};
use super::super::Input;
use super::{Deed, Purpose};
use crate::base::i18n::{fill, gettext};
use crate::base::text::{QUIET_MAX, quiet};
use crate::engine::api::words;

/// The lines.
pub(super) struct Notices {
    /// To be put above everything.
    pub root: gtk::Box,
    other: Line,
    draft: Line,
    open: gtk::Button,
}

/// A sentence with buttons behind it, or below where there is no room.
struct Line {
    root: gtk::Box,
    text: gtk::Label,
    buttons: gtk::Box,
}

impl Notices {
    /// None is seen.
    pub(super) fn new(to: &relm4::Sender<Input>) -> Self {
        let other = Line::new("document-open-symbolic", "editor-other");
        let own = other.button(&gettext("My Own File"), "file-own");
        let on = to.clone();
        own.connect_clicked(move |_| on.emit(Input::OpenOwn));
        let draft = Line::new("document-edit-symbolic", "editor-draft");
        let open = draft.button(&gettext("Open Draft"), "draft-open");
        let on = to.clone();
        open.connect_clicked(move |_| on.emit(Input::File(Deed::OpenDraft)));
        let drop = draft.button(&gettext("Discard Draft"), "draft-discard");
        let on = to.clone();
        drop.connect_clicked(move |_| on.emit(Input::File(Deed::AskDrop)));
        let root = gtk::Box::new(gtk::Orientation::Vertical, 0);
        root.append(&other.root);
        root.append(&draft.root);
        Self {
            root,
            other,
            draft,
            open,
        }
    }

    /// Which other file is edited, when the draft was written, and whether its text is open.
    pub(super) fn show(&self, other: Option<&Path>, draft: Option<SystemTime>, is_open: bool) {
        self.other.root.set_visible(other.is_some());
        if let Some(path) = other {
            let path = quiet(path.as_os_str().as_encoded_bytes(), QUIET_MAX);
            let text = gettext("{path} is open. Mail is not checked by this file here.");
            self.other.say(&fill(&text, &[("path", &path)]));
        }
        self.draft.root.set_visible(draft.is_some());
        if let Some(written) = draft {
            let date = words::clock(written, SystemTime::now());
            let text = match is_open {
                true => gettext("The draft from {date} is open"),
                false => gettext("There is a draft from {date}"),
            };
            self.draft.say(&fill(&text, &[("date", &date)]));
            self.open.set_sensitive(!is_open);
        }
    }
}

impl Line {
    fn new(icon: &str, name: &str) -> Self {
        let text = fact::verbatim("", &[]);
        text.set_widget_name(name);
        text.set_width_chars(12);
        let icon = gtk::Image::builder()
            .icon_name(icon)
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build();
        let line = gtk::Box::builder().spacing(12).build();
        line.append(&icon);
        line.append(&text);
        let buttons = gtk::Box::builder()
            .spacing(6)
            .valign(gtk::Align::Center)
            .build();
        line.append(&buttons);
        line.set_margin_top(6);
        line.set_margin_bottom(6);
        line.set_margin_start(12);
        line.set_margin_end(12);
        let root = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .visible(false)
            .build();
        root.append(&line);
        root.append(&gtk::Separator::new(gtk::Orientation::Horizontal));
        Self {
            root,
            text,
            buttons,
        }
    }

    fn button(&self, label: &str, name: &str) -> gtk::Button {
        let button = gtk::Button::builder().label(label).name(name).build();
        if let Some(label) = button.child().and_downcast::<gtk::Label>() {
            label.set_wrap(true);
            label.set_wrap_mode(pango::WrapMode::Word);
            label.set_justify(gtk::Justification::Center);
        }
        self.buttons.append(&button);
        button
    }

    fn say(&self, text: &str) {
        if self.text.text() != text {
            self.text.set_text(text);
        }
    }
}

/// What is shown where there is no file.
pub(super) fn empty(to: &relm4::Sender<Input>) -> adw::StatusPage {
    let buttons = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(9)
        .halign(gtk::Align::Center)
        .build();
    let create = a11y::mnemonic_button(&gettext("_Create File"));
    create.set_widget_name("file-create");
    create.set_css_classes(&["text-button", "pill", "suggested-action"]);
    let on = to.clone();
    create.connect_clicked(move |_| on.emit(Input::File(Deed::Create)));
    buttons.append(&create);
    let set_up = a11y::mnemonic_button(&gettext("_Set Up an Account"));
    set_up.set_widget_name("file-set-up");
    set_up.set_css_classes(&["text-button", "pill"]);
    set_up.set_action_name(Some("win.set-up"));
    buttons.append(&set_up);
    let open = a11y::mnemonic_button(&gettext("_Open Another File…"));
    open.set_widget_name("file-open");
    open.set_css_classes(&["text-button", "pill", "flat"]);
    let on = to.clone();
    open.connect_clicked(move |_| on.emit(Input::File(Deed::Choose(Purpose::Open))));
    buttons.append(&open);
    fact::wrap_buttons(&buttons);
    adw::StatusPage::builder()
        .icon_name("document-edit-symbolic")
        .title(gettext("No Configuration File"))
        .description(gettext("Start with the wizard or an empty file."))
        .vexpand(true)
        .child(&buttons)
        .name("editor-none")
        .build()
}
