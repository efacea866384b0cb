//! What the program believes of the world outside: how names become addresses, which name server
//! is asked, which authorities are trusted. [`World::system`] is the one that ships; tests make
//! their own, so that no environment variable has to lead the program astray.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use rustls_pki_types::CertificateDer;
use tokio::net::lookup_host;

use super::place::{Place, Within};

/// Where a name and port lead in a test.
pub type Table = HashMap<(String, u16), Vec<SocketAddr>>;

/// Whom a test's server stands for: everything of a test is on this computer.
pub type Faces = HashMap<SocketAddr, IpAddr>;

/// Names and trust. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct World {
    table: Option<Arc<Table>>,
    faces: Arc<Faces>,
    name_server: Option<SocketAddr>,
    authorities: Option<Arc<Vec<CertificateDer<'static>>>>,
}

impl World {
    /// The system's own: its resolver, its name servers, its authorities.
    pub fn system() -> Self {
        Self::default()
    }

    /// With a host table (a name and port that are not in it do not exist), a name server and
    /// authorities of its own.
    pub fn of(
        table: Table,
        name_server: SocketAddr,
        authorities: Vec<CertificateDer<'static>>,
    ) -> Self {
        Self {
            table: Some(Arc::new(table)),
            faces: Arc::default(),
            name_server: Some(name_server),
            authorities: Some(Arc::new(authorities)),
        }
    }

    /// The same with servers that stand for other addresses. Those on this computer that stand for
    /// none are public.
    pub fn facing(mut self, faces: Faces) -> Self {
        self.faces = Arc::new(faces);
        self
    }

    /// Whether an address is within these bounds.
    pub fn allows(&self, within: Within, address: &SocketAddr) -> bool {
        let place = match (&self.table, self.faces.get(address)) {
            (Some(_), None) if address.ip().is_loopback() => Place::Public,
            _ => Place::of(self.face(address)),
        };
        within.allows(place)
    }

    /// What an address is shown as.
    pub fn face(&self, address: &SocketAddr) -> IpAddr {
        let face = self.faces.get(address).copied();
        face.unwrap_or(address.ip())
    }

    /// The addresses of a name, in the order they are to be tried. The caller bounds the time.
    ///
    /// # Errors
    /// The system's: `getaddrinfo` tells its reason in the text.
    pub async fn addresses(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
        let Some(table) = &self.table else {
            return Ok(lookup_host((host, port)).await?.collect());
        };
        match table.get(&(host.to_ascii_lowercase(), port)) {
            Some(addresses) => Ok(addresses.clone()),
            None if table.keys().any(|(name, _)| name == host) => {
                Err(std::io::Error::from(std::io::ErrorKind::ConnectionRefused))
            }
            None => Err(std::io::Error::other("Name or service not known")),
        }
    }

    /// The addresses of a name for several ports; a port without any has an empty list. The caller
    /// bounds the time.
    ///
    /// # Errors
    /// The system's: the name has no address for any of the ports.
    pub(super) async fn reach(
        &self,
        host: &str,
        ports: &[u16],
    ) -> std::io::Result<Vec<(u16, Vec<SocketAddr>)>> {
        let mut found = Vec::new();
        if self.table.is_some() {
            let mut last = None;
            for port in ports {
                let addresses = self.addresses(host, *port).await;
                let addresses = addresses.unwrap_or_else(|error| {
                    last = Some(error);
                    Vec::new()
                });
                found.push((*port, addresses));
            }
            return match last {
                Some(error) if found.iter().all(|(_, addresses)| addresses.is_empty()) => {
                    Err(error)
                }
                _ => Ok(found),
            };
        }
        // One question for all: the system's resolver does not know that they belong together.
        let addresses = self.addresses(host, 0).await?;
        for port in ports {
            let at = |a: &SocketAddr| SocketAddr::new(a.ip(), *port);
            found.push((*port, addresses.iter().map(at).collect()));
        }
        Ok(found)
    }

    /// Names are looked up in a table of a test.
    pub(super) fn has_table(&self) -> bool {
        self.table.is_some()
    }

    /// A resolver for records other than addresses (SRV, MX, PTR).
    ///
    /// # Errors
    /// The system's settings cannot be used: the resolver's words.
    pub fn resolver(&self) -> Result<TokioResolver, String> {
        let builder = match self.name_server {
            None => TokioResolver::builder_tokio(),
            Some(address) => {
                let mut server = NameServerConfig::udp_and_tcp(address.ip());
                for connection in &mut server.connections {
                    connection.port = address.port();
                }
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
                Ok(TokioResolver::builder_with_config(
                    config,
                    TokioRuntimeProvider::default(),
                ))
            }
        };
        builder
            .and_then(|builder| builder.build())
            .map_err(|error| error.to_string())
    }

    /// The authorities to trust in place of the system's; `None`: the system's.
    pub fn authorities(&self) -> Option<&[CertificateDer<'static>]> {
        self.authorities.as_deref().map(Vec::as_slice)
    }
}
