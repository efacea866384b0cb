//! Encoded words of a header (RFC 2047) as the octets they stand for.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Writers forget the padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The body of a field with its words decoded; `None` if nothing changes. Blanks between two
/// decoded words belong to neither (RFC 2047 section 6.2).
pub fn decode(name: &[u8], body: &[u8]) -> Option<Vec<u8>> {
    let is_free = is_free_text(name);
    let mut out = Vec::new();
    // What is behind this place has not been written yet.
    let mut from = 0;
    let mut at = 0;
    let mut is_after_word = false;
    while let Some(start) = memchr::memmem::find(&body[at..], b"=?").map(|n| at + n) {
        let Some((text, length)) = word(&body[start..]).filter(|(text, _)| fits(text, is_free))
        else {
            at = start + 2;
            continue;
        };
        let between = &body[from..start];
        let is_glue = is_after_word && between.iter().all(u8::is_ascii_whitespace);
        if !is_glue {
            out.extend_from_slice(between);
        }
        out.extend_from_slice(&text);
        (at, from, is_after_word) = (start + length, start + length, true);
    }
    is_after_word.then(|| {
        out.extend_from_slice(&body[from..]);
        out
    })
}

/// Fields that nobody takes apart: any character may stand in them.
fn is_free_text(name: &[u8]) -> bool {
    let is_known = [&b"Subject"[..], b"Comments", b"Content-Description"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known));
    is_known || name.get(..2).is_some_and(|x| x.eq_ignore_ascii_case(b"X-"))
}

/// A word that would end its line, or bring an address where there was none, stays as it is.
fn fits(text: &[u8], is_free: bool) -> bool {
    text.iter().all(|&b| {
        let is_control = b.is_ascii_control() && b != b'\t';
        !is_control && (is_free || !b"\"(),:;<>@[\\]".contains(&b))
    })
}

/// The text of the word that begins here, and its length: `=?charset?encoding?text?=`.
fn word(input: &[u8]) -> Option<(Vec<u8>, usize)> {
    let charset = token(input.get(2..)?)?;
    let at = 2 + charset + 1;
    let encoding = *input.get(at)?;
    if input.get(at + 1) != Some(&b'?') {
        return None;
    }
    let text = input.get(at + 2..)?;
    let end = memchr::memchr2(b'?', b'\n', text)?;
    if text.get(end..end + 2) != Some(b"?=") {
        return None;
    }
    let decoded = match encoding {
        b'q' | b'Q' => quoted(&text[..end])?,
        b'b' | b'B' => BASE64.decode(&text[..end]).ok()?,
        _ => return None,
    };
    Some((decoded, at + 2 + end + 2))
}

/// Length of a charset, which a question mark ends.
fn token(input: &[u8]) -> Option<usize> {
    let end = input
        .iter()
        .position(|&b| !b.is_ascii_graphic() || b"()<>@,;:\"/[]?=".contains(&b))?;
    (end > 0 && input.get(end) == Some(&b'?')).then_some(end)
}

fn quoted(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        out.push(match byte {
            b'_' => b' ',
            b'=' => super::quoted::octet(rest.next()?, rest.next()?)?,
            _ => byte,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, body: &str) -> String {
        let decoded = decode(name.as_bytes(), body.as_bytes());
        decoded.map_or("as it is".to_owned(), |d| d.escape_ascii().to_string())
    }

    #[test]
    fn words_become_octets() {
        let check = |body: &str, expected: &str| assert_eq!(shown("Subject", body), expected);
        check(" =?iso-8859-1?q?J=FCrgen_X?= y", " J\\xfcrgen X y");
        check(" =?utf-8?B?w6TDtg==?=", " \\xc3\\xa4\\xc3\\xb6");
        check(" =?x?b?YWI?=", " ab");
        check(" =?x?q?a b?=", " a b");
        check(" =?x?q?a?= =?x?q?b?=\r\n\t=?x?q?c?= d", " abc d");
        check(" =?x?q?a?= b =?x?q?c?=", " a b c");
        check(" =?x*en?Q?a?=(=?x?q?c?=)", " a(c)");
        check(" a=?x?q?b?=c", " abc");
        check(" =?x?q??=", " ");
        check(" =?=?x?q?b?=", " =?b");
    }

    #[test]
    fn what_is_broken_stays() {
        for body in [
            " plain",
            " =?x?q?a=0D=0Ab?=",
            " =?x?q?a=00b?=",
            " =?x?q?=2?=",
            " =?x?q?=ZZ?=",
            " =?x?b?!!?=",
            " =?x?z?e?=",
            " =??q?a?=",
            " =?x?q?a",
            " =?x?q?a?b?=",
            " =?x?q?a\r\n b?=",
            " =?x y?q?a?=",
            " =?x?qq?a?=",
            " =?",
            " =?x?",
        ] {
            assert_eq!(shown("Subject", body), "as it is", "{body}");
        }
        // One broken word does not spoil its neighbour, nor the blank between.
        assert_eq!(
            shown("Subject", "=?x?q?a?= =?x?q?=Z?= =?x?q?b?="),
            "a =?x?q?=Z?= b"
        );
    }

    #[test]
    fn no_word_makes_an_address() {
        for text in ["a=2Cb", "=40", "=22", "=3Cx=3E", "=28", "a:b", "a;b", "=5C"] {
            let body = format!(" =?x?q?{text}?= <q@x.org>");
            for name in ["To", "From", "Content-Type", "Received"] {
                assert_eq!(shown(name, &body), "as it is", "{name}:{body}");
            }
            assert_ne!(shown("subject", &body), "as it is", "{body}");
            assert_ne!(shown("X-Y", &body), "as it is", "{body}");
        }
        assert_eq!(shown("To", " =?x?q?J=FC?= <j@x>"), " J\\xfc <j@x>");
    }

    #[test]
    fn a_field_full_of_beginnings_takes_no_time() {
        for piece in ["=?", "=?a?q?", "=?a", "=?a?q?x?", "=?a?b?=?="] {
            let body = piece.repeat(200_000);
            let started = std::time::Instant::now();
            decode(b"Subject", body.as_bytes());
            assert!(started.elapsed().as_secs() < 5, "{piece}");
        }
    }
}
