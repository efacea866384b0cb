//! What of a change stands in `accounts.toml`: keys that are to say something else, and the names
//! that accounts have got by it.

use toml_edit::Value as Toml;

use super::Work;
use crate::rc::AccountId;
use crate::rc::local::edit as toml;
use crate::rc::setup::write::{Basis, Refused, SOON, USUAL};
use crate::rc::setup::{PasswordPlace, Rhythm, Setup, Trust, words};

/// Keys with their new values; `None`: to be removed. What is not in it stays.
pub(super) type Keys = Vec<(&'static str, Option<Toml>)>;

/// The account's own rhythm in seconds, if it is to change: `Some(None)` is the general one.
pub(super) fn every(work: &Work, old: &Setup, new: &Setup) -> Option<Option<u32>> {
    if old.rhythm == new.rhythm {
        return None;
    }
    let seconds = match new.rhythm {
        Rhythm::Minutes(minutes) => minutes.clamp(1, 1440) * 60,
        Rhythm::Idle => SOON,
        Rhythm::Asked => return None,
    };
    let general = Some(work.before.whole.globals.daemon).filter(|n| *n > 0);
    let counts = work.account().interval <= 1;
    let is_general = counts && seconds == general.unwrap_or(USUAL);
    Some((!is_general).then_some(seconds))
}

/// The keys that differ.
pub(super) fn of(old: &Setup, new: &Setup, every: Option<Option<u32>>) -> Keys {
    let mut keys = Keys::new();
    if words::is_watch(old) != words::is_watch(new) {
        keys.push(("watch", words::is_watch(new).then_some(true.into())));
    }
    if old.rhythm != new.rhythm || words::is_paused(old) != words::is_paused(new) {
        keys.push(("pause", words::is_paused(new).then_some(true.into())));
    }
    if pin(old) != pin(new) {
        keys.push(("pin_sha256", pin(new).map(Into::into)));
    }
    if command(old) != command(new) {
        keys.push(("password_command", command(new).map(Into::into)));
    }
    if let Some(every) = every {
        keys.push(("every", every.map(|seconds| i64::from(seconds).into())));
    }
    keys
}

fn pin(setup: &Setup) -> Option<&str> {
    match &setup.trust {
        Trust::Pin { sha256, .. } if !setup.is_plain && !sha256.is_empty() => Some(sha256),
        _ => None,
    }
}

fn command(setup: &Setup) -> Option<&str> {
    match &setup.password {
        PasswordPlace::Command(command) => Some(command),
        _ => None,
    }
}

/// The text with all names as they are now, and the keys of the account `own`. What is left there
/// under a name that nobody had goes when somebody gets it.
pub(super) fn written(
    basis: &Basis,
    renamed: &[(AccountId, AccountId)],
    own: &AccountId,
    keys: &Keys,
) -> Result<String, Refused> {
    let mut text = basis.local.to_owned();
    let rc = basis.rc_name;
    // By way of names that nobody has: two accounts may change places.
    let between = |nth: usize, id: &AccountId| AccountId {
        label: format!("\u{1}{nth}"),
        ..id.clone()
    };
    for (nth, (old, _)) in renamed.iter().enumerate() {
        text = toml::rename(&text, toml::Whose { rc, id: old }, &between(nth, old))?;
    }
    for (_, new) in renamed {
        text = toml::remove(&text, toml::Whose { rc, id: new })?;
    }
    for (nth, (old, new)) in renamed.iter().enumerate() {
        let id = &between(nth, old);
        text = toml::rename(&text, toml::Whose { rc, id }, new)?;
    }
    for (key, value) in keys {
        text = toml::set(&text, toml::Whose { rc, id: own }, key, value.clone())?;
    }
    Ok(text)
}
