//! A cursor over one response. It forgives stray blanks, missing blanks and any letter case; what
//! it cannot read it skips by structure (parentheses, quotes, literals).

use std::borrow::Cow;

use memchr::memchr2;

use super::NESTING_MAX;
use super::splitter::PASSED;

/// A place in a response.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

/// A value of a FETCH item.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// A body that was handed on while it came.
    Passed,
    /// `NIL`
    Nil,
    /// Quoted text without its quotes and backslashes, or a literal.
    Text(Cow<'a, [u8]>),
    /// A bare word.
    Atom(&'a [u8]),
    /// What stands between parentheses.
    List(&'a [u8]),
}

impl<'a> Cursor<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn blanks(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    /// The next octet, without taking it.
    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Takes `octet` if it is next.
    pub(super) fn take(&mut self, octet: u8) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if *first == octet => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Takes octets up to a blank, a parenthesis, a quote or the end.
    pub(super) fn word(&mut self) -> &'a [u8] {
        self.until(|b| matches!(b, b' ' | b'\t' | b'(' | b')' | b'"' | b'\r' | b'\n'))
    }

    /// Takes the name of a FETCH item; brackets may hold anything: `BODY[HEADER.FIELDS (To)]<0>`.
    pub(super) fn item_name(&mut self) -> &'a [u8] {
        let start = self.rest;
        self.until(|b| matches!(b, b' ' | b'(' | b')' | b'"' | b'[' | b'{'));
        if self.take(b'[') {
            self.until(|b| b == b']');
            self.take(b']');
            self.until(|b| matches!(b, b' ' | b'(' | b')' | b'"' | b'{' | b'~'));
        }
        let taken = start.len() - self.rest.len();
        start.get(..taken).unwrap_or_default()
    }

    fn until(&mut self, stops: impl Fn(u8) -> bool) -> &'a [u8] {
        let at = self.rest.iter().position(|b| stops(*b));
        let (word, rest) = self.rest.split_at(at.unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    /// Takes a value of any kind; `None` if it is not well formed or too deep.
    pub(super) fn value(&mut self) -> Option<Value<'a>> {
        self.blanks();
        if let Some(rest) = self.rest.strip_prefix(PASSED) {
            self.rest = rest;
            return Some(Value::Passed);
        }
        match self.peek()? {
            b'"' => self.quoted().map(Value::Text),
            b'{' | b'~' => self.literal().map(|l| Value::Text(Cow::Borrowed(l))),
            b'(' => self.list().map(Value::List),
            _ => match self.word() {
                b"" => None,
                word if word.eq_ignore_ascii_case(b"NIL") => Some(Value::Nil),
                word => Some(Value::Atom(word)),
            },
        }
    }

    fn quoted(&mut self) -> Option<Cow<'a, [u8]>> {
        let text = self.rest.strip_prefix(b"\"")?;
        let mut owned = Vec::new();
        let mut from = 0;
        loop {
            let at = from + memchr2(b'"', b'\\', text.get(from..)?)?;
            let before = text.get(from..at)?;
            if text.get(at) == Some(&b'"') {
                self.rest = text.get(at + 1..)?;
                return Some(if owned.is_empty() {
                    Cow::Borrowed(before)
                } else {
                    owned.extend_from_slice(before);
                    Cow::Owned(owned)
                });
            }
            owned.extend_from_slice(before);
            owned.push(*text.get(at + 1)?);
            from = at + 2;
        }
    }

    fn literal(&mut self) -> Option<&'a [u8]> {
        self.take(b'~');
        let rest = self.rest.strip_prefix(b"{")?;
        let close = memchr::memchr(b'}', rest)?;
        let digits = rest.get(..close)?;
        let size = number(digits.strip_suffix(b"+").unwrap_or(digits))?;
        let size = usize::try_from(size).ok()?;
        let rest = rest.get(close + 1..)?.strip_prefix(b"\r\n")?;
        self.rest = rest.get(size..)?;
        rest.get(..size)
    }

    /// Takes a list with all that is nested in it.
    fn list(&mut self) -> Option<&'a [u8]> {
        let start = self.rest.strip_prefix(b"(")?;
        self.rest = start;
        let mut depth = 1;
        loop {
            match self.peek()? {
                b'(' => {
                    depth += 1;
                    if depth > NESTING_MAX {
                        return None;
                    }
                    self.take(b'(');
                }
                b')' => {
                    let inside = start.len() - self.rest.len();
                    self.take(b')');
                    depth -= 1;
                    if depth == 0 {
                        return start.get(..inside);
                    }
                }
                b'"' => {
                    self.quoted()?;
                }
                b'{' if self.clone().literal().is_some() => {
                    self.literal()?;
                }
                other => {
                    self.take(other);
                }
            }
        }
    }
}

/// A number of digits only; `None` if there are none, or too many for 64 bits.
pub(super) fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |sum, b| {
        let digit = b.is_ascii_digit().then(|| u64::from(b - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    })
}

/// A message number or UID: not zero, 32 bits without sign (Q27: UIDs near 2^32 exist).
pub(super) fn nonzero(digits: &[u8]) -> Option<u32> {
    u32::try_from(number(digits)?).ok().filter(|n| *n != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let check = |text: &str, expected| assert_eq!(number(text.as_bytes()), expected, "{text}");
        check("0", Some(0));
        check("18446744073709551615", Some(u64::MAX));
        check("18446744073709551616", None);
        check("-1", None);
        check("+1", None);
        check("", None);
        assert_eq!(nonzero(b"4294967295"), Some(u32::MAX));
        assert_eq!(nonzero(b"4294967296"), None);
        assert_eq!(nonzero(b"0"), None);
    }

    #[test]
    fn values() {
        let check = |text: &str, expected: Option<Value<'_>>, rest: &str| {
            let mut cursor = Cursor::new(text.as_bytes());
            assert_eq!(cursor.value(), expected, "{text}");
            if expected.is_some() {
                assert_eq!(cursor.rest(), rest.as_bytes(), "{text}");
            }
        };
        let text = |t: &'static str| Some(Value::Text(Cow::Borrowed(t.as_bytes())));
        check("  nil x", Some(Value::Nil), " x");
        check("{} x", Some(Value::Passed), " x");
        check("\"a b\")", text("a b"), ")");
        check(r#""a\"\\b")"#, text("a\"\\b"), ")");
        check("\"a", None, "");
        check("\"a\\", None, "");
        check("\"\"", text(""), "");
        check("{3}\r\na)b)", text("a)b"), ")");
        check("~{3}\r\na)b)", text("a)b"), ")");
        check("{4}\r\nabc", None, "");
        check("{99999999999999999999}\r\nabc", None, "");
        check(
            "(a (b \")\") {1}\r\n)) c",
            Some(Value::List(b"a (b \")\") {1}\r\n)")),
            " c",
        );
        check("(a {x} b)", Some(Value::List(b"a {x} b")), "");
        check("((a)", None, "");
        check("12)", Some(Value::Atom(b"12")), ")");
        check(")", None, "");
        check("", None, "");
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |n: usize| [b"(".repeat(n), b")".repeat(n)].concat();
        assert!(Cursor::new(&nested(NESTING_MAX)).value().is_some());
        assert!(Cursor::new(&nested(NESTING_MAX + 1)).value().is_none());
        assert!(Cursor::new(&nested(100_000)).value().is_none());
    }
}
