//! Listeners: how each entry of the hunt list is read and reached.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use crate::net::service::port_of;
use crate::net::{self, Conn, Peer, tls};
use crate::rc::account::Tls;

/// One entry of `smtphost`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listener {
    /// `host` or `host/port`.
    Tcp {
        /// Name or address.
        host: String,
        /// TCP port.
        port: u16,
    },
    /// `/path`, spoken to in LMTP.
    Unix(PathBuf),
    /// An entry that cannot be used, with the reason.
    Unusable {
        /// As written.
        entry: String,
        /// Why.
        what: &'static str,
    },
}

impl Listener {
    /// Reads an entry. LMTP has no port of its own and must not use 25 (RFC 2033 section 5).
    pub fn parse(entry: &str, is_lmtp: bool) -> Self {
        if entry.starts_with('/') {
            return Self::Unix(entry.into());
        }
        let unusable = |what| Self::Unusable {
            entry: entry.to_owned(),
            what,
        };
        let (host, port) = match entry.split_once('/') {
            None => (entry, Some(25)),
            Some((host, service)) => (host, port_of(service)),
        };
        match port {
            None | Some(0) => unusable("unknown port"),
            Some(25) if is_lmtp => unusable("LMTP needs a port other than 25"),
            Some(port) => Self::Tcp {
                host: host.to_owned(),
                port,
            },
        }
    }

    /// The domain a bare local name gets (fetchmail(1), smtpaddress).
    pub fn domain(&self) -> &str {
        match self {
            Self::Tcp { host, .. } => host,
            Self::Unix(_) | Self::Unusable { .. } => "localhost",
        }
    }
}

impl std::fmt::Display for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tcp { host, port: 25 } => f.write_str(host),
            Self::Tcp { host, port } => write!(f, "{host}/{port}"),
            Self::Unix(path) => write!(f, "{}", path.display()),
            Self::Unusable { entry, .. } => f.write_str(entry),
        }
    }
}

/// A connection in the making.
pub type Dialling = Pin<Box<dyn Future<Output = Result<Conn, net::Error>> + Send>>;

/// How a listener is reached; tests put in-memory streams here.
pub type Dial = Box<dyn Fn(&Listener, Duration, &'static str) -> Dialling + Send + Sync>;

/// The real way: TCP or a Unix socket. `label` names the protocol in transcripts.
pub fn dial(listener: &Listener, timeout: Duration, label: &'static str) -> Dialling {
    let listener = listener.clone();
    Box::pin(async move {
        match &listener {
            Listener::Tcp { host, port } => net::connect(&peer(host, *port, timeout, label)?).await,
            Listener::Unix(path) => {
                let name = path.display().to_string();
                net::connect_unix(path, &peer(&name, 0, timeout, label)?).await
            }
            Listener::Unusable { entry, what } => Err(net::Error::Lookup {
                host: entry.clone(),
                what: (*what).to_owned(),
            }),
        }
    })
}

/// A listener as a peer. TLS is a gift to it, so any certificate will do; whether it is a good one is
/// noted, by the system's authorities, for whoever has a secret to tell.
pub(super) fn peer(
    host: &str,
    port: u16,
    timeout: Duration,
    label: &'static str,
) -> Result<Peer, net::Error> {
    let any = Tls {
        check: false,
        ..Tls::default()
    };
    Ok(Peer {
        host: host.to_owned(),
        port,
        implicit_tls: false,
        tls: tls::Setup::new(&any)?,
        timeout,
        label,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries() {
        let check = |entry: &str, is_lmtp, shown: &str, domain: &str| {
            let listener = Listener::parse(entry, is_lmtp);
            assert_eq!(listener.to_string(), shown);
            assert_eq!(listener.domain(), domain);
        };
        check("mail.test", false, "mail.test", "mail.test");
        check("mail.test/25", false, "mail.test", "mail.test");
        check("mail.test/2525", false, "mail.test/2525", "mail.test");
        check("mail.test/submission", false, "mail.test/587", "mail.test");
        check("::1/26", true, "::1/26", "::1");
        check("/run/lmtp", false, "/run/lmtp", "localhost");
    }

    #[test]
    fn unusable_entries() {
        let check = |entry: &str, is_lmtp| {
            let listener = Listener::parse(entry, is_lmtp);
            assert!(matches!(listener, Listener::Unusable { .. }), "{entry}");
        };
        check("host", true);
        check("host/25", true);
        check("host/0", false);
        check("host/70000", false);
        check("host/no-such-service", false);
    }
}
