//! Which bytes of a file must not be shown: passwords, and whatever could be one.
//!
//! Each line is looked at twice: as a part of the file, and by itself, because an open quote turns
//! what stands inside quotes out and the rest in. What either look takes for a secret is masked.

use crate::rc::document::{Document, Span};
use crate::rc::lex::Kind;
use crate::rc::option;

/// What stands for a secret, whatever its length.
pub const MASK: &str = "••••••";

/// Secrets of a whole file, in order.
pub fn secrets(document: &Document) -> Vec<Span> {
    walk(document, 0)
}

/// The secrets among `of_file` that touch a line, and those it shows by itself. `is_damaged` tells
/// that the line could not be read: then strings in quotes are masked too, and with an odd number of
/// quotes everything that is no keyword.
pub fn in_line(bytes: &[u8], line: Span, of_file: &[Span], is_damaged: bool) -> Vec<Span> {
    let text = bytes
        .get(line.start as usize..line.end as usize)
        .unwrap_or_default();
    let document = Document::parse(text);
    let mut found = walk(&document, line.start);
    let first = of_file.partition_point(|span| span.end <= line.start);
    let touching = of_file.get(first..).unwrap_or_default();
    found.extend(
        touching
            .iter()
            .take_while(|span| span.start < line.end)
            .map(|span| Span {
                start: span.start.max(line.start),
                end: span.end.min(line.end),
            }),
    );
    if is_damaged {
        let odd = |quote: u8| memchr::memchr_iter(quote, text).count() % 2 == 1;
        let is_odd = odd(b'"') || odd(b'\'');
        for at in document.tokens() {
            let (span, raw) = (document.span(at).after(line.start), document.raw(at));
            let kind = document.kind(at);
            let is_word = matches!(kind, Some(Kind::Word | Kind::Number | Kind::Quoted));
            let is_quoted = kind == Some(Kind::Quoted) || matches!(raw.first(), Some(b'"' | b'\''));
            if is_quoted || (is_odd && is_word && !option::is_reserved(raw)) {
                found.push(span);
            }
        }
    }
    joined(found)
}

/// Whether a place has to do with a secret. `secrets` are in order and apart.
pub fn touches(secrets: &[Span], start: u32, end: u32) -> bool {
    touching(secrets, start, end.max(start + 1)).is_some()
}

/// The first of the secrets, in order and apart, that has a byte from `start` to `end`.
pub fn touching(secrets: &[Span], start: u32, end: u32) -> Option<Span> {
    let first = secrets.partition_point(|secret| secret.end <= start);
    secrets
        .get(first)
        .copied()
        .filter(|secret| secret.start < end)
}

/// Spans in order and apart.
pub fn joined(mut found: Vec<Span>) -> Vec<Span> {
    found.sort();
    let mut out: Vec<Span> = Vec::new();
    for span in found.into_iter().filter(|span| span.start < span.end) {
        match out.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => out.push(span),
        }
    }
    out
}

/// Everything from behind a word for a password up to the next keyword, the first word whatever it
/// is. Where the file is wrong this is more than the password.
fn walk(document: &Document, offset: u32) -> Vec<Span> {
    let mut found = Vec::new();
    let mut state = State::Plain;
    let mut is_value = false;
    let mut is_auth = false;
    for at in document.tokens() {
        let (span, raw) = (document.span(at).after(offset), document.raw(at));
        let Some(kind) = document.kind(at) else {
            continue;
        };
        let is_keyword = kind == Kind::Word && option::is_reserved(raw);
        match kind {
            Kind::Comment => {
                // A comment may be an option out of use, its password still in use.
                // Read once, however many comments are in it.
                let tail = raw
                    .iter()
                    .map(|byte| if *byte == b'#' { b' ' } else { *byte });
                let tail = Document::parse(Vec::from_iter(tail));
                found.extend(walk(&tail, span.start));
                continue;
            }
            Kind::ByteOrderMark | Kind::Space | Kind::Stop => continue,
            Kind::Equals if state == State::Plain => continue,
            _ => {}
        }
        match state {
            State::First => {
                found.push(span);
                state = State::Rest;
            }
            State::Rest if !is_keyword => found.push(span),
            _ => state = State::Plain,
        }
        if state == State::Plain && !is_value && !is_auth && kind == Kind::Word && is_password(raw)
        {
            state = State::First;
        }
        is_value = !is_value && matches!(raw, b"user" | b"username" | b"is" | b"to");
        is_auth = matches!(
            raw,
            b"auth" | b"authenticate" | b"preauth" | b"preauthenticate"
        );
    }
    found
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Plain,
    /// The next word is a secret.
    First,
    /// The next words may belong to it.
    Rest,
}

/// The words for a password, and what somebody may have written for them.
fn is_password(word: &[u8]) -> bool {
    let lower = word.to_ascii_lowercase();
    let is_near = |name: &[u8], most| distance(&lower, name, most).is_some();
    match &lower[..] {
        b"pass8" | b"pass8bits" | b"nopass8" | b"nopass8bits" => false,
        _ if option::is_reserved(word) => matches!(word, b"pass" | b"password" | b"esmtppassword"),
        lower => {
            lower.starts_with(b"pass")
                || lower.starts_with(b"pw")
                || is_near(b"pass", 1)
                || is_near(b"password", 3)
                || is_near(b"esmtppassword", 3)
        }
    }
}

/// How many letters must be put in, left out, changed or swapped with a neighbour to get from one
/// word to the other; `None` if more than `most`.
pub fn distance(a: &[u8], b: &[u8], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most || a.len() > 64 {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let cost = usize::from(x != y);
            let mut best = (last[j] + cost).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line with every secret as one star.
    fn masked(text: &str, line: usize, is_damaged: bool) -> String {
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let length = text[start..].find('\n').unwrap_or(text.len() - start);
        let span = Span {
            start: start as u32,
            end: (start + length) as u32,
        };
        let mut out = String::new();
        let mut from = start;
        for secret in in_line(
            text.as_bytes(),
            span,
            &secrets(&Document::parse(text)),
            is_damaged,
        ) {
            out.push_str(&text[from..secret.start as usize]);
            out.push('*');
            from = secret.end as usize;
        }
        out + &text[from..start + length]
    }

    #[test]
    fn passwords_are_masked_and_nothing_else() {
        let check = |text: &str, expected: &str| assert_eq!(masked(text, 0, false), expected);
        check("poll a user b pass c is d", "poll a user b pass * is d");
        check("user pass pass c ssl", "user pass pass * ssl");
        check("user b pass ssl keep", "user b pass * keep");
        check(
            "user b pass a=b,c d keep",
            "user b pass **,* * keep".replace("**", "*").as_str(),
        );
        check("user b PASSWORD x pasword y", "user b PASSWORD * * *");
        check("user b passwd 'x y' ssl", "user b passwd * ssl");
        check("auth password user b", "auth password user b");
        check(
            "esmtppassword \"x\" pass8bits keep",
            "esmtppassword * pass8bits keep",
        );
        check("# user b pass c\n", "# user b pass *");
        check("## user b # pass c d", "## user b # pass * *");
        check("is here to post pre x", "is here to post pre x");
    }

    #[test]
    fn secrets_over_lines_and_inside_out() {
        let text = "user a pass \"one\ntwo\" keep\npass\n  three\n";
        assert_eq!(masked(text, 0, false), "user a pass *");
        assert_eq!(masked(text, 1, false), "* keep");
        assert_eq!(masked(text, 3, false), "  *");
        // The quote of the first line swallows up to the next.
        let text = "folder \"x\nuser b pass \"real secret\" ssl\n";
        assert_eq!(masked(text, 1, false), "user b pass * ssl");
        assert_eq!(masked(text, 1, true), "user b pass * ssl");
        assert_eq!(masked("user b x \"y z\" keep", 0, true), "user b x * keep");
        assert_eq!(masked("user b z\" keep", 0, true), "user * * keep");
    }

    #[test]
    fn distances() {
        let check = |a: &str, b: &str, most, expected| {
            assert_eq!(
                distance(a.as_bytes(), b.as_bytes(), most),
                expected,
                "{a} {b}"
            );
        };
        check("keep", "keep", 2, Some(0));
        check("kep", "keep", 2, Some(1));
        check("keeep", "keep", 2, Some(1));
        check("kepe", "keep", 1, Some(1));
        check("kip", "keep", 2, Some(2));
        check("x", "keep", 2, None);
        check("", "", 0, Some(0));
    }
}
