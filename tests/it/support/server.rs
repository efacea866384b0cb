//! A mail server in the test process: POP3 and IMAP4rev1 on loopback ports the system chooses,
//! plain (with STARTTLS) and with TLS from the first byte, over one [`Store`].
//!
//! ```ignore
//! let server = Server::start().await;
//! server.store.add_user("ada", "secret");
//! server.store.add("ada", "INBOX", mailbox::realistic());
//! server.manner(|m| m.closes_after = Some(4711));
//! // ... poll localhost at server.pop3, server.pop3s, server.imap, server.imaps ...
//! assert_eq!(server.store.count("ada", "INBOX"), 0);
//! ```

use std::sync::{Arc, Mutex};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ServerConfig, crypto::ring};

use super::ca::{Ca, Identity};
use super::manner::Manner;
use super::store::Store;
use super::wire::Wire;
use super::{imap, pop3};

/// What clients have said, line by line, with the connection's number and protocol before it:
/// `2 IMAP a1 CAPABILITY`. Literals and passwords stand as they came: these are test servers.
#[derive(Clone)]
pub struct Transcript {
    lines: Arc<Mutex<Vec<String>>>,
    prefix: String,
}

impl Transcript {
    /// One that nobody reads.
    pub fn nowhere() -> Self {
        Self {
            lines: Arc::default(),
            prefix: String::new(),
        }
    }

    /// Writes down one line.
    pub fn note(&self, line: &[u8]) {
        let line = format!("{} {}", self.prefix, line.escape_ascii());
        self.lines
            .lock()
            .unwrap_or_else(|p| p.into_inner())
            .push(line);
    }
}

/// What the sessions of a server share.
#[derive(Clone)]
pub struct Shared {
    /// Users and mail.
    pub store: Store,
    /// For STARTTLS and implicit TLS.
    pub tls: TlsAcceptor,
    manner: Arc<Mutex<Manner>>,
    lines: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
}

/// The server; it ends when this is dropped.
pub struct Server {
    /// Users and mail.
    pub store: Store,
    /// Ports on 127.0.0.1.
    pub pop3: u16,
    /// POP3 with TLS from the first byte.
    pub pop3s: u16,
    /// IMAP.
    pub imap: u16,
    /// IMAP with TLS from the first byte.
    pub imaps: u16,
    /// The authority that signed the certificate, for `sslcertfile`.
    pub ca_pem: String,
    shared: Shared,
    _listeners: JoinSet<()>,
}

#[derive(Clone, Copy)]
enum Protocol {
    Pop3,
    Imap,
}

impl Server {
    /// Starts with a certificate for `localhost` and 127.0.0.1 and no users.
    pub async fn start() -> Self {
        let ca = Ca::new();
        let identity = ca.issue(&["localhost", "127.0.0.1"]);
        Self::start_with(identity, ca.pem()).await
    }

    /// Starts with this certificate.
    pub async fn start_with((chain, key): Identity, ca_pem: String) -> Self {
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring has them")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a certificate and its key");
        let shared = Shared {
            store: Store::new(),
            tls: TlsAcceptor::from(Arc::new(config)),
            manner: Arc::default(),
            lines: Arc::default(),
            connections: Arc::default(),
        };
        let mut listeners = JoinSet::new();
        let mut listen = async |protocol, is_tls| {
            let listener = TcpListener::bind(("127.0.0.1", 0))
                .await
                .expect("a free port");
            let port = listener.local_addr().expect("bound").port();
            listeners.spawn(accept(listener, protocol, is_tls, shared.clone()));
            port
        };
        Self {
            pop3: listen(Protocol::Pop3, false).await,
            pop3s: listen(Protocol::Pop3, true).await,
            imap: listen(Protocol::Imap, false).await,
            imaps: listen(Protocol::Imap, true).await,
            store: shared.store.clone(),
            ca_pem,
            shared,
            _listeners: listeners,
        }
    }

    /// Changes how connections behave from now on.
    pub fn manner(&self, change: impl FnOnce(&mut Manner)) {
        change(&mut self.shared.manner.lock().unwrap_or_else(|p| p.into_inner()));
    }

    /// What clients have said so far.
    pub fn transcript(&self) -> Vec<String> {
        self.shared
            .lines
            .lock()
            .unwrap_or_else(|p| p.into_inner())
            .clone()
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        *self
            .shared
            .connections
            .lock()
            .unwrap_or_else(|p| p.into_inner())
    }
}

async fn accept(listener: TcpListener, protocol: Protocol, is_tls: bool, shared: Shared) {
    let mut sessions = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        while sessions.try_join_next().is_some() {}
        sessions.spawn(session(stream, protocol, is_tls, shared.clone()));
    }
}

/// One connection; how it ended is the client's business.
async fn session(stream: TcpStream, protocol: Protocol, is_tls: bool, shared: Shared) {
    let number = {
        let mut connections = shared.connections.lock().unwrap_or_else(|p| p.into_inner());
        *connections += 1;
        *connections
    };
    let name = match protocol {
        Protocol::Pop3 => "POP3",
        Protocol::Imap => "IMAP",
    };
    let transcript = Transcript {
        lines: shared.lines.clone(),
        prefix: format!("{number} {name}"),
    };
    let manner = shared
        .manner
        .lock()
        .unwrap_or_else(|p| p.into_inner())
        .clone();
    let tls = is_tls.then_some(&shared.tls);
    let Ok(mut wire) = Wire::open(stream, tls, manner, transcript).await else {
        return;
    };
    let ended = match &wire.manner.greets_with {
        Some(line) => {
            let line = line.clone();
            wire.say(&line).await
        }
        None => match protocol {
            Protocol::Pop3 => pop3::serve(&mut wire, &shared, number).await,
            Protocol::Imap => imap::serve(&mut wire, &shared).await,
        },
    };
    if ended.is_ok() {
        let _ = wire.close().await;
    }
}
