//! The person's files as they are, and what saving would make of them.

use std::path::PathBuf;

use super::Context;
use super::failed::{Result, refused, setup};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::{Amendment, Draft, Failed};
use crate::engine::api::saving::{Base, Unsaved};
use crate::engine::source::File;
use crate::rc::Account;
use crate::rc::setup::change::{self, Changed};
use crate::rc::setup::read::{describe, normal};
use crate::rc::setup::write::{Basis, Plan, Refused, plan};
use crate::store::{local, rcfile};

/// The person's files as they are.
pub struct Files {
    /// The rc file.
    pub rc_path: PathBuf,
    /// Its bytes; empty if there is none.
    pub rc: Vec<u8>,
    /// What a new version of it is made from.
    pub rc_base: Base,
    /// `accounts.toml`
    pub local_path: PathBuf,
    /// Its text; empty if there is none.
    pub local: String,
    /// What a new version of it is made from.
    pub local_base: Base,
    /// How `accounts.toml` calls that rc file.
    pub rc_name: Option<String>,
}

impl Files {
    /// Reads them; whoever may read the rc file. An error is a sentence.
    pub fn read(context: &Context) -> std::result::Result<Self, String> {
        let options = &*context.options;
        let (source, places) = (&options.source, &options.places);
        let (rc_path, rc) = match &source.file {
            File::Text(bytes) => (PathBuf::from("-"), Some(bytes.clone())),
            File::Path(path) => match rcfile::read(path, false) {
                Ok(found) => (path.clone(), Some(found.bytes)),
                Err(rcfile::RcError::Missing { .. }) => (path.clone(), None),
                Err(error) => return Err(error.to_string()),
            },
        };
        let local_path = places.accounts_toml();
        let local_path = local_path
            .ok_or_else(|| gettext("There is no home directory to keep accounts.toml in."))?;
        let local = local::read(&local_path).map_err(|error| error.to_string())?;
        let is_usual = source.is_meant_by(None, places);
        Ok(Self {
            rc_base: rc.as_deref().map_or(Base::NONE, Base::of),
            rc: rc.unwrap_or_default(),
            local_base: local.as_deref().map_or(Base::NONE, Base::of),
            local: String::from_utf8(local.unwrap_or_default()).map_err(|_| {
                gettext("accounts.toml has an error. Correct it with a text editor first.")
            })?,
            rc_name: (!is_usual).then(|| rc_path.display().to_string()),
            rc_path,
            local_path,
        })
    }

    /// Works on them as they are read for polling.
    pub fn with<T>(&self, context: &Context, work: impl FnOnce(&Basis) -> T) -> T {
        let around = context.options.source.around(&[]);
        work(&Basis {
            rc: &self.rc,
            local: &self.local,
            rc_name: self.rc_name.as_deref(),
            around: &around,
        })
    }

    /// What saving the draft would write.
    pub fn plan(&self, context: &Context, draft: &Draft) -> std::result::Result<Planned, Refused> {
        let (setup, secret) = (&draft.setup, draft.secret.as_ref());
        self.with(context, |basis| match &draft.replaces {
            Some(id) => change::plan(id, setup, secret, basis).map(Into::into),
            None => plan(setup, secret, basis).map(Into::into),
        })
    }
}

/// What is to be written.
pub struct Planned {
    /// The files.
    pub plan: Plan,
    /// The account as it was, if it was there.
    pub former: Option<Account>,
    /// What a person should know before.
    pub notes: Vec<String>,
}

impl From<Plan> for Planned {
    fn from(plan: Plan) -> Self {
        Self {
            plan,
            former: None,
            notes: Vec::new(),
        }
    }
}

impl From<Changed> for Planned {
    fn from(changed: Changed) -> Self {
        Self {
            plan: changed.plan,
            former: Some(changed.former),
            notes: changed.notes,
        }
    }
}

/// The files, and what saving the draft makes of them.
pub fn planned(context: &Context, draft: &Draft) -> Result<(Files, Planned)> {
    if let (Some(id), Some(was)) = (&draft.replaces, &draft.was) {
        let files = Files::read(context).map_err(setup)?;
        let now = files.with(context, |basis| describe(id, basis));
        let now = now.map_err(|why| refused(context, why))?;
        if normal(&now.setup) != normal(was) {
            let text = gettext(
                "{account} was changed by another program meanwhile. Open it again to see how it is now.",
            );
            let sentence = fill(&text, &[("account", id)]);
            return Err(Box::new(Failed {
                unsaved: Some(Unsaved::Changed(sentence.clone())),
                ..*setup(sentence)
            }));
        }
    }
    made(context, |files| files.plan(context, draft))
}

/// The same for single options.
pub fn amended(context: &Context, what: &Amendment) -> Result<(Files, Planned)> {
    made(context, |files| {
        let amended = files.with(context, |basis| {
            change::amend(&what.id, &what.options, basis)
        });
        amended.map(Into::into)
    })
}

fn made(
    context: &Context,
    plan: impl FnOnce(&Files) -> std::result::Result<Planned, Refused>,
) -> Result<(Files, Planned)> {
    let unsaved = |sentence: String| {
        let failed = *setup(sentence.clone());
        Box::new(Failed {
            unsaved: Some(Unsaved::Refused(sentence)),
            ..failed
        })
    };
    if matches!(context.options.source.file, File::Text(_)) {
        let sentence = gettext("The configuration came from standard input and cannot be saved.");
        return Err(unsaved(sentence));
    }
    let files = Files::read(context).map_err(unsaved)?;
    match plan(&files) {
        Ok(planned) => Ok((files, planned)),
        Err(why) => Err(refused(context, why)),
    }
}
