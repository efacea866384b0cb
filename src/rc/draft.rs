//! An account while its layers are laid over each other: built-in values, `defaults`, the entry,
//! the command line. What several options decide together is settled at the end.

use std::path::PathBuf;

use crate::rc::account::{
    Account, AccountId, Auth, BadHeader, EnvelopeSource, Globals, LocalName, Protocol, Target, Tls,
};
use crate::rc::local::Keys;
use crate::rc::option::server::TIMEOUT;
use crate::rc::resolve::Surroundings;

/// An unfinished account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What is settled so far.
    pub account: Account,
    /// `smtphost`
    pub hosts: Vec<String>,
    /// `lmtp`
    pub is_lmtp: bool,
    /// `mda`
    pub mda: Option<Vec<u8>>,
    /// `bsmtp`
    pub bsmtp: Option<PathBuf>,
    /// `auth apop` of later releases.
    pub wants_apop: bool,
    /// `stripcr`, if said.
    pub strip_cr: Option<bool>,
}

impl Draft {
    /// The built-in values, for an entry of this name and this invoking user.
    pub fn new(label: &[u8], invoking_user: &str) -> Self {
        let label = String::from_utf8_lossy(label).into_owned();
        let id = AccountId {
            label: label.clone(),
            user: String::new(),
            ordinal: 0,
        };
        Self {
            account: built_in(id, label, invoking_user.as_bytes().to_vec()),
            hosts: Vec::new(),
            is_lmtp: false,
            mda: None,
            bsmtp: None,
            wants_apop: false,
            strip_cr: None,
        }
    }

    /// `lmtp` with a listener on the port of SMTP, which is other people's mail. Counts even where
    /// `mda` or `bsmtp` take the mail (6.4.37 refuses such a file).
    pub fn is_lmtp_without_port(&self) -> bool {
        let is_smtp_port = |host: &String| {
            !host.starts_with('/')
                && host
                    .split_once('/')
                    .is_none_or(|(_, port)| matches!(port, "" | "25" | "smtp"))
        };
        self.is_lmtp && (self.hosts.is_empty() || self.hosts.iter().any(is_smtp_port))
    }

    /// Settles what is left; `ordinal` is told by the caller.
    pub fn finish(self, invoking_user: &str) -> Account {
        let mut account = self.account;
        account.id.user = crate::base::text::quiet(&account.user, crate::base::text::QUIET_MAX);
        if self.wants_apop && matches!(account.protocol, Protocol::Pop3 | Protocol::Auto) {
            account.protocol = Protocol::Apop;
        }
        // With `*` alone the invoking user stands in, too (rcfile.md section 8, example 14).
        if account.local_names.is_empty() {
            account.local_names.push(LocalName::plain(invoking_user));
        }
        // Signing in to the listener needs both; checked with fetchmail 6.4.37.
        if account.esmtp_password.is_some() && account.esmtp_name.is_none() {
            account.esmtp_name = Some(invoking_user.as_bytes().to_vec());
        }
        account.strip_cr = self.strip_cr.unwrap_or(self.mda.is_some());
        let hosts = if self.hosts.is_empty() {
            vec!["localhost".to_owned()]
        } else {
            self.hosts
        };
        // bsmtp beats mda beats smtphost (engine.md, delivery).
        account.target = match (self.bsmtp, self.mda) {
            (Some(file), _) => Target::Bsmtp(file),
            (None, Some(command)) => Target::Mda(command),
            (None, None) if self.is_lmtp => Target::Lmtp(hosts),
            (None, None) => Target::Smtp(hosts),
        };
        account
    }
}

/// Global settings when nothing is said (rcfile.md section 4.1).
pub(super) fn built_in_globals(around: &Surroundings) -> Globals {
    let postmaster = if around.is_root {
        "postmaster"
    } else {
        &around.invoking_user
    };
    Globals {
        daemon: 0,
        logfile: None,
        idfile: None,
        pidfile: None,
        postmaster: postmaster.as_bytes().to_vec(),
        bounce_mail: true,
        spam_bounce: false,
        soft_bounce: true,
        syslog: false,
        invisible: false,
        show_dots: false,
        properties: None,
    }
}

/// rcfile.md section 4, column "Default".
pub(super) fn built_in(id: AccountId, host: String, user: Vec<u8>) -> Account {
    Account {
        id,
        is_active: true,
        host,
        protocol: Protocol::Auto,
        service: None,
        auth: Auth::Any,
        timeout: TIMEOUT,
        interval: 0,
        envelope: EnvelopeSource::Header {
            name: b"Received".to_vec(),
            skip: 0,
            is_explicit: false,
        },
        qvirtual: None,
        aka: Vec::new(),
        local_domains: Vec::new(),
        dns: true,
        check_alias: false,
        uidl: false,
        trace_polls: false,
        bad_header: BadHeader::Reject,
        plugin: None,
        plugout: None,
        interface: None,
        monitor: None,
        esmtp_name: None,
        esmtp_password: None,
        user,
        password: None,
        shares_uids: false,
        local_names: Vec::new(),
        wildcard: false,
        folders: Vec::new(),
        target: Target::Smtp(Vec::new()),
        smtp_address: None,
        smtp_name: None,
        antispam: Vec::new(),
        fetch_domains: Vec::new(),
        preconnect: None,
        postconnect: None,
        keep: false,
        flush: false,
        limit_flush: false,
        fetch_all: false,
        rewrite: true,
        strip_cr: false,
        force_cr: false,
        pass_8bits: false,
        drop_status: false,
        drop_delivered: false,
        mime_decode: false,
        idle: false,
        tls: Tls::default(),
        limit: None,
        warnings: 3600,
        fetch_limit: None,
        fetch_size_limit: 100,
        fast_uidl: 4,
        batch_limit: None,
        expunge: None,
        local: Keys::default(),
    }
}
