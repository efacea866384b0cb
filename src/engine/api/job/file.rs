//! What an editor does with files: the rc file, and others that are none of the engine's.

use std::path::PathBuf;
use std::time::SystemTime;

use super::{Diagnostic, RcText};
use crate::base::Secret;
use crate::engine::api::saving::{Base, Saved, Version, Which};

/// What is to be done with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileWish {
    /// Read it as a text to be edited.
    Read,
    /// Write it as the rc file is written: if nobody has changed it, and without errors.
    Save(Version, Which),
    /// Put this there, mode 0600, whatever there was.
    Put(Secret),
    /// What there is to say about it.
    Lint,
    /// Make a file of it: it is a dump of a configuration.
    Undump,
    /// What lies beside it.
    LookBeside,
    /// Take its draft away, if it is this one.
    DropDraft(Base),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileDone {
    /// [`FileWish::Read`]
    Read(RcText),
    /// [`FileWish::Save`]
    Saved(Saved),
    /// [`FileWish::Put`]
    Put,
    /// [`FileWish::Lint`], in the order of the file.
    Linted(Vec<Diagnostic>),
    /// [`FileWish::Undump`]
    Undumped(DumpText),
    /// [`FileWish::LookBeside`]
    Beside(Beside),
    /// [`FileWish::DropDraft`]
    Dropped,
}

/// A file made of a dump.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DumpText {
    /// The file. Passwords may be in it.
    pub bytes: Secret,
    /// Keys of the dump that nobody here knows.
    pub left_out: Vec<String>,
}

/// What lies beside a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// Its draft.
    pub draft: Option<DraftText>,
    /// The file of the whole system, if it is there.
    pub system: Option<PathBuf>,
}

/// A draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftText {
    /// All of it. Passwords may be in it.
    pub bytes: Secret,
    /// When it was written.
    pub written: SystemTime,
}
