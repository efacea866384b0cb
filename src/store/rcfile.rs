//! Reading the rc file: fetchmail's security test, and noticing that it has changed. Writing it is
//! [`save`].
//!
//! Bytes in, bytes out: what they mean is `rc`'s matter. The tests themselves are shared with
//! the id file ([`private`]).

mod save;

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::base::i18n::{fill, gettext};
use crate::store::private::{self, Refusal};

pub use save::{Base, SaveError, save, save_in};

/// Why the rc file is not read.
pub type RcError = Refusal;

/// Largest rc file that is read, in octets (`threats.md` section 6).
pub const SIZE_MAX: u64 = 16 << 20;

/// An rc file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RcFile {
    /// The whole of it.
    pub bytes: Vec<u8>,
    /// To notice a change by.
    pub stamp: Stamp,
    /// What is odd about its permissions without being refused, for the reader's eyes.
    pub warning: Option<String>,
}

/// What a file looks like from outside. Two that differ are two versions, or one whose owner or
/// mode has changed; where a clock is too coarse to tell, the length and the inode help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    modified: (i64, i64),
    changed: (i64, i64),
    mode: u32,
    owner: u32,
    length: u64,
    inode: u64,
    device: u64,
}

impl Stamp {
    /// The stamp of the file of this name now; `None` if there is none or it cannot be looked at.
    pub fn of(path: &Path) -> Option<Self> {
        Some(Self::from(&std::fs::metadata(path).ok()?))
    }
}

impl From<&std::fs::Metadata> for Stamp {
    fn from(metadata: &std::fs::Metadata) -> Self {
        Self {
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
            mode: metadata.mode(),
            owner: metadata.uid(),
            length: metadata.len(),
            inode: metadata.ino(),
            device: metadata.dev(),
        }
    }
}

impl From<&rustix::fs::Stat> for Stamp {
    // The fields' widths differ between machines.
    #[allow(clippy::useless_conversion, clippy::unnecessary_cast)]
    fn from(stat: &rustix::fs::Stat) -> Self {
        Self {
            modified: (stat.st_mtime as i64, stat.st_mtime_nsec as i64),
            changed: (stat.st_ctime as i64, stat.st_ctime_nsec as i64),
            mode: stat.st_mode,
            owner: stat.st_uid,
            length: stat.st_size as u64,
            inode: stat.st_ino as u64,
            device: stat.st_dev as u64,
        }
    }
}

/// Reads the rc file. `checks` is off for `-V` only. The owner must be the effective user.
pub fn read(path: &Path, checks: bool) -> Result<RcFile, RcError> {
    read_as(path, checks, rustix::process::geteuid().as_raw())
}

/// The same for another user's eyes.
pub fn read_as(path: &Path, checks: bool, uid: u32) -> Result<RcFile, RcError> {
    let private = private::read(path, checks, uid, SIZE_MAX)?;
    let warning = (checks && private.is_group_executable).then(|| {
        let text = gettext("{path} may be executed by its group. Run: chmod 600 {path}");
        fill(&text, &[("path", &path.display())])
    });
    Ok(RcFile {
        stamp: Stamp::from(&private.metadata),
        bytes: private.bytes,
        warning,
    })
}

/// Takes every right but the owner's away, if others have any.
///
/// # Errors
/// The system refuses it: an [`super::Error::Disk`].
pub fn make_private(path: &Path) -> Result<(), super::Error> {
    use std::os::unix::fs::PermissionsExt;
    let failed = |error: std::io::Error| super::Error::disk(path, &error);
    let mode = std::fs::metadata(path).map_err(failed)?.mode() & 0o7777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o600)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use super::*;

    fn file(dir: &tempfile::TempDir, mode: u32, text: &str) -> PathBuf {
        let path = dir.path().join("rc");
        fs::write(&path, text).expect("a temporary file");
        fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("chmod");
        path
    }

    #[test]
    fn group_execute_only_warns() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let check = |mode, checks, warns| {
            let rc = read(&file(&dir, mode, "poll x"), checks).expect("accepted");
            assert_eq!(rc.warning.is_some(), warns, "{mode:o}");
            assert_eq!(rc.bytes, b"poll x");
        };
        check(0o600, true, false);
        check(0o710, true, true);
        check(0o710, false, false);
        check(0o644, false, false);
    }

    #[test]
    fn another_owner_is_refused() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = file(&dir, 0o600, "poll x");
        let stranger = rustix::process::geteuid().as_raw() + 1;
        assert!(matches!(
            read_as(&path, true, stranger),
            Err(RcError::NotOurs { .. })
        ));
    }

    #[test]
    fn size_is_bounded() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = file(&dir, 0o600, "");
        let size = |length| fs::File::options().write(true).open(&path)?.set_len(length);
        size(SIZE_MAX).expect("a sparse file");
        assert!(read(&path, true).is_ok());
        size(SIZE_MAX + 1).expect("a sparse file");
        assert!(matches!(read(&path, true), Err(RcError::TooLarge { .. })));
    }

    #[test]
    fn a_change_changes_the_stamp() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = file(&dir, 0o600, "poll x");
        let before = read(&path, true).expect("accepted").stamp;
        assert_eq!(Stamp::of(&path), Some(before));
        fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).expect("chmod");
        assert_ne!(Stamp::of(&path), Some(before));
        file(&dir, 0o600, "poll xy");
        assert_ne!(Stamp::of(&path), Some(before));
        fs::remove_file(&path).expect("removed");
        assert_eq!(Stamp::of(&path), None);
    }
}
