//! What refusals come to, recipient by recipient.

use super::*;

/// What the listener answers to one command, and how two messages fare.
#[tokio::test(start_paused = true)]
async fn refusals() {
    let cases = [
        ("MAIL", "451 later", "deferred 451"),
        ("MAIL", "550 never", "refused 550"),
        ("MAIL", "530 sign in", "deferred 530"),
        ("RCPT", "450 later", "deferred 450"),
        ("RCPT", "550 never", "refused 550"),
        ("DATA", "451 later", "deferred 451"),
        ("DATA", "554 never", "refused 554"),
        (".", "452 full", "deferred 452"),
        (".", "554 spam", "refused 554"),
    ];
    for (verb, answer, expected) in cases {
        let count = Mutex::new(0);
        let rig = Rig::new(move |command| {
            if command.split(' ').next() == Some(verb) {
                let mut count = count.lock().unwrap();
                *count += 1;
                if *count == 1 {
                    return Some(format!("{answer}\r\n"));
                }
            }
            good(command)
        });
        assert!(rig.message(1, "one\r\n").await);
        assert!(rig.message(2, "two\r\n").await);
        let (seen, log) = rig.end().await;
        expect(&seen, &[(1, expected), (2, "delivered")]);
        let last = log.lock().unwrap().bodies.last().cloned();
        assert_eq!(last.as_deref(), Some("two\r\n.\r\n"), "{verb} {answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn some_recipients_refused() {
    let rig = Rig::new(|command| match command {
        "RCPT TO:<bad@x>" => Some("550 unknown\r\n".to_owned()),
        _ => good(command),
    });
    rig.begin(1, &["bad@x", "joe"]).await;
    rig.chunk("one").await;
    rig.delivery.send(Part::Finish).await;
    let (seen, _) = rig.end().await;
    let shares = "served joe, put off, refused bad@x:550";
    expect(&seen, &[(1, shares)]);
}

#[tokio::test(start_paused = true)]
async fn bare_names_get_a_domain() {
    type Case<'a> = (
        &'a str,
        Option<&'a str>,
        Option<&'a str>,
        &'a [&'a str],
        &'a [&'a str],
    );
    let cases: [Case<'_>; 5] = [
        ("mx.test", None, None, &["joe"], &["joe@mx.test"]),
        (
            "mx.test/26",
            None,
            None,
            &["joe", "a@b"],
            &["joe@mx.test", "a@b"],
        ),
        ("/run/lmtp", None, None, &["joe"], &["joe@localhost"]),
        (
            "mx.test",
            Some("home.test"),
            None,
            &["joe"],
            &["joe@home.test"],
        ),
        (
            "mx.test",
            Some("h"),
            Some("me@y"),
            &["joe", "ann", "a@b"],
            &["me@y", "a@b"],
        ),
    ];
    for (host, address, name, recipients, expected) in cases {
        let settings = Settings {
            smtp_address: address.map(str::to_owned),
            smtp_name: name.map(|n| n.as_bytes().to_vec()),
            ..settings()
        };
        let rig = Rig::with(&[host], settings, good);
        rig.begin(1, recipients).await;
        rig.chunk("x").await;
        rig.delivery.send(Part::Finish).await;
        let (_, log) = rig.end().await;
        let log = log.lock().unwrap();
        let sent: Vec<_> = log
            .commands
            .iter()
            .filter(|c| c.starts_with("RCPT"))
            .collect();
        let expected: Vec<_> = expected.iter().map(|r| format!("RCPT TO:<{r}>")).collect();
        assert_eq!(sent, expected.iter().collect::<Vec<_>>());
        let hello = if host.starts_with('/') {
            "LHLO"
        } else {
            "EHLO"
        };
        assert!(log.commands[0].starts_with(hello));
    }
}

/// `antispam` is asked before the first digit of a code.
#[tokio::test(start_paused = true)]
async fn antispam() {
    for (verb, expected) in [
        ("MAIL", "refused 450"),
        ("RCPT", "refused 450"),
        ("DATA", "refused 450"),
        (".", "refused 450"),
        ("none", "delivered"),
    ] {
        let settings = Settings {
            antispam: vec![571, 450],
            ..settings()
        };
        let rig = Rig::with(&["mx.test"], settings, move |command| {
            if command.split(' ').next() == Some(verb) {
                return Some("450 spam\r\n".to_owned());
            }
            good(command)
        });
        assert!(rig.message(1, "one\r\n").await);
        let (seen, _) = rig.end().await;
        expect(&seen, &[(1, expected)]);
    }
}

/// Three names at an LMTP listener, what RCPT and the dot are answered with, and what it comes to.
#[tokio::test(start_paused = true)]
async fn lmtp_recipients_fare_differently() {
    let cases = [
        ([250, 250, 250], &[250, 250, 250][..], "delivered"),
        (
            [250, 250, 250],
            &[250, 452, 552],
            "served ann, put off bob:452, refused cy@x:552",
        ),
        (
            [250, 550, 250],
            &[250, 250],
            "served ann cy@x, put off, refused bob:550",
        ),
        (
            [550, 550, 250],
            &[250],
            "served cy@x, put off, refused ann:550 bob:550",
        ),
        // Nobody was served: as one.
        ([250, 250, 250], &[550, 452, 552], "deferred 452"),
        ([250, 250, 250], &[550, 551, 552], "refused 550"),
        ([550, 550, 550], &[], "refused 550"),
        ([250, 451, 250], &[], "deferred 451"),
    ];
    for (rcpts, dots, expected) in cases {
        let left = Mutex::new(rcpts.to_vec());
        let rig = Rig::with(&["/run/lmtp"], settings(), move |command| {
            if command.starts_with("RCPT") {
                let code = left.lock().unwrap().remove(0);
                return Some(format!("{code} so\r\n"));
            }
            if command == "." {
                return Some(dots.iter().map(|code| format!("{code} so\r\n")).collect());
            }
            good(command)
        });
        rig.begin(1, &["ann", "bob", "cy@x"]).await;
        rig.chunk("one").await;
        rig.delivery.send(Part::Finish).await;
        let (seen, _) = rig.end().await;
        expect(&seen, &[(1, expected)]);
    }
}

/// One address stands for several names: what it is told, all of them are.
#[tokio::test(start_paused = true)]
async fn smtpname_and_its_names() {
    let cases = [
        ("me@y", "served cy@x, put off, refused ann:550 bob:550"),
        ("cy@x", "served ann bob, put off, refused cy@x:550"),
    ];
    for (refused, expected) in cases {
        let settings = Settings {
            smtp_name: Some(b"me@y".to_vec()),
            ..settings()
        };
        let rig = Rig::with(&["mx.test"], settings, move |command| {
            if command == format!("RCPT TO:<{refused}>") {
                return Some("550 no\r\n".to_owned());
            }
            good(command)
        });
        rig.begin(1, &["ann", "cy@x", "bob"]).await;
        rig.chunk("one").await;
        rig.delivery.send(Part::Finish).await;
        let (seen, log) = rig.end().await;
        expect(&seen, &[(1, expected)]);
        let log = log.lock().unwrap();
        let rcpts = log.commands.iter().filter(|c| c.starts_with("RCPT"));
        assert_eq!(rcpts.count(), 2);
    }
}

/// The postmaster has it, and it is known who was refused.
#[tokio::test(start_paused = true)]
async fn the_last_resort_has_a_share() {
    let rig = Rig::new(|command| match command {
        "RCPT TO:<joe@mx.test>" | "RCPT TO:<bad@x>" => Some("550 unknown\r\n".to_owned()),
        "DATA" => Some("354 go\r\n".to_owned()),
        _ => good(command),
    });
    let envelope = Envelope {
        last_resort: Some(b"pm".to_vec()),
        ..envelope("s@x", &["joe", "bad@x"])
    };
    let ticket = Ticket(1);
    rig.delivery.send(Part::Begin { ticket, envelope }).await;
    rig.chunk("one").await;
    rig.delivery.send(Part::Finish).await;
    let (seen, log) = rig.end().await;
    let shares = "served pm, put off, refused joe:550 bad@x:550";
    expect(&seen, &[(1, shares)]);
    let log = log.lock().unwrap();
    assert!(log.commands.contains(&"RCPT TO:<pm@mx.test>".to_owned()));
}
