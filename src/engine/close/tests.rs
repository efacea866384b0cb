//! The order of things: leave after the journal, outcomes after the record.

use std::path::Path;
use std::time::Duration;

use tokio::sync::oneshot;

use super::*;
use crate::mail::envelope::BodyType;
use crate::store::Known;
use crate::transit::Refusal;

/// A sink of which the test plays the delivering side.
struct Rig {
    sink: Sink,
    parts: mpsc::Receiver<Part>,
    reports: mpsc::UnboundedSender<Report>,
    record: Arc<Record>,
    state: tempfile::TempDir,
}

fn rig(most_unrecorded: usize) -> Rig {
    let state = tempfile::tempdir().unwrap();
    let record = Record::open(&state.path().join("ids"), &state.path().join("state")).unwrap();
    let record = Arc::new(record);
    let (to_sink, parts) = mpsc::channel(100);
    let (reports, from_sink) = mpsc::unbounded_channel();
    Rig {
        sink: Sink::new(Delivery::new(to_sink, most_unrecorded), from_sink, &record),
        parts,
        reports,
        record,
        state,
    }
}

fn mailbox() -> Mailbox {
    Mailbox::new(b"tim", b"pop.example", None)
}

fn memo(uid: Option<&[u8]>, deletes: bool) -> Memo {
    Memo {
        mailbox: mailbox(),
        uid: uid.map(Uid::new),
        deletes,
        size: None,
    }
}

fn envelope() -> Envelope {
    Envelope {
        sender: Vec::new(),
        recipients: vec![b"ann".to_vec()],
        last_resort: None,
        body: BodyType::Unsaid,
        size: None,
    }
}

fn refused() -> Outcome {
    Outcome::Refused(Refusal {
        code: 550,
        words: b"no".to_vec(),
    })
}

impl Rig {
    /// Hands one message over.
    async fn hand_over(&mut self, memo: Memo) -> Ticket {
        let ticket = self.sink.begin(envelope(), memo).await.unwrap();
        assert!(self.sink.finish(ticket).await);
        ticket
    }

    /// Begins a message; its UID is its ticket's number.
    async fn begin(&mut self) -> Ticket {
        let uid = u32::try_from(self.sink.last_ticket + 1).unwrap();
        let memo = Memo {
            mailbox: mailbox(),
            uid: Some(uid.into()),
            deletes: true,
            size: None,
        };
        self.sink.begin(envelope(), memo).await.unwrap()
    }

    /// Whether a message can be finished now.
    async fn finishes(&mut self, ticket: Ticket) -> Option<bool> {
        tokio::select! {
            biased;
            went = self.sink.finish(ticket) => Some(went),
            () = tokio::task::yield_now() => None,
        }
    }

    fn settle(&self, ticket: Ticket, outcome: Outcome) {
        self.report(Report::Settled(vec![(ticket, outcome)]));
    }

    fn report(&self, report: Report) {
        self.reports.send(report).unwrap();
    }

    /// Asks for leave for a file of each ticket.
    async fn intend(&self, tickets: &[Ticket]) -> bool {
        let (go, leave) = oneshot::channel();
        let file = |ticket: &Ticket| (*ticket, self.file(*ticket));
        let files = tickets.iter().map(file).collect();
        self.report(Report::Intent { files, go });
        leave.await.unwrap()
    }

    fn file(&self, ticket: Ticket) -> PathBuf {
        let name = format!("tmp/{}", ticket.0);
        self.state.path().join(name)
    }

    fn known(&self, uid: &[u8]) -> Known {
        self.record.known(&mailbox(), &Uid::new(uid))
    }

    fn journal(&self) -> String {
        let dir = std::fs::read_dir(self.state.path().join("state")).unwrap();
        dir.flatten()
            .map(|entry| std::fs::read(entry.path()).unwrap_or_default())
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .collect()
    }

    /// Makes every write of the record fail: a UID that cannot be recorded fails its batch.
    fn break_record(&self) {
        let too_long: &[u8] = &[b'u'; 1000];
        lock(&self.sink.memos).values_mut().for_each(|open| {
            open.memo.uid = Some(Uid::new(too_long));
        });
    }
}

#[tokio::test]
async fn outcomes_come_after_the_record() {
    let mut rig = rig(100);
    let gone = rig.hand_over(memo(Some(b"gone"), true)).await;
    let kept = rig.hand_over(memo(Some(b"kept"), false)).await;
    let refusal = rig.hand_over(memo(Some(b"refused"), true)).await;
    let nameless = rig.hand_over(memo(None, true)).await;
    rig.report(Report::Settled(vec![
        (kept, Outcome::Delivered),
        (refusal, refused()),
        (gone, Outcome::Delivered),
        (nameless, Outcome::Delivered),
    ]));
    let mut told = Vec::new();
    for _ in 0..4 {
        match rig.sink.closed().await {
            Some(Closed::Ended(ticket, outcome)) => told.push((ticket, outcome)),
            other => panic!("{other:?}"),
        }
        // All of a batch are remembered before the first is told.
        assert_eq!(rig.known(b"gone"), Known::DeletePending);
        assert_eq!(rig.known(b"kept"), Known::Delivered);
        assert_eq!(rig.known(b"refused"), Known::New);
    }
    let expected = [
        (kept, Outcome::Delivered),
        (refusal, refused()),
        (gone, Outcome::Delivered),
        (nameless, Outcome::Delivered),
    ];
    assert_eq!(told, expected);
    assert!(!rig.sink.has_open());
}

#[tokio::test]
async fn leave_is_given_when_the_journal_has_the_names() {
    let mut rig = rig(100);
    let named = rig.hand_over(memo(Some(b"named"), true)).await;
    let nameless = rig.hand_over(memo(None, true)).await;
    assert!(rig.intend(&[named, nameless]).await);
    let journal = rig.journal();
    for ticket in [named, nameless] {
        let path = rig.file(ticket);
        let name = Path::new(&path).display().to_string();
        assert!(journal.contains(&name), "{journal}");
    }
    assert_eq!(rig.known(b"named"), Known::New);
    // Both intents end, also the one that no UID could end: reopening finds nothing to look for.
    rig.report(Report::Settled(vec![
        (named, Outcome::Delivered),
        (nameless, Outcome::Delivered),
    ]));
    rig.sink.closed().await.unwrap();
    rig.record.checkpoint().await.unwrap();
    let Rig {
        sink,
        reports,
        record,
        state,
        ..
    } = rig;
    drop(reports);
    sink.settled().await;
    drop(record);
    let again = Record::open(&state.path().join("ids"), &state.path().join("state")).unwrap();
    let known = again.known(&mailbox(), &Uid::new(*b"named"));
    assert_eq!(known, Known::DeletePending);
}

#[tokio::test]
async fn no_leave_without_a_record() {
    let mut rig = rig(100);
    let ticket = rig.hand_over(memo(Some(b"a"), true)).await;
    rig.break_record();
    assert!(!rig.intend(&[ticket]).await);
    assert!(matches!(
        rig.sink.closed().await,
        Some(Closed::Unrecorded(_))
    ));
}

#[tokio::test]
async fn no_leave_for_a_file_of_no_message() {
    let mut rig = rig(100);
    let known = rig.hand_over(memo(Some(b"a"), true)).await;
    let aborted = rig.sink.begin(envelope(), memo(None, true)).await.unwrap();
    rig.sink.abort(aborted).await;
    assert!(!rig.intend(&[known, aborted]).await);
    assert!(rig.intend(&[known]).await);
}

#[tokio::test]
async fn nothing_is_told_of_what_cannot_be_recorded() {
    let mut rig = rig(100);
    let ticket = rig.hand_over(memo(Some(b"a"), true)).await;
    rig.break_record();
    rig.report(Report::Settled(vec![(ticket, Outcome::Delivered)]));
    assert!(matches!(
        rig.sink.closed().await,
        Some(Closed::Unrecorded(_))
    ));
    drop(rig.reports);
    assert!(rig.sink.closed().await.is_none());
}

#[tokio::test]
async fn what_was_settled_before_the_end_is_told_before_it() {
    let mut rig = rig(100);
    let ticket = rig.hand_over(memo(Some(b"a"), true)).await;
    rig.report(Report::Settled(vec![(ticket, Outcome::Delivered)]));
    rig.report(Report::Down(deliver::Error::Command { what: "x".into() }));
    let first = rig.sink.closed().await;
    assert!(matches!(first, Some(Closed::Ended(t, _)) if t == ticket));
    assert!(matches!(rig.sink.closed().await, Some(Closed::Down(_))));
}

#[tokio::test]
async fn a_sink_that_was_hung_up_is_settled_all_the_same() {
    let mut rig = rig(100);
    let whole = rig.hand_over(memo(Some(b"whole"), true)).await;
    let half = memo(Some(b"half"), true);
    rig.sink.begin(envelope(), half).await.unwrap();
    rig.sink.hang_up();
    assert!(rig.sink.has_open());
    assert!(!rig.sink.write(Bytes::from_static(b"x")).await);
    let mut seen = Vec::new();
    while let Some(part) = rig.parts.recv().await {
        seen.push(matches!(part, Part::Finish));
    }
    assert_eq!(seen, [false, true, false]);
    let settled = tokio::spawn(rig.sink.settled());
    rig.reports
        .send(Report::Settled(vec![(whole, Outcome::Delivered)]))
        .unwrap();
    drop(rig.reports);
    settled.await.unwrap();
    let known = |uid: &[u8]| rig.record.known(&mailbox(), &Uid::new(uid));
    assert_eq!(known(b"whole"), Known::DeletePending);
    assert_eq!(known(b"half"), Known::New);
}

#[tokio::test]
async fn a_settled_half_message_does_not_keep_it_open() {
    let mut rig = rig(100);
    let half = memo(Some(b"half"), true);
    rig.sink.begin(envelope(), half).await.unwrap();
    rig.sink.hang_up();
    assert!(!rig.sink.has_open());
    drop(rig.reports);
    let settled = tokio::time::timeout(Duration::from_secs(60), rig.sink.settled());
    settled.await.unwrap();
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
        rig.settle(ticket, refused());
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
