//! What a server refuses: sign-in, folders, single messages, deletion.

use super::suffers;
use crate::support::arrived::assert_arrived;
use crate::support::journey::{BOTH, Journey, PASSWORD, Protocol, Shield, into_maildir};
use crate::support::mailbox::Message;

use Protocol::{Imap, Pop3};

fn entry(journey: &Journey, protocol: Protocol) -> String {
    journey.entry("alpha", protocol, Shield::Tls, &into_maildir("Mail"))
}

#[tokio::test]
async fn wrong_password() {
    for protocol in BOTH {
        let journey = Journey::small(1).await;
        let entry = entry(&journey, protocol).replace(PASSWORD, "another one");
        suffers(
            &journey,
            &entry,
            (3, 3),
            &["ada@alpha: Sign-in was refused"],
        )
        .await;
        assert_eq!((journey.left(), journey.mail("Mail").len()), (1, 0));
    }
}

/// Without a terminal to ask at. As with fetchmail nothing else is polled either: `secrets::terminal`.
#[tokio::test]
async fn no_password() {
    let journey = Journey::small(1).await;
    let entry = entry(&journey, Imap).replace(&format!("password \"{PASSWORD}\""), "");
    journey.home.rc(&entry);
    let ended = journey.expect(3, &[]).await;
    for words in ["find a password for ada@alpha", "~/.netrc"] {
        assert!(ended.err.contains(words), "{words}: {ended:#?}");
    }
    assert_eq!(journey.server.connections(), 0);
}

#[tokio::test]
async fn greetings_that_refuse() {
    for (protocol, line, status, words) in [
        (
            Imap,
            "* BYE too many connections",
            14,
            "The server asks to wait",
        ),
        (
            Pop3,
            "-ERR [SYS/TEMP] come again",
            14,
            "The server asks to wait",
        ),
        (
            Imap,
            "220 mail.example.org ESMTP",
            4,
            "an answer that makes no sense",
        ),
        (
            Pop3,
            "220 mail.example.org ESMTP",
            4,
            "an answer that makes no sense",
        ),
    ] {
        let journey = Journey::small(1).await;
        journey
            .server
            .manner(|m| m.greets_with = Some(line.to_owned()));
        let entry = entry(&journey, protocol);
        let ended = suffers(&journey, &entry, (status, status), &[words]).await;
        assert!(
            ended.err.contains(line.trim_start_matches("* ")),
            "{}",
            ended.err
        );
        assert_eq!(journey.left(), 1);
    }
}

#[tokio::test]
async fn sign_in_that_must_wait() {
    for (protocol, line, status, words) in [
        (
            Pop3,
            "-ERR [IN-USE] another session",
            9,
            "The mailbox is in use",
        ),
        (
            Imap,
            "NO [INUSE] another session",
            9,
            "The mailbox is in use",
        ),
        (
            Imap,
            "NO [UNAVAILABLE] the back end is down",
            14,
            "The server asks to wait",
        ),
        (
            Pop3,
            "-ERR [LOGIN-DELAY] not so often",
            9,
            "The mailbox is in use",
        ),
    ] {
        let journey = Journey::small(1).await;
        journey
            .server
            .manner(|m| m.refuses_login = Some(line.to_owned()));
        let entry = entry(&journey, protocol);
        suffers(&journey, &entry, (status, status), &[words]).await;
        assert_eq!(journey.left(), 1);
    }
}

#[tokio::test]
async fn a_folder_that_is_not_there() {
    let journey = Journey::small(1).await;
    let words = format!("folder Nowhere {}", into_maildir("Mail"));
    let entry = journey.entry("alpha", Imap, Shield::Tls, &words);
    let words = ["A folder cannot be opened", "“Nowhere”"];
    suffers(&journey, &entry, (4, 4), &words).await;
}

/// Opened read-only nothing could be deleted, and the same mail would come again and again.
#[tokio::test]
async fn read_only_folder() {
    let journey = Journey::small(1).await;
    journey.server.manner(|m| m.read_only = true);
    let entry = entry(&journey, Imap);
    suffers(&journey, &entry, (9, 9), &["The mailbox is in use"]).await;
    assert_eq!(journey.mail("Mail").len(), 0);
}

/// A message the server will not give does not stop those behind it, and comes when it will.
#[tokio::test]
async fn withheld_message() {
    for protocol in BOTH {
        let journey = Journey::small(3).await;
        journey.server.manner(|m| m.refuses_messages = vec![2]);
        let entry = entry(&journey, protocol);
        let words = ["ada@alpha: The server withheld 1 message"];
        suffers(&journey, &entry, (7, 7), &words).await;
        let others = [Message::numbered(0), Message::numbered(2)];
        assert_arrived(&others, journey.mail("Mail"));
        assert_eq!(journey.left(), 1);
        journey.server.manner(|m| m.refuses_messages.clear());
        journey.expect(0, &["alpha"]).await;
        assert_eq!((journey.left(), journey.mail("Mail").len()), (0, 3));
    }
}

/// Delivered and not deleted: the record keeps it from coming again, and it is deleted later.
#[tokio::test]
async fn refused_deletion() {
    for protocol in BOTH {
        let journey = Journey::small(3).await;
        journey.server.manner(|m| m.refuses_delete = true);
        journey.home.rc(&entry(&journey, protocol));
        let ended = journey.expect(0, &[]).await;
        assert!(ended.err.contains("did not delete"), "{}", ended.err);
        journey.expect(1, &[]).await;
        assert_eq!((journey.left(), journey.mail("Mail").len()), (3, 3));
        journey.server.manner(|m| m.refuses_delete = false);
        journey.expect(1, &[]).await;
        assert_eq!((journey.left(), journey.mail("Mail").len()), (0, 3));
    }
}
