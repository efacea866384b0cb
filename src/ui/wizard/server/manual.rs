//! The server by hand, and "Test Server".

use std::cell::Cell;

use adw::prelude::*;

use super::super::methods::Methods;
use super::super::model::answers::{ProtocolWish, SecurityWish};
use super::super::model::check::port_hint;
use super::super::model::{Deed, Field, Input, Model, Pick};
use super::super::rows::{Meant, Sheet, button, combo, entry, fill_in, mark, put, status};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::job::report::{Failure, Outcome, Report};

/// The fields, shown while nothing found is chosen.
pub(super) struct Manual {
    filled: Cell<u64>,
    root: gtk::Box,
    protocol: adw::ComboRow,
    host: adw::EntryRow,
    security: adw::ComboRow,
    port: adw::EntryRow,
    user: adw::EntryRow,
    methods: Methods,
    host_error: gtk::Label,
    port_error: gtk::Label,
    port_hint: gtk::Label,
    user_error: gtk::Label,
    test: gtk::Button,
    spinner: gtk::Spinner,
    status: gtk::Label,
}

const PROTOCOLS: [ProtocolWish; 3] = [ProtocolWish::Detect, ProtocolWish::Imap, ProtocolWish::Pop3];
const SECURITIES: [SecurityWish; 4] = [
    SecurityWish::Tls,
    SecurityWish::StartTls,
    SecurityWish::Detect,
    SecurityWish::None,
];

impl Manual {
    /// Puts its widgets at the end of the page.
    pub(super) fn new(sheet: &Sheet, meant: &Meant) -> Self {
        let root = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(6)
            .name("manual")
            .build();
        sheet.column.append(&root);
        let group = adw::PreferencesGroup::new();
        crate::ui::a11y::name_rows(&group, &gettext("Server"));
        let words = [gettext("Detect"), "IMAP".to_owned(), "POP3".to_owned()];
        let protocol = combo(&gettext("Protocol"), "", "protocol", &words, meant, |n| {
            Pick::Protocol(PROTOCOLS.get(n as usize).copied().unwrap_or_default())
        });
        let host = entry(&gettext("Server"), "server", Field::Host, meant);
        let words = [
            gettext("Encrypted (TLS)"),
            gettext("Encrypted after start (STARTTLS)"),
            gettext("Detect"),
            gettext("None"),
        ];
        let security = combo(&gettext("Security"), "", "security", &words, meant, |n| {
            Pick::Security(SECURITIES.get(n as usize).copied().unwrap_or_default())
        });
        let port = entry(
            &gettext("Port (empty: the standard one)"),
            "port",
            Field::Port,
            meant,
        );
        port.set_input_purpose(gtk::InputPurpose::Digits);
        let user = entry(
            &gettext("User name (empty: the address)"),
            "user",
            Field::User,
            meant,
        );
        let methods = Methods::new("method", &gettext("Sign-in"), meant);
        for row in [
            protocol.upcast_ref::<gtk::Widget>(),
            host.upcast_ref(),
            security.upcast_ref(),
            port.upcast_ref(),
            user.upcast_ref(),
            methods.root.upcast_ref(),
        ] {
            group.add(row);
        }
        root.append(&group);
        let label = |class: &str, role, name: &str| {
            let label = gtk::Label::builder()
                .wrap(true)
                .xalign(0.0)
                .visible(false)
                .margin_start(12)
                .name(name)
                .css_classes(["caption", class])
                .accessible_role(role)
                .build();
            root.append(&label);
            label
        };
        let alert = gtk::AccessibleRole::Alert;
        let host_error = label("error", alert, "server-error");
        let port_error = label("error", alert, "port-error");
        let port_hint = label("wait", gtk::AccessibleRole::Status, "port-hint");
        let user_error = label("error", alert, "user-error");
        let below = gtk::Box::builder().spacing(10).margin_top(6).build();
        let test = button(
            &gettext("Test Server"),
            "test-server",
            Deed::TestServer,
            meant,
        );
        let spinner = gtk::Spinner::new();
        crate::ui::a11y::set_label(&spinner, &gettext("Asking the server"));
        let status = status("test-status");
        status.set_hexpand(true);
        for part in [
            test.upcast_ref::<gtk::Widget>(),
            spinner.upcast_ref(),
            status.upcast_ref(),
        ] {
            below.append(part);
        }
        root.append(&below);
        let to = meant.clone();
        let stop = gtk::EventControllerKey::new();
        stop.connect_key_pressed(move |_, key, _, _| {
            if key == gtk::gdk::Key::Escape {
                to(Input::Do(Deed::Stop));
            }
            gtk::glib::Propagation::Proceed
        });
        test.add_controller(stop);
        Self {
            filled: Cell::new(u64::MAX),
            root,
            protocol,
            host,
            security,
            port,
            user,
            methods,
            host_error,
            port_error,
            port_hint,
            user_error,
            test,
            spinner,
            status,
        }
    }

    /// Shows how things stand.
    pub(super) fn show(&self, model: &Model) {
        let answers = &model.answers;
        self.root.set_visible(answers.card.is_none());
        let index = |found: Option<usize>| found.unwrap_or_default() as u32;
        self.protocol.set_selected(index(
            PROTOCOLS.iter().position(|wish| *wish == answers.protocol),
        ));
        self.security.set_selected(index(
            SECURITIES.iter().position(|wish| *wish == answers.security),
        ));
        if self.filled.replace(model.filled) != model.filled {
            fill_in(&self.host, &answers.host);
            fill_in(&self.port, &answers.port);
            fill_in(&self.user, &answers.user);
        }
        // An account that is there has a page of its own for its sign-in.
        let is_new = model.editing.is_none();
        self.user.set_visible(is_new);
        self.methods.root.set_visible(is_new);
        self.methods.show(model);
        mark(
            &self.host,
            &self.host_error,
            model.error(Field::Host).as_deref(),
        );
        mark(
            &self.port,
            &self.port_error,
            model.error(Field::Port).as_deref(),
        );
        let error = model.error(Field::User).filter(|_| is_new);
        mark(&self.user, &self.user_error, error.as_deref());
        let hint = port_hint(model);
        self.port_hint.set_visible(hint.is_some());
        put(&self.port_hint, &hint.unwrap_or_default());
        let is_running = model.probe.is_running();
        self.spinner.set_visible(is_running);
        self.spinner.set_spinning(is_running);
        self.test.set_sensitive(!is_running);
        put(&self.status, &status_text(model));
    }

    /// Puts the cursor into a field.
    pub(super) fn focus(&self, field: Field) -> bool {
        match field {
            Field::Host => self.host.grab_focus(),
            Field::Port => self.port.grab_focus(),
            Field::User => self.user.grab_focus(),
            _ => false,
        }
    }
}

/// What asking the server has come to.
fn status_text(model: &Model) -> String {
    if model.probe.is_running() {
        return gettext("Asking the server…");
    }
    if model.probe_found_nothing() {
        return model
            .report
            .as_ref()
            .map_or_else(|| gettext("The server could not be asked."), nothing_found);
    }
    if model.was_detected() {
        return match model.answers.security() {
            Some(crate::engine::api::job::Security::None) => {
                gettext("Found by asking the server. It offers no encryption.")
            }
            _ => gettext("Found by asking the server."),
        };
    }
    String::new()
}

fn nothing_found(report: &Report) -> String {
    let host: &dyn std::fmt::Display = &report.host;
    match &report.failure {
        Some(Failure::UnknownHost) => {
            return fill(
                &gettext("There is no server called “{host}”. Check the spelling."),
                &[("host", host)],
            );
        }
        Some(Failure::Offline | Failure::Lookup(_)) => return gettext("You are offline."),
        Some(Failure::Settings(sentence)) => return sentence.clone(),
        None => {}
    }
    if report.is_blocked {
        return gettext(
            "Several mail ports time out from here. This network may block mail. Try another one.",
        );
    }
    let is_refused = report
        .rows
        .iter()
        .all(|row| row.outcome == Outcome::Refused);
    if is_refused && !report.rows.is_empty() {
        let text = ngettext(
            "“{host}” refuses connections on the port tried. Port or server may be different.",
            "“{host}” refuses connections on the {n} ports tried. Port or server may be different.",
            report.rows.len() as u64,
        );
        return fill(&text, &[("host", host), ("n", &report.rows.len())]);
    }
    fill(
        &gettext("“{host}” does not speak IMAP or POP3 there."),
        &[("host", host)],
    )
}
