//! What a probe has found out: plain data, filled row by row while it runs. Texts of servers are
//! quiet already (`base::text::quiet`).

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use super::candidate::{Candidate, Method, Protocol};

pub use crate::net::certificate::{Certificate, Problem, Shown};

/// What is expected behind a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // their own names
pub enum Service {
    Imaps,
    Pop3s,
    Imap,
    Pop3,
    Pop2,
    Smtp,
    Submission,
    Odmr,
    /// Told by its greeting.
    Unknown,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Waits for its turn.
    Waiting,
    /// Under way.
    Working,
    /// It spoke the protocol.
    Answered,
    /// Nothing listens there.
    Refused,
    /// Silence.
    TimedOut,
    /// Something else listens there, or it hung up: what it said.
    NotThis(String),
    /// No TLS could be agreed on: a sentence. What was said in the clear is there all the same.
    TlsFailed(String),
    /// The network says no: the system's words.
    Failed(String),
    /// The person stopped it.
    Stopped,
}

/// STARTTLS and STLS, tried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartTls {
    /// TLS is on from the first byte.
    NotNeeded,
    /// Not offered.
    NotOffered,
    /// Offered, and it works.
    Works,
    /// Offered, but refused: the server's words.
    Refused(String),
    /// Agreed to, but the handshake failed: a sentence.
    Failed(String),
    /// Data in the clear came behind the agreement.
    Injects,
}

/// A TLS version and whether the server takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// `SSL 3.0` … `TLS 1.3`
    pub name: &'static str,
    /// `None`: not found out.
    pub is_taken: Option<bool>,
    /// Nobody should use it any more.
    pub is_weak: bool,
}

/// The protection that was agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// `TLS 1.3`
    pub version: String,
    /// Name of the cipher suite.
    pub cipher: String,
    /// Agreed by ALPN, if anything.
    pub alpn: Option<String>,
    /// Which versions the server takes.
    pub versions: Vec<Version>,
    /// Its certificates.
    pub shown: Shown,
}

/// The time stamp of an APOP greeting (RFC 1939 section 7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apop {
    /// As sent, with its angle brackets.
    pub stamp: String,
    /// It has the form of a message identifier, so APOP may be used (CVE-2007-1558).
    pub is_valid: bool,
}

/// What a capability means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capability {
    /// As listed.
    pub word: String,
    /// One phrase; empty if it is unknown.
    pub meaning: String,
}

/// Which program answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Software {
    /// `Dovecot`
    pub name: String,
    /// If it tells.
    pub version: Option<String>,
    /// By which word of the server.
    pub by: Evidence,
}

/// How the program is known; from the surest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// IMAP ID (RFC 2971) or IMPLEMENTATION of CAPA.
    Said,
    /// Its greeting.
    Greeting,
    /// What it can do.
    Capabilities,
}

/// Known trouble with servers of a kind (`data/servers.toml`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Whose.
    pub server: String,
    /// What is known and what can be done.
    pub text: String,
    /// The option that avoids it, as it stands in a file: `fetchall`; empty if none does.
    pub option: String,
    /// Where it is known from, with its year.
    pub reference: String,
    /// It is a real trouble, not a remark.
    pub is_warning: bool,
}

/// One line of what was said, with its time since the connection was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Since the begin.
    pub at: Duration,
    /// Whose.
    pub by: Speaker,
    /// Quiet, cut.
    pub text: String,
}

/// Who said a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// We.
    Client,
    /// They.
    Server,
    /// Nobody: something that happened (connected, TLS).
    Note,
}

/// How long the steps took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Until connected.
    pub connect: Option<Duration>,
    /// The handshake.
    pub tls: Option<Duration>,
    /// Until the greeting, from connected or protected.
    pub greeting: Option<Duration>,
    /// The whole attempt.
    pub all: Duration,
}

/// One port of one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// TCP port.
    pub port: u16,
    /// What is expected, or was found.
    pub service: Service,
    /// Which address; `None` with a plugin or before the name is looked up.
    pub address: Option<IpAddr>,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took.
    pub times: Times,
    /// The first line.
    pub greeting: String,
    /// Its APOP stamp.
    pub apop: Option<Apop>,
    /// What was listed in the clear.
    pub before: Vec<Capability>,
    /// What was listed inside TLS.
    pub after: Vec<Capability>,
    /// STARTTLS, tried.
    pub starttls: Option<StartTls>,
    /// Protection, if it came about.
    pub tls: Option<Tls>,
    /// Sign-in mechanisms offered at the end, by their own names.
    pub mechanisms: Vec<String>,
    /// The password must not be sent in the clear (LOGINDISABLED, or no USER before STLS).
    pub needs_tls: bool,
    /// Which program.
    pub software: Option<Software>,
    /// What is known of such servers.
    pub advice: Vec<Advice>,
    /// What was said.
    pub lines: Vec<Line>,
}

impl Row {
    /// Nothing has happened to it yet.
    pub fn new(port: u16, service: Service, address: Option<IpAddr>) -> Self {
        Self {
            port,
            service,
            address,
            outcome: Outcome::Waiting,
            times: Times::default(),
            greeting: String::new(),
            apop: None,
            before: Vec::new(),
            after: Vec::new(),
            starttls: None,
            tls: None,
            mechanisms: Vec::new(),
            needs_tls: false,
            software: None,
            advice: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// The protocol a mailbox could be fetched by here.
    pub fn protocol(&self) -> Option<Protocol> {
        match self.service {
            Service::Imap | Service::Imaps => Some(Protocol::Imap),
            Service::Pop3 | Service::Pop3s => Some(Protocol::Pop3),
            _ => None,
        }
    }
}

/// What to use, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Which way.
    pub candidate: Candidate,
    /// Best first: sentences.
    pub reasons: Vec<String>,
    /// What is not good about it: sentences.
    pub drawbacks: Vec<String>,
    /// An entry of an rc file that is complete but for `NAME`, in the place of the user's name; the
    /// password is left out.
    pub rc: String,
}

/// Why nothing could be probed at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No such name.
    UnknownHost,
    /// Names cannot be looked up now: the resolver's words.
    Lookup(String),
    /// There is no network.
    Offline,
    /// Settings that cannot be used (a file missing): a sentence.
    Settings(String),
}

/// The whole of it; complete when [`Report::is_done`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Whom.
    pub host: String,
    /// When it began.
    pub at: SystemTime,
    /// Addresses found, in the resolver's order.
    pub addresses: Vec<IpAddr>,
    /// The name the first address has in the DNS.
    pub reverse: Option<String>,
    /// Every port of every address, in the order of the plan.
    pub rows: Vec<Row>,
    /// Best first; empty if no mailbox can be fetched.
    pub choices: Vec<Choice>,
    /// Why there are no rows.
    pub failure: Option<Failure>,
    /// Several ports time out: this network may block mail ports.
    pub is_blocked: bool,
    /// Since the begin.
    pub took: Duration,
    /// Nothing follows.
    pub is_done: bool,
}

impl Report {
    /// The ways to sign in that a mechanism list means, best first.
    pub fn methods(row: &Row) -> Vec<Method> {
        let mut found: Vec<Method> = row.mechanisms.iter().filter_map(|m| method(m)).collect();
        // A POP3 server without CAPA says nothing of passwords; RFC 1939 has USER and PASS.
        let is_silent = row.before.is_empty() && row.after.is_empty();
        if row.protocol() == Some(Protocol::Pop3) && is_silent {
            found.push(Method::Password);
        }
        if row.apop.as_ref().is_some_and(|apop| apop.is_valid) {
            found.push(Method::Apop);
        }
        found.sort();
        found.dedup();
        found
    }
}

fn method(mechanism: &str) -> Option<Method> {
    Some(match mechanism.to_ascii_uppercase().as_str() {
        "PLAIN" | "LOGIN" | "USER" | "X-PLAIN-SUBMIT" => Method::Password,
        "GSSAPI" | "GSS-SPNEGO" | "KERBEROS_V4" => Method::Gssapi,
        "NTLM" | "MSN" => Method::Ntlm,
        "XOAUTH2" | "OAUTHBEARER" => Method::OAuth2,
        "EXTERNAL" => Method::Certificate,
        "APOP" => Method::Apop,
        name if name.contains("MD5") || name.starts_with("SCRAM-") => Method::Encrypted,
        _ => return None,
    })
}
