//! Work the command line does at once, through the same door.

pub mod lint;

use std::io::{self, Read};
use std::path::Path;

use crate::base::i18n::gettext;
use crate::deliver::maildir;
use crate::store::atomic;

/// Delivers one message durably into a Maildir, made if it is missing (rule R1).
pub fn deliver_to_maildir(folder: &Path, message: &mut impl Read) -> io::Result<()> {
    maildir::deliver_one(folder, message).map(drop)
}

/// Saves the rc file, private, unless it no longer holds what was read from it. A symbolic link
/// stays one: what it points to is replaced.
pub fn save_rc(path: &Path, read: &[u8], bytes: &[u8]) -> io::Result<()> {
    let path = std::fs::canonicalize(path)?;
    if std::fs::read(&path)? != read {
        return Err(io::Error::other(gettext(
            "the file was changed by another program meanwhile",
        )));
    }
    atomic::replace(&path, ".new", bytes).map(drop)
}
