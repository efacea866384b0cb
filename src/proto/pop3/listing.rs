//! Reads a multi-line answer that is a list (CAPA, UIDL, LIST) line by line, within bounds.

use bytes::{Buf, BytesMut};
use memchr::memchr;

use super::{LABEL, LINE};
use crate::proto::Error;
use crate::proto::machine::trace_received;

/// A list being read.
#[derive(Debug)]
pub(super) struct Listing {
    lines_left: u32,
    octets_left: u64,
    is_skipping: bool,
}

impl Listing {
    /// Capabilities: a dozen in earnest.
    pub fn of_capabilities() -> Self {
        Self::new(1_000)
    }

    /// UIDL and LIST (threats.md section 6).
    pub fn of_messages() -> Self {
        Self::new(super::survey::MOST + 1)
    }

    fn new(lines: u32) -> Self {
        Self {
            lines_left: lines,
            octets_left: u64::from(lines) * 256,
            is_skipping: false,
        }
    }

    /// Hands every whole line in the inbox to `each`; true when the lone dot was there.
    ///
    /// Of a line beyond the bound `each` gets the beginning: a UID of a megabyte costs its own
    /// message its name and does not take the list away from the others.
    pub fn read(
        &mut self,
        inbox: &mut BytesMut,
        mut each: impl FnMut(&[u8]),
    ) -> Result<bool, Error> {
        let mut rest = &inbox[..];
        let mut has_ended = false;
        while let Some(end) = memchr(b'\n', rest) {
            let (line, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            self.charge(1, end)?;
            if std::mem::take(&mut self.is_skipping) {
                continue;
            }
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            trace_received(LABEL, line);
            if line == b"." {
                has_ended = true;
                break;
            }
            each(line);
        }
        if !has_ended && (self.is_skipping || rest.len() > LINE) {
            self.charge(0, rest.len())?;
            if !std::mem::replace(&mut self.is_skipping, true) {
                each(rest);
            }
            rest = &[];
        }
        inbox.advance(inbox.len() - rest.len());
        Ok(has_ended)
    }

    fn charge(&mut self, lines: u32, octets: usize) -> Result<(), Error> {
        let lines = self.lines_left.checked_sub(lines);
        let octets = self.octets_left.checked_sub(octets as u64);
        match (lines, octets) {
            (Some(lines), Some(octets)) => {
                (self.lines_left, self.octets_left) = (lines, octets);
                Ok(())
            }
            _ => Err(Error::TooMuch {
                what: "a list without end",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `input` in pieces of `size` octets.
    fn read(input: &[u8], size: usize) -> (Vec<Vec<u8>>, bool, Vec<u8>) {
        let (mut lines, mut ended) = (Vec::new(), false);
        let mut inbox = BytesMut::new();
        let mut listing = Listing::of_messages();
        for piece in input.chunks(size) {
            inbox.extend_from_slice(piece);
            if !ended {
                ended = listing
                    .read(&mut inbox, |line| {
                        lines.push(line[..line.len().min(20)].to_vec())
                    })
                    .unwrap();
            }
        }
        (lines, ended, inbox.to_vec())
    }

    #[test]
    fn ends_at_the_lone_dot() {
        for size in 1..20 {
            let (lines, ended, rest) = read(b"1 a\r\n2 b\n..\r\n\r\n.\r\n+OK\r\n", size);
            assert_eq!(lines, [&b"1 a"[..], b"2 b", b"..", b""]);
            assert!(ended);
            assert_eq!(rest, b"+OK\r\n");
        }
        assert!(!read(b"1 a\r\n.", 9).1);
        assert!(read(b".\r\n", 9).1);
        assert!(read(b".\n", 1).1);
    }

    #[test]
    fn a_line_too_long_is_passed_over() {
        let input = [b"1 a\r\n2 ", &vec![b'x'; 3 * LINE][..], b"\r\n3 c\r\n.\r\n"].concat();
        for size in [1_000, LINE, input.len() - 12] {
            let (lines, ended, rest) = read(&input, size);
            assert_eq!(
                lines,
                [&b"1 a"[..], b"2 xxxxxxxxxxxxxxxxxx", b"3 c"],
                "{size}"
            );
            assert!(ended && rest.is_empty());
        }
    }

    #[test]
    fn lists_without_end_end() {
        let endless = |piece: &[u8]| {
            let mut listing = Listing::of_capabilities();
            let mut inbox = BytesMut::new();
            (0..10_000).any(|_| {
                inbox.extend_from_slice(piece);
                listing.read(&mut inbox, |_| {}).is_err()
            })
        };
        assert!(endless(b"X\r\n"));
        assert!(endless(&[b'x'; LINE]));
    }
}
