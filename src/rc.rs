//! The `.fetchmailrc`: file to document to settings to [`Account`]. Pure: no files, no environment.

pub mod account;

pub use account::{Account, AccountId};
