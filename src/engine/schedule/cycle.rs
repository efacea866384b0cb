//! Polls begin and end: what the scheduler does between two waits.

use std::sync::Arc;
use std::time::SystemTime;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use super::slot::{Slot, pause};
use super::{MailboxKey, Scheduler};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::{AccountId, Cause, Event, Once, Snapshot, State, Trouble, What, Who};
use crate::engine::handle::Rhythm;
use crate::engine::poll::{self, Ended, Order, Surroundings, Way, pop3_mailbox};
use crate::engine::source::Loaded;
use crate::engine::transcript::Recording;
use crate::engine::trouble::{Fault, status};
use crate::rc::Account;
use crate::rc::account::Protocol;
use crate::store::record::Entry;

impl Scheduler {
    /// Takes over a configuration. Accounts that stay keep their status and their running poll;
    /// polls of accounts that went are stopped.
    pub(super) async fn adopt(&mut self, loaded: Loaded) {
        let before = self.board.snapshot();
        let mut old = std::mem::take(&mut self.slots);
        let (now, interval) = (Instant::now(), self.interval);
        let is_named = !self.options.source.servers.is_empty();
        for account in loaded.config.accounts {
            let unsupported = loaded
                .config
                .unsupported
                .iter()
                .find(|(id, _)| *id == account.id);
            let known = old.iter().position(|slot| slot.account.id == account.id);
            let known = known.map(|at| old.swap_remove(at));
            let is_desktop = self.options.rhythm == Rhythm::Desktop;
            let is_paused = is_desktop && account.local.pause;
            let own_interval = account.local.every.filter(|_| is_desktop);
            let is_on = account.is_active || is_desktop && account.local.watch;
            let is_due = (is_on || is_named) && !is_paused;
            let fails = before
                .accounts
                .iter()
                .any(|a| a.id == account.id && a.trouble.is_some());
            self.slots.push(Slot {
                is_on,
                is_paused,
                own_interval,
                is_asked: known.as_ref().is_some_and(|slot| slot.is_asked),
                way: match &known {
                    Some(slot) => slot.way,
                    None => self.first_way(&account),
                },
                fetch_all: known.as_ref().is_some_and(|slot| slot.fetch_all),
                unsupported: unsupported.map(|(_, word)| word.clone()),
                running: known.as_ref().and_then(|slot| slot.running.clone()),
                task: known.as_ref().and_then(|slot| slot.task),
                due: match known {
                    _ if !is_due => None,
                    // What has kept it from succeeding may be mended: no longer wait.
                    Some(slot) if slot.running.is_none() && fails && *slot.account != account => {
                        Some(now)
                    }
                    Some(slot) if slot.due.is_some() || slot.running.is_some() => {
                        // The file may ask for a shorter interval now.
                        let (interval, every) = match own_interval {
                            Some(own) => (own, 1),
                            None => (interval, account.interval),
                        };
                        let rest = pause(interval, every, None);
                        let longest = rest.filter(|_| !fails).map(|rest| now + rest);
                        slot.due.map(|due| longest.map_or(due, |at| due.min(at)))
                    }
                    _ => Some(now),
                },
                account: Arc::new(account),
            });
        }
        self.begin_new().await;
        for gone in old {
            if let Some(stop) = gone.running {
                stop.cancel();
            }
        }
        let status = |slot: &Slot| {
            let known = before.accounts.iter().find(|a| a.id == slot.account.id);
            let fresh = slot.fresh_status();
            match known {
                Some(known) if known.state != State::Skipped && slot.is_on => {
                    crate::engine::api::AccountStatus {
                        target: fresh.target,
                        server: fresh.server,
                        next_check: later(slot, now),
                        ..known.clone()
                    }
                }
                _ => crate::engine::api::AccountStatus {
                    next_check: later(slot, now),
                    ..fresh
                },
            }
        };
        self.board.load(Snapshot {
            accounts: self.slots.iter().map(status).collect(),
            halted: None,
            stale: None,
            advice: loaded.advice,
            rc_path: self.options.source.name(),
            interval: self.interval,
            is_paused: self.is_paused,
        });
        self.say_taken(&before);
    }

    /// Starts every account whose time has come.
    pub(super) fn start_due(&mut self) {
        if self.is_ending || !self.gathering.is_empty() {
            return;
        }
        let now = Instant::now();
        for at in 0..self.slots.len() {
            let slot = &self.slots[at];
            let is_due = slot.due.is_some_and(|due| due <= now);
            if slot.running.is_none() && is_due && self.may_begin(slot) {
                self.start(at);
            }
        }
    }

    /// Whether its turn counts now.
    pub(super) fn may_begin(&self, slot: &Slot) -> bool {
        slot.is_asked || !self.is_paused
    }

    /// Polls nothing by itself from now on, or does again.
    pub(super) fn set_paused(&mut self, is_paused: bool) {
        self.is_paused = is_paused;
        self.board.set_paused(is_paused);
    }

    /// Tells what is said in polls that begin from now on, or no longer.
    pub(super) fn record(&mut self, ids: Option<Vec<AccountId>>, is_on: bool) {
        match (ids, is_on) {
            (None, true) => self.records_all = true,
            (None, false) => {
                self.records_all = false;
                self.recorded.clear();
            }
            (Some(ids), true) => self.recorded.extend(ids),
            (Some(ids), false) => self.recorded.retain(|id| !ids.contains(id)),
        }
    }

    fn start(&mut self, at: usize) {
        let Some(around) = self.around.clone() else {
            return;
        };
        let is_once = self.is_once();
        let slot = &mut self.slots[at];
        let stop = CancellationToken::new();
        slot.running = Some(stop.clone());
        slot.due = None;
        let mut account = slot.account.clone();
        if std::mem::take(&mut slot.fetch_all) {
            Arc::make_mut(&mut account).fetch_all = true;
        }
        let order = Order {
            way: slot.way,
            account: account.clone(),
            unsupported: slot.unsupported.clone(),
            is_asked: std::mem::take(&mut slot.is_asked) || is_once,
        };
        let key: MailboxKey = (
            account.host.clone(),
            account.service.clone(),
            account.user.clone(),
        );
        let mailbox = self.mailboxes.entry(key).or_default().clone();
        let places = self.places.clone();
        self.board.change(&account.id, |a| {
            a.state = State::Queued;
            a.next_check = None;
        });
        let is_recorded = self.records_all || self.recorded.contains(&account.id);
        let recording = is_recorded.then(|| Recording::begin(&self.board, &account.id));
        let span = recording
            .as_ref()
            .map_or_else(Span::none, |r| r.span.clone());
        let poll = async move {
            // Closed never: the semaphore lives as long as the scheduler.
            let turn = async { (places.acquire_owned().await, mailbox.lock_owned().await) };
            let ended = tokio::select! {
                (_place, turn) = turn => {
                    poll::run(&around, &order, &stop, turn).await
                }
                () = stop.cancelled() => Ended::stopped(),
            };
            drop(recording);
            (account.id.clone(), ended)
        };
        let task = self.polls.spawn(poll.instrument(span));
        slot.task = Some(task.id());
    }

    /// Check Now: due at once; what is running goes on.
    pub(super) async fn check(&mut self, ids: Option<&[AccountId]>) {
        if self.board.snapshot().halted.is_some() {
            self.load().await;
        } else {
            self.load_if_changed().await;
        }
        for slot in &mut self.slots {
            let is_meant = match ids {
                Some(ids) => ids.contains(&slot.account.id),
                None => slot.is_scheduled(),
            };
            // One that is running goes on; the next one tries what this one may have left.
            slot.is_asked |= is_meant;
            if is_meant && slot.running.is_none() {
                slot.due = Some(Instant::now());
            }
        }
    }

    /// Polls one account in another way than it says, once.
    pub(super) async fn check_once(&mut self, id: &AccountId, how: Once) {
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.account.id == *id) else {
            return;
        };
        let watches = slot.account.local.watch && how == Once::FetchAll;
        if watches || self.options.only_check {
            let text = gettext("{account} is only watched: nothing is fetched or recorded.");
            let note = What::Note(fill(&text, &[("account", id)]));
            return self.board.log(Some(id), note);
        }
        match how {
            // Nothing is left to be marked then.
            Once::FetchAll => (slot.fetch_all, slot.way) = (true, Way::Usual),
            Once::MarkAllKnown => slot.way = Way::MarkKnown,
        }
        self.check(Some(std::slice::from_ref(id))).await;
    }

    /// New accounts begin with their first poll, also those that are polled only when asked for.
    async fn begin_new(&mut self) {
        let interval = self.interval;
        let mut awaited = Vec::new();
        for first in std::mem::take(&mut self.firsts) {
            let slot = self.slots.iter_mut();
            match slot.into_iter().find(|slot| slot.account.id == first.id) {
                Some(slot) => {
                    slot.way = first.way;
                    if first.way == Way::MarkKnown {
                        awaited.push(Entry::Awaited {
                            mailbox: pop3_mailbox(&slot.account),
                            is_open: true,
                        });
                    }
                    slot.due = match first.waits {
                        false => slot.due.or(Some(Instant::now())),
                        true if slot.due.is_none() => None,
                        true => slot.pause(interval, None).map(|rest| Instant::now() + rest),
                    };
                }
                // Not read yet: the files may be in order later.
                None => self.firsts.push(first),
            }
        }
        // Should we end before its first poll, the next run must not take old mail for new.
        if let Some(around) = self.around.as_ref().filter(|_| !awaited.is_empty())
            && let Err(error) = around.record.commit(awaited).await
        {
            tracing::warn!(%error, "a new account is not on record yet");
        }
    }

    /// How an account begins that was not here before: as it was to begin in an earlier run that did
    /// not come to it.
    fn first_way(&self, account: &Account) -> Way {
        let is_awaited = |around: &Surroundings| {
            let view = around.record.mailbox_view(&pop3_mailbox(account));
            account.protocol != Protocol::Imap && view.is_awaited()
        };
        match self.around.as_ref().is_some_and(is_awaited) && !self.options.only_check {
            true => Way::MarkKnown,
            false => Way::Usual,
        }
    }

    /// Tells running polls to end.
    pub(super) fn stop(&mut self, ids: Option<&[AccountId]>) {
        for slot in &self.slots {
            let is_meant = ids.is_none_or(|ids| ids.contains(&slot.account.id));
            if let (true, Some(stop)) = (is_meant, &slot.running) {
                stop.cancel();
            }
        }
    }

    /// The person has seen the new mail.
    pub(super) fn acknowledge(&mut self, ids: Option<&[AccountId]>) {
        for slot in &self.slots {
            if ids.is_none_or(|ids| ids.contains(&slot.account.id)) {
                self.board.change(&slot.account.id, |a| a.new = 0);
            }
        }
    }

    /// A poll has ended: tells everybody and plans the next one.
    pub(super) fn poll_ended(&mut self, task: tokio::task::Id, id: &AccountId, ended: Ended) {
        // Not by name: the account may have gone from the file and come back meanwhile.
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.task == Some(task)) else {
            return;
        };
        slot.task = None;
        slot.running = None;
        let before = self
            .board
            .snapshot()
            .accounts
            .into_iter()
            .find(|a| a.id == *id);
        let before = before.and_then(|a| a.trouble);
        let was_stopped = ended
            .fault
            .as_ref()
            .is_some_and(|f| f.cause == Cause::Stopped);
        let trouble = match ended.fault {
            Some(fault) if !was_stopped => Some(fault.follow(before.as_ref())),
            Some(_) => before,
            None => None,
        };
        let rest = if self.is_ending {
            None
        } else {
            slot.pause(self.interval, trouble.as_ref())
        };
        if slot.is_scheduled() {
            slot.due = rest.map(|rest| Instant::now() + rest);
        }
        if trouble.is_none() && !was_stopped && slot.way == ended.way {
            slot.way = Way::Usual;
        } else if slot.way != ended.way && !was_stopped {
            slot.due = Some(Instant::now());
        }
        if slot.fetch_all && !was_stopped {
            slot.due = Some(Instant::now());
        }
        if self.is_ending {
            slot.due = None;
        }
        let now = SystemTime::now();
        let next_check = slot.due.and(rest).map(|rest| now + rest);
        self.board.change(id, |a| {
            a.state = state_after(slot, trouble.as_ref());
            a.progress = ended.progress;
            if let Some(open) = ended.open {
                a.held = open.held;
                a.pending = open.pending;
            }
            a.last_check = Some(now);
            a.next_check = next_check;
            a.last_status = Some(ended.status);
            a.totals.checks += 1;
            a.totals.failures += u32::from(trouble.is_some() && !was_stopped);
            a.totals.successes += u32::from(ended.status == status::OK);
            if ended.delivered > 0 {
                a.last_new = Some(now);
            }
            a.trouble.clone_from(&trouble);
        });
        self.board.log(
            Some(id),
            match trouble {
                Some(trouble) if !was_stopped => What::Failed(trouble),
                _ => What::Finished {
                    count: ended.delivered,
                    bytes: ended.bytes,
                    took: ended.progress.elapsed,
                },
            },
        );
        if ended.delivered > 0 {
            self.board.tell(Event::Arrived {
                id: id.clone(),
                count: ended.delivered,
            });
        }
    }

    /// A poll panicked: a bug of ours, told as that account's trouble.
    pub(super) fn poll_broke(&mut self, error: &tokio::task::JoinError) {
        tracing::error!(%error, "a poll broke");
        let rest = pause(self.interval, 1, None);
        let Some(slot) = self
            .slots
            .iter_mut()
            .find(|slot| slot.task == Some(error.id()))
        else {
            return;
        };
        slot.running = None;
        slot.due = rest.map(|rest| Instant::now() + rest);
        let cause = Cause::Internal(error.to_string());
        let trouble = Fault::passing(cause, status::INTERNAL).follow(None);
        self.board.change(&slot.account.id, |a| {
            a.state = State::WillRetry;
            a.last_status = Some(status::INTERNAL);
            a.trouble = Some(trouble.clone());
        });
        self.board
            .log(Some(&slot.account.id), What::Failed(trouble));
    }
}

fn state_after(slot: &Slot, trouble: Option<&Trouble>) -> State {
    match trouble.map(|t| t.who) {
        Some(Who::You) => State::NeedsYou,
        Some(Who::Retry) => State::WillRetry,
        None if slot.is_on => State::Idle,
        None => State::Skipped,
    }
}

/// When it is polled by itself, if that is not now.
fn later(slot: &Slot, now: Instant) -> Option<SystemTime> {
    let due = slot.due.filter(|due| *due > now)?;
    Some(SystemTime::now() + (due - now))
}
