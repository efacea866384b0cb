//! Written next.
use super::*;
pub(super) fn start(_p: PathBuf, _f: Feed) {}
