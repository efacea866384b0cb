//! Written next.
use super::*;
pub(super) fn maildir_of(_c: &[u8], _f: bool) -> Option<PathBuf> {
    None
}
pub(super) fn start(_c: &[u8], _s: Settings, _f: Feed) {}
