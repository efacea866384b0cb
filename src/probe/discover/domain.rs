//! Names: the domain of an address, and host names that somebody else has put into a record or a
//! file. What could lead to this very computer is refused there (threats.md A22).

use std::net::IpAddr;

use crate::base::i18n::{fill, gettext};
use crate::base::text::quiet;
use crate::net::place::{Place, Within};
use crate::rc::provider::is_under;

/// What is behind the `@` cannot be a domain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", no_domain(.0))]
pub struct BadDomain(String);

/// The domain of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    name: String,
    registrable: String,
}

/// A host that somebody has named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// As an A-label, or an address.
    pub name: String,
    /// It means something else in every network: whoever runs this one decides where it leads.
    pub is_private: bool,
}

/// Why a named host is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is no host name.
    NoName,
    /// It is this computer, or no computer at all.
    Own,
}

impl Domain {
    /// Reads it as a person writes it, with letters of any script.
    ///
    /// # Errors
    /// It has no dot (but for `localhost`), is an address, or cannot be a name in the DNS.
    pub fn new(written: &str) -> Result<Self, BadDomain> {
        let bad = || BadDomain(quiet(written.as_bytes(), 80));
        let written = written.trim();
        let name = ascii(written.strip_suffix('.').unwrap_or(written)).ok_or_else(bad)?;
        let is_name = name.contains('.') || name == "localhost";
        if !is_name || ends_in_number(&name) {
            return Err(bad());
        }
        // A domain that is a public suffix itself has nothing above it that is the person's.
        let registrable = registrable(&name).unwrap_or(&name).to_owned();
        Ok(Self { name, registrable })
    }

    /// As an A-label.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// This computer's own.
    pub fn is_localhost(&self) -> bool {
        self.name == "localhost"
    }

    /// Where a host may lead that was found for this domain, or made from it (threats.md A22). The
    /// rule is about what the person has said, which is the domain:
    ///
    /// * Its own hosts may be in a private network: companies answer so inside their walls, for
    ///   names in the DNS as for `corp.local`.
    /// * Others have to be on the internet. A stranger's page, record or redirect has no say about
    ///   the network that the person sits in, nor about this computer; who runs mail there can name
    ///   the server by hand, and that is not bounded.
    /// * An internal domain has no strangers: everything it names may be inside.
    /// * This computer is meant only by somebody who said so: `localhost`, or an internal name that
    ///   the hosts file gives to it.
    pub fn within(&self, host: &str) -> Within {
        let is_internal = self.is_localhost() || is_internal(&self.name);
        match () {
            () if is_internal && host.eq_ignore_ascii_case(&self.name) => Within::Own,
            () if is_internal || self.owns(host) => Within::Private,
            () => Within::Public,
        }
    }

    /// Whether the host belongs to whoever has registered the domain.
    pub fn owns(&self, host: &str) -> bool {
        is_under(host, &self.registrable)
    }
}

/// The part of a name that somebody has registered, by the list of public suffixes; `None` for a
/// name that is a suffix itself.
pub fn registrable(name: &str) -> Option<&str> {
    psl::domain_str(name)
}

impl Host {
    /// Reads a host of a record or a file.
    ///
    /// # Errors
    /// It is none, or one that nobody's mail is on.
    pub fn new(written: &str) -> Result<Self, Refused> {
        let written = written.strip_suffix('.').unwrap_or(written);
        let bare = written.strip_prefix('[').and_then(|w| w.strip_suffix(']'));
        if let Ok(address) = bare.unwrap_or(written).parse::<IpAddr>() {
            let is_private = match Place::of(address) {
                Place::Public => false,
                Place::Private => true,
                Place::Loopback | Place::Nowhere => return Err(Refused::Own),
            };
            let name = address.to_string();
            return Ok(Self { name, is_private });
        }
        let name = ascii(written).ok_or(Refused::NoName)?;
        // `127.1`, `2130706433` and `0x7f.1` are addresses to the C library.
        if ends_in_number(&name) {
            return Err(Refused::NoName);
        }
        if is_under(&name, "localhost") {
            return Err(Refused::Own);
        }
        let is_private = !name.contains('.') || is_internal(&name);
        Ok(Self { name, is_private })
    }
}

impl Refused {
    /// A sentence about the host.
    pub fn sentence(self, host: &str) -> String {
        let text = match self {
            Self::NoName => gettext("“{host}” was named as a server, and is no host name."),
            Self::Own => gettext(
                "{host} was named as a server; that is this computer, so it was passed over.",
            ),
        };
        fill(&text, &[("host", &quiet(host.as_bytes(), 80))])
    }
}

/// A name that means something in one network only (RFC 6762, RFC 8375, and usage).
fn is_internal(name: &str) -> bool {
    let tops = ["local", "internal", "lan", "home", "home.arpa"];
    tops.iter().any(|top| is_under(name, top))
}

/// The A-label, lower case: letters, digits and dashes only, no part too long.
fn ascii(name: &str) -> Option<String> {
    idna::domain_to_ascii_strict(name).ok()
}

/// The last part would be read as a number (URL standard, "ends in a number").
fn ends_in_number(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x");
    let is_hex = |digits: &str| digits.bytes().all(|b| b.is_ascii_hexdigit());
    !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()) || hex.is_some_and(is_hex)
}

fn no_domain(written: &str) -> String {
    let text = gettext("“{domain}” is no mail domain. One looks like example.org.");
    fill(&text, &[("domain", &written)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains() {
        let check = |written: &str, expected: Option<&str>| {
            let read = Domain::new(written);
            let name = read.as_ref().ok().map(Domain::name);
            assert_eq!(name, expected, "{written}");
        };
        check(" Example.ORG ", Some("example.org"));
        check("example.org.", Some("example.org"));
        check("bücher.example", Some("xn--bcher-kva.example"));
        check("BÜCHER.example", Some("xn--bcher-kva.example"));
        check("xn--bcher-kva.example", Some("xn--bcher-kva.example"));
        check("例え.jp", Some("xn--r8jz45g.jp"));
        check("localhost", Some("localhost"));
        let long = "a".repeat(64) + ".org";
        for bad in [
            "",
            ".",
            "..",
            "org",
            "a..org",
            "-a.org",
            "a-.org",
            "a_b.org",
            "a b.org",
            "a/b.org",
            "ann@example.org",
            "example.org:80",
            "127.0.0.1",
            "[127.0.0.1]",
            "[::1]",
            "1.2",
            "a.0x7f",
            "a\0.org",
            "a\n.org",
            "a%2e.org",
            "<a>.org",
            "xn--a.org",
            &long,
        ] {
            check(bad, None);
        }
    }

    #[test]
    fn whose_a_host_is() {
        let check = |domain: &str, host: &str, expected| {
            let domain = Domain::new(domain).unwrap();
            assert_eq!(domain.owns(host), expected, "{domain:?} {host}");
        };
        check("example.org", "mail.example.org", true);
        check("example.org", "example.org", true);
        check("post.example.org", "mail.example.org", true);
        check("example.org", "example.org.evil.example", false);
        check("example.org", "badexample.org", false);
        check("example.co.uk", "evil.co.uk", false);
        check("example.co.uk", "mail.example.co.uk", true);
        check("ann.github.io", "evil.github.io", false);
        check("github.io", "evil.github.io", true);
        check("例え.jp", "mail.xn--r8jz45g.jp", true);
        check("a.公司.cn", "evil.xn--55qx5d.cn", false);
    }

    #[test]
    fn where_hosts_may_lead() {
        let check = |domain: &str, host: &str, expected| {
            let domain = Domain::new(domain).unwrap();
            assert_eq!(domain.within(host), expected, "{domain:?} {host}");
        };
        check("example.org", "example.org", Within::Private);
        check("example.org", "imap.example.org", Within::Private);
        check("post.example.org", "mail.example.org", Within::Private);
        check("example.org", "mail.example.net", Within::Public);
        check("example.org", "nas.local", Within::Public);
        check("example.org", "192.168.1.1", Within::Public);
        check("ann.github.io", "evil.github.io", Within::Public);
        check("corp.local", "mail.corp.local", Within::Private);
        check("corp.local", "192.168.1.1", Within::Private);
        check("corp.local", "corp.local", Within::Own);
        check("localhost", "localhost", Within::Own);
        check("corp.intranet", "mail.corp.intranet", Within::Private);
        check("corp.intranet", "corp.intranet", Within::Private);
    }

    #[test]
    fn named_hosts() {
        let check = |written: &str, expected: Result<(&str, bool), Refused>| {
            let read = Host::new(written);
            let read = read.as_ref().map(|h| (h.name.as_str(), h.is_private));
            assert_eq!(read.map_err(|error| *error), expected, "{written}");
        };
        check("Mail.Example.org.", Ok(("mail.example.org", false)));
        check("bücher.example", Ok(("xn--bcher-kva.example", false)));
        check("192.0.2.1", Ok(("192.0.2.1", false)));
        check("[2001:db8::1]", Ok(("2001:db8::1", false)));
        for private in [
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "fd00::1",
        ] {
            check(private, Ok((private, true)));
        }
        check("::ffff:192.168.1.1", Ok(("::ffff:192.168.1.1", true)));
        check("nas.local", Ok(("nas.local", true)));
        check("mail", Ok(("mail", true)));
        for own in [
            "0.0.0.0",
            "0.0.0.0.",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "255.255.255.255",
            "224.0.0.1",
            "::",
            "::1",
            "[::1]",
            "fe80::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "localhost",
            "LOCALHOST.",
            "x.localhost",
        ] {
            check(own, Err(Refused::Own));
        }
        for none in [
            "",
            ".",
            "127.1",
            "2130706433",
            "0x7f.1",
            "0x7f000001",
            "0177.0.0.1",
            "a b.org",
            "a\r\nb.org",
            "a<b.org",
            "a\0b.org",
            "../etc",
            "%EMAILDOMAIN%",
            "a_b.org",
            "a..org",
            "user@example.org",
            "example.org:993",
        ] {
            check(none, Err(Refused::NoName));
        }
    }
}
