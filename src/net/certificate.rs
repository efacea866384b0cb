//! A server's certificate as it is shown to a person: data only. `net::tls` makes it.

use std::time::SystemTime;

/// One certificate of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it was issued to, quiet: the common name, else the whole subject.
    pub subject: String,
    /// Who issued it, quiet.
    pub issuer: String,
    /// The hosts and addresses it is for (subjectAltName; the common name only where there is no
    /// dNSName), quiet, at most 100.
    pub names: Vec<String>,
    /// Begin of its validity; `None` if it cannot be read.
    pub from: Option<SystemTime>,
    /// End of its validity.
    pub until: Option<SystemTime>,
    /// Kind and size of its key (`RSA 2048`, `ECDSA P-256`, `Ed25519`).
    pub key: String,
    /// Algorithm of its signature (`SHA256-RSA`).
    pub signature: String,
    /// `AA:BB:…`
    pub sha256: String,
    /// The old form that fetchmail's `sslfingerprint` has.
    pub md5: String,
    /// The certificate itself.
    pub der: Vec<u8>,
}

/// What is wrong with a chain. One problem is told: the one a person would mend first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Issued by nobody this computer knows: the last issuer of the chain.
    UnknownIssuer(String),
    /// Issued by itself.
    SelfSigned,
    /// For other hosts: the one wanted, those found.
    WrongName {
        /// Whom we meant to reach.
        wanted: String,
        /// Whom it is for.
        found: Vec<String>,
    },
    /// Its time is over.
    Expired(SystemTime),
    /// Its time has not come.
    NotYetValid(SystemTime),
    /// Its key or its signature is too weak.
    Weak(String),
    /// It is not made for servers.
    Purpose,
    /// It is not the one the account is bound to.
    NotPinned,
    /// Anything else, a whole sentence.
    Other(String),
}

/// What came of looking at the certificates of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// From the server's own upwards, at most 10.
    pub chain: Vec<Certificate>,
    /// What is wrong; `None` when it would do as it is.
    pub problem: Option<Problem>,
    /// Nothing but the name is wrong, or nothing at all: the chain leads to a known authority.
    pub is_chain_trusted: bool,
}
