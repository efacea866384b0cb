use std::net::{Ipv4Addr, SocketAddr};

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use tokio::net::UdpSocket;

use super::*;

/// A, CNAME and MX in a question and an answer.
const A: u16 = 1;
const CNAME: u16 = 5;
const MX: u16 = 15;

/// What a small name server knows: name, type, and an address or a name.
const ZONE: &[(&str, u16, &str)] = &[
    ("mx.org", A, "192.0.2.1"),
    ("www.org", CNAME, "mx.org"),
    ("far.org", CNAME, "www.org"),
    ("same.org", A, "192.0.2.1"),
    ("other.org", A, "192.0.2.9"),
    ("mail.net", MX, "mx.org"),
    ("by-address.net", MX, "same.org"),
    ("elsewhere.net", MX, "other.org"),
    ("round.org", CNAME, "round.org"),
];

/// Answers from the zone, and NXDOMAIN for what is not in it; `is_broken` fails at everything.
async fn serve(is_broken: bool) -> SocketAddr {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
            let reply = answer(&buffer[..length], is_broken);
            let _ = socket.send_to(&reply, peer).await;
        }
    });
    address
}

fn answer(query: &[u8], is_broken: bool) -> Vec<u8> {
    let mut labels = Vec::new();
    let mut at = 12;
    while query[at] != 0 {
        let length = usize::from(query[at]);
        labels.push(String::from_utf8_lossy(&query[at + 1..at + 1 + length]).to_lowercase());
        at += length + 1;
    }
    let kind = u16::from_be_bytes([query[at + 1], query[at + 2]]);
    let mut name = labels.join(".");
    let mut records = Vec::new();
    // The chain, then what was asked for.
    for _ in 0..4 {
        let found = |wanted| ZONE.iter().find(|row| row.0 == name && row.1 == wanted);
        let Some(row) = found(kind).or_else(|| found(CNAME)) else {
            break;
        };
        records.push(record(row));
        if row.1 == kind {
            break;
        }
        name = row.2.to_owned();
    }
    let is_known = ZONE.iter().any(|row| row.0 == name);
    let code: u16 = match (is_broken, is_known) {
        (true, _) => 2,
        (false, true) => 0,
        (false, false) => 3,
    };
    let records = if is_broken { Vec::new() } else { records };
    let mut out = query[..2].to_vec();
    for word in [0x8180 | code, 1, records.len() as u16, 0, 0] {
        out.extend(word.to_be_bytes());
    }
    out.extend_from_slice(&query[12..at + 5]);
    records.iter().for_each(|record| out.extend(record));
    out
}

fn record((name, kind, value): &(&str, u16, &str)) -> Vec<u8> {
    let data = match *kind {
        A => value.parse::<Ipv4Addr>().unwrap().octets().to_vec(),
        MX => [&10_u16.to_be_bytes()[..], &encoded(value)].concat(),
        _ => encoded(value),
    };
    let mut out = encoded(name);
    out.extend(kind.to_be_bytes());
    out.extend(1_u16.to_be_bytes());
    out.extend(60_u32.to_be_bytes());
    out.extend((data.len() as u16).to_be_bytes());
    out.extend(data);
    out
}

fn encoded(name: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for label in name.split('.') {
        out.push(label.len() as u8);
        out.extend_from_slice(label.as_bytes());
    }
    out.push(0);
    out
}

fn asking(server: SocketAddr) -> Aliases {
    let mut connection = ConnectionConfig::udp();
    connection.port = server.port();
    let server = NameServerConfig::new(server.ip(), true, vec![connection]);
    let config = ResolverConfig::from_name_servers(vec![server]);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    let options = builder.options_mut();
    options.use_hosts_file = ResolveHosts::Never;
    options.attempts = 1;
    Aliases {
        resolver: builder.build().unwrap(),
    }
}

#[tokio::test]
async fn names_of_the_server() {
    let aliases = asking(serve(false).await);
    let check = async |host: &str, by_address, expected: Option<Way>| {
        let way = aliases.way(host, "mx.org", by_address).await;
        assert_eq!(way, Ok(expected), "{host}");
    };
    check("mx.org", false, Some(Way::Canonical)).await;
    check("WWW.org", false, Some(Way::Canonical)).await;
    check("far.org", false, Some(Way::Canonical)).await;
    check("same.org", false, None).await;
    check("same.org", true, Some(Way::Address)).await;
    check("other.org", true, None).await;
    check("mail.net", false, Some(Way::Exchanger)).await;
    check("by-address.net", false, Some(Way::Exchanger)).await;
    check("elsewhere.net", true, None).await;
    check("nowhere.net", true, None).await;
    // A server without a name in DNS is only what it is called.
    let way = aliases.way("mx.org", "tunnel.home", true).await;
    assert_eq!(way, Ok(None));
}

#[tokio::test]
async fn a_name_server_that_fails_is_no_answer() {
    let aliases = asking(serve(true).await);
    assert!(aliases.way("www.org", "mx.org", false).await.is_err());
}

#[test]
fn chains_end() {
    let name = "round.org";
    assert_eq!(canonical(name, &[]), name);
    assert_eq!(full("host"), "host");
    assert_eq!(full("a.b"), "a.b.");
    assert_eq!(full("192.0.2.1"), "192.0.2.1");
}
