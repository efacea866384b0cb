//! Whom to trust: the verifier that stands in for rustls's own.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::{CertificateError, DigitallySignedStruct, OtherError, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use std::sync::Arc;
use webpki::{EndEntityCert, KeyUsage};

use super::leaf::Leaf;
use super::pin::Pin;
use super::refusal::Refusal;
use super::trust::Trust;

/// What an account demands of a certificate.
#[derive(Debug)]
pub(super) struct Rules {
    pub trust: Trust,
    /// `sslfingerprint`, and `pin_sha256` of `accounts.toml`.
    pub pins: Vec<Pin>,
    /// `sslcommonname`
    pub common_name: Option<String>,
    /// `sslcertck`
    pub check: bool,
    pub algorithms: WebPkiSupportedAlgorithms,
}

impl Rules {
    /// Judges a chain, leaf first: issuer, dates, purpose, name. Does not look at the pin.
    pub(super) fn judge(
        &self,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Refusal> {
        let (der, rest) = chain.split_first().ok_or(Refusal::Malformed)?;
        let leaf = Leaf::read(der).ok_or(Refusal::Malformed)?;
        if self.trust.has_exactly(der) {
            check_dates(&leaf, now)?;
            if !leaf.is_for_servers {
                return Err(Refusal::WrongPurpose);
            }
        } else {
            check_chain(der, rest, self.trust.anchors(), now, self.algorithms)
                .map_err(|error| explain(&error, &leaf, self.trust.anchors().is_empty()))?;
        }
        self.check_name(&leaf, name)
    }

    fn check_name(&self, leaf: &Leaf, name: &ServerName<'_>) -> Result<(), Refusal> {
        let wanted = match &self.common_name {
            Some(common_name) => common_name.into(),
            None => name.to_str(),
        };
        if leaf.is_for(&wanted) {
            return Ok(());
        }
        Err(Refusal::WrongName {
            wanted: wanted.into_owned(),
            found: leaf.names(),
        })
    }

    /// The pin first: another certificate than the pinned one is refused whatever else is said.
    /// The right pin excuses nothing while `sslcertck` is on; without it, it silences.
    fn decide(
        &self,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Refusal> {
        let der = chain.first().ok_or(Refusal::Malformed)?;
        if let Some(pin) = self.pins.iter().find(|pin| !pin.fits(der)) {
            return Err(Refusal::Changed {
                found: pin.of_same_kind(der),
            });
        }
        match self.judge(chain, name, now) {
            Err(refusal) if self.check => Err(refusal),
            Err(refusal) if self.pins.is_empty() => {
                tracing::warn!(
                    "the certificate of {} is not trusted: {refusal}; going on without protection \
                     against a false server, because sslcertck is off",
                    name.to_str()
                );
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl ServerCertVerifier for Rules {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let chain: Vec<CertificateDer<'_>> = [end_entity]
            .into_iter()
            .chain(intermediates)
            .map(|der| CertificateDer::from(der.as_ref()))
            .collect();
        match self.decide(&chain, server_name, now) {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err(refusal) => Err(CertificateError::Other(OtherError(Arc::new(refusal))).into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn check_dates(leaf: &Leaf, now: UnixTime) -> Result<(), Refusal> {
    let now = seconds(now);
    if now > leaf.not_after {
        Err(Refusal::Expired {
            until: leaf.not_after,
        })
    } else if now < leaf.not_before {
        Err(Refusal::NotYetValid {
            from: leaf.not_before,
            now,
        })
    } else {
        Ok(())
    }
}

fn check_chain(
    der: &CertificateDer<'_>,
    rest: &[CertificateDer<'_>],
    anchors: &[TrustAnchor<'_>],
    now: UnixTime,
    algorithms: WebPkiSupportedAlgorithms,
) -> Result<(), webpki::Error> {
    EndEntityCert::try_from(der)?
        .verify_for_usage(
            algorithms.all,
            anchors,
            rest,
            now,
            KeyUsage::server_auth(),
            None,
            None,
        )
        .map(|_| ())
}

/// Says what webpki found in terms of the certificate.
fn explain(error: &webpki::Error, leaf: &Leaf, has_no_anchors: bool) -> Refusal {
    use webpki::Error as E;
    match error {
        // webpki calls a self-signed certificate either of these, after what it is marked as.
        E::UnknownIssuer | E::CaUsedAsEndEntity if leaf.is_self_issued => Refusal::SelfSigned,
        // One of the authorities has the same name by chance: the certificate that Debian makes for
        // every machine stands among them, and many are called localhost.
        E::InvalidSignatureForPublicKey
        | E::SignatureAlgorithmMismatch
        | E::UnsupportedSignatureAlgorithmContext(_)
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext(_)
            if leaf.is_self_issued =>
        {
            Refusal::SelfSigned
        }
        E::UnknownIssuer if has_no_anchors => Refusal::NoRoots,
        E::UnknownIssuer => Refusal::UnknownIssuer {
            issuer: leaf.issuer.clone(),
        },
        E::CertExpired { not_after, .. } => Refusal::Expired {
            until: seconds(*not_after),
        },
        E::CertNotValidYet { time, not_before } => Refusal::NotYetValid {
            from: seconds(*not_before),
            now: seconds(*time),
        },
        E::CaUsedAsEndEntity | E::EmptyEkuExtension | E::RequiredEkuNotFoundContext(_) => {
            Refusal::WrongPurpose
        }
        E::InvalidSignatureForPublicKey
        | E::SignatureAlgorithmMismatch
        | E::UnsupportedSignatureAlgorithmContext(_)
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => Refusal::Signature,
        E::NameConstraintViolation | E::PathLenConstraintViolated | E::EndEntityUsedAsCa => {
            Refusal::NotAllowed
        }
        _ => Refusal::Malformed,
    }
}

fn seconds(time: UnixTime) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        Rules {
            trust: Trust::Own {
                anchors: Vec::new(),
                exact: Vec::new(),
            },
            pins: Vec::new(),
            common_name: None,
            check: true,
            algorithms: rustls::crypto::ring::default_provider().signature_verification_algorithms,
        }
    }

    #[test]
    fn no_damage_makes_a_certificate_good_or_us_panic() {
        let names = ["localhost".to_owned(), "192.0.2.1".to_owned()];
        let good = rcgen::generate_simple_self_signed(names).unwrap().cert;
        let name = ServerName::try_from("localhost").unwrap();
        let rules = rules();
        let judge = |der: Vec<u8>| {
            let chain = [CertificateDer::from(der.clone()), CertificateDer::from(der)];
            assert!(rules.judge(&chain, &name, UnixTime::now()).is_err());
        };
        for at in 0..good.der().len() {
            for value in [0, 1, 0x7f, 0x80, 0x84, 0xff] {
                let mut der = good.der().to_vec();
                der[at] = value;
                judge(der);
            }
            judge(good.der()[..at].to_vec());
        }
    }

    /// Each pin must fit; the right ones silence the rest without `sslcertck`.
    #[test]
    fn all_pins_must_fit() {
        let good = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let der = good.cert.der().clone();
        let name = ServerName::try_from("localhost").unwrap();
        let right = Pin::Sha256(super::super::pin::sha256(&der));
        let wrong = Pin::Sha256([1; 32]);
        let check = |pins: &[&Pin], expected: bool| {
            let rules = Rules {
                pins: pins.iter().copied().cloned().collect(),
                check: false,
                ..rules()
            };
            let decided = rules.decide(std::slice::from_ref(&der), &name, UnixTime::now());
            assert_eq!(decided.is_ok(), expected, "{pins:?}");
        };
        check(&[&right], true);
        check(&[&right, &right], true);
        check(&[&wrong], false);
        check(&[&right, &wrong], false);
        check(&[&wrong, &right], false);
    }

    #[test]
    fn nothing_shown_is_refused() {
        let name = ServerName::try_from("localhost").unwrap();
        assert_eq!(
            rules().decide(&[], &name, UnixTime::now()),
            Err(Refusal::Malformed)
        );
    }
}
