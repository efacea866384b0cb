//! What a message passes on its way from the server to a sink: decoding, then line ends.

use bytes::Bytes;

use super::line_ends::LineEnds;
use super::mime;
use crate::rc::Account;

/// The way of one message: its header first, then the body chunk by chunk.
#[derive(Debug)]
pub struct Passage {
    /// `mimedecode`, where the header asks for it.
    decoding: Option<Box<mime::Body>>,
    ends: LineEnds,
}

impl Passage {
    /// `decoding` is what the header said of the body.
    pub fn new(account: &Account, decoding: Option<Box<mime::Body>>) -> Self {
        Self {
            decoding,
            ends: LineEnds::new(account.strip_cr, account.force_cr),
        }
    }

    /// The header, rewritten and decoded before.
    pub fn head(&mut self, lines: Bytes) -> Bytes {
        self.ends.apply(lines)
    }

    /// The next octets of the body, beginning with the empty line; some may be held back.
    pub fn apply(&mut self, chunk: Bytes) -> Bytes {
        let chunk = match &mut self.decoding {
            Some(decoding) => decoding.push(&chunk),
            None => chunk,
        };
        self.ends.apply(chunk)
    }

    /// What was held back at the end of the message.
    pub fn finish(mut self) -> Bytes {
        let last = self.decoding.take().map(|decoding| decoding.finish());
        let last = self.ends.apply(last.unwrap_or_default());
        [last, self.ends.finish()].concat().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoded_text_gets_its_line_ends() {
        let header = b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n";
        let check = |strip: bool, body: &str, expected: &str| {
            let account = Account {
                strip_cr: strip,
                ..Account::example()
            };
            for cut in 0..=body.len() {
                let plan = mime::Plan::of_message(header);
                let mut passage = Passage::new(&account, mime::Body::new(&plan).map(Box::new));
                let (one, two) = body.split_at(cut);
                let mut out = passage.apply(Bytes::from(one.to_owned())).to_vec();
                out.extend_from_slice(&passage.apply(Bytes::from(two.to_owned())));
                out.extend_from_slice(&passage.finish());
                assert_eq!(out.escape_ascii().to_string(), expected, "{body:?} {cut}");
            }
        };
        check(true, "\r\na=0D=0Ab=0D=\r\n=0Ac=0D", "\\na\\nb\\nc\\r");
        check(true, "\r\nend=\r\n", "\\nend\\n");
        check(false, "\r\na=0D=0Ab", "\\r\\na\\r\\nb");
    }
}
