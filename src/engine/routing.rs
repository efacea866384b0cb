//! From an account and a header to who gets the message: the way of a poll, for those who only want
//! to know.

use std::collections::HashSet;
use std::io::{self, Read};

use bytes::Bytes;

use super::aliases::Asked;
use super::api::routing::{Dns, Handover, Routed, Routing};
use crate::deliver::mda::template::Template;
use crate::rc::Account;
use crate::rc::account::Target;
use crate::transit::header::{Collector, HEADER_MAX};
use crate::transit::route::{Answers, envelope};
use crate::transit::stamp::full_address;
use crate::transit::twins::Likeness;
use crate::transit::{self, Header, Rewritten};

/// Routes messages of one account.
pub struct Router<'a> {
    account: &'a Account,
    postmaster: &'a [u8],
    asked: Asked,
    /// Whom messages routed so far go to.
    come: HashSet<[u8; 12]>,
}

impl<'a> Router<'a> {
    /// Nothing has come yet.
    pub fn new(account: &'a Account, postmaster: &'a [u8], dns: Dns) -> Self {
        let mut asked = Asked::default();
        if let Some(answer) = dns.assumed() {
            asked.answers = Answers::assumed(answer);
        }
        Self {
            account,
            postmaster,
            asked,
            come: HashSet::new(),
        }
    }

    /// Who gets the next message.
    pub async fn route(&mut self, header: &Header) -> Routed {
        let account = self.account;
        let about = transit::rewrite(header, account, &account.host);
        self.asked.answers.forget_failures();
        let routing = self.asked.route(&about.clues, account, self.postmaster);
        let routing = routing.await;
        let full = |recipient: &Vec<u8>| full_address(recipient, account);
        Routed {
            id: account.id.clone(),
            host: account.host.clone(),
            addresses: routing.recipients.iter().map(full).collect(),
            handover: handover(&about, &routing, account),
            twice: self.twice(&routing, header),
            subject: about.subject,
            routing,
        }
    }

    /// Recipients of a copy that has come already: where recipients are guessed each gets one.
    fn twice(&mut self, routing: &Routing, header: &Header) -> Vec<Vec<u8>> {
        if !may_come_twice(self.account, routing) {
            return Vec::new();
        }
        let Some(likeness) = Likeness::of(header) else {
            return Vec::new();
        };
        let recipients = routing.recipients.iter();
        recipients
            .filter(|name| !self.come.insert(likeness.to(name)))
            .cloned()
            .collect()
    }
}

/// Whether copies of a message may be told from each other only by what is in them: a server that
/// puts one for each recipient into one mailbox, and an envelope that does not tell for whom each is.
pub fn may_come_twice(account: &Account, routing: &Routing) -> bool {
    let is_guessed = account.is_multidrop() && !routing.source.is_envelope();
    is_guessed && !routing.is_last_resort
}

fn handover(about: &Rewritten, routing: &Routing, account: &Account) -> Handover {
    let Target::Mda(command) = &account.target else {
        let mut addresses: Vec<Vec<u8>> = Vec::new();
        for recipient in &routing.recipients {
            let address = full_address(recipient, account);
            // `smtpname` stands for every bare name, once.
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        let command = |address: Vec<u8>| [b"RCPT TO:<", &address[..], b">"].concat();
        return Handover::Commands(addresses.into_iter().map(command).collect());
    };
    match Template::parse(command) {
        Ok(template) => {
            let recipients = routing.recipients.clone();
            let envelope = envelope(about, recipients, account, &account.host, None);
            Handover::Program(template.expand(&envelope, &account.host))
        }
        Err(_) => Handover::Unusable(command.clone()),
    }
}

/// The header of a message; what follows is not read.
pub fn header(message: &mut impl Read) -> io::Result<Header> {
    let mut collector = Collector::default();
    let mut buffer = vec![0; 16 * 1024];
    let mut read = 0;
    while read <= HEADER_MAX {
        let length = message.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        read += length;
        let chunk = Bytes::copy_from_slice(buffer.get(..length).unwrap_or_default());
        if let Some(header) = collector.push(&chunk) {
            return Ok(header);
        }
    }
    Ok(collector.finish())
}
