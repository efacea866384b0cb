//! What is seen of a mailbox without changing it, and the one message that is fetched for a try.

use std::time::SystemTime;

use super::SignInStep;
use crate::engine::api::Trouble;

/// A mailbox that was signed in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// How far it came: all done.
    pub steps: Vec<SignInStep>,
    /// Messages there.
    pub total: u32,
    /// Of these, those a check would fetch if this account had been checked before (IMAP: not
    /// seen; POP3: all).
    pub new: u32,
    /// Octets of all, if the server tells.
    pub octets: Option<u64>,
    /// It can tell of new mail as it comes (IMAP IDLE).
    pub can_idle: bool,
    /// Messages have names that last (UIDL; always with IMAP).
    pub has_uids: bool,
    /// The line is encrypted.
    pub is_protected: bool,
}

/// A folder of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// As written to a file (modified UTF-7 as the server has it).
    pub name: Vec<u8>,
    /// As shown.
    pub shown: String,
    /// It can be opened.
    pub can_select: bool,
}

/// What a check would do.
#[derive(Clone, Debug, PartialEq)]
pub struct DryRun {
    /// Messages on the server.
    pub total: u32,
    /// Of these, to be fetched.
    pub fetch: u32,
    /// Their octets, if the server tells.
    pub octets: Option<u64>,
    /// The newest, at most 50, newest first.
    pub messages: Vec<Seen>,
    /// The line broke after so many headers: why.
    pub cut: Option<Trouble>,
}

/// A message that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Decoded, quiet.
    pub from: String,
    /// Decoded, quiet.
    pub subject: String,
    /// Of its Date header.
    pub date: Option<SystemTime>,
    /// Octets as announced.
    pub octets: Option<u64>,
    /// Who would get it; empty when it is not fetched.
    pub to: Vec<String>,
    /// Why it is not fetched.
    pub skip: Option<Skip>,
}

/// Why a message would not be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Skip {
    /// Fetched before, or read.
    Old,
    /// Larger than the limit.
    Oversized,
    /// Marked as deleted.
    Deleted,
}

/// The one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Decoded, quiet.
    pub from: String,
    /// Decoded, quiet.
    pub subject: String,
    /// Octets.
    pub octets: u64,
    /// Where it went: a path, a listener and recipient, a program.
    pub target: String,
}
