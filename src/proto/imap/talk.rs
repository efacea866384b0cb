//! Plays written dialogues (`tests/corpus/talk/imap/*.txt`) against the machines.
//!
//! `C:` is a line we must send next, `S:` what the server says once all `C:` lines above it have
//! been sent, `E:` what the driver must be told, `?:` what is wanted. `S>` has no line end.

use bytes::{Bytes, BytesMut};

use super::session::Event;
use super::{Login, Mark, Method, Session};
use crate::base::Secret;
use crate::proto::machine::{Credentials, Error, Machine, Outgoing, Step, TlsPolicy};

/// A dialogue.
#[derive(Clone)]
pub struct Talk {
    pub method: Method,
    pub tls: TlsPolicy,
    pub is_protected: bool,
    all: bool,
    read_only: bool,
    keeps: bool,
    pub folders: Vec<Vec<u8>>,
    pub credentials: Credentials,
    lines: Vec<(bool, Vec<u8>)>,
    pub expected: Vec<String>,
    is_cut: bool,
}

impl Talk {
    pub fn new(text: &str) -> Self {
        let mut talk = Self {
            method: Method::Any,
            tls: TlsPolicy::Never,
            is_protected: true,
            all: false,
            read_only: false,
            keeps: false,
            folders: Vec::new(),
            credentials: credentials(b"joe", b"secret"),
            lines: Vec::new(),
            expected: Vec::new(),
            is_cut: false,
        };
        for line in text.lines() {
            let rest = line.get(3..).unwrap_or("");
            let wire = || [rest.as_bytes(), b"\r\n"].concat();
            match line.get(..2) {
                Some("C:") => talk.lines.push((true, wire())),
                Some("S:") => talk.lines.push((false, wire())),
                Some("S>") => talk.lines.push((false, rest.as_bytes().to_vec())),
                Some("E:") => talk.expected.push(rest.to_owned()),
                Some("?:") => rest.split_whitespace().for_each(|word| talk.want(word)),
                _ => assert!(line.is_empty() || line.starts_with('#'), "{line}"),
            }
        }
        if talk.folders.is_empty() {
            talk.folders.push(b"INBOX".to_vec());
        }
        talk
    }

    /// All that the server says.
    pub fn said(&self) -> Vec<u8> {
        let said = self.lines.iter().filter(|(is_client, _)| !is_client);
        said.flat_map(|(_, line)| line.clone()).collect()
    }

    /// The same dialogue with the connection lost after so many of the server's octets.
    pub fn cut(&self, mut octets: usize) -> Self {
        let mut lines = Vec::new();
        for (is_client, line) in &self.lines {
            let taken = if *is_client {
                line.len()
            } else {
                line.len().min(octets)
            };
            lines.push((*is_client, line[..taken].to_vec()));
            if !is_client {
                octets -= taken;
                if taken < line.len() {
                    break;
                }
            }
        }
        Self {
            lines,
            is_cut: true,
            ..self.clone()
        }
    }

    fn want(&mut self, word: &str) {
        match word {
            "password" => self.method = Method::Password,
            "cram-md5" => self.method = Method::CramMd5,
            "preauth" => self.method = Method::Preauth,
            "starttls" => self.set_tls(TlsPolicy::Required),
            "if-offered" => self.set_tls(TlsPolicy::IfOffered),
            "clear" => self.set_tls(TlsPolicy::Never),
            "all" => self.all = true,
            "look" => self.read_only = true,
            "keep" => self.keeps = true,
            _ => match word.split_once('=') {
                Some(("folder", name)) => self.folders.push(name.as_bytes().to_vec()),
                _ => panic!("{word}"),
            },
        }
    }

    fn set_tls(&mut self, tls: TlsPolicy) {
        self.tls = tls;
        self.is_protected = false;
    }

    /// What the driver is told when the server's octets come in reads of the sizes given.
    pub fn events(&self, sizes: impl FnMut() -> usize) -> Vec<String> {
        let mut wire = Wire::new(self, sizes);
        if let Err(error) = wire.poll() {
            wire.told.push(format!("error {error:?}"));
        }
        wire.told
    }

    /// Signs in and no more.
    pub fn sign_in(&self) -> (Vec<String>, Result<(), Error>) {
        let mut wire = Wire::new(self, || usize::MAX);
        let result = wire.sign_in().map(|_| ());
        (wire.told, result)
    }
}

pub fn credentials(user: &[u8], password: &[u8]) -> Credentials {
    Credentials {
        user: user.to_vec(),
        password: Secret::new(password),
    }
}

struct Wire<'a, F> {
    talk: &'a Talk,
    at: usize,
    sent: BytesMut,
    /// What the server has said and was not read yet.
    left: Vec<u8>,
    sizes: F,
    told: Vec<String>,
}

impl<'a, F: FnMut() -> usize> Wire<'a, F> {
    fn new(talk: &'a Talk, sizes: F) -> Self {
        Self {
            talk,
            at: 0,
            sent: BytesMut::new(),
            left: Vec::new(),
            sizes,
            told: Vec::new(),
        }
    }

    fn sign_in(&mut self) -> Result<Session, Error> {
        let talk = self.talk;
        let (who, method) = (talk.credentials.clone(), talk.method);
        let mut login = Login::new(who, method, talk.tls, talk.is_protected);
        while self.next(&mut login)?.is_some() {}
        Ok(login.into_session())
    }

    /// A whole poll: sign in, survey each folder, fetch all, dispose, leave, log out.
    fn poll(&mut self) -> Result<(), Error> {
        let talk = self.talk;
        let mut session = self.sign_in()?;
        self.told.push("signed in".to_owned());
        for folder in &talk.folders {
            session.survey(folder, talk.all, talk.read_only);
            let uids = self.surveyed(&mut session)?;
            session.request(&uids);
            let came = self.fetched(&mut session)?;
            let mark = if talk.keeps {
                Mark::Seen
            } else {
                Mark::Deleted
            };
            if !came.is_empty() {
                session.mark(&came, mark);
                self.fetched(&mut session)?;
            }
            if Some(folder) != talk.folders.last() {
                session.leave();
                self.fetched(&mut session)?;
            }
        }
        session.close();
        self.fetched(&mut session)?;
        self.told.push("done".to_owned());
        self.settle();
        if talk.is_cut {
            return Ok(());
        }
        assert!(self.sent.is_empty(), "not in the dialogue: {:?}", self.sent);
        assert_eq!(self.at, talk.lines.len(), "the dialogue goes on");
        Ok(())
    }

    fn surveyed(&mut self, session: &mut Session) -> Result<Vec<u32>, Error> {
        let found = match self.next(session)? {
            Some(Event::Surveyed(found)) => found,
            Some(Event::NotSurveyed(error)) => {
                self.told.push(format!("not surveyed {error:?}"));
                return Ok(Vec::new());
            }
            other => panic!("{other:?}"),
        };
        let seen = |is_seen| if is_seen { "s" } else { "" };
        let items = found.listed.iter();
        let items: Vec<_> = items
            .map(|i| format!("{}:{:?}{}", i.uid, i.size, seen(i.is_seen)))
            .collect();
        let mut told = format!("found {} of {}", items.join(" "), found.total);
        told.push_str(&format!(" validity {:?}", found.uid_validity));
        if found.is_read_only {
            told.push_str(" read-only");
        }
        self.told.push(told);
        Ok(found.listed.iter().map(|i| i.uid).collect())
    }

    fn fetched(&mut self, session: &mut Session) -> Result<Vec<u32>, Error> {
        let mut came = Vec::new();
        let mut body = Vec::new();
        while let Some(event) = self.next(session)? {
            match event {
                Event::Idle => break,
                Event::Begin { uid, size } => {
                    body.clear();
                    self.told.push(format!("begin {uid} {size}"));
                }
                Event::Chunk(chunk) => body.extend_from_slice(&chunk),
                Event::End { uid } => {
                    self.told.push(format!("end {uid} {}", body.escape_ascii()));
                    came.push(uid);
                }
                Event::Refused { uid, reply } => {
                    self.told
                        .push(format!("refused {uid} {}", reply.escape_ascii()));
                }
                Event::Marked { uids, mark, done } => {
                    self.told.push(format!("marked {uids:?} {mark:?} {done}"));
                }
                Event::Left(uids) => self.told.push(format!("left {uids:?}")),
                other => panic!("{other:?}"),
            }
        }
        Ok(came)
    }

    fn next<M: Machine>(&mut self, machine: &mut M) -> Result<Option<M::Event>, Error> {
        loop {
            match machine.step()? {
                Step::Send(outgoing) => self.send(&outgoing),
                Step::Event(event) => return Ok(Some(event)),
                Step::Done => return Ok(None),
                Step::StartTls => {
                    self.told.push("tls".to_owned());
                    machine.tls_started();
                }
                Step::Input => match self.read() {
                    Some(read) => machine.inbox().extend_from_slice(&read),
                    None => machine.peer_closed()?,
                },
            }
        }
    }

    fn send(&mut self, outgoing: &Outgoing) {
        self.sent.extend_from_slice(&outgoing.bytes);
        self.settle();
    }

    /// Compares what was sent with the lines that are due. A machine may answer before it has
    /// read all the server said at once.
    fn settle(&mut self) {
        while let Some((true, line)) = self.talk.lines.get(self.at) {
            if !self.sent.starts_with(line) {
                assert!(
                    self.sent.is_empty(),
                    "{:?} instead of {:?}",
                    self.sent,
                    Bytes::from(line.clone())
                );
                return;
            }
            let _ = self.sent.split_to(line.len());
            self.at += 1;
        }
    }

    /// What the server says to all that was sent, cut to the size of a read; `None` at the end.
    fn read(&mut self) -> Option<Vec<u8>> {
        if self.left.is_empty() {
            while let Some((false, line)) = self.talk.lines.get(self.at) {
                self.left.extend_from_slice(line);
                self.at += 1;
            }
            if self.left.is_empty() {
                let due = self.talk.lines.get(self.at)?;
                panic!("waits instead of {:?}", Bytes::from(due.1.clone()));
            }
        }
        let size = (self.sizes)().clamp(1, self.left.len());
        let rest = self.left.split_off(size);
        let read = std::mem::replace(&mut self.left, rest);
        self.settle();
        Some(read)
    }
}
