//! One message's way through a session: its envelope, the answers to it, what they mean.

use super::reply::Reply;
use crate::mail::Envelope;
use crate::mail::envelope::BodyType;

/// How a message fared with the listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Taken, but for the recipients named here, which were refused for good.
    Taken {
        /// Refused recipients as they were sent, each with the reply.
        refused: Vec<(Vec<u8>, Reply)>,
    },
    /// Not now (4xx, and 530).
    Temporary(Reply),
    /// Not ever (5xx).
    Permanent(Reply),
}

/// What the listener offers (RFC 5321 section 4.1.1.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// RFC 2920
    pub pipelining: bool,
    /// RFC 6152
    pub eight_bit: bool,
    /// RFC 1870
    pub size: bool,
    /// RFC 3030
    pub chunking: bool,
}

impl Capabilities {
    /// Reads the reply to EHLO or LHLO. Its first line is the listener's name.
    pub(super) fn read(reply: &Reply) -> Self {
        let mut found = Self::default();
        for line in reply.lines().skip(1) {
            let word = line.split(|b| *b == b' ').next().unwrap_or_default();
            match &word.to_ascii_uppercase()[..] {
                b"PIPELINING" => found.pipelining = true,
                b"8BITMIME" => found.eight_bit = true,
                b"SIZE" => found.size = true,
                b"CHUNKING" => found.chunking = true,
                _ => {}
            }
        }
        found
    }
}

/// The message being sent, up to its final dot.
#[derive(Debug)]
pub(super) struct Transaction {
    pub id: u64,
    envelope: Envelope,
    /// How many of MAIL, RCPT... were sent.
    asked: usize,
    mail: Option<Reply>,
    rcpts: Vec<Reply>,
    pub data: Data,
}

/// Where a transaction stands with its DATA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Data {
    Unsent,
    Sent,
    /// 354 came: the body may go.
    Go,
}

/// What a transaction wants to be done.
#[derive(Debug)]
pub(super) enum Next {
    Mail(Vec<u8>),
    Rcpt(Vec<u8>),
    Data,
    /// Its fate is known before any DATA.
    End(Fate),
    /// Answers have to come first.
    Wait,
}

impl Transaction {
    pub fn new(id: u64, envelope: Envelope) -> Self {
        Self {
            id,
            envelope,
            asked: 0,
            mail: None,
            rcpts: Vec::new(),
            data: Data::Unsent,
        }
    }

    /// The next command. DATA goes ahead of the answers only for exactly one recipient
    /// (contract.md, Pipelining rules).
    pub fn next(&mut self, offered: Capabilities) -> Next {
        if self.data != Data::Unsent {
            return Next::Wait;
        }
        let all = 1 + self.envelope.recipients.len();
        let answered = usize::from(self.mail.is_some()) + self.rcpts.len();
        if answered == self.asked
            && let Some(fate) = self.verdict()
        {
            return Next::End(fate);
        }
        self.asked += 1;
        match self.asked.checked_sub(2) {
            None => Next::Mail(self.mail_command(offered)),
            Some(at) if at < self.envelope.recipients.len() => {
                Next::Rcpt(bracketed(b"RCPT TO:", &self.envelope.recipients[at]))
            }
            Some(_) => {
                self.asked = all;
                let is_blind = offered.pipelining && all == 2;
                if answered == all || is_blind {
                    self.data = Data::Sent;
                    Next::Data
                } else {
                    Next::Wait
                }
            }
        }
    }

    /// The envelope to try in place of this one: all recipients were refused for good, and somebody
    /// gets what nobody takes (engine.md section 17). fetchmail names him in the same transaction;
    /// this one may have its DATA on the way already, so there is another.
    pub fn second_try(&self) -> Option<Envelope> {
        let is_none_left = self.mail.as_ref().is_some_and(Reply::is_good)
            && self.rcpts.len() == self.envelope.recipients.len()
            && self
                .rcpts
                .iter()
                .all(|reply| !reply.is_good() && !reply.is_temporary());
        let last_resort = self.envelope.last_resort.clone().filter(|_| is_none_left)?;
        (!self.envelope.recipients.contains(&last_resort)).then(|| Envelope {
            recipients: vec![last_resort],
            last_resort: None,
            ..self.envelope.clone()
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

    /// Recipients that were accepted, and those refused with their replies.
    pub fn sort_recipients(self) -> Recipients {
        let mut sorted = Recipients::default();
        for (recipient, reply) in self.envelope.recipients.into_iter().zip(self.rcpts) {
            if reply.is_good() {
                sorted.accepted.push(recipient);
            } else {
                sorted.refused.push((recipient, reply));
            }
        }
        sorted
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
        command
    }
}

/// The recipients of a message that is on its way.
#[derive(Debug, Default)]
pub(super) struct Recipients {
    pub accepted: Vec<Vec<u8>>,
    pub refused: Vec<(Vec<u8>, Reply)>,
}

/// The message whose final dot is out and whose answers are awaited: one, or in LMTP one for each
/// accepted recipient (RFC 2033 section 4.2).
#[derive(Debug)]
pub(super) struct Sealed {
    id: u64,
    recipients: Recipients,
    replies: Vec<Reply>,
    wanted: usize,
}

impl Sealed {
    pub fn new(id: u64, recipients: Recipients, is_lmtp: bool) -> Self {
        let wanted = if is_lmtp {
            recipients.accepted.len()
        } else {
            1
        };
        Self {
            id,
            recipients,
            replies: Vec::new(),
            wanted,
        }
    }

    pub fn id(&self) -> u64 {
        self.id
    }

    /// How many answers the dot will have.
    pub fn wanted(&self) -> usize {
        self.wanted
    }

    /// Whether this was the last answer.
    pub fn answered(&mut self, reply: Reply) -> bool {
        self.replies.push(reply);
        self.replies.len() == self.wanted
    }

    /// A recipient put off keeps the message. One refused for good does not, if another was
    /// served.
    pub fn fate(self) -> Fate {
        if let Some(reply) = self.replies.iter().find(|r| r.is_temporary()) {
            return Fate::Temporary(reply.clone());
        }
        let first = self.replies.first();
        if let Some(reply) = first.filter(|_| !self.replies.iter().any(Reply::is_good)) {
            return fate_of(reply.clone());
        }
        let Recipients {
            accepted,
            mut refused,
        } = self.recipients;
        let late = accepted.into_iter().zip(self.replies);
        refused.extend(late.filter(|(_, reply)| !reply.is_good()));
        Fate::Taken { refused }
    }
}

/// What a refusing reply makes of a message.
pub(super) fn fate_of(reply: Reply) -> Fate {
    if reply.is_temporary() {
        Fate::Temporary(reply)
    } else {
        Fate::Permanent(reply)
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
