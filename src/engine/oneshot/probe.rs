//! `postrider probe`: one server, asked what it can do. Nothing secret is sent and no file is read
//! but those the request names; no engine runs.

use tokio_util::sync::CancellationToken;

use crate::base::i18n::gettext;
use crate::engine::api::job::{Report, Request};
use crate::net::World;
use crate::probe;

pub use crate::probe::verdict::is_usable;

/// The server that is meant by what was typed: a name or an address of the network. The servers of
/// a mail address are another question, which this release does not answer on the command line.
///
/// # Errors
/// A sentence: it is a mail address.
pub fn host(typed: &str) -> Result<String, String> {
    match typed.contains('@') {
        true => Err(gettext(
            "This release finds no servers by a mail address here. Name the mail server, for example \
             imap.example.org.",
        )),
        false => Ok(typed.to_owned()),
    }
}

/// Asks it. An interrupt ends the asking, and what was found is the report; `tell` gets it while it
/// grows.
///
/// # Errors
/// A sentence: the system has no room for it.
pub fn run(request: &Request, tell: impl FnMut(&Report)) -> Result<Report, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let report = runtime.block_on(async {
        let (stop, world) = (CancellationToken::new(), World::system());
        let probing = probe::run::run(request, &world, &stop, tell);
        let interrupted = async {
            // Without a handler an interrupt ends the program, which is as well.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            stop.cancel();
            std::future::pending::<()>().await;
        };
        tokio::select! {
            report = probing => Some(report),
            () = interrupted => None,
        }
    });
    // A name that the system is still looking up would hold up the end.
    runtime.shutdown_background();
    report.ok_or_else(|| gettext("It was interrupted."))
}
