//! Passwords that a person has typed since the start, and what became of the last question.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::base::Secret;
use crate::engine::api::AccountId;
use crate::engine::trouble::Fault;
use crate::rc::Account;

/// Whose password: of this account at this server. Behind another server's name the account is
/// not the one that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Whose {
    id: AccountId,
    host: String,
}

impl Whose {
    pub fn of(account: &Account) -> Self {
        Self {
            id: account.id.clone(),
            host: account.host.clone(),
        }
    }
}

enum Answer {
    Given(Secret),
    /// The server refused it, or there was none: why a scheduled poll waits for the person.
    Refused(Fault),
}

/// The answers.
#[derive(Default)]
pub(super) struct Typed(Mutex<HashMap<Whose, Answer>>);

impl Typed {
    pub fn keep(&self, whose: Whose, secret: Secret) {
        self.lock().insert(whose, Answer::Given(secret));
    }

    pub fn refused(&self, whose: Whose, fault: Fault) {
        self.lock().insert(whose, Answer::Refused(fault));
    }

    /// `true`: there was a password.
    pub fn forget(&self, whose: &Whose) -> bool {
        self.take(whose).is_some()
    }

    pub fn take(&self, whose: &Whose) -> Option<Secret> {
        match self.lock().remove(whose)? {
            Answer::Given(secret) => Some(secret),
            Answer::Refused(_) => None,
        }
    }

    pub fn secret(&self, whose: &Whose) -> Option<Secret> {
        match self.lock().get(whose)? {
            Answer::Given(secret) => Some(secret.clone()),
            Answer::Refused(_) => None,
        }
    }

    pub fn fault(&self, whose: &Whose) -> Option<Fault> {
        match self.lock().get(whose)? {
            Answer::Given(_) => None,
            Answer::Refused(fault) => Some(fault.clone()),
        }
    }

    /// A panic elsewhere while the lock was held leaves plain data behind: it is still good.
    fn lock(&self) -> MutexGuard<'_, HashMap<Whose, Answer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
