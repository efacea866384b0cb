//! The only door for window, tray and terminal: commands in, events and a snapshot out.
//!
//! Whoever shows the engine's work holds a [`Snapshot`] (asked for at the start and whenever the
//! event stream reports a gap) and applies each [`Event`] to it. Both are plain data.

pub mod folders;
pub mod job;
pub mod report_text;
pub mod route_words;
pub mod routing;
pub mod samples;
pub mod saving;
pub mod words;

use std::time::{Duration, SystemTime};

pub use crate::rc::AccountId;

use crate::base::Secret;
use job::Hint;
use job::{Job, JobId, Question, QuestionId};
use saving::{Saved, Version, Which};

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

/// Why the engine polls nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// There is no rc file.
    NoFile,
    /// It cannot be read, or others can read it (exit status 6): a whole sentence.
    Unreadable(String),
    /// It has errors (exit status 5): `file:line:column: sentence`, one for each.
    Syntax(Vec<String>),
    /// Another instance holds the lock (exit status 8).
    Locked {
        /// Its process id, if the lock file tells.
        pid: Option<u32>,
    },
    /// Nothing has this account's password, and there is no terminal to ask for it (exit status
    /// 3).
    NoPassword(AccountId),
    /// The state directory cannot be written: no journal, no deletion. A whole sentence.
    State(String),
}

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
    pub protocol: Option<job::Protocol>,
    /// TCP port.
    pub port: Option<u16>,
    /// How the line is protected. STARTTLS is what the settings ask for, not what was seen.
    pub security: Option<job::Security>,
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

/// Who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The person: wrong password, changed certificate, broken configuration, delivery refused.
    You,
    /// Nobody: it is tried again.
    Retry,
}

/// What went wrong in a poll.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    /// Who has to act.
    pub who: Who,
    /// What happened.
    pub cause: Cause,
    /// The server's or sink's own words, made quiet; empty if it gave none.
    pub words: String,
    /// fetchmail's exit status for it (cli.md section 3).
    pub status: u8,
    /// Polls failed in a row.
    pub tries: u32,
    /// Since when it fails.
    pub since: SystemTime,
}

/// Causes of trouble, as data; [`words`] has the sentences (`ui.md` section 17).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The name of the server does not exist.
    UnknownHost(String),
    /// Names could not be looked up.
    Dns(String),
    /// Connection refused or unreachable: host, port.
    Unreachable(String, u16),
    /// Silence longer than the timeout: host, seconds.
    TimedOut(String, u64),
    /// The connection ended in the middle.
    Dropped(String),
    /// TLS demanded and not offered: host, port.
    NoTls(String, u16),
    /// Data in the clear behind the answer to STARTTLS (threats.md A3).
    Injection(String),
    /// The certificate or the handshake failed: a sentence from `net::tls`.
    Certificate(String),
    /// Sign-in refused.
    SignIn,
    /// No sign-in method in common.
    NoMethod,
    /// No password is known.
    NoPassword,
    /// The keyring is locked, and may have the password.
    KeyringLocked,
    /// No keyring service is running, and one was asked for.
    NoKeyring,
    /// The keyring failed: a sentence.
    Keyring(String),
    /// There is no such account any more.
    NoAccount,
    /// Mailbox in use.
    Locked,
    /// The server asks to wait.
    Busy,
    /// A folder cannot be opened.
    Folder(String),
    /// The server broke the protocol.
    Protocol(String),
    /// The server refused a command.
    Refused,
    /// No listener takes mail: what was tried.
    NoListener(String),
    /// The listener or program did not take some messages; they are still on the server.
    NotDelivered {
        /// How many in this poll.
        count: u32,
    },
    /// The delivery folder or file cannot be written: path, system's words.
    Folderless(String, String),
    /// The disk is full: path.
    DiskFull(String),
    /// The delivery command cannot be used as written.
    Command(String),
    /// The server would not give some messages: how many.
    Withheld(u32),
    /// The account asks for something this version does not do: the keyword.
    Unsupported(String),
    /// `accounts.toml` says something about the account that cannot be acted on: a sentence that
    /// begins with file and line.
    Keys(String),
    /// A new account cannot be as it is described, or its delivery cannot work so: a whole
    /// sentence.
    Setup(String),
    /// The password command gave no password: a sentence.
    PasswordCommand(String),
    /// The record of delivered mail cannot be written.
    Record(String),
    /// The person stopped it.
    Stopped,
    /// Something that should not happen: what.
    Internal(String),
}

/// Something said in a poll, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// When.
    pub at: SystemTime,
    /// What.
    pub said: Said,
}

/// Something said in a poll: quiet, and without secrets or bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// By us.
    Sent {
        /// Such as `IMAP`.
        protocol: String,
        /// The line.
        text: String,
    },
    /// By the peer.
    Received {
        /// Such as `SMTP`.
        protocol: String,
        /// The line.
        text: String,
    },
    /// A decision, in the words of the log.
    Note(String),
    /// So many lines that came too fast to be told.
    LeftOut(u32),
}

/// A line of the activity log.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When.
    pub at: SystemTime,
    /// Which account; `None` for the engine itself.
    pub id: Option<AccountId>,
    /// What.
    pub what: What,
}

/// What an [`Entry`] says; [`words`] has the sentences.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A poll began.
    Started,
    /// Connected and signed in; whether by TLS.
    SignedIn {
        /// The line is encrypted.
        protected: bool,
    },
    /// The survey: messages there, of these old, octets if known.
    Found {
        /// Folder, if not the default.
        folder: Option<String>,
        /// All.
        total: u32,
        /// Known or seen.
        old: u32,
        /// Sum of sizes.
        octets: Option<u64>,
    },
    /// One message was delivered.
    Delivered {
        /// From, decoded and quiet; empty if unknown.
        from: String,
        /// Subject, decoded and quiet.
        subject: String,
        /// Octets.
        octets: u64,
        /// Its number in the mailbox and how many there are.
        number: (u32, u32),
        /// Whether the server's copy goes.
        deletes: bool,
    },
    /// One message was left, with the reason.
    Left {
        /// Octets as announced.
        octets: Option<u64>,
        /// Its number in the mailbox and how many there are.
        number: (u32, u32),
        /// Why.
        why: Why,
    },
    /// One message was refused for good, for all or some of its recipients, and is let go.
    LetGo {
        /// Its number in the mailbox and how many there are.
        number: (u32, u32),
        /// Why.
        why: Why,
        /// Who has accepted a report on it; nobody was to have one.
        told: Option<String>,
        /// Others have it.
        is_with_some: bool,
    },
    /// Messages that were not taken before wait on the server for another try.
    Held {
        /// How many.
        count: u32,
        /// When the first of them is tried.
        next: SystemTime,
    },
    /// One message goes to nobody and is let go.
    Discarded {
        /// Its number in the mailbox and how many there are.
        number: (u32, u32),
        /// It is a copy of one that was delivered; else nobody is meant and there is no postmaster.
        is_twice: bool,
    },
    /// A poll ended.
    Finished {
        /// Messages delivered.
        count: u32,
        /// Octets of them.
        bytes: u64,
        /// How long it took.
        took: Duration,
    },
    /// A poll failed.
    Failed(Trouble),
    /// Something that was survived.
    Note(String),
}

/// Why one message was left on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Larger than `limit`.
    Oversized,
    /// The sink did not take it: code and words.
    NotTaken {
        /// SMTP code or exit status.
        code: i32,
        /// The sink's words, quiet.
        words: String,
        /// A refusal for good, not for now.
        permanent: bool,
    },
    /// The server would not give it: its words, quiet.
    Withheld(String),
    /// Its header is malformed and `bad-header reject` holds.
    BadHeader,
    /// It has come by here too often.
    Loop,
    /// DNS did not say whether the hosts of its recipients are the mail server.
    NoDns,
}

/// What is known of the provider of a domain, from the table alone: nothing is asked.
pub fn provider_of(domain: &str) -> Option<Hint> {
    crate::probe::discover::hint_of(domain)
}
