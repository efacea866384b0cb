//! Which notices there should be: events in, changes out. Knows no bus and no clock.

use std::collections::HashMap;

use crate::base::i18n::{fill, gettext};
use crate::engine::api::{AccountId, AccountStatus, Event, Halt, Snapshot, State, Trouble, words};

/// Failures in a row before trouble that mends itself is announced.
const PATIENCE: u32 = 3;

/// One live notice for each of these.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// Mail has come.
    Arrived(AccountId),
    /// A check fails.
    Trouble(AccountId),
    /// Nothing is checked any more.
    Halted,
}

/// What a notice says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// Its headline; never markup.
    pub summary: String,
    /// Its body, not yet escaped.
    pub body: String,
    /// Category of the desktop notifications specification.
    pub category: &'static str,
    /// Sound of the sound naming specification.
    pub sound: Option<&'static str>,
}

/// What is to be done on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Show this, in place of the notice of that key if there is one.
    Show(Key, Text),
    /// Take it away, if it is there.
    Withdraw(Key),
}

/// What has been announced.
#[derive(Debug, Default)]
pub(super) struct Board {
    counts: HashMap<AccountId, u32>,
    /// With the headline announced: the same again is not news.
    troubles: HashMap<AccountId, String>,
    is_halted: bool,
}

impl Board {
    /// What is so at the start is not announced: the person has it before their eyes or has
    /// been told before.
    pub(super) fn new(first: &Snapshot) -> Self {
        let mut board = Self::default();
        board.load(first);
        board
    }

    /// What `event` changes on the screen.
    pub(super) fn hear(&mut self, event: &Event) -> Vec<Change> {
        match event {
            Event::Arrived { id, count } => self.arrived(id, *count),
            Event::Account(status) => self.account(status),
            Event::Loaded(all) => self.load(all),
            Event::RcChanged
            | Event::Activity(_)
            | Event::Wire { .. }
            | Event::Paused(_)
            | Event::Saved(_)
            | Event::Job { .. }
            | Event::JobDone { .. }
            | Event::Question(_)
            | Event::Unasked(_)
            | Event::CycleEnded
            | Event::Ended => Vec::new(),
        }
    }

    fn load(&mut self, all: &Snapshot) -> Vec<Change> {
        let mut changes: Vec<Change> = all.accounts.iter().flat_map(|a| self.account(a)).collect();
        let is_there = |id: &AccountId| all.accounts.iter().any(|a| a.id == *id);
        let gone = |id: &&AccountId| !is_there(id);
        changes.extend(
            self.counts
                .keys()
                .filter(gone)
                .cloned()
                .map(Key::Arrived)
                .map(Change::Withdraw),
        );
        changes.extend(
            self.troubles
                .keys()
                .filter(gone)
                .cloned()
                .map(Key::Trouble)
                .map(Change::Withdraw),
        );
        self.counts.retain(|id, _| is_there(id));
        self.troubles.retain(|id, _| is_there(id));
        changes.extend(self.halt(all));
        changes
    }

    fn halt(&mut self, all: &Snapshot) -> Option<Change> {
        let broken = all
            .halted
            .as_ref()
            .filter(|halt| !matches!(halt, Halt::NoFile));
        let text = match (broken, &all.stale) {
            (Some(halt), _) => Some((
                gettext("Checking has stopped"),
                words::halt_advice(halt, &all.rc_path),
            )),
            (None, Some(halt)) => Some((
                gettext("The old configuration stays in force"),
                words::stale_advice(halt, &all.rc_path),
            )),
            (None, None) => None,
        };
        let was_halted = std::mem::replace(&mut self.is_halted, text.is_some());
        match (text, was_halted) {
            (Some((summary, body)), false) => Some(Change::Show(
                Key::Halted,
                Text {
                    summary,
                    body,
                    category: "transfer.error",
                    sound: None,
                },
            )),
            (None, true) => Some(Change::Withdraw(Key::Halted)),
            _ => None,
        }
    }

    fn arrived(&mut self, id: &AccountId, count: u32) -> Vec<Change> {
        if count == 0 {
            return Vec::new();
        }
        let sum = self.counts.entry(id.clone()).or_default();
        *sum = sum.saturating_add(count);
        let text = Text {
            summary: words::new_messages(*sum),
            body: words::title(id),
            category: "email.arrived",
            sound: Some("message-new-email"),
        };
        vec![Change::Show(Key::Arrived(id.clone()), text)]
    }

    fn account(&mut self, status: &AccountStatus) -> Vec<Change> {
        let mut changes = Vec::new();
        // While a poll runs its new mail is counted but not yet announced.
        let is_seen = status.new == 0 && !status.state.is_busy();
        if is_seen && self.counts.remove(&status.id).is_some() {
            changes.push(Change::Withdraw(Key::Arrived(status.id.clone())));
        }
        changes.extend(self.trouble(status));
        changes
    }

    fn trouble(&mut self, status: &AccountStatus) -> Option<Change> {
        let key = || Key::Trouble(status.id.clone());
        let Some(trouble) = &status.trouble else {
            return self
                .troubles
                .remove(&status.id)
                .map(|_| Change::Withdraw(key()));
        };
        let is_news = match status.state {
            State::NeedsYou => true,
            State::WillRetry => trouble.tries >= PATIENCE,
            _ => false,
        };
        let headline = words::headline(&trouble.cause);
        if !is_news || self.troubles.get(&status.id) == Some(&headline) {
            return None;
        }
        self.troubles.insert(status.id.clone(), headline.clone());
        Some(Change::Show(key(), about(status, trouble, &headline)))
    }
}

fn about(status: &AccountStatus, trouble: &Trouble, headline: &str) -> Text {
    let summary = fill(
        &gettext("{account}: {trouble}"),
        &[
            ("account", &words::title(&status.id)),
            ("trouble", &headline),
        ],
    );
    Text {
        summary,
        body: words::advice(&trouble.cause),
        category: "transfer.error",
        sound: None,
    }
}

#[cfg(test)]
mod tests;
