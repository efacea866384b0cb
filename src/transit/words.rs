//! One value for each stage of a message's way; each stage hands one to the next.

use crate::mail::Uid;

/// One message as the survey found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// POP3 message number or IMAP UID: what commands of this session name it by.
    pub number: u32,
    /// Where it stands in the mailbox, from 1: what people count by.
    pub place: u32,
    /// What the server will call it next time; `None` if it gives no usable name.
    pub uid: Option<Uid>,
    /// Announced size in octets: advice only (quirk Q2).
    pub size: Option<u64>,
    /// IMAP `\Seen`; POP3 has no such mark and says `false`.
    pub is_seen: bool,
}

/// What our record says of a UID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Never delivered by us.
    New,
    /// Delivered and to stay on the server, or seen at first contact.
    Delivered,
    /// Delivered, and the server was or should have been told to delete it.
    DeletePending,
}

/// Whether to take a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Fetch and deliver.
    Fetch,
    /// Leave it, for this reason.
    Skip(Skip),
    /// Delivered before: only tell the server to delete it (or `flush`, `limitflush`).
    DeleteOnly,
}

/// Why a message is left where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// Delivered before, or seen.
    Old,
    /// Larger than `limit`.
    Oversized,
}

/// Names one delivery between `finish` and its outcome; unique in a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// How a delivery ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A sink has taken durable responsibility (rule R1).
    Delivered,
    /// Not now; the message stays and is tried again.
    Deferred(Refusal),
    /// Not ever, says the sink. What follows is `softbounce`'s matter.
    Refused(Refusal),
    /// Some have it, others do not.
    Partly(Shares),
}

/// Who got a message and who did not, all named as in the envelope the sink was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    /// For these a sink has taken durable responsibility.
    pub served: Vec<Vec<u8>>,
    /// For these it is to be tried again.
    pub put_off: Vec<(Vec<u8>, Refusal)>,
    /// These were refused for good.
    pub refused: Vec<(Vec<u8>, Refusal)>,
}

/// What a sink said when it did not take a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// SMTP reply code, or an MDA's exit status, or an OS error number; 0 if there is none.
    pub code: i32,
    /// The sink's own words, raw.
    pub words: Vec<u8>,
}

/// What happens to the server's copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Delete it.
    Delete,
    /// Keep it and mark it seen.
    MarkSeen,
    /// Leave it untouched; it is fetched again.
    Leave,
}
