//! The least conversation that tells a mail server: its greeting, and whether it offers TLS.

use bytes::BytesMut;

use crate::probe::candidate::Protocol;
use crate::proto::machine::{excerpt, take_line, trace_received};
use crate::proto::{Error, Line, Machine, Outgoing, Step};

/// Longest line, in octets.
const LINE: usize = 8192;
/// Most lines.
const LINES: usize = 100;

/// What was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Heard {
    /// STARTTLS or STLS is listed.
    pub starts_tls: bool,
}

/// The conversation.
#[derive(Debug)]
pub(super) struct Hello {
    protocol: Protocol,
    inbox: BytesMut,
    lines: usize,
    starts_tls: bool,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Greeting,
    Asking,
    List,
    Telling,
    Over,
}

impl Hello {
    /// Before the greeting.
    pub fn new(protocol: Protocol) -> Self {
        Self {
            protocol,
            inbox: BytesMut::new(),
            lines: 0,
            starts_tls: false,
            state: State::Greeting,
        }
    }

    fn line(&mut self, line: &[u8]) -> Result<(), Error> {
        let words = line.to_ascii_uppercase();
        let says = |word: &[u8]| words.starts_with(word);
        let is_imap = self.protocol == Protocol::Imap;
        self.state = match self.state {
            State::Greeting if is_imap && (says(b"* OK") || says(b"* PREAUTH")) => State::Asking,
            State::Greeting if !is_imap && says(b"+OK") => State::Asking,
            State::Greeting => {
                return Err(Error::Broken {
                    what: "no greeting of a mail server",
                    line: excerpt(line),
                });
            }
            State::List if is_imap && says(b"A ") => State::Telling,
            State::List if !is_imap && (says(b"-ERR") || words == b".") => State::Telling,
            other => {
                let mut words = words.split(|b| *b == b' ');
                self.starts_tls |= match is_imap {
                    true => words.any(|word| word == b"STARTTLS"),
                    false => words.next() == Some(b"STLS"),
                };
                other
            }
        };
        Ok(())
    }
}

impl Machine for Hello {
    type Event = Heard;

    fn inbox(&mut self) -> &mut BytesMut {
        &mut self.inbox
    }

    fn step(&mut self) -> Result<Step<Heard>, Error> {
        loop {
            match self.state {
                State::Asking => {
                    self.state = State::List;
                    let command: &'static [u8] = match self.protocol {
                        Protocol::Imap => b"a CAPABILITY\r\n",
                        Protocol::Pop3 => b"CAPA\r\n",
                    };
                    return Ok(Step::Send(Outgoing::plain(command)));
                }
                State::Telling => {
                    self.state = State::Over;
                    return Ok(Step::Event(Heard {
                        starts_tls: self.starts_tls,
                    }));
                }
                State::Over => return Ok(Step::Done),
                State::Greeting | State::List => match take_line(&mut self.inbox, LINE)? {
                    Line::Partial => return Ok(Step::Input),
                    Line::Whole(_) if self.lines >= LINES => {
                        return Err(Error::TooMuch {
                            what: "lines before sign-in",
                        });
                    }
                    Line::Whole(line) => {
                        trace_received("guess", &line);
                        self.lines += 1;
                        self.line(&line)?;
                    }
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(protocol: Protocol, text: &str) -> Result<Option<Heard>, Error> {
        let mut hello = Hello::new(protocol);
        hello.inbox().extend_from_slice(text.as_bytes());
        loop {
            match hello.step()? {
                Step::Event(heard) => return Ok(Some(heard)),
                Step::Input | Step::Done => return Ok(None),
                _ => {}
            }
        }
    }

    #[test]
    fn greetings() {
        let check = |protocol, text: &str, expected: Option<bool>| {
            let heard = hear(protocol, text).unwrap();
            assert_eq!(heard.map(|it| it.starts_tls), expected, "{text}");
        };
        use Protocol::{Imap, Pop3};
        let list = "* OK hi\r\n* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na OK done\r\n";
        check(Imap, list, Some(true));
        check(
            Imap,
            "* OK [CAPABILITY STARTTLS] hi\r\na BAD what\r\n",
            Some(false),
        );
        check(Imap, "* PREAUTH hi\na OK done\n", Some(false));
        check(Imap, "* OK hi\r\n* CAPABILITY X\r\n", None);
        check(Pop3, "+OK hi\r\n+OK\r\nTOP\r\nSTLS\r\n.\r\n", Some(true));
        check(Pop3, "+OK hi\r\n+OK\r\nXSTLS\r\n.\r\n", Some(false));
        check(Pop3, "+OK hi\r\n-ERR what\r\n", Some(false));
        check(Pop3, "", None);
    }

    #[test]
    fn others_are_not_taken() {
        let check = |protocol, text: &str| assert!(hear(protocol, text).is_err(), "{text}");
        check(Protocol::Imap, "220 smtp\r\n");
        check(Protocol::Imap, "+OK pop\r\n");
        check(Protocol::Imap, "* BYE full\r\n");
        check(Protocol::Pop3, "* OK imap\r\n");
        check(Protocol::Pop3, "-ERR busy\r\n");
        check(Protocol::Pop3, "HTTP/1.1 400 Bad Request\r\n");
        check(Protocol::Imap, &format!("* OK {}", "x".repeat(LINE)));
        check(
            Protocol::Imap,
            &format!("* OK hi\r\n{}", "* X\r\n".repeat(LINES)),
        );
    }
}
