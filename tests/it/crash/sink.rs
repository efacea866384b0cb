//! What the local side may answer, step by step: nothing that it did not take leaves the server,
//! unless the sender was told.

use super::goal::Target;
use super::rig::Rig;
use super::{PROTOCOLS, Protocol};
use crate::support::journey::program;

/// Where a listener may refuse.
const STEPS: [&str; 7] = ["CONNECT", "EHLO", "LHLO", "MAIL", "RCPT", "DATA", "."];

/// Every refusal at every step, with both settings of `softbounce`.
#[tokio::test]
async fn refusals() {
    for (n, target) in [Target::Smtp, Target::Lmtp].into_iter().enumerate() {
        for soft in ["set softbounce\n", "set no softbounce\n"] {
            let protocol = PROTOCOLS[n];
            for reply in [
                "421 4.3.2 closing",
                "451 4.7.1 later",
                "550 5.7.1 no",
                "554 5.0.0 never",
                "",
            ] {
                for step in STEPS {
                    refused(protocol, target, soft, step, reply).await;
                }
            }
        }
    }
}

async fn refused(protocol: Protocol, target: Target, soft: &str, step: &str, reply: &str) {
    let rig = Rig::start(protocol, target, "").await;
    let rc = std::fs::read_to_string(rig.home.path().join(".fetchmailrc")).unwrap();
    rig.home.rc(&format!("{soft}{rc}"));
    let batch = rig.fill("refused").0;
    rig.goal.sink.answer(step, reply);
    let first = rig.home.run(program(), &["fetch"]).await;
    assert!((0..20).contains(&first.status), "{first:?}");
    let about = format!("{protocol:?} {target:?} {soft:?} {step} {reply:?}: {first:?}");
    let copies = rig.goal.copies(&batch);
    let there = batch.numbers(&rig.server.store.messages("ada", "INBOX"));
    for (n, copies) in copies.iter().enumerate() {
        assert!(*copies > 0 || there.contains(&n), "{n} is lost: {about}");
    }
    // A step of the other protocol refuses nothing.
    let is_asked = !matches!(
        (step, target),
        ("EHLO", Target::Lmtp) | ("LHLO", Target::Smtp)
    );
    // After EHLO that was refused for good, or hung up upon, HELO is tried.
    if is_asked && !(step == "EHLO" && (reply.starts_with('5') || reply.is_empty())) {
        assert_eq!((there.len(), copies), (3, vec![0; 3]), "{about}");
    }
    rig.goal.sink.forget_answers();
    rig.run().await;
    rig.judge(&batch, 0, &about).await;
}

/// The acceptance comes before the body has ended, and the body is refused: it was not accepted.
#[tokio::test]
async fn acceptance_that_comes_too_early() {
    for (step, reply) in [
        ("DATA", "354 go on\r\n250 2.0.0 taken"),
        ("RCPT", "250 ok\r\n250 ok\r\n250 ok\r\n250 ok"),
    ] {
        for (protocol, target) in [
            (Protocol::Pop3, Target::Smtp),
            (Protocol::Imap, Target::Lmtp),
        ] {
            let rig = Rig::start(protocol, target, "").await;
            let batch = rig.fill("early").0;
            rig.goal.sink.answer(step, reply);
            rig.goal.sink.answer(".", "451 4.3.0 no");
            let first = rig.home.run(program(), &["fetch"]).await;
            let left = rig.server.store.count("ada", "INBOX");
            assert_eq!(
                (left, rig.goal.copies(&batch)),
                (3, vec![0; 3]),
                "{step}: {first:?}"
            );
            rig.goal.sink.forget_answers();
            rig.run().await;
            rig.judge(&batch, 0, step).await;
        }
    }
}

/// Exit status 0 is a program's word, however little it has read.
#[tokio::test]
async fn programs_words() {
    for (protocol, command, left) in [
        (Protocol::Pop3, "true", 0),
        (Protocol::Imap, "exit 0", 0),
        (Protocol::Pop3, "kill -9 $$", 3),
        (Protocol::Imap, "kill -TERM $$", 3),
        (Protocol::Imap, "/etc/passwd", 3),
    ] {
        let rig = Rig::start(protocol, Target::Mda, "").await;
        let rc = std::fs::read_to_string(rig.home.path().join(".fetchmailrc")).unwrap();
        let (before, _) = rc.split_once("\tmda").unwrap();
        rig.home.rc(&format!("{before}\tmda \"{command}\"\n"));
        rig.fill("unread");
        let ended = rig.home.run(program(), &["fetch"]).await;
        assert_eq!(
            rig.server.store.count("ada", "INBOX"),
            left,
            "{command}: {ended:?}"
        );
    }
}
