//! From an error of any floor to what a person is told: who must act, the cause, the peer's
//! words, fetchmail's exit status (cli.md section 3).

use std::time::SystemTime;

use super::api::{Cause, Trouble, Who};
use crate::base::text::{QUIET_MAX, quiet};
use crate::proto::{self, Reason};
use crate::rc::Account;
use crate::{deliver, net};

/// Exit statuses of fetchmail(1) that a poll can end with.
pub mod status {
    /// At least one message was delivered.
    pub const OK: u8 = 0;
    /// There was no mail.
    pub const NO_MAIL: u8 = 1;
    /// Connection, TLS, timeout.
    pub const SOCKET: u8 = 2;
    /// Sign-in failed or no password.
    pub const SIGN_IN: u8 = 3;
    /// The peer broke the protocol or refused a command.
    pub const PROTOCOL: u8 = 4;
    /// Bad arguments, rc file, or an option that cannot be acted on.
    pub const SYNTAX: u8 = 5;
    /// Files: permissions, not readable.
    pub const FILES: u8 = 6;
    /// The server reported an error.
    pub const SERVER: u8 = 7;
    /// Another instance runs.
    pub const LOCKED: u8 = 8;
    /// The mailbox is in use.
    pub const BUSY_MAILBOX: u8 = 9;
    /// No listener, or the delivery place cannot be written.
    pub const DELIVERY: u8 = 10;
    /// Names could not be looked up.
    pub const DNS: u8 = 11;
    /// `fetchlimit` was reached.
    pub const LIMIT: u8 = 13;
    /// The server is busy.
    pub const BUSY: u8 = 14;
    /// Internal.
    pub const INTERNAL: u8 = 23;
}

/// A cause with what belongs to it, before it is known how often it has happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Who has to act.
    pub who: Who,
    /// What happened.
    pub cause: Cause,
    /// The peer's words, quiet.
    pub words: String,
    /// Exit status.
    pub status: u8,
}

impl Fault {
    /// A fault without words of a peer.
    pub fn new(who: Who, cause: Cause, status: u8) -> Self {
        Self {
            who,
            cause,
            words: String::new(),
            status,
        }
    }

    /// The person must mend it.
    pub fn yours(cause: Cause, status: u8) -> Self {
        Self::new(Who::You, cause, status)
    }

    /// It is tried again by itself.
    pub fn passing(cause: Cause, status: u8) -> Self {
        Self::new(Who::Retry, cause, status)
    }

    /// With the peer's words.
    pub fn said(mut self, words: &[u8]) -> Self {
        self.words = quiet(words, QUIET_MAX);
        self
    }

    /// The first of its kind.
    pub fn first(self) -> Trouble {
        self.follow(None)
    }

    /// With its history: `before` is the trouble of the last poll.
    pub fn follow(self, before: Option<&Trouble>) -> Trouble {
        Trouble {
            who: self.who,
            cause: self.cause,
            words: self.words,
            status: self.status,
            tries: before.map_or(0, |t| t.tries).saturating_add(1),
            since: before.map_or_else(SystemTime::now, |t| t.since),
        }
    }
}

/// Of the server side.
pub fn of_server(error: net::Error, account: &Account, port: u16) -> Fault {
    use net::Error as E;
    match error {
        // An account's own host may lead anywhere, so the second does not come from one.
        E::UnknownHost { host } | E::Astray { host, .. } => {
            Fault::yours(Cause::UnknownHost(host), status::SOCKET)
        }
        E::Lookup { host, what } => {
            Fault::passing(Cause::Dns(host), status::SOCKET).said(what.as_bytes())
        }
        E::Unreachable { host, port, what } => {
            Fault::passing(Cause::Unreachable(host, port), status::SOCKET).said(what.as_bytes())
        }
        E::TimedOut { host, seconds } => {
            Fault::passing(Cause::TimedOut(host, seconds), status::SOCKET)
        }
        E::Tls {
            sentence,
            is_certificate,
        } => {
            let who = if is_certificate { Who::You } else { Who::Retry };
            Fault::new(who, Cause::Certificate(sentence), status::SOCKET)
        }
        E::TlsSettings { sentence } => Fault::yours(Cause::Certificate(sentence), status::SYNTAX),
        E::Dropped { host, what } => {
            Fault::passing(Cause::Dropped(host), status::SOCKET).said(what.as_bytes())
        }
        E::Proto(error) => of_protocol(error, account, port),
    }
}

fn of_protocol(error: proto::Error, account: &Account, port: u16) -> Fault {
    use proto::Error as E;
    let host = account.host.clone();
    match error {
        E::Refused { reason, reply } => of_refusal(reason, account).said(&reply),
        E::NoTls { reply } => Fault::yours(Cause::NoTls(host, port), status::SOCKET).said(&reply),
        E::Injection => Fault::yours(Cause::Injection(host), status::SOCKET),
        E::Broken { what, line } => {
            Fault::passing(Cause::Protocol(what.to_owned()), status::PROTOCOL).said(&line)
        }
        E::TooMuch { what } => Fault::passing(Cause::Protocol(what.to_owned()), status::PROTOCOL),
        E::Closed => Fault::passing(Cause::Dropped(host), status::SOCKET),
    }
}

fn of_refusal(reason: Reason, account: &Account) -> Fault {
    match reason {
        Reason::SignIn => Fault::yours(Cause::SignIn, status::SIGN_IN),
        Reason::NoMethod => Fault::yours(Cause::NoMethod, status::SIGN_IN),
        Reason::Locked => Fault::passing(Cause::Locked, status::BUSY_MAILBOX),
        Reason::Busy | Reason::Limit => Fault::passing(Cause::Busy, status::BUSY),
        Reason::Folder => {
            let folder = account.folders.first().map_or(&b"INBOX"[..], |f| f);
            Fault::yours(Cause::Folder(quiet(folder, QUIET_MAX)), status::PROTOCOL)
        }
        Reason::Refused => Fault::passing(Cause::Refused, status::PROTOCOL),
    }
}

/// Of a whole sink.
pub fn of_sink(error: deliver::Error) -> Fault {
    use deliver::Error as E;
    match error {
        E::NoListener { tried } => {
            let tried = quiet(tried.join("; ").as_bytes(), 2 * QUIET_MAX);
            Fault::passing(Cause::NoListener(tried), status::DELIVERY)
        }
        E::Broken { peer, what } => {
            Fault::passing(Cause::NoListener(peer), status::DELIVERY).said(what.as_bytes())
        }
        E::Disk {
            path,
            is_full: true,
            ..
        } => Fault::yours(Cause::DiskFull(path), status::DELIVERY),
        E::Disk { path, what, .. } => Fault::yours(Cause::Folderless(path, what), status::DELIVERY),
        E::Command { what } => Fault::yours(Cause::Command(what), status::SYNTAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_those_of_fetchmail() {
        let account = Account::example();
        let check = |error: net::Error, expected: (Who, u8)| {
            let fault = of_server(error, &account, 110);
            assert_eq!((fault.who, fault.status), expected, "{fault:?}");
        };
        let refused = |reason| {
            net::Error::Proto(proto::Error::Refused {
                reason,
                reply: b"-ERR no\x1b[2J".to_vec(),
            })
        };
        check(net::Error::UnknownHost { host: "x".into() }, (Who::You, 2));
        check(
            net::Error::TimedOut {
                host: "x".into(),
                seconds: 3,
            },
            (Who::Retry, 2),
        );
        check(refused(Reason::SignIn), (Who::You, 3));
        check(refused(Reason::Locked), (Who::Retry, 9));
        check(refused(Reason::Busy), (Who::Retry, 14));
        check(
            net::Error::Proto(proto::Error::NoTls { reply: vec![] }),
            (Who::You, 2),
        );
        check(
            net::Error::Proto(proto::Error::TooMuch { what: "x" }),
            (Who::Retry, 4),
        );
        let words = of_server(refused(Reason::SignIn), &account, 110).words;
        assert_eq!(words, "-ERR no\u{fffd}[2J");
    }

    #[test]
    fn history_counts_tries() {
        let first = Fault::passing(Cause::Busy, 14).follow(None);
        let second = Fault::passing(Cause::Locked, 9).follow(Some(&first));
        assert_eq!(
            (first.tries, second.tries, second.since),
            (1, 2, first.since)
        );
    }
}
