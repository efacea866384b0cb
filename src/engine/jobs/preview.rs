//! What saving a draft would write, as diffs with their secrets masked.

use super::Context;
use super::failed::Result;
use super::trial::{Files, planned};
use crate::engine::api::job::{Draft, FileChange, Outcome, Preview};
use crate::engine::api::saving::Base;
use crate::rc::diff;
use crate::rc::setup::write::Plan;

/// See [`Job::Preview`](crate::engine::api::job::Job::Preview).
pub fn run(context: &Context, draft: &Draft) -> Result<Outcome> {
    let (files, plan) = planned(context, draft)?;
    Ok(Outcome::Previewed(Box::new(Preview {
        rc: FileChange {
            path: files.rc_path.clone(),
            is_new: files.rc_base == Base::NONE,
            diff: diff::of_rc(&files.rc, &plan.rc),
        },
        local: local(&files, &plan),
        id: plan.id().clone(),
    })))
}

/// Nothing in `accounts.toml` is secret: a password command may be seen.
fn local(files: &Files, plan: &Plan) -> Option<FileChange> {
    (files.local != plan.local).then(|| FileChange {
        path: files.local_path.clone(),
        is_new: files.local_base == Base::NONE,
        diff: diff::of_text(&files.local, &plan.local),
    })
}
