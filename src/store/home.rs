//! A user's home as whoever looks after other people's files enters it: never through a symbolic
//! link of theirs (attack class A19).
//!
//! Each part of the way is opened by itself and held, so that nothing can be put in its place. A
//! link is refused, but for one that only the administrator can have made on the way to the home,
//! such as `/home` where it is another disk's: it belongs to root and stands in a directory that
//! only root writes. The home itself and what lies in it are never links.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use crate::base::i18n::{fill, gettext};
use crate::base::text::{QUIET_MAX, quiet};

/// Why a home or a file in it is left alone. Names are quiet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// There is no such home.
    #[error("{}", gettext("The home directory is not there."))]
    NoHome,
    /// There is no such file.
    #[error("{}", gettext("The file is not there."))]
    Missing,
    /// A part of the way, or the file, is a symbolic link.
    #[error("{}", named(&gettext("{name} is a symbolic link, which is not followed."), _0))]
    Link(String),
    /// A directory, pipe, socket or device.
    #[error("{}", gettext("It is not an ordinary file."))]
    NotRegular,
    /// It belongs to another user.
    #[error("{}", foreign(*_0))]
    Foreign(u32),
    /// The user may not open it.
    #[error("{}", gettext("Permission is denied to this user."))]
    Denied,
    /// It is larger than any honest file of its kind.
    #[error("{}", gettext("The file is too large."))]
    TooLarge,
    /// Nothing was heard for so long that it was given up.
    #[error(
        "{}",
        gettext("There was no answer. The file may be on a server that is away.")
    )]
    Silent,
    /// The user's rights could not be taken on, or the program for it not be run.
    #[error("{}", named(&gettext("It could not be looked at as this user: {name}."), _0))]
    Unable(String),
    /// The system's words.
    #[error("{}", named(&gettext("It cannot be read: {name}."), _0))]
    Unreadable(String),
}

/// A file that was read.
#[derive(Debug)]
pub struct Found {
    /// All of it.
    pub bytes: Vec<u8>,
    /// What the opened file was like.
    pub metadata: Metadata,
}

/// Opens a directory by an absolute path. For a home (`is_home`) the last part is no link whoever
/// has made it.
pub fn enter(path: &Path, is_home: bool) -> Result<OwnedFd, Refusal> {
    let path_only = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut here = rustix::fs::open("/", path_only, Mode::empty()).map_err(refusal)?;
    let mut todo = parts(path);
    let mut links = 0;
    while let Some(part) = todo.pop() {
        let is_last = todo.is_empty();
        let flags = match is_last {
            true => OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW,
            false => path_only | OFlags::NOFOLLOW,
        };
        let opened = match rustix::fs::openat(&here, &part, flags, Mode::empty()) {
            // It may be entered and not be listed.
            Err(Errno::ACCESS) if is_last => {
                let flags = path_only | OFlags::NOFOLLOW;
                rustix::fs::openat(&here, &part, flags, Mode::empty())
            }
            opened => opened,
        };
        match opened {
            Ok(next) => here = next,
            // Linux says ENOTDIR of a link that must be a directory.
            Err(Errno::LOOP | Errno::NOTDIR) => {
                let to = link_of_root(&here, &part).filter(|_| !(is_home && is_last));
                let to = to.ok_or_else(|| what_is(&here, &part))?;
                links += 1;
                if links > 40 {
                    return Err(Refusal::Link(shown(&part)));
                }
                let to = Path::new(&to);
                if to.is_absolute() {
                    here = rustix::fs::open("/", path_only, Mode::empty()).map_err(refusal)?;
                }
                todo.extend(parts(to));
            }
            Err(Errno::NOENT) => return Err(Refusal::NoHome),
            Err(error) => return Err(refusal(error)),
        }
    }
    Ok(here)
}

/// Reads a file in `directory`, of at most `max` octets. It must be an ordinary one and belong to
/// `owner`, if one is given. `None`: there is none of this name.
pub fn read(
    directory: &OwnedFd,
    name: &OsStr,
    owner: Option<u32>,
    max: u64,
) -> Result<Option<Found>, Refusal> {
    // A pipe nobody writes to must not hold us up, nor a terminal become ours.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = rustix::fs::openat(directory, name, flags | OFlags::CLOEXEC, Mode::empty());
    let file: File = match file {
        Ok(file) => file.into(),
        Err(Errno::NOENT) => return Ok(None),
        Err(Errno::LOOP) => return Err(Refusal::Link(shown(name))),
        // A socket, or a device without a driver.
        Err(Errno::NXIO | Errno::NODEV) => return Err(Refusal::NotRegular),
        Err(error) => {
            // Whoever may not open it is told what it is all the same.
            test(directory, name, owner)?;
            return Err(refusal(error));
        }
    };
    let metadata = file.metadata().map_err(|error| unreadable(&error))?;
    if !metadata.is_file() {
        return Err(Refusal::NotRegular);
    }
    if owner.is_some_and(|owner| owner != metadata.uid()) {
        return Err(Refusal::Foreign(metadata.uid()));
    }
    if metadata.len() > max {
        return Err(Refusal::TooLarge);
    }
    let mut bytes = Vec::with_capacity(metadata.len().min(max) as usize);
    let read = file.take(max + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(&error))?;
    match bytes.len() as u64 > max {
        true => Err(Refusal::TooLarge),
        false => Ok(Some(Found { bytes, metadata })),
    }
}

/// Whether a new file of this user may be made there: it is their directory.
pub fn belongs_to(directory: &OwnedFd, uid: u32) -> bool {
    rustix::fs::fstat(directory).is_ok_and(|stat| stat.st_uid == uid)
}

fn test(directory: &OwnedFd, name: &OsStr, owner: Option<u32>) -> Result<(), Refusal> {
    let Ok(stat) = rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW) else {
        return Ok(());
    };
    match kind(&stat) {
        FileType::RegularFile => {}
        FileType::Symlink => return Err(Refusal::Link(shown(name))),
        _ => return Err(Refusal::NotRegular),
    }
    match owner {
        Some(owner) if owner != stat.st_uid => Err(Refusal::Foreign(stat.st_uid)),
        _ => Ok(()),
    }
}

/// The parts of a path, the first one last.
fn parts(path: &Path) -> Vec<OsString> {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    });
    let mut parts: Vec<OsString> = parts.collect();
    parts.reverse();
    parts
}

/// Where a link leads that nobody but root can have made.
fn link_of_root(directory: &OwnedFd, name: &OsStr) -> Option<OsString> {
    let around = rustix::fs::fstat(directory).ok()?;
    let stat = rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
    let is_closed = around.st_uid == 0 && around.st_mode & 0o022 == 0;
    let is_roots = kind(&stat) == FileType::Symlink && stat.st_uid == 0;
    if !is_closed || !is_roots {
        return None;
    }
    let to = rustix::fs::readlinkat(directory, name, Vec::new()).ok()?;
    Some(OsStr::from_bytes(to.to_bytes()).to_owned())
}

/// Why a part of the way is none.
fn what_is(directory: &OwnedFd, name: &OsStr) -> Refusal {
    match rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) if kind(&stat) == FileType::Symlink => Refusal::Link(shown(name)),
        _ => Refusal::NoHome,
    }
}

fn kind(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

fn shown(name: &OsStr) -> String {
    quiet(name.as_bytes(), QUIET_MAX)
}

fn refusal(error: Errno) -> Refusal {
    match error {
        Errno::ACCESS | Errno::PERM => Refusal::Denied,
        error => unreadable(&error.into()),
    }
}

fn unreadable(error: &io::Error) -> Refusal {
    Refusal::Unreadable(quiet(error.to_string().as_bytes(), QUIET_MAX))
}

fn named(text: &str, name: &str) -> String {
    fill(text, &[("name", &name)])
}

fn foreign(owner: u32) -> String {
    let text = gettext("The file belongs to another user (number {owner}).");
    fill(&text, &[("owner", &owner)])
}

#[cfg(test)]
mod tests;
