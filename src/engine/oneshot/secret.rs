//! `postrider secret`: one entry of the keyring, without an engine that polls.

use crate::base::Secret;
use crate::engine::api::Halt;
use crate::engine::api::job::SecretSource;
use crate::engine::board::Board;
use crate::engine::handle::{Options, Rhythm};
use crate::engine::secrets::{Secrets, name};
use crate::engine::trouble::Fault;
use crate::rc::Account;
use crate::store::keyring::Name;

/// The password of one account.
pub struct Password {
    secrets: Secrets,
    account: Option<Account>,
    name: Name,
    /// The rc file, for display.
    pub rc_path: String,
}

impl Password {
    /// Of the account with this poll name and remote user. One that is not in the file counts as
    /// reached by its poll name.
    pub fn of(label: &str, user: &[u8]) -> Result<Self, Halt> {
        let options = Options::from_environment(None, Rhythm::Once).map_err(Halt::State)?;
        let accounts = match options.source.unchecked(&options.places) {
            Ok((accounts, _)) => accounts,
            Err(Halt::NoFile) => Vec::new(),
            Err(halt) => return Err(halt),
        };
        let mut accounts = accounts.into_iter();
        let account = accounts.find(|account| account.id.label == label && account.user == user);
        let name = match &account {
            Some(account) => name::of(account),
            None => name::unbound(label, user),
        };
        Ok(Self {
            secrets: Secrets::new(&options, Board::default()),
            account,
            name,
            rc_path: options.source.name(),
        })
    }

    /// The account is in the file.
    pub fn is_bound(&self) -> bool {
        self.account.is_some()
    }

    /// User and server, as the keyring has them.
    pub fn place(&self) -> (&str, &str) {
        (&self.name.user, &self.name.server)
    }

    /// Where it would come from now.
    pub async fn source(&self) -> SecretSource {
        match &self.account {
            Some(account) => self.secrets.source(account, &Board::default()).await,
            None => SecretSource::Nowhere,
        }
    }

    /// Keeps it in the keyring.
    pub async fn set(&self, secret: &Secret) -> Result<(), Fault> {
        self.secrets.keep_as(&self.name, secret).await
    }

    /// Takes it out of the keyring. `false`: it was not in there.
    pub async fn clear(&self) -> Result<bool, Fault> {
        self.secrets.clear_as(&self.name).await
    }
}
