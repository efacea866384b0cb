use bytes::Bytes;

use super::*;

fn run(lines: &str, set: impl Fn(&mut Account)) -> (String, Rewritten) {
    let mut account = Account::example();
    set(&mut account);
    let header = Header {
        lines: Bytes::from(lines.to_owned()),
        rest: Bytes::from_static(b"\r\n"),
    };
    let done = rewrite(&header, &account, "h.org");
    let text = [&done.before[..], b"|", &done.after[..]].concat();
    (String::from_utf8(text).unwrap().replace("\r\n", "/"), done)
}

#[test]
fn lines_are_kept_dropped_and_qualified() {
    let check = |lines: &str, set: fn(&mut Account), expected: &str| {
        assert_eq!(run(lines, set).0, expected, "{lines}");
    };
    let plain = |_: &mut Account| {};
    check(
        "A: 1\r\nReceived: x\r\nB: 2\r\n",
        plain,
        "A: 1/|Received: x/B: 2/",
    );
    check("From a@b Thu\r\n>From c 1:2\r\nA: 1\r\n", plain, "A: 1/|");
    check(
        "Return-Path: <a@b>\r\nReturn-Path: <c@d>\r\n",
        plain,
        "Return-Path: <c@d>/|",
    );
    check(
        "Return-Path: <a@b>\r\n",
        |a| a.target = Target::Mda(b"x".to_vec()),
        "Return-Path: <a@b>/|",
    );
    check("Status:\r\nStatus: RO\r\n", plain, "Status: RO/|");
    check(
        "Status: RO\r\nX-Mozilla-Status: 1\r\n",
        |a| a.drop_status = true,
        "|",
    );
    check("Delivered-To: x\r\n", |a| a.drop_delivered = true, "|");
    check(
        "To: anna,\r\n bernd\r\n",
        plain,
        "To: anna@h.org,/ bernd@h.org/|",
    );
    check("To : anna\r\n", plain, "To : anna@h.org/|");
    check("To: anna\r\n", |a| a.rewrite = false, "To: anna/|");
    check("X: 1", plain, "X: 1/|");
    check("From : a@b\r\n", plain, "From : a@b/|");
    check(">From : a@b\r\n", plain, ">From : a@b/|");
}

#[test]
fn envelope_senders() {
    let check = |lines: &str, expected: Option<&str>| {
        let sender = run(lines, |_| {})
            .1
            .sender
            .map(|s| String::from_utf8(s).unwrap());
        assert_eq!(sender.as_deref(), expected, "{lines}");
    };
    check("From: a@x\r\nReturn-Path: <b@y>\r\n", Some("b@y"));
    check("From: a@x\r\nReturn-Path: <>\r\n", Some(""));
    check("From: \"A, B\" <a@x>\r\n", Some("a@x"));
    check("From: a@x (A, B)\r\n", Some("a@x"));
    check("From: a@x, b@y\r\n", Some("a@x"));
    check("From: \"o'hara\"@x\r\n", Some("\"o'hara\"@x"));
    check("From: \"A \\\" <b@y>\" <a@x>\r\n", Some("a@x"));
    check("Sender: zap\r\nFrom: a@x\r\n", Some("zap@h.org"));
    check("Reply-To: r@x\r\n", Some("r@x"));
    check("Subject: x\r\n", None);
}

#[test]
fn facts() {
    let facts = |lines: &str| run(lines, |_| {}).1;
    assert!(facts("no colon here\r\n").is_malformed);
    assert!(!facts("A: 1\r\n continued without colon\r\n").is_malformed);
    assert!(
        !run("no colon\r\n", |a| a.bad_header = BadHeader::Accept)
            .1
            .is_malformed
    );
    assert!(!facts(" no colon in a first line with a blank\r\n").is_malformed);
    assert!(!facts(">From nobody\r\nFrom nobody\r\n").is_malformed);
    assert!(facts(">From nobody\r\nStatus:\r\n").is_headerless());
    assert!(facts("X-IMAP: 1 2\r\n").is_folder_data);
    let mime = "MIME-Version: 1.0\r\nContent-Transfer-Encoding: ";
    assert_eq!(facts(&format!("{mime}8bit\r\n")).body, BodyType::EightBit);
    assert_eq!(facts(&format!("{mime}7BIT\r\n")).body, BodyType::SevenBit);
    assert_eq!(facts(&format!("{mime}base64\r\n")).body, BodyType::Unsaid);
    assert_eq!(
        facts("Content-Transfer-Encoding: 8bit\r\n").body,
        BodyType::Unsaid
    );
    let shown = facts("From: =?utf-8?q?J=C3=BCrgen?= <j@x>\r\nSubject: =?utf-8?b?w6TDtg==?=\r\n");
    assert_eq!(
        (shown.from.as_str(), shown.subject.as_str()),
        ("Jürgen", "äö")
    );
    assert_eq!(facts("From: <j@x>\r\n").from, "j@x");
}

#[test]
fn mimedecode() {
    let decoded = |lines: &str| run(lines, |a| a.mime_decode = true);
    let mime = "MIME-Version: 1.0\r\nContent-Transfer-Encoding: quoted-printable\r\n";
    let (text, done) = decoded(&format!("{mime}Content-Type: text/plain\r\n"));
    let expected = "MIME-Version: 1.0/Content-Transfer-Encoding: 8bit/Content-Type: text/plain/|";
    assert_eq!(text, expected);
    assert_eq!(done.body, BodyType::EightBit);
    assert!(done.decoding.is_some());
    let parts = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=a\r\n";
    assert_eq!(decoded(parts).1.body, BodyType::EightBit);
    let (text, done) = decoded("To: =?x?q?anna?=\r\nSubject: =?utf-8?q?J=C3=BC?= x\r\n");
    assert_eq!(text, "To: anna@h.org/Subject: Jü x/|");
    assert_eq!(
        (done.subject.as_str(), done.body),
        ("Jü x", BodyType::Unsaid)
    );
    assert!(done.decoding.is_none());
    // Shown as its character set says, though the set is lost on the way.
    let header = Header {
        lines: Bytes::from_static(b"Subject: =?iso-8859-1?q?J=FC?=\r\n"),
        rest: Bytes::from_static(b"\r\n"),
    };
    let account = Account {
        mime_decode: true,
        ..Account::example()
    };
    let done = rewrite(&header, &account, "h.org");
    assert_eq!(
        (&done.before[..], done.subject.as_str()),
        (&b"Subject: J\xfc\r\n"[..], "Jü")
    );
    // The rest of a header that is too long to be read may say anything.
    let lines = Bytes::from(format!("{mime}Content-Type: text/plain\r\n"));
    let rest = Bytes::from_static(b"X: 1\r\n\r\n");
    let done = rewrite(&Header { lines, rest }, &account, "h.org");
    assert!(done.decoding.is_none());
    assert!(
        done.before
            .ends_with(b"quoted-printable\r\nContent-Type: text/plain\r\n")
    );
}
