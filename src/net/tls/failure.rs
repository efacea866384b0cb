//! What rustls says when TLS fails, in plain sentences.

use std::io;

use rustls::{AlertDescription as Alert, CertificateError, Error as Tls, InvalidMessage};

use super::Error;
use super::refusal::Refusal;
use crate::base::i18n::{fill, gettext};

/// The cause of a failed handshake.
pub(super) fn failed(host: &str, error: &io::Error) -> Error {
    if let Some(error) = broken(host, error) {
        return error;
    }
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return sentence(
            host,
            &gettext("{host} closed the connection while TLS was being set up."),
        );
    }
    Error::Dropped {
        host: host.to_owned(),
        what: error.to_string(),
    }
}

/// The cause if it is one of TLS; `None` for the connection's own troubles.
pub(in crate::net) fn broken(host: &str, error: &io::Error) -> Option<Error> {
    let error = error.get_ref()?.downcast_ref::<Tls>()?;
    Some(match error {
        Tls::InvalidCertificate(error) => certificate(host, error),
        Tls::NoCertificatesPresented => refused(host, &Refusal::Malformed),
        Tls::InvalidMessage(InvalidMessage::HandshakePayloadTooLarge) => sentence(
            host,
            &gettext("{host} shows more certificates than any honest server has."),
        ),
        Tls::InvalidMessage(_) | Tls::InappropriateMessage { .. } => sentence(
            host,
            &gettext(
                "{host} does not speak TLS here. The port or the encryption may be different.",
            ),
        ),
        Tls::AlertReceived(alert) => alerted(host, *alert),
        Tls::PeerIncompatible(_) => no_common(host),
        other => with_cause(host, &other.to_string()),
    })
}

fn certificate(host: &str, error: &CertificateError) -> Error {
    let refusal = match error {
        CertificateError::Other(other) => other.0.downcast_ref::<Refusal>(),
        CertificateError::BadSignature
        | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            Some(&Refusal::Signature)
        }
        _ => None,
    };
    refused(host, refusal.unwrap_or(&Refusal::Malformed))
}

fn refused(host: &str, refusal: &Refusal) -> Error {
    Error::Tls {
        sentence: refusal.sentence(host),
        is_certificate: true,
    }
}

/// The server ended it with an alert (RFC 8446 section 6.2).
fn alerted(host: &str, alert: Alert) -> Error {
    match alert {
        Alert::HandshakeFailure | Alert::ProtocolVersion | Alert::InsufficientSecurity => {
            no_common(host)
        }
        Alert::CertificateRequired => sentence(
            host,
            &gettext("{host} wants a certificate from you: name it in sslcert and sslkey."),
        ),
        Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateRevoked
        | Alert::CertificateExpired
        | Alert::CertificateUnknown
        | Alert::UnknownCA
        | Alert::AccessDenied => sentence(
            host,
            &gettext("{host} refused the certificate that it was shown (sslcert and sslkey)."),
        ),
        Alert::UnrecognisedName => sentence(
            host,
            &gettext("{host} does not know itself by this name. Check the server's name."),
        ),
        other => with_cause(host, &format!("alert {other:?}")),
    }
}

fn no_common(host: &str) -> Error {
    sentence(
        host,
        &gettext(
            "{host} and this program have no version or cipher of TLS in common (TLS 1.2 or \
             later is needed). An old server can be reached through another program with the \
             “plugin” keyword.",
        ),
    )
}

fn with_cause(host: &str, what: &str) -> Error {
    Error::Tls {
        sentence: fill(
            &gettext("TLS with {host} failed: {what}."),
            &[("host", &host), ("what", &what)],
        ),
        is_certificate: false,
    }
}

fn sentence(host: &str, text: &str) -> Error {
    Error::Tls {
        sentence: fill(text, &[("host", &host)]),
        is_certificate: false,
    }
}
