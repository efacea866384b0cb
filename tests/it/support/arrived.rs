//! Whether what was delivered is what was sent: each message once, byte for byte.

use super::mailbox::Message;

/// Fails unless `arrived` are the messages `sent`, each exactly once and unchanged but for what a
/// transfer may do: line ends, `Return-Path` taken for the envelope, empty `Status`, one
/// `Received` of our own.
#[track_caller]
pub fn assert_arrived<'a>(
    sent: impl IntoIterator<Item = &'a Message>,
    arrived: impl IntoIterator<Item = Vec<u8>>,
) {
    let sent: Vec<Letter> = sent.into_iter().map(|m| Letter::of(&m.octets())).collect();
    let mut arrived: Vec<Letter> = arrived.into_iter().map(|o| Letter::of(&o)).collect();
    for letter in &mut arrived {
        assert_eq!(
            letter.take_stamps(),
            1,
            "our own Received line: {letter:#?}"
        );
    }
    let mut missing = Vec::new();
    for letter in &sent {
        match arrived.iter().position(|other| other == letter) {
            Some(at) => drop(arrived.swap_remove(at)),
            None => missing.push(letter),
        }
    }
    for letter in &missing {
        if let Some(other) = arrived.iter().find(|other| other.id() == letter.id()) {
            assert_eq!(other.fields, letter.fields, "the header has changed");
            assert!(
                other.body == letter.body,
                "the body of {} has changed",
                letter.id()
            );
        }
    }
    let missing: Vec<&str> = missing.iter().map(|letter| letter.id()).collect();
    let extra: Vec<&str> = arrived.iter().map(Letter::id).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "not delivered: {missing:?}; too much: {extra:?}"
    );
}

/// A message with LF line ends, its header in fields.
#[derive(Debug, PartialEq, Eq)]
struct Letter {
    fields: Vec<String>,
    body: Vec<u8>,
}

impl Letter {
    fn of(octets: &[u8]) -> Self {
        let text = without_cr(octets);
        let end = match text.first() {
            Some(b'\n') => Some(0),
            _ => memchr::memmem::find(&text, b"\n\n").map(|at| at + 1),
        };
        let (header, body) = match end {
            Some(end) => (&text[..end], &text[end + 1..]),
            None => (&text[..], &b""[..]),
        };
        let mut fields: Vec<String> = Vec::new();
        for line in header.split_inclusive(|b| *b == b'\n') {
            let shown = line.escape_ascii().to_string();
            match fields.last_mut() {
                Some(field) if line.starts_with(b" ") || line.starts_with(b"\t") => {
                    field.push_str(&shown);
                }
                _ => fields.push(shown),
            }
        }
        fields.retain(|field| {
            !field.starts_with("Return-Path:") && !["Status:\\n", "Status: \\n"].contains(&&**field)
        });
        Self {
            fields,
            body: body.to_vec(),
        }
    }

    /// Removes the lines we added and counts them.
    fn take_stamps(&mut self) -> usize {
        let before = self.fields.len();
        self.fields.retain(|field| {
            !(field.starts_with("Received: from localhost") && field.contains("(postrider"))
        });
        before - self.fields.len()
    }

    fn id(&self) -> &str {
        let is_id = |field: &&String| field.starts_with("Message-ID:");
        self.fields
            .iter()
            .find(is_id)
            .map_or("(no Message-ID)", |field| field)
    }
}

fn without_cr(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len());
    for (at, octet) in octets.iter().enumerate() {
        if *octet != b'\r' || octets.get(at + 1) != Some(&b'\n') {
            out.push(*octet);
        }
    }
    out
}

#[test]
fn a_changed_message_is_noticed() {
    let sent = [
        Message::text("Return-Path: <a@b>\nA: 1\nB: 2\n\n.x\n"),
        Message::text("A: 2\n\n"),
    ];
    let stamp = "Received: from localhost\n\tby x with POP3 (postrider-1)\n";
    let good = [
        format!("{stamp}A: 1\nB: 2\n\n.x\n"),
        format!("{stamp}A: 2\n\n"),
    ];
    let check = |arrived: &[&str], is_well: bool| {
        let octets: Vec<Vec<u8>> = arrived
            .iter()
            .map(|text| text.as_bytes().to_vec())
            .collect();
        let result = std::panic::catch_unwind(|| assert_arrived(&sent, octets));
        assert_eq!(result.is_ok(), is_well, "{arrived:?}");
    };
    check(&[&good[0], &good[1]], true);
    check(&[&good[1].replace('\n', "\r\n"), &good[0]], true);
    check(&[&good[0]], false);
    check(&[&good[0], &good[1], &good[1]], false);
    check(&[&good[0].replace(".x", "x"), &good[1]], false);
    check(
        &[&good[0].replace("A: 1\nB: 2", "B: 2\nA: 1"), &good[1]],
        false,
    );
    check(&[&good[0].replace("B: 2\n", ""), &good[1]], false);
    check(&[&good[0], &good[1].replace(stamp, "")], false);
}
