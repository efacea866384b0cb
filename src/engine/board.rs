//! What everybody sees: one snapshot, changed in one place, each change told as an event.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::broadcast;

use super::api::{AccountId, AccountStatus, Entry, Event, Snapshot, What};

/// Shortest time between two progress events of an account.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);
/// Events kept for a slow listener; one that falls further behind asks for a snapshot.
const BACKLOG: usize = 4096;

/// The snapshot and the stream of its changes. Cheap to clone.
#[derive(Clone)]
pub struct Board {
    shared: Arc<Mutex<Shared>>,
    events: broadcast::Sender<Event>,
}

#[derive(Default)]
struct Shared {
    snapshot: Snapshot,
    interval: u32,
    told: HashMap<AccountId, Instant>,
}

impl Default for Board {
    fn default() -> Self {
        Self {
            shared: Arc::default(),
            events: broadcast::channel(BACKLOG).0,
        }
    }
}

impl Board {
    /// The events from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// How things stand.
    pub fn snapshot(&self) -> Snapshot {
        self.lock().snapshot.clone()
    }

    /// Seconds between polls; 0 when there is only one.
    pub fn interval(&self) -> u32 {
        self.lock().interval
    }

    /// Says how often accounts are polled.
    pub fn set_interval(&self, seconds: u32) {
        self.lock().interval = seconds;
    }

    /// Replaces everything after the rc file was read.
    pub fn load(&self, snapshot: Snapshot) {
        self.lock().snapshot = snapshot.clone();
        self.tell(Event::Loaded(snapshot));
    }

    /// Says whether anything is polled by itself.
    pub fn set_paused(&self, is_paused: bool) {
        self.lock().snapshot.is_paused = is_paused;
        self.tell(Event::Paused(is_paused));
    }

    /// Changes one account and tells it at once.
    pub fn change(&self, id: &AccountId, change: impl FnOnce(&mut AccountStatus)) {
        self.update(id, true, change);
    }

    /// Changes one account and tells it unless something was told less than 100 ms ago.
    pub fn progress(&self, id: &AccountId, change: impl FnOnce(&mut AccountStatus)) {
        self.update(id, false, change);
    }

    /// One line for the activity log.
    pub fn log(&self, id: Option<&AccountId>, what: What) {
        self.tell(Event::Activity(Entry {
            at: SystemTime::now(),
            id: id.cloned(),
            what,
        }));
    }

    /// An event that changes nothing in the snapshot.
    pub fn tell(&self, event: Event) {
        // No listener is no trouble: the snapshot stays.
        let _ = self.events.send(event);
    }

    fn update(&self, id: &AccountId, at_once: bool, change: impl FnOnce(&mut AccountStatus)) {
        let mut shared = self.lock();
        let Some(status) = shared.snapshot.accounts.iter_mut().find(|a| a.id == *id) else {
            return;
        };
        change(status);
        let status = status.clone();
        let now = Instant::now();
        let is_due = shared
            .told
            .get(id)
            .is_none_or(|last| now - *last >= PROGRESS_EVERY);
        if at_once || is_due {
            shared.told.insert(id.clone(), now);
            drop(shared);
            self.tell(Event::Account(status));
        }
    }

    /// A panic elsewhere while the lock was held leaves plain data behind: it is still good.
    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::api::State;

    #[test]
    fn progress_is_merged_and_changes_are_not() {
        let id = AccountId {
            label: "l".into(),
            user: "u".into(),
            ordinal: 0,
        };
        let status = AccountStatus::fresh(id.clone(), State::Idle, String::new());
        let board = Board::default();
        board.load(Snapshot {
            accounts: vec![status],
            ..Snapshot::default()
        });
        let mut events = board.subscribe();
        for done in 1..=1000 {
            board.progress(&id, |a| a.progress.done = done);
        }
        board.change(&id, |a| a.state = State::Fetching);
        let mut told = Vec::new();
        while let Ok(Event::Account(status)) = events.try_recv() {
            told.push((status.progress.done, status.state));
        }
        assert!(told.len() < 100, "{} events", told.len());
        assert_eq!(told.last(), Some(&(1000, State::Fetching)));
        assert_eq!(board.snapshot().accounts[0].progress.done, 1000);
    }
}
