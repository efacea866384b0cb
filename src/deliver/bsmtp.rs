//! The sink for a batch file (`bsmtp`): messages one behind the other as an SMTP client would send
//! them, without HELO and QUIT (engine.md section 16).
//!
//! A message is appended when it is whole, in one go, under a lock, and is safe on the disk before
//! anybody hears of it. What was appended in part, because the disk was full or the power failed, is
//! taken off again: a batch with half a message in it would swallow the next.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use rustix::fs::{FlockOperation, flock};
use tracing::Instrument;

use super::spool::{self, Spool};
use super::{Error, Feed, Part, Settings, disk_error};
use crate::base::durable;
use crate::mail::Envelope;
use crate::mail::envelope::BodyType;
use crate::proto::smtp::Stuffer;
use crate::transit::{Outcome, Ticket};

/// Starts the sink; `-` is standard output.
pub(super) fn start(path: PathBuf, settings: Settings, feed: Feed) {
    tokio::spawn(run(path, settings, feed).in_current_span());
}

/// A message being collected.
struct Message {
    ticket: Ticket,
    spool: Spool,
    stuffer: Stuffer,
}

impl Message {
    async fn begin(ticket: Ticket, envelope: &Envelope, settings: &Settings) -> io::Result<Self> {
        let mut message = Self {
            ticket,
            spool: Spool::new(),
            stuffer: Stuffer::new(),
        };
        let preamble = Bytes::from(preamble(envelope, settings));
        message.spool.push(&preamble).await?;
        Ok(message)
    }

    async fn push(&mut self, chunk: Bytes) -> io::Result<()> {
        let stuffed = self.stuffer.push(chunk);
        self.spool.push(&stuffed).await
    }

    /// The whole message, to be read from its start.
    async fn finish(mut self) -> io::Result<File> {
        let end = self.stuffer.finish();
        self.spool.push(&end).await?;
        self.spool.finish().await
    }
}

async fn run(path: PathBuf, settings: Settings, mut feed: Feed) {
    let mut current: Option<Message> = None;
    while let Some(part) = feed.parts.recv().await {
        let (ticket, done) = match part {
            Part::Begin { ticket, envelope } => {
                match Message::begin(ticket, &envelope, &settings).await {
                    Ok(message) => {
                        current = Some(message);
                        continue;
                    }
                    Err(error) => (ticket, Err(disk_error(&spool::directory(), &error))),
                }
            }
            Part::Chunk(chunk) => match &mut current {
                Some(message) => match message.push(chunk).await {
                    Ok(()) => continue,
                    Err(error) => (message.ticket, Err(disk_error(&spool::directory(), &error))),
                },
                None => continue,
            },
            Part::Abort => {
                current = None;
                continue;
            }
            Part::Finish => match current.take() {
                Some(message) => (message.ticket, append(&path, message).await),
                None => continue,
            },
        };
        match done {
            Ok(()) => feed.settle(vec![(ticket, Outcome::Delivered)]),
            Err(error) => return feed.give_up(vec![ticket], error).await,
        }
    }
}

async fn append(path: &Path, message: Message) -> Result<(), Error> {
    let spooled = message.finish().await;
    let mut text = spooled.map_err(|error| disk_error(&spool::directory(), &error))?;
    let to = path.to_owned();
    let done = tokio::task::spawn_blocking(move || match to == Path::new("-") {
        true => {
            let mut out = io::stdout().lock();
            io::copy(&mut text, &mut out).and_then(|_| out.flush())
        }
        false => append_to_file(&to, &mut text),
    });
    match done.await {
        Ok(result) => result.map_err(|error| disk_error(path, &error)),
        Err(error) => Err(disk_error(path, &io::Error::other(error.to_string()))),
    }
}

/// Appends the whole text or nothing, durably.
fn append_to_file(path: &Path, text: &mut impl Read) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        // A pipe or device keeps nothing that could be taken off or synced.
        return io::copy(text, &mut file).and_then(|_| file.flush());
    }
    lock(&file)?;
    // Always: whoever made the file may have been killed before its name was durable.
    match path.parent() {
        Some(directory) if directory != Path::new("") => durable::sync_dir(directory)?,
        _ => durable::sync_dir(Path::new("."))?,
    }
    let length = file.metadata()?.len();
    let end = whole_batches(&mut file, length)?;
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    let written = io::copy(text, &mut file).and_then(|_| file.sync_all());
    if let Err(error) = written {
        // If even that fails, the next one to append takes it off.
        let _ = file.set_len(end).and_then(|()| file.sync_all());
        return Err(error);
    }
    Ok(())
}

/// Waits for others that append, ours or not, as long as is decent.
fn lock(file: &File) -> io::Result<()> {
    let begun = Instant::now();
    loop {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(()),
            Err(rustix::io::Errno::WOULDBLOCK) if begun.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(50));
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Where the last whole message ends. Only what begins like a message of ours is taken off: a file of
/// another make is appended to as it is.
fn whole_batches(file: &mut File, length: u64) -> io::Result<u64> {
    let mut end = length;
    let mut tail = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(STEP);
        let mut piece = vec![0; (end - start) as usize];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut piece)?;
        // What spans two pieces is found by keeping the beginning of the one behind.
        piece.extend(tail.iter().take(LAST.len()));
        if let Some(at) = memchr::memmem::rfind(&piece, LAST) {
            let whole = start + (at + LAST.len()) as u64;
            return Ok(match is_ours(file, whole)? {
                true => whole,
                false => length,
            });
        }
        tail = piece;
        end = start;
    }
    Ok(match is_ours(file, 0)? {
        true => 0,
        false => length,
    })
}

/// Whether a message of ours begins at an offset, however much there is of it. A power cut may
/// leave zeros where its octets were to be.
fn is_ours(file: &mut File, at: u64) -> io::Result<bool> {
    file.seek(SeekFrom::Start(at))?;
    let mut begin = Vec::new();
    file.take(FIRST.len() as u64).read_to_end(&mut begin)?;
    Ok(begin.first() == Some(&0) || FIRST.starts_with(&begin))
}

/// What stands before the text of a message.
fn preamble(envelope: &Envelope, settings: &Settings) -> Vec<u8> {
    let body: &[u8] = match envelope.body {
        BodyType::Unsaid => b"",
        BodyType::SevenBit => b" BODY=7BIT",
        BodyType::EightBit => b" BODY=8BITMIME",
    };
    let mut out = [FIRST, &envelope.sender, b">", body, b"\r\n"].concat();
    let domain = settings.smtp_address.as_deref().unwrap_or("localhost");
    for recipient in &envelope.recipients {
        out.extend_from_slice(b"RCPT TO:<");
        match &settings.smtp_name {
            _ if recipient.contains(&b'@') => out.extend_from_slice(recipient),
            Some(name) => out.extend_from_slice(name),
            None => out.extend_from_slice(&[recipient, &b"@"[..], domain.as_bytes()].concat()),
        }
        out.extend_from_slice(b">\r\n");
    }
    out.extend_from_slice(b"DATA\r\n");
    out
}

/// Most messages not yet on record: the one being recorded, and the next, which may be appended
/// meanwhile.
pub(super) const UNRECORDED: usize = 2;

/// How a message begins and how it ends.
const FIRST: &[u8] = b"MAIL FROM:<";
const LAST: &[u8] = b"\r\n.\r\n";

/// How long another program may hold the lock.
const PATIENCE: Duration = Duration::from_secs(30);

/// Octets looked at in one go.
const STEP: u64 = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::super::sample::{envelope, settings};
    use super::*;

    async fn deliver(path: &Path, texts: &[&'static [u8]]) -> Vec<Outcome> {
        let target = crate::rc::account::Target::Bsmtp(path.to_owned());
        let (delivery, mut reports) = super::super::open(&target, settings());
        for (text, number) in texts.iter().zip(1..) {
            let envelope = Envelope {
                body: BodyType::EightBit,
                ..envelope("s@x", &["joe", "ann@y"])
            };
            let ticket = Ticket(number);
            delivery.send(Part::Begin { ticket, envelope }).await;
            delivery.send(Part::Chunk(Bytes::from_static(text))).await;
            delivery.send(Part::Finish).await;
        }
        drop(delivery);
        let mut outcomes = Vec::new();
        while let Some(report) = reports.recv().await {
            if let super::super::Report::Settled(settled) = report {
                outcomes.extend(settled.into_iter().map(|(_, outcome)| outcome));
            }
        }
        outcomes
    }

    const HEAD: &str =
        "MAIL FROM:<s@x> BODY=8BITMIME\r\nRCPT TO:<joe@localhost>\r\nRCPT TO:<ann@y>\r\nDATA\r\n";

    #[tokio::test]
    async fn messages_stand_one_behind_the_other() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("batch");
        let outcomes = deliver(&path, &[b"A: 1\r\n\r\n.x\n.\r\nend", b"B: 2\r\n\r\n"]).await;
        assert_eq!(outcomes, [Outcome::Delivered, Outcome::Delivered]);
        let first = format!("{HEAD}A: 1\r\n\r\n..x\r\n..\r\nend\r\n.\r\n");
        let both = format!("{first}{HEAD}B: 2\r\n\r\n.\r\n");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), both);
    }

    #[tokio::test]
    async fn half_a_message_is_taken_off() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("batch");
        deliver(&path, &[b"A: 1\r\n\r\nx\r\n"]).await;
        let whole = std::fs::read(&path).unwrap();
        let message = format!("{HEAD}B: 2\r\n\r\ny\r\n.\r\n").into_bytes();
        for cut in 0..message.len() {
            std::fs::write(&path, [&whole[..], &message[..cut]].concat()).unwrap();
            assert_eq!(
                deliver(&path, &[b"B: 2\r\n\r\ny\r\n"]).await,
                [Outcome::Delivered]
            );
            let now = std::fs::read(&path).unwrap();
            assert!(now == [&whole[..], &message].concat(), "{cut}");
        }
        std::fs::write(&path, [&whole[..], &[0; 70]].concat()).unwrap();
        deliver(&path, &[b"B: 2\r\n\r\ny\r\n"]).await;
        assert!(std::fs::read(&path).unwrap() == [&whole[..], &message].concat());
        // What nobody of us wrote stays.
        std::fs::write(&path, "HELO x\r\n").unwrap();
        deliver(&path, &[b"B: 2\r\n\r\ny\r\n"]).await;
        assert!(std::fs::read(&path).unwrap() == [b"HELO x\r\n", &message[..]].concat());
    }

    #[tokio::test]
    async fn what_cannot_be_written_stays_where_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let outcomes = deliver(&dir.path().join("no/such/batch"), &[b"x\r\n"]).await;
        assert!(matches!(outcomes[..], [Outcome::Deferred(_)]));
        let outcomes = deliver(Path::new("/dev/full"), &[b"x\r\n"]).await;
        assert!(matches!(outcomes[..], [Outcome::Deferred(_)]));
    }
}
