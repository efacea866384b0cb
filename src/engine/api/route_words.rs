//! The reasons of a routing as sentences: for `postrider route`, and step by step for the tester.

use super::routing::{Alias, Found, Host, Routed, Routing, Rule, Source, Verdict};
use crate::base::i18n::{fill, gettext};
use crate::base::text::quiet;

/// Longest address or host shown.
pub const SHOWN: usize = 320;

/// Why an address leads where it leads.
pub fn address(found: &Found, routed: &Routed) -> String {
    let address = quiet(&found.address, SHOWN);
    let mut parts = vec![place(found, routed.routing.source)];
    parts.extend(prefix(found));
    parts.extend(verdict(found, routed));
    format!("{address}: {}", parts.join("; "))
}

/// What is taken off its start.
pub fn prefix(found: &Found) -> Option<String> {
    let prefix = found
        .address
        .get(..found.prefix)
        .filter(|p| !p.is_empty())?;
    let text = gettext("without the prefix “{prefix}” (qvirtual)");
    Some(fill(&text, &[("prefix", &quiet(prefix, SHOWN))]))
}

/// Where it was found.
pub fn place(found: &Found, source: Source) -> String {
    let text = match source {
        Source::Envelope { skipped: 0 } => gettext("line {line}, the header that envelope names"),
        Source::Envelope { .. } => {
            gettext("line {line}, the header that envelope names, {skipped} passed over")
        }
        Source::Received { skipped: 0 } => {
            gettext("line {line}, a Received line of the mail server")
        }
        Source::Received { .. } => {
            gettext("line {line}, a Received line of the mail server, {skipped} passed over")
        }
        Source::Resent => gettext("line {line}, a Resent header"),
        Source::Addressees | Source::SingleDrop | Source::Nowhere => {
            gettext("line {line}, written by the sender")
        }
    };
    let skipped = match source {
        Source::Envelope { skipped } | Source::Received { skipped } => skipped,
        _ => 0,
    };
    fill(&text, &[("line", &found.line), ("skipped", &skipped)])
}

/// What became of it: why its host counts, if it does, and which name it has here.
pub fn verdict(found: &Found, routed: &Routed) -> Vec<String> {
    match &found.verdict {
        Verdict::Goes { by, .. } => rule(by, found, routed),
        Verdict::Elsewhere => {
            let text = gettext("{host} is neither the mail server nor in localdomains");
            vec![fill(&text, &[("host", &host_of(found))])]
        }
        Verdict::Nobody(by) => {
            vec![host(by, found, routed), gettext("nobody here has the name")]
        }
        Verdict::Bare => vec![gettext("it has no host, so it is passed over")],
        Verdict::Unsafe => vec![gettext(
            "it could be taken for a command or a file, so it is passed over",
        )],
        Verdict::Open | Verdict::Unknown => {
            let text = gettext("the name server did not say whether {host} is the mail server");
            vec![fill(&text, &[("host", &host_of(found))])]
        }
    }
}

fn rule(rule: &Rule, found: &Found, routed: &Routed) -> Vec<String> {
    match rule {
        Rule::WholeAddress => vec![gettext("the whole address is a name of the list")],
        Rule::LocalDomain(domain) => {
            let text = gettext("{domain} is in localdomains, so the address is kept whole");
            vec![fill(&text, &[("domain", &quiet(domain, SHOWN))])]
        }
        Rule::Name(by) => vec![host(by, found, routed), gettext("the name is in the list")],
        Rule::Pair(by) => vec![host(by, found, routed), gettext("the list maps the name")],
        Rule::Wildcard(by) => {
            vec![host(by, found, routed), gettext("* takes every other name")]
        }
    }
}

fn host(by: &Host, found: &Found, routed: &Routed) -> String {
    let about: [(&str, &dyn std::fmt::Display); 2] =
        [("host", &host_of(found)), ("server", &routed.host)];
    match by {
        Host::Server => fill(&gettext("{host} is the mail server"), &about),
        Host::Aka(aka) => {
            let text = gettext("{host} is the mail server by aka {aka}");
            fill(&text, &[("host", &host_of(found)), ("aka", aka)])
        }
        Host::Dns(Alias::Canonical) => fill(&gettext("{host} is {server} by DNS"), &about),
        Host::Dns(Alias::Address) => fill(
            &gettext("{host} has an address of {server} (checkalias)"),
            &about,
        ),
        Host::Dns(Alias::Exchanger) => fill(
            &gettext("{server} takes mail for {host} by DNS (MX)"),
            &about,
        ),
    }
}

fn host_of(found: &Found) -> String {
    let host = found.address.rsplit(|byte| *byte == b'@').next();
    quiet(host.unwrap_or_default(), SHOWN)
}

/// Why the postmaster gets it, or nobody, or the only one there is.
pub fn nobody(routing: &Routing) -> String {
    match routing.source {
        _ if routing.is_deferred => gettext("it waits until the name server answers"),
        Source::SingleDrop => gettext("the only recipient of the account; no header is looked at"),
        _ if routing.recipients.is_empty() => {
            gettext("nobody is meant, and postmaster is empty: the message would be let go")
        }
        Source::Nowhere => gettext(
            "the last resort: the mail server does not say for whom it is, and To and Cc are not believed",
        ),
        _ if routing.found.is_empty() => gettext("the last resort: the header names nobody"),
        _ => gettext("the last resort: nobody matched"),
    }
}
