//! The sink for a listener (`smtphost`): one connection kept for the poll, SMTP or LMTP.
//!
//! A message is taken from the feed as soon as the listener is ready for its body, so that no
//! more than one chunk of it is ever held here. Bounces are not made here: a refusal goes back in
//! the listener's words, recipient by recipient where they fared differently.

mod hunt;
mod listener;
mod names;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

use tracing::Instrument;

use super::{Error, Feed, Part, Settings};
use crate::mail::Envelope;
use crate::net::{self, Turn};
use crate::proto;
use crate::proto::smtp::{Event, Fate};
use crate::transit::{Outcome, Refusal, Ticket};

use hunt::{Hunt, Line};
use listener::dial;
use names::Names;

/// Starts the sink for a hunt list; an empty one means `localhost`.
pub(super) fn start(hosts: &[String], is_lmtp: bool, settings: Settings, feed: Feed) {
    let hunt = Hunt::new(hosts, is_lmtp, &settings, Box::new(dial));
    tokio::spawn(Sink::new(hunt, settings, feed).run().in_current_span());
}

struct Sink {
    feed: Feed,
    settings: Settings,
    hunt: Hunt,
    line: Option<Line>,
    in_hand: Option<InHand>,
    /// Finished, the answer to the dot still to come.
    unanswered: VecDeque<(Ticket, Names)>,
    /// Connections lost in the middle of work since the last message was taken.
    losses: u32,
    is_closing: bool,
}

/// The message being fed.
struct InHand {
    ticket: Ticket,
    names: Names,
    /// Known before the message is whole: the rest of it is passed over.
    outcome: Option<Outcome>,
}

/// What came next.
enum Next {
    Part(Option<Part>),
    Line(Result<Turn<Event>, net::Error>),
}

impl Sink {
    fn new(hunt: Hunt, settings: Settings, feed: Feed) -> Self {
        Self {
            feed,
            settings,
            hunt,
            line: None,
            in_hand: None,
            unanswered: VecDeque::new(),
            losses: 0,
            is_closing: false,
        }
    }

    async fn run(mut self) {
        while !(self.is_closing && self.line.is_none()) {
            let result = match self.next().await {
                Next::Part(Some(part)) => self.take(part).await,
                Next::Part(None) => {
                    self.close();
                    Ok(())
                }
                Next::Line(result) => self.moved(result),
            };
            if let Err(error) = result {
                let in_hand = self.in_hand.map(|message| message.ticket);
                let unanswered = self.unanswered.into_iter().map(|(ticket, _)| ticket);
                let left = unanswered.chain(in_hand).collect();
                return self.feed.give_up(left, error).await;
            }
        }
    }

    /// Waits for a part, if there is room for one, and for the listener. Parts come first, so that
    /// what belongs together leaves in one write.
    async fn next(&mut self) -> Next {
        let wants = self.wants_part();
        let limit = self.limit();
        let Some(line) = &mut self.line else {
            return Next::Part(self.feed.parts.recv().await);
        };
        line.conn.set_timeout(limit);
        tokio::select! {
            biased;
            part = self.feed.parts.recv(), if wants => Next::Part(part),
            turn = line.conn.turn(&mut line.session) => Next::Line(turn),
        }
    }

    fn wants_part(&self) -> bool {
        let Some(line) = &self.line else {
            return true;
        };
        let has_room = line.session.queued() + line.conn.unsent() < UNSENT;
        match &self.in_hand {
            _ if self.is_closing => false,
            Some(message) if message.outcome.is_some() => true,
            Some(_) => has_room && line.session.takes_body(),
            None => has_room && line.session.takes_message(),
        }
    }

    /// How long the listener may be silent now: never less than RFC 5321 wants, but for QUIT, whose
    /// answer nobody needs.
    fn limit(&self) -> Duration {
        match &self.line {
            Some(line) if self.is_busy() || line.session.takes_message() => {
                line.session.patience().max(self.settings.timeout)
            }
            _ => QUIT,
        }
    }

    /// Whether a message would be lost with the connection.
    fn is_busy(&self) -> bool {
        let is_open = |message: &InHand| message.outcome.is_none();
        !self.unanswered.is_empty() || self.in_hand.as_ref().is_some_and(is_open)
    }

    async fn take(&mut self, part: Part) -> Result<(), Error> {
        match part {
            Part::Begin { ticket, envelope } => return self.begin(ticket, envelope).await,
            Part::Chunk(bytes) => {
                if let (Some(line), true) = (&mut self.line, self.in_hand.is_some())
                    && line.session.takes_body()
                {
                    line.session.chunk(bytes);
                }
            }
            Part::Finish => self.finish(),
            Part::Abort => self.abort(),
        }
        Ok(())
    }

    async fn begin(&mut self, ticket: Ticket, envelope: Envelope) -> Result<(), Error> {
        self.in_hand = Some(InHand {
            ticket,
            names: Names::default(),
            outcome: None,
        });
        let mut line = match self.line.take() {
            Some(line) => line,
            None => self.connect().await?,
        };
        let (names, envelope) = Names::qualify(envelope, &self.settings, &line.listener);
        if let Some(message) = &mut self.in_hand {
            message.names = names;
        }
        line.messages += 1;
        line.session.begin(ticket.0, envelope);
        self.line = Some(line);
        Ok(())
    }

    fn finish(&mut self) {
        let Some(message) = self.in_hand.take() else {
            return;
        };
        match (message.outcome, &mut self.line) {
            (Some(outcome), _) => self.feed.settle(vec![(message.ticket, outcome)]),
            (None, line) => {
                self.unanswered.push_back((message.ticket, message.names));
                if let Some(line) = line {
                    line.session.finish();
                }
            }
        }
        if let (Some(line), Some(limit)) = (&mut self.line, self.settings.batch_limit)
            && limit > 0
            && line.messages >= limit
        {
            line.session.quit();
        }
    }

    /// Without its final dot the message does not exist for the listener; hanging up is the only
    /// way to leave a body. The body begins only when everything before it is answered, so nothing
    /// else is lost.
    fn abort(&mut self) {
        if let Some(InHand { outcome: None, .. }) = self.in_hand.take() {
            self.line = None;
        }
    }

    /// The feed has ended.
    fn close(&mut self) {
        self.abort();
        self.is_closing = true;
        if let Some(line) = &mut self.line {
            line.session.quit();
        }
    }

    fn moved(&mut self, result: Result<Turn<Event>, net::Error>) -> Result<(), Error> {
        match result {
            Ok(Turn::Moved | Turn::Event(Event::Go)) => Ok(()),
            Ok(Turn::Event(Event::Ended { id, fate })) => {
                self.ended(Ticket(id), fate);
                Ok(())
            }
            Ok(Turn::Done) => self.lost(&proto::Error::Closed.into()),
            Err(net::Error::TimedOut { .. }) if self.is_waiting_for_feed() => {
                // The server we fetch from is slow, which is not the listener's fault; an unused
                // connection is not kept for ever, though.
                if let (None, Some(line)) = (&self.in_hand, &mut self.line) {
                    line.session.quit();
                }
                Ok(())
            }
            Err(error) => self.lost(&error),
        }
    }

    fn is_waiting_for_feed(&self) -> bool {
        let is_quiet = |line: &Line| {
            line.conn.unsent() + line.session.queued() == 0 && !line.session.awaits_reply()
        };
        self.line.as_ref().is_some_and(is_quiet)
    }

    fn ended(&mut self, ticket: Ticket, fate: Fate) {
        if !matches!(fate, Fate::Temporary(_) | Fate::Permanent(_)) {
            self.losses = 0;
        }
        match &mut self.in_hand {
            Some(message) if message.ticket == ticket => {
                message.outcome = Some(std::mem::take(&mut message.names).outcome(fate));
            }
            _ => {
                let at = self.unanswered.iter().position(|(t, _)| *t == ticket);
                if let Some((_, names)) = at.and_then(|at| self.unanswered.remove(at)) {
                    self.feed.settle(vec![(ticket, names.outcome(fate))]);
                }
            }
        }
    }

    /// The connection is gone: what it carried is deferred. Later messages get a new one, unless
    /// this keeps happening.
    fn lost(&mut self, error: &net::Error) -> Result<(), Error> {
        let was_busy = self.is_busy();
        let peer = self.line.take().map(|line| line.listener.to_string());
        if !was_busy {
            tracing::debug!(%error, "the connection to the listener ended");
            return Ok(());
        }
        tracing::warn!(%error, "lost the listener");
        let deferred = Outcome::Deferred(Refusal {
            code: 0,
            words: error.to_string().into_bytes(),
        });
        if let Some(message) = &mut self.in_hand {
            message.outcome.get_or_insert(deferred.clone());
        }
        let lost = std::mem::take(&mut self.unanswered).into_iter();
        self.feed
            .settle(lost.map(|(ticket, _)| (ticket, deferred.clone())).collect());
        self.losses += 1;
        if self.losses < LOSSES {
            return Ok(());
        }
        Err(Error::Broken {
            peer: peer.unwrap_or_default(),
            what: error.to_string(),
        })
    }

    /// A session with the first listener that takes us. Nobody waits any more once the reports are
    /// not read.
    async fn connect(&mut self) -> Result<Line, Error> {
        let (hunt, reports) = (&self.hunt, &self.feed.reports);
        tokio::select! {
            line = hunt.connect() => line,
            () = reports.closed() => Err(Error::NoListener { tried: Vec::new() }),
        }
    }
}

/// Most messages taken by the listener and not yet on record: a batch of the journal.
pub(super) const UNRECORDED: usize = 64;

/// Octets that may wait for the socket before the feed has to.
const UNSENT: usize = 64 * 1024;

/// How long the answer to QUIT is waited for.
const QUIT: Duration = Duration::from_secs(10);

/// Connections that may be lost in a row, each with mail on its way, before the listener is given
/// up: one message that it chokes on must not stop the others (threats.md R7).
const LOSSES: u32 = 3;
