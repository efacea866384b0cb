//! The server ends the connection, at any place: nothing partial is delivered, nothing is lost,
//! nothing comes twice.

use super::suffers;
use crate::support::arrived::assert_arrived;
use crate::support::journey::{BOTH, Journey, Protocol, Shield, into_maildir, into_sink};
use crate::support::mailbox::Message;
use crate::support::sink::Sink;

/// Octets between two places where the connection ends.
const STEP: u64 = 389;

/// Polls two new messages for each place, until one poll is through; `arrived` looks at the end.
async fn cut_everywhere(protocol: Protocol, shield: Shield, words: &str, sink: Option<&Sink>) {
    let journey = Journey::small(0).await;
    journey.rc(protocol, shield, words);
    let arrived = || match sink {
        Some(sink) => sink.received().into_iter().map(|m| m.octets).collect(),
        None => journey.mail("Mail"),
    };
    let mut sent: Vec<Message> = Vec::new();
    for (count, end) in (0..).map(|n| 1 + n * STEP).enumerate() {
        let new = [sent.len(), sent.len() + 1].map(Message::numbered);
        journey.server.store.add("ada", "INBOX", new.clone());
        sent.extend(new);
        journey.server.manner(|m| m.closes_after = Some(end));
        let ended = journey.fetch(&[]).await;
        let before = arrived().len();
        assert!(before <= sent.len());
        journey.server.manner(|m| m.closes_after = None);
        let status = if before == sent.len() { 1 } else { 0 };
        let second = journey.expect(status, &[]).await;
        assert_eq!(second.err, "", "cut after {end} octets: {ended:#?}");
        assert_arrived(&sent, arrived());
        assert_eq!(journey.left(), 0, "cut after {end} octets: {ended:#?}");
        if ended.status == 0 {
            assert!(count >= 8, "only {count} cuts");
            return;
        }
        assert_eq!(ended.status, 2, "cut after {end} octets: {ended:#?}");
        assert!(ended.err.contains("The connection was cut"), "{ended:#?}");
    }
}

#[tokio::test]
async fn pop3_to_maildir() {
    cut_everywhere(Protocol::Pop3, Shield::Plain, &into_maildir("Mail"), None).await;
}

#[tokio::test]
async fn pop3_tls_to_smtp() {
    let sink = Sink::smtp().await;
    cut_everywhere(Protocol::Pop3, Shield::Tls, &into_sink(&sink), Some(&sink)).await;
}

#[tokio::test]
async fn imap_to_smtp() {
    let sink = Sink::smtp().await;
    cut_everywhere(
        Protocol::Imap,
        Shield::Plain,
        &into_sink(&sink),
        Some(&sink),
    )
    .await;
}

#[tokio::test]
async fn imap_tls_to_maildir() {
    cut_everywhere(Protocol::Imap, Shield::Tls, &into_maildir("Mail"), None).await;
}

/// In the middle of the second of three, every time: the first is delivered, the second and the
/// third stay until the server is well again.
#[tokio::test]
async fn in_the_middle_of_a_message() {
    for protocol in BOTH {
        let journey = Journey::small(3).await;
        journey.server.manner(|m| m.closes_in_message = Some(2));
        let entry = journey.entry("alpha", protocol, Shield::Tls, &into_maildir("Mail"));
        let words = ["The connection was cut", "“localhost” ended the connection"];
        suffers(&journey, &entry, (2, 2), &words).await;
        assert_arrived(&[Message::numbered(0)], journey.mail("Mail"));
        let tmp = std::fs::read_dir(journey.home.path().join("Mail/tmp")).unwrap();
        assert_eq!(tmp.count(), 0, "half a message was left behind");
        journey.server.manner(|m| m.closes_in_message = None);
        journey.expect(0, &["alpha"]).await;
        let all: Vec<Message> = (0..3).map(Message::numbered).collect();
        assert_arrived(&all, journey.mail("Mail"));
        assert_eq!(journey.left(), 0);
    }
}

/// A delivery program sees whole messages or none.
#[tokio::test]
async fn a_program_is_not_started_for_half_a_message() {
    for protocol in BOTH {
        let journey = Journey::with([Message::large("A <a@example.net>", "Photos", 300_000)]).await;
        journey.server.manner(|m| m.closes_in_message = Some(1));
        let words = "mda \"cat >> ~/taken\"";
        journey.rc(protocol, Shield::Tls, words);
        journey.expect(2, &[]).await;
        assert!(!journey.home.path().join("taken").exists());
        assert_eq!(journey.left(), 1);
    }
}
