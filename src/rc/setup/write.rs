//! A set-up written into the files that are there: by edits, so that nothing else of them changes.
//! The result is read again and must be the account that was meant; else nothing is written.

mod keys;

use super::{Rhythm, Setup, check, words};
use crate::base::Secret;
use crate::base::i18n::{fill, gettext};
use crate::rc::edit::{self, At, Edit, Which};
use crate::rc::option::{Id, keyword};
use crate::rc::outline::has_errors;
use crate::rc::resolve::{Whole, whole};
use crate::rc::settings::{Entry, Settings, Value};
use crate::rc::{Account, AccountId, Diagnostic, Document, Globals, Overrides, Surroundings};
use words::Word;

/// What is there, and who asks.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'a> {
    /// The rc file; empty if there is none.
    pub rc: &'a [u8],
    /// `accounts.toml`; empty if there is none.
    pub local: &'a str,
    /// How `accounts.toml` names that rc file; `None` for the usual one.
    pub rc_name: Option<&'a str>,
    /// As the file is read when accounts are polled.
    pub around: &'a Surroundings,
}

/// What saving writes. Passwords may be in it, so it is never printed.
#[derive(Clone)]
pub struct Plan {
    /// The rc file.
    pub rc: Vec<u8>,
    /// `accounts.toml`
    pub local: String,
    /// The account as it is read from both.
    pub account: Account,
    /// The global settings.
    pub globals: Globals,
    /// All accounts of the rc file.
    pub accounts: Vec<Account>,
}

impl Plan {
    /// The account's name.
    pub fn id(&self) -> &AccountId {
        &self.account.id
    }
}

/// Why nothing can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The file has errors, which must be mended first.
    Errors(Vec<Diagnostic>),
    /// A whole sentence.
    Sentence(String),
}

impl From<String> for Refused {
    fn from(sentence: String) -> Self {
        Self::Sentence(sentence)
    }
}

impl From<edit::Refused> for Refused {
    fn from(refused: edit::Refused) -> Self {
        Self::Sentence(refused.to_string())
    }
}

/// Seconds between polls where the file has no word on it (the desktop's rhythm).
pub(super) const USUAL: u32 = 600;

/// Seconds between polls of an account whose mail is wanted as it arrives. `idle` is not written:
/// this version does not act on it, and fetchmail refuses a file that has it and another account.
pub(super) const SOON: u32 = 120;

/// The files with the account in them.
///
/// # Errors
/// Why it cannot be said, or is there already.
pub fn plan(setup: &Setup, password: Option<&Secret>, basis: &Basis) -> Result<Plan, Refused> {
    check::check(setup, password)?;
    let mut text = Text::new(basis.rc);
    let before = text.read(basis)?;
    if let Some(known) = before
        .accounts
        .iter()
        .find(|known| is_same(&known.account, setup))
    {
        let sentence = gettext("{account} is already set up.");
        return Err(fill(&sentence, &[("account", &known.account.id)]).into());
    }
    if let Some(idle) = before.accounts.iter().find(|known| known.account.idle) {
        let sentence = gettext(
            "{account} waits for new mail (idle). fetchmail takes no other account beside it; remove the word from its entry first.",
        );
        return Err(fill(&sentence, &[("account", &idle.account.id)]).into());
    }
    let every = text.keep_time(setup, &before)?;
    let (entry, user) = text.write(setup, password, &before)?;
    let after = text.read(basis)?;
    let found = after
        .accounts
        .iter()
        .find(|found| found.entry == Some(entry) && found.nth == user);
    let account = found.map(|found| found.account.clone());
    let mut account = account.ok_or(edit::Refused::Entangled)?;
    let login = &basis.around.invoking_user;
    if let Some(word) = words::difference(&account, setup, password, login) {
        let sentence = gettext(
            "The defaults of the configuration file say something about “{keyword}” that would hold here too. Change them first.",
        );
        return Err(fill(&sentence, &[("keyword", &word)]).into());
    }
    if let Some((_, word)) = after.unsupported.iter().find(|(id, _)| *id == account.id) {
        let sentence =
            gettext("The configuration file says “{keyword}”, which this version cannot do.");
        return Err(fill(&sentence, &[("keyword", word)]).into());
    }
    let local = keys::written(setup, every, basis, &account.id)?;
    keys::bind(&local, setup, basis, &mut account)?;
    Ok(Plan {
        rc: text.0.bytes().to_vec(),
        local,
        account,
        globals: after.globals,
        accounts: after.accounts.into_iter().map(|n| n.account).collect(),
    })
}

/// The same mailbox.
pub(super) fn is_same(account: &Account, setup: &Setup) -> bool {
    account.host.eq_ignore_ascii_case(&setup.host)
        && account.user == setup.user.as_bytes()
        && words::port_of(account) == Some(setup.port)
}

/// An rc file while edits are made to it.
pub(super) struct Text(pub Document);

impl Text {
    pub fn new(bytes: &[u8]) -> Self {
        Self(Document::parse(bytes))
    }

    pub fn read(&self, basis: &Basis) -> Result<Whole, Refused> {
        let around = Surroundings {
            servers: Vec::new(),
            ..basis.around.clone()
        };
        let whole = whole(&self.0, &Overrides::default(), &around);
        match has_errors(&whole.diagnostics) {
            true => Err(Refused::Errors(whole.diagnostics)),
            false => Ok(whole),
        }
    }

    pub fn edit(&mut self, edit: &Edit) -> Result<(), Refused> {
        let changes = edit::changes(&self.0, edit)?;
        self.0 = self.0.change(&changes);
        Ok(())
    }

    pub fn say(&mut self, at: At, id: Id, value: Value) -> Result<(), Refused> {
        self.edit(&Edit::Set { at, id, value })
    }

    /// The general rhythm, if the file is new; else the account's own, as far as it differs. A
    /// file that others are polled by without one may be run by other means, which `set daemon`
    /// would put an end to.
    fn keep_time(&mut self, setup: &Setup, before: &Whole) -> Result<Option<u32>, Refused> {
        let seconds = match setup.rhythm {
            Rhythm::Minutes(minutes) => minutes.clamp(1, 1440) * 60,
            Rhythm::Idle => SOON,
            Rhythm::Asked => return Ok(None),
        };
        let has_said = before.stanzas.globals.find(Id::Daemon).is_some();
        if before.stanzas.entries.is_empty() && before.stanzas.defaults.is_none() && !has_said {
            let value = Value::Number(i32::try_from(seconds).unwrap_or(i32::MAX));
            self.say(At::Globals, Id::Daemon, value)?;
            return Ok(None);
        }
        let general = Some(before.globals.daemon).filter(|n| *n > 0);
        Ok(Some(seconds).filter(|n| *n != general.unwrap_or(USUAL)))
    }

    /// The entry and the user; their numbers.
    fn write(
        &mut self,
        setup: &Setup,
        password: Option<&Secret>,
        before: &Whole,
    ) -> Result<(usize, usize), Refused> {
        let server = words::server(setup);
        let user = words::user(setup, password);
        let defaults = before.stanzas.defaults.as_deref();
        let (entry, nth) = match home(setup, &server, before) {
            Some((entry, users)) => (entry, users),
            None => (self.add_entry(setup, server, before)?, 0),
        };
        let which = Which::Entry(entry);
        self.edit(&Edit::AddUser {
            which,
            before: None,
            name: setup.user.as_bytes().to_vec(),
        })?;
        let inherited = defaults.and_then(|defaults| defaults.users.first());
        for word in needed(user, inherited) {
            self.say(At::User(which, nth), word.id, word.value)?;
        }
        Ok((entry, nth))
    }

    fn add_entry(
        &mut self,
        setup: &Setup,
        server: Vec<Word>,
        before: &Whole,
    ) -> Result<usize, Refused> {
        let entry = before.stanzas.entries.len();
        let label = free_label(setup, before);
        let defaults = before.stanzas.defaults.as_deref();
        self.edit(&Edit::AddEntry {
            before: None,
            label: label.clone().into(),
            is_active: words::is_active(setup),
        })?;
        let at = At::Server(Which::Entry(entry));
        let says_via = defaults.is_some_and(|defaults| defaults.server.find(Id::Via).is_some());
        if label != setup.host || says_via {
            self.say(at, Id::Via, Value::Text(setup.host.clone().into()))?;
        }
        for word in needed(server, defaults.map(|defaults| &defaults.server)) {
            self.say(at, word.id, word.value)?;
        }
        Ok(entry)
    }
}

/// Those that must be written: what differs from what holds anyway.
fn needed(words: Vec<Word>, inherited: Option<&Settings>) -> impl Iterator<Item = Word> {
    let is_other = move |word: &Word| {
        let said = inherited.and_then(|settings| settings.find(group(word.id, settings)));
        said.is_some_and(|said| said.value != word.value)
    };
    words
        .into_iter()
        .filter(move |word| !word.is_default || is_other(word))
}

/// `port` says what `service` says.
pub(super) fn group(id: Id, settings: &Settings) -> Id {
    match id {
        Id::Service if settings.find(Id::Service).is_none() => Id::Port,
        id => id,
    }
}

/// The entry that the user can join, and how many are in it: polled, for the same host, and with
/// the very server options that an entry of its own would have.
fn home(setup: &Setup, server: &[Word], before: &Whole) -> Option<(usize, usize)> {
    if !words::is_active(setup) {
        return None;
    }
    let mut wanted = Settings::default();
    for word in server.iter().filter(|word| !word.is_default) {
        wanted.say(crate::rc::settings::Setting {
            keyword: keyword(word.id),
            value: word.value.clone(),
            origin: None,
        });
    }
    let says = |entry: &Entry| {
        let via = entry.server.find(Id::Via).map(|via| via.value.string());
        let host = via.unwrap_or_else(|| String::from_utf8_lossy(&entry.label).into_owned());
        host == setup.host && is_agreed(&entry.server, &wanted)
    };
    // Without defaults only: what an entry does not say they would say for it.
    let may = before.stanzas.defaults.is_none();
    let entries = before.stanzas.entries.iter().enumerate();
    entries
        .filter(|(_, entry)| may && entry.is_active && says(entry))
        .find(|(_, entry)| {
            entry
                .users
                .first()
                .is_some_and(|u| u.find(Id::User).is_some())
        })
        .map(|(index, entry)| (index, entry.users.len()))
}

/// The same server options, whichever of both words the port is said by.
fn is_agreed(said: &Settings, wanted: &Settings) -> bool {
    let port = |settings: &Settings| {
        let value = &settings.find(group(Id::Service, settings))?.value;
        Some(match value {
            Value::Number(number) => number.to_string(),
            value => value.string(),
        })
    };
    let but = [Id::Via, Id::Port, Id::Service];
    port(said) == port(wanted) && said.says_the_same(wanted, &but)
}

/// The host, or the host and a number.
pub(super) fn free_label(setup: &Setup, before: &Whole) -> String {
    free_name(&setup.host, before)
}

/// The same for a host alone.
pub(super) fn free_name(host: &str, before: &Whole) -> String {
    let is_free = |label: &String| {
        let entries = &before.stanzas.entries;
        !entries
            .iter()
            .any(|e| e.label.eq_ignore_ascii_case(label.as_bytes()))
    };
    let numbered = (2..).map(|n: u32| format!("{host}-{n}"));
    let mut labels = std::iter::once(host.to_owned()).chain(numbered);
    labels.find(is_free).unwrap_or_default()
}

#[cfg(test)]
mod tests;
