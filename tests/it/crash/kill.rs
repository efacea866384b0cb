//! SIGKILL at moments chosen by a seed, most of them by what happens on the wire or in the sink's
//! folder: a clock would rarely hit the short ones. A failing seed is repeated by
//! `POSTRIDER_SEED=7`.

use std::ops::Range;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::batch::Batch;
use super::goal::{Goal, files};
use super::{Protocol, Target, is_long, rc};
use crate::support::home::Home;
use crate::support::manner::{Deed, Trap};
use crate::support::server::Server;

/// Messages in the mailbox.
const COUNT: usize = 64;
/// Seeds of each combination: in a usual run, and in a long one.
const SEEDS: (u64, u64) = (3, 120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pop3_to_maildir() {
    run(Protocol::Pop3, Target::Maildir).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pop3_to_mda() {
    run(Protocol::Pop3, Target::Mda).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pop3_to_bsmtp() {
    run(Protocol::Pop3, Target::Bsmtp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pop3_to_smtp() {
    run(Protocol::Pop3, Target::Smtp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pop3_to_lmtp() {
    run(Protocol::Pop3, Target::Lmtp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imap_to_maildir() {
    run(Protocol::Imap, Target::Maildir).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imap_to_mda() {
    run(Protocol::Imap, Target::Mda).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imap_to_bsmtp() {
    run(Protocol::Imap, Target::Bsmtp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imap_to_smtp() {
    run(Protocol::Imap, Target::Smtp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imap_to_lmtp() {
    run(Protocol::Imap, Target::Lmtp).await;
}

/// Calibrates, then kills once for each seed. State and mailbox of one seed are the start of the
/// next: real crashes do not come to clean homes either.
async fn run(protocol: Protocol, target: Target) {
    let rig = Rig::start(protocol, target).await;
    let whole = rig.whole_poll().await;
    let mut twice = Vec::new();
    for seed in seeds() {
        // Seen when the test fails, or with --nocapture.
        let moment = Moment::choose(seed, protocol, target, &whole);
        println!("{protocol:?} {target:?} seed {seed}: {moment:?}");
        twice.push(rig.crash(seed, &moment).await);
    }
    println!("{protocol:?} {target:?}: delivered twice, by seed: {twice:?}");
}

fn seeds() -> Range<u64> {
    match std::env::var("POSTRIDER_SEED").map(|seed| seed.parse()) {
        Ok(Ok(seed)) => seed..seed + 1,
        _ if is_long() => 0..SEEDS.1,
        _ => 0..SEEDS.0,
    }
}

/// When the process is killed.
#[derive(Clone, Debug)]
enum Moment {
    /// After a deed of the mail server, and a little later still.
    Server(Deed, u64, Duration),
    /// The same with the listener.
    Sink(Deed, u64, Duration),
    /// So many files are in the folder where delivered mail appears.
    Files(usize),
    /// The batch file is longer than this.
    Batch(u64),
    /// The journal was seen to grow so often.
    Journal(usize),
    /// So long after the start.
    Clock(Duration),
}

/// What an undisturbed poll takes.
struct Whole {
    server: Trap,
    sink: Trap,
    time: Duration,
    /// Length of the batch file.
    octets: u64,
}

impl Moment {
    fn choose(seed: u64, protocol: Protocol, target: Target, whole: &Whole) -> Self {
        let mut dice = Dice::new(seed, protocol, target);
        let linger = Duration::from_micros(dice.below(2) * dice.below(3_000));
        let mut server =
            |deed| Self::Server(deed, 1 + dice.below(whole.server.count(deed)), linger);
        let sent = server(Deed::Sent);
        let heard = server(Deed::Heard);
        let mut sink = |deed| Self::Sink(deed, 1 + dice.below(whole.sink.count(deed)), linger);
        let rest = match target {
            Target::Smtp | Target::Lmtp => {
                vec![sink(Deed::Sent), sink(Deed::Heard), sink(Deed::Taken)]
            }
            Target::Bsmtp => vec![
                Self::Batch(dice.below(whole.octets)),
                Self::Batch(dice.below(whole.octets)),
                Self::Journal(1 + dice.below(6) as usize),
            ],
            Target::Mda | Target::Maildir => vec![
                Self::Files(1 + dice.below(COUNT as u64) as usize),
                Self::Files(1 + dice.below(COUNT as u64) as usize),
                Self::Journal(1 + dice.below(6) as usize),
            ],
        };
        let micros = u64::try_from(whole.time.as_micros()).unwrap();
        let clock = Self::Clock(Duration::from_micros(dice.below(micros)));
        let mut all = vec![sent, heard, clock];
        all.splice(1..1, rest);
        let kind = (seed as usize * 5 + dice.below(2) as usize) % all.len();
        all.swap_remove(kind)
    }
}

/// Numbers that follow from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn new(seed: u64, protocol: Protocol, target: Target) -> Self {
        Self(seed ^ (protocol as u64) << 40 ^ (target as u64) << 48)
    }

    /// From 0 to `end` - 1; 0 if there is nothing to choose from.
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)).checked_rem(end).unwrap_or(0)
    }
}

/// Servers, a home, and the program in it.
struct Rig {
    server: Server,
    goal: Goal,
    home: Home,
}

impl Rig {
    async fn start(protocol: Protocol, target: Target) -> Self {
        let home = Home::new();
        let rig = Self {
            server: Server::start().await,
            goal: Goal::new(target, home.path()).await,
            home,
        };
        rig.server.store.add_user("ada", "secret");
        rig.server.manner(|m| m.offers_starttls = false);
        rig.home.write("in/.here", "");
        rig.home.write("out/.here", "");
        rig.home.rc(&rc(&rig.server, protocol, &rig.goal));
        rig
    }

    /// A poll that nothing disturbs, measured.
    async fn whole_poll(&self) -> Whole {
        let batch = Batch::many("whole", COUNT);
        self.fill(&batch);
        let (server, sink) = (Trap::counting(), Trap::counting());
        self.set_traps(Some(server.clone()), Some(sink.clone()));
        let begun = Instant::now();
        self.poll_to_the_end(&batch).await;
        let time = begun.elapsed();
        assert_eq!(self.goal.copies(&batch), [1; COUNT]);
        Whole {
            server,
            sink,
            time,
            octets: length(&self.home.path().join("batch")),
        }
    }

    /// Kills at `moment`, polls again, and judges. Returns how many came twice.
    async fn crash(&self, seed: u64, moment: &Moment) -> usize {
        let batch = Batch::many(&format!("seed{seed}"), COUNT);
        self.goal.clear();
        self.fill(&batch);
        self.kill_at(moment).await;
        self.judge_the_wreck(&batch);
        self.set_traps(None, None);
        self.poll_to_the_end(&batch).await;
        let copies = self.goal.copies(&batch);
        assert!(copies.iter().all(|n| (1..=2).contains(n)), "{copies:?}");
        let twice = copies.iter().filter(|n| **n > 1).count();
        let bound = self.goal.target.window();
        assert!(twice <= bound, "{twice} came twice: {copies:?}");
        assert_eq!(self.goal.leftovers(), [] as [&Path; 0]);
        twice
    }

    fn fill(&self, batch: &Batch) {
        let messages = batch.messages.iter().cloned();
        self.server.store.add("ada", "INBOX", messages);
    }

    fn set_traps(&self, server: Option<Trap>, sink: Option<Trap>) {
        self.server.manner(|m| m.trap = server);
        self.goal.sink.manner(|m| m.trap = sink);
    }

    async fn kill_at(&self, moment: &Moment) {
        let killer = Killer::default();
        let trap = |deed, count, linger| {
            let killer = killer.clone();
            Trap::at(deed, count, move || {
                std::thread::sleep(linger);
                killer.kill();
            })
        };
        match moment {
            Moment::Server(deed, n, linger) => self.set_traps(Some(trap(*deed, *n, *linger)), None),
            Moment::Sink(deed, n, linger) => self.set_traps(None, Some(trap(*deed, *n, *linger))),
            _ => self.set_traps(None, None),
        }
        let mut child = self.command().spawn().unwrap();
        let pid = Pid::from_raw(child.id().unwrap() as i32).unwrap();
        killer.aim(pidfd_open(pid, PidfdFlags::empty()).unwrap());
        let has_ended = Arc::new(AtomicBool::new(false));
        let watch = self.watch(moment.clone(), killer, has_ended.clone());
        let status = child.wait().await.unwrap();
        has_ended.store(true, Ordering::SeqCst);
        watch.join().unwrap();
        assert!(status.code().is_none_or(|code| code == 0), "{status}");
    }

    /// A thread that looks at files or the clock until the moment has come.
    fn watch(
        &self,
        moment: Moment,
        killer: Killer,
        has_ended: Arc<AtomicBool>,
    ) -> std::thread::JoinHandle<()> {
        let root = self.home.path().to_owned();
        let delivered = match self.goal.target {
            Target::Maildir => root.join("Mail/new"),
            _ => root.join("out"),
        };
        let begun = Instant::now();
        let (mut seen, mut growths) = (None, 0);
        let mut has_come = move || match moment {
            Moment::Server(..) | Moment::Sink(..) => false,
            Moment::Clock(after) => begun.elapsed() >= after,
            Moment::Files(count) => files(&delivered).len() >= count,
            Moment::Batch(octets) => length(&root.join("batch")) > octets,
            Moment::Journal(count) => {
                let now = journal_length(&root.join(".local/state/postrider"));
                growths += usize::from(seen.is_some() && seen != Some(now));
                seen = Some(now);
                growths >= count
            }
        };
        std::thread::spawn(move || {
            while !has_ended.load(Ordering::SeqCst) {
                if has_come() {
                    return killer.kill();
                }
                std::thread::sleep(Duration::from_micros(30));
            }
        })
    }

    fn command(&self) -> tokio::process::Command {
        let program = Path::new(env!("CARGO_BIN_EXE_postrider"));
        let mut command = self.home.command(program);
        command
            .args(["fetch"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Straight after the kill: what the server no longer has was delivered, and whole.
    fn judge_the_wreck(&self, batch: &Batch) {
        let there = batch.numbers(&self.server.store.messages("ada", "INBOX"));
        let copies = self.goal.copies(batch);
        for (n, copies) in copies.iter().enumerate() {
            assert!(*copies > 0 || there.contains(&n), "message {n} is lost");
            assert!(*copies <= 1, "message {n} came twice in one poll");
        }
    }

    async fn poll_to_the_end(&self, batch: &Batch) {
        let program = Path::new(env!("CARGO_BIN_EXE_postrider"));
        let ended = self.home.run(program, &["fetch"]).await;
        assert!(matches!(ended.status, 0 | 1), "{ended:?}");
        assert_eq!(self.server.store.count("ada", "INBOX"), 0, "{ended:?}");
        let copies = self.goal.copies(batch);
        assert!(copies.iter().all(|n| *n > 0), "lost: {copies:?} {ended:?}");
    }
}

/// Sends SIGKILL to one process and never to another that has got its number.
#[derive(Clone, Default)]
struct Killer(Arc<OnceLock<OwnedFd>>);

impl Killer {
    fn aim(&self, process: OwnedFd) {
        self.0.set(process).unwrap();
    }

    /// Waits until it is aimed. A process that has ended is left in peace.
    fn kill(&self) {
        let _ = pidfd_send_signal(self.0.wait(), Signal::KILL);
    }
}

/// Octets of a file; none if it is missing.
fn length(path: &Path) -> u64 {
    path.metadata().map_or(0, |metadata| metadata.len())
}

fn journal_length(state: &Path) -> u64 {
    let journals = files(state).into_iter();
    let journals = journals.filter(|path| path.extension().is_some_and(|e| e == "journal"));
    journals.map(|path| length(&path)).sum()
}
