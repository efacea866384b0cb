//! Looking at a server without signing in: greeting, capabilities, STARTTLS tried out, capabilities
//! again inside TLS, who it says it is, goodbye. One machine for every mail protocol; what each
//! says is in `imap/look`, `pop3/look` and `smtp/look`.
//!
//! Nothing secret can be sent from here: no machine of this module is given a name or a password.
//! What was found stays in [`Found`] when the conversation breaks off.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use memchr::memchr;

use super::machine::{Error, Machine, Outgoing, Step, excerpt};
use super::{imap, pop3, sasl, smtp};

/// A language that mail servers speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // their own names
pub enum Speech {
    Imap,
    Pop3,
    Pop2,
    Smtp,
}

impl Speech {
    /// Told by the first line.
    pub fn of(line: &[u8]) -> Option<Self> {
        let is_reply = |line: &[u8]| {
            let (code, rest) = line.split_at_checked(3)?;
            let is_code =
                matches!(code, [b'2'..=b'5', b, c] if b.is_ascii_digit() && c.is_ascii_digit());
            (is_code && matches!(rest.first(), None | Some(b' ' | b'-'))).then_some(())
        };
        if line.starts_with(b"* ") {
            Some(Self::Imap)
        } else if line.starts_with(b"+OK") || line.starts_with(b"-ERR") {
            Some(Self::Pop3)
        } else if line.starts_with(b"+ ") {
            Some(Self::Pop2)
        } else {
            is_reply(line).map(|()| Self::Smtp)
        }
    }
}

/// How far a look goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// All of it.
    Whole,
    /// Up to the agreement to begin TLS; then the machine is done and nothing more is said.
    UntilTls,
}

/// What a look tells while it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A line of ours.
    Said(String),
    /// A line of theirs.
    Heard(Bytes),
    /// They agree to begin TLS.
    Agreed,
    /// TLS has begun.
    Secured,
}

/// The time stamp of a POP3 greeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// With its angle brackets.
    pub text: Vec<u8>,
    /// It may be used for APOP.
    pub is_valid: bool,
}

/// What came of STARTTLS or STLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartTls {
    /// Not in the list.
    NotOffered,
    /// Agreed to; the handshake has not ended.
    Agreed,
    /// The conversation goes on inside TLS.
    Works,
    /// Offered and refused, in these words.
    Refused(Bytes),
    /// Data in the clear followed the agreement (threats.md A3).
    Injects,
}

/// What was found out so far. Words are raw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What is spoken there.
    pub speech: Option<Speech>,
    /// The first line, or the beginning of what came in its place.
    pub greeting: Vec<u8>,
    /// The server wants nothing of us: BYE, -ERR, 554.
    pub is_turned_away: bool,
    /// IMAP: it claims that somebody is signed in already.
    pub is_preauth: bool,
    /// POP3: the stamp of its greeting.
    pub stamp: Option<Stamp>,
    /// What it listed in the clear, a capability each; `None`: it did not come to that.
    pub before: Option<Vec<Bytes>>,
    /// What it listed inside TLS.
    pub after: Option<Vec<Bytes>>,
    /// STARTTLS, if TLS was not on from the first byte.
    pub starttls: Option<StartTls>,
    /// Answer to IMAP ID (RFC 2971): names and values.
    pub identity: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Found {
    /// The list that counts: inside TLS where there was one.
    pub fn listed(&self) -> &[Bytes] {
        let list = match self.starttls {
            Some(StartTls::Works) => &self.after,
            _ if self.after.is_some() => &self.after,
            _ => &self.before,
        };
        list.as_deref().unwrap_or_default()
    }
}

/// The machine.
pub struct Look {
    inbox: BytesMut,
    talk: Option<Talk>,
    desk: Desk,
}

enum Talk {
    Imap(imap::look::Talk),
    Pop3(pop3::look::Talk),
    Smtp(smtp::look::Talk),
}

impl Talk {
    fn of(speech: Speech) -> Self {
        match speech {
            Speech::Imap => Self::Imap(imap::look::Talk::default()),
            Speech::Pop3 | Speech::Pop2 => Self::Pop3(pop3::look::Talk::default()),
            Speech::Smtp => Self::Smtp(smtp::look::Talk::default()),
        }
    }
}

/// What the talks share: what was found, what is to be said.
pub(super) struct Desk {
    pub found: Found,
    pub depth: Depth,
    pub is_protected: bool,
    /// We have said goodbye.
    pub is_leaving: bool,
    /// The language was told by the greeting, and by nothing else.
    pub is_guessed: bool,
    is_over: bool,
    lines: usize,
    steps: VecDeque<Step<Event>>,
}

impl Look {
    /// Waits for the greeting of this language, or of any. `is_protected` says that TLS is on.
    pub fn new(speech: Option<Speech>, is_protected: bool, depth: Depth) -> Self {
        Self {
            inbox: BytesMut::new(),
            talk: None,
            desk: Desk {
                found: Found {
                    speech,
                    ..Found::default()
                },
                depth,
                is_protected,
                is_leaving: false,
                is_guessed: speech.is_none(),
                is_over: false,
                lines: 0,
                steps: VecDeque::new(),
            },
        }
    }

    /// What was found so far.
    pub fn found(&self) -> &Found {
        &self.desk.found
    }

    /// What was found; of a greeting that never ended, its beginning.
    pub fn finish(mut self) -> Found {
        if self.talk.is_none() && self.desk.found.greeting.is_empty() {
            self.desk.found.greeting = excerpt(&self.inbox);
        }
        self.desk.found
    }

    /// Chooses the talk by the first line, which stays in the inbox.
    fn greeted(&mut self) -> Result<bool, Error> {
        let Some(end) = memchr(b'\n', &self.inbox) else {
            if self.inbox.len() > GREETING_MAX {
                return Err(Error::TooMuch {
                    what: "a greeting without end",
                });
            }
            return Ok(false);
        };
        let line = self.inbox.get(..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = line.get(..GREETING_MAX).unwrap_or(line);
        self.desk.found.greeting = line.to_vec();
        let heard = Speech::of(line);
        let is_pop = |speech| matches!(speech, Some(Speech::Pop3 | Speech::Pop2));
        let wanted = self.desk.found.speech;
        let is_meant = wanted.is_none() || heard == wanted || (is_pop(heard) && is_pop(wanted));
        let Some(speech) = heard.filter(|_| is_meant) else {
            return Err(Error::Broken {
                what: "not a greeting of this protocol",
                line: excerpt(line),
            });
        };
        self.desk.found.speech = Some(speech);
        if speech == Speech::Pop3 {
            self.desk.found.stamp = sasl::apop::written(line).map(|(text, is_valid)| Stamp {
                text: text.to_vec(),
                is_valid,
            });
        }
        self.talk = Some(Talk::of(speech));
        Ok(true)
    }
}

impl Machine for Look {
    type Event = Event;

    fn inbox(&mut self) -> &mut BytesMut {
        &mut self.inbox
    }

    fn step(&mut self) -> Result<Step<Event>, Error> {
        loop {
            if let Some(step) = self.desk.steps.pop_front() {
                return Ok(step);
            }
            if self.desk.is_over {
                return Ok(Step::Done);
            }
            let (inbox, desk) = (&mut self.inbox, &mut self.desk);
            let has_moved = match &mut self.talk {
                None => self.greeted()?,
                Some(Talk::Imap(talk)) => talk.hear(inbox, desk)?,
                Some(Talk::Pop3(talk)) => talk.hear(inbox, desk)?,
                Some(Talk::Smtp(talk)) => talk.hear(inbox, desk)?,
            };
            if !has_moved {
                return Ok(Step::Input);
            }
        }
    }

    fn tls_started(&mut self) {
        let desk = &mut self.desk;
        desk.is_protected = true;
        desk.found.starttls = Some(StartTls::Works);
        desk.steps.push_back(Step::Event(Event::Secured));
        match &mut self.talk {
            None => {}
            Some(Talk::Imap(talk)) => talk.secured(desk),
            Some(Talk::Pop3(talk)) => talk.secured(desk),
            Some(Talk::Smtp(talk)) => talk.secured(desk),
        }
    }

    fn peer_closed(&mut self) -> Result<(), Error> {
        if self.desk.is_leaving || self.desk.found.is_turned_away {
            self.desk.is_over = true;
            return Ok(());
        }
        Err(Error::Closed)
    }
}

impl Desk {
    /// Sends a command.
    pub fn say(&mut self, line: &str) {
        let bytes = format!("{line}\r\n").into_bytes();
        self.steps.push_back(Step::Send(Outgoing::plain(bytes)));
        self.steps
            .push_back(Step::Event(Event::Said(line.to_owned())));
    }

    /// Notes a line of the server.
    pub fn heard(&mut self, line: impl Into<Bytes>) -> Result<(), Error> {
        self.lines += 1;
        if self.lines > LINES_MAX {
            return Err(Error::TooMuch {
                what: "lines without end",
            });
        }
        self.steps.push_back(Step::Event(Event::Heard(line.into())));
        Ok(())
    }

    /// Notes a list of capabilities.
    pub fn list(&mut self, mut words: Vec<Bytes>) -> Result<(), Error> {
        let is_too_long = words.len() > CAPABILITIES_MAX;
        words.truncate(CAPABILITIES_MAX);
        match self.is_protected {
            true => self.found.after = Some(words),
            false => self.found.before = Some(words),
        }
        match is_too_long {
            true => Err(Error::TooMuch {
                what: "capabilities",
            }),
            false => Ok(()),
        }
    }

    /// The same, where `tls` among them offers TLS: whether it is to begin now.
    pub fn list_for_tls(&mut self, words: Vec<Bytes>, tls: &[u8]) -> Result<bool, Error> {
        let is_offered = words
            .iter()
            .any(|line| line.trim_ascii().eq_ignore_ascii_case(tls));
        self.list(words)?;
        if !self.is_protected && !is_offered {
            self.found.starttls = Some(StartTls::NotOffered);
        }
        Ok(!self.is_protected && is_offered)
    }

    /// The server agrees to begin TLS. Whatever is waiting then was not said by whom we are
    /// about to reach; it is not looked at, and nothing more is said.
    pub fn agreed(&mut self, has_nothing_waiting: bool) {
        if !has_nothing_waiting {
            self.found.starttls = Some(StartTls::Injects);
            self.is_over = true;
            return;
        }
        self.found.starttls = Some(StartTls::Agreed);
        self.steps.push_back(Step::Event(Event::Agreed));
        match self.depth {
            Depth::Whole => self.steps.push_back(Step::StartTls),
            Depth::UntilTls => self.is_over = true,
        }
    }

    /// Says goodbye.
    pub fn leave(&mut self, word: &str) {
        self.is_leaving = true;
        self.say(word);
    }

    /// The conversation is over.
    pub fn end(&mut self) {
        self.is_over = true;
    }
}

/// Longest greeting looked at, in octets; RFC 1939 allows 512, and nobody needs more.
const GREETING_MAX: usize = 4096;
/// Most lines of a whole look (threats.md A12).
const LINES_MAX: usize = 1000;
/// Most capabilities of one list. The longest seen in the wild has some 60.
pub(super) const CAPABILITIES_MAX: usize = 256;

#[cfg(test)]
mod tests;
