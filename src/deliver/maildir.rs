//! The sink for a Maildir, done in-process: one thread writes, another makes durable.
//!
//! A file is written under `tmp/` while the message arrives and moved to `new/` only when it is
//! whole, synced and journalled (contract.md, Durability). Bytes are written as they come; the
//! poll has turned line ends into LF.

mod commit;
mod folder;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Read, Write};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

use super::{Feed, Part, disk_error};
use crate::transit::Ticket;

use commit::{BATCH, Written, deferred};
use folder::Folder;

/// Most messages not yet on record: a batch that is being recorded, one that is being synced, one
/// that is being written. A crash has none of them delivered again.
pub(super) const UNRECORDED: usize = 4 * BATCH;

/// Starts the sink for a Maildir. The threads are the runtime's own for blocking work.
pub(super) fn start(path: PathBuf, feed: Feed) {
    tokio::task::spawn_blocking(move || run(&path, feed));
}

/// Writes one message from `source` and returns where it is once it is durable there. After an
/// error nothing of it is left, unless the very last step failed (syncing `new/`): then it can be
/// seen, but is not promised.
pub fn deliver_one(directory: &Path, source: &mut impl Read) -> io::Result<PathBuf> {
    let folder = Folder::open(directory)?;
    let (mut file, name) = folder.create()?;
    let placed = io::copy(source, &mut file)
        .and_then(|size| file.sync_all().map(|()| size))
        .and_then(|size| folder.publish(&name, size));
    match placed {
        Ok(path) => folder.sync_new().map(|()| path),
        Err(error) => {
            folder.remove(&name);
            Err(error)
        }
    }
}

fn run(path: &Path, mut feed: Feed) {
    let folder = match Folder::open(path) {
        Ok(folder) => folder,
        Err(error) => return feed.give_up_blocking(Vec::new(), disk_error(path, &error)),
    };
    folder.sweep();
    let (finished, to_commit) = sync_channel(BATCH - 1);
    let reports = feed.reports.clone();
    let report = |report| {
        // Nobody listening is no error: the poll was given up.
        let _ = reports.send(report);
    };
    let has_failed = AtomicBool::new(false);
    let (wrote, committed) = std::thread::scope(|scope| {
        let committer = scope.spawn(|| commit::run(&folder, to_commit, &has_failed, &report));
        let wrote = write_all(&folder, &mut feed, finished, &has_failed);
        let committed = committer.join();
        (
            wrote,
            committed.unwrap_or_else(|panic| resume_unwind(panic)),
        )
    });
    let first = match (wrote, committed) {
        (Ok(()), Ok(())) => return,
        (Ok(()), Err(error)) => error,
        (Err((ticket, error)), committed) => {
            feed.settle(vec![(ticket, deferred(&error))]);
            committed.err().unwrap_or(disk_error(&folder.path, &error))
        }
    };
    feed.give_up_blocking(Vec::new(), first);
}

/// A message being written.
struct Writing {
    ticket: Ticket,
    file: File,
    name: String,
    size: u64,
}

/// Writes message after message until the feed ends. With an error comes whose file it was.
fn write_all(
    folder: &Folder,
    feed: &mut Feed,
    finished: SyncSender<Written>,
    has_failed: &AtomicBool,
) -> Result<(), (Ticket, io::Error)> {
    let mut current: Option<Writing> = None;
    while let Some(part) = feed.parts.blocking_recv() {
        match part {
            Part::Begin { ticket, .. } => {
                drop_unfinished(folder, current.take());
                if has_failed.load(Ordering::Relaxed) {
                    return Err((ticket, given_up()));
                }
                let (file, name) = folder.create().map_err(|error| (ticket, error))?;
                current = Some(Writing {
                    ticket,
                    file,
                    name,
                    size: 0,
                });
            }
            Part::Chunk(bytes) => {
                if let Some(writing) = &mut current
                    && let Err(error) = writing.push(&bytes)
                {
                    folder.remove(&writing.name);
                    return Err((writing.ticket, error));
                }
            }
            Part::Finish => {
                if let Some(writing) = current.take() {
                    let (ticket, name) = (writing.ticket, writing.name.clone());
                    hand_over(writing, &finished).map_err(|error| {
                        folder.remove(&name);
                        (ticket, error)
                    })?;
                }
            }
            Part::Abort => drop_unfinished(folder, current.take()),
        }
    }
    drop_unfinished(folder, current);
    Ok(())
}

impl Writing {
    fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.size += bytes.len() as u64;
        Ok(())
    }
}

fn hand_over(writing: Writing, finished: &SyncSender<Written>) -> io::Result<()> {
    let written = Written::new(writing.ticket, writing.name, writing.size, writing.file)?;
    finished.send(written).map_err(|_| given_up())
}

/// Said of messages that came after the disk had failed.
fn given_up() -> io::Error {
    io::Error::other("the disk has failed")
}

fn drop_unfinished(folder: &Folder, writing: Option<Writing>) {
    if let Some(writing) = writing {
        folder.remove(&writing.name);
    }
}
