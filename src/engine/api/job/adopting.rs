//! Writing an account: what would be written, what was, and the way back.

use std::path::PathBuf;

use crate::base::Secret;
use crate::engine::api::AccountId;
use crate::engine::api::saving::Version;

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
