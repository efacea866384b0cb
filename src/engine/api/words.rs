//! Sentences for states, causes and log entries, through gettext at the moment they are shown.
//!
//! Window, tray, notices and terminal say the same thing because they all ask here. Nothing
//! here decides anything: values in, American English (or its translation) out. Foreign text
//! is inserted as it is; making it quiet is the engine's matter, escaping markup the window's.

mod candidate;
mod cause;
mod certificate;
mod entry;
mod halt;
mod status;

use std::time::{Duration, SystemTime};

use crate::base::i18n::{fill, gettext, ngettext};
use crate::base::text;
use crate::rc::AccountId;

pub use candidate::{protocol, server, source};
pub use cause::{advice, headline};
pub use certificate::{certificate, date};
pub use entry::{entry, is_problem};
pub use halt::{halt_advice, halt_headline, stale_advice, stale_headline};
pub use status::{new_messages, open, progress, status_line, summary};

/// What an account is called: the user's address alone if it names the server's domain, else
/// user and server; a number tells accounts of equal names apart.
pub fn title(id: &AccountId) -> String {
    let name = match id.user.rsplit_once('@') {
        Some((_, domain)) if is_within(&id.label, domain) => id.user.clone(),
        Some(_) => format!("{} · {}", id.user, id.label),
        None if id.user.is_empty() => id.label.clone(),
        None => format!("{}@{}", id.user, id.label),
    };
    match id.ordinal {
        0 => name,
        n => format!("{name} ({})", u64::from(n) + 1),
    }
}

/// Whether `host` is `domain` or below it.
fn is_within(host: &str, domain: &str) -> bool {
    let (host, domain) = (host.to_ascii_lowercase(), domain.to_ascii_lowercase());
    host.strip_suffix(&domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The time of day of `at`, with the date in front unless it is the day of `now`.
pub fn clock(at: SystemTime, now: SystemTime) -> String {
    let zone = jiff::tz::TimeZone::system();
    let local = |time| jiff::Timestamp::try_from(time).map(|t| t.to_zoned(zone.clone()));
    match (local(at), local(now)) {
        (Ok(at), Ok(now)) if at.date() == now.date() => at.strftime("%H:%M").to_string(),
        (Ok(at), _) => at.strftime("%Y-%m-%d %H:%M").to_string(),
        (Err(_), _) => "?".to_owned(),
    }
}

/// The time of day of `at` to the second.
pub fn moment(at: SystemTime) -> String {
    let at = jiff::Timestamp::try_from(at).map(|t| t.to_zoned(jiff::tz::TimeZone::system()));
    at.map_or_else(|_| "?".to_owned(), |at| at.strftime("%H:%M:%S").to_string())
}

/// A span as people say it: `42 s`, `4 min`, `2 h 5 min`, `3 d 4 h`. From a minute on it is
/// rounded up, so that a countdown never says less than is left.
pub fn span(time: Duration) -> String {
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    if seconds < 60 {
        return fill(&gettext("{n} s"), &[("n", &seconds)]);
    }
    let minutes = seconds.div_ceil(60);
    let (hours, rest) = (minutes / 60, minutes % 60);
    match (hours, rest) {
        (0, _) => fill(&gettext("{n} min"), &[("n", &minutes)]),
        (h, 0) if h < 24 => fill(&gettext("{h} h"), &[("h", &h)]),
        (h, m) if h < 24 => fill(&gettext("{h} h {m} min"), &[("h", &h), ("m", &m)]),
        (h, _) => fill(
            &gettext("{d} d {h} h"),
            &[("d", &(h / 24)), ("h", &(h % 24))],
        ),
    }
}

/// How long something took: tenths below ten seconds, else as [`span`].
pub fn took(time: Duration) -> String {
    if time < Duration::from_secs(10) {
        fill(
            &gettext("{n} s"),
            &[("n", &format!("{:.1}", time.as_secs_f64()))],
        )
    } else {
        span(time)
    }
}

/// `3.1 of 9.8 MB`: the unit once if both have the same.
fn size_of(done: u64, all: u64) -> String {
    let (done, all) = (text::size(done), text::size(all.max(done)));
    let figure = match (done.split_once(' '), all.split_once(' ')) {
        (Some((figure, one)), Some((_, other))) if one == other => figure.to_owned(),
        _ => done,
    };
    fill(
        &gettext("{done} of {all}"),
        &[("done", &figure), ("all", &all)],
    )
}

/// `1 message`, `3 messages`.
fn messages(n: u32) -> String {
    let text = ngettext("{n} message", "{n} messages", u64::from(n));
    fill(&text, &[("n", &n)])
}

#[cfg(test)]
mod tests;
