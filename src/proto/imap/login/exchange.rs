//! The sign-in itself: which mechanism is next, what it says, what a refusal means
//! (RFC 9051 sections 6.2.2 and 6.2.3, RFC 4959, engine.md section 8).

use bytes::Bytes;
use zeroize::Zeroizing;

use super::{Login, Method, PATIENCE, State, broken, refused};
use crate::proto::imap::command::{Command, Form, Tag, form};
use crate::proto::imap::response::{Kind, Status, reason};
use crate::proto::machine::{Error, Outgoing, Reason};
use crate::proto::sasl;

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mechanism {
    CramMd5,
    Plain,
    Login,
}

/// One mechanism under way.
pub(super) struct Exchange {
    pub(super) tag: Tag,
    mechanism: Mechanism,
    /// Whether our response has been sent: each mechanism has only one.
    has_answered: bool,
    /// We have said `*`, for this cause.
    cancelled: Option<&'static str>,
    rounds: u32,
    octets: usize,
}

/// Most continuations in one exchange, and most octets in all of them (threats.md A10).
const ROUNDS: u32 = 16;
const OCTETS: usize = 64 * 1024;

impl Login {
    /// Tries the next mechanism; without one left, the last refusal stands.
    pub(super) fn sign_in(&mut self, refusal: Option<Error>) -> Result<(), Error> {
        let Some(mechanism) = self.next_mechanism(refusal.is_some()) else {
            return Err(refusal.unwrap_or(Error::Refused {
                reason: Reason::NoMethod,
                reply: Vec::new(),
            }));
        };
        self.tried.push(mechanism);
        let tag = self.tag.advance();
        let (parts, has_answered) = self.first_words(tag, mechanism)?;
        self.outbox.push(tag, parts);
        self.patience = PATIENCE;
        self.afterwards = None;
        self.state = State::Exchange(Exchange {
            tag,
            mechanism,
            has_answered,
            cancelled: None,
            rounds: 0,
            octets: 0,
        });
        Ok(())
    }

    fn next_mechanism(&self, is_another: bool) -> Option<Mechanism> {
        use Mechanism::{CramMd5, Login, Plain};
        let wanted: &[Mechanism] = match self.method {
            Method::Any => &[CramMd5, Plain, Login],
            Method::Password if is_another => &[],
            Method::Password => &[Plain, Login],
            Method::CramMd5 => &[CramMd5],
            Method::Preauth => &[],
        };
        let offers = |m: Mechanism| match m {
            CramMd5 => self.has("AUTH=CRAM-MD5"),
            Plain => self.has("AUTH=PLAIN"),
            Login => !self.has("LOGINDISABLED"),
        };
        wanted
            .iter()
            .copied()
            .find(|m| !self.tried.contains(m) && offers(*m))
    }

    fn has(&self, capability: &str) -> bool {
        self.capabilities
            .as_ref()
            .is_some_and(|list| list.has(capability))
    }

    /// The command, and whether the response is already in it.
    fn first_words(&self, tag: Tag, mechanism: Mechanism) -> Result<(Vec<Outgoing>, bool), Error> {
        let plainly = |command: String| Command::new(command).parts(None);
        match mechanism {
            Mechanism::CramMd5 => Ok((plainly(format!("{tag} AUTHENTICATE CRAM-MD5")), false)),
            Mechanism::Plain if self.has("SASL-IR") => {
                let response = sasl::plain(&self.credentials).map_err(|_| unsendable())?;
                let line = Zeroizing::new(format!("{tag} AUTHENTICATE PLAIN {}\r\n", *response));
                let shown = format!("{tag} AUTHENTICATE PLAIN ****");
                let bytes = Bytes::copy_from_slice(line.as_bytes());
                Ok((vec![Outgoing::masked(bytes, shown)], true))
            }
            Mechanism::Plain => Ok((plainly(format!("{tag} AUTHENTICATE PLAIN")), false)),
            Mechanism::Login => {
                let (user, password) = (&self.credentials.user, self.credentials.password.expose());
                if form(user) == Form::Impossible || form(password) == Form::Impossible {
                    return Err(unsendable());
                }
                let command = Command::new(format!("{tag} LOGIN"));
                let command = command.string(user).string(password);
                Ok((command.parts(Some(&format!("{tag} LOGIN ****"))), true))
            }
        }
    }

    /// The server has said `+`.
    pub(super) fn challenged(&mut self, challenge: &[u8]) -> Result<(), Error> {
        if self.outbox.go_on() {
            return Ok(());
        }
        let State::Exchange(exchange) = &mut self.state else {
            return Err(broken("a continuation of no command", challenge));
        };
        exchange.rounds += 1;
        exchange.octets += challenge.len();
        if exchange.rounds > ROUNDS || exchange.octets > OCTETS {
            return Err(Error::TooMuch {
                what: "sign-in challenges",
            });
        }
        if exchange.cancelled.is_some() {
            return Ok(());
        }
        let response = match exchange.mechanism {
            _ if exchange.has_answered => Err("a challenge too many"),
            Mechanism::CramMd5 => {
                sasl::cram_md5(&self.credentials, challenge).map_err(|_| "the challenge")
            }
            Mechanism::Plain => sasl::plain(&self.credentials).map_err(|_| "the user name"),
            Mechanism::Login => Err("a challenge to LOGIN"),
        };
        exchange.has_answered = true;
        let outgoing = match response {
            Ok(text) => {
                let line = Zeroizing::new(format!("{}\r\n", *text));
                Outgoing::masked(Bytes::copy_from_slice(line.as_bytes()), "****")
            }
            // Otherwise later answers would be taken for this mechanism's (Q3).
            Err(what) => {
                exchange.cancelled = Some(what);
                Outgoing::plain(&b"*\r\n"[..])
            }
        };
        let tag = exchange.tag;
        self.outbox.push(tag, vec![outgoing]);
        Ok(())
    }

    /// The exchange has ended.
    pub(super) fn sign_in_answered(&mut self, status: &Status) -> Result<(), Error> {
        let State::Exchange(exchange) = &self.state else {
            return Ok(());
        };
        self.outbox.ended(exchange.tag);
        if status.kind == Kind::Ok {
            if let Some(what) = exchange.cancelled {
                return Err(broken(what, &status.line));
            }
            let listed = status.code.as_ref().and_then(|code| code.capabilities());
            self.afterwards = listed.or(self.afterwards.take());
            self.state = State::SignedIn;
            return Ok(());
        }
        let refusal = match (exchange.cancelled, status.kind) {
            (Some(what), _) => broken(what, &status.line),
            (None, Kind::No) => refused(status, Reason::SignIn),
            (None, _) => refused(status, Reason::Refused),
        };
        if self.bye.is_some() || is_final(exchange.mechanism, status) {
            return Err(refusal);
        }
        self.sign_in(Some(refusal))
    }
}

/// Whether trying another mechanism would be useless or rude: the server has no time for anyone,
/// or has looked at the very password that would be sent again (each try may count towards a
/// lock).
fn is_final(mechanism: Mechanism, status: &Status) -> bool {
    let is_wrong_password = || {
        let code = status.code.as_ref();
        code.is_some_and(|c| c.is("AUTHENTICATIONFAILED"))
    };
    match reason(status, Reason::SignIn) {
        Reason::Busy | Reason::Limit | Reason::Locked => true,
        _ => mechanism != Mechanism::CramMd5 && is_wrong_password(),
    }
}

/// A NUL in the user name or password.
fn unsendable() -> Error {
    Error::Refused {
        reason: Reason::SignIn,
        reply: Vec::new(),
    }
}
