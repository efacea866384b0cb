//! Bytes to tokens: the only place that knows pest. Tokens lie end to end and cover the file, so
//! that nothing is lost; lexing cannot fail.
//!
//! The file is lexed in blocks of a few dozen tokens and each block's pairs are copied into small
//! tokens at once: the same speed as one go over the file, a fifth of the memory.

use std::borrow::Cow;

use pest::Parser;

/// What a token is by its shape. Meaning comes from the option table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// U+FEFF in UTF-8, as the first bytes of the file only.
    ByteOrderMark,
    /// Blanks, tabs, carriage returns.
    Blank,
    /// A line feed.
    Newline,
    /// Backslash and line feed between tokens.
    Join,
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

/// A token: where it begins and what it is. It ends where the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Offset in bytes.
    pub start: u32,
    /// Shape.
    pub kind: Kind,
}

/// Cuts `bytes` into tokens.
pub fn lex(bytes: &[u8]) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(bytes.len() / 6);
    let mut at = 0;
    if bytes.starts_with(BYTE_ORDER_MARK) {
        tokens.push(Token {
            start: 0,
            kind: Kind::ByteOrderMark,
        });
        at = BYTE_ORDER_MARK.len() as u32;
    }
    let bytes = bytes.get(at as usize..).unwrap_or_default();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => Cow::Borrowed(text),
        _ => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
    };
    let is_ascii = matches!(text, Cow::Borrowed(_));
    let mut rest: &str = &text;
    while !rest.is_empty() {
        let Ok(pairs) = Shape::parse(Rule::block, rest) else {
            break;
        };
        let mut used = 0;
        for pair in pairs.flat_map(pest::iterators::Pair::into_inner) {
            tokens.push(Token {
                start: at,
                kind: kind(pair.as_rule()),
            });
            let text = pair.as_str();
            let length = if is_ascii {
                text.len()
            } else {
                text.chars().count()
            };
            at += length as u32;
            used = pair.as_span().end();
        }
        // Cannot happen while every byte begins some token; an endless loop must be impossible.
        if used == 0 {
            break;
        }
        rest = &rest[used..];
    }
    if !rest.is_empty() {
        tokens.push(Token {
            start: at,
            kind: Kind::Word,
        });
    }
    tokens
}

/// The value of a quoted or bare string: quotes off, escapes resolved (rcfile.md section 2.1).
/// A NUL ends it, as in any C string.
pub fn value(raw: &[u8], kind: Kind) -> Vec<u8> {
    let mut rest = match kind {
        Kind::Quoted => raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default(),
        _ => raw,
    };
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

fn kind(rule: Rule) -> Kind {
    match rule {
        Rule::blank => Kind::Blank,
        Rule::newline => Kind::Newline,
        Rule::join => Kind::Join,
        Rule::comment => Kind::Comment,
        Rule::equals => Kind::Equals,
        Rule::stop => Kind::Stop,
        Rule::number => Kind::Number,
        Rule::quoted => Kind::Quoted,
        Rule::word | Rule::bare | Rule::glued | Rule::plain | Rule::token | Rule::block => {
            Kind::Word
        }
    }
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
