//! The dot-lock of a mailbox file: `FILE.lock`, which mail programs have agreed on for forty years.
//!
//! It holds the number of the process, as liblockfile writes it, and on a second line the host, so that
//! one left by a killed delivery is known for what it is.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

use super::Error;

/// A lock that names no living process, and not this host, is left over after this time. So
/// liblockfile has it.
const STALE: Duration = Duration::from_secs(5 * 60);

/// The lock, held until dropped.
#[derive(Debug)]
pub struct DotLock {
    /// The lock file and its inode; `None` where the directory lets nobody make one.
    held: Option<(PathBuf, u64)>,
}

impl DotLock {
    /// Takes the lock of a mailbox file, waiting for others. In a directory where no file may be
    /// made (a spool of the system) there is none to be had, and the fcntl lock must do.
    pub fn take(mailbox: &Path, until: Instant) -> Result<Self, Error> {
        let mut name = mailbox.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        loop {
            match create(&path) {
                Ok(inode) => {
                    let held = Some((path, inode));
                    return Ok(Self { held });
                }
                Err(Errno::EXIST) => {}
                Err(Errno::ACCESS | Errno::PERM | Errno::ROFS) if mailbox.exists() => {
                    return Ok(Self { held: None });
                }
                Err(error) => return Err(io::Error::from(error).into()),
            }
            if is_left_over(&path) {
                remove_left_over(&path);
            } else if Instant::now() < until {
                pause();
            } else {
                let holder = path.display().to_string();
                return Err(Error::Locked { holder });
            }
        }
    }
}

impl Drop for DotLock {
    fn drop(&mut self) {
        let Some((path, inode)) = &self.held else {
            return;
        };
        // Somebody may have taken it for left over, and hold it now.
        let is_ours = std::fs::symlink_metadata(path).is_ok_and(|found| found.ino() == *inode);
        if is_ours && let Err(error) = std::fs::remove_file(path) {
            tracing::warn!(path = %path.display(), %error, "the lock stays");
        }
    }
}

/// Between two attempts.
pub fn pause() {
    std::thread::sleep(Duration::from_millis(50));
}

/// Makes the lock file; its inode. O_EXCL follows no link and is atomic on NFS since its version 3.
fn create(path: &Path) -> Result<u64, Errno> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let mode = Mode::RUSR | Mode::WUSR | Mode::RGRP | Mode::ROTH;
    let mut file = File::from(rustix::fs::open(path, flags, mode)?);
    let text = format!("{}\n{}\n", std::process::id(), host());
    // A lock without a number locks as well: only whether it is left over is harder to say.
    if let Err(error) = file.write_all(text.as_bytes()) {
        tracing::debug!(%error, "the lock has no number");
    }
    let inode = file.metadata().map(|found| found.ino());
    inode.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))
}

fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    name.trim().to_owned()
}

/// Whether a lock belongs to nobody any more.
fn is_left_over(path: &Path) -> bool {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let Ok(file) = rustix::fs::open(path, flags, Mode::empty()).map(File::from) else {
        return false;
    };
    let mut text = Vec::new();
    if (&file).take(512).read_to_end(&mut text).is_err() {
        return false;
    }
    let changed = file.metadata().and_then(|found| found.modified());
    let age = changed.ok().and_then(|time| time.elapsed().ok());
    judge(
        &String::from_utf8_lossy(&text),
        age.unwrap_or_default(),
        &host(),
        is_running,
    )
}

fn judge(text: &str, age: Duration, host: &str, is_running: impl Fn(i32) -> bool) -> bool {
    let mut lines = text.lines();
    let process = lines
        .next()
        .and_then(|line| line.trim().parse::<i32>().ok());
    let process = process.filter(|process| *process > 0);
    let is_of_this_host = !host.is_empty() && lines.next() == Some(host);
    match process {
        Some(process) if is_running(process) => false,
        Some(_) if is_of_this_host => true,
        _ => age > STALE,
    }
}

/// The process may be another by now; then the lock stays until that one has ended.
fn is_running(process: i32) -> bool {
    let pid = Pid::from_raw(process);
    pid.is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}

/// Takes a left-over lock away: first aside, in one step, because two may do it at once, and the
/// second must not remove the lock that the first has made meanwhile.
fn remove_left_over(path: &Path) {
    let mut aside = path.as_os_str().to_owned();
    aside.push(format!(".{}", std::process::id()));
    let aside = PathBuf::from(aside);
    if std::fs::rename(path, &aside).is_err() {
        return;
    }
    if !is_left_over(&aside) {
        // A new one: back with it. If there is another already, two hold the lock, and the fcntl
        // lock keeps them apart.
        let _ = std::fs::hard_link(&aside, path);
    }
    tracing::info!(path = %path.display(), "removing a lock that was left over");
    let _ = std::fs::remove_file(&aside);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn left_over_locks() {
        let (young, old) = (Duration::from_secs(5), Duration::from_secs(301));
        let check = |text: &str, age, expected| {
            assert_eq!(
                judge(text, age, "here", |pid| pid == 7),
                expected,
                "{text:?} {age:?}"
            );
        };
        // Of this host: its process tells.
        check("8\nhere\n", young, true);
        check("7\nhere\n", old, false);
        // Of others, or of programs that write a number only.
        check("8\nthere\n", young, false);
        check("8\nthere\n", old, true);
        check("8\n", young, false);
        check("8\n", old, true);
        check("7\n", old, false);
        for text in ["", "0", "-5\nhere", "x\nhere\n", "99999999999\nhere"] {
            check(text, young, false);
            check(text, old, true);
        }
    }
}
