//! The words for writing the person's files: what may be asked, and what comes back.

use std::path::PathBuf;

pub use crate::store::rcfile::Base;

use crate::base::Secret;

/// A new version of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// What it was made from.
    pub base: Base,
    /// All of it. Passwords are in it, so it is never printed.
    pub bytes: Secret,
}

/// Which file was to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The rc file.
    Rc,
    /// `NAME.draft` beside it, which nothing polls by and may have errors.
    Draft,
    /// `accounts.toml`.
    Local,
}

/// How it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Which.
    pub which: Which,
    /// Its path.
    pub path: PathBuf,
    /// The base of the next version, or why the file is as it was.
    pub result: Result<Base, Unsaved>,
}

/// Why a file was not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsaved {
    /// Another program has changed the file: a whole sentence. It must be read again.
    Changed(String),
    /// The new version has errors: `file:line:column: sentence`, one for each.
    Errors(Vec<String>),
    /// It cannot be written: a whole sentence.
    Refused(String),
}

impl std::fmt::Display for Unsaved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Changed(sentence) | Self::Refused(sentence) => f.write_str(sentence),
            Self::Errors(errors) => f.write_str(&errors.join("\n")),
        }
    }
}
