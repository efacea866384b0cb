//! The close of a delivery: remember durably, only then let the server's copy go.
//!
//! The closer stands between a sink's reports and the feed. It gives Maildir files leave to
//! appear once their names are journalled, and passes an outcome on only when the record of it
//! is on the disk (contract: Durability; rule R3).

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;

use crate::deliver::{self, Delivery, Part, Report};
use crate::mail::{Envelope, Uid};
use crate::store::{self, Entry, Mailbox, Record};
use crate::transit::{Outcome, Passage, Ticket};

/// Octets given to a sink in one go.
const PIECE: usize = 16 * 1024;

/// What the record will say of a message once it is delivered.
#[derive(Clone, Debug)]
pub struct Memo {
    /// Where it comes from.
    pub mailbox: Mailbox,
    /// What the server calls it.
    pub uid: Option<Uid>,
    /// Whether the server is told to delete it.
    pub deletes: bool,
    /// Octets as announced, where a name may come to stand for another message (POP3).
    pub size: Option<u64>,
}

impl Memo {
    /// That the message is settled; `None` if the server has no name for it.
    pub fn delivered(self) -> Option<Entry> {
        Some(Entry::Delivered {
            mailbox: self.mailbox,
            uid: self.uid?,
            deletes: self.deletes,
        })
    }

    /// How large it is, if that may matter later.
    pub fn sized(&self) -> Option<Entry> {
        Some(Entry::Sized {
            mailbox: self.mailbox.clone(),
            uid: self.uid.clone()?,
            size: self.size.filter(|_| self.deletes)?,
        })
    }

    /// That these recipients have it, and others do not.
    fn served(self, recipients: Vec<Vec<u8>>) -> Option<Entry> {
        Some(Entry::Served {
            mailbox: self.mailbox,
            uid: self.uid?,
            recipients,
        })
    }
}

/// What comes back to the feed.
#[derive(Debug)]
pub enum Closed {
    /// A delivery ended, and what must be remembered of it is durable.
    Ended(Ticket, Outcome),
    /// The sink takes nothing more.
    Down(deliver::Error),
    /// The record cannot be written: nothing may be deleted any more.
    Unrecorded(store::Error),
}

/// A sink with its closer: the delivering side of one poll.
pub struct Sink {
    /// `None` once nothing more is fed.
    delivery: Option<Delivery>,
    closed: mpsc::UnboundedReceiver<Closed>,
    closer: JoinHandle<()>,
    memos: Memos,
    record: Weak<Record>,
    /// Room for messages that are finished and not on record.
    room: Arc<Semaphore>,
    last_ticket: u64,
    /// Begun and neither finished nor aborted.
    in_hand: Option<Ticket>,
    last_file: LastFile,
}

/// The last file that was delivered, as it was called in `tmp/`.
type LastFile = Arc<Mutex<Option<PathBuf>>>;

type Memos = Arc<Mutex<HashMap<Ticket, Open>>>;

/// A message whose end is not on record.
struct Open {
    memo: Memo,
    /// Taken when it is finished, given back with this.
    place: Option<OwnedSemaphorePermit>,
}

impl Sink {
    /// Starts the closer for a sink that was just opened.
    pub fn new(
        delivery: Delivery,
        reports: mpsc::UnboundedReceiver<Report>,
        record: &Arc<Record>,
    ) -> Self {
        let (sender, closed) = mpsc::unbounded_channel();
        let memos = Memos::default();
        let last_file = LastFile::default();
        let room = Arc::new(Semaphore::new(delivery.most_unrecorded()));
        let closer = Closer {
            reports,
            record: Arc::downgrade(record),
            memos: memos.clone(),
            room: room.clone(),
            sender,
            files: HashMap::new(),
            last_file: last_file.clone(),
        };
        Self {
            delivery: Some(delivery),
            closed,
            closer: tokio::spawn(closer.run()),
            memos,
            record: Arc::downgrade(record),
            room,
            last_ticket: 0,
            in_hand: None,
            last_file,
        }
    }

    /// Begins a message; `None` when the sink has ended.
    pub async fn begin(&mut self, envelope: Envelope, memo: Memo) -> Option<Ticket> {
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        lock(&self.memos).insert(ticket, Open { memo, place: None });
        self.in_hand = Some(ticket);
        let is_up = self.send(Part::Begin { ticket, envelope }).await;
        is_up.then_some(ticket)
    }

    /// The next bytes; `false` when the sink has ended.
    pub async fn write(&self, chunk: Bytes) -> bool {
        chunk.is_empty() || self.send(Part::Chunk(chunk)).await
    }

    /// A whole text, in pieces that the sink's queue is made for; `false` when the sink has ended.
    pub async fn write_all(&self, text: Vec<u8>, mut passage: Passage) -> bool {
        let mut text = Bytes::from(text);
        while !text.is_empty() {
            let piece = text.split_to(text.len().min(PIECE));
            if !self.write(passage.apply(piece)).await {
                return false;
            }
        }
        self.write(passage.finish()).await
    }

    /// The message is whole. Waits while too many are not on record: those a crash would have
    /// delivered again (rule R2).
    pub async fn finish(&mut self, ticket: Ticket) -> bool {
        let Ok(place) = self.room.clone().acquire_owned().await else {
            return false;
        };
        // Without a memo it has ended already, and what comes is passed over.
        if let Some(open) = lock(&self.memos).get_mut(&ticket) {
            open.place = Some(place);
        }
        let is_up = self.send(Part::Finish).await;
        self.in_hand.take_if(|in_hand| is_up && *in_hand == ticket);
        is_up
    }

    /// The message will not become whole.
    pub async fn abort(&mut self, ticket: Ticket) {
        self.send(Part::Abort).await;
        self.in_hand.take_if(|in_hand| *in_hand == ticket);
        lock(&self.memos).remove(&ticket);
    }

    async fn send(&self, part: Part) -> bool {
        match &self.delivery {
            Some(delivery) => delivery.send(part).await,
            None => false,
        }
    }

    /// Puts what the sink has no part in on record, durably.
    pub async fn remember(&self, entries: Vec<Entry>) -> Result<(), store::Error> {
        if entries.is_empty() {
            return Ok(());
        }
        let record = self.record.upgrade().ok_or(store::Error::Closed)?;
        record.commit(entries).await
    }

    /// Nothing more is fed: a message that is half in is aborted, what was finished is settled.
    pub fn hang_up(&mut self) {
        self.delivery = None;
        if let Some(ticket) = self.in_hand.take() {
            lock(&self.memos).remove(&ticket);
        }
    }

    /// Whether messages were finished that are not settled, or not on record.
    pub fn has_open(&self) -> bool {
        !lock(&self.memos).is_empty()
    }

    /// The file of the last message that was delivered into a Maildir, as it was called in `tmp/`.
    pub fn last_file(&self) -> Option<PathBuf> {
        let file = self.last_file.lock();
        file.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until everything that was finished is settled and on record, whatever it takes.
    pub async fn settled(mut self) {
        self.hang_up();
        // A closer that broke has nothing more to remember.
        let _ = self.closer.await;
    }

    /// The next outcome; `None` when the sink has ended and everything was said. Cancel-safe.
    pub async fn closed(&mut self) -> Option<Closed> {
        self.closed.recv().await
    }

    /// Another outcome that is already there.
    pub fn closed_now(&mut self) -> Option<Closed> {
        self.closed.try_recv().ok()
    }
}

struct Closer {
    reports: mpsc::UnboundedReceiver<Report>,
    /// Not kept open by a sink that takes its leave of a listener when the engine has ended.
    record: Weak<Record>,
    memos: Memos,
    room: Arc<Semaphore>,
    sender: mpsc::UnboundedSender<Closed>,
    /// Files with an open intent.
    files: HashMap<Ticket, PathBuf>,
    last_file: LastFile,
}

impl Closer {
    /// Until the sink has said everything. Reports that queue up while the disk is busy are
    /// closed together by the next write.
    async fn run(mut self) {
        while let Some(first) = self.reports.recv().await {
            let mut settled = Vec::new();
            let mut next = Some(first);
            while let Some(report) = next {
                match report {
                    Report::Settled(mut outcomes) => settled.append(&mut outcomes),
                    Report::Intent { files, go } => {
                        let leave = self.intend(files).await;
                        // The sink may be gone already; then nothing was renamed.
                        let _ = go.send(leave);
                    }
                    Report::Down(error) => {
                        self.settle(std::mem::take(&mut settled)).await;
                        self.tell(Closed::Down(error));
                    }
                }
                next = self.reports.try_recv().ok();
            }
            self.settle(settled).await;
        }
        self.room.close();
    }

    /// Journals the files' names; true when they may appear. A file that nothing is known of must
    /// not: after a crash nobody could tell what it was.
    async fn intend(&mut self, files: Vec<(Ticket, PathBuf)>) -> bool {
        let entries = {
            let memos = lock(&self.memos);
            let entry = |(ticket, file): &(Ticket, PathBuf)| {
                let Open { memo, .. } = memos.get(ticket)?;
                Some(Entry::Intent {
                    mailbox: memo.mailbox.clone(),
                    uid: memo.uid.clone(),
                    deletes: memo.deletes,
                    file: file.clone(),
                })
            };
            let sized = |(ticket, _): &(Ticket, PathBuf)| memos.get(ticket)?.memo.sized();
            let sizes: Vec<_> = files.iter().filter_map(sized).collect();
            let intents: Option<Vec<_>> = files.iter().map(entry).collect();
            intents.map(|intents| intents.into_iter().chain(sizes).collect::<Vec<_>>())
        };
        let Some(entries) = entries else {
            tracing::error!(?files, "a file of no message that was handed over");
            return false;
        };
        self.files.extend(files);
        match self.remember(entries).await {
            Ok(()) => true,
            Err(error) => {
                self.unrecorded(error);
                false
            }
        }
    }

    async fn settle(&mut self, outcomes: Vec<(Ticket, Outcome)>) {
        if outcomes.is_empty() {
            return;
        }
        let mut entries = Vec::with_capacity(outcomes.len());
        let mut sizes = Vec::new();
        for (ticket, outcome) in &outcomes {
            let memo = lock(&self.memos).get(ticket).map(|open| open.memo.clone());
            if let Some(file) = self.files.remove(ticket) {
                let mut last = self
                    .last_file
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                *last = Some(file.clone());
                drop(last);
                entries.push(Entry::Settled { file });
            }
            if *outcome == Outcome::Delivered {
                sizes.extend(memo.as_ref().and_then(Memo::sized));
            }
            let entry = memo.and_then(|memo| match outcome {
                Outcome::Delivered => memo.delivered(),
                Outcome::Partly(shares) => memo.served(shares.served.clone()),
                Outcome::Deferred(_) | Outcome::Refused(_) => None,
            });
            entries.extend(entry);
        }
        entries.append(&mut sizes);
        let remembered = match entries.is_empty() {
            true => Ok(()),
            false => self.remember(entries).await,
        };
        if remembered.is_err() {
            self.room.close();
        }
        // Only now are they off the books, and their places free.
        for (ticket, _) in &outcomes {
            lock(&self.memos).remove(ticket);
        }
        if let Err(error) = remembered {
            return self.unrecorded(error);
        }
        for (ticket, outcome) in outcomes {
            self.tell(Closed::Ended(ticket, outcome));
        }
    }

    async fn remember(&self, entries: Vec<Entry>) -> Result<(), store::Error> {
        match self.record.upgrade() {
            Some(record) => record.commit(entries).await,
            None => Err(store::Error::Closed),
        }
    }

    /// Nothing more may be handed over: it could not be remembered.
    fn unrecorded(&self, error: store::Error) {
        self.room.close();
        self.tell(Closed::Unrecorded(error));
    }

    fn tell(&self, closed: Closed) {
        // A feed that has gone (stopped, connection lost) reads the record next time.
        let _ = self.sender.send(closed);
    }
}

fn lock(memos: &Memos) -> std::sync::MutexGuard<'_, HashMap<Ticket, Open>> {
    memos.lock().unwrap_or_else(PoisonError::into_inner)
}
