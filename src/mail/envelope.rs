//! The transport's sender and recipients (RFC 5321 section 2.3.1), not the headers.

/// How the body may have to be declared to a listener (RFC 6152).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum BodyType {
    /// Nothing is declared.
    #[default]
    Unsaid,
    /// `BODY=7BIT`
    SevenBit,
    /// `BODY=8BITMIME`
    EightBit,
}

/// Sender and recipients of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Reverse path without angle brackets; empty for `<>`. No CR, LF, NUL, `<` or `>`. A command is
    /// given `<>` for `<>`; there empty means that the message names no sender.
    pub sender: Vec<u8>,
    /// Recipients: bare local names or full addresses, without angle brackets; never empty.
    /// No CR, LF, NUL, `<` or `>`.
    pub recipients: Vec<Vec<u8>>,
    /// Who gets it if the listener refuses all of them for good, as it is given there; nobody if not
    /// said.
    pub last_resort: Option<Vec<u8>>,
    /// What to declare to a listener that offers 8BITMIME.
    pub body: BodyType,
    /// Announced size in octets, if the server gave one: advice only.
    pub size: Option<u64>,
}
