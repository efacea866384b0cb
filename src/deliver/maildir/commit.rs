//! Makes finished messages durable, a batch at a time, while the next ones are being written.
//!
//! A batch is whatever was finished while the one before it was synced: on a fast disk one
//! message, on a slow one up to [`BATCH`].

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use tokio::sync::oneshot;

use super::folder::Folder;
use crate::deliver::{Error, Report, disk_error};
use crate::transit::{Outcome, Refusal, Ticket};

/// A message whole in `tmp/`.
#[derive(Debug)]
pub struct Written {
    /// Whose.
    pub ticket: Ticket,
    /// Its name there.
    pub name: String,
    /// Octets.
    pub size: u64,
    /// Still to be synced.
    file: Option<Opened>,
}

impl Written {
    /// A finished file. So that many accounts at once do not run out of descriptors, a file
    /// beyond [`OPEN`] is synced and closed here.
    pub fn new(ticket: Ticket, name: String, size: u64, file: File) -> io::Result<Self> {
        let opened = Opened::new(file);
        let file = if IN_USE.load(Ordering::Relaxed) > OPEN {
            opened.file.sync_all()?;
            None
        } else {
            Some(opened)
        };
        Ok(Self {
            ticket,
            name,
            size,
            file,
        })
    }
}

/// A file that counts.
#[derive(Debug)]
struct Opened {
    file: File,
}

impl Opened {
    fn new(file: File) -> Self {
        IN_USE.fetch_add(1, Ordering::Relaxed);
        Self { file }
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        IN_USE.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Takes batches until the writer has ended. After an error of the disk everything that comes is
/// deferred; `has_failed` tells the writer to end, and the error is returned.
pub fn run(
    folder: &Folder,
    finished: mpsc::Receiver<Written>,
    has_failed: &AtomicBool,
    report: &dyn Fn(Report),
) -> Result<(), Error> {
    let mut result = Ok(());
    while let Ok(first) = finished.recv() {
        let batch: Vec<_> = std::iter::once(first)
            .chain(finished.try_iter())
            .take(BATCH)
            .collect();
        let mut settled = Vec::with_capacity(batch.len());
        match &result {
            Ok(()) => result = commit(folder, batch, report, &mut settled),
            Err(error) => defer(folder, batch, 0, &error.to_string(), &mut settled),
        }
        has_failed.store(result.is_err(), Ordering::Relaxed);
        report(Report::Settled(settled));
    }
    result
}

type Settled = Vec<(Ticket, Outcome)>;

/// Syncs, asks for leave, renames, syncs the directory.
fn commit(
    folder: &Folder,
    mut batch: Vec<Written>,
    report: &dyn Fn(Report),
    settled: &mut Settled,
) -> Result<(), Error> {
    let mut synced = Ok(());
    batch.retain_mut(|message| match sync(message) {
        Ok(()) => true,
        Err(error) => {
            synced = Err(disk_error(&folder.tmp_path(&message.name), &error));
            folder.remove(&message.name);
            settled.push((message.ticket, deferred(&error)));
            false
        }
    });
    if let Err(error) = folder.sync_tmp() {
        let code = error.raw_os_error().unwrap_or(0);
        defer(folder, batch, code, &error.to_string(), settled);
        return Err(disk_error(&folder.path.join("tmp"), &error));
    }
    if !batch.is_empty() && !has_leave(folder, &batch, report) {
        defer(folder, batch, 0, "the record could not be written", settled);
        return synced;
    }
    let published = publish(folder, batch, settled);
    synced.and(published)
}

fn sync(message: &mut Written) -> io::Result<()> {
    match message.file.take() {
        Some(opened) => opened.file.sync_all(),
        None => Ok(()),
    }
}

/// Tells which files are about to become visible, and waits for the journal.
fn has_leave(folder: &Folder, batch: &[Written], report: &dyn Fn(Report)) -> bool {
    let path = |message: &Written| (message.ticket, folder.tmp_path(&message.name));
    let (go, answer) = oneshot::channel();
    report(Report::Intent {
        files: batch.iter().map(path).collect(),
        go,
    });
    answer.blocking_recv().unwrap_or(false)
}

fn publish(folder: &Folder, batch: Vec<Written>, settled: &mut Settled) -> Result<(), Error> {
    let mut failed = Ok(());
    let mut moved = Vec::with_capacity(batch.len());
    for message in batch {
        match folder.publish(&message.name, message.size) {
            Ok(_) => moved.push(message.ticket),
            Err(error) => {
                failed = Err(disk_error(&folder.path.join("new"), &error));
                folder.remove(&message.name);
                settled.push((message.ticket, deferred(&error)));
            }
        }
    }
    // Files whose names may not survive a power cut are not promised, though they can be seen: a
    // duplicate is possible here, a loss is not (rule R1).
    let outcome = match folder.sync_new() {
        Ok(()) => Outcome::Delivered,
        Err(error) => {
            failed = Err(disk_error(&folder.path.join("new"), &error));
            deferred(&error)
        }
    };
    settled.extend(moved.into_iter().map(|ticket| (ticket, outcome.clone())));
    failed
}

/// Takes the files away and settles their tickets as deferred.
fn defer(folder: &Folder, batch: Vec<Written>, code: i32, what: &str, settled: &mut Settled) {
    for message in batch {
        folder.remove(&message.name);
        let words = what.as_bytes().to_vec();
        settled.push((message.ticket, Outcome::Deferred(Refusal { code, words })));
    }
}

/// What an error of the system makes of a message.
pub fn deferred(error: &io::Error) -> Outcome {
    Outcome::Deferred(Refusal {
        code: error.raw_os_error().unwrap_or(0),
        words: error.to_string().into_bytes(),
    })
}

/// Most messages of a batch (contract.md, Durability).
pub const BATCH: usize = 64;

/// Files of all accounts that may wait open for their sync.
const OPEN: usize = 384;

static IN_USE: AtomicUsize = AtomicUsize::new(0);
