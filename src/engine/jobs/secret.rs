//! The passwords of the keyring: kept, forgotten, looked for (`Job::Secret`). A person has asked for
//! it, so a locked keyring may ask for its own password where there is a window.

use super::Context;
use crate::engine::api::job::{Failed, Outcome, SecretWish};
use crate::engine::api::{AccountId, Cause};
use crate::engine::trouble::{Fault, status};
use crate::rc::Account;

pub(super) async fn run(context: &Context, id: &AccountId, what: SecretWish) -> Outcome {
    match done(context, id, what).await {
        Ok(account) => Outcome::Secret(context.secrets.source(&account, &context.board).await),
        Err(fault) => Outcome::Failed(Box::new(Failed::new(fault.first()))),
    }
}

async fn done(context: &Context, id: &AccountId, what: SecretWish) -> Result<Account, Fault> {
    let account = account(context, id)?;
    let secrets = &context.secrets;
    if what != SecretWish::Source {
        secrets.unlock_for_somebody().await?;
    }
    match what {
        SecretWish::Set(secret) => secrets.keep(&account, &secret).await?,
        SecretWish::Clear => {
            secrets.clear(&account).await?;
        }
        SecretWish::Source => {}
    }
    Ok(account)
}

/// As the file has it now, polled or not.
fn account(context: &Context, id: &AccountId) -> Result<Account, Fault> {
    let options = &context.options;
    let accounts = options.source.unchecked(&options.places);
    let (accounts, _) = accounts.unwrap_or_default();
    let found = accounts.into_iter().find(|account| account.id == *id);
    found.ok_or_else(|| Fault::yours(Cause::NoAccount, status::SYNTAX))
}
