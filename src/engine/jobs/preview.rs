//! What saving a draft would write, as diffs with their secrets masked.

use super::Context;
use super::failed::Result;
use super::files::{self, Files, Planned, planned};
use super::follow;
use super::trial::{stored, wants_stored};
use crate::engine::api::job::{Amendment, Draft, FileChange, Outcome, Preview};
use crate::engine::api::saving::Base;
use crate::rc::diff;
use crate::rc::setup::write::Plan;

/// See [`Job::Preview`](crate::engine::api::job::Job::Preview).
pub async fn run(context: &Context, draft: &Draft) -> Result<Outcome> {
    let mut draft = draft.clone();
    if wants_stored(&draft) && draft.secret.is_none() {
        draft.secret = stored(context, &draft).await;
    }
    Ok(shown(planned(context, &draft)?))
}

/// See [`Job::Amend`](crate::engine::api::job::Job::Amend).
pub fn amended(context: &Context, what: &Amendment) -> Result<Outcome> {
    Ok(shown(files::amended(context, what)?))
}

fn shown((files, planned): (Files, Planned)) -> Outcome {
    let mut notes = planned.notes;
    let plan = planned.plan;
    if let Some(former) = &planned.former {
        notes.extend(follow::note(former, &plan.account));
    }
    Outcome::Previewed(Box::new(Preview {
        rc: FileChange {
            path: files.rc_path.clone(),
            is_new: files.rc_base == Base::NONE,
            diff: diff::of_rc(&files.rc, &plan.rc),
        },
        local: local(&files, &plan),
        id: plan.id().clone(),
        notes,
    }))
}

/// Nothing in `accounts.toml` is secret: a password command may be seen.
fn local(files: &Files, plan: &Plan) -> Option<FileChange> {
    (files.local != plan.local).then(|| FileChange {
        path: files.local_path.clone(),
        is_new: files.local_base == Base::NONE,
        diff: diff::of_text(&files.local, &plan.local),
    })
}
