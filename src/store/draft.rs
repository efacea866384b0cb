//! `NAME.draft`: what somebody has written and cannot be used yet, beside the file it is meant for.
//! Nothing reads it but the editor; a symbolic link of that name is not followed, and a file of
//! somebody else is not looked at.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::private::{self, Refusal};
use super::rcfile::{Base, SIZE_MAX};
use super::{Error, atomic};

/// A draft as it was found.
#[derive(Clone, Debug)]
pub struct Draft {
    /// All of it.
    pub bytes: Vec<u8>,
    /// When it was written.
    pub written: SystemTime,
}

/// Where the draft of a file is.
pub fn path_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".draft");
    name.into()
}

/// The draft of a file, if there is one of ours.
pub fn read(path: &Path) -> Option<Draft> {
    let path = path_of(path);
    let found = match private::read_ordinary(&path, false, SIZE_MAX) {
        Ok(found) => found,
        Err(Refusal::Missing { .. }) => return None,
        Err(refusal) => {
            tracing::debug!(%refusal, "a draft was passed over");
            return None;
        }
    };
    let is_ours = found.metadata.uid() == rustix::process::geteuid().as_raw();
    is_ours.then(|| Draft {
        bytes: found.bytes,
        written: found.metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
    })
}

/// Puts a draft down, mode 0600; it stands over an older one without a question.
///
/// # Errors
/// The system refuses it: an [`Error::Disk`].
pub fn put(path: &Path, bytes: &[u8]) -> Result<Base, Error> {
    let path = path_of(path);
    let put = atomic::replace(&path, "_", bytes);
    put.map_err(|error| Error::disk(&path, &error))?;
    Ok(Base::of(bytes))
}

/// Takes a draft away if it is still the one that `base` tells.
///
/// # Errors
/// The system refuses it: an [`Error::Disk`].
pub fn remove(path: &Path, base: Base) -> Result<(), Error> {
    if read(path).is_none_or(|draft| Base::of(&draft.bytes) != base) {
        return Ok(());
    }
    let path = path_of(path);
    let removed = std::fs::remove_file(&path).and_then(|()| atomic::sync_parent(&path));
    removed.map_err(|error| Error::disk(&path, &error))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_draft_comes_and_goes() {
        let dir = tempfile::tempdir().unwrap();
        let rc = dir.path().join("rc");
        assert!(read(&rc).is_none());
        let base = put(&rc, b"poll a frobnicate\n").unwrap();
        assert_eq!(read(&rc).unwrap().bytes, b"poll a frobnicate\n");
        let mode = fs::metadata(path_of(&rc)).unwrap().mode() & 0o777;
        assert_eq!(mode, 0o600);
        // Another one by now: it stays.
        put(&rc, b"poll b\n").unwrap();
        remove(&rc, base).unwrap();
        assert_eq!(read(&rc).unwrap().bytes, b"poll b\n");
        remove(&rc, Base::of(b"poll b\n")).unwrap();
        assert!(read(&rc).is_none());
        remove(&rc, base).unwrap();
    }

    #[test]
    fn links_and_pipes_are_no_drafts() {
        let dir = tempfile::tempdir().unwrap();
        let rc = dir.path().join("rc");
        let victim = dir.path().join("victim");
        fs::write(&victim, "precious").unwrap();
        symlink(&victim, path_of(&rc)).unwrap();
        assert!(read(&rc).is_none());
        remove(&rc, Base::of(b"precious")).unwrap();
        put(&rc, b"mine").unwrap();
        assert_eq!(fs::read(&victim).unwrap(), b"precious");
        assert!(fs::symlink_metadata(path_of(&rc)).unwrap().is_file());
        fs::remove_file(path_of(&rc)).unwrap();
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        let kind = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, path_of(&rc), kind, mode, 0).unwrap();
        assert!(read(&rc).is_none());
    }
}
