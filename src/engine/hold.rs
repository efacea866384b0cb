//! Mail that was not taken waits on its server, longer after each try (contract: What is new).
//!
//! A refusal for good is tried again after one hour, four hours and then daily; what was only put off
//! is tried in the next polls and later hourly, so that no message is fetched in vain for ever. A
//! check that somebody asked for, and a change of how mail is delivered, end the waiting.

use sha2::{Digest, Sha256};

use crate::engine::clock;
use crate::rc::{Account, Globals};
use crate::store::record::Held;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// Pauses after a refusal for good; the last one holds from then on.
const REFUSED: [i64; 3] = [HOUR, 4 * HOUR, 24 * HOUR];

/// Pauses after being put off: greylisting and full disks end within minutes.
const PUT_OFF: [i64; 8] = [0, 0, 0, 0, 0, 5 * MINUTE, 15 * MINUTE, HOUR];

/// How held mail of one account is treated in one poll.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Seconds since 1970.
    now: i64,
    options: u64,
    is_asked: bool,
}

impl Patience {
    /// For a poll that begins now; `is_asked`: somebody wants it, it is not one of a schedule.
    pub fn new(account: &Account, globals: &Globals, is_asked: bool) -> Self {
        Self {
            now: clock::unix_now(),
            options: options(account, globals),
            is_asked,
        }
    }

    /// When this poll began, in seconds since 1970.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// Whether a message has to wait still. A clock that was set back must not hold it for years.
    pub fn holds(&self, held: &Held) -> bool {
        let rest = held.retry_at.saturating_sub(self.now);
        let is_due = rest <= 0 || rest > REFUSED[REFUSED.len() - 1];
        !is_due && !self.is_asked && held.options == self.options
    }

    /// What to remember after another try in vain.
    pub fn next(&self, before: Option<Held>, is_final: bool) -> Held {
        let before = before.filter(|held| held.options == self.options);
        let tries = before.map_or(0, |held| held.tries).saturating_add(1);
        let pauses = if is_final { &REFUSED[..] } else { &PUT_OFF[..] };
        let at = (tries as usize).min(pauses.len()) - 1;
        let pause = pauses.get(at).copied().unwrap_or(HOUR);
        Held {
            tries,
            retry_at: self.now.saturating_add(pause),
            options: self.options,
        }
    }
}

/// A figure made of everything that decides whether and to whom a message can be delivered.
fn options(account: &Account, globals: &Globals) -> u64 {
    let delivery = (
        &account.target,
        &account.smtp_address,
        &account.smtp_name,
        &account.antispam,
        &account.local_names,
        account.wildcard,
        account.bad_header,
    );
    let reports = (
        &globals.postmaster,
        globals.bounce_mail,
        globals.spam_bounce,
        globals.soft_bounce,
    );
    let digest = Sha256::digest(format!("{delivery:?}{reports:?}"));
    let first = digest.first_chunk().copied().unwrap_or_default();
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rc::account::Target;

    fn patience(account: &Account, now: i64, is_asked: bool) -> Patience {
        let globals = Globals::example();
        Patience {
            now,
            ..Patience::new(account, &globals, is_asked)
        }
    }

    #[test]
    fn the_pauses_grow() {
        let account = Account::example();
        let check = |is_final, expected: &[i64]| {
            let mut held = None;
            for pause in expected {
                let next = patience(&account, 1000, false).next(held, is_final);
                assert_eq!(next.retry_at - 1000, *pause);
                held = Some(next);
            }
        };
        check(true, &[3600, 14400, 86400, 86400]);
        check(false, &[0, 0, 0, 0, 0, 300, 900, 3600, 3600]);
    }

    #[test]
    fn what_ends_the_waiting() {
        let mut account = Account::example();
        let held = patience(&account, 1000, false).next(None, true);
        assert!(patience(&account, 1000, false).holds(&held));
        assert!(patience(&account, 4599, false).holds(&held));
        assert!(!patience(&account, 4600, false).holds(&held));
        assert!(!patience(&account, 1000, true).holds(&held));
        // The clock was ten years ahead when it was refused.
        assert!(!patience(&account, -300_000_000, false).holds(&held));
        account.target = Target::Smtp(vec!["elsewhere".into()]);
        assert!(!patience(&account, 1000, false).holds(&held));
        // Another way of delivery begins with the shortest pause.
        let again = patience(&account, 1000, false).next(Some(held), true);
        assert_eq!((again.tries, again.retry_at), (1, 4600));
    }
}
