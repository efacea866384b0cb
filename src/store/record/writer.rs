//! The only thread that writes: one append and one `fdatasync` for whatever queued together.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::{Mutex, mpsc};

use rustix::fs::FlockOperation;
use tokio::sync::oneshot;

use crate::store::journal::{self, Batch, Line};
use crate::store::record::lines;
use crate::store::record::memory::Memory;
use crate::store::record::{Entry, lock};
use crate::store::{Error, atomic, idfile};

type Reply = oneshot::Sender<Result<(), Error>>;

/// What the writer is asked to do.
pub(super) enum Job {
    Commit(Vec<Entry>, Reply),
    Checkpoint(Reply),
}

/// The files and where they stand.
pub(super) struct Writer {
    pub(super) idfile: PathBuf,
    pub(super) path: PathBuf,
    /// Locked for as long as it is open.
    pub(super) journal: File,
    /// Octets that are durable and whole. What lies behind them was never confirmed.
    pub(super) length: u64,
    /// Length after it was last written anew.
    pub(super) base: u64,
    /// After a failed write or sync nobody knows what the disk holds: only a new file is sure.
    pub(super) is_suspect: bool,
}

impl Writer {
    /// Serves until the last sender is gone.
    pub(super) fn run(mut self, memory: &Mutex<Memory>, queue: &mpsc::Receiver<Job>) {
        while let Ok(first) = queue.recv() {
            let mut group = Vec::new();
            for job in std::iter::once(first).chain(queue.try_iter()) {
                match job {
                    Job::Commit(batch, reply) => group.push((batch, reply)),
                    Job::Checkpoint(reply) => {
                        self.commit(memory, std::mem::take(&mut group));
                        // Who no longer listens needs no answer.
                        reply.send(self.checkpoint(memory)).ok();
                    }
                }
            }
            self.commit(memory, group);
        }
    }

    fn commit(&mut self, memory: &Mutex<Memory>, group: Vec<(Vec<Entry>, Reply)>) {
        let mut lines = Vec::new();
        let mut replies = Vec::with_capacity(group.len());
        for (batch, reply) in group {
            match lines::of(batch) {
                Ok(mut made) => {
                    lines.append(&mut made);
                    replies.push(reply);
                }
                Err(error) => drop(reply.send(Err(error))),
            }
        }
        let done = self.remember(memory, &lines);
        if let Err(error) = &done {
            tracing::error!(%error, "cannot write the journal");
        }
        for reply in replies {
            reply.send(done.clone()).ok();
        }
    }

    fn remember(&mut self, memory: &Mutex<Memory>, lines: &[Line]) -> Result<(), Error> {
        // If no line says anything new by itself, they do not together either.
        if !lines.iter().any(|line| lock(memory).is_news(line)) {
            return Ok(());
        }
        if self.is_suspect {
            self.rewrite(memory)?;
        }
        let mut batch = Batch::default();
        lines.iter().for_each(|line| lines::put(&mut batch, line));
        self.append(batch)?;
        self.sync()?;
        let mut memory = lock(memory);
        lines.iter().for_each(|line| memory.apply(line));
        Ok(())
    }

    /// The id file first: when the journal says it was written, it must have been.
    fn checkpoint(&mut self, memory: &Mutex<Memory>) -> Result<(), Error> {
        if self.is_suspect || self.length > self.base.saturating_mul(2).max(GROWN) {
            return self.rewrite(memory);
        }
        if self.write_idfile(memory)? {
            let mut batch = Batch::default();
            batch.idfile_written();
            // Needs no sync: without this mark the same lines are applied once more.
            self.append(batch)?;
        }
        Ok(())
    }

    /// Writes the id file if it has changed; whether it had.
    fn write_idfile(&self, memory: &Mutex<Memory>) -> Result<bool, Error> {
        let bytes = {
            let memory = lock(memory);
            if !memory.is_idfile_stale {
                return Ok(false);
            }
            memory.idfile()
        };
        idfile::write(&self.idfile, &bytes)?;
        lock(memory).is_idfile_stale = false;
        Ok(true)
    }

    /// Puts a short journal in the place of the present one.
    pub(super) fn rewrite(&mut self, memory: &Mutex<Memory>) -> Result<(), Error> {
        self.write_idfile(memory)?;
        let mut bytes = journal::HEADER.to_vec();
        bytes.extend(lock(memory).journal().end());
        let file = atomic::replace_with(&self.path, ".new", |file| {
            // Before it bears the name, so that nobody can come between.
            rustix::fs::flock(&*file, FlockOperation::NonBlockingLockExclusive)?;
            file.write_all(&bytes)
        });
        self.journal = file.map_err(|e| Error::disk(&self.path, &e))?;
        self.length = bytes.len() as u64;
        self.base = self.length;
        self.is_suspect = false;
        Ok(())
    }

    fn append(&mut self, batch: Batch) -> Result<(), Error> {
        let bytes = batch.end();
        let written = self.journal.write_all_at(&bytes, self.length);
        self.sure(written)?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    fn sync(&mut self) -> Result<(), Error> {
        let synced = self.journal.sync_data();
        self.sure(synced)
    }

    fn sure(&mut self, done: io::Result<()>) -> Result<(), Error> {
        done.map_err(|error| {
            self.is_suspect = true;
            Error::disk(&self.path, &error)
        })
    }
}

/// The journal is written anew beyond this, in octets.
const GROWN: u64 = 64 << 10;
