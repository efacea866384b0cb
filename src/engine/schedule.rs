//! When which account is polled: due times, back-off, limits, commands, the lock, the rc file.

mod cycle;
mod facts;
mod gather;
mod reading;
mod slot;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::api::saving::Which;
use super::api::{AccountId, Command, Event};
use super::board::Board;
use super::handle::{Options, Rhythm};
use super::jobs::{Context, First, Jobs};
use super::poll::{Ended, Surroundings};
use super::secrets::Secrets;
use super::source::Seen;
use crate::net::host;
use crate::store::Lock;
use slot::Slot;

/// Polls running at once.
const POLLS: usize = 32;
/// Longest wait for the own host name.
const NAME_WAIT: Duration = Duration::from_secs(5);

/// Polls of the same mailbox never overlap: host, service, user.
type MailboxKey = (String, Option<String>, Vec<u8>);

/// The engine's only long-lived task.
pub struct Scheduler {
    options: Options,
    board: Board,
    commands: mpsc::UnboundedReceiver<Command>,
    slots: Vec<Slot>,
    polls: JoinSet<(AccountId, Ended)>,
    places: Arc<Semaphore>,
    mailboxes: HashMap<MailboxKey, Arc<Mutex<()>>>,
    around: Option<Surroundings>,
    /// Passwords, for polls and jobs.
    secrets: Arc<Secrets>,
    jobs: Jobs,
    /// Asks for passwords before the first poll; gives the account that stops everything.
    gathering: JoinSet<Option<AccountId>>,
    /// Accounts that were written and are not read yet, and how they begin.
    firsts: Vec<First>,
    /// The files as they were when they were read last, well or not.
    seen: Seen,
    /// A change that is not taken yet: somebody may still be writing.
    unsettled: Option<Seen>,
    /// When to look at the files again (desktop only).
    look: Option<Instant>,
    lock: Option<Lock>,
    lock_again: Option<Instant>,
    /// Seconds between polls of an account; 0: never by itself.
    interval: u32,
    own_name: Arc<str>,
    /// Nothing is polled by itself.
    is_paused: bool,
    /// Accounts whose polls are listened to, or all.
    recorded: HashSet<AccountId>,
    records_all: bool,
    /// No command will come any more.
    is_deaf: bool,
    is_ending: bool,
}

#[cfg(test)]
mod tests;

impl Scheduler {
    /// A scheduler that has not begun.
    pub fn new(options: Options, board: Board, commands: mpsc::UnboundedReceiver<Command>) -> Self {
        let places = if options.serial { 1 } else { POLLS };
        let secrets = Arc::new(Secrets::new(&options, board.clone()));
        Self {
            options,
            board,
            commands,
            slots: Vec::new(),
            polls: JoinSet::new(),
            places: Arc::new(Semaphore::new(places)),
            mailboxes: HashMap::new(),
            around: None,
            secrets,
            jobs: Jobs::default(),
            gathering: JoinSet::new(),
            firsts: Vec::new(),
            seen: Seen::default(),
            unsettled: None,
            look: None,
            lock: None,
            lock_again: None,
            interval: 0,
            own_name: "localhost".into(),
            is_paused: false,
            recorded: HashSet::new(),
            records_all: false,
            is_deaf: false,
            is_ending: false,
        }
    }

    /// Runs until told to end, or until a single cycle is over.
    pub async fn run(mut self) {
        let name = tokio::task::spawn_blocking(host::own_name);
        if let Ok(Ok(name)) = tokio::time::timeout(NAME_WAIT, name).await {
            self.own_name = name.into();
        }
        self.load().await;
        self.gather();
        let mut was_busy = true;
        while !(self.is_ending && self.polls.is_empty() && self.jobs.is_empty()) {
            self.start_due();
            let is_busy = !self.polls.is_empty() || !self.gathering.is_empty();
            if was_busy && !is_busy {
                self.board.tell(Event::CycleEnded);
            }
            was_busy = is_busy;
            if !is_busy && self.jobs.is_empty() && (self.is_ending || self.is_once()) {
                break;
            }
            self.wait().await;
        }
        self.end().await;
    }

    async fn wait(&mut self) {
        let due = self.next_due();
        tokio::select! {
            command = self.commands.recv(), if !self.is_deaf => match command {
                Some(command) => self.obey(command).await,
                None => {
                    self.is_deaf = true;
                    self.shut_down();
                }
            },
            Some(done) = self.polls.join_next_with_id() => {
                // A poll that panicked is a bug; its account is told so and the others go on.
                match done {
                    Ok((task, (id, ended))) => self.poll_ended(task, &id, ended),
                    Err(error) => self.poll_broke(&error),
                }
            }
            Some(done) = self.gathering.join_next(), if !self.gathering.is_empty() => {
                self.gathered(done);
            }
            Some(end) = self.jobs.next(), if !self.jobs.is_empty() => {
                self.firsts.extend(end.first);
                if end.reload && !self.is_ending {
                    self.load().await;
                }
            }
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                self.time_has_come().await;
            }
        }
    }

    async fn obey(&mut self, command: Command) {
        match command {
            // Nothing begins any more.
            Command::Check { .. } | Command::CheckOnce { .. } | Command::Reload
                if self.is_ending => {}
            Command::Check { ids } => self.check(ids.as_deref()).await,
            Command::Stop { ids } => self.stop(ids.as_deref()),
            Command::Record { ids, is_on } => self.record(ids, is_on),
            Command::Pause => self.set_paused(true),
            Command::Resume => self.set_paused(false),
            Command::Ack { ids } => self.acknowledge(ids.as_deref()),
            Command::Reload => self.load().await,
            Command::SaveLocal(version) => self.save(version, Which::Local).await,
            Command::SaveRc { version, which } => self.save(version, which).await,
            Command::CheckOnce { id, how } => self.check_once(&id, how).await,
            Command::Start { id, job } => {
                let context = Context {
                    options: Arc::new(self.options.clone()),
                    board: self.board.clone(),
                    secrets: self.secrets.clone(),
                    own_name: self.own_name.clone(),
                    around: self.around.clone(),
                    id,
                    stop: CancellationToken::new(),
                };
                self.jobs.start(context, *job);
            }
            Command::Cancel(id) => self.jobs.cancel(id),
            Command::Answer { id, value } => self.secrets.answer(id, value),
            Command::Shutdown => self.shut_down(),
        }
    }

    fn is_once(&self) -> bool {
        match self.options.rhythm {
            Rhythm::Once => true,
            Rhythm::Daemon(_) => self.interval == 0 || self.slots.is_empty(),
            Rhythm::Desktop => false,
        }
    }

    fn next_due(&self) -> Option<Instant> {
        if self.is_ending {
            return None;
        }
        let slots = self.slots.iter();
        let slots = slots.filter(|slot| slot.running.is_none() && self.may_begin(slot));
        slots
            .filter_map(|slot| slot.due)
            .chain(self.lock_again)
            .chain(self.look)
            .min()
    }

    /// Ends all polls; `run` returns when they have.
    fn shut_down(&mut self) {
        self.is_ending = true;
        for slot in &mut self.slots {
            slot.due = None;
        }
        self.jobs.cancel_all();
        self.gathering.abort_all();
        self.stop(None);
    }

    /// Whoever hears that the engine has ended finds record and mailboxes free.
    async fn end(mut self) {
        if let Some(around) = self.around.take()
            && let Err(error) = around.record.checkpoint().await
        {
            tracing::error!(%error, "the record could not be written at the end");
        }
        drop(self.lock.take());
        self.board.tell(Event::Ended);
    }
}
