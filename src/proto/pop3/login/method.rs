//! Which ways of signing in are tried, and in which order (engine.md section 8.1).

use std::collections::VecDeque;

use bytes::Bytes;
use zeroize::Zeroizing;

use crate::proto::pop3::Capabilities;
use crate::proto::{Credentials, Error, Outgoing, Reason, sasl};

/// What the user wants (`auth`, `proto apop`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The strongest that the server offers; if it is refused, the next.
    Any,
    /// The password itself, one way or another.
    Password,
    /// CRAM-MD5 and nothing else (threats.md A9).
    CramMd5,
    /// APOP and nothing else.
    Apop,
    /// The connection is signed in already (`auth ssh`).
    Done,
    /// A mechanism that is not spoken here.
    Unsupported,
}

/// One way of signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mechanism {
    CramMd5,
    Plain,
    UserPass,
    Apop,
}

impl Method {
    /// What to try with this server. A mechanism that cannot carry the name or the password is
    /// left out: a line end in one of them would be a command of its own.
    pub(super) fn mechanisms(
        self,
        capabilities: &Capabilities,
        credentials: &Credentials,
    ) -> VecDeque<Mechanism> {
        use Mechanism::*;
        let wanted: &[Mechanism] = match self {
            Method::Any => &[CramMd5, Plain, UserPass],
            Method::Password => &[Plain, UserPass],
            Method::CramMd5 => &[CramMd5],
            Method::Apop => &[Apop],
            Method::Done | Method::Unsupported => &[],
        };
        let has = |bytes: &[u8], any: &[u8]| bytes.iter().any(|b| any.contains(b));
        let (user, password) = (&credentials.user, credentials.password.expose());
        let is_possible = |mechanism: &&Mechanism| match mechanism {
            CramMd5 => capabilities.cram_md5,
            Plain => capabilities.plain && !has(user, b"\0") && !has(password, b"\0"),
            UserPass => !has(user, b"\r\n\0") && !has(password, b"\r\n\0"),
            Apop => !has(user, b"\r\n\0 "),
        };
        wanted.iter().filter(is_possible).copied().collect()
    }
}

/// The response of AUTH PLAIN.
pub(super) fn plain(credentials: &Credentials) -> Result<sasl::Response, Error> {
    sasl::plain(credentials).map_err(|_| Error::Refused {
        reason: Reason::NoMethod,
        reply: Vec::new(),
    })
}

/// A line with a secret, zeroed when it has been sent.
pub(super) fn secret(verb: &str, secret: &[u8]) -> Outgoing {
    let mut line = Zeroizing::new(Vec::with_capacity(verb.len() + secret.len() + 2));
    line.extend_from_slice(verb.as_bytes());
    line.extend_from_slice(secret);
    line.extend_from_slice(b"\r\n");
    Outgoing::masked(Bytes::from_owner(line), format!("{verb}{DOTS}"))
}

/// What a transcript shows in place of a secret.
pub(super) const DOTS: &str = "••••••";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Secret;

    #[test]
    fn order() {
        use Mechanism::*;
        let check = |method: Method, sasl: &str, password: &str, expected: &[Mechanism]| {
            let mut capabilities = Capabilities::new();
            capabilities.note(format!("SASL {sasl}").as_bytes());
            let credentials = Credentials {
                user: b"anna".to_vec(),
                password: Secret::new(password),
            };
            let found = method.mechanisms(&capabilities, &credentials);
            assert_eq!(found, expected, "{method:?} {sasl} {password:?}");
        };
        check(
            Method::Any,
            "PLAIN CRAM-MD5",
            "x",
            &[CramMd5, Plain, UserPass],
        );
        check(Method::Any, "", "x", &[UserPass]);
        check(Method::Any, "PLAIN", "a\r\nDELE 1", &[Plain]);
        check(Method::Any, "PLAIN CRAM-MD5", "a\0", &[CramMd5]);
        check(Method::Any, "", "a\n", &[]);
        check(Method::Password, "PLAIN CRAM-MD5", "", &[Plain, UserPass]);
        check(Method::Password, "CRAM-MD5", "x", &[UserPass]);
        check(Method::CramMd5, "PLAIN CRAM-MD5", "x", &[CramMd5]);
        check(Method::CramMd5, "PLAIN", "x", &[]);
        check(Method::Apop, "PLAIN", "x", &[Apop]);
        check(Method::Unsupported, "PLAIN CRAM-MD5", "x", &[]);
    }

    #[test]
    fn secrets_are_not_shown() {
        let outgoing = secret("PASS ", b"hunter2");
        assert_eq!(&outgoing.bytes[..], b"PASS hunter2\r\n");
        assert_eq!(format!("{outgoing:?}"), "[PASS ••••••]");
    }
}
