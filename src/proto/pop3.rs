//! POP3 without I/O (RFC 1939, 2449, 2595, 5034): first a [`Login`], then a [`Session`].
//!
//! Opening a session is a machine of its own, so that no driver can skip the start of TLS; what
//! it has learned goes over in a [`SignedIn`]. The session is a queue of commands: it decides how
//! many of them may be under way and finds out which answer belongs to which.

mod body;
mod capabilities;
mod listing;
mod login;
pub(super) mod look;
mod reply;
mod session;
mod survey;

#[cfg(test)]
mod talk;
#[cfg(test)]
mod tests;

pub use capabilities::Capabilities;
pub use login::{Login, Method, SignedIn};
pub use session::{Event, Session};
pub use survey::Survey;

/// How transcripts call this protocol.
const LABEL: &str = "POP3";

/// Longest line outside of bodies, in octets (threats.md section 6).
const LINE: usize = 64 * 1024;
