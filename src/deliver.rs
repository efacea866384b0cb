//! The local half of a transfer: sinks that take durable responsibility for a message.
//!
//! A [`Delivery`] is fed by one plain loop: begin, write chunk by chunk, finish. The outcome
//! comes back later as a [`Report`], in any order. A message begun and neither finished nor
//! aborted when the delivery is dropped is aborted: no final dot, no MDA, no file in `new/`.

mod bsmtp;
pub mod maildir;
pub mod mbox;
pub mod mda;
#[cfg(test)]
mod sample;
pub mod smtp;
mod spool;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use crate::mail::Envelope;
use crate::proto::Credentials;
use crate::rc::account::Target;
use crate::transit::{Outcome, Refusal, Ticket};

/// Why a whole sink cannot be used (one message's fate is an `Outcome`).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No listener of the hunt list could be used (fetchmail status 10).
    #[error("no listener takes mail: {}", tried.join("; "))]
    NoListener {
        /// Each host tried with what went wrong.
        tried: Vec<String>,
    },
    /// The connection to the listener broke or broke the protocol.
    #[error("the connection to {peer} failed: {what}")]
    Broken {
        /// The listener.
        peer: String,
        /// What happened, with its own words.
        what: String,
    },
    /// A folder or file cannot be written.
    #[error("{path}: {what}")]
    Disk {
        /// Which.
        path: String,
        /// The system's words.
        what: String,
        /// Whether the disk is full (ENOSPC, EDQUOT).
        is_full: bool,
    },
    /// The command cannot be run as it is written (fetchmail status 5).
    #[error("the delivery command cannot be used: {what}")]
    Command {
        /// Why.
        what: String,
    },
}

/// What a sink is fed with.
#[derive(Debug)]
pub enum Part {
    /// A message begins.
    Begin {
        /// Names it in reports.
        ticket: Ticket,
        /// From whom, to whom.
        envelope: Envelope,
    },
    /// Its next bytes: header and body as they are to be delivered; SMTP and LMTP get CRLF line
    /// ends and add dots themselves.
    Chunk(Bytes),
    /// It is whole: only now may the final dot leave, the MDA start, the file be renamed.
    Finish,
    /// It will not become whole.
    Abort,
}

/// What a sink says.
#[derive(Debug)]
pub enum Report {
    /// These are about to become visible in a Maildir under these paths (absolute, in `tmp/`).
    /// The sink goes on when `go` says true; false or a dropped sender means: defer them.
    Intent {
        /// Ticket and the path of the file in `tmp/`.
        files: Vec<(Ticket, PathBuf)>,
        /// The engine's leave, given when the journal is durable.
        go: oneshot::Sender<bool>,
    },
    /// These ended.
    Settled(Vec<(Ticket, Outcome)>),
    /// Nothing more can be delivered in this poll; tickets not yet settled were settled as
    /// deferred before this. The feed stops fetching.
    Down(Error),
}

/// The feeding end of a sink. Cheap to hold; back-pressure is the bounded channel behind it.
pub struct Delivery {
    parts: mpsc::Sender<Part>,
    most_unrecorded: usize,
}

impl Delivery {
    /// Wraps the feeding end; sinks make these.
    pub(crate) fn new(parts: mpsc::Sender<Part>, most_unrecorded: usize) -> Self {
        Self {
            parts,
            most_unrecorded,
        }
    }

    /// Most messages that may be finished while the record does not yet say what became of them:
    /// so many a crash may have delivered again (threats.md R2).
    pub fn most_unrecorded(&self) -> usize {
        self.most_unrecorded
    }

    /// Hands the next part over, waiting while the sink is behind. `false` when the sink has
    /// ended; a `Report::Down` tells why.
    pub async fn send(&self, part: Part) -> bool {
        self.parts.send(part).await.is_ok()
    }
}

/// Most parts that wait for a sink; with chunks of at most 16 KiB this bounds its memory.
pub const QUEUE: usize = 16;

/// What a sink needs to know beside its target.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What we call ourselves to a listener.
    pub own_name: String,
    /// `smtpaddress`
    pub smtp_address: Option<String>,
    /// `smtpname`
    pub smtp_name: Option<Vec<u8>>,
    /// `antispam`: codes with which a listener refuses for good, whatever their first digit.
    pub antispam: Vec<i32>,
    /// `esmtpname` and `esmtppassword`, if there is a password.
    pub sign_in: Option<Credentials>,
    /// `batchlimit`
    pub batch_limit: Option<u32>,
    /// Longest silence, where the protocol does not grant more.
    pub timeout: Duration,
    /// `%h` of an MDA command: the mail server.
    pub host: String,
    /// Running as root: a Maildir command goes through the shell like any other.
    pub force_shell: bool,
    /// This very executable, for a bare `postrider` in an MDA command.
    pub program: PathBuf,
}

/// Opens the sink of an account for one poll. Must be called within a tokio runtime: the sink is
/// a task, or threads, of its own, and ends after the [`Delivery`] is dropped and what was
/// finished is settled. A target that cannot be used answers with [`Report::Down`].
pub fn open(target: &Target, settings: Settings) -> (Delivery, mpsc::UnboundedReceiver<Report>) {
    let (parts, input) = mpsc::channel(QUEUE);
    let (output, reports) = mpsc::unbounded_channel();
    let feed = Feed {
        parts: input,
        reports: output,
    };
    let mut most_unrecorded = smtp::UNRECORDED;
    match target {
        Target::Smtp(hosts) => smtp::start(hosts, false, settings, feed),
        Target::Lmtp(hosts) => smtp::start(hosts, true, settings, feed),
        Target::Mda(command) => match mda::maildir_of(command, settings.force_shell) {
            Some(path) => {
                most_unrecorded = maildir::UNRECORDED;
                maildir::start(path, feed);
            }
            None => {
                most_unrecorded = mda::UNRECORDED;
                mda::start(command, settings, feed);
            }
        },
        Target::Bsmtp(path) => {
            most_unrecorded = bsmtp::UNRECORDED;
            bsmtp::start(path.clone(), settings, feed);
        }
    }
    (Delivery::new(parts, most_unrecorded), reports)
}

/// The sink's ends of both channels.
#[derive(Debug)]
pub(crate) struct Feed {
    pub(crate) parts: mpsc::Receiver<Part>,
    pub(crate) reports: mpsc::UnboundedSender<Report>,
}

impl Feed {
    /// Says that these ended. Nobody listening is no error: the poll was given up.
    pub(crate) fn settle(&self, settled: Vec<(Ticket, Outcome)>) {
        if !settled.is_empty() {
            let _ = self.reports.send(Report::Settled(settled));
        }
    }

    /// The end of a sink that cannot go on: `in_hand` and whatever waits in the queue are
    /// deferred, then `Down` is said.
    pub(crate) async fn give_up(mut self, mut in_hand: Vec<Ticket>, error: Error) {
        self.parts.close();
        while let Some(part) = self.parts.recv().await {
            in_hand.extend(begun_by(&part));
        }
        self.down(in_hand, error);
    }

    /// [`Feed::give_up`] for a sink that is a thread.
    pub(crate) fn give_up_blocking(mut self, mut in_hand: Vec<Ticket>, error: Error) {
        self.parts.close();
        while let Some(part) = self.parts.blocking_recv() {
            in_hand.extend(begun_by(&part));
        }
        self.down(in_hand, error);
    }

    fn down(self, in_hand: Vec<Ticket>, error: Error) {
        let deferred = Outcome::Deferred(Refusal {
            code: 0,
            words: error.to_string().into_bytes(),
        });
        let settled = in_hand.into_iter().map(|ticket| (ticket, deferred.clone()));
        self.settle(settled.collect());
        let _ = self.reports.send(Report::Down(error));
    }
}

/// An error of the file system at `path`.
pub(crate) fn disk_error(path: &Path, error: &io::Error) -> Error {
    Error::Disk {
        path: path.display().to_string(),
        what: error.to_string(),
        is_full: matches!(
            error.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        ),
    }
}

fn begun_by(part: &Part) -> Option<Ticket> {
    match part {
        Part::Begin { ticket, .. } => Some(*ticket),
        Part::Chunk(_) | Part::Finish | Part::Abort => None,
    }
}

#[cfg(test)]
mod tests {
    use super::sample::{envelope, settings};
    use super::*;

    /// Delivers one message and says what was reported, a letter for each report.
    async fn shape(target: &Target, force_shell: bool) -> String {
        let (delivery, mut reports) = open(
            target,
            Settings {
                force_shell,
                ..settings()
            },
        );
        let ticket = Ticket(1);
        let envelope = envelope("", &["joe"]);
        for part in [Part::Begin { ticket, envelope }, Part::Finish] {
            delivery.send(part).await;
        }
        drop(delivery);
        let mut seen = String::new();
        while let Some(report) = reports.recv().await {
            seen.push(match report {
                Report::Intent { go, .. } => {
                    assert_eq!(go.send(true), Ok(()));
                    'i'
                }
                Report::Settled(settled) => match settled[..] {
                    [(Ticket(1), Outcome::Delivered)] => 'D',
                    _ => 'd',
                },
                Report::Down(_) => 'x',
            });
        }
        seen
    }

    #[tokio::test]
    async fn each_target_has_its_sink() {
        let home = tempfile::tempdir().unwrap();
        let maildir = format!("postrider deliver --maildir '{}/m'", home.path().display());
        let maildir = Target::Mda(maildir.into_bytes());
        assert_eq!(shape(&maildir, false).await, "iD");
        assert_eq!(
            shape(&Target::Mda(b"cat >/dev/null".to_vec()), false).await,
            "D"
        );
        let bad = Target::Mda(b"mda '%T'".to_vec());
        assert!(shape(&bad, false).await.ends_with('x'));
        let batch = Target::Bsmtp(home.path().join("batch"));
        assert_eq!(shape(&batch, false).await, "D");
        let lmtp = Target::Lmtp(vec!["host-without-port".to_owned()]);
        assert_eq!(shape(&lmtp, false).await, "dx");
    }

    #[test]
    fn full_disks() {
        let check = |code, expected| {
            let error = disk_error(Path::new("/m"), &io::Error::from_raw_os_error(code));
            assert!(matches!(error, Error::Disk { is_full, .. } if is_full == expected));
        };
        check(28, true); // ENOSPC
        check(122, true); // EDQUOT
        check(5, false); // EIO
        check(30, false); // EROFS
    }
}
