//! APOP (RFC 1939 section 7): MD5 of the greeting's timestamp and the password.

use md5::{Digest, Md5};

use super::cram_md5::hex;
use crate::base::Secret;

/// The digest for `APOP user digest`, or `None` when the greeting has no timestamp that is a
/// message id in the sense of RFC 5322 section 3.6.4.
///
/// The check is not pedantry: with timestamps of free choice, colliding MD5 blocks let a false
/// server find the first letters of the password (CVE-2007-1558), and such blocks are never
/// printable text in the form of a message id.
pub fn apop(password: &Secret, greeting: &[u8]) -> Option<String> {
    let timestamp = timestamp(greeting)?;
    let mut digest = Md5::new();
    digest.update(timestamp);
    digest.update(password.expose());
    Some(hex(&digest.finalize()))
}

fn timestamp(greeting: &[u8]) -> Option<&[u8]> {
    written(greeting).and_then(|(stamp, is_sound)| is_sound.then_some(stamp))
}

/// From the first `<` to the `>` after it, both included, and whether it has the form of a message
/// id.
pub fn written(greeting: &[u8]) -> Option<(&[u8], bool)> {
    let start = greeting.iter().position(|b| *b == b'<')?;
    let from = greeting.get(start..)?;
    let end = from.iter().position(|b| *b == b'>')?;
    let stamp = from.get(..=end)?;
    Some((stamp, stamp.len() <= TIMESTAMP && is_sound(stamp)))
}

fn is_sound(stamp: &[u8]) -> bool {
    let inner = stamp.strip_prefix(b"<").and_then(|s| s.strip_suffix(b">"));
    let Some(inner) = inner else { return false };
    let Some(at) = inner.iter().position(|b| *b == b'@') else {
        return false;
    };
    let (left, right) = inner.split_at(at);
    let right = right.get(1..).unwrap_or_default();
    is_dot_atom(left) && (is_dot_atom(right) || is_literal(right))
}

fn is_dot_atom(text: &[u8]) -> bool {
    text.split(|b| *b == b'.')
        .all(|atom| !atom.is_empty() && atom.iter().all(|b| is_atext(*b)))
}

/// RFC 5322 section 3.2.3.
fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

/// `no-fold-literal` of RFC 5322: an address in brackets.
fn is_literal(text: &[u8]) -> bool {
    let inner = text.strip_prefix(b"[").and_then(|t| t.strip_suffix(b"]"));
    inner.is_some_and(|t| t.iter().all(|b| matches!(b, 33..=90 | 94..=126)))
}

/// A greeting has at most 512 octets (RFC 1939 section 3); an honest timestamp far fewer.
const TIMESTAMP: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_1939_example() {
        let greeting = b"+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>";
        assert_eq!(
            apop(&Secret::new("tanstaaf"), greeting).as_deref(),
            Some("c4c9334bac560ecc979e58001b3e22fb")
        );
    }

    #[test]
    fn timestamps() {
        let check = |greeting: &[u8], expected: Option<&[u8]>| {
            assert_eq!(timestamp(greeting), expected, "{}", greeting.escape_ascii());
        };
        check(b"+OK <1.2@h> ready", Some(b"<1.2@h>"));
        check(
            b"+OK <1d.1.5f.AA+/x==@h.example>",
            Some(b"<1d.1.5f.AA+/x==@h.example>"),
        );
        check(b"+OK <1@[127.0.0.1]>", Some(b"<1@[127.0.0.1]>"));
        check(b"+OK ready", None);
        check(b"+OK <1@h", None);
    }

    /// The banners of threats.md section 3.1, CVE-2007-1558.
    #[test]
    fn crafted_greetings_are_refused() {
        let check = |inner: &[u8]| {
            let greeting = [b"+OK <", inner, b">"].concat();
            let shown = greeting.escape_ascii();
            assert_eq!(apop(&Secret::new("x"), &greeting), None, "{shown}");
        };
        check(b"");
        check(b"a");
        check(b"@");
        check(b"a@");
        check(b"@b");
        check(b"a@b@c");
        check(b"a..b@c");
        check(b"a@b.");
        check(b"a b@c");
        check(b"a\0@b");
        check(b"a@b\x07");
        check("\u{e4}@b".as_bytes());
        check(b"\xd1\x31\xdd@b");
        check(b"a@[b\\]");
        check(b"a<@b");
        check(&[&b"a@"[..], &[b'b'; 2048][..]].concat());
    }
}
