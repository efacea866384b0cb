//! Accounts are polled here: what to do when, and the one door for window, tray and terminal.

mod aliases;
pub mod api;
pub mod board;
mod clock;
mod close;
pub mod handle;
mod hold;
mod jobs;
mod meter;
pub mod oneshot;
mod poll;
mod routing;
mod saving;
mod schedule;
mod secrets;
mod session;
pub mod source;
mod transcript;
mod transfer;
pub mod trouble;

pub use handle::{Asks, Handle, Options, Rhythm, start};
pub use source::{File, Source};
pub use transcript::layer as transcript;
