use bytes::Bytes;

use super::*;

fn run(lines: &str, set: impl Fn(&mut Account)) -> (String, Rewritten) {
    let mut account = Account::example();
    set(&mut account);
    let header = Header {
        lines: Bytes::from(lines.to_owned()),
        rest: Bytes::new(),
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
