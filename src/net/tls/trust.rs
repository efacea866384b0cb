//! Which authorities are believed: the system's, or those of `sslcertfile` and `sslcertpath`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, TrustAnchor};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::x509::X509Version;

use super::Error;
use crate::base::i18n::{fill, gettext};
use crate::base::text::{QUIET_MAX, quiet};
use crate::rc::account;

/// The anchors of one account.
#[derive(Debug)]
pub(super) enum Trust {
    /// Neither file nor directory is named.
    System,
    /// Only these; `exact` are believed as they are, as a server's own certificate too.
    Own {
        anchors: Vec<TrustAnchor<'static>>,
        exact: Vec<CertificateDer<'static>>,
    },
}

impl Trust {
    /// Reads what the account names. `with_system` adds the system's authorities to them
    /// (fetchmail(1), FETCHMAIL_INCLUDE_DEFAULT_X509_CA_CERTS).
    ///
    /// # Errors
    /// [`Error::TlsSettings`] if a named file or directory cannot be read or holds nothing usable.
    pub(super) fn new(settings: &account::Tls, with_system: bool) -> Result<Self, Error> {
        let mut exact = Vec::new();
        if let Some(file) = &settings.cert_file {
            exact.extend(from_file(file)?);
        }
        if let Some(directory) = &settings.cert_path {
            exact.extend(from_directory(directory)?);
        }
        if settings.cert_file.is_none() && settings.cert_path.is_none() {
            return Ok(Self::System);
        }
        exact.sort_unstable_by(|a, b| a.as_ref().cmp(b.as_ref()));
        exact.dedup();
        let mut anchors: Vec<_> = exact.iter().filter_map(anchor).collect();
        if with_system {
            anchors.extend_from_slice(system());
        }
        Ok(Self::Own { anchors, exact })
    }

    /// These authorities and no others; none of them is a server's own certificate.
    pub(super) fn of(authorities: &[CertificateDer<'static>]) -> Self {
        Self::Own {
            anchors: authorities.iter().filter_map(anchor).collect(),
            exact: Vec::new(),
        }
    }

    pub(super) fn anchors(&self) -> &[TrustAnchor<'static>] {
        match self {
            Self::System => system(),
            Self::Own { anchors, .. } => anchors,
        }
    }

    /// Whether the account names this very certificate.
    pub(super) fn has_exactly(&self, der: &CertificateDer<'_>) -> bool {
        match self {
            Self::System => false,
            Self::Own { exact, .. } => exact.iter().any(|known| known == der),
        }
    }
}

/// The system's authorities, loaded once a process (1.4 ms, see stack.md).
fn system() -> &'static [TrustAnchor<'static>] {
    static ROOTS: OnceLock<Vec<TrustAnchor<'static>>> = OnceLock::new();
    ROOTS.get_or_init(|| {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!("certificates of authorities: {error}");
        }
        found.certs.iter().filter_map(to_anchor).collect()
    })
}

/// An anchor, if the certificate may sign others. A server's certificate in `sslcertfile` vouches
/// for itself alone.
fn anchor(der: &CertificateDer<'static>) -> Option<TrustAnchor<'static>> {
    let (_, cert) = X509Certificate::from_der(der).ok()?;
    let may_sign = match cert.basic_constraints() {
        Ok(Some(constraints)) => constraints.value.ca,
        // Version 1 knew no extensions; its roots are told by having signed themselves.
        Ok(None) => {
            cert.version() == X509Version::V1 && cert.issuer().as_raw() == cert.subject().as_raw()
        }
        Err(_) => false,
    };
    let is_for_signing = match cert.key_usage() {
        Ok(Some(usage)) => usage.value.key_cert_sign(),
        Ok(None) => true,
        Err(_) => false,
    };
    (may_sign && is_for_signing)
        .then(|| to_anchor(der))
        .flatten()
}

pub(super) fn to_anchor(der: &CertificateDer<'static>) -> Option<TrustAnchor<'static>> {
    webpki::anchor_from_trusted_cert(der)
        .map(|anchor| anchor.to_owned())
        .inspect_err(|error| tracing::debug!("an authority's certificate is passed over: {error}"))
        .ok()
}

/// All certificates of a PEM file; what else is in it is passed over.
fn from_file(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let text = fs::read(path).map_err(|error| unreadable(path, &error))?;
    let certs = certificates(&text);
    if certs.is_empty() {
        return Err(without_certificates(path));
    }
    Ok(certs)
}

/// All certificates of the files of a directory, whatever they are called. OpenSSL would only look
/// at names made by c_rehash; ours are the same files and more.
fn from_directory(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let entries = fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
    let files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|file| file.is_file())
        .collect();
    let mut certs = Vec::new();
    for file in files {
        match fs::read(&file) {
            Ok(text) => certs.extend(certificates(&text)),
            Err(error) => tracing::warn!("{}: {error}", file.display()),
        }
    }
    if certs.is_empty() {
        return Err(without_certificates(path));
    }
    Ok(certs)
}

fn certificates(text: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(text)
        .filter_map(Result::ok)
        .collect()
}

/// A file of the settings that cannot be read.
pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::TlsSettings {
        sentence: fill(
            &gettext("{path} cannot be read: {what}."),
            &[("path", &shown(path)), ("what", error)],
        ),
    }
}

/// A file of the settings with nothing in it for us.
pub(super) fn without_certificates(path: &Path) -> Error {
    Error::TlsSettings {
        sentence: fill(
            &gettext("{path} contains no certificate in PEM form."),
            &[("path", &shown(path))],
        ),
    }
}

/// A path fit to show.
pub(super) fn shown(path: &Path) -> String {
    quiet(path.as_os_str().as_encoded_bytes(), QUIET_MAX)
}
