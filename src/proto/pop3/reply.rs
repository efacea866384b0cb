//! One status line, and what its words mean (engine.md section 2.4; RFC 2449 section 8; RFC 3206).

use bytes::Bytes;
use memchr::memmem;

use super::{LABEL, LINE};
use crate::proto::machine::{Line, excerpt, take_line, trace_received};
use crate::proto::{Error, Reason};

/// A status line, without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// `+OK`
    Ok(Bytes),
    /// `-ERR`
    Err(Bytes),
    /// `+`, which asks for more in the middle of AUTH (RFC 5034 section 4); the line is what
    /// follows it.
    Continue(Bytes),
}

impl Reply {
    /// Takes a status line off the inbox; `None` if it is not there yet.
    pub fn take(inbox: &mut bytes::BytesMut) -> Result<Option<Self>, Error> {
        match take_line(inbox, LINE)? {
            Line::Partial => Ok(None),
            Line::Whole(line) => {
                trace_received(LABEL, &line);
                Self::parse(line).map(Some)
            }
        }
    }

    /// The status words are upper case (RFC 1939 section 3) and end where letters end: servers
    /// are seen to say `+OK<...>` and `-ERR:`, but `+OKAY` is something else.
    fn parse(line: Bytes) -> Result<Self, Error> {
        let follows = |word: &[u8]| match line.strip_prefix(word) {
            Some(rest) => !rest.first().is_some_and(u8::is_ascii_alphanumeric),
            None => false,
        };
        if follows(b"+OK") {
            Ok(Self::Ok(line))
        } else if follows(b"-ERR") {
            Ok(Self::Err(line))
        } else if line.as_ref() == b"+" || line.starts_with(b"+ ") {
            Ok(Self::Continue(line.slice(1..)))
        } else {
            Err(broken("neither +OK nor -ERR", &line))
        }
    }
}

/// What the server did is not the protocol.
pub(super) fn broken(what: &'static str, line: &[u8]) -> Error {
    Error::Broken {
        what,
        line: excerpt(line),
    }
}

/// When a `-ERR` came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// In place of a greeting.
    Greeting,
    /// To a command that signs in.
    SignIn,
    /// Later.
    Session,
}

/// A refusal with its reason.
pub(super) fn refused(stage: Stage, line: &[u8]) -> Error {
    Error::Refused {
        reason: reason(stage, line),
        reply: line.to_vec(),
    }
}

/// Codes speak before words: a server that sends one has thought about it. The words, and their
/// case, are fetchmail's.
fn reason(stage: Stage, line: &[u8]) -> Reason {
    let other = match stage {
        Stage::SignIn => Reason::SignIn,
        // fetchmail says status 3 for a greeting too, but nobody has been asked for a password.
        Stage::Greeting | Stage::Session => Reason::Refused,
    };
    let code = code(line).to_ascii_uppercase();
    let has = |word: &str| memmem::find(line, word.as_bytes()).is_some();
    if code == b"IN-USE" || code == b"LOGIN-DELAY" {
        Reason::Locked
    } else if code.starts_with(b"SYS/TEMP") {
        Reason::Busy
    } else if code == b"LIMIT" {
        Reason::Limit
    } else if code == b"AUTH" || code.starts_with(b"SYS/PERM") || stage == Stage::Session {
        other
    } else if LOCKED.iter().any(|word| has(word)) {
        Reason::Locked
    } else if has("ervice") && has("unavailable") {
        Reason::Busy
    } else {
        other
    }
}

/// Whether the server says in so many words that name or password are wrong (RFC 3206
/// section 4): then another mechanism would only count as one more failure.
pub(super) fn is_about_credentials(line: &[u8]) -> bool {
    code(line).eq_ignore_ascii_case(b"AUTH")
}

/// The response code: in brackets, first thing after `-ERR ` (RFC 2449 section 8).
fn code(line: &[u8]) -> &[u8] {
    let text = line
        .strip_prefix(b"-ERR")
        .unwrap_or(line)
        .trim_ascii_start();
    let end = text.iter().position(|b| *b == b']').unwrap_or(0);
    text.get(1..end)
        .filter(|_| text.first() == Some(&b'['))
        .unwrap_or_default()
}

const LOCKED: [&str; 6] = ["lock", "Lock", "LOCK", "wait", "[IN-USE]", "[LOGIN-DELAY]"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_lines() {
        let parse = |line: &'static str| Reply::parse(Bytes::from_static(line.as_bytes()));
        let ok = |line: &'static str| assert!(matches!(parse(line), Ok(Reply::Ok(_))), "{line}");
        let err = |line: &'static str| assert!(matches!(parse(line), Ok(Reply::Err(_))), "{line}");
        let bad = |line: &'static str| assert!(parse(line).is_err(), "{line}");
        ok("+OK");
        ok("+OK ");
        ok("+OK\0");
        ok("+OK<1@h>");
        err("-ERR");
        err("-ERR: no");
        bad("");
        bad("+ok");
        bad("+OKAY");
        bad("-ERROR");
        bad("-err no");
        bad("OK");
        bad(" +OK");
        bad("220 smtp");
        bad("* OK imap");
        bad("+x");
        assert_eq!(parse("+"), Ok(Reply::Continue(Bytes::new())));
        assert_eq!(parse("+ YQ=="), Ok(Reply::Continue(" YQ==".into())));
    }

    #[test]
    fn reasons() {
        let check = |stage, line: &str, expected| {
            assert_eq!(reason(stage, line.as_bytes()), expected, "{line}");
        };
        use Reason::*;
        use Stage::{Greeting, Session};
        check(Stage::SignIn, "-ERR", SignIn);
        check(Stage::SignIn, "-ERR invalid password", SignIn);
        check(Stage::SignIn, "-ERR mailbox is locked", Locked);
        check(Stage::SignIn, "-ERR Lock busy", Locked);
        check(Stage::SignIn, "-ERR LOCKED", Locked);
        check(Stage::SignIn, "-ERR please wait", Locked);
        check(Stage::SignIn, "-ERR [IN-USE] x", Locked);
        check(Stage::SignIn, "-ERR x [IN-USE]", Locked);
        check(Stage::SignIn, "-ERR [in-use]", Locked);
        check(Stage::SignIn, "-ERR [LOGIN-DELAY] minimum", Locked);
        check(Stage::SignIn, "-ERR Service unavailable", Busy);
        check(Stage::SignIn, "-ERR service is unavailable", Busy);
        check(Stage::SignIn, "-ERR unavailable", SignIn);
        check(Stage::SignIn, "-ERR [SYS/TEMP] x", Busy);
        check(Stage::SignIn, "-ERR [SYS/PERM] locked", SignIn);
        check(Stage::SignIn, "-ERR [AUTH] account locked", SignIn);
        check(Stage::SignIn, "-ERR [LIMIT] connections", Limit);
        check(Stage::SignIn, "-ERR ]x[", SignIn);
        check(Stage::SignIn, "-ERR [", SignIn);
        check(Greeting, "-ERR go away", Refused);
        check(Greeting, "-ERR [SYS/TEMP] x", Busy);
        check(Greeting, "-ERR [SYS/PERM] x", Refused);
        check(Session, "-ERR message is locked", Refused);
        check(Session, "-ERR [SYS/TEMP] x", Busy);
    }
}
