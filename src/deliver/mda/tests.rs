//! Commands that succeed, fail, die, hang and chatter.

use std::path::PathBuf;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::*;
use crate::deliver::sample::{envelope, settings};
use crate::deliver::{Delivery, Error, QUEUE, Report};

struct Rig {
    delivery: Delivery,
    reports: mpsc::UnboundedReceiver<Report>,
}

fn rig(command: &str, limit: Duration) -> Rig {
    let (parts, input) = mpsc::channel(QUEUE);
    let (output, reports) = mpsc::unbounded_channel();
    let settings = Settings {
        own_name: String::new(),
        timeout: limit,
        force_shell: true,
        program: PathBuf::from("/opt/here/postrider"),
        ..settings()
    };
    let feed = Feed {
        parts: input,
        reports: output,
    };
    tokio::spawn(run(command.as_bytes().to_vec(), settings, limit, feed));
    let delivery = Delivery::new(parts, 1);
    Rig { delivery, reports }
}

impl Rig {
    async fn begin(&self, ticket: u64, text: &[u8]) {
        let ticket = Ticket(ticket);
        let envelope = envelope("s@x", &["joe", "ann"]);
        self.delivery.send(Part::Begin { ticket, envelope }).await;
        for chunk in text.chunks(16 * 1024) {
            let chunk = Bytes::copy_from_slice(chunk);
            self.delivery.send(Part::Chunk(chunk)).await;
        }
    }

    async fn message(&self, ticket: u64, text: &[u8]) {
        self.begin(ticket, text).await;
        self.delivery.send(Part::Finish).await;
    }

    async fn end(mut self) -> Vec<(u64, Outcome)> {
        drop(self.delivery);
        let mut seen = Vec::new();
        while let Some(report) = self.reports.recv().await {
            match report {
                Report::Settled(settled) => seen.extend(settled.into_iter().map(|(t, o)| (t.0, o))),
                Report::Down(error) => {
                    assert!(matches!(error, Error::Command { .. }));
                    seen.push((0, Outcome::Delivered));
                }
                Report::Intent { .. } => unreachable!(),
            }
        }
        seen
    }
}

async fn outcome(command: &str) -> Outcome {
    let rig = rig(command, Duration::from_secs(60));
    rig.message(1, b"text\n").await;
    let mut seen = rig.end().await;
    assert_eq!(seen.len(), 1);
    seen.remove(0).1
}

#[tokio::test]
async fn exit_statuses() {
    let cases: [(&str, i32, &str); 6] = [
        ("exit 75", 75, "exit status: 75"),
        ("kill -9 $$", 137, "signal: 9"),
        ("no-such-command-here", 127, "not found"),
        ("echo sorry >&2; exit 1", 1, "sorry"),
        ("echo out; exit 2", 2, "out"),
        ("printf '\\033[1mloud'; exit 3", 3, "\u{fffd}[1mloud"),
    ];
    assert_eq!(outcome("cat >/dev/null").await, Outcome::Delivered);
    assert_eq!(outcome("true").await, Outcome::Delivered);
    for (command, code, words) in cases {
        let Outcome::Deferred(refusal) = outcome(command).await else {
            panic!("{command}");
        };
        assert_eq!(refusal.code, code, "{command}");
        let told = String::from_utf8(refusal.words).unwrap();
        assert!(told.contains(words), "{command}: {told}");
    }
}

#[tokio::test]
async fn the_command_reads_the_whole_message() {
    for size in [0, 5, 100_000, 3_000_000] {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("mail");
        let text: Vec<u8> = (0..size).map(|n| (n % 253) as u8).collect();
        let rig = rig(
            &format!("cat > {}", file.display()),
            Duration::from_secs(60),
        );
        rig.message(1, &text).await;
        assert_eq!(rig.end().await, [(1, Outcome::Delivered)]);
        assert!(std::fs::read(&file).unwrap() == text, "{size} octets");
    }
}

#[tokio::test]
async fn names_environment_and_path() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("said");
    let command = format!("printf '%s|' %T %F %h > {0}; env >> {0}", file.display());
    // `'%s|'` is a quote directly before an expansion.
    assert_eq!(rig(&command, LIMIT).end().await.len(), 1);
    let command = format!("echo %T %F %h > {}", file.display());
    let rig = rig(&command, LIMIT);
    rig.message(1, b"").await;
    assert_eq!(rig.end().await, [(1, Outcome::Delivered)]);
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        "joe ann s@x pop.test\n"
    );
    let path = path_with(Path::new("/opt/here/postrider"));
    assert!(path.to_str().unwrap().starts_with("/opt/here:"));
}

#[tokio::test]
async fn a_bad_command_takes_nothing() {
    let rig = rig("mda '%T'", LIMIT);
    rig.message(1, b"x").await;
    let seen = rig.end().await;
    assert_eq!(seen.last(), Some(&(0, Outcome::Delivered)));
    assert!(
        seen[..seen.len() - 1]
            .iter()
            .all(|(_, o)| matches!(o, Outcome::Deferred(_)))
    );
}

#[tokio::test]
async fn a_hanging_command_is_ended_with_its_children() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("pid");
    let command = format!("sleep 1000 & echo $! > {}; wait", file.display());
    let rig = rig(&command, Duration::from_millis(1500));
    rig.message(1, b"x").await;
    let seen = rig.end().await;
    assert!(matches!(&seen[0].1, Outcome::Deferred(_)));
    let pid: i32 = std::fs::read_to_string(&file)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    // The signal is on its way: the grandchild is nobody's we could wait for.
    let gone = async {
        loop {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            let state = stat.rsplit(") ").next().unwrap_or_default();
            if state.is_empty() || state.starts_with('Z') {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), gone).await.unwrap();
}

#[tokio::test]
async fn a_child_left_behind_does_not_hold_us_up() {
    let command = "sleep 30 & echo $! >&2; exit 9";
    let started = std::time::Instant::now();
    let Outcome::Deferred(refusal) = outcome(command).await else {
        panic!("delivered");
    };
    assert_eq!(refusal.code, 9);
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn chatter_is_cut() {
    let command = "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789; i=$((i+1)); done; exit 1";
    let Outcome::Deferred(refusal) = outcome(command).await else {
        panic!("delivered");
    };
    assert!((1000..=WORDS).contains(&refusal.words.len()));
}

#[tokio::test]
async fn unfinished_messages_start_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mail");
    let command = format!("cat >> {}", file.display());
    let rig = rig(&command, LIMIT);
    rig.begin(1, b"aborted").await;
    rig.delivery.send(Part::Abort).await;
    rig.message(2, b"two ").await;
    rig.message(3, b"three").await;
    rig.begin(4, b"dropped").await;
    let delivered = |ticket| (ticket, Outcome::Delivered);
    assert_eq!(rig.end().await, [delivered(2), delivered(3)]);
    assert_eq!(std::fs::read(&file).unwrap(), b"two three");
}
