//! How a fake server behaves, good or bad. Each connection takes a copy when it begins.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The knobs. The default is a well-behaved server.
#[derive(Clone, Debug)]
pub struct Manner {
    /// Offers STARTTLS or STLS.
    pub offers_starttls: bool,
    /// Slips this into the clear, right behind the answer to STARTTLS or STLS.
    pub injects: &'static str,
    /// Takes no password before TLS (`LOGINDISABLED`; POP3 offers no mechanism).
    pub login_needs_tls: bool,
    /// POP3: offers PIPELINING, and a timestamp for APOP in its greeting.
    pub pipelining: bool,
    /// POP3: knows CAPA; an old server does not.
    pub capa: bool,
    /// POP3: knows UIDL.
    pub uidl: bool,
    /// POP3: knows TOP.
    pub top: bool,
    /// IMAP: offers UIDPLUS.
    pub uidplus: bool,
    /// IMAP: offers IDLE.
    pub idle: bool,
    /// IMAP: opens every folder read-only.
    pub read_only: bool,
    /// IMAP: offers SASL-IR, and LITERAL+.
    pub modern: bool,
    /// SASL mechanisms offered.
    pub mechanisms: Vec<&'static str>,
    /// Answers the connection with this line instead of a greeting, then closes:
    /// `-ERR [SYS/TEMP] busy`, `* BYE too many`.
    pub greets_with: Option<String>,
    /// Answers a right password with this instead: `-ERR [IN-USE] locked`, `NO [UNAVAILABLE] wait`.
    pub refuses_login: Option<String>,
    /// Will not give the messages of these UIDs.
    pub refuses_messages: Vec<u32>,
    /// Refuses to delete (POP3 `DELE`, IMAP `STORE`).
    pub refuses_delete: bool,
    /// Ends the connection in the middle of the message of this UID.
    pub closes_in_message: Option<u32>,
    /// Ends the connection after so many octets sent (before encryption).
    pub closes_after: Option<u64>,
    /// Falls silent after so many octets sent, and leaves the connection open.
    pub stalls_after: Option<u64>,
    /// Spoils TLS after so many octets sent: with a fatal alert in the clear, or a record of noise.
    pub spoils_after: Option<(u64, bool)>,
    /// Announces sizes that are wrong by so much.
    pub size_error: i64,
    /// Says no when deleted messages are to go (POP3 `QUIT`, IMAP `EXPUNGE`).
    pub refuses_expunge: bool,
    /// Sends no more than so many octets, waits, goes on.
    pub trickle: Option<(usize, Duration)>,
    /// Waits so long before each answer.
    pub thinks: Duration,
    /// Counts what happens on all connections together, and does something at a moment of it.
    pub trap: Option<Trap>,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            offers_starttls: true,
            injects: "",
            login_needs_tls: false,
            pipelining: true,
            capa: true,
            uidl: true,
            top: true,
            uidplus: true,
            idle: true,
            read_only: false,
            modern: true,
            mechanisms: vec!["PLAIN", "CRAM-MD5"],
            greets_with: None,
            refuses_login: None,
            refuses_messages: Vec::new(),
            refuses_delete: false,
            closes_in_message: None,
            closes_after: None,
            stalls_after: None,
            spoils_after: None,
            size_error: 0,
            refuses_expunge: false,
            trickle: None,
            thinks: Duration::ZERO,
            trap: None,
        }
    }
}

/// What a [`Trap`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// An octet was sent (before encryption).
    Sent,
    /// A line of the client was heard; at a sink the lines of bodies too.
    Heard,
    /// A sink took a message over and is about to say so.
    Taken,
}

/// Counts deeds, and calls back once, from within the server, when one has happened so often.
#[derive(Clone)]
pub struct Trap {
    counts: Arc<[AtomicU64; 3]>,
    at: Option<(Deed, u64)>,
    spring: Arc<dyn Fn() + Send + Sync>,
}

impl Trap {
    /// Only counts.
    pub fn counting() -> Self {
        Self {
            counts: Arc::default(),
            at: None,
            spring: Arc::new(|| ()),
        }
    }

    /// Calls `spring` after the `count`th `deed`, before anything else happens on that connection.
    pub fn at(deed: Deed, count: u64, spring: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            at: Some((deed, count.max(1))),
            spring: Arc::new(spring),
            ..Self::counting()
        }
    }

    /// How often it happened so far.
    pub fn count(&self, deed: Deed) -> u64 {
        self.counts[deed as usize].load(Ordering::SeqCst)
    }

    /// How many octets may leave at once, so that the moment is not run over.
    pub fn room(&self) -> usize {
        match self.at {
            Some((Deed::Sent, at)) => match at.saturating_sub(self.count(Deed::Sent)) {
                0 => usize::MAX,
                room => usize::try_from(room).unwrap_or(usize::MAX),
            },
            _ => usize::MAX,
        }
    }

    /// Notes that it happened.
    pub fn note(&self, deed: Deed, times: u64) {
        let before = self.counts[deed as usize].fetch_add(times, Ordering::SeqCst);
        if let Some((awaited, at)) = self.at
            && awaited == deed
            && (before + 1..=before + times).contains(&at)
        {
            (self.spring)();
        }
    }
}

impl fmt::Debug for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trap({:?} of {:?})", self.at, self.counts)
    }
}
