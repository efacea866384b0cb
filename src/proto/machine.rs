//! The contract between a protocol and whoever moves its bytes (`net::pump`).
//!
//! The pump appends what it reads to [`Machine::inbox`] and asks for [`Machine::step`] until the
//! answer is [`Step::Input`] or [`Step::Done`]. Bodies leave the inbox as `Bytes` slices
//! (`split_to(..).freeze()`), so that nothing is copied on the way.

use bytes::{Bytes, BytesMut};
use memchr::memchr;

use crate::base::{Secret, text::quiet};

/// A conversation with a peer, seen from our side.
pub trait Machine: Send {
    /// What the machine tells its driver.
    type Event;

    /// Where the pump puts the peer's bytes. The machine consumes from the front.
    fn inbox(&mut self) -> &mut BytesMut;

    /// The next thing to do. Called again and again until it says `Input` or `Done`.
    fn step(&mut self) -> Result<Step<Self::Event>, Error>;

    /// The handshake asked for by [`Step::StartTls`] has succeeded.
    fn tls_started(&mut self) {}

    /// The peer has closed its side and every byte it sent is in the inbox and was looked at.
    /// A machine that expects this (after QUIT, say) returns `Ok`; the next step must be `Done`.
    fn peer_closed(&mut self) -> Result<(), Error> {
        Err(Error::Closed)
    }
}

/// How far signing in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The server is to speak first.
    Greeting,
    /// TLS is being agreed on inside the conversation.
    Securing,
    /// The capabilities, the name, the password.
    SigningIn,
}

/// A machine that signs in, for whoever wants to know how far it is.
pub trait Opening: Machine {
    /// How far it is.
    fn phase(&self) -> Phase;

    /// The server's greeting, raw; empty before it has come.
    fn greeting(&self) -> &[u8];
}

/// Who is told of each step of a machine that signs in: its phase, and the greeting.
pub type Onlooker<'o> = &'o mut (dyn FnMut(Phase, &[u8]) + Send);

/// A machine that is looked at while it works.
pub struct Watched<'m, M> {
    /// The machine.
    pub machine: &'m mut M,
    /// Told before it waits, and after it has failed.
    pub onlooker: Onlooker<'m>,
}

impl<M: Opening> Machine for Watched<'_, M> {
    type Event = M::Event;

    fn inbox(&mut self) -> &mut BytesMut {
        self.machine.inbox()
    }

    fn step(&mut self) -> Result<Step<M::Event>, Error> {
        let step = self.machine.step();
        (self.onlooker)(self.machine.phase(), self.machine.greeting());
        step
    }

    fn tls_started(&mut self) {
        self.machine.tls_started();
    }

    fn peer_closed(&mut self) -> Result<(), Error> {
        self.machine.peer_closed()
    }
}

/// What a machine wants.
#[derive(Debug)]
pub enum Step<E> {
    /// Nothing to do before the peer says more.
    Input,
    /// Send these bytes, in order. Several `Send`s in a row leave in one write.
    Send(Outgoing),
    /// Everything sent so far must reach the peer, then a TLS handshake begins. The machine has
    /// made sure that its inbox is empty (threats.md A3) before it says this.
    StartTls,
    /// Something for the driver.
    Event(E),
    /// The conversation is over.
    Done,
}

/// Bytes for the peer.
#[derive(Clone)]
pub struct Outgoing {
    /// What goes on the wire.
    pub bytes: Bytes,
    /// What a transcript shows instead, when the bytes hold a secret or are a body.
    pub shown: Option<String>,
    /// The bytes hold a secret: every copy of them is zeroed once it is sent.
    pub is_secret: bool,
}

impl Outgoing {
    /// Bytes a transcript may show.
    pub fn plain(bytes: impl Into<Bytes>) -> Self {
        Self {
            bytes: bytes.into(),
            shown: None,
            is_secret: false,
        }
    }

    /// Bytes a transcript must not show; `shown` stands in their place.
    pub fn masked(bytes: impl Into<Bytes>, shown: impl Into<String>) -> Self {
        Self {
            bytes: bytes.into(),
            shown: Some(shown.into()),
            is_secret: true,
        }
    }

    /// Part of a message: a transcript tells only how long it is.
    pub fn body(bytes: Bytes) -> Self {
        Self {
            shown: Some(format!("{} octets of the message", bytes.len())),
            bytes,
            is_secret: false,
        }
    }
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.shown {
            Some(shown) => write!(f, "[{shown}]"),
            None => write!(f, "{}", self.bytes.escape_ascii()),
        }
    }
}

/// Who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// User name as the server wants it.
    pub user: Vec<u8>,
    /// Password or token.
    pub password: Secret,
}

/// Whether TLS is to be started inside the conversation (STARTTLS, STLS). With TLS from the
/// first byte the policy is `Never`, and `is_protected` is said beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsPolicy {
    /// Not at all: `sslproto ''`, loopback plug-ins, or TLS is on already.
    Never,
    /// If the server offers it.
    IfOffered,
    /// Asked for even if it is not offered; without it the conversation ends.
    Required,
}

/// How the server's words are to be understood; decided where the reply is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// User name or password refused. The user must act.
    SignIn,
    /// No common sign-in method, or the wanted one is not offered. The user must act.
    NoMethod,
    /// The mailbox is locked by another session (fetchmail status 9). Temporary.
    Locked,
    /// The server is busy or asks to come back later (status 14). Temporary.
    Busy,
    /// The server wants fewer connections (`[LIMIT]`, BYE on connect). Temporary.
    Limit,
    /// The folder does not exist or cannot be opened.
    Folder,
    /// A command was refused for another cause (status 4).
    Refused,
}

/// Why a conversation cannot go on. The peer's own words are kept raw in `reply`; they are made
/// quiet (`base::text::quiet`) where they are shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The peer refused something, in its own words.
    #[error("the server refused: {}", reply.escape_ascii())]
    Refused {
        /// How to understand it.
        reason: Reason,
        /// The reply line without its end.
        reply: Vec<u8>,
    },
    /// TLS was demanded and cannot be had.
    #[error("the server does not offer TLS")]
    NoTls {
        /// The reply to STARTTLS/STLS, empty if it was never offered or a PREAUTH greeting.
        reply: Vec<u8>,
    },
    /// Bytes followed the answer to STARTTLS/STLS in clear text (threats.md A3).
    #[error("the server sent data in the clear after it had agreed to start TLS")]
    Injection,
    /// The peer said something that is not the protocol.
    #[error("protocol error: {what}")]
    Broken {
        /// What was wrong, in English, without foreign text.
        what: &'static str,
        /// The offending line, cut at 512 bytes.
        line: Vec<u8>,
    },
    /// A bound of threats.md section 6 was passed.
    #[error("the server sent more than allowed: {what}")]
    TooMuch {
        /// Which bound.
        what: &'static str,
    },
    /// The peer closed the connection in the middle.
    #[error("the server closed the connection")]
    Closed,
}

/// Result of looking for a line at the front of an inbox.
pub enum Line {
    /// A whole line without its CRLF or LF.
    Whole(Bytes),
    /// No line end yet.
    Partial,
}

/// Takes one line off the front. A line longer than `max` bytes is an error, whether or not its
/// end has come.
pub fn take_line(inbox: &mut BytesMut, max: usize) -> Result<Line, Error> {
    let window = &inbox[..inbox.len().min(max + 2)];
    match memchr(b'\n', window) {
        Some(end) => {
            let mut line = inbox.split_to(end + 1).freeze();
            line.truncate(end);
            if line.last() == Some(&b'\r') {
                line.truncate(end - 1);
            }
            Ok(Line::Whole(line))
        }
        None if inbox.len() > max => Err(Error::TooMuch {
            what: "a line without end",
        }),
        None => Ok(Line::Partial),
    }
}

/// Puts what is sent into the transcript (target `postrider::wire`); secrets and bodies never.
pub fn trace_sent(label: &str, outgoing: &Outgoing) {
    if !tracing::enabled!(target: "postrider::wire", tracing::Level::TRACE) {
        return;
    }
    match &outgoing.shown {
        Some(shown) => tracing::trace!(target: "postrider::wire", "{label}> {shown}"),
        None => {
            for line in outgoing
                .bytes
                .split(|b| *b == b'\n')
                .filter(|l| !l.is_empty())
            {
                let line = quiet(line, TRANSCRIPT_LINE);
                tracing::trace!(target: "postrider::wire", "{label}> {line}");
            }
        }
    }
}

/// Puts a response line into the transcript. Machines call it for lines, never for bodies.
pub fn trace_received(label: &str, line: &[u8]) {
    if tracing::enabled!(target: "postrider::wire", tracing::Level::TRACE) {
        let line = quiet(line, TRANSCRIPT_LINE);
        tracing::trace!(target: "postrider::wire", "{label}< {line}");
    }
}

/// Longest line in a transcript, in characters.
const TRANSCRIPT_LINE: usize = 1000;

/// Cuts a foreign line for [`Error::Broken`].
pub fn excerpt(line: &[u8]) -> Vec<u8> {
    line[..line.len().min(512)].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_crlf_or_lf() {
        let mut inbox = BytesMut::from(&b"one\r\ntwo\nthr"[..]);
        let mut seen = Vec::new();
        while let Line::Whole(line) = take_line(&mut inbox, 10).unwrap() {
            seen.push(line);
        }
        assert_eq!(seen, [&b"one"[..], b"two"]);
        assert_eq!(&inbox[..], b"thr");
    }

    #[test]
    fn endless_line_is_refused() {
        let mut inbox = BytesMut::from(&[b'x'; 13][..]);
        assert!(take_line(&mut inbox, 10).is_err());
    }
}
