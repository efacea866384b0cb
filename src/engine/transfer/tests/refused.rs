//! What becomes of messages that the sink does not take, or not for everybody.

use super::*;
use crate::mail::Envelope;
use crate::rc::account::LocalName;
use crate::store::Entry;
use crate::transit::Shares;

/// A message as the sink saw it: to whom, and its text.
#[derive(Clone, Debug)]
struct Seen {
    envelope: Envelope,
    text: String,
}

impl Seen {
    fn to(&self) -> String {
        String::from_utf8_lossy(&self.envelope.recipients.join(&b' ')).into_owned()
    }

    fn is_report(&self) -> bool {
        self.text.contains("report-type=delivery-status")
    }
}

impl Rig {
    /// A sink that answers each message by what it saw of it.
    fn answer(
        &mut self,
        outcome: impl Fn(&Seen) -> Outcome + Send + 'static,
    ) -> JoinHandle<Vec<Seen>> {
        let mut parts = self.parts.take().unwrap();
        let reports = self.reports.clone();
        tokio::spawn(async move {
            let mut all = Vec::new();
            let mut current = None;
            while let Some(part) = parts.recv().await {
                match (part, &mut current) {
                    (Part::Begin { ticket, envelope }, _) => {
                        let text = String::new();
                        current = Some((ticket, Seen { envelope, text }));
                    }
                    (Part::Chunk(bytes), Some((_, seen))) => {
                        seen.text.push_str(&String::from_utf8_lossy(&bytes));
                    }
                    (Part::Finish, _) => {
                        let (ticket, seen) = current.take().unwrap();
                        let settled = vec![(ticket, outcome(&seen))];
                        let _ = reports.send(deliver::Report::Settled(settled));
                        all.push(seen);
                    }
                    _ => current = None,
                }
            }
            all
        })
    }
}

fn refused(code: i32) -> Outcome {
    Outcome::Refused(no(code))
}

fn no(code: i32) -> Refusal {
    let words = b"5.7.1 not this one".to_vec();
    Refusal { code, words }
}

/// Two messages, the first of which is refused with 550.
async fn refusing(set: impl FnOnce(&mut Rig)) -> (Rig, Tally, Vec<Seen>) {
    let mut script = small(2);
    script.messages[0].1 = "From: w@far\r\nSubject: bad\r\n\r\nbody\r\n".to_owned();
    let mut rig = rig(script).await;
    set(&mut rig);
    let sink = rig.answer(
        |seen| match seen.text.contains("Subject: bad") && !seen.is_report() {
            true => refused(550),
            false => Outcome::Delivered,
        },
    );
    let tally = in_time(rig.run()).await;
    rig.sink.hang_up();
    let seen = in_time(sink).await.unwrap();
    (rig, tally, seen)
}

#[tokio::test]
async fn with_softbounce_it_stays_and_waits() {
    let (rig, tally, seen) = refusing(|_| {}).await;
    assert_eq!((tally.delivered, tally.not_taken, tally.let_go), (1, 1, 0));
    assert_eq!(rig.heard("DELE"), ["DELE 2"]);
    assert!(!seen.iter().any(Seen::is_report));
    let view = rig.record.mailbox_view(&mailbox());
    let held = view.held(&Uid::new(&b"u1"[..])).unwrap();
    assert_eq!(
        (held.tries, view.known(&Uid::new(&b"u1"[..]))),
        (1, Known::New)
    );
}

#[tokio::test]
async fn without_softbounce_it_goes_once_a_report_is_accepted() {
    let (rig, tally, seen) = refusing(|rig| rig.globals.soft_bounce = false).await;
    assert_eq!((tally.delivered, tally.not_taken, tally.let_go), (1, 0, 1));
    let mut deleted = rig.heard("DELE");
    deleted.sort();
    assert_eq!(deleted, ["DELE 1", "DELE 2"]);
    assert_eq!(rig.known("u1"), Known::DeletePending);
    let report = seen.iter().find(|seen| seen.is_report()).unwrap();
    assert_eq!(
        (report.to(), &report.envelope.sender[..]),
        ("w@far".to_owned(), &b""[..])
    );
    assert!(
        report
            .text
            .contains("Diagnostic-Code: smtp; 550 5.7.1 not this one\r\n")
    );
    assert!(report.text.contains("Subject: bad\r\n") && !report.text.contains("body"));
}

#[tokio::test]
async fn spam_goes_without_a_word() {
    let (rig, tally, seen) = refusing(|rig| {
        rig.globals.soft_bounce = false;
        rig.account.antispam = vec![550];
    })
    .await;
    assert_eq!((tally.delivered, tally.let_go), (1, 1));
    assert!(!seen.iter().any(Seen::is_report));
    assert_eq!(
        (rig.heard("DELE").len(), rig.known("u1")),
        (2, Known::DeletePending)
    );
}

/// What becomes of a refused message from `sender` with a header line more.
async fn reported(
    sender: &str,
    line: &str,
    takes: impl Fn(&str) -> Outcome + Send + 'static,
) -> (Rig, Vec<String>) {
    let mut script = small(1);
    script.messages[0].1 = format!("Return-Path: <{sender}>\r\n{line}Subject: bad\r\n\r\nx\r\n");
    let mut rig = rig(script).await;
    rig.globals.soft_bounce = false;
    let sink = rig.answer(move |seen| match seen.is_report() {
        true => takes(&seen.to()),
        false => refused(550),
    });
    in_time(rig.run()).await;
    rig.sink.hang_up();
    let seen = in_time(sink).await.unwrap();
    let reports = seen.iter().filter(|seen| seen.is_report());
    (rig, reports.map(Seen::to).collect())
}

#[tokio::test]
async fn nobody_is_bothered_with_reports_he_did_not_ask_for() {
    for (sender, line) in [
        ("", ""),
        ("MAILER-DAEMON@far", ""),
        ("list@far", "Precedence: bulk\r\n"),
        ("list@far", "List-Id: <l.far>\r\n"),
        ("robot@far", "Auto-Submitted: auto-generated\r\n"),
        ("m@far", "Content-Type: multipart/report; boundary=x\r\n"),
    ] {
        let (rig, told) = reported(sender, line, |_| Outcome::Delivered).await;
        assert_eq!(told, ["anna"], "{sender} {line}");
        assert_eq!(rig.heard("DELE").len(), 1);
    }
    let (_, told) = reported("w@far", "Auto-Submitted: no\r\n", |_| Outcome::Delivered).await;
    assert_eq!(told, ["w@far"]);
}

#[tokio::test]
async fn a_message_goes_only_when_somebody_knows_of_it() {
    // The writer cannot be told, the postmaster can.
    let (rig, told) = reported("w@far", "", |to| match to {
        "anna" => Outcome::Delivered,
        _ => refused(553),
    })
    .await;
    assert_eq!(told, ["w@far", "anna"]);
    assert_eq!(rig.heard("DELE").len(), 1);
    // Nobody can, or not now.
    let (rig, told) = reported("w@far", "", |_| refused(550)).await;
    assert_eq!(told, ["w@far", "anna"]);
    assert_eq!((rig.heard("DELE").len(), rig.known("u1")), (0, Known::New));
    let (rig, told) = reported("w@far", "", |_| deferred()).await;
    assert_eq!(
        (told, rig.heard("DELE").len()),
        (vec!["w@far".to_owned()], 0)
    );
    assert!(
        rig.record
            .mailbox_view(&mailbox())
            .held(&Uid::new(&b"u1"[..]))
            .is_some()
    );
}

/// Two recipients, of whom `a` is served and `b` as `shares` say.
async fn partly(set: impl FnOnce(&mut Rig), put_off: bool) -> (Rig, Tally, Vec<Seen>) {
    let mut script = small(1);
    script.messages[0].1 = "From: w@far\r\nTo: a, b\r\nSubject: s\r\n\r\nx\r\n".to_owned();
    let mut rig = rig(script).await;
    rig.account.local_names = vec![LocalName::plain("a"), LocalName::plain("b")];
    rig.account.dns = false;
    rig.account.host = "pop.example".to_owned();
    set(&mut rig);
    let sink = rig.answer(move |seen| {
        if seen.is_report() || seen.envelope.recipients.len() == 1 {
            return Outcome::Delivered;
        }
        let b = vec![(b"b".to_vec(), no(if put_off { 450 } else { 550 }))];
        Outcome::Partly(Shares {
            served: vec![b"a".to_vec()],
            put_off: if put_off { b.clone() } else { Vec::new() },
            refused: if put_off { Vec::new() } else { b },
        })
    });
    let tally = in_time(rig.run()).await;
    rig.sink.hang_up();
    let seen = in_time(sink).await.unwrap();
    (rig, tally, seen)
}

#[tokio::test]
async fn whoever_has_it_does_not_get_it_again() {
    let (rig, tally, _) = partly(|_| {}, true).await;
    assert_eq!((tally.delivered, tally.not_taken), (0, 1));
    assert_eq!(rig.heard("DELE").len(), 0);
    let view = rig.record.mailbox_view(&mailbox());
    assert_eq!(view.served(&Uid::new(&b"u1"[..])), [b"a"]);
    // The next poll.
    let served = Entry::Served {
        mailbox: mailbox(),
        uid: Uid::new(&b"u1"[..]),
        recipients: vec![b"a".to_vec()],
    };
    let again = async |served: Vec<Entry>| {
        let mut script = small(1);
        script.messages[0].1 = "From: w@far\r\nTo: a, b\r\n\r\nx\r\n".to_owned();
        let mut rig = super::rig(script).await;
        rig.account.local_names = vec![LocalName::plain("a"), LocalName::plain("b")];
        rig.account.dns = false;
        rig.account.host = "pop.example".to_owned();
        rig.record.commit(served).await.unwrap();
        let sink = rig.answer(|_| Outcome::Delivered);
        in_time(rig.run()).await;
        rig.sink.hang_up();
        let seen = in_time(sink).await.unwrap();
        assert_eq!(
            (rig.heard("DELE").len(), rig.known("u1")),
            (1, Known::DeletePending)
        );
        seen.iter().map(Seen::to).collect::<Vec<_>>()
    };
    assert_eq!(again(vec![served.clone()]).await, ["b"]);
    // The other one has gone from the file meanwhile: nobody is left to get it.
    let Entry::Served { mailbox, uid, .. } = served else {
        unreachable!()
    };
    let both = Entry::Served {
        mailbox,
        uid,
        recipients: vec![b"a".to_vec(), b"b".to_vec()],
    };
    assert_eq!(again(vec![both]).await, Vec::<String>::new());
}

#[tokio::test]
async fn one_of_two_refused_is_reported_and_the_message_goes() {
    let (rig, tally, seen) = partly(|_| {}, false).await;
    assert_eq!((tally.delivered, tally.not_taken, tally.let_go), (1, 0, 0));
    assert_eq!(
        (rig.heard("DELE").len(), rig.known("u1")),
        (1, Known::DeletePending)
    );
    let told: Vec<_> = seen
        .iter()
        .filter(|seen| seen.is_report())
        .map(Seen::to)
        .collect();
    assert_eq!(told, ["w@far"]);
    assert!(seen[1].text.contains("Final-Recipient: rfc822; b\r\n"));
    // A refusal that means spam is nobody's business.
    let (rig, _, seen) = partly(|rig| rig.account.antispam = vec![550], false).await;
    assert_eq!((seen.len(), rig.heard("DELE").len()), (1, 1));
}

/// The listener has refused the one recipient, and the postmaster took the message in his place.
#[tokio::test]
async fn the_writer_hears_that_only_the_postmaster_has_it() {
    let mut script = small(1);
    script.messages[0].1 = "From: w@far\r\nSubject: mine\r\n\r\nx\r\n".to_owned();
    let mut rig = rig(script).await;
    let sink = rig.answer(|seen| match seen.is_report() {
        true => Outcome::Delivered,
        false => Outcome::Partly(Shares {
            served: vec![b"postmaster".to_vec()],
            put_off: Vec::new(),
            refused: vec![(b"anna".to_vec(), no(550))],
        }),
    });
    let tally = in_time(rig.run()).await;
    rig.sink.hang_up();
    let seen = in_time(sink).await.unwrap();
    assert_eq!((tally.delivered, rig.heard("DELE").len()), (1, 1));
    let report = seen.last().unwrap();
    assert_eq!((seen.len(), report.to()), (2, "w@far".to_owned()));
    assert!(report.text.contains("Final-Recipient: rfc822; anna\r\n"));
    assert!(report.text.contains("Subject: mine\r\n"));
}

#[tokio::test]
async fn a_damaged_header_is_a_refusal_of_ours() {
    let damaged = |soft| async move {
        let mut script = small(1);
        script.messages[0].1 = "From: w@far\r\nno colon here\r\n\r\nx\r\n".to_owned();
        let mut rig = rig(script).await;
        rig.globals.soft_bounce = soft;
        let sink = rig.answer(|_| Outcome::Delivered);
        let tally = in_time(rig.run()).await;
        rig.sink.hang_up();
        let told = in_time(sink).await.unwrap();
        let told: Vec<_> = told.iter().map(Seen::to).collect();
        (tally.not_taken, tally.let_go, rig.heard("DELE").len(), told)
    };
    assert_eq!(damaged(true).await, (1, 0, 0, vec![]));
    assert_eq!(damaged(false).await, (0, 1, 1, vec!["anna".to_owned()]));
}
