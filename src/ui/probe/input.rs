//! What is typed into the server field, understood: a host with or without a port, or an address.
//! Nothing is looked up here.

use crate::base::i18n::{fill, gettext};

/// What to examine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A server.
    Host {
        /// Name or address, without brackets.
        host: String,
        /// Only this port.
        port: Option<u16>,
    },
    /// The servers of an address; what stands before the `@` is not kept.
    Domain(String),
}

/// Longest name of a host (RFC 1035 section 2.3.4).
const LONGEST_HOST: usize = 253;

/// Understands `text`, or says what is wrong with it.
pub(super) fn target(text: &str) -> Result<Target, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(gettext(
            "Enter a server such as mail.example.org, or an address such as name@example.org.",
        ));
    }
    let bare = without_scheme(text);
    if let Some((local, domain)) = text.rsplit_once('@')
        && bare == text
    {
        let domain = domain.trim_end_matches('.');
        let has_place = domain.contains('.') || domain.eq_ignore_ascii_case("localhost");
        if local.is_empty() || local.contains(['@', ' ']) || !is_name(domain) || !has_place {
            return Err(gettext("Enter an address such as name@example.org."));
        }
        return Ok(Target::Domain(domain.to_owned()));
    }
    let (host, port) = split(bare)?;
    let host = host.trim_end_matches('.');
    if !is_name(host) && host.parse::<std::net::IpAddr>().is_err() {
        let text = gettext("“{name}” cannot be the name of a server.");
        return Err(fill(&text, &[("name", &shortened(host))]));
    }
    Ok(Target::Host {
        host: host.to_owned(),
        port,
    })
}

/// The ports of a list such as `1143, 1993`.
pub(super) fn ports(text: &str) -> Result<Vec<u16>, String> {
    let mut found = Vec::new();
    for word in text.split([',', ';', ' ']).filter(|word| !word.is_empty()) {
        match port(word) {
            Some(port) if found.contains(&port) => {}
            Some(port) if found.len() < MOST_PORTS => found.push(port),
            Some(_) => return Err(gettext("Enter at most 20 ports.")),
            None => {
                return Err(gettext(
                    "Enter port numbers between 1 and 65535, with commas between them.",
                ));
            }
        }
    }
    Ok(found)
}

/// More would be a port scan.
const MOST_PORTS: usize = 20;

/// What is left of an address of the web or of `imaps://host:993/`.
fn without_scheme(text: &str) -> &str {
    match text.split_once("://") {
        Some((_, rest)) => {
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let place = &rest[..end];
            place.rsplit_once('@').map_or(place, |(_, host)| host)
        }
        None => text,
    }
}

fn split(text: &str) -> Result<(&str, Option<u16>), String> {
    let (host, word) = if let Some(rest) = text.strip_prefix('[') {
        match rest.split_once(']') {
            Some((host, "")) => (host, None),
            Some((host, rest)) => match rest.strip_prefix(':') {
                Some(word) => (host, Some(word)),
                None => (text, None),
            },
            None => (text, None),
        }
    } else if text.matches(':').count() == 1 {
        match text.split_once(':') {
            Some((host, word)) => (host, Some(word)),
            None => (text, None),
        }
    } else {
        (text, None)
    };
    match word.map(port) {
        None => Ok((host, None)),
        Some(Some(port)) => Ok((host, Some(port))),
        Some(None) => Err(gettext("Port must be between 1 and 65535.")),
    }
}

fn port(word: &str) -> Option<u16> {
    word.parse().ok().filter(|port| *port > 0)
}

/// Letters of any script, digits, `-` and `_`, in pieces between dots (IDN as typed).
fn is_name(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    text.len() <= LONGEST_HOST && text.split('.').all(is_label)
}

fn shortened(text: &str) -> String {
    crate::base::text::quiet(text.as_bytes(), 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_addresses() {
        let check = |text: &str, expected: Option<(&str, Option<u16>)>| {
            let found = target(text).ok();
            let expected = expected.map(|(host, port)| Target::Host {
                host: host.into(),
                port,
            });
            assert_eq!(found, expected, "{text}");
        };
        check(" mail.example.org ", Some(("mail.example.org", None)));
        check("mail.example.org.", Some(("mail.example.org", None)));
        check(
            "mail.example.org:1993",
            Some(("mail.example.org", Some(1993))),
        );
        check("localhost", Some(("localhost", None)));
        check("bücher.example", Some(("bücher.example", None)));
        check("192.0.2.7:110", Some(("192.0.2.7", Some(110))));
        check("2001:db8::1", Some(("2001:db8::1", None)));
        check("[2001:db8::1]:993", Some(("2001:db8::1", Some(993))));
        check("[2001:db8::1]", Some(("2001:db8::1", None)));
        check(
            "imaps://ann@mail.example.org:993/INBOX",
            Some(("mail.example.org", Some(993))),
        );
        check("", None);
        check("mail.example.org:0", None);
        check("mail.example.org:99999", None);
        check("mail.example.org:imap", None);
        check("mail example", None);
        check("a..b", None);
        check("<b>&\"", None);
        check("\u{202e}gro.elpmaxe", None);
        check(&"a".repeat(64), None);
        check("[::1", None);
    }

    #[test]
    fn addresses_keep_only_their_domain() {
        let check = |text: &str, expected: Option<&str>| {
            let expected = expected.map(|domain| Target::Domain(domain.into()));
            assert_eq!(target(text).ok(), expected, "{text}");
        };
        check("ann@example.org", Some("example.org"));
        check("ann@localhost", Some("localhost"));
        check("ann@bücher.example.", Some("bücher.example"));
        check("@example.org", None);
        check("ann@", None);
        check("ann@host", None);
        check("a@b@example.org", None);
        check("ann berg@example.org", None);
    }

    #[test]
    fn lists_of_ports() {
        let check = |text: &str, expected: Option<&[u16]>| {
            assert_eq!(ports(text).ok().as_deref(), expected, "{text}");
        };
        check("", Some(&[]));
        check("1143, 1993", Some(&[1143, 1993]));
        check("1143;1143 995", Some(&[1143, 995]));
        check("0", None);
        check("65536", None);
        check("imap", None);
        let many: Vec<String> = (1..30).map(|n| n.to_string()).collect();
        check(&many.join(","), None);
    }
}
