//! An account that is there already, changed in the files it stands in. Only the options that differ
//! are edited: comments, order, other users and every option that no page shows stay as they are.
//! The result is read again; if anything else came out than was meant, nothing is written.
//!
//! A server that several users share stays theirs: the account that gets another one leaves the
//! entry with its own lines and gets an entry of its own (`split`), which the plan says in words.

mod amend;
mod keys;
mod split;
mod steps;

use super::read::{Part, State, nobody, normal};
use super::write::{Basis, Plan, Refused, Text};
use super::{PasswordPlace, Setup, check, words};
use crate::base::Secret;
use crate::base::i18n::{fill, gettext};
use crate::rc::edit;
use crate::rc::settings::Settings;
use crate::rc::{Account, AccountId};

pub use amend::amend;

/// What changing an account writes.
#[derive(Clone)]
pub struct Changed {
    /// The files, and the account as it is then.
    pub plan: Plan,
    /// The account as it was.
    pub former: Account,
    /// What a person should know before it is saved, in whole sentences.
    pub notes: Vec<String>,
}

/// The files with the account `id` as `setup` says it. `password`: one that was typed; without it
/// the one in the file stays, if that is where it belongs.
///
/// # Errors
/// Why it cannot be said, or is somebody else already.
pub fn plan(
    id: &AccountId,
    setup: &Setup,
    password: Option<&Secret>,
    basis: &Basis,
) -> Result<Changed, Refused> {
    let mut work = Work::begin(id, basis)?;
    let described = work.before.describe(work.nth, basis);
    let old = &described.setup;
    // Neither file knows of the keyring and of `.netrc`.
    let setup = &Setup {
        password: normal(setup).password,
        ..setup.clone()
    };
    let parts = ALL.into_iter().filter(|part| differs(*part, old, setup));
    let parts: Vec<Part> = parts.collect();
    if let Some(keyword) = parts.iter().find_map(|part| described.hidden(*part).next()) {
        let text = gettext(
            "The account says something about “{keyword}” that only the file can show; change it there.",
        );
        return Err(fill(&text, &[("keyword", &keyword)]).into());
    }
    checked(old, setup, &parts, password)?;
    work.is_free(setup)?;
    work.change(old, setup, password)?;
    let every = keys::every(&work, old, setup);
    let meant = meant(old, setup, &parts);
    let keys = keys::of(old, setup, every);
    let changed = work.finish(&keys)?;
    // A password in the file is asked for by nobody; what else the pages say must be what was meant.
    let after = changed.after.describe(changed.nth, basis);
    let is_meant = after.setup == meant && after.hidden == described.hidden;
    match is_meant {
        true => Ok(changed.changed),
        false => Err(edit::Refused::Entangled.into()),
    }
}

const ALL: [Part; 5] = [
    Part::Server,
    Part::SignIn,
    Part::Delivery,
    Part::Copies,
    Part::Schedule,
];

/// Whether two set-ups say something else about a part.
pub fn differs(part: Part, one: &Setup, other: &Setup) -> bool {
    let mut mixed = one.clone();
    take(part, other, &mut mixed);
    mixed != *one
}

/// Takes a part over.
pub fn take(part: Part, from: &Setup, to: &mut Setup) {
    let from = from.clone();
    match part {
        Part::Server => {
            (to.host, to.port, to.is_imap) = (from.host, from.port, from.is_imap);
            (to.is_implicit_tls, to.is_plain) = (from.is_implicit_tls, from.is_plain);
            to.trust = from.trust;
        }
        Part::SignIn => {
            (to.user, to.method, to.password) = (from.user, from.method, from.password);
        }
        Part::Delivery => to.delivery = from.delivery,
        Part::Copies => (to.keep, to.limit, to.folders) = (from.keep, from.limit, from.folders),
        Part::Schedule => to.rhythm = from.rhythm,
    }
}

/// What reading the result must give: the parts that were changed as they were meant, the others
/// as they were.
fn meant(old: &Setup, setup: &Setup, parts: &[Part]) -> Setup {
    let mut meant = old.clone();
    let normal = normal(setup);
    parts
        .iter()
        .for_each(|part| take(*part, &normal, &mut meant));
    meant.address = normal.address;
    meant.keep |= words::is_watch(&meant);
    meant
}

/// What of the changed parts nobody should write.
fn checked(
    old: &Setup,
    setup: &Setup,
    parts: &[Part],
    password: Option<&Secret>,
) -> Result<(), Refused> {
    let mut checked = setup.clone();
    if !parts.contains(&Part::Delivery) {
        // It may be what a set-up would not write, and works.
        checked.delivery = super::Delivery::Watch;
    }
    if checked.port == 0 && !parts.contains(&Part::Server) {
        checked.port = 1;
    }
    check::check(&checked, password)?;
    let moves_in = setup.password == PasswordPlace::File && old.password != PasswordPlace::File;
    match moves_in && password.is_none() {
        true => Err(gettext("Enter the password.").into()),
        false => Ok(()),
    }
}

/// The files while they are changed.
struct Work<'a> {
    text: Text,
    basis: &'a Basis<'a>,
    /// As everything was.
    before: State,
    /// Which account of it.
    nth: usize,
    /// Its entry and user there, and now.
    was_at: (usize, usize),
    at: (usize, usize),
    notes: Vec<String>,
}

/// What came of it, and how it reads.
struct Read {
    changed: Changed,
    after: State,
    nth: usize,
}

impl<'a> Work<'a> {
    fn begin(id: &AccountId, basis: &'a Basis<'a>) -> Result<Self, Refused> {
        let text = Text::new(basis.rc);
        let before = State::read(&text, basis)?;
        let nth = before.position(id).ok_or_else(|| nobody(id))?;
        let at = before.place(nth).ok_or_else(|| nobody(id))?;
        Ok(Self {
            text,
            basis,
            before,
            nth,
            was_at: at,
            at,
            notes: Vec::new(),
        })
    }

    fn account(&self) -> &Account {
        &self.before.accounts[self.nth]
    }

    /// Whether other users share its entry.
    fn is_shared(&self) -> bool {
        let entry = Some(self.was_at.0);
        let all = &self.before.whole.accounts;
        all.iter().filter(|found| found.entry == entry).count() > 1
    }

    /// No other account has that mailbox.
    fn is_free(&self, setup: &Setup) -> Result<(), Refused> {
        let all = self.before.accounts.iter().enumerate();
        let is_same = |(at, account): &(usize, &Account)| {
            *at != self.nth && super::write::is_same(account, setup)
        };
        // Two that were the same mailbox before are the person's matter.
        match all.clone().find(is_same) {
            Some((_, other)) if !super::write::is_same(self.account(), setup) => {
                let sentence = gettext("{account} is already set up.");
                Err(fill(&sentence, &[("account", &other.id)]).into())
            }
            _ => Ok(()),
        }
    }

    /// What its entry and its user say now, and what the defaults say.
    fn said(&self) -> Result<(Settings, Settings), Refused> {
        let stanzas = self.text.read(self.basis)?.stanzas;
        let entry = stanzas.entries.get(self.at.0);
        let entry = entry.ok_or(edit::Refused::Nobody)?;
        let user = entry.users.get(self.at.1).cloned().unwrap_or_default();
        Ok((entry.server.clone(), user))
    }

    fn inherited(&self) -> (Settings, Settings) {
        let defaults = self.before.whole.stanzas.defaults.as_ref();
        let server = defaults.map(|defaults| defaults.server.clone());
        let user = defaults.and_then(|defaults| defaults.users.first().cloned());
        (server.unwrap_or_default(), user.unwrap_or_default())
    }

    /// Where an account of before stands now.
    fn now_at(&self, place: (usize, usize)) -> (usize, usize) {
        let (entry, user) = place;
        let has_left = self.at.0 != self.was_at.0 && entry == self.was_at.0;
        match place == self.was_at {
            true => self.at,
            false if has_left && user > self.was_at.1 => (entry, user - 1),
            false => place,
        }
    }

    /// Reads the result: everybody else is as before, under the name that is theirs now.
    fn finish(self, keys: &keys::Keys) -> Result<Read, Refused> {
        let whole = self.text.read(self.basis)?;
        let place = |nth: usize| self.before.place(nth).map(|place| self.now_at(place));
        let count = self.before.accounts.len();
        if whole.accounts.len() != count {
            return Err(edit::Refused::Entangled.into());
        }
        let mut to = Vec::with_capacity(count);
        for nth in 0..count {
            let place = place(nth).ok_or(edit::Refused::Entangled)?;
            let all = &mut whole.accounts.iter();
            let found = all.position(|found| (found.entry, found.nth) == (Some(place.0), place.1));
            to.push(found.ok_or(edit::Refused::Entangled)?);
        }
        let renamed: Vec<(AccountId, AccountId)> = (0..count)
            .map(|nth| {
                let new = &whole.accounts[to[nth]].account.id;
                (self.before.accounts[nth].id.clone(), new.clone())
            })
            .filter(|(old, new)| old != new)
            .collect();
        let own = whole.accounts[to[self.nth]].account.id.clone();
        let local = keys::written(self.basis, &renamed, &own, keys)?;
        let after = State::with(&self.text, &local, self.basis)?;
        for nth in (0..count).filter(|nth| *nth != self.nth) {
            let (old, new) = (&self.before.accounts[nth], &after.accounts[to[nth]]);
            let new = Account {
                id: old.id.clone(),
                ..new.clone()
            };
            if new != *old {
                return Err(edit::Refused::Entangled.into());
            }
        }
        self.usable(&after, &own)?;
        let former = self.account().clone();
        let nth = to[self.nth];
        let plan = Plan {
            rc: self.text.0.bytes().to_vec(),
            local,
            account: after.accounts[nth].clone(),
            globals: after.whole.globals.clone(),
            accounts: after.accounts.clone(),
        };
        Ok(Read {
            changed: Changed {
                plan,
                former,
                notes: self.notes,
            },
            after,
            nth,
        })
    }

    /// Nothing has come in that keeps the account from being polled.
    fn usable(&self, after: &State, own: &AccountId) -> Result<(), Refused> {
        let words = |state: &State, id: &AccountId| -> Vec<String> {
            let unable = state.whole.unsupported.iter();
            let of_it = unable.filter(|(of, _)| of == id);
            of_it.map(|(_, word)| word.clone()).collect()
        };
        let before = words(&self.before, &self.account().id);
        if let Some(word) = words(after, own).iter().find(|word| !before.contains(word)) {
            let text =
                gettext("The configuration file says “{keyword}”, which this version cannot do.");
            return Err(fill(&text, &[("keyword", word)]).into());
        }
        let position = after.position(own);
        let refusal = position.and_then(|at| after.accounts[at].local.refusal.clone());
        match refusal.filter(|_| self.account().local.refusal.is_none()) {
            Some(sentence) => Err(sentence.into()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
