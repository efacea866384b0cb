//! Gathering a message's header while its body streams on.

use bytes::{Bytes, BytesMut};
use memchr::memchr;

/// Most octets of header that are looked at (threats.md section 6); what is longer passes through
/// unparsed with the body.
pub const HEADER_MAX: usize = 1 << 20;

/// Takes chunks until the header is complete.
#[derive(Default)]
pub struct Collector {
    gathered: BytesMut,
    /// Start of the line that is being looked at.
    line: usize,
}

/// A header as it came: its fields, and where the body starts.
#[derive(Debug, PartialEq, Eq)]
pub struct Header {
    /// All header lines with their line ends, without the empty line that ends them.
    pub lines: Bytes,
    /// What follows in the chunks seen so far, beginning with the empty line if there is one, of
    /// whose CRs at most one is left.
    pub rest: Bytes,
}

impl Collector {
    /// Takes the next chunk. Once the header is complete its value is returned, and the
    /// collector must not be used again.
    pub fn push(&mut self, chunk: &Bytes) -> Option<Header> {
        self.gathered.extend_from_slice(chunk);
        while let Some(length) = memchr(b'\n', &self.gathered[self.line..]) {
            let line = &self.gathered[self.line..self.line + length];
            if line.iter().all(|b| *b == b'\r') {
                let header = self.split(self.line);
                // Readers take only CRLF for the empty line that this one is.
                let too_many = length.saturating_sub(1);
                let rest = header.rest.slice(too_many..);
                return Some(Header { rest, ..header });
            }
            self.line += length + 1;
        }
        (self.gathered.len() >= HEADER_MAX).then(|| self.split(self.line))
    }

    /// The message has ended without an empty line.
    pub fn finish(mut self) -> Header {
        let end = self.gathered.len();
        self.split(end)
    }

    fn split(&mut self, at: usize) -> Header {
        let mut all = std::mem::take(&mut self.gathered).freeze();
        let lines = all.split_to(at);
        Header { lines, rest: all }
    }
}

impl Header {
    /// Whether it ended with an empty line, and is not only the beginning of a longer one.
    pub fn is_whole(&self) -> bool {
        let mut rest = self.rest.iter();
        rest.find(|b| **b != b'\r') == Some(&b'\n')
    }

    /// The physical fields: each a line with its continuation lines and line ends.
    pub fn fields(&self) -> Fields<'_> {
        fields(&self.lines)
    }
}

/// The physical fields of header lines: each a line with its continuation lines and line ends.
pub fn fields(lines: &[u8]) -> Fields<'_> {
    Fields { rest: lines }
}

/// Iterator over [`fields`].
pub struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Fields<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let mut end = 0;
        loop {
            match memchr(b'\n', &self.rest[end..]) {
                None => end = self.rest.len(),
                Some(length) => end += length + 1,
            }
            if !matches!(self.rest.get(end), Some(b' ' | b'\t')) {
                break;
            }
        }
        let (field, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(field)
    }
}

/// Name and body of a field: the name without the colon and blanks before it, the body with
/// its folding and line end. `None` if the line has no colon.
pub fn split_field(field: &[u8]) -> Option<(&[u8], &[u8])> {
    let first_line = memchr(b'\n', field).map_or(field, |end| &field[..end]);
    let colon = memchr(b':', first_line)?;
    Some((field[..colon].trim_ascii_end(), &field[colon + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(message: &[u8], lines: &[u8], rest: &[u8]) {
        for cut in 0..=message.len() {
            let mut collector = Collector::default();
            let mut chunks = [&message[..cut], &message[cut..]].into_iter();
            let found = chunks
                .by_ref()
                .find_map(|chunk| collector.push(&Bytes::copy_from_slice(chunk)));
            let tail: Vec<u8> = chunks.flatten().copied().collect();
            let header = found.unwrap_or_else(|| collector.finish());
            assert_eq!(&header.lines[..], lines);
            assert_eq!([&header.rest[..], &tail].concat(), rest);
        }
    }

    #[test]
    fn ends_at_the_first_empty_line() {
        check(
            b"A: 1\r\nB: 2\r\n\r\nbody\r\n\r\n",
            b"A: 1\r\nB: 2\r\n",
            b"\r\nbody\r\n\r\n",
        );
        check(b"A: 1\n\nbody", b"A: 1\n", b"\nbody");
        check(b"A: 1\n\r\r\r\n\r\r\nbody", b"A: 1\n", b"\r\n\r\r\nbody");
        check(b"\r\nbody", b"", b"\r\nbody");
        check(b"A: 1\r\n", b"A: 1\r\n", b"");
        check(b"A: 1", b"A: 1", b"");
        check(b"", b"", b"");
    }

    #[test]
    fn a_header_without_end_is_bounded() {
        let mut collector = Collector::default();
        let line = Bytes::from([b"X: ".as_slice(), &[b'x'; 60_000], b"\r\n"].concat());
        let mut pushed = 0;
        let header = loop {
            pushed += line.len();
            if let Some(header) = collector.push(&line) {
                break header;
            }
        };
        assert!(pushed < HEADER_MAX + 2 * line.len());
        assert_eq!(header.lines.len() + header.rest.len(), pushed);
    }

    #[test]
    fn fields_hold_their_continuations() {
        let header = Header {
            lines: Bytes::from_static(b"A: 1\r\n 2\r\n\t3\r\nB : 4\r\nC"),
            rest: Bytes::new(),
        };
        let fields: Vec<_> = header.fields().collect();
        assert_eq!(fields, [&b"A: 1\r\n 2\r\n\t3\r\n"[..], b"B : 4\r\n", b"C"]);
        assert_eq!(split_field(fields[1]), Some((&b"B"[..], &b" 4\r\n"[..])));
        assert_eq!(split_field(fields[2]), None);
    }
}
