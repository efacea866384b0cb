//! One message appended to a mailbox file (mbox), durably, as `postrider deliver --mbox` does it.
//!
//! The form is mboxrd: a From_ line, the message with one `>` more before each line that looks like
//! a From_ line, an empty line. Other programs are kept out by a dot-lock (`FILE.lock`) and by an
//! fcntl lock, which between them all mail programs know.
//!
//! The message is read whole before the file is touched. What fails is taken back by cutting the file
//! to its old length, but only while nothing else has been added to it. A crash in the middle may
//! leave the beginning of a message: it is not cut later, because by then nobody can tell it from mail
//! of another program. The next message begins on a line of its own, and whoever called, having no
//! status 0, delivers the message again, whole.

mod lock;
mod quote;

#[cfg(test)]
mod tests;

use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, Mode, OFlags, fcntl_lock};
use rustix::io::Errno;

use super::spool;
use crate::base::i18n::{fill, gettext};
use lock::DotLock;
use quote::Quoting;

/// How long other programs are waited for.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Why a message was not delivered. The file holds what it held.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system says no.
    #[error("{0}")]
    System(#[from] io::Error),
    /// It could not be locked in time.
    #[error("{}", locked(holder))]
    Locked {
        /// What is held.
        holder: String,
    },
    /// Not a file that mail may be added to.
    #[error("{0}")]
    Unfit(String),
}

fn locked(holder: &str) -> String {
    let text = gettext("Another program has locked it ({holder})");
    fill(&text, &[("holder", &holder)])
}

/// Adds the message that `source` gives to the end of the file, made if it is missing. Returns when it
/// is safe on the disk. Other programs are waited for at most `patience`.
pub fn deliver_one(path: &Path, source: &mut impl Read, patience: Duration) -> Result<(), Error> {
    let message = spool::whole(source)?;
    let path = std::path::absolute(path)?;
    let until = Instant::now() + patience;
    let _lock = DotLock::take(&path, until)?;
    let (file, is_new) = open_locked(&path, until)?;
    if is_new {
        // The name must be as durable as what it will name.
        File::open(parent(&path))?.sync_all()?;
    }
    append(&file, &message)
}

fn parent(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("/")).to_owned()
}

/// Opens and locks the file that has this name; whether it is new.
fn open_locked(path: &Path, until: Instant) -> Result<(File, bool), Error> {
    loop {
        let (file, is_new) = open(path)?;
        let held = file.metadata()?;
        check(&held)?;
        while let Err(error) = fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
            match error {
                Errno::AGAIN | Errno::ACCESS if Instant::now() < until => lock::pause(),
                Errno::AGAIN | Errno::ACCESS => {
                    let holder = "fcntl".to_owned();
                    return Err(Error::Locked { holder });
                }
                Errno::INTR => {}
                error => return Err(io::Error::from(error).into()),
            }
        }
        // Mail programs write a new file and rename it: then this one is nobody's any more.
        match std::fs::symlink_metadata(path) {
            Ok(named) if (named.dev(), named.ino()) == (held.dev(), held.ino()) => {
                return Ok((file, is_new));
            }
            _ if Instant::now() < until => lock::pause(),
            _ => {
                let holder = path.display().to_string();
                return Err(Error::Locked { holder });
            }
        }
    }
}

fn open(path: &Path) -> Result<(File, bool), Error> {
    // A FIFO would make us wait for its reader.
    let flags =
        OFlags::RDWR | OFlags::APPEND | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let make = flags | OFlags::CREATE | OFlags::EXCL;
    let mode = Mode::RUSR | Mode::WUSR;
    loop {
        match rustix::fs::open(path, flags, mode) {
            Ok(file) => return Ok((file.into(), false)),
            Err(Errno::NOENT) => {}
            Err(Errno::LOOP) => {
                let what = gettext("It is a symbolic link. Name the file that it leads to");
                return Err(Error::Unfit(what));
            }
            Err(error) => return Err(io::Error::from(error).into()),
        }
        match rustix::fs::open(path, make, mode) {
            Ok(file) => return Ok((file.into(), true)),
            // Another delivery was first.
            Err(Errno::EXIST) => {}
            Err(error) => return Err(io::Error::from(error).into()),
        }
    }
}

/// Mail goes into plain files of our own that have one name: in a directory that others may write to,
/// anything else may be a trap (threats.md A19).
fn check(file: &Metadata) -> Result<(), Error> {
    let me = rustix::process::geteuid();
    let what = if !file.is_file() {
        gettext("It is not a plain file")
    } else if file.nlink() > 1 {
        gettext("It has a second name (a hard link)")
    } else if file.uid() != me.as_raw() && !me.is_root() {
        gettext("It belongs to another user")
    } else {
        return Ok(());
    };
    Err(Error::Unfit(what))
}

/// Appends, or leaves the file as it was.
fn append(file: &File, message: &File) -> Result<(), Error> {
    let before = file.metadata()?.len();
    check_limit(before, message.metadata()?.len())?;
    let mut counted = Counted { file, octets: 0 };
    let written = write(&mut counted, before, message).and_then(|()| file.sync_all());
    let Err(error) = written else {
        return Ok(());
    };
    take_back(file, before, counted.octets);
    Err(error.into())
}

/// Beyond the largest file that this process may write it would be killed in the middle (SIGXFSZ).
fn check_limit(before: u64, message: u64) -> io::Result<()> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Fsize).current;
    // Quoting adds an octet to six at most.
    let most = message
        .saturating_add(message / 6)
        .saturating_add(before)
        .saturating_add(4096);
    match limit {
        Some(limit) if most > limit => Err(Errno::FBIG.into()),
        _ => Ok(()),
    }
}

/// Cuts the file to its length before, unless somebody who respects no lock has added to it.
fn take_back(file: &File, before: u64, added: u64) {
    let is_ours_alone = file
        .metadata()
        .is_ok_and(|after| after.len() == before + added);
    if is_ours_alone && let Err(error) = file.set_len(before).and_then(|()| file.sync_all()) {
        tracing::error!(%error, "the beginning of a message stays in the mailbox file");
    }
}

fn write(out: &mut Counted, before: u64, mut message: &File) -> io::Result<()> {
    let gap = gap(out.file, before)?;
    let head = quote::beginning(message)?;
    let mut quoting = Quoting::new();
    let mut out = io::BufWriter::with_capacity(BLOCK, out);
    out.write_all(gap)?;
    out.write_all(&head.from_line)?;
    io::Seek::seek(&mut message, io::SeekFrom::Start(head.skip))?;
    let mut block = vec![0; BLOCK];
    loop {
        let length = match message.read(&mut block) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        quoting.push(block.get(..length).unwrap_or_default(), &mut out)?;
    }
    quoting.finish(&mut out)?;
    out.flush()
}

/// What has to stand before the From_ line, so that an empty line does: something if another program
/// left the file without one, or a delivery was cut short.
fn gap(file: &File, length: u64) -> io::Result<&'static [u8]> {
    let mut last = [0; 2];
    let known = length.min(2) as usize;
    let tail = &mut last[2 - known..];
    file.read_exact_at(tail, length - known as u64)?;
    Ok(match (known, last) {
        (0, _) | (_, [b'\n', b'\n']) | (1, [_, b'\n']) => b"",
        (_, [_, b'\n']) => b"\n",
        _ => b"\n\n",
    })
}

/// Counts what has reached the file.
struct Counted<'a> {
    file: &'a File,
    octets: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let length = (&mut &*self.file).write(octets)?;
        self.octets += length as u64;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Octets read and written at once.
const BLOCK: usize = 64 * 1024;
