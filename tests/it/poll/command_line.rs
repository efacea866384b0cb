//! The options of the command line, each by what it changes at both ends.

use std::process::Stdio;

use tokio::io::AsyncWriteExt;

use crate::support::arrived::assert_arrived;
use crate::support::journey::{BOTH, Journey, Protocol, Shield, into_maildir, program};
use crate::support::mailbox::Message;

use Protocol::{Imap, Pop3};

fn numbered(range: std::ops::Range<usize>) -> Vec<Message> {
    range.map(Message::numbered).collect()
}

/// A journey with `count` messages, fetched with these options.
async fn run(count: usize, protocol: Protocol, status: i32, args: &[&str]) -> (Journey, String) {
    let journey = Journey::small(count).await;
    journey.rc(protocol, Shield::Tls, &into_maildir("Mail"));
    let ended = journey.expect(status, args).await;
    assert_eq!(ended.err, "");
    (journey, ended.out)
}

#[tokio::test]
async fn check_fetches_nothing() {
    for protocol in BOTH {
        let (journey, out) = run(3, protocol, 0, &["-c"]).await;
        assert!(out.starts_with("3 messages for ada at alpha"), "{out}");
        assert_eq!((journey.left(), journey.mail("Mail").len()), (3, 0));
        let stored = journey.server.store.messages("ada", "INBOX");
        assert!(stored.iter().all(|s| s.flags.is_empty()));
        assert!(!journey.home.path().join(".fetchids").exists());
        run(0, protocol, 1, &["--check"]).await;
    }
}

#[tokio::test]
async fn keep_and_all() {
    for protocol in BOTH {
        let (journey, _) = run(2, protocol, 0, &["-k"]).await;
        assert_eq!((journey.left(), journey.mail("Mail").len()), (2, 2));
        journey.expect(1, &["--keep"]).await;
        journey.expect(0, &["-k", "-a"]).await;
        assert_eq!((journey.left(), journey.mail("Mail").len()), (2, 4));
        journey.expect(0, &["--fetchall", "-K"]).await;
        assert_eq!((journey.left(), journey.mail("Mail").len()), (0, 6));
    }
}

#[tokio::test]
async fn mda_protocol_and_user() {
    let journey = Journey::small(2).await;
    journey.user("ben", [Message::numbered(7)]);
    let rc = journey
        .entry("alpha", Imap, Shield::Tls, "")
        .replace("proto imap ", "");
    journey.home.rc(&rc);
    let mda = "postrider deliver --maildir ~/Here";
    journey.expect(0, &["-p", "imap", "-m", mda]).await;
    assert_arrived(&numbered(0..2), journey.mail("Here"));

    journey
        .expect(0, &["--protocol", "IMAP", "--username=ben", "--mda", mda])
        .await;
    assert_eq!(
        (
            journey.mail("Here").len(),
            journey.server.store.count("ben", "INBOX")
        ),
        (3, 0)
    );
}

#[tokio::test]
async fn silent_and_verbose() {
    let (_, out) = run(2, Pop3, 0, &["-s"]).await;
    assert_eq!(out, "");
    let (_, out) = run(2, Imap, 1, &["--silent", "--limit", "1"]).await;
    assert_eq!(out, "");
    let (_, out) = run(1, Pop3, 0, &["-v"]).await;
    for line in [
        "postrider: POP3< +OK",
        "postrider: POP3> CAPA\n",
        "normal termination, status 0",
    ] {
        assert!(out.contains(line), "{line}: {out}");
    }
}

#[tokio::test]
async fn named_servers_only_and_skipped_ones_too() {
    let journey = Journey::small(1).await;
    journey.user("ben", [Message::numbered(1)]);
    journey.user("cleo", [Message::numbered(2)]);
    let entry =
        |user, label| journey.entry_of(user, label, Imap, Shield::Tls, &into_maildir(label));
    let skipped = entry("cleo", "gamma").replacen("poll", "skip", 1);
    journey.home.rc(&format!(
        "{}{}{skipped}",
        entry("ada", "alpha"),
        entry("ben", "beta")
    ));
    let left = || ["ada", "ben", "cleo"].map(|user| journey.server.store.count(user, "INBOX"));
    journey.expect(0, &["beta"]).await;
    assert_eq!(left(), [1, 0, 1]);
    journey.expect(0, &["gamma"]).await;
    assert_eq!(left(), [1, 0, 0]);
    journey.expect(0, &[]).await;
    assert_eq!(left(), [0, 0, 0]);
}

/// Several accounts, one of which fails: the others are served, and that is a success.
#[tokio::test]
async fn one_account_fails_and_the_others_go_on() {
    let journey = Journey::small(3).await;
    journey.user("ben", [Message::numbered(4)]);
    let good = journey.entry("alpha", Pop3, Shield::Tls, &into_maildir("Mail"));
    let bad = journey.entry_of("ben", "beta", Imap, Shield::Tls, &into_maildir("Mail"));
    let bad = bad.replace("password \"", "password \"not ");
    for (rc, strict) in [(format!("{good}{bad}"), 3), (format!("{bad}{good}"), 3)] {
        journey.home.rc(&rc);
        let ended = journey.expect(0, &[]).await;
        assert!(
            ended.err.contains("ben@beta: Sign-in was refused"),
            "{}",
            ended.err
        );
        assert_eq!(
            (journey.left(), journey.server.store.count("ben", "INBOX")),
            (0, 1)
        );
        journey.server.store.add("ada", "INBOX", numbered(3..5));
        journey.expect(strict, &["--strict-status"]).await;
        assert_eq!(journey.left(), 0);
        journey.server.store.add("ada", "INBOX", numbered(5..6));
    }
}

#[tokio::test]
async fn under_the_name_fetchmail() {
    let journey = Journey::small(1).await;
    journey.rc(Pop3, Shield::Tls, &into_maildir("Mail"));
    // Found as the person finds it: the program is beside its other name.
    let command = journey.home.command(program());
    let reachable = std::path::PathBuf::from(command.as_std().get_program());
    let link = journey.home.path().join("fetchmail");
    std::os::unix::fs::symlink(reachable, &link).unwrap();
    let ended = journey.home.run(&link, &[]).await;
    assert_eq!((ended.status, ended.err.as_str()), (0, ""), "{ended:#?}");
    let ended = journey.home.run(&link, &[]).await;
    assert_eq!(ended.out, "fetchmail: No mail for ada at alpha\n");
    assert_eq!((ended.status, journey.mail("Mail").len()), (1, 1));
}

/// `postrider deliver --maildir`, the program that an rc file may name.
#[tokio::test]
async fn deliver_from_standard_input() {
    let journey = Journey::small(0).await;
    let deliver = async |folder: &str, message: &[u8]| {
        let mut command = journey.home.command(program());
        command.args(["deliver", "--maildir", folder]);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // It may have ended without reading; its status tells.
        let _ = stdin.write_all(message).await;
        drop(stdin);
        let output = child.wait_with_output().await.unwrap();
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let message = Message::numbered(4).octets();
    assert_eq!(deliver("Mail", &message).await, (Some(0), String::new()));
    assert_eq!(journey.mail("Mail"), std::slice::from_ref(&message));
    let tmp = journey.home.path().join("Mail/tmp");
    assert_eq!(std::fs::read_dir(tmp).unwrap().count(), 0);

    let (status, err) = deliver("/proc/nowhere", &message).await;
    assert_eq!(status, Some(75));
    assert!(
        err.contains("/proc/nowhere") && err.contains("not delivered"),
        "{err}"
    );
}
