//! From the greeting to the open maildrop: STLS, CAPA, sign-in (RFC 1939 section 4, RFC 2595,
//! RFC 5034). One command at a time until the server has said that it can take more; nothing
//! before a valid greeting, nothing secret before TLS where TLS is demanded.
//!
//! With TLS demanded STLS is the first command, offered or not: what a server lists in the clear
//! would decide nothing, and asking costs a round trip.

mod exchange;
mod method;

use std::collections::VecDeque;
use std::convert::Infallible;

use bytes::{Bytes, BytesMut};
use memchr::memmem;

use method::Mechanism;
pub use method::Method;

use super::Capabilities;
use super::listing::Listing;
use super::reply::{Reply, Stage, broken, is_about_credentials, refused};
use crate::proto::{
    Credentials, Error, Machine, Opening, Outgoing, Phase, Reason, Step, TlsPolicy,
};

/// The machine that signs in.
pub struct Login {
    inbox: BytesMut,
    out: VecDeque<Outgoing>,
    state: State,
    credentials: Credentials,
    method: Method,
    tls: TlsPolicy,
    greeting: Bytes,
    capabilities: Capabilities,
    /// Still to be tried; `None` before the first.
    mechanisms: Option<VecDeque<Mechanism>>,
    /// Why the last mechanism failed.
    refusal: Option<Error>,
    /// STAT, UIDL and LIST have left behind the log-in.
    is_ahead: bool,
}

/// What the next line of the server answers.
enum State {
    Greeting,
    Capa,
    CapaList(Listing),
    Stls,
    Handshake,
    /// USER was said.
    User,
    /// `AUTH CRAM-MD5` was said.
    Challenge,
    /// `AUTH PLAIN` was said; with its initial response, unless that was too long.
    Plain {
        has_response: bool,
    },
    /// The secret was said.
    SignIn,
    /// `*` was said.
    Cancelled,
    /// So many answers to commands that rode behind a failed log-in are to be passed over.
    Dropping(u32),
    Done,
}

/// What a log-in hands over to the session.
pub struct SignedIn {
    /// Bytes that came behind the last answer.
    pub inbox: BytesMut,
    /// As listed last, inside TLS where there is TLS.
    pub capabilities: Capabilities,
    /// The greeting line.
    pub greeting: Bytes,
    /// STAT, UIDL and LIST were sent behind the log-in; their answers are due.
    pub is_survey_asked: bool,
}

/// What rides behind a log-in (contract: Pipelining rules; one round trip less in a poll), and how
/// many answers it brings.
pub(super) const AHEAD: (&str, u32) = ("STAT\r\nUIDL\r\nLIST\r\n", 3);

impl Login {
    /// A log-in over a fresh connection. `is_protected` says that TLS is on; then `tls` has no
    /// meaning.
    pub fn new(
        credentials: Credentials,
        method: Method,
        tls: TlsPolicy,
        is_protected: bool,
    ) -> Self {
        Self {
            inbox: BytesMut::new(),
            out: VecDeque::new(),
            state: State::Greeting,
            credentials,
            method,
            tls: if is_protected { TlsPolicy::Never } else { tls },
            greeting: Bytes::new(),
            capabilities: Capabilities::new(),
            mechanisms: None,
            refusal: None,
            is_ahead: false,
        }
    }

    /// What was learned; for when the machine is done.
    pub fn finish(self) -> SignedIn {
        SignedIn {
            inbox: self.inbox,
            capabilities: self.capabilities,
            greeting: self.greeting,
            is_survey_asked: self.is_ahead,
        }
    }

    fn on_reply(&mut self, reply: Reply) -> Result<(), Error> {
        use Reply::{Continue, Err as Refused, Ok as Agreed};
        match (&self.state, reply) {
            (State::Greeting, Agreed(line)) => self.greeted(line),
            (State::Greeting, Refused(line)) => Err(refused(Stage::Greeting, &line)),
            (State::Capa, Agreed(_)) => {
                self.state = State::CapaList(Listing::of_capabilities());
                Ok(())
            }
            // No CAPA, no capabilities: RFC 1939 alone.
            (State::Capa, Refused(_)) => self.capable(),
            (State::Stls, Agreed(_)) => self.tls_agreed(),
            (State::Stls, Refused(line)) => self.tls_refused(line),
            (State::User, Agreed(_)) => self.password(),
            (State::Challenge, Continue(text)) => self.challenged(&text),
            (State::Plain { has_response }, Continue(_)) if !self.is_ahead => {
                let asked_twice = *has_response;
                self.plain_continued(asked_twice)
            }
            // What rode behind has been taken for the response it still waits for.
            (State::Plain { .. }, Continue(text)) => {
                self.failed(broken("AUTH PLAIN went on", &text), true)
            }
            (State::SignIn | State::Plain { has_response: true }, Agreed(_)) => {
                self.state = State::Done;
                Ok(())
            }
            (
                State::SignIn | State::User | State::Challenge | State::Plain { .. },
                Refused(line),
            ) => {
                let can_go_on = !is_about_credentials(&line);
                self.failed(refused(Stage::SignIn, &line), can_go_on)
            }
            (State::SignIn, Continue(text)) => {
                self.cancel(broken("the exchange goes on and on", &text))
            }
            (State::Cancelled, Refused(_)) => self.sign_in(),
            (State::Dropping(left), Refused(_)) => {
                self.state = State::Dropping(left - 1);
                if let State::Dropping(0) = self.state {
                    self.sign_in()?;
                }
                Ok(())
            }
            (_, Agreed(line) | Refused(line) | Continue(line)) => {
                Err(broken("an answer out of place", &line))
            }
        }
    }

    fn greeted(&mut self, line: Bytes) -> Result<(), Error> {
        self.greeting = line;
        if self.tls == TlsPolicy::Required {
            self.say(State::Stls, Outgoing::plain("STLS\r\n"))
        } else {
            self.say(State::Capa, Outgoing::plain("CAPA\r\n"))
        }
    }

    /// The capabilities are known.
    fn capable(&mut self) -> Result<(), Error> {
        if self.tls == TlsPolicy::IfOffered && self.capabilities.stls {
            self.say(State::Stls, Outgoing::plain("STLS\r\n"))
        } else {
            self.sign_in()
        }
    }

    fn tls_agreed(&mut self) -> Result<(), Error> {
        if !self.inbox.is_empty() {
            return Err(Error::Injection);
        }
        self.state = State::Handshake;
        Ok(())
    }

    fn tls_refused(&mut self, line: Bytes) -> Result<(), Error> {
        if self.tls == TlsPolicy::Required {
            let reply = line.to_vec();
            return Err(Error::NoTls { reply });
        }
        tracing::warn!("the server offers STLS and refuses it; going on without, as configured");
        self.tls = TlsPolicy::Never;
        self.sign_in()
    }

    /// Starts the next mechanism.
    fn sign_in(&mut self) -> Result<(), Error> {
        if self.method == Method::Done {
            self.state = State::Done;
            return Ok(());
        }
        let (method, capabilities) = (self.method, &self.capabilities);
        let credentials = &self.credentials;
        let mechanisms = self
            .mechanisms
            .get_or_insert_with(|| method.mechanisms(capabilities, credentials));
        match mechanisms.pop_front() {
            Some(Mechanism::CramMd5) => {
                self.say(State::Challenge, Outgoing::plain("AUTH CRAM-MD5\r\n"))
            }
            Some(Mechanism::Plain) => self.plain(),
            Some(Mechanism::UserPass) => {
                let user = [b"USER ", &self.credentials.user[..], b"\r\n"].concat();
                self.say(State::User, Outgoing::plain(user))
            }
            Some(Mechanism::Apop) => self.apop(),
            None => Err(self.refusal.take().unwrap_or(Error::Refused {
                reason: Reason::NoMethod,
                reply: Vec::new(),
            })),
        }
    }

    /// Ends an exchange that cannot be answered, so that the server does not take the next
    /// command for a response.
    fn cancel(&mut self, why: Error) -> Result<(), Error> {
        if self.is_ahead {
            return Err(why);
        }
        self.refusal = Some(why);
        self.say(State::Cancelled, Outgoing::plain("*\r\n"))
    }

    /// A mechanism has failed. The next one is tried unless the answer is about something that
    /// no mechanism mends.
    fn failed(&mut self, why: Error, can_go_on: bool) -> Result<(), Error> {
        let is_final = match &why {
            Error::Refused { reason, .. } => *reason != Reason::SignIn,
            _ => false,
        };
        let has_more = self.mechanisms.as_ref().is_some_and(|m| !m.is_empty());
        if is_final || !can_go_on || !has_more {
            return Err(why);
        }
        self.refusal = Some(why);
        if std::mem::take(&mut self.is_ahead) {
            self.state = State::Dropping(AHEAD.1);
            return Ok(());
        }
        self.sign_in()
    }

    /// Sends the command after which, if it is agreed to, the maildrop is open; with the survey
    /// behind it if the server can take that. Not a second time after a failure.
    fn say_last(&mut self, state: State, outgoing: Outgoing) -> Result<(), Error> {
        self.say(state, outgoing)?;
        if self.takes_survey_ahead() && self.refusal.is_none() {
            self.out.push_back(Outgoing::plain(AHEAD.0));
            self.is_ahead = true;
        }
        Ok(())
    }

    /// PIPELINING alone does not tell: Courier lists it, reads the log-in through a buffer and
    /// starts another program for the session; what was in the buffer is lost and we would wait
    /// for it (pop3login.c as of 2024). So only a server that is known to hand it over, by the
    /// name in its greeting.
    fn takes_survey_ahead(&self) -> bool {
        self.capabilities.pipelining && memmem::find(&self.greeting, b"Dovecot").is_some()
    }

    /// Everything asked for is answered here, so whatever still lies in the inbox is an answer to
    /// nothing: put there by somebody else, or the server is out of step.
    fn say(&mut self, state: State, outgoing: Outgoing) -> Result<(), Error> {
        if !self.inbox.is_empty() {
            return Err(broken("data that nobody asked for", &self.inbox));
        }
        self.state = state;
        self.out.push_back(outgoing);
        Ok(())
    }
}

impl Opening for Login {
    fn phase(&self) -> Phase {
        match self.state {
            State::Greeting => Phase::Greeting,
            State::Stls | State::Handshake => Phase::Securing,
            _ => Phase::SigningIn,
        }
    }

    fn greeting(&self) -> &[u8] {
        &self.greeting
    }
}

impl Machine for Login {
    type Event = Infallible;

    fn inbox(&mut self) -> &mut BytesMut {
        &mut self.inbox
    }

    fn step(&mut self) -> Result<Step<Infallible>, Error> {
        loop {
            if let Some(outgoing) = self.out.pop_front() {
                return Ok(Step::Send(outgoing));
            }
            match &mut self.state {
                State::Done => return Ok(Step::Done),
                State::Handshake => return Ok(Step::StartTls),
                State::CapaList(listing) => {
                    let capabilities = &mut self.capabilities;
                    if !listing.read(&mut self.inbox, |line| capabilities.note(line))? {
                        return Ok(Step::Input);
                    }
                    self.capable()?;
                }
                _ => match Reply::take(&mut self.inbox)? {
                    Some(reply) => self.on_reply(reply)?,
                    None => return Ok(Step::Input),
                },
            }
        }
    }

    /// What was listed before the handshake is forgotten (RFC 2595 section 4).
    fn tls_started(&mut self) {
        self.tls = TlsPolicy::Never;
        self.capabilities = Capabilities::new();
        self.state = State::Capa;
        self.out.push_back(Outgoing::plain("CAPA\r\n"));
    }

    /// A server that hangs up after a refusal has said why.
    fn peer_closed(&mut self) -> Result<(), Error> {
        Err(self.refusal.take().unwrap_or(Error::Closed))
    }
}
