//! One resolved server and user pair: what a poll works on. Complete: no field means "default".

use std::path::PathBuf;
use std::time::Duration;

use crate::base::Secret;
use crate::rc::local::Keys;

/// Names an account in commands and events: entry label, remote user, ordinal among equals
/// (contract, Account identity). Stable while the file does not change.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId {
    /// The poll name.
    pub label: String,
    /// The remote user, made printable.
    pub user: String,
    /// 0 for the first account of this label and user, 1 for the next.
    pub ordinal: u32,
}

impl std::fmt::Display for AccountId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.user, self.label)
    }
}

/// `proto` of the file. `Sdps` is POP3 with `*ENV`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the protocols' own names
pub enum Protocol {
    Auto,
    Pop2,
    Pop3,
    Sdps,
    Apop,
    Rpop,
    Kpop,
    Imap,
    Etrn,
    Odmr,
}

/// `auth` of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the methods' own names
pub enum Auth {
    Any,
    Password,
    KerberosV4,
    KerberosV5,
    Gssapi,
    CramMd5,
    Otp,
    Ntlm,
    Msn,
    Ssh,
    External,
    OauthBearer,
}

/// How the line is protected (`ssl`, `sslproto`, `sslcertck` and friends).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// `ssl`: TLS from the first byte.
    pub implicit: bool,
    /// `sslproto` as written, lower case; `None` if not said. `Some("")` means no STARTTLS.
    pub proto: Option<String>,
    /// `sslcertck`: a certificate that fails its check ends the attempt.
    pub check: bool,
    /// `sslcertfile`
    pub cert_file: Option<PathBuf>,
    /// `sslcertpath`
    pub cert_path: Option<PathBuf>,
    /// `sslcommonname`: the name wanted in the certificate in place of the host.
    pub common_name: Option<String>,
    /// `sslfingerprint` as written: MD5, SHA-1 or SHA-256 in colon hex, told apart by length.
    pub fingerprint: Option<String>,
    /// `pin_sha256` of `accounts.toml`: must fit in addition.
    pub pin_sha256: Option<[u8; 32]>,
    /// `sslkey`, client key.
    pub key: Option<PathBuf>,
    /// `sslcert`, client certificate.
    pub cert: Option<PathBuf>,
}

/// One local name of an `is`/`to` list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalName {
    /// Left side of `a=b`; the name itself if there is no map.
    pub remote: Vec<u8>,
    /// Whom it is delivered to.
    pub local: Vec<u8>,
    /// It was written `a=b`, be the sides equal or not: a dump shows the difference.
    pub is_pair: bool,
}

impl LocalName {
    /// A name without a map.
    pub fn plain(name: impl Into<Vec<u8>>) -> Self {
        let name = name.into();
        Self {
            remote: name.clone(),
            local: name,
            is_pair: false,
        }
    }
}

/// Where mail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `smtphost` list, tried in order: `host`, `host/port`, `/socket` (spoken to in LMTP).
    Smtp(Vec<String>),
    /// `lmtp` with its `smtphost` list.
    Lmtp(Vec<String>),
    /// `mda`: a shell command with `%T %F %s %h`.
    Mda(Vec<u8>),
    /// `bsmtp`: a file, `-` for standard output.
    Bsmtp(PathBuf),
}

/// What to do with a message whose header is malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadHeader {
    /// Do not deliver it.
    Reject,
    /// Deliver it as it is.
    Accept,
}

/// Where the envelope recipient is found in multidrop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvelopeSource {
    /// `no envelope`
    Disabled,
    /// `envelope [skip] header`; `is_explicit` is false for the built-in `Received`.
    Header {
        /// Header name as written.
        name: Vec<u8>,
        /// How many such headers to pass over.
        skip: u32,
        /// Whether the file says so.
        is_explicit: bool,
    },
}

/// A server entry and one of its users, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name in commands and events.
    pub id: AccountId,
    /// `poll` (true) or `skip`.
    pub is_active: bool,
    /// `via`, else the poll name: whom to connect to, and the host of `.fetchids` lines.
    pub host: String,
    /// Retrieval protocol.
    pub protocol: Protocol,
    /// `service`/`port` as written; `None` for the protocol's own port.
    pub service: Option<String>,
    /// Sign-in method.
    pub auth: Auth,
    /// Longest silence of the server.
    pub timeout: Duration,
    /// `interval`: query only every n-th cycle; 0 and 1 mean every one.
    pub interval: u32,
    /// Multidrop envelope header.
    pub envelope: EnvelopeSource,
    /// `qvirtual`
    pub qvirtual: Option<Vec<u8>>,
    /// `aka`
    pub aka: Vec<String>,
    /// `localdomains`
    pub local_domains: Vec<Vec<u8>>,
    /// `dns`
    pub dns: bool,
    /// `checkalias`
    pub check_alias: bool,
    /// `uidl`
    pub uidl: bool,
    /// `tracepolls`
    pub trace_polls: bool,
    /// `bad-header`
    pub bad_header: BadHeader,
    /// `plugin`, `plugout`
    pub plugin: Option<Vec<u8>>,
    /// `plugout`
    pub plugout: Option<Vec<u8>>,
    /// `interface`
    pub interface: Option<String>,
    /// `monitor`
    pub monitor: Option<String>,
    /// `esmtpname`
    pub esmtp_name: Option<Vec<u8>>,
    /// `esmtppassword`
    pub esmtp_password: Option<Secret>,

    /// Remote user name.
    pub user: Vec<u8>,
    /// `password` of the file; empty is a set password.
    pub password: Option<Secret>,
    /// Another account has this user at this host behind another port. `.fetchids` knows no ports:
    /// what it says of a POP3 UID may be meant for the other server's message.
    pub shares_uids: bool,
    /// `is`/`to`; never empty unless `wildcard`: the invoking user stands in.
    pub local_names: Vec<LocalName>,
    /// `*` among the local names.
    pub wildcard: bool,
    /// `folder` list; empty means the protocol's default mailbox.
    pub folders: Vec<Vec<u8>>,
    /// Delivery.
    pub target: Target,
    /// `smtpaddress`
    pub smtp_address: Option<String>,
    /// `smtpname`
    pub smtp_name: Option<Vec<u8>>,
    /// `antispam` reply codes; empty when switched off.
    pub antispam: Vec<i32>,
    /// `fetchdomains`
    pub fetch_domains: Vec<String>,
    /// `preconnect`
    pub preconnect: Option<Vec<u8>>,
    /// `postconnect`
    pub postconnect: Option<Vec<u8>>,
    /// `keep`
    pub keep: bool,
    /// `flush`
    pub flush: bool,
    /// `limitflush`
    pub limit_flush: bool,
    /// `fetchall`
    pub fetch_all: bool,
    /// `rewrite`
    pub rewrite: bool,
    /// `stripcr` (on by itself with `mda`)
    pub strip_cr: bool,
    /// `forcecr`
    pub force_cr: bool,
    /// `pass8bits`
    pub pass_8bits: bool,
    /// `dropstatus`
    pub drop_status: bool,
    /// `dropdelivered`
    pub drop_delivered: bool,
    /// `mimedecode`
    pub mime_decode: bool,
    /// `idle`
    pub idle: bool,
    /// Protection of the line.
    pub tls: Tls,
    /// `limit` in octets; `None` for none.
    pub limit: Option<u64>,
    /// `warnings` in seconds.
    pub warnings: u32,
    /// `fetchlimit`: most messages in a poll; `None` for none.
    pub fetch_limit: Option<u32>,
    /// `fetchsizelimit`
    pub fetch_size_limit: u32,
    /// `fastuidl`
    pub fast_uidl: u32,
    /// `batchlimit`: messages for one SMTP connection; `None` for none.
    pub batch_limit: Option<u32>,
    /// `expunge`: deletions between expunges; `None` if not said.
    pub expunge: Option<u32>,

    /// What `accounts.toml` says of it.
    pub local: Keys,
}

impl Account {
    /// The rc file has a SHA-256 fingerprint and `accounts.toml` another: no certificate fits both. An
    /// MD5 or SHA-1 one beside it is as the wizard writes it, for fetchmail reads no other.
    pub fn has_two_pins(&self) -> bool {
        let (Some(written), Some(pin)) = (&self.tls.fingerprint, &self.tls.pin_sha256) else {
            return false;
        };
        let octets: Vec<&str> = written.split(':').collect();
        let is_same = |(octet, pin): (&&str, &u8)| u8::from_str_radix(octet, 16) == Ok(*pin);
        octets.len() == pin.len() && !octets.iter().zip(pin).all(is_same)
    }

    /// More than one local name, or `*`: recipients are found in the headers.
    pub fn is_multidrop(&self) -> bool {
        self.wildcard || self.local_names.len() > 1
    }
}

/// The global settings (`set ...`), complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Globals {
    /// Seconds between cycles; 0 is a single run.
    pub daemon: u32,
    /// `logfile`
    pub logfile: Option<PathBuf>,
    /// `idfile`; `None` for the usual place.
    pub idfile: Option<PathBuf>,
    /// `pidfile`; `None` for the usual place.
    pub pidfile: Option<PathBuf>,
    /// `postmaster`; empty means discard.
    pub postmaster: Vec<u8>,
    /// `bouncemail`
    pub bounce_mail: bool,
    /// `spambounce`
    pub spam_bounce: bool,
    /// `softbounce`
    pub soft_bounce: bool,
    /// `syslog`
    pub syslog: bool,
    /// `invisible`
    pub invisible: bool,
    /// `showdots`
    pub show_dots: bool,
    /// `properties`
    pub properties: Option<Vec<u8>>,
}

impl Default for Tls {
    /// What holds when the file says nothing: STARTTLS, checked against the system's authorities.
    fn default() -> Self {
        Self {
            implicit: false,
            proto: None,
            check: true,
            cert_file: None,
            cert_path: None,
            common_name: None,
            fingerprint: None,
            pin_sha256: None,
            key: None,
            cert: None,
        }
    }
}

#[cfg(test)]
impl Globals {
    /// What holds when the file says nothing.
    pub(crate) fn example() -> Self {
        super::draft::built_in_globals(&super::resolve::Surroundings {
            invoking_user: "anna".into(),
            is_root: false,
            rc_dir: None,
            servers: Vec::new(),
            knows_service: None,
        })
    }
}

#[cfg(test)]
impl Account {
    /// An account for tests: POP3, user `remote`, delivered to `anna` by SMTP.
    pub(crate) fn example() -> Self {
        let id = AccountId {
            label: "work".into(),
            user: "remote".into(),
            ordinal: 0,
        };
        let built_in = super::draft::built_in(id, "mail.example.org".into(), b"remote".to_vec());
        Self {
            protocol: Protocol::Pop3,
            envelope: EnvelopeSource::Disabled,
            password: Some(Secret::new("secret")),
            local_names: vec![LocalName::plain("anna")],
            target: Target::Smtp(vec!["localhost".into()]),
            ..built_in
        }
    }
}
