//! What became of messages: outcomes that are remembered turn into disposals, counts and lines.

use std::time::Instant;

use super::{Course, Flying};
use crate::base::text::{QUIET_MAX, quiet};
use crate::engine::api::{Cause, What, Why};
use crate::engine::close::Closed;
use crate::engine::trouble::{Fault, of_sink, status};
use crate::transit::{self, Disposition, Outcome, Ticket};

/// Messages by what is to happen to the server's copies.
#[derive(Default)]
struct Disposals {
    delete: Vec<u32>,
    mark: Vec<u32>,
}

impl Course<'_, '_> {
    /// Outcomes, as many as are there, so that disposals leave in sets. `None`: the sink has ended
    /// and everything was said.
    pub(super) async fn close(&mut self, first: Option<Closed>) {
        let mut disposals = Disposals::default();
        let mut next = first;
        if next.is_none() {
            // It ended without a word; what flew is not known to have arrived.
            self.flying.clear();
            self.ended_silently();
        }
        while let Some(closed) = next {
            self.closed(closed, &mut disposals);
            next = self.on.sink.closed_now();
        }
        self.dispose(&disposals);
    }

    /// The sink has closed its end; its reports say why. They are read until it has told.
    pub(super) async fn sink_is_gone(&mut self) {
        let mut disposals = Disposals::default();
        while !self.is_ending {
            match self.on.sink.closed().await {
                Some(closed) => self.closed(closed, &mut disposals),
                None => self.ended_silently(),
            }
        }
        self.dispose(&disposals);
    }

    fn closed(&mut self, closed: Closed, disposals: &mut Disposals) {
        match closed {
            Closed::Ended(ticket, outcome) => match self.ended(ticket, &outcome) {
                Some((number, Disposition::Delete)) => disposals.delete.push(number),
                Some((number, Disposition::MarkSeen)) => disposals.mark.push(number),
                Some((_, Disposition::Leave)) | None => {}
            },
            Closed::Down(error) => self.end(of_sink(error)),
            Closed::Unrecorded(error) => {
                // Nothing that flies can be remembered, so nothing of it may be deleted.
                self.flying.clear();
                let cause = Cause::Record(error.to_string());
                self.end(Fault::yours(cause, status::FILES));
            }
        }
    }

    fn ended_silently(&mut self) {
        let cause = Cause::Internal("the delivery ended without a reason".to_owned());
        self.end(Fault::passing(cause, status::INTERNAL));
    }

    fn dispose(&mut self, disposals: &Disposals) {
        let Disposals { delete, mark } = disposals;
        if self.on.tally.is_cut || (delete.is_empty() && mark.is_empty()) {
            return;
        }
        self.on.maildrop.dispose(delete, Disposition::Delete);
        self.on.maildrop.dispose(mark, Disposition::MarkSeen);
        self.is_idle = false;
    }

    fn ended(&mut self, ticket: Ticket, outcome: &Outcome) -> Option<(u32, Disposition)> {
        let flying = self.flying.remove(&ticket)?;
        let disposition = transit::dispose(outcome, self.on.account);
        let put_off = match outcome {
            Outcome::Delivered => None,
            Outcome::Deferred(refusal) | Outcome::Refused(refusal) => Some(refusal),
            Outcome::Partly(shares) => shares.put_off.first().map(|(_, refusal)| refusal),
        };
        match put_off {
            None => {
                self.on.tally.delivered += 1;
                self.on.tally.bytes += flying.octets;
                self.on.meter.delivered();
                self.say_delivered(&flying, disposition);
            }
            Some(refusal) => {
                let why = Why::NotTaken {
                    code: refusal.code,
                    words: quiet(&refusal.words, QUIET_MAX),
                    permanent: matches!(outcome, Outcome::Refused(_)),
                };
                self.on.tally.not_taken += 1;
                self.on.tally.refusal = Some(refusal.clone());
                self.left(flying.place, Some(flying.octets), why);
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
            number: (flying.place, self.on.total),
            deletes: disposition == Disposition::Delete,
        };
        self.on.board.log(Some(id), what);
    }

    /// The server would not give a message.
    pub(super) fn withheld(&mut self, number: u32, reply: &[u8]) {
        let listed = self.answered(number);
        let octets = listed.as_ref().and_then(|listed| listed.size);
        let place = listed.map_or(number, |listed| listed.place);
        // Without a word it is simply gone: another client was quicker.
        if !reply.is_empty() {
            self.on.tally.withheld += 1;
            self.left(place, octets, Why::Withheld(quiet(reply, QUIET_MAX)));
        }
    }

    pub(super) fn left(&self, place: u32, octets: Option<u64>, why: Why) {
        let what = What::Left {
            octets,
            number: (place, self.on.total),
            why,
        };
        self.on.board.log(Some(&self.on.account.id), what);
    }
}
