//! What an editor of the rc file needs: the file, and what there is to say about a text.

use super::Context;
use super::failed::{Result, setup};
use super::files::Files;
use crate::base::Secret;
use crate::base::i18n::{fill, gettext};
use crate::base::text::quiet;
use crate::engine::api::job::{Outcome, RcText};
use crate::engine::oneshot::lint::{gather, program};
use crate::engine::source::File;
use crate::rc::Document;
use crate::rc::lint::facts::ProgramFacts;
use crate::rc::lint::{self, program_of};

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

/// See [`Job::CheckCommand`](crate::engine::api::job::Job::CheckCommand).
pub async fn check_command(command: Vec<u8>) -> Result<Outcome> {
    let name = quiet(program_of(&command).unwrap_or_default(), 200);
    let facts = tokio::task::spawn_blocking(move || program(&command)).await;
    let text = match facts.map_err(|error| setup(error.to_string()))? {
        ProgramFacts::Good => gettext("The program {name} is there and can be run."),
        ProgramFacts::Missing => gettext("There is no program {name}."),
        ProgramFacts::NotExecutable => gettext("{name} is there, but cannot be run."),
        ProgramFacts::Unknown => gettext("Only the shell can tell what this runs."),
    };
    Ok(Outcome::CommandChecked(fill(&text, &[("name", &name)])))
}
