//! Writes an account, and takes it back. `accounts.toml` comes first: a crash in between leaves
//! keys without an account, never an account without its keys.

use std::path::Path;

use super::failed::{Result, setup};
use super::trial::{Files, planned};
use super::{Context, End};
use crate::base::Secret;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::{Adopted, Draft, Failed, FirstTime, Outcome, PasswordPlace, Undo};
use crate::engine::api::saving::{Base, Unsaved, Version, Which};
use crate::engine::api::words;
use crate::engine::poll::Way;
use crate::engine::source::File;
use crate::rc::Account;
use crate::rc::setup::write::Plan;
use crate::store::{local, rcfile};

/// See [`Job::Adopt`](crate::engine::api::job::Job::Adopt).
pub async fn adopt(context: &Context, draft: &Draft) -> Result<(Outcome, End)> {
    let (context, draft) = (context.clone(), draft.clone());
    let (of_files, wanted) = (context.clone(), draft.clone());
    let written = blocking(move || write(&of_files, &wanted)).await?;
    let id = written.account.id.clone();
    let only_in_memory = keep(&context, &draft, &written.account).await;
    let end = End {
        reload: true,
        first: first(&draft).map(|way| (id.clone(), way)),
    };
    let adopted = Adopted {
        id,
        undo: written.undo,
        only_in_memory,
    };
    Ok((Outcome::Adopted(Box::new(adopted)), end))
}

/// What was written, and for whom.
struct Written {
    account: Account,
    undo: Undo,
}

/// Work with files, which waits for the disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(setup(error.to_string())),
    }
}

fn write(context: &Context, draft: &Draft) -> Result<Written> {
    let (files, plan) = planned(context, draft)?;
    readable(&files).map_err(|why| unsaved(&files.rc_path, why))?;
    let local = write_local(context, &files, &plan)?;
    if let Err(why) = write_rc(context, &files, &plan) {
        // What nothing needs now goes again; if it stays it binds nobody.
        if let Some(local) = &local
            && let Err(error) = restore(&files.local_path, local, true)
        {
            tracing::warn!(%error, "accounts.toml could not be put back");
        }
        return Err(why);
    }
    let undo = Undo {
        rc: Version {
            base: Base::of(&plan.rc),
            bytes: Secret::new(&files.rc[..]),
        },
        was_new: files.rc_base == Base::NONE,
        local,
        secret: (draft.setup.password == PasswordPlace::Keyring).then(|| plan.id().clone()),
    };
    Ok(Written {
        account: plan.account,
        undo,
    })
}

/// What the first poll does. POP3 does not tell what was read: what is there now is put on record.
fn first(draft: &Draft) -> Option<Way> {
    match draft.setup.first_time {
        FirstTime::Everything => Some(Way::Everything),
        FirstTime::OnlyNew if !draft.setup.is_imap => Some(Way::MarkKnown),
        FirstTime::OnlyNew => None,
    }
}

/// A file that others can read would not be polled by, and is not to get a password.
fn readable(files: &Files) -> std::result::Result<(), Unsaved> {
    if files.rc_base == Base::NONE {
        return Ok(());
    }
    match rcfile::read(&files.rc_path, true) {
        Ok(_) => Ok(()),
        Err(error) => Err(Unsaved::Refused(error.to_string())),
    }
}

fn write_local(context: &Context, files: &Files, plan: &Plan) -> Result<Option<Version>> {
    if files.local == plan.local {
        return Ok(None);
    }
    let version = Version {
        base: files.local_base,
        bytes: Secret::new(plan.local.as_bytes()),
    };
    let options = &context.options;
    let saved = options.source.save(&version, Which::Local, &options.places);
    let base = saved.result.map_err(|why| unsaved(&saved.path, why))?;
    Ok(Some(Version {
        base,
        bytes: Secret::new(files.local.as_bytes()),
    }))
}

fn write_rc(context: &Context, files: &Files, plan: &Plan) -> Result<()> {
    let version = Version {
        base: files.rc_base,
        bytes: Secret::new(&plan.rc[..]),
    };
    let options = &context.options;
    let saved = options.source.save(&version, Which::Rc, &options.places);
    saved.result.map_err(|why| unsaved(&saved.path, why))?;
    Ok(())
}

/// Keeps the password where the set-up says, as far as that is not a file; why it is only kept in
/// memory.
async fn keep(context: &Context, draft: &Draft, account: &Account) -> Option<String> {
    let secret = draft.secret.as_ref()?;
    match draft.setup.password {
        PasswordPlace::Keyring => {
            let fault = context.secrets.keep_or_remember(account, secret).await?;
            Some(words::headline(&fault.cause))
        }
        PasswordPlace::Ask => {
            context.secrets.remember(account, secret.clone());
            None
        }
        PasswordPlace::File | PasswordPlace::Command(_) | PasswordPlace::Netrc => None,
    }
}

/// See [`Job::Undo`](crate::engine::api::job::Job::Undo).
pub async fn undo(context: &Context, undo: &Undo) -> Result<(Outcome, End)> {
    let options = context.options.clone();
    let account = undo.secret.clone().and_then(|id| {
        let (accounts, _) = options.source.unchecked(&options.places).ok()?;
        accounts.into_iter().find(|account| account.id == id)
    });
    let (of_files, wanted) = (context.clone(), undo.clone());
    let done = blocking(move || put_back(&of_files, &wanted)).await?;
    if let Some(account) = account
        && let Err(fault) = context.secrets.clear(&account).await
    {
        tracing::debug!(cause = ?fault.cause, "the keyring keeps its entry");
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
fn restore(path: &Path, old: &Version, may_go: bool) -> std::result::Result<(), Unsaved> {
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

fn unsaved(path: &Path, why: Unsaved) -> Box<Failed> {
    let sentence = match &why {
        Unsaved::Changed(sentence) | Unsaved::Refused(sentence) => sentence.clone(),
        Unsaved::Errors(_) => {
            let text = gettext("{path} would have errors, and is not written.");
            fill(&text, &[("path", &path.display())])
        }
    };
    let details = match &why {
        Unsaved::Errors(errors) => errors.join("\n"),
        _ => String::new(),
    };
    Box::new(Failed {
        unsaved: Some(why),
        details,
        ..*setup(sentence)
    })
}
