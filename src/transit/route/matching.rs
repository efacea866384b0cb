//! Whose an address is (engine.md section 13, steps 4 to 6).

use crate::rc::Account;
use crate::transit::route::Answers;
use crate::transit::route::reason::{Answer, Host, Rule, Verdict};

/// Judges addresses of one message.
pub struct Judge<'a> {
    account: &'a Account,
    answers: &'a Answers,
    /// Hosts nobody has answered for yet.
    pub questions: Vec<String>,
    /// An answer was that there is none.
    pub is_deferred: bool,
}

/// What is known of a host.
enum Known {
    Ours(Host),
    Other,
    Open,
    Failed,
}

impl<'a> Judge<'a> {
    pub fn new(account: &'a Account, answers: &'a Answers) -> Self {
        Self {
            account,
            answers,
            questions: Vec::new(),
            is_deferred: false,
        }
    }

    /// How many octets `qvirtual` takes off.
    pub fn prefix(&self, address: &[u8]) -> usize {
        let prefix = self.account.qvirtual.as_deref().unwrap_or_default();
        let start = address.get(..prefix.len());
        let has_it = start.is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        if has_it { prefix.len() } else { 0 }
    }

    /// Whom an address is for.
    pub fn judge(&mut self, address: &[u8]) -> Verdict {
        // The last @: one in a quoted local part is not the one before the host.
        let Some(at) = memchr::memrchr(b'@', address) else {
            return Verdict::Bare;
        };
        let (name, host) = (&address[..at], &address[at + 1..]);
        if let Some(local) = self.mapped(address) {
            return goes(local, Rule::WholeAddress);
        }
        let domains = self.account.local_domains.iter();
        if let Some(domain) = domains.clone().find(|domain| is_or_is_under(host, domain)) {
            if !is_person(name) {
                return Verdict::Unsafe;
            }
            return goes(address, Rule::LocalDomain(domain.clone()));
        }
        let host = match self.known(host) {
            Known::Ours(host) => host,
            Known::Other => return Verdict::Elsewhere,
            Known::Open => return Verdict::Open,
            Known::Failed => return Verdict::Unknown,
        };
        let found = self
            .account
            .local_names
            .iter()
            .find(|local| is_same(&local.remote, name));
        match found {
            Some(found) if is_same(&found.remote, &found.local) => {
                goes(&found.local, Rule::Name(host))
            }
            Some(found) => goes(&found.local, Rule::Pair(host)),
            None if self.account.wildcard && is_person(name) => goes(name, Rule::Wildcard(host)),
            None if self.account.wildcard => Verdict::Unsafe,
            None => Verdict::Nobody(host),
        }
    }

    fn mapped(&self, name: &[u8]) -> Option<&'a [u8]> {
        let mut names = self.account.local_names.iter();
        let found = names.find(|local| is_same(&local.remote, name))?;
        Some(&found.local)
    }

    /// Whether a host is the mail server; without an answer the question is noted.
    pub fn is_server(&mut self, host: &[u8]) -> bool {
        matches!(self.known(host), Known::Ours(_))
    }

    fn known(&mut self, host: &[u8]) -> Known {
        if is_same(host, self.account.host.as_bytes()) {
            return Known::Ours(Host::Server);
        }
        let mut akas = self.account.aka.iter();
        if let Some(aka) = akas.find(|aka| is_or_is_under(host, aka.as_bytes())) {
            return Known::Ours(Host::Aka(aka.clone()));
        }
        let Some(name) = askable(host).filter(|_| self.account.dns) else {
            return Known::Other;
        };
        match self.answers.of(&name) {
            Some(Answer::Is(alias)) => Known::Ours(Host::Dns(alias)),
            Some(Answer::IsNot) => Known::Other,
            Some(Answer::Failed) => {
                self.is_deferred = true;
                Known::Failed
            }
            None => {
                if !self.questions.contains(&name) {
                    self.questions.push(name);
                }
                Known::Open
            }
        }
    }
}

/// To a recipient, if it can be one: nothing that leads out of a command or breaks a line.
fn goes(to: &[u8], by: Rule) -> Verdict {
    match super::is_safe(to) {
        true => Verdict::Goes {
            to: to.to_vec(),
            by,
        },
        false => Verdict::Unsafe,
    }
}

/// A name that a stranger may choose: none that a mail system may take for a program, a file or an
/// option (threats.md A17).
fn is_person(name: &[u8]) -> bool {
    let first = name.strip_prefix(b"\"").unwrap_or(name).first();
    first.is_some_and(|first| !matches!(first, b'|' | b'/' | b':' | b'-'))
}

fn is_same(a: &[u8], b: &[u8]) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// `host` is `domain`, or ends in it behind a dot.
fn is_or_is_under(host: &[u8], domain: &[u8]) -> bool {
    let Some(start) = host.len().checked_sub(domain.len()) else {
        return false;
    };
    let (before, end) = host.split_at(start);
    is_same(end, domain) && before.last().is_none_or(|byte| *byte == b'.')
}

/// A host name that DNS may be asked about, in lower case.
fn askable(host: &[u8]) -> Option<String> {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let is_name = !host.is_empty() && host.len() <= 253 && host.iter().all(is_letter);
    let name = std::str::from_utf8(host).ok().filter(|_| is_name)?;
    Some(name.to_ascii_lowercase())
}
