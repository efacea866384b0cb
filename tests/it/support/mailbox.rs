//! Messages for tests and the demo: the kinds real mailboxes hold, always the same ones.
//!
//! A [`Message`] is whole in memory or made while it is sent, so that one of 20 MB costs
//! nothing. Line ends are CRLF throughout, as on the wire.

use std::sync::LazyLock;

use bytes::Bytes;

use super::letters;

/// Octets of one made line with its end.
const LINE: u64 = 78;
/// Lines made at a time.
const LINES_AT_ONCE: u64 = 105;

/// One message as a server keeps it.
#[derive(Clone, Debug)]
pub struct Message {
    head: Bytes,
    /// Made lines between head and tail.
    lines: u64,
    tail: Bytes,
}

impl Message {
    /// A message of exactly these octets.
    pub fn new(octets: impl Into<Bytes>) -> Self {
        Self {
            head: octets.into(),
            lines: 0,
            tail: Bytes::new(),
        }
    }

    /// A message written with `\n` line ends, kept with CRLF.
    pub fn text(text: &str) -> Self {
        Self::new(text.replace('\n', "\r\n").into_bytes())
    }

    /// The `n`th of many small messages that differ.
    pub fn numbered(n: usize) -> Self {
        let letter = &letters::LETTERS[n % letters::LETTERS.len()];
        Self::new(letters::write(letter, n))
    }

    /// A message with an attachment of some `size` octets, made while it is read.
    pub fn large(from: &str, subject: &str, size: u64) -> Self {
        let head = format!(
            "Return-Path: <{address}>\nFrom: {from}\nTo: Ada Fairweather <ada@example.org>\n\
             Subject: {subject}\nDate: Sat, 21 Nov 2026 18:04:11 +0100\n\
             Message-ID: <large-{size}@example.org>\nMIME-Version: 1.0\n\
             Content-Type: multipart/mixed; boundary=\"=-large\"\n\n--=-large\n\
             Content-Type: text/plain; charset=utf-8\n\nAll of them, as promised.\n\n--=-large\n\
             Content-Type: application/zip; name=\"photos.zip\"\n\
             Content-Transfer-Encoding: base64\n\
             Content-Disposition: attachment; filename=\"photos.zip\"\n\n",
            address = letters::address(from),
        );
        Self {
            lines: (size.saturating_sub(head.len() as u64) / LINE).max(1),
            ..Self::text(&head)
        }
        .with_tail("--=-large--\n")
    }

    fn with_tail(self, tail: &str) -> Self {
        Self {
            tail: Bytes::from(tail.replace('\n', "\r\n")),
            ..self
        }
    }

    /// Its size in octets (RFC822.SIZE, the figure of POP3 LIST).
    pub fn size(&self) -> u64 {
        self.head.len() as u64 + self.lines * LINE + self.tail.len() as u64
    }

    /// Its octets, piece by piece.
    pub fn pieces(&self) -> impl Iterator<Item = Bytes> + Send + use<> {
        let lines = self.lines;
        let made = (0..lines)
            .step_by(LINES_AT_ONCE as usize)
            .map(move |first| made_lines(first, LINES_AT_ONCE.min(lines - first)));
        std::iter::once(self.head.clone())
            .chain(made)
            .chain(std::iter::once(self.tail.clone()))
            .filter(|piece| !piece.is_empty())
    }

    /// All its octets in memory.
    pub fn octets(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.size() as usize);
        self.pieces()
            .for_each(|piece| out.extend_from_slice(&piece));
        out
    }

    /// The header with the empty line that ends it, if there is one.
    pub fn header(&self) -> Bytes {
        let end = memchr::memmem::find(&self.head, b"\r\n\r\n").map(|at| at + 4);
        self.head.slice(..end.unwrap_or(self.head.len()))
    }

    /// The first field of this name, unfolded; empty if there is none.
    pub fn field(&self, name: &str) -> String {
        let header = self.header();
        let text = String::from_utf8_lossy(&header).replace("\r\n ", " ");
        text.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    }
}

/// Lines that look like base64, each with its number, so that a lost or doubled piece shows.
fn made_lines(first: u64, count: u64) -> Bytes {
    static PATTERN: LazyLock<Vec<u8>> = LazyLock::new(pattern);
    let mut out = PATTERN[..(count * LINE) as usize].to_vec();
    for (number, line) in (first..).zip(out.chunks_exact_mut(LINE as usize)) {
        line[..8].copy_from_slice(format!("{number:08}").as_bytes());
    }
    out.into()
}

fn pattern() -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut octet = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        ALPHABET[(state & 63) as usize]
    };
    let mut out = Vec::new();
    for _ in 0..LINES_AT_ONCE {
        out.extend((0..LINE - 2).map(|_| octet()));
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// A mailbox as people have it: every letter of the collection and one with an attachment of
/// 20 MB.
pub fn realistic() -> Vec<Message> {
    let mut all: Vec<Message> = (0..letters::LETTERS.len()).map(Message::numbered).collect();
    let large = Message::large(
        "Tomas Okonkwo <tomas.okonkwo@example.net>",
        "The photos from Lofoten, all of them",
        20_000_000,
    );
    all.insert(all.len() * 2 / 3, large);
    all
}

#[test]
fn realistic_is_varied_and_repeatable() {
    let all = realistic();
    assert!(all.len() > 60);
    let mut ids: Vec<String> = all.iter().map(|m| m.field("Message-ID")).collect();
    ids.sort();
    ids.dedup();
    assert!(ids.len() >= all.len() - 1, "only one may lack a Message-ID");
    let again = realistic();
    for (a, b) in all.iter().zip(&again) {
        assert_eq!(a.octets(), b.octets());
        assert_eq!(a.size(), a.octets().len() as u64);
    }
    let joined: Vec<u8> = all
        .iter()
        .take(30)
        .chain(&all[50..])
        .flat_map(|m| m.header())
        .collect();
    assert!(memchr::memmem::find(&joined, b"=?").is_some());
}

#[test]
fn realistic_has_what_breaks_fetchers() {
    let all = realistic();
    let octets: Vec<Vec<u8>> = all.iter().map(Message::octets).collect();
    let has = |what: &str, test: &dyn Fn(&[u8]) -> bool| {
        assert!(octets.iter().any(|o| test(o)), "{what}");
    };
    let contains =
        |needle: &'static [u8]| move |o: &[u8]| memchr::memmem::find(o, needle).is_some();
    has("a lone dot", &contains(b"\r\n.\r\n"));
    has("leading dots", &contains(b"\r\n..."));
    has("a From line", &contains(b"\r\nFrom "));
    has("a digest", &contains(b"multipart/digest"));
    has("Latin-1", &|o| std::str::from_utf8(o).is_err());
    has("an empty body", &|o| o.ends_with(b"\r\n\r\n"));
    has("20 MB", &|o| o.len() > 19_900_000);
    has("a very long line", &|o| {
        o.len() < 100_000 && o.split(|b| *b == b'\n').any(|l| l.len() > 20_000)
    });
    for octets in &octets {
        assert!(octets.ends_with(b"\r\n"));
        let mut ends = memchr::memchr_iter(b'\n', octets);
        assert!(ends.all(|at| at > 0 && octets[at - 1] == b'\r'), "bare LF");
    }
}
