//! The name that an address has in the DNS (PTR). It proves nothing: whoever owns the address
//! chooses it. For showing only.

use std::net::IpAddr;
use std::time::Duration;

use hickory_resolver::proto::rr::RData;
use tokio::time::timeout;

use super::World;
use crate::base::text::quiet;

/// Longest name shown (RFC 1035 section 2.3.4).
const NAME_MAX: usize = 253;

/// The name, or nothing: not found, not in time, no name server.
pub async fn reverse(world: &World, address: IpAddr, limit: Duration) -> Option<String> {
    let resolver = world.resolver().ok()?;
    let asked = timeout(limit, resolver.reverse_lookup(address)).await;
    let found = asked.ok()?.ok()?;
    let name = found
        .answers()
        .iter()
        .find_map(|record| match &record.data {
            RData::PTR(name) => Some(name.0.to_string()),
            _ => None,
        })?;
    Some(quiet(name.trim_end_matches('.').as_bytes(), NAME_MAX))
}
