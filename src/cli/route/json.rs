//! The routing for programs. The form is documented in the manual, under ROUTE; fields are added,
//! never renamed.

use serde::Serialize;

use crate::engine::api::routing::{Alias, Found, Host, Routed, Rule, Source, Verdict};

#[derive(Serialize)]
struct Report {
    version: u32,
    accounts: Vec<Account>,
}

#[derive(Serialize)]
struct Account {
    label: String,
    user: String,
    ordinal: u32,
    source: &'static str,
    skipped: u32,
    recipients: Vec<Recipient>,
    last_resort: bool,
    deferred: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
    found: Vec<Address>,
}

/// The name here, and the address a listener is told.
#[derive(Serialize)]
struct Recipient {
    name: String,
    address: String,
}

#[derive(Serialize)]
struct Address {
    address: String,
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'static str>,
    /// The entry of `aka` or `localdomains` that matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<String>,
}

/// The whole report on one line.
pub fn report(routed: &[Routed]) -> String {
    let report = Report {
        version: 1,
        accounts: routed.iter().map(account).collect(),
    };
    // Only maps with odd keys fail, and there are none.
    serde_json::to_string(&report).unwrap_or_default()
}

fn account(routed: &Routed) -> Account {
    let routing = &routed.routing;
    let (source, skipped) = match routing.source {
        Source::SingleDrop => ("single-drop", 0),
        Source::Envelope { skipped } => ("envelope", skipped),
        Source::Received { skipped } => ("received", skipped),
        Source::Resent => ("resent", 0),
        Source::Addressees => ("addressees", 0),
        Source::Nowhere => ("nowhere", 0),
    };
    let both = routing.recipients.iter().zip(&routed.addresses);
    Account {
        label: routed.id.label.clone(),
        user: routed.id.user.clone(),
        ordinal: routed.id.ordinal,
        source,
        skipped,
        recipients: both
            .map(|(name, address)| Recipient {
                name: text(name),
                address: text(address),
            })
            .collect(),
        last_resort: routing.is_last_resort,
        deferred: routing.is_deferred,
        warning: routing.warning.as_deref().map(text),
        found: routing.found.iter().map(address).collect(),
    }
}

fn address(found: &Found) -> Address {
    let prefix = found.address.get(..found.prefix).filter(|p| !p.is_empty());
    let mut out = Address {
        address: text(&found.address),
        line: found.line,
        prefix: prefix.map(text),
        verdict: "goes",
        to: None,
        rule: None,
        host: None,
        entry: None,
    };
    let mut host = None;
    match &found.verdict {
        Verdict::Goes { to, by } => {
            out.to = Some(text(to));
            let (rule, by) = match by {
                Rule::WholeAddress => ("whole-address", None),
                Rule::LocalDomain(domain) => {
                    out.entry = Some(text(domain));
                    ("localdomain", None)
                }
                Rule::Name(by) => ("name", Some(by)),
                Rule::Pair(by) => ("pair", Some(by)),
                Rule::Wildcard(by) => ("wildcard", Some(by)),
            };
            out.rule = Some(rule);
            host = by;
        }
        Verdict::Elsewhere => out.verdict = "elsewhere",
        Verdict::Nobody(by) => {
            out.verdict = "nobody";
            host = Some(by);
        }
        Verdict::Bare => out.verdict = "bare",
        Verdict::Unsafe => out.verdict = "unsafe",
        Verdict::Open | Verdict::Unknown => out.verdict = "unknown",
    }
    out.host = host.map(|host| match host {
        Host::Server => "server",
        Host::Aka(aka) => {
            out.entry = Some(aka.clone());
            "aka"
        }
        Host::Dns(Alias::Canonical) => "dns-name",
        Host::Dns(Alias::Address) => "dns-address",
        Host::Dns(Alias::Exchanger) => "dns-mx",
    });
    out
}

/// What is not UTF-8 is shown as Latin-1, as everywhere.
fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}
