//! The files of the person: read, read again when they have changed, written when asked.
//!
//! A configuration that cannot be used never takes the place of one that can: the old accounts
//! are polled on, and everybody is told what is wrong (threats.md section 5).

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Scheduler;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::saving::{Version, Which};
use crate::engine::api::{Event, Halt, Snapshot, What};
use crate::engine::handle::Rhythm;
use crate::engine::poll::Surroundings;
use crate::engine::source::Loaded;
use crate::store::{Lock, LockError, Record};

/// How often a lock that another program holds is tried again (desktop only).
const LOCK_AGAIN: Duration = Duration::from_secs(15);
/// How often an idle desktop looks whether the files have changed.
const LOOK: Duration = Duration::from_millis(1500);
/// How long a change must have stood still before it is read: editors write in several steps.
const SETTLED: Duration = Duration::from_millis(250);
/// The rhythm of the desktop when the file has none.
const DESKTOP_INTERVAL: u32 = 600;

impl Scheduler {
    /// Reads the files and replaces the accounts. Files that have become bad leave the old
    /// accounts in force.
    pub(super) async fn load(&mut self) {
        self.seen = self.options.source.seen(&self.options.places);
        self.unsettled = None;
        self.look_again(LOOK);
        let halted = match self.options.source.load(&self.options.places) {
            Err(halt) => Some((halt, Vec::new())),
            Ok(loaded) => match self.prepare(&loaded).await {
                Err(halt) => Some((halt, loaded.advice)),
                Ok(()) => {
                    self.adopt(loaded).await;
                    None
                }
            },
        };
        if let Some((halt, advice)) = halted {
            self.halt(halt, advice);
        }
    }

    /// Reads the files if they are not as they were.
    pub(super) async fn load_if_changed(&mut self) {
        if self.options.source.seen(&self.options.places) != self.seen {
            self.board.tell(Event::RcChanged);
            self.load().await;
        }
    }

    /// Something is due. A daemon looks at the files before it polls, as fetchmail does; the
    /// desktop looks all the time.
    pub(super) async fn time_has_come(&mut self) {
        let now = Instant::now();
        if self.lock_again.is_some_and(|at| at <= now) {
            self.lock_again = None;
            self.load().await;
        } else if self.look.is_none() {
            self.load_if_changed().await;
        } else if self.look.is_some_and(|at| at <= now) {
            self.look().await;
        }
    }

    async fn look(&mut self) {
        let seen = self.options.source.seen(&self.options.places);
        if seen == self.seen {
            self.unsettled = None;
            self.look_again(LOOK);
        } else if self.unsettled == Some(seen) {
            self.load_if_changed().await;
        } else {
            self.unsettled = Some(seen);
            self.look_again(SETTLED);
        }
    }

    fn look_again(&mut self, after: Duration) {
        if self.options.rhythm == Rhythm::Desktop {
            self.look = Some(Instant::now() + after);
        }
    }

    /// The lock and the record, once.
    async fn prepare(&mut self, loaded: &Loaded) -> Result<(), Halt> {
        let globals = &loaded.config.globals;
        let seconds = match self.options.rhythm {
            Rhythm::Once => 0,
            Rhythm::Daemon(seconds) => seconds.unwrap_or(globals.daemon),
            Rhythm::Desktop if globals.daemon > 0 => globals.daemon,
            Rhythm::Desktop => DESKTOP_INTERVAL,
        };
        let places = &self.options.places;
        let interval = (seconds > 0).then_some(seconds);
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
                secrets: self.secrets.clone(),
                own_name: self.own_name.clone(),
                program: Arc::new(self.options.program.clone()),
                is_root: self.options.source.is_root,
                only_check: self.options.only_check,
            });
        }
        if let Some(around) = &mut self.around {
            around.globals = Arc::new(globals.clone());
        }
        self.interval = seconds;
        self.board.set_interval(seconds);
        Ok(())
    }

    /// Says why nothing is polled, or, where accounts are in force, why what is in the files now
    /// is not taken.
    fn halt(&mut self, halt: Halt, advice: Vec<String>) {
        if matches!(halt, Halt::Locked { .. }) && self.options.rhythm == Rhythm::Desktop {
            self.lock_again = Some(Instant::now() + LOCK_AGAIN);
        }
        let before = self.board.snapshot();
        let rc_path = self.options.source.name();
        self.board.load(if self.slots.is_empty() {
            Snapshot {
                halted: Some(halt),
                stale: None,
                advice,
                rc_path,
                ..before
            }
        } else {
            Snapshot {
                stale: Some(halt),
                ..before
            }
        });
    }

    /// To be said when a file that was bad, or just another one, has taken effect.
    pub(super) fn say_taken(&self, before: &Snapshot) {
        if before.stale.is_some() {
            let text = gettext("{path} is in order again, and is in force from now on.");
            let path = self.options.source.name();
            let note = What::Note(fill(&text, &[("path", &path)]));
            self.board.log(None, note);
        }
    }

    pub(super) async fn save(&mut self, version: Version, which: Which) {
        let (source, places) = (self.options.source.clone(), self.options.places.clone());
        let work = tokio::task::spawn_blocking(move || source.save(&version, which, &places));
        match work.await {
            Ok(saved) => {
                let is_new = saved.result.is_ok() && which != Which::Draft && !self.is_ending;
                self.board.tell(Event::Saved(saved));
                if is_new {
                    self.load().await;
                }
            }
            Err(error) => tracing::error!(%error, "a save broke"),
        }
    }
}

fn refused_lock(error: LockError) -> Halt {
    match error {
        LockError::Held { holder } => Halt::Locked { pid: holder.pid },
        other => Halt::State(other.to_string()),
    }
}
