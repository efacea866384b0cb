//! Opening a file that must be ours alone: the rc file and the id file (attack class A19).
//!
//! The tests are fetchmail's and in its order: regular file, modes, owner. They are made on the
//! name first, so that a device is not opened by mistake, and again on what was opened, so that
//! nothing can be put in its place between the two. A symbolic link counts as what it points to.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use crate::base::i18n::{fill, gettext};

/// Why a private file is not read. All but `Missing` end fetchmail with status 6.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such file.
    #[error("{}", sentence(&gettext("There is no file {path}."), path))]
    Missing {
        /// Which.
        path: PathBuf,
    },
    /// Something on the way to it is not a directory (ENOTDIR).
    #[error("{}", sentence(&gettext("A part of {path} before the last is not a directory. Correct the path."), path))]
    NotADirectory {
        /// Which.
        path: PathBuf,
    },
    /// A directory, pipe, socket or device.
    #[error("{}", sentence(&gettext("{path} is not an ordinary file. Name another file, or put an ordinary file there."), path))]
    NotRegular {
        /// Which.
        path: PathBuf,
    },
    /// Others may read, write or execute it.
    #[error("{}", exposed(path, *mode))]
    Exposed {
        /// Which.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It belongs to another user.
    #[error("{}", not_ours(path, *owner))]
    NotOurs {
        /// Which.
        path: PathBuf,
        /// User number of its owner.
        owner: u32,
    },
    /// We may not open it.
    #[error("{}", sentence(&gettext("{path} cannot be read: permission denied. You may need to run: chmod 600 {path}"), path))]
    Denied {
        /// Which.
        path: PathBuf,
    },
    /// It cannot be opened or read.
    #[error("{}", unreadable(path, what))]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The system's words.
        what: String,
    },
    /// It is larger than any honest file of its kind.
    #[error("{}", sentence(&gettext("{path} is too large. Check that it is the right file."), path))]
    TooLarge {
        /// Which.
        path: PathBuf,
    },
}

/// What was read, and what is odd about it without being wrong.
#[derive(Clone, Debug)]
pub struct Private {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// What the opened file was like.
    pub metadata: Metadata,
    /// The group may execute it: fetchmail's test forgets that bit, so this is only a warning.
    pub is_group_executable: bool,
}

/// Reads the file, which must belong to `uid` and to nobody else. `max` is in octets. With
/// `checks` off (fetchmail's `-V`) only what the system refuses is refused.
pub fn read(path: &Path, checks: bool, uid: u32, max: u64) -> Result<Private, Refusal> {
    let mut flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY;
    if checks {
        let named = std::fs::metadata(path).map_err(|e| refusal(path, &e))?;
        test(path, &named, uid)?;
        // A pipe put there since then must not hold us up.
        flags |= OFlags::NONBLOCK;
    }
    let file: File = rustix::fs::open(path, flags, Mode::empty())
        .map_err(|e| refusal(path, &e.into()))?
        .into();
    let metadata = file.metadata().map_err(|e| refusal(path, &e))?;
    if checks {
        test(path, &metadata, uid)?;
    }
    let too_large = || Refusal::TooLarge {
        path: path.to_owned(),
    };
    // One that has outgrown its kind is not read at all.
    if metadata.is_file() && metadata.len() > max {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(metadata.len().min(max) as usize);
    file.take(max + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| refusal(path, &e))?;
    if bytes.len() as u64 > max {
        return Err(too_large());
    }
    let is_group_executable = !is_null(&metadata) && metadata.mode() & 0o010 != 0;
    Ok(Private {
        bytes,
        metadata,
        is_group_executable,
    })
}

/// Reads a file of whoever it is, if it is an ordinary one. With `follows` off a symbolic link is none.
pub fn read_ordinary(path: &Path, follows: bool, max: u64) -> Result<Private, Refusal> {
    // A pipe must not hold us up.
    let mut flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
    if !follows {
        flags |= OFlags::NOFOLLOW;
    }
    let file: File = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => file.into(),
        Err(rustix::io::Errno::LOOP | rustix::io::Errno::NXIO) => {
            let path = path.to_owned();
            return Err(Refusal::NotRegular { path });
        }
        Err(error) => return Err(refusal(path, &error.into())),
    };
    let metadata = file.metadata().map_err(|e| refusal(path, &e))?;
    if !metadata.is_file() && !is_null(&metadata) {
        let path = path.to_owned();
        return Err(Refusal::NotRegular { path });
    }
    let mut bytes = Vec::with_capacity(metadata.len().min(max) as usize);
    let read = file.take(max + 1).read_to_end(&mut bytes);
    read.map_err(|e| refusal(path, &e))?;
    if bytes.len() as u64 > max {
        let path = path.to_owned();
        return Err(Refusal::TooLarge { path });
    }
    Ok(Private {
        bytes,
        metadata,
        is_group_executable: false,
    })
}

/// Whether it is `/dev/null`, which stands for an empty file.
pub fn is_null(metadata: &Metadata) -> bool {
    metadata.file_type().is_char_device()
        && rustix::fs::major(metadata.rdev()) == 1
        && rustix::fs::minor(metadata.rdev()) == 3
}

fn test(path: &Path, metadata: &Metadata, uid: u32) -> Result<(), Refusal> {
    let path = path.to_owned();
    let mode = metadata.permissions().mode() & 0o7777;
    if is_null(metadata) {
        Ok(())
    } else if !metadata.is_file() {
        Err(Refusal::NotRegular { path })
    } else if mode & 0o067 != 0 {
        Err(Refusal::Exposed { path, mode })
    } else if metadata.uid() != uid {
        Err(Refusal::NotOurs {
            path,
            owner: metadata.uid(),
        })
    } else {
        Ok(())
    }
}

fn refusal(path: &Path, error: &io::Error) -> Refusal {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound => Refusal::Missing { path },
        io::ErrorKind::NotADirectory => Refusal::NotADirectory { path },
        io::ErrorKind::IsADirectory => Refusal::NotRegular { path },
        io::ErrorKind::PermissionDenied => Refusal::Denied { path },
        _ => Refusal::Unreadable {
            path,
            what: error.to_string(),
        },
    }
}

fn sentence(text: &str, path: &Path) -> String {
    fill(text, &[("path", &path.display())])
}

fn exposed(path: &Path, mode: u32) -> String {
    let text = gettext("Other users can get at {path} (mode {mode}). Run: chmod 600 {path}");
    fill(
        &text,
        &[("path", &path.display()), ("mode", &format!("{mode:04o}"))],
    )
}

fn not_ours(path: &Path, owner: u32) -> String {
    let text = gettext("{path} belongs to another user (number {owner}). Use a file of your own.");
    fill(&text, &[("path", &path.display()), ("owner", &owner)])
}

fn unreadable(path: &Path, what: &str) -> String {
    let text = gettext("{path} cannot be read: {what}.");
    fill(&text, &[("path", &path.display()), ("what", &what)])
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn us() -> u32 {
        rustix::process::geteuid().as_raw()
    }

    fn file(dir: &Path, mode: u32) -> PathBuf {
        let path = dir.join(format!("rc-{mode:o}"));
        std::fs::write(&path, "poll x\n").expect("a temporary file");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("chmod");
        path
    }

    #[test]
    fn modes() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let check = |mode: u32, accepted: bool, warns: bool| {
            let read = read(&file(dir.path(), mode), true, us(), 100);
            match read {
                Ok(private) => {
                    assert!(accepted, "{mode:o}");
                    assert_eq!(private.is_group_executable, warns, "{mode:o}");
                }
                Err(error) => {
                    assert!(!accepted, "{mode:o}");
                    assert!(matches!(error, Refusal::Exposed { .. }), "{error}");
                    assert!(error.to_string().contains("chmod 600"), "{error}");
                }
            }
        };
        for mode in [0o600, 0o400, 0o700, 0o500] {
            check(mode, true, false);
        }
        check(0o710, true, true);
        check(0o610, true, true);
        for mode in [0o640, 0o620, 0o604, 0o602, 0o601, 0o644, 0o777, 0o750] {
            check(mode, false, false);
        }
    }

    #[test]
    fn order_of_tests() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let stranger = us() + 1;
        let open = file(dir.path(), 0o644);
        assert!(matches!(
            read(&open, true, stranger, 9),
            Err(Refusal::Exposed { .. })
        ));
        let good = file(dir.path(), 0o600);
        let refused = read(&good, true, stranger, 9);
        assert!(matches!(refused, Err(Refusal::NotOurs { owner, .. }) if owner == us()));
        assert!(read(&good, false, stranger, 9).is_ok());
        assert!(matches!(
            read(dir.path(), true, us(), 9),
            Err(Refusal::NotRegular { .. })
        ));
    }

    #[test]
    fn kinds_of_files() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let good = file(dir.path(), 0o600);
        let link = dir.path().join("link");
        symlink(&good, &link).expect("a link");
        assert_eq!(
            read(&link, true, us(), 9).map(|p| p.bytes),
            Ok(b"poll x\n".to_vec())
        );
        assert_eq!(
            read(Path::new("/dev/null"), true, us(), 9).map(|p| p.bytes),
            Ok(vec![])
        );
        assert!(matches!(
            read(Path::new("/dev/zero"), true, us(), 9),
            Err(Refusal::NotRegular { .. })
        ));
        let missing = read(&dir.path().join("none"), true, us(), 9);
        assert!(matches!(missing, Err(Refusal::Missing { .. })));
        let beyond = read(&good.join("x"), true, us(), 9);
        assert!(matches!(beyond, Err(Refusal::NotADirectory { .. })));
        assert!(matches!(
            read(&good, true, us(), 6),
            Err(Refusal::TooLarge { .. })
        ));
        assert!(read(&good, true, us(), 7).is_ok());
    }

    #[test]
    fn a_pipe_does_not_hold_us_up() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let pipe = dir.path().join("pipe");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            Mode::RUSR | Mode::WUSR,
            0,
        )
        .expect("a pipe");
        assert!(matches!(
            read(&pipe, true, us(), 9),
            Err(Refusal::NotRegular { .. })
        ));
    }
}
