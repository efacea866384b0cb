//! Opening the record: what the id file says, what the journal adds, what a crash left undecided.
//!
//! An open intent is decided by what is on the disk. Found in `new/` or `cur/` the message was
//! delivered; still in `tmp/` it was not, and the file goes; in neither it counts as not
//! delivered, because a second copy is better than none (R1 before R2). Where the Maildir cannot
//! be looked into (not mounted, say), the question stays open for the next start.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use rustix::fs::{FlockOperation, Mode, OFlags};

use crate::base::durable;
use crate::store::journal::{self, Line, Word};
use crate::store::places::state_file;
use crate::store::record::memory::Memory;
use crate::store::record::writer::Writer;
use crate::store::{Error, Known, atomic, idfile};

/// Reads everything, decides what is open, and leaves the files sound.
pub(super) fn open(idfile: &Path, state_dir: &Path) -> Result<(Memory, Writer), Error> {
    let path = journal_path(idfile, state_dir)?;
    make_private_dir(state_dir)?;
    let disk = |e: io::Error| Error::disk(&path, &e);
    let mut journal = open_locked(&path)?;
    make_names_durable(state_dir, idfile)?;
    let mut bytes = Vec::new();
    journal.read_to_end(&mut bytes).map_err(disk)?;
    let found = journal::read(&bytes);
    if found.is_newer {
        return Err(Error::Newer { path });
    }
    let uid = rustix::process::geteuid().as_raw();
    let ids = idfile::read(idfile, uid)?;
    let is_idfile_damaged = ids.is_damaged;
    let mut memory = Memory::new(ids);
    memory.replay(&found.lines);
    if is_idfile_damaged {
        set_aside(idfile)?;
        memory.is_idfile_stale = true;
    }
    if found.is_damaged {
        set_aside(&path)?;
    }
    let stale_files = decide(&mut memory);
    let must_rewrite = found.is_damaged || is_idfile_damaged || stale_files.is_some();
    let length = found.good as u64;
    let idfile = idfile.to_owned();
    let mut writer = Writer {
        idfile,
        path,
        journal,
        length,
        base: length,
        is_suspect: false,
    };
    let memory = Mutex::new(memory);
    if must_rewrite {
        writer.rewrite(&memory)?;
    } else if length == 0 {
        begin(&mut writer)?;
    } else {
        writer
            .journal
            .set_len(length)
            .map_err(|e| Error::disk(&writer.path, &e))?;
    }
    // Only now: before, their absence could have been taken for something else.
    for file in stale_files.unwrap_or_default() {
        if let Err(error) = std::fs::remove_file(&file) {
            tracing::warn!(%error, file = %file.display(), "cannot remove an unfinished file");
        }
    }
    let memory = memory
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok((memory, writer))
}

pub(super) fn journal_path(idfile: &Path, state_dir: &Path) -> Result<PathBuf, Error> {
    state_file(state_dir, idfile, ".journal").map_err(|e| Error::disk(idfile, &e))
}

fn make_private_dir(dir: &Path) -> Result<(), Error> {
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir);
    made.map_err(|e| Error::disk(dir, &e))
}

/// A journal is as durable as the names that lead to it, and so is the id file. Both may be from a
/// run that was killed before they were.
fn make_names_durable(state_dir: &Path, idfile: &Path) -> Result<(), Error> {
    durable::sync_way_to(state_dir).map_err(|e| Error::disk(state_dir, &e))?;
    match idfile.exists() {
        true => atomic::sync_parent(idfile).map_err(|e| Error::disk(idfile, &e)),
        false => Ok(()),
    }
}

/// Between two tries to lock the journal; there are a hundred.
const PAUSE: Duration = Duration::from_millis(10);

/// Opens the journal, made if absent, and locks it until it is closed. Waits for at most a second.
fn open_locked(path: &Path) -> Result<File, Error> {
    let disk = |e: io::Error| Error::disk(path, &e);
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    for _ in 0..100 {
        let opened = rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR);
        let file: File = opened.map_err(|e| disk(e.into()))?.into();
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Err(rustix::io::Errno::WOULDBLOCK) => {
                // Perhaps only until a child of whoever had it has become another program, or
                // until a process has ended.
                std::thread::sleep(PAUSE);
                continue;
            }
            Err(error) => {
                // Some network file systems cannot; the lock of the mailboxes still holds.
                tracing::warn!(%error, path = %path.display(), "cannot lock the journal");
            }
            Ok(()) => {}
        }
        // It may have been written anew between opening and locking.
        let opened = file.metadata().map_err(disk)?;
        match std::fs::symlink_metadata(path) {
            Ok(named) if named.ino() == opened.ino() && named.dev() == opened.dev() => {
                return Ok(file);
            }
            _ => continue,
        }
    }
    Err(Error::Busy { path: path.into() })
}

/// Writes the first line of a journal that has none, and makes its name durable.
fn begin(writer: &mut Writer) -> Result<(), Error> {
    let mut file = &writer.journal;
    let done = file
        .set_len(0)
        .and_then(|()| io::Seek::rewind(&mut file))
        .and_then(|()| file.write_all(journal::HEADER))
        .and_then(|()| file.sync_all())
        .and_then(|()| atomic::sync_parent(&writer.path));
    done.map_err(|e| Error::disk(&writer.path, &e))?;
    writer.length = journal::HEADER.len() as u64;
    writer.base = writer.length;
    Ok(())
}

/// Keeps a second name for a damaged file; the first is given to what could be read of it.
fn set_aside(path: &Path) -> Result<(), Error> {
    let aside = atomic::set_aside(path).map_err(|e| Error::disk(path, &e))?;
    tracing::warn!(
        path = %path.display(), aside = %aside.display(),
        "damaged; what could be read is kept, the whole is set aside"
    );
    Ok(())
}

/// Where the file of an intent is.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    Delivered,
    Unfinished,
    Nowhere,
    Unreachable,
}

/// Decides open intents. `None` if nothing changes, else the files to remove from `tmp/`.
fn decide(memory: &mut Memory) -> Option<Vec<PathBuf>> {
    let mut stale_files = Vec::new();
    let mut listings = Listings::default();
    let mut changes = false;
    for (file, intent) in memory.intents.clone() {
        let fate = fate(&file, &mut listings).unwrap_or(Fate::Unreachable);
        tracing::info!(file = %file.display(), ?fate, "an unfinished delivery was found");
        if fate == Fate::Unreachable {
            continue;
        }
        changes = true;
        if fate != Fate::Nowhere && is_in_tmp(&file) {
            stale_files.push(file.clone());
        }
        memory.apply(&Line::Settled { file });
        if let (Fate::Delivered, Some(uid)) = (fate, intent.uid) {
            let state = if intent.deletes {
                Known::DeletePending
            } else {
                Known::Delivered
            };
            let (mailbox, uids) = (intent.mailbox, vec![Word::One(uid)]);
            memory.apply(&Line::Known {
                mailbox,
                state,
                uids,
            });
        }
    }
    changes.then_some(stale_files)
}

fn fate(file: &Path, listings: &mut Listings) -> io::Result<Fate> {
    let (Some(tmp), Some(name)) = (file.parent(), file.file_name()) else {
        return Ok(Fate::Nowhere);
    };
    let Some(maildir) = tmp
        .parent()
        .filter(|_| tmp.ends_with("tmp") && file.is_absolute())
    else {
        return Ok(Fate::Nowhere);
    };
    if !std::fs::metadata(tmp)?.is_dir() {
        return Ok(Fate::Unreachable);
    }
    let (new, cur) = (maildir.join("new"), maildir.join("cur"));
    if let Ok(metadata) = file.symlink_metadata() {
        // A second link is the one in new/ or cur/, made where the system cannot rename safely.
        let is_linked = metadata.is_file() && metadata.nlink() > 1;
        return if is_linked {
            sync(&new)
        } else {
            Ok(Fate::Unfinished)
        };
    }
    // In this order: mail readers move files from new/ to cur/.
    for dir in [new, cur] {
        if listings.has(&dir, name)? {
            return sync(&dir);
        }
    }
    Ok(Fate::Nowhere)
}

/// The rename is there to be seen; before the server's copy goes it must also be on the disk.
fn sync(dir: &Path) -> io::Result<Fate> {
    File::open(dir)?.sync_all()?;
    Ok(Fate::Delivered)
}

/// Names of directories, each read once: a crash leaves up to a batch of intents, and `new/` may
/// be large.
#[derive(Default)]
struct Listings(HashMap<PathBuf, Vec<OsString>>);

impl Listings {
    /// Whether the file is there under its name, or with what is added to it: the size when it
    /// appears (`,S=`), its flags when a mail reader takes it over (`:2,`; maildir(5)).
    fn has(&mut self, dir: &Path, name: &OsStr) -> io::Result<bool> {
        if !self.0.contains_key(dir) {
            self.0.insert(dir.to_owned(), names(dir)?);
        }
        let is_it = |found: &OsString| {
            let rest = found.as_bytes().strip_prefix(name.as_bytes());
            rest.is_some_and(|rest| matches!(rest.first(), None | Some(b',' | b':')))
        };
        Ok(self.0.get(dir).is_some_and(|names| names.iter().any(is_it)))
    }
}

fn names(dir: &Path) -> io::Result<Vec<OsString>> {
    match std::fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        entries => entries?.map(|entry| Ok(entry?.file_name())).collect(),
    }
}

fn is_in_tmp(file: &Path) -> bool {
    let tmp = file.parent().is_some_and(|parent| parent.ends_with("tmp"));
    tmp && file
        .symlink_metadata()
        .is_ok_and(|metadata| metadata.is_file())
}
