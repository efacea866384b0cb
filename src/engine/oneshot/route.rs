//! `postrider route`: who would get a message, and why. No mail server is asked, nothing is
//! delivered; DNS is asked only if that is wanted.

use std::io::Read;

use crate::engine::api::routing::{Dns, Routed};
use crate::engine::api::{Halt, words};
use crate::engine::handle::{Options, Rhythm};
use crate::engine::routing::{Router, header};
use crate::engine::source::File;
use crate::rc::Account;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Request {
    /// The rc file; the usual one if none is named.
    pub file: Option<File>,
    /// Only accounts of this label.
    pub server: Option<String>,
    /// Only accounts of this remote user.
    pub user: Option<String>,
    /// Whether DNS is asked.
    pub dns: Dns,
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
        let mut router = Router::new(account, &postmaster, request.dns);
        runtime.block_on(router.route(&header))
    });
    Ok(routed.collect())
}

/// A sentence for a halt.
pub fn sentence(halt: &Halt) -> String {
    words::halt_advice(halt, "~/.fetchmailrc")
}
