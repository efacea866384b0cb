//! The authenticated session: survey a folder, fetch bodies, mark, expunge, log out. Commands are
//! queued as they are asked for and answers found by their tags, so that any number may be in
//! flight (RFC 9051 section 5.5).

mod bodies;
mod leave;
mod seqs;
mod survey;

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

use self::bodies::{Bodies, Current};
use self::leave::{Ending, Leaving};
use self::seqs::Seqs;
use self::survey::{Search, Surveying};
use super::command::{Command, Outbox, Tag};
use super::login::{broken, said_bye};
use super::response::{Capabilities, FolderName, Kind, Response, Status};
use super::scan::nonzero;
use super::set::Set;
use super::splitter::{Piece, Splitter};
use crate::proto::machine::{Error, Machine, Reason, Step};

/// What the session tells its driver.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// The survey is done.
    Surveyed(Found),
    /// The folder cannot be surveyed; the session goes on.
    NotSurveyed(Error),
    /// A message begins.
    Begin {
        /// Which.
        uid: u32,
        /// Octets to come.
        size: u64,
    },
    /// Its next octets.
    Chunk(Bytes),
    /// It is whole, and its UID has been confirmed.
    End {
        /// Which.
        uid: u32,
    },
    /// The server did not give this message: it is gone (no words), or cannot be read.
    Refused {
        /// Which.
        uid: u32,
        /// The server's words, raw.
        reply: Vec<u8>,
    },
    /// These were marked, or not.
    Marked {
        /// Which.
        uids: Vec<u32>,
        /// How.
        mark: Mark,
        /// Whether the server agreed.
        done: bool,
    },
    /// The folder is finished; these are gone for good.
    Left(Vec<u32>),
    /// The folders of the mailbox, or why they are not told.
    Folders(Result<Vec<FolderName>, Error>),
    /// Nothing is outstanding.
    Idle,
}

/// How messages are marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `\Deleted \Seen`
    Deleted,
    /// `\Seen`
    Seen,
}

/// What a survey has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Messages in the folder.
    pub total: u32,
    /// UIDVALIDITY; without one, or if the server says so, UIDs name nothing in another session.
    pub uid_validity: Option<u32>,
    /// Nothing can be marked or deleted.
    pub is_read_only: bool,
    /// The candidates by rising UID.
    pub listed: Vec<Item>,
}

/// One candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// UID.
    pub uid: u32,
    /// Where it stood when it was listed, from 1: for people only, others may shift it.
    pub seq: u32,
    /// Announced size: advice only.
    pub size: Option<u64>,
    /// `\Seen`
    pub is_seen: bool,
    /// `\Deleted`
    pub is_deleted: bool,
}

/// The machine. Made by [`super::Login::into_session`].
pub struct Session {
    splitter: Splitter,
    outbox: Outbox,
    tag: Tag,
    capabilities: Option<Capabilities>,
    /// SEARCHRES is believed where it is listed.
    keeps_results: bool,
    waiting: VecDeque<(Tag, Expect)>,
    events: VecDeque<Event>,
    bye: Option<Status>,
    ending: Ending,
    surveying: Option<Surveying>,
    leaving: Option<Leaving>,
    current: Option<Current>,
    is_draining: bool,
    /// What is fetched are headers, not whole messages.
    wants_headers: bool,
    folders: Vec<FolderName>,
    folder: Folder,
}

/// The selected folder.
#[derive(Debug, Default)]
struct Folder {
    total: u32,
    uid_validity: Option<u32>,
    is_read_only: bool,
    /// UIDs mean nothing in another session (`UIDNOTSTICKY`, RFC 4315 section 3).
    is_fleeting: bool,
    seqs: Seqs,
    /// What we have marked and the server has agreed to.
    deleted: Set,
}

/// Most folders told of; the rest is passed over.
const FOLDERS_MAX: usize = 10_000;

/// What the answer to a command means.
#[derive(Debug)]
enum Expect {
    Capability,
    Select,
    Search(Search),
    List,
    Folders,
    Bodies(Bodies),
    Store(Set, Mark),
    SearchDeleted,
    Expunge(Set),
    Logout,
}

impl Session {
    pub(super) fn new(splitter: Splitter, tag: Tag, capabilities: Option<Capabilities>) -> Self {
        Self {
            splitter,
            outbox: Outbox::default(),
            tag,
            capabilities,
            keeps_results: true,
            waiting: VecDeque::new(),
            events: VecDeque::new(),
            bye: None,
            ending: Ending::No,
            surveying: None,
            leaving: None,
            current: None,
            is_draining: false,
            wants_headers: false,
            folders: Vec::new(),
            folder: Folder::default(),
        }
    }

    /// It can tell of new mail as it comes (RFC 2177); known once a folder was surveyed.
    pub fn can_idle(&self) -> bool {
        self.has("IDLE")
    }

    /// Asks for the folders; [`Event::Folders`] follows. Only when nothing is outstanding.
    pub fn list_folders(&mut self) {
        self.folders = Vec::new();
        self.send("LIST \"\" \"*\"", Expect::Folders);
    }

    /// Queues marking these messages; [`Event::Marked`] follows, perhaps in several parts.
    pub fn mark(&mut self, uids: &[u32], mark: Mark) {
        if self.folder.is_read_only {
            let uids = uids.to_vec();
            let done = false;
            self.events.push_back(Event::Marked { uids, mark, done });
            return;
        }
        let flags = match mark {
            Mark::Deleted => "\\Deleted \\Seen",
            Mark::Seen => "\\Seen",
        };
        for (text, set) in uids.iter().copied().collect::<Set>().texts() {
            let command = format!("UID STORE {text} +FLAGS.SILENT ({flags})");
            self.send(&command, Expect::Store(set, mark));
        }
    }

    fn has(&self, capability: &str) -> bool {
        self.capabilities
            .as_ref()
            .is_some_and(|list| list.has(capability))
    }

    fn send(&mut self, command: &str, expect: Expect) {
        self.send_with(|tag| Command::new(format!("{tag} {command}")), expect);
    }

    fn send_with(&mut self, make: impl FnOnce(Tag) -> Command, expect: Expect) {
        let tag = self.tag.advance();
        self.outbox.push(tag, make(tag).parts(None));
        self.waiting.push_back((tag, expect));
    }

    fn piece(&mut self, piece: Piece) -> Result<(), Error> {
        match piece {
            Piece::Response(line) => self.response(&line)?,
            Piece::Hits(numbers) => self.hits(&numbers),
            Piece::Body { head, size } => self.body(&head, size)?,
            Piece::Chunk(chunk) if !self.is_draining => {
                self.events.push_back(Event::Chunk(chunk));
            }
            Piece::Chunk(_) | Piece::Input => {}
        }
        Ok(())
    }

    fn response(&mut self, line: &Bytes) -> Result<(), Error> {
        let response = Response::scan(line);
        if self.current.is_some() && !matches!(response, Response::Fetch(_)) {
            return Err(broken("the end of a message", line));
        }
        match response {
            Response::Tagged { tag, status } => return self.tagged(&tag, &status, line),
            Response::Untagged(status) => return self.untagged(status),
            Response::Fetch(fetch) => return self.fetched(fetch, line),
            Response::Continue(_) => {
                self.outbox.go_on();
            }
            Response::Capability(list) => self.capabilities = Some(list),
            Response::Exists(Some(total)) => self.folder.total = total,
            Response::Exists(None) => return Err(broken("the number of messages", line)),
            Response::Expunge(seq) => {
                self.folder.total = self.folder.total.saturating_sub(1);
                self.folder.seqs.expunge(seq);
            }
            Response::List(listed) => {
                let is_asked = self
                    .waiting
                    .iter()
                    .any(|(_, e)| matches!(e, Expect::Folders));
                if is_asked && self.folders.len() < FOLDERS_MAX {
                    self.folders.push(listed);
                }
            }
            Response::Unknown => {}
        }
        Ok(())
    }

    fn untagged(&mut self, status: Status) -> Result<(), Error> {
        if status.kind == Kind::Bye {
            self.said_bye(status);
        } else if let Some(code) = &status.code {
            if let Some(list) = code.capabilities() {
                self.capabilities = Some(list);
            } else if code.is("READ-ONLY") {
                self.folder.is_read_only = true;
            } else if code.is("UIDNOTSTICKY") {
                self.folder.is_fleeting = true;
            } else if code.is("UIDVALIDITY") {
                let known = self
                    .folder
                    .uid_validity
                    .filter(|_| self.surveying.is_none());
                if known.is_some_and(|known| code.number() != Some(known)) {
                    return Err(broken("UIDVALIDITY has changed", &status.line));
                }
                self.folder.uid_validity = code.number();
            }
        }
        Ok(())
    }

    fn tagged(&mut self, tag: &[u8], status: &Status, line: &[u8]) -> Result<(), Error> {
        let found = self.waiting.iter().position(|(t, _)| t.matches(tag));
        let Some((tag, expect)) = found.and_then(|at| self.waiting.remove(at)) else {
            return Err(broken("an answer to no command", line));
        };
        self.outbox.ended(tag);
        match expect {
            // An old server may not know the command; then it offers nothing.
            Expect::Capability => {
                self.capabilities.get_or_insert_default();
            }
            Expect::Select => self.selected(status),
            Expect::Search(search) => self.searched(search, status),
            Expect::List => self.listed(status)?,
            Expect::Folders => {
                let folders = std::mem::take(&mut self.folders);
                let told = match status.kind {
                    Kind::Ok => Ok(folders),
                    _ => Err(super::login::refused(status, Reason::Refused)),
                };
                self.events.push_back(Event::Folders(told));
            }
            Expect::Bodies(bodies) => self.bodies_ended(bodies, status)?,
            Expect::Store(uids, mark) => self.stored(&uids, mark, status),
            Expect::SearchDeleted => self.deleted_found(status),
            Expect::Expunge(uids) => self.expunged(&uids, status),
            Expect::Logout => self.ending = Ending::Done,
        }
        Ok(())
    }

    fn stored(&mut self, uids: &Set, mark: Mark, status: &Status) {
        let done = status.kind == Kind::Ok;
        if done && mark == Mark::Deleted {
            for uid in uids.iter() {
                self.folder.deleted.insert(uid);
            }
        }
        let uids = uids.iter().collect();
        self.events.push_back(Event::Marked { uids, mark, done });
    }

    /// Numbers of a SEARCH response. Others may be mixed in (`(MODSEQ 12)`); they are no numbers.
    fn hits(&mut self, numbers: &[u8]) {
        let is_survey = |e: &Expect| matches!(e, Expect::Search(_));
        let hits = match (&mut self.surveying, &mut self.leaving) {
            (Some(surveying), _) if self.waiting.iter().any(|(_, e)| is_survey(e)) => {
                &mut surveying.hits
            }
            (_, Some(leaving)) => &mut leaving.hits,
            _ => return,
        };
        for word in numbers.split(|b| b.is_ascii_whitespace()) {
            if let Some(uid) = nonzero(word) {
                hits.insert(uid);
            }
        }
    }

    fn gone(&self) -> Error {
        match &self.bye {
            Some(status) => said_bye(status),
            None => Error::Closed,
        }
    }
}

impl Machine for Session {
    type Event = Event;

    fn inbox(&mut self) -> &mut BytesMut {
        &mut self.splitter.inbox
    }

    fn step(&mut self) -> Result<Step<Event>, Error> {
        loop {
            if let Some(outgoing) = self.outbox.pop() {
                return Ok(Step::Send(outgoing));
            }
            if let Some(event) = self.events.pop_front() {
                return Ok(Step::Event(event));
            }
            if self.ending == Ending::Done {
                return Ok(Step::Done);
            }
            match self.splitter.piece()? {
                // What came together with a BYE has been looked at; nothing more will come.
                Piece::Input if self.bye.is_some() => return Err(self.gone()),
                Piece::Input if self.waiting.is_empty() => return Ok(Step::Event(Event::Idle)),
                Piece::Input => return Ok(Step::Input),
                piece => self.piece(piece)?,
            }
        }
    }

    fn peer_closed(&mut self) -> Result<(), Error> {
        if self.only_logout_waits() && self.splitter.is_between() {
            self.ending = Ending::Done;
            return Ok(());
        }
        Err(self.gone())
    }
}

#[cfg(test)]
mod tests;
