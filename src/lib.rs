#![doc = include_str!("ARCHITECTURE.md")]
// The code that pest generates for crates without its std feature names this crate.
extern crate alloc;

// Floors, bottom first; imports point down only (tests/it/tidy.rs).
pub mod base;

pub mod mail;
pub mod rc;

pub mod proto;
pub mod transit;

pub mod net;
pub mod store;

pub mod deliver;
pub mod probe;
pub mod retrieve;

pub mod engine;

pub mod cli;
#[cfg(feature = "desktop")]
pub mod desktop;
#[cfg(feature = "desktop")]
pub mod ui;

/// The name under which the desktop knows the program (`contract`: Names).
pub const APP_ID: &str = "io.github.postrider.Postrider";
/// The release, as printed by `-V` and in `Received:` lines.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
