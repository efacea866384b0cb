//! Everything a report knows about one port, in sections, for the pane beside the table and for
//! reports. Pure; section 11 of `ui.md` says what belongs here.

use super::words;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::report::{
    Advice, Capability, Line, Outcome, Report, Row, Shown, StartTls, Tls, Version,
};
use crate::engine::api::words as common;

/// A heading and what stands under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// Names it in tests, and where its widgets are reused.
    pub id: &'static str,
    /// The heading.
    pub title: String,
    /// At least one.
    pub items: Vec<Item>,
}

/// One thing that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A name and a value.
    Fact {
        /// What.
        title: String,
        /// How it is.
        value: String,
        /// It is a weakness or trouble.
        is_warning: bool,
    },
    /// The server's own words.
    Words {
        /// As it said them.
        text: String,
        /// A part to be seen: begin and end in octets.
        mark: Option<(usize, usize)>,
    },
    /// One word of a capability list.
    Capability {
        /// As listed.
        word: String,
        /// What it means; may be empty.
        meaning: String,
        /// What changed with TLS; may be empty.
        note: String,
    },
    /// What is known of such servers.
    Advice(Advice),
    /// The way to all certificates.
    Certificates(Box<Shown>),
    /// The dialogue.
    Said(Vec<Line>),
}

/// What is known about `row`.
pub(super) fn sections(report: &Report, row: &Row) -> Vec<Section> {
    let all = [
        ("answer", gettext("Answer"), answer(row)),
        ("tls", gettext("Encryption"), encryption(row)),
        ("certificate", gettext("Certificate"), certificate(row)),
        ("sign-in", gettext("Sign-in"), sign_in(row)),
        ("can", gettext("What It Can Do"), capabilities(row)),
        ("advice", gettext("Known Servers"), advice(row)),
        ("place", gettext("Address"), place(report, row)),
        ("said", gettext("Transcript"), said(row)),
    ];
    let full = all.into_iter().filter(|(_, _, items)| !items.is_empty());
    full.map(|(id, title, items)| Section { id, title, items })
        .collect()
}

fn fact(title: String, value: impl Into<String>) -> Item {
    Item::Fact {
        title,
        value: value.into(),
        is_warning: false,
    }
}

fn warning(title: String, value: impl Into<String>) -> Item {
    Item::Fact {
        title,
        value: value.into(),
        is_warning: true,
    }
}

fn answer(row: &Row) -> Vec<Item> {
    let mut items = Vec::new();
    let title = gettext("Result");
    items.push(match &row.outcome {
        Outcome::NotThis(words) if words.is_empty() => {
            warning(title, gettext("It hung up without a word."))
        }
        Outcome::NotThis(words) => {
            let text = gettext("It does not speak this protocol. It said: {words}");
            warning(title, fill(&text, &[("words", words)]))
        }
        Outcome::TlsFailed(sentence) => warning(title, sentence.clone()),
        Outcome::Failed(words) => {
            let text = gettext("It cannot be reached: {words}");
            warning(title, fill(&text, &[("words", words)]))
        }
        Outcome::Refused => fact(title, gettext("Nothing listens on this port.")),
        Outcome::TimedOut => fact(title, gettext("No answer came in time.")),
        outcome => fact(title, words::result(outcome)),
    });
    if !row.greeting.is_empty() {
        items.push(Item::Words {
            text: row.greeting.clone(),
            mark: stamp(row),
        });
    }
    if let Some(software) = &row.software {
        items.push(fact(gettext("Server"), words::software(software)));
    }
    let times = [
        (gettext("connected after {time}"), row.times.connect),
        (gettext("encrypted after {time}"), row.times.tls),
        (gettext("greeted after {time}"), row.times.greeting),
    ];
    let known = times.into_iter().filter_map(|(text, time)| {
        let time = words::millis(time?);
        Some(fill(&text, &[("time", &time)]))
    });
    let known: Vec<String> = known.collect();
    if !known.is_empty() {
        items.push(fact(gettext("Times"), known.join(", ")));
    }
    items
}

/// Where the APOP stamp stands in the greeting.
fn stamp(row: &Row) -> Option<(usize, usize)> {
    let stamp = &row.apop.as_ref()?.stamp;
    let begin = row.greeting.find(stamp.as_str())?;
    (!stamp.is_empty()).then_some((begin, begin + stamp.len()))
}

fn encryption(row: &Row) -> Vec<Item> {
    let mut items = Vec::new();
    if let Some(starttls) = &row.starttls {
        let title = gettext("TLS inside the conversation");
        match starttls {
            StartTls::NotNeeded => {}
            StartTls::Works => items.push(fact(title, gettext("Offered, and it works."))),
            StartTls::NotOffered => items.push(warning(
                title,
                gettext("Not offered. Everything including the password is sent readable."),
            )),
            StartTls::Refused(words) => {
                let text = gettext("Offered, but refused: {words}");
                items.push(warning(title, fill(&text, &[("words", words)])));
            }
            StartTls::Failed(sentence) => {
                let text = gettext("Offered, but it fails: {words}");
                items.push(warning(title, fill(&text, &[("words", sentence)])));
            }
            StartTls::Injects => items.push(warning(
                title,
                gettext(
                    "Readable data came behind the agreement. Somebody may be in the way; \
                     it must not be used.",
                ),
            )),
        }
    }
    if let Some(tls) = &row.tls {
        let agreed = format!("{}, {}", tls.version, tls.cipher);
        items.push(fact(gettext("Agreed"), agreed));
        if let Some(alpn) = &tls.alpn {
            items.push(fact(gettext("Agreed protocol (ALPN)"), alpn.clone()));
        }
        items.extend(versions(tls));
    }
    items
}

fn versions(tls: &Tls) -> Vec<Item> {
    let named = |is_so: fn(&Version) -> bool| {
        let found = tls.versions.iter().filter(|v| is_so(v)).map(|v| v.name);
        found.collect::<Vec<_>>().join(", ")
    };
    let mut items = Vec::new();
    let good = named(|v| v.is_taken == Some(true) && !v.is_weak);
    if !good.is_empty() {
        items.push(fact(gettext("Versions taken"), good));
    }
    let weak = named(|v| v.is_taken == Some(true) && v.is_weak);
    if !weak.is_empty() {
        let text = gettext("{versions}. A weakness of the server; Postrider does not use them.");
        items.push(warning(
            gettext("Old versions taken"),
            fill(&text, &[("versions", &weak)]),
        ));
    }
    let refused = named(|v| v.is_taken == Some(false));
    if !refused.is_empty() {
        items.push(fact(gettext("Versions refused"), refused));
    }
    items
}

fn certificate(row: &Row) -> Vec<Item> {
    let Some(tls) = &row.tls else {
        return Vec::new();
    };
    let mut items = Vec::new();
    if let Some(problem) = &tls.shown.problem {
        let (headline, text) = common::certificate(problem);
        items.push(warning(headline, text));
    }
    if let Some(leaf) = tls.shown.chain.first() {
        items.push(fact(gettext("Issued for"), words::names(leaf)));
        items.push(fact(gettext("Issued by"), leaf.issuer.clone()));
        if let Some(until) = leaf.until {
            items.push(fact(gettext("Valid until"), words::date(until)));
        }
        items.push(Item::Certificates(Box::new(tls.shown.clone())));
    }
    items
}

fn sign_in(row: &Row) -> Vec<Item> {
    let mut items = Vec::new();
    if !row.mechanisms.is_empty() {
        items.push(fact(gettext("Methods"), row.mechanisms.join(", ")));
    }
    if row.needs_tls {
        items.push(fact(
            gettext("Without TLS"),
            gettext("The server takes no password on a readable line."),
        ));
    }
    match &row.apop {
        Some(apop) if apop.is_valid => items.push(fact(
            gettext("APOP"),
            fill(
                &gettext("Offered with the stamp {stamp}"),
                &[("stamp", &apop.stamp)],
            ),
        )),
        Some(_) => items.push(warning(
            gettext("APOP"),
            gettext(
                "The stamp of the greeting is no message identifier. Answering it could give \
                 parts of the password away (CVE-2007-1558), so it is not used.",
            ),
        )),
        None => {}
    }
    items
}

fn capabilities(row: &Row) -> Vec<Item> {
    let has = |list: &[Capability], word: &str| list.iter().any(|c| c.word == word);
    let is_twice = !row.before.is_empty() && !row.after.is_empty();
    let item = |capability: &Capability, note: String| Item::Capability {
        word: capability.word.clone(),
        meaning: capability.meaning.clone(),
        note,
    };
    let first = if row.after.is_empty() {
        &row.before
    } else {
        &row.after
    };
    let mut items: Vec<Item> = first
        .iter()
        .map(|capability| {
            let is_new = is_twice && !has(&row.before, &capability.word);
            let note = is_new.then(|| gettext("only inside TLS"));
            item(capability, note.unwrap_or_default())
        })
        .collect();
    if is_twice {
        let gone = row.before.iter().filter(|c| !has(&row.after, &c.word));
        items.extend(gone.map(|capability| item(capability, gettext("only before TLS"))));
    }
    items
}

fn advice(row: &Row) -> Vec<Item> {
    if row.outcome != Outcome::Answered {
        return Vec::new();
    }
    if row.advice.is_empty() {
        return vec![fact(
            gettext("Advice"),
            gettext("Nothing special is known about this server."),
        )];
    }
    row.advice.iter().cloned().map(Item::Advice).collect()
}

fn place(report: &Report, row: &Row) -> Vec<Item> {
    let mut items = Vec::new();
    if let Some(address) = row.address {
        items.push(fact(gettext("This address"), address.to_string()));
    }
    let others: Vec<String> = report
        .addresses
        .iter()
        .filter(|address| Some(**address) != row.address)
        .map(ToString::to_string)
        .collect();
    if !others.is_empty() {
        items.push(fact(gettext("Other addresses"), others.join(", ")));
    }
    if let Some(name) = &report.reverse
        && report.addresses.first().copied() == row.address
    {
        items.push(fact(gettext("Name of the address"), name.clone()));
    }
    items
}

fn said(row: &Row) -> Vec<Item> {
    if row.lines.is_empty() {
        Vec::new()
    } else {
        vec![Item::Said(row.lines.clone())]
    }
}

/// One line of the dialogue: seconds, who, what.
pub(super) fn dialogue(line: &Line) -> String {
    use crate::engine::api::job::report::Speaker;
    let who = match line.by {
        Speaker::Client => "C:",
        Speaker::Server => "S:",
        Speaker::Note => "--",
    };
    format!("{:7.3} {who} {}", line.at.as_secs_f64(), line.text)
}

#[cfg(test)]
mod tests;
