//! Putting passwords away, and what the keyring needs for it: kept, forgotten, renamed with their
//! account. Where a poll finds them is not here.

use super::typed::Whose;
use super::{Given, Secrets, name};
use crate::base::Secret;
use crate::engine::api::Cause;
use crate::engine::api::job;
use crate::engine::board::Board;
use crate::engine::handle::Asks;
use crate::engine::trouble::{Fault, status};
use crate::rc::Account;
use crate::store::keyring::{self, KeyringError, Name};

impl Secrets {
    /// Whether a keyring answers, and is open. Known within two seconds.
    pub async fn keyring_state(&self) -> job::Keyring {
        match &self.keyring {
            None => job::Keyring::Missing,
            Some(keyring) => match keyring.state().await {
                keyring::State::Open => job::Keyring::Open,
                keyring::State::Locked => job::Keyring::Locked,
                keyring::State::Missing => job::Keyring::Missing,
            },
        }
    }

    /// The password of an account as a poll would find it, if nobody has to be asked for it.
    pub async fn stored(&self, account: &Account, board: &Board) -> Option<Given> {
        self.silent(account, board).await.ok()
    }

    /// What a person has typed for it.
    pub fn typed(&self, account: &Account) -> Option<Secret> {
        self.typed.secret(&Whose::of(account))
    }

    /// What the keyring has for it; it is not asked to open.
    pub async fn kept(&self, account: &Account) -> Option<Secret> {
        let keyring = self.keyring.as_ref()?;
        keyring.find(&name::of(account)).await.ok().flatten()
    }

    /// Keeps a password in memory until the end.
    pub fn remember(&self, account: &Account, secret: Secret) {
        self.typed.keep(Whose::of(account), secret);
    }

    /// Keeps a password in the keyring. Of one that is locked the person is not asked.
    pub async fn keep(&self, account: &Account, secret: &Secret) -> Result<(), Fault> {
        self.keep_as(&name::of(account), secret).await?;
        self.typed.forget(&Whose::of(account));
        Ok(())
    }

    /// The same under this name.
    pub async fn keep_as(&self, name: &Name, secret: &Secret) -> Result<(), Fault> {
        let keyring = self.keyring.as_ref().ok_or_else(no_keyring)?;
        keyring.set(name, secret).await.map_err(of_keyring)
    }

    /// Keeps the password of an account that a person has just set up with the keyring for its
    /// place: in the keyring, or else in memory until the end, and then why.
    pub async fn keep_or_remember(&self, account: &Account, secret: &Secret) -> Option<Fault> {
        let kept = match self.unlock_for_somebody().await {
            Ok(()) => self.keep(account, secret).await,
            Err(fault) => Err(fault),
        };
        let fault = kept.err()?;
        self.remember(account, secret.clone());
        Some(fault)
    }

    /// A person wants something of the keyring that it must be open for: where there is a window,
    /// a locked one may ask for its own password.
    pub async fn unlock_for_somebody(&self) -> Result<(), Fault> {
        match self.asks == Asks::Anytime && self.keyring_state().await == job::Keyring::Locked {
            true => self.unlock().await,
            false => Ok(()),
        }
    }

    /// Forgets the password of the keyring, and what was typed. `false`: there was none.
    pub async fn clear(&self, account: &Account) -> Result<bool, Fault> {
        let was_typed = self.typed.forget(&Whose::of(account));
        match self.clear_as(&name::of(account)).await {
            Ok(was_kept) => Ok(was_kept || was_typed),
            Err(fault) if was_typed && fault.cause == Cause::NoKeyring => Ok(true),
            Err(fault) => Err(fault),
        }
    }

    /// Forgets what the keyring has under this name. `false`: nothing.
    pub async fn clear_as(&self, name: &Name) -> Result<bool, Fault> {
        let keyring = self.keyring.as_ref().ok_or_else(no_keyring)?;
        keyring.clear(name).await.map_err(of_keyring)
    }

    /// Has the keyring ask for its own password; only for a person who wants it.
    pub async fn unlock(&self) -> Result<(), Fault> {
        let keyring = self.keyring.as_ref().ok_or_else(no_keyring)?;
        keyring.unlock().await.map_err(of_keyring)
    }
}

fn no_keyring() -> Fault {
    of_keyring(KeyringError::Missing)
}

pub(super) fn of_keyring(error: KeyringError) -> Fault {
    let cause = match error {
        KeyringError::Missing => Cause::NoKeyring,
        KeyringError::Locked => Cause::KeyringLocked,
        other => Cause::Keyring(other.to_string()),
    };
    Fault::yours(cause, status::SIGN_IN)
}
