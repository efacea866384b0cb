//! The pages of an editor that options are sorted onto: their titles, and which of them a statement
//! of the file has.

use crate::base::i18n::gettext_noop;
use crate::rc::option::Scope;

/// One page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // their titles
pub enum Page {
    Schedule,
    Logging,
    Undeliverable,
    Server,
    SignInMethod,
    SeveralRecipients,
    NetworkConditions,
    SignIn,
    Encryption,
    Folders,
    WhatToFetch,
    CopiesOnServer,
    Delivery,
    MessageChanges,
    Limits,
    Commands,
    Other,
}

impl Page {
    /// The pages of a statement, in order. `Other` is there for words nobody knows, even if no
    /// option stands on it.
    pub fn of(scope: Scope) -> &'static [Page] {
        use Page::*;
        match scope {
            Scope::Global => &[Schedule, Logging, Undeliverable, Other],
            Scope::Server => &[
                Server,
                SignInMethod,
                SeveralRecipients,
                NetworkConditions,
                Commands,
                Other,
            ],
            Scope::User => &[
                SignIn,
                Encryption,
                Folders,
                WhatToFetch,
                CopiesOnServer,
                Delivery,
                MessageChanges,
                Limits,
                Commands,
                Other,
            ],
        }
    }

    /// What stands over it: the key of its translation.
    pub fn title(self) -> &'static str {
        match self {
            Page::Schedule => gettext_noop("Schedule"),
            Page::Logging => gettext_noop("Logging and files"),
            Page::Undeliverable => gettext_noop("Undeliverable mail"),
            Page::Server => gettext_noop("Server"),
            Page::SignInMethod => gettext_noop("Sign-in method"),
            Page::SeveralRecipients => gettext_noop("Several recipients (multidrop)"),
            Page::NetworkConditions => gettext_noop("Network conditions"),
            Page::SignIn => gettext_noop("Sign-in"),
            Page::Encryption => gettext_noop("Encryption"),
            Page::Folders => gettext_noop("Folders"),
            Page::WhatToFetch => gettext_noop("What to fetch"),
            Page::CopiesOnServer => gettext_noop("Copies on server"),
            Page::Delivery => gettext_noop("Delivery"),
            Page::MessageChanges => gettext_noop("Message changes"),
            Page::Limits => gettext_noop("Limits"),
            Page::Commands => gettext_noop("Commands"),
            Page::Other => gettext_noop("Other"),
        }
    }
}
