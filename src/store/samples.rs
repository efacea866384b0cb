//! The file of samples on the disk: private, and replaced as a whole. What it says is the engine's
//! matter.

use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use super::private::{self, Refusal};
use super::{Error, atomic};

/// Largest file that is read or written, in octets.
pub const SIZE_MAX: u64 = 16 << 20;

/// The bytes of the file; none if there is no such file.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>, Refusal> {
    let uid = rustix::process::geteuid().as_raw();
    match private::read(path, true, uid, SIZE_MAX) {
        Ok(private) => Ok(Some(private.bytes)),
        Err(Refusal::Missing { .. }) => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// Writes the file, in a directory that is made if it is missing.
pub fn save(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if let Some(directory) = path.parent() {
        let made = std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory);
        made.map_err(|error| Error::disk(directory, &error))?;
    }
    let replaced = atomic::replace(path, "_", bytes);
    replaced
        .map(drop)
        .map_err(|error| Error::disk(path, &error))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn it_is_private_and_may_be_missing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state/postrider/x.samples");
        assert_eq!(read(&path), Ok(None));
        save(&path, b"one").unwrap();
        save(&path, b"two").unwrap();
        assert_eq!(read(&path), Ok(Some(b"two".to_vec())));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(read(&path), Err(Refusal::Exposed { .. })));
    }
}
