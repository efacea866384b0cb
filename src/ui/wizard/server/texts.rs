//! Ways to a mailbox in words.

use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::{Candidate, Method, Protocol, Security, Source, UserForm};

/// `IMAP`, `POP3`
pub(in crate::ui) fn protocol(protocol: Protocol) -> String {
    match protocol {
        Protocol::Imap => "IMAP".to_owned(),
        Protocol::Pop3 => "POP3".to_owned(),
    }
}

/// What the protocol means for the person.
pub(super) fn consequence(protocol: Protocol) -> String {
    match protocol {
        Protocol::Imap => gettext("Can wait for new mail and fetch several folders."),
        Protocol::Pop3 => gettext("Fetches the inbox. Simple and robust."),
    }
}

/// Host, port, protection.
pub(in crate::ui) fn server(card: &Candidate) -> String {
    let text = match card.security {
        Security::Tls => gettext("{host}, port {port}, encrypted"),
        Security::StartTls => gettext("{host}, port {port}, encrypted after the start"),
        Security::None => gettext("{host}, port {port}, not encrypted"),
    };
    fill(&text, &[("host", &card.host), ("port", &card.port)])
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

/// Where it is known from.
pub(in crate::ui) fn source(source: &Source) -> String {
    match source {
        Source::BuiltIn(_) => gettext("Built-in list"),
        Source::Provider(_) => gettext("Your provider"),
        Source::Database(_) => gettext("Database"),
        Source::Srv | Source::Mx(_) => gettext("DNS"),
        Source::Guess => gettext("Guessed"),
        Source::Probe => gettext("The server itself"),
        Source::Person => gettext("By hand"),
    }
}
