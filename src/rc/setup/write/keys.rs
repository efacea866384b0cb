//! What of a set-up only we know: the keys of `accounts.toml`.

use toml_edit::Value as Toml;

use super::{Basis, Refused};
use crate::base::i18n::gettext;
use crate::rc::local::{Local, edit as toml};
use crate::rc::setup::{Delivery, PasswordPlace, Setup, Trust, words};
use crate::rc::{Account, AccountId};

/// `accounts.toml` with what only we know. What is left there of an account that once had this
/// name goes.
pub(super) fn written(
    setup: &Setup,
    every: Option<u32>,
    basis: &Basis,
    id: &AccountId,
) -> Result<String, Refused> {
    let whose = toml::Whose {
        rc: basis.rc_name,
        id,
    };
    let pin = match &setup.trust {
        Trust::Pin { sha256, .. } if !setup.is_plain => Some(sha256.as_str().into()),
        _ => None,
    };
    let command = match &setup.password {
        PasswordPlace::Command(command) => Some(command.as_str().into()),
        _ => None,
    };
    let watch = (setup.delivery == Delivery::Watch).then_some(true.into());
    let keys: [(&str, Option<Toml>); 7] = [
        ("watch", watch),
        ("pin_sha256", pin),
        ("password_command", command),
        ("every", every.map(|seconds| i64::from(seconds).into())),
        ("pause", words::is_paused(setup).then_some(true.into())),
        ("sign_in", None),
        ("sasl", None),
    ];
    let mut text = basis.local.to_owned();
    for (key, value) in keys {
        // Removing nothing must not even make an empty table.
        if value.is_none() && !Local::parse(&text).entries.iter().any(|e| e.id == *id) {
            continue;
        }
        text = toml::set(&text, whose, key, value)?;
    }
    Ok(text)
}

/// Lays the keys over the account as the engine does, and makes sure that they are the ones meant.
pub(super) fn bind(
    text: &str,
    setup: &Setup,
    basis: &Basis,
    account: &mut Account,
) -> Result<(), Refused> {
    let read = Local::parse(text);
    read.bind(
        "accounts.toml",
        |rc| rc == basis.rc_name,
        std::slice::from_mut(account),
    );
    let keys = &account.local;
    let command = match &setup.password {
        PasswordPlace::Command(command) => Some(command),
        _ => None,
    };
    let is_pinned = matches!(setup.trust, Trust::Pin { .. }) && !setup.is_plain;
    let is_meant = keys.watch == words::is_watch(setup)
        && keys.pause == words::is_paused(setup)
        && keys.password_command.as_ref() == command
        && keys.pin_sha256.is_some() == is_pinned;
    match &keys.refusal {
        Some(sentence) => Err(sentence.clone().into()),
        None if is_meant && !read.findings.iter().any(|f| f.is_fatal) => Ok(()),
        None => {
            Err(gettext("accounts.toml has an error. Correct it with a text editor first.").into())
        }
    }
}
