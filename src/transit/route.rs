//! Who gets a message (engine.md section 13): with one local name that one, with several those that
//! the header names. A pure function; what DNS has to say comes as [`Answers`], and what is still to
//! be asked goes back as questions.
//!
//! Unlike fetchmail 6.4.37: a recipient named twice gets one copy; groups, routes and needless quotes
//! are understood; `postmaster ""` discards, as the manual says.

pub mod address;
pub mod clues;
mod matching;
pub mod reason;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use super::Rewritten;
use crate::mail::Envelope;
use crate::rc::Account;
use crate::rc::account::Target;
use address::Addresses;
use clues::{Chosen, Clue};
use matching::Judge;
use reason::{Answer, Found, Routing, Verdict};

/// Most addresses of one message that are looked at, and most recipients it may have
/// (threats.md A17, section 6).
const ADDRESSES: usize = 10_000;
const RECIPIENTS: usize = 1000;

/// What DNS said of hosts, for a poll.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    known: HashMap<String, Answer>,
    /// What holds of every host not asked about (the tester's "assume").
    assumed: Option<Answer>,
}

impl Answers {
    /// Every host has this answer.
    pub fn assumed(answer: Answer) -> Self {
        Self {
            assumed: Some(answer),
            ..Self::default()
        }
    }

    /// The answer for a host, in lower case.
    pub fn learn(&mut self, host: String, answer: Answer) {
        self.known.insert(host, answer);
    }

    /// Failures are no answers: whoever asks again may be luckier.
    pub fn forget_failures(&mut self) {
        self.known.retain(|_, answer| *answer != Answer::Failed);
    }

    fn of(&self, host: &str) -> Option<Answer> {
        self.known.get(host).copied().or(self.assumed)
    }
}

/// Finds the recipients of a message. `clues` are the fields that [`clues::is_clue`] chose.
/// `postmaster` gets what nobody else does; empty means nobody.
pub fn route(clues: &[Clue], account: &Account, postmaster: &[u8], answers: &Answers) -> Routing {
    if !account.is_multidrop() {
        return single_drop(account);
    }
    let mut judge = Judge::new(account, answers);
    let guesses = !account.local.strict_recipients;
    let (source, chosen) =
        clues::choose(clues, account, guesses, &mut |host| judge.is_server(host));
    let mut routing = Routing {
        source,
        ..Routing::default()
    };
    // Which line counts cannot be said before all hosts are known.
    if judge.questions.is_empty() && !judge.is_deferred {
        let addresses: Box<dyn Iterator<Item = (Vec<u8>, u32)>> =
            match chosen {
                Chosen::Address(address, line) => Box::new(std::iter::once((address, line))),
                Chosen::Fields(fields) => Box::new(fields.into_iter().flat_map(|(body, line)| {
                    Addresses::of(body).map(move |address| (address, line))
                })),
            };
        for (address, line) in addresses.take(ADDRESSES) {
            let prefix = judge.prefix(&address);
            let verdict = judge.judge(address.get(prefix..).unwrap_or_default());
            routing.found.push(Found {
                address,
                line,
                prefix,
                verdict,
            });
        }
    }
    routing.questions = judge.questions;
    routing.is_deferred = judge.is_deferred;
    if routing.questions.is_empty() && !routing.is_deferred {
        conclude(&mut routing, postmaster);
    }
    routing
}

/// Of a single pair it is the left side, as in fetchmail 6.4.37: nothing is mapped where no header is
/// looked at.
fn single_drop(account: &Account) -> Routing {
    let local = account.local_names.first();
    let local = local.map_or(&account.user, |name| &name.remote);
    let recipient = if is_safe(local) {
        local
    } else {
        &b"postmaster"[..]
    };
    Routing {
        recipients: vec![recipient.to_vec()],
        ..Routing::default()
    }
}

/// The recipients, each once; if there are none, the postmaster and why.
fn conclude(routing: &mut Routing, postmaster: &[u8]) {
    let mut seen = HashSet::new();
    for found in &routing.found {
        if let Verdict::Goes { to, .. } = &found.verdict
            && seen.insert(to)
        {
            routing.recipients.push(to.clone());
        }
    }
    let is_too_many = routing.recipients.len() > RECIPIENTS;
    if routing.recipients.is_empty() || is_too_many {
        routing.is_last_resort = true;
        routing.warning = Some(match is_too_many {
            true => format!("more than {RECIPIENTS} recipients").into_bytes(),
            false => why_nobody(&routing.found),
        });
        let is_somebody = !postmaster.is_empty() && is_safe(postmaster);
        routing.recipients = Vec::from_iter(is_somebody.then(|| postmaster.to_vec()));
    }
}

/// fetchmail's words: an address is named only if exactly one was rejected.
fn why_nobody(found: &[Found]) -> Vec<u8> {
    let mut rejected = found
        .iter()
        .filter(|found| found.verdict == Verdict::Elsewhere);
    match (rejected.next(), rejected.next()) {
        (Some(one), None) if is_safe(&one.address) => [
            b"recipient address ",
            one.address.get(one.prefix..).unwrap_or_default(),
            b" didn't match any local name",
        ]
        .concat(),
        _ => b"no recipient addresses matched declared local names".to_vec(),
    }
}

/// Makes the envelope. `server` qualifies a sender without a domain. Header values that could
/// smuggle a command (CR, LF, NUL, angle brackets; threats.md A15) never get into it.
pub fn envelope(
    rewritten: &Rewritten,
    recipients: Vec<Vec<u8>>,
    account: &Account,
    server: &str,
    size: Option<u64>,
) -> Envelope {
    let found = rewritten.sender.as_deref();
    Envelope {
        sender: match account.target {
            Target::Mda(_) => command_sender(found),
            _ => sender(found, account, server),
        },
        recipients,
        last_resort: None,
        body: rewritten.body,
        size,
    }
}

/// The reverse path (engine.md section 12): empty stays empty (`<>`), nothing usable becomes the
/// remote user at the server, a bare name is qualified with it.
fn sender(found: Option<&[u8]>, account: &Account, server: &str) -> Vec<u8> {
    match found {
        Some(b"") => Vec::new(),
        Some(path) if is_safe(path) && !path.starts_with(b"@") => qualified(path, server),
        _ if is_safe(&account.user) => qualified(&account.user, server),
        _ => Vec::new(),
    }
}

/// The same for `%F` of a command, to which no sender and the empty path `<>` are two things, and
/// nothing is made up (checked with 6.4.37).
fn command_sender(found: Option<&[u8]>) -> Vec<u8> {
    match found {
        Some(b"") => b"<>".to_vec(),
        Some(path) if is_safe(path) => path.to_vec(),
        _ => Vec::new(),
    }
}

fn qualified(path: &[u8], server: &str) -> Vec<u8> {
    if path.contains(&b'@') || path.contains(&b'!') {
        return path.to_vec();
    }
    let host = match server.parse::<std::net::Ipv4Addr>() {
        Ok(ip) => format!("[{ip}]"),
        Err(_) => server.to_owned(),
    };
    [path, b"@", host.as_bytes()].concat()
}

/// It can stand in a command of SMTP: nothing in it ends the path or the line.
fn is_safe(path: &[u8]) -> bool {
    !path.is_empty()
        && path.len() <= 1000
        && !path
            .iter()
            .any(|b| b.is_ascii_control() || matches!(b, b'<' | b'>'))
        && has_quoted_blanks(path)
}

/// Each blank is inside quotes that end, as in `"joe smith"@x.org` (RFC 5321 section 4.1.2).
fn has_quoted_blanks(path: &[u8]) -> bool {
    let (mut is_quoted, mut is_escaped, mut has_blank) = (false, false, false);
    for byte in path {
        match byte {
            b' ' if !is_quoted => return false,
            b' ' => has_blank = true,
            b'"' if !is_escaped => is_quoted = !is_quoted,
            _ => {}
        }
        is_escaped = is_quoted && *byte == b'\\' && !is_escaped;
    }
    !(has_blank && is_quoted)
}
