//! The tokens of a file and what lies around them, for those who repair it.

use crate::rc::document::{Document, Span};
use crate::rc::edit::Change;
use crate::rc::lex::Kind;
use crate::rc::mask;
use crate::rc::option::meaning;

/// All tokens with their places.
pub struct Tokens {
    bytes: Vec<u8>,
    tokens: Vec<(Span, Kind)>,
    secrets: Vec<Span>,
}

impl Tokens {
    pub fn new(document: &Document) -> Self {
        let bytes = document.bytes();
        let token = |at| Some((document.span(at), document.kind(at)?));
        Self {
            tokens: document.tokens().filter_map(token).collect(),
            secrets: mask::secrets(document),
            bytes,
        }
    }

    pub fn secrets(&self) -> &[Span] {
        &self.secrets
    }

    pub fn raw(&self, span: Span) -> &[u8] {
        self.bytes
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    /// The token that begins at `start`: its number and shape.
    pub fn at(&self, start: u32) -> Option<(usize, Kind)> {
        let index = self
            .tokens
            .binary_search_by_key(&start, |(span, _)| span.start)
            .ok()?;
        Some((index, self.tokens.get(index)?.1))
    }

    fn is_word(&self, index: usize) -> bool {
        match self.tokens.get(index) {
            Some((span, Kind::Word)) => !is_noise(self.raw(*span)),
            Some((_, Kind::Number | Kind::Quoted | Kind::Equals)) => true,
            _ => false,
        }
    }

    /// The word before a token, and its number.
    pub fn word_before(&self, index: usize) -> Option<(Span, usize)> {
        let found = (0..index).rev().find(|i| self.is_word(*i))?;
        Some((self.tokens.get(found)?.0, found))
    }

    pub fn next_word(&self, index: usize) -> Option<(Span, usize)> {
        let found = (index + 1..self.tokens.len()).find(|i| self.is_word(*i))?;
        Some((self.tokens.get(found)?.0, found))
    }

    pub fn end_of_word_before(&self, index: usize) -> u32 {
        self.word_before(index).map_or(0, |(span, _)| span.end)
    }

    /// Everything around a token that no blank parts, stops at its end left out; and the number of
    /// its first token.
    pub fn run(&self, index: usize) -> Option<(Span, usize)> {
        let is_part = |i: &usize| {
            let kind = self.tokens.get(*i).map(|(_, kind)| *kind);
            matches!(
                kind,
                Some(Kind::Word | Kind::Number | Kind::Quoted | Kind::Equals | Kind::Stop)
            )
        };
        let first = (0..=index).rev().take_while(is_part).last()?;
        let mut last = (index..self.tokens.len()).take_while(is_part).last()?;
        while last > first && self.tokens.get(last)?.1 == Kind::Stop {
            last -= 1;
        }
        Some((
            self.tokens.get(first)?.0.to(self.tokens.get(last)?.0),
            first,
        ))
    }

    /// Where the words of a token's line end, comments left out.
    pub fn end_of_line(&self, index: usize) -> u32 {
        let is_of_line = |i: &usize| {
            let token = self.tokens.get(*i);
            token.is_some_and(|(span, kind)| match kind {
                Kind::Comment => false,
                Kind::Space => !self.raw(*span).contains(&b'\n'),
                _ => true,
            })
        };
        let words = (index..self.tokens.len())
            .take_while(is_of_line)
            .filter(|i| self.is_word(*i));
        words.last().map_or(0, |i| self.tokens[i].0.end)
    }

    /// Where an option begins, with the noise words before it on its line.
    pub fn start_of_option(&self, option: Span) -> u32 {
        let Some((mut index, _)) = self.at(option.start) else {
            return option.start;
        };
        let mut start = option.start;
        while let Some((span, kind)) = index.checked_sub(1).and_then(|i| self.tokens.get(i)) {
            match kind {
                Kind::Space if !self.raw(*span).contains(&b'\n') => {}
                Kind::Word if is_noise(self.raw(*span)) => start = span.start,
                _ => break,
            }
            index -= 1;
        }
        start
    }

    /// The text put before what begins at `start`: on a line of its own if that begins one.
    pub fn in_front_of(&self, start: u32, text: &[u8]) -> Change {
        let line = self.line_start(start);
        let indent = self.raw(Span {
            start: line,
            end: start,
        });
        let with = match indent.iter().all(|b| b" \t".contains(b)) {
            true => [text, b"\n", indent].concat(),
            false => [text, b" "].concat(),
        };
        Change {
            span: Span { start, end: start },
            with,
        }
    }

    /// The removal of an option: with its line if it is alone there, else with the blanks before it.
    pub fn removal(&self, option: Span) -> Change {
        let line = self.line_start(option.start);
        let rest = self.bytes.get(option.end as usize..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |newline| newline + 1);
        let before = self.raw(Span {
            start: line,
            end: option.start,
        });
        let is_blank = |b: &u8| b" \t\r,;:".contains(b);
        let behind = rest.get(..end).unwrap_or_default();
        let is_alone = before.iter().all(is_blank) && behind.trim_ascii_end().iter().all(is_blank);
        let blanks = before.iter().rev().take_while(|b| is_blank(b)).count() as u32;
        let span = match is_alone {
            true => Span {
                start: line,
                end: option.end + end as u32,
            },
            false => Span {
                start: option.start - blanks,
                end: option.end,
            },
        };
        Change {
            span,
            with: Vec::new(),
        }
    }

    fn line_start(&self, at: u32) -> u32 {
        let before = self.bytes.get(..at as usize).unwrap_or_default();
        memchr::memrchr(b'\n', before).map_or(0, |newline| newline as u32 + 1)
    }

    /// The last quote before `end` that is closed in another line, or never: the quote alone.
    pub fn open_quote(&self, end: u32) -> Option<Span> {
        let is_open = |(span, kind): &&(Span, Kind)| {
            let raw = self.raw(*span);
            let is_quote = matches!(raw.first(), Some(b'"' | b'\''));
            match kind {
                Kind::Quoted => {
                    let lines = memchr::memchr_iter(b'\n', raw);
                    lines
                        .map(|at| raw.get(at.wrapping_sub(1)))
                        .any(|b| b != Some(&b'\\'))
                }
                Kind::Word => is_quote && !raw.get(1..).unwrap_or_default().contains(&raw[0]),
                _ => false,
            }
        };
        let before = self.tokens.iter().take_while(|(span, _)| span.start < end);
        let (span, _) = before.filter(is_open).last()?;
        Some(Span {
            start: span.start,
            end: span.start + 1,
        })
    }
}

fn is_noise(word: &[u8]) -> bool {
    meaning(word).is_some_and(|meaning| meaning.is_noise)
}
