//! The file as it is written: every byte, cut into tokens. Lossless by construction: the tokens
//! lie end to end over the bytes, and the bytes are kept.

use crate::rc::diagnostic::Place;
use crate::rc::lex::{self, Kind, Token};

/// Some bytes of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// First byte after it.
    pub end: u32,
}

impl Span {
    /// From the start of this one to the end of `last`.
    pub fn to(self, last: Span) -> Span {
        Span {
            start: self.start,
            end: last.end,
        }
    }
}

/// An rc file in memory. It holds passwords: `Debug` shows its size only.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    bytes: Vec<u8>,
    tokens: Vec<Token>,
    lines: Vec<u32>,
}

impl Document {
    /// Largest file that is read, in bytes: some 200,000 entries. Anything bigger is not a
    /// `.fetchmailrc`, and yields a document of one word that is refused.
    pub const MAX: usize = 64 << 20;

    /// Cuts the file into tokens. Never fails; what is wrong is found by [`crate::rc::settings::read`].
    pub fn parse(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        let (tokens, lines) = if bytes.len() > Self::MAX {
            (
                vec![Token {
                    start: 0,
                    kind: Kind::Word,
                }],
                Vec::new(),
            )
        } else {
            let starts = memchr::memchr_iter(b'\n', &bytes).map(|at| at as u32 + 1);
            (lex::lex(&bytes), starts.collect())
        };
        Self {
            bytes,
            tokens,
            lines,
        }
    }

    /// The file, byte for byte as it was read.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// All tokens, white space and comments included, in order and without gaps.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Where token number `index` lies; past the last, the end of the file.
    pub fn span(&self, index: usize) -> Span {
        let end = self.bytes.len() as u32;
        let start = |i: usize| self.tokens.get(i).map_or(end, |token| token.start);
        Span {
            start: start(index),
            end: start(index + 1),
        }
    }

    /// The bytes of a span of this document.
    pub fn slice(&self, span: Span) -> &[u8] {
        self.bytes
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    /// Line and column of a span, for people. Columns count characters where the line is UTF-8,
    /// bytes where it is not.
    pub fn place(&self, span: Span) -> Place {
        let line = self.lines.partition_point(|start| *start <= span.start);
        let start = line
            .checked_sub(1)
            .and_then(|i| self.lines.get(i))
            .map_or(0, |s| *s);
        let before = self.slice(Span {
            start,
            end: span.start,
        });
        let column = std::str::from_utf8(before).map_or(before.len(), |s| s.chars().count());
        Place {
            line: line as u32 + 1,
            column: column as u32 + 1,
            span,
        }
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Document({} bytes, {} tokens)",
            self.bytes.len(),
            self.tokens.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_password() {
        let shown = format!("{:?}", Document::parse("poll a user b pass hunter2"));
        assert_eq!(shown, "Document(26 bytes, 11 tokens)");
    }

    #[test]
    fn what_is_too_large_is_refused_at_once() {
        let document = Document::parse(vec![b' '; Document::MAX + 1]);
        assert_eq!(document.tokens().len(), 1);
        let (_, found) = crate::rc::settings::read(&document);
        assert_eq!(
            found.iter().map(|d| d.slug).collect::<Vec<_>>(),
            ["too-large"]
        );
    }
}
