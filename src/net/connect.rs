//! From a name to a [`Conn`]: every address in turn, TCP_NODELAY and keep-alive, a bounded wait.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpStream, UnixStream, lookup_host};
use tokio::time::timeout;

use super::{Conn, Error, tls};

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
    let stream = open(peer).await?;
    let address = stream.peer_addr().ok();
    let mut conn = Conn::new(Box::new(stream), peer.clone(), address);
    if peer.implicit_tls {
        conn.handshake().await?;
    }
    Ok(conn)
}

/// Connects to a Unix socket (LMTP).
pub async fn connect_unix(path: &Path, peer: &Peer) -> Result<Conn, Error> {
    match timeout(peer.timeout, UnixStream::connect(path)).await {
        Ok(Ok(stream)) => Ok(Conn::new(Box::new(stream), peer.clone(), None)),
        Ok(Err(error)) => Err(unreachable(peer, &error.to_string())),
        Err(_) => Err(timed_out(peer)),
    }
}

async fn open(peer: &Peer) -> Result<TcpStream, Error> {
    let mut last = None;
    for address in look_up(peer).await? {
        match timeout(peer.timeout, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Both are wishes: a socket without them still carries mail.
                let _ = stream.set_nodelay(true);
                let _ = rustix::net::sockopt::set_socket_keepalive(&stream, true);
                return Ok(stream);
            }
            Ok(Err(error)) => last = Some(unreachable(peer, &error.to_string())),
            Err(_) => last = Some(timed_out(peer)),
        }
    }
    Err(last.unwrap_or_else(|| Error::UnknownHost {
        host: peer.host.clone(),
    }))
}

/// Addresses of the peer, literal or looked up.
async fn look_up(peer: &Peer) -> Result<Vec<SocketAddr>, Error> {
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

/// getaddrinfo tells its reason only in its text: "Name or service not known" and "No address
/// associated with hostname" mean the name is wrong, all else may pass.
fn lookup_error(host: &str, what: &str) -> Error {
    let host = host.to_owned();
    if what.contains("not known") || what.contains("No address") {
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
