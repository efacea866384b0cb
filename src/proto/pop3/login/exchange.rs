//! The steps of each mechanism, from its first command to the secret.

use super::{Login, State, method};
use crate::proto::pop3::reply::broken;
use crate::proto::{Error, Outgoing, Reason, sasl};

impl Login {
    pub(super) fn plain(&mut self) -> Result<(), Error> {
        let response = method::plain(&self.credentials)?;
        // A command has at most 255 octets (RFC 2449 section 4); a longer response waits for `+`.
        let room = 255 - "AUTH PLAIN \r\n".len();
        if response.len() > room {
            let state = State::Plain {
                has_response: false,
            };
            return self.say(state, Outgoing::plain("AUTH PLAIN\r\n"));
        }
        self.say_last(
            State::Plain { has_response: true },
            method::secret("AUTH PLAIN ", response.as_bytes()),
        )
    }

    /// `+` to AUTH PLAIN: the response was held back, or the server has not looked at it.
    pub(super) fn plain_continued(&mut self, has_response: bool) -> Result<(), Error> {
        let response = method::plain(&self.credentials)?;
        let outgoing = method::secret("", response.as_bytes());
        if has_response {
            self.say(State::SignIn, outgoing)
        } else {
            self.say_last(State::SignIn, outgoing)
        }
    }

    pub(super) fn challenged(&mut self, challenge: &[u8]) -> Result<(), Error> {
        match sasl::cram_md5(&self.credentials, challenge) {
            Ok(response) => self.say_last(State::SignIn, method::secret("", response.as_bytes())),
            Err(_) => self.cancel(broken("a challenge that is not base64", challenge)),
        }
    }

    /// PASS waits for the answer to USER: it may hold a one-time-password challenge (contract:
    /// Pipelining rules).
    pub(super) fn password(&mut self) -> Result<(), Error> {
        let password = method::secret("PASS ", self.credentials.password.expose());
        self.say_last(State::SignIn, password)
    }

    pub(super) fn apop(&mut self) -> Result<(), Error> {
        let Some(digest) = sasl::apop(&self.credentials.password, &self.greeting) else {
            tracing::warn!("the greeting has no timestamp that APOP can trust");
            return Err(Error::Refused {
                reason: Reason::NoMethod,
                reply: self.greeting.to_vec(),
            });
        };
        let verb = [b"APOP ", &self.credentials.user[..], b" "].concat();
        let verb = String::from_utf8_lossy(&verb).into_owned();
        let bytes = [
            b"APOP ",
            &self.credentials.user[..],
            b" ",
            digest.as_bytes(),
            b"\r\n",
        ]
        .concat();
        let shown = format!("{verb}{}", method::DOTS);
        self.say_last(State::SignIn, Outgoing::masked(bytes, shown))
    }
}
