//! Makes a message fit for `DATA`: lines end in CRLF and no line begins with a dot of its own. For
//! `BDAT` the same without dots, so that a message arrives the same either way.
//!
//! No bare LF ever leaves, and no bare CR in front of a dot, so that no listener, however lax,
//! can see an end of data of its own (threats.md A15, the "SMTP smuggling" family). Any other
//! CR inside a line is content and passes, as do NULs and long lines.

use bytes::{BufMut, Bytes, BytesMut};
use memchr::memchr2;

/// Dot-stuffs and normalises line ends (RFC 5321 sections 2.3.8 and 4.5.2), whatever the chunks
/// in which the message comes. A bare LF is a line end, and so is a CR that a dot follows.
#[derive(Debug)]
pub struct Stuffer {
    adds_dots: bool,
    at_line_start: bool,
    /// The last chunk ended in a CR, not yet sent: what it is depends on the next byte.
    holds_cr: bool,
}

impl Default for Stuffer {
    fn default() -> Self {
        Self::new()
    }
}

impl Stuffer {
    /// At the start of a message.
    pub fn new() -> Self {
        Self {
            adds_dots: true,
            at_line_start: true,
            holds_cr: false,
        }
    }

    /// At the start of a message that goes in counted chunks (RFC 3030): the same lines, no dots
    /// added, none behind the last.
    pub fn without_dots() -> Self {
        Self {
            adds_dots: false,
            ..Self::new()
        }
    }

    /// The chunk as it goes on the wire. A chunk that needs no change is passed on uncopied.
    pub fn push(&mut self, chunk: Bytes) -> Bytes {
        let Some(&first) = chunk.first() else {
            return chunk;
        };
        if self.is_clean(&chunk) {
            self.at_line_start = chunk.last() == Some(&b'\n');
            return chunk;
        }
        let mut out = BytesMut::with_capacity(chunk.len() + chunk.len() / 16 + 16);
        let mut rest = &chunk[..];
        if std::mem::take(&mut self.holds_cr) {
            self.cr(Some(first), &mut out);
            if first == b'\n' {
                rest = &rest[1..];
            }
        }
        self.convert(rest, &mut out);
        out.freeze()
    }

    /// What follows the last chunk: the end of an unfinished line and the final dot.
    pub fn finish(&mut self) -> Bytes {
        let mut out = BytesMut::new();
        if self.holds_cr {
            out.put_u8(b'\r');
            self.at_line_start = false;
        }
        if !self.at_line_start {
            out.put_slice(b"\r\n");
        }
        if self.adds_dots {
            out.put_slice(b".\r\n");
        }
        *self = Self {
            adds_dots: self.adds_dots,
            ..Self::new()
        };
        out.freeze()
    }

    fn is_clean(&self, chunk: &[u8]) -> bool {
        if self.holds_cr || (self.at_line_start && chunk.first() == Some(&b'.')) {
            return false;
        }
        let mut rest = chunk;
        while let Some(at) = memchr2(b'\r', b'\n', rest) {
            rest = match &rest[at..] {
                [b'\r', b'\n', b'.', ..] | [b'\r', b'.', ..] | [b'\r'] | [b'\n', ..] => {
                    return false;
                }
                [b'\r', b'\n', after @ ..] | [_, after @ ..] => after,
                [] => return true,
            };
        }
        true
    }

    fn convert(&mut self, mut rest: &[u8], out: &mut BytesMut) {
        while !rest.is_empty() {
            if self.adds_dots && self.at_line_start && rest.first() == Some(&b'.') {
                out.put_u8(b'.');
            }
            let end = memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
            let (text, ending) = rest.split_at(end);
            out.put_slice(text);
            self.at_line_start &= text.is_empty();
            rest = match ending {
                [] => &[],
                [b'\r'] => {
                    self.holds_cr = true;
                    &[]
                }
                [b'\r', after @ ..] => {
                    self.cr(after.first().copied(), out);
                    after.strip_prefix(b"\n").unwrap_or(after)
                }
                [_, after @ ..] => {
                    self.end_line(out);
                    after
                }
            };
        }
    }

    /// A CR, known what follows it.
    fn cr(&mut self, next: Option<u8>, out: &mut BytesMut) {
        match next {
            Some(b'\n' | b'.') => self.end_line(out),
            _ => {
                out.put_u8(b'\r');
                self.at_line_start = false;
            }
        }
    }

    fn end_line(&mut self, out: &mut BytesMut) {
        out.put_slice(b"\r\n");
        self.at_line_start = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stuff(pieces: &[&[u8]]) -> Vec<u8> {
        let mut stuffer = Stuffer::new();
        let mut out = Vec::new();
        for piece in pieces {
            out.extend_from_slice(&stuffer.push(Bytes::copy_from_slice(piece)));
        }
        out.extend_from_slice(&stuffer.finish());
        out
    }

    /// What a strict listener makes of it: the text before the only end of data.
    fn unstuff(wire: &[u8]) -> Vec<u8> {
        let body = wire.strip_suffix(b".\r\n").unwrap();
        let mut text = Vec::new();
        for line in body.split_inclusive(|b| *b == b'\n') {
            assert_ne!(line, b".\r\n", "an early end of data");
            text.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
        }
        text
    }

    #[test]
    fn known_answers() {
        let check = |text: &[u8], expected: &[u8]| {
            assert_eq!(stuff(&[text]), expected, "{}", text.escape_ascii());
        };
        check(b"", b".\r\n");
        check(b"a\r\n", b"a\r\n.\r\n");
        check(b"a", b"a\r\n.\r\n");
        check(b"a\nb\n", b"a\r\nb\r\n.\r\n");
        check(b".", b"..\r\n.\r\n");
        check(b".\r\n..\r\n", b"..\r\n...\r\n.\r\n");
        check(b"a.\r\n.b\r\n", b"a.\r\n..b\r\n.\r\n");
        check(b"a\rb", b"a\rb\r\n.\r\n");
        check(b"a\r", b"a\r\r\n.\r\n");
        check(b"a\r\r\nb", b"a\r\r\nb\r\n.\r\n");
        check(b"a\r\rb", b"a\r\rb\r\n.\r\n");
        check(b"\0\xff\n", b"\0\xff\r\n.\r\n");
    }

    #[test]
    fn look_alikes_of_the_end_of_data_do_not_leave() {
        let check = |text: &[u8], expected: &[u8]| {
            assert_eq!(stuff(&[text]), expected, "{}", text.escape_ascii());
        };
        check(b"a\n.\nb", b"a\r\n..\r\nb\r\n.\r\n");
        check(b"a\r.\rb", b"a\r\n..\rb\r\n.\r\n");
        check(b"a\n.\r\nb", b"a\r\n..\r\nb\r\n.\r\n");
        check(b"a\r\n.\nb", b"a\r\n..\r\nb\r\n.\r\n");
        check(b"a\r\n.\rb", b"a\r\n..\rb\r\n.\r\n");
        check(b"a\r.\r\nb", b"a\r\n..\r\nb\r\n.\r\n");
        check(b"\r\n\0.\r\n.\0\r\n", b"\r\n\0.\r\n..\0\r\n.\r\n");
    }

    #[test]
    fn clean_chunks_are_not_copied() {
        let chunk = Bytes::from_static(b"one\r\ntwo\r\nthr");
        let out = Stuffer::new().push(chunk.clone());
        assert_eq!(out.as_ptr(), chunk.as_ptr());
    }

    fn text() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![
            Just(b'.'),
            Just(b'\r'),
            Just(b'\n'),
            Just(b'a'),
            Just(0u8),
            any::<u8>()
        ];
        proptest::collection::vec(byte, 0..60)
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same(text in text(), cuts in proptest::collection::vec(0usize..60, 0..6)) {
            let mut cuts: Vec<_> = cuts.into_iter().map(|c| c.min(text.len())).collect();
            cuts.sort_unstable();
            let mut pieces = Vec::new();
            let mut from = 0;
            for cut in cuts {
                pieces.push(&text[from..cut]);
                from = cut;
            }
            pieces.push(&text[from..]);
            prop_assert_eq!(stuff(&pieces), stuff(&[&text]));
        }

        #[test]
        fn nothing_dangerous_leaves_and_the_text_arrives(text in text()) {
            let wire = stuff(&[&text]);
            for (at, byte) in wire.iter().enumerate() {
                match byte {
                    b'\r' => prop_assert_ne!(wire.get(at + 1), Some(&b'.')),
                    b'\n' => prop_assert!(at > 0 && wire[at - 1] == b'\r'),
                    _ => {}
                }
            }
            let arrived = unstuff(&wire);
            let words = |text: &[u8]| text.split(|b| matches!(b, b'\r' | b'\n')).filter(|w| !w.is_empty()).map(<[u8]>::to_vec).collect::<Vec<_>>();
            prop_assert_eq!(words(&arrived), words(&text));
        }
    }
}
