//! The words and decisions of a transfer, pure: no sockets, no files, no clock.

pub mod words;

pub use words::{Disposition, Known, Listed, Outcome, Refusal, Skip, Ticket, Verdict};
