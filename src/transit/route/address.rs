//! The addresses of a header field, one after the other (RFC 5322 section 3.4), read leniently: what
//! people and programs have written for thirty years is not all grammar.
//!
//! A group gives its members, a route before an address (`<@a,@b:c@d>`, RFC 5322 section 4.4) is left
//! out, and quotes of a local part that needs none are taken off. fetchmail 6.4.37 does none of these.

use crate::transit::qualify::{skip_comment, skip_quoted};

/// Most octets of one address; what is longer is no address of ours (RFC 5321 section 4.5.3.1.3).
const LONGEST: usize = 900;

/// The addresses in a field's body, without display names, comments and angle brackets.
pub struct Addresses<'a> {
    rest: &'a [u8],
}

impl<'a> Addresses<'a> {
    /// `body` is what stands behind the colon, folds and line end included.
    pub fn of(body: &'a [u8]) -> Self {
        Self { rest: body }
    }
}

impl Iterator for Addresses<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        while !self.rest.is_empty() {
            let (word, rest) = mailbox(self.rest);
            self.rest = rest;
            let address = without_route(&word);
            if !address.is_empty() && address.len() <= LONGEST {
                return Some(address.to_vec());
            }
        }
        None
    }
}

/// The address of the next mailbox, and what follows the comma behind it.
fn mailbox(body: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut bare = Vec::new();
    let mut angle = None;
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        match byte {
            b',' | b';' => {
                at += 1;
                break;
            }
            // The name of a group.
            b':' if angle.is_none() && !bare.contains(&b'@') => {
                bare.clear();
                at += 1;
            }
            b'(' => at = skip_comment(body, at),
            b'"' => {
                let end = skip_quoted(body, at);
                bare.extend_from_slice(body.get(at..end).unwrap_or_default());
                at = end;
            }
            b'<' => {
                let (inside, end) = in_angles(body, at + 1);
                if angle.as_ref().is_none_or(Vec::is_empty) {
                    angle = Some(inside);
                }
                at = end;
            }
            byte => {
                if !byte.is_ascii_whitespace() {
                    bare.push(byte);
                }
                at += 1;
            }
        }
    }
    let word = angle.unwrap_or(bare);
    (plain(&word), body.get(at..).unwrap_or_default())
}

/// What stands in angle brackets, and where they end. A line break or a second `<` ends one that was
/// never closed.
fn in_angles(body: &[u8], start: usize) -> (Vec<u8>, usize) {
    let mut inside = Vec::new();
    let mut at = start;
    while let Some(&byte) = body.get(at) {
        match byte {
            b'>' => return (inside, at + 1),
            b'<' => break,
            b'(' => at = skip_comment(body, at),
            b'"' => {
                let end = skip_quoted(body, at);
                inside.extend_from_slice(body.get(at..end).unwrap_or_default());
                at = end;
            }
            byte => {
                if !byte.is_ascii_whitespace() {
                    inside.push(byte);
                }
                at += 1;
            }
        }
    }
    (inside, at)
}

/// `c@d` of `@a,@b:c@d`.
fn without_route(address: &[u8]) -> &[u8] {
    match address {
        [b'@', ..] => match memchr::memchr(b':', address) {
            Some(colon) => &address[colon + 1..],
            None => &[],
        },
        _ => address,
    }
}

/// The local part without quotes that change nothing: `"anna"@x` is `anna@x` (RFC 5322 section 3.4.1).
fn plain(address: &[u8]) -> Vec<u8> {
    let inside = address
        .strip_prefix(b"\"")
        .and_then(|rest| Some((rest, memchr::memchr(b'"', rest)?)));
    match inside {
        Some((rest, end)) if rest[..end].iter().all(|byte| is_of_dot_atom(*byte)) => {
            [&rest[..end], &rest[end + 1..]].concat()
        }
        _ => address.to_vec(),
    }
}

fn is_of_dot_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte) || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let check = |body: &str, expected: &[&str]| {
            let found: Vec<_> = Addresses::of(body.as_bytes())
                .map(|address| String::from_utf8(address).unwrap())
                .collect();
            assert_eq!(found, expected, "{body}");
        };
        check(" anna@x.org\r\n", &["anna@x.org"]);
        check("anna, bernd", &["anna", "bernd"]);
        check(
            " Anna Berg <anna@x.org>,\r\n\t\"B, C\" <c@x.org>",
            &["anna@x.org", "c@x.org"],
        );
        check(
            "anna@x.org (a, comment (nested), b@x.org), c@x.org",
            &["anna@x.org", "c@x.org"],
        );
        check("(only a comment)", &[]);
        check(
            "team: anna@x.org, bernd@x.org; c@x.org",
            &["anna@x.org", "bernd@x.org", "c@x.org"],
        );
        check("undisclosed-recipients:;", &[]);
        check("A Group: ; , ,", &[]);
        check("<@a.org,@b.org:anna@x.org>", &["anna@x.org"]);
        check("<anna@x.org", &["anna@x.org"]);
        check("<<anna@x.org>>", &["anna@x.org"]);
        check(
            "\"anna\"@x.org, \"anna b\"@x.org",
            &["anna@x.org", "\"anna b\"@x.org"],
        );
        check("anna @ x.org", &["anna@x.org"]);
        check("=?utf-8?q?A=2C_B?= <anna@x.org>", &["anna@x.org"]);
        check("<>", &[]);
        check("anna@[192.0.2.1]", &["anna@[192.0.2.1]"]);
        check("\"", &["\""]);
        check("((((", &[]);
        check("\"x\\", &["\"x\\"]);
        check("@x", &[]);
        check("ann\u{e9}@x.org", &["ann\u{e9}@x.org"]);
    }

    #[test]
    fn many_addresses_take_linear_time() {
        let body = "a@x,".repeat(100_000) + &"(".repeat(100_000);
        assert_eq!(Addresses::of(body.as_bytes()).count(), 100_000);
        assert_eq!(Addresses::of(&[b'a'; 2000]).count(), 0);
    }
}
