//! The client's side of ESMTP (RFC 5321) and LMTP (RFC 2033), without I/O.
//!
//! The driver gives messages ([`Client::begin`], [`Client::chunk`], [`Client::finish`]) when the
//! machine has room for them and hears each one's [`Fate`]. The envelope of a message rides behind
//! the final dot of the one before it, so that on a listener with PIPELINING a message costs one
//! round trip. Which host to speak to, and what a refusal means for the mail, is not decided here.

mod reply;
mod stuff;
mod transaction;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

use bytes::{Bytes, BytesMut};

pub use reply::Reply;
pub use stuff::Stuffer;
pub use transaction::{Capabilities, Fate};

use self::reply::Replies;
use self::transaction::{Data, Next, Sealed, Transaction, fate_of, is_sendable};
use super::machine::{Error, Machine, Outgoing, Reason, Step, excerpt};
use crate::mail::Envelope;

/// How to say hello.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hello {
    /// ESMTP, with HELO in the same session if EHLO is refused.
    Ehlo,
    /// SMTP of the old kind only: for a listener that hangs up on EHLO.
    Helo,
    /// LMTP.
    Lhlo,
}

/// What the driver hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The listener has greeted and accepted our hello.
    Open(Capabilities),
    /// 354 came: the body of the message may be given.
    Go,
    /// The fate of a message is known. If it was not finished yet, its remaining chunks must not
    /// be given any more.
    Ended {
        /// As given to [`Client::begin`].
        id: u64,
        /// How.
        fate: Fate,
    },
}

/// A session with one listener.
pub struct Client {
    own_name: String,
    hello: Hello,
    stage: Stage,
    offered: Capabilities,
    inbox: BytesMut,
    replies: Replies,
    /// What each reply to come will be an answer to.
    expected: VecDeque<Asked>,
    steps: VecDeque<Step<Event>>,
    /// Octets in `steps`.
    queued: usize,
    current: Option<Transaction>,
    sealed: Option<Sealed>,
    stuffer: Stuffer,
    /// The last chunk waits for what follows, so that the final dot is never a write of its own.
    held: Bytes,
    wants_quit: bool,
    failed: Option<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Hello,
    Open,
    Quitting,
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Greeting,
    Hello(Hello),
    Mail,
    Rcpt,
    Data,
    Dot,
    Rset,
    Quit,
}

impl Client {
    /// A session that waits for the greeting. `own_name` is what we call ourselves.
    pub fn new(own_name: impl Into<String>, hello: Hello) -> Self {
        Self {
            own_name: own_name.into(),
            hello,
            stage: Stage::Hello,
            offered: Capabilities::default(),
            inbox: BytesMut::new(),
            replies: Replies::default(),
            expected: VecDeque::from([Asked::Greeting]),
            steps: VecDeque::new(),
            queued: 0,
            current: None,
            sealed: None,
            stuffer: Stuffer::new(),
            held: Bytes::new(),
            wants_quit: false,
            failed: None,
        }
    }

    /// Begins a message; only while [`Client::takes_message`]. An address that cannot be sent ends
    /// it at once.
    pub fn begin(&mut self, id: u64, envelope: Envelope) {
        if is_sendable(&envelope) {
            self.current = Some(Transaction::new(id, envelope));
            self.advance();
        } else {
            let words = b"an address of the envelope cannot be sent".to_vec();
            let fate = Fate::Permanent(Reply { code: 553, words });
            self.steps.push_back(Step::Event(Event::Ended { id, fate }));
        }
    }

    /// The next bytes of the message; only while [`Client::takes_body`].
    pub fn chunk(&mut self, chunk: Bytes) {
        if !chunk.is_empty() {
            let held = std::mem::replace(&mut self.held, self.stuffer.push(chunk));
            self.say_body(held);
        }
    }

    /// The message is whole: its end may leave. Only while [`Client::takes_body`].
    pub fn finish(&mut self) {
        if !self.inbox.is_empty() {
            let line = excerpt(&self.inbox);
            return self.fail(Error::Broken { what: EARLY, line });
        }
        let Some(current) = self.current.take() else {
            return;
        };
        let held = std::mem::take(&mut self.held);
        self.say_body(held);
        let end = self.stuffer.finish();
        self.say_body(end);
        let id = current.id;
        let is_lmtp = self.hello == Hello::Lhlo;
        let sealed = Sealed::new(id, current.sort_recipients(), is_lmtp);
        let dots = std::iter::repeat_n(Asked::Dot, sealed.wanted());
        self.expected.extend(dots);
        self.sealed = Some(sealed);
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

    /// Whether the body of the message begun may be given now: the listener has said 354.
    pub fn takes_body(&self) -> bool {
        let has_go = |t: &Transaction| t.data == Data::Go;
        self.current.as_ref().is_some_and(has_go) && !self.has_failed()
    }

    /// Octets waiting to be taken by the pump.
    pub fn queued(&self) -> usize {
        self.queued
    }

    /// Whether the listener owes us a reply.
    pub fn awaits_reply(&self) -> bool {
        !self.expected.is_empty()
    }

    /// Whether the listener has greeted and our hello is not answered yet.
    pub fn is_saying_hello(&self) -> bool {
        matches!(self.expected.front(), Some(Asked::Hello(_)))
    }

    /// How long the listener may take for what it is asked now: RFC 5321 section 4.5.3.2 wants ten
    /// minutes for the final dot, and no more than five for all else.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(match self.expected.front() {
            Some(Asked::Dot) => 600,
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
            match current.next(self.offered) {
                Next::Mail(command) => self.say(command, Asked::Mail),
                Next::Rcpt(command) => self.say(command, Asked::Rcpt),
                Next::Data => self.say(b"DATA".to_vec(), Asked::Data),
                Next::End(fate) => self.reject(fate),
                Next::Wait => return,
            }
        }
    }

    /// The message being sent will not be; the listener forgets it.
    fn reject(&mut self, fate: Fate) {
        if let Some(current) = self.current.take() {
            match current.second_try() {
                Some(envelope) => self.current = Some(Transaction::new(current.id, envelope)),
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

    fn say_body(&mut self, bytes: Bytes) {
        if !bytes.is_empty() {
            self.queued += bytes.len();
            self.steps.push_back(Step::Send(Outgoing::body(bytes)));
        }
    }

    fn say_hello(&mut self, hello: Hello) {
        let verb = match hello {
            Hello::Ehlo => "EHLO",
            Hello::Helo => "HELO",
            Hello::Lhlo => "LHLO",
        };
        let command = format!("{verb} {}", self.own_name);
        self.say(command.into_bytes(), Asked::Hello(hello));
    }

    fn take_reply(&mut self, reply: Reply) {
        let Some(asked) = self.expected.pop_front() else {
            return self.unasked(reply);
        };
        if reply.code == 421 {
            return self.closing(reply);
        }
        match asked {
            Asked::Greeting if reply.is_good() => self.say_hello(self.hello),
            Asked::Hello(_) if reply.is_good() => self.open(asked, &reply),
            Asked::Hello(Hello::Ehlo) if reply.code / 100 == 5 => self.say_hello(Hello::Helo),
            Asked::Greeting | Asked::Hello(_) => self.fail(refused(&reply)),
            Asked::Mail | Asked::Rcpt if reply.is_go_ahead() => self.fail(out_of_place(&reply)),
            Asked::Mail => self.envelope_answered(reply, Transaction::mail_answered),
            Asked::Rcpt => self.envelope_answered(reply, Transaction::rcpt_answered),
            Asked::Data => self.data_answered(reply),
            Asked::Dot => self.dot_answered(reply),
            Asked::Rset if reply.is_good() => self.advance(),
            Asked::Rset => self.fail(out_of_place(&reply)),
            Asked::Quit => self.stage = Stage::Over,
        }
    }

    fn open(&mut self, asked: Asked, reply: &Reply) {
        if asked != Asked::Hello(Hello::Helo) {
            self.offered = Capabilities::read(reply);
        }
        self.stage = Stage::Open;
        self.steps.push_back(Step::Event(Event::Open(self.offered)));
        self.advance();
    }

    fn envelope_answered(&mut self, reply: Reply, note: fn(&mut Transaction, Reply)) {
        if let Some(current) = &mut self.current {
            note(current, reply);
        }
        self.advance();
    }

    fn data_answered(&mut self, reply: Reply) {
        let Some(current) = &mut self.current else {
            return;
        };
        match (current.verdict(), reply.is_go_ahead()) {
            (None, true) => {
                current.data = Data::Go;
                self.steps.push_back(Step::Event(Event::Go));
            }
            (None, false) if reply.is_good() => self.fail(out_of_place(&reply)),
            (None, false) => self.reject(fate_of(reply)),
            (Some(fate), false) => self.reject(fate),
            // A listener that takes the data of a message without recipients: the only way not to
            // send any, not even a dot, is to hang up (contract.md, Pipelining rules).
            (Some(fate), true) => {
                let id = current.id;
                self.current = None;
                self.end(id, fate);
                self.stage = Stage::Over;
            }
        }
        // A second try need not wait for the answer to RSET.
        self.advance();
    }

    fn dot_answered(&mut self, reply: Reply) {
        if reply.is_go_ahead() || reply.code == 221 {
            return self.fail(out_of_place(&reply));
        }
        if let Some(mut sealed) = self.sealed.take() {
            if sealed.answered(reply) {
                let id = sealed.id();
                self.end(id, sealed.fate());
            } else {
                self.sealed = Some(sealed);
            }
        }
        self.advance();
    }

    /// 421: the listener hangs up; whatever is under way is put off in its words.
    fn closing(&mut self, reply: Reply) {
        if self.stage == Stage::Hello {
            return self.fail(refused(&reply));
        }
        let sealed = self.sealed.take().map(|s| s.id());
        let current = self.current.take().map(|c| c.id);
        for id in sealed.into_iter().chain(current) {
            self.end(id, Fate::Temporary(reply.clone()));
        }
        self.stage = Stage::Over;
    }

    /// A listener may say that it closes (421) at any time; any other surplus reply means that
    /// replies and commands no longer match.
    fn unasked(&mut self, reply: Reply) {
        if reply.code == 421 {
            self.closing(reply);
        } else {
            self.fail(out_of_place(&reply));
        }
    }

    fn fail(&mut self, error: Error) {
        self.failed.get_or_insert(error);
    }

    /// Reads every whole reply there is, so that no answer can be taken for one to a command that
    /// was sent after it came.
    fn read(&mut self) {
        while !self.has_failed() {
            let label = match self.hello {
                Hello::Lhlo => "LMTP",
                _ => "SMTP",
            };
            match self.replies.take(&mut self.inbox, label) {
                Ok(Some(reply)) => self.take_reply(reply),
                Ok(None) => return,
                Err(error) => self.fail(error),
            }
        }
    }
}

impl Machine for Client {
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

fn refused(reply: &Reply) -> Error {
    let reason = if reply.is_temporary() {
        Reason::Busy
    } else {
        Reason::Refused
    };
    Error::Refused {
        reason,
        reply: line_of(reply),
    }
}

fn out_of_place(reply: &Reply) -> Error {
    Error::Broken {
        what: "a reply out of place",
        line: excerpt(&line_of(reply)),
    }
}

/// The reply as a line, code first.
fn line_of(reply: &Reply) -> Vec<u8> {
    [reply.code.to_string().as_bytes(), b" ", &reply.words].concat()
}

/// Why a reply before the final dot ends the session.
const EARLY: &str = "a reply before the end of the message";
