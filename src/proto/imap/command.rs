//! Commands on their way out: tags, strings, and literals that wait for the server's leave.

use std::collections::VecDeque;

use bytes::Bytes;
use zeroize::Zeroizing;

use crate::proto::machine::Outgoing;

/// Names commands; unique in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag(u32);

impl Tag {
    /// The first of a session.
    pub const FIRST: Self = Self(1);

    /// The next one, in place.
    pub fn advance(&mut self) -> Self {
        let now = *self;
        self.0 = self.0.wrapping_add(1);
        now
    }

    /// Whether the server's words name this command.
    pub fn matches(self, tag: &[u8]) -> bool {
        tag.strip_prefix(b"A")
            .and_then(super::scan::nonzero)
            .is_some_and(|n| n == self.0)
    }
}

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "A{}", self.0)
    }
}

/// How a string travels (RFC 9051 section 4.3).
#[derive(Debug, PartialEq, Eq)]
pub enum Form {
    /// Between quotes.
    Quoted,
    /// As a literal: it has line ends or 8-bit octets.
    Literal,
    /// Not at all: it has a NUL.
    Impossible,
}

/// The form that carries `string`.
pub fn form(string: &[u8]) -> Form {
    if string.contains(&0) {
        Form::Impossible
    } else if string
        .iter()
        .any(|b| *b >= 0x80 || matches!(b, b'\r' | b'\n'))
    {
        Form::Literal
    } else {
        Form::Quoted
    }
}

/// A command under construction: text, and cuts where a literal needs the server's leave.
#[derive(Debug, Default)]
pub struct Command {
    parts: Vec<Zeroizing<Vec<u8>>>,
}

impl Command {
    /// Begins with `text`.
    pub fn new(text: String) -> Self {
        let parts = vec![Zeroizing::new(text.into_bytes())];
        Self { parts }
    }

    /// Adds a blank and a string in the form that carries it; a NUL does not go through (see
    /// [`form`], asked before).
    #[must_use]
    pub fn string(mut self, string: &[u8]) -> Self {
        let quoted = form(string) == Form::Quoted;
        let Some(part) = self.parts.last_mut() else {
            return self;
        };
        if quoted {
            part.reserve(2 * string.len() + 3);
            part.extend_from_slice(b" \"");
            for b in string {
                if matches!(b, b'"' | b'\\') {
                    part.push(b'\\');
                }
                part.push(*b);
            }
            part.push(b'"');
        } else {
            part.extend_from_slice(format!(" {{{}}}", string.len()).as_bytes());
            self.parts.push(Zeroizing::new(string.to_vec()));
        }
        self
    }

    /// The parts as they are sent, each but the last waiting for `+`. `shown` stands in the
    /// transcript for all of them if they hold a secret.
    pub fn parts(self, shown: Option<&str>) -> Vec<Outgoing> {
        let seal = |part: Zeroizing<Vec<u8>>| {
            let bytes = Bytes::from([&part[..], b"\r\n"].concat());
            match shown {
                Some(shown) => Outgoing::masked(bytes, shown),
                None => Outgoing::plain(bytes),
            }
        };
        self.parts.into_iter().map(seal).collect()
    }
}

/// Commands not yet handed to the pump. A literal holds up what is behind it until the server
/// has said `+`.
#[derive(Debug, Default)]
pub struct Outbox {
    queue: VecDeque<Entry>,
}

#[derive(Debug)]
enum Entry {
    Send(Outgoing),
    /// Until `+` for this command.
    Wait(Tag),
    /// Part of a command behind its `Wait`.
    Rest(Tag, Outgoing),
}

impl Outbox {
    /// Queues a command.
    pub fn push(&mut self, tag: Tag, parts: Vec<Outgoing>) {
        for (n, part) in parts.into_iter().enumerate() {
            if n == 0 {
                self.queue.push_back(Entry::Send(part));
            } else {
                self.queue.push_back(Entry::Wait(tag));
                self.queue.push_back(Entry::Rest(tag, part));
            }
        }
    }

    /// What may be sent now.
    pub fn pop(&mut self) -> Option<Outgoing> {
        match self.queue.front()? {
            Entry::Wait(_) => None,
            _ => match self.queue.pop_front()? {
                Entry::Send(outgoing) | Entry::Rest(_, outgoing) => Some(outgoing),
                Entry::Wait(_) => None,
            },
        }
    }

    /// The server has said `+`; `false` if nothing waits for it.
    pub fn go_on(&mut self) -> bool {
        let waits = matches!(self.queue.front(), Some(Entry::Wait(_)));
        if waits {
            self.queue.pop_front();
        }
        waits
    }

    /// The command has ended: what is left of it is not sent.
    pub fn ended(&mut self, tag: Tag) {
        self.queue
            .retain(|entry| !matches!(entry, Entry::Wait(t) | Entry::Rest(t, _) if *t == tag));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_quoted_or_literal() {
        let check = |string: &[u8], expected: &[u8]| {
            let parts = Command::new("A1 SELECT".to_owned())
                .string(string)
                .parts(None);
            let wire: Vec<u8> = parts.iter().flat_map(|p| p.bytes.to_vec()).collect();
            assert_eq!(wire, expected);
        };
        check(b"INBOX", b"A1 SELECT \"INBOX\"\r\n");
        check(b"", b"A1 SELECT \"\"\r\n");
        check(br#"a"b\c"#, b"A1 SELECT \"a\\\"b\\\\c\"\r\n");
        check(b"[Gmail]/All Mail", b"A1 SELECT \"[Gmail]/All Mail\"\r\n");
        check(b"a\r\nA2 LOGOUT", b"A1 SELECT {12}\r\na\r\nA2 LOGOUT\r\n");
        check(b"\xe9t\xe9", b"A1 SELECT {3}\r\n\xe9t\xe9\r\n");
        assert_eq!(form(b"a\0"), Form::Impossible);
    }

    #[test]
    fn a_literal_waits_for_leave() {
        let mut outbox = Outbox::default();
        let (one, two) = (Tag(1), Tag(2));
        outbox.push(
            one,
            Command::new("A1 X".to_owned()).string(b"\xff").parts(None),
        );
        outbox.push(two, Command::new("A2 Y".to_owned()).parts(None));
        let mut sent = || outbox.pop().map(|o| o.bytes);
        assert_eq!(sent().as_deref(), Some(&b"A1 X {1}\r\n"[..]));
        assert_eq!(sent(), None);
        assert!(outbox.go_on());
        assert!(outbox.pop().is_some());
        assert!(outbox.pop().is_some());
        assert!(!outbox.go_on());
    }

    #[test]
    fn a_refused_literal_is_not_sent() {
        let mut outbox = Outbox::default();
        outbox.push(
            Tag(1),
            Command::new("A1 X".to_owned()).string(b"\xff").parts(None),
        );
        outbox.push(Tag(2), Command::new("A2 Y".to_owned()).parts(None));
        outbox.pop();
        outbox.ended(Tag(1));
        assert_eq!(outbox.pop().unwrap().bytes, &b"A2 Y\r\n"[..]);
    }

    #[test]
    fn tags() {
        let check = |tag: &[u8], expected| assert_eq!(Tag(12).matches(tag), expected);
        check(b"A12", true);
        check(b"A1", false);
        check(b"A012", true);
        check(b"a12", false);
        check(b"*", false);
    }
}
