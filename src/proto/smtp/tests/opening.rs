//! Greeting, hello, STARTTLS.

use super::*;

fn check(hello: Hello, dialogue: &str, expected: Capabilities) {
    let mut t = Talk::with(Opening::new("me.test", hello, true));
    t.play(dialogue);
    assert_eq!(t.sent(), "");
    assert_eq!(t.end, Some(Ok(())), "{dialogue}");
    assert_eq!(t.machine.finish().offered, expected, "{dialogue}");
}

fn fails(dialogue: &str) -> Error {
    let mut t = Talk::with(Opening::new("me.test", Hello::Ehlo, true));
    t.play(dialogue);
    match t.end {
        Some(Err(error)) => error,
        other => panic!("{other:?} after {dialogue}"),
    }
}

#[test]
fn hello() {
    let none = Capabilities::default();
    check(
        Hello::Ehlo,
        "S: 220-a|220 hi
         C: EHLO me.test
         S: 250-there|250 PIPELINING",
        Capabilities {
            pipelining: true,
            ..none
        },
    );
    check(
        Hello::Lhlo,
        "S: 220 hi
         C: LHLO me.test
         S: 250-there|250 SIZE",
        Capabilities { size: true, ..none },
    );
    // What follows HELO is a name, however it looks.
    check(
        Hello::Ehlo,
        "S: 220 hi
         C: EHLO me.test
         S: 502 what?
         C: HELO me.test
         S: 250-there|250 PIPELINING",
        none,
    );
    check(
        Hello::Helo,
        "S: 220 hi
         C: HELO me.test
         S: 250 there",
        none,
    );
}

#[test]
fn listeners_that_do_not_want_us() {
    for dialogue in [
        "S: 554 no",
        "S: 421 busy",
        "S: 451 later",
        "S: +OK POP3",
        "S: 354 go",
        "S: 250-ok|220 hi",
        "S: 220 hi\nC: EHLO me.test\nS: 421 bye",
        "S: 220 hi\nC: EHLO me.test\nS: 451 later",
        "S: 220 hi\nC: EHLO me.test\nS: 334 what",
        "S: 220 hi\nC: EHLO me.test\nS: 502 no\nC: HELO me.test\nS: 502 no",
        // Answers to nothing.
        "S: 220 hi|250 ok",
        "S: 220 hi|250-there",
    ] {
        fails(dialogue);
    }
}

#[test]
fn whose_fault_it_is() {
    let check = |dialogue: &str, expected: Reason| {
        let error = fails(dialogue);
        assert!(
            matches!(&error, Error::Refused { reason, .. } if *reason == expected),
            "{error:?}"
        );
    };
    check("S: 421 busy", Reason::Busy);
    check("S: 451 later", Reason::Busy);
    check("S: 554 no", Reason::Refused);
}

#[test]
fn tls() {
    let none = Capabilities::default();
    // What was offered in the clear is forgotten.
    check(
        Hello::Ehlo,
        "S: 220 hi
         C: EHLO me.test
         S: 250-there|250-AUTH PLAIN|250-CHUNKING|250 STARTTLS
         C: STARTTLS
         S: 220-ready|220 go
         TLS
         C: EHLO me.test
         S: 250-there|250 SIZE",
        Capabilities { size: true, ..none },
    );
    check(
        Hello::Lhlo,
        "S: 220 hi
         C: LHLO me.test
         S: 250-there|250 starttls
         C: STARTTLS
         S: 220 go
         TLS
         C: LHLO me.test
         S: 250 there",
        none,
    );
    // Offered inside, it is not asked for again.
    check(
        Hello::Ehlo,
        "S: 220 hi
         C: EHLO me.test
         S: 250-there|250 STARTTLS
         C: STARTTLS
         S: 220 go
         TLS
         C: EHLO me.test
         S: 250-there|250 STARTTLS",
        Capabilities {
            starttls: true,
            ..none
        },
    );
}

#[test]
fn tls_refused() {
    for reply in ["454 not now", "502 what?", "501 no", "530 no", "554 no"] {
        check(
            Hello::Ehlo,
            &format!(
                "S: 220 hi
                 C: EHLO me.test
                 S: 250-there|250-SIZE|250 STARTTLS
                 C: STARTTLS
                 S: {reply}"
            ),
            Capabilities {
                size: true,
                starttls: true,
                ..Capabilities::default()
            },
        );
    }
    for reply in ["354 go", "221 bye", "250 ok", "421 bye", "junk", "+OK"] {
        fails(&format!(
            "S: 220 hi
             C: EHLO me.test
             S: 250-there|250 STARTTLS
             C: STARTTLS
             S: {reply}"
        ));
    }
}

/// What comes in one packet with the agreement is of an attacker's making (threats.md A3).
#[test]
fn injected_answers() {
    for behind in ["250 there", "250-there|250 AUTH PLAIN", "2", "454 no"] {
        let error = fails(&format!(
            "S: 220 hi
             C: EHLO me.test
             S: 250-there|250 STARTTLS
             C: STARTTLS
             S: 220 go|{behind}"
        ));
        assert_eq!(error, Error::Injection);
    }
    // Behind the list, before STARTTLS was said.
    fails(
        "S: 220 hi
         C: EHLO me.test
         S: 250-there|250 STARTTLS|220 go",
    );
}

#[test]
fn tls_only_where_wanted() {
    let mut t = Talk::with(Opening::new("me.test", Hello::Ehlo, false));
    t.play(
        "S: 220 hi
         C: EHLO me.test
         S: 250-there|250 STARTTLS",
    );
    assert_eq!(t.end, Some(Ok(())));
}

/// When the driver may blame hello or TLS for the end of a connection.
#[test]
fn what_the_end_is_put_down_to() {
    let dialogue = [
        ("S: 220 hi", true, false),
        ("C: EHLO me.test", true, false),
        ("S: 250-there|250 STARTTLS", false, false),
        ("C: STARTTLS", false, false),
        ("S: 220 go", false, true),
        ("TLS", false, true),
        ("C: EHLO me.test", false, true),
        ("S: 250 there", false, false),
    ];
    let mut t = Talk::with(Opening::new("me.test", Hello::Ehlo, true));
    assert!(!t.machine.is_saying_hello());
    for (line, is_hello, is_tls) in dialogue {
        t.play(line);
        assert_eq!(t.machine.is_saying_hello(), is_hello, "{line}");
        assert_eq!(t.machine.is_new_to_tls(), is_tls, "{line}");
    }
    assert_eq!(t.machine.peer_closed(), Err(Error::Closed));
}

#[test]
fn any_split_gives_the_same() {
    let wire = "220-a\r\n220 hi\r\n250-there\r\n250-SIZE\r\n250 PIPELINING\r\n";
    let hello = wire.find("250-there").unwrap();
    for at in 0..=wire.len() {
        let mut t = Talk::with(Opening::new("me.test", Hello::Ehlo, true));
        // The answer to hello must not come before hello.
        for piece in [
            0..at.min(hello),
            at.min(hello)..hello,
            hello..at.max(hello),
            at.max(hello)..wire.len(),
        ] {
            t.hear(&wire[piece]);
        }
        assert_eq!(t.sent(), "EHLO me.test|");
        assert_eq!(t.end, Some(Ok(())));
        let offered = t.machine.finish().offered;
        assert!(offered.size && offered.pipelining, "cut at {at}");
    }
}
