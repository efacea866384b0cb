//! A last look at servers that a page or a record has named: where their names lead. Those that
//! lead to this computer, or from outside into a private network, are not shown to anybody
//! (threats.md A22); the rule is [`Domain::within`](super::domain::Domain::within). Whoever connects
//! later looks again at the very address, since a name may lead elsewhere by then.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::asking::Asking;
use crate::base::i18n::{fill, gettext};
use crate::net::reach::inside;
use crate::net::{Error, World};
use crate::probe::candidate::Candidate;

/// Longest time for all names of one answer. One that is not there by then may be a name of another
/// network, or of none: it stays, and leads nowhere when it is used.
const PATIENCE: Duration = Duration::from_millis(1500);
/// Most names that are looked up for one answer; further ones are left out.
const NAMES: usize = 24;

/// Those that a person may be shown; what became of the others is noted.
pub(super) async fn vet(asking: &Asking, found: Vec<Candidate>) -> Vec<Candidate> {
    let end = Instant::now() + PATIENCE;
    let mut names: Vec<(String, u16)> = Vec::new();
    for candidate in &found {
        if names.iter().all(|(known, _)| *known != candidate.host) {
            names.push((candidate.host.clone(), candidate.port));
        }
    }
    names.truncate(NAMES);
    let mut lookups = JoinSet::new();
    for (host, port) in &names {
        if host.parse::<IpAddr>().is_err() {
            asking.asked(host);
        }
        let (world, host, port) = (asking.world.clone(), host.clone(), *port);
        lookups.spawn(async move {
            let addresses = addresses(&world, &host, port).await;
            (host, addresses)
        });
    }
    let mut leads: HashMap<String, Vec<SocketAddr>> = HashMap::new();
    while let Ok(Some(ended)) = timeout_at(end, lookups.join_next()).await {
        leads.extend(ended.ok());
    }
    let mut vetted = Vec::new();
    for candidate in found {
        let is_looked_at = names.iter().any(|(host, _)| *host == candidate.host);
        let addresses = leads.get(&candidate.host).cloned().unwrap_or_default();
        let within = asking.domain.within(&candidate.host);
        match inside(&asking.world, &candidate.host, addresses, within) {
            Err(error) => asking.note(astray(&error)),
            Ok(_) if is_looked_at => vetted.push(candidate),
            Ok(_) => {}
        }
    }
    vetted
}

/// What is said of a host that leads where it may not.
pub(in crate::probe) fn astray(error: &Error) -> String {
    match error {
        Error::Astray { host, address } if host.parse() != Ok(*address) => {
            let text = gettext(
                "{host} leads to {address}, which is in a private network or this computer itself. It was passed over; if the server is there, name it by hand.",
            );
            fill(&text, &[("host", host), ("address", address)])
        }
        Error::Astray { address, .. } => {
            let text = gettext(
                "{address} was named as a server, and is in a private network or this computer itself. It was passed over; if the server is there, name it by hand.",
            );
            fill(&text, &[("address", address)])
        }
        other => other.to_string(),
    }
}

/// Empty if it cannot be told.
async fn addresses(world: &World, host: &str, port: u16) -> Vec<SocketAddr> {
    match host.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, port)],
        Err(_) => world.addresses(host, port).await.unwrap_or_default(),
    }
}
