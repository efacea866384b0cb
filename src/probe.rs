//! Finding out how a mailbox is reached: asking one server what it can do (Autoprobe), and finding
//! the servers of an address (discovery). Nothing secret is ever sent, and nothing is saved.
//!
//! [`Candidate`] is the word both speak: one way to reach a mailbox, with where it is known from.

mod advice;
pub mod candidate;
pub mod discover;
pub mod found;
mod meaning;
pub mod plan;
pub mod report;
pub mod request;
pub mod run;
mod scan;
mod sign_in;
mod slots;
pub mod verdict;
mod visit;

pub use candidate::{Candidate, Method, Protocol, Security, Source, UserForm};
