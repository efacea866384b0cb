//! The account of a draft, resolved from the very text that saving would write.

use std::time::Duration;

use super::Context;
use super::failed::{Result, refused};
use super::files::{Files, planned};
use crate::base::Secret;
use crate::engine::api::job::{Draft, PasswordPlace};
use crate::engine::board::Board;
use crate::rc::setup::write::{Basis, Plan, plan};
use crate::rc::{Account, Globals};

/// Longest silence of a server while somebody waits before a window.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// An account that can be tried.
pub struct Trial {
    /// As it would be polled, with the password that was typed; patient only as long as a person is.
    pub account: Account,
    /// The global settings that would hold.
    pub globals: Globals,
}

impl Trial {
    /// From a draft. Files that cannot be used as they are stand in nobody's way before it is time
    /// to save: a new account is then read from a file of its own. One that is there already cannot
    /// be told without its file, and has its own password where none was typed.
    pub async fn new(context: &Context, draft: &Draft) -> Result<Self> {
        let mut draft = draft.clone();
        let stored = stored(context, &draft).await;
        if wants_stored(&draft) {
            draft.secret = draft.secret.or(stored.clone());
        }
        let plan = match &draft.replaces {
            Some(_) => planned(context, &draft)?.1.plan,
            None => {
                let files = Files::read(context).ok();
                let planned = files.map(|files| files.plan(context, &draft));
                match planned {
                    Some(Ok(planned)) => planned.plan,
                    _ => alone(context, &draft)?,
                }
            }
        };
        let mut account = plan.account;
        let board = Board::default();
        if let Some(secret) = draft.secret {
            account.password = Some(secret);
        } else if context.secrets.stored(&account, &board).await.is_none() {
            // Its place may be a new one.
            account.password = stored.or(account.password);
        }
        account.timeout = account.timeout.min(PATIENCE);
        crate::engine::source::mark_shared(
            std::slice::from_mut(&mut account),
            Some(&plan.accounts),
        );
        Ok(Self {
            account,
            globals: plan.globals,
        })
    }
}

/// The password that the account of a draft has, if it is there already, none was typed, and it is
/// to be kept by us.
pub async fn stored(context: &Context, draft: &Draft) -> Option<Secret> {
    let is_ours = !matches!(
        draft.setup.password,
        PasswordPlace::Command(_) | PasswordPlace::Netrc
    );
    let is_wanted = is_ours && draft.secret.is_none();
    let id = draft.replaces.as_ref().filter(|_| is_wanted)?;
    let options = &context.options;
    let (accounts, _) = options.source.unchecked(&options.places).ok()?;
    let account = accounts.into_iter().find(|account| account.id == *id)?;
    let given = context.secrets.stored(&account, &Board::default()).await?;
    Some(given.secret)
}

/// It is to be kept where we put passwords: one that is known goes there too.
pub fn wants_stored(draft: &Draft) -> bool {
    let place = &draft.setup.password;
    matches!(place, PasswordPlace::File) && draft.replaces.is_some()
}

fn alone(context: &Context, draft: &Draft) -> Result<Plan> {
    let around = context.options.source.around(&[]);
    let basis = Basis {
        rc: b"",
        local: "",
        rc_name: None,
        around: &around,
    };
    let planned = plan(&draft.setup, draft.secret.as_ref(), &basis);
    planned.map_err(|why| refused(context, why))
}
