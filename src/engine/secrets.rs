//! Where an account's password comes from when it is polled (contract, "Secrets"): the rc file, the
//! command of `accounts.toml`, the keyring, `.netrc`, which is read anew each time, what was typed
//! since the start, and last a question to the person, where somebody is there to ask.
//!
//! What a person has typed is kept in memory only. A password of the file, the keyring or `.netrc`
//! that the server refuses stays what it is: nothing is asked for over it.

mod asking;
mod command;
mod keeping;
pub(super) mod name;
mod typed;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::api::job::{Ask, QuestionId, SecretSource};
use super::api::{AccountId, Cause, What};
use super::board::Board;
use super::handle::{Asks, Options};
use super::trouble::{Fault, status};
use crate::base::Secret;
use crate::rc::Account;
use crate::store::keyring::{Keyring, KeyringError};
use crate::store::netrc;
use crate::store::rcfile::Stamp;
use asking::Asking;
use keeping::of_keyring;
use typed::{Typed, Whose};

/// The sources that accounts share.
#[derive(Default)]
pub struct Secrets {
    netrc: Option<PathBuf>,
    /// The `.netrc` whose oddities were told already: each version is told of once.
    told: Mutex<Option<Stamp>>,
    /// `None`: there is no session bus to find one on.
    keyring: Option<Keyring>,
    asks: Asks,
    asking: Asking,
    typed: Typed,
}

/// A password and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The password.
    pub secret: Secret,
    /// Where.
    pub source: SecretSource,
    /// A person has just typed it, and may be asked again.
    is_fresh: bool,
}

impl Given {
    fn new(secret: Secret, source: SecretSource) -> Self {
        Self {
            secret,
            source,
            is_fresh: false,
        }
    }
}

impl Secrets {
    /// As these options say; questions are told to `board`.
    pub fn new(options: &Options, board: Board) -> Self {
        Self {
            netrc: options.places.netrc(),
            keyring: options.keyring.then(Keyring::default),
            asks: options.asks,
            asking: Asking::new(board),
            ..Self::default()
        }
    }

    /// The password of an account, from wherever it can be had without asking anybody.
    #[cfg(test)]
    pub async fn password(&self, account: &Account, board: &Board) -> Result<Secret, Fault> {
        self.silent(account, board).await.map(|given| given.secret)
    }

    /// The same for a poll, which may ask. `is_asked`: a person wants this poll. Scheduled ones do
    /// not ask again what was refused or left unanswered.
    pub async fn for_poll(
        &self,
        account: &Account,
        board: &Board,
        is_asked: bool,
    ) -> Result<Given, Fault> {
        let fault = match self.silent(account, board).await {
            Ok(given) => return Ok(given),
            Err(fault) => fault,
        };
        let before = self.typed.fault(&Whose::of(account));
        let can_ask = self.asks == Asks::Anytime && is_questionable(&fault.cause);
        match (before, can_ask) {
            (before, false) => Err(before.unwrap_or(fault)),
            (Some(before), true) if !is_asked => Err(before),
            (Some(before), true) if before.cause == Cause::SignIn => {
                self.ask(account, true).await.ok_or(before)
            }
            (_, true) => self.by_asking(account, board, fault, is_asked).await,
        }
    }

    async fn by_asking(
        &self,
        account: &Account,
        board: &Board,
        fault: Fault,
        is_asked: bool,
    ) -> Result<Given, Fault> {
        let mut fault = fault;
        if fault.cause == Cause::KeyringLocked {
            // The keyring's own dialogue takes the whole screen on some desktops: only for somebody
            // who is there and has said yes.
            let id = account.id.clone();
            if !is_asked || self.asking.ask(Ask::Unlock { id }).await.is_none() {
                return Err(fault);
            }
            self.unlock().await?;
            fault = match self.silent(account, board).await {
                Ok(given) => return Ok(given),
                Err(fault) => fault,
            };
        }
        self.ask(account, false).await.ok_or(fault)
    }

    /// Asks for the password and keeps the answer. Without one scheduled polls ask no more.
    pub(super) async fn ask(&self, account: &Account, is_again: bool) -> Option<Given> {
        let answer = self.asking.ask(Ask::Password {
            id: account.id.clone(),
            host: account.host.clone(),
            is_again,
        });
        let whose = Whose::of(account);
        let Some(secret) = answer.await else {
            if !is_again {
                let none = Fault::yours(Cause::NoPassword, status::SIGN_IN);
                self.typed.refused(whose, none);
            }
            return None;
        };
        self.typed.keep(whose, secret.clone());
        let given = Given::new(secret, SecretSource::Memory);
        Some(Given {
            is_fresh: true,
            ..given
        })
    }

    /// The server has refused what a poll was given. What was typed is forgotten, and asked for
    /// again where a person is there; only once, so that no account gets locked by us.
    pub async fn refused(
        &self,
        account: &Account,
        given: &Given,
        fault: &Fault,
        is_asked: bool,
    ) -> Option<Given> {
        if !self.forget(account, given, fault) || self.asks != Asks::Anytime {
            return None;
        }
        match is_asked || given.is_fresh {
            true => self.ask(account, true).await,
            false => None,
        }
    }

    /// The server has refused it, and nobody is asked. `true` if it was typed.
    pub fn forget(&self, account: &Account, given: &Given, fault: &Fault) -> bool {
        let is_typed = given.source == SecretSource::Memory;
        if is_typed {
            self.typed.refused(Whose::of(account), fault.clone());
        }
        is_typed
    }

    /// Somebody has answered a question. One that is not open is no trouble: it was withdrawn.
    pub fn answer(&self, id: QuestionId, value: Option<Secret>) {
        self.asking.answer(id, value);
    }

    /// Where the password would come from now. No command is run.
    pub async fn source(&self, account: &Account, board: &Board) -> SecretSource {
        match self.known(account, board).await {
            Ok(Found::Here(given)) => given.source,
            Ok(Found::ByCommand(_)) => SecretSource::Command,
            Err(fault) if fault.cause == Cause::KeyringLocked => SecretSource::LockedKeyring,
            Err(_) => SecretSource::Nowhere,
        }
    }

    async fn silent(&self, account: &Account, board: &Board) -> Result<Given, Fault> {
        match self.known(account, board).await? {
            Found::Here(given) => Ok(given),
            Found::ByCommand(line) => {
                let secret = command::password(line)
                    .await
                    .map_err(|what| Fault::yours(Cause::PasswordCommand(what), status::SIGN_IN))?;
                Ok(Given::new(secret, SecretSource::Command))
            }
        }
    }

    /// The order of the sources. What is in the way of the keyring is told only if nothing behind
    /// it has the password.
    async fn known<'a>(&self, account: &'a Account, board: &Board) -> Result<Found<'a>, Fault> {
        let here = |secret, source| Ok(Found::Here(Given::new(secret, source)));
        if let Some(password) = &account.password {
            return here(password.clone(), SecretSource::File);
        }
        // It binds: where it fails, no other source stands in.
        if let Some(command) = &account.local.password_command {
            return Ok(Found::ByCommand(command));
        }
        let mut fault = Fault::yours(Cause::NoPassword, status::SIGN_IN);
        if let Some(keyring) = &self.keyring {
            match keyring.find(&name::of(account)).await {
                Ok(Some(secret)) => return here(secret, SecretSource::Keyring),
                Ok(None) | Err(KeyringError::Missing) => {}
                Err(error) => fault = of_keyring(error),
            }
        }
        if let Some(secret) = self.of_netrc(account, board) {
            return here(secret, SecretSource::Netrc);
        }
        match self.typed.secret(&Whose::of(account)) {
            Some(secret) => here(secret, SecretSource::Memory),
            None => Err(fault),
        }
    }

    fn of_netrc(&self, account: &Account, board: &Board) -> Option<Secret> {
        let netrc = self.read(self.netrc.as_deref()?, board)?;
        let label = account.id.label.as_bytes();
        netrc.password_for(label, account.host.as_bytes(), &account.user)
    }

    /// The file is small and local: reading it holds nobody up.
    fn read(&self, path: &Path, board: &Board) -> Option<netrc::Netrc> {
        let stamp = Stamp::of(path);
        let uid = rustix::process::geteuid().as_raw();
        let (netrc, said) = match netrc::read(path, uid) {
            Ok(found) => found.map_or((None, Vec::new()), |(netrc, said)| (Some(netrc), said)),
            Err(error) => (None, vec![error.to_string()]),
        };
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if *told != stamp {
            *told = stamp;
            for sentence in said {
                board.log(None, What::Note(sentence));
            }
        }
        netrc
    }

    /// Before the first poll, as fetchmail does: asks for every password that nothing else has, in
    /// the order of `accounts`. Where nobody can be asked the first such account is returned, and
    /// nothing is to be polled.
    pub async fn gather(
        &self,
        accounts: &[std::sync::Arc<Account>],
        board: &Board,
    ) -> Option<AccountId> {
        let Asks::First { is_there } = self.asks else {
            return None;
        };
        for account in accounts {
            let Err(fault) = self.known(account, board).await else {
                continue;
            };
            match (is_there, &fault.cause) {
                (true, cause) => {
                    if let Some(sentence) = in_the_way(cause) {
                        board.log(Some(&account.id), What::Note(sentence));
                    }
                    self.ask(account, false).await;
                }
                (false, Cause::NoPassword) => return Some(account.id.clone()),
                (false, _) => {}
            }
        }
        None
    }
}

/// What the order of the sources comes to.
enum Found<'a> {
    Here(Given),
    /// This command prints it.
    ByCommand(&'a str),
}

/// A person's answer may help.
fn is_questionable(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::NoPassword | Cause::KeyringLocked | Cause::Keyring(_)
    )
}

/// What a person who is asked should know first.
fn in_the_way(cause: &Cause) -> Option<String> {
    match cause {
        Cause::KeyringLocked => Some(KeyringError::Locked.to_string()),
        Cause::Keyring(sentence) => Some(sentence.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
