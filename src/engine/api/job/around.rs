//! What this computer has for keeping passwords and delivering mail.

use std::path::PathBuf;

use crate::engine::api::AccountId;

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
