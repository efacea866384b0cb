//! What is to be examined, and how: the server field with its button, and the options below it.

mod options;

use adw::prelude::*;
use gtk::pango;

use super::super::a11y;
use super::Input;
use super::input::{self, Target};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::Request;
use options::Options;

/// The widgets.
pub(super) struct Form {
    /// To be put above the results.
    pub root: gtk::Box,
    /// The host or address.
    pub entry: gtk::Entry,
    /// The probes of this session.
    pub past: gtk::MenuButton,
    go: gtk::Button,
    caption: gtk::Label,
    error: gtk::Label,
    more: gtk::ToggleButton,
    options: Options,
}

impl Form {
    /// An empty form that tells `to` what happens to it.
    pub(super) fn new(to: &relm4::Sender<Input>) -> Self {
        let entry = gtk::Entry::builder()
            .hexpand(true)
            .width_chars(8)
            .placeholder_text(gettext("Server or email address"))
            .input_purpose(gtk::InputPurpose::Email)
            .max_length(400)
            .name("server")
            .build();
        a11y::set_label(&entry, &gettext("Server or email address"));
        let go = gtk::Button::builder()
            .name("probe-go")
            .css_classes(["suggested-action"])
            .build();
        let past = gtk::MenuButton::builder()
            .icon_name("document-open-recent-symbolic")
            .name("probe-history")
            .build();
        a11y::name_button(&past, &gettext("Earlier Probes"));
        let more = gtk::ToggleButton::builder()
            .icon_name("emblem-system-symbolic")
            .name("probe-options")
            .build();
        a11y::name_button(&more, &gettext("Options"));
        let line = gtk::Box::builder().spacing(6).build();
        line.append(&entry);
        line.append(&go);
        line.append(&more);
        line.append(&past);
        let options = Options::new();
        let this = Self {
            root: gtk::Box::builder()
                .orientation(gtk::Orientation::Vertical)
                .spacing(6)
                .margin_top(12)
                .margin_bottom(6)
                .margin_start(12)
                .margin_end(12)
                .build(),
            entry,
            past,
            go,
            caption: label("quiet", gtk::AccessibleRole::Label, "probe-caption"),
            error: label("error", gtk::AccessibleRole::Alert, "probe-error"),
            more,
            options,
        };
        let clamp = adw::Clamp::builder()
            .maximum_size(1400)
            .tightening_threshold(1400)
            .child(&line)
            .build();
        this.root.append(&clamp);
        for text in [&this.error, &this.caption] {
            let clamp = adw::Clamp::builder()
                .maximum_size(1400)
                .tightening_threshold(1400)
                .child(text)
                .build();
            text.bind_property("visible", &clamp, "visible")
                .sync_create()
                .build();
            this.root.append(&clamp);
        }
        this.root.append(&this.options.root);
        this.connect(to);
        this.set_running(false);
        this.typed();
        this
    }

    fn connect(&self, to: &relm4::Sender<Input>) {
        let (start, typed, press) = (to.clone(), to.clone(), to.clone());
        self.entry
            .connect_activate(move |_| start.emit(Input::Start));
        self.entry
            .connect_changed(move |_| typed.emit(Input::Typed));
        self.go
            .connect_clicked(move |_| press.emit(Input::StartOrStop));
        let revealer = self.options.root.clone();
        self.more
            .connect_toggled(move |more| revealer.set_reveal_child(more.is_active()));
    }

    /// Puts the cursor into the field, with what is there selected.
    pub(super) fn focus(&self) {
        self.entry.grab_focus();
        self.entry.select_region(0, -1);
    }

    /// The text has changed: an error goes, and what would be sent is said.
    pub(super) fn typed(&self) {
        self.clear();
        let text = match input::target(&self.entry.text()) {
            Ok(Target::Domain(_)) if self.options.is_online() => gettext(
                "Sends only the part after @ to your provider and to the Thunderbird settings \
                 database. Never the password or the full address.",
            ),
            Ok(Target::Domain(_)) => {
                gettext("Asks only the name service, for the part after @. Nothing secret is sent.")
            }
            Ok(Target::Host {
                port: Some(port), ..
            }) => fill(
                &gettext("Only port {port} is examined. Nothing secret is sent."),
                &[("port", &port)],
            ),
            Ok(Target::Host { port: None, .. }) | Err(_) => gettext("Nothing secret is sent."),
        };
        self.caption.set_text(&text);
    }

    fn clear(&self) {
        self.error.set_visible(false);
        self.caption.set_visible(true);
        self.entry.remove_css_class("error");
        a11y::set_invalid(&self.entry, false);
        a11y::set_description(&self.entry, "");
        self.options.clear();
    }

    /// What the field says; says what is wrong with it, and goes there, if it cannot be used.
    pub(super) fn target(&self) -> Option<Target> {
        match input::target(&self.entry.text()) {
            Ok(target) => Some(target),
            Err(sentence) => {
                self.entry.add_css_class("error");
                a11y::set_invalid(&self.entry, true);
                self.say(&sentence, &self.entry);
                self.focus();
                None
            }
        }
    }

    /// What to ask of `host`, with the options as they are; as [`Form::target`] if they cannot
    /// be used.
    pub(super) fn request(&self, host: &str, port: Option<u16>) -> Option<Request> {
        match self.options.request(host, port) {
            Ok(request) => Some(request),
            Err((sentence, row)) => {
                self.more.set_active(true);
                self.say(&sentence, &row);
                row.grab_focus();
                None
            }
        }
    }

    fn say(&self, sentence: &str, at: &impl IsA<gtk::Widget>) {
        self.error.set_text(sentence);
        self.error.set_visible(true);
        self.caption.set_visible(false);
        a11y::set_description(at, sentence);
    }

    /// The button stops while something runs.
    pub(super) fn set_running(&self, is_running: bool) {
        if is_running {
            self.more.set_active(false);
            self.go.set_label(&gettext("Stop"));
            self.go.remove_css_class("suggested-action");
        } else {
            self.go.set_label(&gettext("Probe"));
            self.go.add_css_class("suggested-action");
        }
        self.entry.set_editable(!is_running);
        self.more.set_sensitive(!is_running);
    }

    /// Settings pages are asked about an address.
    pub(super) fn is_online(&self) -> bool {
        self.options.is_online()
    }

    /// Reports do without addresses of the local network.
    pub(super) fn hides_local(&self) -> bool {
        self.options.hides_local()
    }
}

fn label(class: &str, role: gtk::AccessibleRole, name: &str) -> gtk::Label {
    gtk::Label::builder()
        .wrap(true)
        .wrap_mode(pango::WrapMode::WordChar)
        .xalign(0.0)
        .css_classes([class, "caption"])
        .accessible_role(role)
        .name(name)
        .build()
}
