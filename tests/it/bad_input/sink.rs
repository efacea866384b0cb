//! The local side refuses: listeners, delivery programs, folders.

use tokio::net::TcpSocket;

use super::suffers;
use crate::support::arrived::assert_arrived;
use crate::support::journey::{BOTH, Journey, Protocol, Shield, into_maildir, into_sink};
use crate::support::mailbox::Message;
use crate::support::sink::Sink;

use Protocol::{Imap, Pop3};

/// The sender of the first message of the collection.
const FIRST: &str = "MAIL FROM:<mara.lindqvist@example.org>";

#[tokio::test]
async fn one_message_refused() {
    for (protocol, reply, words) in [
        (
            Pop3,
            "550 5.7.1 not from her",
            "refused for good: 550 5.7.1 not from her",
        ),
        (
            Imap,
            "451 4.7.1 later",
            "not taken for now: 451 4.7.1 later",
        ),
    ] {
        let journey = Journey::small(4).await;
        let sink = Sink::smtp().await;
        sink.answer(FIRST, reply);
        let entry = journey.entry("alpha", protocol, Shield::Tls, &into_sink(&sink));
        let words = ["ada@alpha: Left 1 of ", words];
        let ended = suffers(&journey, &entry, (0, 10), &words).await;
        assert!(
            ended.err.contains("1 message could not be delivered"),
            "{}",
            ended.err
        );
        let octets = |sink: &Sink| {
            sink.received()
                .into_iter()
                .map(|m| m.octets)
                .collect::<Vec<_>>()
        };
        let others: Vec<Message> = (1..4).map(Message::numbered).collect();
        assert_arrived(&others, octets(&sink));
        assert_eq!(journey.left(), 1);

        sink.answer(FIRST, "250 2.1.0 welcome");
        journey.expect(0, &["alpha"]).await;
        let all: Vec<Message> = (0..4).map(Message::numbered).collect();
        assert_arrived(&all, octets(&sink));
        assert_eq!(journey.left(), 0);
    }
}

#[tokio::test]
async fn recipient_and_body_refused() {
    for (step, reply) in [
        ("RCPT", "550 5.1.1 nobody of that name"),
        (".", "452 4.3.1 no room"),
    ] {
        for sink in [Sink::smtp().await, Sink::lmtp().await] {
            let journey = Journey::small(2).await;
            sink.answer(step, reply);
            let lmtp = if sink.is_lmtp { "lmtp" } else { "" };
            let words = format!("{} {lmtp}", into_sink(&sink));
            let entry = journey.entry("alpha", Imap, Shield::Tls, &words);
            suffers(&journey, &entry, (0, 10), &["Left 2 of 2", reply]).await;
            assert_eq!((journey.left(), sink.count()), (2, 0));
        }
    }
}

/// The listener goes away in the middle: what it took is deleted, the rest stays.
#[tokio::test]
async fn listener_that_hangs_up() {
    for protocol in BOTH {
        let journey = Journey::small(3).await;
        let sink = Sink::smtp().await;
        journey.rc(protocol, Shield::Tls, &into_sink(&sink));
        sink.answer("DATA", "");
        let ended = journey.fetch(&[]).await;
        assert!(ended.err.contains("postrider: ada@alpha: "), "{ended:#?}");
        assert_eq!((journey.left(), sink.count()), (3, 0));
        sink.answer("DATA", "354 go on");
        journey.expect(0, &[]).await;
        assert_eq!((journey.left(), sink.count()), (0, 3));
    }
}

#[tokio::test]
async fn nobody_listens() {
    for protocol in BOTH {
        let journey = Journey::small(2).await;
        // Bound and not listening: refused as long as it is ours.
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let port = socket.local_addr().unwrap().port();
        let words = format!("smtphost 127.0.0.1/{port}");
        let entry = journey.entry("alpha", protocol, Shield::Tls, &words);
        let words = [
            "The local mail system does not answer",
            "127.0.0.1",
            "still on the server",
        ];
        suffers(&journey, &entry, (10, 10), &words).await;
        assert_eq!(journey.left(), 2);
    }
}

#[tokio::test]
async fn listener_that_is_busy() {
    let journey = Journey::small(2).await;
    let sink = Sink::smtp().await;
    sink.answer("CONNECT", "421 4.3.2 too busy");
    let entry = journey.entry("alpha", Imap, Shield::Tls, &into_sink(&sink));
    let words = [
        "The local mail system does not answer",
        "421 4.3.2 too busy",
    ];
    suffers(&journey, &entry, (10, 10), &words).await;
    assert_eq!(journey.left(), 2);
}

/// `esmtppassword`: it signs in where that is offered, says nothing of the password, and names a
/// listener that refuses it.
#[tokio::test]
async fn sign_in_to_the_listener() {
    const PLAIN: &str = "AUTH PLAIN AHRpbQBvcGVuIHNlc2FtZQ==";
    let journey = Journey::small(2).await;
    let sink = Sink::smtp().await;
    sink.answer("EHLO", "250-sink\r\n250-PIPELINING\r\n250 AUTH LOGIN PLAIN");
    let sign_in = " esmtpname tim esmtppassword \"open sesame\" user ";
    let entry = journey.entry("alpha", Pop3, Shield::Tls, &into_sink(&sink));
    let entry = entry.replacen(" user ", sign_in, 1);

    sink.answer("AUTH", "535 5.7.8 not you");
    let words = [
        "The local mail system does not answer",
        "refuses the sign-in with esmtpname and esmtppassword: 535 5.7.8 not you",
    ];
    suffers(&journey, &entry, (10, 10), &words).await;
    assert_eq!((journey.left(), sink.count()), (2, 0));

    sink.answer("AUTH", "235 welcome");
    journey.home.rc(&entry);
    let ended = journey.expect(0, &["-v", "-v", "-v", "alpha"]).await;
    assert_eq!((journey.left(), sink.count()), (0, 2));
    let said = sink.transcript();
    assert!(said.iter().any(|line| line.ends_with(PLAIN)), "{said:?}");
    let told = format!("{}{}", ended.out, ended.err);
    assert!(told.contains("AUTH PLAIN \u{2022}"), "{told}");
    for secret in ["sesame", "AHRpbQ", "BvcGVuIHNlc2FtZQ"] {
        assert!(!told.contains(secret), "{told}");
    }
}

#[tokio::test]
async fn program_that_fails() {
    for (protocol, command, words) in [
        (
            Pop3,
            "cat >/dev/null; echo over quota >&2; exit 75",
            "75 over quota",
        ),
        (Imap, "exit 1", "1 the command ended with exit status: 1"),
        (Pop3, "no-such-program-anywhere", "not found"),
    ] {
        let journey = Journey::small(2).await;
        let entry = journey.entry(
            "alpha",
            protocol,
            Shield::Tls,
            &format!("mda \"{command}\""),
        );
        let words = [
            "ada@alpha: Left 2 of 2 on the server: not taken for now",
            words,
        ];
        suffers(&journey, &entry, (0, 10), &words).await;
        assert_eq!(journey.left(), 2);
    }
}

#[tokio::test]
async fn folder_that_cannot_be_made() {
    let journey = Journey::small(2).await;
    journey.home.write("Mail", "not a directory");
    let entry = journey.entry("alpha", Pop3, Shield::Tls, &into_maildir("Mail"));
    let words = [
        "The folder cannot be written",
        "/Mail",
        "still on the server",
    ];
    suffers(&journey, &entry, (10, 10), &words).await;
    assert_eq!(journey.left(), 2);
}
