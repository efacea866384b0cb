//! Whether a host's name is another one for the mail server, as DNS has it (engine.md section 13,
//! step 6). What it means for mail is not known here.

use std::collections::HashSet;
use std::net::IpAddr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::net::NetError;
use hickory_resolver::proto::rr::{RData, Record};

/// How a name leads to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Its canonical name is the server's.
    Canonical,
    /// It has an address of the server.
    Address,
    /// It does not exist itself, and the server takes mail for it.
    Exchanger,
}

/// DNS did not say; what it had to say instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name server could not be asked: {0}")]
pub struct Failed(String);

/// Longest time for one question.
const PATIENCE: Duration = Duration::from_secs(30);
/// Most mail exchangers of a name that are looked at.
const EXCHANGERS: usize = 20;

/// Asks about names.
pub struct Aliases {
    resolver: TokioResolver,
}

/// What a name has.
#[derive(Default)]
struct Named {
    canonical: String,
    addresses: HashSet<IpAddr>,
}

impl Aliases {
    /// Asks as the system is set up to (resolv.conf, hosts).
    pub fn of_system() -> Result<Self, Failed> {
        let resolver = TokioResolver::builder_tokio().and_then(|builder| builder.build());
        Ok(Self {
            resolver: resolver.map_err(|error| Failed(error.to_string()))?,
        })
    }

    /// Whether `host` is `server`, and how. `by_address`: sharing an address is enough.
    ///
    /// # Errors
    /// The name server does not answer, or says that it cannot.
    pub async fn way(
        &self,
        host: &str,
        server: &str,
        by_address: bool,
    ) -> Result<Option<Way>, Failed> {
        let asked = tokio::time::timeout(PATIENCE, self.asked(host, server, by_address));
        match asked.await {
            Ok(result) => result,
            Err(_) => Err(Failed("it does not answer".to_owned())),
        }
    }

    async fn asked(
        &self,
        host: &str,
        server: &str,
        by_address: bool,
    ) -> Result<Option<Way>, Failed> {
        // A server that is reached by plug-in or tunnel may have no name in DNS.
        let server = self.named(server).await?.unwrap_or_else(|| Named {
            canonical: plain(server),
            addresses: HashSet::new(),
        });
        if let Some(host) = self.named(host).await? {
            let shares = by_address && !host.addresses.is_disjoint(&server.addresses);
            return Ok(match host.canonical == server.canonical {
                true => Some(Way::Canonical),
                false => shares.then_some(Way::Address),
            });
        }
        let found = match self.resolver.mx_lookup(full(host)).await {
            Ok(found) => found,
            Err(error) if is_no(&error) => return Ok(None),
            Err(error) => return Err(Failed(error.to_string())),
        };
        let exchangers = found
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                RData::MX(mx) => Some(plain(&mx.exchange.to_ascii())),
                _ => None,
            });
        for name in exchangers.take(EXCHANGERS) {
            let is_it = name == server.canonical;
            let named = match is_it {
                true => None,
                false => self.named(&name).await?,
            };
            let shares = named.is_some_and(|n| !n.addresses.is_disjoint(&server.addresses));
            if is_it || shares {
                return Ok(Some(Way::Exchanger));
            }
        }
        Ok(None)
    }

    /// Canonical name and addresses; `None` if there is no such name.
    async fn named(&self, name: &str) -> Result<Option<Named>, Failed> {
        let found = match self.resolver.lookup_ip(full(name)).await {
            Ok(found) => found,
            Err(error) if is_no(&error) => return Ok(None),
            Err(error) => return Err(Failed(error.to_string())),
        };
        Ok(Some(Named {
            canonical: canonical(name, found.as_lookup().answers()),
            addresses: found.iter().map(|address| address.to_canonical()).collect(),
        }))
    }
}

/// Where the chain of CNAME records from `name` ends.
fn canonical(name: &str, records: &[Record]) -> String {
    let mut name = plain(name);
    // A chain is no longer than there are records, even one that goes in circles.
    for _ in records {
        let next = records.iter().find_map(|record| match &record.data {
            RData::CNAME(target) if plain(&record.name.to_ascii()) == name => {
                Some(plain(&target.0.to_ascii()))
            }
            _ => None,
        });
        match next {
            Some(next) => name = next,
            None => break,
        }
    }
    name
}

fn is_no(error: &NetError) -> bool {
    error.is_nx_domain() || error.is_no_records_found()
}

fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// With a dot in it a name is taken as it is, without the search list.
fn full(name: &str) -> String {
    let is_address = name.parse::<IpAddr>().is_ok();
    match name.contains('.') && !is_address && !name.ends_with('.') {
        true => format!("{name}."),
        false => name.to_owned(),
    }
}

#[cfg(test)]
mod tests;
