//! The Maildir sink on real directories.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::*;
use crate::deliver::sample::envelope;
use crate::deliver::{Delivery, Error, QUEUE, Report};
use crate::transit::Outcome;

struct Rig {
    delivery: Delivery,
    reports: mpsc::UnboundedReceiver<Report>,
}

/// What was reported, in order.
#[derive(Debug, Default)]
struct Seen {
    outcomes: BTreeMap<u64, Outcome>,
    down: Option<Error>,
    batches: Vec<usize>,
}

fn rig(path: &Path) -> Rig {
    let (parts, input) = mpsc::channel(QUEUE);
    let (output, reports) = mpsc::unbounded_channel();
    let feed = Feed {
        parts: input,
        reports: output,
    };
    start(path.to_owned(), feed);
    let delivery = Delivery::new(parts, 1);
    Rig { delivery, reports }
}

async fn begin(delivery: &Delivery, ticket: u64, text: &[u8]) {
    let ticket = Ticket(ticket);
    let envelope = envelope("", &["joe"]);
    delivery.send(Part::Begin { ticket, envelope }).await;
    for chunk in text.chunks(16 * 1024) {
        let chunk = Bytes::copy_from_slice(chunk);
        delivery.send(Part::Chunk(chunk)).await;
    }
}

async fn message(delivery: &Delivery, ticket: u64, text: &[u8]) -> bool {
    begin(delivery, ticket, text).await;
    delivery.send(Part::Finish).await
}

/// Reads reports to the end; `leave` is what the journal answers. No file is in `new/` before its
/// leave is given, and every file of a batch is in `tmp/` then.
async fn reports(mut reports: mpsc::UnboundedReceiver<Report>, leave: bool) -> Seen {
    let mut seen = Seen::default();
    while let Some(report) = reports.recv().await {
        match report {
            Report::Intent { files, go } => {
                assert!(
                    files
                        .iter()
                        .all(|(_, path)| path.is_absolute() && path.is_file())
                );
                seen.batches.push(files.len());
                let _ = go.send(leave);
            }
            Report::Settled(settled) => {
                for (ticket, outcome) in settled {
                    assert_eq!(seen.outcomes.insert(ticket.0, outcome), None);
                }
                assert_eq!(seen.down, None);
            }
            Report::Down(error) => seen.down = Some(error),
        }
    }
    seen
}

fn files(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn counts(path: &Path) -> [usize; 3] {
    ["tmp", "new", "cur"].map(|name| files(&path.join(name)).len())
}

#[tokio::test]
async fn a_message_arrives_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("Mail/in box");
    let text: Vec<u8> = (0..100_000).map(|n| (n % 256) as u8).collect();
    let rig = rig(&path);
    assert!(message(&rig.delivery, 1, &text).await);
    drop(rig.delivery);
    let seen = reports(rig.reports, true).await;
    assert_eq!(seen.outcomes, BTreeMap::from([(1, Outcome::Delivered)]));
    assert_eq!(counts(&path), [0, 1, 0]);
    let file = &files(&path.join("new"))[0];
    assert!(std::fs::read(file).unwrap() == text);
    assert!(file.to_str().unwrap().ends_with(",S=100000"));
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(file), 0o600);
    assert_eq!(mode(&path), 0o700);
    assert_eq!(mode(&path.join("new")), 0o700);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_messages() {
    // In memory where there is such a place: a disk takes half a minute to sync so many.
    let memory = tempfile::tempdir_in("/dev/shm");
    let home = memory.or_else(|_| tempfile::tempdir()).unwrap();
    let Rig {
        delivery,
        reports: r,
    } = rig(home.path());
    let reader = tokio::spawn(reports(r, true));
    for ticket in 0..10_000 {
        assert!(message(&delivery, ticket, format!("{ticket}\n").as_bytes()).await);
    }
    drop(delivery);
    let seen = reader.await.unwrap();
    assert_eq!(seen.down, None);
    assert_eq!(seen.outcomes.len(), 10_000);
    assert!(seen.outcomes.values().all(|o| *o == Outcome::Delivered));
    assert_eq!(seen.batches.iter().sum::<usize>(), 10_000);
    assert!(seen.batches.iter().all(|n| *n <= BATCH));
    assert_eq!(counts(home.path()), [0, 10_000, 0]);
    let mut texts: Vec<u64> = files(&home.path().join("new"))
        .iter()
        .map(|file| {
            std::fs::read_to_string(file)
                .unwrap()
                .trim()
                .parse()
                .unwrap()
        })
        .collect();
    texts.sort_unstable();
    assert!(texts.into_iter().eq(0..10_000));
}

#[tokio::test]
async fn unfinished_messages_leave_nothing() {
    let home = tempfile::tempdir().unwrap();
    let rig = rig(home.path());
    begin(&rig.delivery, 1, b"aborted").await;
    rig.delivery.send(Part::Abort).await;
    message(&rig.delivery, 2, b"two").await;
    begin(&rig.delivery, 3, b"dropped").await;
    drop(rig.delivery);
    let seen = reports(rig.reports, true).await;
    assert_eq!(seen.outcomes, BTreeMap::from([(2, Outcome::Delivered)]));
    assert_eq!(counts(home.path()), [0, 1, 0]);
}

#[tokio::test]
async fn without_leave_nothing_becomes_visible() {
    let home = tempfile::tempdir().unwrap();
    let rig = rig(home.path());
    message(&rig.delivery, 1, b"one").await;
    drop(rig.delivery);
    let seen = reports(rig.reports, false).await;
    assert!(matches!(seen.outcomes[&1], Outcome::Deferred(_)));
    assert_eq!(counts(home.path()), [0, 0, 0]);
}

#[test]
fn a_poll_given_up_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let (parts, input) = mpsc::channel(QUEUE);
    let (output, _) = mpsc::unbounded_channel();
    let feed = Feed {
        parts: input,
        reports: output,
    };
    let envelope = envelope("", &["joe"]);
    let ticket = Ticket(1);
    let text = Part::Chunk(Bytes::from_static(b"x"));
    for part in [Part::Begin { ticket, envelope }, text, Part::Finish] {
        parts.blocking_send(part).unwrap();
    }
    drop(parts);
    run(home.path(), feed);
    assert_eq!(counts(home.path()), [0, 0, 0]);
}

#[tokio::test]
async fn a_path_that_cannot_be_a_maildir() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let rig = rig(&file);
    message(&rig.delivery, 1, b"x").await;
    drop(rig.delivery);
    let seen = reports(rig.reports, true).await;
    assert!(matches!(
        seen.down,
        Some(Error::Disk { is_full: false, .. })
    ));
    assert!(
        seen.outcomes
            .values()
            .all(|o| matches!(o, Outcome::Deferred(_)))
    );
}

/// `new/` is taken away between the writing and the rename.
#[tokio::test]
async fn a_rename_that_fails_keeps_the_message() {
    let home = tempfile::tempdir().unwrap();
    let mut rig = rig(home.path());
    message(&rig.delivery, 1, b"x").await;
    let Some(Report::Intent { go, .. }) = rig.reports.recv().await else {
        panic!("no intent");
    };
    std::fs::remove_dir(home.path().join("new")).unwrap();
    go.send(true).unwrap();
    let Some(Report::Settled(settled)) = rig.reports.recv().await else {
        panic!("not settled");
    };
    assert!(matches!(settled[..], [(Ticket(1), Outcome::Deferred(_))]));
    assert_eq!(files(&home.path().join("tmp")), [] as [PathBuf; 0]);
    message(&rig.delivery, 2, b"y").await;
    let seen = reports(rig.reports, true).await;
    assert!(matches!(seen.down, Some(Error::Disk { .. })));
    assert!(matches!(seen.outcomes[&2], Outcome::Deferred(_)));
    assert!(!message(&rig.delivery, 3, b"z").await);
}

#[test]
fn one_message_from_a_reader() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("m");
    let placed = deliver_one(&path, &mut &b"text\n"[..]).unwrap();
    assert_eq!(std::fs::read(&placed).unwrap(), b"text\n");
    assert_eq!(counts(&path), [0, 1, 0]);
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
    }
    assert!(deliver_one(&path, &mut Broken).is_err());
    assert_eq!(counts(&path), [0, 1, 0]);
}

/// A process that was killed while it wrote has no journal entry for the file.
#[tokio::test]
async fn what_a_killed_process_left_goes() {
    let home = tempfile::tempdir().unwrap();
    let folder = Folder::open(home.path()).unwrap();
    let (_, ours) = folder.create().unwrap();
    let mut child = std::process::Command::new("true").spawn().unwrap();
    child.wait().unwrap();
    let dead = ours.replace(
        &format!("P{}Q", std::process::id()),
        &format!("P{}Q", child.id()),
    );
    for name in [&dead, "1.another-program.host"] {
        std::fs::write(folder.tmp_path(name), b"half").unwrap();
    }
    let rig = rig(home.path());
    message(&rig.delivery, 1, b"whole").await;
    drop(rig.delivery);
    reports(rig.reports, true).await;
    let mut left = files(&home.path().join("tmp"));
    left.sort();
    let mut expected = [
        folder.tmp_path(&ours),
        folder.tmp_path("1.another-program.host"),
    ];
    expected.sort();
    assert_eq!(left, expected);
}

#[test]
fn names_are_never_used_twice() {
    let home = tempfile::tempdir().unwrap();
    let folder = Folder::open(home.path()).unwrap();
    let (_, one) = folder.create().unwrap();
    let (_, two) = folder.create().unwrap();
    assert_ne!(one, two);
    std::fs::write(home.path().join("new").join(format!("{one},S=0")), b"old").unwrap();
    assert!(folder.publish(&one, 0).is_err());
    assert!(folder.publish(&two, 0).is_ok());
    assert!(!one.contains(':') && !one.contains('/'));
}
