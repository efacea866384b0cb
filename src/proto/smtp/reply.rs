//! Replies of a listener: a code and words, over one line or several (RFC 5321 section 4.2).

use bytes::BytesMut;

use crate::proto::machine::{Error, Line, Reason, excerpt, take_line, trace_received};

/// One whole reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// 200 to 599.
    pub code: u16,
    /// The text after the code, raw; the lines of a long reply are joined by LF.
    pub words: Vec<u8>,
    /// The code is one of `antispam`: a refusal for good, whatever its first digit.
    pub is_spam: bool,
}

impl Reply {
    /// 2xx.
    pub fn is_good(&self) -> bool {
        self.code / 100 == 2
    }

    /// 3xx: the listener waits for more.
    pub fn is_go_ahead(&self) -> bool {
        self.code / 100 == 3
    }

    /// 4xx, and 530, which asks for a sign-in that the listener may stop wanting; but `antispam`
    /// is asked first (engine.md section 17).
    pub fn is_temporary(&self) -> bool {
        !self.is_spam && (self.code / 100 == 4 || self.code == 530)
    }

    /// The lines of the text.
    pub fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.words.split(|b| *b == b'\n')
    }

    /// The session cannot begin or go on because of this.
    pub(super) fn refusal(&self) -> Error {
        let reason = if self.is_temporary() {
            Reason::Busy
        } else {
            Reason::Refused
        };
        self.refusal_because(reason)
    }

    /// [`Reply::refusal`] with a reason that the caller knows.
    pub(super) fn refusal_because(&self, reason: Reason) -> Error {
        Error::Refused {
            reason,
            reply: self.line(),
        }
    }

    /// Replies and commands no longer match.
    pub(super) fn out_of_place(&self) -> Error {
        broken("a reply out of place", &self.line())
    }

    /// The reply as a line, code first.
    fn line(&self) -> Vec<u8> {
        [self.code.to_string().as_bytes(), b" ", &self.words].concat()
    }
}

/// Collects the lines of a reply until it is whole.
#[derive(Debug, Default)]
pub struct Replies {
    begun: Option<Reply>,
    lines: usize,
}

impl Replies {
    /// The next whole reply at the front of the inbox, if there is one.
    pub fn take(&mut self, inbox: &mut BytesMut, label: &str) -> Result<Option<Reply>, Error> {
        while let Line::Whole(line) = take_line(inbox, LINE)? {
            trace_received(label, &line);
            if let Some(reply) = self.push(&line)? {
                return Ok(Some(reply));
            }
        }
        Ok(None)
    }

    fn push(&mut self, line: &[u8]) -> Result<Option<Reply>, Error> {
        let Some((code, is_last, text)) = parse(line) else {
            return Err(broken("a line that is not a reply", line));
        };
        self.lines += 1;
        if self.lines > LINES {
            return Err(Error::TooMuch {
                what: "lines of one reply",
            });
        }
        match &mut self.begun {
            None => {
                self.begun = Some(Reply {
                    code,
                    words: text.to_vec(),
                    is_spam: false,
                });
            }
            Some(reply) if reply.code != code => {
                return Err(broken("a reply whose code changes", line));
            }
            Some(reply) => {
                reply.words.push(b'\n');
                reply.words.extend_from_slice(text);
            }
        }
        if !is_last {
            return Ok(None);
        }
        self.lines = 0;
        Ok(self.begun.take())
    }
}

/// Code, whether it is the last line, text. The text may be missing altogether (RFC 5321 section
/// 4.2: clients accept a bare code).
fn parse(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let (digits, rest) = line.split_at_checked(3)?;
    if !matches!(digits[0], b'2'..=b'5') || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let code = digits
        .iter()
        .fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    match rest.split_first() {
        None => Some((code, true, rest)),
        Some((b' ', text)) => Some((code, true, text)),
        Some((b'-', text)) => Some((code, false, text)),
        Some(_) => None,
    }
}

/// The listener does not keep to the protocol.
pub(super) fn broken(what: &'static str, line: &[u8]) -> Error {
    Error::Broken {
        what,
        line: excerpt(line),
    }
}

/// Longest reply line (threats.md section 6).
const LINE: usize = 4096;
/// Most lines of one reply (threats.md section 6).
const LINES: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(wire: &[u8]) -> Result<Vec<(u16, String)>, Error> {
        let mut replies = Replies::default();
        let mut inbox = BytesMut::from(wire);
        let mut seen = Vec::new();
        while let Some(reply) = replies.take(&mut inbox, "SMTP")? {
            seen.push((reply.code, reply.words.escape_ascii().to_string()));
        }
        Ok(seen)
    }

    #[test]
    fn whole_replies() {
        let check = |wire: &[u8], expected: &[(u16, &str)]| {
            let expected: Vec<_> = expected.iter().map(|(c, w)| (*c, w.to_string())).collect();
            assert_eq!(read(wire), Ok(expected));
        };
        check(b"250 ok\r\n", &[(250, "ok")]);
        check(b"250\r\n", &[(250, "")]);
        check(b"250 \r\n354 go\n", &[(250, ""), (354, "go")]);
        check(b"250-a\r\n250-b\r\n250 c\r\n", &[(250, "a\\nb\\nc")]);
        check(b"250-a\r\n250\r\n", &[(250, "a\\n")]);
        check(b"250-a\r\n", &[]);
        check(b"550 \xff\0no\r\n", &[(550, "\\xff\\x00no")]);
    }

    #[test]
    fn malformed_replies() {
        let check = |wire: &[u8]| assert!(read(wire).is_err(), "{}", wire.escape_ascii());
        check(b"\r\n");
        check(b"2\r\n");
        check(b"25 ok\r\n");
        check(b"2500 ok\r\n");
        check(b"150 ok\r\n");
        check(b"650 ok\r\n");
        check(b"ok 250\r\n");
        check(b"250_ok\r\n");
        check(b"250-a\r\n251 b\r\n");
        check(&b"250-a\r\n".repeat(257));
        check(&[b'2'; 5000]);
        check(&[&b"250 "[..], &[b'x'; 5000], b"\r\n"].concat());
    }
}
