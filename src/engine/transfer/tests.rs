//! Transfers between a POP3 server at the other end of a pipe and a sink that the test plays.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::*;
use crate::base::Secret;
use crate::deliver::{self, Delivery, Part, Report};
use crate::mail::Uid;
use crate::net::{Conn, Peer, tls};
use crate::proto::{Credentials, TlsPolicy};
use crate::rc::account::Auth;
use crate::retrieve::{SignIn, Want, pop3::Pop3};
use crate::store::{Known, Record};
use crate::transit::Outcome;

/// A mailbox and how its server behaves.
#[derive(Clone, Default)]
struct Script {
    /// What LIST says of each message, and the message.
    messages: Vec<(&'static str, String)>,
    /// Hangs up in the middle of this one.
    cuts: Option<usize>,
    /// Says nothing any more from this one on.
    stalls: Option<usize>,
    /// Longest silence that is borne, in milliseconds.
    patience: Option<u64>,
}

type Heard = Arc<Mutex<Vec<String>>>;

async fn serve(stream: DuplexStream, script: Script, heard: Heard) {
    let (read, mut write) = tokio::io::split(stream);
    let mut lines = BufReader::new(read).lines();
    let mut answer = "+OK ready\r\n".to_owned();
    loop {
        if write.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        let Ok(Some(line)) = lines.next_line().await else {
            return;
        };
        heard.lock().unwrap().push(line.clone());
        let mut words = line.split(' ');
        let command = words.next().unwrap_or_default();
        let number = words.next().and_then(|word| word.parse::<usize>().ok());
        let list = |what: &dyn Fn(usize) -> String| {
            let lines: String = (1..=script.messages.len()).map(what).collect();
            format!("+OK\r\n{lines}.\r\n")
        };
        answer = match (command, number) {
            ("CAPA", _) => "+OK\r\nPIPELINING\r\nUSER\r\n.\r\n".to_owned(),
            ("STAT", _) => format!("+OK {} 1\r\n", script.messages.len()),
            ("UIDL", _) => list(&|n| format!("{n} u{n}\r\n")),
            ("LIST", _) => list(&|n| format!("{n} {}\r\n", script.messages[n - 1].0)),
            ("RETR", number) if script.stalls.is_some() && number >= script.stalls => {
                std::future::pending().await
            }
            ("RETR", Some(n)) if script.cuts == Some(n) => {
                let half = format!("+OK\r\n{}", script.messages[n - 1].1);
                let _ = write.write_all(half.as_bytes()).await;
                return;
            }
            ("RETR", Some(n)) => format!("+OK\r\n{}.\r\n", script.messages[n - 1].1),
            _ => "+OK\r\n".to_owned(),
        };
    }
}

/// Small messages.
fn small(count: usize) -> Script {
    let message = |n| {
        (
            "60",
            format!("From: a@b\r\nSubject: {n}\r\n\r\nbody {n}\r\n"),
        )
    };
    Script {
        messages: (1..=count).map(message).collect(),
        ..Script::default()
    }
}

/// Messages of so many octets of body, announced as `size`.
fn large(count: usize, size: &'static str, octets: usize) -> Script {
    let line = format!("{}\r\n", "x".repeat(998));
    let body = line.repeat(octets / 1000);
    let message = |_| (size, format!("From: a@b\r\n\r\n{body}"));
    Script {
        messages: (1..=count).map(message).collect(),
        ..Script::default()
    }
}

struct Rig {
    account: Account,
    maildrop: Maildrop,
    listed: Vec<Listed>,
    sink: Sink,
    parts: Option<mpsc::Receiver<Part>>,
    reports: mpsc::UnboundedSender<Report>,
    record: Arc<Record>,
    heard: Heard,
    stop: CancellationToken,
    _state: tempfile::TempDir,
}

/// Signed in and surveyed.
async fn rig(script: Script) -> Rig {
    let mut account = Account::example();
    account.tls.proto = Some(String::new());
    account.tls.check = false;
    let peer = Peer {
        host: "pop.example".to_owned(),
        port: 110,
        implicit_tls: false,
        tls: tls::Setup::new(&account.tls).unwrap(),
        timeout: Duration::from_millis(script.patience.unwrap_or(60_000)),
        label: "POP3",
    };
    let sign_in = SignIn {
        credentials: Credentials {
            user: b"tim".to_vec(),
            password: Secret::new("x"),
        },
        auth: Auth::Password,
        wants_apop: false,
        tls: TlsPolicy::Never,
    };
    let heard = Heard::default();
    let (ours, theirs) = duplex(16 * 1024);
    tokio::spawn(serve(theirs, script, heard.clone()));
    let conn = Conn::new(Box::new(ours), peer, None);
    let mut maildrop = Maildrop::Pop3(Pop3::open(conn, sign_in).await.unwrap());
    let want = Want {
        all: true,
        read_only: false,
        uids: true,
        by_top: false,
    };
    let listed = maildrop.survey(None, want).await.unwrap().listed;
    let state = tempfile::tempdir().unwrap();
    let record = Record::open(&state.path().join("ids"), &state.path().join("state")).unwrap();
    let record = Arc::new(record);
    let (to_sink, parts) = mpsc::channel(deliver::QUEUE);
    let (reports, from_sink) = mpsc::unbounded_channel();
    Rig {
        account,
        maildrop,
        listed,
        sink: Sink::new(Delivery::new(to_sink, 1000), from_sink, &record),
        parts: Some(parts),
        reports,
        record,
        heard,
        stop: CancellationToken::new(),
        _state: state,
    }
}

fn mailbox() -> Mailbox {
    Mailbox::new(b"tim", b"pop.example", None)
}

impl Rig {
    /// Runs one transfer of everything listed.
    async fn run(&mut self) -> Tally {
        let mut tally = Tally::default();
        let mut meter = Meter::new(Instant::now());
        let board = Board::default();
        Transfer {
            account: &self.account,
            mailbox: mailbox(),
            total: self.listed.len() as u32,
            maildrop: &mut self.maildrop,
            port: 110,
            sink: &mut self.sink,
            stamp: None,
            server: "pop.example",
            own_name: "me.example",
            postmaster: b"postmaster",
            asked: &mut Asked::default(),
            last_header: &mut None,
            board: &board,
            meter: &mut meter,
            tally: &mut tally,
            stop: &self.stop,
        }
        .run(std::mem::take(&mut self.listed), &[])
        .await;
        tally
    }

    /// A sink that settles each message as `outcome` says, and keeps count of its octets.
    fn settle(&mut self, outcome: impl Fn(u64) -> Option<Outcome> + Send + 'static) -> Taken {
        let mut parts = self.parts.take().unwrap();
        let reports = self.reports.clone();
        tokio::spawn(async move {
            let mut taken = Vec::new();
            let (mut current, mut octets) = (Ticket(0), 0);
            while let Some(part) = parts.recv().await {
                match part {
                    Part::Begin { ticket, .. } => (current, octets) = (ticket, 0),
                    Part::Chunk(bytes) => octets += bytes.len(),
                    Part::Abort => taken.push(None),
                    Part::Finish => {
                        taken.push(Some(octets));
                        if let Some(outcome) = outcome(current.0) {
                            let _ = reports.send(Report::Settled(vec![(current, outcome)]));
                        }
                    }
                }
            }
            taken
        })
    }

    fn heard(&self, start: &str) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        let found = heard.iter().filter(|line| line.starts_with(start));
        found.cloned().collect()
    }

    fn known(&self, uid: &str) -> Known {
        self.record.known(&mailbox(), &Uid::new(uid.as_bytes()))
    }
}

/// Octets of each message that was finished; `None` for an aborted one.
type Taken = JoinHandle<Vec<Option<usize>>>;

fn deferred() -> Outcome {
    Outcome::Deferred(Refusal {
        code: 451,
        words: b"later".to_vec(),
    })
}

/// No test waits for anything but a bug.
async fn in_time<T>(work: impl Future<Output = T>) -> T {
    let work = tokio::time::timeout(Duration::from_secs(60), work);
    work.await.expect("a transfer that ends")
}

#[tokio::test]
async fn only_what_was_delivered_is_deleted() {
    let mut rig = rig(small(300)).await;
    rig.settle(|ticket| {
        let is_good = !ticket.is_multiple_of(3);
        Some(if is_good {
            Outcome::Delivered
        } else {
            deferred()
        })
    });
    let tally = in_time(rig.run()).await;
    assert_eq!((tally.delivered, tally.not_taken), (200, 100));
    assert_eq!((tally.fault, tally.is_cut), (None, false));
    let deleted = rig.heard("DELE");
    assert_eq!(deleted.len(), 200);
    assert!(!deleted.contains(&"DELE 3".to_owned()));
    assert_eq!(rig.known("u1"), Known::DeletePending);
    assert_eq!(rig.known("u3"), Known::New);
}

#[tokio::test]
async fn sizes_are_whatever_the_server_likes() {
    let mut script = small(5);
    let sizes = [
        "18446744073709551615",
        "18446744073709551615",
        "9",
        "0",
        "-1",
    ];
    for (message, size) in script.messages.iter_mut().zip(sizes) {
        message.0 = size;
    }
    let mut rig = rig(script).await;
    rig.settle(|_| Some(Outcome::Delivered));
    let tally = in_time(rig.run()).await;
    assert_eq!((tally.delivered, tally.fault), (5, None));
}

#[tokio::test]
async fn a_cut_message_is_aborted_and_the_others_are_settled() {
    let mut rig = rig(Script {
        cuts: Some(3),
        ..small(4)
    })
    .await;
    let taken = rig.settle(|_| Some(Outcome::Delivered));
    let tally = in_time(rig.run()).await;
    assert_eq!(tally.delivered, 2);
    assert!(tally.is_cut);
    assert!(matches!(
        tally.fault.map(|fault| fault.cause),
        Some(Cause::Dropped(_))
    ));
    let taken = taken.await.unwrap();
    assert_eq!(taken.iter().flatten().count(), 2);
    assert_eq!(rig.known("u3"), Known::New);
}

/// The sink ends with parts in its queue, some of them of messages that were finished.
#[tokio::test]
async fn a_sink_that_goes_down_in_the_middle() {
    for read in [0, 1, 3, 4, 7, 20] {
        let mut rig = rig(small(50)).await;
        let mut parts = rig.parts.take().unwrap();
        let reports = rig.reports.clone();
        // The test's clone must not keep the sink alive.
        rig.reports = mpsc::unbounded_channel().0;
        tokio::spawn(async move {
            let mut open = Vec::new();
            let mut note = |part: &Part| {
                if let Part::Begin { ticket, .. } = part {
                    open.push((*ticket, deferred()));
                }
            };
            for _ in 0..read {
                note(&parts.recv().await.unwrap());
            }
            parts.close();
            while let Some(part) = parts.recv().await {
                note(&part);
            }
            let down = deliver::Error::Broken {
                peer: "mx".into(),
                what: "gone".into(),
            };
            let _ = reports.send(Report::Settled(open));
            let _ = reports.send(Report::Down(down));
        });
        let tally = in_time(rig.run()).await;
        assert_eq!(tally.delivered, 0);
        let cause = tally.fault.map(|fault| fault.cause);
        assert_eq!(cause, Some(Cause::NoListener("mx".into())), "after {read}");
        assert!(rig.heard("DELE").is_empty());
    }
}

#[tokio::test]
async fn a_sink_that_ends_without_a_word() {
    for read in [0, 1, 4] {
        let mut rig = rig(small(50)).await;
        let mut parts = rig.parts.take().unwrap();
        rig.reports = mpsc::unbounded_channel().0;
        tokio::spawn(async move {
            for _ in 0..read {
                parts.recv().await;
            }
        });
        let tally = in_time(rig.run()).await;
        let cause = tally.fault.map(|fault| fault.cause);
        assert!(matches!(cause, Some(Cause::Internal(_))), "{cause:?}");
    }
}

/// A person's stop does not wait for a sink that takes nothing.
#[tokio::test(start_paused = true)]
async fn stop_behind_a_sink_that_stands_still() {
    let mut rig = rig(large(1, "1000000", 1_000_000)).await;
    let stop = rig.stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        stop.cancel();
    });
    let started = tokio::time::Instant::now();
    let tally = in_time(rig.run()).await;
    assert_eq!(tally.fault.map(|f| f.cause), Some(Cause::Stopped));
    assert!(tally.is_cut);
    assert!(started.elapsed() < Duration::from_secs(2));
    // Nobody can take it for whole.
    let mut parts = rig.parts.unwrap();
    while let Some(part) = parts.recv().await {
        assert!(!matches!(part, Part::Finish));
    }
}

/// What was handed over is waited for, and disposed of while the line is good for it.
#[tokio::test]
async fn stop_settles_what_was_handed_over() {
    let mut rig = rig(small(3)).await;
    let (reports, stop) = (rig.reports.clone(), rig.stop.clone());
    let (handed_over, mut waiting) = mpsc::unbounded_channel();
    rig.settle(move |ticket| {
        handed_over.send(ticket).unwrap();
        None
    });
    tokio::spawn(async move {
        while waiting.recv().await != Some(3) {}
        stop.cancel();
        // Several turns of everybody, so that the stop is taken note of first.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let settled = (1..=3).map(|n| (Ticket(n), Outcome::Delivered)).collect();
        let _ = reports.send(Report::Settled(settled));
    });
    let tally = in_time(rig.run()).await;
    assert_eq!(tally.fault.map(|f| f.cause), Some(Cause::Stopped));
    assert_eq!((tally.delivered, tally.is_cut), (3, false));
    assert_eq!(rig.heard("DELE").len(), 3);
}

/// A silent server does not keep what the sink says from being acted on, and is given up.
#[tokio::test]
async fn a_server_that_falls_silent() {
    let mut rig = rig(Script {
        stalls: Some(3),
        patience: Some(200),
        ..small(4)
    })
    .await;
    rig.settle(|_| Some(Outcome::Delivered));
    let tally = in_time(rig.run()).await;
    assert_eq!((tally.delivered, tally.is_cut), (2, true));
    assert!(matches!(
        tally.fault.map(|fault| fault.cause),
        Some(Cause::TimedOut(..))
    ));
    assert_eq!(rig.known("u2"), Known::DeletePending);
}

/// Sizes that were announced small, or not at all, do not make the end long.
#[tokio::test]
async fn what_is_read_only_to_sign_off_is_bounded() {
    for size in ["10", "x"] {
        let mut rig = rig(large(20, size, 500_000)).await;
        let mut parts = rig.parts.take().unwrap();
        let reports = rig.reports.clone();
        rig.reports = mpsc::unbounded_channel().0;
        tokio::spawn(async move {
            parts.recv().await;
            drop(parts);
            let what = "x".to_owned();
            let _ = reports.send(Report::Down(deliver::Error::Command { what }));
        });
        let tally = in_time(rig.run()).await;
        assert!(tally.fault.is_some());
        assert!(tally.is_cut, "announced as {size}");
        let asked = rig.heard("RETR").len();
        assert!(asked < 10, "{asked} messages were read");
    }
}

/// A stop or a crash of the line must not count what the sink never got.
#[tokio::test]
async fn a_record_that_fails_deletes_nothing() {
    let mut rig = rig(small(10)).await;
    for listed in &mut rig.listed {
        // Too long for the record; a survey would not have let it pass.
        listed.uid = Some(Uid::new(vec![b'u'; 1000]));
    }
    rig.settle(|_| Some(Outcome::Delivered));
    let tally = in_time(rig.run()).await;
    assert!(matches!(
        tally.fault.map(|fault| fault.cause),
        Some(Cause::Record(_))
    ));
    assert_eq!(tally.delivered, 0);
    assert!(rig.heard("DELE").is_empty());
}
