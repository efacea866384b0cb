//! Which fields of a header say something about its recipients, and which of them are looked at
//! (engine.md section 13, steps 1 to 3).

use crate::rc::Account;
use crate::rc::account::EnvelopeSource;
use crate::transit::header::split_field;
use crate::transit::route::reason::Source;

/// A field of the header, with bare names already qualified where `rewrite` does that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clue {
    /// Name, colon, body, as delivered; `Delivered-To` even if it is dropped.
    pub field: Vec<u8>,
    /// Its first line in the message, from 1.
    pub line: u32,
}

const RESENT: [&str; 3] = ["Resent-To", "Resent-Cc", "Resent-Bcc"];
const ADDRESSEES: [&str; 4] = ["To", "Cc", "Bcc", "Apparently-To"];

/// The headers that are looked at for an account, and how many of them are passed over.
enum Wanted<'a> {
    Received { skip: u32 },
    Named { name: &'a [u8], skip: u32 },
    Nothing,
}

fn wanted(account: &Account) -> Wanted<'_> {
    match &account.envelope {
        EnvelopeSource::Disabled => Wanted::Nothing,
        EnvelopeSource::Header { name, skip, .. } if is_received(name) => {
            Wanted::Received { skip: *skip }
        }
        EnvelopeSource::Header { name, skip, .. } => Wanted::Named { name, skip: *skip },
    }
}

/// `Received`, with a colon or without.
fn is_received(name: &[u8]) -> bool {
    let name = name.strip_suffix(b":").unwrap_or(name);
    name.eq_ignore_ascii_case(b"Received")
}

/// The line begins with what `envelope` says, whatever its case: a colon may be part of it.
fn begins_with(field: &[u8], name: &[u8]) -> bool {
    let start = field.get(..name.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(name))
}

/// Whether a field may say something about the recipients of an account with several.
pub fn is_clue(field: &[u8], account: &Account) -> bool {
    let is_named = match wanted(account) {
        Wanted::Received { .. } => begins_with(field, b"Received:"),
        Wanted::Named { name, .. } => begins_with(field, name),
        Wanted::Nothing => false,
    };
    is_named || is_one_of(field, &RESENT) || is_one_of(field, &ADDRESSEES)
}

fn is_one_of(field: &[u8], names: &[&str]) -> bool {
    split_field(field).is_some_and(|(name, _)| {
        names
            .iter()
            .any(|wanted| name.eq_ignore_ascii_case(wanted.as_bytes()))
    })
}

/// What was chosen to look at.
pub enum Chosen<'a> {
    /// The addresses in the bodies of these fields.
    Fields(Vec<(&'a [u8], u32)>),
    /// This one address.
    Address(Vec<u8>, u32),
}

/// Chooses among the clues. `trusted` tells whether a host is the mail server: only its own
/// `Received` lines are believed. `guesses` allows the headers that the writer wrote.
pub fn choose<'a>(
    clues: &'a [Clue],
    account: &Account,
    guesses: bool,
    trusted: &mut dyn FnMut(&[u8]) -> bool,
) -> (Source, Chosen<'a>) {
    match wanted(account) {
        Wanted::Named { name, skip } => {
            let mut named = clues.iter().filter(|clue| begins_with(&clue.field, name));
            if let Some(clue) = named.nth(skip as usize) {
                let chosen = Chosen::Fields(vec![(body(&clue.field), clue.line)]);
                return (Source::Envelope { skipped: skip }, chosen);
            }
        }
        Wanted::Received { skip } => {
            let received = clues
                .iter()
                .filter(|clue| begins_with(&clue.field, b"Received:"));
            let address = received
                .skip(skip as usize)
                .find_map(|clue| Some((for_whom(body(&clue.field), trusted)?, clue.line)));
            if let Some((address, line)) = address {
                let source = Source::Received { skipped: skip };
                return (source, Chosen::Address(address, line));
            }
        }
        Wanted::Nothing => {}
    }
    if !guesses {
        return (Source::Nowhere, Chosen::Fields(Vec::new()));
    }
    let of = |names: &[&str]| -> Vec<(&'a [u8], u32)> {
        let clues = clues.iter().filter(|clue| is_one_of(&clue.field, names));
        clues.map(|clue| (body(&clue.field), clue.line)).collect()
    };
    let resent = of(&RESENT);
    match resent.is_empty() {
        true => (Source::Addressees, Chosen::Fields(of(&ADDRESSEES))),
        false => (Source::Resent, Chosen::Fields(resent)),
    }
}

fn body(field: &[u8]) -> &[u8] {
    split_field(field).map_or(&[], |(_, body)| body)
}

/// Longest `Received` line that is looked at, in octets (threats.md section 6).
const LONGEST: usize = 64 * 1024;

/// The address a `Received` line was delivered for: behind `for`, if the host behind `by` is the
/// mail server (engine.md section 13, step 3). Comments are passed over, and so is what stands
/// behind the date's semicolon.
fn for_whom(body: &[u8], trusted: &mut dyn FnMut(&[u8]) -> bool) -> Option<Vec<u8>> {
    let body = body.get(..body.len().min(LONGEST)).unwrap_or_default();
    let mut words = Words(body);
    words
        .by_ref()
        .find(|word| word.eq_ignore_ascii_case(b"by"))?;
    let host = words.next().filter(|host| !host.contains(&b'@'))?;
    if !trusted(host) {
        return None;
    }
    words
        .by_ref()
        .find(|word| word.eq_ignore_ascii_case(b"for"))?;
    let word = words.next()?;
    let inside = word.strip_prefix(b"<").unwrap_or(word);
    let inside = inside
        .split(|byte| *byte == b'>')
        .next()
        .unwrap_or_default();
    let address = match inside.strip_prefix(b"@") {
        Some(route) => route.splitn(2, |byte| *byte == b':').nth(1)?,
        None => inside,
    };
    address.contains(&b'@').then(|| address.to_vec())
}

/// The words of a `Received` body: between white space, outside comments, up to the semicolon.
struct Words<'a>(&'a [u8]);

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let rest = self.0.trim_ascii_start();
            match rest.first()? {
                b'(' => self.0 = behind_comment(rest),
                b';' => return None,
                _ => {
                    let is_end =
                        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'(' | b';');
                    let end = rest.iter().position(is_end).unwrap_or(rest.len());
                    let (word, rest) = rest.split_at(end);
                    self.0 = rest;
                    return Some(word);
                }
            }
        }
    }
}

fn behind_comment(text: &[u8]) -> &[u8] {
    let mut depth = 0_usize;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return text.get(at + 1..).unwrap_or_default();
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn received_lines() {
        let check = |body: &str, expected: Option<&str>| {
            let mut trusted = |host: &[u8]| host == b"mx.org";
            let found = for_whom(body.as_bytes(), &mut trusted);
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{body}");
        };
        check(
            " from a by mx.org with SMTP id 1 for <anna@x.org>; Mon",
            Some("anna@x.org"),
        );
        check(" by mx.org for anna@x.org; Mon", Some("anna@x.org"));
        check(
            " from x\r\n\tby mx.org (8.9/8.9)\r\n\tfor <anna@x.org>; Mon",
            Some("anna@x.org"),
        );
        check(
            " from x by mx.org (for <b@x.org>) for <anna@x.org>",
            Some("anna@x.org"),
        );
        check(
            " from x by mx.org for <@a,@b:anna@x.org>; Mon",
            Some("anna@x.org"),
        );
        check(" from x by other.org for <anna@x.org>; Mon", None);
        check(" from x by mx.org for anna; Mon", None);
        check(" from x by mx.org; Mon for <anna@x.org>", None);
        check(" from x by mx.org", None);
        check(" from x by a@mx.org for <anna@x.org>", None);
        check(" from by mx.org for <anna@x.org>", Some("anna@x.org"));
        check(" (qmail 3 invoked by uid 5); Mon", None);
        check("((((", None);
        check("", None);
    }
}
