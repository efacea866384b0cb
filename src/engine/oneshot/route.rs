//! `postrider route`: who would get a message, and why. No mail server is asked, nothing is
//! delivered; DNS is asked only if that is wanted.

use std::io::{self, Read};

use bytes::Bytes;

use crate::engine::aliases::Asked;
use crate::engine::api::{Halt, words};
use crate::engine::handle::{Options, Rhythm};
use crate::engine::source::File;
use crate::rc::Account;
use crate::rc::account::AccountId;
use crate::transit::header::{Collector, HEADER_MAX};
use crate::transit::route::{Answers, reason};
use crate::transit::stamp::full_address;
use crate::transit::{self, Header};

pub use reason::{Alias, Answer, Found, Host, Routing, Rule, Source, Verdict};

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Request {
    /// The rc file; the usual one if none is named.
    pub file: Option<File>,
    /// Only accounts of this label.
    pub server: Option<String>,
    /// Only accounts of this remote user.
    pub user: Option<String>,
    /// What holds of every host in place of asking DNS.
    pub assumed: Option<Answer>,
}

/// Where an account's mail server name and a message lead.
#[derive(Clone, Debug)]
pub struct Routed {
    /// Whose mailbox the message would lie in.
    pub id: AccountId,
    /// The host its mail comes from.
    pub host: String,
    /// Who gets it, and why.
    pub routing: Routing,
    /// The recipients as the listener is told them, or the program.
    pub addresses: Vec<Vec<u8>>,
}

/// Routes a message by every account that is meant. An account with one recipient is routed too,
/// if it is asked for or if there are no others.
///
/// # Errors
/// Sentences: the file or the message cannot be read, or no account is meant.
pub fn route(request: &Request, message: &mut impl Read) -> Result<Vec<Routed>, Halt> {
    let header = header(message).map_err(|error| Halt::Unreadable(error.to_string()))?;
    let options = Options::from_environment(request.file.clone(), Rhythm::Once);
    let options = options.map_err(Halt::Unreadable)?;
    let (accounts, postmaster) = options.source.unchecked(&options.places)?;
    let is_meant = |account: &&Account| {
        let is = |wanted: &Option<String>, name| wanted.as_ref().is_none_or(|w| w == name);
        is(&request.server, &account.id.label) && is(&request.user, &account.id.user)
    };
    let mut meant: Vec<&Account> = accounts.iter().filter(is_meant).collect();
    let is_open = request.server.is_none() && request.user.is_none();
    if is_open && meant.iter().any(|account| account.is_multidrop()) {
        meant.retain(|account| account.is_multidrop());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Halt::State(error.to_string()))?;
    let routed = meant.into_iter().map(|account| {
        let routing = runtime.block_on(routing(account, &header, &postmaster, request.assumed));
        let full = |recipient: &Vec<u8>| full_address(recipient, account);
        Routed {
            id: account.id.clone(),
            host: account.host.clone(),
            addresses: routing.recipients.iter().map(full).collect(),
            routing,
        }
    });
    Ok(routed.collect())
}

/// A sentence for a halt.
pub fn sentence(halt: &Halt) -> String {
    words::halt_advice(halt, "~/.fetchmailrc")
}

async fn routing(
    account: &Account,
    header: &Header,
    postmaster: &[u8],
    assumed: Option<Answer>,
) -> Routing {
    let about = transit::rewrite(header, account, &account.host);
    let mut asked = Asked::default();
    if let Some(answer) = assumed {
        asked.answers = Answers::assumed(answer);
    }
    asked.route(&about.clues, account, postmaster).await
}

/// The header of a message; what follows is not read.
fn header(message: &mut impl Read) -> io::Result<Header> {
    let mut collector = Collector::default();
    let mut buffer = vec![0; 16 * 1024];
    let mut read = 0;
    while read <= HEADER_MAX {
        let length = message.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        read += length;
        let chunk = Bytes::copy_from_slice(buffer.get(..length).unwrap_or_default());
        if let Some(header) = collector.push(&chunk) {
            return Ok(header);
        }
    }
    Ok(collector.finish())
}
