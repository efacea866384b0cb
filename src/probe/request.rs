//! What is to be probed.

use std::path::PathBuf;
use std::time::Duration;

use crate::net::place::Within;

/// Which addresses of a host are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // their own names
pub enum Family {
    #[default]
    Any,
    V4,
    V6,
}

/// What to ask of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Name or address.
    pub host: String,
    /// 143 and 993.
    pub imap: bool,
    /// 110 and 995.
    pub pop3: bool,
    /// 109.
    pub pop2: bool,
    /// 25 and 587, for ETRN.
    pub smtp: bool,
    /// 366.
    pub odmr: bool,
    /// Further ports; what speaks there is found out by its greeting.
    pub ports: Vec<u16>,
    /// Only these ports, not the usual ones.
    pub only_ports: bool,
    /// Which addresses.
    pub family: Family,
    /// Authorities besides the system's: a PEM file.
    pub ca_file: Option<PathBuf>,
    /// A client certificate and its key: PEM files.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// A command whose input and output stand in for the connection (`plugin`).
    pub plugin: Option<String>,
    /// Where the host may lead. A host that the person has named: anywhere; one that discovery has
    /// found is bounded.
    pub within: Within,
    /// For each step of each port.
    pub timeout: Duration,
}

impl Request {
    /// The usual ports of a host.
    pub fn new(host: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            imap: true,
            pop3: true,
            pop2: true,
            smtp: false,
            odmr: false,
            ports: Vec::new(),
            only_ports: false,
            family: Family::Any,
            ca_file: None,
            identity: None,
            plugin: None,
            within: Within::Anywhere,
            timeout: Duration::from_secs(10),
        }
    }
}
