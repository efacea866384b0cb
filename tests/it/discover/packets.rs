//! Every packet of a network namespace: whom anything was sent to, whether or not anybody is there,
//! and its octets.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex};

use rustix::net::sockopt::{set_socket_recv_buffer_size_force, set_socket_timeout};
use rustix::net::{AddressFamily, Protocol, RecvFlags, SocketType, recv, socket};

/// IPv4 and IPv6, in the order of octets on the wire (packet(7), linux/if_ether.h).
const KINDS: [u16; 2] = [0x0800, 0x86dd];

/// One packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    pub kind: Kind,
    pub from: SocketAddr,
    pub to: SocketAddr,
    pub octets: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The beginning of a connection.
    Syn,
    Tcp,
    Udp,
}

/// Listens to everything until it is dropped.
pub struct Packets(Arc<Mutex<Vec<Packet>>>);

impl Packets {
    /// Begins to listen.
    pub fn listen() -> Self {
        let all = Arc::new(Mutex::new(Vec::new()));
        for kind in KINDS {
            let protocol = NonZeroU32::new(u32::from(kind.to_be())).map(Protocol::from_raw);
            let socket = socket(AddressFamily::PACKET, SocketType::DGRAM, protocol).unwrap();
            // A wish; without it a flood may be missed, and there is none from the program.
            let _ = set_socket_recv_buffer_size_force(&socket, 64 << 20);
            let into = Arc::downgrade(&all);
            let pause = Some(std::time::Duration::from_millis(100));
            set_socket_timeout(&socket, rustix::net::sockopt::Timeout::Recv, pause).unwrap();
            std::thread::spawn(move || {
                let mut buffer = vec![0; 1 << 17];
                while let Some(all) = into.upgrade() {
                    if let Some(packet) = next(&socket, &mut buffer) {
                        all.lock().unwrap().push(packet);
                    }
                }
            });
        }
        Self(all)
    }

    /// What came so far.
    pub fn all(&self) -> Vec<Packet> {
        self.0.lock().unwrap().clone()
    }
}

fn next(socket: &OwnedFd, buffer: &mut Vec<u8>) -> Option<Packet> {
    let (size, _) = recv(socket, buffer.as_mut_slice(), RecvFlags::empty()).ok()?;
    read(buffer.get(..size)?)
}

/// An IP packet without fragments and, for IPv6, without extension headers: this computer to itself
/// makes no others. What is neither TCP nor UDP (neighbour discovery) is nobody's conversation.
fn read(octets: &[u8]) -> Option<Packet> {
    let (protocol, from, to, rest): (u8, IpAddr, IpAddr, &[u8]) = match octets.first()? >> 4 {
        4 => {
            let (size, head) = (
                usize::from(word(octets, 2)?),
                usize::from(octets[0] & 15) * 4,
            );
            let v4 = |at: usize| {
                let four: [u8; 4] = octets.get(at..at + 4)?.try_into().ok()?;
                Some(Ipv4Addr::from(four))
            };
            let (from, to) = (v4(12)?.into(), v4(16)?.into());
            (octets[9], from, to, octets.get(head..size)?)
        }
        6 => {
            let size = usize::from(word(octets, 4)?);
            let v6 = |at: usize| {
                let sixteen: [u8; 16] = octets.get(at..at + 16)?.try_into().ok()?;
                Some(Ipv6Addr::from(sixteen))
            };
            let (from, to) = (v6(8)?.into(), v6(24)?.into());
            (octets[6], from, to, octets.get(40..40 + size)?)
        }
        _ => return None,
    };
    let (from, to) = (
        SocketAddr::new(from, word(rest, 0)?),
        SocketAddr::new(to, word(rest, 2)?),
    );
    let (kind, head) = match protocol {
        6 => {
            let flags = *rest.get(13)?;
            let is_first = flags & 0x12 == 0x02;
            let head = usize::from(rest.get(12)? >> 4) * 4;
            (if is_first { Kind::Syn } else { Kind::Tcp }, head)
        }
        17 => (Kind::Udp, 8),
        _ => return None,
    };
    let octets = rest.get(head..)?.to_vec();
    Some(Packet {
        kind,
        from,
        to,
        octets,
    })
}

fn word(octets: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*octets.get(at)?, *octets.get(at + 1)?]))
}

#[test]
fn packets_are_read() {
    let mut syn = vec![
        0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
    ];
    syn.extend([
        0x12, 0x34, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0x02, 0, 0, 0, 0, 0, 0,
    ]);
    let packet = read(&syn).unwrap();
    assert_eq!(
        (packet.kind, packet.to),
        (Kind::Syn, "10.0.0.2:80".parse().unwrap())
    );
    syn[33] = 0x12;
    assert_eq!(read(&syn).unwrap().kind, Kind::Tcp);
    let mut udp = vec![0x60, 0, 0, 0, 0, 10, 17, 64];
    udp.extend([0; 15]);
    udp.push(1);
    udp.extend([0; 15]);
    udp.push(2);
    udp.extend([0x12, 0x34, 0, 53, 0, 10, 0, 0, b'h', b'i']);
    let packet = read(&udp).unwrap();
    assert_eq!(
        (packet.kind, packet.to),
        (Kind::Udp, "[::2]:53".parse().unwrap())
    );
    assert_eq!(packet.octets, b"hi");
    assert_eq!(read(&udp[..45]), None);
}
