//! A handshake that succeeds whatever the certificate is, to show it: for probing, and to let a
//! person see what was refused. The judgement is that of real connections ([`Rules`]), made
//! afterwards. Nothing secret may be said over such a connection; `Conn` does not know that, so
//! whoever makes one sees to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConfig, Resumption};
use rustls::{DigitallySignedStruct, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};

use super::verify::Rules;
use super::{Error, Setup, identity, pins, provider, show, trust, unusable, version, wants_system};
use crate::net::World;
use crate::net::certificate::Shown;
use crate::rc::account;

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// The certificates and what is wrong with them.
    pub shown: Shown,
    /// Agreed by ALPN, if anything.
    pub alpn: Option<String>,
}

/// What a server's certificates are judged by; makes a [`Setup`] for each connection.
#[derive(Debug)]
pub struct Looking {
    rules: Arc<Rules>,
    settings: account::Tls,
}

impl Looking {
    /// By an account's settings. `sslcertck` does not matter. With `besides_system`, `sslcertfile`
    /// adds to the system's authorities and does not replace them.
    ///
    /// # Errors
    /// [`Error::TlsSettings`] if a file or a value cannot be used.
    pub fn new(
        settings: &account::Tls,
        world: &World,
        besides_system: bool,
    ) -> Result<Self, Error> {
        let besides_system = besides_system || wants_system();
        let trust = trust::Trust::new(settings, besides_system && world.authorities().is_none())?;
        let rules = Arc::new(Rules {
            trust: match world.authorities() {
                Some(known) => trust.within(known, besides_system),
                None => trust,
            },
            pins: pins(settings)?,
            common_name: settings.common_name.clone(),
            check: true,
            algorithms: provider().signature_verification_algorithms,
        });
        let looking = Self {
            rules,
            settings: settings.clone(),
        };
        looking.setup(None)?;
        Ok(looking)
    }

    /// For one connection that offers this protocol by ALPN (RFC 7301): another setup each, because
    /// what is seen is kept in it.
    ///
    /// # Errors
    /// [`Error::TlsSettings`] if the client's certificate cannot be used.
    pub fn setup(&self, alpn: Option<&str>) -> Result<Arc<Setup>, Error> {
        let witness = Arc::new(Witness {
            rules: Arc::clone(&self.rules),
            has_bad_signature: AtomicBool::new(false),
        });
        let versions = version::versions(self.settings.proto.as_deref())?;
        let builder = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(versions)
            .map_err(|e| unusable(&e.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&witness) as _);
        let mut config = match identity::load(&self.settings)? {
            Some((chain, key)) => builder
                .with_client_auth_cert(chain, key)
                .map_err(|e| unusable(&e.to_string()))?,
            None => builder.with_no_client_auth(),
        };
        config.resumption = Resumption::disabled();
        config
            .alpn_protocols
            .extend(alpn.map(|name| name.as_bytes().to_vec()));
        Ok(Arc::new(Setup {
            config: Arc::new(config),
            rules: Arc::clone(&self.rules),
            witness: Some(witness),
        }))
    }
}

/// Says yes to everything, and remembers what was not in order beyond the chain itself.
#[derive(Debug)]
pub(super) struct Witness {
    rules: Arc<Rules>,
    /// The server has not proved that the certificate is its own.
    has_bad_signature: AtomicBool,
}

impl Witness {
    /// What is to be shown of the connection.
    pub(super) fn looked(
        &self,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        alpn: Option<&[u8]>,
    ) -> Looked {
        let is_proved = !self.has_bad_signature.load(Ordering::Relaxed);
        Looked {
            shown: show::shown(&self.rules, chain, name, UnixTime::now(), is_proved),
            alpn: alpn.map(|name| crate::base::text::quiet(name, 32)),
        }
    }

    fn note(&self, result: Result<HandshakeSignatureValid, rustls::Error>) {
        if result.is_err() {
            self.has_bad_signature.store(true, Ordering::Relaxed);
        }
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.note(self.rules.verify_tls12_signature(message, cert, dss));
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.note(self.rules.verify_tls13_signature(message, cert, dss));
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.rules.supported_verify_schemes()
    }
}

impl trust::Trust {
    /// With `known` in place of the system's authorities.
    fn within(self, known: &[CertificateDer<'static>], besides_system: bool) -> Self {
        let known =
            || -> Vec<TrustAnchor<'static>> { known.iter().filter_map(trust::to_anchor).collect() };
        match self {
            Self::System => Self::Own {
                anchors: known(),
                exact: Vec::new(),
            },
            Self::Own { mut anchors, exact } => {
                if besides_system {
                    anchors.extend(known());
                }
                Self::Own { anchors, exact }
            }
        }
    }
}
