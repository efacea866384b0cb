//! Addresses of the local network, left out of what is given to others.

use std::net::IpAddr;

use crate::engine::api::job::report::Report;

/// What stands in for an address.
const MASK: &str = "[local]";

/// The report without the name of an address of the local network.
pub(super) fn masked(report: &Report) -> Report {
    let mut out = report.clone();
    if out.addresses.first().is_some_and(is_local) {
        out.reverse = None;
    }
    out
}

/// The text with every local address replaced. Whatever reads as an address counts as one, in a
/// greeting too; a version such as 10.0.0.1 is lost with them.
pub(super) fn text(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(length);
        out.push_str(&masked_word(word));
        let other = behind.find(is_part).unwrap_or(behind.len());
        let (between, next) = behind.split_at(other);
        out.push_str(between);
        rest = next;
    }
    out
}

/// A word may end a sentence, or have a port behind it.
fn masked_word(word: &str) -> String {
    let address = word.trim_end_matches(['.', ':']);
    let (address, port) = match address.parse::<IpAddr>() {
        Ok(_) => (address, ""),
        Err(_) => match address.rsplit_once(':') {
            Some((before, _)) if !before.contains(':') => (before, &address[before.len()..]),
            _ => return word.to_owned(),
        },
    };
    match address.parse() {
        Ok(ip) if is_local(&ip) => {
            let end = &word[address.len() + port.len()..];
            format!("{MASK}{port}{end}")
        }
        _ => word.to_owned(),
    }
}

/// Of this computer or of a network of its own (RFC 1918, RFC 3927, RFC 4193, RFC 6598).
fn is_local(address: &IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(ip) => {
            let shared = matches!(ip.octets(), [100, 64..=127, _, _]);
            ip.is_private() || ip.is_loopback() || ip.is_link_local() || shared
        }
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_local_addresses_go() {
        let check = |raw: &str, expected: &str| assert_eq!(text(raw), expected);
        check("at 192.168.1.7.", "at [local].");
        check("10.0.0.1:993 x", "[local]:993 x");
        check("[fe80::1%eth0]", "[[local]%eth0]");
        check("fd00::7", "[local]");
        check("127.0.0.1, ::1", "[local], [local]");
        check("::ffff:10.0.0.1", "[local]");
        check("100.64.3.4", "[local]");
        for same in [
            "192.0.2.1:993",
            "2001:db8::1",
            "AA:BB:CC:DD",
            "a.b.c",
            "10:15:20",
            "TLS 1.3: à 1.2.3",
            "",
        ] {
            check(same, same);
        }
    }
}
