//! Nothing yet: icons are compiled here for the desktop program.
fn main() {}
