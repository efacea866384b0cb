//! One program at a time: fetchmail's pid file, held for the whole life of whoever polls.
//!
//! The file is what fetchmail 6.4.37 writes (pid, and in daemon mode the interval on a second
//! line), so classic and new programs respect each other. In addition it is `flock`ed, which ends
//! with the process whatever kills it: an unlocked file with the number of a Postrider, or of a
//! process that is neither Postrider nor fetchmail, is stale (attack class A19, reused numbers).
//! Only classic fetchmail, which never locks, is believed by its number alone.

mod process;

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use crate::base::i18n::{fill, gettext};
use process::Process;

pub use process::Signal;

/// Why the lock cannot be had (fetchmail status 8).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// Another program polls.
    #[error("{}", held(holder))]
    Held {
        /// Which.
        holder: Holder,
    },
    /// The file is not a lock: removing it could destroy something.
    #[error("{}", not_a_lock(path))]
    NotALock {
        /// The lock file.
        path: PathBuf,
    },
    /// The file cannot be made or read: nobody can tell.
    #[error("{}", disk(path, what))]
    Disk {
        /// The lock file.
        path: PathBuf,
        /// The system's words.
        what: String,
    },
}

/// Who holds the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its process; `None` if it has not said yet.
    pub pid: Option<u32>,
    /// Seconds between polls: present for a daemon, absent for a single run.
    pub interval: Option<u32>,
}

/// The lock, held until dropped. The file goes with it if it is still ours.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Takes the lock; `interval` (seconds) says that a daemon does. Stale files are removed with
    /// a notice. Blocks for at most a second, while another program is just starting or ending.
    pub fn take(path: &Path, interval: Option<u32>) -> Result<Self, LockError> {
        let mut blocked_by = None;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                std::thread::sleep(PAUSE);
            }
            if let Some(file) = create(path)? {
                let lock = Self {
                    path: path.to_owned(),
                    file,
                };
                lock.set_interval(interval)?;
                return Ok(lock);
            }
            match look(path)? {
                Found::Nothing => {}
                Found::Stale { file, pid } => remove_stale(path, &file, pid)?,
                Found::Held(holder) if holder.is_certain() => {
                    return Err(LockError::Held { holder });
                }
                // Locked, but not by the process named in it, or none is named yet: somebody is
                // starting, ending or looking.
                Found::Held(holder) => blocked_by = Some(holder),
            }
        }
        let holder = blocked_by.unwrap_or(Holder {
            pid: None,
            interval: None,
        });
        Err(LockError::Held { holder })
    }

    /// Says that it is a daemon's from now on (or no longer).
    pub fn set_interval(&self, interval: Option<u32>) -> Result<(), LockError> {
        let mut text = format!("{}\n", std::process::id());
        if let Some(seconds) = interval {
            text.push_str(&format!("{seconds}\n"));
        }
        // Longer first, so that no reader sees a file without a number.
        let written = self.file.write_all_at(text.as_bytes(), 0);
        written
            .and_then(|()| self.file.set_len(text.len() as u64))
            .map_err(|e| disk_error(&self.path, &e))
    }

    /// The lock file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if is_named(&self.path, &self.file)
            && let Err(error) = std::fs::remove_file(&self.path)
        {
            tracing::warn!(%error, path = %self.path.display(), "cannot remove the lock file");
        }
    }
}

/// Who holds the lock, if anybody; nothing is changed.
pub fn holder(path: &Path) -> Result<Option<Holder>, LockError> {
    Ok(match look(path)? {
        Found::Held(holder) => Some(holder),
        Found::Nothing | Found::Stale { .. } => None,
    })
}

impl Holder {
    /// Signals the holder, after looking again whether the number still belongs to fetchmail or
    /// Postrider. `false` when it does not.
    pub fn signal(&self, signal: Signal) -> io::Result<bool> {
        match self.pid {
            Some(pid) => process::signal(pid, signal),
            None => Ok(false),
        }
    }

    /// Whether it is alive and polls on its own account.
    pub fn is_daemon(&self) -> bool {
        self.interval.is_some()
    }

    fn is_certain(&self) -> bool {
        self.pid
            .is_some_and(|pid| process::look(pid) != Process::Gone)
    }
}

enum Found {
    Nothing,
    Held(Holder),
    /// Opened and, where the system can, locked.
    Stale {
        file: File,
        pid: Option<u32>,
    },
}

/// Makes the file and locks it. `None` if there is one, or somebody came between.
fn create(path: &Path) -> Result<Option<File>, LockError> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mode = Mode::RUSR | Mode::WUSR | Mode::RGRP | Mode::ROTH;
    let file: File = match rustix::fs::open(path, flags, mode) {
        Ok(file) => file.into(),
        Err(Errno::EXIST) => return Ok(None),
        Err(error) => return Err(disk_error(path, &error.into())),
    };
    // Whoever sees it before it is locked may look into it, or remove it as stale.
    while is_named(path, &file) {
        if try_lock(&file, path) != Locked::ByAnother {
            return Ok(is_named(path, &file).then_some(file));
        }
        std::thread::sleep(PAUSE / 5);
    }
    Ok(None)
}

fn look(path: &Path) -> Result<Found, LockError> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let not_a_lock = || LockError::NotALock {
        path: path.to_owned(),
    };
    let mut file: File = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => file.into(),
        Err(Errno::NOENT) => return Ok(Found::Nothing),
        Err(Errno::LOOP) => return Err(not_a_lock()),
        Err(error) => return Err(disk_error(path, &error.into())),
    };
    let metadata = file.metadata().map_err(|e| disk_error(path, &e))?;
    // Ours and fetchmail's have at most two numbers.
    if !metadata.is_file() || metadata.len() > 64 {
        return Err(not_a_lock());
    }
    let locked = try_lock(&file, path);
    let mut text = Vec::new();
    file.read_to_end(&mut text)
        .map_err(|e| disk_error(path, &e))?;
    let holder = parse(&text);
    let process = holder.pid.map_or(Process::Gone, process::look);
    let is_held = match (locked, process) {
        (Locked::ByAnother, _) | (_, Process::Fetchmail | Process::Unknown) => true,
        (Locked::ByUs, _) => false,
        (Locked::Cannot, Process::Postrider) => holder.pid != Some(std::process::id()),
        (Locked::Cannot, _) => false,
    };
    // fetchmail makes the file first and writes into it next.
    let is_starting = text.is_empty() && is_fresh(&metadata);
    if is_held || is_starting {
        return Ok(Found::Held(holder));
    }
    Ok(Found::Stale {
        file,
        pid: holder.pid,
    })
}

fn remove_stale(path: &Path, file: &File, pid: Option<u32>) -> Result<(), LockError> {
    // While it is open and locked nobody else comes to the same conclusion about another file.
    if !is_named(path, file) {
        return Ok(());
    }
    tracing::warn!(path = %path.display(), pid, "removing a stale lock file");
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk_error(path, &error)),
        _ => Ok(()),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Locked {
    ByUs,
    ByAnother,
    /// The file system has no locks.
    Cannot,
}

fn try_lock(file: &File, path: &Path) -> Locked {
    match rustix::fs::flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Locked::ByUs,
        Err(Errno::WOULDBLOCK) => Locked::ByAnother,
        Err(error) => {
            tracing::warn!(%error, path = %path.display(), "this file system cannot lock files");
            Locked::Cannot
        }
    }
}

/// fetchmail's two lines: a process number, and for a daemon an interval.
fn parse(text: &[u8]) -> Holder {
    let mut numbers = text
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .map(|word| std::str::from_utf8(word).ok()?.parse::<u32>().ok());
    let pid = numbers
        .next()
        .flatten()
        .filter(|pid| *pid > 0 && *pid <= i32::MAX as u32);
    Holder {
        pid,
        interval: numbers.next().flatten().filter(|_| pid.is_some()),
    }
}

fn is_named(path: &Path, file: &File) -> bool {
    let same = |a: &Metadata, b: &Metadata| a.ino() == b.ino() && a.dev() == b.dev();
    match (file.metadata(), std::fs::symlink_metadata(path)) {
        (Ok(ours), Ok(named)) => same(&ours, &named),
        _ => false,
    }
}

fn is_fresh(metadata: &Metadata) -> bool {
    let age = metadata
        .modified()
        .ok()
        .and_then(|at| SystemTime::now().duration_since(at).ok());
    age.is_some_and(|age| age < STARTING)
}

const ATTEMPTS: u32 = 40;
const PAUSE: Duration = Duration::from_millis(25);
/// How long an empty file may be somebody's who is starting. Shorter than all attempts together:
/// whoever waits for it to pass still has one to take the lock.
const STARTING: Duration = Duration::from_millis(800);

fn disk_error(path: &Path, error: &io::Error) -> LockError {
    LockError::Disk {
        path: path.to_owned(),
        what: error.to_string(),
    }
}

fn held(holder: &Holder) -> String {
    let Some(pid) = holder.pid else {
        return gettext("Another program is fetching mail. Wait until it ends.");
    };
    let text = if holder.is_daemon() {
        gettext(
            "Another program is fetching mail in the background (process {pid}). Stop it first: postrider fetch --quit",
        )
    } else {
        gettext("Another program is fetching mail (process {pid}). Wait until it ends.")
    };
    fill(&text, &[("pid", &pid)])
}

fn not_a_lock(path: &Path) -> String {
    let text = gettext("{path} is not a lock file. Remove it, or name another lock file.");
    fill(&text, &[("path", &path.display())])
}

fn disk(path: &Path, what: &str) -> String {
    let text = gettext("The lock file {path} cannot be used: {what}.");
    fill(&text, &[("path", &path.display()), ("what", &what)])
}

#[cfg(test)]
mod tests;
