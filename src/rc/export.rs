//! A file without its secrets, to be shown to others: every one is a row of dots. What else it tells,
//! names of servers and users, stays.

use crate::rc::document::{Document, Span};
use crate::rc::mask;
use crate::rc::option;
use crate::rc::outline::{Outline, has_errors};

/// The file with dots for whatever is, or could be, a secret.
pub fn without_secrets(document: &Document) -> Vec<u8> {
    let bytes = document.bytes();
    let secrets = mask::secrets(document);
    // Where it cannot be read, nobody knows which quotes belong together.
    let is_damaged = has_errors(&Outline::read(document).diagnostics(document));
    let mut out = Vec::with_capacity(bytes.len());
    let mut start = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let span = Span {
            start,
            end: start + text.len() as u32,
        };
        let mut from = span.start;
        let mut found = mask::in_line(&bytes, span, &secrets, is_damaged);
        found.extend(by_eye(text, start));
        for secret in mask::joined(found) {
            out.extend_from_slice(&document.slice(Span {
                start: from,
                end: secret.start,
            }));
            out.extend_from_slice(mask::MASK.as_bytes());
            from = secret.end;
        }
        start += line.len() as u32;
        out.extend_from_slice(&document.slice(Span {
            start: from,
            end: start,
        }));
    }
    out
}

/// What a reader takes for a password, wherever quotes lead: what stands behind the word for one.
fn by_eye(line: &[u8], start: u32) -> Vec<Span> {
    const WORDS: [&[u8]; 4] = [b"password", b"passwd", b"pass", b"esmtppassword"];
    let is_apart = |byte: &u8| byte.is_ascii_whitespace() || b"=,;:\"'#".contains(byte);
    let mut found = Vec::new();
    let mut at = 0;
    for word in line.split(is_apart) {
        let end = at + word.len();
        at = end + 1;
        if !WORDS.iter().any(|name| word.eq_ignore_ascii_case(name)) {
            continue;
        }
        let rest = line.get(end..).unwrap_or_default();
        let blanks = rest
            .iter()
            .take_while(|b| is_apart(b) && !b"\"'".contains(b));
        let from = blanks.count();
        let rest = rest.get(from..).unwrap_or_default();
        let length = match rest.first() {
            None => 0,
            // Up to the quote that closes it.
            Some(quote @ (b'"' | b'\'')) => {
                let inside = rest.get(1..).unwrap_or_default();
                let close = memchr::memchr(*quote, inside);
                close.map_or(rest.len(), |close| close + 2)
            }
            Some(_) => rest.iter().take_while(|b| !b.is_ascii_whitespace()).count(),
        };
        let is_keyword = option::is_reserved(rest.get(..length).unwrap_or_default());
        if !is_keyword {
            let start = start + (end + from) as u32;
            found.push(Span {
                start,
                end: start + length as u32,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        String::from_utf8(without_secrets(&Document::parse(text))).unwrap()
    }

    #[test]
    fn everything_but_secrets_stays() {
        let file = "# user x pass tiger\nset daemon 9\r\n\npoll a user b\n\tpassword \"lion\nking\" ssl # leopard\n  user c pass puma\nesmtppassword 'lynx'";
        assert_eq!(
            shown(file),
            "# user x pass ••••••\nset daemon 9\r\n\npoll a user b\n\tpassword ••••••\n•••••• ssl # leopard\n  user c pass ••••••\nesmtppassword ••••••"
        );
        assert_eq!(shown(""), "");
        // Inside out: the quote is closed by the next one.
        let open = "poll a folder \"x\nuser b pass \"tiger\" ssl\npoll c user d pass \"lion\"\n";
        let shown = shown(open);
        assert!(
            !shown.contains("tiger") && !shown.contains("lion"),
            "{shown}"
        );
    }

    proptest::proptest! {
        /// Whatever stands around it, and however often it is read again.
        #[test]
        fn no_password_is_left(
            before in "(poll a|user b|# |\"|'|\n| |keep|\\\\|é){0,8}",
            after in "(poll a|user b|# |\"|'|\n| |keep|\\\\|é){0,8}",
        ) {
            for quote in ["", "\"", "'"] {
                let text = format!("{before} password {quote}zebra7{quote} {after}");
                let out = shown(&text);
                proptest::prop_assert!(!out.contains("zebra7"), "{}", out);
            }
        }
    }
}
