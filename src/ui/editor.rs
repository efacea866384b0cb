//! The expert editor: every option of the file, the source beside it (`ui.md` sections 7 to 10).
//!
//! It reads and writes nothing itself: the engine gives it the file and saves it.

pub(crate) mod model;
