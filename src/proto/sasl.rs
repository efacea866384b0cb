//! Sign-in mechanisms as arithmetic on bytes: what to answer to what the server said. Shared by
//! POP3, IMAP and SMTP; who sends it, and when, is theirs to decide. Choosing a mechanism is not
//! done here.

pub(in crate::proto) mod apop;
mod cram_md5;
mod plain;

use zeroize::Zeroizing;

pub use apop::apop;
pub use cram_md5::cram_md5;
pub use plain::{encoded, plain};

/// A response in base64, ready to be sent; zeroed on drop.
pub type Response = Zeroizing<String>;

/// Why no response can be made. The exchange is to be cancelled with `*` (RFC 5034 section 4,
/// RFC 9051 section 6.2.2), otherwise later answers would be taken for this mechanism's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The challenge is not base64.
    #[error("the server's challenge is not base64")]
    Challenge,
    /// The user name or the password has a byte that the mechanism cannot carry.
    #[error("the mechanism cannot carry this user name or password")]
    Unsendable,
}
