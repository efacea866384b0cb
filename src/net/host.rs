//! What this computer is called.

use std::fs;
use std::net::ToSocketAddrs;

/// The computer's full name, as sent in HELO and put into `Received:` lines: the host name if it
/// has a dot, else its canonical name by `/etc/hosts`, else with the domain of `/etc/resolv.conf`
/// if such a name exists, else the bare host name (fetchmail asks getaddrinfo, which looks at the
/// same places in the same order; the standard library cannot ask it for a canonical name).
///
/// May wait for a name server: call it once, off the main loop.
pub fn own_name() -> String {
    let system = rustix::system::uname();
    let node = system.nodename().to_string_lossy();
    let node = if is_name(&node) { &node } else { "localhost" };
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    full_name(
        node,
        &read("/etc/hosts"),
        &read("/etc/resolv.conf"),
        |name| (name, 0).to_socket_addrs().is_ok(),
    )
}

fn full_name(node: &str, hosts: &str, resolv: &str, exists: impl Fn(&str) -> bool) -> String {
    if node.contains('.') {
        return node.to_owned();
    }
    if let Some(name) = canonical(node, hosts) {
        return name.to_owned();
    }
    if let Some(domain) = domain(resolv) {
        let name = format!("{node}.{domain}");
        if is_name(&name) && exists(&name) {
            return name;
        }
    }
    node.to_owned()
}

/// The first name of a line of hosts(5) that has this name, if it is longer.
fn canonical<'a>(node: &str, hosts: &'a str) -> Option<&'a str> {
    hosts.lines().find_map(|line| {
        let line = line.split('#').next()?;
        let mut names = line.split_whitespace().skip(1);
        let first = names.next()?;
        let is_ours = names.any(|name| name.eq_ignore_ascii_case(node));
        (is_ours && first.contains('.') && is_name(first)).then_some(first)
    })
}

/// The domain of resolv.conf(5): the last `domain` or `search` line counts.
fn domain(resolv: &str) -> Option<&str> {
    resolv
        .lines()
        .rev()
        .find_map(|line| {
            let mut words = line.split_whitespace();
            matches!(words.next(), Some("domain" | "search"))
                .then(|| words.next())
                .flatten()
        })
        .map(|domain| domain.trim_matches('.'))
        .filter(|domain| !domain.is_empty())
}

/// Fit for an SMTP command: letters, digits, `-`, `_` and dots.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_names() {
        let check = |node, hosts, resolv, exists: bool, expected: &str| {
            assert_eq!(full_name(node, hosts, resolv, |_| exists), expected);
        };
        check(
            "box.example.org",
            "",
            "search home.arpa",
            true,
            "box.example.org",
        );
        check(
            "box",
            "127.0.1.1 box.example.org box",
            "",
            false,
            "box.example.org",
        );
        check(
            "box",
            "127.0.1.1\tbox.example.org BOX # box",
            "",
            false,
            "box.example.org",
        );
        check("box", "# 127.0.1.1 box.example.org box", "", false, "box");
        check(
            "box",
            "127.0.1.1 box",
            "search home.arpa x.y",
            true,
            "box.home.arpa",
        );
        check("box", "127.0.0.1 localhost box", "", false, "box");
        check("box", "", "search a.b\ndomain c.d.", true, "box.c.d");
        check("box", "", "search home.arpa", false, "box");
        check("box", "", "search .", true, "box");
        check(
            "box",
            "::1 b\u{f6}x.example.org box",
            "search x\r;y",
            true,
            "box.x",
        );
    }

    #[test]
    fn own_name_is_one() {
        assert!(is_name(&own_name()));
    }
}
