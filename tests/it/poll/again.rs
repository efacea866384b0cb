//! What a second poll makes of the first: mail that is kept, seen, marked or new.

use crate::support::arrived::assert_arrived;
use crate::support::journey::{BOTH, Journey, Protocol, Shield, into_maildir};
use crate::support::mailbox::Message;

use Protocol::{Imap, Pop3};

/// The flags of each message of `ada`.
fn flags(journey: &Journey, folder: &str) -> Vec<String> {
    let all = journey.server.store.messages("ada", folder).into_iter();
    all.map(|stored| stored.flags.into_iter().collect::<Vec<_>>().join(" "))
        .collect()
}

fn numbered(range: std::ops::Range<usize>) -> Vec<Message> {
    range.map(Message::numbered).collect()
}

#[tokio::test]
async fn kept_mail_comes_once_and_new_mail_alone() {
    for protocol in BOTH {
        let journey = Journey::small(8).await;
        journey.rc(
            protocol,
            Shield::Tls,
            &format!("keep {}", into_maildir("Mail")),
        );
        journey.expect(0, &[]).await;
        assert_arrived(&numbered(0..8), journey.mail("Mail"));
        let mark = if protocol == Imap { "\\Seen" } else { "" };
        assert_eq!(flags(&journey, "INBOX"), [mark; 8]);

        let again = journey.expect(1, &[]).await;
        let line = "8 messages (8 seen) for ada at alpha";
        assert!(again.out.starts_with(line), "{}", again.out);
        assert_eq!(journey.mail("Mail").len(), 8);

        journey
            .server
            .store
            .add("ada", "INBOX", [Message::numbered(8)]);
        let third = journey.expect(0, &[]).await;
        assert_eq!(
            third.out.matches("reading message").count(),
            1,
            "{}",
            third.out
        );
        assert!(third.out.contains(" not flushed\n"), "{}", third.out);
        assert_arrived(&numbered(0..9), journey.mail("Mail"));
        assert_eq!(flags(&journey, "INBOX"), [mark; 9]);
    }
}

/// POP3: the record says what is new; the server has no marks.
#[tokio::test]
async fn fetchids_is_fetchmails() {
    let journey = Journey::small(2).await;
    journey.rc(Pop3, Shield::Tls, &format!("keep {}", into_maildir("Mail")));
    journey.expect(0, &[]).await;
    let idfile = journey.home.path().join(".fetchids");
    let ids = "ada@localhost 000000016553f101\nada@localhost 000000026553f101\n";
    assert_eq!(std::fs::read_to_string(&idfile).unwrap(), ids);

    // What fetchmail has written counts as if we had.
    let other = Journey::small(3).await;
    other.rc(Pop3, Shield::Tls, &format!("keep {}", into_maildir("Mail")));
    other
        .home
        .write(".fetchids", format!("else@where 7\n{ids}"));
    other.expect(0, &[]).await;
    assert_arrived(&numbered(2..3), other.mail("Mail"));
    let ids = format!("{ids}ada@localhost 000000036553f101\nelse@where 7\n");
    let idfile = other.home.path().join(".fetchids");
    assert_eq!(std::fs::read_to_string(idfile).unwrap(), ids);
}

#[tokio::test]
async fn a_deleted_mailbox_leaves_no_fetchids() {
    let journey = Journey::small(2).await;
    journey.rc(Pop3, Shield::Tls, &into_maildir("Mail"));
    journey.expect(0, &[]).await;
    assert_eq!(journey.left(), 0);
    assert!(!journey.home.path().join(".fetchids").exists());
}

#[tokio::test]
async fn fetchall_takes_old_mail_too() {
    for protocol in BOTH {
        let journey = Journey::small(3).await;
        journey.rc(
            protocol,
            Shield::Tls,
            &format!("keep {}", into_maildir("Mail")),
        );
        journey.expect(0, &[]).await;
        journey.rc(
            protocol,
            Shield::Tls,
            &format!("fetchall {}", into_maildir("All")),
        );
        journey.expect(0, &[]).await;
        assert_arrived(&numbered(0..3), journey.mail("All"));
        assert_eq!(journey.left(), 0, "{protocol:?}");
    }
}

#[tokio::test]
async fn imap_leaves_what_was_read_elsewhere() {
    let journey = Journey::small(3).await;
    journey.server.store.flag("ada", "INBOX", 2, "\\Seen", true);
    journey.rc(Imap, Shield::Tls, &into_maildir("Mail"));
    journey.expect(0, &[]).await;
    assert_arrived(
        &[Message::numbered(0), Message::numbered(2)],
        journey.mail("Mail"),
    );
    assert_eq!(flags(&journey, "INBOX"), ["\\Seen"]);
}

#[tokio::test]
async fn several_folders_in_one_session() {
    let journey = Journey::small(2).await;
    journey.server.store.add("ada", "Lists", numbered(2..5));
    journey
        .server
        .store
        .add("ada", "Left alone", numbered(5..6));
    let words = format!("folder INBOX,Lists {}", into_maildir("Mail"));
    journey.rc(Imap, Shield::Tls, &words);
    let ended = journey.expect(0, &[]).await;
    assert!(
        ended
            .out
            .contains("3 messages for ada at alpha (folder Lists)."),
        "{}",
        ended.out
    );
    assert_arrived(&numbered(0..5), journey.mail("Mail"));
    let store = &journey.server.store;
    assert_eq!((journey.left(), store.count("ada", "Lists")), (0, 0));
    assert_eq!(store.count("ada", "Left alone"), 1);
    assert_eq!(journey.server.connections(), 1);
}

/// A folder that is not there is that folder's trouble only.
#[tokio::test]
async fn a_missing_folder_does_not_stop_the_others() {
    let journey = Journey::small(1).await;
    journey.server.store.add("ada", "Lists", numbered(1..3));
    let words = format!("folder INBOX,Nowhere,Lists {}", into_maildir("Mail"));
    journey.rc(Imap, Shield::Tls, &words);
    let ended = journey.expect(4, &[]).await;
    assert!(ended.err.contains("“Nowhere”"), "{}", ended.err);
    assert_arrived(&numbered(0..3), journey.mail("Mail"));
}

/// Without UIDPLUS an EXPUNGE would take what another client has marked: it is not sent then.
#[tokio::test]
async fn without_uidplus_only_our_own_is_expunged() {
    let journey = Journey::small(3).await;
    journey.server.manner(|m| m.uidplus = false);
    journey.rc(Imap, Shield::Tls, &into_maildir("Mail"));
    journey.expect(0, &[]).await;
    assert_eq!(journey.left(), 0);

    journey.server.store.add("ada", "INBOX", numbered(3..6));
    journey
        .server
        .store
        .flag("ada", "INBOX", 5, "\\Deleted", true);
    journey.expect(0, &[]).await;
    assert_arrived(
        numbered(0..6)
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != 4)
            .map(|(_, m)| m),
        journey.mail("Mail"),
    );
    let left = journey.server.store.messages("ada", "INBOX");
    assert!(
        left.iter().any(|stored| stored.uid == 5),
        "another's mail was expunged"
    );

    // Once the other client has cleaned up, ours go too and nothing comes again.
    journey.server.store.remove("ada", "INBOX", &[5]);
    journey.expect(1, &[]).await;
    assert_eq!((journey.left(), journey.mail("Mail").len()), (0, 5));
}

/// Two servers behind one host name, as tunnels make them, with the same user, UIDVALIDITY and
/// UIDs: what was delivered from one says nothing of the other.
#[tokio::test]
async fn one_host_name_for_two_servers() {
    let (one, two) = (Journey::small(2).await, Journey::with(numbered(2..5)).await);
    let first = one.entry("alpha", Imap, Shield::Tls, &into_maildir("Mail"));
    let second = two.entry("beta", Imap, Shield::Tls, &into_maildir("Mail"));
    one.server.manner(|m| m.refuses_delete = true);
    one.home.rc(&format!("{first}{second}"));
    one.expect(0, &["alpha"]).await;
    one.expect(0, &["beta"]).await;
    assert_arrived(&numbered(0..5), one.mail("Mail"));
    assert_eq!((one.left(), two.left()), (2, 0));
    one.server.manner(|m| m.refuses_delete = false);
    one.expect(1, &["alpha"]).await;
    assert_eq!((one.left(), one.mail("Mail").len()), (0, 5));
}

/// After a change of UIDVALIDITY (RFC 3501 section 2.3.1.1) old UIDs say nothing; what was seen
/// counts as known.
#[tokio::test]
async fn renumbered_mail_does_not_come_again() {
    let journey = Journey::small(3).await;
    journey.rc(Imap, Shield::Tls, &format!("keep {}", into_maildir("Mail")));
    journey.expect(0, &[]).await;
    journey.server.store.renumber("ada", "INBOX");
    journey.expect(1, &[]).await;
    journey.server.store.add("ada", "INBOX", numbered(3..4));
    journey.expect(0, &[]).await;
    assert_arrived(&numbered(0..4), journey.mail("Mail"));
}

/// A POP3 server that names messages by their place, against RFC 1939 section 7, and did not delete:
/// what has moved up is not deleted for what was delivered.
#[tokio::test]
async fn names_that_move_up_delete_nothing_unseen() {
    let journey = Journey::small(2).await;
    journey.rc(Pop3, Shield::Tls, &into_maildir("Mail"));
    journey.server.manner(|m| m.refuses_delete = true);
    journey.fetch(&[]).await;
    assert_eq!((journey.left(), journey.mail("Mail").len()), (2, 2));
    journey.server.store.remove("ada", "INBOX", &[1]);
    journey.server.store.add("ada", "INBOX", numbered(2..3));
    journey.server.store.with("ada", "INBOX", |folder| {
        for (stored, place) in folder.messages.iter_mut().zip(1..) {
            stored.uid = place;
        }
    });
    journey.server.manner(|m| m.refuses_delete = false);
    journey.expect(0, &[]).await;
    assert_eq!(journey.left(), 0);
    let third = Message::numbered(2).field("Subject");
    let has_third = |mail: &Vec<u8>| String::from_utf8_lossy(mail).contains(&third);
    assert!(journey.mail("Mail").iter().any(has_third));
}

#[tokio::test]
async fn servers_without_extensions() {
    for protocol in BOTH {
        let journey = Journey::small(12).await;
        journey.server.manner(|m| {
            m.pipelining = false;
            m.modern = false;
            m.idle = false;
            m.uidplus = false;
            m.mechanisms.clear();
        });
        journey.rc(protocol, Shield::StartTls, &into_maildir("Mail"));
        journey.expect(0, &[]).await;
        assert_arrived(&numbered(0..12), journey.mail("Mail"));
        assert_eq!(journey.left(), 0);
    }
}

/// A server of the nineties: no CAPA, no UIDL, no TOP.
#[tokio::test]
async fn a_very_old_pop3_server() {
    let journey = Journey::small(5).await;
    journey.server.manner(|m| {
        (m.capa, m.uidl, m.top, m.pipelining) = (false, false, false, false);
        m.mechanisms.clear();
    });
    journey.rc(Pop3, Shield::Plain, &into_maildir("Mail"));
    journey.expect(0, &[]).await;
    assert_arrived(&numbered(0..5), journey.mail("Mail"));
    assert_eq!(journey.left(), 0);
}
