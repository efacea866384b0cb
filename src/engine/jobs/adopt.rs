//! Writes an account, new or changed. `accounts.toml` comes first: a crash in between leaves keys
//! without an account, never an account without its keys.

use std::path::Path;

use super::failed::{Result, setup};
use super::files::{self, Files, Planned, planned};
use super::trial::{stored, wants_stored};
use super::undo::restore;
use super::{Context, End, First, follow, samples};
use crate::base::Secret;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::{
    Adopted, Amendment, Draft, Failed, FirstTime, Outcome, PasswordPlace, Undo,
};
use crate::engine::api::saving::{Base, Unsaved, Version, Which};
use crate::engine::api::words;
use crate::engine::poll::Way;
use crate::rc::Account;
use crate::rc::account::Protocol;
use crate::rc::setup::write::Plan;
use crate::store::rcfile;

/// See [`Job::Adopt`](crate::engine::api::job::Job::Adopt).
pub async fn adopt(context: &Context, draft: &Draft) -> Result<(Outcome, End)> {
    let mut draft = draft.clone();
    let known = stored(context, &draft).await;
    if wants_stored(&draft) {
        draft.secret = draft.secret.or(known.clone());
    }
    let (files, planned) = planned(context, &draft)?;
    let written = write(context, files, planned).await?;
    let first = First {
        id: written.account.id.clone(),
        way: first(&draft, written.former.as_ref(), &written.account),
        waits: draft.waits,
    };
    let mut undo = written.undo();
    let only_in_memory = match &written.former {
        Some(former) => keep_changed(context, &draft, known, former, &written, &mut undo).await,
        None => {
            let is_kept = draft.setup.password == PasswordPlace::Keyring;
            undo.secret = is_kept.then(|| written.account.id.clone());
            keep(context, &draft, &written.account).await
        }
    };
    // The usual beginning needs no word to the scheduler.
    let is_usual = first.way == Way::Usual && !first.waits;
    Ok(ended(
        written,
        undo,
        only_in_memory,
        Some(first).filter(|_| !is_usual),
    ))
}

/// See [`Job::Amend`](crate::engine::api::job::Job::Amend).
pub async fn amend(context: &Context, what: &Amendment) -> Result<(Outcome, End)> {
    let (files, planned) = files::amended(context, what)?;
    let written = write(context, files, planned).await?;
    let mut undo = written.undo();
    if let Some(former) = &written.former {
        follow_secrets(context, former, &written, &mut undo).await;
    }
    Ok(ended(written, undo, None, None))
}

fn ended(
    written: Written,
    undo: Undo,
    only_in_memory: Option<String>,
    first: Option<First>,
) -> (Outcome, End) {
    let adopted = Adopted {
        id: written.account.id,
        undo,
        only_in_memory,
    };
    let end = End {
        reload: true,
        first,
    };
    (Outcome::Adopted(Box::new(adopted)), end)
}

/// What was written, and for whom.
struct Written {
    account: Account,
    former: Option<Account>,
    /// The other accounts.
    others: Vec<Account>,
    rc: Version,
    was_new: bool,
    local: Option<Version>,
    /// What the keyring had for the former one.
    kept: Option<Secret>,
}

impl Written {
    fn undo(&self) -> Undo {
        let former = self.former.as_ref();
        Undo {
            rc: self.rc.clone(),
            was_new: self.was_new,
            local: self.local.clone(),
            secret: None,
            written: former.map(|_| self.account.id.clone()),
            former: former.map(|former| (former.id.clone(), self.kept.clone())),
        }
    }
}

/// Work with files, which waits for the disk.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(setup(error.to_string())),
    }
}

/// What was fetched is noted under a new name before anybody polls by it, and once more for what a
/// poll under the old name has brought meanwhile.
async fn write(context: &Context, files: Files, planned: Planned) -> Result<Written> {
    let former = planned.former;
    let account = planned.plan.account.clone();
    let mut others = planned.plan.accounts.clone();
    others.retain(|other| other.id != account.id);
    let mut kept = None;
    if let Some(former) = &former {
        kept = follow::kept(context, former).await;
        follow::record(context, former, &account).await?;
    }
    let (of_files, plan) = (context.clone(), planned.plan);
    let (rc, was_new, local) = blocking(move || write_files(&of_files, &files, &plan)).await?;
    if let Some(former) = &former {
        follow::record(context, former, &account).await?;
        samples::follow(context, &former.id, &account.id).await;
    }
    Ok(Written {
        account,
        former,
        others,
        rc,
        was_new,
        local,
        kept,
    })
}

fn write_files(
    context: &Context,
    files: &Files,
    plan: &Plan,
) -> Result<(Version, bool, Option<Version>)> {
    readable(files).map_err(|why| unsaved(&files.rc_path, why))?;
    let local = write_local(context, files, plan)?;
    if let Err(why) = write_rc(context, files, plan) {
        // What nothing needs now goes again; if it stays it binds nobody.
        if let Some(local) = &local
            && let Err(error) = restore(&files.local_path, local, true)
        {
            tracing::warn!(%error, "accounts.toml could not be put back");
        }
        return Err(why);
    }
    let rc = Version {
        base: Base::of(&plan.rc),
        bytes: Secret::new(&files.rc[..]),
    };
    Ok((rc, files.rc_base == Base::NONE, local))
}

/// What the first poll does. POP3 does not tell what was read: what is there now is put on record.
/// An account that was there goes on as before, unless its messages have got other names.
fn first(draft: &Draft, former: Option<&Account>, account: &Account) -> Way {
    let was_pop3 = former.map(|former| former.protocol != Protocol::Imap);
    let is_pop3 = account.protocol != Protocol::Imap;
    match (was_pop3, draft.setup.first_time) {
        (Some(true), _) => Way::Usual,
        (Some(false), _) if is_pop3 => Way::MarkKnown,
        (Some(false), _) => Way::Usual,
        (None, FirstTime::Everything) => Way::Everything,
        (None, FirstTime::OnlyNew) if is_pop3 => Way::MarkKnown,
        (None, FirstTime::OnlyNew) => Way::Usual,
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

/// The same for an account that was there: one that was typed is kept, another goes where the
/// set-up says, and what the keyring has of it no longer goes.
async fn keep_changed(
    context: &Context,
    draft: &Draft,
    known: Option<Secret>,
    former: &Account,
    written: &Written,
    undo: &mut Undo,
) -> Option<String> {
    let (account, others) = (&written.account, &written.others);
    if draft.setup.password != PasswordPlace::Keyring {
        if written.kept.is_some() {
            follow::clear(context, former, others).await;
        }
        let secret = draft.secret.clone().or(known);
        if let (PasswordPlace::Ask, Some(secret)) = (&draft.setup.password, secret) {
            context.secrets.remember(account, secret);
        }
        return None;
    }
    let is_there = written.kept.is_some();
    let Some(secret) = draft.secret.clone().or(known.filter(|_| !is_there)) else {
        follow_secrets(context, former, written, undo).await;
        return None;
    };
    undo.secret = Some(account.id.clone());
    let fault = context.secrets.keep_or_remember(account, &secret).await;
    if fault.is_none() && follow::is_renamed(former, account) {
        follow::clear(context, former, others).await;
    }
    fault.map(|fault| words::headline(&fault.cause))
}

async fn follow_secrets(context: &Context, former: &Account, written: &Written, undo: &mut Undo) {
    let account = &written.account;
    if follow::is_renamed(former, account) && written.kept.is_some() {
        undo.secret = Some(account.id.clone());
    }
    follow::secrets(context, former, account, &written.others).await;
}

pub(super) fn unsaved(path: &Path, why: Unsaved) -> Box<Failed> {
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
