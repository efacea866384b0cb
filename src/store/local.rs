//! `accounts.toml` on the disk: read with the rc file's tests, written with its care. What it says
//! is `rc::local`'s matter.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use crate::base::i18n::gettext;

use super::private::{self, Refusal};
use super::rcfile::{self, Base, SaveError};

/// Largest file that is read, in octets.
pub const SIZE_MAX: u64 = 1 << 20;

/// The bytes of the file; none if there is no such file. Nobody else may get at it, because it
/// decides what is run and whom to trust.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>, Refusal> {
    let uid = rustix::process::geteuid().as_raw();
    match private::read(path, true, uid, SIZE_MAX) {
        Ok(private) => Ok(Some(private.bytes)),
        // A link that leads nowhere is not nothing: what it should lead to may bind an account.
        Err(Refusal::Missing { path }) if path.is_symlink() => Err(Refusal::Unreadable {
            path,
            what: gettext("the file it points to is missing"),
        }),
        Err(Refusal::Missing { .. }) => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// Writes the file, in a directory that is made if it is missing.
pub fn save(path: &Path, base: Base, bytes: &[u8]) -> Result<Base, SaveError> {
    if let Some(directory) = path.parent() {
        let made = std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory);
        made.map_err(|error: io::Error| SaveError::Disk(super::Error::disk(directory, &error)))?;
    }
    rcfile::save(path, base, bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn it_is_private_and_may_be_missing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config/postrider/accounts.toml");
        assert_eq!(read(&path), Ok(None));
        let base = save(&path, Base::NONE, b"# one\n").unwrap();
        assert_eq!(read(&path), Ok(Some(b"# one\n".to_vec())));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        save(&path, base, b"# two\n").unwrap();
        assert!(matches!(
            save(&path, base, b"# three\n"),
            Err(SaveError::Changed { .. })
        ));
        let link = dir.path().join("link");
        std::os::unix::fs::symlink("nowhere", &link).unwrap();
        assert!(matches!(read(&link), Err(Refusal::Unreadable { .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(read(&path), Err(Refusal::Exposed { .. })));
    }
}
