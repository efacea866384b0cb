//! What must hold before a run starts (rcfile.md section 6), and what is worth saying.

use crate::base::i18n::gettext_noop;
use crate::rc::account::{Account, Auth, EnvelopeSource, Globals, Protocol, Target};
use crate::rc::diagnostic::{Diagnostic, Fix, note};
use crate::rc::document::Document;
use crate::rc::edit::Edit;
use crate::rc::option::words::{METHODS, auth_name, protocol_name};
use crate::rc::option::{Id, Support};
use crate::rc::resolve::site::Site;
use crate::rc::settings::interface::is_interface;
use crate::rc::settings::{Overrides, Value};

/// Collects findings about resolved accounts.
pub struct Check<'a> {
    document: &'a Document,
    knows_service: &'a dyn Fn(&str) -> bool,
    found: &'a mut Vec<Diagnostic>,
}

impl<'a> Check<'a> {
    /// Findings go to `found`.
    pub fn new(
        document: &'a Document,
        knows_service: &'a dyn Fn(&str) -> bool,
        found: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            document,
            knows_service,
            found,
        }
    }

    /// Options of the command line that have no effect.
    pub fn overrides(&mut self, overrides: &Overrides) {
        for setting in overrides.iter() {
            if setting.keyword.support == Support::Warns && !setting.value.is_off() {
                let text = gettext_noop("{option} has no effect in this version");
                let advice = Diagnostic::advice("no-effect", text, None);
                note(self.found, || advice.with("option", setting.keyword.name()));
            }
        }
    }

    /// There are more accounts than `most`.
    pub fn too_many(&mut self, most: usize) {
        let text = gettext_noop("There are more than {count} accounts in the file");
        let error = Diagnostic::error("too-many-accounts", text, None);
        note(self.found, || error.with("count", most.to_string()));
    }

    /// One account.
    pub fn account(&mut self, case: &Site, globals: &Globals, is_lmtp_without_port: bool) {
        let account = case.account;
        self.service(case);
        self.sign_in(case);
        if is_lmtp_without_port {
            let text =
                gettext_noop("LMTP to {account} needs a port other than 25 for every smtphost");
            self.error(case, "lmtp-port", text, &[Id::Lmtp]);
        }
        self.interface(case);
        self.multidrop(case);
        if account.is_active && globals.daemon > 0 && account.fetch_all && account.keep {
            let text = gettext_noop(
                "With fetchall and keep, every check of {account} fetches the same mail again",
            );
            let title = gettext_noop("Fetch new messages only");
            let fix = switched_off(case, Id::Fetchall).map(|edit| Fix::choice(title, vec![edit]));
            self.advice(case, "fetchall-keep", text, &[Id::Fetchall, Id::Keep], fix);
        }
    }

    fn service(&mut self, case: &Site) {
        let Some(service) = &case.account.service else {
            return;
        };
        let number: Option<i64> = service.trim_start().parse().ok();
        match number {
            None if service.is_empty() => {
                let text = gettext_noop("The service of {account} is empty");
                self.error(case, "service", text, &[Id::Service]);
            }
            None if !(self.knows_service)(service) => {
                let text = gettext_noop(
                    "This system does not know the service of {account}; write the port as a number",
                );
                self.error(case, "service", text, &[Id::Service]);
            }
            Some(port) if !(1..=65535).contains(&port) => {
                let text = gettext_noop("The port of {account} must be between 1 and 65535");
                self.error(case, "service", text, &[Id::Service, Id::Port]);
            }
            Some(port) if port >= 1024 && case.account.protocol == Protocol::Rpop => {
                let text = gettext_noop("RPOP needs a port below 1024 for {account}");
                self.error(case, "rpop-port", text, &[Id::Service, Id::Port, Id::Proto]);
            }
            _ => self.port_and_tls(case, service),
        }
    }

    fn port_and_tls(&mut self, case: &Site, service: &str) {
        let wants_tls = matches!(service, "993" | "995" | "imaps" | "pop3s");
        let wants_plain = matches!(service, "143" | "110" | "imap" | "imap2" | "pop3" | "pop-3");
        let (text, fix) = match case.account.tls.implicit {
            false if wants_tls => (
                gettext_noop("The port of {account} speaks TLS from the start, but ssl is not set"),
                ssl_set(case),
            ),
            true if wants_plain => (
                gettext_noop(
                    "The port of {account} does not speak TLS from the start, but ssl is set",
                ),
                encrypted_port(case, service),
            ),
            _ => return,
        };
        let ids = [Id::Service, Id::Port, Id::Ssl];
        self.advice(case, "ssl-port", text, &ids, fix);
    }

    fn sign_in(&mut self, case: &Site) {
        if case.account.auth == Auth::KerberosV4 {
            let text = gettext_noop("Kerberos 4, asked for by {account}, is not supported");
            self.error(case, "kerberos4", text, &[Id::Auth]);
        }
    }

    fn interface(&mut self, case: &Site) {
        let Some(interface) = &case.account.interface else {
            return;
        };
        if !is_interface(interface) {
            let text = gettext_noop(
                "The interface of {account} must be written NAME/ADDRESS or NAME/ADDRESS/MASK",
            );
            self.error(case, "interface", text, &[Id::Interface]);
        }
    }

    fn multidrop(&mut self, case: &Site) {
        let is_explicit = match &case.account.envelope {
            EnvelopeSource::Disabled => true,
            EnvelopeSource::Header { is_explicit, .. } => *is_explicit,
        };
        if case.account.is_multidrop() && !is_explicit {
            let text =
                gettext_noop("Without envelope, the recipients of mail from {account} are guessed");
            self.advice(case, "multidrop-envelope", text, &[Id::Is], None);
        }
    }

    fn error(&mut self, case: &Site, slug: &'static str, text: &'static str, ids: &[Id]) {
        let error = Diagnostic::error(slug, text, case.place(self.document, ids));
        note(self.found, || error.about(&case.account.id));
    }

    fn advice(
        &mut self,
        case: &Site,
        slug: &'static str,
        text: &'static str,
        ids: &[Id],
        fix: Option<Fix>,
    ) {
        let advice = Diagnostic::advice(slug, text, case.place(self.document, ids));
        note(self.found, || advice.about(&case.account.id).fixed(fix));
    }
}

/// Takes back a flag of a user: removes it where the user says it, says `no` where the defaults do.
pub fn switched_off(case: &Site, id: Id) -> Option<Edit> {
    let (_, at) = case.said(id)?;
    let own = case.user_at()?;
    let defaults = case.defaults.and_then(|defaults| defaults.users.first());
    let is_inherited = defaults.is_some_and(|user| user.find(id).is_some_and(|s| s.value.flag()));
    Some(match at == own && !is_inherited {
        true => Edit::Unset { at, id },
        false => Edit::Set {
            at: own,
            id,
            value: Value::Flag(false),
        },
    })
}

/// `ssl` for a port that speaks nothing else; somebody who says `no ssl` is asked first.
fn ssl_set(case: &Site) -> Option<Fix> {
    let (id, value) = (Id::Ssl, Value::Flag(true));
    let at = case.user_at()?;
    let fix = Fix::safe(gettext_noop("Set ssl"), vec![Edit::Set { at, id, value }]);
    let safe = case.said(id).is_none();
    Some(Fix { safe, ..fix })
}

/// The port with TLS from the start in the place of the one without, in the entry's own words.
fn encrypted_port(case: &Site, service: &str) -> Option<Fix> {
    let port = match service {
        "143" | "imap" | "imap2" => "993",
        _ => "995",
    };
    let at = case.server_at()?;
    let value = Value::Text(port.into());
    let id = Id::Service;
    let edits = vec![
        Edit::Unset { at, id: Id::Port },
        Edit::Set { at, id, value },
    ];
    let title = gettext_noop("Use the port with TLS, {port}");
    Some(Fix::choice(title, edits).with("port", port))
}

/// Values of supported options that this version cannot obey, as keyword and value.
pub fn unsupported_values(account: &Account) -> Vec<String> {
    let mut found = Vec::new();
    let (protocol, support) = protocol_name(account.protocol);
    if support == Support::Refuses {
        found.push(format!("proto {protocol}"));
    }
    let method = METHODS.iter().find(|method| method.auth == account.auth);
    if method.is_some_and(|method| method.support == Support::Refuses) {
        found.push(format!("auth {}", auth_name(account.auth)));
    }
    // An empty command succeeds and delivers nothing.
    if account.target == Target::Mda(Vec::new()) {
        found.push("mda".to_owned());
    }
    found
}
