//! A mail server, a home with the program in it, and a goal: for crashes of a short poll.

use std::path::Path;

use super::batch::Batch;
use super::goal::Goal;
use super::{Protocol, Target, rc};
use crate::support::home::{Ended, Home};
use crate::support::journey::program;
use crate::support::server::Server;
use crate::support::store::Stored;

pub struct Rig {
    pub server: Server,
    pub goal: Goal,
    pub home: Home,
}

impl Rig {
    /// `more` are words behind the entry of the rc file.
    pub async fn start(protocol: Protocol, target: Target, more: &str) -> Self {
        let (server, home) = (Server::start().await, Home::in_memory());
        let goal = Goal::new(target, home.path()).await;
        server.store.add_user("ada", "secret");
        server.manner(|m| m.offers_starttls = false);
        home.rc(&format!("{}{more}", rc(&server, protocol, &goal)));
        if target == Target::Mda {
            home.dir("in");
            home.dir("out");
        }
        Self { server, goal, home }
    }

    /// Three messages in the mailbox, and what the server knows of them.
    pub fn fill(&self, name: &str) -> (Batch, Vec<Stored>) {
        let batch = Batch::three(name);
        let store = &self.server.store;
        store.with("ada", "INBOX", |folder| folder.messages.clear());
        store.add("ada", "INBOX", batch.messages.iter().cloned());
        (batch, store.messages("ada", "INBOX"))
    }

    /// Polls undisturbed.
    pub async fn run(&self) -> Ended {
        let ended = self.home.run(program(), &["fetch"]).await;
        assert!(matches!(ended.status, 0 | 1), "{ended:?}");
        ended
    }

    /// After the last poll: all there, whole, and no more than `extra` of them in excess.
    pub async fn judge(&self, batch: &Batch, extra: usize, about: &str) {
        let copies = self.goal.copies(batch);
        assert!(copies.iter().all(|n| *n > 0), "lost: {copies:?}, {about}");
        let found = copies.iter().sum::<usize>() - copies.len();
        assert!(found <= extra, "{copies:?}, {about}");
        assert_eq!(self.server.store.count("ada", "INBOX"), 0, "{about}");
        if !self.goal.leftovers().is_empty() {
            // Second names of what was delivered, if nothing has been since: they go then.
            self.fill("later");
            self.run().await;
        }
        assert_eq!(self.goal.leftovers(), [] as [&Path; 0], "{about}");
    }
}
