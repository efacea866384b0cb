//! Which versions of TLS a server takes, asked by a ClientHello made by hand: rustls speaks none
//! older than 1.2. Only the first answer is read; no handshake comes about, and nothing is said
//! but the server's name (SNI).

use rustls::crypto::CryptoProvider;

/// A version, by its number on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(u16);

impl Version {
    /// SSL 3.0 (RFC 6101)
    pub const SSL3: Self = Self(0x0300);
    /// TLS 1.0
    pub const TLS10: Self = Self(0x0301);
    /// TLS 1.1
    pub const TLS11: Self = Self(0x0302);
    /// TLS 1.2
    pub const TLS12: Self = Self(0x0303);
    /// TLS 1.3
    pub const TLS13: Self = Self(0x0304);
    /// From the oldest.
    pub const ALL: [Self; 5] = [
        Self::SSL3,
        Self::TLS10,
        Self::TLS11,
        Self::TLS12,
        Self::TLS13,
    ];

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::SSL3 => "SSL 3.0",
            Self::TLS10 => "TLS 1.0",
            Self::TLS11 => "TLS 1.1",
            Self::TLS12 => "TLS 1.2",
            _ => "TLS 1.3",
        }
    }

    /// By the name that a handshake has.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.name() == name)
    }

    /// Deprecated: RFC 7568, RFC 8996.
    pub fn is_weak(self) -> bool {
        self < Self::TLS12
    }

    /// The one before it.
    pub fn older(self) -> Option<Self> {
        Self::ALL.into_iter().rfind(|version| *version < self)
    }
}

/// What a server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Not enough of it has come.
    Partial,
    /// It would speak this version, the best it has up to the one that was offered.
    Takes(Version),
    /// It has no such version, or nothing in common with us below it.
    Refuses,
    /// It has ended the connection without a word.
    Closes,
    /// Something that tells nothing.
    Unclear,
}

/// A ClientHello that offers `best` and, below TLS 1.3, whatever is older (RFC 5246 section 7.4.1,
/// RFC 8446 section 4.1.2).
pub(super) fn client_hello(best: Version, host: &str, random: &[u8; 64]) -> Vec<u8> {
    let (own, share) = random.split_at(32);
    let written = best.min(Version::TLS12);
    let mut body = written.0.to_be_bytes().to_vec();
    body.extend_from_slice(own);
    // A session id makes it look like what middleboxes know (RFC 8446 appendix D.4).
    if best == Version::TLS13 {
        put8(&mut body, share);
    } else {
        body.push(0);
    }
    put16(
        &mut body,
        &words(if best == Version::TLS13 { NEW } else { OLD }),
    );
    put8(&mut body, &[0]);
    // SSL 3.0 knows no extensions, and servers that old stumble over them.
    if best > Version::SSL3 {
        put16(&mut body, &extensions(best, host, share));
    }
    let mut message = vec![1, 0];
    put16(&mut message, &body);
    let record = written.min(Version::TLS10);
    let mut out = vec![22];
    out.extend_from_slice(&record.0.to_be_bytes());
    put16(&mut out, &message);
    out
}

fn extensions(best: Version, host: &str, share: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut extension = |kind: u16, data: &[u8]| {
        out.extend_from_slice(&kind.to_be_bytes());
        put16(&mut out, data);
    };
    let is_name = host.parse::<std::net::IpAddr>().is_err() && host.is_ascii() && host.len() < 254;
    if is_name {
        let mut name = vec![0];
        put16(&mut name, host.trim_end_matches('.').as_bytes());
        let mut list = Vec::new();
        put16(&mut list, &name);
        extension(0, &list);
    }
    let mut groups = Vec::new();
    put16(&mut groups, &words(&[0x001d, 0x0017, 0x0018, 0x0019]));
    extension(10, &groups);
    extension(11, &[1, 0]);
    if best >= Version::TLS12 {
        let mut schemes = Vec::new();
        put16(&mut schemes, &words(SCHEMES));
        extension(13, &schemes);
    }
    if best == Version::TLS13 {
        extension(43, &[2, 3, 4]);
        // Any 32 octets are a share of X25519; the handshake ends before it is used.
        let mut entry = 0x001d_u16.to_be_bytes().to_vec();
        put16(&mut entry, share);
        let mut shares = Vec::new();
        put16(&mut shares, &entry);
        extension(51, &shares);
    } else {
        // Some servers refuse a hello without a word on renegotiation (RFC 5746).
        extension(0xff01, &[0]);
    }
    out
}

/// Understands what came back so far to a hello that offered `best` at most.
pub(super) fn answer(bytes: &[u8], best: Version) -> Answer {
    let Some((head, rest)) = bytes.split_at_checked(5) else {
        let is_possible = matches!(bytes.first(), None | Some(21 | 22));
        return if is_possible {
            Answer::Partial
        } else {
            Answer::Unclear
        };
    };
    let length = usize::from(u16_at(head, 3).unwrap_or_default());
    if head.get(1) != Some(&3) || length > RECORD_MAX {
        return Answer::Unclear;
    }
    match head.first() {
        Some(21) => match rest {
            [_, code, ..] => alert(*code, best),
            _ => Answer::Partial,
        },
        Some(22) => match rest.get(..length) {
            Some(message) => server_hello(message),
            None => Answer::Partial,
        },
        _ => Answer::Unclear,
    }
}

/// RFC 8446 section 6.2. A handshake_failure is what old servers say where they mean the version;
/// with every cipher of the time offered it comes to the same. OpenSSL 3 has the old versions, but at
/// its usual security level no signature for them, and calls that an internal error. Courier says
/// goodbye (close_notify) where others just hang up.
fn alert(code: u8, best: Version) -> Answer {
    match code {
        0 => Answer::Closes,
        40 | 47 | 70 | 71 | 86 => Answer::Refuses,
        80 if best.is_weak() => Answer::Refuses,
        _ => Answer::Unclear,
    }
}

/// RFC 8446 section 4.1.3; a HelloRetryRequest has the same form.
fn server_hello(message: &[u8]) -> Answer {
    let version = || -> Option<u16> {
        let body = message.get(4..).filter(|_| message.first() == Some(&2))?;
        let legacy = u16_at(body, 0)?;
        let session = usize::from(*body.get(34)?);
        let extensions = 35 + session + 3;
        let Some(length) = u16_at(body, extensions) else {
            return Some(legacy);
        };
        let all = body.get(extensions + 2..)?;
        let mut rest = all.get(..usize::from(length)).unwrap_or(all);
        while let (Some(kind), Some(length)) = (u16_at(rest, 0), u16_at(rest, 2)) {
            if kind == 43 {
                return u16_at(rest, 4);
            }
            rest = rest.get(4 + usize::from(length)..).unwrap_or_default();
        }
        Some(legacy)
    };
    let known = version().and_then(|number| Version::ALL.into_iter().find(|v| v.0 == number));
    known.map_or(Answer::Unclear, Answer::Takes)
}

/// Random octets of a hello.
pub(super) fn random(provider: &CryptoProvider) -> Option<[u8; 64]> {
    let mut octets = [0; 64];
    provider.secure_random.fill(&mut octets).ok()?;
    Some(octets)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_be_bytes(*pair))
}

fn words(list: &[u16]) -> Vec<u8> {
    list.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn put8(out: &mut Vec<u8>, data: &[u8]) {
    out.push(u8::try_from(data.len()).unwrap_or(u8::MAX));
    out.extend_from_slice(data);
}

fn put16(out: &mut Vec<u8>, data: &[u8]) {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(data);
}

/// Longest record (RFC 8446 section 5.2).
const RECORD_MAX: usize = 16 * 1024 + 256;

/// Ciphers of TLS 1.3.
const NEW: &[u16] = &[0x1301, 0x1302, 0x1303];

/// Ciphers from today back to those of SSL 3.0, so that no server lacks a common one.
const OLD: &[u16] = &[
    0xc02c, 0xc02b, 0xc030, 0xc02f, 0xcca9, 0xcca8, 0x009f, 0x009e, 0xccaa, 0xc024, 0xc023, 0xc028,
    0xc027, 0xc00a, 0xc009, 0xc014, 0xc013, 0x006b, 0x0067, 0x0039, 0x0033, 0x009d, 0x009c, 0x003d,
    0x003c, 0x0035, 0x002f, 0xc012, 0x0016, 0x000a, 0x0005, 0x0004,
];

/// Signatures that a server may use (RFC 8446 section 4.2.3), old ones too.
const SCHEMES: &[u16] = &[
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203,
    0x0201,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(best: Version) -> Vec<u8> {
        client_hello(best, "mail.example.org", &[7; 64])
    }

    #[test]
    fn lengths_agree() {
        for best in Version::ALL {
            let hello = hello(best);
            assert_eq!(usize::from(u16_at(&hello, 3).unwrap()), hello.len() - 5);
            assert_eq!(hello[6], 0);
            assert_eq!(usize::from(u16_at(&hello, 7).unwrap()), hello.len() - 9);
        }
        let has_name = |hello: &[u8]| memchr::memmem::find(hello, b"mail.example.org").is_some();
        assert!(has_name(&hello(Version::TLS10)));
        assert!(!has_name(&hello(Version::SSL3)));
        assert!(client_hello(Version::TLS13, "192.0.2.1", &[7; 64]).len() < 250);
    }

    #[test]
    fn answers() {
        let check = |bytes: &[u8], expected| {
            assert_eq!(answer(bytes, Version::TLS13), expected, "{bytes:?}");
        };
        check(b"", Answer::Partial);
        check(&[21], Answer::Partial);
        check(&[21, 3, 1, 0, 2, 2], Answer::Partial);
        check(&[21, 3, 1, 0, 2, 2, 70], Answer::Refuses);
        check(&[21, 3, 1, 0, 2, 2, 40], Answer::Refuses);
        check(&[21, 3, 1, 0, 2, 2, 80], Answer::Unclear);
        check(&[21, 3, 3, 0, 2, 1, 0], Answer::Closes);
        let old = answer(&[21, 3, 2, 0, 2, 2, 80], Version::TLS11);
        assert_eq!(old, Answer::Refuses);
        check(b"* OK IMAP", Answer::Unclear);
        check(b"*", Answer::Unclear);
        check(&[22, 3, 1, 0xff, 0xff], Answer::Unclear);
        let hello = |legacy: u16, extensions: &[u8]| {
            let mut body = legacy.to_be_bytes().to_vec();
            body.extend([9; 32]);
            body.extend([0, 0x13, 0x01, 0]);
            if !extensions.is_empty() {
                put16(&mut body, extensions);
            }
            let mut message = vec![2, 0];
            put16(&mut message, &body);
            let mut out = vec![22, 3, 3];
            put16(&mut out, &message);
            out
        };
        check(&hello(0x0300, &[]), Answer::Takes(Version::SSL3));
        check(&hello(0x0301, &[]), Answer::Takes(Version::TLS10));
        check(
            &hello(0x0303, &[0xff, 0x01, 0, 1, 0]),
            Answer::Takes(Version::TLS12),
        );
        check(
            &hello(0x0303, &[0, 51, 0, 2, 0, 29, 0, 43, 0, 2, 3, 4]),
            Answer::Takes(Version::TLS13),
        );
        check(&hello(0x0404, &[]), Answer::Unclear);
        // Cut anywhere it is partial or told all the same, never a panic.
        let whole = hello(0x0303, &[0, 43, 0, 2, 3, 4]);
        for at in 0..whole.len() {
            check(&whole[..at], Answer::Partial);
            let mut damaged = whole.clone();
            damaged[at] = 0xff;
            answer(&damaged, Version::TLS11);
        }
    }

    #[test]
    fn names() {
        assert_eq!(Version::named("TLS 1.2"), Some(Version::TLS12));
        assert_eq!(Version::TLS10.older(), Some(Version::SSL3));
        assert_eq!(Version::SSL3.older(), None);
        assert!(Version::TLS11.is_weak() && !Version::TLS12.is_weak());
    }
}
