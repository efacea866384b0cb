//! What discovery has found out for an address: plain data, filled step by step while it runs.

use std::time::Duration;

use super::candidate::Candidate;

/// The sources that are asked (`ui.md` section 6), in their rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // told by `ui.md`
pub enum Step {
    BuiltIn,
    Provider,
    Database,
    Srv,
    Mx,
    Guess,
}

impl Step {
    /// All of them, in their rank.
    pub const ALL: [Self; 6] = [
        Self::BuiltIn,
        Self::Provider,
        Self::Database,
        Self::Srv,
        Self::Mx,
        Self::Guess,
    ];
}

/// How far a step is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Not begun.
    Waiting,
    /// Under way.
    Working,
    /// So many candidates.
    Found(usize),
    /// It answered, and has none.
    Nothing,
    /// It could not be asked: a sentence.
    Failed(String),
    /// Not asked: a better one has answered, or the person does not want it.
    Skipped,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Which.
    pub step: Step,
    /// How far.
    pub state: State,
    /// Since it began.
    pub took: Duration,
    /// The hosts that were asked, for the details: `autoconfig.example.org`, `_imaps._tcp.example.org`.
    pub asked: Vec<String>,
    /// What was odd about the answers, for the details: sentences.
    pub notes: Vec<String>,
}

/// What the table of providers says beyond servers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    /// The provider, as people know it.
    pub provider: String,
    /// Its usual password is not taken by mail programs.
    pub needs_app_password: bool,
    /// No password is taken at all: a sign-in in the browser only.
    pub needs_oauth: bool,
    /// Protocols that the person must switch on first (`imap`, `pop3`).
    pub off: Vec<String>,
    /// Where app passwords are made, or access is switched on.
    pub page: String,
}

/// What discovery found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The domain that was asked about, as an A-label.
    pub domain: String,
    /// Every step, in rank order.
    pub steps: Vec<Progress>,
    /// Best first, each way once.
    pub candidates: Vec<Candidate>,
    /// What is known of the provider.
    pub hint: Option<Hint>,
    /// No step could be asked at all: there is no network.
    pub is_offline: bool,
    /// Nothing follows.
    pub is_done: bool,
}

/// What to find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// What is behind the `@`: the local part is not needed and not taken.
    pub domain: String,
    /// Ask the provider's page and the database; else the table and the DNS only.
    pub online: bool,
    /// Ask nothing at all but the table.
    pub only_table: bool,
}
