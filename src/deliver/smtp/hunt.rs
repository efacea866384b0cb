//! The hunt list: which listeners there are and how each is reached.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use crate::base::text::{QUIET_MAX, quiet};
use crate::deliver::{Error, Settings};
use crate::net::service::port_of;
use crate::net::{self, Conn, Peer, tls};
use crate::proto;
use crate::proto::smtp::{Client, Event, Hello};
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

/// An open session.
pub struct Line {
    /// The connection.
    pub conn: Conn,
    /// The protocol on it.
    pub client: Client,
    /// With whom.
    pub listener: Listener,
    /// Messages begun on it.
    pub messages: u32,
}

/// The hunt list of an account.
pub struct Hunt {
    listeners: Vec<Listener>,
    is_lmtp: bool,
    own_name: String,
    timeout: Duration,
    dial: Dial,
}

impl Hunt {
    /// Reads the list; an empty one means `localhost`.
    pub fn new(hosts: &[String], is_lmtp: bool, settings: &Settings, dial: Dial) -> Self {
        let mut listeners: Vec<_> = hosts
            .iter()
            .map(|host| Listener::parse(host, is_lmtp))
            .collect();
        if listeners.is_empty() {
            listeners.push(Listener::parse("localhost", is_lmtp));
        }
        Self {
            listeners,
            is_lmtp,
            own_name: settings.own_name.clone(),
            timeout: settings.timeout,
            dial,
        }
    }

    /// A session with the first listener, in the list's order, that greets and takes our hello.
    pub async fn connect(&self) -> Result<Line, Error> {
        let mut tried = Vec::new();
        for listener in &self.listeners {
            match self.reach(listener).await {
                Ok(line) => return Ok(line),
                Err(error) => {
                    tracing::debug!(%listener, %error, "the listener cannot be used");
                    tried.push(format!("{listener}: {}", told(&error)));
                }
            }
        }
        Err(Error::NoListener { tried })
    }

    async fn reach(&self, listener: &Listener) -> Result<Line, net::Error> {
        let hello = match listener {
            Listener::Unix(_) => Hello::Lhlo,
            _ if self.is_lmtp => Hello::Lhlo,
            _ => Hello::Ehlo,
        };
        match self.greet(listener, hello).await {
            Err((_, true)) if hello == Hello::Ehlo => self.greet(listener, Hello::Helo).await,
            result => result,
        }
        .map_err(|(error, _)| error)
    }

    /// Connects and says hello. With an error comes whether the listener hung up on our hello.
    async fn greet(&self, listener: &Listener, hello: Hello) -> Result<Line, (net::Error, bool)> {
        let label = if hello == Hello::Lhlo { "LMTP" } else { "SMTP" };
        let mut conn = (self.dial)(listener, self.timeout, label)
            .await
            .map_err(|error| (error, false))?;
        let mut client = Client::new(self.own_name.as_str(), hello);
        conn.set_timeout(client.patience().max(self.timeout));
        match conn.next(&mut client).await {
            Ok(Some(Event::Open(_))) => Ok(Line {
                conn,
                client,
                listener: listener.clone(),
                messages: 0,
            }),
            Ok(_) => Err((proto::Error::Closed.into(), false)),
            Err(error) => {
                let hung_up = matches!(
                    error,
                    net::Error::Proto(proto::Error::Closed) | net::Error::Dropped { .. }
                );
                Err((error, hung_up && client.is_saying_hello()))
            }
        }
    }
}

/// An error with the listener's own words made quiet.
fn told(error: &net::Error) -> String {
    match error {
        net::Error::Proto(proto::Error::Refused { reply, .. }) => quiet(reply, QUIET_MAX),
        error => quiet(error.to_string().as_bytes(), QUIET_MAX),
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

/// A listener as a peer: TLS is not spoken to it (engine.md section 14), so its rules are empty.
pub(super) fn peer(
    host: &str,
    port: u16,
    timeout: Duration,
    label: &'static str,
) -> Result<Peer, net::Error> {
    let none = Tls {
        proto: Some(String::new()),
        check: false,
        ..Tls::default()
    };
    Ok(Peer {
        host: host.to_owned(),
        port,
        implicit_tls: false,
        tls: tls::Setup::new(&none)?,
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
