//! AUTH towards a listener (RFC 4954), with `esmtpname` and `esmtppassword`.
//!
//! In fetchmail's order CRAM-MD5, PLAIN, LOGIN; the next one if one is refused. fetchmail says the
//! password itself to whoever listens; here only a driver that knows the way to be safe lets it.
//! A listener that offers none of the three is not signed in to, as with fetchmail.

use std::collections::VecDeque;
use std::convert::Infallible;

use bytes::{Bytes, BytesMut};
use zeroize::Zeroizing;

use super::capabilities::Mechanisms;
use super::opening::Opened;
use super::reply::{Replies, Reply, broken};
use crate::proto::machine::{Error, Machine, Outgoing, Reason, Step};
use crate::proto::{Credentials, sasl};

/// The machine that signs in.
pub struct SignIn {
    opened: Opened,
    replies: Replies,
    credentials: Credentials,
    mechanisms: VecDeque<Mechanism>,
    stage: Stage,
    out: Option<Outgoing>,
    /// What is still to be said, a line for each time the listener asks (334).
    lines: VecDeque<Outgoing>,
    /// Why the last mechanism failed.
    refusal: Option<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mechanism {
    CramMd5,
    Plain,
    Login,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The next mechanism is to be begun.
    Next,
    /// `AUTH CRAM-MD5` was said.
    Challenge,
    /// The listener may ask for the next of `lines`.
    Lines,
    /// `*` was said.
    Cancelled,
    Done,
}

impl SignIn {
    /// Signs in over a session just opened. `is_safe` says that the password itself may be told.
    ///
    /// # Errors
    /// [`Reason::NoMethod`] if the listener takes only what must not be told.
    pub fn new(opened: Opened, credentials: Credentials, is_safe: bool) -> Result<Self, Error> {
        let offered = opened.offered.auth;
        let mechanisms = mechanisms(offered, &credentials, is_safe);
        let stage = match (mechanisms.is_empty(), offered == Mechanisms::default()) {
            (false, _) => Stage::Next,
            (true, true) => Stage::Done,
            (true, false) => {
                return Err(Error::Refused {
                    reason: Reason::NoMethod,
                    reply: Vec::new(),
                });
            }
        };
        Ok(Self {
            opened,
            replies: Replies::default(),
            credentials,
            mechanisms,
            stage,
            out: None,
            lines: VecDeque::new(),
            refusal: None,
        })
    }

    /// The session, signed in; for when the machine is done.
    pub fn finish(self) -> Opened {
        self.opened
    }

    fn begin_next(&mut self) -> Result<(), Error> {
        self.lines.clear();
        match self.mechanisms.pop_front() {
            Some(Mechanism::CramMd5) => {
                self.say(Outgoing::plain("AUTH CRAM-MD5\r\n"), Stage::Challenge)
            }
            Some(Mechanism::Plain) => self.plain(),
            Some(Mechanism::Login) => {
                let (user, password) = (&self.credentials.user, &self.credentials.password);
                self.lines = [user, password.expose()]
                    .map(|words| masked("", sasl::encoded(words).as_bytes()))
                    .into();
                self.say(Outgoing::plain("AUTH LOGIN\r\n"), Stage::Lines)
            }
            None => Err(self.refusal.take().unwrap_or(Error::Closed)),
        }
    }

    fn plain(&mut self) -> Result<(), Error> {
        let response = sasl::plain(&self.credentials).map_err(|_| Error::Refused {
            reason: Reason::NoMethod,
            reply: Vec::new(),
        })?;
        const VERB: &str = "AUTH PLAIN ";
        if VERB.len() + response.len() + 2 > COMMAND {
            self.lines = [masked("", response.as_bytes())].into();
            return self.say(Outgoing::plain("AUTH PLAIN\r\n"), Stage::Lines);
        }
        self.say(masked(VERB, response.as_bytes()), Stage::Lines)
    }

    fn on_reply(&mut self, reply: &Reply) -> Result<(), Error> {
        match (reply.code, self.stage) {
            (421, _) => Err(reply.refusal()),
            (334, Stage::Challenge) => self.challenged(reply),
            (334, Stage::Lines) => match self.lines.pop_front() {
                Some(line) => self.say(line, Stage::Lines),
                None => self.cancel(broken("a sign-in that goes on and on", &reply.words)),
            },
            (235, Stage::Lines) => {
                self.stage = Stage::Done;
                Ok(())
            }
            (400..=599, Stage::Challenge | Stage::Lines) => {
                self.refusal = Some(reply.refusal_because(Reason::SignIn));
                self.begin_next()
            }
            (400..=599, Stage::Cancelled) => self.begin_next(),
            _ => Err(reply.out_of_place()),
        }
    }

    fn challenged(&mut self, reply: &Reply) -> Result<(), Error> {
        match sasl::cram_md5(&self.credentials, &reply.words) {
            Ok(response) => self.say(masked("", response.as_bytes()), Stage::Lines),
            Err(_) => self.cancel(broken("a challenge that is not base64", &reply.words)),
        }
    }

    /// Ends an exchange that cannot be answered, so that the listener does not take the next
    /// command for a response (RFC 4954 section 4).
    fn cancel(&mut self, why: Error) -> Result<(), Error> {
        self.refusal = Some(why);
        self.say(Outgoing::plain("*\r\n"), Stage::Cancelled)
    }

    fn say(&mut self, outgoing: Outgoing, stage: Stage) -> Result<(), Error> {
        if !self.opened.inbox.is_empty() {
            return Err(broken("data that nobody asked for", &self.opened.inbox));
        }
        self.stage = stage;
        self.out = Some(outgoing);
        Ok(())
    }
}

impl Machine for SignIn {
    type Event = Infallible;

    fn inbox(&mut self) -> &mut BytesMut {
        &mut self.opened.inbox
    }

    fn step(&mut self) -> Result<Step<Infallible>, Error> {
        loop {
            if let Some(outgoing) = self.out.take() {
                return Ok(Step::Send(outgoing));
            }
            let label = self.opened.hello.label();
            match self.stage {
                Stage::Done => return Ok(Step::Done),
                Stage::Next => self.begin_next()?,
                _ => match self.replies.take(&mut self.opened.inbox, label)? {
                    Some(reply) => self.on_reply(&reply)?,
                    None => return Ok(Step::Input),
                },
            }
        }
    }

    /// A listener that hangs up after a refusal has said why.
    fn peer_closed(&mut self) -> Result<(), Error> {
        Err(self.refusal.take().unwrap_or(Error::Closed))
    }
}

/// What to try, strongest first. A mechanism that cannot carry the name or the password is left
/// out.
fn mechanisms(
    offered: Mechanisms,
    credentials: &Credentials,
    is_safe: bool,
) -> VecDeque<Mechanism> {
    let has_nul = credentials.user.contains(&0) || credentials.password.expose().contains(&0);
    let is_possible = |mechanism: &Mechanism| match mechanism {
        Mechanism::CramMd5 => offered.cram_md5,
        Mechanism::Plain => offered.plain && is_safe && !has_nul,
        Mechanism::Login => offered.login && is_safe,
    };
    let mut all = VecDeque::from([Mechanism::CramMd5, Mechanism::Plain, Mechanism::Login]);
    all.retain(is_possible);
    all
}

/// A line with a secret, zeroed when it has been sent.
fn masked(verb: &str, secret: &[u8]) -> Outgoing {
    let mut line = Zeroizing::new(Vec::with_capacity(verb.len() + secret.len() + 2));
    line.extend_from_slice(verb.as_bytes());
    line.extend_from_slice(secret);
    line.extend_from_slice(b"\r\n");
    Outgoing::masked(Bytes::from_owner(line), format!("{verb}••••••"))
}

/// Longest command that any listener takes (RFC 5321 section 4.5.3.1.4).
const COMMAND: usize = 512;
