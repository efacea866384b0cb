//! From the greeting to the authenticated state (RFC 9051 section 3): STARTTLS, the choice of a
//! mechanism, sign-in. It is a machine of its own so that no driver can skip a step.
//!
//! Nothing that was said before TLS is used after it (threats.md section 4). What can follow a
//! sign-in without waiting (CAPABILITY, SELECT) is left to [`Session`], which sends it in one go.

mod exchange;

use std::convert::Infallible;

use bytes::{Bytes, BytesMut};

use self::exchange::{Exchange, Mechanism};
use super::command::{Command, Outbox, Tag};
use super::response::{Capabilities, Kind, Response, Status, reason};
use super::session::Session;
use super::splitter::{Piece, Splitter};
use crate::base::text::{QUIET_MAX, quiet};
use crate::proto::machine::{
    Credentials, Error, Machine, Opening, Phase, Reason, Step, TlsPolicy, excerpt,
};

/// Which mechanisms may be used (`auth` of the file, engine.md section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// CRAM-MD5, then PLAIN, then LOGIN: what is offered, the next one if one is refused.
    Any,
    /// PLAIN if it is offered, else LOGIN.
    Password,
    /// CRAM-MD5 and nothing else, even inside TLS.
    CramMd5,
    /// The transport has signed in: only a PREAUTH greeting will do (`auth ssh`).
    Preauth,
}

/// The machine. [`Step::Done`] means signed in; then [`Login::into_session`].
pub struct Login {
    credentials: Credentials,
    method: Method,
    tls: TlsPolicy,
    is_protected: bool,
    splitter: Splitter,
    outbox: Outbox,
    tag: Tag,
    state: State,
    /// As listed since the last change of TLS state.
    capabilities: Option<Capabilities>,
    /// As listed by the answer to the sign-in.
    afterwards: Option<Capabilities>,
    tried: Vec<Mechanism>,
    /// Responses since we last said something.
    patience: usize,
    bye: Option<Status>,
    /// The line the server began with.
    greeting: Bytes,
    /// It was a good one.
    has_greeted: bool,
}

enum State {
    Greeting,
    Capability(Tag),
    StartTls(Tag),
    Handshake,
    Exchange(Exchange),
    SignedIn,
}

/// Most responses without one that was waited for (threats.md A12).
const PATIENCE: usize = 1000;

impl Login {
    /// Begins before the greeting. `is_protected` says that TLS is on already; then `tls` is not
    /// looked at.
    pub fn new(
        credentials: Credentials,
        method: Method,
        tls: TlsPolicy,
        is_protected: bool,
    ) -> Self {
        Self {
            credentials,
            method,
            tls: if is_protected { TlsPolicy::Never } else { tls },
            is_protected,
            splitter: Splitter::default(),
            outbox: Outbox::default(),
            tag: Tag::FIRST,
            state: State::Greeting,
            capabilities: None,
            afterwards: None,
            tried: Vec::new(),
            patience: PATIENCE,
            bye: None,
            greeting: Bytes::new(),
            has_greeted: false,
        }
    }

    /// The session that has been opened. Only when the machine is done.
    pub fn into_session(self) -> Session {
        Session::new(self.splitter, self.tag, self.afterwards)
    }

    fn send(&mut self, command: &str) -> Tag {
        let tag = self.tag.advance();
        let command = Command::new(format!("{tag} {command}"));
        self.outbox.push(tag, command.parts(None));
        self.patience = PATIENCE;
        tag
    }

    fn response(&mut self, line: &Bytes) -> Result<(), Error> {
        self.patience = self.patience.checked_sub(1).ok_or(Error::TooMuch {
            what: "lines that answer nothing",
        })?;
        let response = Response::scan(line);
        if let State::Greeting = self.state {
            self.greeting = line.clone();
            return self.greeted(response, line);
        }
        match response {
            Response::Tagged { tag, status } => self.tagged(&tag, &status, line),
            Response::Untagged(status) if status.kind == Kind::Bye => {
                self.bye = Some(status);
                Ok(())
            }
            Response::Untagged(status) => {
                self.alert(&status);
                Ok(())
            }
            Response::Capability(list) => {
                match self.state {
                    State::Exchange(_) => self.afterwards = Some(list),
                    _ => self.capabilities = Some(list),
                }
                Ok(())
            }
            Response::Continue(challenge) => self.challenged(&challenge),
            _ => Ok(()),
        }
    }

    fn greeted(&mut self, response: Response, line: &[u8]) -> Result<(), Error> {
        let Response::Untagged(status) = response else {
            return Err(broken("the greeting", line));
        };
        self.alert(&status);
        let listed = status.code.as_ref().and_then(|code| code.capabilities());
        match status.kind {
            Kind::Ok => {
                self.has_greeted = true;
                self.capabilities = listed;
                self.protect_or_sign_in()
            }
            // Someone on the way could say PREAUTH to get around STARTTLS (CVE-2021-39272).
            Kind::Preauth if self.tls == TlsPolicy::Required => {
                Err(Error::NoTls { reply: Vec::new() })
            }
            Kind::Preauth => {
                self.afterwards = listed;
                self.state = State::SignedIn;
                Ok(())
            }
            Kind::Bye => Err(refused(&status, Reason::Limit)),
            Kind::No | Kind::Bad => Err(broken("the greeting", line)),
        }
    }

    fn protect_or_sign_in(&mut self) -> Result<(), Error> {
        match (self.tls, &self.capabilities) {
            (TlsPolicy::Required, _) => self.start_tls(),
            (TlsPolicy::IfOffered, Some(list)) if list.has("STARTTLS") => self.start_tls(),
            (_, None) => self.ask_capabilities(),
            (_, Some(_)) => return self.sign_in(None),
        }
        Ok(())
    }

    fn start_tls(&mut self) {
        self.state = State::StartTls(self.send("STARTTLS"));
    }

    fn ask_capabilities(&mut self) {
        self.state = State::Capability(self.send("CAPABILITY"));
    }

    fn tagged(&mut self, tag: &[u8], status: &Status, line: &[u8]) -> Result<(), Error> {
        self.alert(status);
        match &self.state {
            State::Capability(expected) if expected.matches(tag) => {
                // IMAP2 servers do not know the command: they offer LOGIN and nothing else.
                self.capabilities.get_or_insert_default();
                self.protect_or_sign_in()
            }
            State::StartTls(expected) if expected.matches(tag) => self.tls_answered(status),
            State::Exchange(exchange) if exchange.tag.matches(tag) => self.sign_in_answered(status),
            _ => Err(broken("an answer to no command", line)),
        }
    }

    fn tls_answered(&mut self, status: &Status) -> Result<(), Error> {
        if status.kind == Kind::Ok {
            if !self.splitter.is_empty() {
                return Err(Error::Injection);
            }
            self.state = State::Handshake;
            return Ok(());
        }
        if self.tls == TlsPolicy::Required {
            let reply = status.line.to_vec();
            return Err(Error::NoTls { reply });
        }
        self.tls = TlsPolicy::Never;
        self.protect_or_sign_in()
    }

    /// An `[ALERT]` is for the person (RFC 9051 section 7.1), but only if nobody on the way can
    /// have written it (threats.md A5).
    fn alert(&self, status: &Status) {
        if self.is_protected && status.code.as_ref().is_some_and(|c| c.is("ALERT")) {
            let words = quiet(&status.line, QUIET_MAX);
            tracing::warn!("the server asks for attention: {words}");
        }
    }

    fn gone(&self) -> Error {
        match &self.bye {
            Some(status) => said_bye(status),
            None => Error::Closed,
        }
    }
}

impl Machine for Login {
    type Event = Infallible;

    fn inbox(&mut self) -> &mut BytesMut {
        &mut self.splitter.inbox
    }

    fn step(&mut self) -> Result<Step<Infallible>, Error> {
        loop {
            if let Some(outgoing) = self.outbox.pop() {
                return Ok(Step::Send(outgoing));
            }
            match self.state {
                State::Handshake => return Ok(Step::StartTls),
                State::SignedIn => return Ok(Step::Done),
                _ => {}
            }
            match self.splitter.piece()? {
                Piece::Input if self.bye.is_some() => return Err(self.gone()),
                Piece::Input => return Ok(Step::Input),
                Piece::Response(line) => self.response(&line)?,
                // Nobody asked: said to confuse, or by a confused server.
                Piece::Hits(_) | Piece::Body { .. } | Piece::Chunk(_) => {}
            }
        }
    }

    fn tls_started(&mut self) {
        self.is_protected = true;
        self.tls = TlsPolicy::Never;
        self.capabilities = None;
        self.ask_capabilities();
    }

    fn peer_closed(&mut self) -> Result<(), Error> {
        Err(self.gone())
    }
}

impl Opening for Login {
    fn phase(&self) -> Phase {
        match self.state {
            State::Greeting if !self.has_greeted => Phase::Greeting,
            State::StartTls(_) | State::Handshake => Phase::Securing,
            _ => Phase::SigningIn,
        }
    }

    fn greeting(&self) -> &[u8] {
        &self.greeting
    }
}

/// What a BYE in the middle means: the connection is lost, unless it says more.
pub(super) fn said_bye(status: &Status) -> Error {
    match reason(status, Reason::Refused) {
        Reason::Refused => {
            let words = quiet(&status.line, QUIET_MAX);
            tracing::info!("the server ended the session: {words}");
            Error::Closed
        }
        _ => refused(status, Reason::Refused),
    }
}

/// An error with the server's words; `otherwise` if they do not say how they are meant.
pub(super) fn refused(status: &Status, otherwise: Reason) -> Error {
    Error::Refused {
        reason: reason(status, otherwise),
        reply: status.line.to_vec(),
    }
}

pub(super) fn broken(what: &'static str, line: &[u8]) -> Error {
    let line = excerpt(line);
    Error::Broken { what, line }
}

#[cfg(test)]
mod tests;
