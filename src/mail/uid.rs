//! The name a server gives a message for as long as the message exists.

/// A unique id: POP3 `UIDL` text (RFC 1939 section 7) or an IMAP UID in decimal. Opaque bytes,
/// never used as a path.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uid(Box<[u8]>);

impl Uid {
    /// Takes the bytes as the server sent them.
    pub fn new(bytes: impl Into<Box<[u8]>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes as the server sent them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<u32> for Uid {
    fn from(n: u32) -> Self {
        Self(n.to_string().into_bytes().into())
    }
}

impl std::fmt::Debug for Uid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}
