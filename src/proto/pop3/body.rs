//! Cuts the octets of one message out of the inbox: no copying, dots unstuffed by leaving them
//! out between two slices (RFC 1939 section 3).
//!
//! Only a line that begins after CRLF is a line, unless the server ends its lines with a bare LF
//! altogether, which its first line tells. Otherwise a message with a bare LF, a dot and a line
//! end inside, passed on as it is, would end too early and could speak in the server's name.

use bytes::{Buf, Bytes, BytesMut};
use memchr::{memchr, memmem};

/// A message being read.
#[derive(Debug)]
pub(super) struct Body {
    lines: Option<LineEnd>,
    before: Before,
}

/// What comes next of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Octets of the message, at most [`CHUNK`].
    Chunk(Bytes),
    /// The terminator was there and is taken off.
    End,
    /// More input is needed.
    Partial,
}

/// How the server ends its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineEnd {
    Crlf,
    BareLf,
}

/// What the octets before the front of the inbox were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// Nothing: the message begins.
    Start,
    Crlf,
    BareLf,
    Cr,
    Text,
}

/// What a dot at the front of the inbox is.
enum Dot {
    /// The terminator, so many octets long.
    Terminator(usize),
    /// To be left out.
    Stuffing,
    /// Part of the message.
    Text,
    /// Cannot be said yet.
    Unknown,
}

impl Body {
    /// A message about to begin.
    pub fn new() -> Self {
        Self {
            lines: None,
            before: Before::Start,
        }
    }

    /// Takes the next piece off the inbox.
    pub fn next(&mut self, inbox: &mut BytesMut) -> Piece {
        if inbox.first() == Some(&b'.') {
            match self.dot(inbox) {
                Dot::Text => {}
                Dot::Unknown => return Piece::Partial,
                Dot::Terminator(length) => {
                    inbox.advance(length);
                    return Piece::End;
                }
                Dot::Stuffing => {
                    inbox.advance(1);
                    self.before = Before::Text;
                }
            }
        }
        if inbox.is_empty() {
            return Piece::Partial;
        }
        let window = &inbox[..inbox.len().min(CHUNK)];
        let length = memmem::find(window, b"\n.").map_or(window.len(), |at| at + 1);
        let chunk = inbox.split_to(length).freeze();
        self.remember(&chunk);
        Piece::Chunk(chunk)
    }

    fn dot(&self, inbox: &[u8]) -> Dot {
        let is_line = match self.before {
            Before::Start | Before::Crlf => true,
            Before::BareLf => self.lines == Some(LineEnd::BareLf),
            Before::Cr | Before::Text => return Dot::Text,
        };
        match (inbox.get(1), inbox.get(2)) {
            (None, _) | (Some(b'\r'), None) => Dot::Unknown,
            (Some(b'\n'), _) if is_line => Dot::Terminator(2),
            (Some(b'\r'), Some(b'\n')) if is_line => Dot::Terminator(3),
            // Servers that look for LF when they stuff and for nothing when they send: a dot
            // after a bare LF has been doubled by them, and single it is the message's own.
            (Some(b'.'), _) => Dot::Stuffing,
            _ if is_line => Dot::Stuffing,
            _ => Dot::Text,
        }
    }

    /// Notes how the octets passed on end, and the server's line end the first time it shows.
    fn remember(&mut self, chunk: &[u8]) {
        let end_of = |at: usize| match at.checked_sub(1).and_then(|i| chunk.get(i)) {
            Some(b'\r') => LineEnd::Crlf,
            None if self.before == Before::Cr => LineEnd::Crlf,
            _ => LineEnd::BareLf,
        };
        let before = match chunk.last() {
            Some(b'\n') => match end_of(chunk.len() - 1) {
                LineEnd::Crlf => Before::Crlf,
                LineEnd::BareLf => Before::BareLf,
            },
            Some(b'\r') => Before::Cr,
            _ => Before::Text,
        };
        if self.lines.is_none() {
            self.lines = memchr(b'\n', chunk).map(end_of);
        }
        self.before = before;
    }
}

/// Most octets in one piece.
const CHUNK: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    /// Message and whether it ended, when `wire` comes in pieces of `size`; then what is left.
    fn read(wire: &[u8], size: usize) -> (Vec<u8>, bool, Vec<u8>) {
        let (mut message, mut inbox, mut body) = (Vec::new(), BytesMut::new(), Body::new());
        let mut ended = false;
        for piece in wire.chunks(size) {
            inbox.extend_from_slice(piece);
            while !ended {
                match body.next(&mut inbox) {
                    Piece::Chunk(chunk) => {
                        assert!(!chunk.is_empty() && chunk.len() <= CHUNK);
                        message.extend_from_slice(&chunk);
                    }
                    Piece::End => ended = true,
                    Piece::Partial => break,
                }
            }
        }
        (message, ended, inbox.to_vec())
    }

    /// `wire` is followed by the next answer, which must stay.
    fn check(wire: &[u8], expected: &[u8]) {
        let all = [wire, b"+OK next\r\n"].concat();
        for size in 1..=all.len() {
            let (message, ended, rest) = read(&all, size);
            let shown = wire.escape_ascii();
            assert_eq!(
                message.escape_ascii().to_string(),
                expected.escape_ascii().to_string(),
                "{shown} by {size}"
            );
            assert!(ended, "{shown}");
            assert_eq!(rest, b"+OK next\r\n", "{shown} by {size}");
        }
    }

    #[test]
    fn known_answers() {
        check(b".\r\n", b"");
        check(b"\r\n.\r\n", b"\r\n");
        check(b"a\r\n.\r\n", b"a\r\n");
        check(b"..\r\n.\r\n", b".\r\n");
        check(b"a\r\n..\r\n...\r\n..b\r\n.\r\n", b"a\r\n.\r\n..\r\n.b\r\n");
        check(b"a.\r\nb..\r\n.\r\n", b"a.\r\nb..\r\n");
        check(b"a\r\n.b\r\n.\r\n", b"a\r\nb\r\n");
        check(b"a\r\n.\rb\r\n.\r\n", b"a\r\n\rb\r\n");
        check(b"a\0\xff\r\r\n\r.\r\n.\r\n", b"a\0\xff\r\r\n\r.\r\n");
    }

    #[test]
    fn servers_that_end_lines_with_lf() {
        check(b".\n", b"");
        check(b"a\n..b\n.\n", b"a\n.b\n");
        check(b"a\n..\n.\r\n", b"a\n.\n");
        check(b"a\n\n.\n", b"a\n\n");
    }

    #[test]
    fn a_bare_lf_inside_does_not_end_a_message() {
        check(b"a\r\nb\n.\nc\r\n.\r\n", b"a\r\nb\n.\nc\r\n");
        check(b"a\r\nb\n.\r\nc\r\n.\r\n", b"a\r\nb\n.\r\nc\r\n");
        check(b"a\r\nb\n.c\r\n.\r\n", b"a\r\nb\n.c\r\n");
        check(b"a\r\nb\n..c\r\n.\r\n", b"a\r\nb\n.c\r\n");
        check(b"a\r\nb\n\r\n.\r\n", b"a\r\nb\n\r\n");
    }

    #[test]
    fn cut_off_is_not_the_end() {
        let wire = b"a\r\n..b\r\n.\r\n";
        for length in 0..wire.len() {
            assert!(!read(&wire[..length], 3).1, "{length}");
        }
    }

    /// Exchange 2000 (Q1): a message without line end swallows the terminator.
    #[test]
    fn dot_at_the_end_of_a_line_is_text() {
        assert_eq!(
            read(b"a\r\nend.\r\n", 4),
            (b"a\r\nend.\r\n".to_vec(), false, Vec::new())
        );
    }

    #[test]
    fn long_lines_come_in_pieces() {
        let long = vec![b'x'; 5 * CHUNK];
        let (message, ended, _) = read(&[&long[..], b"\r\n.\r\n"].concat(), 7 * CHUNK);
        assert!(ended);
        assert_eq!(message.len(), long.len() + 2);
    }

    proptest::proptest! {
        /// Stuffing as RFC 1939 has it and reading are inverse, however the octets come.
        #[test]
        fn stuffed_and_read(lines in proptest::collection::vec("[.ab\r]{0,3}", 0..8), size in 1usize..9) {
            let mut message = String::new();
            let mut wire = String::new();
            for line in &lines {
                let stuffing = if line.starts_with('.') { "." } else { "" };
                message.push_str(&format!("{line}\r\n"));
                wire.push_str(&format!("{stuffing}{line}\r\n"));
            }
            wire.push_str(".\r\n");
            let (read, ended, rest) = read(wire.as_bytes(), size);
            proptest::prop_assert_eq!(read, message.into_bytes());
            proptest::prop_assert!(ended && rest.is_empty());
        }
    }
}
