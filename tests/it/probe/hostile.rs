//! Servers that lie, stall or never stop: each ends its row, and none of them anything else.

use std::time::{Duration, Instant};

use postrider::probe::report::{Outcome, Problem, Row, StartTls};
use rcgen::date_time_ymd;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::stage::{HOST, IMAP, POP3, Script, Stage, imap};
use crate::support::ca::{Identity, self_signed, server_params};

const SECOND: Duration = Duration::from_secs(1);

fn starttls(answer: &str) -> Script {
    let greeting = "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] ready";
    Script::new(
        greeting,
        &[("STARTTLS", answer), ("LOGOUT", "* BYE\r\n% OK")],
    )
}

#[tokio::test]
async fn starttls_in_all_its_ways() {
    async fn row(script: Script) -> Row {
        let mut stage = Stage::new();
        stage.serve(143, script).await;
        let row = stage.row_within(143, SECOND).await;
        // However it went, nothing was said behind it that tells who we are.
        for line in stage.heard() {
            assert!(
                !line.contains("LOGIN") && !line.contains("AUTHENTICATE"),
                "{line}"
            );
        }
        row
    }
    let stripped = Script::new("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready", &IMAP);
    assert_eq!(row(stripped).await.starttls, Some(StartTls::NotOffered));
    let refused = row(starttls("% NO go away")).await;
    assert_eq!(
        refused.starttls,
        Some(StartTls::Refused("NO go away".to_owned()))
    );
    assert_eq!(refused.outcome, Outcome::Answered);
    let injected = row(starttls("% OK begin\r\n* CAPABILITY AUTH=EVIL\r\n")).await;
    assert_eq!(injected.starttls, Some(StartTls::Injects));
    assert!(injected.tls.is_none() && injected.after.is_empty());
    // Agreed to, then in the clear as before.
    let ignored = row(starttls("% OK begin")).await;
    assert!(
        matches!(ignored.starttls, Some(StartTls::Failed(_))),
        "{ignored:#?}"
    );
    assert!(
        matches!(ignored.outcome, Outcome::TlsFailed(_)),
        "{ignored:#?}"
    );
    // Agreed to, then closed.
    let closed = row(starttls("% OK begin\r\n<TLS>")).await;
    assert!(
        matches!(closed.starttls, Some(StartTls::Failed(_))),
        "{closed:#?}"
    );
}

#[tokio::test]
async fn what_is_said_before_tls_does_not_count_after_it() {
    let mut stage = Stage::new();
    let greeting = "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=XOAUTH2 IDLE] ready";
    let script = Script::new(greeting, &[("STARTTLS", "% OK begin\r\n<TLS>")]);
    let inside = [("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n% OK")];
    stage
        .serve(143, script.then(stage.identity(), &inside))
        .await;
    let row = stage.row(143).await;
    assert_eq!(row.mechanisms, ["PLAIN", "LOGIN"], "{row:#?}");
    assert_eq!(row.starttls, Some(StartTls::Works));
}

#[tokio::test]
async fn preauth_and_logindisabled() {
    let mut stage = Stage::new();
    let script = Script::new("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hello", &IMAP);
    stage.serve(143, script).await;
    let row = stage.row(143).await;
    assert!(row.mechanisms.is_empty());
    assert!(row.advice.iter().any(|one| one.is_warning), "{row:#?}");
    let mut stage = Stage::new();
    let listed = ("CAPABILITY", "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n% OK");
    let greeting = "* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] x";
    stage.serve(143, Script::new(greeting, &[listed])).await;
    let report = stage.probe(&Stage::request()).await;
    assert!(
        report
            .rows
            .iter()
            .any(|row| row.port == 143 && row.needs_tls)
    );
    assert!(report.choices.is_empty());
}

#[tokio::test]
async fn certificates() {
    async fn problem(make: impl Fn(&Stage) -> Identity) -> Option<Problem> {
        let mut stage = Stage::new();
        let identity = make(&stage);
        stage.serve(993, imap(identity)).await;
        let row = stage.row(993).await;
        assert_eq!(row.outcome, Outcome::Answered, "{row:#?}");
        row.tls.unwrap().shown.problem
    }
    assert_eq!(problem(Stage::identity).await, None);
    let own = |_: &Stage| self_signed(&server_params(&[HOST]));
    assert_eq!(problem(own).await, Some(Problem::SelfSigned));
    let wrong = problem(|stage| stage.ca.issue(&["other.example"])).await;
    let expected = Problem::WrongName {
        wanted: HOST.to_owned(),
        found: vec!["other.example".to_owned()],
    };
    assert_eq!(wrong, Some(expected));
    let expired = problem(|stage| {
        let mut params = server_params(&[HOST]);
        params.not_after = date_time_ymd(2021, 1, 1);
        stage.ca.issue_with(params)
    });
    assert!(matches!(expired.await, Some(Problem::Expired(_))));
    let stranger = problem(|_| crate::support::ca::Ca::named("Stranger").issue(&[HOST])).await;
    assert_eq!(
        stranger,
        Some(Problem::UnknownIssuer("Stranger".to_owned()))
    );
}

#[tokio::test]
async fn a_certificate_of_a_megabyte() {
    let mut stage = Stage::new();
    let (mut chain, key) = stage.identity();
    chain.push(vec![0x30; 1_000_000].into());
    stage.serve(993, imap((chain, key))).await;
    let row = stage.row(993).await;
    assert!(matches!(row.outcome, Outcome::TlsFailed(_)), "{row:#?}");
    assert!(row.tls.is_none());
}

/// Everything that never ends has an end, and little of it is kept.
#[tokio::test]
async fn endless_servers() {
    async fn check(script: Script, is_fit: fn(&Outcome) -> bool) {
        let mut stage = Stage::new();
        stage.serve(110, script).await;
        let begun = Instant::now();
        let row = stage.row_within(110, SECOND).await;
        assert!(is_fit(&row.outcome), "{row:#?}");
        assert!(begun.elapsed() < 4 * SECOND, "{:?}", begun.elapsed());
        assert!(format!("{row:?}").len() < 200_000);
    }
    let not_this: fn(&Outcome) -> bool = |outcome| matches!(outcome, Outcome::NotThis(_));
    let timed_out: fn(&Outcome) -> bool = |outcome| *outcome == Outcome::TimedOut;
    // A banner of 10 MB, in one line and in many.
    let mut banner = Script::mute();
    banner.greeting = vec![b'x'; 10_000_000];
    check(banner, not_this).await;
    let mut banner = Script::mute();
    banner.greeting = b"+OK x\r\n".repeat(1_400_000);
    check(banner, |outcome| {
        matches!(outcome, Outcome::NotThis(_) | Outcome::Answered)
    })
    .await;
    let mut capa = Script::new("+OK", &[]);
    capa.floods = Some(b"X-MORE\r\n".repeat(1000));
    check(capa, not_this).await;
    check(Script::mute(), timed_out).await;
    let mut slow = Script::new("+OK ready when I am", &POP3);
    slow.pause = Some(SECOND);
    check(slow, timed_out).await;
    let silent_list = Script::new("+OK", &[("CAPA", "+OK\r\nTOP")]);
    check(silent_list, timed_out).await;
}

#[tokio::test]
async fn tls_ports_that_are_none() {
    async fn outcome(script: Script) -> Outcome {
        let mut stage = Stage::new();
        stage.serve(993, script).await;
        let row = stage.row_within(993, SECOND).await;
        assert!(row.tls.is_none());
        row.outcome
    }
    let clear = Script::new("* OK [CAPABILITY IMAP4rev1] in the clear", &IMAP);
    let told = outcome(clear).await;
    assert!(matches!(&told, Outcome::TlsFailed(_)), "{told:?}");
    assert_eq!(outcome(Script::mute()).await, Outcome::TimedOut);
}

#[tokio::test]
async fn others_that_listen_there() {
    async fn check(greeting: &str, expected: &str) {
        let mut stage = Stage::new();
        stage.serve(143, Script::new(greeting, &[])).await;
        let row = stage.row(143).await;
        let Outcome::NotThis(said) = &row.outcome else {
            panic!("{row:#?}");
        };
        assert_eq!(said, expected);
    }
    check("SSH-2.0-OpenSSH_9.2", "SSH-2.0-OpenSSH_9.2").await;
    check("220 mx ESMTP", "220 mx ESMTP").await;
    check("* BYE too many", "* BYE too many").await;
    check("x\x1b[2Jy", "x\u{fffd}[2Jy").await;
}

/// A server of TLS 1.1: says so to a hello that may mean it, refuses any older one.
async fn old_tls(mut stream: TcpStream) -> std::io::Result<()> {
    let mut hello = vec![0; 11];
    stream.read_exact(&mut hello).await?;
    // RFC 4346 section 6.2.1: a record; then section 7.4.1.3, or an alert (7.2.2).
    let answer = if hello[9..11] >= [3, 2][..] {
        let mut answer = vec![22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
        answer.extend([7; 32]);
        answer.extend([0, 0, 0x2f, 0]);
        answer
    } else {
        vec![21, 3, 1, 0, 2, 2, 70]
    };
    stream.write_all(&answer).await?;
    // What comes is read, so that the answer arrives.
    while stream.read(&mut hello).await? > 0 {}
    Ok(())
}

/// It cannot be used, and it is said why and what else can be done.
#[tokio::test]
async fn a_server_with_old_tls_only() {
    let mut stage = Stage::new();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    stage.lead(993, listener.local_addr().unwrap());
    stage.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(old_tls(stream));
        }
    });
    let row = stage.row(993).await;
    let Outcome::TlsFailed(why) = &row.outcome else {
        panic!("{row:#?}");
    };
    assert!(
        why.contains("TLS 1.1 only") && why.contains("plugin"),
        "{why}"
    );
}
