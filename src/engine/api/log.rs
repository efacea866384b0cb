//! What is told of a poll as it goes: lines of the activity log, and what is said on the wire.

use std::time::{Duration, SystemTime};

use super::{AccountId, Trouble};

/// Something said in a poll, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// When.
    pub at: SystemTime,
    /// What.
    pub said: Said,
}

/// Something said in a poll: quiet, and without secrets or bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// By us.
    Sent {
        /// Such as `IMAP`.
        protocol: String,
        /// The line.
        text: String,
    },
    /// By the peer.
    Received {
        /// Such as `SMTP`.
        protocol: String,
        /// The line.
        text: String,
    },
    /// A decision, in the words of the log.
    Note(String),
    /// So many lines that came too fast to be told.
    LeftOut(u32),
}

/// A line of the activity log.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When.
    pub at: SystemTime,
    /// Which account; `None` for the engine itself.
    pub id: Option<AccountId>,
    /// What.
    pub what: What,
}

/// What an [`Entry`] says; [`super::words`] has the sentences.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A poll began.
    Started,
    /// Connected and signed in; whether by TLS.
    SignedIn {
        /// The line is encrypted.
        protected: bool,
    },
    /// The survey: messages there, of these old, octets if known.
    Found {
        /// Folder, if not the default.
        folder: Option<String>,
        /// All.
        total: u32,
        /// Known or seen.
        old: u32,
        /// Sum of sizes.
        octets: Option<u64>,
    },
    /// One message was delivered.
    Delivered {
        /// From, decoded and quiet; empty if unknown.
        from: String,
        /// Subject, decoded and quiet.
        subject: String,
        /// Octets.
        octets: u64,
        /// Its number in the mailbox and how many there are.
        number: (u32, u32),
        /// Whether the server's copy goes.
        deletes: bool,
    },
    /// One message was left, with the reason.
    Left {
        /// Octets as announced.
        octets: Option<u64>,
        /// Its number in the mailbox and how many there are.
        number: (u32, u32),
        /// Why.
        why: Why,
    },
    /// One message was refused for good, for all or some of its recipients, and is let go.
    LetGo {
        /// Its number in the mailbox and how many there are.
        number: (u32, u32),
        /// Why.
        why: Why,
        /// Who has accepted a report on it; nobody was to have one.
        told: Option<String>,
        /// Others have it.
        is_with_some: bool,
    },
    /// Messages that were not taken before wait on the server for another try.
    Held {
        /// How many.
        count: u32,
        /// When the first of them is tried.
        next: SystemTime,
    },
    /// One message goes to nobody and is let go.
    Discarded {
        /// Its number in the mailbox and how many there are.
        number: (u32, u32),
        /// It is a copy of one that was delivered; else nobody is meant and there is no postmaster.
        is_twice: bool,
    },
    /// A poll ended.
    Finished {
        /// Messages delivered.
        count: u32,
        /// Octets of them.
        bytes: u64,
        /// How long it took.
        took: Duration,
    },
    /// A poll failed.
    Failed(Trouble),
    /// Something that was survived.
    Note(String),
}

/// Why one message was left on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Larger than `limit`.
    Oversized,
    /// The sink did not take it: code and words.
    NotTaken {
        /// SMTP code or exit status.
        code: i32,
        /// The sink's words, quiet.
        words: String,
        /// A refusal for good, not for now.
        permanent: bool,
    },
    /// The server would not give it: its words, quiet.
    Withheld(String),
    /// Its header is malformed and `bad-header reject` holds.
    BadHeader,
    /// It has come by here too often.
    Loop,
    /// DNS did not say whether the hosts of its recipients are the mail server.
    NoDns,
}
