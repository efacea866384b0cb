//! Messages in a session that is open.

use super::*;

#[test]
fn one_recipient_costs_one_flight() {
    let mut t = Talk::open(Hello::Ehlo, &["PIPELINING", "8bitmime", "SIZE 1000"]);
    t.begin(1, &["a@b"]);
    let command = "MAIL FROM:<s@x> BODY=8BITMIME SIZE=99|RCPT TO:<a@b>|DATA|";
    assert_eq!(t.sent(), command);
    assert!(!t.machine.takes_body());
    t.hear("250 ok\r\n250 ok\r\n354 go\r\n");
    t.body("hi\n.\n");
    t.begin(2, &["a@b"]);
    assert_eq!(t.sent(), format!("hi|..|.|{command}"));
    t.hear("250 1 taken\r\n250 ok\r\n250 ok\r\n354 go\r\n");
    assert_eq!(t.fates(), [(1, "taken", 0)]);
    t.body("x");
    t.machine.quit();
    assert_eq!(t.sent(), "x|.|");
    t.hear("250 ok\r\n");
    assert_eq!(t.fates(), [(2, "taken", 0)]);
    assert_eq!(t.sent(), "QUIT|");
    t.hear("221 bye\r\n");
    assert_eq!(t.end, Some(Ok(())));
}

#[test]
fn without_pipelining_each_command_waits() {
    let mut t = Talk::open(Hello::Ehlo, &[]);
    t.begin(1, &["a@b", "c@d"]);
    for (sends, hears) in [
        ("MAIL FROM:<s@x>|", "250 ok\r\n"),
        ("RCPT TO:<a@b>|", "250 ok\r\n"),
        ("RCPT TO:<c@d>|", "250 ok\r\n"),
        ("DATA|", "354 go\r\n"),
    ] {
        assert_eq!(t.sent(), sends);
        t.hear(hears);
    }
    t.body("x\r\n");
    t.begin(2, &["a@b"]);
    assert_eq!(t.sent(), "x|.|");
    t.hear("250 ok\r\n");
    assert_eq!(t.sent(), "MAIL FROM:<s@x>|");
    assert_eq!(t.fates(), [(1, "taken", 0)]);
}

#[test]
fn data_waits_for_several_recipients() {
    let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
    t.begin(1, &["a@b", "c@d"]);
    assert_eq!(t.sent(), "MAIL FROM:<s@x>|RCPT TO:<a@b>|RCPT TO:<c@d>|");
    t.hear("250 ok\r\n550 no\r\n");
    assert_eq!(t.sent(), "");
    t.hear("250 ok\r\n");
    assert_eq!(t.sent(), "DATA|");
    t.hear("354 go\r\n");
    t.body("x");
    t.hear("250 ok\r\n");
    assert_eq!(t.fates(), [(1, "divided", 1)]);
}

#[test]
fn lmtp_waits_for_every_answer() {
    let mut t = Talk::open(Hello::Lhlo, &[]);
    t.begin(1, &["a@b", "c@d"]);
    t.hear("250 m\r\n");
    t.hear("250 r\r\n");
    t.hear("250 r\r\n");
    t.hear("354 go\r\n");
    t.body("x");
    t.hear("250 a\r\n");
    assert_eq!(t.fates(), []);
    t.hear("250 c\r\n");
    assert_eq!(t.fates(), [(1, "taken", 0)]);
}

/// What the listener says while the message is fed must not be taken for the answer to the dot.
#[test]
fn answers_before_their_time_break_the_session() {
    let check = |early: &str| {
        let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
        t.begin(1, &["a@b"]);
        t.hear("250 m\r\n250 r\r\n");
        t.hear(&format!("354 go\r\n{early}"));
        if t.end.is_none() {
            t.body("x");
        }
        assert!(!t.sent().contains("|.|"), "{early}");
        assert!(matches!(t.end, Some(Err(Error::Broken { .. }))), "{early}");
        assert_eq!(t.fates(), []);
    };
    check("250 ok\r\n");
    check("250 o");
    check("554 no\r\n");
}

#[test]
fn replies_of_the_wrong_kind_break_the_session() {
    let check = |replies: &str| {
        let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
        t.begin(1, &["a@b"]);
        t.hear(replies);
        assert!(matches!(t.end, Some(Err(_))), "{replies}");
    };
    check("334 \r\n");
    check("250 m\r\n354 r\r\n");
    check("250 m\r\n250 r\r\n250 d\r\n");
    check("250 m\r\nr\r\n");
    check("250 m\r\n25\r\n");
}

#[test]
fn closing_early_is_an_error_and_after_quit_it_is_not() {
    let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
    assert_eq!(t.machine.peer_closed(), Err(Error::Closed));
    t.machine.quit();
    assert_eq!(t.sent(), "QUIT|");
    assert_eq!(t.machine.peer_closed(), Ok(()));
    t.run();
    assert_eq!(t.end, Some(Ok(())));
}

#[test]
fn addresses_that_break_out_are_not_sent() {
    let check = |address: &str| {
        let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
        t.begin(1, &["a@b", address]);
        assert_eq!(t.sent(), "");
        assert_eq!(t.fates(), [(1, "permanent", 553)], "{address:?}");
        assert!(t.machine.takes_message());
    };
    check("a@b>\r\nDATA");
    check("a\n@b");
    check("a\0@b");
    check("a>@b");
    check("");
    check(&"x".repeat(1000));
}

#[test]
fn the_last_bytes_wait_for_what_follows() {
    let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
    t.begin(1, &["a@b"]);
    t.hear("250 m\r\n250 r\r\n354 go\r\n");
    t.sent();
    t.machine.chunk(Bytes::from_static(b"one\r\n"));
    assert_eq!(t.sent(), "");
    t.machine.chunk(Bytes::from_static(b"two\r\n"));
    assert_eq!(t.sent(), "one|");
    t.machine.finish();
    assert_eq!(t.sent(), "two|.|");
}

#[test]
fn addresses_in_utf8() {
    let check = |offers: &[&str], to: &[&[u8]], expected: bool| {
        let mut t = Talk::open(Hello::Ehlo, offers);
        let recipients = to.iter().map(|r| r.to_vec()).collect();
        let envelope = Envelope {
            recipients,
            ..envelope(&["a@b"])
        };
        t.machine.begin(1, envelope);
        let sent = t.sent();
        assert_eq!(sent.ends_with(" SMTPUTF8|"), expected, "{sent}");
        assert!(sent.starts_with("MAIL FROM:<s@x>"), "{sent}");
    };
    check(&["SMTPUTF8"], &[b"a@b"], false);
    check(&["SMTPUTF8"], &["jürgen@b".as_bytes()], true);
    check(&["SMTPUTF8"], &[b"a@b", "a@bücher.test".as_bytes()], true);
    check(&[], &["jürgen@b".as_bytes()], false);
    check(&["SMTPUTF8"], &[b"j\xfcrgen@b"], false);
    check(
        &["SMTPUTF8"],
        &[b"j\xfcrgen@b", "jürgen@b".as_bytes()],
        false,
    );
    let mut t = Talk::open(Hello::Ehlo, &["SMTPUTF8", "SIZE"]);
    let envelope = Envelope {
        sender: "jürgen@x".into(),
        ..envelope(&["a@b"])
    };
    t.machine.begin(1, envelope);
    assert!(t.sent().ends_with("@x> SIZE=99 SMTPUTF8|"));
}

#[test]
fn patience() {
    let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
    t.begin(1, &["a@b"]);
    assert_eq!(t.machine.patience().as_secs(), 300);
    t.hear("250 m\r\n250 r\r\n354 go\r\n");
    t.body("x");
    assert_eq!(t.machine.patience().as_secs(), 600);
}
