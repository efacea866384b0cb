//! The local half of a transfer: sinks that take durable responsibility for a message.
//!
//! A [`Delivery`] is fed by one plain loop: begin, write chunk by chunk, finish. The outcome
//! comes back later as a [`Report`], in any order. A message begun and neither finished nor
//! aborted when the delivery is dropped is aborted: no final dot, no MDA, no file in `new/`.

pub mod maildir;
pub mod mda;
pub mod smtp;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use crate::mail::Envelope;
use crate::transit::{Outcome, Ticket};

/// Why a whole sink cannot be used (one message's fate is an `Outcome`).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No listener of the hunt list could be used (fetchmail status 10).
    #[error("no listener takes mail: {}", tried.join("; "))]
    NoListener {
        /// Each host tried with what went wrong.
        tried: Vec<String>,
    },
    /// The connection to the listener broke or broke the protocol.
    #[error("the connection to {peer} failed: {what}")]
    Broken {
        /// The listener.
        peer: String,
        /// What happened, with its own words.
        what: String,
    },
    /// A folder or file cannot be written.
    #[error("{path}: {what}")]
    Disk {
        /// Which.
        path: String,
        /// The system's words.
        what: String,
        /// Whether the disk is full (ENOSPC, EDQUOT).
        is_full: bool,
    },
    /// The command cannot be run as it is written (fetchmail status 5).
    #[error("the delivery command cannot be used: {what}")]
    Command {
        /// Why.
        what: String,
    },
}

/// What a sink is fed with.
#[derive(Debug)]
pub enum Part {
    /// A message begins.
    Begin {
        /// Names it in reports.
        ticket: Ticket,
        /// From whom, to whom.
        envelope: Envelope,
    },
    /// Its next bytes: header and body as they are to be delivered; SMTP and LMTP get CRLF line
    /// ends and add dots themselves.
    Chunk(Bytes),
    /// It is whole: only now may the final dot leave, the MDA start, the file be renamed.
    Finish,
    /// It will not become whole.
    Abort,
}

/// What a sink says.
#[derive(Debug)]
pub enum Report {
    /// These are about to become visible in a Maildir under these paths (absolute, in `tmp/`).
    /// The sink goes on when `go` says true; false or a dropped sender means: defer them.
    Intent {
        /// Ticket and the path of the file in `tmp/`.
        files: Vec<(Ticket, std::path::PathBuf)>,
        /// The engine's leave, given when the journal is durable.
        go: oneshot::Sender<bool>,
    },
    /// These ended.
    Settled(Vec<(Ticket, Outcome)>),
    /// Nothing more can be delivered in this poll; tickets not yet settled were settled as
    /// deferred before this. The feed stops fetching.
    Down(Error),
}

/// The feeding end of a sink. Cheap to hold; back-pressure is the bounded channel behind it.
pub struct Delivery {
    parts: mpsc::Sender<Part>,
}

impl Delivery {
    /// Wraps the feeding end; sinks make these.
    pub(crate) fn new(parts: mpsc::Sender<Part>) -> Self {
        Self { parts }
    }

    /// Hands the next part over, waiting while the sink is behind. `false` when the sink has
    /// ended; a `Report::Down` tells why.
    pub async fn send(&self, part: Part) -> bool {
        self.parts.send(part).await.is_ok()
    }
}

/// Most parts that wait for a sink; with chunks of at most 16 KiB this bounds its memory.
pub const QUEUE: usize = 16;
