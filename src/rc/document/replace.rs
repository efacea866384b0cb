//! A document with other bytes in the place of some.

use crate::rc::document::{Document, Span, cut};
use crate::rc::lex::{Kind, Lexer};

/// What a replacement had to cut anew: everything before and behind is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recut {
    /// Tokens that begin before this offset are the old ones, unless they end here.
    pub from: u32,
    /// In the old document, where the old tokens go on.
    pub old_end: u32,
    /// The same place in the new document.
    pub new_end: u32,
}

/// How far beyond a change is looked first, in bytes.
const NEAR: u32 = 4096;

impl Document {
    /// The document with other bytes in the place of some, and what had to be cut anew. The same
    /// tokens as if the result had been parsed from nothing.
    pub fn replace(&self, span: Span, with: &[u8]) -> (Document, Recut) {
        let end = span.end.min(self.len());
        let span = Span {
            start: span.start.min(end),
            end,
        };
        let first = self.first_touched(span.start, with);
        if self.len() as usize - span.len() + with.len() > Self::MAX {
            return self.replace_whole(span, with);
        }
        // Nearly always a look at the next few lines is enough.
        let near = span.end.saturating_add(NEAR).min(self.len());
        self.recut(first, span, with, near)
            .or_else(|| self.recut(first, span, with, self.len()))
            .unwrap_or_else(|| self.replace_whole(span, with))
    }

    fn replace_whole(&self, span: Span, with: &[u8]) -> (Document, Recut) {
        let mut whole = self.bytes();
        whole.splice(span.start as usize..span.end as usize, with.iter().copied());
        let recut = Recut {
            from: 0,
            old_end: self.len(),
            new_end: whole.len() as u32,
        };
        (Self::parse(whole), recut)
    }

    /// Cuts everything from block `first` on anew, with `with` in the place of `span`, until a
    /// token begins where a block of this document begins. `None` if that cannot be said by the
    /// bytes up to `near`.
    fn recut(&self, first: usize, span: Span, with: &[u8], near: u32) -> Option<(Document, Recut)> {
        let from = self.starts.get(first).copied().unwrap_or(0);
        let slice = |start, end| self.slice(Span { start, end });
        let bytes = [&slice(from, span.start)[..], with, &slice(span.end, near)].concat();
        let settled = (span.start - from) as usize + with.len();
        let is_partial = near < self.len();
        // The block of this document that begins at an offset in `bytes`.
        let known = |at: usize, kind: Kind| {
            let old = (at.checked_sub(settled)?) as u32 + span.end;
            let is_mark = kind == Kind::ByteOrderMark || (old == 0 && self.has_mark());
            self.starts.binary_search(&old).ok().filter(|_| !is_mark)
        };
        let cut::Part {
            blocks,
            length,
            rest,
        } = cut::until(Lexer::new(&bytes, from == 0), known);
        let rest = rest.unwrap_or(self.blocks.len());
        // What lies beyond may make a string of an open quote, or continue the last token.
        let is_open = blocks.iter().any(|block| block.open != [None; 2]);
        if is_partial && (is_open || rest == self.blocks.len()) {
            return None;
        }
        let before = self.blocks.iter().take(first).cloned();
        let after = self.blocks.iter().skip(rest).cloned();
        let mut next = Self::empty();
        next.blocks = before.chain(blocks).chain(after).collect();
        next.count();
        let recut = Recut {
            from,
            old_end: self.starts.get(rest).copied().unwrap_or(self.len()),
            new_end: from + length as u32,
        };
        Some((next, recut))
    }

    /// The block of the first token that a change at `offset` may concern: the one that ends
    /// there, because a token looks one byte ahead, or a quote left open that `with` may close.
    fn first_touched(&self, offset: u32, with: &[u8]) -> usize {
        // Three bytes at the start may be, or cease to be, a byte order mark.
        let mut first = if offset < 4 { 0 } else { offset - 1 };
        for (quote, open) in [b'"', b'\''].into_iter().zip(self.open) {
            if let Some(open) = open.filter(|_| with.contains(&quote)) {
                first = first.min(open);
            }
        }
        self.block_at(first)
    }
}
