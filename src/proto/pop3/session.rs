//! The open maildrop: a queue of commands, as many of them under way as the server can take, and
//! their answers in order (RFC 1939 section 5; RFC 2449 section 6.6 for more than one).

mod command;

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use memchr::memchr;

use command::Command;

use super::body::{Body, Piece};
use super::listing::Listing;
use super::reply::{Reply, Stage, broken, refused};
use super::{SignedIn, Survey};
use crate::proto::{Error, Machine, Outgoing, Step, quirks};

/// The machine of an open maildrop.
pub struct Session {
    inbox: BytesMut,
    /// Not sent yet.
    waiting: VecDeque<Command>,
    /// Sent; their answers are due in this order.
    asked: VecDeque<Command>,
    /// The multi-line answer that is coming.
    reading: Reading,
    survey: Survey,
    /// Answers to DELE that make one event together.
    deleted: Option<(bool, Vec<u32>)>,
    /// An event that lets the next command go first.
    held: Option<Event>,
    /// Most commands under way.
    width: usize,
    can_top: bool,
    is_over: bool,
}

/// What the session tells.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// Everything the survey asked for has been answered.
    Surveyed(Survey),
    /// A message begins.
    Begin(u32),
    /// Its next octets.
    Chunk(Bytes),
    /// Its terminator was seen.
    End(u32),
    /// The server does not give this message.
    Refused {
        /// Message number.
        number: u32,
        /// The status line.
        reply: Bytes,
    },
    /// Answers to DELE.
    Deleted {
        /// Message numbers.
        numbers: Vec<u32>,
        /// `+OK`
        done: bool,
    },
    /// The answer to QUIT: with `+OK` what was marked is gone.
    Quit {
        /// `+OK`
        done: bool,
    },
}

enum Reading {
    Nothing,
    Uids(Listing),
    Sizes(Listing),
    Message(u32, Body),
}

/// What came of looking at the inbox once.
enum Seen {
    Event(Event),
    /// Something that tells nobody anything; look again.
    More,
    /// Nothing to see before there is more input.
    Little,
}

impl Session {
    /// Goes on where the log-in ended.
    pub fn new(signed_in: SignedIn) -> Self {
        let capabilities = &signed_in.capabilities;
        let cuts = quirks::wants_retr(&signed_in.greeting);
        let mut session = Self {
            inbox: signed_in.inbox,
            waiting: VecDeque::new(),
            asked: VecDeque::new(),
            reading: Reading::Nothing,
            survey: Survey::default(),
            deleted: None,
            held: None,
            width: if capabilities.pipelining { WIDTH } else { 1 },
            can_top: !cuts && (capabilities.top || capabilities.is_silent),
            is_over: false,
        };
        if signed_in.is_survey_asked {
            session
                .asked
                .extend([Command::Stat, Command::Uidl, Command::List]);
        }
        session
    }

    /// Whether no answer is due and nothing waits: the next step would wait for ever.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty()
            && self.asked.is_empty()
            && matches!(self.reading, Reading::Nothing)
            && self.deleted.is_none()
            && self.held.is_none()
    }

    /// Queues STAT, UIDL if names are wanted, and LIST. A survey that left with the log-in serves
    /// for the first.
    pub fn survey(&mut self, wants_uids: bool) {
        if self.asked.contains(&Command::List) {
            return;
        }
        self.waiting.push_back(Command::Stat);
        if wants_uids {
            self.waiting.push_back(Command::Uidl);
        }
        self.waiting.push_back(Command::List);
    }

    /// Queues the fetching of a message; by TOP, if that can be trusted to give all of it.
    pub fn fetch(&mut self, number: u32, by_top: bool) {
        self.waiting.push_back(if by_top && self.can_top {
            Command::Top(number)
        } else {
            let after_top = false;
            Command::Retr { number, after_top }
        });
    }

    /// Queues the fetching of a header. Refused by a server without TOP: the whole message is
    /// not asked for in its place, which would count as read.
    pub fn head(&mut self, number: u32) {
        self.waiting.push_back(Command::Head(number));
    }

    /// Queues the marking of a message for deletion.
    pub fn delete(&mut self, number: u32) {
        self.waiting.push_back(Command::Dele(number));
    }

    /// Queues the end, which also makes deletions real.
    pub fn quit(&mut self) {
        self.waiting.push_back(Command::Quit);
    }

    /// What may leave now, in one piece.
    fn sendable(&mut self) -> Result<Option<Outgoing>, Error> {
        let mut bytes = Vec::new();
        while self.asked.len() < self.width && self.can_send() {
            let Some(command) = self.waiting.pop_front() else {
                break;
            };
            if self.asked.is_empty() {
                self.check_quiet()?;
            }
            command.write(&mut bytes);
            self.asked.push_back(command);
        }
        Ok((!bytes.is_empty()).then(|| Outgoing::plain(bytes)))
    }

    /// When no answer is due, nothing may lie in the inbox: it would be taken for the answer to
    /// the next command (Q34).
    fn check_quiet(&self) -> Result<(), Error> {
        match self.reading {
            Reading::Nothing if !self.inbox.is_empty() => {
                Err(broken("data that nobody asked for", &self.inbox))
            }
            _ => Ok(()),
        }
    }

    /// Without pipelining a command waits for the last line of the answer before it.
    fn can_send(&self) -> bool {
        self.width > 1 || matches!(self.reading, Reading::Nothing)
    }

    fn look(&mut self) -> Result<Seen, Error> {
        if let Some((done, numbers)) = self.deleted.take_if(|_| {
            let has_line = memchr(b'\n', &self.inbox).is_some();
            !(has_line && matches!(self.asked.front(), Some(Command::Dele(_))))
        }) {
            return Ok(Seen::Event(Event::Deleted { numbers, done }));
        }
        match &mut self.reading {
            Reading::Nothing => self.status(),
            Reading::Message(number, body) => {
                let number = *number;
                Ok(match body.next(&mut self.inbox) {
                    Piece::Chunk(chunk) => Seen::Event(Event::Chunk(chunk)),
                    Piece::Partial => Seen::Little,
                    Piece::End => {
                        self.reading = Reading::Nothing;
                        Seen::Event(Event::End(number))
                    }
                })
            }
            Reading::Uids(listing) => {
                let survey = &mut self.survey;
                if !listing.read(&mut self.inbox, |line| survey.note_uid(line))? {
                    return Ok(Seen::Little);
                }
                self.reading = Reading::Nothing;
                Ok(Seen::More)
            }
            Reading::Sizes(listing) => {
                let survey = &mut self.survey;
                if !listing.read(&mut self.inbox, |line| survey.note_size(line))? {
                    return Ok(Seen::Little);
                }
                self.reading = Reading::Nothing;
                Ok(self.surveyed())
            }
        }
    }

    /// Looks for a status line and gives it to the command it answers.
    fn status(&mut self) -> Result<Seen, Error> {
        if self.asked.is_empty() {
            self.check_quiet()?;
            return Ok(Seen::Little);
        }
        let Some(reply) = Reply::take(&mut self.inbox)? else {
            return Ok(Seen::Little);
        };
        match (self.asked.pop_front(), reply) {
            (Some(command), Reply::Ok(line)) => self.agreed(command, &line),
            (Some(command), Reply::Err(line)) => self.refused(command, line),
            (_, Reply::Ok(line) | Reply::Err(line) | Reply::Continue(line)) => {
                Err(broken("an answer out of place", &line))
            }
        }
    }

    fn agreed(&mut self, command: Command, line: &[u8]) -> Result<Seen, Error> {
        match command {
            Command::Stat => {
                self.survey = Survey::new(line)?;
                return Ok(self.skip_empty());
            }
            Command::Uidl => {
                self.survey.begin_uids();
                self.reading = Reading::Uids(Listing::of_messages());
            }
            Command::List => {
                self.survey.begin_sizes();
                self.reading = Reading::Sizes(Listing::of_messages());
            }
            Command::Top(number) | Command::Head(number) => return Ok(self.begin(number)),
            Command::Retr { number, after_top } => {
                // TOP was refused and RETR was not: this server has no TOP.
                self.can_top &= !after_top;
                return Ok(self.begin(number));
            }
            Command::Dele(number) => return Ok(self.deleted(number, true)),
            Command::Quit => {
                self.is_over = true;
                return Ok(Seen::Event(Event::Quit { done: true }));
            }
        }
        Ok(Seen::More)
    }

    fn refused(&mut self, command: Command, line: Bytes) -> Result<Seen, Error> {
        match command {
            Command::Stat => return Err(refused(Stage::Session, &line)),
            Command::Uidl => {}
            Command::List => return Ok(self.surveyed()),
            Command::Top(number) => {
                let after_top = true;
                self.waiting.push_front(Command::Retr { number, after_top });
            }
            Command::Retr { number, .. } | Command::Head(number) => {
                return Ok(Seen::Event(Event::Refused {
                    number,
                    reply: line,
                }));
            }
            Command::Dele(number) => return Ok(self.deleted(number, false)),
            Command::Quit => {
                self.is_over = true;
                return Ok(Seen::Event(Event::Quit { done: false }));
            }
        }
        Ok(Seen::More)
    }

    /// An empty mailbox needs no lists, if they were not asked for already: two round trips less
    /// where nothing is pipelined.
    fn skip_empty(&mut self) -> Seen {
        let lists = self
            .waiting
            .iter()
            .take_while(|c| matches!(c, Command::Uidl | Command::List));
        let lists = lists.count();
        if self.survey.total > 0 || !self.asked.is_empty() || lists == 0 {
            return Seen::More;
        }
        self.waiting.drain(..lists);
        self.survey.begin_uids();
        self.survey.begin_sizes();
        self.surveyed()
    }

    fn surveyed(&mut self) -> Seen {
        let mut survey = std::mem::take(&mut self.survey);
        survey.settle();
        Seen::Event(Event::Surveyed(survey))
    }

    fn begin(&mut self, number: u32) -> Seen {
        self.reading = Reading::Message(number, Body::new());
        Seen::Event(Event::Begin(number))
    }

    fn deleted(&mut self, number: u32, done: bool) -> Seen {
        match &mut self.deleted {
            Some((same, numbers)) if *same == done => {
                numbers.push(number);
                Seen::More
            }
            slot => match slot.replace((done, vec![number])) {
                Some((done, numbers)) => Seen::Event(Event::Deleted { numbers, done }),
                None => Seen::More,
            },
        }
    }
}

impl Machine for Session {
    type Event = Event;

    fn inbox(&mut self) -> &mut BytesMut {
        &mut self.inbox
    }

    /// Commands leave before the event that made room for them: whoever handles it may be busy
    /// for a while, and the line should not be idle meanwhile.
    fn step(&mut self) -> Result<Step<Event>, Error> {
        loop {
            if let Some(outgoing) = self.sendable()? {
                return Ok(Step::Send(outgoing));
            }
            if let Some(event) = self.held.take() {
                return Ok(Step::Event(event));
            }
            if self.is_over {
                return Ok(Step::Done);
            }
            match self.look()? {
                Seen::Event(event) => self.held = Some(event),
                Seen::More => {}
                Seen::Little => return Ok(Step::Input),
            }
        }
    }
}

/// Most commands under way where the server pipelines: enough for any line, and it bounds what
/// lies in the server's buffers.
const WIDTH: usize = 1_024;
