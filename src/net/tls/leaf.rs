//! What is read from a server's certificate beside its chain: names, dates, purpose, issuer.
//!
//! Whatever cannot be read counts against the certificate.

use std::net::IpAddr;

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;
use x509_parser::x509::X509Name;

use crate::base::text::quiet;

/// Longest name shown, in characters.
pub(super) const NAME_MAX: usize = 100;

/// A server's own certificate.
#[derive(Debug)]
pub(super) struct Leaf {
    /// Who signed it, fit to show.
    pub issuer: String,
    /// Issuer and subject are the same.
    pub is_self_issued: bool,
    /// Seconds since 1970.
    pub not_before: i64,
    /// Seconds since 1970.
    pub not_after: i64,
    /// It may be used by servers.
    pub is_for_servers: bool,
    names: Names,
}

/// The names a certificate is good for.
#[derive(Debug, Default)]
struct Names {
    dns: Vec<Vec<u8>>,
    addresses: Vec<Vec<u8>>,
    /// The most specific CN; only where there is no dNSName (RFC 6125 section 6.4.4).
    common: Option<Vec<u8>>,
}

impl Leaf {
    /// Reads a certificate; `None` if it is none.
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let (_, cert) = X509Certificate::from_der(der).ok()?;
        Some(Self {
            issuer: shown(cert.issuer()),
            is_self_issued: cert.issuer().as_raw() == cert.subject().as_raw(),
            not_before: cert.validity().not_before.timestamp(),
            not_after: cert.validity().not_after.timestamp(),
            is_for_servers: match cert.extended_key_usage() {
                Ok(Some(usage)) => usage.value.any || usage.value.server_auth,
                Ok(None) => true,
                Err(_) => false,
            },
            names: Names::read(&cert),
        })
    }

    /// Whether it is good for a host name, an address, or what `sslcommonname` says.
    pub(super) fn is_for(&self, wanted: &str) -> bool {
        if let Ok(address) = wanted.parse::<IpAddr>() {
            let octets = match address {
                IpAddr::V4(v4) => v4.octets().to_vec(),
                IpAddr::V6(v6) => v6.octets().to_vec(),
            };
            return self.names.addresses.contains(&octets);
        }
        let wanted = wanted.strip_suffix('.').unwrap_or(wanted);
        match &self.names.common {
            Some(common) => matches(common, wanted) || is_same_text(common, wanted),
            None => self.names.dns.iter().any(|name| matches(name, wanted)),
        }
    }

    /// Its names, fit to show.
    pub(super) fn names(&self) -> Vec<String> {
        let texts = self.names.dns.iter().chain(&self.names.common);
        let addresses = self.names.addresses.iter().filter_map(|a| {
            let v4 = <[u8; 4]>::try_from(&a[..]).map(IpAddr::from);
            let address = v4.or_else(|_| <[u8; 16]>::try_from(&a[..]).map(IpAddr::from));
            Some(address.ok()?.to_string())
        });
        texts
            .map(|name| quiet(name, NAME_MAX))
            .chain(addresses)
            .collect()
    }
}

impl Names {
    fn read(cert: &X509Certificate<'_>) -> Self {
        let mut names = Self::default();
        let mut has_dns = false;
        match cert.subject_alternative_name() {
            Ok(None) => {}
            // Twice the same extension, or one that cannot be read: no name counts.
            Err(_) => has_dns = true,
            Ok(Some(san)) => {
                for name in &san.value.general_names {
                    match name {
                        GeneralName::DNSName(name) => {
                            has_dns = true;
                            names.dns.push(name.as_bytes().to_vec());
                        }
                        GeneralName::IPAddress(octets) => names.addresses.push(octets.to_vec()),
                        GeneralName::Invalid(..) => has_dns = true,
                        _ => {}
                    }
                }
            }
        }
        if !has_dns {
            names.common = cert
                .subject()
                .iter_common_name()
                .last()
                .map(|cn| cn.as_slice().to_vec());
        }
        names
    }
}

/// RFC 6125 section 6.4: labels are compared without regard to case; `*` stands for exactly one
/// label, must be all of the left-most one, and two labels must follow it. A name with NUL, 8-bit
/// or other strange octets matches nothing (CVE-2009-2666).
fn matches(presented: &[u8], wanted: &str) -> bool {
    let wanted = wanted.as_bytes();
    if let Some(rest) = presented.strip_prefix(b"*.") {
        let Some(dot) = wanted.iter().position(|b| *b == b'.') else {
            return false;
        };
        let (first, parent) = (&wanted[..dot], &wanted[dot + 1..]);
        return is_host_name(rest)
            && rest.contains(&b'.')
            && is_host_name(first)
            && rest.eq_ignore_ascii_case(parent);
    }
    is_host_name(presented) && presented.eq_ignore_ascii_case(wanted)
}

fn is_host_name(name: &[u8]) -> bool {
    name.len() <= 253
        && name.split(|b| *b == b'.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && label
                    .iter()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        })
}

/// A CN that is no host name ("Mail at home") can be wanted with `sslcommonname`.
fn is_same_text(common: &[u8], wanted: &str) -> bool {
    common.iter().all(|b| (b' '..=b'~').contains(b))
        && !common.starts_with(b"*")
        && common.eq_ignore_ascii_case(wanted.as_bytes())
}

/// The CN of a name, else its organisation.
pub(super) fn shown(name: &X509Name<'_>) -> String {
    let part = name
        .iter_common_name()
        .last()
        .or_else(|| name.iter_organizational_unit().last())
        .or_else(|| name.iter_organization().last());
    quiet(part.map(|p| p.as_slice()).unwrap_or_default(), NAME_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_by_whole_labels() {
        let check = |presented: &[u8], wanted, expected| {
            assert_eq!(
                matches(presented, wanted),
                expected,
                "{} for {wanted}",
                presented.escape_ascii()
            );
        };
        check(b"mail.example.org", "mail.example.org", true);
        check(b"MAIL.example.org", "mail.EXAMPLE.org", true);
        check(b"localhost", "localhost", true);
        check(b"mail.example.org", "example.org", false);
        check(b"example.org", "mail.example.org", false);
        check(b"*.example.org", "mail.example.org", true);
        check(b"*.example.org", "a.mail.example.org", false);
        check(b"*.example.org", "example.org", false);
        check(b"*.example.org", ".example.org", false);
        check(b"m*.example.org", "mail.example.org", false);
        check(b"*l.example.org", "mail.example.org", false);
        check(b"mail.*.org", "mail.example.org", false);
        check(b"*.*.org", "mail.example.org", false);
        check(b"*.org", "example.org", false);
        check(b"*", "localhost", false);
        check(b"*.", "localhost", false);
        check(b"", "localhost", false);
        check(b"localhost\0.example.net", "localhost", false);
        check(b"localhost\0", "localhost", false);
        check(b"localhost ", "localhost", false);
        check(b"*.example.org\0.net", "mail.example.org", false);
        check(b"m\xe4il.example.org", "mail.example.org", false);
        check(b"192.0.2.1", "192.0.2.1", true);
    }

    #[test]
    fn common_names_may_be_plain_text() {
        let check = |common: &[u8], wanted, expected| {
            assert_eq!(is_same_text(common, wanted), expected, "{wanted}");
        };
        check(b"Mail at home", "mail at HOME", true);
        check(b"Mail at home\0", "Mail at home", false);
        check(b"*", "*", false);
        check(b"", "x", false);
    }

    #[test]
    fn garbage_is_no_certificate() {
        for der in [
            &b""[..],
            b"\x30\x80",
            b"\x30\x84\xff\xff\xff\xff",
            &[0x30; 4096],
        ] {
            assert!(Leaf::read(der).is_none());
        }
    }
}
