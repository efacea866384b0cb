//! The samples that are kept with accounts (`Job::Samples`): a private file of JSON in the state
//! directory, one for each rc file. Its lines stay on this computer, as they name other people.

mod form;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::Context;
use super::adopt::blocking;
use super::failed::{Result, setup};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::AccountId;
use crate::engine::api::job::Outcome;
use crate::engine::api::routing::HEADER_MAX;
use crate::engine::api::samples::{MOST, Sample, SampleWish, Samples};
use crate::engine::source::File;
use crate::store::places::state_file;
use crate::store::samples;

/// Whose turn it is: the file is read, changed and written as one.
static TURN: Mutex<()> = Mutex::new(());

/// See [`Job::Samples`](crate::engine::api::job::Job::Samples).
pub async fn run(context: &Context, wish: SampleWish) -> Result<Outcome> {
    let context = context.clone();
    let samples = blocking(move || done(&context, wish)).await?;
    Ok(Outcome::Samples(Box::new(samples)))
}

/// Samples go along with an account that has got another name.
pub async fn follow(context: &Context, from: &AccountId, to: &AccountId) {
    if from == to {
        return;
    }
    let wish = SampleWish::Follow(vec![(from.clone(), to.clone())]);
    if let Err(failed) = run(context, wish).await {
        tracing::warn!(cause = ?failed.trouble.cause, "samples keep the old name of their account");
    }
}

fn done(context: &Context, wish: SampleWish) -> Result<Samples> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let login = context.options.source.user.clone();
    let Some(path) = path(context)? else {
        return match wish {
            SampleWish::Read | SampleWish::Follow(_) => Ok(Samples {
                login,
                of: Vec::new(),
            }),
            SampleWish::Keep(..) | SampleWish::Forget(..) => Err(setup(gettext(
                "The configuration came from standard input: samples cannot be kept with it.",
            ))),
        };
    };
    let bytes = samples::read(&path).map_err(|why| setup(why.to_string()))?;
    let of = match bytes {
        Some(bytes) => form::read(&bytes).ok_or_else(|| {
            let text = gettext("{path} is not a file of samples. Move it out of the way.");
            setup(fill(&text, &[("path", &path.display())]))
        })?,
        None => Vec::new(),
    };
    let mut samples = Samples { login, of };
    if change(&mut samples, wish)? {
        let bytes = form::write(&samples.of);
        if bytes.len() as u64 > samples::SIZE_MAX {
            return Err(setup(gettext(
                "There is no room for more samples: all together may take 16 MiB.",
            )));
        }
        samples::save(&path, &bytes).map_err(|why| setup(why.to_string()))?;
    }
    Ok(samples)
}

/// Where they are; `None` for an rc file that is not one.
fn path(context: &Context) -> Result<Option<PathBuf>> {
    let File::Path(rc) = &context.options.source.file else {
        return Ok(None);
    };
    let state = &context.options.places.state_dir;
    let path = state_file(state, rc, ".samples.json");
    path.map(Some).map_err(|error| setup(error.to_string()))
}

/// Changes them; returns whether there is anything to write.
fn change(samples: &mut Samples, wish: SampleWish) -> Result<bool> {
    match wish {
        SampleWish::Read => Ok(false),
        SampleWish::Keep(id, sample) => keep(samples, id, sample).map(|()| true),
        SampleWish::Forget(id, header) => {
            let of = samples.of.iter_mut().filter(|(known, _)| *known == id);
            of.for_each(|(_, of)| of.retain(|sample| sample.header != header));
            samples.of.retain(|(_, of)| !of.is_empty());
            Ok(true)
        }
        SampleWish::Follow(names) => {
            let mut is_changed = false;
            for (id, _) in &mut samples.of {
                if let Some((_, to)) = names.iter().find(|(from, _)| from == id) {
                    id.clone_from(to);
                    is_changed = true;
                }
            }
            Ok(is_changed)
        }
    }
}

fn keep(samples: &mut Samples, id: AccountId, sample: Sample) -> Result<()> {
    if sample.header.is_empty() || sample.header.len() > HEADER_MAX {
        return Err(setup(gettext("A sample needs a header of at most 1 MiB.")));
    }
    let at = match samples.of.iter().position(|(known, _)| *known == id) {
        Some(at) => at,
        None => {
            samples.of.push((id, Vec::new()));
            samples.of.len() - 1
        }
    };
    let of = &mut samples.of[at].1;
    match of.iter().position(|known| known.header == sample.header) {
        Some(at) => of[at] = sample,
        None if of.len() >= MOST => {
            let text = gettext("An account can have {n} samples. Remove one first.");
            return Err(setup(fill(&text, &[("n", &MOST)])));
        }
        None => of.push(sample),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::api::routing::Dns;

    fn id(user: &str) -> AccountId {
        AccountId {
            label: "a".into(),
            user: user.into(),
            ordinal: 0,
        }
    }

    fn sample(header: &str, to: &str) -> Sample {
        Sample {
            name: "n".into(),
            header: header.into(),
            dns: Dns::Ask,
            expected: vec![to.into()],
        }
    }

    #[test]
    fn kept_forgotten_and_renamed() {
        let mut samples = Samples::default();
        let mut done = |wish| change(&mut samples, wish).map_err(|_| ());
        let keep =
            |user: &str, header: &str, to: &str| SampleWish::Keep(id(user), sample(header, to));
        assert_eq!(done(keep("u", "To: a\n", "a")), Ok(true));
        assert_eq!(done(keep("u", "To: a\n", "b")), Ok(true));
        assert_eq!(done(keep("v", "To: a\n", "c")), Ok(true));
        assert_eq!(done(keep("v", "", "c")), Err(()));
        let long = "x".repeat(HEADER_MAX + 1);
        assert_eq!(done(keep("v", &long, "c")), Err(()));
        assert_eq!(done(SampleWish::Follow(vec![(id("u"), id("w"))])), Ok(true));
        assert_eq!(
            done(SampleWish::Follow(vec![(id("u"), id("w"))])),
            Ok(false)
        );
        assert_eq!(
            done(SampleWish::Forget(id("v"), b"To: a\n".to_vec())),
            Ok(true)
        );
        assert_eq!(samples.of, [(id("w"), vec![sample("To: a\n", "b")])]);
        for n in 1..=MOST {
            let wish = keep("w", &format!("To: {n}\n"), "a");
            assert_eq!(change(&mut samples, wish).is_ok(), n < MOST, "{n}");
        }
        assert_eq!(samples.of(&id("w")).len(), MOST);
    }
}
