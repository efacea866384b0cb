//! What is known of a mailbox follows its account to another name: which messages were delivered,
//! so that none comes twice, and its passwords.

use super::Context;
use super::failed::{Result, halted, setup};
use crate::base::Secret;
use crate::base::i18n::gettext;
use crate::engine::poll::{pop3_mailbox, record_names};
use crate::engine::secrets::name;
use crate::rc::Account;
use crate::rc::account::Protocol;
use crate::store::record::{Entry, Mailbox};

/// Notes under the names of `to` what is noted under those of `from`.
pub async fn record(context: &Context, from: &Account, to: &Account) -> Result<()> {
    let names = record_names(from, to);
    if names.is_empty() {
        return Ok(());
    }
    let Some(around) = &context.around else {
        // Whoever fetches now keeps a record of its own.
        return match context.board.snapshot().halted {
            Some(halt) => Err(halted(&halt, &context.options.source.name())),
            None => Ok(()),
        };
    };
    for (from, to) in names {
        let done = around.record.follow(&from, &to).await;
        done.map_err(|error| setup(error.to_string()))?;
    }
    Ok(())
}

/// Mailboxes that are no longer fetched begin as any other, should they come again.
pub async fn forget_beginnings(context: &Context, before: &[Account], after: &[Account]) {
    let gone: Vec<Mailbox> = before
        .iter()
        .map(pop3_mailbox)
        .filter(|mailbox| !after.iter().any(|other| pop3_mailbox(other) == *mailbox))
        .collect();
    let Some(around) = &context.around else {
        return;
    };
    let entries = gone.into_iter().map(|mailbox| Entry::Awaited {
        mailbox,
        is_open: false,
    });
    if let Err(error) = around.record.commit(entries.collect()).await {
        tracing::warn!(%error, "the record keeps how an account was to begin");
    }
}

/// The passwords of the keyring and of memory go along. What the keyring had under the old name goes
/// unless one of `others` has it too.
pub async fn secrets(context: &Context, from: &Account, to: &Account, others: &[Account]) {
    let secrets = &context.secrets;
    if let Some(typed) = secrets.typed(from).filter(|_| is_elsewhere(from, to)) {
        secrets.remember(to, typed);
    }
    if !is_renamed(from, to) {
        return;
    }
    let Some(kept) = secrets.kept(from).await else {
        return;
    };
    if let Some(fault) = secrets.keep_or_remember(to, &kept).await {
        tracing::warn!(cause = ?fault.cause, "the keyring keeps only the old entry");
        return;
    }
    clear(context, from, others).await;
}

/// The keyring has another name for its password.
pub fn is_renamed(from: &Account, to: &Account) -> bool {
    name::of(from) != name::of(to)
}

fn is_elsewhere(from: &Account, to: &Account) -> bool {
    from.id != to.id || from.host != to.host
}

/// Takes the password of an account out of the keyring, unless others have the same.
pub async fn clear(context: &Context, account: &Account, others: &[Account]) {
    let own = name::of(account);
    if others.iter().any(|other| name::of(other) == own) {
        return;
    }
    if let Err(fault) = context.secrets.clear(account).await {
        tracing::debug!(cause = ?fault.cause, "the keyring keeps its entry");
    }
}

/// The password that the keyring has for it.
pub async fn kept(context: &Context, account: &Account) -> Option<Secret> {
    context.secrets.kept(account).await
}

/// What does not follow: the two protocols have other names for messages.
pub fn note(from: &Account, to: &Account) -> Option<String> {
    match (
        from.protocol == Protocol::Imap,
        to.protocol == Protocol::Imap,
    ) {
        (true, false) => Some(gettext(
            "POP3 knows messages by other names than IMAP: what is on the server now counts as fetched.",
        )),
        (false, true) => Some(gettext(
            "IMAP knows messages by other names than POP3: what is marked as read on the server counts as fetched, the rest is fetched.",
        )),
        _ => None,
    }
}
