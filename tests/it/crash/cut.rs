//! Ends the connection after every octet that the server, or the listener, says in a short poll.

use std::path::PathBuf;

use postrider::engine::api::{Event, Snapshot};
use postrider::engine::{self, Asks, File, Options, Rhythm, Source};
use postrider::net::World;
use postrider::rc::Overrides;
use postrider::store::Places;
use tempfile::TempDir;
use tokio::sync::broadcast::error::RecvError;

use super::batch::Batch;
use super::{Goal, Protocol, Target, is_long, rc};
use crate::support::manner::{Deed, Trap};
use crate::support::server::Server;

/// Octets between two cuts, unless a long run makes it one. No multiple of a line's length.
const STEP: usize = 37;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pop3_server_to_maildir() {
    cut_server(Protocol::Pop3, Target::Maildir).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pop3_server_to_mda() {
    cut_server(Protocol::Pop3, Target::Mda).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pop3_server_to_bsmtp() {
    cut_server(Protocol::Pop3, Target::Bsmtp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pop3_server_to_smtp() {
    cut_server(Protocol::Pop3, Target::Smtp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pop3_server_to_lmtp() {
    cut_server(Protocol::Pop3, Target::Lmtp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imap_server_to_maildir() {
    cut_server(Protocol::Imap, Target::Maildir).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imap_server_to_mda() {
    cut_server(Protocol::Imap, Target::Mda).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imap_server_to_bsmtp() {
    cut_server(Protocol::Imap, Target::Bsmtp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imap_server_to_smtp() {
    cut_server(Protocol::Imap, Target::Smtp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imap_server_to_lmtp() {
    cut_server(Protocol::Imap, Target::Lmtp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn smtp_listener_for_pop3() {
    cut_listener(Protocol::Pop3, Target::Smtp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lmtp_listener_for_pop3() {
    cut_listener(Protocol::Pop3, Target::Lmtp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn smtp_listener_for_imap() {
    cut_listener(Protocol::Imap, Target::Smtp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lmtp_listener_for_imap() {
    cut_listener(Protocol::Imap, Target::Lmtp).await;
}

/// The server falls silent after each octet in turn. The sink is well, so what it took over is
/// known, and nothing comes twice.
async fn cut_server(protocol: Protocol, target: Target) {
    let rig = Rig::start(protocol, target).await;
    let (all, _) = rig.whole_poll().await;
    for end in (0..all).step_by(step()) {
        let batch = rig.fill(&format!("server{end}"));
        rig.server.manner(|m| m.closes_after = Some(end));
        rig.poll().await;
        rig.server.manner(|m| m.closes_after = None);
        let second = rig.poll().await;
        let copies = rig.goal.copies(&batch);
        assert_eq!(copies, [1; 3], "cut after {end} of {all}: {second:?}");
        rig.is_emptied(end, &second);
    }
}

/// The listener goes after each octet in turn. A message whose taking over it could not tell any
/// more may come again.
async fn cut_listener(protocol: Protocol, target: Target) {
    let rig = Rig::start(protocol, target).await;
    let (_, all) = rig.whole_poll().await;
    for end in (0..all).step_by(step()) {
        let batch = rig.fill(&format!("listener{end}"));
        rig.goal.sink.manner(|m| m.closes_after = Some(end));
        let connections = rig.goal.sink.connections();
        rig.poll().await;
        let tries = rig.goal.sink.connections() - connections;
        rig.goal.sink.manner(|m| m.closes_after = None);
        let second = rig.poll().await;
        let copies = rig.goal.copies(&batch);
        assert!(copies.iter().all(|n| *n > 0), "after {end}: {copies:?}");
        let extra = copies.iter().sum::<usize>() - copies.len();
        assert!(
            extra <= tries,
            "after {end} of {all}: {copies:?} {second:?}"
        );
        rig.is_emptied(end, &second);
    }
}

fn step() -> usize {
    if is_long() { 1 } else { STEP }
}

/// Servers and a place for the state of an engine in this process.
struct Rig {
    server: Server,
    goal: Goal,
    home: TempDir,
    rc: String,
}

impl Rig {
    async fn start(protocol: Protocol, target: Target) -> Self {
        let server = Server::start().await;
        let home = tempfile::tempdir().unwrap();
        let goal = Goal::new(target, home.path()).await;
        server.store.add_user("ada", "secret");
        server.manner(|m| m.offers_starttls = false);
        for name in ["in", "out"] {
            std::fs::create_dir(home.path().join(name)).unwrap();
        }
        let rc = rc(&server, protocol, &goal);
        Self {
            server,
            goal,
            home,
            rc,
        }
    }

    /// An undisturbed poll; how many octets the server and the listener said.
    async fn whole_poll(&self) -> (u64, u64) {
        let batch = self.fill("whole");
        let (server, sink) = (Trap::counting(), Trap::counting());
        self.server.manner(|m| m.trap = Some(server.clone()));
        self.goal.sink.manner(|m| m.trap = Some(sink.clone()));
        let after = self.poll().await;
        self.server.manner(|m| m.trap = None);
        self.goal.sink.manner(|m| m.trap = None);
        assert_eq!(self.goal.copies(&batch), [1; 3], "{after:?}");
        (server.count(Deed::Sent), sink.count(Deed::Sent))
    }

    /// Three new messages on the server, and earlier mail out of the way.
    fn fill(&self, name: &str) -> Batch {
        self.goal.clear();
        let batch = Batch::three(name);
        let messages = batch.messages.iter().cloned();
        self.server.store.add("ada", "INBOX", messages);
        batch
    }

    /// Polls once.
    async fn poll(&self) -> Snapshot {
        let env = |name: &str| (name == "HOME").then(|| self.home.path().into());
        let options = Options {
            source: Source {
                file: File::Text(self.rc.clone().into_bytes()),
                overrides: Overrides::default(),
                servers: Vec::new(),
                user: "ada".to_owned(),
                is_root: false,
            },
            rhythm: Rhythm::Once,
            only_check: false,
            serial: false,
            asks: Asks::Nobody,
            keyring: false,
            places: Places::from_env(env, 1000, |_| None).unwrap(),
            program: PathBuf::from(env!("CARGO_BIN_EXE_postrider")),
            world: World::system(),
        };
        let (handle, mut events) = engine::start(&tokio::runtime::Handle::current(), options);
        loop {
            match events.recv().await {
                Ok(Event::Ended) | Err(RecvError::Closed) => return handle.snapshot(),
                _ => {}
            }
        }
    }

    /// Nothing is left on the server or half written, and the last poll was content.
    fn is_emptied(&self, end: u64, after: &Snapshot) {
        let left = self.server.store.count("ada", "INBOX");
        assert_eq!(left, 0, "after {end}: {after:?}");
        let trouble = after.accounts.iter().find_map(|a| a.trouble.as_ref());
        assert_eq!(trouble, None, "after {end}");
        let leftovers = self.goal.leftovers();
        assert_eq!(leftovers, [] as [PathBuf; 0], "after {end}");
    }
}
