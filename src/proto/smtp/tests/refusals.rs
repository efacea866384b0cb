//! What the listener does not take, and what that comes to.

use super::*;

/// The postmaster gets what nobody takes, whether DATA is on its way already or not.
#[test]
fn the_last_resort() {
    let check = |to: &[&str], extension: &[&str], talk: &[(&str, &str)], fate: (u64, &str, u16)| {
        let mut t = Talk::open(Hello::Ehlo, extension);
        t.machine.begin(
            1,
            Envelope {
                last_resort: Some(b"pm@x".to_vec()),
                ..envelope(to)
            },
        );
        for (sends, hears) in talk {
            assert_eq!(t.sent(), *sends);
            t.hear(hears);
        }
        if fate.1 == "last resort" {
            t.body("x");
            assert_eq!(t.sent(), "x|.|");
            t.hear("250 ok\r\n");
        }
        assert_eq!(t.fates(), [fate]);
    };
    let again = "RSET|MAIL FROM:<s@x>|RCPT TO:<pm@x>|DATA|";
    check(
        &["a@b"],
        &["PIPELINING"],
        &[
            (
                "MAIL FROM:<s@x>|RCPT TO:<a@b>|DATA|",
                "250 ok\r\n550 no\r\n503 no\r\n",
            ),
            (again, "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"),
        ],
        (1, "last resort", 550),
    );
    check(
        &["a@b", "c@d"],
        &["PIPELINING"],
        &[
            (
                "MAIL FROM:<s@x>|RCPT TO:<a@b>|RCPT TO:<c@d>|",
                "250 ok\r\n550 no\r\n551 no\r\n",
            ),
            (again, "250 ok\r\n250 ok\r\n550 no\r\n503 no\r\n"),
        ],
        (1, "permanent", 550),
    );
    // One who is only put off comes again.
    check(
        &["a@b", "c@d"],
        &["PIPELINING"],
        &[(
            "MAIL FROM:<s@x>|RCPT TO:<a@b>|RCPT TO:<c@d>|",
            "250 ok\r\n550 no\r\n452 no\r\n",
        )],
        (1, "temporary", 452),
    );
    // A refused sender is nobody's fault.
    check(
        &["a@b"],
        &[],
        &[("MAIL FROM:<s@x>|", "550 no\r\n")],
        (1, "permanent", 550),
    );
    check(
        &["pm@x"],
        &[],
        &[
            ("MAIL FROM:<s@x>|", "250 ok\r\n"),
            ("RCPT TO:<pm@x>|", "550 no\r\n"),
        ],
        (1, "permanent", 550),
    );
}

/// Replies to one message with two recipients on a pipelining listener, and its fate.
#[test]
fn refusals_before_data() {
    let check = |replies: &str, expected: (u64, &'static str, u16)| {
        let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
        t.begin(1, &["a@b", "c@d"]);
        t.sent();
        t.hear(replies);
        assert_eq!(t.fates(), [expected], "{replies}");
        assert_eq!(t.sent(), "RSET|");
        t.begin(2, &["a@b", "c@d"]);
        assert!(t.sent().starts_with("MAIL"));
        t.hear("250 reset\r\n250 ok\r\n");
        assert_eq!(t.end, None);
    };
    check("550 m\r\n503 r\r\n503 r\r\n", (1, "permanent", 550));
    check("451 m\r\n503 r\r\n503 r\r\n", (1, "temporary", 451));
    check("530 m\r\n503 r\r\n503 r\r\n", (1, "temporary", 530));
    check("250 m\r\n250 r\r\n452 r\r\n", (1, "temporary", 452));
    check("250 m\r\n550 r\r\n452 r\r\n", (1, "temporary", 452));
    check("250 m\r\n550 r\r\n551 r\r\n", (1, "permanent", 550));
}

#[test]
fn refusals_with_data_ahead() {
    let check = |replies: &str, expected: (u64, &'static str, u16), goes_on: bool| {
        let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
        t.begin(1, &["a@b"]);
        t.sent();
        t.hear(replies);
        assert_eq!(t.fates(), [expected], "{replies}");
        assert!(!t.machine.takes_body());
        assert_eq!(t.machine.takes_message(), goes_on);
        assert_eq!(t.sent(), if goes_on { "RSET|" } else { "" });
        assert_eq!(t.end, (!goes_on).then_some(Ok(())));
    };
    check("550 m\r\n503 r\r\n503 d\r\n", (1, "permanent", 550), true);
    check("250 m\r\n550 r\r\n554 d\r\n", (1, "permanent", 550), true);
    check("250 m\r\n452 r\r\n503 d\r\n", (1, "temporary", 452), true);
    check("250 m\r\n250 r\r\n451 d\r\n", (1, "temporary", 451), true);
    check("250 m\r\n250 r\r\n554 d\r\n", (1, "permanent", 554), true);
    check("250 m\r\n550 r\r\n354 go\r\n", (1, "permanent", 550), false);
}

#[test]
fn answers_to_the_dot() {
    let check = |hello: Hello, replies: &str, expected: (u64, &'static str, u16)| {
        let mut t = Talk::open(hello, &["PIPELINING"]);
        t.begin(1, &["a@b", "c@d"]);
        t.hear("250 m\r\n250 r\r\n250 r\r\n");
        t.hear("354 go\r\n");
        t.body("x");
        t.hear(replies);
        assert_eq!(t.fates(), [expected], "{replies}");
        assert!(t.machine.takes_message() && !t.machine.awaits_reply());
    };
    check(Hello::Ehlo, "250 ok\r\n", (1, "taken", 0));
    check(Hello::Ehlo, "452 full\r\n", (1, "temporary", 452));
    check(Hello::Ehlo, "554 spam\r\n", (1, "permanent", 554));
    check(Hello::Lhlo, "250 a\r\n250 c\r\n", (1, "taken", 0));
    check(Hello::Lhlo, "250 a\r\n550 c\r\n", (1, "divided", 1));
    check(Hello::Lhlo, "250 a\r\n451 c\r\n", (1, "divided", 1));
    check(Hello::Lhlo, "550 a\r\n451 c\r\n", (1, "temporary", 451));
    check(Hello::Lhlo, "550 a\r\n450 c\r\n", (1, "permanent", 550));
    check(Hello::Lhlo, "550 a\r\n552 c\r\n", (1, "permanent", 550));
}

#[test]
fn closing_service_puts_off_what_is_under_way() {
    let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
    t.begin(1, &["a@b"]);
    t.hear("250 m\r\n250 r\r\n354 go\r\n");
    t.body("x");
    t.begin(2, &["a@b"]);
    t.hear("421 shutting down\r\n");
    assert_eq!(t.fates(), [(1, "temporary", 421), (2, "temporary", 421)]);
    assert_eq!(t.end, Some(Ok(())));
}

/// How each of three recipients fares, by what RCPT and the end are answered with.
#[test]
fn recipients_fare_differently() {
    let check = |hello: Hello, rcpts: [u16; 3], ends: &[u16], expected: [u16; 3]| {
        let mut t = Talk::open(hello, &[]);
        t.begin(1, &["a@b", "c@d", "e@f"]);
        t.hear("250 m\r\n");
        for code in rcpts {
            t.hear(&format!("{code} r\r\n"));
        }
        t.hear("354 go\r\n");
        t.body("x");
        for code in ends {
            t.hear(&format!("{code} e\r\n"));
        }
        let Some(Event::Ended { fate, .. }) = t.told.last() else {
            panic!("{:?}", t.told);
        };
        let codes = match fate {
            Fate::Taken => vec![0; 3],
            Fate::Divided(answers) => {
                let code = |answer: &Option<Reply>| answer.as_ref().map_or(0, |r| r.code);
                answers.iter().map(code).collect()
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(codes, expected);
    };
    check(Hello::Ehlo, [250, 250, 250], &[250], [0, 0, 0]);
    check(Hello::Ehlo, [250, 550, 250], &[250], [0, 550, 0]);
    check(Hello::Ehlo, [550, 251, 551], &[250], [550, 0, 551]);
    check(Hello::Lhlo, [250, 250, 250], &[250, 250, 250], [0, 0, 0]);
    check(
        Hello::Lhlo,
        [250, 250, 250],
        &[451, 250, 554],
        [451, 0, 554],
    );
    check(Hello::Lhlo, [250, 550, 250], &[250, 452], [0, 550, 452]);
    check(Hello::Lhlo, [550, 250, 250], &[552, 250], [550, 552, 0]);
    check(Hello::Lhlo, [550, 551, 250], &[250], [550, 551, 0]);
}

/// 450 and 571 are in `antispam` here: they refuse for good, whatever their first digit.
#[test]
fn antispam() {
    let check = |talk: &[(&str, &str)], expected: (u64, &'static str, u16)| {
        let mut t = Talk::open(Hello::Ehlo, &[]);
        t.begin(1, &["a@b", "c@d"]);
        for (sends, hears) in talk {
            assert!(t.sent().starts_with(sends), "{talk:?}");
            if *sends == "x" {
                assert_eq!(t.sent(), "");
            }
            t.hear(&format!("{hears}\r\n"));
            if t.machine.takes_body() {
                t.body("x");
            }
        }
        assert_eq!(t.fates(), [expected], "{talk:?}");
    };
    let mail = ("MAIL", "250 m");
    let rcpt = ("RCPT", "250 r");
    let data = ("DATA", "354 go");
    check(&[("MAIL", "450 spam")], (1, "permanent", 450));
    check(&[("MAIL", "571 spam")], (1, "permanent", 571));
    check(&[("MAIL", "451 later")], (1, "temporary", 451));
    check(
        &[mail, rcpt, rcpt, ("DATA", "450 spam")],
        (1, "permanent", 450),
    );
    check(
        &[mail, rcpt, rcpt, data, ("x", "450 spam")],
        (1, "permanent", 450),
    );
    // That recipient only.
    check(
        &[mail, ("RCPT", "450 spam"), rcpt, data, ("x", "250 ok")],
        (1, "divided", 1),
    );
    check(
        &[mail, ("RCPT", "450 spam"), ("RCPT", "571 spam")],
        (1, "permanent", 450),
    );
    check(
        &[mail, ("RCPT", "450 spam"), ("RCPT", "451 later")],
        (1, "temporary", 451),
    );
}

/// 530 and 421 keep a message, unless `antispam` has them.
#[test]
fn antispam_is_asked_first() {
    let check = |codes: &[i32], reply: &str, expected: (u64, &'static str, u16)| {
        let session = Session::new(opened(Hello::Ehlo, &["PIPELINING"]), codes.to_vec());
        let mut t = Talk::with(session);
        t.begin(1, &["a@b"]);
        t.hear("250 m\r\n250 r\r\n354 go\r\n");
        t.body("x");
        t.begin(2, &["a@b"]);
        t.hear(reply);
        assert_eq!(t.fates()[0], expected);
    };
    check(&[], "530 must STARTTLS\r\n", (1, "temporary", 530));
    check(&[530], "530 must STARTTLS\r\n", (1, "permanent", 530));
    check(&[], "421 bye\r\n", (1, "temporary", 421));
    check(&[421], "421 bye\r\n", (1, "permanent", 421));

    // What hangs up at one message says nothing of the other.
    let session = Session::new(opened(Hello::Ehlo, &["PIPELINING"]), vec![421]);
    let mut t = Talk::with(session);
    t.begin(1, &["a@b"]);
    t.hear("250 m\r\n250 r\r\n354 go\r\n");
    t.body("x");
    t.begin(2, &["a@b"]);
    t.hear("421 bye\r\n");
    assert_eq!(t.fates(), [(1, "permanent", 421), (2, "temporary", 421)]);
}
