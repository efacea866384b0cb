//! Messages that can be told apart, and what became of each.

use memchr::memmem::find;

use crate::support::mailbox::Message;

/// Messages numbered from 0 under one name.
pub struct Batch {
    name: String,
    /// As the server has them.
    pub messages: Vec<Message>,
}

impl Batch {
    /// Many small ones and, every thirtieth, one of 150 kB.
    pub fn many(name: &str, count: usize) -> Self {
        let body = |n: usize| {
            let lines = if n % 30 == 7 { 2_000 } else { n * 7 % 40 };
            (0..lines)
                .map(|i| format!("line {i} of message {n}, and some words to fill it up\n"))
                .chain(["the end\n".to_owned()])
                .collect::<String>()
        };
        Self::new(name, (0..count).map(|n| body(n).into_bytes()))
    }

    /// Three: with dots at line starts, with octets that are no UTF-8, with an empty body.
    pub fn three(name: &str) -> Self {
        let bodies: [&[u8]; 3] = [b".\n..\n.dot\n\n.\n", b"caf\xe9 \xff\x80\n", b""];
        Self::new(name, bodies.into_iter().map(<[u8]>::to_vec))
    }

    fn new(name: &str, bodies: impl Iterator<Item = Vec<u8>>) -> Self {
        let message = |(n, body): (usize, Vec<u8>)| {
            let head = format!(
                "From: Bea <bea@example.org>\nTo: ada@example.org\nSubject: number {n}\n\
                 Message-ID: <{n}.{name}@example.org>\nX-Batch: {name}/{n}\n\n"
            );
            Message::new(with_crlf(&[head.as_bytes(), &body].concat()))
        };
        Self {
            name: name.to_owned(),
            messages: bodies.enumerate().map(message).collect(),
        }
    }

    /// How many copies of each message are among `delivered`.
    ///
    /// # Panics
    /// If one is damaged: not octet for octet the original with fields added to its header.
    pub fn copies<'a>(&self, delivered: impl IntoIterator<Item = &'a [u8]>) -> Vec<usize> {
        let mut copies = vec![0; self.messages.len()];
        let mark = format!("X-Batch: {}/", self.name);
        for text in delivered {
            let Some(at) = find(text, mark.as_bytes()) else {
                assert!(
                    find(text, b"X-Batch: ").is_some(),
                    "damaged: {}",
                    show(text)
                );
                continue;
            };
            let digits = text[at + mark.len()..].iter();
            let digits: String = digits
                .map(|b| char::from(*b))
                .take_while(char::is_ascii_digit)
                .collect();
            let n: usize = digits.parse().unwrap();
            check(text, &self.messages[n].octets());
            copies[n] += 1;
        }
        copies
    }

    /// The numbers among `octets`, which are messages as the server has them.
    pub fn numbers(&self, there: &[crate::support::store::Stored]) -> Vec<usize> {
        let number = |message: &Message| {
            let field = message.field("X-Batch");
            field.strip_prefix(&format!("{}/", self.name))?.parse().ok()
        };
        there.iter().filter_map(|s| number(&s.message)).collect()
    }
}

/// That `text` is `original` with fields added, line ends LF or CRLF throughout.
fn check(text: &[u8], original: &[u8]) {
    let is_crlf = text.ends_with(b"\r\n");
    let text = match is_crlf {
        true => text.to_vec(),
        false => with_crlf(text),
    };
    let (head, body) = split(&text);
    let (wanted, wanted_body) = split(original);
    assert!(body == wanted_body, "damaged body: {}", show(&text));
    let mut lines = head.split(|b| *b == b'\n');
    for line in wanted.split(|b| *b == b'\n') {
        assert!(
            lines.any(|found| found == line),
            "{} is missing: {}",
            show(line),
            show(&text)
        );
    }
}

fn split(text: &[u8]) -> (&[u8], &[u8]) {
    let end = find(text, b"\r\n\r\n").unwrap_or_else(|| panic!("no header: {}", show(text)));
    text.split_at(end + 4)
}

fn with_crlf(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 30);
    for line in text.split_inclusive(|b| *b == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => out.extend([line, b"\r\n"].concat()),
            None => out.extend(line),
        }
    }
    out
}

fn show(text: &[u8]) -> String {
    text[..text.len().min(2_000)].escape_ascii().to_string()
}

#[test]
fn damage_is_seen() {
    let batch = Batch::three("x");
    let whole = batch.messages[0].octets();
    let stamped = [b"Received: here\r\n", &whole[..]].concat();
    assert_eq!(batch.copies([&stamped[..], &whole[..]]), [2, 0, 0]);
    assert_eq!(Batch::three("y").copies([&whole[..]]), [0, 0, 0]);
    let unix = String::from_utf8(whole.clone()).unwrap().replace('\r', "");
    assert_eq!(batch.copies([unix.as_bytes()]), [1, 0, 0]);
    let shorter = whole.len() - 5;
    let without_end = std::panic::catch_unwind(|| batch.copies([&whole[..shorter]]));
    assert!(without_end.is_err());
}
