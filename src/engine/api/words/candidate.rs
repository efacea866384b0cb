//! Ways to a mailbox in words.

use crate::base::i18n::{fill, gettext};
use crate::probe::{Candidate, Protocol, Security, Source};

/// `IMAP`, `POP3`
pub fn protocol(protocol: Protocol) -> String {
    match protocol {
        Protocol::Imap => "IMAP".to_owned(),
        Protocol::Pop3 => "POP3".to_owned(),
    }
}

/// Host, port, protection.
pub fn server(card: &Candidate) -> String {
    let text = match card.security {
        Security::Tls => gettext("{host}, port {port}, encrypted"),
        Security::StartTls => gettext("{host}, port {port}, encrypted after the start"),
        Security::None => gettext("{host}, port {port}, not encrypted"),
    };
    fill(&text, &[("host", &card.host), ("port", &card.port)])
}

/// Where it is known from.
pub fn source(source: &Source) -> String {
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
