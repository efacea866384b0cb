//! Sockets, TLS, names, processes: the only place where bytes move.

pub mod alias;
pub mod certificate;
pub mod connect;
pub mod host;
pub mod http;
pub mod place;
mod plugin;
pub mod process;
pub mod pump;
pub mod reach;
pub mod records;
pub mod reverse;
pub mod service;
mod silence;
pub mod tls;
pub mod world;

pub use connect::{Peer, connect, connect_at, connect_by, connect_unix, find};
pub use pump::{Conn, Turn};
pub use reach::connect_in;
pub use world::World;

use crate::proto;

/// Why a conversation failed. Who must act follows from the variant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The name does not exist (NXDOMAIN and its like).
    #[error("there is no server called {host}")]
    UnknownHost {
        /// As asked for.
        host: String,
    },
    /// The name could not be looked up now.
    #[error("looking up {host} failed: {what}")]
    Lookup {
        /// As asked for.
        host: String,
        /// The resolver's words.
        what: String,
    },
    /// No address of the host could be connected to.
    #[error("cannot connect to {host} port {port}: {what}")]
    Unreachable {
        /// As asked for.
        host: String,
        /// TCP port.
        port: u16,
        /// The system's words.
        what: String,
    },
    /// Whoever chose the name had it lead where it may not (see [`place`]).
    #[error("{host} leads to {address}, which is not connected to")]
    Astray {
        /// As asked for.
        host: String,
        /// The first of its addresses.
        address: std::net::IpAddr,
    },
    /// Silence for longer than the timeout.
    #[error("{host} did not answer within {seconds} seconds")]
    TimedOut {
        /// The peer.
        host: String,
        /// The timeout.
        seconds: u64,
    },
    /// The TLS handshake or the certificate failed; `sentence` says why in plain words.
    #[error("{sentence}")]
    Tls {
        /// A whole sentence.
        sentence: String,
        /// The certificate was refused (the person must act), not the handshake.
        is_certificate: bool,
    },
    /// TLS settings of the account cannot be used (a file missing, a bad fingerprint).
    #[error("{sentence}")]
    TlsSettings {
        /// A whole sentence.
        sentence: String,
    },
    /// The connection broke (reset, EPIPE, a TLS alert).
    #[error("the connection to {host} broke: {what}")]
    Dropped {
        /// The peer.
        host: String,
        /// The system's words.
        what: String,
    },
    /// The protocol machine gave up.
    #[error(transparent)]
    Proto(#[from] proto::Error),
}
