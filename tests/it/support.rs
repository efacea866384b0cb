//! What tests share: servers in the test process, mailboxes, homes.
//!
//! `examples/demo.rs` uses the same files. The modules lie side by side and reach each other by
//! `super`, so that both can include them.

pub mod arrived;
pub mod ca;
pub mod home;
pub mod imap;
pub mod imap_fetch;
pub mod imap_mail;
pub mod imap_words;
pub mod journey;
pub mod letters;
pub mod login;
pub mod mailbox;
pub mod manner;
pub mod pop3;
pub mod server;
pub mod sink;
pub mod store;
pub mod strace;
pub mod talk;
pub mod wire;
