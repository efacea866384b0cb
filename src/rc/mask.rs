//! Which bytes of a file must not be shown: passwords, and whatever could be one.
//!
//! Each line is looked at twice: as a part of the file, and by itself, because an open quote turns
//! what stands inside quotes out and the rest in. What either look takes for a secret is masked.

use crate::rc::document::{Document, Span};
use crate::rc::lex::Kind;
use crate::rc::option::{self, words};

/// What stands for a secret, whatever its length.
pub const MASK: &str = "••••••";

/// Secrets of a whole file, in order.
pub fn secrets(document: &Document) -> Vec<Span> {
    walk(document, 0)
}

/// The secrets of a part of a file that begins at `start`, where a statement does.
pub fn secrets_from(part: &[u8], start: u32) -> Vec<Span> {
    walk(&Document::parse(part), start)
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
            // A quote within a word may be the end of a string that began before.
            let has_quote = memchr::memchr2(b'"', b'\'', raw).is_some() && is_word;
            let is_quoted = kind == Some(Kind::Quoted) || has_quote;
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
/// is; and where a password's own word may have been forgotten, behind a user's name and behind
/// `auth`, what is no keyword and nearly none. Where the file is wrong this is more than the password.
fn walk(document: &Document, offset: u32) -> Vec<Span> {
    let mut walk = Walk {
        found: Vec::new(),
        state: State::Plain,
        before: Before::Other,
        guessed: None,
        looks: LOOKS,
    };
    for at in document.tokens() {
        let (span, raw) = (document.span(at).after(offset), document.raw(at));
        match document.kind(at) {
            // What is quoted in a comment may be an option out of use, its password still in use; and
            // a password that begins with # is a comment.
            Some(Kind::Comment) if walk.state == State::First => walk.found.push(span),
            Some(Kind::Comment) if !may_hold_secret(raw) => {}
            Some(Kind::Comment) => {
                // Read once, however many comments are in it.
                let tail = raw
                    .iter()
                    .map(|byte| if *byte == b'#' { b' ' } else { *byte });
                let tail = Document::parse(Vec::from_iter(tail));
                walk.found.extend(self::walk(&tail, span.start));
            }
            Some(Kind::Equals) if walk.state == State::Plain => {}
            None | Some(Kind::ByteOrderMark | Kind::Space | Kind::Stop) => {}
            Some(kind) => walk.word(span, raw, kind),
        }
    }
    walk.found
}

/// Whether a comment has any word that a secret could follow. Nearly none has, and looking is cheaper
/// than reading.
fn may_hold_secret(comment: &[u8]) -> bool {
    let parts = comment.split(|byte| !byte.is_ascii_alphanumeric());
    let mut words = parts.chain(comment.split(u8::is_ascii_whitespace));
    words.any(|word| {
        let lower = word.to_ascii_lowercase();
        let is_part = |part: &&[u8]| memchr::memmem::find(&lower, part).is_some();
        let parts: [&[u8]; 4] = [b"pass", b"pw", b"user", b"auth"];
        parts.iter().any(is_part) || is_password(word)
    })
}

struct Walk {
    found: Vec<Span>,
    state: State,
    before: Before,
    /// How much had been found when a password without its word was guessed.
    guessed: Option<usize>,
    /// How many more words are compared with all keywords.
    looks: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Plain,
    /// The next word is a secret.
    First,
    /// The next words may belong to it.
    Rest,
    /// The next word is one if it is nearly no keyword.
    Guess,
}

/// The word before.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    User,
    Is,
    Auth,
    Other,
}

/// So many words of a file are compared with all keywords; what is left counts as secret.
const LOOKS: usize = 10_000;

impl Walk {
    fn word(&mut self, span: Span, raw: &[u8], kind: Kind) {
        let meaning = option::meaning(raw).filter(|_| kind == Kind::Word);
        let is_keyword = meaning.is_some_and(|meaning| meaning.is_reserved);
        let is_noise = meaning.is_some_and(|meaning| meaning.is_noise);
        let is_guessed = self.state == State::Guess && !is_keyword && !self.is_nearly_keyword(raw);
        match self.state {
            State::First => {
                self.found.push(span);
                self.state = State::Rest;
            }
            State::Guess if is_noise => {}
            State::Guess if is_guessed => {
                self.guessed = Some(self.found.len());
                self.found.push(span);
                self.state = State::Rest;
            }
            State::Rest if !is_keyword => self.found.push(span),
            _ => {
                // They were local names: `user a b here`.
                if let Some(before) = self.guessed.take().filter(|_| raw == b"here") {
                    self.found.truncate(before);
                }
                self.state = State::Plain;
                self.plain(span, raw, kind);
            }
        }
        let is_name = matches!(self.before, Before::User | Before::Is);
        self.before = match raw {
            b"user" | b"username" if !is_name => Before::User,
            b"is" | b"to" if !is_name => Before::Is,
            b"auth" | b"authenticate" | b"preauth" | b"preauthenticate" => Before::Auth,
            _ => Before::Other,
        };
    }

    /// A word that is no secret by what stands before it.
    fn plain(&mut self, span: Span, raw: &[u8], kind: Kind) {
        match self.before {
            Before::User => self.state = State::Guess,
            Before::Auth => {
                self.state = State::Guess;
                let lower = raw.to_ascii_lowercase();
                let is_method = words::auth(&lower).is_some() || option::is_reserved(raw);
                if !is_method && !is_near(&lower, words::method_words(), 2) {
                    self.found.push(span);
                }
            }
            Before::Is => {}
            Before::Other if kind != Kind::Word => {}
            Before::Other => match behind_password(raw) {
                Some(length) => {
                    let start = span.start + length as u32;
                    self.found.push(Span { start, ..span });
                    self.state = State::Rest;
                }
                None if is_password(raw) => self.state = State::First,
                None => {}
            },
        }
    }

    /// A misspelt keyword, more likely than a password.
    fn is_nearly_keyword(&mut self, raw: &[u8]) -> bool {
        let lower = raw.to_ascii_lowercase();
        let is_word = lower.len() >= 3 && lower.iter().all(u8::is_ascii_alphanumeric);
        if !is_word || self.looks == 0 {
            return false;
        }
        self.looks -= 1;
        let most = if lower.len() <= 4 { 1 } else { 2 };
        let words = option::all().flat_map(|keyword| keyword.words.iter().copied());
        is_near(
            &lower,
            words.chain(["poll", "skip", "defaults", "remote"]),
            most,
        )
    }
}

fn is_near<'w>(word: &[u8], mut words: impl Iterator<Item = &'w str>, most: usize) -> bool {
    words.any(|name| distance(word, name.as_bytes(), most).is_some())
}

/// The word for a password with something attached: `password"x"`. How long the word is.
fn behind_password(word: &[u8]) -> Option<usize> {
    const NAMES: [&[u8]; 5] = [
        b"esmtppassword",
        b"passphrase",
        b"password",
        b"passwd",
        b"pass",
    ];
    let lower = word.to_ascii_lowercase();
    let name = NAMES.iter().find(|name| lower.starts_with(name))?;
    let is_misspelt = *name == b"pass" && distance(&lower, b"password", 3).is_some();
    // `passwordeval` and others of later releases are words of their own.
    let is_attached = name.len() < word.len() && !is_misspelt && option::meaning(word).is_none();
    (is_attached && !lower.starts_with(b"pass8")).then_some(name.len())
}

/// The words for a password, and what somebody may have written for them.
fn is_password(word: &[u8]) -> bool {
    const OTHERS: [&[u8]; 7] = [
        b"secret",
        b"token",
        b"key",
        b"apikey",
        b"pin",
        b"oauthbearer",
        b"passphrase",
    ];
    let lower = word.to_ascii_lowercase();
    if option::meaning(word).is_some() {
        const OURS: [&[u8]; 5] = [
            b"pass",
            b"password",
            b"esmtppassword",
            // A command may have the password in it.
            b"passwordeval",
            b"passeval",
        ];
        return OURS.contains(&word);
    }
    let lower = lower.strip_prefix(b"no").unwrap_or(&lower);
    let is_near = |name: &[u8], most| distance(lower, name, most).is_some();
    match lower {
        b"pass8" | b"pass8bits" => false,
        _ => {
            OTHERS.contains(&lower)
                || lower.starts_with(b"pass")
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
        check(
            "user b passwordeval 'echo x' ssl",
            "user b passwordeval * ssl",
        );
        check("user b ssl passwordfile x", "user b ssl passwordfile x");
        check("user b ssl passwordevil x", "user b ssl password* *");
        check("auth password user b", "auth password user b");
        check(
            "esmtppassword \"x\" pass8bits keep",
            "esmtppassword * pass8bits keep",
        );
        check("# user b pass c\n", "# user b pass *");
        check("## user b # pass c d", "## user b # pass * *");
        check("user b pass #c d", "user b pass *");
        check(
            "user b ssl password\"x y\" keep",
            "user b ssl password* * keep",
        );
        check("user b ssl passwordx keep", "user b ssl password* keep");
        check("user b ssl passwd/x keep", "user b ssl passwd* keep");
        check(
            "user b ssl password\u{a0}x keep",
            "user b ssl password* keep",
        );
        check("user password x ssl", "user password * ssl");
        check("user b with x ssl", "user b with * ssl");
        check("user b, x", "user b, *");
        check("user b kepe ssl", "user b kepe ssl");
        check("user b auth password x ssl", "user b auth password * ssl");
        check("user b auth x ssl", "user b auth * ssl");
        check("user b auth gssap ssl", "user b auth gssap ssl");
        check("user b \"password\" x ssl", "user b * * ssl");
        check(
            "user b ssl secret x ssl nopass y",
            "user b ssl secret * ssl nopass *",
        );
        check("user b c d here keep", "user b c d here keep");
        check("user b=c here keep", "user b=c here keep");
        check("is joe password\"x\"", "is joe password*");
        check("user passenger@x.org ssl", "user passenger@x.org ssl");
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
        assert_eq!(masked("user b x \"y z\" keep", 0, true), "user b * * keep");
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
