//! An account as plain pages show it. Nothing is connected to, and no password is told.

use super::Context;
use super::failed::{Result, refused, setup};
use super::files::Files;
use crate::engine::api::AccountId;
use crate::engine::api::job::{Description, Outcome, PasswordPlace, SecretSource};
use crate::engine::board::Board;
use crate::rc::setup::read::describe;

/// See [`Job::Describe`](crate::engine::api::job::Job::Describe).
pub async fn run(context: &Context, id: &AccountId) -> Result<Outcome> {
    let files = Files::read(context).map_err(setup)?;
    let described = files.with(context, |basis| describe(id, basis));
    let described = described.map_err(|why| refused(context, why))?;
    let options = &context.options;
    let accounts = options.source.unchecked(&options.places);
    let (accounts, _) = accounts.unwrap_or_default();
    let source = match accounts.iter().find(|account| account.id == *id) {
        Some(account) => context.secrets.source(account, &Board::default()).await,
        None => SecretSource::Nowhere,
    };
    let mut setup = described.setup;
    if setup.password == PasswordPlace::Ask {
        setup.password = match source {
            SecretSource::Keyring | SecretSource::LockedKeyring => PasswordPlace::Keyring,
            SecretSource::Netrc => PasswordPlace::Netrc,
            _ => PasswordPlace::Ask,
        };
    }
    Ok(Outcome::Described(Box::new(Description {
        id: id.clone(),
        setup,
        hidden: described.hidden,
        beside: described.beside,
        others: described.others,
        source,
    })))
}
