//! The sink against a listener that answers by rule, over in-memory streams and paused time.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio::sync::mpsc;

use super::listener::{Dial, peer};
use super::*;
use crate::deliver::{Delivery, QUEUE, Report};
use crate::mail::envelope::BodyType;

/// Answers a command; `.` is the end of the data, the empty text the moment of connecting. `None`
/// hangs up, an empty answer is silence.
type Rule = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

#[derive(Default)]
struct Log {
    dialled: Vec<String>,
    commands: Vec<String>,
    bodies: Vec<String>,
    writes: Vec<usize>,
    turns: usize,
}

type Shared = Arc<Mutex<Log>>;

/// Counts the client's writes.
struct Counted(DuplexStream, Shared);

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let result = Pin::new(&mut self.0).poll_write(cx, buf);
        if let Poll::Ready(Ok(n)) = &result {
            self.1.lock().unwrap().writes.push(*n);
        }
        result
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

async fn serve(mut stream: DuplexStream, rule: Rule, log: Shared) {
    let mut inbox: Vec<u8> = Vec::new();
    let mut in_body = false;
    let mut answer = rule("");
    loop {
        match answer.take() {
            None => return,
            Some(text) => {
                if stream.write_all(text.as_bytes()).await.is_err() {
                    return;
                }
            }
        }
        let mut answers = String::new();
        loop {
            let end = if in_body {
                match inbox.starts_with(b".\r\n") {
                    true => Some(3),
                    false => memchr::memmem::find(&inbox, b"\r\n.\r\n").map(|at| at + 5),
                }
            } else {
                inbox.iter().position(|b| *b == b'\n').map(|at| at + 1)
            };
            let Some(end) = end else { break };
            let text = String::from_utf8_lossy(&inbox[..end]).into_owned();
            inbox.drain(..end);
            let command = if in_body {
                log.lock().unwrap().bodies.push(text);
                in_body = false;
                ".".to_owned()
            } else {
                let command = text.trim_end().to_owned();
                log.lock().unwrap().commands.push(command.clone());
                command
            };
            let Some(text) = rule(&command) else { return };
            in_body |= command == "DATA" && text.starts_with("354");
            answers.push_str(&text);
        }
        answer = Some(answers);
        if answer.as_deref() != Some("") {
            continue_after(&mut stream, answer.take()).await;
        }
        let mut buffer = vec![0; 65536];
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(n) => inbox.extend_from_slice(&buffer[..n]),
        }
        log.lock().unwrap().turns += 1;
        answer = Some(String::new());
    }
}

/// The answers of one flight travel for 50 ms.
async fn continue_after(stream: &mut DuplexStream, answer: Option<String>) {
    tokio::time::sleep(Duration::from_millis(50)).await;
    let _ = stream
        .write_all(answer.unwrap_or_default().as_bytes())
        .await;
}

/// A well-behaved listener with PIPELINING.
fn good(command: &str) -> Option<String> {
    let verb = command.split(' ').next().unwrap_or_default();
    Some(
        match verb {
            "" => "220 hi\r\n",
            "EHLO" => "250-there\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
            "LHLO" => "250-there\r\n250 PIPELINING\r\n",
            "DATA" => "354 go\r\n",
            "QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        }
        .to_owned(),
    )
}

struct Rig {
    delivery: Delivery,
    reports: mpsc::UnboundedReceiver<Report>,
    log: Shared,
}

impl Rig {
    fn new(rule: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self::with(&["mx.test"], settings(), rule)
    }

    /// Hosts called `dead` refuse the connection.
    fn with(
        hosts: &[&str],
        settings: Settings,
        rule: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let (rule, log): (Rule, Shared) = (Arc::new(rule), Shared::default());
        let kept = log.clone();
        let dial: Dial = Box::new(move |listener, timeout, label| {
            let name = listener.to_string();
            log.lock().unwrap().dialled.push(name.clone());
            let (rule, log) = (rule.clone(), log.clone());
            Box::pin(async move {
                if name.starts_with("dead") {
                    return Err(net::Error::Unreachable {
                        host: name,
                        port: 25,
                        what: "refused".to_owned(),
                    });
                }
                let (near, far) = tokio::io::duplex(1 << 20);
                tokio::spawn(serve(far, rule, log.clone()));
                let peer = peer(&name, 25, timeout, label)?;
                Ok(net::Conn::new(Box::new(Counted(near, log)), peer, None))
            })
        });
        Self::over(hosts, settings, dial, kept)
    }

    fn over(hosts: &[&str], settings: Settings, dial: Dial, log: Shared) -> Self {
        let hosts: Vec<_> = hosts.iter().map(|h| (*h).to_owned()).collect();
        let hunt = Hunt::new(&hosts, false, &settings, dial);
        let (parts, input) = mpsc::channel(QUEUE);
        let (output, reports) = mpsc::unbounded_channel();
        let feed = Feed {
            parts: input,
            reports: output,
        };
        tokio::spawn(Sink::new(hunt, settings, feed).run());
        let delivery = Delivery::new(parts, 1);
        Self {
            delivery,
            reports,
            log,
        }
    }

    async fn begin(&self, ticket: u64, to: &[&str]) {
        let envelope = Envelope {
            sender: b"s@x".to_vec(),
            recipients: to.iter().map(|r| r.as_bytes().to_vec()).collect(),
            last_resort: None,
            body: BodyType::Unsaid,
            size: None,
        };
        let ticket = Ticket(ticket);
        self.delivery.send(Part::Begin { ticket, envelope }).await;
    }

    async fn chunk(&self, text: &str) -> bool {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        self.delivery.send(Part::Chunk(bytes)).await
    }

    async fn message(&self, ticket: u64, text: &str) -> bool {
        self.begin(ticket, &["joe"]).await;
        self.chunk(text).await;
        self.delivery.send(Part::Finish).await
    }

    /// Drops the feed and lists how everything ended, in the order of the reports.
    async fn end(mut self) -> (Vec<(u64, String)>, Shared) {
        drop(self.delivery);
        let mut seen = Vec::new();
        while let Some(report) = self.reports.recv().await {
            match report {
                Report::Settled(settled) => {
                    let shown = settled.iter().map(|(t, o)| (t.0, short(o)));
                    seen.extend(shown);
                }
                Report::Down(Error::NoListener { tried }) => seen.push((0, tried.join("; "))),
                Report::Down(error) => seen.push((0, error.to_string())),
                Report::Intent { .. } => unreachable!(),
            }
        }
        (seen, self.log)
    }
}

fn short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Delivered => "delivered".to_owned(),
        Outcome::Deferred(refusal) => format!("deferred {}", refusal.code),
        Outcome::Refused(refusal) => format!("refused {}", refusal.code),
        Outcome::Partly(shares) => {
            let names = |list: &[(Vec<u8>, Refusal)]| {
                let name = |(name, refusal): &(Vec<u8>, Refusal)| {
                    format!(" {}:{}", String::from_utf8_lossy(name), refusal.code)
                };
                list.iter().map(name).collect::<String>()
            };
            format!(
                "partly served {}, put off{}, refused{}",
                shares.served.len(),
                names(&shares.put_off),
                names(&shares.refused)
            )
        }
    }
}

fn settings() -> Settings {
    Settings {
        own_name: "me.test".to_owned(),
        smtp_address: None,
        smtp_name: None,
        antispam: Vec::new(),
        sign_in: None,
        batch_limit: None,
        timeout: Duration::from_secs(60),
        host: "pop.test".to_owned(),
        force_shell: false,
        program: "/bin/postrider".into(),
    }
}

fn expect(seen: &[(u64, String)], expected: &[(u64, &str)]) {
    let seen: Vec<_> = seen.iter().map(|(t, o)| (*t, o.as_str())).collect();
    assert_eq!(seen, expected);
}

#[tokio::test(start_paused = true)]
async fn two_messages_and_a_bye() {
    let rig = Rig::new(good);
    assert!(rig.message(1, "one\n").await);
    assert!(rig.message(2, ".two").await);
    let (seen, log) = rig.end().await;
    expect(&seen, &[(1, "delivered"), (2, "delivered")]);
    let log = log.lock().unwrap();
    assert_eq!(log.bodies, ["one\r\n.\r\n", "..two\r\n.\r\n"]);
    assert_eq!(log.commands.last().unwrap(), "QUIT");
    assert_eq!(log.commands[2], "RCPT TO:<joe@mx.test>");
    assert_eq!(log.dialled.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn two_hundred_messages_take_one_flight_each() {
    let rig = Rig::new(good);
    let feed = async {
        for ticket in 1..=200 {
            assert!(rig.message(ticket, "hello\r\n").await);
        }
    };
    feed.await;
    let (seen, log) = rig.end().await;
    assert!(seen.iter().all(|(_, outcome)| outcome == "delivered"));
    assert_eq!(seen.len(), 200);
    let log = log.lock().unwrap();
    // EHLO, the first envelope, a flight a message.
    assert!(log.turns <= 203, "{} turns", log.turns);
    assert!(log.writes.len() <= 203, "{} writes", log.writes.len());
}

#[tokio::test(start_paused = true)]
async fn a_long_message_is_not_collected() {
    let rig = Rig::new(good);
    rig.begin(1, &["joe"]).await;
    let chunk = "0123456789abcd\r\n".repeat(1024);
    for _ in 0..100 {
        assert!(rig.chunk(&chunk).await);
    }
    rig.delivery.send(Part::Finish).await;
    let (seen, log) = rig.end().await;
    expect(&seen, &[(1, "delivered")]);
    let log = log.lock().unwrap();
    assert_eq!(log.bodies[0].len(), 100 * chunk.len() + 3);
    let most = log.writes.iter().max().unwrap();
    assert!(
        *most <= UNSENT + 2 * chunk.len(),
        "a write of {most} octets"
    );
}

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
    let shares = "partly served 1, put off, refused bad@x:550";
    expect(&seen, &[(1, shares)]);
}

#[tokio::test(start_paused = true)]
async fn an_aborted_message_gets_no_dot() {
    let rig = Rig::new(good);
    assert!(rig.message(1, "one\r\n").await);
    rig.begin(2, &["joe"]).await;
    rig.chunk("half\r\n").await;
    rig.delivery.send(Part::Abort).await;
    assert!(rig.message(3, "three\r\n").await);
    let (seen, log) = rig.end().await;
    expect(&seen, &[(1, "delivered"), (3, "delivered")]);
    let log = log.lock().unwrap();
    assert_eq!(log.bodies, ["one\r\n.\r\n", "three\r\n.\r\n"]);
    assert_eq!(log.dialled.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_feed_gets_no_dot() {
    let rig = Rig::new(good);
    assert!(rig.message(1, "one\r\n").await);
    rig.begin(2, &["joe"]).await;
    rig.chunk("half\r\n").await;
    let (seen, log) = rig.end().await;
    expect(&seen, &[(1, "delivered")]);
    assert_eq!(log.lock().unwrap().bodies, ["one\r\n.\r\n"]);
}

#[tokio::test(start_paused = true)]
async fn the_hunt_goes_on_to_the_next_host() {
    let rig = Rig::with(&["dead1", "dead2/26", "mx.test/2525"], settings(), good);
    assert!(rig.message(1, "one\r\n").await);
    let (seen, log) = rig.end().await;
    expect(&seen, &[(1, "delivered")]);
    let log = log.lock().unwrap();
    assert_eq!(log.dialled, ["dead1", "dead2/26", "mx.test/2525"]);
}

#[tokio::test(start_paused = true)]
async fn nobody_listening_defers_and_ends() {
    let rig = Rig::with(&["dead", "full"], settings(), |_| {
        Some("554 go away\r\n".into())
    });
    rig.message(1, "one\r\n").await;
    rig.message(2, "two\r\n").await;
    let (seen, _) = rig.end().await;
    let down = "dead: cannot connect to dead port 25: refused; full: 554 go away";
    expect(&seen, &[(1, "deferred 0"), (2, "deferred 0"), (0, down)]);
}

#[tokio::test(start_paused = true)]
async fn helo_on_a_new_connection() {
    let rig = Rig::new(|command| match command {
        "EHLO me.test" => None,
        _ => good(command),
    });
    assert!(rig.message(1, "one\r\n").await);
    let (seen, log) = rig.end().await;
    expect(&seen, &[(1, "delivered")]);
    assert_eq!(log.lock().unwrap().commands[1], "HELO me.test");
}

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
    let cases = [("EHLO me.test", 300), ("DATA", 300), (".", 600)];
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
async fn batches_have_connections_of_their_own() {
    let settings = Settings {
        batch_limit: Some(2),
        ..settings()
    };
    let rig = Rig::with(&["mx.test"], settings, good);
    for ticket in 1..=5 {
        assert!(rig.message(ticket, "x\r\n").await);
    }
    let (seen, log) = rig.end().await;
    assert_eq!(seen.len(), 5);
    let log = log.lock().unwrap();
    assert_eq!(log.dialled.len(), 3);
    assert_eq!(log.commands.iter().filter(|c| *c == "QUIT").count(), 3);
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

#[tokio::test]
async fn over_real_sockets() {
    let tcp = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = tcp.local_addr().unwrap().port();
    let log = Shared::default();
    let kept = log.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = tcp.accept().await {
            let (near, far) = tokio::io::duplex(1 << 16);
            tokio::spawn(serve(far, Arc::new(good), log.clone()));
            let (mut stream, mut near) = (stream, near);
            tokio::spawn(
                async move { tokio::io::copy_bidirectional(&mut stream, &mut near).await },
            );
        }
    });
    let target = crate::rc::account::Target::Smtp(vec![format!("127.0.0.1/{port}")]);
    let (delivery, reports) = crate::deliver::open(&target, settings());
    let rig = Rig {
        delivery,
        reports,
        log: kept,
    };
    for ticket in 1..=20 {
        assert!(rig.message(ticket, "x\r\n").await);
    }
    let (seen, log) = rig.end().await;
    assert_eq!(seen.len(), 20);
    assert!(seen.iter().all(|(_, o)| o == "delivered"));
    assert_eq!(log.lock().unwrap().bodies.len(), 20);
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
