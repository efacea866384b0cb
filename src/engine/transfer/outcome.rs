//! What became of messages: outcomes that are remembered turn into disposals, counts and lines.

use std::time::Instant;

use super::refused::why;
use super::{Course, Flying, Letter};
use crate::base::text::{QUIET_MAX, quiet};
use crate::engine::api::{Cause, What, Why};
use crate::engine::close::Closed;
use crate::engine::trouble::{Fault, of_sink, status};
use crate::store::{self, Entry, Sent};
use crate::transit::{Disposition, Outcome, Sequel};

/// Messages by what is to happen to the server's copies, and what is to be remembered before.
#[derive(Default)]
pub(super) struct Disposals {
    delete: Vec<u32>,
    mark: Vec<u32>,
    pub(super) entries: Vec<Entry>,
}

impl Disposals {
    /// The server's copy goes, or is marked.
    pub(super) fn dispose(&mut self, letter: &Letter) {
        match letter.memo.deletes {
            true => self.delete.push(letter.number),
            false => self.mark.push(letter.number),
        }
    }

    /// It is settled, without having been delivered by the sink.
    pub(super) fn settle(&mut self, letter: &Letter) {
        self.entries.extend(letter.memo.clone().delivered());
        self.entries.extend(letter.memo.sized());
        self.dispose(letter);
    }
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
        self.carry_out(disposals).await;
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
        self.carry_out(disposals).await;
    }

    fn closed(&mut self, closed: Closed, disposals: &mut Disposals) {
        match closed {
            Closed::Ended(ticket, outcome) => {
                if let Some(Flying { letter, report }) = self.flying.remove(&ticket) {
                    if report.is_none() {
                        let (had, had_not) = letter.by_outcome(&outcome);
                        self.on.end_likeness(&had, true);
                        self.on.end_likeness(&had_not, false);
                    }
                    match report {
                        None => self.ended(letter, &outcome, disposals),
                        Some(report) => self.reported(letter, report, &outcome, disposals),
                    }
                }
            }
            Closed::Down(error) => self.end(of_sink(error)),
            Closed::Unrecorded(error) => {
                self.unrecorded(&error);
            }
        }
    }

    /// Nothing that flies can be remembered, so nothing of it may be deleted.
    pub(super) fn unrecorded(&mut self, error: &store::Error) {
        self.flying.clear();
        let cause = Cause::Record(error.to_string());
        self.end(Fault::yours(cause, status::FILES));
    }

    fn ended_silently(&mut self) {
        let cause = Cause::Internal("the delivery ended without a reason".to_owned());
        self.end(Fault::passing(cause, status::INTERNAL));
    }

    pub(super) async fn carry_out(&mut self, disposals: Disposals) {
        let Disposals {
            delete,
            mark,
            entries,
        } = disposals;
        if let Err(error) = self.on.sink.remember(entries).await {
            return self.unrecorded(&error);
        }
        if self.on.tally.is_cut || (delete.is_empty() && mark.is_empty()) {
            return;
        }
        self.on.maildrop.dispose(&delete, Disposition::Delete);
        self.on.maildrop.dispose(&mark, Disposition::MarkSeen);
        self.is_idle = false;
    }

    fn ended(&mut self, letter: Letter, outcome: &Outcome, disposals: &mut Disposals) {
        let sequel = self.sequel(outcome, &letter);
        let some_have_it = match outcome {
            Outcome::Delivered => true,
            Outcome::Partly(shares) => shares.put_off.is_empty(),
            Outcome::Deferred(_) | Outcome::Refused(_) => false,
        };
        if some_have_it {
            self.on.tally.delivered += 1;
            self.on.tally.bytes += letter.octets;
            self.on.meter.delivered();
            self.say_delivered(&letter, sequel == Sequel::Over);
        }
        match (outcome, sequel) {
            (Outcome::Delivered, _) => disposals.dispose(&letter),
            // Those it was refused for are passed over in silence, or told.
            (Outcome::Partly(_), Sequel::Over) => {
                disposals.settle(&letter);
            }
            (_, sequel) => {
                let why = match outcome {
                    Outcome::Deferred(refusal) => why(refusal, false),
                    Outcome::Refused(refusal) => why(refusal, true),
                    Outcome::Partly(shares) => {
                        match (shares.put_off.first(), shares.refused.first()) {
                            (Some((_, refusal)), _) => why(refusal, false),
                            (None, Some((_, refusal))) => why(refusal, true),
                            (None, None) => return,
                        }
                    }
                    Outcome::Delivered => return,
                };
                let letter = Letter {
                    is_with_some: some_have_it,
                    ..letter
                };
                self.follow(letter, sequel, why, disposals);
            }
        }
    }

    fn say_delivered(&self, letter: &Letter, is_over: bool) {
        let progress = self.on.meter.read(Instant::now());
        let id = &self.on.account.id;
        self.on.board.progress(id, |a| {
            a.progress = progress;
            a.new += 1;
            a.totals.messages += 1;
            a.totals.bytes += letter.octets;
        });
        let what = What::Delivered {
            from: letter.from.clone(),
            subject: letter.subject.clone(),
            octets: letter.octets,
            number: (letter.place, self.on.total),
            deletes: is_over && letter.memo.deletes,
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

impl Letter {
    /// Which recipients have it and which do not, as far as they are told apart.
    fn by_outcome(&self, outcome: &Outcome) -> (Vec<Sent>, Vec<Sent>) {
        let has = |name: &Vec<u8>| match outcome {
            Outcome::Delivered => true,
            Outcome::Partly(shares) => shares.served.contains(name),
            Outcome::Deferred(_) | Outcome::Refused(_) => false,
        };
        let all = self.recipients.iter().zip(&self.likeness);
        let (had, had_not): (Vec<_>, Vec<_>) = all.partition(|(name, _)| has(name));
        let sent = |list: Vec<(&Vec<u8>, &Sent)>| list.into_iter().map(|(_, s)| *s).collect();
        (sent(had), sent(had_not))
    }
}
