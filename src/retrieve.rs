//! The server half of a transfer: drivers that turn protocol machines into a [`Maildrop`].
//!
//! A maildrop is a conversation with many sentences in flight: [`Maildrop::request`] and
//! [`Maildrop::dispose`] only queue, [`Maildrop::next`] moves bytes and says what came. It does
//! not know where messages go.

pub mod imap;
pub mod pop3;

use std::collections::HashSet;

use bytes::Bytes;

use crate::net;
use crate::proto::{Credentials, TlsPolicy};
use crate::transit::{Disposition, Listed};

/// Why retrieval of an account or folder cannot go on.
pub type Error = net::Error;

/// What is needed to sign in; the password is found before the connection is made.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Who.
    pub credentials: Credentials,
    /// `auth` of the file.
    pub auth: crate::rc::account::Auth,
    /// APOP instead of USER and PASS (`proto apop`).
    pub wants_apop: bool,
    /// Whether to start TLS inside the conversation.
    pub tls: TlsPolicy,
}

/// What is in a mailbox.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// Messages in the mailbox.
    pub total: u32,
    /// Of these, how many are not in `listed` because the server calls them old (IMAP `\Seen`).
    pub old: u32,
    /// Sum of all sizes, where the protocol tells (POP3 STAT).
    pub octets: Option<u64>,
    /// IMAP UIDVALIDITY. UIDs of another value name nothing here.
    pub uid_validity: Option<u32>,
    /// The server opened it read-only: nothing can be deleted or marked.
    pub is_read_only: bool,
    /// The candidates, in the server's order.
    pub listed: Vec<Listed>,
    /// Numbers of those among them that are marked as deleted (IMAP).
    pub deleted: HashSet<u32>,
}

impl Survey {
    /// As if nobody had read anything.
    pub fn as_if_unread(&mut self) {
        self.old = 0;
        for listed in &mut self.listed {
            listed.is_seen = false;
        }
    }
}

/// How much a survey has to find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Want {
    /// Every message, not only those the server calls new (`fetchall`, `flush`).
    pub all: bool,
    /// `EXAMINE` in place of `SELECT`; only looking (`--check`).
    pub read_only: bool,
    /// UIDs are needed (POP3 `UIDL`).
    pub uids: bool,
    /// POP3: fetch by `TOP` (which leaves the server's seen mark alone) and not by `RETR`.
    pub by_top: bool,
}

/// What came from the server.
#[derive(Debug)]
pub enum Fetched {
    /// A message begins; its chunks follow until `End`.
    Begin {
        /// Its number of the survey.
        number: u32,
        /// Octets to come, if the framing tells (IMAP literal).
        size: Option<u64>,
    },
    /// The next octets of the message: dots unstuffed, line ends as the server sent them.
    Chunk(Bytes),
    /// The message came whole: its terminator or its last literal octet was seen.
    End {
        /// Its number of the survey.
        number: u32,
    },
    /// The server would not give this message; the others go on.
    Refused {
        /// Its number of the survey.
        number: u32,
        /// The server's words, raw.
        reply: Vec<u8>,
    },
    /// The server has deleted or marked these, or refused to (`done` false).
    Disposed {
        /// Numbers of the survey.
        numbers: Vec<u32>,
        /// What was asked for.
        what: Disposition,
        /// Whether the server agreed.
        done: bool,
    },
    /// Nothing is outstanding. `next` would wait for ever: do not call it before queueing more.
    Idle,
}

/// A mailbox opened for retrieval (RFC 1939 calls it so).
// One per account and never in a collection: the size difference costs nothing.
#[allow(clippy::large_enum_variant)]
pub enum Maildrop {
    /// POP3 in its variants.
    Pop3(pop3::Pop3),
    /// IMAP4rev1.
    Imap(imap::Imap),
}

impl Maildrop {
    /// Whether the line is encrypted.
    pub fn is_protected(&self) -> bool {
        match self {
            Self::Pop3(p) => p.is_protected(),
            Self::Imap(i) => i.is_protected(),
        }
    }

    /// Lists the mailbox (`folder` for IMAP; `None` is INBOX).
    pub async fn survey(&mut self, folder: Option<&[u8]>, want: Want) -> Result<Survey, Error> {
        match self {
            Self::Pop3(p) => p.survey(want).await,
            Self::Imap(i) => i.survey(folder.unwrap_or(b"INBOX"), want).await,
        }
    }

    /// Queues the fetching of these messages, in this order. Returns at once. Bodies stream; only
    /// requests wait, so the caller bounds how many are outstanding.
    pub fn request(&mut self, numbers: &[u32]) {
        match self {
            Self::Pop3(p) => p.request(numbers),
            Self::Imap(i) => i.request(numbers),
        }
    }

    /// Queues the fetching of these headers, in this order; they come as messages do. Returns at
    /// once. Must only be called when idle. On a POP3 server without TOP they are refused.
    pub fn request_headers(&mut self, numbers: &[u32]) {
        match self {
            Self::Pop3(p) => p.request_headers(numbers),
            Self::Imap(i) => i.request_headers(numbers),
        }
    }

    /// It can tell of new mail as it comes (IMAP IDLE); known once a folder was surveyed.
    pub fn can_idle(&self) -> bool {
        match self {
            Self::Pop3(_) => false,
            Self::Imap(i) => i.can_idle(),
        }
    }

    /// The folders of the mailbox, each with whether it can be opened; POP3 has none. Must only be
    /// called when idle.
    pub async fn folders(&mut self) -> Result<Vec<(Vec<u8>, bool)>, Error> {
        match self {
            Self::Pop3(_) => Ok(Vec::new()),
            Self::Imap(i) => {
                let folders = i.folders().await?.into_iter();
                Ok(folders.map(|f| (f.name, f.can_select)).collect())
            }
        }
    }

    /// Queues what is to happen to the server's copies. Returns at once.
    pub fn dispose(&mut self, numbers: &[u32], what: Disposition) {
        match self {
            Self::Pop3(p) => p.dispose(numbers, what),
            Self::Imap(i) => i.dispose(numbers, what),
        }
    }

    /// The next thing that came. Cancel-safe: dropping the future loses nothing.
    pub async fn next(&mut self) -> Result<Fetched, Error> {
        match self {
            Self::Pop3(p) => p.next().await,
            Self::Imap(i) => i.next().await,
        }
    }

    /// Leaves the present folder: expunges what was deleted and waits for the answers (IMAP).
    /// Returns the numbers the server has confirmed as gone. Must only be called when idle.
    pub async fn leave(&mut self) -> Result<Vec<u32>, Error> {
        match self {
            Self::Pop3(_) => Ok(Vec::new()),
            Self::Imap(i) => i.leave().await,
        }
    }

    /// Ends the session (QUIT, LOGOUT) and returns the numbers whose deletion the server has
    /// confirmed by it (POP3 deletes at QUIT).
    pub async fn close(self) -> Result<Vec<u32>, Error> {
        match self {
            Self::Pop3(p) => p.close().await,
            Self::Imap(i) => i.close().await,
        }
    }
}
