//! One sentence for each line of the activity log.

use std::fmt::Display;

use super::{clock, headline, messages, took};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::base::text;
use crate::engine::api::{Entry, Trouble, What, Why};

/// What happened, in one line, without time and account.
pub fn entry(entry: &Entry) -> String {
    match &entry.what {
        What::Started => gettext("Check started"),
        What::SignedIn { protected: true } => gettext("Signed in over an encrypted connection"),
        What::SignedIn { protected: false } => gettext("Signed in without encryption"),
        What::Found {
            folder,
            total,
            old,
            octets,
        } => found(folder.as_deref(), *total, *old, *octets),
        What::Delivered {
            from,
            subject,
            octets,
            number,
            deletes,
        } => delivered(from, subject, *octets, *number, *deletes),
        What::Left {
            octets,
            number,
            why,
        } => left(*octets, *number, why),
        What::LetGo {
            number,
            why,
            told,
            is_with_some,
        } => let_go(*number, why, told.as_deref(), *is_with_some),
        What::Held { count, next } => fill(
            &ngettext(
                "{n} message that was not taken waits on the server until {time}",
                "{n} messages that were not taken wait on the server, the first until {time}",
                u64::from(*count),
            ),
            &[("n", count), ("time", &clock(*next, entry.at))],
        ),
        What::Discarded { number, is_twice } => discarded(*number, *is_twice),
        What::Finished {
            count: 0, took: t, ..
        } => fill(
            &gettext("Check finished, nothing new ({time})"),
            &[("time", &took(*t))],
        ),
        What::Finished {
            count,
            bytes,
            took: t,
        } => fill(
            &ngettext(
                "Fetched {n} message ({size}, {time})",
                "Fetched {n} messages ({size}, {time})",
                u64::from(*count),
            ),
            &[
                ("n", count),
                ("size", &text::size(*bytes)),
                ("time", &took(*t)),
            ],
        ),
        What::Failed(trouble) => failed(trouble),
        What::Note(sentence) => sentence.clone(),
    }
}

/// Whether the filter *Problems* shows it.
pub fn is_problem(what: &What) -> bool {
    matches!(
        what,
        What::Failed(_) | What::Left { .. } | What::LetGo { .. } | What::Held { .. }
    )
}

fn found(folder: Option<&str>, total: u32, old: u32, octets: Option<u64>) -> String {
    let count = match (total, old) {
        (0, _) => gettext("The mailbox is empty"),
        (all, 0) => fill(
            &gettext("{messages} on the server"),
            &[("messages", &messages(all))],
        ),
        (all, old) => fill(
            &gettext("{messages} on the server, {old} of them old"),
            &[("messages", &messages(all)), ("old", &old)],
        ),
    };
    let sized = match octets {
        Some(octets) if total > 0 => format!("{count} ({})", text::size(octets)),
        _ => count,
    };
    match folder {
        Some(folder) => format!("{folder}: {sized}"),
        None => sized,
    }
}

fn delivered(from: &str, subject: &str, octets: u64, number: (u32, u32), deletes: bool) -> String {
    let pattern = match (from.is_empty(), deletes) {
        (false, false) => gettext("Delivered {n} of {all}: “{subject}” from {from} ({size})"),
        (false, true) => gettext(
            "Delivered {n} of {all}: “{subject}” from {from} ({size}), not kept on the server",
        ),
        (true, false) => gettext("Delivered {n} of {all}: “{subject}” ({size})"),
        (true, true) => {
            gettext("Delivered {n} of {all}: “{subject}” ({size}), not kept on the server")
        }
    };
    let none = gettext("no subject");
    let subject: &dyn Display = if subject.is_empty() { &none } else { &subject };
    fill(
        &pattern,
        &[
            ("n", &number.0),
            ("all", &number.1),
            ("subject", subject),
            ("from", &from),
            ("size", &text::size(octets)),
        ],
    )
}

fn discarded((n, all): (u32, u32), is_twice: bool) -> String {
    let text = match is_twice {
        true => gettext("{n} of {all} is a copy of a message that was delivered and was let go"),
        false => gettext("{n} of {all} is for nobody here and was let go (postmaster is empty)"),
    };
    fill(&text, &[("n", &n), ("all", &all)])
}

fn let_go((n, all): (u32, u32), why: &Why, told: Option<&str>, is_with_some: bool) -> String {
    let pattern = match (is_with_some, told.is_some()) {
        (false, false) => gettext("Let {n} of {all} go: {reason}"),
        (false, true) => gettext("Let {n} of {all} go: {reason}; {who} was told"),
        (true, false) => gettext("{n} of {all}, for some of its recipients: {reason}"),
        (true, true) => {
            gettext("{n} of {all}, for some of its recipients: {reason}; {who} was told")
        }
    };
    let who = told.unwrap_or_default();
    let reason = reason(None, why);
    let about: [(&str, &dyn Display); 4] = [
        ("n", &n),
        ("all", &all),
        ("reason", &reason.trim_end()),
        ("who", &who),
    ];
    fill(&pattern, &about)
}

fn left(octets: Option<u64>, number: (u32, u32), why: &Why) -> String {
    let reason = reason(octets, why);
    fill(
        &gettext("Left {n} of {all} on the server: {reason}"),
        &[
            ("n", &number.0),
            ("all", &number.1),
            ("reason", &reason.trim_end()),
        ],
    )
}

fn reason(octets: Option<u64>, why: &Why) -> String {
    match why {
        Why::Oversized => match octets {
            Some(octets) => fill(
                &gettext("larger than the limit ({size})"),
                &[("size", &text::size(octets))],
            ),
            None => gettext("larger than the limit"),
        },
        Why::NotTaken {
            permanent,
            code,
            words,
        } => {
            let text = match permanent {
                true => gettext("refused for good: {words}"),
                false => gettext("not taken for now: {words}"),
            };
            // 0: nobody answered, the words are ours.
            let words = match code {
                0 => words.clone(),
                code => format!("{code} {words}"),
            };
            fill(&text, &[("words", &words)])
        }
        Why::Withheld(words) if words.is_empty() => gettext("the server did not hand it out"),
        Why::Withheld(words) => fill(
            &gettext("the server did not hand it out: {words}"),
            &[("words", words)],
        ),
        Why::BadHeader => gettext("its header is damaged"),
        Why::Loop => gettext("it goes round in a circle"),
        Why::NoDns => gettext("the name server did not say whose it is"),
    }
}

fn failed(trouble: &Trouble) -> String {
    let headline = headline(&trouble.cause);
    if trouble.words.is_empty() {
        return headline;
    }
    fill(
        &gettext("{headline}. It answered: “{words}”"),
        &[("headline", &headline), ("words", &trouble.words)],
    )
}
