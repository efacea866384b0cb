//! Makes a message fit for `DATA`: every line ends in CRLF and no line is a lone dot.
//!
//! Neither a bare CR nor a bare LF ever leaves, so that no listener, however lax, can see an end
//! of data of its own (threats.md A15, the "SMTP smuggling" family). Everything else passes, NULs
//! and long lines included.

use bytes::{BufMut, Bytes, BytesMut};
use memchr::memchr2;

/// Dot-stuffs and normalises line ends (RFC 5321 sections 2.3.8 and 4.5.2), whatever the chunks
/// in which the message comes. Bare LF is a line end, a run of CRs before LF is one line end, any
/// other CR is a line end too.
#[derive(Debug)]
pub struct Stuffer {
    at_line_start: bool,
    /// CRs at the end of the last chunk, not yet sent: an LF may follow.
    returns: usize,
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
            at_line_start: true,
            returns: 0,
        }
    }

    /// The chunk as it goes on the wire. A chunk that needs no change is passed on uncopied.
    pub fn push(&mut self, chunk: Bytes) -> Bytes {
        if self.is_clean(&chunk) {
            if let Some(last) = chunk.last() {
                self.at_line_start = *last == b'\n';
            }
            return chunk;
        }
        let mut out = BytesMut::with_capacity(chunk.len() + chunk.len() / 16 + 16);
        self.convert(&chunk, &mut out);
        out.freeze()
    }

    /// What follows the last chunk: the end of an unfinished line and the final dot.
    pub fn finish(&mut self) -> Bytes {
        let mut out = BytesMut::new();
        self.end_lines(&mut out);
        if !self.at_line_start {
            out.put_slice(b"\r\n");
        }
        out.put_slice(b".\r\n");
        *self = Self::new();
        out.freeze()
    }

    fn is_clean(&self, chunk: &[u8]) -> bool {
        if self.returns > 0 || (self.at_line_start && chunk.first() == Some(&b'.')) {
            return false;
        }
        let mut rest = chunk;
        while let Some(at) = memchr2(b'\r', b'\n', rest) {
            let Some(after) = rest[at..].strip_prefix(b"\r\n") else {
                return false;
            };
            if after.first() == Some(&b'.') {
                return false;
            }
            rest = after;
        }
        true
    }

    fn convert(&mut self, mut rest: &[u8], out: &mut BytesMut) {
        while let Some(first) = rest.first() {
            match first {
                b'\n' => {
                    self.returns = 0;
                    self.end_line(out);
                    rest = &rest[1..];
                }
                b'\r' => {
                    if self.returns == RETURNS {
                        self.end_line(out);
                    } else {
                        self.returns += 1;
                    }
                    rest = &rest[1..];
                }
                _ => {
                    self.end_lines(out);
                    if self.at_line_start && *first == b'.' {
                        out.put_u8(b'.');
                    }
                    let end = memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
                    out.put_slice(&rest[..end]);
                    self.at_line_start = false;
                    rest = &rest[end..];
                }
            }
        }
    }

    /// Ends a line for each CR that turned out to be bare.
    fn end_lines(&mut self, out: &mut BytesMut) {
        for _ in 0..std::mem::take(&mut self.returns) {
            self.end_line(out);
        }
    }

    fn end_line(&mut self, out: &mut BytesMut) {
        out.put_slice(b"\r\n");
        self.at_line_start = true;
    }
}

/// Longest run of CRs that is remembered as one line end; broken gateways write two.
const RETURNS: usize = 8;

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
        check(b"a\rb", b"a\r\nb\r\n.\r\n");
        check(b"a\r", b"a\r\n.\r\n");
        check(b"a\r\r\nb", b"a\r\nb\r\n.\r\n");
        check(b"a\r\rb", b"a\r\n\r\nb\r\n.\r\n");
        check(b"\0\xff\n", b"\0\xff\r\n.\r\n");
    }

    #[test]
    fn look_alikes_of_the_end_of_data_do_not_leave() {
        let check = |text: &[u8], expected: &[u8]| {
            assert_eq!(stuff(&[text]), expected, "{}", text.escape_ascii());
        };
        check(b"a\n.\nb", b"a\r\n..\r\nb\r\n.\r\n");
        check(b"a\r.\rb", b"a\r\n..\r\nb\r\n.\r\n");
        check(b"a\n.\r\nb", b"a\r\n..\r\nb\r\n.\r\n");
        check(b"a\r\n.\nb", b"a\r\n..\r\nb\r\n.\r\n");
        check(b"a\r\n.\rb", b"a\r\n..\r\nb\r\n.\r\n");
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
        fn nothing_bare_leaves_and_the_text_arrives(text in text()) {
            let wire = stuff(&[&text]);
            for (at, byte) in wire.iter().enumerate() {
                match byte {
                    b'\r' => prop_assert_eq!(wire.get(at + 1), Some(&b'\n')),
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
