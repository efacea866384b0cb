//! The client's side of ESMTP (RFC 5321) and LMTP (RFC 2033), without I/O.
//!
//! Three machines take turns on a connection: [`Opening`] says hello and starts TLS, [`SignIn`]
//! authenticates where that is wanted, [`Session`] hands messages over. Which host to speak to,
//! and what a refusal means for the mail, is not decided here.

mod capabilities;
pub(super) mod look;
mod opening;
mod reply;
mod sealed;
mod session;
mod sign_in;
mod stuff;
mod transaction;

#[cfg(test)]
mod tests;

pub use capabilities::{Capabilities, Mechanisms};
pub use opening::{Hello, Opened, Opening};
pub use reply::Reply;
pub use sealed::Fate;
pub use session::{Event, Session};
pub use sign_in::SignIn;
pub use stuff::Stuffer;
