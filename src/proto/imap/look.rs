//! The IMAP part of a look ([`crate::proto::look`]): CAPABILITY, STARTTLS, CAPABILITY, ID, LOGOUT.

use bytes::{Bytes, BytesMut};

use super::response::{Capabilities, Kind, Response, Status};
use super::scan::{Cursor, Value};
use super::splitter::{Piece, Splitter};
use crate::proto::look::{Depth, Desk, StartTls};
use crate::proto::machine::{Error, excerpt};

/// What we say of ourselves (RFC 2971): a name, nothing about version, system or person.
const ID: &str = "ID (\"name\" \"postrider\")";

/// Most fields of an ID answer (RFC 2971 section 3.3).
const FIELDS: usize = 30;

#[derive(Default)]
pub(in crate::proto) struct Talk {
    splitter: Splitter,
    stage: Stage,
    listed: Option<Capabilities>,
    /// The list is the greeting's. Some keep that one short: Cyrus 3.6 leaves IDLE and most else out.
    is_short: bool,
    count: usize,
}

/// What is waited for.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Greeting,
    List,
    StartTls,
    Identity,
    Goodbye,
}

impl Talk {
    /// Understands one response; false if it has not come yet.
    pub fn hear(&mut self, inbox: &mut BytesMut, desk: &mut Desk) -> Result<bool, Error> {
        std::mem::swap(&mut self.splitter.inbox, inbox);
        let piece = self.splitter.piece();
        std::mem::swap(&mut self.splitter.inbox, inbox);
        let line = match piece? {
            Piece::Input => return Ok(false),
            // Nobody has asked for mail or hits.
            Piece::Body { .. } | Piece::Chunk(_) | Piece::Hits(_) => return Ok(true),
            Piece::Response(line) => line,
        };
        desk.heard(line.clone())?;
        let has_nothing_waiting = inbox.is_empty() && self.splitter.is_between();
        self.understood(&line, has_nothing_waiting, desk)?;
        Ok(true)
    }

    /// Inside TLS nothing counts that was said before.
    pub fn secured(&mut self, desk: &mut Desk) {
        self.splitter = Splitter::default();
        self.listed = None;
        self.ask(desk);
    }

    fn understood(
        &mut self,
        line: &Bytes,
        has_nothing_waiting: bool,
        desk: &mut Desk,
    ) -> Result<(), Error> {
        match (Response::scan(line), self.stage) {
            (Response::Untagged(status), Stage::Greeting) => self.greeted(&status, line, desk),
            (_, Stage::Greeting) => Err(not_imap(line)),
            (Response::Capability(listed), Stage::List) => {
                self.listed = Some(listed);
                Ok(())
            }
            (Response::Capability(listed), Stage::Identity) => put_down(&listed, desk),
            (Response::Tagged { tag, status }, stage) if tag == self.tag().as_bytes() => {
                let is_ok = status.kind == Kind::Ok;
                match stage {
                    Stage::Greeting => {}
                    Stage::List => return self.all_listed(desk),
                    Stage::StartTls if is_ok => desk.agreed(has_nothing_waiting),
                    Stage::StartTls => {
                        desk.found.starttls = Some(StartTls::Refused(status.line));
                        self.leave(desk);
                    }
                    Stage::Identity => self.leave(desk),
                    Stage::Goodbye => desk.end(),
                }
                Ok(())
            }
            (Response::Unknown, Stage::Identity) => {
                desk.found.identity.extend(identity(line));
                desk.found.identity.truncate(FIELDS);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn greeted(&mut self, status: &Status, line: &Bytes, desk: &mut Desk) -> Result<(), Error> {
        match status.kind {
            Kind::Ok => {}
            Kind::Preauth => desk.found.is_preauth = true,
            Kind::Bye => {
                desk.found.is_turned_away = true;
                desk.end();
                return Ok(());
            }
            Kind::No | Kind::Bad => return Err(not_imap(line)),
        }
        if desk.depth == Depth::UntilTls {
            self.stage = Stage::StartTls;
            self.say("STARTTLS", desk);
            return Ok(());
        }
        self.listed = status.code.as_ref().and_then(|code| code.capabilities());
        match &self.listed {
            Some(_) => {
                // Somebody who may be in between is not talked to any longer than it takes.
                self.is_short = !desk.found.is_preauth;
                self.all_listed(desk)
            }
            None => {
                self.ask(desk);
                Ok(())
            }
        }
    }

    fn ask(&mut self, desk: &mut Desk) {
        self.stage = Stage::List;
        self.say("CAPABILITY", desk);
    }

    fn all_listed(&mut self, desk: &mut Desk) -> Result<(), Error> {
        let listed = self.listed.take().unwrap_or_default();
        put_down(&listed, desk)?;
        let is_short = std::mem::take(&mut self.is_short);
        if !desk.is_protected {
            // A session that is signed in cannot begin TLS (RFC 9051 section 6.2.1).
            if listed.has("STARTTLS") && !desk.found.is_preauth {
                self.stage = Stage::StartTls;
                self.say("STARTTLS", desk);
                return Ok(());
            }
            if is_short {
                // What the greeting says counts if nothing better comes.
                self.listed = Some(listed);
                self.ask(desk);
                return Ok(());
            }
            desk.found.starttls = Some(StartTls::NotOffered);
        }
        // The whole list and the identity in one round trip.
        if is_short {
            self.ask(desk);
        }
        match listed.has("ID") {
            true => {
                self.stage = Stage::Identity;
                self.say(ID, desk);
            }
            false if is_short => self.listed = Some(listed),
            false => self.leave(desk),
        }
        Ok(())
    }

    fn leave(&mut self, desk: &mut Desk) {
        self.stage = Stage::Goodbye;
        self.count += 1;
        desk.leave(&format!("{} LOGOUT", self.tag()));
    }

    fn say(&mut self, command: &str, desk: &mut Desk) {
        self.count += 1;
        desk.say(&format!("{} {command}", self.tag()));
    }

    fn tag(&self) -> String {
        format!("a{}", self.count)
    }
}

fn put_down(listed: &Capabilities, desk: &mut Desk) -> Result<(), Error> {
    desk.list(listed.words().map(Bytes::copy_from_slice).collect())
}

fn not_imap(line: &[u8]) -> Error {
    Error::Broken {
        what: "not an IMAP greeting",
        line: excerpt(line),
    }
}

/// `* ID ("name" "Dovecot" ...)`
fn identity(line: &Bytes) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut cursor = Cursor::new(line);
    cursor.word();
    cursor.blanks();
    if !cursor.word().eq_ignore_ascii_case(b"ID") {
        return Vec::new();
    }
    let Some(Value::List(list)) = cursor.value() else {
        return Vec::new();
    };
    let mut cursor = Cursor::new(list);
    let mut fields = Vec::new();
    while let (Some(name), Some(value)) = (cursor.value(), cursor.value()) {
        if let (Some(name), Some(value)) = (text(name), text(value)) {
            fields.push((name, value));
        }
        if fields.len() > FIELDS {
            break;
        }
    }
    fields
}

fn text(value: Value<'_>) -> Option<Vec<u8>> {
    match value {
        Value::Text(text) => Some(text.into_owned()),
        Value::Atom(word) => Some(word.to_vec()),
        _ => None,
    }
}
