//! The record: which messages of which mailbox were delivered, kept so that no crash can make it
//! run ahead of deliveries or forget one (rules R1 to R3).
//!
//! ```text
//! engine --commit--> writer thread --append, fdatasync--> journal      (one per id file)
//!                         |---------- checkpoint -------> .fetchids    (POP3, fetchmail's format)
//!                         `-- apply --> memory <-- View (look-ups)
//! ```
//!
//! POP3 UIDs live in the id file and, since it was last written, in the journal; IMAP UIDs, marks
//! of pending deletions and whatever the id file's format cannot say live in the journal alone.
//! The journal is written anew, shorter, when it has grown. Look-ups see a commit as soon as it
//! is durable, never before.

mod lines;
pub mod look;
mod memory;
mod recovery;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, mpsc};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::mail::Uid;
use crate::store::messages::Messages;
use crate::store::places::state_file;
use crate::store::{Error, Known};
use memory::{Memory, Shelf};
use writer::Job;

/// Longest UID that can be recorded, in octets (`threats.md` section 6).
pub const UID_MAX: usize = 128;

/// Names a mailbox in the record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mailbox {
    /// `user@host`: remote name and the server's name (`via` if given). Compared case-blind, as
    /// fetchmail does in the id file.
    pub account: Vec<u8>,
    /// IMAP folder as the server spells it; `None` for POP3. INBOX is compared case-blind
    /// (RFC 3501 section 5.1).
    pub folder: Option<Vec<u8>>,
}

impl Mailbox {
    /// The mailbox of `user` at `host`; `folder` for IMAP.
    pub fn new(user: &[u8], host: &[u8], folder: Option<&[u8]>) -> Self {
        let account = [user, b"@", host].concat();
        Self {
            account,
            folder: folder.map(<[u8]>::to_vec),
        }
    }

    /// The spelling that stands for all that compare equal.
    fn folded(&self) -> Self {
        let is_inbox = |folder: &[u8]| folder.eq_ignore_ascii_case(b"INBOX");
        Self {
            account: self.account.to_ascii_lowercase(),
            folder: self.folder.as_deref().map(|f| {
                if is_inbox(f) {
                    b"INBOX".to_vec()
                } else {
                    f.to_vec()
                }
            }),
        }
    }
}

/// One thing to be remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// This file is whole and `fsync`ed in a Maildir's `tmp/` and is about to be renamed. If we
    /// die now, the next start looks whether it was.
    Intent {
        /// Where the message comes from.
        mailbox: Mailbox,
        /// Its UID, if it has one.
        uid: Option<Uid>,
        /// The file, absolute, in a directory called `tmp`.
        file: PathBuf,
        /// Whether the server is to be told to delete it once it is delivered.
        deletes: bool,
    },
    /// It was delivered. Ends the intent of the same mailbox and UID.
    Delivered {
        /// Where it came from.
        mailbox: Mailbox,
        /// Its UID.
        uid: Uid,
        /// Whether the server is to be told to delete it.
        deletes: bool,
    },
    /// The server no longer has it: its deletion was confirmed, or it is not listed any more.
    Gone {
        /// Where it was.
        mailbox: Mailbox,
        /// Its UID.
        uid: Uid,
    },
    /// An intent ended, with or without delivery (in particular one without UID).
    Settled {
        /// The file of the intent.
        file: PathBuf,
    },
    /// The sink refused it and it stays on the server: not to be fetched again before a time.
    /// Whatever else is said of the UID ends this.
    Held {
        /// Where it is.
        mailbox: Mailbox,
        /// Its UID.
        uid: Uid,
        /// Until when, and why.
        held: Held,
    },
    /// Some of its recipients have it, in addition to those said before; it stays on the server for
    /// the others. Whatever is said of the UID but that it is held ends this.
    Served {
        /// Where it is.
        mailbox: Mailbox,
        /// Its UID.
        uid: Uid,
        /// Who has it.
        recipients: Vec<Vec<u8>>,
    },
    /// So large the server says a message is. If what it calls by this name is of another size later,
    /// it is another message, whatever RFC 1939 section 7 demands of servers. To be said with or after
    /// its intent or delivery, if it is to be deleted.
    Sized {
        /// Where it is.
        mailbox: Mailbox,
        /// Its UID.
        uid: Uid,
        /// Octets as announced.
        size: u64,
    },
    /// First contact, or `MarkAllKnown`: these count as delivered.
    Baseline {
        /// Where.
        mailbox: Mailbox,
        /// UIDVALIDITY of the folder; not used for POP3.
        validity: u32,
        /// What counts as known.
        known: Vec<Uid>,
    },
    /// What is there at the first contact is to count as delivered. Until that is on record, which
    /// may be in another run of the program, nothing is fetched.
    Awaited {
        /// Where.
        mailbox: Mailbox,
        /// It is still to be put on record.
        is_open: bool,
    },
    /// The folder has this UIDVALIDITY. Another one than before voids what was known of it,
    /// pending deletions included. Costs nothing when it is the same.
    Validity {
        /// The folder.
        mailbox: Mailbox,
        /// As the server says.
        validity: u32,
    },
}

/// A message the sink refused, waiting on the server for another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Tries that failed.
    pub tries: u32,
    /// When to try again, in seconds since 1970.
    pub retry_at: i64,
    /// A figure made of the delivery options at the last try: with other options it is tried at
    /// once.
    pub options: u64,
}

/// The record of one id file. Dropping it ends the writer after what was queued.
#[derive(Debug)]
pub struct Record {
    memory: Arc<Mutex<Memory>>,
    jobs: Option<mpsc::Sender<Job>>,
    writer: Option<JoinHandle<()>>,
    /// Where the table of messages is, and the table once it was asked for.
    messages: (PathBuf, Mutex<Option<Messages>>),
}

impl Record {
    /// Opens the record of `idfile`, with its journal in `state_dir` (made if absent, 0700).
    /// Finishes what a crash left behind. Blocks for as long as the disk takes.
    pub fn open(idfile: &Path, state_dir: &Path) -> Result<Self, Error> {
        let table = state_file(state_dir, idfile, ".messages");
        let table = table.map_err(|e| Error::disk(idfile, &e))?;
        let (memory, writer) = recovery::open(idfile, state_dir)?;
        let memory = Arc::new(Mutex::new(memory));
        let (jobs, queue) = mpsc::channel();
        let shared = memory.clone();
        let thread = std::thread::Builder::new()
            .name("record".into())
            .spawn(move || writer.run(&shared, &queue))
            .map_err(|e| Error::disk(state_dir, &e))?;
        Ok(Self {
            memory,
            jobs: Some(jobs),
            writer: Some(thread),
            messages: (table, Mutex::new(None)),
        })
    }

    /// A window on one mailbox, cheap to hold, that shows each commit from the moment it is
    /// durable.
    pub fn mailbox_view(&self, mailbox: &Mailbox) -> View {
        View {
            shelf: lock(&self.memory).shelf(mailbox),
        }
    }

    /// What is known of one message. For many, take a [`View`].
    pub fn known(&self, mailbox: &Mailbox, uid: &Uid) -> Known {
        self.mailbox_view(mailbox).known(uid)
    }

    /// Works with the table of messages and their recipients. Blocks for a look at the disk.
    pub fn with_messages<T>(
        &self,
        work: impl FnOnce(&mut Messages) -> std::io::Result<T>,
    ) -> Result<T, Error> {
        let (path, table) = &self.messages;
        let mut table = table.lock().unwrap_or_else(PoisonError::into_inner);
        let done = match &mut *table {
            Some(table) => work(table),
            None => Messages::open(path).and_then(|opened| work(table.insert(opened))),
        };
        done.map_err(|e| Error::disk(path, &e))
    }

    /// Remembers the batch, wholly or not at all, and returns once it is on the disk. What is
    /// known already costs no write. After an error nothing must be deleted or renamed.
    pub async fn commit(&self, batch: Vec<Entry>) -> Result<(), Error> {
        if batch.is_empty() {
            return Ok(());
        }
        self.ask(|reply| Job::Commit(batch, reply)).await
    }

    /// Notes under the name `to` what is noted under `from`, which stays: the same mailbox is reached
    /// in another way. What was to be deleted counts as delivered only. A folder that has been
    /// looked into under its new name and has another UIDVALIDITY there is another one.
    pub async fn follow(&self, from: &Mailbox, to: &Mailbox) -> Result<(), Error> {
        if from.folded() == to.folded() {
            return Ok(());
        }
        let new = self.mailbox_view(to).validity();
        let batch = self.mailbox_view(from).as_entries_of(to);
        let old = self.mailbox_view(from).validity();
        match new.is_some() && new != old {
            true => Ok(()),
            false => self.commit(batch).await,
        }
    }

    /// Writes the id file if it has changed, and the journal anew if it has grown. For the end
    /// of each account.
    pub async fn checkpoint(&self) -> Result<(), Error> {
        self.ask(Job::Checkpoint).await
    }

    async fn ask(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<(), Error>>) -> Job,
    ) -> Result<(), Error> {
        let (reply, answer) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or(Error::Closed)?;
        jobs.send(job(reply)).map_err(|_| Error::Closed)?;
        answer.await.map_err(|_| Error::Closed)?
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.jobs.take();
        if let Some(writer) = self.writer.take() {
            // It ends when the queue does; whoever opens the record next finds the lock free.
            writer.join().ok();
        }
    }
}

/// What is known of one mailbox.
#[derive(Clone, Debug)]
pub struct View {
    shelf: Arc<RwLock<Shelf>>,
}

impl View {
    /// Of a mailbox that nothing is known of.
    pub fn blank(mailbox: &Mailbox) -> Self {
        let shelf = Shelf::new(mailbox.clone());
        Self {
            shelf: Arc::new(RwLock::new(shelf)),
        }
    }

    /// What is known of a message, in constant time.
    pub fn known(&self, uid: &Uid) -> Known {
        self.read(|shelf| shelf.uids.get(uid.as_bytes()))
    }

    /// UIDVALIDITY as last recorded.
    pub fn validity(&self) -> Option<u32> {
        self.read(|shelf| shelf.validity)
    }

    /// Whether a [`Entry::Baseline`] was recorded for the present UIDVALIDITY.
    pub fn has_baseline(&self) -> bool {
        self.read(|shelf| shelf.has_baseline)
    }

    /// Whether what is there at the first contact is still to be put on record
    /// ([`Entry::Awaited`]).
    pub fn is_awaited(&self) -> bool {
        self.read(|shelf| shelf.is_awaited)
    }

    /// Number of messages known.
    pub fn len(&self) -> usize {
        self.read(|shelf| shelf.uids.len())
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is known, as it is said of another mailbox.
    fn as_entries_of(&self, mailbox: &Mailbox) -> Vec<Entry> {
        let name = || mailbox.clone();
        self.read(|shelf| {
            let mut entries = Vec::new();
            let known = shelf.uids.iter().map(|(uid, _)| Uid::new(uid));
            match shelf.validity.filter(|_| mailbox.folder.is_some()) {
                Some(validity) if shelf.has_baseline => entries.push(Entry::Baseline {
                    mailbox: name(),
                    validity,
                    known: known.collect(),
                }),
                validity => {
                    entries.extend(validity.map(|validity| Entry::Validity {
                        mailbox: name(),
                        validity,
                    }));
                    entries.extend(known.map(|uid| Entry::Delivered {
                        mailbox: name(),
                        uid,
                        deletes: false,
                    }));
                }
            }
            if shelf.is_awaited {
                entries.push(Entry::Awaited {
                    mailbox: name(),
                    is_open: true,
                });
            }
            entries.extend(shelf.held.iter().map(|(uid, held)| Entry::Held {
                mailbox: name(),
                uid: uid.clone(),
                held: *held,
            }));
            entries.extend(shelf.served.iter().map(|(uid, recipients)| Entry::Served {
                mailbox: name(),
                uid: uid.clone(),
                recipients: recipients.clone(),
            }));
            entries
        })
    }

    /// Messages delivered whose deletion the server has not confirmed.
    pub fn pending(&self) -> Vec<Uid> {
        self.read(|shelf| {
            let pending = shelf
                .uids
                .iter()
                .filter(|(_, state)| *state == Known::DeletePending);
            pending.map(|(uid, _)| Uid::new(uid)).collect()
        })
    }

    /// Whether and until when a message waits after a refusal; it counts as [`Known::New`].
    pub fn held(&self, uid: &Uid) -> Option<Held> {
        self.read(|shelf| shelf.held.get(uid).copied())
    }

    /// Number of messages that wait for a later time than `now` (seconds since 1970), and when the
    /// first of them is tried.
    pub fn waiting(&self, now: i64) -> (usize, Option<i64>) {
        self.read(|shelf| {
            let times = shelf.held.values().map(|held| held.retry_at);
            let later = times.filter(|at| *at > now);
            (later.clone().count(), later.min())
        })
    }

    /// Octets of a message as announced when it was delivered, if that was noted.
    pub fn size(&self, uid: &Uid) -> Option<u64> {
        self.read(|shelf| shelf.sizes.get(uid).copied())
    }

    /// Recipients who have the message already, though it is not known as delivered.
    pub fn served(&self, uid: &Uid) -> Vec<Vec<u8>> {
        self.read(|shelf| shelf.served.get(uid).cloned().unwrap_or_default())
    }

    /// Known or held messages that are not among `listed`: when the listing was complete, the server no
    /// longer has them and each is an [`Entry::Gone`].
    pub fn absent<'a>(&self, listed: impl IntoIterator<Item = &'a Uid>) -> Vec<Uid> {
        let listed: std::collections::HashSet<&[u8]> =
            listed.into_iter().map(Uid::as_bytes).collect();
        self.read(|shelf| {
            let known = shelf.uids.iter().map(|(uid, _)| uid);
            let known = known.chain(shelf.held.keys().map(Uid::as_bytes));
            let known = known.chain(shelf.served.keys().map(Uid::as_bytes));
            known
                .filter(|uid| !listed.contains(uid))
                .map(Uid::new)
                .collect()
        })
    }

    fn read<T>(&self, look: impl FnOnce(&Shelf) -> T) -> T {
        look(&self.shelf.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The memory, also after a panic elsewhere: it is changed by one thread and step by step sound.
fn lock(memory: &Mutex<Memory>) -> std::sync::MutexGuard<'_, Memory> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
