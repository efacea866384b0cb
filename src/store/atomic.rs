//! Replacing a file so that a crash leaves the old one or the new one (rule R3).
//!
//! Write beside it, `fsync`, `rename`, `fsync` of the directory. What is created is created with
//! `O_EXCL` and `O_NOFOLLOW` and mode 0600 (attack class A19), so nothing planted is followed.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use crate::base::durable;

/// Puts `bytes` in the place of `path`, by way of `path` with `suffix` appended to its name.
/// Returns the open file. A symbolic link at `path` is replaced, never followed.
pub fn replace(path: &Path, suffix: &str, bytes: &[u8]) -> io::Result<File> {
    replace_with(path, suffix, |file| file.write_all(bytes))
}

/// The same with a file filled by `fill` before it bears its name.
pub fn replace_with(
    path: &Path,
    suffix: &str,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<File> {
    let beside = beside(path, suffix);
    let made = create(&beside).and_then(|mut file| {
        fill(&mut file)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)?;
        Ok(file)
    });
    match made {
        Ok(file) => {
            sync_parent(path)?;
            Ok(file)
        }
        Err(error) => {
            // What could not be written whole is of no use to anybody.
            std::fs::remove_file(&beside).ok();
            Err(error)
        }
    }
}

/// Creates a file that only we may read, in the place of whatever bore the name.
pub fn create(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mode = Mode::RUSR | Mode::WUSR;
    match rustix::fs::open(path, flags, mode) {
        // Left behind by a run that was killed.
        Err(rustix::io::Errno::EXIST) => {
            std::fs::remove_file(path)?;
            Ok(rustix::fs::open(path, flags, mode)?.into())
        }
        opened => Ok(opened?.into()),
    }
}

/// Makes names that came or went beside `path` durable.
pub fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    durable::sync_dir(parent)
}

/// Gives a file that cannot be trusted the name `NAME.damaged-N`, with the first free N, and says
/// which. It keeps its own name too, until [`replace`] gives that to something better: so there
/// is no moment without a file. Where there are no links it is renamed.
pub fn set_aside(path: &Path) -> io::Result<PathBuf> {
    for n in 1..10_000 {
        let aside = beside(path, &format!(".damaged-{n}"));
        if std::fs::symlink_metadata(&aside).is_ok() {
            continue;
        }
        if std::fs::hard_link(path, &aside).is_err() {
            std::fs::rename(path, &aside)?;
        }
        return Ok(aside);
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    #[test]
    fn replaces_whole_and_private() -> io::Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("ids");
        std::fs::write(&path, "old")?;
        std::fs::write(dir.path().join("ids_"), "left behind")?;
        replace(&path, "_", b"new")?;
        assert_eq!(std::fs::read(&path)?, b"new");
        assert_eq!(std::fs::metadata(&path)?.mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(dir.path())?.count(), 1);
        Ok(())
    }

    #[test]
    fn follows_no_link() -> io::Result<()> {
        let dir = tempfile::tempdir()?;
        let victim = dir.path().join("victim");
        std::fs::write(&victim, "precious")?;
        let path = dir.path().join("ids");
        symlink(&victim, &path)?;
        symlink(&victim, dir.path().join("ids_"))?;
        replace(&path, "_", b"new")?;
        assert_eq!(std::fs::read(&victim)?, b"precious");
        assert!(std::fs::symlink_metadata(&path)?.is_file());
        Ok(())
    }

    #[test]
    fn failure_leaves_the_old_one() -> io::Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("ids");
        std::fs::create_dir(&path)?;
        assert!(replace(&path, "_", b"new").is_err());
        assert!(path.is_dir());
        assert_eq!(std::fs::read_dir(dir.path())?.count(), 1);
        Ok(())
    }

    #[test]
    fn sets_aside_under_a_free_name() -> io::Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("ids");
        for n in 1..=2 {
            std::fs::write(&path, format!("{n}"))?;
            let aside = set_aside(&path)?;
            replace(&path, "_", b"better")?;
            assert_eq!(aside, dir.path().join(format!("ids.damaged-{n}")));
            assert_eq!(std::fs::read_to_string(aside)?, format!("{n}"));
        }
        Ok(())
    }
}
