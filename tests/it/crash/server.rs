//! What a mail server may do in the middle of a poll, but end the connection (that is [`super::cut`]):
//! it falls silent, spoils TLS, lies, refuses, or lets another client at the mailbox.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::batch::Batch;
use super::goal::Target;
use super::rig::Rig;
use super::{PROTOCOLS, Protocol, is_long};
use crate::support::journey::program;
use crate::support::manner::{Deed, Manner, Trap};
use crate::support::store::Store;

/// How many octets the server says in a whole poll.
async fn octets(rig: &Rig) -> u64 {
    let trap = Trap::counting();
    rig.server.manner(|m| m.trap = Some(trap.clone()));
    let batch = rig.fill("whole").0;
    rig.run().await;
    rig.judge(&batch, 0, "whole").await;
    rig.server.manner(|m| m.trap = None);
    trap.count(Deed::Sent)
}

/// `change` sets what goes wrong after so many octets, for `count` of them over the whole poll; the
/// poll after it is undisturbed, and nothing is lost or comes twice.
async fn at_many_places(rig: &Rig, count: u64, change: impl Fn(&mut Manner, u64)) {
    let all = octets(rig).await;
    for n in 0..count {
        // The last octet is one of them.
        let end = 1 + n * (all - 2) / (count - 1);
        rig.goal.clear();
        let batch = rig.fill(&format!("at{end}")).0;
        rig.server.manner(|m| change(m, end));
        let first = rig.home.run(program(), &["fetch"]).await;
        rig.server.manner(|m| {
            m.stalls_after = None;
            m.spoils_after = None;
        });
        assert!((0..20).contains(&first.status), "{first:?}");
        rig.run().await;
        rig.judge(&batch, 0, &format!("after {end} of {all}: {first:?}"))
            .await;
    }
}

/// The same entry with other words in it.
fn change_rc(rig: &Rig, from: &str, to: &str) {
    let rc = std::fs::read_to_string(rig.home.path().join(".fetchmailrc")).unwrap();
    assert!(rc.contains(from), "{rc}");
    rig.home.rc(&rc.replace(from, to));
}

#[tokio::test]
async fn silence() {
    let count = if is_long() { 40 } else { 7 };
    for protocol in PROTOCOLS {
        let rig = Rig::start(protocol, Target::Maildir, "").await;
        change_rc(&rig, "\n\tuser", " timeout 1\n\tuser");
        at_many_places(&rig, count, |m, end| m.stalls_after = Some(end)).await;
    }
}

/// A fatal alert in the clear, or a record that cannot be decrypted, instead of the rest.
#[tokio::test]
async fn spoilt_tls() {
    let count = if is_long() { 200 } else { 15 };
    for (protocol, is_alert) in PROTOCOLS.into_iter().flat_map(|p| [(p, true), (p, false)]) {
        let rig = Rig::start(protocol, Target::Maildir, "").await;
        let ca = rig.home.write("ca.pem", &rig.server.ca_pem);
        let (plain, tls) = match protocol {
            Protocol::Pop3 => (rig.server.pop3, rig.server.pop3s),
            Protocol::Imap => (rig.server.imap, rig.server.imaps),
        };
        change_rc(&rig, &format!("port {plain}\n"), &format!("port {tls}\n"));
        change_rc(
            &rig,
            "sslproto \"\"",
            &format!("ssl sslcertfile \"{}\"", ca.display()),
        );
        at_many_places(&rig, count, |m, end| m.spoils_after = Some((end, is_alert))).await;
    }
}

/// Octet by octet all comes, and whole.
#[tokio::test]
async fn slowness() {
    for protocol in PROTOCOLS {
        let rig = Rig::start(protocol, Target::Maildir, "").await;
        rig.server
            .manner(|m| m.trickle = Some((7, Duration::from_millis(2))));
        let batch = rig.fill("slow").0;
        rig.run().await;
        rig.judge(&batch, 0, "slow").await;
    }
}

/// Sizes are advice: what the protocol frames is delivered, whatever was announced.
#[tokio::test]
async fn wrong_sizes() {
    for (protocol, size_error) in PROTOCOLS
        .into_iter()
        .flat_map(|p| [-150, -1, 1, 5_000].map(|e| (p, e)))
    {
        let rig = Rig::start(protocol, Target::Maildir, "").await;
        rig.server.manner(|m| m.size_error = size_error);
        let batch = rig.fill("sizes").0;
        rig.run().await;
        rig.judge(&batch, 0, &format!("{protocol:?} {size_error}"))
            .await;
    }
}

/// Delivered and not gone: it does not come again, and goes later.
#[tokio::test]
async fn refused_expunge() {
    for protocol in PROTOCOLS {
        let rig = Rig::start(protocol, Target::Maildir, "").await;
        rig.server.manner(|m| m.refuses_expunge = true);
        let batch = rig.fill("kept").0;
        for _ in 0..3 {
            let ended = rig.home.run(program(), &["fetch"]).await;
            assert!((0..20).contains(&ended.status), "{ended:?}");
            assert_eq!(rig.goal.copies(&batch), [1; 3], "{protocol:?} {ended:?}");
            assert_eq!(rig.server.store.count("ada", "INBOX"), 3);
        }
        rig.server.manner(|m| m.refuses_expunge = false);
        rig.run().await;
        rig.judge(&batch, 0, &format!("{protocol:?}")).await;
    }
}

/// Deletions are pending by UID when the UIDs are given to other messages: those stay until they
/// have been delivered themselves.
#[tokio::test]
async fn renumbered_with_deletions_pending() {
    for protocol in PROTOCOLS {
        let rig = Rig::start(protocol, Target::Maildir, "").await;
        rig.server.manner(|m| m.refuses_delete = true);
        rig.fill("old");
        rig.run().await;
        rig.server.manner(|m| m.refuses_delete = false);
        rig.goal.clear();
        let batch = rig.fill("new").0;
        rig.server.store.renumber("ada", "INBOX");
        let ended = rig.run().await;
        rig.judge(&batch, 0, &format!("{protocol:?} {ended:?}"))
            .await;
    }
}

/// Other UIDs in each session, cut in between: all arrives, though more than once perhaps.
#[tokio::test]
async fn uids_of_one_session() {
    for protocol in PROTOCOLS {
        let rig = Rig::start(protocol, Target::Maildir, "").await;
        let all = octets(&rig).await;
        let batch = rig.fill("uids").0;
        for part in 1..6 {
            rig.server.store.renumber("ada", "INBOX");
            rig.server.manner(|m| m.closes_after = Some(all * part / 6));
            rig.home.run(program(), &["fetch"]).await;
        }
        rig.server.manner(|m| m.closes_after = None);
        rig.server.store.renumber("ada", "INBOX");
        rig.run().await;
        rig.judge(&batch, 15, &format!("{protocol:?}")).await;
    }
}

/// Another client deletes the second message, or puts a new one behind, at each line of a poll. The
/// two others are delivered once, and what is new is not deleted for what is gone.
#[tokio::test]
async fn another_client() {
    for protocol in PROTOCOLS {
        for line in (1..25).step_by(if is_long() { 1 } else { 2 }) {
            let rig = Rig::start(protocol, Target::Maildir, "").await;
            let (batch, start) = rig.fill("shared");
            let new = Batch::three("new");
            let (store, uid) = (rig.server.store.clone(), start[1].uid);
            let added = new.messages[0].clone();
            let was = Arc::new(AtomicBool::new(false));
            let done = was.clone();
            let meddle = move |store: &Store| {
                store.remove("ada", "INBOX", &[uid]);
                store.add("ada", "INBOX", [added.clone()]);
                done.store(true, Ordering::SeqCst);
            };
            let trap = Trap::at(Deed::Heard, line, move || meddle(&store));
            rig.server.manner(|m| m.trap = Some(trap));
            let first = rig.home.run(program(), &["fetch"]).await;
            rig.server.manner(|m| m.trap = None);
            let ended = rig.run().await;
            let about = format!("{protocol:?} line {line}: {first:?} {ended:?}");
            let copies = rig.goal.copies(&batch);
            assert!(
                copies[0] == 1 && copies[1] <= 1 && copies[2] == 1,
                "{copies:?} {about}"
            );
            let expected = [usize::from(was.load(Ordering::SeqCst)), 0, 0];
            assert_eq!(rig.goal.copies(&new), expected, "{about}");
            assert_eq!(rig.server.store.count("ada", "INBOX"), 0, "{about}");
        }
    }
}
