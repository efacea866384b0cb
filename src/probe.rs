//! Finding out how a mailbox is reached: asking one server what it can do (Autoprobe), and finding
//! the servers of an address (discovery). Nothing secret is ever sent, and nothing is saved.
//!
//! [`Candidate`] is the word both speak: one way to reach a mailbox, with where it is known from.

pub mod candidate;
pub mod discover;
pub mod found;
pub mod report;
pub mod request;

pub use candidate::{Candidate, Method, Protocol, Security, Source, UserForm};
