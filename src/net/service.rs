//! Ports by name.

/// A number, or a name of the system's list of services; a few well-known names hold without it.
/// Blanks before a number and a plus sign are passed over, as fetchmail does.
pub fn port_of(service: &str) -> Option<u16> {
    if let Ok(port) = service.trim_start().parse() {
        return Some(port);
    }
    let listed = std::fs::read_to_string("/etc/services").unwrap_or_default();
    look_up(&listed, service).or(match service {
        "smtp" | "mail" => Some(25),
        "submission" => Some(587),
        "pop3" | "pop-3" => Some(110),
        "pop3s" => Some(995),
        "imap" | "imap2" => Some(143),
        "imaps" => Some(993),
        "kpop" => Some(1109),
        _ => None,
    })
}

/// services(5): `name port/protocol aliases # comment`.
fn look_up(services: &str, wanted: &str) -> Option<u16> {
    services.lines().find_map(|line| {
        let mut words = line.split('#').next()?.split_whitespace();
        let name = words.next()?;
        let port = words.next()?.strip_suffix("/tcp")?;
        let is_it = name == wanted || words.any(|alias| alias == wanted);
        is_it.then(|| port.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services() {
        let list = "# comment\nsmtp 25/tcp mail\nlmtp 24/udp\nlmtp\t24/tcp ltp # x\n";
        assert_eq!(look_up(list, "mail"), Some(25));
        assert_eq!(look_up(list, "ltp"), Some(24));
        assert_eq!(look_up(list, "x"), None);
    }
}
