//! Copies of one message in one mailbox. Where the provider files a copy for each recipient, and the
//! recipients can only be guessed from what the writer wrote, each of them would go to all; so a
//! recipient gets a message of the same Message-ID, writer and date once (fetchmail(1), "BUGS" of
//! multidrop; seeds of the majordomo recipe).

use sha2::{Digest, Sha256};

use super::Header;
use super::header::split_field;
use crate::mail::Uid;

/// What tells messages apart; `None` without a Message-ID, because without one two messages may well
/// look the same.
pub struct Likeness(Sha256);

impl Likeness {
    /// Of a header as it came.
    pub fn of(header: &Header) -> Option<Self> {
        let mut digest = Sha256::new();
        let mut has_id = false;
        for name in ["Message-ID", "From", "Date"] {
            let mut fields = header.fields().filter_map(split_field);
            let field = fields.find(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes()));
            let value = field.map(|(_, body)| body.trim_ascii()).unwrap_or_default();
            has_id |= name == "Message-ID" && !value.is_empty();
            digest.update((value.len() as u64).to_le_bytes());
            digest.update(value);
        }
        has_id.then_some(Self(digest))
    }

    /// The message and one recipient of it, in little room.
    pub fn to(&self, recipient: &[u8]) -> [u8; 12] {
        let digest = self.0.clone().chain_update(recipient).finalize();
        digest.first_chunk().copied().unwrap_or_default()
    }
}

/// The server's copy, in little room; 0 if the server has no name for it.
pub fn copy(uid: Option<&Uid>) -> [u8; 4] {
    let Some(uid) = uid else { return [0; 4] };
    let digest = Sha256::digest(uid.as_bytes());
    match digest.first_chunk().copied() {
        None | Some([0, 0, 0, 0]) => [1; 4],
        Some(copy) => copy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn likeness(lines: &str) -> Option<[u8; 12]> {
        let header = Header {
            lines: Bytes::copy_from_slice(lines.as_bytes()),
            rest: Bytes::new(),
        };
        Likeness::of(&header).map(|likeness| likeness.to(b"joe"))
    }

    #[test]
    fn what_is_the_same_message() {
        let one = likeness("From: a@b\r\nMessage-ID: <1@b>\r\nDate: d\r\nTo: x\r\n");
        let check = |lines: &str, expected| {
            assert_eq!(likeness(lines) == one, expected, "{lines}");
        };
        check(
            "Received: y\r\nfrom: a@b\r\nMESSAGE-ID:  <1@b> \r\nDate: d\r\n",
            true,
        );
        check("From: a@b\r\nMessage-ID: <2@b>\r\nDate: d\r\n", false);
        check("From: a@c\r\nMessage-ID: <1@b>\r\nDate: d\r\n", false);
        check("From: a@b\r\nMessage-ID: <1@b>\r\nDate: e\r\n", false);
        check("From: a@b<1@b>\r\nMessage-ID: d\r\n", false);
        assert_eq!(likeness("From: a@b\r\nDate: d\r\n"), None);
        assert_eq!(likeness("Message-ID: \r\n"), None);
        let header = Header {
            lines: Bytes::from_static(b"Message-ID: <1@b>\r\n"),
            rest: Bytes::new(),
        };
        let likeness = Likeness::of(&header).unwrap();
        assert_ne!(likeness.to(b"joe"), likeness.to(b"ann"));
    }

    #[test]
    fn copies_have_names() {
        assert_eq!(copy(None), [0; 4]);
        assert_ne!(copy(Some(&Uid::from(1))), copy(Some(&Uid::from(2))));
    }
}
