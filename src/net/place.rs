//! Whose an address is: the internet's, a private network's, this computer's, nobody's. Whoever
//! connects to names that somebody else has chosen bounds them by it, on the very address that is
//! connected to: between a look-up and another one a name may have changed its mind.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Anybody can reach it.
    Public,
    /// It means something else in every network (RFC 1918, RFC 6598, RFC 4193).
    Private,
    /// This computer.
    Loopback,
    /// No server is there: all zeros (which Linux takes for this computer), the link, a group,
    /// what is reserved.
    Nowhere,
}

/// Where a name may lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Within {
    /// The person has said the name: it is theirs to know.
    #[default]
    Anywhere,
    /// The internet.
    Public,
    /// That, or a private network.
    Private,
    /// That, or this computer.
    Own,
}

impl Place {
    /// Of an address. IPv4 inside IPv6 (mapped, NAT64, 6to4) is looked at as what it is.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::of_v4(v4),
            IpAddr::V6(v6) => Self::of_v6(v6),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        let [a, b, ..] = address.octets();
        // 100.64.0.0/10 is shared behind carriers (RFC 6598).
        let is_shared = a == 100 && (64..128).contains(&b);
        match () {
            () if address.is_loopback() => Self::Loopback,
            () if a == 0 || a >= 224 || address.is_link_local() => Self::Nowhere,
            () if address.is_private() || is_shared => Self::Private,
            () => Self::Public,
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        let parts = address.segments();
        let v4 = |high: u16, low: u16| {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            Self::of_v4(Ipv4Addr::new(a, b, c, d))
        };
        match parts {
            [0, 0, 0, 0, 0, 0, 0, 1] => Self::Loopback,
            // ::a.b.c.d, written so long ago that nothing should use it; and all zeros.
            [0, 0, 0, 0, 0, 0, ..] => Self::Nowhere,
            [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => v4(high, low),
            _ if address.is_multicast() || address.is_unicast_link_local() => Self::Nowhere,
            // fec0::/10 was the private network before fc00::/7.
            [first, ..] if first & 0xffc0 == 0xfec0 => Self::Private,
            _ if address.is_unique_local() => Self::Private,
            _ => Self::Public,
        }
    }
}

impl Within {
    /// Whether an address there is allowed.
    pub fn allows(self, place: Place) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Public => place == Place::Public,
            Self::Private => matches!(place, Place::Public | Place::Private),
            Self::Own => place != Place::Nowhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let check = |addresses: &[&str], expected: Place| {
            for address in addresses {
                let place = Place::of(address.parse().unwrap());
                assert_eq!(place, expected, "{address}");
            }
        };
        check(
            &["203.0.113.1", "172.15.0.1", "172.32.0.1", "100.128.0.1"],
            Place::Public,
        );
        check(
            &["2001:db8::1", "64:ff9b::cb00:7101", "2002:cb00:7101::1"],
            Place::Public,
        );
        check(
            &["10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1"],
            Place::Private,
        );
        check(
            &["fd00::1", "fc00::1", "fec0::1", "::ffff:10.0.0.1"],
            Place::Private,
        );
        check(&["64:ff9b::10.0.0.1", "2002:c0a8:101::1"], Place::Private);
        check(
            &["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"],
            Place::Loopback,
        );
        check(&["64:ff9b::127.0.0.1", "2002:7f00:1::"], Place::Loopback);
        check(
            &[
                "0.0.0.0",
                "0.1.2.3",
                "169.254.169.254",
                "224.0.0.1",
                "255.255.255.255",
            ],
            Place::Nowhere,
        );
        check(
            &["::", "::127.0.0.1", "fe80::1", "ff02::1", "::ffff:0.0.0.0"],
            Place::Nowhere,
        );
    }

    #[test]
    fn bounds() {
        use Place::{Loopback, Nowhere, Private, Public};
        let check = |within: Within, expected: &[Place]| {
            for place in [Public, Private, Loopback, Nowhere] {
                let is_allowed = within.allows(place);
                assert_eq!(
                    is_allowed,
                    expected.contains(&place),
                    "{within:?} {place:?}"
                );
            }
        };
        check(Within::Anywhere, &[Public, Private, Loopback, Nowhere]);
        check(Within::Public, &[Public]);
        check(Within::Private, &[Public, Private]);
        check(Within::Own, &[Public, Private, Loopback]);
    }
}
