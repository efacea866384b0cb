//! Ways to sign in, read from what a server lists. Pure.

use crate::base::text::quiet;
use crate::proto::look::{Found, Speech, StartTls};

/// Most mechanisms kept.
const MOST: usize = 40;
/// Longest name of one (RFC 4422 section 3.1 allows 20).
const NAME_MAX: usize = 40;

/// The mechanisms offered at the end, by their own names, and whether a password must not be sent
/// before TLS.
pub(super) fn offered(found: &Found, is_implicit: bool) -> (Vec<String>, bool) {
    let before: Vec<&[u8]> = lines(found.before.as_deref());
    let listed: Vec<&[u8]> = lines(Some(found.listed()));
    let is_protected = is_implicit || found.starttls == Some(StartTls::Works);
    let mut mechanisms = match found.speech {
        Some(Speech::Imap) => of_imap(&listed, found),
        Some(Speech::Pop3) => of_pop3(&listed),
        Some(Speech::Smtp) => of_smtp(&listed),
        Some(Speech::Pop2) | None => Vec::new(),
    };
    let mut seen = Vec::new();
    mechanisms.retain(|name| {
        let is_new = !seen.contains(name);
        seen.push(name.clone());
        is_new
    });
    mechanisms.truncate(MOST);
    let needs_tls = match found.speech {
        _ if is_implicit => false,
        Some(Speech::Imap) => has(&before, "LOGINDISABLED"),
        // Nothing listed means nothing.
        Some(Speech::Pop3) => {
            !before.is_empty() && has(&before, "STLS") && of_pop3(&before).is_empty()
        }
        Some(Speech::Smtp) => {
            is_protected && of_smtp(&before).is_empty() && !of_smtp(&listed).is_empty()
        }
        Some(Speech::Pop2) | None => false,
    };
    (mechanisms, needs_tls)
}

fn lines(listed: Option<&[bytes::Bytes]>) -> Vec<&[u8]> {
    listed
        .unwrap_or_default()
        .iter()
        .map(AsRef::as_ref)
        .collect()
}

fn has(lines: &[&[u8]], word: &str) -> bool {
    lines
        .iter()
        .any(|line| line.trim_ascii().eq_ignore_ascii_case(word.as_bytes()))
}

/// LOGIN is a command that every server has unless it says otherwise.
fn of_imap(listed: &[&[u8]], found: &Found) -> Vec<String> {
    if found.is_preauth || listed.is_empty() {
        return Vec::new();
    }
    let auth = listed.iter().filter_map(|word| {
        let (name, value) = word.split_at_checked(5)?;
        name.eq_ignore_ascii_case(b"AUTH=").then(|| shown(value))
    });
    let mut found: Vec<String> = auth.collect();
    if !has(listed, "LOGINDISABLED") {
        found.push("LOGIN".to_owned());
    }
    found
}

fn of_pop3(listed: &[&[u8]]) -> Vec<String> {
    words_of(listed, "SASL")
        .chain(has(listed, "USER").then(|| "USER".to_owned()))
        .collect()
}

fn of_smtp(listed: &[&[u8]]) -> Vec<String> {
    words_of(listed, "AUTH").collect()
}

/// The words behind a word; some servers write `AUTH=LOGIN`.
fn words_of<'a>(listed: &'a [&[u8]], name: &'a str) -> impl Iterator<Item = String> + 'a {
    listed.iter().flat_map(move |line| {
        let mut words = line
            .split(|b| matches!(b, b' ' | b'\t' | b'='))
            .filter(|word| !word.is_empty());
        let is_it = words
            .next()
            .is_some_and(|first| first.eq_ignore_ascii_case(name.as_bytes()));
        words.filter(move |_| is_it).map(shown)
    })
}

fn shown(name: &[u8]) -> String {
    quiet(&name.to_ascii_uppercase(), NAME_MAX)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn listed(text: &str) -> Option<Vec<Bytes>> {
        let lines = text.split('|').filter(|line| !line.is_empty());
        Some(
            lines
                .map(|line| Bytes::copy_from_slice(line.as_bytes()))
                .collect(),
        )
    }

    #[test]
    fn in_the_clear() {
        let check = |speech, before: &str, expected: &str, needs_tls: bool| {
            let found = Found {
                speech: Some(speech),
                before: listed(before),
                starttls: Some(StartTls::NotOffered),
                ..Found::default()
            };
            let (mechanisms, needs) = offered(&found, false);
            assert_eq!(mechanisms.join(" "), expected, "{before}");
            assert_eq!(needs, needs_tls, "{before}");
        };
        use Speech::{Imap, Pop3, Smtp};
        check(
            Imap,
            "IMAP4rev1|AUTH=PLAIN|auth=cram-md5",
            "PLAIN CRAM-MD5 LOGIN",
            false,
        );
        check(Imap, "IMAP4rev1|AUTH=LOGIN", "LOGIN", false);
        check(Imap, "IMAP4rev1|LOGINDISABLED", "", true);
        check(Imap, "", "", false);
        check(Pop3, "USER|SASL PLAIN  LOGIN", "PLAIN LOGIN USER", false);
        check(Pop3, "STLS|SASL|UIDL", "", true);
        check(Pop3, "STLS|USER", "USER", false);
        check(Pop3, "", "", false);
        check(
            Smtp,
            "AUTH=LOGIN|AUTH PLAIN LOGIN|ETRN",
            "LOGIN PLAIN",
            false,
        );
    }

    #[test]
    fn only_what_is_said_inside_tls_counts() {
        let found = Found {
            speech: Some(Speech::Imap),
            before: listed("IMAP4rev1|STARTTLS|LOGINDISABLED"),
            after: listed("IMAP4rev1|AUTH=PLAIN"),
            starttls: Some(StartTls::Works),
            ..Found::default()
        };
        let (mechanisms, needs_tls) = offered(&found, false);
        assert_eq!(mechanisms, ["PLAIN", "LOGIN"]);
        assert!(needs_tls);
        let late = Found {
            after: listed("IMAP4rev1|LOGINDISABLED"),
            before: listed("IMAP4rev1|AUTH=PLAIN|STARTTLS"),
            ..found
        };
        assert_eq!(offered(&late, false).0, Vec::<String>::new());
    }
}
