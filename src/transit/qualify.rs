//! `rewrite`: a bare name in an address header gets the server's host, so that a reply does not
//! go to a local user (fetchmail(1), `rewrite`; RFC 5322 section 3.4 for the syntax).

/// Headers whose bare names are qualified (engine.md section 12, step 10).
const ADDRESS_HEADERS: [&str; 13] = [
    "From",
    "To",
    "Reply-To",
    "Return-Path",
    "Cc",
    "Bcc",
    "Resent-From",
    "Resent-To",
    "Resent-Cc",
    "Resent-Bcc",
    "Apparently-From",
    "Apparently-To",
    "Sender",
];

/// Whether a header of this name holds addresses to qualify.
pub fn applies(name: &[u8]) -> bool {
    ADDRESS_HEADERS
        .iter()
        .any(|h| name.eq_ignore_ascii_case(h.as_bytes()))
        || name.eq_ignore_ascii_case(b"Resent-Sender")
}

/// The field body with `@host` put behind each bare name; `None` if there is none. Comments,
/// quotes, folding and everything else keep their bytes. `<>` and `!` paths are left alone.
pub fn qualify(body: &[u8], host: &str) -> Option<Vec<u8>> {
    let mut places = Vec::new();
    let mut scan = Scan::default();
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        let next = match byte {
            b'(' => skip_comment(body, at),
            b'"' => {
                let end = skip_quoted(body, at);
                scan.word(at, end);
                end
            }
            b'<' => {
                let end = memchr::memchr(b'>', &body[at..]).map_or(body.len(), |n| at + n);
                scan.angle(&body[at + 1..end], end);
                end + 1
            }
            b',' | b';' => {
                places.extend(scan.end_address());
                at + 1
            }
            // Behind a group's name; not one inside an address, as in `a@[IPv6:2001:db8::1]`.
            b':' if !scan.has_host => {
                scan = Scan::default();
                at + 1
            }
            b':' => at + 1,
            b' ' | b'\t' | b'\r' | b'\n' => at + 1,
            _ => {
                let end = body[at..]
                    .iter()
                    .position(|b| b"(\"<,;: \t\r\n".contains(b))
                    .map_or(body.len(), |n| at + n);
                scan.has_host |= body[at..end].iter().any(|b| matches!(b, b'@' | b'!'));
                scan.word(at, end);
                end
            }
        };
        at = next.max(at + 1);
    }
    places.extend(scan.end_address());
    (!places.is_empty()).then(|| insert(body, &places, host))
}

/// What is known of the address being read.
#[derive(Default)]
struct Scan {
    /// End of the last word.
    end: Option<usize>,
    /// More than one word: a phrase, not a name.
    is_phrase: bool,
    has_host: bool,
    /// `Some(place)`: an angle address was seen; it wants a host at `place` if any.
    angle: Option<Option<usize>>,
}

impl Scan {
    fn word(&mut self, start: usize, end: usize) {
        self.is_phrase |= self.end.is_some_and(|last| last < start);
        self.end = Some(end);
    }

    fn angle(&mut self, inside: &[u8], end: usize) {
        let is_bare = !inside.trim_ascii().is_empty()
            && !inside
                .iter()
                .any(|b| matches!(b, b'@' | b'!' | b'\r' | b'\n'));
        self.angle = Some(is_bare.then_some(end));
    }

    /// Where the host is missing, if it is.
    fn end_address(&mut self) -> Option<usize> {
        let scan = std::mem::take(self);
        match scan.angle {
            Some(place) => place,
            None if scan.has_host || scan.is_phrase => None,
            None => scan.end,
        }
    }
}

/// Where a comment ends that begins at `start`; comments nest.
pub(super) fn skip_comment(body: &[u8], start: usize) -> usize {
    let mut depth = 0usize;
    let mut at = start;
    while let Some(&byte) = body.get(at) {
        match byte {
            b'\\' => at += 1,
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    body.len()
}

/// Where a quoted string ends that begins at `start`.
pub(super) fn skip_quoted(body: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = body.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' => return at + 1,
            _ => {}
        }
        at += 1;
    }
    body.len()
}

fn insert(body: &[u8], places: &[usize], host: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + places.len() * (host.len() + 1));
    let mut from = 0;
    for &place in places {
        let place = place.min(body.len());
        out.extend_from_slice(&body[from..place]);
        out.push(b'@');
        out.extend_from_slice(host.as_bytes());
        from = place;
    }
    out.extend_from_slice(&body[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_names_get_the_host() {
        let check = |body: &str, expected: Option<&str>| {
            let got = qualify(body.as_bytes(), "h.org").map(|b| String::from_utf8(b).unwrap());
            assert_eq!(got.as_deref(), expected, "{body}");
        };
        check(" anna\r\n", Some(" anna@h.org\r\n"));
        check(" anna@x.org\r\n", None);
        check(" Anna Berg <anna>\r\n", Some(" Anna Berg <anna@h.org>\r\n"));
        check(
            " Anna <anna@x.org>, bernd\r\n",
            Some(" Anna <anna@x.org>, bernd@h.org\r\n"),
        );
        check(
            " anna (Anna (B) Berg), b\r\n",
            Some(" anna@h.org (Anna (B) Berg), b@h.org\r\n"),
        );
        check(" \"anna b\"\r\n", Some(" \"anna b\"@h.org\r\n"));
        check(" \"anna b\"@x.org\r\n", None);
        check(" <>\r\n", None);
        check(" uu!anna\r\n", None);
        check(" undisclosed-recipients:;\r\n", None);
        check(
            " team: anna, bernd;\r\n",
            Some(" team: anna@h.org, bernd@h.org;\r\n"),
        );
        check(" Anna Berg\r\n", None);
        check(" anna@[IPv6:2001:db8::1]\r\n", None);
        check(" @relay.org:anna, anna@x:y\r\n", None);
        check(" mailto:anna@x.org\r\n", None);
        check(
            " anna,\r\n\tbernd\r\n",
            Some(" anna@h.org,\r\n\tbernd@h.org\r\n"),
        );
        check("", None);
        check(" ((((", None);
        check(" <anna", Some(" <anna@h.org"));
        check(" \"", Some(" \"@h.org"));
        check(" \"\\", Some(" \"\\@h.org"));
    }

    #[test]
    fn many_addresses_take_linear_time() {
        let body = "a,".repeat(40_000) + &";".repeat(100_000);
        assert_eq!(
            qualify(body.as_bytes(), "h").unwrap().len(),
            body.len() + 80_000
        );
    }
}
