//! From a name to a [`Conn`]: every address in turn, TCP_NODELAY and keep-alive, a bounded wait.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpStream, UnixStream, lookup_host};
use tokio::time::timeout;

use super::plugin::Plugin;
use super::{Conn, Error, World, tls};
use crate::base::i18n::system_text;

/// Whom to connect to and how.
#[derive(Clone)]
pub struct Peer {
    /// Name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// TLS from the first byte.
    pub implicit_tls: bool,
    /// What a certificate must satisfy, for implicit TLS and for STARTTLS.
    pub tls: Arc<tls::Setup>,
    /// Longest silence, also for each attempt to connect.
    pub timeout: Duration,
    /// Short name of the protocol in transcripts: `POP3`, `IMAP`, `SMTP`.
    pub label: &'static str,
}

/// Connects, trying every address in the resolver's order, and does the TLS handshake if TLS is
/// implicit.
pub async fn connect(peer: &Peer) -> Result<Conn, Error> {
    let addresses = look_up(peer).await?;
    let mut conn = connect_to(peer, &addresses).await?;
    if peer.implicit_tls {
        conn.secure().await?;
    }
    Ok(conn)
}

/// Connects to one of these addresses, and no more: [`Conn::secure`] is the next step where TLS is
/// implicit.
pub async fn connect_to(peer: &Peer, addresses: &[SocketAddr]) -> Result<Conn, Error> {
    let stream = open(peer, addresses).await?;
    let address = stream.peer_addr().ok();
    Ok(Conn::new(Box::new(stream), peer.clone(), address))
}

/// Connects to one address of the peer. TLS is not begun, whatever the peer says.
pub async fn connect_at(peer: &Peer, address: SocketAddr) -> Result<Conn, Error> {
    match timeout(peer.timeout, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => {
            prepare(&stream);
            Ok(Conn::new(Box::new(stream), peer.clone(), Some(address)))
        }
        Ok(Err(error)) => Err(unreachable(peer, &error.to_string())),
        Err(_) => Err(timed_out(peer)),
    }
}

/// Connects through a command ([`Plugin`]). TLS is not begun, whatever the peer says.
pub fn connect_by(peer: &Peer, command: &str) -> Result<Conn, Error> {
    match Plugin::start(command, &peer.host, peer.port) {
        Ok(plugin) => Ok(Conn::new(Box::new(plugin), peer.clone(), None)),
        Err(error) => Err(unreachable(peer, &error.to_string())),
    }
}

/// The addresses of a host for several ports, in the resolver's order; a port that the world does
/// not know has none.
pub async fn find(
    world: &World,
    host: &str,
    ports: &[u16],
    limit: Duration,
) -> Result<Vec<(u16, Vec<SocketAddr>)>, Error> {
    if let Ok(ip) = host.trim_matches(['[', ']']).parse::<IpAddr>()
        && !world.has_table()
    {
        let at = |port: &u16| (*port, vec![SocketAddr::new(ip, *port)]);
        return Ok(ports.iter().map(at).collect());
    }
    match timeout(limit, world.reach(host, ports)).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(lookup_error(host, &error.to_string())),
        Err(_) => Err(Error::TimedOut {
            host: host.to_owned(),
            seconds: limit.as_secs(),
        }),
    }
}

/// Whether this computer has no way to any other network. Nothing is sent to find out.
pub fn is_offline() -> bool {
    // Addresses for documentation (RFC 5737, RFC 3849): no route to them means no default route.
    let has_way = |own: &str, far: &str| {
        UdpSocket::bind(own)
            .and_then(|socket| socket.connect(far))
            .is_ok()
    };
    !has_way("0.0.0.0:0", "192.0.2.1:9") && !has_way("[::]:0", "[2001:db8::1]:9")
}

/// Both are wishes: a socket without them still carries mail.
fn prepare(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    let _ = rustix::net::sockopt::set_socket_keepalive(stream, true);
}

/// Connects to a Unix socket (LMTP).
pub async fn connect_unix(path: &Path, peer: &Peer) -> Result<Conn, Error> {
    match timeout(peer.timeout, UnixStream::connect(path)).await {
        Ok(Ok(stream)) => Ok(Conn::new(Box::new(stream), peer.clone(), None)),
        Ok(Err(error)) => Err(unreachable(peer, &error.to_string())),
        Err(_) => Err(timed_out(peer)),
    }
}

/// Tries the addresses one after the other: several attempts at once would look like several
/// sessions to a server that counts them.
async fn open(peer: &Peer, addresses: &[SocketAddr]) -> Result<TcpStream, Error> {
    let mut error = Error::UnknownHost {
        host: peer.host.clone(),
    };
    for (n, address) in addresses.iter().enumerate() {
        let limit = patience(peer.timeout, addresses.len() - n);
        match timeout(limit, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                prepare(&stream);
                return Ok(stream);
            }
            Ok(Err(e)) => error = unreachable(peer, &e.to_string()),
            Err(_) => error = timed_out(peer),
        }
        tracing::debug!("{address}: {error}");
    }
    Err(error)
}

/// How long to wait for one address when so many are left. A dead address (often IPv6 without a
/// way out) must not use up the time of those behind it.
fn patience(limit: Duration, left: usize) -> Duration {
    const WITH_OTHERS: Duration = Duration::from_secs(10);
    if left > 1 {
        limit.min(WITH_OTHERS)
    } else {
        limit
    }
}

/// Addresses of the peer, literal or looked up.
pub async fn look_up(peer: &Peer) -> Result<Vec<SocketAddr>, Error> {
    if let Ok(ip) = peer.host.parse() {
        return Ok(vec![SocketAddr::new(ip, peer.port)]);
    }
    let lookup = lookup_host((peer.host.as_str(), peer.port));
    match timeout(peer.timeout, lookup).await {
        Ok(Ok(addresses)) => Ok(addresses.collect()),
        Ok(Err(error)) => Err(lookup_error(&peer.host, &error.to_string())),
        Err(_) => Err(timed_out(peer)),
    }
}

/// getaddrinfo tells its reason only in its text, which glibc translates: the texts for "the name
/// is wrong" are looked for, all else may pass.
pub(super) fn lookup_error(host: &str, what: &str) -> Error {
    /// glibc: EAI_NONAME, EAI_NODATA; musl: EAI_NONAME.
    const WRONG: [&str; 3] = [
        "Name or service not known",
        "No address associated with hostname",
        "Name does not resolve",
    ];
    let host = host.to_owned();
    let is_wrong = |text: &&str| what.contains(*text) || what.contains(&system_text(text));
    if WRONG.iter().any(is_wrong) {
        Error::UnknownHost { host }
    } else {
        Error::Lookup {
            host,
            what: what.to_owned(),
        }
    }
}

fn unreachable(peer: &Peer, what: &str) -> Error {
    Error::Unreachable {
        host: peer.host.clone(),
        port: peer.port,
        what: what.to_owned(),
    }
}

fn timed_out(peer: &Peer) -> Error {
    Error::TimedOut {
        host: peer.host.clone(),
        seconds: peer.timeout.as_secs(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_wrong_name_is_unknown() {
        let check = |what: &str, is_unknown| {
            let error = lookup_error("host", what);
            assert_eq!(
                matches!(error, Error::UnknownHost { .. }),
                is_unknown,
                "{what}"
            );
        };
        let prefix = "failed to lookup address information: ";
        check(&format!("{prefix}Name or service not known"), true);
        check(
            &format!("{prefix}No address associated with hostname"),
            true,
        );
        check(&format!("{prefix}Name does not resolve"), true);
        check(
            &format!("{prefix}Temporary failure in name resolution"),
            false,
        );
        check("file name contained an unexpected NUL byte", false);
    }

    #[test]
    fn dead_addresses_leave_time_for_others() {
        let check = |limit, left, expected| {
            let limit = Duration::from_secs(limit);
            assert_eq!(patience(limit, left), Duration::from_secs(expected));
        };
        check(300, 1, 300);
        check(300, 2, 10);
        check(5, 2, 5);
    }
}
