//! What is to be asked of a host: which ports, which addresses, in which order. Pure.

use std::net::SocketAddr;

use super::report::{Row, Service};
use super::request::{Family, Request};

/// Most addresses of a host that are tried.
pub const ADDRESSES_MAX: usize = 4;

/// The ports of a request with what is expected there: TLS first, IMAP before POP3, each port once.
pub fn ports(request: &Request) -> Vec<(u16, Service)> {
    let usual = [
        (993, request.imap),
        (995, request.pop3),
        (143, request.imap),
        (110, request.pop3),
        (109, request.pop2),
        (587, request.smtp),
        (25, request.smtp),
        (366, request.odmr),
    ];
    let usual = usual
        .iter()
        .filter(|(_, is_wanted)| *is_wanted && !request.only_ports)
        .map(|(port, _)| *port);
    let mut found: Vec<(u16, Service)> = Vec::new();
    for port in usual.chain(request.ports.iter().copied()) {
        if port != 0 && found.iter().all(|(known, _)| *known != port) {
            found.push((port, expected(port)));
        }
    }
    found
}

/// What is behind a port by custom (IANA).
fn expected(port: u16) -> Service {
    match port {
        993 => Service::Imaps,
        995 => Service::Pop3s,
        143 => Service::Imap,
        110 => Service::Pop3,
        109 => Service::Pop2,
        25 => Service::Smtp,
        587 => Service::Submission,
        366 => Service::Odmr,
        _ => Service::Unknown,
    }
}

/// A row and where it leads; no address where the world has none for its port, or where a command
/// connects.
pub type Visit = (Row, Option<SocketAddr>);

/// Every port of every address, port by port.
pub fn rows(
    ports: &[(u16, Service)],
    found: &[(u16, Vec<SocketAddr>)],
    family: Family,
) -> Vec<Visit> {
    let mut rows = Vec::new();
    for (port, service) in ports {
        let listed = found.iter().find(|(known, _)| known == port);
        let addresses = listed.map(|(_, list)| list.as_slice()).unwrap_or_default();
        let mut wanted = Vec::new();
        for address in addresses.iter().filter(|address| is_of(family, address)) {
            if !wanted.contains(address) && wanted.len() < ADDRESSES_MAX {
                wanted.push(*address);
            }
        }
        if wanted.is_empty() {
            rows.push((Row::new(*port, *service, None), None));
        }
        for address in wanted {
            let row = Row::new(*port, *service, Some(address.ip()));
            rows.push((row, Some(address)));
        }
    }
    rows
}

/// Whether an address is to be tried.
pub fn is_of(family: Family, address: &SocketAddr) -> bool {
    match family {
        Family::Any => true,
        Family::V4 => address.is_ipv4(),
        Family::V6 => address.is_ipv6(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_in_their_order() {
        let check = |change: fn(&mut Request), expected: &[u16]| {
            let mut request = Request::new("h");
            change(&mut request);
            let found: Vec<u16> = ports(&request).iter().map(|(port, _)| *port).collect();
            assert_eq!(found, expected);
        };
        check(|_| {}, &[993, 995, 143, 110, 109]);
        check(|r| r.pop3 = false, &[993, 143, 109]);
        check(
            |r| (r.smtp, r.odmr) = (true, true),
            &[993, 995, 143, 110, 109, 587, 25, 366],
        );
        check(
            |r| r.ports = vec![1143, 993, 0, 1143],
            &[993, 995, 143, 110, 109, 1143],
        );
        check(
            |r| (r.ports, r.only_ports) = (vec![1143, 995], true),
            &[1143, 995],
        );
    }

    #[test]
    fn port_25_is_not_tried_unless_it_is_asked_for() {
        let ports = ports(&Request::new("h"));
        assert!(ports.iter().all(|(port, _)| *port != 25));
    }

    #[test]
    fn rows_by_port_then_address() {
        let at = |text: &str| text.parse::<SocketAddr>().unwrap();
        let all: Vec<_> = (1..9).map(|n| at(&format!("192.0.2.{n}:993"))).collect();
        let both = vec![
            at("[2001:db8::1]:143"),
            at("192.0.2.1:143"),
            at("192.0.2.1:143"),
        ];
        let found = [(993, all), (143, both)];
        let wanted = [
            (993, Service::Imaps),
            (143, Service::Imap),
            (110, Service::Pop3),
        ];
        let check = |family, expected: &[(u16, usize)]| {
            let rows = rows(&wanted, &found, family);
            let count = |port| {
                rows.iter()
                    .filter(move |(row, at)| row.port == port && at.is_some())
            };
            for (port, n) in expected {
                assert_eq!(count(*port).count(), *n, "{family:?} {port}");
            }
            assert!(rows.iter().any(|(row, at)| row.port == 110 && at.is_none()));
        };
        check(Family::Any, &[(993, 4), (143, 2)]);
        check(Family::V4, &[(993, 4), (143, 1)]);
        check(Family::V6, &[(993, 0), (143, 1)]);
    }
}
