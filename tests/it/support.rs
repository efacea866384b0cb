//! What tests share: servers in the test process, mailboxes, homes.
//!
//! `examples/demo.rs` uses the same files. Some parts serve tests that come later.

pub mod ca;
pub mod imap;
pub mod imap_mail;
pub mod imap_words;
pub mod letters;
pub mod login;
pub mod mailbox;
pub mod manner;
pub mod pop3;
pub mod server;
pub mod store;
pub mod talk;
pub mod wire;
