//! The message that is coming in: gathered, rewritten, handed to the sink piece by piece.

use std::time::Instant;

use bytes::Bytes;

use super::outcome::Disposals;
use super::{Course, Current, DRAIN_OCTETS, Flying, Letter, Phase};
use crate::engine::api::Why;
use crate::engine::close::Memo;
use crate::mail::Envelope;
use crate::store::Sent;
use crate::transit::route::reason::Routing;
use crate::transit::{
    self, Collector, Header, Outcome, Passage, Refusal, Rewritten, bounce, twins,
};

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
            // IMAP has UIDVALIDITY for that.
            size: listed.size.filter(|_| self.on.mailbox.folder.is_none()),
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
        let about = transit::rewrite(&header, self.on.account, self.on.server);
        if about.is_folder_data && current.number == 1 {
            current.phase = Phase::Discard;
            return true;
        }
        let refusal = match () {
            () if about.is_malformed => Some(Why::BadHeader),
            () if about.is_looping() => Some(Why::Loop),
            () => None,
        };
        if let Some(why) = refusal {
            self.refuse(&about, &header, why).await;
            return true;
        }
        let uid = current.memo.uid.clone();
        let mut routing = self.on.route(&about).await;
        let likeness = self.on.likeness(&routing, &header, uid.as_ref());
        let aside = self.on.aside(&mut routing, likeness.as_ref(), uid.as_ref());
        if let Some(aside) = aside {
            if let Some(letter) = self.unsent(&about, &header) {
                self.put_aside(aside, letter).await;
            }
            return true;
        }
        let copy = twins::copy(uid.as_ref());
        let likeness = likeness.map_or_else(Vec::new, |likeness| {
            let sent = |name: &Vec<u8>| Sent {
                message: likeness.to(name),
                copy,
            };
            routing.recipients.iter().map(sent).collect()
        });
        self.open(about, header, routing, likeness).await
    }

    /// Opens the delivery with the header. `false` when the sink has ended.
    async fn open(
        &mut self,
        mut about: Rewritten,
        header: Header,
        routing: Routing,
        likeness: Vec<Sent>,
    ) -> bool {
        let Some(current) = &mut self.current else {
            return true;
        };
        let account = self.on.account;
        let received = self.on.received(&routing);
        let warning = routing.warning_line();
        let size = current.announced;
        let envelope = Envelope {
            last_resort: self.on.last_resort(current.memo.uid.as_ref()),
            ..transit::envelope(&about, routing.recipients, account, self.on.server, size)
        };
        self.on.begin_likeness(&likeness);
        let letter = Letter {
            likeness,
            ..Letter::new(current, &about, &envelope, &header)
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
        current.phase = Phase::Body {
            ticket,
            passage,
            letter: Box::new(letter),
        };
        self.on.sink.write(head).await && self.on.sink.write(rest).await
    }

    /// The message coming in, which is not offered to the sink: the rest of it is passed over.
    fn unsent(&mut self, about: &Rewritten, header: &Header) -> Option<Letter> {
        let current = self.current.as_mut()?;
        current.phase = Phase::Discard;
        let account = self.on.account;
        let envelope = transit::envelope(about, Vec::new(), account, self.on.server, None);
        Some(Letter {
            octets: current.announced.unwrap_or(0),
            recipients: vec![account.user.clone()],
            // What may be wrong with it is nothing to tell a stranger.
            may_answer: false,
            ..Letter::new(current, about, &envelope, header)
        })
    }

    /// Treats it as if the sink had refused it for good.
    async fn refuse(&mut self, about: &Rewritten, header: &Header, why: Why) {
        let Some(letter) = self.unsent(about, header) else {
            return;
        };
        let words = b"the message cannot be delivered as it is".to_vec();
        let outcome = Outcome::Refused(Refusal { code: 0, words });
        let mut disposals = Disposals::default();
        let sequel = self.sequel(&outcome, &letter);
        self.follow(letter, sequel, why, &mut disposals);
        self.carry_out(disposals).await;
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
            letter,
        } = current.phase
        else {
            return;
        };
        let tail = passage.finish();
        if !(self.on.sink.write(tail).await && self.on.sink.finish(ticket).await) {
            return self.sink_is_gone().await;
        }
        // Only now: whoever stops the poll before must not wait for an outcome that never comes.
        let letter = Letter {
            octets: current.octets,
            ..*letter
        };
        let flying = Flying {
            letter,
            report: None,
        };
        self.flying.insert(ticket, flying);
    }

    /// The current message will not become whole.
    pub(super) async fn abort(&mut self) {
        if let Some(Current {
            phase: Phase::Body { ticket, letter, .. },
            ..
        }) = self.current.take()
        {
            self.on.end_likeness(&letter.likeness, false);
            self.on.sink.abort(ticket).await;
        }
    }
}

impl Letter {
    /// Of a message whose header has come.
    fn new(current: &Current, about: &Rewritten, envelope: &Envelope, header: &Header) -> Self {
        Self {
            number: current.number,
            place: current.place,
            octets: 0,
            memo: current.memo.clone(),
            from: about.from.clone(),
            subject: about.subject.clone(),
            sender: envelope.sender.clone(),
            recipients: envelope.recipients.clone(),
            is_with_some: false,
            likeness: Vec::new(),
            may_answer: !about.is_automatic,
            header: bounce::excerpt(&header.lines).to_vec(),
        }
    }
}
