//! One-off work for a front end: what it may ask for, how far it is, what comes of it, and what
//! the engine asks back. Plain data; [`crate::engine::api::Command::Start`] begins a job.

mod adopting;
mod around;
mod editing;
mod file;
mod mailbox;
mod question;
mod secret;
mod sign_in;
pub mod users;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::routing::{RouteWish, Routes, Spot, Waiting};
use super::samples::{SampleWish, Samples};
use super::saving::{Base, Unsaved};
use super::{AccountId, Cause, Trouble};
use crate::base::Secret;
pub use crate::probe::found::{self, Found, Hint, Wish};
pub use crate::probe::report::{self, Report, Shown};
pub use crate::probe::request::{Family, Request};
pub use crate::probe::{Candidate, Method, Protocol, Security, Source, UserForm};
pub use crate::rc::diagnostic::Diagnostic;
pub use crate::rc::setup::{Delivery, FirstTime, PasswordPlace, Rhythm, Setup, Trust};
pub use adopting::{Adopted, FileChange, Preview, Undo};
pub use around::{Around, Keyring, Place, RcFile};
pub use editing::{Amendment, Description, Hidden, Part, differs, take};
pub use file::{Beside, DraftText, DumpText, FileDone, FileWish};
pub use mailbox::{DryRun, Fetched, Folder, Seen, SignedIn, Skip};
pub use question::{Ask, Question, QuestionId};
pub use secret::{SecretSource, SecretWish};
pub use sign_in::{SignInStep, Stage, StageState};
use users::{Deed, Draught, Everybody, Ran, Rewrite, UsersFile, Whose};

/// Names a piece of work; made by whoever asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(u64);

impl JobId {
    /// One that no other job of this process has.
    #[allow(clippy::new_without_default)] // two of them are never equal
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// What may be asked for. Those with a [`Draft`] work on an account that is not saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// Ask a server what it can do. Nothing secret is sent.
    Probe(Request),
    /// Find the servers of an address. Nothing secret is sent, nor the local part.
    Discover(Wish),
    /// What this computer has for keeping passwords and delivering mail.
    LookAround,
    /// Sign in and look into the mailbox. Changes nothing on the server.
    TrySignIn(Draft),
    /// The folders of the mailbox (IMAP). Changes nothing.
    ListFolders(Draft),
    /// What a check would fetch. Changes nothing on the server and records nothing.
    DryRun(Draft),
    /// Fetch the smallest message that would be fetched and deliver it. The server's copy stays.
    FetchOne(Draft),
    /// Deliver a message of our own making.
    TestDelivery(Draft),
    /// The account as its pages show it, and what they cannot show.
    Describe(AccountId),
    /// What saving the account would write.
    Preview(Draft),
    /// Write the account: rc file, `accounts.toml`, password. The engine reads them again.
    Adopt(Draft),
    /// Say single options of an account otherwise. With `is_dry` only [`Outcome::Previewed`]; else it
    /// is written as by [`Job::Adopt`], and can be taken back.
    Amend {
        /// Whose options, and what they are to say.
        what: Amendment,
        /// Nothing is written.
        is_dry: bool,
    },
    /// Take back what [`Outcome::Adopted`] wrote, if nobody has changed it since.
    Undo(Box<Undo>),
    /// The rc file as it is, for an editor.
    ReadRc,
    /// What there is to say about a text that may become the rc file. Passwords may be in it.
    Lint(Secret),
    /// Something about a file that an editor works on.
    File {
        /// Which; `None`: the rc file.
        path: Option<PathBuf>,
        /// What about it.
        wish: FileWish,
    },
    /// Whether the program of a command is there and can be run. Nothing is run.
    CheckCommand(Vec<u8>),
    /// Who would get messages, and why, by a text that need not be saved. DNS may be asked.
    Route(Box<RouteWish>),
    /// The headers of messages that wait in a mailbox. Changes nothing on the server.
    SampleHeaders(Box<Spot>),
    /// The same as [`Job::ListFolders`] of a text that need not be saved.
    FoldersOf(Box<Spot>),
    /// The header of a message in a file.
    ReadHeader(PathBuf),
    /// The samples that are kept with accounts.
    Samples(Box<SampleWish>),
    /// Take this file over as the rc file; there must be none.
    Import(PathBuf),
    /// Take the rc file out of others' sight (mode 0600).
    MakePrivate,
    /// The passwords of the keyring.
    Secret {
        /// Whose.
        id: AccountId,
        /// What about it.
        what: SecretWish,
    },
    /// The files of all users, for the administrator.
    UsersFiles,
    /// How one of them is now.
    LookAs(Box<Whose>),
    /// A user's file as it is, for an editor.
    ReadAs(Box<Whose>),
    /// Write a user's file.
    WriteAs(Box<Rewrite>),
    /// The same as [`Job::Lint`] of a user's file. Nothing of the system is looked at.
    LintAs(Box<Draught>),
    /// Fetch by a user's file, or no longer.
    RunAs(Box<Whose>, Deed),
}

/// An account that is not saved yet: what the wizard has gathered, or what was changed on the pages
/// of one that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Everything but the password.
    pub setup: Setup,
    /// The password, if it was typed. `None`: from where the setup keeps it; for an account that is
    /// there, the one it has.
    pub secret: Option<Secret>,
    /// The account that becomes this one; `None`: a new one.
    pub replaces: Option<AccountId>,
    /// With `replaces`: the account as it was described. If its file says something else by now,
    /// nothing is written over that.
    pub was: Option<Box<Setup>>,
    /// Saving does not check it: it waits until it is asked for, or until its time comes.
    pub waits: bool,
}

impl Draft {
    /// Of a new account that is checked as soon as it is saved.
    pub fn new(setup: Setup, secret: Option<Secret>) -> Self {
        Self {
            setup,
            secret,
            replaces: None,
            was: None,
            waits: false,
        }
    }
}

/// How far a job is. At most ten a second.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// The report so far.
    Probe(Box<Report>),
    /// Discovery so far.
    Discover(Box<Found>),
    /// A step of [`Job::TrySignIn`] began or ended.
    SignIn(Vec<SignInStep>),
    /// Headers read so far, and how many there are to read.
    DryRun {
        /// Read.
        done: u32,
        /// To read.
        of: u32,
    },
    /// Users looked at so far, and how many there are.
    Users {
        /// Looked at.
        done: usize,
        /// To look at.
        of: usize,
        /// What was found since the last time.
        found: Vec<UsersFile>,
    },
    /// What the program of [`Job::RunAs`] has said since the last time. Quiet lines.
    Said(Vec<String>),
}

/// What came of a job. Every job ends with exactly one.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// [`Job::Probe`], also of one that was cancelled: it has what was found so far.
    Probed(Box<Report>),
    /// [`Job::Discover`]
    Discovered(Box<Found>),
    /// [`Job::LookAround`]
    Around(Box<Around>),
    /// [`Job::TrySignIn`]
    SignedIn(Box<SignedIn>),
    /// [`Job::ListFolders`], [`Job::FoldersOf`]: names as the server has them, decoded for display, and as they are
    /// written to a file.
    Folders(Vec<Folder>),
    /// [`Job::DryRun`]
    DryRun(Box<DryRun>),
    /// [`Job::FetchOne`]: which, and where it went; `None`: there was nothing to fetch.
    Fetched(Option<Box<Fetched>>),
    /// [`Job::TestDelivery`]: what was seen (a path, the listener's words, a program's output).
    Delivered(String),
    /// [`Job::Describe`]
    Described(Box<Description>),
    /// [`Job::Preview`]
    Previewed(Box<Preview>),
    /// [`Job::Adopt`]
    Adopted(Box<Adopted>),
    /// [`Job::Undo`]
    Undone,
    /// [`Job::ReadRc`], [`Job::ReadAs`]
    RcRead(Box<RcText>),
    /// [`Job::Lint`], [`Job::LintAs`]: in the order of the file.
    Linted(Vec<Diagnostic>),
    /// [`Job::File`]
    File(Box<FileDone>),
    /// [`Job::CheckCommand`]: a sentence.
    CommandChecked(String),
    /// [`Job::Route`]
    Routed(Box<Routes>),
    /// [`Job::SampleHeaders`]
    Waiting(Box<Waiting>),
    /// [`Job::ReadHeader`]
    Header(Vec<u8>),
    /// [`Job::Samples`]: all there are now.
    Samples(Box<Samples>),
    /// [`Job::Import`], [`Job::MakePrivate`]
    Imported,
    /// [`Job::Secret`]: the source of the password now.
    Secret(SecretSource),
    /// [`Job::UsersFiles`]
    Everybody(Box<Everybody>),
    /// [`Job::LookAs`]
    Looked(Box<UsersFile>),
    /// [`Job::WriteAs`]: the base of the next version.
    Written(Base),
    /// [`Job::RunAs`]
    Ran(Ran),
    /// It came to nothing.
    Failed(Box<Failed>),
    /// [`crate::engine::api::Command::Cancel`]
    Cancelled,
}

/// The rc file as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RcText {
    /// Where it is, or would be.
    pub path: PathBuf,
    /// All of it; empty if there is none. Passwords may be in it.
    pub bytes: Secret,
    /// What a new version of it is made from; [`Base::NONE`] if there is none.
    pub base: Base,
}

/// Why a job came to nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Failed {
    /// What happened, as for a poll; its words are the server's own.
    pub trouble: Trouble,
    /// The certificates, when they are the trouble.
    pub shown: Option<Box<Shown>>,
    /// What is known of the provider, when signing in failed.
    pub hint: Option<Hint>,
    /// How far it came.
    pub steps: Vec<SignInStep>,
    /// More for whoever wants to see: output of a program, the dialogue. Quiet, no secrets.
    pub details: String,
    /// Files were not written.
    pub unsaved: Option<Unsaved>,
}

impl Failed {
    /// With nothing but a cause.
    pub fn new(trouble: Trouble) -> Self {
        Self {
            trouble,
            shown: None,
            hint: None,
            steps: Vec::new(),
            details: String::new(),
            unsaved: None,
        }
    }

    /// What happened.
    pub fn cause(&self) -> &Cause {
        &self.trouble.cause
    }
}

/// How long a job may go without a word before whoever watches may take it for dead; jobs bound
/// their own waits below it.
pub const JOB_SILENCE: Duration = Duration::from_secs(120);
