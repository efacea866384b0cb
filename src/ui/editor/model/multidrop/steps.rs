//! What became of a message, step by step, in words (`ui.md` section 10). Pure.

use crate::base::i18n::{fill, gettext, ngettext};
use crate::base::text::quiet;
use crate::engine::api::route_words as words;
use crate::engine::api::routing::{
    Alias, Found, Handover, Host, Routed, Routing, Rule, Source, Verdict,
};
use crate::rc::Account;
use crate::rc::account::{EnvelopeSource, Target};
use crate::rc::option::Id;

/// Most addresses that are explained.
const MOST: usize = 50;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// What it is about.
    pub title: String,
    /// What was decided, and why.
    pub text: String,
    /// The option that decides it.
    pub option: Option<Id>,
    /// The line of the header it is about, from 1.
    pub line: Option<u32>,
    /// It begins with an address; what follows is about that.
    pub is_address: bool,
}

/// Who gets the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chip {
    /// The name.
    pub text: String,
    /// Nobody was meant by the header.
    pub is_warning: bool,
}

/// What is shown of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Who gets it.
    pub chips: Vec<Chip>,
    /// How it came to that.
    pub steps: Vec<Step>,
    /// Lines of the header that were looked at.
    pub lines: Vec<u32>,
}

/// A result in words.
pub(crate) fn shown(routed: &Routed, account: &Account) -> Shown {
    let routing = &routed.routing;
    let mut steps = vec![source(routing, account)];
    for found in routing.found.iter().take(MOST) {
        of_address(found, routed, &mut steps);
    }
    if let Some(more) = routing.found.len().checked_sub(MOST).filter(|n| *n > 0) {
        let n = more as u64;
        let text = ngettext("{n} more address", "{n} more addresses", n);
        steps.push(step(&gettext("And"), fill(&text, &[("n", &n)]), None));
    }
    fallback(routing, &mut steps);
    steps.extend(handover(routed, account));
    if !routed.twice.is_empty() {
        let text = gettext(
            "{names}: the message before is the same by Message-ID, writer and date, so this one would be let go",
        );
        let text = fill(&text, &[("names", &listed(&routed.twice))]);
        steps.push(step(&gettext("Copy"), text, None));
    }
    let mut lines: Vec<u32> = routing.found.iter().map(|found| found.line).collect();
    lines.dedup();
    Shown {
        chips: chips(routing),
        steps,
        lines,
    }
}

/// Names in a row; nobody if there are none.
pub(crate) fn listed(names: &[Vec<u8>]) -> String {
    let shown: Vec<String> = names.iter().map(|name| shown_name(name)).collect();
    match shown.is_empty() {
        true => gettext("nobody"),
        false => shown.join(", "),
    }
}

fn shown_name(name: &[u8]) -> String {
    quiet(name, words::SHOWN)
}

fn step(title: &str, text: String, option: Option<Id>) -> Step {
    Step {
        title: title.to_owned(),
        text,
        option,
        line: None,
        is_address: false,
    }
}

fn chips(routing: &Routing) -> Vec<Chip> {
    let chip = |text: String| Chip {
        text,
        is_warning: routing.is_last_resort || routing.is_deferred || routing.recipients.is_empty(),
    };
    if routing.is_deferred {
        return vec![chip(gettext("Waits for DNS"))];
    }
    if routing.recipients.is_empty() {
        return vec![chip(gettext("Nobody"))];
    }
    let last = gettext("Last resort: {name}");
    let names = routing.recipients.iter().map(|name| shown_name(name));
    names
        .map(|name| match routing.is_last_resort {
            true => chip(fill(&last, &[("name", &name)])),
            false => chip(name),
        })
        .collect()
}

/// Where addresses were looked for.
fn source(routing: &Routing, account: &Account) -> Step {
    let line = routing.found.first().map(|found| found.line);
    let (name, skipped) = match &account.envelope {
        EnvelopeSource::Header { name, skip, .. } => (shown_name(name), *skip),
        EnvelopeSource::Disabled => (String::new(), 0),
    };
    let used = |text: &str| fill(text, &[("header", &name)]);
    let guessed = |headers: &str| {
        let text = match &account.envelope {
            EnvelopeSource::Disabled => gettext("{headers}, because of no envelope"),
            EnvelopeSource::Header { .. } if is_received(&name) => {
                gettext("{headers}, because no {header} line of the mail server names a recipient")
            }
            EnvelopeSource::Header { .. } if skipped > 0 => {
                gettext("{headers}, because there are not enough {header} lines")
            }
            EnvelopeSource::Header { .. } => gettext("{headers}, because {header} is not there"),
        };
        fill(&text, &[("headers", &headers), ("header", &name)])
    };
    let (text, option) = match routing.source {
        Source::SingleDrop => (
            gettext("None: the account has one recipient, so no header is looked at"),
            Id::Is,
        ),
        Source::Envelope { skipped } => (passed_over(used("{header}"), skipped), Id::Envelope),
        Source::Received { skipped } => {
            let text = gettext("Received, a line of the mail server");
            (passed_over(text, skipped), Id::Envelope)
        }
        Source::Resent => (guessed("Resent-To, Resent-Cc, Resent-Bcc"), Id::Envelope),
        Source::Addressees => (guessed("To, Cc, Bcc"), Id::Envelope),
        Source::Nowhere => (words::nobody(routing), Id::Envelope),
    };
    Step {
        line,
        ..step(&gettext("Header used"), text, Some(option))
    }
}

fn is_received(name: &str) -> bool {
    name.trim_end_matches(':').eq_ignore_ascii_case("Received")
}

fn passed_over(text: String, skipped: u32) -> String {
    if skipped == 0 {
        return text;
    }
    let more = ngettext(
        "{header}; {n} before it was passed over",
        "{header}; {n} before it were passed over",
        u64::from(skipped),
    );
    fill(&more, &[("header", &text), ("n", &skipped)])
}

/// An address, and why it leads where it leads.
fn of_address(found: &Found, routed: &Routed, steps: &mut Vec<Step>) {
    let text = match &found.verdict {
        Verdict::Goes { to, .. } => {
            let text = gettext("Line {line}: goes to {name}");
            fill(&text, &[("line", &found.line), ("name", &shown_name(to))])
        }
        Verdict::Open | Verdict::Unknown => fill(
            &gettext("Line {line}: not decided"),
            &[("line", &found.line)],
        ),
        _ => fill(
            &gettext("Line {line}: goes to nobody"),
            &[("line", &found.line)],
        ),
    };
    steps.push(Step {
        line: Some(found.line),
        is_address: true,
        ..step(&shown_name(&found.address), text, None)
    });
    let prefix = words::prefix(found);
    steps.extend(prefix.map(|text| step(&gettext("Prefix"), text, Some(Id::Qvirtual))));
    let options = decided_by(&found.verdict);
    let reasons = words::verdict(found, routed).into_iter().zip(options);
    steps.extend(reasons.map(|(text, (is_host, option))| {
        let title = match is_host {
            true => gettext("Host"),
            false => gettext("Name"),
        };
        step(&title, text, option)
    }));
}

/// For each reason of a verdict: whether it is about the host, and the option that decides it.
fn decided_by(verdict: &Verdict) -> Vec<(bool, Option<Id>)> {
    let name = (false, Some(Id::Is));
    match verdict {
        Verdict::Goes { by, .. } => match by {
            Rule::WholeAddress => vec![name],
            Rule::LocalDomain(_) => vec![(true, Some(Id::Localdomains))],
            Rule::Name(by) | Rule::Pair(by) | Rule::Wildcard(by) => {
                vec![(true, Some(host(by))), name]
            }
        },
        Verdict::Elsewhere => vec![(true, Some(Id::Aka))],
        Verdict::Nobody(by) => vec![(true, Some(host(by))), name],
        Verdict::Bare | Verdict::Unsafe => vec![(true, None)],
        Verdict::Open | Verdict::Unknown => vec![(true, Some(Id::Dns))],
    }
}

fn host(by: &Host) -> Id {
    match by {
        Host::Server => Id::Via,
        Host::Aka(_) => Id::Aka,
        Host::Dns(Alias::Canonical | Alias::Exchanger) => Id::Dns,
        Host::Dns(Alias::Address) => Id::Checkalias,
    }
}

/// Who gets it because nobody else does, and the line that tells them so.
fn fallback(routing: &Routing, steps: &mut Vec<Step>) {
    let is_nobody = routing.recipients.is_empty() || routing.is_last_resort;
    if routing.is_deferred || is_nobody && routing.source != Source::SingleDrop {
        let option = match routing.is_deferred {
            true => Id::Dns,
            false => Id::Postmaster,
        };
        let text = words::nobody(routing);
        steps.push(step(&gettext("In the end"), text, Some(option)));
    }
    if routing.warning.is_some() {
        let line = routing.warning_line();
        let line = quiet(&line, words::SHOWN);
        steps.push(step(&gettext("Header added"), line, None));
    }
}

fn handover(routed: &Routed, account: &Account) -> Option<Step> {
    let option = match account.target {
        Target::Smtp(_) | Target::Lmtp(_) => Id::Smtphost,
        Target::Mda(_) => Id::Mda,
        Target::Bsmtp(_) => Id::Bsmtp,
    };
    let text = match &routed.handover {
        Handover::Commands(commands) if commands.is_empty() => return None,
        Handover::Program(_) if routed.routing.recipients.is_empty() => return None,
        Handover::Commands(commands) => {
            let lines: Vec<String> = commands.iter().map(|line| shown_name(line)).collect();
            lines.join("\n")
        }
        Handover::Program(command) => shown_name(command),
        Handover::Unusable(command) => fill(
            &gettext(
                "{command}: a quote stands directly before a % expansion, so it cannot be used",
            ),
            &[("command", &shown_name(command))],
        ),
    };
    Some(step(&gettext("Handed over by"), text, Some(option)))
}

#[cfg(test)]
mod tests;
