//! Where accounts come from: the rc file, its command-line overrides, and when to read it again.

use std::path::PathBuf;

use super::api::Halt;
use crate::base::i18n::{fill, gettext};
use crate::rc::{self, Config, Document, Overrides};
use crate::store::rcfile::{self, RcError, Stamp};

/// What is read and how it is understood.
#[derive(Clone, Debug)]
pub struct Source {
    /// The rc file, or bytes already read (`-f -`).
    pub file: File,
    /// What the command line sets for all accounts.
    pub overrides: Overrides,
    /// Servers named on the command line; empty means all that are not `skip`.
    pub servers: Vec<String>,
    /// Name of the invoking user: default of remote and local names.
    pub user: String,
    /// Whether that user is root.
    pub is_root: bool,
}

/// Where the rc text is.
#[derive(Clone, Debug)]
pub enum File {
    /// A file, tested for owner and mode.
    Path(PathBuf),
    /// Standard input, read once.
    Text(Vec<u8>),
}

/// A configuration that can be polled.
#[derive(Debug)]
pub struct Loaded {
    /// Resolved accounts and globals.
    pub config: Config,
    /// Sentences worth saying.
    pub advice: Vec<String>,
    /// To see that the file has changed.
    pub stamp: Option<Stamp>,
}

impl Source {
    /// Path of the file for display; `-` for standard input.
    pub fn name(&self) -> String {
        match &self.file {
            File::Path(path) => path.display().to_string(),
            File::Text(_) => "-".to_owned(),
        }
    }

    /// Reads and resolves. Without a file the accounts are those of the command line.
    pub fn load(&self) -> Result<Loaded, Halt> {
        let mut advice = Vec::new();
        let (bytes, stamp) = match &self.file {
            File::Text(bytes) => (bytes.clone(), None),
            File::Path(path) => match rcfile::read(path, true) {
                Ok(found) => {
                    advice.extend(found.warning);
                    (found.bytes, Some(found.stamp))
                }
                Err(RcError::Missing { .. }) if !self.servers.is_empty() => (Vec::new(), None),
                Err(RcError::Missing { .. }) => return Err(Halt::NoFile),
                Err(error) => return Err(Halt::Unreadable(error.to_string())),
            },
        };
        let config = self.resolve(&bytes).map_err(Halt::Syntax)?;
        advice.extend(
            config
                .advice
                .iter()
                .map(|d| d.in_file(&self.name()).to_string()),
        );
        for (id, word) in &config.unsupported {
            let text = gettext("{account} is not polled: this version cannot do “{keyword}”.");
            advice.push(fill(&text, &[("account", id), ("keyword", word)]));
        }
        Ok(Loaded {
            config,
            advice,
            stamp,
        })
    }

    /// Whether the file is another than `stamp` says. A file that cannot be looked at counts as
    /// unchanged: the accounts that are known go on.
    pub fn has_changed(&self, stamp: Option<&Stamp>) -> bool {
        match (&self.file, stamp) {
            (File::Path(path), Some(stamp)) => {
                rcfile::Stamp::of(path).is_some_and(|now| now != *stamp)
            }
            _ => false,
        }
    }

    fn resolve(&self, bytes: &[u8]) -> Result<Config, Vec<String>> {
        let around = rc::Surroundings {
            invoking_user: self.user.clone(),
            is_root: self.is_root,
            rc_dir: match &self.file {
                File::Path(path) => path.parent().map(Into::into),
                File::Text(_) => None,
            },
            servers: self.servers.clone(),
        };
        let document = Document::parse(bytes.to_vec());
        rc::resolve(&document, &self.overrides, &around).map_err(|errors| {
            errors
                .iter()
                .map(|d| d.in_file(&self.name()).to_string())
                .collect()
        })
    }
}
