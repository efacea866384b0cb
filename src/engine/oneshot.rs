//! Work the command line does at once, through the same door.

mod inspect;

pub use inspect::Inspection;

use std::io::{self, Read};
use std::path::Path;

use crate::deliver::maildir;

/// Delivers one message durably into a Maildir, made if it is missing (rule R1).
pub fn deliver_to_maildir(folder: &Path, message: &mut impl Read) -> io::Result<()> {
    maildir::deliver_one(folder, message).map(drop)
}
