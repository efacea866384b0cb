//! Line ends of a message on its way to a sink, chunk by chunk.

use bytes::{Bytes, BytesMut};
use memchr::memchr_iter;

/// What becomes of line ends; remembers what a chunk border cut in two.
#[derive(Debug)]
pub enum LineEnds {
    /// As the server sent them. SMTP and LMTP sinks make CRLF themselves.
    AsTheyAre,
    /// `stripcr`: CRLF becomes LF. A CR inside a line is content and stays; fetchmail takes those
    /// out too.
    Strip {
        /// The last chunk ended in CR.
        held: bool,
    },
    /// `forcecr`: a bare LF becomes CRLF.
    Force {
        /// The last byte was CR.
        after_cr: bool,
    },
}

impl LineEnds {
    /// `stripcr` beats `forcecr`, as in fetchmail(1).
    pub fn new(strip: bool, force: bool) -> Self {
        match (strip, force) {
            (true, _) => Self::Strip { held: false },
            (false, true) => Self::Force { after_cr: false },
            (false, false) => Self::AsTheyAre,
        }
    }

    /// The chunk with its line ends changed; may be empty when a CR is held back.
    pub fn apply(&mut self, chunk: Bytes) -> Bytes {
        match self {
            Self::AsTheyAre => chunk,
            Self::Strip { held } => strip(held, &chunk),
            Self::Force { after_cr } => force(after_cr, &chunk),
        }
    }

    /// What was held back at the end of the message.
    pub fn finish(self) -> Bytes {
        match self {
            Self::Strip { held: true } => Bytes::from_static(b"\r"),
            _ => Bytes::new(),
        }
    }
}

fn strip(held: &mut bool, chunk: &[u8]) -> Bytes {
    let Some(&first) = chunk.first() else {
        return Bytes::new();
    };
    let mut out = BytesMut::with_capacity(chunk.len() + 1);
    if std::mem::take(held) && first != b'\n' {
        out.extend_from_slice(b"\r");
    }
    let mut from = 0;
    for cr in memchr_iter(b'\r', chunk) {
        match chunk.get(cr + 1) {
            Some(b'\n') => {
                out.extend_from_slice(&chunk[from..cr]);
                from = cr + 1;
            }
            Some(_) => {}
            None => {
                out.extend_from_slice(&chunk[from..cr]);
                from = cr + 1;
                *held = true;
            }
        }
    }
    out.extend_from_slice(&chunk[from..]);
    out.freeze()
}

fn force(after_cr: &mut bool, chunk: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(chunk.len() + chunk.len() / 32);
    let mut from = 0;
    for lf in memchr_iter(b'\n', chunk) {
        let has_cr = if lf == 0 {
            *after_cr
        } else {
            chunk[lf - 1] == b'\r'
        };
        out.extend_from_slice(&chunk[from..lf]);
        if !has_cr {
            out.extend_from_slice(b"\r");
        }
        from = lf;
    }
    out.extend_from_slice(&chunk[from..]);
    if let Some(last) = chunk.last() {
        *after_cr = *last == b'\r';
    }
    out.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(strip: bool, force: bool, input: &[u8], expected: &[u8]) {
        for cut in 0..=input.len() {
            let mut ends = LineEnds::new(strip, force);
            let mut out = Vec::new();
            out.extend_from_slice(&ends.apply(Bytes::copy_from_slice(&input[..cut])));
            out.extend_from_slice(&ends.apply(Bytes::copy_from_slice(&input[cut..])));
            out.extend_from_slice(&ends.finish());
            assert_eq!(
                out.escape_ascii().to_string(),
                expected.escape_ascii().to_string()
            );
        }
    }

    #[test]
    fn any_cut_gives_the_same() {
        let mixed = b"a\r\nb\nc\rd\r\r\n\n\r";
        check(false, false, mixed, mixed);
        check(true, false, mixed, b"a\nb\nc\rd\r\n\n\r");
        check(false, true, mixed, b"a\r\nb\r\nc\rd\r\r\n\r\n\r");
        check(true, true, b"x\r\n", b"x\n");
        check(true, false, b"", b"");
    }
}
