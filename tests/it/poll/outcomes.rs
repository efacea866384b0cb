//! Mail that was not taken, copies of one message, mail that goes round in a circle.

use rustix::process::Signal;

use super::daemon::Daemon;
use crate::support::journey::{BOTH, Journey, Protocol, Shield, into_maildir, into_sink};
use crate::support::mailbox::Message;
use crate::support::sink::{Received, Sink};

const WRITER: &str = "MAIL FROM:<writer@far.example>";

fn letter(n: usize) -> Message {
    Message::text(&format!(
        "From: writer@far.example\nSubject: letter {n}\nMessage-ID: <{n}@far>\n\nbody {n}\n"
    ))
}

/// How often bodies were asked for.
fn fetched(journey: &Journey) -> usize {
    let is_body = |line: &&String| {
        line.starts_with("RETR") || line.starts_with("TOP") || line.contains("BODY.PEEK[]")
    };
    journey.said().iter().filter(is_body).count()
}

/// A daemon leaves refused mail where it is until its time comes, says so, and tries at once when
/// it is woken.
#[tokio::test]
async fn refused_mail_is_not_fetched_over_and_over() {
    for protocol in BOTH {
        let journey = Journey::with([letter(1)]).await;
        let sink = Sink::smtp().await;
        sink.answer(WRITER, "550 5.7.1 not from him");
        journey.rc(protocol, Shield::Tls, &into_sink(&sink));
        let mut daemon = Daemon::start(&journey, &["-d", "1"]);
        daemon
            .said("Left 1 of 1 on the server: refused for good: 550")
            .await;
        for _ in 0..3 {
            daemon
                .said("1 message that was not taken waits on the server until")
                .await;
        }
        assert_eq!(fetched(&journey), 1);
        sink.answer(WRITER, "250 2.1.0 welcome");
        daemon.signal(Signal::USR1);
        daemon.fetched(1).await;
        daemon.signal(Signal::INT);
        daemon.ended().await;
        assert_eq!((sink.count(), journey.left()), (1, 0));
    }
}

/// Without `softbounce` the message goes, after a report that the same listener has taken.
#[tokio::test]
async fn a_report_leaves_before_the_message_goes() {
    for protocol in BOTH {
        let journey = Journey::with([letter(1), letter(2)]).await;
        let sink = Sink::smtp().await;
        sink.answer(WRITER, "550 5.7.1 not from him");
        let entry = journey.entry("alpha", protocol, Shield::Tls, &into_sink(&sink));
        journey.home.rc(&format!("set no softbounce\n{entry}"));
        let ended = journey.expect(0, &[]).await;
        assert!(
            ended.err.contains("Let 1 of 2 go: refused for good: 550 5.7.1 not from him; writer@far.example was told"),
            "{ended:#?}"
        );
        let reports = sink.received();
        assert_eq!((reports.len(), journey.left()), (2, 0));
        for Received {
            sender,
            recipients,
            octets,
        } in reports
        {
            assert!(sender.starts_with("<>"), "{sender}");
            assert_eq!(recipients, ["<writer@far.example>"]);
            let mail = mailparse::parse_mail(&octets).unwrap();
            assert_eq!(mail.ctype.mimetype, "multipart/report");
            let status = mail.subparts[1].get_body().unwrap();
            assert!(
                status.contains("Diagnostic-Code: smtp; 550 5.7.1 not from him"),
                "{status}"
            );
            assert!(!String::from_utf8_lossy(&octets).contains("body"));
        }
        journey.expect(1, &[]).await;
        assert_eq!(sink.count(), 2);
    }
}

/// A provider that files one copy for each recipient: each of them gets one, in whatever order the
/// copies come and in whichever poll.
#[tokio::test]
async fn each_recipient_gets_one_copy() {
    for protocol in BOTH {
        let copy = |n: usize, id: usize| {
            Message::text(&format!(
                "Received: by relay{n}.example with SMTP; Sun, 22 Nov 2026 03:36:3{n} +0000\n\
                 From: writer@far.example\nDate: Sun, 22 Nov 2026 03:36:33 +0000\n\
                 Message-ID: <{id}@far>\nTo: joe@localhost, ann@localhost\n\nbody {id}\n"
            ))
        };
        let journey = Journey::with([copy(1, 1), copy(2, 2), copy(3, 1)]).await;
        let sink = Sink::smtp().await;
        let rc = journey
            .entry("alpha", protocol, Shield::Tls, &into_sink(&sink))
            .replace("is ada here", "to joe ann here")
            .replace(
                "via localhost",
                "via localhost no dns no envelope aka localhost",
            );
        journey.home.rc(&rc);
        let ended = journey.expect(0, &[]).await;
        assert!(ended.err.contains("3 of 3 is a copy"), "{ended:#?}");
        assert_eq!((sink.count(), journey.left()), (2, 0));
        journey
            .server
            .store
            .add("ada", "INBOX", [copy(4, 2), copy(5, 3)]);
        journey.expect(0, &[]).await;
        assert_eq!((sink.count(), journey.left()), (3, 0));
        // A copy that is to come again does come again.
        journey.server.store.add("ada", "INBOX", [copy(6, 4)]);
        journey
            .home
            .rc(&rc.replace("to joe ann here", "to joe ann here keep fetchall"));
        for count in 4..6 {
            journey.expect(0, &[]).await;
            assert_eq!(sink.count(), count);
        }
    }
}

#[tokio::test]
async fn what_goes_round_in_a_circle_is_stopped() {
    let hop = "Received: from pop.example\n\tby here.example with POP3 (postrider-0.1.0)\n\tfor <ada@localhost> (single-drop); Sun, 22 Nov 2026 03:36:33 +0000\n";
    let other = "Received: by relay.example; Sun, 22 Nov 2026 03:36:33 +0000\n";
    let rest = "From: a@b\nSubject: s\n\nbody\n";
    let journey = Journey::with([
        Message::text(&(hop.repeat(4) + rest)),
        Message::text(&(hop.repeat(5) + rest)),
        Message::text(&(other.repeat(100) + rest)),
        Message::text(&(other.repeat(101) + rest)),
    ])
    .await;
    journey.rc(Protocol::Pop3, Shield::Tls, &into_maildir("Mail"));
    let ended = journey.expect(0, &[]).await;
    for n in [2, 4] {
        let line = format!("Left {n} of 4 on the server: it goes round in a circle");
        assert!(ended.err.contains(&line), "{ended:#?}");
    }
    assert_eq!((journey.mail("Mail").len(), journey.left()), (2, 2));
}
