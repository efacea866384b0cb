//! Names that survive a power cut: a file that was synced is of no use when the way to it is lost.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Makes the names in `directory` durable. One that may be written to and not be read cannot be
/// synced by us; then nothing can be done.
pub fn sync_dir(directory: &Path) -> io::Result<()> {
    match File::open(directory).and_then(|directory| directory.sync_all()) {
        // Some network file systems have nothing to be asked for here.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        synced => synced,
    }
}

/// Makes the names in `directory`, and those that lead to it, durable, up to the first directory
/// that is not ours. Whether we made one just now does not matter: whoever made it may have been
/// killed before it was synced, and nobody can see that.
pub fn sync_way_to(directory: &Path) -> io::Result<()> {
    let us = rustix::process::geteuid().as_raw();
    for directory in std::fs::canonicalize(directory)?.ancestors() {
        sync_dir(directory)?;
        if std::fs::metadata(directory)?.uid() != us {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_fails() {
        let home = tempfile::tempdir().unwrap();
        sync_way_to(home.path()).unwrap();
        let missing = home.path().join("missing");
        assert!(sync_way_to(&missing).is_err());
        assert!(sync_dir(&missing).is_err());
    }
}
