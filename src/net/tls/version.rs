//! `sslproto`: which versions of TLS may be spoken. 1.2 is the least there is here.

use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};

use super::Error;
use crate::base::i18n::{fill, gettext};

type Versions = &'static [&'static SupportedProtocolVersion];

/// Versions for a value of `sslproto` (engine.md section 9); case does not matter. The empty value,
/// which means "no STARTTLS", is `auto` where TLS is spoken all the same.
///
/// # Errors
/// [`Error::TlsSettings`] for exactly TLS 1.1 or older.
pub(super) fn versions(proto: Option<&str>) -> Result<Versions, Error> {
    static AUTO: [&SupportedProtocolVersion; 2] = [&TLS13, &TLS12];
    static ONLY_12: [&SupportedProtocolVersion; 1] = [&TLS12];
    static ONLY_13: [&SupportedProtocolVersion; 1] = [&TLS13];
    let value = proto.unwrap_or_default().to_ascii_lowercase();
    match value.as_str() {
        "" | "auto" | "ssl23" | "ssl3+" | "tls1+" | "tls1.1+" | "tls1.2+" => Ok(&AUTO),
        "tls1.2" => Ok(&ONLY_12),
        "tls1.3" | "tls1.3+" => Ok(&ONLY_13),
        "ssl2" | "ssl3" | "tls1" | "tls1.1" => Err(Error::TlsSettings {
            sentence: fill(
                &gettext(
                    "sslproto “{value}” asks for a version that is no longer safe and not built \
                     in. Remove it, or reach an old server through another program with the \
                     “plugin” keyword.",
                ),
                &[("value", &value)],
            ),
        }),
        _ => {
            tracing::warn!("sslproto {value:?} is unknown and taken as auto");
            Ok(&AUTO)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_versions() {
        let check = |proto, expected: Option<&[&SupportedProtocolVersion]>| {
            assert_eq!(versions(proto).ok(), expected, "{proto:?}");
        };
        for auto in [
            "", "auto", "AUTO", "ssl23", "tls1+", "tls1.1+", "TLS1.2+", "bogus",
        ] {
            check(Some(auto), Some(&[&TLS13, &TLS12]));
        }
        check(None, Some(&[&TLS13, &TLS12]));
        check(Some("tls1.2"), Some(&[&TLS12]));
        check(Some("tls1.3"), Some(&[&TLS13]));
        check(Some("TLS1.3+"), Some(&[&TLS13]));
        for old in ["ssl2", "ssl3", "tls1", "TLS1.1"] {
            check(Some(old), None);
        }
    }
}
