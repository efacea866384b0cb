//! Recipients by the names the envelope has for them, and as the listener gets them.

use super::listener::Listener;
use crate::base::text::{QUIET_MAX, quiet};
use crate::deliver::Settings;
use crate::mail::Envelope;
use crate::proto::smtp::{Fate, Reply};
use crate::transit::{Outcome, Refusal, Shares};

/// The envelope's names of the recipients of one message.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// For each address sent, the names it stands for.
    sent_for: Vec<Vec<Vec<u8>>>,
    last_resort: Option<Vec<u8>>,
}

impl Names {
    /// Puts addresses in the place of bare local names: `smtpname`, or the name at `smtpaddress` or
    /// at the listener (engine.md section 14).
    pub fn qualify(
        mut envelope: Envelope,
        settings: &Settings,
        listener: &Listener,
    ) -> (Self, Envelope) {
        let domain = settings.smtp_address.as_deref();
        let domain = domain.unwrap_or(listener.domain()).as_bytes();
        let address = |name: &[u8]| match &settings.smtp_name {
            _ if name.contains(&b'@') => name.to_vec(),
            Some(smtp_name) => smtp_name.clone(),
            None => [name, b"@", domain].concat(),
        };
        let mut names = Self::default();
        let mut addresses: Vec<Vec<u8>> = Vec::with_capacity(envelope.recipients.len());
        for name in envelope.recipients {
            let address = address(&name);
            // `smtpname` stands for every bare name, once.
            let known = addresses.iter().position(|a| *a == address);
            match known.filter(|_| settings.smtp_name.is_some()) {
                Some(at) => names.sent_for[at].push(name),
                None => {
                    addresses.push(address);
                    names.sent_for.push(vec![name]);
                }
            }
        }
        envelope.recipients = addresses;
        let last_resort = envelope.last_resort.as_deref().map(address);
        names.last_resort = std::mem::replace(&mut envelope.last_resort, last_resort);
        (names, envelope)
    }

    /// A fate in the envelope's names.
    pub fn outcome(self, fate: Fate) -> Outcome {
        match fate {
            Fate::Taken => Outcome::Delivered,
            Fate::Temporary(reply) => Outcome::Deferred(refusal(reply)),
            Fate::Permanent(reply) => Outcome::Refused(refusal(reply)),
            Fate::Divided(answers) => Outcome::Partly(self.shares(answers)),
            Fate::LastResort(replies) => {
                let last_resort = self.last_resort.clone();
                let mut shares = self.shares(replies.into_iter().map(Some).collect());
                shares.served.extend(last_resort);
                Outcome::Partly(shares)
            }
        }
    }

    fn shares(self, answers: Vec<Option<Reply>>) -> Shares {
        let mut shares = Shares::default();
        for (names, answer) in self.sent_for.into_iter().zip(answers) {
            let Some(reply) = answer else {
                shares.served.extend(names);
                continue;
            };
            for name in names {
                let recipient = quiet(&name, QUIET_MAX);
                let words = quiet(&reply.words, QUIET_MAX);
                tracing::warn!(recipient, code = reply.code, words, "recipient refused");
                let list = if reply.is_temporary() {
                    &mut shares.put_off
                } else {
                    &mut shares.refused
                };
                list.push((name, refusal(reply.clone())));
            }
        }
        shares
    }
}

fn refusal(reply: Reply) -> Refusal {
    Refusal {
        code: reply.code.into(),
        words: reply.words,
    }
}
