//! Work the command line does at once, through the same door.

pub mod agent;
mod inspect;
pub mod lint;
pub mod probe;
pub mod report;
pub mod route;
pub mod secret;

pub use inspect::Inspection;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::api::saving::{Unsaved, Version, Which};
use super::handle::{Options, Rhythm};
use super::saving::unsaved;
use super::source::File;
use crate::base::Secret;
use crate::base::i18n::gettext;
use crate::deliver::{maildir, mbox};
use crate::store::{local, rcfile};

pub use super::api::saving::Base;

/// Delivers one message durably into a Maildir, made if it is missing (rule R1).
pub fn deliver_to_maildir(folder: &Path, message: &mut impl Read) -> io::Result<()> {
    maildir::deliver_one(folder, message).map(drop)
}

/// Adds one message durably to a mailbox file, made if it is missing. An error is a sentence.
pub fn deliver_to_mbox(file: &Path, message: &mut impl Read) -> Result<(), String> {
    mbox::deliver_one(file, message, mbox::PATIENCE).map_err(|error| error.to_string())
}

/// Reads the rc file for somebody who may want to change it: its path, its bytes, and the base of
/// a new version. Without `path` it is the file of the environment. With `checks` it must be ours
/// and closed to others. An error is a sentence.
pub fn read_rc(path: Option<&Path>, checks: bool) -> Result<(PathBuf, Vec<u8>, Base), String> {
    let path = match path {
        Some(path) => path.to_owned(),
        None => match Options::from_environment(None, Rhythm::Once)?.source.file {
            File::Path(path) => path,
            File::Text(_) => return Err("-".to_owned()),
        },
    };
    let found = rcfile::read(&path, checks).map_err(|error| error.to_string())?;
    let base = Base::of(&found.bytes);
    Ok((path, found.bytes, base))
}

/// The same of `accounts.toml`, of which nothing need be there yet: then the bytes are empty.
/// [`Command::SaveLocal`](super::api::Command::SaveLocal) writes it.
pub fn read_local() -> Result<(PathBuf, Vec<u8>, Base), String> {
    let places = Options::from_environment(None, Rhythm::Once)?.places;
    let path = places.accounts_toml();
    let path = path.ok_or_else(|| gettext("There is no home directory."))?;
    let found = local::read(&path).map_err(|error| error.to_string())?;
    let base = found.as_deref().map_or(Base::NONE, Base::of);
    Ok((path, found.unwrap_or_default(), base))
}

/// Writes a new version of the rc file; the old one is kept as `NAME~`. A version with errors is
/// refused, and so is one made from another file than the one that is there.
pub fn save_rc(path: &Path, base: Base, bytes: &[u8]) -> Result<Base, Unsaved> {
    let file = Some(File::Path(path.to_owned()));
    let options = Options::from_environment(file, Rhythm::Once).map_err(Unsaved::Refused)?;
    let bytes = Secret::new(bytes);
    let saved = options
        .source
        .save(&Version { base, bytes }, Which::Rc, &options.places);
    saved.result
}

/// Writes a mended version of the rc file, one that may have errors still, closed to others; the old
/// one is kept as `NAME~`. Refused if the file is another than the one that was mended.
pub fn save_mended(path: &Path, mended: &[u8], bytes: &[u8]) -> Result<(), Unsaved> {
    rcfile::save(path, Base::of(mended), bytes).map_err(unsaved)?;
    rcfile::make_private(path).map_err(|error| Unsaved::Refused(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_rc_file_is_read_and_saved() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rc");
        assert!(read_rc(Some(&path), true).unwrap_err().contains("no file"));
        let first = b"poll a user u\n";
        let base = save_rc(&path, Base::NONE, first).unwrap();
        let found = read_rc(Some(&path), true).unwrap();
        assert_eq!(found, (path.clone(), first.to_vec(), base));
        let refused = save_rc(&path, base, b"pull a\n").unwrap_err();
        assert!(matches!(refused, Unsaved::Errors(_)), "{refused:?}");
        save_rc(&path, base, b"poll b user u\n").unwrap();
        let late = save_rc(&path, base, b"poll c user u\n").unwrap_err();
        assert!(matches!(late, Unsaved::Changed(_)), "{late:?}");
    }
}
