//! One account in the schedule.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::facts;
use crate::engine::api::{AccountStatus, State, Trouble};
use crate::engine::poll::{Way, target_words};
use crate::rc::Account;

/// An account and when it is polled.
pub struct Slot {
    /// As the file says.
    pub account: Arc<Account>,
    /// It has its turn: `poll`, or, in the desktop, watched; that stands as `skip` only so that other
    /// programs leave the account alone.
    pub is_on: bool,
    /// `pause` of `accounts.toml` holds (desktop): polled only when asked for.
    pub is_paused: bool,
    /// `every` of `accounts.toml` (desktop): seconds between polls.
    pub own_interval: Option<u32>,
    /// The next poll is one that somebody asked for.
    pub is_asked: bool,
    /// What its next poll does. It stays until a poll has done it.
    pub way: Way,
    /// Everything on the server is fetched again by the next poll, which is the only one to do so.
    pub fetch_all: bool,
    /// A keyword of it that this version cannot act on.
    pub unsupported: Option<String>,
    /// The running poll's stop.
    pub running: Option<CancellationToken>,
    /// The running poll's task, to know it by if it breaks.
    pub task: Option<tokio::task::Id>,
    /// When it is polled next by itself.
    pub due: Option<Instant>,
}

impl Slot {
    /// Whether it is polled without being asked for by name.
    pub fn is_scheduled(&self) -> bool {
        self.is_on && !self.is_paused
    }

    /// How long to wait after a poll, with the general interval given.
    pub fn pause(&self, interval: u32, trouble: Option<&Trouble>) -> Option<Duration> {
        match self.own_interval {
            Some(own) => pause(own, 1, trouble),
            None => pause(interval, self.account.interval, trouble),
        }
    }

    /// Its status before anything has happened.
    pub fn fresh_status(&self) -> AccountStatus {
        let state = match self.is_on {
            true => State::Idle,
            false => State::Skipped,
        };
        let target = target_words(&self.account.target);
        AccountStatus {
            server: facts::server(&self.account),
            ..AccountStatus::fresh(self.account.id.clone(), state, target)
        }
    }
}

/// How long to wait after a poll: the interval (every n-th, with `interval n`), and after
/// failures 1, 2, 5, 10, 15 ... minutes but at least a minute and at most four intervals. A
/// person's matter (a refused password) waits a whole interval times the number of tries, so
/// that no account gets locked by us (quirk Q11).
pub fn pause(interval: u32, every: u32, trouble: Option<&Trouble>) -> Option<Duration> {
    if interval == 0 {
        return None;
    }
    let normal = Duration::from_secs(u64::from(interval) * u64::from(every.max(1)));
    let longest = Duration::from_secs(u64::from(interval) * 4).max(normal);
    let Some(trouble) = trouble else {
        return Some(normal);
    };
    let minutes = match trouble.tries {
        0 | 1 => 1,
        2 => 2,
        n => (n - 2).saturating_mul(5),
    };
    let backed_off = Duration::from_secs(u64::from(minutes) * 60).min(longest);
    Some(match trouble.who {
        crate::engine::api::Who::Retry => backed_off,
        crate::engine::api::Who::You => (normal * trouble.tries.clamp(1, 4)).min(longest),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::api::{Cause, Who};

    #[test]
    fn pauses() {
        let check = |interval, every, trouble: Option<(Who, u32)>, expected: Option<u64>| {
            let trouble = trouble.map(|(who, tries)| Trouble {
                who,
                cause: Cause::Busy,
                words: String::new(),
                status: 2,
                tries,
                since: std::time::SystemTime::UNIX_EPOCH,
            });
            let got = pause(interval, every, trouble.as_ref()).map(|d| d.as_secs());
            assert_eq!(got, expected);
        };
        check(0, 0, None, None);
        check(300, 0, None, Some(300));
        check(300, 3, None, Some(900));
        check(300, 0, Some((Who::Retry, 1)), Some(60));
        check(300, 0, Some((Who::Retry, 2)), Some(120));
        check(300, 0, Some((Who::Retry, 3)), Some(300));
        check(300, 0, Some((Who::Retry, 1000)), Some(1200));
        check(10, 0, Some((Who::Retry, 1)), Some(40));
        check(300, 0, Some((Who::You, 1)), Some(300));
        check(300, 0, Some((Who::You, 9)), Some(1200));
        check(
            u32::MAX,
            9,
            Some((Who::Retry, u32::MAX)),
            Some(u64::from(u32::MAX) * 9),
        );
    }
}
