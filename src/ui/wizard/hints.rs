//! What the table of providers says of a domain, before anything is asked (`ui.md`, W1).

use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::Hint;
use crate::engine::api::provider_of;

/// A sentence about the provider of a domain, and its page.
pub(super) fn of_domain(domain: &str) -> Option<(String, Option<String>)> {
    let hint = provider_of(domain)?;
    let text = sentence(&hint)?;
    Some((text, Some(hint.page).filter(|page| !page.is_empty())))
}

fn sentence(hint: &Hint) -> Option<String> {
    let name: &dyn std::fmt::Display = &hint.provider;
    if hint.needs_oauth {
        return Some(fill(
            &gettext(
                "{provider} takes no password from mail programs, only a sign-in in the browser.",
            ),
            &[("provider", name)],
        ));
    }
    if hint.needs_app_password {
        return Some(fill(
            &gettext("{provider} needs an app password, not your usual one."),
            &[("provider", name)],
        ));
    }
    (hint.off.iter().any(|off| off == "imap") || hint.off.iter().any(|off| off == "pop3"))
        .then(|| gettext("Switch on IMAP or POP in your provider's web settings first."))
}
