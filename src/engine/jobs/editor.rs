//! What an editor of the rc file needs: the file, and what there is to say about a text.

use super::Context;
use super::failed::{Result, setup};
use super::files::Files;
use crate::base::Secret;
use crate::engine::api::job::{Outcome, RcText};
use crate::engine::oneshot::lint::gather;
use crate::engine::source::File;
use crate::rc::Document;
use crate::rc::lint;

/// See [`Job::ReadRc`](crate::engine::api::job::Job::ReadRc).
pub fn read(context: &Context) -> Result<Outcome> {
    let files = Files::read(context).map_err(setup)?;
    Ok(Outcome::RcRead(Box::new(RcText {
        path: files.rc_path,
        bytes: Secret::new(files.rc),
        base: files.rc_base,
    })))
}

/// See [`Job::Lint`](crate::engine::api::job::Job::Lint). The rules look at programs and folders of
/// commands, which may be slow.
pub async fn lint(context: &Context, text: Secret) -> Result<Outcome> {
    let source = context.options.source.clone();
    let work = move || {
        let document = Document::parse(text.expose());
        let path = match &source.file {
            File::Path(path) => Some(path.as_path()),
            File::Text(_) => None,
        };
        let mut facts = gather(&document, path, None);
        facts.around = source.around(&[]);
        lint::check(&document, &facts)
    };
    let found = tokio::task::spawn_blocking(work).await;
    found
        .map(Outcome::Linted)
        .map_err(|error| setup(error.to_string()))
}
