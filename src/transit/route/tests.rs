use super::clues::is_clue;
use super::reason::{Alias, Host, Rule, Source};
use super::*;
use crate::rc::Document;
use crate::rc::resolve::{self, Surroundings};
use crate::rc::settings::Overrides;
use crate::transit::Header;
use crate::transit::rewrite::rewrite;
use bytes::Bytes;

/// The account of `poll mx.org ... ` with these words.
fn account(words: &str) -> Account {
    let text = format!("poll mx.org proto pop3 {words}");
    let document = Document::parse(&text);
    let whole = resolve::whole(&document, &Overrides::default(), &Surroundings::default());
    whole
        .accounts
        .into_iter()
        .next()
        .expect("an account")
        .account
}

fn routed(words: &str, header: &str, answers: &Answers) -> Routing {
    let account = account(words);
    let header = Header {
        lines: Bytes::from(header.replace('\n', "\r\n") + "\r\n"),
        rest: Bytes::new(),
    };
    let rewritten = rewrite(&header, &account, "mx.org");
    route(&rewritten.clues, &account, b"root", answers)
}

fn names(routing: &Routing) -> Vec<String> {
    let names = routing.recipients.iter();
    names
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .collect()
}

fn check(words: &str, header: &str, expected: &[&str]) {
    let routing = routed(words, header, &Answers::default());
    assert_eq!(names(&routing), expected, "{words}: {header}: {routing:?}");
}

/// Every line was compared with fetchmail 6.4.37.
#[test]
fn as_fetchmail_has_it() {
    let plain = "no dns is anna bernd=bb c@x.org=cc here";
    let check_plain = |header: &str, expected: &[&str]| check(plain, header, expected);
    check_plain(
        "To: anna@mx.org, BERND@MX.ORG, C@X.ORG",
        &["anna", "bb", "cc"],
    );
    check_plain("To: anna", &["anna"]);
    check_plain("To: nobody@mx.org", &["root"]);
    check_plain("To: nobody@elsewhere.org", &["root"]);
    check_plain("Cc: anna@mx.org\nTo: bernd@mx.org", &["anna", "bb"]);
    check_plain(
        "Bcc: anna@mx.org\nApparently-To: bernd@mx.org",
        &["anna", "bb"],
    );
    check_plain("Resent-To: anna@mx.org\nTo: bernd@mx.org", &["anna"]);
    check_plain("To: anna@sub.mx.org", &["root"]);
    check_plain("Subject: nothing", &["root"]);
    check_plain(
        "Received: from x by mx.org with SMTP for <bernd@mx.org>; Mon\nTo: anna@mx.org",
        &["bb"],
    );
    check_plain(
        "Received: from x by o.org for <bernd@mx.org>; Mon\nTo: anna@mx.org",
        &["anna"],
    );
    check_plain(
        "Received: from x by mx.org for <nobody@mx.org>; Mon\nTo: anna@mx.org",
        &["root"],
    );
    check_plain(
        "Received: from x by mx.org id 1 for bernd; Mon\nTo: anna@mx.org",
        &["anna"],
    );
    let named = "no dns envelope \"X-Original-To:\" aka mail.org is anna bernd here";
    check(
        named,
        "X-Original-To: anna@mail.org\nTo: bernd@mx.org",
        &["anna"],
    );
    check(named, "X-Original-To: anna\nTo: bernd@mx.org", &["root"]);
    check(
        named,
        "X-Original-To: <anna@mail.org>, bernd@sub.mail.org",
        &["anna", "bernd"],
    );
    check(
        named,
        "Received: from x by mx.org for <bernd@mx.org>; Mon\nTo: anna@mx.org",
        &["anna"],
    );
    let skipping = "no dns envelope 1 \"Delivered-To:\" qvirtual \"list-\" localdomains d.org is anna bernd here";
    check(
        skipping,
        "Delivered-To: anna@mx.org\nDelivered-To: list-bernd@mx.org",
        &["bernd"],
    );
    check(
        skipping,
        "Delivered-To: anna@mx.org\nTo: bernd@mx.org",
        &["bernd"],
    );
    check(
        skipping,
        "Delivered-To: q@mx.org\nDelivered-To: LIST-zed@sub.d.org",
        &["zed@sub.d.org"],
    );
    check(
        skipping,
        "Delivered-To: q@mx.org\nDelivered-To: list-list-anna@mx.org",
        &["root"],
    );
    check(
        "no dns no envelope is * here",
        "Received: from x by mx.org for <b@mx.org>\nTo: Zed@mx.org",
        &["Zed"],
    );
    check("no dns is anna=a anna=b * here", "To: anna@mx.org", &["a"]);
    check("is anna here", "To: bernd@mx.org", &["anna"]);
}

/// A recipient may have a blank where quotes make it harmless, and nowhere else.
#[test]
fn blanks_and_brackets() {
    let check = |path: &str, expected| assert_eq!(is_safe(path.as_bytes()), expected, "{path}");
    check("anna@x.org", true);
    check("\"joe smith\"@x.org", true);
    check("\"joe \\\" smith\"@x.org", true);
    check("joe smith@x.org", false);
    check("\"joe\" smith@x.org", false);
    check("\"joe smith@x.org", false);
    check("\"joe smith\\\"@x.org", false);
    check("\"joe\\\\\" smith@x.org", false);
    check("\"a> <b\"@x.org", false);
    check("\"a\r\n b\"@x.org", false);
    check("", false);
}

/// What fetchmail 6.4.37 does otherwise, with reasons at the head of the file.
#[test]
fn better_on_purpose() {
    let plain = "no dns is anna bernd here";
    check(
        plain,
        "To: team: anna@mx.org, bernd@mx.org;",
        &["anna", "bernd"],
    );
    check(plain, "To: <@route,@b:anna@mx.org>", &["anna"]);
    check(plain, "To: \"anna\"@mx.org", &["anna"]);
    check(plain, "To: anna@mx.org, ANNA@mx.org", &["anna"]);
    check(
        "no dns is * here",
        "To: |x@mx.org, -x@mx.org, /f@mx.org, zed@mx.org",
        &["zed"],
    );
    check("no dns is * here", "To: |x@mx.org", &["root"]);
}

#[test]
fn dropped_delivered_to_is_looked_at() {
    let words = "no dns envelope Delivered-To is anna bernd here dropdelivered";
    check(
        words,
        "Delivered-To: bernd@mx.org\nTo: anna@mx.org",
        &["bernd"],
    );
}

#[test]
fn strict_accounts_do_not_guess() {
    let mut account = account("no dns is anna bernd here");
    account.local.strict_recipients = true;
    let clue = |text: &str| Clue {
        field: text.into(),
        line: 1,
    };
    let routed = |clues: &[Clue]| route(clues, &account, b"root", &Answers::default());
    let guess = routed(&[clue("To: anna@mx.org\r\n")]);
    assert_eq!(
        (names(&guess), guess.source),
        (vec!["root".to_owned()], Source::Nowhere)
    );
    let told = routed(&[clue(
        "Received: from x by mx.org for <bernd@mx.org>; Mon\r\n",
    )]);
    assert_eq!(
        (names(&told), told.source),
        (vec!["bernd".to_owned()], Source::Received { skipped: 0 })
    );
}

#[test]
fn reasons() {
    let routing = routed(
        "no dns aka mail.org is anna=a here",
        "Subject: x\nTo: anna@a.mail.org,\n\tb@mx.org, c@d.org, e",
        &Answers::default(),
    );
    let verdicts: Vec<_> = routing
        .found
        .iter()
        .map(|found| (found.line, &found.verdict))
        .collect();
    let aka = Host::Aka("mail.org".to_owned());
    // With one pair only it is no multidrop account.
    assert_eq!(verdicts, []);
    let routing = routed(
        "no dns no rewrite aka mail.org is anna=a zoe here",
        "Subject: x\nTo: anna@a.mail.org,\n\tb@mx.org, c@d.org, e",
        &Answers::default(),
    );
    let verdicts: Vec<_> = routing
        .found
        .iter()
        .map(|found| (found.line, &found.verdict))
        .collect();
    let goes = Verdict::Goes {
        to: b"a".to_vec(),
        by: Rule::Pair(aka),
    };
    let nobody = Verdict::Nobody(Host::Server);
    assert_eq!(
        verdicts,
        [
            (2, &goes),
            (2, &nobody),
            (2, &Verdict::Elsewhere),
            (2, &Verdict::Bare)
        ]
    );
    assert_eq!(routing.source, Source::Addressees);
}

#[test]
fn warnings() {
    let warning = |header: &str| {
        let routing = routed("no dns is anna bernd here", header, &Answers::default());
        String::from_utf8(routing.warning_line()).unwrap()
    };
    let none = "X-Fetchmail-Warning: no recipient addresses matched declared local names\r\n";
    assert_eq!(warning("To: anna@mx.org"), "");
    assert_eq!(warning("To: zed@mx.org"), none);
    assert_eq!(
        warning("To: zed@o.org"),
        "X-Fetchmail-Warning: recipient address zed@o.org didn't match any local name\r\n"
    );
    assert_eq!(warning("To: zed@o.org, b@o.org"), none);
}

#[test]
fn dns_is_asked_first() {
    let header = "Received: from x by in.net for <bernd@mx.org>; Mon\nTo: anna@www.org, b@o.org";
    let words = "is anna bernd here";
    let mut answers = Answers::default();
    let routing = routed(words, header, &answers);
    assert_eq!(
        (routing.questions, routing.recipients),
        (vec!["in.net".to_owned()], vec![])
    );
    answers.learn("in.net".to_owned(), Answer::IsNot);
    let routing = routed(words, header, &answers);
    assert_eq!(routing.questions, ["www.org", "o.org"]);
    answers.learn("www.org".to_owned(), Answer::Is(Alias::Exchanger));
    answers.learn("o.org".to_owned(), Answer::Failed);
    assert!(routed(words, header, &answers).is_deferred);
    answers.forget_failures();
    answers.learn("o.org".to_owned(), Answer::IsNot);
    assert_eq!(names(&routed(words, header, &answers)), ["anna"]);
    let assumed = Answers::assumed(Answer::Is(Alias::Canonical));
    assert_eq!(names(&routed(words, header, &assumed)), ["bernd"]);
}

#[test]
fn thousands_of_recipients_are_bounded() {
    let many: String = (0..20_000).map(|n| format!("u{n}@mx.org,\n ")).collect();
    let routing = routed(
        "no dns is * here",
        &format!("To: {many}x@mx.org"),
        &Answers::default(),
    );
    assert_eq!(routing.found.len(), ADDRESSES);
    assert_eq!(names(&routing), ["root"]);
    assert!(routing.is_last_resort && routing.warning.is_some());
}

#[test]
fn only_what_says_something_is_kept() {
    let account = account("no dns envelope X-Env is anna bernd here");
    let check = |field: &str, expected| {
        assert_eq!(is_clue(field.as_bytes(), &account), expected, "{field}")
    };
    check("To: x", true);
    check("x-env-to: x", true);
    check("Resent-Bcc : x", true);
    check("Received: x", false);
    check("From: x", false);
}
