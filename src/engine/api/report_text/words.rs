//! The words of a report that table, text and window share.

use std::time::{Duration, SystemTime};

use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::report::{
    Evidence, Failure, Outcome, Report, Row, Service, Software, StartTls,
};
use crate::engine::api::job::{Candidate, Method, Protocol, Security};
use crate::probe::verdict::is_asked;

/// What is behind a port.
pub fn service(service: Service) -> String {
    match service {
        Service::Imaps => gettext("IMAP over TLS"),
        Service::Pop3s => gettext("POP3 over TLS"),
        Service::Imap => "IMAP".to_owned(),
        Service::Pop3 => "POP3".to_owned(),
        Service::Pop2 => "POP2".to_owned(),
        Service::Smtp => "SMTP".to_owned(),
        Service::Submission => gettext("SMTP submission"),
        Service::Odmr => "ODMR".to_owned(),
        Service::Unknown => gettext("unknown"),
    }
}

/// How an attempt ended, and the words that go with it.
pub fn outcome(outcome: &Outcome) -> (String, &str) {
    match outcome {
        Outcome::Waiting => (gettext("waiting"), ""),
        Outcome::Working => (gettext("under way"), ""),
        Outcome::Answered => (gettext("answered"), ""),
        Outcome::Refused => (gettext("refused"), ""),
        Outcome::TimedOut => (gettext("timed out"), ""),
        Outcome::NotThis(said) => (gettext("not this protocol"), said),
        Outcome::TlsFailed(why) => (gettext("TLS failed"), why),
        Outcome::Failed(why) => (gettext("failed"), why),
        Outcome::Stopped => (gettext("stopped"), ""),
    }
}

/// How the line is protected: `TLS 1.3`, `STARTTLS, TLS 1.3`, `none`.
pub fn protection(row: &Row) -> String {
    let version = row.tls.as_ref().map(|tls| tls.version.as_str());
    match (&row.starttls, version) {
        (Some(StartTls::Works), Some(version)) => format!("STARTTLS, {version}"),
        (Some(StartTls::Refused(_)), _) => gettext("STARTTLS is refused"),
        (Some(StartTls::Failed(_)), _) => gettext("STARTTLS fails"),
        (Some(StartTls::Injects), _) => gettext("STARTTLS is tampered with"),
        (Some(StartTls::NotOffered), _) => gettext("none"),
        (_, Some(version)) => version.to_owned(),
        (_, None) => String::new(),
    }
}

/// How a mailbox is reached: `IMAP on port 993 with TLS`.
pub fn way(candidate: &Candidate) -> String {
    let text = match candidate.security {
        Security::Tls => gettext("{protocol} on port {port} with TLS"),
        Security::StartTls => gettext("{protocol} on port {port} with STARTTLS"),
        Security::None => gettext("{protocol} on port {port} without encryption"),
    };
    let protocol = match candidate.protocol {
        Protocol::Imap => "IMAP",
        Protocol::Pop3 => "POP3",
    };
    fill(&text, &[("protocol", &protocol), ("port", &candidate.port)])
}

/// `Dovecot 2.3`, and by which word it is known.
pub(super) fn software(software: &Software) -> (String, String) {
    let name = match &software.version {
        Some(version) => format!("{} {version}", software.name),
        None => software.name.clone(),
    };
    let by = match software.by {
        Evidence::Said => gettext("it says so itself"),
        Evidence::Greeting => gettext("by its greeting"),
        Evidence::Capabilities => gettext("by what it can do"),
    };
    (name, by)
}

/// A way to sign in.
pub(super) fn method(method: Method) -> String {
    match method {
        Method::Password => gettext("password"),
        Method::Encrypted => gettext("encrypted password"),
        Method::Apop => "APOP".to_owned(),
        Method::Gssapi => "Kerberos".to_owned(),
        Method::Ntlm => "NTLM".to_owned(),
        Method::OAuth2 => gettext("the browser (OAuth 2.0)"),
        Method::Certificate => gettext("client certificate"),
        Method::AppPassword => gettext("app password"),
    }
}

/// What is to be said of the report as a whole: why there is nothing, or nothing to be used.
pub(super) fn verdict(report: &Report) -> Option<String> {
    let host: &[(&str, &dyn std::fmt::Display)] = &[("host", &report.host)];
    match &report.failure {
        Some(Failure::UnknownHost) => {
            let text = gettext("There is no server called {host}. Check the spelling.");
            return Some(fill(&text, host));
        }
        Some(Failure::Lookup(why)) => {
            let text = gettext("{host} cannot be looked up now: {why}. Try again later.");
            return Some(fill(&text, &[("host", &report.host), ("why", why)]));
        }
        Some(Failure::Offline) => {
            return Some(gettext(
                "This computer has no network. Connect it and try again.",
            ));
        }
        Some(Failure::Settings(sentence)) => return Some(sentence.clone()),
        None => {}
    }
    if report.is_blocked {
        return Some(gettext(
            "Several ports time out from here. This network may block mail ports.",
        ));
    }
    let is_refused = |row: &Row| row.outcome == Outcome::Refused;
    if !report.rows.is_empty() && report.rows.iter().all(is_refused) {
        let text = gettext("{host} has no mail service: every port refuses connections.");
        return Some(fill(&text, host));
    }
    if let Some(sentence) = asked(report).filter(|_| report.is_done) {
        return Some(sentence);
    }
    if report.choices.is_empty() && report.is_done {
        return Some(gettext("No mailbox can be fetched from there."));
    }
    None
}

/// Where SMTP was asked for: whether it sends waiting mail.
fn asked(report: &Report) -> Option<String> {
    let is_smtp = |row: &&Row| {
        matches!(
            row.service,
            Service::Smtp | Service::Submission | Service::Odmr
        ) && row.outcome == Outcome::Answered
    };
    let (yes, no): (Vec<&Row>, Vec<&Row>) = report
        .rows
        .iter()
        .filter(is_smtp)
        .partition(|row| is_asked(row));
    let ports = |rows: &[&Row]| {
        let mut ports: Vec<String> = rows.iter().map(|row| row.port.to_string()).collect();
        ports.dedup();
        ports.join(", ")
    };
    let text = match (yes.as_slice(), no.as_slice()) {
        ([], []) => return None,
        ([], no) => fill(
            &gettext("Port {ports}: waiting mail cannot be asked for there, ETRN is not offered."),
            &[("ports", &ports(no))],
        ),
        (yes, _) if yes.iter().all(|row| row.service == Service::Odmr) => fill(
            &gettext("Port {ports}: waiting mail of a domain can be asked for there with ATRN."),
            &[("ports", &ports(yes))],
        ),
        (yes, _) => fill(
            &gettext("Port {ports}: waiting mail of a domain can be asked for there with ETRN."),
            &[("ports", &ports(yes))],
        ),
    };
    Some(text)
}

/// `43 ms`, `2.1 s`
pub(super) fn duration(time: Duration) -> String {
    let ms = time.as_millis();
    match ms {
        0..1000 => format!("{ms} ms"),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

/// The same for everybody who reads it.
pub(super) fn moment(at: SystemTime, form: &str) -> String {
    match jiff::Timestamp::try_from(at) {
        Ok(at) => at.strftime(form).to_string(),
        Err(_) => "?".to_owned(),
    }
}

/// A day of the calendar.
pub(super) fn day(at: Option<SystemTime>) -> String {
    at.map_or_else(|| "?".to_owned(), |at| moment(at, "%Y-%m-%d"))
}
