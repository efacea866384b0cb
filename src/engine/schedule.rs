//! When which account is polled: due times, back-off, limits, commands, the lock, the rc file.

mod cycle;
mod slot;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::api::saving::{Version, Which};
use super::api::{AccountId, Command, Event, Halt, Snapshot};
use super::board::Board;
use super::handle::{Options, Rhythm};
use super::poll::{Ended, Surroundings};
use super::secrets::Secrets;
use super::source::Loaded;
use crate::net::host;
use crate::store::rcfile::Stamp;
use crate::store::{Lock, LockError, Record};
use slot::Slot;

/// Polls running at once.
const POLLS: usize = 32;
/// How often a lock that another program holds is tried again (desktop only).
const LOCK_AGAIN: Duration = Duration::from_secs(15);
/// The rhythm of the desktop when the file has none.
const DESKTOP_INTERVAL: u32 = 600;
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
    stamp: Option<Stamp>,
    lock: Option<Lock>,
    lock_again: Option<Instant>,
    /// Seconds between polls of an account; 0: never by itself.
    interval: u32,
    own_name: Arc<str>,
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
        Self {
            options,
            board,
            commands,
            slots: Vec::new(),
            polls: JoinSet::new(),
            places: Arc::new(Semaphore::new(places)),
            mailboxes: HashMap::new(),
            around: None,
            stamp: None,
            lock: None,
            lock_again: None,
            interval: 0,
            own_name: "localhost".into(),
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
        let mut was_busy = true;
        while !(self.is_ending && self.polls.is_empty()) {
            self.start_due();
            let is_busy = !self.polls.is_empty();
            if was_busy && !is_busy {
                self.board.tell(Event::CycleEnded);
            }
            was_busy = is_busy;
            if !is_busy && (self.is_ending || self.is_once()) {
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
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                self.time_has_come().await;
            }
        }
    }

    async fn obey(&mut self, command: Command) {
        match command {
            // Nothing begins any more.
            Command::Check { .. } | Command::Reload if self.is_ending => {}
            Command::Check { ids } => self.check(ids.as_deref()).await,
            Command::Stop { ids } => self.stop(ids.as_deref()),
            Command::Ack { ids } => self.acknowledge(ids.as_deref()),
            Command::Reload => self.load().await,
            Command::SaveRc { version, which } => self.save(version, which).await,
            Command::Shutdown => self.shut_down(),
        }
    }

    /// Reads the rc file and replaces the accounts. A file that has become bad leaves the old
    /// accounts in place (threats.md section 5) and says so.
    async fn load(&mut self) {
        let halted = match self.options.source.load() {
            Err(halt) => Some((halt, Vec::new())),
            Ok(loaded) => {
                let advice = loaded.advice.clone();
                match self.prepare(&loaded).await {
                    Err(halt) => Some((halt, advice)),
                    Ok(()) => {
                        self.stamp = loaded.stamp;
                        self.adopt(loaded);
                        None
                    }
                }
            }
        };
        if let Some((halt, advice)) = halted {
            self.halt(halt, advice);
        }
    }

    async fn save(&mut self, version: Version, which: Which) {
        let source = self.options.source.clone();
        let work = tokio::task::spawn_blocking(move || source.save(&version, which));
        match work.await {
            Ok(saved) => {
                let is_new = saved.result.is_ok() && which == Which::Rc && !self.is_ending;
                self.board.tell(Event::Saved(saved));
                if is_new {
                    self.load().await;
                }
            }
            Err(error) => tracing::error!(%error, "a save broke"),
        }
    }

    /// The lock and the record, once.
    async fn prepare(&mut self, loaded: &Loaded) -> Result<(), Halt> {
        let globals = &loaded.config.globals;
        self.interval = match self.options.rhythm {
            Rhythm::Once => 0,
            Rhythm::Daemon(seconds) => seconds.unwrap_or(globals.daemon),
            Rhythm::Desktop if globals.daemon > 0 => globals.daemon,
            Rhythm::Desktop => DESKTOP_INTERVAL,
        };
        self.board.set_interval(self.interval);
        let places = &self.options.places;
        let interval = (self.interval > 0).then_some(self.interval);
        match &self.lock {
            Some(lock) => lock.set_interval(interval).map_err(refused_lock)?,
            None => {
                let path = globals.pidfile.clone().unwrap_or_else(|| places.pidfile());
                // It waits for others that are just starting or ending.
                let taken = tokio::task::spawn_blocking(move || Lock::take(&path, interval)).await;
                let lock = taken.map_err(|error| Halt::State(error.to_string()))?;
                self.lock = Some(lock.map_err(refused_lock)?);
                self.lock_again = None;
            }
        }
        if self.around.is_none() {
            let idfile = globals.idfile.clone().unwrap_or_else(|| places.idfile());
            let state = places.state_dir.clone();
            let opened = tokio::task::spawn_blocking(move || Record::open(&idfile, &state)).await;
            let record = opened
                .map_err(|error| Halt::State(error.to_string()))?
                .map_err(|error| Halt::State(error.to_string()))?;
            self.around = Some(Surroundings {
                globals: Arc::new(globals.clone()),
                record: Arc::new(record),
                board: self.board.clone(),
                secrets: Arc::new(Secrets::new(places.netrc())),
                own_name: self.own_name.clone(),
                program: Arc::new(self.options.program.clone()),
                is_root: self.options.source.is_root,
                only_check: self.options.only_check,
            });
        }
        if let Some(around) = &mut self.around {
            around.globals = Arc::new(globals.clone());
        }
        Ok(())
    }

    fn halt(&mut self, halt: Halt, advice: Vec<String>) {
        if matches!(halt, Halt::Locked { .. }) && self.options.rhythm == Rhythm::Desktop {
            self.lock_again = Some(Instant::now() + LOCK_AGAIN);
        }
        let before = self.board.snapshot();
        let rc_path = self.options.source.name();
        self.board.load(Snapshot {
            halted: Some(halt),
            advice,
            rc_path,
            ..before
        });
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
        let slots = self.slots.iter().filter(|slot| slot.running.is_none());
        slots
            .filter_map(|slot| slot.due)
            .chain(self.lock_again)
            .min()
    }

    async fn time_has_come(&mut self) {
        let now = Instant::now();
        // A file that was bad may have been put back as it was.
        let is_halted = self.board.snapshot().halted.is_some();
        let has_changed = self.options.source.has_changed(self.stamp.as_ref());
        if is_halted || has_changed || self.lock_again.is_some_and(|at| at <= now) {
            self.lock_again = None;
            self.load().await;
        }
    }

    /// Ends all polls; `run` returns when they have.
    fn shut_down(&mut self) {
        self.is_ending = true;
        for slot in &mut self.slots {
            slot.due = None;
        }
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

fn refused_lock(error: LockError) -> Halt {
    match error {
        LockError::Held { holder } => Halt::Locked { pid: holder.pid },
        other => Halt::State(other.to_string()),
    }
}
