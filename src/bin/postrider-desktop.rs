//! See `src/ARCHITECTURE.md`.
fn main() {}
