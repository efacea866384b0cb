//! What the cells of the result table say, and how they are ordered. Pure.

use std::cmp::Ordering;
use std::time::{Duration, SystemTime};

use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::report::{
    Certificate, Evidence, Outcome, Problem, Row, Software, StartTls, Tls,
};
use crate::engine::api::job::{Protocol, Security};
use crate::engine::api::report_text;
pub(super) use crate::engine::api::report_text::{service, way as choice};
use crate::engine::api::words;

/// The columns of the table, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // told by `ui.md` section 11
pub(super) enum Column {
    Port,
    Address,
    Service,
    Result,
    Time,
    Tls,
    Certificate,
    SignIn,
    Server,
}

impl Column {
    /// All of them.
    pub(super) const ALL: [Self; 9] = [
        Self::Port,
        Self::Service,
        Self::Result,
        Self::Time,
        Self::Tls,
        Self::Certificate,
        Self::SignIn,
        Self::Server,
        Self::Address,
    ];

    /// Names it in actions and tests.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Port => "port",
            Self::Address => "address",
            Self::Service => "service",
            Self::Result => "result",
            Self::Time => "time",
            Self::Tls => "tls",
            Self::Certificate => "certificate",
            Self::SignIn => "sign-in",
            Self::Server => "server",
        }
    }

    /// Its heading.
    pub(super) fn title(self) -> String {
        match self {
            Self::Port => gettext("Port"),
            Self::Address => gettext("Address"),
            Self::Service => gettext("Service"),
            Self::Result => gettext("Result"),
            Self::Time => gettext("Time"),
            Self::Tls => gettext("TLS"),
            Self::Certificate => gettext("Certificate"),
            Self::SignIn => gettext("Sign-in"),
            Self::Server => gettext("Server"),
        }
    }

    /// What it says of `row`; empty if there is nothing to say.
    pub(super) fn text(self, row: &Row) -> String {
        match self {
            Self::Port => row.port.to_string(),
            Self::Address => row.address.map(|a| a.to_string()).unwrap_or_default(),
            Self::Service => service(row.service),
            Self::Result => result(&row.outcome),
            Self::Time => time(row),
            Self::Tls => tls(row),
            Self::Certificate => certificate(row.tls.as_ref()),
            Self::SignIn => sign_in(row),
            Self::Server => row.software.as_ref().map(software).unwrap_or_default(),
        }
    }

    /// How two rows stand to each other in it.
    pub(super) fn compare(self, a: &Row, b: &Row) -> Ordering {
        let order = match self {
            Self::Port => Ordering::Equal,
            Self::Address => a.address.cmp(&b.address),
            Self::Result => rank(&a.outcome).cmp(&rank(&b.outcome)),
            Self::Time => total(a).cmp(&total(b)),
            _ => self.text(a).cmp(&self.text(b)),
        };
        order
            .then(a.port.cmp(&b.port))
            .then(a.address.cmp(&b.address))
    }
}

/// How an attempt ended, in few words.
pub(super) fn result(outcome: &Outcome) -> String {
    report_text::outcome(outcome).0
}

/// Icon and style class of a result; shapes differ, colour only adds.
pub(super) fn look(outcome: &Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Waiting | Outcome::Working => ("content-loading-symbolic", "quiet"),
        Outcome::Answered => ("emblem-ok-symbolic", "well"),
        Outcome::Refused => ("action-unavailable-symbolic", "quiet"),
        Outcome::TimedOut => ("document-open-recent-symbolic", "wait"),
        Outcome::NotThis(_) => ("dialog-question-symbolic", "wait"),
        Outcome::TlsFailed(_) => ("channel-insecure-symbolic", "wait"),
        Outcome::Failed(_) => ("network-offline-symbolic", "wait"),
        Outcome::Stopped => ("media-playback-stop-symbolic", "quiet"),
    }
}

fn rank(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Answered => 0,
        Outcome::TlsFailed(_) => 1,
        Outcome::NotThis(_) => 2,
        Outcome::TimedOut => 3,
        Outcome::Refused => 4,
        Outcome::Failed(_) => 5,
        Outcome::Stopped => 6,
        Outcome::Working => 7,
        Outcome::Waiting => 8,
    }
}

/// `43 ms`.
pub(super) fn millis(time: Duration) -> String {
    fill(&gettext("{n} ms"), &[("n", &time.as_millis())])
}

fn time(row: &Row) -> String {
    match (row.times.connect, row.times.tls) {
        (Some(connect), Some(tls)) => fill(
            &gettext("{connect}, TLS {tls}"),
            &[("connect", &millis(connect)), ("tls", &millis(tls))],
        ),
        (Some(connect), None) => millis(connect),
        (None, _) => String::new(),
    }
}

fn total(row: &Row) -> (bool, Duration) {
    let connect = row.times.connect;
    let all = connect.unwrap_or_default() + row.times.tls.unwrap_or_default();
    (connect.is_none(), all)
}

fn tls(row: &Row) -> String {
    if let Some(tls) = &row.tls {
        let line = format!("{}, {}", number(&tls.version), suite(&tls.cipher));
        return match row.starttls {
            Some(StartTls::Works) => fill(&gettext("{tls} after STARTTLS"), &[("tls", &line)]),
            _ => line,
        };
    }
    match &row.starttls {
        Some(StartTls::NotOffered) => gettext("none"),
        Some(StartTls::Refused(_)) => gettext("STARTTLS refused"),
        Some(StartTls::Failed(_)) => gettext("STARTTLS failed"),
        Some(StartTls::Injects) => gettext("STARTTLS is unsafe"),
        _ => String::new(),
    }
}

/// The part of a suite's name that says how the line is encrypted: `AES-256-GCM` of
/// `TLS13_AES_256_GCM_SHA384` and `TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384`.
fn suite(name: &str) -> String {
    let name = name.split_once("_WITH_").map_or(name, |(_, rest)| rest);
    let name = name.strip_prefix("TLS13_").unwrap_or(name);
    let name = match name.rsplit_once('_') {
        Some((front, hash)) if hash.starts_with("SHA") => front,
        _ => name,
    };
    name.replace('_', "-")
}

/// `1.3` of `TLS 1.3`.
fn number(version: &str) -> &str {
    version.strip_prefix("TLS ").unwrap_or(version)
}

fn certificate(tls: Option<&Tls>) -> String {
    let Some(tls) = tls else { return String::new() };
    if let Some(problem) = &tls.shown.problem {
        return problem_briefly(problem);
    }
    let leaf = tls.shown.chain.first();
    match leaf.and_then(|leaf| leaf.until) {
        Some(until) => fill(&gettext("until {date}"), &[("date", &date(until))]),
        None => gettext("valid"),
    }
}

/// What is wrong with a certificate, in few words.
pub(super) fn problem_briefly(problem: &Problem) -> String {
    match problem {
        Problem::UnknownIssuer(_) => gettext("issuer not trusted"),
        Problem::SelfSigned => gettext("issued by itself"),
        Problem::WrongName { .. } => gettext("for another server"),
        Problem::Expired(_) => gettext("expired"),
        Problem::NotYetValid(_) => gettext("not valid yet"),
        Problem::Weak(_) => gettext("too weak"),
        Problem::Purpose => gettext("not made for servers"),
        Problem::NotPinned => gettext("not the one expected"),
        Problem::Other(_) => gettext("not accepted"),
    }
}

fn sign_in(row: &Row) -> String {
    let mut names = row.mechanisms.clone();
    if row.apop.as_ref().is_some_and(|apop| apop.is_valid)
        && !names.iter().any(|name| name.eq_ignore_ascii_case("APOP"))
    {
        names.push("APOP".to_owned());
    }
    if row.needs_tls {
        names.push(gettext("no password without TLS"));
    }
    names.join(", ")
}

/// Name and version of a server's program and how it is known.
pub(super) fn software(software: &Software) -> String {
    let name = match &software.version {
        Some(version) => format!("{} {version}", software.name),
        None => software.name.clone(),
    };
    let text = match software.by {
        Evidence::Said => gettext("{name} (it says so)"),
        Evidence::Greeting => gettext("{name} (by its greeting)"),
        Evidence::Capabilities => gettext("{name} (by what it can do)"),
    };
    fill(&text, &[("name", &name)])
}

/// A day, alike in all languages.
pub(super) fn date(at: SystemTime) -> String {
    let text = words::clock(at, SystemTime::UNIX_EPOCH);
    match text.split_once(' ') {
        Some((day, _)) => day.to_owned(),
        None => "1970-01-01".to_owned(),
    }
}

/// `IMAP`, `POP3`.
pub(super) fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Imap => "IMAP",
        Protocol::Pop3 => "POP3",
    }
}

/// `port 993 with TLS`, to stand inside a sentence.
pub(super) fn way(port: u16, security: Security) -> String {
    let text = match security {
        Security::Tls => gettext("port {port} with TLS"),
        Security::StartTls => gettext("port {port} with STARTTLS"),
        Security::None => gettext("port {port} without TLS"),
    };
    fill(&text, &[("port", &port)])
}

/// The names of a certificate in one line; the rest of very many is counted.
pub(super) fn names(certificate: &Certificate) -> String {
    const MOST: usize = 6;
    let shown = certificate.names.iter().take(MOST).map(String::as_str);
    let line = shown.collect::<Vec<_>>().join(", ");
    match certificate.names.len().saturating_sub(MOST) {
        0 => line,
        rest => fill(
            &gettext("{names} and {n} more"),
            &[("names", &line), ("n", &rest)],
        ),
    }
}

#[cfg(test)]
mod tests;
