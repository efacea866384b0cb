//! `postrider probe`: one server, asked what it can do. Nothing secret is sent and no file is read
//! but those the request names; no engine runs.

use tokio_util::sync::CancellationToken;

use crate::base::i18n::gettext;
use crate::engine::api::job::{Found, Report, Request, Wish};
use crate::net::World;
use crate::net::place::Within;
use crate::probe;
use crate::probe::discover::{self, Own};

pub use crate::probe::verdict::is_usable;

/// The servers of a mail address: what is behind its `@` is looked up, what is before it is not sent.
///
/// # Errors
/// A sentence: it is no address, or the system has no room for the search.
pub fn find(address: &str) -> Result<Found, String> {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let wish = Wish {
        domain: domain.to_owned(),
        online: true,
        only_table: false,
    };
    let runtime = runtime()?;
    let found = runtime
        .block_on(async { discover::run(&World::system(), &wish, Own::default(), |_| ()).await });
    runtime.shutdown_background();
    found.map_err(|error| error.to_string())
}

/// Turns a request to the best server that was found, which is bounded to where one that was found
/// for this address may lead; `false`: there is none.
pub fn aim(request: &mut Request, found: &Found) -> bool {
    let Some(best) = found.candidates.first() else {
        return false;
    };
    request.host.clone_from(&best.host);
    // It was a domain when it was looked for.
    request.within = discover::within(&found.domain, best).unwrap_or(Within::Public);
    true
}

fn runtime() -> Result<tokio::runtime::Runtime, String> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder
        .enable_all()
        .build()
        .map_err(|error| error.to_string())
}

/// Asks it. An interrupt ends the asking, and what was found is the report; `tell` gets it while it
/// grows.
///
/// # Errors
/// A sentence: the system has no room for it.
pub fn run(request: &Request, tell: impl FnMut(&Report)) -> Result<Report, String> {
    let runtime = runtime()?;
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
