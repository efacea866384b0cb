//! Accounts that are there already, for whoever shows them on plain pages and changes them there.
//!
//! [`Job::Describe`](super::Job::Describe) gives the [`Setup`] of an account. Changed, it goes into
//! a [`Draft`](super::Draft) whose `replaces` is the account: `Preview` and `Adopt` then edit only
//! what differs, and whatever no page shows stays. A part that is [hidden](Description::hidden)
//! must be given back as it came; what is changed in it is refused.

pub use crate::rc::setup::change::{differs, take};
pub use crate::rc::setup::read::{Hidden, Part};

use super::{Candidate, SecretSource, Setup};
use crate::engine::api::AccountId;

/// What [`Outcome::Described`](super::Outcome::Described) tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Whom it is about.
    pub id: AccountId,
    /// The account as far as a set-up can say it; its password place is where the password comes
    /// from now.
    pub setup: Setup,
    /// Options whose values no page can show, each with the part it belongs to.
    pub hidden: Vec<Hidden>,
    /// Options that hold and stand on no page; they stay whatever is changed.
    pub beside: Vec<&'static str>,
    /// The other users of its entry, who share its server.
    pub others: Vec<AccountId>,
    /// Where its password comes from now. The password itself is never told.
    pub source: SecretSource,
}

impl Description {
    /// The options that keep a part from being shown; none if it can be.
    pub fn hidden(&self, part: Part) -> impl Iterator<Item = &'static str> {
        let of_part = self.hidden.iter().filter(move |hidden| hidden.part == part);
        of_part.map(|hidden| hidden.keyword)
    }
}

/// Single options to be said otherwise, with [`Job::Amend`](super::Job::Amend).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    /// Whose.
    pub id: AccountId,
    /// Names of server and user options (`fetchall`, `proto`, `auth`, `service`, `ssl`, `via` …)
    /// with their values as on the command line, flags as `yes` and `no`; `None` says nothing about
    /// the option any more. Passwords, users and local names have jobs of their own.
    pub options: Vec<(String, Option<String>)>,
}

impl Amendment {
    /// The account is to reach its mailbox this way. `host`: whom it connects to now; its name stays
    /// what it is, and with it what is known of the mailbox.
    pub fn reaching(id: AccountId, candidate: &Candidate, host: &str) -> Self {
        Self {
            id,
            options: crate::probe::verdict::options(candidate, host),
        }
    }

    /// The account is to say that a flag is on: `fetchall`.
    pub fn with_flag(id: AccountId, flag: &str) -> Self {
        Self {
            id,
            options: vec![(flag.to_owned(), Some("yes".to_owned()))],
        }
    }
}
