//! A name server on loopback, UDP and TCP, that answers from a table. Written by hand, so that it
//! can lie.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

use super::stage::Tape;

pub const A: u16 = 1;
pub const CNAME: u16 = 5;
pub const MX: u16 = 15;
pub const SRV: u16 = 33;

/// How it behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    #[default]
    Honest,
    /// It never answers.
    Silent,
    /// SERVFAIL.
    Fails,
    /// Half a packet.
    Torn,
    /// A name that points to itself.
    Looped,
}

/// What it knows.
#[derive(Clone, Default)]
pub struct Zone {
    pub manner: Manner,
    records: Vec<(String, u16, Vec<u8>)>,
    /// Names whose address changes with every question for it.
    changing: Vec<(String, Vec<Ipv4Addr>)>,
    asked: Arc<Mutex<HashMap<String, usize>>>,
}

impl Zone {
    pub fn address(&mut self, host: &str, address: Ipv4Addr) {
        let data = address.octets().to_vec();
        self.records.push((host.to_owned(), A, data));
    }

    /// At each question the next of these, the last one for ever.
    pub fn changing(&mut self, host: &str, addresses: &[Ipv4Addr]) {
        self.changing.push((host.to_owned(), addresses.to_vec()));
    }

    pub fn mx(&mut self, domain: &str, preference: u16, host: &str) {
        let mut data = preference.to_be_bytes().to_vec();
        data.extend(name(host));
        self.records.push((domain.to_owned(), MX, data));
    }

    /// `_imaps._tcp.example.org`, priority, weight, port, target.
    pub fn srv(&mut self, service: &str, rank: [u16; 3], target: &str) {
        let mut data: Vec<u8> = rank.iter().flat_map(|n| n.to_be_bytes()).collect();
        data.extend(name(target));
        self.records.push((service.to_owned(), SRV, data));
    }

    pub fn cname(&mut self, from: &str, to: &str) {
        self.records.push((from.to_owned(), CNAME, name(to)));
    }

    fn changed(&self, asked: &str, kind: u16) -> Option<(String, u16, Vec<u8>)> {
        let (name, addresses) = self.changing.iter().find(|(name, _)| name == asked)?;
        let address = (kind == A).then(|| {
            let mut counts = self.asked.lock().unwrap();
            let count = counts.entry(name.clone()).or_default();
            *count += 1;
            addresses[(*count - 1).min(addresses.len() - 1)]
        })?;
        Some((name.clone(), A, address.octets().to_vec()))
    }

    /// The answer to a question.
    fn answer(&self, query: &[u8], max: usize) -> Option<Vec<u8>> {
        let (asked, kind, end) = question(query)?;
        let changed = self.changed(&asked, kind);
        let found: Vec<_> = self
            .records
            .iter()
            .chain(&changed)
            .filter(|(name, of, _)| *name == asked && (*of == kind || *of == CNAME))
            .collect();
        let names = self.records.iter().map(|(name, ..)| name);
        let mut names = names.chain(self.changing.iter().map(|(name, _)| name));
        let exists = names.any(|name| name.ends_with(&asked));
        let code: u8 = match self.manner {
            Manner::Silent => return None,
            Manner::Fails => 2,
            _ if !exists => 3,
            _ => 0,
        };
        let head = |flags: u8, count: u16| {
            let mut out = query[..2].to_vec();
            out.extend([0x81 | flags, 0x80 | code, 0, 1]);
            out.extend(count.to_be_bytes());
            out.extend([0, 0, 0, 0]);
            out.extend(&query[12..end]);
            out
        };
        if self.manner == Manner::Looped {
            let mut out = head(0, 1);
            // The name of the answer points to itself.
            let at = out.len() as u16 | 0xc000;
            out.extend(at.to_be_bytes());
            return Some(out);
        }
        let mut out = head(0, u16::try_from(found.len()).unwrap());
        for (name_, kind, data) in found {
            out.extend(name(name_));
            out.extend(kind.to_be_bytes());
            out.extend([0, 1, 0, 0, 0, 60]);
            out.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
            out.extend(data);
        }
        if self.manner == Manner::Torn {
            out.truncate(end + 5);
        }
        // Truncated: ask by TCP.
        Some(if out.len() > max { head(2, 0) } else { out })
    }
}

/// The server.
pub struct Names {
    pub address: SocketAddr,
    zone: Zone,
    tape: Tape,
    udp: UdpSocket,
    tcp: TcpListener,
}

impl Names {
    /// One port for both.
    pub async fn start(zone: Zone, tape: Tape) -> Self {
        for _ in 0..100 {
            let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = tcp.local_addr().unwrap();
            if let Ok(udp) = UdpSocket::bind(address).await {
                return Self {
                    address,
                    zone,
                    tape,
                    udp,
                    tcp,
                };
            }
        }
        panic!("no port that is free for both");
    }

    /// At an address of its own.
    pub async fn start_at(address: SocketAddr, zone: Zone, tape: Tape) -> Self {
        Self {
            address,
            zone,
            tape,
            udp: UdpSocket::bind(address).await.unwrap(),
            tcp: TcpListener::bind(address).await.unwrap(),
        }
    }

    /// Answers until it is dropped.
    pub async fn run(self) {
        let Self {
            zone,
            tape,
            udp,
            tcp,
            ..
        } = self;
        let by_udp = async {
            let mut buffer = vec![0; 4096];
            while let Ok((size, from)) = udp.recv_from(&mut buffer).await {
                note(&tape, &buffer[..size]);
                if let Some(answer) = zone.answer(&buffer[..size], 512) {
                    let _ = udp.send_to(&answer, from).await;
                }
            }
        };
        let by_tcp = async {
            while let Ok((mut stream, _)) = tcp.accept().await {
                let (zone, tape) = (zone.clone(), tape.clone());
                tokio::spawn(async move {
                    while let Ok(size) = stream.read_u16().await {
                        let mut query = vec![0; usize::from(size)];
                        if stream.read_exact(&mut query).await.is_err() {
                            return;
                        }
                        note(&tape, &query);
                        let answer = zone.answer(&query, 65535).unwrap_or_default();
                        let _ = stream.write_u16(answer.len() as u16).await;
                        let _ = stream.write_all(&answer).await;
                    }
                });
            }
        };
        tokio::join!(by_udp, by_tcp);
    }
}

/// The name that is asked about is put in words beside the octets.
fn note(tape: &Tape, query: &[u8]) {
    tape.note("dns", query);
    if let Some((name, kind, _)) = question(query) {
        tape.note(&format!("dns {name} {kind}"), b"");
    }
}

/// Name, type, and where the question ends.
fn question(query: &[u8]) -> Option<(String, u16, usize)> {
    let mut at = 12;
    let mut parts = Vec::new();
    loop {
        let length = usize::from(*query.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        let part = query.get(at..at + length)?;
        parts.push(String::from_utf8_lossy(part).to_ascii_lowercase());
        at += length;
    }
    let kind = u16::from_be_bytes([*query.get(at)?, *query.get(at + 1)?]);
    Some((parts.join("."), kind, at + 4))
}

fn name(name: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for part in name.split('.').filter(|part| !part.is_empty()) {
        out.push(u8::try_from(part.len()).unwrap());
        out.extend(part.as_bytes());
    }
    out.push(0);
    out
}
