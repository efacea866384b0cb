//! PLAIN (RFC 4616) and LOGIN: the password itself, for lines that are protected.

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{Error, Response};
use crate::proto::Credentials;

/// The initial response: no authorization identity, user, password (RFC 4616 section 2).
///
/// NUL separates the fields, so neither name nor password can have one.
pub fn plain(credentials: &Credentials) -> Result<Response, Error> {
    let (user, password) = (&credentials.user, credentials.password.expose());
    if user.contains(&0) || password.contains(&0) {
        return Err(Error::Unsendable);
    }
    // Room for all of it at once: growing would leave copies behind.
    let mut message = Zeroizing::new(Vec::with_capacity(user.len() + password.len() + 2));
    message.push(0);
    message.extend_from_slice(user);
    message.push(0);
    message.extend_from_slice(password);
    Ok(Zeroizing::new(STANDARD.encode(&*message)))
}

/// Bytes as a line of the LOGIN exchange, which has one for the name and one for the password.
pub fn encoded(words: &[u8]) -> Response {
    Zeroizing::new(STANDARD.encode(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Secret;

    fn check(user: &[u8], password: &[u8], expected: Result<&str, Error>) {
        let credentials = Credentials {
            user: user.to_vec(),
            password: Secret::new(password),
        };
        let response = plain(&credentials);
        assert_eq!(
            response.as_ref().map(|r| r.as_str()),
            expected.as_ref().copied()
        );
    }

    #[test]
    fn known_answers() {
        // RFC 4616 section 4, first example.
        check(
            b"tim",
            b"tanstaaftanstaaf",
            Ok("AHRpbQB0YW5zdGFhZnRhbnN0YWFm"),
        );
        // RFC 5034 section 6 has an authorization identity; without it:
        check(b"test", b"test", Ok("AHRlc3QAdGVzdA=="));
        check("jürgen".as_bytes(), b"", Ok("AGrDvHJnZW4A"));
        check(b"", b"", Ok("AAA="));
    }

    #[test]
    fn login_lines() {
        assert_eq!(encoded(b"").as_str(), "");
        assert_eq!(encoded(b"Username:").as_str(), "VXNlcm5hbWU6");
        assert_eq!(encoded(b"a\0\xff").as_str(), "YQD/");
    }

    #[test]
    fn nul_would_move_the_fields() {
        check(b"a\0b", b"c", Err(Error::Unsendable));
        check(b"a", b"b\0", Err(Error::Unsendable));
    }
}
