//! One message's way through a session up to the end of its body: its envelope, the answers to it,
//! what they mean.

use super::Capabilities;
use super::reply::Reply;
use super::sealed::{Fate, Sealed, fate_of};
use crate::mail::Envelope;
use crate::mail::envelope::BodyType;

/// The message being sent.
#[derive(Debug)]
pub(super) struct Transaction {
    pub id: u64,
    envelope: Envelope,
    /// How many of MAIL, RCPT... were sent.
    asked: usize,
    mail: Option<Reply>,
    rcpts: Vec<Reply>,
    /// This is the second try: what the first one's recipients were told.
    first_try: Option<Vec<Reply>>,
    pub data: Data,
}

/// Where a transaction stands with its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Data {
    /// The envelope is on its way.
    Unsent,
    /// DATA was said.
    Sent,
    /// 354 came: the body may go, up to a final dot.
    Dotted,
    /// The envelope is accepted: the body may go in counted chunks (BDAT).
    Counted,
    /// The body was given whole; its last chunk waits for the answers to the others.
    Whole,
}

/// What a transaction wants to be done.
#[derive(Debug)]
pub(super) enum Next {
    /// Send this; it is MAIL.
    Mail(Vec<u8>),
    /// Send this; it is RCPT.
    Rcpt(Vec<u8>),
    /// Send DATA.
    Data,
    /// The body may be given.
    Go,
    /// Send the last chunk.
    Last,
    /// Nothing before more answers.
    Wait,
    /// It is over: RSET, and this fate.
    End(Fate),
}

impl Transaction {
    pub fn new(id: u64, envelope: Envelope) -> Self {
        Self {
            id,
            envelope,
            asked: 0,
            mail: None,
            rcpts: Vec::new(),
            first_try: None,
            data: Data::Unsent,
        }
    }

    /// The next command. DATA goes ahead of the answers only for exactly one recipient
    /// (contract.md, Pipelining rules).
    pub fn next(&mut self, offered: Capabilities, is_all_answered: bool) -> Next {
        match self.data {
            Data::Unsent => {}
            Data::Whole if is_all_answered => return Next::Last,
            _ => return Next::Wait,
        }
        let all = 1 + self.envelope.recipients.len();
        let answered = usize::from(self.mail.is_some()) + self.rcpts.len();
        if answered == self.asked
            && let Some(fate) = self.verdict()
        {
            return Next::End(fate);
        }
        if self.asked == 0 {
            self.asked = 1;
            return Next::Mail(self.mail_command(offered));
        }
        if let Some(recipient) = self.envelope.recipients.get(self.asked - 1) {
            self.asked += 1;
            return Next::Rcpt(bracketed(b"RCPT TO:", recipient));
        }
        let is_blind = offered.pipelining && all == 2;
        if answered < all && !is_blind {
            Next::Wait
        } else if all > 2 && offered.pipelining && offered.chunking {
            self.data = Data::Counted;
            Next::Go
        } else {
            self.data = Data::Sent;
            Next::Data
        }
    }

    /// Whether the body may be given.
    pub fn takes_body(&self) -> bool {
        matches!(self.data, Data::Dotted | Data::Counted)
    }

    /// The transaction to try in place of this one: all recipients were refused for good, and
    /// somebody gets what nobody takes (engine.md section 17). fetchmail names him in the same
    /// transaction; this one may have its DATA on the way already, so there is another.
    pub fn second_try(&self) -> Option<Self> {
        let is_none_left = self.mail.as_ref().is_some_and(Reply::is_good)
            && self.rcpts.len() == self.envelope.recipients.len()
            && self
                .rcpts
                .iter()
                .all(|reply| !reply.is_good() && !reply.is_temporary());
        let last_resort = self.envelope.last_resort.clone().filter(|_| is_none_left)?;
        if self.envelope.recipients.contains(&last_resort) {
            return None;
        }
        let envelope = Envelope {
            recipients: vec![last_resort],
            last_resort: None,
            ..self.envelope.clone()
        };
        Some(Self {
            first_try: Some(self.rcpts.clone()),
            ..Self::new(self.id, envelope)
        })
    }

    pub fn mail_answered(&mut self, reply: Reply) {
        self.mail = Some(reply);
    }

    pub fn rcpt_answered(&mut self, reply: Reply) {
        self.rcpts.push(reply);
    }

    /// What the answers so far mean, if they leave nothing to send: MAIL refused, any recipient
    /// put off, or no recipient left (engine.md section 17).
    pub fn verdict(&self) -> Option<Fate> {
        let refusal = self.mail.iter().find(|r| !r.is_good());
        let put_off = self.rcpts.iter().find(|r| r.is_temporary());
        let none_left = self.rcpts.len() == self.envelope.recipients.len()
            && !self.rcpts.iter().any(Reply::is_good);
        let all_refused = self.rcpts.first().filter(|_| none_left);
        refusal.or(put_off).or(all_refused).cloned().map(fate_of)
    }

    /// The end of the body is out.
    pub fn seal(self, is_lmtp: bool) -> Sealed {
        let is_counted = self.data == Data::Whole;
        Sealed::new(self.id, self.rcpts, self.first_try, is_lmtp, is_counted)
    }

    fn mail_command(&self, offered: Capabilities) -> Vec<u8> {
        let mut command = bracketed(b"MAIL FROM:", &self.envelope.sender);
        if offered.eight_bit {
            command.extend_from_slice(match self.envelope.body {
                BodyType::Unsaid => b"",
                BodyType::SevenBit => b" BODY=7BIT",
                BodyType::EightBit => b" BODY=8BITMIME",
            });
        }
        if let Some(size) = self.envelope.size.filter(|_| offered.size) {
            command.extend_from_slice(format!(" SIZE={size}").as_bytes());
        }
        if offered.utf8 && self.needs_utf8() {
            command.extend_from_slice(b" SMTPUTF8");
        }
        command
    }

    /// RFC 6531 section 3.4, for the envelope only: what the header needs is seen when MAIL is long
    /// out, and a listener that was not told takes it as it took it from fetchmail. Octets that are
    /// not UTF-8 are no such address.
    fn needs_utf8(&self) -> bool {
        let addresses = || {
            self.envelope
                .recipients
                .iter()
                .chain([&self.envelope.sender])
        };
        addresses().any(|address| !address.is_ascii())
            && addresses().all(|address| std::str::from_utf8(address).is_ok())
    }
}

/// Whether every address may stand in a command: no way out of the brackets, and short enough for
/// any listener (RFC 5321 section 4.5.3.1.3 wants 256 octets to be taken; threats.md A15).
pub(super) fn is_sendable(envelope: &Envelope) -> bool {
    let is_fit = |address: &Vec<u8>| {
        address.len() <= ADDRESS
            && !address
                .iter()
                .any(|b| b.is_ascii_control() || matches!(b, b'<' | b'>'))
    };
    is_fit(&envelope.sender)
        && !envelope.recipients.is_empty()
        && envelope
            .recipients
            .iter()
            .all(|recipient| !recipient.is_empty() && is_fit(recipient))
}

fn bracketed(verb: &[u8], address: &[u8]) -> Vec<u8> {
    [verb, b"<", address, b">"].concat()
}

/// Longest address sent.
const ADDRESS: usize = 900;
