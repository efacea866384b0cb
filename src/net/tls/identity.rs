//! `sslcert` and `sslkey`: the certificate that we show to a server that asks for one.

use std::fs;
use std::path::Path;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use zeroize::Zeroizing;

use super::Error;
use super::trust::{shown, unreadable, without_certificates};
use crate::base::i18n::{fill, gettext};
use crate::rc::account;

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// Reads both; one file may stand for the other, in PEM (fetchmail(1), sslkey).
///
/// # Errors
/// [`Error::TlsSettings`] if a file is missing, empty or the key is encrypted.
pub(super) fn load(settings: &account::Tls) -> Result<Option<Identity>, Error> {
    let cert = settings.cert.as_ref().or(settings.key.as_ref());
    let key = settings.key.as_ref().or(settings.cert.as_ref());
    let (Some(cert), Some(key)) = (cert, key) else {
        return Ok(None);
    };
    Ok(Some((chain(cert)?, private_key(key)?)))
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let text = Zeroizing::new(fs::read(path).map_err(|error| unreadable(path, &error))?);
    let certs: Vec<_> = CertificateDer::pem_slice_iter(&text)
        .filter_map(Result::ok)
        .collect();
    if certs.is_empty() {
        return Err(without_certificates(path));
    }
    Ok(certs)
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    let text = Zeroizing::new(fs::read(path).map_err(|error| unreadable(path, &error))?);
    PrivateKeyDer::from_pem_slice(&text).map_err(|_| {
        let text = if memchr::memmem::find(&text, b"ENCRYPTED").is_some() {
            gettext(
                "The key in {path} is encrypted. Decrypt it with “openssl pkey -in {path} -out \
                 FILE” and name that file in sslkey.",
            )
        } else {
            gettext("{path} contains no key in PEM form.")
        };
        Error::TlsSettings {
            sentence: fill(&text, &[("path", &shown(path))]),
        }
    })
}
