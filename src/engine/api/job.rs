//! One-off work for a front end: what it may ask for, how far it is, what comes of it, and what
//! the engine asks back. Plain data; [`crate::engine::api::Command::Start`] begins a job.

mod editing;
mod file;
pub mod users;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::routing::{RouteWish, Routes, Spot, Waiting};
use super::samples::{SampleWish, Samples};
use super::saving::{Base, Unsaved, Version};
use super::{AccountId, Cause, Trouble};
use crate::base::Secret;
pub use crate::probe::found::{self, Found, Hint, Wish};
pub use crate::probe::report::{self, Report, Shown};
pub use crate::probe::request::{Family, Request};
pub use crate::probe::{Candidate, Method, Protocol, Security, Source, UserForm};
pub use crate::rc::diagnostic::Diagnostic;
pub use crate::rc::setup::{Delivery, FirstTime, PasswordPlace, Rhythm, Setup, Trust};
pub use editing::{Amendment, Description, Hidden, Part, differs, take};
pub use file::{Beside, DraftText, DumpText, FileDone, FileWish};
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

/// What is to happen to a password of the keyring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretWish {
    /// Keep this one.
    Set(Secret),
    /// Forget it.
    Clear,
    /// Where the account's password comes from. It is not told itself.
    Source,
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

/// The steps of signing in, in their order (`ui.md`, W4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // told by `ui.md`
pub enum Stage {
    FindAddress,
    Connect,
    Secure,
    Greeting,
    SignIn,
    OpenMailbox,
}

impl Stage {
    /// In their order.
    pub const ALL: [Self; 6] = [
        Self::FindAddress,
        Self::Connect,
        Self::Secure,
        Self::Greeting,
        Self::SignIn,
        Self::OpenMailbox,
    ];
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInStep {
    /// Which.
    pub stage: Stage,
    /// How far.
    pub state: StageState,
    /// One line: an address, a TLS version, the server's greeting. Quiet.
    pub words: String,
}

/// How far a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageState {
    /// Not begun.
    Waiting,
    /// Under way.
    Working,
    /// Done.
    Done,
    /// Not needed (no TLS wanted).
    Skipped,
    /// It failed, and what follows was not tried.
    Failed,
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

/// A mailbox that was signed in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// How far it came: all done.
    pub steps: Vec<SignInStep>,
    /// Messages there.
    pub total: u32,
    /// Of these, those a check would fetch if this account had been checked before (IMAP: not
    /// seen; POP3: all).
    pub new: u32,
    /// Octets of all, if the server tells.
    pub octets: Option<u64>,
    /// It can tell of new mail as it comes (IMAP IDLE).
    pub can_idle: bool,
    /// Messages have names that last (UIDL; always with IMAP).
    pub has_uids: bool,
    /// The line is encrypted.
    pub is_protected: bool,
}

/// A folder of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// As written to a file (modified UTF-7 as the server has it).
    pub name: Vec<u8>,
    /// As shown.
    pub shown: String,
    /// It can be opened.
    pub can_select: bool,
}

/// What a check would do.
#[derive(Clone, Debug, PartialEq)]
pub struct DryRun {
    /// Messages on the server.
    pub total: u32,
    /// Of these, to be fetched.
    pub fetch: u32,
    /// Their octets, if the server tells.
    pub octets: Option<u64>,
    /// The newest, at most 50, newest first.
    pub messages: Vec<Seen>,
    /// The line broke after so many headers: why.
    pub cut: Option<Trouble>,
}

/// A message that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Decoded, quiet.
    pub from: String,
    /// Decoded, quiet.
    pub subject: String,
    /// Of its Date header.
    pub date: Option<SystemTime>,
    /// Octets as announced.
    pub octets: Option<u64>,
    /// Who would get it; empty when it is not fetched.
    pub to: Vec<String>,
    /// Why it is not fetched.
    pub skip: Option<Skip>,
}

/// Why a message would not be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Skip {
    /// Fetched before, or read.
    Old,
    /// Larger than the limit.
    Oversized,
    /// Marked as deleted.
    Deleted,
}

/// The one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Decoded, quiet.
    pub from: String,
    /// Decoded, quiet.
    pub subject: String,
    /// Octets.
    pub octets: u64,
    /// Where it went: a path, a listener and recipient, a program.
    pub target: String,
}

/// What this computer has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Around {
    /// Where passwords can be kept.
    pub keyring: Keyring,
    /// The login name.
    pub login: String,
    /// The folder proposed, and what is there.
    pub maildir: (PathBuf, Place),
    /// What answers on port 25 of this computer: its greeting.
    pub listener: Option<String>,
    /// Delivery programs found, as commands for `mda`.
    pub programs: Vec<String>,
    /// An LMTP socket found.
    pub lmtp: Option<PathBuf>,
    /// The rc file.
    pub rc: RcFile,
    /// `~/.netrc` is there.
    pub has_netrc: bool,
}

/// Whether a keyring answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyring {
    /// It does.
    Open,
    /// It does once the person has unlocked it.
    Locked,
    /// No Secret Service is running.
    Missing,
}

/// What is in the way of a Maildir.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nothing: it is made.
    Free,
    /// A Maildir.
    Maildir,
    /// An empty folder.
    Empty,
    /// Something else.
    Other,
}

/// The rc file as found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RcFile {
    /// Its path.
    pub path: PathBuf,
    /// Entries and users in it; `None`: it is not there.
    pub holds: Option<(usize, usize)>,
    /// Why it cannot be used: a sentence.
    pub trouble: Option<String>,
    /// Others can read it, and that can be mended.
    pub is_open_to_others: bool,
    /// The users with their hosts that are set up, for "already set up".
    pub accounts: Vec<(AccountId, String)>,
}

/// What saving would write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// The rc file.
    pub rc: FileChange,
    /// `accounts.toml`, if it changes.
    pub local: Option<FileChange>,
    /// The account's name after saving.
    pub id: AccountId,
    /// What a person should know before, in whole sentences: who else is concerned, what is fetched
    /// again.
    pub notes: Vec<String>,
}

/// A change to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Which.
    pub path: PathBuf,
    /// It is not there yet.
    pub is_new: bool,
    /// A unified diff without its head; passwords masked.
    pub diff: String,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adopted {
    /// The account's name.
    pub id: AccountId,
    /// How to take it back.
    pub undo: Undo,
    /// The keyring could not be written; the password is kept in memory until the end: why.
    pub only_in_memory: Option<String>,
}

/// The way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// The rc file as it was, on the base of what was written; `None` if there was none.
    pub rc: Version,
    /// Whether the rc file was made anew: then it goes.
    pub was_new: bool,
    /// `accounts.toml` as it was, if it was changed.
    pub local: Option<Version>,
    /// The keyring entry that was made.
    pub secret: Option<AccountId>,
    /// The account that was written, if it was there before.
    pub written: Option<AccountId>,
    /// The account that was changed, by the name it had, and the password that the keyring had for
    /// it.
    pub former: Option<(AccountId, Option<Secret>)>,
}

/// Where a password comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// `password` of the rc file.
    File,
    /// `password_command` of `accounts.toml`.
    Command,
    /// The keyring.
    Keyring,
    /// The keyring, which is locked.
    LockedKeyring,
    /// `.netrc`
    Netrc,
    /// Typed since the program started.
    Memory,
    /// Nowhere: it is asked for.
    Nowhere,
}

/// Something the engine cannot go on without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Names it in the answer.
    pub id: QuestionId,
    /// What is asked.
    pub what: Ask,
}

/// Names a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QuestionId(pub u64);

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The password of an account: nothing else has it. The answer is the password.
    Password {
        /// Whose.
        id: AccountId,
        /// At which server.
        host: String,
        /// The last answer was refused by the server.
        is_again: bool,
    },
    /// The keyring is locked: may its own dialogue be shown? Any answer is a yes.
    Unlock {
        /// Whose password is wanted.
        id: AccountId,
    },
}

/// How long a job may go without a word before whoever watches may take it for dead; jobs bound
/// their own waits below it.
pub const JOB_SILENCE: Duration = Duration::from_secs(120);
