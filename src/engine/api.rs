//! The only door for window, tray and terminal: commands in, events and a snapshot out.
//!
//! Whoever shows the engine's work holds a [`Snapshot`] (asked for at the start and whenever the
//! event stream reports a gap) and applies each [`Event`] to it. Both are plain data.

mod account;
pub mod folders;
pub mod job;
mod log;
pub mod report_text;
pub mod route_words;
pub mod routing;
pub mod samples;
pub mod saving;
mod trouble;
pub mod words;

use crate::base::Secret;
pub use crate::rc::AccountId;
pub use account::{AccountStatus, Progress, ServerFacts, State, Totals};
use job::{Hint, Job, JobId, Question, QuestionId};
pub use log::{Entry, Said, Spoken, What, Why};
use saving::{Saved, Version, Which};
pub use trouble::{Cause, Halt, Trouble, Who};

/// What a front end may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Poll these accounts now; `None` means all that are not skipped.
    Check {
        /// Which.
        ids: Option<Vec<AccountId>>,
    },
    /// Poll one account now, in another way than it says; also one that is skipped.
    CheckOnce {
        /// Which.
        id: AccountId,
        /// How.
        how: Once,
    },
    /// End the running polls of these accounts (`None`: all). What is delivered stays delivered.
    Stop {
        /// Which.
        ids: Option<Vec<AccountId>>,
    },
    /// The person has seen the new mail: counters return to zero.
    Ack {
        /// Which; `None`: all.
        ids: Option<Vec<AccountId>>,
    },
    /// Tell what is said to servers and listeners, as [`Event::Wire`], in the polls of these accounts
    /// (`None`: of all) that begin from now on; or no longer.
    Record {
        /// Whose.
        ids: Option<Vec<AccountId>>,
        /// Whether.
        is_on: bool,
    },
    /// Poll nothing by itself until told otherwise. What is asked for is polled all the same, and what
    /// is under way goes on.
    Pause,
    /// Poll by the schedule again; what was due meanwhile is polled at once.
    Resume,
    /// Read the rc file again.
    Reload,
    /// Write the rc file, or its draft, and read it again. [`Event::Saved`] answers.
    SaveRc {
        /// The new version and what it was made from.
        version: Version,
        /// Which of the two.
        which: Which,
    },
    /// Write `accounts.toml` and take it over. [`Event::Saved`] answers.
    SaveLocal(Version),
    /// Begin a piece of one-off work; [`Event::Job`] and [`Event::JobDone`] tell of it.
    Start {
        /// Its name from now on.
        id: JobId,
        /// What.
        job: Box<Job>,
    },
    /// End a job; its [`Event::JobDone`] follows. Nothing if it is over already.
    Cancel(JobId),
    /// Answer an [`Event::Question`]; `None`: no answer is to be had.
    Answer {
        /// Which.
        id: QuestionId,
        /// The answer.
        value: Option<Secret>,
    },
    /// Stop everything and end. [`Event::Ended`] follows.
    Shutdown,
}

/// A poll that does something else than its account says, once (contract, "What is new").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Once {
    /// Everything on the server is fetched, whatever was read or fetched before.
    FetchAll,
    /// Nothing is fetched: what is on the server counts as fetched from now on.
    MarkAllKnown,
}

/// What the engine tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Another program has changed, made or removed the rc file. It is read, and
    /// [`Event::Loaded`] follows.
    RcChanged,
    /// The rc file was read (or failed to be): everything is replaced.
    Loaded(Snapshot),
    /// Something about one account changed. At most ten a second for each account while a poll
    /// runs; changes of state come at once.
    Account(AccountStatus),
    /// What was said in a poll that is recorded ([`Command::Record`]). At most twenty a second for each
    /// account.
    Wire {
        /// Whose poll.
        id: AccountId,
        /// In order.
        lines: Vec<Spoken>,
    },
    /// [`Command::Pause`] or [`Command::Resume`] has been obeyed.
    Paused(bool),
    /// A line for the activity log.
    Activity(Entry),
    /// A poll ended that delivered something: for notices. Never sent twice for a message.
    Arrived {
        /// Which account.
        id: AccountId,
        /// Messages delivered by this poll.
        count: u32,
    },
    /// The answer to a save.
    Saved(Saved),
    /// How far a job is.
    Job {
        /// Which.
        id: JobId,
        /// How far.
        progress: job::Progress,
    },
    /// A job is over.
    JobDone {
        /// Which.
        id: JobId,
        /// What came of it.
        outcome: job::Outcome,
    },
    /// The engine waits for an answer; [`Command::Answer`] gives it. Whoever cannot ask a person
    /// leaves it alone: it is withdrawn after a while.
    Question(Question),
    /// A question is answered or withdrawn: nothing is waited for any more.
    Unasked(QuestionId),
    /// All polls asked for are finished (terminal: the cycle is over).
    CycleEnded,
    /// The engine has ended; nothing follows.
    Ended,
}

/// Everything there is to show, at one moment.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Snapshot {
    /// In file order.
    pub accounts: Vec<AccountStatus>,
    /// Why nothing can be polled at all; `None` when all is well.
    pub halted: Option<Halt>,
    /// What is wrong with the configuration as it is now; the one read before stays in force and
    /// its accounts are polled as ever.
    pub stale: Option<Halt>,
    /// Things in the rc file worth saying that do not stop it.
    pub advice: Vec<String>,
    /// Path of the rc file, for display.
    pub rc_path: String,
    /// Seconds between polls of an account by itself; 0: none.
    pub interval: u32,
    /// Nothing is polled by itself ([`Command::Pause`]).
    pub is_paused: bool,
}

/// What is known of the provider of a domain, from the table alone: nothing is asked.
pub fn provider_of(domain: &str) -> Option<Hint> {
    crate::probe::discover::hint_of(domain)
}
