//! Takes back what was written, if nobody has changed it since.

use std::path::Path;

use super::adopt::{blocking, unsaved};
use super::failed::{Result, setup};
use super::{Context, End, follow, samples};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::AccountId;
use crate::engine::api::job::{Outcome, Undo};
use crate::engine::api::saving::{Base, Unsaved, Version};
use crate::engine::handle::Options;
use crate::engine::source::File;
use crate::rc::Account;
use crate::store::{local, rcfile};

/// See [`Job::Undo`](crate::engine::api::job::Job::Undo).
pub async fn run(context: &Context, undo: &Undo) -> Result<(Outcome, End)> {
    let options = context.options.clone();
    let all = |options: &Options| {
        let all = options.source.unchecked(&options.places);
        all.map(|(accounts, _)| accounts).unwrap_or_default()
    };
    let find = |accounts: &[Account], id: &AccountId| {
        let found = accounts.iter().find(|account| account.id == *id);
        found.cloned()
    };
    let before = all(&options);
    let written = undo.written.as_ref().and_then(|id| find(&before, id));
    let made = undo.secret.as_ref().and_then(|id| find(&before, id));
    let (of_files, wanted) = (context.clone(), undo.clone());
    let done = blocking(move || put_back(&of_files, &wanted)).await?;
    let after = all(&options);
    follow::forget_beginnings(context, &before, &after).await;
    if let Some(account) = made {
        let others: Vec<Account> = before.into_iter().filter(|a| a.id != account.id).collect();
        follow::clear(context, &account, &others).await;
    }
    if let Some((id, kept)) = &undo.former
        && let Some(former) = find(&after, id)
    {
        if let Some(kept) = kept
            && let Some(fault) = context.secrets.keep_or_remember(&former, kept).await
        {
            tracing::warn!(cause = ?fault.cause, "the keyring has lost its entry");
        }
        // What was fetched meanwhile was fetched.
        if let Some(written) = written {
            samples::follow(context, &written.id, &former.id).await;
            follow::record(context, &written, &former).await?;
        }
    }
    Ok(done)
}

fn put_back(context: &Context, undo: &Undo) -> Result<(Outcome, End)> {
    let options = &context.options;
    let File::Path(path) = &options.source.file else {
        let sentence = gettext("The configuration came from standard input and cannot be saved.");
        return Err(setup(sentence));
    };
    let is_same = |path: &Path, base: Base| {
        let bytes = std::fs::read(path);
        bytes.map_or(Base::NONE, |bytes| Base::of(&bytes)) == base
    };
    let local_path = options.places.accounts_toml().unwrap_or_default();
    let local_changed = undo
        .local
        .as_ref()
        .is_some_and(|old| !is_same(&local_path, old.base));
    if !is_same(path, undo.rc.base) || local_changed {
        let text = gettext("{path} was changed meanwhile, and stays as it is.");
        let which = if local_changed { &local_path } else { path };
        let sentence = fill(&text, &[("path", &which.display())]);
        return Err(unsaved(path, Unsaved::Changed(sentence)));
    }
    // The account first: its keys bind it to the last.
    restore(path, &undo.rc, undo.was_new).map_err(|why| unsaved(path, why))?;
    if let Some(old) = &undo.local {
        restore(&local_path, old, true).map_err(|why| unsaved(&local_path, why))?;
    }
    let end = End {
        reload: true,
        first: None,
    };
    Ok((Outcome::Undone, end))
}

/// Puts a file back as it was. One that held nothing goes, if `may_go`.
pub(super) fn restore(
    path: &Path,
    old: &Version,
    may_go: bool,
) -> std::result::Result<(), Unsaved> {
    let bytes = old.bytes.expose();
    if may_go && bytes.is_empty() {
        return match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                let error = crate::store::Error::disk(path, &error);
                Err(Unsaved::Refused(error.to_string()))
            }
            _ => Ok(()),
        };
    }
    let saved = match path.file_name() {
        Some(name) if name == "accounts.toml" => local::save(path, old.base, bytes),
        _ => rcfile::save(path, old.base, bytes),
    };
    saved.map(drop).map_err(crate::engine::saving::unsaved)
}
