//! IMAP4rev1 as a client that retrieves (RFC 3501, RFC 9051; UIDPLUS, SASL-IR, STARTTLS).
//!
//! [`Login`] goes from the greeting to the authenticated state; it becomes a [`Session`], which
//! surveys a folder, fetches bodies, marks and expunges, with many commands in flight. Below them
//! [`splitter`] cuts the stream into responses and lets bodies pass through, and [`response`]
//! understands what real servers send rather than only the grammar.
//!
//! Absent on purpose: message sequence numbers in commands (everything goes by UID), CLOSE (it
//! would expunge what others marked), BODYSTRUCTURE and ENVELOPE (servers get them wrong).

pub mod command;
pub mod login;
pub(super) mod look;
pub mod response;
mod scan;
pub mod session;
pub mod set;
pub mod splitter;
#[cfg(test)]
mod talk;
#[cfg(test)]
mod tests;

pub use login::{Login, Method};
pub use session::{Event, Found, Mark, Session};

/// Longest line outside bodies, in octets (threats.md section 6).
pub const LINE_MAX: usize = 64 * 1024;
/// Longest literal that is not a message body, in octets (threats.md section 6).
pub const LITERAL_MAX: u64 = 64 * 1024;
/// Most octets of one response, lines and literals together, without bodies.
pub const RESPONSE_MAX: usize = 256 * 1024;
/// Deepest nesting of parentheses (threats.md section 6).
pub const NESTING_MAX: usize = 32;
/// Most messages listed in one survey (threats.md section 6).
pub const LISTED_MAX: usize = 1_000_000;

/// The name in transcripts.
const LABEL: &str = "IMAP";
