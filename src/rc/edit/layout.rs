//! Where lines, indentation and comments lie around the things of a file.

use crate::rc::document::{Document, Span};
use crate::rc::edit::write::Style;
use crate::rc::lex::Kind;

/// Looks at the lines of a document.
pub struct Layout<'d>(pub &'d Document);

impl Layout<'_> {
    /// How lines end around `offset`.
    pub fn line_end(&self, offset: u32) -> &'static [u8] {
        let end = self.0.line_end(offset);
        // A last line without an end is like the one before it.
        let end = match end < self.0.len() {
            true => end,
            false => self.0.line_start(offset).saturating_sub(1),
        };
        let before = self.slice(end.saturating_sub(1), end);
        if before == b"\r" { b"\r\n" } else { b"\n" }
    }

    /// The bytes from `start` to `end`.
    pub fn slice(&self, start: u32, end: u32) -> Vec<u8> {
        self.0.slice(Span { start, end }).into_owned()
    }

    /// Blanks and tabs at the start of the line of `offset`.
    pub fn indent(&self, offset: u32) -> Vec<u8> {
        let start = self.0.line_start(offset);
        let line = self.slice(start, self.0.line_end(offset));
        let blanks = line.iter().take_while(|b| matches!(b, b' ' | b'\t'));
        blanks.copied().collect()
    }

    /// Whether nothing but blanks stands before `offset` on its line.
    pub fn is_first(&self, offset: u32) -> bool {
        let before = self.slice(self.0.line_start(offset), offset);
        before.iter().all(|b| b" \t".contains(b))
    }

    /// Whether nothing but blanks and punctuation stands behind `offset` on its line, and perhaps
    /// a comment.
    pub fn is_last(&self, offset: u32) -> bool {
        let after = self.slice(offset, self.0.line_end(offset));
        let after = after.iter().find(|b| !b" \t\r,;:".contains(b));
        matches!(after, None | Some(b'#'))
    }

    /// Whether nothing but blanks stands behind `offset` on its line.
    pub fn is_end(&self, offset: u32) -> bool {
        let after = self.slice(offset, self.0.line_end(offset));
        after.iter().all(|b| b" \t\r,;:".contains(b))
    }

    /// Where the line after that of `offset` begins, or the end of the file.
    pub fn next_line(&self, offset: u32) -> u32 {
        (self.0.line_end(offset) + 1).min(self.0.len())
    }

    /// Whether the line of `offset` holds nothing but blanks.
    pub fn is_blank(&self, offset: u32) -> bool {
        let line = self.slice(self.0.line_start(offset), self.0.line_end(offset));
        line.iter().all(|b| b" \t\r".contains(b))
    }

    /// Whether the line of `offset` is a comment, and how far it is indented.
    pub fn comment(&self, offset: u32) -> Option<usize> {
        let start = self.0.line_start(offset);
        let indent = self.indent(offset).len();
        let at = self.0.at(start + indent as u32);
        let is_comment = self.0.kind(at) == Some(Kind::Comment);
        (is_comment && self.0.span(at).start == start + indent as u32).then_some(indent)
    }

    /// From `offset`, first on its line, back over the comment lines that stand directly above and
    /// are not indented further: they are about what begins there.
    pub fn comments_above(&self, offset: u32) -> u32 {
        let indent = self.indent(offset).len();
        let mut start = self.0.line_start(offset);
        while let Some(above) = start.checked_sub(1) {
            match self.comment(above) {
                Some(other) if other <= indent => start = self.0.line_start(above),
                _ => break,
            }
        }
        start
    }

    /// From the end of something back-to-front: the start of the line behind it, comment lines
    /// that are indented further than `indent` included: they belong to it.
    pub fn comments_below(&self, offset: u32, indent: usize) -> u32 {
        let mut end = self.next_line(offset);
        while end < self.0.len() && self.comment(end).is_some_and(|other| other > indent) {
            end = self.next_line(end);
        }
        end
    }

    /// What to take out so that nothing of `span` is left: its lines, if there is nothing else on
    /// them, else the blanks before it, so that its neighbours stay apart.
    pub fn removal(&self, span: Span) -> Span {
        let is_first = self.is_first(span.start);
        if is_first && self.is_end(span.end) {
            return Span {
                start: self.0.line_start(span.start),
                end: self.next_line(span.end),
            };
        }
        let blanks = |bytes: Vec<u8>, reverse: bool| {
            let is_blank = |b: &&u8| b" \t".contains(b);
            match reverse {
                true => bytes.iter().rev().take_while(is_blank).count() as u32,
                false => bytes.iter().take_while(is_blank).count() as u32,
            }
        };
        if is_first {
            let after = self.slice(span.end, self.0.line_end(span.end));
            return Span {
                start: span.start,
                end: span.end + blanks(after, false),
            };
        }
        let before = self.slice(self.0.line_start(span.start), span.start);
        Span {
            start: span.start - blanks(before, true),
            end: span.end,
        }
    }

    /// How strings are written within `span`.
    pub fn style(&self, span: Span) -> Style {
        let mut count = (0, 0);
        for at in self.0.tokens_from(self.0.at(span.start)) {
            if self.0.span(at).start >= span.end {
                break;
            }
            match (self.0.kind(at), self.0.raw(at).first()) {
                (Some(Kind::Quoted), Some(b'\'')) => count.1 += 1,
                (Some(Kind::Quoted), _) => count.0 += 1,
                _ => {}
            }
        }
        Style {
            quote: if count.1 > count.0 { b'\'' } else { b'"' },
            always_quotes: false,
        }
    }
}
