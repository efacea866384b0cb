//! What the rules need to know of the system. Gathered by the engine, so that the rules stay pure
//! and answer at once while somebody types. What is not known raises no finding.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::rc::provider::Provider;
use crate::rc::resolve::Surroundings;

/// Facts about the system the file is used on.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Who uses the file, and from where.
    pub around: Surroundings,
    /// The file itself; `None` for a text that is in no file.
    pub file: Option<FileFacts>,
    /// What is known about delivery commands, as [`crate::rc::lint::commands`] lists them.
    pub commands: BTreeMap<Vec<u8>, CommandFacts>,
    /// Passwords can be kept in a keyring.
    pub has_keyring: bool,
    /// Known providers.
    pub providers: &'static [Provider],
}

/// Owner and mode of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// Permission bits.
    pub mode: u32,
    /// User number of the owner.
    pub owner: u32,
    /// User number of whoever is to use it.
    pub user: u32,
}

/// What a delivery command comes down to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandFacts {
    /// Its program.
    pub program: ProgramFacts,
    /// The folder it delivers into, and whether that can be written, where both are known.
    pub folder: Option<(PathBuf, bool)>,
}

/// Whether a program can be run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProgramFacts {
    /// Nobody can tell before the shell has read the command.
    #[default]
    Unknown,
    /// It can.
    Good,
    /// There is none of this name.
    Missing,
    /// There is one that may not be executed.
    NotExecutable,
}
