//! Looking at a record that somebody else may be writing: no lock, no repair, nothing changed.

use std::path::Path;

use super::memory::{Memory, Shelf};
use super::{Held, Mailbox, recovery};
use crate::mail::Uid;
use crate::store::{Error, Known, idfile, journal};

/// What the record says of one mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Which.
    pub mailbox: Mailbox,
    /// Messages delivered that stay on the server.
    pub kept: usize,
    /// Messages delivered whose deletion the server has not confirmed.
    pub pending: Vec<Uid>,
    /// Messages that were not taken and wait for another try.
    pub held: Vec<(Uid, Held)>,
    /// Messages that some of their recipients have.
    pub partly: usize,
}

/// All mailboxes with something on record, and those of `accounts` (`user@host`), by name. Nothing
/// need be there.
pub fn look(idfile: &Path, state_dir: &Path, accounts: &[Mailbox]) -> Result<Vec<Look>, Error> {
    let path = recovery::journal_path(idfile, state_dir)?;
    let bytes = match std::fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        read => read.map_err(|e| Error::disk(&path, &e))?,
    };
    let found = journal::read(&bytes);
    if found.is_newer {
        return Err(Error::Newer { path });
    }
    let uid = rustix::process::geteuid().as_raw();
    let mut memory = Memory::new(idfile::read(idfile, uid)?);
    memory.replay(&found.lines);
    for mailbox in accounts {
        memory.shelf(mailbox);
    }
    let mut looks: Vec<Look> = memory.map_shelves(of);
    looks.retain(|look| !look.is_empty());
    looks.sort_by(|a, b| a.mailbox.cmp(&b.mailbox));
    Ok(looks)
}

impl Look {
    fn is_empty(&self) -> bool {
        self.kept == 0 && self.pending.is_empty() && self.held.is_empty() && self.partly == 0
    }
}

fn of(name: &Mailbox, shelf: &Shelf) -> Look {
    let state = |wanted| {
        let uids = shelf.uids.iter();
        uids.filter(move |(_, state)| *state == wanted)
    };
    let held = shelf.held.iter();
    Look {
        mailbox: name.clone(),
        kept: state(Known::Delivered).count(),
        pending: state(Known::DeletePending)
            .map(|(uid, _)| Uid::new(uid))
            .collect(),
        held: held.map(|(uid, held)| (uid.clone(), *held)).collect(),
        partly: shelf.served.len(),
    }
}
