//! Cuts the power after every step of a poll: strace tells the steps, [`super::model`] what of
//! them is on the disk then, and the next poll, by the real program, starts from that.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::batch::Batch;
use super::goal::split;
use super::model::{Disk, Image, VIEWS, View};
use super::rig::Rig;
use super::{PROTOCOLS, Protocol, Target, is_long};
use crate::support::journey::program;
use crate::support::store::Stored;
use crate::support::strace::{Call, Strace, octets};

/// Cuts of each combination in a usual run.
const FEW: usize = 24;
/// First crashes of each combination in a usual run of [`twice`].
const FEW_FIRST: usize = 5;
/// As fetchmail calls it.
const LOCK: &str = ".fetchmail.pid";

#[tokio::test]
async fn into_a_new_maildir() {
    once(Target::Maildir, false).await;
}

#[tokio::test]
async fn into_a_maildir() {
    once(Target::Maildir, true).await;
}

#[tokio::test]
async fn into_a_new_batch_file() {
    once(Target::Bsmtp, false).await;
}

#[tokio::test]
async fn into_a_batch_file() {
    once(Target::Bsmtp, true).await;
}

#[tokio::test]
async fn after_a_kill_into_a_maildir() {
    twice(Target::Maildir).await;
}

#[tokio::test]
async fn after_a_kill_into_a_batch_file() {
    twice(Target::Bsmtp).await;
}

/// One poll, cut everywhere, each cut followed by another poll. `is_used`: there was mail before.
async fn once(target: Target, is_used: bool) {
    let Some(strace) = Strace::find() else { return };
    for protocol in PROTOCOLS {
        let mut traced = Traced::start(strace, protocol, target).await;
        if is_used {
            let (batch, start) = traced.rig.fill("earlier");
            traced.rig.run().await;
            assert_eq!(traced.rig.goal.copies(&batch), [1; 3], "{start:?}");
        }
        let (batch, start) = traced.rig.fill("cut");
        let disk = Disk::new(traced.rig.home.path(), &scan(traced.rig.home.path()));
        let moments = traced.record(disk, &start).await;
        let mut seen = BTreeSet::new();
        let mut cuts = Vec::new();
        for (n, moment) in moments.iter().enumerate() {
            moment.loses_nothing(&batch, target, n);
            for view in VIEWS {
                let image = moment.disk.image(view);
                if seen.insert((image.clone(), moment.gone.clone())) {
                    cuts.push((n, view, image));
                }
            }
        }
        let stride = if is_long() {
            1
        } else {
            cuts.len().div_ceil(FEW)
        };
        println!(
            "{protocol:?} {target:?}: {} steps, {} disks",
            moments.len(),
            cuts.len()
        );
        for (n, view, image) in cuts.into_iter().step_by(stride) {
            traced.restore(&image, &moments[n].left(&start));
            let ended = traced.rig.run().await;
            let about = format!("{protocol:?} {target:?} step {n} {view:?}: {ended:?}");
            traced.rig.judge(&batch, target.window(), &about).await;
        }
    }
}

/// A poll that is killed, so that nothing is lost but nothing more becomes durable; then one that
/// is whole, and the power cut after any step of it.
async fn twice(target: Target) {
    let Some(strace) = Strace::find() else { return };
    for protocol in PROTOCOLS {
        let mut traced = Traced::start(strace, protocol, target).await;
        let (batch, start) = traced.rig.fill("cut");
        let disk = Disk::new(traced.rig.home.path(), &scan(traced.rig.home.path()));
        let moments = traced.record(disk, &start).await;
        let few = moments.len().div_ceil(FEW_FIRST);
        let stride = if is_long() { 1 } else { few };
        for moment in moments.iter().step_by(stride) {
            traced.restore(&moment.disk.image(View::Killed), &moment.left(&start));
            let mut disk = moment.disk.clone();
            disk.close_all();
            let left = moment.left(&start);
            let second = traced
                .record_from(disk, moment.gone.clone(), &left, &start)
                .await;
            for (n, moment) in second.iter().enumerate() {
                moment.loses_nothing(&batch, target, n);
            }
            let about = format!("{protocol:?} {target:?}, killed before");
            traced.rig.judge(&batch, target.window(), &about).await;
        }
    }
}

/// What there is after a step.
struct Moment {
    disk: Disk,
    /// Messages, by their place in the batch, that the server has been told to delete.
    gone: BTreeSet<usize>,
    /// The step.
    call: Call,
}

impl Moment {
    /// Whatever the server may have deleted is whole on the disk.
    fn loses_nothing(&self, batch: &Batch, target: Target, n: usize) {
        for view in VIEWS {
            let arrived = arrived(target, &self.disk.image(view));
            let copies = batch.copies(arrived.iter().map(Vec::as_slice));
            let call = &self.call.name;
            for gone in &self.gone {
                assert!(
                    copies[*gone] > 0,
                    "{gone} is lost at step {n}, {call}, {view:?}"
                );
            }
        }
    }

    fn left(&self, start: &[Stored]) -> Vec<Stored> {
        let stays = |(n, _): &(usize, &Stored)| !self.gone.contains(n);
        let all = start.iter().enumerate();
        all.filter(stays)
            .map(|(_, stored)| stored.clone())
            .collect()
    }
}

/// What of the mail can be read in an image.
fn arrived(target: Target, image: &Image) -> Vec<Vec<u8>> {
    let content = |(path, content): (&PathBuf, &Option<(usize, Vec<u8>)>)| {
        let is_mail = match target {
            Target::Bsmtp => path == Path::new("batch"),
            _ => path.starts_with("Mail/new"),
        };
        content
            .as_ref()
            .filter(|_| is_mail)
            .map(|(_, octets)| octets.clone())
    };
    let found = image.iter().filter_map(content);
    match target {
        Target::Bsmtp => found.flat_map(|batch| split(&batch).0).collect(),
        _ => found.collect(),
    }
}

/// A rig that is written down and set back.
struct Traced {
    strace: Strace,
    rig: Rig,
}

impl Traced {
    async fn start(strace: Strace, protocol: Protocol, target: Target) -> Self {
        let rig = Rig::start(protocol, target, "").await;
        Self { strace, rig }
    }

    /// The states that a poll goes through on `disk`, the first of them that before it.
    async fn record(&mut self, disk: Disk, start: &[Stored]) -> Vec<Moment> {
        self.record_from(disk, BTreeSet::new(), start, start).await
    }

    /// The same when the server has only what is `left` of the messages at the start.
    async fn record_from(
        &mut self,
        mut disk: Disk,
        gone: BTreeSet<usize>,
        left: &[Stored],
        start: &[Stored],
    ) -> Vec<Moment> {
        let (ended, calls) = self
            .strace
            .record(&self.rig.home, program(), &["fetch"])
            .await;
        assert!(matches!(ended.status, 0 | 1), "{ended:?}");
        let mut heard = Heard::default();
        let uids = |stored: &[Stored]| stored.iter().map(|s| s.uid).collect::<Vec<_>>();
        let (left, start) = (uids(left), uids(start));
        let mut moments = Vec::new();
        let mut gone = gone;
        for call in calls {
            let mut is_step = disk.apply(&call);
            if call.name == "sendto" {
                heard.hear(&octets(&call.args[1]), &left);
                let uids = heard.gone.iter();
                let before = gone.len();
                gone.extend(uids.filter_map(|uid| start.iter().position(|s| s == uid)));
                is_step |= gone.len() > before;
            }
            if is_step {
                let (disk, gone) = (disk.clone(), gone.clone());
                moments.push(Moment { disk, gone, call });
            }
        }
        assert_eq!(gone.len(), start.len(), "not all deletions were heard");
        let (model, real) = (disk.image(View::Killed), scan(self.rig.home.path()));
        assert_eq!(
            readable(&model),
            readable(&real),
            "the model is not the disk"
        );
        moments
    }

    /// Home and mailbox as they were at a moment.
    fn restore(&self, image: &Image, left: &[Stored]) {
        for entry in fs::read_dir(self.rig.home.path()).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true if path.ends_with(".programs") => {}
                true => fs::remove_dir_all(path).unwrap(),
                false => fs::remove_file(path).unwrap(),
            }
        }
        let mut first = std::collections::HashMap::new();
        for (path, content) in image {
            match content {
                None => self.rig.home.dir(path),
                Some((node, octets)) => match first.get(node) {
                    Some(first) => fs::hard_link(first, self.rig.home.path().join(path)).unwrap(),
                    None => drop(first.insert(node, self.rig.home.write(path, octets))),
                },
            }
        }
        // A computer takes its time to come up: an empty lock is not that of a program just starting.
        if let Ok(lock) = fs::File::options()
            .append(true)
            .open(self.rig.home.path().join(LOCK))
        {
            lock.set_modified(SystemTime::now() - Duration::from_secs(60))
                .unwrap();
        }
        let store = &self.rig.server.store;
        store.with("ada", "INBOX", |folder| folder.messages = left.to_vec());
    }
}

/// What the server has been told, and so may have done.
#[derive(Default)]
struct Heard {
    line: Vec<u8>,
    marked: BTreeSet<u32>,
    gone: BTreeSet<u32>,
}

impl Heard {
    /// `there` are the UIDs of the mailbox; POP3 counts them from 1.
    fn hear(&mut self, octets: &[u8], there: &[u32]) {
        for byte in octets {
            self.line.push(*byte);
            if *byte == b'\n' {
                let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).to_uppercase();
                self.line(&line.split_whitespace().collect::<Vec<_>>(), there);
            }
        }
    }

    fn line(&mut self, words: &[&str], there: &[u32]) {
        match words {
            ["DELE", number] => {
                self.marked
                    .insert(there[number.parse::<usize>().unwrap() - 1]);
            }
            ["QUIT"] => self.gone.append(&mut self.marked),
            [_, "UID", "STORE", set, flags @ ..] if flags.join(" ").contains("\\DELETED") => {
                self.marked
                    .extend(there.iter().filter(|uid| is_in(set, **uid)));
            }
            [_, "UID", "EXPUNGE", set] => {
                let taken = self.marked.iter().filter(|uid| is_in(set, **uid));
                self.gone.extend(taken.copied().collect::<Vec<_>>());
            }
            [_, "EXPUNGE" | "CLOSE"] => self.gone.append(&mut self.marked),
            _ => {}
        }
    }
}

/// Whether a sequence set (RFC 3501) has a number.
fn is_in(set: &str, uid: u32) -> bool {
    set.split(',').any(|part| {
        let (first, last) = part.split_once(':').unwrap_or((part, part));
        (first.parse().unwrap()..=last.parse().unwrap()).contains(&uid)
    })
}

/// An image as lines of text.
fn readable(image: &Image) -> Vec<String> {
    let line = |(path, content): (&PathBuf, &Option<(usize, Vec<u8>)>)| {
        let text = content
            .as_ref()
            .map(|(_, octets)| octets.escape_ascii().to_string());
        format!("{}: {text:?}", path.display())
    };
    image.iter().map(line).collect()
}

/// What lies below a directory, but for copies of programs.
fn scan(root: &Path) -> Image {
    fn look(root: &Path, below: &Path, image: &mut Image) {
        for entry in fs::read_dir(root.join(below)).unwrap() {
            let path = below.join(entry.unwrap().file_name());
            let full = root.join(&path);
            if path.ends_with(".programs") {
                continue;
            }
            match full.is_dir() {
                true => {
                    image.insert(path.clone(), None);
                    look(root, &path, image);
                }
                false => drop(image.insert(path, Some((0, fs::read(full).unwrap())))),
            }
        }
    }
    let mut image = Image::new();
    look(root, Path::new(""), &mut image);
    image
}
