//! The one status line of an account, its progress, and one line for all (`ui.md` sections 4, 13).

use std::time::{Duration, SystemTime};

use super::{clock, headline, size_of, span, title};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::base::text;
use crate::engine::api::{AccountStatus, Progress, Snapshot, State};

/// What the account is doing, in one line; `now` drives the countdown to the next poll.
pub fn status_line(account: &AccountStatus, now: SystemTime) -> String {
    match account.state {
        State::Idle => idle(account, now),
        State::Queued => gettext("Waiting for its turn"),
        State::Connecting => fill(
            &gettext("Connecting to {server}…"),
            &[("server", &account.id.label)],
        ),
        State::Fetching if account.progress.of.is_none() => gettext("Looking for new mail…"),
        State::Fetching => fill(
            &gettext("Fetching {progress}"),
            &[("progress", &counts(&account.progress))],
        ),
        State::WillRetry => failing(account, now),
        State::NeedsYou => cause(account),
        State::Skipped => gettext("Not checked automatically (skip)"),
    }
}

/// `12 of 40 · 3.1 of 9.8 MB · 20 s left`, as far as it is known; empty before anything is.
pub fn progress(progress: &Progress) -> String {
    let mut text = counts(progress);
    let is_under_way = progress.of.is_none_or(|of| progress.done < of);
    if let Some(left) = progress.left.filter(|_| is_under_way) {
        text = fill(
            &gettext("{progress} · {time} left"),
            &[("progress", &text), ("time", &span(left))],
        );
    }
    text
}

/// What is still to be done with messages that were fetched; `None` if there is nothing.
pub fn open(account: &AccountStatus) -> Option<String> {
    let held = ngettext(
        "{n} was not taken and waits on the server",
        "{n} were not taken and wait on the server",
        u64::from(account.held),
    );
    let pending = ngettext(
        "{n} is delivered and still to be deleted",
        "{n} are delivered and still to be deleted",
        u64::from(account.pending),
    );
    let all = [(account.held, held), (account.pending, pending)];
    let told = all.iter().filter(|(n, _)| *n > 0);
    let told: Vec<String> = told.map(|(n, text)| fill(text, &[("n", n)])).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

/// `3 new messages`.
pub fn new_messages(n: u32) -> String {
    let text = ngettext("{n} new message", "{n} new messages", u64::from(n));
    fill(&text, &[("n", &n)])
}

/// One line for everything: the first line of the tray menu. The most urgent thing wins:
/// halted, an account that needs the person, a bad change of the file, new mail, a poll under way, the last check.
pub fn summary(all: &Snapshot, now: SystemTime) -> String {
    if let Some(halt) = &all.halted {
        return super::halt_headline(halt);
    }
    let needy = all.accounts.iter().find(|a| a.state == State::NeedsYou);
    if let Some(account) = needy {
        return fill(
            &gettext("{account}: {trouble}"),
            &[
                ("account", &title(&account.id)),
                ("trouble", &cause(account)),
            ],
        );
    }
    if let Some(halt) = &all.stale {
        return super::stale_headline(halt);
    }
    let new: u32 = all.accounts.iter().fold(0, |n, a| n.saturating_add(a.new));
    if new > 0 {
        return new_messages(new);
    }
    if let Some(busy) = all.accounts.iter().find(|a| a.state.is_busy()) {
        return fill(
            &gettext("Checking {account}…"),
            &[("account", &title(&busy.id))],
        );
    }
    if all.accounts.is_empty() {
        return gettext("No Accounts Yet");
    }
    match all.accounts.iter().filter_map(|a| a.last_check).max() {
        Some(at) => fill(
            &gettext("Nothing new · checked at {time}"),
            &[("time", &clock(at, now))],
        ),
        None => gettext("Not checked yet"),
    }
}

fn idle(account: &AccountStatus, now: SystemTime) -> String {
    let past = match (account.new, account.last_check) {
        (0, None) => gettext("Not checked yet"),
        (0, Some(at)) => fill(
            &gettext("Checked at {time}, nothing new"),
            &[("time", &clock(at, now))],
        ),
        (new, at) => match account.last_new.or(at) {
            Some(at) => fill(
                &gettext("{n} new · last at {time}"),
                &[("n", &new), ("time", &clock(at, now))],
            ),
            None => fill(&gettext("{n} new"), &[("n", &new)]),
        },
    };
    let past = match account.held {
        0 => past,
        n => fill(&gettext("{past} · {n} held"), &[("past", &past), ("n", &n)]),
    };
    match account.next_check {
        Some(next) => fill(
            &gettext("{past} · next {when}"),
            &[("past", &past), ("when", &until(next, now))],
        ),
        None => past,
    }
}

fn failing(account: &AccountStatus, now: SystemTime) -> String {
    let what = match account.next_check {
        Some(next) => fill(
            &gettext("{trouble} · trying again {when}"),
            &[("trouble", &cause(account)), ("when", &until(next, now))],
        ),
        None => cause(account),
    };
    match account.trouble.as_ref().map_or(0, |t| t.tries) {
        0 | 1 => what,
        n => fill(
            &ngettext(
                "{what} (failed {n} time)",
                "{what} (failed {n} times)",
                u64::from(n),
            ),
            &[("what", &what), ("n", &n)],
        ),
    }
}

fn cause(account: &AccountStatus) -> String {
    match &account.trouble {
        Some(trouble) => headline(&trouble.cause),
        None => gettext("The last check failed"),
    }
}

/// `in 4 min`, or `now` when the time has come.
fn until(next: SystemTime, now: SystemTime) -> String {
    match next.duration_since(now) {
        Ok(left) if left > Duration::ZERO => fill(&gettext("in {time}"), &[("time", &span(left))]),
        _ => gettext("now"),
    }
}

/// `12 of 40 · 3.1 of 9.8 MB`.
fn counts(progress: &Progress) -> String {
    let messages = progress.of.map(|of| {
        fill(
            &gettext("{done} of {all}"),
            &[("done", &progress.done), ("all", &of)],
        )
    });
    let bytes = match progress.of_bytes {
        Some(all) => Some(size_of(progress.bytes, all)),
        None if progress.bytes > 0 => Some(text::size(progress.bytes)),
        None => None,
    };
    [messages, bytes]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}
