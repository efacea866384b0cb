//! Feed and close of one folder side by side: requests run ahead, bodies stream into the sink,
//! and whatever the closer reports as remembered is disposed of while the next bodies come.

mod incoming;
mod outcome;
mod recipients;
mod refused;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet, VecDeque};

use tokio_util::sync::CancellationToken;

use super::aliases::Asked;
use super::api::{Cause, Why};
use super::board::Board;
use super::close::{Memo, Sink};
use super::hold::Patience;
use super::meter::Meter;
use super::trouble::{Fault, of_server, status};
use crate::rc::{Account, Globals};
use crate::retrieve::{Fetched, Maildrop};
use crate::store::{Mailbox, Record, Sent, View};
use crate::transit::{Collector, Disposition, Listed, Passage, Refusal, Report, Stamp, Ticket};
use refused::Notice;

/// Requests that run ahead of what has come: enough for a long line at 150 ms, few enough that
/// little is thrown away when the person stops.
const AHEAD: usize = 256;
/// The same in announced octets; a larger message is asked for alone.
const AHEAD_OCTETS: u64 = 4 << 20;
/// When no sink takes mail any more, what is still on its way is read and thrown away up to
/// this many octets, to be able to sign off; beyond it the connection is dropped.
const DRAIN_OCTETS: u64 = 1 << 20;

/// What the transfers of a poll brought.
#[derive(Debug, Default)]
pub struct Tally {
    /// Messages delivered, and their octets.
    pub delivered: u32,
    /// Octets of them as received.
    pub bytes: u64,
    /// Messages the sink did not take, and that stay.
    pub not_taken: u32,
    /// Messages that were refused for good and let go.
    pub let_go: u32,
    /// Words of the last refusal.
    pub refusal: Option<Refusal>,
    /// Messages the server would not give.
    pub withheld: u32,
    /// The first thing that ends the poll.
    pub fault: Option<Fault>,
    /// The connection has answers on their way that nobody will read: it cannot be signed off.
    pub is_cut: bool,
}

/// What a transfer works with.
pub struct Transfer<'a> {
    /// Whose mail.
    pub account: &'a Account,
    /// Where it is.
    pub mailbox: Mailbox,
    /// Messages in the mailbox, for display.
    pub total: u32,
    /// The server side.
    pub maildrop: &'a mut Maildrop,
    /// Port of it, for sentences.
    pub port: u16,
    /// The local side.
    pub sink: &'a mut Sink,
    /// For the `Received:` line; `None` when `invisible`.
    pub stamp: Option<Stamp>,
    /// Name bare addresses are qualified with.
    pub server: &'a str,
    /// What holds for all accounts.
    pub globals: &'a Globals,
    /// Our own host name.
    pub own_name: &'a str,
    /// What the record says of the mailbox.
    pub view: View,
    /// When mail that was not taken is tried again.
    pub patience: Patience,
    /// What DNS says of hosts.
    pub asked: &'a mut Asked,
    /// Messages of this poll on their way to their recipients, where these were guessed.
    pub on_the_way: &'a mut HashSet<[u8; 12]>,
    /// Knows who had which message before.
    pub record: &'a Record,
    /// Where progress is shown.
    pub board: &'a Board,
    /// Counts it.
    pub meter: &'a mut Meter,
    /// Counted up as it happens, so that nothing is forgotten when the transfer is dropped. Without
    /// a fault, and not cut, at the start.
    pub tally: &'a mut Tally,
    /// The person says stop.
    pub stop: &'a CancellationToken,
}

/// A message on its way in.
struct Current {
    number: u32,
    /// Where it stands in the mailbox.
    place: u32,
    announced: Option<u64>,
    memo: Memo,
    octets: u64,
    phase: Phase,
}

enum Phase {
    /// The header is being gathered.
    Head(Collector),
    /// The body streams on under this ticket.
    Body {
        ticket: Ticket,
        passage: Passage,
        letter: Box<Letter>,
    },
    /// What comes is thrown away.
    Discard,
}

/// What is known of a message once its header is.
struct Letter {
    number: u32,
    /// Where it stood in the mailbox.
    place: u32,
    octets: u64,
    memo: Memo,
    from: String,
    subject: String,
    /// As in the envelope.
    sender: Vec<u8>,
    recipients: Vec<Vec<u8>>,
    /// Some of its recipients have it.
    is_with_some: bool,
    /// Names the message and each recipient, where these were guessed.
    likeness: Vec<Sent>,
    /// A person wrote it: the sender may be told of it.
    may_answer: bool,
    /// As much of its header as a report repeats.
    header: Vec<u8>,
}

/// A message handed over whole, its outcome open.
struct Flying {
    letter: Letter,
    /// It is this report on the message, not the message.
    report: Option<(Report, Why)>,
}

struct Course<'a, 'b> {
    on: &'b mut Transfer<'a>,
    todo: VecDeque<Listed>,
    asked: HashMap<u32, Listed>,
    asked_octets: u64,
    current: Option<Current>,
    flying: HashMap<Ticket, Flying>,
    notices: VecDeque<Notice>,
    /// Nothing is outstanding at the server.
    is_idle: bool,
    is_ending: bool,
    /// Octets thrown away since the end began.
    drained: u64,
}

impl Transfer<'_> {
    /// Fetches `todo` and disposes of `gone` (delivered before, only to be deleted). Ends when
    /// everything is fetched, delivered, remembered and disposed of, or when it cannot go on.
    pub async fn run(&mut self, todo: Vec<Listed>, gone: &[u32]) {
        self.maildrop.dispose(gone, Disposition::Delete);
        let mut course = Course {
            is_idle: gone.is_empty(),
            on: self,
            todo: todo.into(),
            asked: HashMap::new(),
            asked_octets: 0,
            current: None,
            flying: HashMap::new(),
            notices: VecDeque::new(),
            is_ending: false,
            drained: 0,
        };
        course.run().await;
    }
}

impl Course<'_, '_> {
    async fn run(&mut self) {
        let stop = self.on.stop;
        while !self.is_over() {
            self.ask_ahead();
            self.send_notices().await;
            tokio::select! {
                biased;
                () = stop.cancelled(), if !self.is_ending => self.stop(),
                closed = self.on.sink.closed(), if !self.flying.is_empty() => {
                    self.close(closed).await;
                }
                item = self.on.maildrop.next(), if self.reads() => match item {
                    // A sink that is behind must not keep the person's stop waiting.
                    Ok(item) => tokio::select! {
                        biased;
                        () = self.take(item) => {}
                        () = stop.cancelled() => self.stop(),
                    },
                    Err(error) => {
                        let fault = of_server(error, self.on.account, self.on.port);
                        self.on.tally.is_cut = true;
                        self.end(fault);
                    }
                },
            }
        }
    }

    /// Whether something is to come from the server that anybody still wants.
    fn reads(&self) -> bool {
        !self.is_idle && !self.on.tally.is_cut
    }

    /// Everything is done, or ending and nothing is open that could still be remembered.
    fn is_over(&self) -> bool {
        let is_quiet = self.flying.is_empty() && self.todo.is_empty() && self.notices.is_empty();
        is_quiet && !self.reads()
    }

    /// Keeps the window of requests full, in batches so that commands with sets stay few.
    fn ask_ahead(&mut self) {
        let is_low = self.asked.len() <= AHEAD / 2 && self.asked_octets <= AHEAD_OCTETS / 2;
        if self.is_ending || !is_low {
            return;
        }
        let mut numbers = Vec::new();
        while let Some(next) = self.todo.front() {
            // Announced sizes are whatever the server likes.
            let octets = self.asked_octets.saturating_add(next.size.unwrap_or(0));
            let fits = self.asked.len() < AHEAD && octets <= AHEAD_OCTETS;
            if !(fits || self.asked.is_empty()) {
                break;
            }
            self.asked_octets = octets;
            numbers.push(next.number);
            if let Some(next) = self.todo.pop_front() {
                self.asked.insert(next.number, next);
            }
        }
        if !numbers.is_empty() {
            self.on.maildrop.request(&numbers);
            self.is_idle = false;
        }
    }

    /// It was asked for and has come, or will not. What it was, if it was asked for.
    fn answered(&mut self, number: u32) -> Option<Listed> {
        let listed = self.asked.remove(&number)?;
        let octets = listed.size.unwrap_or(0);
        self.asked_octets = self.asked_octets.saturating_sub(octets);
        Some(listed)
    }

    async fn take(&mut self, item: Fetched) {
        match item {
            Fetched::Begin { number, .. } => self.begin(number).await,
            Fetched::Chunk(chunk) => self.chunk(chunk).await,
            Fetched::End { number } => self.finish(number).await,
            Fetched::Refused { number, reply } => self.withheld(number, &reply),
            Fetched::Disposed { done: true, .. } => {}
            Fetched::Disposed { numbers, .. } => {
                tracing::warn!(account = %self.on.account.id, ?numbers, "the server did not delete or mark");
            }
            Fetched::Idle => {
                self.is_idle = true;
                // Whatever was asked for and never came is not there (expunged meanwhile).
                self.asked.clear();
                self.asked_octets = 0;
                self.abort().await;
            }
        }
    }

    /// The sink is in the middle of a message.
    fn is_in_body(&self) -> bool {
        let phase = self.current.as_ref().map(|current| &current.phase);
        matches!(phase, Some(Phase::Body { .. }))
    }

    fn stop(&mut self) {
        // What is on its way is not waited for; without it there is time to sign off.
        self.on.tally.is_cut = !self.is_idle;
        self.end(Fault::passing(Cause::Stopped, status::OK));
    }

    /// No more is fetched; what is half in is thrown away with the feed's end of the sink; what
    /// flies is waited for.
    fn end(&mut self, fault: Fault) {
        self.on.tally.fault.get_or_insert(fault);
        self.is_ending = true;
        self.todo.clear();
        // What they are about stays on the server.
        self.notices.clear();
        self.on.sink.hang_up();
        let open = self.current.as_ref().map_or(0, |current| {
            let announced = current.announced.unwrap_or(u64::MAX);
            announced.saturating_sub(current.octets)
        });
        self.on.tally.is_cut |= open > DRAIN_OCTETS || self.asked_octets > DRAIN_OCTETS;
        match &mut self.current {
            // A half message makes its connection useless unless it is small enough to read.
            Some(current) if !self.on.tally.is_cut => current.phase = Phase::Discard,
            _ => self.current = None,
        }
    }
}
