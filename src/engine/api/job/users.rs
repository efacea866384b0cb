//! Other users' files, for whoever administers the computer: what is in them, reading and writing
//! them, and fetching by them. All of it is done as the user whose file it is.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Secret;
use crate::engine::api::saving::Version;
pub use crate::store::home::Refusal;
pub use crate::store::users::User;

/// Whether this process may become other users.
pub fn is_administrator() -> bool {
    rustix::process::geteuid().is_root()
}

/// A file, and on whose behalf it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whose {
    /// The file.
    pub path: PathBuf,
    /// Who reads and writes it.
    pub keeper: User,
    /// Who fetches by it; `None`: nobody knows the user it belongs to.
    pub runner: Option<User>,
    /// It is the one of the whole computer, and may belong to anybody.
    pub is_system: bool,
}

impl Whose {
    /// The file in a user's home.
    pub fn of(user: User) -> Self {
        Self {
            path: user.home.join(".fetchmailrc"),
            keeper: user.clone(),
            runner: Some(user),
            is_system: false,
        }
    }

    /// The file of the whole computer, which only root can replace.
    pub fn system(path: &Path, root: User) -> Self {
        Self {
            path: path.to_owned(),
            keeper: root,
            runner: None,
            is_system: true,
        }
    }
}

/// A user's file as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsersFile {
    /// Which.
    pub whose: Whose,
    /// What it is like.
    pub state: FileState,
    /// Who fetches mail for this user just now.
    pub running: Option<Running>,
}

/// What a file is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    /// There is none.
    Absent {
        /// It can be made: the home is the user's own.
        can_make: bool,
    },
    /// It is left alone.
    Refused(Refusal),
    /// It was read.
    Seen(Box<Summary>),
}

/// What is in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Its servers, in the order of the file; at most [`Summary::MOST`].
    pub servers: Vec<ServerLine>,
    /// How many more there are.
    pub more: usize,
    /// What `lint` finds: errors.
    pub errors: usize,
    /// What `lint` finds: all else.
    pub hints: usize,
    /// Others can get at it, so that fetchmail refuses it: its mode.
    pub exposed: Option<u32>,
    /// User number of its owner.
    pub owner: u32,
}

impl Summary {
    /// Most servers, and users of each, that are told.
    pub const MOST: usize = 200;
}

/// A server of a file. All texts are quiet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerLine {
    /// Behind `poll` or `skip`.
    pub label: String,
    /// As the file says it.
    pub protocol: String,
    /// It is only fetched from when it is named.
    pub is_skipped: bool,
    /// Its users: the remote name, and whom their mail is for.
    pub users: Vec<(String, Vec<String>)>,
}

/// A program that fetches mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Its process.
    pub pid: Option<u32>,
    /// Seconds between its checks; `None`: it ends by itself.
    pub interval: Option<u32>,
}

/// The files of all users.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Everybody {
    /// In the order of the password database, that of the computer first.
    pub files: Vec<UsersFile>,
    /// There are more users than are looked at.
    pub is_cut: bool,
}

/// A new version of a user's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// Whose.
    pub whose: Whose,
    /// The new version, and what it was made from; [`Base::NONE`](super::Base::NONE): a new file.
    pub version: Version,
    /// It goes to `NAME.draft`, where it may have errors.
    pub is_draft: bool,
}

/// What is to be done by a user's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Check once, all servers or one.
    Check(Option<String>),
    /// Check in the background, every so many seconds.
    Start(u32),
    /// End what runs in the background.
    Stop,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ran {
    /// A check ended with this status; -1 after a signal.
    Ended(i32),
    /// It runs in the background, as this process.
    Started(u32),
    /// It came to an end at once, with this status.
    NotStarted(i32),
    /// Nothing runs any more.
    Stopped,
    /// Nothing ran.
    Idle,
    /// It was told to stop, and has not ended yet.
    Lingers,
}

/// A text and who would use it, for [`Job::LintAs`](super::Job::LintAs).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draught {
    /// Whose file it may become.
    pub whose: Whose,
    /// All of it. Passwords may be in it.
    pub text: Secret,
}
