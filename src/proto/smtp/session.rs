//! Handing messages over in a session that has been opened.
//!
//! The driver gives messages ([`Session::begin`], [`Session::chunk`], [`Session::finish`]) when the
//! machine has room for them and hears each one's [`Fate`]. The envelope of a message rides behind
//! the end of the one before it, so that on a listener with PIPELINING a message costs one round
//! trip.

mod answers;
mod body;

use std::collections::VecDeque;
use std::time::Duration;

use bytes::{Bytes, BytesMut};

use body::{Body, Ready};

use super::Capabilities;
use super::opening::{Hello, Opened};
use super::reply::{Replies, Reply, broken};
use super::sealed::{Fate, Sealed};
use super::transaction::{Data, Next, Transaction, is_sendable};
use crate::mail::Envelope;
use crate::proto::machine::{Error, Machine, Outgoing, Step};

/// What the driver hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The body of the message may be given.
    Go,
    /// The fate of a message is known. If it was not finished yet, its remaining chunks must not
    /// be given any more.
    Ended {
        /// As given to [`Session::begin`].
        id: u64,
        /// How.
        fate: Fate,
    },
}

/// A session with one listener.
pub struct Session {
    hello: Hello,
    stage: Stage,
    offered: Capabilities,
    antispam: Vec<i32>,
    inbox: BytesMut,
    replies: Replies,
    /// What each reply to come will be an answer to.
    expected: VecDeque<Asked>,
    steps: VecDeque<Step<Event>>,
    /// Octets in `steps`.
    queued: usize,
    current: Option<Transaction>,
    sealed: Option<Sealed>,
    body: Body,
    wants_quit: bool,
    failed: Option<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Open,
    Quitting,
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Mail,
    Rcpt,
    Data,
    /// A counted chunk of this message, not the last.
    Chunk(u64),
    /// The end of the body: the final dot, or the last chunk.
    End,
    Rset,
    Quit,
}

impl Session {
    /// Goes on where the opening, or the sign-in, ended. Refusals with a code of `antispam` are
    /// for good, whatever their first digit.
    pub fn new(opened: Opened, antispam: Vec<i32>) -> Self {
        Self {
            hello: opened.hello,
            stage: Stage::Open,
            offered: opened.offered,
            antispam,
            inbox: opened.inbox,
            replies: Replies::default(),
            expected: VecDeque::new(),
            steps: VecDeque::new(),
            queued: 0,
            current: None,
            sealed: None,
            body: Body::default(),
            wants_quit: false,
            failed: None,
        }
    }

    /// Begins a message; only while [`Session::takes_message`]. An address that cannot be sent ends
    /// it at once.
    pub fn begin(&mut self, id: u64, envelope: Envelope) {
        if is_sendable(&envelope) {
            self.current = Some(Transaction::new(id, envelope));
            self.advance();
        } else {
            let refusal = Reply {
                code: 553,
                words: b"an address of the envelope cannot be sent".to_vec(),
                is_spam: false,
            };
            self.end(id, Fate::Permanent(refusal));
        }
    }

    /// The next bytes of the message; only while [`Session::takes_body`].
    pub fn chunk(&mut self, chunk: Bytes) {
        let ready = self.body.push(chunk);
        if let (Some(current), true) = (&self.current, ready.command.is_some()) {
            self.expected.push_back(Asked::Chunk(current.id));
        }
        self.say_body(ready);
    }

    /// The message is whole: its end may leave. Only while [`Session::takes_body`].
    pub fn finish(&mut self) {
        let Some(current) = &mut self.current else {
            return;
        };
        if current.data == Data::Counted {
            current.data = Data::Whole;
            self.advance();
        } else {
            self.seal();
        }
    }

    /// No message will follow: QUIT as soon as the last one is answered.
    pub fn quit(&mut self) {
        self.wants_quit = true;
        self.advance();
    }

    /// Whether a message may begin now.
    pub fn takes_message(&self) -> bool {
        self.stage == Stage::Open
            && self.current.is_none()
            && !self.wants_quit
            && !self.has_failed()
    }

    /// Whether the body of the message begun may be given now.
    pub fn takes_body(&self) -> bool {
        self.current.as_ref().is_some_and(Transaction::takes_body) && !self.has_failed()
    }

    /// Octets waiting to be taken by the pump.
    pub fn queued(&self) -> usize {
        self.queued
    }

    /// Whether the listener owes us a reply.
    pub fn awaits_reply(&self) -> bool {
        !self.expected.is_empty()
    }

    /// How long the listener may take for what it is asked now: RFC 5321 section 4.5.3.2 wants ten
    /// minutes for the end of a body, and no more than five for all else.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(match self.expected.front() {
            Some(Asked::End) => 600,
            _ => 300,
        })
    }

    fn has_failed(&self) -> bool {
        self.failed.is_some() || self.stage == Stage::Over
    }

    /// Sends whatever may be sent before more answers.
    fn advance(&mut self) {
        while self.offered.pipelining || self.expected.is_empty() {
            if self.stage != Stage::Open || self.failed.is_some() {
                return;
            }
            let Some(current) = &mut self.current else {
                // Not behind a dot: its answer must not be mistaken for the one to QUIT.
                if self.wants_quit && self.expected.is_empty() {
                    self.stage = Stage::Quitting;
                    self.say(b"QUIT".to_vec(), Asked::Quit);
                }
                return;
            };
            match current.next(self.offered, self.expected.is_empty()) {
                Next::Mail(command) => {
                    // Costs no round trip; without it MAIL would hang on the fate of the chunks.
                    if self.sealed.as_ref().is_some_and(|s| s.is_counted) {
                        self.say(b"RSET".to_vec(), Asked::Rset);
                    }
                    self.say(command, Asked::Mail);
                }
                Next::Rcpt(command) => self.say(command, Asked::Rcpt),
                Next::Data => self.say(b"DATA".to_vec(), Asked::Data),
                Next::Go => self.go(Body::counted()),
                Next::Last => self.seal(),
                Next::End(fate) => self.reject(fate),
                Next::Wait => return,
            }
        }
    }

    fn go(&mut self, body: Body) {
        self.body = body;
        self.steps.push_back(Step::Event(Event::Go));
    }

    /// The end of the body leaves. All that was said before it is answered, so a listener that has
    /// more to say answers what it has not seen.
    fn seal(&mut self) {
        if !self.inbox.is_empty() {
            return self.fail(broken(EARLY, &self.inbox));
        }
        let Some(current) = self.current.take() else {
            return;
        };
        let end = std::mem::take(&mut self.body).finish();
        self.say_body(end);
        let sealed = current.seal(self.hello == Hello::Lhlo);
        let ends = std::iter::repeat_n(Asked::End, sealed.wanted());
        self.expected.extend(ends);
        self.sealed = Some(sealed);
    }

    /// The message being sent will not be; the listener forgets it.
    fn reject(&mut self, fate: Fate) {
        if let Some(current) = self.current.take() {
            match current.second_try() {
                Some(again) => self.current = Some(again),
                None => self.end(current.id, fate),
            }
            self.say(b"RSET".to_vec(), Asked::Rset);
        }
    }

    fn end(&mut self, id: u64, fate: Fate) {
        self.steps.push_back(Step::Event(Event::Ended { id, fate }));
    }

    fn say(&mut self, mut command: Vec<u8>, asked: Asked) {
        command.extend_from_slice(b"\r\n");
        self.queued += command.len();
        self.steps.push_back(Step::Send(Outgoing::plain(command)));
        self.expected.push_back(asked);
    }

    fn say_body(&mut self, ready: Ready) {
        let command = ready.command.map(Outgoing::plain);
        let pieces = ready.pieces.into_iter().map(Outgoing::body);
        for outgoing in command.into_iter().chain(pieces) {
            self.queued += outgoing.bytes.len();
            self.steps.push_back(Step::Send(outgoing));
        }
    }

    fn fail(&mut self, error: Error) {
        self.failed.get_or_insert(error);
    }
}

impl Machine for Session {
    type Event = Event;

    fn inbox(&mut self) -> &mut BytesMut {
        &mut self.inbox
    }

    fn step(&mut self) -> Result<Step<Event>, Error> {
        self.read();
        match self.steps.pop_front() {
            Some(Step::Send(outgoing)) => {
                self.queued -= outgoing.bytes.len();
                Ok(Step::Send(outgoing))
            }
            Some(step) => Ok(step),
            None => match (&self.failed, self.stage) {
                (Some(error), _) => Err(error.clone()),
                (None, Stage::Over) => Ok(Step::Done),
                (None, _) => Ok(Step::Input),
            },
        }
    }

    fn peer_closed(&mut self) -> Result<(), Error> {
        let is_expected =
            self.stage == Stage::Over || (self.stage == Stage::Quitting && self.sealed.is_none());
        if !is_expected {
            return Err(Error::Closed);
        }
        self.stage = Stage::Over;
        Ok(())
    }
}

/// Why a reply before the end of a message ends the session.
const EARLY: &str = "a reply before the end of the message";
