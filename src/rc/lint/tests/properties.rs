//! What holds for every file: no bytes are too odd to look at, and fixes do what they say.

use super::{accounts, facts};
use crate::rc::diagnostic::{Diagnostic, Severity};
use crate::rc::document::Document;
use crate::rc::lint::{check, fix};

/// Text that is nearly a file: words of the table, values, quotes and noise in any order.
fn soup() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let words = crate::rc::option::all().flat_map(|keyword| keyword.words.iter().copied());
    let mut words: Vec<&str> = words.collect();
    let others = [
        "poll a",
        "poll b",
        "skip c",
        "defaults",
        "set",
        "user x",
        "user y",
        "pass z",
        "is j k here",
        "no",
        "here",
        "there",
        "\"",
        "'",
        "\"q r\"",
        "=",
        ",",
        "# c\n",
        "\n",
        "\n  ",
        "993",
        "143",
        "5",
        "\"7\"",
        "imap",
        "pop3",
        "apop",
        "'sendmail -t'",
        "POLL",
        "KEEP",
        "kepe",
        "nossl",
        "imap.gmail.com",
        "ssl3",
        "''",
        "AA:BB",
        "\u{feff}",
        "\u{e9}",
    ];
    // As often as the keywords, so that something can be read.
    words.extend(others.iter().cycle().take(others.len() * 4));
    proptest::collection::vec(proptest::sample::select(words), 0..25)
        .prop_map(|words| words.join(" "))
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(if cfg!(debug_assertions) { 150 } else { 2000 }))]

    #[test]
    fn any_bytes_are_looked_at(bytes: Vec<u8>) {
        let document = Document::parse(bytes);
        for finding in check(&document, &facts()) {
            if let Some(fix) = &finding.fix {
                let _ = fix::apply(&document, &fix.edits);
            }
        }
    }

    /// A fix removes its finding, and in a file that can be read it brings no error; a safe one
    /// changes nothing else.
    #[test]
    fn fixes_do_what_they_say(text in proptest::prop_oneof![soup(), plausible(), plausible()]) {
        fixes_hold(&text)?;
    }

    /// All safe fixes together bring no new error.
    #[test]
    fn all_fixes_together_make_it_no_worse(text in proptest::prop_oneof![soup(), plausible()]) {
        let document = Document::parse(text.clone());
        let errors = |document: &Document| {
            let found = check(document, &facts());
            found.iter().filter(|d| d.severity == Severity::Error).count()
        };
        let mended = fix::apply_all(&document, &facts(), |d| d.fix.is_some());
        proptest::prop_assert!(errors(&mended) <= errors(&document), "{text}");
    }
}

/// Files that can be read and make most rules speak.
fn plausible() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let some = |words: &'static [&'static str], most: usize| {
        proptest::sample::subsequence(words, 0..=most.min(words.len()))
            .prop_shuffle()
            .prop_map(|words| words.join(" "))
    };
    let server = || {
        some(
            &[
                "proto pop3",
                "proto apop",
                "proto imap",
                "port 110",
                "service 993",
                "service 143",
                "uidl",
                "dns",
                "no checkalias",
                "timeout 5",
                "interval 2",
                "envelope Received",
                "via imap.gmail.com",
                "via pop3.live.com",
                "localdomains x",
                "auth cram-md5",
            ],
            5,
        )
    };
    let user = || {
        some(
            &[
                "pass Hunter2",
                "ssl",
                "no ssl",
                "sslproto ''",
                "sslproto tls1",
                "no sslcertck",
                "keep",
                "no keep",
                "flush",
                "no flush",
                "fetchall",
                "idle",
                "limitflush",
                "is j k here",
                "is l@m here",
                "mda \"x '%T'\"",
                "mda 'sendmail -t'",
                "smtphost h",
                "folder q r",
                "sslfingerprint D41D8CD98F00B204E9800998ECF8427E",
            ],
            6,
        )
    };
    let users = proptest::collection::vec(user(), 0..3).prop_map(|users| {
        users
            .iter()
            .map(|user| format!("\n  user u {user}"))
            .collect::<String>()
    });
    let entry = (
        proptest::sample::select(vec!["a", "b", "web.de"]),
        server(),
        users,
    )
        .prop_map(|(name, server, users)| format!("poll {name} {server}{users}\n"));
    let defaults = proptest::option::of((server(), user()))
        .prop_map(|said| said.map_or(String::new(), |(s, u)| format!("defaults {s} {u}\n")));
    let daemon = proptest::sample::select(vec!["", "set daemon 20\n", "set daemon 300\n"]);
    (daemon, defaults, proptest::collection::vec(entry, 0..4))
        .prop_map(|(daemon, defaults, entries)| format!("{daemon}{defaults}{}", entries.concat()))
}

fn fixes_hold(text: &str) -> Result<(), proptest::test_runner::TestCaseError> {
    let document = Document::parse(text);
    let found = check(&document, &facts());
    let is_error = |d: &&Diagnostic| d.severity == Severity::Error;
    // What is mended in a file that cannot be read may uncover more.
    let is_readable = found.iter().filter(is_error).all(|d| d.account.is_some());
    for finding in found.iter().filter(|_| is_readable) {
        let Some(fix) = &finding.fix else { continue };
        let Ok(mended) = fix::apply(&document, &fix.edits) else {
            continue;
        };
        let after = check(&mended, &facts());
        let now = String::from_utf8_lossy(&mended.bytes()).into_owned();
        let count =
            |found: &[Diagnostic]| found.iter().filter(|d| d.key() == finding.key()).count();
        proptest::prop_assert!(count(&after) < count(&found), "{text}\n{now}\n{finding:#?}");
        let errors = |found: &[Diagnostic]| found.iter().filter(is_error).count();
        proptest::prop_assert!(
            errors(&after) <= errors(&found),
            "{text}\n{now}\n{finding:#?}"
        );
        if fix.safe && finding.severity != Severity::Error {
            let (old, new) = (
                accounts(&document, finding.slug),
                accounts(&mended, finding.slug),
            );
            proptest::prop_assert_eq!(old, new, "{}\n{}", text, now);
        }
    }
    Ok(())
}
