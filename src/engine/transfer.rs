//! Feed and close of one folder side by side: requests run ahead, bodies stream into the sink,
//! and whatever the closer reports as remembered is disposed of while the next bodies come.

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use bytes::Bytes;
use tokio_util::sync::CancellationToken;

use super::api::{Cause, What, Why};
use super::board::Board;
use super::close::{Closed, Memo, Sink};
use super::meter::Meter;
use super::trouble::{Fault, of_server, of_sink, status};
use crate::base::text::{QUIET_MAX, quiet};
use crate::rc::Account;
use crate::retrieve::{Fetched, Maildrop};
use crate::store::Mailbox;
use crate::transit::{
    self, Collector, Disposition, Header, LineEnds, Listed, Outcome, Refusal, Rewritten, Stamp,
    Ticket,
};

/// Requests that run ahead of what has come: enough for a long line at 150 ms, few enough that
/// little is thrown away when the person stops.
const AHEAD: usize = 256;
/// The same in announced octets; a larger message is asked for alone.
const AHEAD_OCTETS: u64 = 4 << 20;
/// When no sink takes mail any more, what is still on its way is read and thrown away up to
/// this many octets, to be able to sign off; beyond it the connection is dropped.
const DRAIN_OCTETS: u64 = 1 << 20;

/// What a transfer brought.
#[derive(Debug, Default)]
pub struct Tally {
    /// Messages delivered, and their octets.
    pub delivered: u32,
    /// Octets of them as received.
    pub bytes: u64,
    /// Messages the sink did not take.
    pub not_taken: u32,
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
    /// Where progress is shown.
    pub board: &'a Board,
    /// Counts it.
    pub meter: &'a mut Meter,
    /// The person says stop.
    pub stop: &'a CancellationToken,
}

/// A message on its way in.
struct Current {
    number: u32,
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
        ends: LineEnds,
        about: Rewritten,
    },
    /// What comes is thrown away.
    Discard,
}

/// A message handed over whole, its outcome open.
struct Flying {
    number: u32,
    octets: u64,
    about: Rewritten,
}

struct Course<'a, 'b> {
    on: &'b mut Transfer<'a>,
    todo: VecDeque<Listed>,
    asked: HashMap<u32, Listed>,
    asked_octets: u64,
    current: Option<Current>,
    flying: HashMap<Ticket, Flying>,
    is_idle: bool,
    is_ending: bool,
    tally: Tally,
}

impl Transfer<'_> {
    /// Fetches `todo` and disposes of `gone` (delivered before, only to be deleted). Ends when
    /// everything is fetched, delivered, remembered and disposed of, or when it cannot go on.
    pub async fn run(&mut self, todo: Vec<Listed>, gone: &[u32]) -> Tally {
        self.maildrop.dispose(gone, Disposition::Delete);
        let mut course = Course {
            is_idle: gone.is_empty(),
            on: self,
            todo: todo.into(),
            asked: HashMap::new(),
            asked_octets: 0,
            current: None,
            flying: HashMap::new(),
            is_ending: false,
            tally: Tally::default(),
        };
        course.run().await;
        course.tally
    }
}

impl Course<'_, '_> {
    async fn run(&mut self) {
        while !self.is_over() {
            self.ask_ahead();
            tokio::select! {
                biased;
                () = self.on.stop.cancelled(), if !self.is_ending => {
                    self.end(Fault::passing(Cause::Stopped, status::OK)).await;
                }
                closed = self.on.sink.closed(), if !self.flying.is_empty() => {
                    self.close(closed).await;
                }
                item = self.on.maildrop.next(), if !self.is_idle && !self.tally.is_cut => match item {
                    Ok(item) => self.take(item).await,
                    Err(error) => {
                        let fault = of_server(error, self.on.account, self.on.port);
                        self.tally.is_cut = true;
                        self.end(fault).await;
                    }
                },
            }
        }
    }

    /// Everything is done, or ending and nothing is open that could still be remembered.
    fn is_over(&self) -> bool {
        let is_quiet = self.flying.is_empty() && self.current.is_none();
        match self.is_ending {
            true if self.tally.is_cut => is_quiet,
            true => is_quiet && self.asked.is_empty() && self.is_idle,
            false => is_quiet && self.todo.is_empty() && self.asked.is_empty() && self.is_idle,
        }
    }

    /// Keeps the window of requests full, in batches so that commands with sets stay few.
    fn ask_ahead(&mut self) {
        let is_low = self.asked.len() <= AHEAD / 2 && self.asked_octets <= AHEAD_OCTETS / 2;
        if self.is_ending || self.todo.is_empty() || !is_low {
            return;
        }
        let mut numbers = Vec::new();
        while let Some(next) = self.todo.front() {
            let octets = next.size.unwrap_or(0);
            let fits = self.asked.len() < AHEAD && self.asked_octets + octets <= AHEAD_OCTETS;
            if !(fits || self.asked.is_empty()) {
                break;
            }
            self.asked_octets += octets;
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

    async fn take(&mut self, item: Fetched) {
        match item {
            Fetched::Begin { number, .. } => self.begin(number),
            Fetched::Chunk(chunk) => self.chunk(chunk).await,
            Fetched::End { .. } => self.finish().await,
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
                if let Some(Current {
                    phase: Phase::Body { ticket, .. },
                    ..
                }) = self.current.take()
                {
                    self.on.sink.abort(ticket).await;
                }
            }
        }
    }

    fn begin(&mut self, number: u32) {
        let Some(listed) = self.asked.remove(&number) else {
            // Unasked for: read past it (threats.md A4).
            self.current = None;
            return;
        };
        self.asked_octets -= listed.size.unwrap_or(0).min(self.asked_octets);
        let memo = Memo {
            mailbox: self.on.mailbox.clone(),
            uid: listed.uid,
            deletes: !self.on.account.keep,
        };
        let phase = if self.is_ending {
            Phase::Discard
        } else {
            Phase::Head(Collector::default())
        };
        self.current = Some(Current {
            number,
            announced: listed.size,
            memo,
            octets: 0,
            phase,
        });
    }

    async fn chunk(&mut self, chunk: Bytes) {
        let Some(current) = &mut self.current else {
            return;
        };
        current.octets += chunk.len() as u64;
        let now = Instant::now();
        self.on.meter.received(chunk.len() as u64, now);
        let is_up = match &mut current.phase {
            Phase::Discard => true,
            Phase::Body { ends, .. } => self.on.sink.write(ends.apply(chunk)).await,
            Phase::Head(collector) => match collector.push(&chunk) {
                Some(header) => self.deliver(header).await,
                None => true,
            },
        };
        if !is_up {
            self.sink_is_gone().await;
        }
        let progress = self.on.meter.read(now);
        self.on
            .board
            .progress(&self.on.account.id, |a| a.progress = progress);
    }

    /// The header is complete: decides, and opens the delivery. `false` when the sink has ended.
    async fn deliver(&mut self, header: Header) -> bool {
        let Some(current) = &mut self.current else {
            return true;
        };
        let account = self.on.account;
        let about = transit::rewrite(&header, account, self.on.server);
        if about.is_malformed || (about.is_folder_data && current.number == 1) {
            current.phase = Phase::Discard;
            if about.is_malformed {
                let (number, octets) = (current.number, current.announced);
                self.left(number, octets, Why::BadHeader);
                self.tally.not_taken += 1;
            }
            return true;
        }
        let size = current.announced;
        let envelope = transit::envelope(&about, account, self.on.server, size);
        let received = self
            .on
            .stamp
            .as_ref()
            .zip(envelope.recipients.first())
            .map_or_else(Vec::new, |(stamp, recipient)| {
                stamp.line(recipient, &super::clock::rfc5322_now())
            });
        let Some(ticket) = self.on.sink.begin(envelope, current.memo.clone()).await else {
            return false;
        };
        let mut ends = LineEnds::new(account.strip_cr, account.force_cr);
        let head = [&about.before[..], &received, &about.after].concat();
        let head = ends.apply(Bytes::from(head));
        let rest = ends.apply(header.rest);
        let about = Rewritten {
            before: Vec::new(),
            after: Vec::new(),
            ..about
        };
        current.phase = Phase::Body {
            ticket,
            ends,
            about,
        };
        self.on.sink.write(head).await && self.on.sink.write(rest).await
    }

    async fn finish(&mut self) {
        if let Some(Current {
            phase: Phase::Head(collector),
            ..
        }) = &mut self.current
        {
            let header = std::mem::take(collector).finish();
            if !self.deliver(header).await {
                return self.sink_is_gone().await;
            }
        }
        let Some(current) = self.current.take() else {
            return;
        };
        let Phase::Body {
            ticket,
            ends,
            about,
        } = current.phase
        else {
            return;
        };
        let flying = Flying {
            number: current.number,
            octets: current.octets,
            about,
        };
        self.flying.insert(ticket, flying);
        let tail = ends.finish();
        if !(self.on.sink.write(tail).await && self.on.sink.finish(ticket).await) {
            self.flying.remove(&ticket);
            self.sink_is_gone().await;
        }
    }

    /// Outcomes, as many as are there, so that disposals leave in sets.
    async fn close(&mut self, first: Option<Closed>) {
        let mut delete = Vec::new();
        let mut mark = Vec::new();
        let mut next = first;
        if next.is_none() {
            // The sink ended without a word; what flew is not known to have arrived.
            self.flying.clear();
            self.sink_is_gone().await;
        }
        while let Some(closed) = next {
            match closed {
                Closed::Ended(ticket, outcome) => match self.ended(ticket, &outcome) {
                    Some((number, Disposition::Delete)) => delete.push(number),
                    Some((number, Disposition::MarkSeen)) => mark.push(number),
                    _ => {}
                },
                Closed::Down(error) => self.end(of_sink(error)).await,
                Closed::Unrecorded(error) => {
                    // Nothing that flies can be remembered, so nothing of it may be deleted.
                    self.flying.clear();
                    let cause = Cause::Record(error.to_string());
                    self.end(Fault::yours(cause, status::FILES)).await;
                }
            }
            next = self.on.sink.closed_now();
        }
        if !self.tally.is_cut && !(delete.is_empty() && mark.is_empty()) {
            self.on.maildrop.dispose(&delete, Disposition::Delete);
            self.on.maildrop.dispose(&mark, Disposition::MarkSeen);
            self.is_idle = false;
        }
    }

    fn ended(&mut self, ticket: Ticket, outcome: &Outcome) -> Option<(u32, Disposition)> {
        let flying = self.flying.remove(&ticket)?;
        let disposition = transit::dispose(outcome, self.on.account);
        match outcome {
            Outcome::Delivered => {
                self.tally.delivered += 1;
                self.tally.bytes += flying.octets;
                self.on.meter.delivered();
                self.say_delivered(&flying, disposition);
            }
            Outcome::Deferred(refusal) | Outcome::Refused(refusal) => {
                let why = Why::NotTaken {
                    code: refusal.code,
                    words: quiet(&refusal.words, QUIET_MAX),
                    permanent: matches!(outcome, Outcome::Refused(_)),
                };
                self.tally.not_taken += 1;
                self.tally.refusal = Some(refusal.clone());
                self.left(flying.number, Some(flying.octets), why);
            }
        }
        Some((flying.number, disposition))
    }

    fn say_delivered(&self, flying: &Flying, disposition: Disposition) {
        let progress = self.on.meter.read(Instant::now());
        let id = &self.on.account.id;
        self.on.board.progress(id, |a| {
            a.progress = progress;
            a.new += 1;
            a.totals.messages += 1;
            a.totals.bytes += flying.octets;
        });
        let what = What::Delivered {
            from: flying.about.from.clone(),
            subject: flying.about.subject.clone(),
            octets: flying.octets,
            number: (flying.number, self.on.total),
            deletes: disposition == Disposition::Delete,
        };
        self.on.board.log(Some(id), what);
    }

    fn withheld(&mut self, number: u32, reply: &[u8]) {
        let octets = self.asked.remove(&number).and_then(|listed| listed.size);
        self.asked_octets -= octets.unwrap_or(0).min(self.asked_octets);
        // Without a word it is simply gone: another client was quicker.
        if !reply.is_empty() {
            self.tally.withheld += 1;
            self.left(number, octets, Why::Withheld(quiet(reply, QUIET_MAX)));
        }
    }

    fn left(&self, number: u32, octets: Option<u64>, why: Why) {
        let what = What::Left {
            octets,
            number: (number, self.on.total),
            why,
        };
        self.on.board.log(Some(&self.on.account.id), what);
    }

    /// The sink has closed its end; its reports say why. They are read until it has told.
    async fn sink_is_gone(&mut self) {
        if let Some(current) = &mut self.current {
            current.phase = Phase::Discard;
        }
        while self.tally.fault.is_none() {
            match self.on.sink.closed().await {
                Some(Closed::Ended(ticket, outcome)) => {
                    if let Some((number, what)) = self.ended(ticket, &outcome)
                        && what != Disposition::Leave
                        && !self.tally.is_cut
                    {
                        self.on.maildrop.dispose(&[number], what);
                        self.is_idle = false;
                    }
                }
                Some(Closed::Down(error)) => Box::pin(self.end(of_sink(error))).await,
                Some(Closed::Unrecorded(error)) => {
                    let cause = Cause::Record(error.to_string());
                    Box::pin(self.end(Fault::yours(cause, status::FILES))).await;
                }
                None => {
                    let cause = Cause::Internal("the delivery ended without a reason".to_owned());
                    Box::pin(self.end(Fault::passing(cause, status::INTERNAL))).await;
                }
            }
        }
    }

    /// No more is fetched; what is half in is thrown away; what flies is waited for.
    async fn end(&mut self, fault: Fault) {
        let is_stop = fault.cause == Cause::Stopped;
        self.tally.fault.get_or_insert(fault);
        self.is_ending = true;
        self.todo.clear();
        if self.asked_octets > DRAIN_OCTETS || is_stop {
            self.tally.is_cut = true;
        }
        match &mut self.current {
            Some(Current {
                phase: Phase::Body { ticket, .. },
                ..
            }) => {
                self.on.sink.abort(*ticket).await;
                self.after_abort();
            }
            Some(_) => self.after_abort(),
            None => {}
        }
    }

    /// A half message makes its connection useless unless it is small enough to read to its end.
    fn after_abort(&mut self) {
        let open = self.current.as_ref().map_or(0, |c| {
            c.announced.unwrap_or(u64::MAX).saturating_sub(c.octets)
        });
        self.tally.is_cut |= open > DRAIN_OCTETS;
        match &mut self.current {
            Some(current) if !self.tally.is_cut => current.phase = Phase::Discard,
            _ => self.current = None,
        }
    }
}
