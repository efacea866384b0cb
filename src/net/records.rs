//! DNS records that lead to mail servers: SRV and MX. Bounded in number and in time; what they say
//! is not signed, and whoever uses it must know that.

use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::net::NetError;
use hickory_resolver::proto::rr::{RData, Record, RecordType};

/// The name server did not say; what it had to say instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name server could not be asked: {0}")]
pub struct Failed(pub String);

/// Where a service is (RFC 2782).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Lower is tried first.
    pub priority: u16,
    /// Among equals, heavier is tried more often.
    pub weight: u16,
    /// TCP port.
    pub port: u16,
    /// The server, without a dot at its end; empty: the service is not offered.
    pub target: String,
}

/// Most records of one answer that are looked at.
pub const RECORDS: usize = 20;
/// Longest time for one question.
const PATIENCE: Duration = Duration::from_secs(5);

/// SRV records of a full name (`_imaps._tcp.example.org`), in the order they are to be tried. By
/// weight the heaviest comes first, not one by chance: a person who looks twice sees the same.
///
/// # Errors
/// The name server does not answer, or says that it cannot.
pub async fn services(resolver: &TokioResolver, name: &str) -> Result<Vec<Service>, Failed> {
    let mut found = look_up(resolver, name, RecordType::SRV, |data| match data {
        RData::SRV(srv) => Some(Service {
            priority: srv.priority,
            weight: srv.weight,
            port: srv.port,
            target: plain(&srv.target.to_ascii()),
        }),
        _ => None,
    })
    .await?;
    found.sort_by(|a, b| {
        let by_rank = a.priority.cmp(&b.priority).then(b.weight.cmp(&a.weight));
        by_rank.then_with(|| (&a.target, a.port).cmp(&(&b.target, b.port)))
    });
    found.truncate(RECORDS);
    Ok(found)
}

/// Mail exchangers of a domain, best first, without dots at their ends. An empty name says that
/// the domain takes no mail (RFC 7505).
///
/// # Errors
/// The name server does not answer, or says that it cannot.
pub async fn exchangers(resolver: &TokioResolver, domain: &str) -> Result<Vec<String>, Failed> {
    let mut found = look_up(resolver, domain, RecordType::MX, |data| match data {
        RData::MX(mx) => Some((mx.preference, plain(&mx.exchange.to_ascii()))),
        _ => None,
    })
    .await?;
    found.sort();
    found.truncate(RECORDS);
    Ok(found.into_iter().map(|(_, name)| name).collect())
}

async fn look_up<T>(
    resolver: &TokioResolver,
    name: &str,
    kind: RecordType,
    read: impl Fn(&RData) -> Option<T>,
) -> Result<Vec<T>, Failed> {
    // With a dot at its end it is taken as it is, without the search list.
    let asked = resolver.lookup(format!("{name}."), kind);
    let found = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) if is_no(&error) => return Ok(Vec::new()),
        Ok(Err(error)) => return Err(Failed(error.to_string())),
        Err(_) => return Err(Failed("it does not answer".to_owned())),
    };
    let data = |record: &Record| read(&record.data);
    // A message of the DNS holds 64 KiB at most; whoever asked sorts before anything is left out.
    Ok(found.answers().iter().filter_map(data).collect())
}

fn is_no(error: &NetError) -> bool {
    error.is_nx_domain() || error.is_no_records_found()
}

fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}
