//! The folders of a mailbox.

use super::Context;
use super::failed::{About, Result, failed};
use super::routing;
use super::sign_in::{close, open};
use super::trial::Trial;
use crate::engine::api::folders::shown;
use crate::engine::api::job::{Draft, Folder, Outcome};
use crate::engine::api::routing::Spot;
use crate::engine::trouble::of_server;
use crate::rc::Account;

/// See [`Job::ListFolders`](crate::engine::api::job::Job::ListFolders).
pub async fn run(context: &Context, draft: &Draft) -> Result<Outcome> {
    let account = Trial::new(context, draft).await?.account;
    list(context, &About::from(&draft.setup), &account).await
}

/// See [`Job::FoldersOf`](crate::engine::api::job::Job::FoldersOf).
pub async fn of(context: &Context, of: &Spot) -> Result<Outcome> {
    let account = routing::to_look_at(context, of)?;
    list(context, &About::of(&account), &account).await
}

async fn list(context: &Context, about: &About, account: &Account) -> Result<Outcome> {
    let mut session = open(context, about, account, &mut ()).await?;
    let port = session.port;
    let named = session.maildrop.folders().await;
    let named = named.map_err(|error| failed(of_server(error, account, port)))?;
    close(session).await;
    let folders = named.into_iter().map(|(name, can_select)| Folder {
        shown: shown(&name),
        name,
        can_select,
    });
    Ok(Outcome::Folders(folders.collect()))
}
