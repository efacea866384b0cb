//! Ways to a mailbox in words.

use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::{Candidate, Method, Protocol, UserForm};

/// What the protocol means for the person.
pub(super) fn consequence(protocol: Protocol) -> String {
    match protocol {
        Protocol::Imap => gettext("Can wait for new mail and fetch several folders."),
        Protocol::Pop3 => gettext("Fetches the inbox. Simple and robust."),
    }
}

/// As whom, and how.
pub(super) fn sign_in(card: &Candidate, address: &str) -> String {
    let user = card.user.of(address);
    let text = match (&card.user, card.methods.first()) {
        (_, Some(Method::AppPassword)) => gettext("Sign in as {user} with an app password"),
        (UserForm::LocalPart, _) => {
            gettext("Sign in as {user}, the part before @, with a password")
        }
        _ => gettext("Sign in as {user} with a password"),
    };
    fill(&text, &[("user", &user)])
}
