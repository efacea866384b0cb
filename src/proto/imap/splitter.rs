//! Cuts the server's stream into responses. A response is a line, or several joined by literals
//! (RFC 9051 section 4.3); the literal that is a message body is not joined but handed on as it
//! comes, whatever its length.
//!
//! `{N}` is looked for only at the end of lines where a literal may be: status responses and
//! continuations hold free text, and Gmail writes braces into it.

use bytes::{Bytes, BytesMut};
use memchr::{memchr, memrchr};

use super::{LABEL, LINE_MAX, LITERAL_MAX, RESPONSE_MAX};
use crate::proto::machine::{Error, Line, excerpt, take_line, trace_received};

/// What stands in a response where a body went by: no server can mean anything by it.
pub const PASSED: &[u8] = b"{}";

/// From this length on a SEARCH response is handed on in pieces: a large mailbox gives a line of
/// any length.
const SEARCH_PIECE: usize = 16 * 1024;

/// A piece of the stream.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// A whole response without its line end; literals are inside, as they were sent. A body
    /// that went by before is [`PASSED`].
    Response(Bytes),
    /// Numbers of a SEARCH response, or some of them; never cut within a number.
    Hits(Bytes),
    /// A body begins.
    Body {
        /// The response as far as it came: `* 12 FETCH (UID 7 BODY[]`.
        head: Bytes,
        /// Octets to come.
        size: u64,
    },
    /// The next octets of the body.
    Chunk(Bytes),
    /// Nothing before more octets come.
    Input,
}

/// The inbox and how far it has been understood.
#[derive(Debug, Default)]
pub struct Splitter {
    /// Where the pump puts the server's octets.
    pub inbox: BytesMut,
    /// The beginning of a response whose literals are still coming.
    partial: BytesMut,
    within: Within,
}

#[derive(Debug, Default, Clone, Copy)]
enum Within {
    #[default]
    Line,
    /// Octets still to come of a literal that is kept in the response.
    Literal(usize),
    /// Octets still to come of a body.
    Body(u64),
    /// In the middle of a SEARCH response.
    Search,
}

impl Splitter {
    /// Whether nothing at all is waiting: the state in which TLS may be started.
    pub fn is_empty(&self) -> bool {
        self.inbox.is_empty() && self.is_between()
    }

    /// Whether the stream may end here without cutting a response.
    pub fn is_between(&self) -> bool {
        self.partial.is_empty() && matches!(self.within, Within::Line)
    }

    /// The next piece.
    pub fn piece(&mut self) -> Result<Piece, Error> {
        loop {
            let piece = match self.within {
                Within::Body(left) => self.body(left),
                Within::Literal(left) => self.literal(left),
                Within::Search => self.hits()?,
                Within::Line if self.is_search() => self.hits()?,
                Within::Line => self.line()?,
            };
            if let Some(piece) = piece {
                return Ok(piece);
            }
        }
    }

    fn body(&mut self, left: u64) -> Option<Piece> {
        if left == 0 {
            self.within = Within::Line;
            return None;
        }
        if self.inbox.is_empty() {
            return Some(Piece::Input);
        }
        let here = usize::try_from(left).map_or(self.inbox.len(), |n| n.min(self.inbox.len()));
        self.within = Within::Body(left - here as u64);
        Some(Piece::Chunk(self.inbox.split_to(here).freeze()))
    }

    fn literal(&mut self, left: usize) -> Option<Piece> {
        let here = left.min(self.inbox.len());
        self.partial.extend_from_slice(&self.inbox.split_to(here));
        if here == left {
            self.within = Within::Line;
            None
        } else {
            self.within = Within::Literal(left - here);
            Some(Piece::Input)
        }
    }

    fn line(&mut self) -> Result<Option<Piece>, Error> {
        let line = match take_line(&mut self.inbox, LINE_MAX)? {
            Line::Partial => return Ok(Some(Piece::Input)),
            Line::Whole(line) => line,
        };
        trace_received(LABEL, &line);
        if self.partial.len() + line.len() > RESPONSE_MAX {
            return Err(Error::TooMuch {
                what: "a response without end",
            });
        }
        let announced = if self.partial.is_empty() && !may_hold_literals(&line) {
            None
        } else {
            announced(&line)?
        };
        let Some((text, size)) = announced else {
            return Ok(Some(Piece::Response(self.complete(line))));
        };
        let text = line.get(..text).unwrap_or_default();
        if is_body_item(text) {
            self.partial.extend_from_slice(text);
            let head = Bytes::copy_from_slice(&self.partial);
            self.partial.extend_from_slice(PASSED);
            self.within = Within::Body(size);
            return Ok(Some(Piece::Body { head, size }));
        }
        if size > LITERAL_MAX {
            return Err(Error::TooMuch { what: "a literal" });
        }
        self.partial.extend_from_slice(&line);
        self.partial.extend_from_slice(b"\r\n");
        self.within = Within::Literal(usize::try_from(size).unwrap_or(usize::MAX));
        Ok(None)
    }

    /// The response that ends with `line`; without literals it is the line itself, not copied.
    fn complete(&mut self, line: Bytes) -> Bytes {
        if self.partial.is_empty() {
            return line;
        }
        self.partial.extend_from_slice(&line);
        self.partial.split().freeze()
    }

    fn is_search(&self) -> bool {
        self.partial.is_empty()
            && self
                .inbox
                .get(..SEARCH.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(SEARCH))
    }

    fn hits(&mut self) -> Result<Option<Piece>, Error> {
        let window = self.inbox.len().min(LINE_MAX);
        let window = self.inbox.get(..window).unwrap_or_default();
        let (cut, within) = match memchr(b'\n', window) {
            Some(end) => (end + 1, Within::Line),
            None if window.len() < SEARCH_PIECE => return Ok(Some(Piece::Input)),
            None => match memrchr(b' ', window) {
                Some(blank) => (blank + 1, Within::Search),
                None => {
                    return Err(Error::TooMuch {
                        what: "a number without end",
                    });
                }
            },
        };
        let is_first = !matches!(self.within, Within::Search);
        self.within = within;
        let mut piece = self.inbox.split_to(cut).freeze();
        trace_received(LABEL, piece.trim_ascii_end());
        if is_first {
            piece = piece.slice(SEARCH.len().min(piece.len())..);
        }
        Ok(Some(Piece::Hits(piece)))
    }
}

/// The beginning of the response that may be longer than any line.
const SEARCH: &[u8] = b"* SEARCH";

/// Untagged data responses may; status responses, tagged responses, continuations and lines that
/// are no responses at all may not.
fn may_hold_literals(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"* ") else {
        return false;
    };
    let word = rest.trim_ascii_start();
    let end = memchr(b' ', word).unwrap_or(word.len());
    let word = word.get(..end).unwrap_or_default();
    !STATUS_WORDS
        .iter()
        .any(|status| word.eq_ignore_ascii_case(status))
}

const STATUS_WORDS: [&[u8]; 5] = [b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH"];

/// The literal announced at the end of a line: where its `{` (or `~{`) stands, and its size.
/// Braces around something else are text; a size that is no number is an error, because what
/// follows could be taken for responses.
fn announced(line: &[u8]) -> Result<Option<(usize, u64)>, Error> {
    let Some(inner) = line.strip_suffix(b"}") else {
        return Ok(None);
    };
    let Some(open) = memrchr(b'{', inner) else {
        return Ok(None);
    };
    let (text, number) = inner.split_at(open);
    let number = number.strip_prefix(b"{").unwrap_or_default();
    let is_numeric = |b: &u8| b.is_ascii_digit() || matches!(b, b'-' | b'+');
    if number.is_empty() || !number.iter().all(is_numeric) {
        return Ok(None);
    }
    let digits = number.strip_suffix(b"+").unwrap_or(number);
    let size = super::scan::number(digits).ok_or_else(|| Error::Broken {
        what: "the size of a literal",
        line: excerpt(line),
    })?;
    let text = text.strip_suffix(b"~").unwrap_or(text);
    Ok(Some((text.len(), size)))
}

/// Whether the value that follows this text is the whole message: `BODY[]`, which is what is
/// asked for, or a name that a server may answer in its place. `BODY[]<0>` is only a part.
fn is_body_item(text: &[u8]) -> bool {
    let text = text.trim_ascii_end();
    let start = text
        .iter()
        .rposition(|b| matches!(b, b' ' | b'('))
        .map_or(0, |at| at + 1);
    super::response::is_body_name(text.get(start..).unwrap_or_default())
}

#[cfg(test)]
mod tests;
