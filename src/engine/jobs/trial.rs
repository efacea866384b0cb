//! The account of a draft, resolved from the very text that saving would write.

use std::path::PathBuf;
use std::time::Duration;

use super::Context;
use super::failed::{Result, refused, setup};
use crate::base::i18n::gettext;
use crate::engine::api::job::{Draft, Failed};
use crate::engine::api::saving::{Base, Unsaved};
use crate::engine::source::File;
use crate::rc::setup::write::{Basis, Plan, Refused, plan};
use crate::rc::{Account, Globals};
use crate::store::{local, rcfile};

/// Longest silence of a server while somebody waits before a window.
const PATIENCE: Duration = Duration::from_secs(30);

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

    /// What saving the draft would write.
    pub fn plan(&self, context: &Context, draft: &Draft) -> std::result::Result<Plan, Refused> {
        let around = context.options.source.around(&[]);
        let basis = Basis {
            rc: &self.rc,
            local: &self.local,
            rc_name: self.rc_name.as_deref(),
            around: &around,
        };
        plan(&draft.setup, draft.secret.as_ref(), &basis)
    }
}

/// An account that can be tried.
pub struct Trial {
    /// As it would be polled, with the password that was typed; patient only as long as a person is.
    pub account: Account,
    /// The global settings that would hold.
    pub globals: Globals,
}

impl Trial {
    /// From a draft. Files that cannot be used as they are stand in nobody's way before it is time
    /// to save: the account is then read from a file of its own.
    pub fn new(context: &Context, draft: &Draft) -> Result<Self> {
        let files = Files::read(context);
        let planned = files.as_ref().ok().map(|files| files.plan(context, draft));
        let plan = match planned {
            Some(Ok(plan)) => plan,
            _ => alone(context, draft)?,
        };
        let mut account = plan.account;
        if let Some(secret) = &draft.secret {
            account.password = Some(secret.clone());
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

/// The plan on the files that are there.
pub fn planned(context: &Context, draft: &Draft) -> Result<(Files, Plan)> {
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
    match files.plan(context, draft) {
        Ok(plan) => Ok((files, plan)),
        Err(why) => Err(refused(context, why)),
    }
}
