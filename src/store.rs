//! What outlives a run: the rc file, the record of delivered mail, the id file, the lock.
//!
//! The engine is the only one that comes here. Nothing in it knows a protocol: a UID is a word of
//! bytes, a mailbox is `user@host` and perhaps a folder. What is written is written so that a
//! crash at any instruction leaves the old state or the new one ([`atomic`], [`journal`]).

pub mod atomic;
pub mod draft;
pub mod home;
pub mod idfile;
pub mod journal;
pub mod keyring;
pub mod local;
pub mod lock;
pub mod messages;
pub mod netrc;
pub mod places;
pub mod private;
pub mod providers;
pub mod rcfile;
pub mod record;
pub mod samples;
mod uids;
pub mod user;
pub mod users;

pub use lock::{Lock, LockError};
pub use messages::{Messages, Sent};
pub use places::Places;
pub use record::{Entry, Mailbox, Record, View};

use std::path::{Path, PathBuf};

use crate::base::i18n::{fill, gettext};

/// What the record says of a UID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Never delivered by us.
    New,
    /// Delivered and to stay on the server, or seen at first contact.
    Delivered,
    /// Delivered, and the server was or should have been told to delete it.
    DeletePending,
}

/// Why the record cannot be kept. Whoever gets one must not delete mail on a server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A file or directory cannot be read or written.
    #[error("{}", disk_sentence(path, what, *is_full))]
    Disk {
        /// Which.
        path: PathBuf,
        /// The system's words.
        what: String,
        /// Whether the disk or the quota is used up (ENOSPC, EDQUOT).
        is_full: bool,
    },
    /// Another process keeps the record of this id file.
    #[error("{}", busy_sentence(path))]
    Busy {
        /// The journal.
        path: PathBuf,
    },
    /// A later release has written the journal.
    #[error("{}", newer_sentence(path))]
    Newer {
        /// The journal.
        path: PathBuf,
    },
    /// The id file may not be used (fetchmail status 6).
    #[error(transparent)]
    Refused(private::Refusal),
    /// A UID that cannot be recorded: empty, or longer than [`record::UID_MAX`].
    #[error("{}", gettext("The server gave a message an unusable unique id."))]
    Uid,
    /// The writer has ended; only after a bug or during shutdown.
    #[error("{}", gettext("The record of delivered mail is closed."))]
    Closed,
}

impl Error {
    /// An [`Error::Disk`] from what the system said of `path`.
    pub fn disk(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        Self::Disk {
            path: path.to_owned(),
            what: error.to_string(),
            is_full: matches!(error.kind(), StorageFull | QuotaExceeded),
        }
    }
}

fn disk_sentence(path: &Path, what: &str, is_full: bool) -> String {
    let text = if is_full {
        gettext("{path} cannot be written because the disk is full. Free some space.")
    } else {
        gettext("{path} cannot be used: {what}.")
    };
    fill(&text, &[("path", &path.display()), ("what", &what)])
}

fn busy_sentence(path: &Path) -> String {
    let text = gettext("Another program is using {path}. Wait until it ends, or stop it.");
    fill(&text, &[("path", &path.display())])
}

fn newer_sentence(path: &Path) -> String {
    let text = gettext("{path} was written by a later release of Postrider. Use that release.");
    fill(&text, &[("path", &path.display())])
}
