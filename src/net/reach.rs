//! From a name to a socket for what nobody has set up yet: the world's names, and every address
//! with a short head start for the one before (RFC 8305), because a person is waiting. Accounts
//! that are polled go through [`super::connect`], one address after the other.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::connect::lookup_error;
use super::place::Within;
use super::{Conn, Error, Peer, World};

/// Head start of an address (RFC 8305 section 5).
const HEAD_START: Duration = Duration::from_millis(250);
/// Most addresses that are tried.
const ADDRESSES: usize = 8;

/// Connects to an address within these bounds, and does the TLS handshake if TLS is implicit;
/// within the peer's timeout for each of the two.
///
/// # Errors
/// Those of [`super::connect`], and [`Error::Astray`].
pub async fn connect_in(world: &World, peer: &Peer, within: Within) -> Result<Conn, Error> {
    let reached = reach(world, &peer.host, peer.port, within);
    let stream = match timeout(peer.timeout, reached).await {
        Ok(result) => result?,
        Err(_) => {
            return Err(Error::TimedOut {
                host: peer.host.clone(),
                seconds: peer.timeout.as_secs(),
            });
        }
    };
    let address = stream.peer_addr().ok();
    let mut conn = Conn::new(Box::new(stream), peer.clone(), address);
    if peer.implicit_tls {
        conn.secure().await?;
    }
    Ok(conn)
}

/// A socket to whichever address within these bounds answers first. The caller bounds the time.
///
/// # Errors
/// [`Error::UnknownHost`], [`Error::Lookup`], [`Error::Astray`]; else what the last address said.
pub async fn reach(
    world: &World,
    host: &str,
    port: u16,
    within: Within,
) -> Result<TcpStream, Error> {
    let found = world.addresses(host, port).await;
    let found = found.map_err(|error| match error.kind() {
        ErrorKind::ConnectionRefused => unreachable(host, port, &error.to_string()),
        _ => lookup_error(host, &error.to_string()),
    })?;
    let found = inside(world, host, found, within)?;
    let mut waiting = found.into_iter().take(ADDRESSES);
    let mut error = Error::UnknownHost {
        host: host.to_owned(),
    };
    let mut tries = JoinSet::new();
    // Whoever leaves takes the attempts under way along: dropping the set ends them.
    loop {
        let next = waiting.next();
        let is_last = next.is_none();
        if let Some(address) = next {
            tries.spawn(attempt(address));
        }
        let ended = match is_last {
            true => tries.join_next().await,
            false => timeout(HEAD_START, tries.join_next()).await.ok().flatten(),
        };
        match ended {
            Some(Ok(Ok(stream))) => return Ok(stream),
            Some(Ok(Err(what))) => error = unreachable(host, port, &what),
            Some(Err(broken)) => error = unreachable(host, port, &broken.to_string()),
            None if is_last => return Err(error),
            None => {}
        }
    }
}

/// Those of the addresses that are within these bounds. They are what is connected to, so nothing
/// can come between.
///
/// # Errors
/// [`Error::Astray`]: there are addresses, and none of them is.
pub fn inside(
    world: &World,
    host: &str,
    mut found: Vec<SocketAddr>,
    within: Within,
) -> Result<Vec<SocketAddr>, Error> {
    let first = found.first().copied();
    found.retain(|address| world.allows(within, address));
    match first {
        Some(first) if found.is_empty() => Err(Error::Astray {
            host: host.to_owned(),
            address: world.face(&first),
        }),
        _ => Ok(found),
    }
}

async fn attempt(address: SocketAddr) -> Result<TcpStream, String> {
    let stream = TcpStream::connect(address).await.map_err(|error| {
        tracing::debug!("{address}: {error}");
        error.to_string()
    })?;
    // A wish: a socket without it works too.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

fn unreachable(host: &str, port: u16, what: &str) -> Error {
    Error::Unreachable {
        host: host.to_owned(),
        port,
        what: what.to_owned(),
    }
}
