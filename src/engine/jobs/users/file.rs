//! A user's file for the editor: reading, looking a text over, writing.

use super::{Context, Whose, agent};
use crate::base::Secret;
use crate::engine::api::job::users::{Draught, Rewrite};
use crate::engine::api::job::{Failed, Outcome, RcText};
use crate::engine::api::saving::{Base, Unsaved};
use crate::engine::jobs::failed::{Result, setup};
use crate::engine::oneshot::agent::{Answer, Verb};
use crate::engine::source::{File, Source};
use crate::rc::lint::{self, Facts};
use crate::rc::{Document, Overrides, provider};

/// See [`Job::ReadAs`](crate::engine::api::job::Job::ReadAs).
pub async fn read(context: &Context, whose: &Whose) -> Result<Outcome> {
    let (answer, text) = agent::ask(context, whose, Verb::Read, None).await;
    let base = match answer {
        Answer::Text(_) => Base::of(text.expose()),
        Answer::Absent(..) => Base::NONE,
        Answer::Refused(refusal, _) => return Err(setup(refusal.to_string())),
        _ => return Err(setup(super::odd().to_string())),
    };
    Ok(Outcome::RcRead(Box::new(RcText {
        path: whose.path.clone(),
        bytes: text,
        base,
    })))
}

/// See [`Job::WriteAs`](crate::engine::api::job::Job::WriteAs).
pub async fn write(context: &Context, new: Rewrite) -> Result<Outcome> {
    let bytes = new.version.bytes.expose();
    let mut whose = new.whose.clone();
    let mut base = new.version.base;
    if new.is_draft {
        whose.path.as_mut_os_string().push(".draft");
        // A draft stands over an older one without a question.
        base = match agent::ask(context, &whose, Verb::Read, None).await {
            (Answer::Text(_), old) => Base::of(old.expose()),
            _ => Base::NONE,
        };
    } else {
        let errors = source(&whose).check(bytes);
        errors.map_err(|errors| unsaved(Unsaved::Errors(errors)))?;
    }
    let mut text = base.to_words().into_bytes();
    text.push(b'\n');
    text.extend_from_slice(bytes);
    let text = Secret::new(text);
    let (answer, _) = agent::ask(context, &whose, Verb::Write, Some(&text)).await;
    match answer {
        Answer::Written(words) => {
            let base = Base::from_words(&words).unwrap_or(Base::of(bytes));
            Ok(Outcome::Written(base))
        }
        Answer::Changed(sentence) => Err(unsaved(Unsaved::Changed(sentence))),
        Answer::Unwritten(sentence) => Err(unsaved(Unsaved::Refused(sentence))),
        Answer::Refused(refusal, _) => Err(unsaved(Unsaved::Refused(refusal.to_string()))),
        _ => Err(unsaved(Unsaved::Refused(super::odd().to_string()))),
    }
}

fn unsaved(why: Unsaved) -> Box<Failed> {
    Box::new(Failed {
        unsaved: Some(why.clone()),
        ..*setup(why.to_string())
    })
}

/// See [`Job::LintAs`](crate::engine::api::job::Job::LintAs). The text may name any place: nothing
/// is looked at with the administrator's rights.
pub async fn lint(draught: Draught) -> Result<Outcome> {
    let work = move || {
        let document = Document::parse(draught.text.expose());
        let facts = Facts {
            around: source(&draught.whose).around(&[]),
            providers: provider::builtin(),
            ..Facts::default()
        };
        lint::check(&document, &facts)
    };
    let found = tokio::task::spawn_blocking(work).await;
    found
        .map(Outcome::Linted)
        .map_err(|error| setup(error.to_string()))
}

/// The file as whoever fetches by it would read it.
fn source(whose: &Whose) -> Source {
    let runner = whose.runner.as_ref().unwrap_or(&whose.keeper);
    Source {
        file: File::Path(whose.path.clone()),
        overrides: Overrides::default(),
        servers: Vec::new(),
        user: runner.name.clone(),
        is_root: runner.uid == 0,
    }
}
