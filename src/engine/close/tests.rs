//! The closer between a sink that is played here and a record on disk.

use tempfile::TempDir;
use tokio::sync::mpsc::UnboundedSender;

use super::*;
use crate::mail::envelope::BodyType;

struct Rig {
    sink: Sink,
    reports: UnboundedSender<Report>,
    _parts: mpsc::Receiver<Part>,
    record: Arc<Record>,
    _home: TempDir,
}

fn rig(most_unrecorded: usize) -> Rig {
    let home = tempfile::tempdir().unwrap();
    let record = Record::open(&home.path().join("ids"), &home.path().join("state"));
    let record = Arc::new(record.unwrap());
    let (parts, input) = mpsc::channel(100);
    let (output, reports) = mpsc::unbounded_channel();
    let delivery = Delivery::new(parts, most_unrecorded);
    Rig {
        sink: Sink::new(delivery, reports, &record),
        reports: output,
        _parts: input,
        record,
        _home: home,
    }
}

fn mailbox() -> Mailbox {
    Mailbox::new(b"joe", b"pop.test", None)
}

impl Rig {
    async fn begin(&mut self) -> Ticket {
        let envelope = Envelope {
            sender: Vec::new(),
            recipients: vec![b"joe".to_vec()],
            body: BodyType::Unsaid,
            size: None,
        };
        let uid = u32::try_from(self.sink.last_ticket + 1).unwrap();
        let memo = Memo {
            mailbox: mailbox(),
            uid: Some(uid.into()),
            deletes: true,
        };
        self.sink.begin(envelope, memo).await.unwrap()
    }

    /// Whether a message can be finished now.
    async fn finishes(&self, ticket: Ticket) -> Option<bool> {
        tokio::select! {
            biased;
            went = self.sink.finish(ticket) => Some(went),
            () = tokio::task::yield_now() => None,
        }
    }

    fn settle(&self, ticket: Ticket, outcome: Outcome) {
        let settled = Report::Settled(vec![(ticket, outcome)]);
        self.reports.send(settled).unwrap();
    }
}

/// Killing the fetcher while the disk was slow had six messages delivered to a program twice.
#[tokio::test]
async fn no_more_is_handed_over_than_may_come_twice() {
    let mut rig = rig(2);
    let (one, two, three) = (rig.begin().await, rig.begin().await, rig.begin().await);
    assert_eq!(rig.finishes(one).await, Some(true));
    assert_eq!(rig.finishes(two).await, Some(true));
    assert_eq!(rig.finishes(three).await, None);
    rig.settle(two, Outcome::Delivered);
    let closed = rig.sink.closed().await;
    assert!(matches!(closed, Some(Closed::Ended(t, Outcome::Delivered)) if t == two));
    let known = rig.record.known(&mailbox(), &Uid::from(2));
    assert_eq!(known, store::Known::DeletePending);
    assert_eq!(rig.finishes(three).await, Some(true));
}

#[tokio::test]
async fn aborted_and_early_ended_messages_take_no_room() {
    let mut rig = rig(1);
    for _ in 0..3 {
        let ticket = rig.begin().await;
        rig.sink.abort(ticket).await;
        let ticket = rig.begin().await;
        let refusal = crate::transit::Refusal {
            code: 550,
            words: Vec::new(),
        };
        rig.settle(ticket, Outcome::Refused(refusal));
        assert!(rig.sink.closed().await.is_some());
        assert_eq!(rig.finishes(ticket).await, Some(true));
    }
}

#[tokio::test]
async fn a_record_that_is_gone_ends_the_handing_over() {
    let mut rig = rig(1);
    let (one, two) = (rig.begin().await, rig.begin().await);
    assert!(rig.sink.finish(one).await);
    drop(std::mem::replace(&mut rig.record, self::rig(1).record));
    rig.settle(one, Outcome::Delivered);
    assert!(matches!(
        rig.sink.closed().await,
        Some(Closed::Unrecorded(store::Error::Closed))
    ));
    assert_eq!(rig.finishes(two).await, Some(false));
}

#[tokio::test]
async fn a_sink_that_has_ended_is_not_waited_for() {
    let mut rig = rig(1);
    let (one, two) = (rig.begin().await, rig.begin().await);
    assert!(rig.sink.finish(one).await);
    let (nowhere, _) = mpsc::unbounded_channel();
    drop(std::mem::replace(&mut rig.reports, nowhere));
    assert!(rig.sink.closed().await.is_none());
    assert!(!rig.sink.finish(two).await);
}
