use super::*;
use crate::rc::lint::tests::{facts, finds, silent};
use crate::rc::lint::{check, fix};

/// Makes every safe fix, and the result is free of errors.
#[track_caller]
fn mends(text: &str, expected: &str) {
    let document = Document::parse(text);
    let found = check(&document, &facts());
    let mended = fix::apply_all(&document, &facts(), |d| {
        d.fix.as_ref().is_some_and(|f| f.safe)
    });
    assert_eq!(
        String::from_utf8_lossy(&mended.bytes()),
        expected,
        "{text}: {found:#?}"
    );
    let left = check(&mended, &facts());
    assert!(
        left.iter().all(|d| d.severity != Severity::Error),
        "{left:#?}"
    );
}

#[test]
fn one_mistake_is_one_error() {
    let check = |text: &str, expected: &[&str]| {
        let found = check(&Document::parse(text), &facts());
        let errors = found.iter().filter(|d| d.severity == Severity::Error);
        let seen: Vec<_> = errors.map(|d| d.slug).collect();
        assert_eq!(seen, expected, "{text}");
    };
    check("poll a klunk klink user b", &["unknown-word"]);
    check(
        "poll a klunk user b keep klink",
        &["unknown-word", "unknown-word"],
    );
    check("poll 1 proto pop3", &["digits-value"]);
    check("poll a via ssl proto imap", &["keyword-value"]);
    check(
        "poll a timeout proto imap user",
        &["number-value", "missing-value"],
    );
    check(
        "poll a user b port 1 proto imap",
        &["server-option-after-user"; 2],
    );
    check("poll a keep user b ssl", &["user-option-before-user"]);
    check(
        "poll a proto klunk uidl auth klunk user b no lmtp keep",
        &["protocol-word", "auth-word", "no-negation"],
    );
    check(
        "set daemon\npoll a klunk",
        &["number-value", "unknown-word"],
    );
    check("klunk poll a", &["unknown-word"]);
    check("poll a bad-header x", &["syntax"]);
    check("poll\nset daemon 9", &["missing-value"]);
    // What follows an open quote is not judged.
    check(
        "poll a user b pass \"x y\nis c here ssl keep\npoll d",
        &["unknown-word"],
    );
}

#[test]
fn quotes_are_put_where_they_are_needed() {
    mends(
        "poll a user b sslproto auto",
        "poll a user b sslproto \"auto\"",
    );
    mends("poll 123 user b", "poll \"123\" user b");
    mends(
        "poll a user b folder 2024 keep",
        "poll a user b folder \"2024\" keep",
    );
    mends(
        "poll a user b pass a=b keep",
        "poll a user b pass \"a=b\" keep",
    );
    mends("poll a user b pass a,b;", "poll a user b pass \"a,b\";");
    mends(
        "poll a user b sslfingerprint D4:1D:8C:D9:8F:00:B2:04:E9:80:09:98:EC:F8:42:7E",
        "poll a user b sslfingerprint \"D4:1D:8C:D9:8F:00:B2:04:E9:80:09:98:EC:F8:42:7E\"",
    );
    finds(
        "poll a user b folder keep",
        "keyword-value",
        "keep",
        "poll a user b folder \"keep\"",
    );
    finds(
        "poll a user b mda procmail -d x # c",
        "unknown-word",
        "-d",
        "poll a user b mda \"procmail -d x\" # c",
    );
}

#[test]
fn numbers_stand_bare() {
    mends("poll a user b limit \"5\"", "poll a user b limit 5");
    mends("set daemon = 300\n", "set daemon 300\n");
    mends(
        "poll a port imaps user b ssl",
        "poll a service imaps user b ssl",
    );
}

#[test]
fn words_are_spelled() {
    mends("POLL a USER b KEEP", "poll a user b keep");
    mends("poll a proto Pop3 user b", "poll a proto pop3 user b");
    mends("poll a user b kepe ssl", "poll a user b keep ssl");
    mends(
        "poll a user b nossl nosslcertck sslfingerprint \"D41D8CD98F00B204E9800998ECF8427E\"",
        "poll a user b no ssl no sslcertck sslfingerprint \"D4:1D:8C:D9:8F:00:B2:04:E9:80:09:98:EC:F8:42:7E\"",
    );
    mends("set nosyslog", "set no syslog");
    mends("set postmister me", "set postmaster me");
    mends("poll a user b remote Junk", "poll a user b folder Junk");
    mends(
        "poll a user b there pasword x",
        "poll a user b there password x",
    );
    finds(
        "poll a proto imap-gss user b",
        "protocol-word",
        "imap-gss",
        "poll a proto imap auth gssapi user b",
    );
    finds(
        "poll a auth GSSAPI user b",
        "auth-word",
        "GSSAPI",
        "poll a auth gssapi user b",
    );
    finds(
        "poll a envelope2 X-To user b",
        "unknown-word",
        "envelope2",
        "poll a envelope 2 X-To user b",
    );
    finds(
        "poll a user b fetchlimit10",
        "unknown-word",
        "fetchlimit10",
        "poll a user b fetchlimit 10",
    );
    // It would delete mail.
    let found = check(&Document::parse("poll a user b flsh"), &facts());
    assert!(found[0].fix.as_ref().is_some_and(|fix| !fix.safe));
    // Nobody knows, or it may be the rest of a password.
    finds("poll a user b xyzzy", "unknown-word", "xyzzy", "-");
    finds("poll a user b pass x kep", "unknown-word", "kep", "-");
    silent("poll a user b is kep here", "unknown-word");
    finds("poll a user b no lmtp", "no-negation", "lmtp", "-");
    finds("poll a bad-header x", "syntax", "x", "-");
}

#[test]
fn options_are_moved_where_they_belong() {
    mends(
        "poll a user b pass x port 110 keep",
        "poll a service 110 user b pass x keep",
    );
    mends(
        "poll a\n  user b pass x\n  proto pop3\n  keep\n  uidl\n",
        "poll a\n  proto pop3\n  uidl\n  user b pass x\n  keep\n",
    );
    mends(
        "poll a proto imap with user b proto imap",
        "poll a proto imap proto imap with user b",
    );
    mends(
        "poll a keep ssl user b pass x",
        "poll a user b keep ssl pass x",
    );
    mends(
        "poll a\n  keep\n  user b\n  ssl\n",
        "poll a\n  user b   keep\n  ssl\n"
            .replace("   ", " ")
            .as_str(),
    );
    mends(
        "poll a user b\ndefaults proto imap\n",
        "defaults proto imap\npoll a user b\n",
    );
}

#[test]
fn marks_and_ends() {
    finds("\u{feff}poll a", "byte-order-mark", "\u{feff}", "poll a");
    finds("poll a # x", "comment-at-end", "# x", "poll a # x\n");
    finds(
        "poll a user b pass \"x\"y",
        "quotes-in-value",
        "\"x\"y",
        "-",
    );
    finds(
        "poll a user b mda \"/bin/cat\n keep",
        "quotes-in-value",
        "\"/bin/cat",
        "-",
    );
    finds(
        "poll a user b is joe password\"x\"",
        "quotes-in-value",
        "password\"x\"",
        "-",
    );
    finds(
        "poll a user b password #x\n keep ssl\n",
        "comment-in-option",
        "#x",
        "-",
    );
    silent(
        "poll a user b is # these\n c d # and\n e here",
        "comment-in-option",
    );
    finds("poll a user b pass \"x y\nis c", "open-quote", "\"", "-");
    finds("poll a via \"x\nkeep \"y z\" ssl", "open-quote", "\"", "-");
    silent("poll a folder \"x\ny\" keep", "open-quote");
    finds(
        "poll a user b folder x passwordeval y",
        "option-in-list",
        "passwordeval",
        "-",
    );
    finds(
        "poll a user b passwordeval y",
        "later-word",
        "passwordeval y",
        "-",
    );
}
