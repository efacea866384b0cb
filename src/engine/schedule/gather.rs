//! Passwords that only a person knows are asked for in a terminal before the first poll, as
//! fetchmail does; without a terminal a missing one means that nothing is polled (cli.md section 5).

use std::sync::Arc;

use tokio::task::JoinError;

use super::Scheduler;
use crate::engine::api::{AccountId, Halt, Snapshot};
use crate::engine::handle::Asks;
use crate::engine::session;

impl Scheduler {
    /// Begins to ask. No poll starts until it is over.
    pub(super) fn gather(&mut self) {
        if !matches!(self.options.asks, Asks::First { .. }) {
            return;
        }
        let polled = self.slots.iter().filter(|slot| slot.due.is_some());
        let polled = polled.filter(|slot| {
            let is_refused = slot.unsupported.is_some() || slot.account.local.refusal.is_some();
            !is_refused && session::needs_password(&slot.account)
        });
        let accounts: Vec<_> = polled.map(|slot| Arc::clone(&slot.account)).collect();
        let (secrets, board) = (self.secrets.clone(), self.board.clone());
        self.gathering
            .spawn(async move { secrets.gather(&accounts, &board).await });
    }

    /// It is over: polls may start, or nothing is polled for want of this account's password.
    pub(super) fn gathered(&mut self, done: Result<Option<AccountId>, JoinError>) {
        match done {
            Ok(None) => {}
            Ok(Some(id)) => {
                self.board.load(Snapshot {
                    halted: Some(Halt::NoPassword(id)),
                    advice: Vec::new(),
                    ..self.board.snapshot()
                });
                self.shut_down();
            }
            Err(error) if error.is_cancelled() => {}
            Err(error) => tracing::error!(%error, "passwords could not be asked for"),
        }
    }
}
