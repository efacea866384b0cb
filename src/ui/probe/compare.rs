//! What has changed between two reports of a host, and how an account's settings stand to what
//! was found. Pure.

use super::words;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::ServerFacts;
use crate::engine::api::job::report::{Outcome, Report, Row, Service};

/// What is different now, one sentence each; empty if nothing is.
pub(super) fn changes(before: &Report, now: &Report) -> Vec<String> {
    let mut found = Vec::new();
    let values = |old: &str, new: &str, text: &str| fill(text, &[("old", &old), ("new", &new)]);
    let list = |report: &Report| {
        let mut all: Vec<String> = report.addresses.iter().map(ToString::to_string).collect();
        all.sort();
        all.join(", ")
    };
    if list(before) != list(now) {
        found.push(values(
            &or_none(list(before)),
            &or_none(list(now)),
            &gettext("Addresses: {old} before, {new} now."),
        ));
    }
    let best = |report: &Report| report.choices.first().map(|c| words::choice(&c.candidate));
    if now.is_done && best(before) != best(now) {
        found.push(values(
            &or_none(best(before).unwrap_or_default()),
            &or_none(best(now).unwrap_or_default()),
            &gettext("Recommended: {old} before, {new} now."),
        ));
    }
    for row in &now.rows {
        match before.rows.iter().find(|old| is_same(old, row)) {
            Some(old) => found.extend(row_changes(old, row)),
            None => found.push(fill(
                &gettext("{place}: not tried before, {result} now."),
                &[
                    ("place", &place(row)),
                    ("result", &words::result(&row.outcome)),
                ],
            )),
        }
    }
    let gone = |old: &&Row| !now.rows.iter().any(|row| is_same(old, row));
    for old in before.rows.iter().filter(gone) {
        found.push(fill(
            &gettext("{place}: {result} before, not tried now."),
            &[
                ("place", &place(old)),
                ("result", &words::result(&old.outcome)),
            ],
        ));
    }
    found
}

fn is_same(a: &Row, b: &Row) -> bool {
    a.port == b.port && a.address == b.address
}

/// Port and, where it is known, address.
fn place(row: &Row) -> String {
    match row.address {
        Some(address) => fill(
            &gettext("Port {port} of {address}"),
            &[("port", &row.port), ("address", &address)],
        ),
        None => fill(&gettext("Port {port}"), &[("port", &row.port)]),
    }
}

fn row_changes(before: &Row, now: &Row) -> Vec<String> {
    let is_settled = |row: &Row| !matches!(row.outcome, Outcome::Waiting | Outcome::Working);
    if !is_settled(before) || !is_settled(now) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut told = |what: String, old: String, new: String| {
        if old != new {
            let text = gettext("{place}, {what}: {old} before, {new} now.");
            let (old, new) = (or_none(old), or_none(new));
            found.push(fill(
                &text,
                &[
                    ("place", &place(now)),
                    ("what", &what),
                    ("old", &old),
                    ("new", &new),
                ],
            ));
        }
    };
    for column in [
        words::Column::Service,
        words::Column::Result,
        words::Column::Tls,
        words::Column::SignIn,
        words::Column::Server,
    ] {
        told(column.title(), column.text(before), column.text(now));
    }
    let leaf = |row: &Row| {
        let chain = row.tls.as_ref().map(|tls| &tls.shown.chain);
        let leaf = chain.and_then(|chain| chain.first());
        leaf.map(|c| c.sha256.clone()).unwrap_or_default()
    };
    if leaf(before) == leaf(now) {
        let column = words::Column::Certificate;
        told(column.title(), column.text(before), column.text(now));
    } else {
        told(gettext("Certificate"), leaf(before), leaf(now));
    }
    let list = |row: &Row| {
        let all = if row.after.is_empty() {
            &row.before
        } else {
            &row.after
        };
        let mut all: Vec<String> = all.iter().map(|c| c.word.clone()).collect();
        all.sort();
        all
    };
    let (old, new) = (list(before), list(now));
    let without = |all: &[String], other: &[String]| {
        let rest = all.iter().filter(|word| !other.contains(word));
        rest.cloned().collect::<Vec<_>>().join(", ")
    };
    let (gone, come) = (without(&old, &new), without(&new, &old));
    if !come.is_empty() {
        found.push(fill(
            &gettext("{place}: it can do {words} now."),
            &[("place", &place(now)), ("words", &come)],
        ));
    }
    if !gone.is_empty() {
        found.push(fill(
            &gettext("{place}: it can no longer do {words}."),
            &[("place", &place(now)), ("words", &gone)],
        ));
    }
    found
}

fn or_none(text: String) -> String {
    if text.is_empty() {
        gettext("nothing")
    } else {
        text
    }
}

/// How the settings of an account at this host stand to what was found; `None` where there is
/// nothing to be said.
pub(super) fn against(facts: &ServerFacts, report: &Report) -> Option<String> {
    // Where nothing answers at all, the settings are the least of it.
    let answers = report.rows.iter().any(|r| r.outcome == Outcome::Answered);
    if !facts.host.eq_ignore_ascii_case(&report.host) || !report.is_done || !answers {
        return None;
    }
    let (protocol, port, security) = (facts.protocol?, facts.port?, facts.security?);
    let now = words::way(port, security);
    let best = report.choices.first().map(|choice| &choice.candidate);
    let same = report.choices.iter().map(|choice| &choice.candidate);
    let better = same
        .filter(|c| c.protocol == protocol && !c.is_weak)
        .min_by_key(|c| c.security);
    let is_tried = |row: &&Row| row.port == port && row.service != Service::Unknown;
    let mut tried = report.rows.iter().filter(is_tried).peekable();
    let is_there = tried.peek().is_none()
        || tried.any(|row| matches!(row.outcome, Outcome::Answered | Outcome::Stopped));
    if !is_there {
        let text = match better.or(best) {
            Some(_) => gettext("Your file says {now}, where nothing answers; {new} is offered."),
            None => gettext("Your file says {now}, where nothing answers."),
        };
        let new = better.or(best).map(|c| words::way(c.port, c.security));
        return Some(fill(
            &text,
            &[("now", &now), ("new", &new.unwrap_or_default())],
        ));
    }
    let better = better?;
    let new = words::way(better.port, better.security);
    if better.port == port && better.security == security {
        return Some(gettext("Your file says the same."));
    }
    (better.security < security).then(|| {
        fill(
            &gettext("Your file says {now}; {new} is offered."),
            &[("now", &now), ("new", &new)],
        )
    })
}

#[cfg(test)]
mod tests;
