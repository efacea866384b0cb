//! Listeners that hang up or say nothing.

use super::*;

/// A listener that hangs up at a command while the first message is under way.
#[tokio::test(start_paused = true)]
async fn lost_connections() {
    for verb in ["MAIL", "RCPT", "DATA", "."] {
        let count = Mutex::new(0);
        let rig = Rig::new(move |command| {
            if command.split(' ').next() == Some(verb) {
                let mut count = count.lock().unwrap();
                *count += 1;
                if *count == 1 {
                    return None;
                }
            }
            good(command)
        });
        assert!(rig.message(1, "one\r\n").await);
        rig.message(2, "two\r\n").await;
        let (seen, log) = rig.end().await;
        // Behind the lost dot the envelope of the second message may already have gone.
        assert_eq!(seen[0], (1, "deferred 0".to_owned()), "{verb}");
        assert_eq!(seen.len(), 2);
        assert!(log.lock().unwrap().dialled.len() <= 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_always_hangs_up_is_given_up() {
    let rig = Rig::new(|command| match command {
        "DATA" => None,
        _ => good(command),
    });
    for ticket in 1..=5 {
        rig.message(ticket, "x\r\n").await;
    }
    let (seen, log) = rig.end().await;
    assert_eq!(
        seen.iter().filter(|(t, _)| *t > 0).count(),
        usize::try_from(LOSSES).unwrap().max(seen.len() - 1)
    );
    assert!(seen.iter().all(|(t, o)| *t == 0 || o == "deferred 0"));
    assert_eq!(seen.last().unwrap().0, 0);
    assert_eq!(log.lock().unwrap().dialled.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn silence_ends() {
    let cases = [("", 300), ("EHLO me.test", 300), ("DATA", 300), (".", 600)];
    for (silent, seconds) in cases {
        let started = tokio::time::Instant::now();
        let rig = Rig::new(move |command| match command {
            _ if command == silent => Some(String::new()),
            _ => good(command),
        });
        rig.message(1, "x\r\n").await;
        let (seen, _) = rig.end().await;
        assert_eq!(seen[0], (1, "deferred 0".to_owned()));
        let waited = started.elapsed().as_secs();
        assert!(
            (seconds..seconds + 10).contains(&waited),
            "{silent}: {waited} s"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn quit_is_not_waited_for_long() {
    let started = tokio::time::Instant::now();
    let rig = Rig::new(|command| match command {
        "QUIT" => Some(String::new()),
        _ => good(command),
    });
    rig.message(1, "x\r\n").await;
    let (seen, _) = rig.end().await;
    expect(&seen, &[(1, "delivered")]);
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_went_away_between_messages_is_called_again() {
    let rig = Rig::new(|command| match command {
        "." => Some("250 ok\r\n421 too long\r\n".to_owned()),
        _ => good(command),
    });
    let mut rig = rig;
    for ticket in 1..=5 {
        assert!(rig.message(ticket, "x\r\n").await);
        let report = rig.reports.recv().await;
        assert!(matches!(report, Some(Report::Settled(s)) if s[0].1 == Outcome::Delivered));
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let (seen, log) = rig.end().await;
    expect(&seen, &[]);
    assert_eq!(log.lock().unwrap().dialled.len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_slow_feed_does_not_end_the_message() {
    let rig = Rig::new(good);
    rig.begin(1, &["joe"]).await;
    rig.chunk("one\r\n").await;
    tokio::time::sleep(Duration::from_secs(2000)).await;
    rig.chunk("two\r\n").await;
    rig.delivery.send(Part::Finish).await;
    tokio::time::sleep(Duration::from_secs(2000)).await;
    rig.message(2, "x\r\n").await;
    let (seen, log) = rig.end().await;
    expect(&seen, &[(1, "delivered"), (2, "delivered")]);
    // Idle for longer than the timeout: closed politely, called again.
    assert_eq!(log.lock().unwrap().dialled.len(), 2);
}

/// The listener's end is cut after every octet it is sent: a message it has not seen whole is never
/// called delivered, and one it has answered is.
#[tokio::test(start_paused = true)]
async fn cut_after_every_octet() {
    for cut in 0..200 {
        let (taken, log) = (Arc::new(Mutex::new(0)), Shared::default());
        let shared = log.clone();
        let dial: Dial = Box::new(move |_, timeout, label| {
            let (taken, log) = (taken.clone(), shared.clone());
            Box::pin(async move {
                let (near, mut middle) = tokio::io::duplex(1 << 16);
                let (mut far, end) = tokio::io::duplex(1 << 16);
                tokio::spawn(serve(end, Arc::new(good), log));
                tokio::spawn(async move {
                    let (mut from_us, mut to_us) = tokio::io::split(&mut middle);
                    let (mut from_them, mut to_them) = tokio::io::split(&mut far);
                    let forth = async {
                        let mut octet = [0];
                        while from_us.read_exact(&mut octet).await.is_ok() {
                            let count = {
                                let mut taken = taken.lock().unwrap();
                                *taken += 1;
                                *taken
                            };
                            if count > cut || to_them.write_all(&octet).await.is_err() {
                                return;
                            }
                        }
                    };
                    tokio::select! {
                        () = forth => {}
                        _ = tokio::io::copy(&mut from_them, &mut to_us) => {}
                    }
                });
                let peer = peer("mx.test", 25, timeout, label);
                Ok(net::Conn::new(Box::new(near), peer?, None))
            })
        });
        let rig = Rig::over(&["mx.test"], settings(), dial, log);
        rig.message(1, "one\r\n").await;
        rig.message(2, "two\r\n").await;
        let (seen, log) = rig.end().await;
        let bodies = &log.lock().unwrap().bodies;
        let settled = seen.iter().filter(|(t, _)| *t > 0).count();
        assert_eq!(settled, 2, "cut at {cut}");
        for (ticket, text) in [(1, "one\r\n.\r\n"), (2, "two\r\n.\r\n")] {
            let is_there = bodies.iter().any(|body| body == text);
            let is_delivered = seen.contains(&(ticket, "delivered".to_owned()));
            assert!(is_there || !is_delivered, "cut at {cut}");
        }
    }
}

/// 250 before the dot, or to nothing: replies and commands no longer match, and what the listener
/// says of the message cannot be believed.
#[tokio::test(start_paused = true)]
async fn surplus_answers() {
    for (verb, answer) in [
        ("DATA", "354 go\r\n250 ok\r\n"),
        ("RCPT", "250 ok\r\n250 ok\r\n"),
        ("MAIL", "250 ok\r\n250 ok\r\n"),
        ("EHLO", "250-there\r\n250 PIPELINING\r\n250 ok\r\n"),
    ] {
        let rig = Rig::new(move |command| {
            if command.split(' ').next() == Some(verb) {
                return Some(answer.to_owned());
            }
            good(command)
        });
        rig.message(1, "one\r\n").await;
        let (seen, log) = rig.end().await;
        assert_eq!(seen[0], (1, "deferred 0".to_owned()), "{verb}");
        assert_eq!(log.lock().unwrap().bodies.len(), 0, "{verb}");
    }
    // Behind the answer to the dot: that message is taken, the next one is not believed to be.
    let rig = Rig::new(|command| match command {
        "." => Some("250 ok\r\n250 ok\r\n".to_owned()),
        _ => good(command),
    });
    rig.message(1, "one\r\n").await;
    rig.message(2, "two\r\n").await;
    let (seen, log) = rig.end().await;
    assert_eq!(seen[0], (1, "delivered".to_owned()));
    assert_eq!(seen[1], (2, "deferred 0".to_owned()));
    assert_eq!(log.lock().unwrap().bodies, ["one\r\n.\r\n"]);
}

/// Lines that are no replies, at every step (threats.md section 6).
#[tokio::test(start_paused = true)]
async fn malformed_answers() {
    let endless = "250-x\r\n".repeat(300);
    let long = format!("250 {}\r\n", "x".repeat(5000));
    let strange = [
        "2\r\n",
        "25 ok\r\n",
        "250-a\r\n251 b\r\n",
        "ok 250\r\n",
        "\0\u{ff}\r\n",
        "-ERR\r\n",
        "999 ok\r\n",
        &endless,
        &long,
    ];
    for verb in ["", "EHLO", "MAIL", "RCPT", "DATA", "."] {
        for answer in strange {
            let answer = answer.to_owned();
            let rig = Rig::new(move |command| {
                if command.split(' ').next() == Some(verb) {
                    return Some(answer.clone());
                }
                good(command)
            });
            rig.message(1, "one\r\n").await;
            let (seen, _) = rig.end().await;
            assert_eq!(seen[0], (1, "deferred 0".to_owned()), "{verb:?}");
        }
    }
}

/// SIZE 0, texts that are missing, strange enhanced codes: nothing to complain about.
#[tokio::test(start_paused = true)]
async fn odd_and_legal_answers() {
    let rig = Rig::new(|command| {
        let verb = command.split(' ').next().unwrap_or_default();
        let answer = match verb {
            "" => "220\r\n",
            "EHLO" => "250-\r\n250-SIZE 0\r\n250-XODD \u{ff}\r\n250 pipelining\r\n",
            "DATA" => "354\r\n",
            "QUIT" => "221\r\n",
            _ => "250 9.9.9 \u{1b}[31m\r\n",
        };
        Some(answer.to_owned())
    });
    rig.message(1, "one\r\n").await;
    let (seen, _) = rig.end().await;
    expect(&seen, &[(1, "delivered")]);
}
