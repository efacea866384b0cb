//! Memory does not depend on the size of a message, and little on that of a mailbox.
//!
//! What counts is the peak of the resident set (`VmHWM` of proc_pid_status(5)). It is read again
//! and again while the program runs: it only grows, and the last reading is when all is done.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::home::Home;
use crate::support::mailbox::Message;
use crate::support::manner::{Deed, Trap};
use crate::support::server::Server;
use crate::support::sink::Sink;

/// Octets of the large message and how much more memory it may take in kB: in a usual run, and in
/// a long one (`POSTRIDER_LONG`).
const USUAL: (u64, u64) = (60_000_000, 12_000);
const LONG: (u64, u64) = (500_000_000, 20_000);
/// Most kB while a mailbox of 100,000 messages is listed.
const LISTING: u64 = 64 * 1024;

const LISTENER: &str = "smtphost \"127.0.0.1/SINK\"";
const PROGRAM: &str = "mda \"cat >>~/taken\"";
const MAILDIR: &str = "mda \"postrider deliver --maildir ~/Mail\"";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pop3_to_smtp() {
    compare("pop3", LISTENER).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pop3_to_mda() {
    compare("pop3", PROGRAM).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pop3_to_maildir() {
    compare("pop3", MAILDIR).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imap_to_smtp() {
    compare("imap", LISTENER).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imap_to_mda() {
    compare("imap", PROGRAM).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imap_to_maildir() {
    compare("imap", MAILDIR).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pop3_listing() {
    list("pop3").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imap_listing() {
    list("imap").await;
}

/// One message of 5 kB and one large one, each in a run of its own.
async fn compare(protocol: &str, delivery: &str) {
    let (size, bound) = if is_long() { LONG } else { USUAL };
    let rig = Rig::start(protocol, delivery).await;
    let from = "Bea <bea@example.org>";
    let small = rig.peak_of(Message::large(from, "small", 5_000)).await;
    let large = rig.peak_of(Message::large(from, "large", size)).await;
    println!("{protocol} {delivery}: {small} kB for 5 kB, {large} kB for {size} octets");
    assert!(large < small + bound, "{small} kB, {large} kB");
}

/// A mailbox of 100,000 messages that stay there: listed with nothing known of it, then again.
async fn list(protocol: &str) {
    let rig = Rig::start(protocol, &format!("{MAILDIR} keep fetchlimit 5")).await;
    let message = Message::text("From: bea@example.org\nSubject: one of many\n\nhello\n");
    let all = std::iter::repeat_n(message, 100_000);
    rig.server.store.add("ada", "INBOX", all);
    for expected in [5, 10] {
        let peak = rig.run().await;
        println!("{protocol}: {peak} kB");
        assert!(peak < LISTING, "{peak} kB");
        assert_eq!(rig.home.maildir("Mail").len(), expected);
    }
}

fn is_long() -> bool {
    std::env::var_os("POSTRIDER_LONG").is_some_and(|set| !set.is_empty())
}

struct Rig {
    server: Server,
    sink: Sink,
    home: Home,
    spools: bool,
    /// The program, while it runs.
    pid: Arc<AtomicU32>,
}

impl Rig {
    async fn start(protocol: &str, delivery: &str) -> Self {
        let (server, sink, home) = (Server::start().await, Sink::smtp().await, Home::new());
        server.store.add_user("ada", "secret");
        server.manner(|m| m.offers_starttls = false);
        sink.discard();
        let port = if protocol == "pop3" {
            server.pop3
        } else {
            server.imap
        };
        home.rc(&format!(
            "poll 127.0.0.1 protocol {protocol} port {port}\n\
             \tuser \"ada\" password \"secret\" sslproto \"\"\n\
             \t{}\n",
            delivery.replace("SINK", &sink.port.to_string())
        ));
        Self {
            server,
            sink,
            home,
            spools: delivery == PROGRAM,
            pid: Arc::default(),
        }
    }

    /// The peak in kB of a poll that moves this message; it has to arrive with all its octets.
    async fn peak_of(&self, message: Message) -> u64 {
        let size = message.size();
        let header = message.header().len() as u64;
        let before = self.taken();
        let half = self.look_in_the_middle(size);
        self.server.store.add("ada", "INBOX", [message]);
        let peak = self.run().await;
        assert_eq!(self.server.store.count("ada", "INBOX"), 0);
        // Line ends may have become LF, and fields were added.
        let octets = self.taken() - before;
        assert!(octets > size - size / 70 - header, "{octets} of {size}");
        if self.spools && size > 1_000_000 {
            let files = half.lock().unwrap().clone();
            let is_spool = |link: &PathBuf| link.to_string_lossy().ends_with(" (deleted)");
            assert!(files.iter().any(is_spool), "no unlinked file: {files:?}");
        }
        peak
    }

    /// Notes which files the program has open when half the message was sent.
    fn look_in_the_middle(&self, size: u64) -> Arc<Mutex<Vec<PathBuf>>> {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (into, pid) = (seen.clone(), self.pid.clone());
        let trap = Trap::at(Deed::Sent, size / 2, move || {
            let pid = pid.load(Ordering::SeqCst);
            into.lock().unwrap().extend(open_files(pid));
        });
        self.server.manner(|m| m.trap = Some(trap));
        seen
    }

    /// Octets delivered so far.
    fn taken(&self) -> u64 {
        let home = self.home.path();
        let mail = std::fs::read_dir(home.join("Mail/new"));
        let mail = mail
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path());
        let files = mail.chain([home.join("taken")]);
        let sizes = files.filter_map(|path| Some(path.metadata().ok()?.len()));
        self.sink.octets() + sizes.sum::<u64>()
    }

    /// Polls once; the peak in kB.
    async fn run(&self) -> u64 {
        let mut child = self
            .home
            .command(&program())
            .arg("fetch")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let pid = child.id().unwrap();
        self.pid.store(pid, Ordering::SeqCst);
        let mut peak = 0;
        loop {
            peak = peak_of(pid).unwrap_or(0).max(peak);
            let pause = Duration::from_millis(2);
            if let Ok(status) = tokio::time::timeout(pause, child.wait()).await {
                let status = status.unwrap();
                // 13: `fetchlimit` left some there.
                assert!(matches!(status.code(), Some(0 | 13)), "{status}");
                return peak;
            }
        }
    }
}

/// The program under test: in a long run the one built for use, if there is one.
fn program() -> PathBuf {
    let built = Path::new(env!("CARGO_BIN_EXE_postrider"));
    let release = built.with_file_name("../release/postrider");
    if is_long() && release.is_file() {
        println!("measuring {}", release.display());
        return release;
    }
    built.to_owned()
}

/// The peak of a process's resident set in kB; `None` once it has ended.
pub fn peak_of(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// What a process has open, as /proc shows it.
fn open_files(pid: u32) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(format!("/proc/{pid}/fd"));
    let links = entries.into_iter().flatten().flatten();
    links
        .filter_map(|entry| std::fs::read_link(entry.path()).ok())
        .collect()
}
