//! `sslfingerprint`: the digest of the one certificate that may be shown.

use sha2::Digest;

use super::Error;
use crate::base::i18n::{fill, gettext};
use crate::base::text::{QUIET_MAX, quiet};

/// A wanted fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pin {
    /// 16 octets, as fetchmail 6 writes it.
    Md5([u8; 16]),
    /// 20 octets.
    Sha1([u8; 20]),
    /// 32 octets.
    Sha256([u8; 32]),
}

impl Pin {
    /// Reads hex pairs, with colons between them or not; case does not matter.
    ///
    /// # Errors
    /// [`Error::TlsSettings`] if it is not hex or of no known length.
    pub(super) fn new(written: &str) -> Result<Self, Error> {
        let bytes = octets(written).unwrap_or_default();
        if let Ok(md5) = bytes[..].try_into() {
            Ok(Self::Md5(md5))
        } else if let Ok(sha1) = bytes[..].try_into() {
            Ok(Self::Sha1(sha1))
        } else if let Ok(sha256) = bytes[..].try_into() {
            Ok(Self::Sha256(sha256))
        } else {
            Err(Error::TlsSettings {
                sentence: fill(
                    &gettext(
                        "sslfingerprint “{value}” is not a fingerprint: it must be 16 (MD5), \
                         20 (SHA-1) or 32 (SHA-256) pairs of hex digits.",
                    ),
                    &[("value", &quiet(written.as_bytes(), QUIET_MAX))],
                ),
            })
        }
    }

    /// Whether a certificate has this fingerprint.
    pub(super) fn fits(&self, der: &[u8]) -> bool {
        match self {
            Self::Md5(wanted) => *wanted == md5(der),
            Self::Sha1(wanted) => *wanted == sha1(der),
            Self::Sha256(wanted) => *wanted == sha256(der),
        }
    }

    /// The fingerprint of a certificate by the same digest.
    pub(super) fn of_same_kind(&self, der: &[u8]) -> String {
        match self {
            Self::Md5(_) => hex(&md5(der)),
            Self::Sha1(_) => hex(&sha1(der)),
            Self::Sha256(_) => hex(&sha256(der)),
        }
    }
}

/// `AA:BB:CC`.
pub(super) fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|b| format!("{b:02X}")).collect();
    pairs.join(":")
}

pub(super) fn md5(der: &[u8]) -> [u8; 16] {
    md5::Md5::digest(der).into()
}

fn sha1(der: &[u8]) -> [u8; 20] {
    sha1::Sha1::digest(der).into()
}

pub(super) fn sha256(der: &[u8]) -> [u8; 32] {
    sha2::Sha256::digest(der).into()
}

fn octets(written: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = written
        .trim()
        .bytes()
        .filter(|b| *b != b':')
        .map(|b| {
            char::from(b)
                .to_digit(16)
                .and_then(|d| u8::try_from(d).ok())
        })
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty()
        .then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY_MD5: &str = "D4:1D:8C:D9:8F:00:B2:04:E9:80:09:98:EC:F8:42:7E";
    const EMPTY_SHA1: &str = "da:39:a3:ee:5e:6b:4b:0d:32:55:bf:ef:95:60:18:90:af:d8:07:09";

    #[test]
    fn fits_what_it_names() {
        let check = |written: &str, der: &[u8], expected| {
            assert_eq!(Pin::new(written).unwrap().fits(der), expected, "{written}");
        };
        check(EMPTY_MD5, b"", true);
        check(&EMPTY_MD5.to_lowercase(), b"", true);
        check(&EMPTY_MD5.replace(':', ""), b"", true);
        check(EMPTY_MD5, b"x", false);
        check(EMPTY_SHA1, b"", true);
        check(EMPTY_SHA1, b"x", false);
        check(&hex(&sha256(b"x")), b"x", true);
        check(&hex(&sha256(b"x")), b"", false);
        assert_eq!(Pin::new(EMPTY_MD5).unwrap().of_same_kind(b""), EMPTY_MD5);
    }

    #[test]
    fn other_lengths_and_letters_are_refused() {
        for bad in [
            "",
            "AA",
            "zz",
            "A",
            &EMPTY_MD5[3..],
            "é",
            &format!("{EMPTY_MD5}0"),
        ] {
            assert!(Pin::new(bad).is_err(), "{bad}");
        }
    }
}
