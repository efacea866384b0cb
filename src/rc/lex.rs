//! Bytes to tokens: the only place that knows pest. Tokens lie end to end and cover the file, so
//! that nothing is lost; lexing cannot fail.
//!
//! The file is lexed in blocks of a few dozen tokens and each block's pairs are copied into small
//! tokens at once: the same speed as one go over the file, a fifth of the memory. A token depends
//! on nothing before it, so lexing may begin at any token and stop as soon as it meets a token of
//! an earlier version again ([`crate::rc::document`]).

use std::borrow::Cow;

use pest::Parser;

/// What a token is by its shape. Meaning comes from the option table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// U+FEFF in UTF-8, as the first bytes of the file only.
    ByteOrderMark,
    /// Blanks, tabs, carriage returns, line feeds, and backslashes that hold two lines together.
    Space,
    /// `#` up to, not including, the line feed.
    Comment,
    /// `=`
    Equals,
    /// `;`, `:`, `,`
    Stop,
    /// An optional `-` and digits, nothing attached.
    Number,
    /// A string in quotes.
    Quoted,
    /// Any other run of characters: a keyword or a bare string.
    Word,
}

/// A token: where it begins and what it is. It ends where the next begins. In four bytes, for
/// there are many.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Token(u32);

impl Token {
    /// A token that begins at `start`, an offset in bytes in its block.
    pub fn new(start: u32, kind: Kind) -> Self {
        Self(start << Self::BITS | kind as u32)
    }

    /// Offset in bytes, in the block.
    pub fn start(self) -> u32 {
        self.0 >> Self::BITS
    }

    /// Shape.
    pub fn kind(self) -> Kind {
        let kind = (self.0 & ((1 << Self::BITS) - 1)) as usize;
        KINDS.get(kind).copied().unwrap_or(Kind::Word)
    }

    /// Room for the shape; 28 bits are left for offsets, of files of 16 MiB.
    const BITS: u32 = 4;
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} at {}", self.kind(), self.start())
    }
}

/// All shapes, in the order of their declaration.
const KINDS: [Kind; 8] = [
    Kind::ByteOrderMark,
    Kind::Space,
    Kind::Comment,
    Kind::Equals,
    Kind::Stop,
    Kind::Number,
    Kind::Quoted,
    Kind::Word,
];

/// A few dozen tokens and their bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// The bytes of its tokens.
    pub bytes: Box<[u8]>,
    /// At least one; the first begins at 0.
    pub tokens: Box<[Token]>,
    /// Line feeds in it.
    pub lines: u32,
    /// Characters behind the last of them; `None` where they are not UTF-8.
    pub tail: Option<u32>,
    /// Where a word begins with `"` or `'` and has no second one: the quote is left open up to
    /// the end of the file, so there is at most one of each.
    pub open: [Option<u32>; 2],
}

impl Block {
    /// A block of these bytes, which the tokens cover.
    pub fn new(bytes: &[u8], tokens: &[Token]) -> Self {
        let open = |quote: u8| {
            let mut words = tokens.iter().enumerate().filter(|(_, token)| {
                token.kind() == Kind::Word && bytes.get(token.start() as usize) == Some(&quote)
            });
            words.find_map(|(index, token)| {
                let end = tokens
                    .get(index + 1)
                    .map_or(bytes.len(), |t| t.start() as usize);
                let inside = bytes.get(token.start() as usize + 1..end)?;
                memchr::memchr(quote, inside)
                    .is_none()
                    .then_some(token.start())
            })
        };
        Self {
            bytes: bytes.into(),
            tokens: tokens.into(),
            lines: memchr::memchr_iter(b'\n', bytes).count() as u32,
            tail: characters(
                bytes
                    .rsplit(|byte| *byte == b'\n')
                    .next()
                    .unwrap_or_default(),
            ),
            open: [open(b'"'), open(b'\'')],
        }
    }

    /// All of `bytes` as one word: a file that is not worth cutting up.
    pub fn whole(bytes: &[u8]) -> Self {
        Self::new(bytes, &[Token::new(0, Kind::Word)])
    }
}

/// How many characters bytes are; `None` where they are not UTF-8.
pub fn characters(bytes: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(text.chars().count() as u32)
}

/// Cuts bytes into blocks, one after the other.
pub struct Lexer<'b> {
    bytes: &'b [u8],
    text: Cow<'b, str>,
    /// How far bytes and text are used up.
    at: usize,
    text_at: usize,
    is_file_start: bool,
    tokens: Vec<Token>,
}

impl<'b> Lexer<'b> {
    /// `bytes` begin at a token; `is_file_start`: at the first of the file.
    pub fn new(bytes: &'b [u8], is_file_start: bool) -> Self {
        Self {
            bytes,
            text: latin1(bytes),
            at: 0,
            text_at: 0,
            is_file_start,
            tokens: Vec::with_capacity(64),
        }
    }

    /// The bytes and tokens of the next block; `None` at the end.
    pub fn block(&mut self) -> Option<(&'b [u8], &[Token])> {
        let bytes = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        self.tokens.clear();
        let end = if self.at == 0 && self.is_file_start && bytes.starts_with(BYTE_ORDER_MARK) {
            self.text_at = BYTE_ORDER_MARK.len() * 2;
            self.push(0, Kind::ByteOrderMark);
            BYTE_ORDER_MARK.len()
        } else {
            self.lex()
        };
        // Every byte begins some token, so this cannot happen; an endless loop must be impossible.
        let end = if end == 0 { bytes.len() } else { end };
        if self.tokens.is_empty() {
            self.push(0, Kind::Word);
        }
        self.at += end;
        Some((bytes.get(..end).unwrap_or(bytes), &self.tokens))
    }

    /// Lexes one block; returns its length in bytes.
    fn lex(&mut self) -> usize {
        let rest = self.text.get(self.text_at..).unwrap_or_default();
        let Ok(pairs) = Shape::parse(Rule::block, rest) else {
            return 0;
        };
        let is_ascii = matches!(self.text, Cow::Borrowed(_));
        let (mut at, mut used) = (0, 0);
        for token in pairs.tokens() {
            let (rule, position) = match token {
                pest::Token::Start { rule, pos } => (Some(rule), pos.pos()),
                pest::Token::End { pos, .. } => (None, pos.pos()),
            };
            at += match is_ascii {
                true => position - used,
                false => rest
                    .get(used..position)
                    .map_or(0, |raw| raw.chars().count()),
            };
            used = position;
            if let Some(kind) = rule.and_then(kind) {
                self.tokens.push(Token::new(at as u32, kind));
            }
        }
        self.text_at += used;
        at
    }

    fn push(&mut self, start: u32, kind: Kind) {
        self.tokens.push(Token::new(start, kind));
    }
}

/// Bytes one to one as U+0000 to U+00FF; borrowed if all are ASCII.
fn latin1(bytes: &[u8]) -> Cow<'_, str> {
    if bytes.is_ascii() {
        return String::from_utf8_lossy(bytes);
    }
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for run in bytes.chunk_by(|a, b| a.is_ascii() == b.is_ascii()) {
        match std::str::from_utf8(run) {
            Ok(run) if run.is_ascii() => text.push_str(run),
            _ => text.extend(run.iter().copied().map(char::from)),
        }
    }
    Cow::Owned(text)
}

/// The value of a quoted or bare string: quotes off, escapes resolved (rcfile.md section 2.1).
/// A NUL ends it, as in any C string.
pub fn value(raw: &[u8], kind: Kind) -> Cow<'_, [u8]> {
    let inner = match kind {
        Kind::Quoted => raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default(),
        _ => raw,
    };
    if memchr::memchr2(b'\\', 0, inner).is_none() {
        return Cow::Borrowed(inner);
    }
    Cow::Owned(unescaped(inner))
}

fn unescaped(mut rest: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rest.len());
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first != b'\\' {
            out.push(first);
            continue;
        }
        // A backslash at the very end is dropped.
        let Some((&escaped, tail)) = rest.split_first() else {
            break;
        };
        let digits = |from: &[u8], base: u32, most: usize| {
            from.iter()
                .take(most)
                .take_while(|b| char::from(**b).is_digit(base))
                .count()
        };
        rest = match escaped {
            b'\n' => tail,
            b'0' => code(&mut out, rest, digits(rest, 8, 3), 8),
            b'1'..=b'9' => code(&mut out, rest, digits(rest, 10, 3), 10),
            b'x' | b'X' => code(&mut out, tail, digits(tail, 16, 2), 16),
            _ => {
                out.push(match escaped {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'b' => 8,
                    b'r' => b'\r',
                    other => other,
                });
                tail
            }
        };
    }
    if let Some(end) = memchr::memchr(0, &out) {
        out.truncate(end);
    }
    out
}

/// Appends the character whose code is the first `count` digits of `from`; returns what follows.
/// Codes beyond 255 wrap, and no digits at all are code 0, as in fetchmail.
fn code<'a>(out: &mut Vec<u8>, from: &'a [u8], count: usize, base: u32) -> &'a [u8] {
    let (digits, rest) = from.split_at_checked(count).unwrap_or((from, &[]));
    let number = digits
        .iter()
        .filter_map(|b| char::from(*b).to_digit(base))
        .fold(0, |sum, digit| sum * base + digit);
    out.push((number & 0xff) as u8);
    rest
}

/// The shape of a token; the block itself is none.
fn kind(rule: Rule) -> Option<Kind> {
    Some(match rule {
        Rule::space => Kind::Space,
        Rule::comment => Kind::Comment,
        Rule::equals => Kind::Equals,
        Rule::stop => Kind::Stop,
        Rule::number => Kind::Number,
        Rule::quoted => Kind::Quoted,
        Rule::word | Rule::odd => Kind::Word,
        Rule::block | Rule::token | Rule::plain | Rule::in_double | Rule::in_single => return None,
        Rule::control | Rule::gap => return None,
    })
}

mod shape {
    #![allow(missing_docs)] // generated
    #[derive(pest_derive::Parser)]
    #[grammar = "rc/grammar.pest"]
    pub struct Shape;
}
use shape::{Rule, Shape};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

#[cfg(test)]
mod tests;
