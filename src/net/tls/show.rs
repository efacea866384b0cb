//! A chain as a person is shown it ([`crate::net::certificate`]). Judging is `verify`'s.

use std::time::{Duration, SystemTime};

use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo, X509Name};

use super::leaf::{Leaf, NAME_MAX, shown as named};
use super::pin::{hex, md5, sha256};
use super::refusal::Refusal;
use super::verify::Rules;
use crate::base::i18n::gettext;
use crate::base::text::{QUIET_MAX, quiet};
use crate::net::certificate::{Certificate, Problem, Shown};

/// Most certificates shown. What else a server sends still counts for the judgement.
const CHAIN_MAX: usize = 10;
/// Most names shown of a certificate.
const NAMES_MAX: usize = 100;

/// The chain and what is wrong with it. `is_proved`: the server has the key of its certificate.
pub(super) fn shown(
    rules: &Rules,
    chain: &[CertificateDer<'_>],
    name: &ServerName<'_>,
    now: UnixTime,
    is_proved: bool,
) -> Shown {
    let judged = rules.judge(chain, name, now);
    let is_chain_trusted = is_proved && matches!(judged, Ok(()) | Err(Refusal::WrongName { .. }));
    let is_pinned = chain
        .first()
        .is_some_and(|der| rules.pins.iter().all(|pin| pin.fits(der)));
    let problem = match judged {
        _ if !is_proved => Some(Problem::Weak(gettext(
            "The server has not proved that the certificate is its own.",
        ))),
        _ if !is_pinned => Some(Problem::NotPinned),
        Ok(()) => None,
        Err(refusal) => Some(problem(refusal, chain, &name.to_str())),
    };
    Shown {
        chain: chain
            .iter()
            .take(CHAIN_MAX)
            .map(|der| certificate(der))
            .collect(),
        problem,
        is_chain_trusted,
    }
}

fn problem(refusal: Refusal, chain: &[CertificateDer<'_>], host: &str) -> Problem {
    match refusal {
        Refusal::UnknownIssuer { .. } => Problem::UnknownIssuer(last_issuer(chain)),
        Refusal::SelfSigned => Problem::SelfSigned,
        Refusal::WrongName { wanted, mut found } => {
            found.truncate(NAMES_MAX);
            Problem::WrongName {
                wanted: quiet(wanted.as_bytes(), QUIET_MAX),
                found,
            }
        }
        Refusal::Expired { until } => {
            Problem::Expired(time(until).unwrap_or(SystemTime::UNIX_EPOCH))
        }
        Refusal::NotYetValid { from, .. } => {
            Problem::NotYetValid(time(from).unwrap_or(SystemTime::UNIX_EPOCH))
        }
        Refusal::WrongPurpose => Problem::Purpose,
        Refusal::Changed { .. } => Problem::NotPinned,
        refusal @ Refusal::Signature => Problem::Weak(refusal.sentence(host)),
        refusal => Problem::Other(refusal.sentence(host)),
    }
}

/// Who would have to be known: the issuer of the last certificate of the chain.
fn last_issuer(chain: &[CertificateDer<'_>]) -> String {
    let last = chain.iter().rev().find_map(|der| Leaf::read(der));
    last.map(|leaf| leaf.issuer).unwrap_or_default()
}

/// One certificate; of one that cannot be read its fingerprints.
fn certificate(der: &CertificateDer<'_>) -> Certificate {
    let mut out = Certificate {
        subject: String::new(),
        issuer: String::new(),
        names: Vec::new(),
        from: None,
        until: None,
        key: String::new(),
        signature: String::new(),
        sha256: hex(&sha256(der)),
        md5: hex(&md5(der)),
        der: der.to_vec(),
    };
    let (Ok((_, cert)), Some(leaf)) = (X509Certificate::from_der(der), Leaf::read(der)) else {
        return out;
    };
    out.subject = or_whole(cert.subject());
    out.issuer = or_whole(cert.issuer());
    out.names = leaf.names();
    out.names.truncate(NAMES_MAX);
    out.from = time(leaf.not_before);
    out.until = time(leaf.not_after);
    out.key = key(cert.public_key());
    out.signature = signature(&cert.signature_algorithm);
    out
}

/// The common name, else the whole of it.
fn or_whole(name: &X509Name<'_>) -> String {
    let short = named(name);
    match short.is_empty() {
        true => quiet(name.to_string().as_bytes(), NAME_MAX),
        false => short,
    }
}

fn time(seconds: i64) -> Option<SystemTime> {
    let span = Duration::from_secs(seconds.unsigned_abs());
    match seconds < 0 {
        true => SystemTime::UNIX_EPOCH.checked_sub(span),
        false => SystemTime::UNIX_EPOCH.checked_add(span),
    }
}

fn key(info: &SubjectPublicKeyInfo<'_>) -> String {
    let oid = info.algorithm.algorithm.to_id_string();
    match (info.parsed(), oid.as_str()) {
        (_, "1.3.101.112") => "Ed25519".to_owned(),
        (_, "1.3.101.113") => "Ed448".to_owned(),
        (Ok(PublicKey::RSA(rsa)), _) => format!("RSA {}", rsa.key_size()),
        (Ok(PublicKey::EC(_)), _) => format!("ECDSA {}", curve(&info.algorithm)),
        (Ok(PublicKey::DSA(_)), _) => "DSA".to_owned(),
        (_, oid) => quiet(oid.as_bytes(), NAME_MAX),
    }
}

fn curve(algorithm: &AlgorithmIdentifier<'_>) -> String {
    let parameters = algorithm.parameters.as_ref();
    let oid = parameters
        .and_then(|any| any.as_oid().ok())
        .map(|oid| oid.to_id_string());
    match oid.as_deref() {
        Some("1.2.840.10045.3.1.7") => "P-256".to_owned(),
        Some("1.3.132.0.34") => "P-384".to_owned(),
        Some("1.3.132.0.35") => "P-521".to_owned(),
        Some(other) => quiet(other.as_bytes(), NAME_MAX),
        None => "?".to_owned(),
    }
}

fn signature(algorithm: &AlgorithmIdentifier<'_>) -> String {
    let oid = algorithm.algorithm.to_id_string();
    let known = SIGNATURES.iter().find(|(id, _)| *id == oid);
    match known {
        Some((_, name)) => (*name).to_owned(),
        None => quiet(oid.as_bytes(), NAME_MAX),
    }
}

/// RFC 3279, RFC 4055, RFC 5758, RFC 8410.
const SIGNATURES: [(&str, &str); 12] = [
    ("1.2.840.113549.1.1.4", "MD5-RSA"),
    ("1.2.840.113549.1.1.5", "SHA1-RSA"),
    ("1.2.840.113549.1.1.10", "RSA-PSS"),
    ("1.2.840.113549.1.1.11", "SHA256-RSA"),
    ("1.2.840.113549.1.1.12", "SHA384-RSA"),
    ("1.2.840.113549.1.1.13", "SHA512-RSA"),
    ("1.2.840.10045.4.1", "SHA1-ECDSA"),
    ("1.2.840.10045.4.3.2", "SHA256-ECDSA"),
    ("1.2.840.10045.4.3.3", "SHA384-ECDSA"),
    ("1.2.840.10045.4.3.4", "SHA512-ECDSA"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_described() {
        let names = ["localhost".to_owned(), "192.0.2.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let shown = certificate(made.cert.der());
        assert_eq!(shown.subject, "rcgen self signed cert");
        assert_eq!(shown.issuer, shown.subject);
        assert_eq!(shown.names, ["localhost", "192.0.2.1"]);
        assert_eq!(shown.key, "ECDSA P-256");
        assert_eq!(shown.signature, "SHA256-ECDSA");
        assert_eq!(shown.sha256.len(), 95);
        assert_eq!(shown.md5.len(), 47);
        assert!(shown.from < shown.until);
    }

    #[test]
    fn no_damage_makes_us_panic() {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let good = made.cert.der().to_vec();
        for at in 0..good.len() {
            for value in [0, 0x7f, 0x80, 0xff] {
                let mut der = good.clone();
                der[at] = value;
                let shown = certificate(&CertificateDer::from(der));
                assert_eq!(shown.sha256.len(), 95);
            }
            certificate(&CertificateDer::from(good[..at].to_vec()));
        }
    }
}
