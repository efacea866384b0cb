//! Who would get a message, and why: what is asked of an account that need not be saved, and what
//! comes back. The same for `postrider route` and for the tester of the editor.

use super::AccountId;
use crate::base::Secret;
pub use crate::transit::header::HEADER_MAX;
pub use crate::transit::route::reason::{
    Alias, Answer, Found, Host, Routing, Rule, Source, Verdict,
};

/// A user of a text that may become the rc file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The text. Passwords may be in it.
    pub text: Secret,
    /// Number of the entry in it.
    pub entry: usize,
    /// Number of the user in the entry.
    pub user: usize,
}

/// What is said of hosts that DNS would be asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dns {
    /// DNS says it.
    #[default]
    Ask,
    /// None of them is the mail server.
    IsNot,
    /// Each of them is.
    Is,
}

impl Dns {
    /// What holds of every host in place of asking.
    pub fn assumed(self) -> Option<Answer> {
        match self {
            Self::Ask => None,
            Self::IsNot => Some(Answer::IsNot),
            Self::Is => Some(Answer::Is(Alias::Canonical)),
        }
    }
}

/// Messages to be routed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteWish {
    /// By which account.
    pub of: Spot,
    /// Their headers; what follows one is not looked at.
    pub headers: Vec<Vec<u8>>,
    /// Whether DNS is asked.
    pub dns: Dns,
}

/// What came of [`RouteWish`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routes {
    /// One for each header, in order.
    pub routed: Vec<Routed>,
    /// Why the account is not checked at all: whole sentences.
    pub warnings: Vec<String>,
}

/// Where an account's mail server name and a message lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routed {
    /// Whose mailbox the message would lie in.
    pub id: AccountId,
    /// The host its mail comes from.
    pub host: String,
    /// Who gets it, and why.
    pub routing: Routing,
    /// The recipients as the listener is told them, or the program.
    pub addresses: Vec<Vec<u8>>,
    /// How it is handed over.
    pub handover: Handover,
    /// Recipients who have it from an earlier message of the same list and would not get it again.
    pub twice: Vec<Vec<u8>>,
    /// Its subject, decoded and quiet.
    pub subject: String,
}

/// How a message is handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handover {
    /// Commands of SMTP or LMTP, one for each recipient.
    Commands(Vec<Vec<u8>>),
    /// A command of the shell.
    Program(Vec<u8>),
    /// The command of `mda` cannot be used.
    Unusable(Vec<u8>),
}

/// Messages that wait in a mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Messages there.
    pub total: u32,
    /// The newest, newest first.
    pub messages: Vec<WaitingMessage>,
    /// The server did not give the headers of so many.
    pub refused: u32,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingMessage {
    /// Its header, as it came.
    pub header: Vec<u8>,
    /// Decoded, quiet.
    pub from: String,
    /// Decoded, quiet.
    pub subject: String,
}
