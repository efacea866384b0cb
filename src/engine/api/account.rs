//! One account as it is shown everywhere: what it is doing and how far it is.

use std::time::{Duration, SystemTime};

use super::job::{Protocol, Security};
use super::{AccountId, Trouble};

/// One account as it is shown everywhere.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountStatus {
    /// Which.
    pub id: AccountId,
    /// What it is doing.
    pub state: State,
    /// How far the running poll is; kept after its end until the next begins.
    pub progress: Progress,
    /// Messages delivered since the person last acknowledged.
    pub new: u32,
    /// End of the last poll.
    pub last_check: Option<SystemTime>,
    /// When the last message arrived.
    pub last_new: Option<SystemTime>,
    /// When it is polled next by itself.
    pub next_check: Option<SystemTime>,
    /// What went wrong in the last poll, until one succeeds.
    pub trouble: Option<Trouble>,
    /// fetchmail's exit status of the last poll (cli.md section 3); `None` before the first.
    pub last_status: Option<u8>,
    /// Where its mail goes, for display.
    pub target: String,
    /// Messages that were not taken and wait on the server.
    pub held: u32,
    /// Messages delivered whose deletion the server has not confirmed.
    pub pending: u32,
    /// Since the program started.
    pub totals: Totals,
    /// How its server is reached, by its settings.
    pub server: ServerFacts,
}

/// How an account's settings reach its server; what they leave open is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerFacts {
    /// Whom it connects to; empty if that is not known.
    pub host: String,
    /// `None`: found out at each poll (`auto`), or no protocol a mailbox is fetched by.
    pub protocol: Option<Protocol>,
    /// TCP port.
    pub port: Option<u16>,
    /// How the line is protected. STARTTLS is what the settings ask for, not what was seen.
    pub security: Option<Security>,
}

impl AccountStatus {
    /// Of an account that nothing has happened to yet.
    pub fn fresh(id: AccountId, state: State, target: String) -> Self {
        Self {
            id,
            state,
            progress: Progress::default(),
            new: 0,
            last_check: None,
            last_new: None,
            next_check: None,
            trouble: None,
            last_status: None,
            target,
            held: 0,
            pending: 0,
            totals: Totals::default(),
            server: ServerFacts::default(),
        }
    }
}

/// States of `ui.md` section 4 that exist so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Waiting for its time.
    Idle,
    /// Waiting for a free place among the polls running.
    Queued,
    /// Connecting and signing in.
    Connecting,
    /// Messages are on their way.
    Fetching,
    /// The last poll failed; it is tried again by itself.
    WillRetry,
    /// The last poll failed and only the person can mend it.
    NeedsYou,
    /// `skip` in the file.
    Skipped,
}

impl State {
    /// Whether a poll of it is under way or waiting for its turn.
    pub fn is_busy(self) -> bool {
        matches!(self, Self::Queued | Self::Connecting | Self::Fetching)
    }
}

/// How far a poll is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Messages delivered.
    pub done: u32,
    /// Messages to fetch, once known.
    pub of: Option<u32>,
    /// Octets of messages received.
    pub bytes: u64,
    /// Octets to fetch as announced, once known.
    pub of_bytes: Option<u64>,
    /// Messages in the mailbox, and how many of them are old; known after the survey.
    pub waiting: Option<(u32, u32)>,
    /// Octets a second, over the last seconds.
    pub rate: f64,
    /// Time left by that rate.
    pub left: Option<Duration>,
    /// How long the poll has been running, or took.
    pub elapsed: Duration,
}

/// Counters since start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Polls ended.
    pub checks: u32,
    /// Of these, failed.
    pub failures: u32,
    /// Of these, ended with status 0.
    pub successes: u32,
    /// Messages delivered.
    pub messages: u32,
    /// Their octets.
    pub bytes: u64,
}
