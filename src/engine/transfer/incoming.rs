//! The message that is coming in: gathered, rewritten, handed to the sink piece by piece.

use std::time::Instant;

use bytes::Bytes;

use super::{Course, Current, DRAIN_OCTETS, Flying, Phase};
use crate::engine::api::Why;
use crate::engine::close::Memo;
use crate::mail::Envelope;
use crate::transit::{self, Collector, Header, Passage, Rewritten};

impl Course<'_, '_> {
    pub(super) async fn begin(&mut self, number: u32) {
        // One that has not ended would be a driver's bug; it must not run into the next.
        self.abort().await;
        let Some(listed) = self.answered(number) else {
            // Unasked for: read past it (threats.md A4).
            return;
        };
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
            place: listed.place,
            announced: listed.size,
            memo,
            octets: 0,
            phase,
        });
    }

    pub(super) async fn chunk(&mut self, chunk: Bytes) {
        if self.is_ending {
            self.drain(chunk.len() as u64);
        }
        let Some(current) = &mut self.current else {
            return;
        };
        current.octets += chunk.len() as u64;
        let now = Instant::now();
        self.on.meter.received(chunk.len() as u64, now);
        let is_up = match &mut current.phase {
            Phase::Discard => true,
            Phase::Body { passage, .. } => self.on.sink.write(passage.apply(chunk)).await,
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

    /// Announced sizes may be lies or missing: what is read only to sign off has a bound of its own.
    fn drain(&mut self, octets: u64) {
        self.drained += octets;
        if self.drained > DRAIN_OCTETS {
            self.on.tally.is_cut = true;
            self.current = None;
        }
    }

    /// The header is complete: decides, and opens the delivery. `false` when the sink has ended.
    async fn deliver(&mut self, header: Header) -> bool {
        let Some(current) = &mut self.current else {
            return true;
        };
        let account = self.on.account;
        let mut about = transit::rewrite(&header, account, self.on.server);
        if about.is_malformed || (about.is_folder_data && current.number == 1) {
            current.phase = Phase::Discard;
            if about.is_malformed {
                let (place, octets) = (current.place, current.announced);
                self.left(place, octets, Why::BadHeader);
                self.on.tally.not_taken += 1;
            }
            return true;
        }
        let routing = self.on.route(&about).await;
        if let Some(aside) = self.on.aside(&routing, &header) {
            return self.put_aside(aside).await;
        }
        let Some(current) = &mut self.current else {
            return true;
        };
        let received = self.on.received(&routing);
        let warning = routing.warning_line();
        let size = current.announced;
        let last_resort = self.on.postmaster.to_vec();
        let envelope = Envelope {
            last_resort: Some(last_resort).filter(|name| !name.is_empty()),
            ..transit::envelope(&about, routing.recipients, account, self.on.server, size)
        };
        let Some(ticket) = self.on.sink.begin(envelope, current.memo.clone()).await else {
            return false;
        };
        if about.is_headerless() {
            about.before = self.on.made_up_header();
        }
        let mut passage = Passage::new(account, about.decoding.take());
        // Before the first `Received`; at the top if there is none.
        let head = match about.after.is_empty() {
            true => [&received[..], &about.before, &warning].concat(),
            false => [&about.before[..], &received, &about.after, &warning].concat(),
        };
        let head = passage.head(Bytes::from(head));
        let rest = passage.apply(header.rest);
        let about = Rewritten {
            before: Vec::new(),
            after: Vec::new(),
            clues: Vec::new(),
            ..about
        };
        current.phase = Phase::Body {
            ticket,
            passage,
            about,
        };
        self.on.sink.write(head).await && self.on.sink.write(rest).await
    }

    /// The message of this number has come whole.
    pub(super) async fn finish(&mut self, number: u32) {
        if self.current.as_ref().is_some_and(|c| c.number != number) {
            return self.abort().await;
        }
        if let Some(Current {
            phase: Phase::Head(collector),
            ..
        }) = &mut self.current
        {
            // What ends in its header gets the empty line that ends one.
            let header = Header {
                rest: Bytes::from_static(b"\r\n"),
                ..std::mem::take(collector).finish()
            };
            if !self.deliver(header).await {
                self.current = None;
                return self.sink_is_gone().await;
            }
        }
        let Some(current) = self.current.take() else {
            return;
        };
        let Phase::Body {
            ticket,
            passage,
            about,
        } = current.phase
        else {
            return;
        };
        let tail = passage.finish();
        if !(self.on.sink.write(tail).await && self.on.sink.finish(ticket).await) {
            return self.sink_is_gone().await;
        }
        // Only now: whoever stops the poll before must not wait for an outcome that never comes.
        let flying = Flying {
            number: current.number,
            place: current.place,
            octets: current.octets,
            about,
        };
        self.flying.insert(ticket, flying);
    }

    /// The current message will not become whole.
    pub(super) async fn abort(&mut self) {
        if let Some(Current {
            phase: Phase::Body { ticket, .. },
            ..
        }) = self.current.take()
        {
            self.on.sink.abort(ticket).await;
        }
    }
}
