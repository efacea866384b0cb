//! TLS with rules of our own for whom to trust (engine.md section 9, `contract`: TLS).
//!
//! A [`Setup`] holds what one account demands of a certificate; its connections share it, so that
//! TLS sessions are resumed. The rules are in `verify`, the sentences about failures in `refusal`
//! and `failure`. No revocation lists and no OCSP.

mod failure;
mod hello;
mod identity;
mod leaf;
mod look;
mod pin;
mod refusal;
mod show;
mod trust;
mod verify;
mod version;

use std::io::ErrorKind;
use std::sync::{Arc, OnceLock};

use rustls::client::{ClientConfig, Resumption};
use rustls::crypto::CryptoProvider;
use rustls::{HandshakeKind, ProtocolVersion};
use rustls_pki_types::{ServerName, UnixTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use self::pin::{Pin, hex};
use self::verify::Rules;
use super::pump::Stream;
use super::{Error, World};
use crate::base::i18n::{fill, gettext};
use crate::proto::TlsPolicy;
use crate::rc::account;

pub(super) use failure::broken;
pub use hello::{Answer, Version};
pub use look::{Looked, Looking};

/// What a certificate must satisfy, from the account's settings; shared by its connections.
#[derive(Debug)]
pub struct Setup {
    config: Arc<ClientConfig>,
    rules: Arc<Rules>,
    /// Of a connection that is only looked at.
    witness: Option<Arc<look::Witness>>,
}

/// What a handshake has brought about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// `TLS 1.2` or `TLS 1.3`.
    pub version: &'static str,
    /// Name of the cipher suite.
    pub cipher: String,
    /// SHA-256 of the server's certificate, `AA:BB:…`.
    pub sha256: String,
    /// MD5 of the same, as fetchmail prints it and `sslfingerprint` may be written.
    pub md5: String,
    /// Chain, dates, purpose and name were found good. Never false with `sslcertck`.
    pub is_verified: bool,
    /// The session continued an earlier one.
    pub is_resumed: bool,
    /// What was seen, if the setup was made for looking ([`Looking`]).
    pub looked: Option<Box<Looked>>,
}

impl Setup {
    /// Builds the rules for one account: reads `sslcertfile`, `sslcertpath`, `sslcert` and
    /// `sslkey`. The system's roots are loaded when the first certificate is looked at, once a
    /// process.
    ///
    /// # Errors
    /// [`Error::TlsSettings`] if a file or a value cannot be used.
    pub fn new(settings: &account::Tls) -> Result<Arc<Self>, Error> {
        let trust = trust::Trust::new(settings, wants_system())?;
        Self::with(settings, trust)
    }

    /// The rules for servers that nobody has set up: the world's authorities and the server's own
    /// name, without exceptions.
    ///
    /// # Errors
    /// [`Error::TlsSettings`] if this computer cannot do TLS at all.
    pub fn strict(world: &World) -> Result<Arc<Self>, Error> {
        let trust = match world.authorities() {
            Some(known) => trust::Trust::of(known),
            None => trust::Trust::System,
        };
        Self::with(&account::Tls::default(), trust)
    }

    fn with(settings: &account::Tls, trust: trust::Trust) -> Result<Arc<Self>, Error> {
        let provider = provider();
        let rules = Arc::new(Rules {
            trust,
            pins: pins(settings)?,
            common_name: settings.common_name.clone(),
            check: settings.check,
            algorithms: provider.signature_verification_algorithms,
        });
        let versions = version::versions(settings.proto.as_deref())?;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .map_err(|e| unusable(&e.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&rules) as _);
        let mut config = match identity::load(settings)? {
            Some((chain, key)) => builder
                .with_client_auth_cert(chain, key)
                .map_err(|e| unusable(&e.to_string()))?,
            None => builder.with_no_client_auth(),
        };
        // An account speaks to one server or two; room for 256 sessions would cost 50 kB each.
        config.resumption = Resumption::in_memory_sessions(16);
        Ok(Arc::new(Self {
            config: Arc::new(config),
            rules,
            witness: None,
        }))
    }
}

/// The environment adds the system's authorities to those of the file (fetchmail(1)).
fn wants_system() -> bool {
    std::env::var_os("FETCHMAIL_INCLUDE_DEFAULT_X509_CA_CERTS")
        .is_some_and(|value| !value.is_empty())
}

/// The file's fingerprint and the person's own; a certificate must fit both.
fn pins(settings: &account::Tls) -> Result<Vec<Pin>, Error> {
    let mut pins: Vec<Pin> = settings.pin_sha256.map(Pin::Sha256).into_iter().collect();
    if let Some(written) = &settings.fingerprint {
        pins.push(Pin::new(written)?);
    }
    Ok(pins)
}

/// When TLS is to be started inside the conversation: mandatory as soon as the file asks for
/// anything of it, `sslcertck` included, which is on by default (engine.md section 9).
pub fn policy(settings: &account::Tls) -> TlsPolicy {
    let proto = settings.proto.as_deref();
    if settings.implicit || proto == Some("") {
        TlsPolicy::Never
    } else if settings.check
        || settings.fingerprint.is_some()
        || settings.pin_sha256.is_some()
        || proto.is_some()
    {
        TlsPolicy::Required
    } else {
        TlsPolicy::IfOffered
    }
}

/// Does the handshake for `host` on a plain stream. The caller bounds the time.
pub(super) async fn handshake(
    setup: &Arc<Setup>,
    plain: Box<dyn Stream>,
    host: &str,
) -> Result<(Box<dyn Stream>, Session), Error> {
    let name = setup.server_name(host)?;
    let connector = TlsConnector::from(Arc::clone(&setup.config));
    let stream = connector
        .connect(name.clone(), plain)
        .await
        .map_err(|error| failure::failed(host, &error))?;
    let session = setup.session(&stream, &name);
    tracing::debug!(
        "{host}: {} with {}{}",
        session.version,
        session.cipher,
        if session.is_resumed { ", resumed" } else { "" }
    );
    tracing::debug!("{host} key fingerprint: {}", session.md5);
    tracing::debug!("{host} SHA-256 fingerprint: {}", session.sha256);
    Ok((Box::new(stream), session))
}

impl Setup {
    /// The name sent to the server (SNI) and looked for in its certificate: `sslcommonname` if
    /// it can be a host's name, else the host. Addresses are not sent.
    fn server_name(&self, host: &str) -> Result<ServerName<'static>, Error> {
        let candidates = self.rules.common_name.as_deref().into_iter().chain([host]);
        candidates
            .map(|name| name.strip_suffix('.').unwrap_or(name).to_owned())
            .find_map(|name| ServerName::try_from(name).ok())
            .ok_or_else(|| Error::TlsSettings {
                sentence: fill(
                    &gettext("“{host}” cannot be the name of a server with TLS."),
                    &[("host", &host)],
                ),
            })
    }

    fn session(&self, stream: &TlsStream<Box<dyn Stream>>, name: &ServerName<'_>) -> Session {
        let (_, tls) = stream.get_ref();
        let chain = tls.peer_certificates().unwrap_or_default();
        let leaf = chain.first().map(AsRef::as_ref).unwrap_or_default();
        Session {
            version: match tls.protocol_version() {
                Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
                _ => "TLS 1.2",
            },
            cipher: tls
                .negotiated_cipher_suite()
                .map_or_else(String::new, |suite| format!("{:?}", suite.suite())),
            sha256: hex(&pin::sha256(leaf)),
            md5: hex(&pin::md5(leaf)),
            // The verifier is not asked about a resumed session; with `sslcertck` the first one
            // would not have come about.
            is_verified: (self.rules.check && self.witness.is_none())
                || self.rules.judge(chain, name, UnixTime::now()).is_ok(),
            is_resumed: tls.handshake_kind() == Some(HandshakeKind::Resumed),
            looked: self
                .witness
                .as_ref()
                .map(|witness| Box::new(witness.looked(chain, name, tls.alpn_protocol()))),
        }
    }
}

/// Asks over a plain stream what a server makes of a ClientHello that offers `best` at most; the
/// stream is of no use afterwards. The caller bounds the time.
pub(super) async fn ask_version(stream: &mut dyn Stream, host: &str, best: Version) -> Answer {
    let Some(random) = hello::random(&provider()) else {
        return Answer::Unclear;
    };
    let hello = hello::client_hello(best, host, &random);
    if stream.write_all(&hello).await.is_err() || stream.flush().await.is_err() {
        return Answer::Unclear;
    }
    let mut came = Vec::new();
    loop {
        match hello::answer(&came, best) {
            Answer::Partial => {}
            answer => return answer,
        }
        match stream.read_buf(&mut came).await {
            Ok(count) if count > 0 => {}
            Ok(_) if came.is_empty() => return Answer::Closes,
            Err(error) if came.is_empty() && error.kind() == ErrorKind::ConnectionReset => {
                return Answer::Closes;
            }
            _ => return Answer::Unclear,
        }
    }
}

/// ring, named here because no process-wide default is set; one for all accounts.
fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    Arc::clone(PROVIDER.get_or_init(|| Arc::new(rustls::crypto::ring::default_provider())))
}

fn unusable(what: &str) -> Error {
    Error::TlsSettings {
        sentence: fill(
            &gettext("The TLS settings cannot be used: {what}."),
            &[("what", &what)],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starttls_is_mandatory_once_anything_is_asked_of_it() {
        let settings = |check, proto: Option<&str>, pin: Option<&str>| account::Tls {
            implicit: false,
            proto: proto.map(str::to_owned),
            check,
            cert_file: None,
            cert_path: None,
            common_name: None,
            fingerprint: pin.map(str::to_owned),
            pin_sha256: None,
            key: None,
            cert: None,
        };
        let check = |tls: account::Tls, expected| assert_eq!(policy(&tls), expected);
        check(settings(true, None, None), TlsPolicy::Required);
        check(settings(true, Some(""), None), TlsPolicy::Never);
        check(settings(false, None, None), TlsPolicy::IfOffered);
        check(settings(false, Some("auto"), None), TlsPolicy::Required);
        check(settings(false, None, Some("AA")), TlsPolicy::Required);
        let pinned = account::Tls {
            pin_sha256: Some([0; 32]),
            ..settings(false, None, None)
        };
        check(pinned, TlsPolicy::Required);
        let implicit = account::Tls {
            implicit: true,
            ..settings(true, None, None)
        };
        check(implicit, TlsPolicy::Never);
    }
}
