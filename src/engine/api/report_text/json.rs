//! A report for programs. The form is documented in the manual; fields are added, never renamed.
//! Words are not translated, sentences are.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use crate::engine::api::job::report::{
    Advice, Capability, Certificate, Choice, Evidence, Failure, Line, Outcome, Problem, Report,
    Row, Service, Shown, Speaker, StartTls, Tls,
};
use crate::engine::api::job::{Method, Protocol, Security};
use crate::probe::verdict::{is_usable, of_certificate};

use super::words;

/// The whole report on one line.
pub(super) fn report(report: &Report) -> String {
    let mut out = object(json!({
        "version": 1,
        "host": report.host,
        "began": moment(Some(report.at)),
        "took_ms": ms(report.took),
        "done": report.is_done,
        "usable": is_usable(report),
        "blocked": report.is_blocked,
        "addresses": report.addresses.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "ports": report.rows.iter().map(row).collect::<Vec<_>>(),
        "choices": report.choices.iter().map(choice).collect::<Vec<_>>(),
    }));
    put(&mut out, "reverse", report.reverse.clone());
    put(&mut out, "failure", report.failure.as_ref().map(failure));
    let verdict = words::verdict(report);
    put(&mut out, "message", verdict);
    Value::Object(out).to_string()
}

/// The fields of a literal object.
fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// A field that is there only where it has a value.
fn put(out: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        out.insert(name.to_owned(), value.into());
    }
}

fn failure(failure: &Failure) -> &'static str {
    match failure {
        Failure::UnknownHost => "unknown-host",
        Failure::Lookup(_) => "lookup",
        Failure::Offline => "offline",
        Failure::Settings(_) => "settings",
    }
}

fn row(row: &Row) -> Value {
    let (outcome, message) = outcome(&row.outcome);
    let mut out = object(json!({
        "port": row.port,
        "service": service(row.service),
        "outcome": outcome,
        "took_ms": ms(row.times.all),
        "greeting": row.greeting,
        "capabilities_before_tls": row.before.iter().map(capability).collect::<Vec<_>>(),
        "capabilities_inside_tls": row.after.iter().map(capability).collect::<Vec<_>>(),
        "mechanisms": row.mechanisms,
        "needs_tls": row.needs_tls,
        "advice": row.advice.iter().map(advice).collect::<Vec<_>>(),
        "transcript": row.lines.iter().map(line).collect::<Vec<_>>(),
    }));
    put(
        &mut out,
        "address",
        row.address.map(|address| address.to_string()),
    );
    put(&mut out, "message", message);
    put(&mut out, "connect_ms", row.times.connect.map(ms));
    put(&mut out, "tls_ms", row.times.tls.map(ms));
    put(&mut out, "greeting_ms", row.times.greeting.map(ms));
    let apop = row.apop.as_ref();
    put(
        &mut out,
        "apop",
        apop.map(|apop| json!({"stamp": apop.stamp, "valid": apop.is_valid})),
    );
    if let Some((word, message)) = row.starttls.as_ref().map(starttls) {
        put(&mut out, "starttls", Some(word));
        put(&mut out, "starttls_message", message);
    }
    put(&mut out, "tls", row.tls.as_ref().map(tls));
    if let Some(software) = &row.software {
        let by = match software.by {
            Evidence::Said => "said",
            Evidence::Greeting => "greeting",
            Evidence::Capabilities => "capabilities",
        };
        let mut told = object(json!({"name": software.name, "by": by}));
        put(&mut told, "version", software.version.clone());
        put(&mut out, "software", Some(told));
    }
    Value::Object(out)
}

fn outcome(outcome: &Outcome) -> (&'static str, Option<String>) {
    let said = |text: &String| Some(text.clone());
    match outcome {
        Outcome::Waiting => ("waiting", None),
        Outcome::Working => ("working", None),
        Outcome::Answered => ("answered", None),
        Outcome::Refused => ("refused", None),
        Outcome::TimedOut => ("timed-out", None),
        Outcome::NotThis(text) => ("not-this", said(text)),
        Outcome::TlsFailed(text) => ("tls-failed", said(text)),
        Outcome::Failed(text) => ("failed", said(text)),
        Outcome::Stopped => ("stopped", None),
    }
}

fn service(service: Service) -> &'static str {
    match service {
        Service::Imaps => "imaps",
        Service::Pop3s => "pop3s",
        Service::Imap => "imap",
        Service::Pop3 => "pop3",
        Service::Pop2 => "pop2",
        Service::Smtp => "smtp",
        Service::Submission => "submission",
        Service::Odmr => "odmr",
        Service::Unknown => "unknown",
    }
}

fn starttls(starttls: &StartTls) -> (&'static str, Option<String>) {
    match starttls {
        StartTls::NotNeeded => ("not-needed", None),
        StartTls::NotOffered => ("not-offered", None),
        StartTls::Works => ("works", None),
        StartTls::Refused(words) => ("refused", Some(words.clone())),
        StartTls::Failed(why) => ("failed", Some(why.clone())),
        StartTls::Injects => ("injects", None),
    }
}

fn capability(one: &Capability) -> Value {
    json!({"word": one.word, "meaning": one.meaning})
}

fn advice(one: &Advice) -> Value {
    json!({
        "server": one.server,
        "text": one.text,
        "option": one.option,
        "reference": one.reference,
        "warning": one.is_warning,
    })
}

fn line(line: &Line) -> Value {
    let by = match line.by {
        Speaker::Client => "client",
        Speaker::Server => "server",
        Speaker::Note => "note",
    };
    json!({"ms": ms(line.at), "by": by, "text": line.text})
}

fn tls(tls: &Tls) -> Value {
    let versions = tls.versions.iter();
    let versions =
        versions.map(|one| json!({"name": one.name, "taken": one.is_taken, "weak": one.is_weak}));
    let Shown {
        chain,
        problem,
        is_chain_trusted,
    } = &tls.shown;
    let mut out = object(json!({
        "version": tls.version,
        "cipher": tls.cipher,
        "versions": versions.collect::<Vec<_>>(),
        "certificates": chain.iter().map(certificate).collect::<Vec<_>>(),
        "chain_trusted": is_chain_trusted,
    }));
    put(&mut out, "alpn", tls.alpn.clone());
    let told = |problem| json!({"kind": kind(problem), "message": of_certificate(problem)});
    put(&mut out, "problem", problem.as_ref().map(told));
    Value::Object(out)
}

fn kind(problem: &Problem) -> &'static str {
    match problem {
        Problem::UnknownIssuer(_) => "unknown-issuer",
        Problem::SelfSigned => "self-signed",
        Problem::WrongName { .. } => "wrong-name",
        Problem::Expired(_) => "expired",
        Problem::NotYetValid(_) => "not-yet-valid",
        Problem::Weak(_) => "weak",
        Problem::Purpose => "purpose",
        Problem::NotPinned => "not-pinned",
        Problem::Other(_) => "other",
    }
}

fn certificate(one: &Certificate) -> Value {
    json!({
        "subject": one.subject,
        "issuer": one.issuer,
        "names": one.names,
        "from": moment(one.from),
        "until": moment(one.until),
        "key": one.key,
        "signature": one.signature,
        "sha256": one.sha256,
    })
}

fn choice(choice: &Choice) -> Value {
    let candidate = &choice.candidate;
    json!({
        "protocol": match candidate.protocol {
            Protocol::Imap => "imap",
            Protocol::Pop3 => "pop3",
        },
        "host": candidate.host,
        "port": candidate.port,
        "security": match candidate.security {
            Security::Tls => "tls",
            Security::StartTls => "starttls",
            Security::None => "none",
        },
        "methods": candidate.methods.iter().map(|one| method(*one)).collect::<Vec<_>>(),
        "weak": candidate.is_weak,
        "reasons": choice.reasons,
        "drawbacks": choice.drawbacks,
        "rc": choice.rc,
    })
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Password => "password",
        Method::Encrypted => "encrypted",
        Method::Apop => "apop",
        Method::Gssapi => "gssapi",
        Method::Ntlm => "ntlm",
        Method::OAuth2 => "oauth2",
        Method::Certificate => "certificate",
        Method::AppPassword => "app-password",
    }
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// RFC 3339, in UTC; nothing where it cannot be said.
fn moment(at: Option<SystemTime>) -> Option<String> {
    let at = jiff::Timestamp::try_from(at?).ok()?;
    Some(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
