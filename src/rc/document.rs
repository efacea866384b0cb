//! The file as it is written: every byte, cut into tokens. Lossless by construction: the tokens
//! lie end to end over the bytes, and the bytes are kept.
//!
//! A document never changes. [`Document::replace`] makes another that shares all blocks of tokens
//! it did not have to cut anew, so that keeping the former one for undo costs next to nothing.

mod cut;
mod replace;

use std::borrow::Cow;
use std::sync::Arc;

use crate::rc::diagnostic::Place;
use crate::rc::lex::{self, Block, Kind};
pub use replace::Recut;

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

    /// The same bytes, counted from `start` on.
    pub fn since(self, start: u32) -> Span {
        Span {
            start: self.start.saturating_sub(start),
            end: self.end.saturating_sub(start),
        }
    }

    /// The same bytes, counted from where `start` is counted from.
    pub fn after(self, start: u32) -> Span {
        Span {
            start: self.start + start,
            end: self.end + start,
        }
    }

    /// Number of bytes.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// Whether there is nothing in it.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

/// A token of a document, by its place among the others; past the last it is the end of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    block: u32,
    token: u32,
}

/// An rc file in memory. It holds passwords: `Debug` shows its size only.
#[derive(Clone)]
pub struct Document {
    blocks: Vec<Arc<Block>>,
    /// Where each block begins, and where the last ends.
    starts: Vec<u32>,
    /// What stands before each block.
    marks: Vec<Mark>,
    /// The first word that begins with `"` or `'` and has no second one up to the end of the
    /// file: a quote put in anywhere behind it changes what it is.
    open: [Option<u32>; 2],
}

/// Where a block begins, for people: lines may be as long as the file.
#[derive(Clone, Copy, Debug)]
struct Mark {
    /// Line feeds before it.
    lines: u32,
    /// Where its line begins.
    line_start: u32,
    /// Characters of that line before it; as many as [`NOT_UTF8`] where they are not UTF-8.
    column: u32,
}

const NOT_UTF8: u32 = u32::MAX;

impl Document {
    /// Largest file that is read, in bytes: some 50,000 entries. Anything bigger is not a
    /// `.fetchmailrc`, and yields a document of one word that is refused (threats.md section 6).
    pub const MAX: usize = 16 << 20;

    /// Cuts the file into tokens. Never fails; what is wrong is found by [`crate::rc::outline`].
    pub fn parse(bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        let mut document = Self::empty();
        if bytes.len() > Self::MAX {
            document.blocks.push(Arc::new(Block::whole(bytes)));
        } else {
            document.blocks = cut::all(bytes);
        }
        document.count();
        document
    }

    fn empty() -> Self {
        Self {
            blocks: Vec::new(),
            starts: Vec::new(),
            marks: Vec::new(),
            open: [None; 2],
        }
    }

    /// Offsets and lines of blocks, and the quotes left open.
    fn count(&mut self) {
        let mut start = 0;
        let mut mark = Mark {
            lines: 0,
            line_start: 0,
            column: 0,
        };
        self.starts.reserve(self.blocks.len() + 1);
        self.marks.reserve(self.blocks.len());
        for block in &self.blocks {
            self.starts.push(start);
            self.marks.push(mark);
            for (open, at) in self.open.iter_mut().zip(block.open) {
                *open = open.or(at.map(|at| start + at));
            }
            mark.pass(start, block);
            start += block.bytes.len() as u32;
        }
        self.starts.push(start);
    }

    /// Length in bytes.
    pub fn len(&self) -> u32 {
        self.starts.last().copied().unwrap_or(0)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The file, byte for byte as it was read.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.len() as usize);
        self.blocks
            .iter()
            .for_each(|block| bytes.extend_from_slice(&block.bytes));
        bytes
    }

    /// Shape of a token; `None` past the last.
    pub fn kind(&self, at: At) -> Option<Kind> {
        let block = self.blocks.get(at.block as usize)?;
        Some(block.tokens.get(at.token as usize)?.kind())
    }

    /// The token after this one.
    pub fn next(&self, at: At) -> At {
        let block = self.blocks.get(at.block as usize);
        match block {
            Some(block) if at.token as usize + 1 < block.tokens.len() => At {
                token: at.token + 1,
                ..at
            },
            Some(_) => At {
                block: at.block + 1,
                token: 0,
            },
            None => at,
        }
    }

    /// Bytes of a token; none past the last.
    pub fn raw(&self, at: At) -> &[u8] {
        let Some(block) = self.blocks.get(at.block as usize) else {
            return &[];
        };
        let start = |token: u32| block.tokens.get(token as usize).map(|t| t.start() as usize);
        let end = start(at.token + 1).unwrap_or(block.bytes.len());
        let bytes = start(at.token).and_then(|start| block.bytes.get(start..end));
        bytes.unwrap_or_default()
    }

    /// Where a token lies; past the last, the end of the file.
    pub fn span(&self, at: At) -> Span {
        let token = self
            .blocks
            .get(at.block as usize)
            .and_then(|block| block.tokens.get(at.token as usize));
        let start = match (token, self.starts.get(at.block as usize)) {
            (Some(token), Some(block)) => block + token.start(),
            _ => self.len(),
        };
        Span {
            start,
            end: start + self.raw(at).len() as u32,
        }
    }

    /// The token that holds the byte at `offset`; past the last, the end of the file.
    pub fn at(&self, offset: u32) -> At {
        let block = self.block_at(offset);
        let token = match (self.blocks.get(block), self.starts.get(block)) {
            (Some(block), Some(start)) => {
                let inside = offset.saturating_sub(*start);
                block
                    .tokens
                    .partition_point(|token| token.start() <= inside)
            }
            _ => 1,
        };
        At {
            block: block as u32,
            token: token.saturating_sub(1) as u32,
        }
    }

    /// All tokens, white space and comments included, in order and without gaps.
    pub fn tokens(&self) -> impl Iterator<Item = At> + '_ {
        self.tokens_from(At::default())
    }

    /// The tokens from `at` on.
    pub fn tokens_from(&self, at: At) -> impl Iterator<Item = At> + '_ {
        std::iter::successors(Some(at), |at| Some(self.next(*at)))
            .take_while(|at| self.kind(*at).is_some())
    }

    /// The bytes of a span of this document.
    pub fn slice(&self, span: Span) -> Cow<'_, [u8]> {
        let first = self.block_at(span.start);
        let inside = self.starts.get(first).and_then(|start| {
            let span = span.since(*start);
            let bytes = &self.blocks.get(first)?.bytes;
            bytes.get(span.start as usize..span.end as usize)
        });
        if let Some(bytes) = inside {
            return Cow::Borrowed(bytes);
        }
        let mut bytes = Vec::new();
        for (block, start) in self.blocks.iter().zip(&self.starts).skip(first) {
            if *start >= span.end {
                break;
            }
            let span = span.since(*start);
            let end = (span.end as usize).min(block.bytes.len());
            bytes.extend(
                block
                    .bytes
                    .get(span.start as usize..end)
                    .unwrap_or_default(),
            );
        }
        Cow::Owned(bytes)
    }

    /// Line and column of a span, for people. Columns count characters where the line is UTF-8,
    /// bytes where it is not.
    pub fn place(&self, span: Span) -> Place {
        let (mark, before) = self.mark(span.start);
        let lines = memchr::memchr_iter(b'\n', before).count() as u32;
        let line = before
            .rsplit(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let characters = lex::characters(line);
        let column = match (lines, characters) {
            (0, Some(characters)) if mark.column != NOT_UTF8 => mark.column + characters,
            (1.., Some(characters)) => characters,
            _ => span.start.min(self.len()) - self.line_start(span.start),
        };
        Place {
            line: mark.lines + lines + 1,
            column: column + 1,
            span,
        }
    }

    /// What stands before the block of a byte, and the bytes of the block before it.
    fn mark(&self, offset: u32) -> (Mark, &[u8]) {
        let index = self.block_at(offset.min(self.len().saturating_sub(1)));
        let block = self.blocks.get(index);
        let (Some(block), Some(start), Some(mark)) =
            (block, self.starts.get(index), self.marks.get(index))
        else {
            let mark = Mark {
                lines: 0,
                line_start: 0,
                column: 0,
            };
            return (mark, &[]);
        };
        let inside = offset.saturating_sub(*start) as usize;
        (*mark, block.bytes.get(..inside).unwrap_or(&block.bytes))
    }

    /// Line feeds before `offset`.
    pub fn line_of(&self, offset: u32) -> u32 {
        let (mark, before) = self.mark(offset);
        mark.lines + memchr::memchr_iter(b'\n', before).count() as u32
    }

    /// Where the line of `offset` begins.
    pub fn line_start(&self, offset: u32) -> u32 {
        let (mark, before) = self.mark(offset);
        match memchr::memrchr(b'\n', before) {
            Some(at) => offset.min(self.len()) - (before.len() - at - 1) as u32,
            None => mark.line_start,
        }
    }

    /// Where the line of `offset` ends: its line feed, or the end of the file.
    pub fn line_end(&self, offset: u32) -> u32 {
        let mut start = offset;
        for next in self.starts.iter().skip(self.block_at(offset) + 1) {
            let line_feed = memchr::memchr(b'\n', &self.slice(Span { start, end: *next }));
            if let Some(at) = line_feed {
                return start + at as u32;
            }
            start = *next;
        }
        self.len()
    }

    /// One byte behind the token that holds `offset`, or the end of the file: as much as it takes to
    /// cut the bytes before into the same tokens again.
    pub fn end_behind(&self, offset: u32) -> u32 {
        let end = self.span(self.at(offset)).end;
        end.saturating_add(1).min(self.len())
    }

    fn block_at(&self, offset: u32) -> usize {
        let after = self.starts.partition_point(|start| *start <= offset);
        after.saturating_sub(1)
    }

    /// Whether a word begins with a quote that is never closed.
    pub fn has_open_quote(&self) -> bool {
        self.open != [None; 2]
    }

    /// Whether it begins with a byte order mark, which is none anywhere else.
    fn has_mark(&self) -> bool {
        self.kind(At::default()) == Some(Kind::ByteOrderMark)
    }
}

impl Mark {
    /// Goes on behind a block that begins at `start`.
    fn pass(&mut self, start: u32, block: &Block) {
        let is_line = block.lines == 0;
        self.column = match block.tail {
            Some(tail) if !is_line => tail,
            Some(tail) if self.column != NOT_UTF8 => self.column + tail,
            _ => NOT_UTF8,
        };
        if let Some(at) = memchr::memrchr(b'\n', &block.bytes) {
            self.line_start = start + at as u32 + 1;
        }
        self.lines += block.lines;
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Document {}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Document({} bytes, {} tokens)",
            self.len(),
            self.tokens().count()
        )
    }
}

#[cfg(test)]
pub(in crate::rc) mod tests;
