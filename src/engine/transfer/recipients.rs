//! Who gets the message that is coming in, and what becomes of one that nobody gets.

use super::outcome::Disposals;
use super::{Course, Letter, Transfer};
use crate::engine::api::{What, Why};
use crate::engine::clock;
use crate::engine::routing::may_come_twice;
use crate::mail::Uid;
use crate::store::{Known, Sent, user};
use crate::transit::route::reason::Routing;
use crate::transit::stamp::{ForWhom, full_address};
use crate::transit::twins::{self, Likeness};
use crate::transit::{Header, Refusal, Rewritten, Sequel, made_up};

/// Why a message is not delivered, though it could be.
pub(super) enum Aside {
    /// DNS must say whose it is: it waits.
    Waits,
    /// Nobody is meant, and `postmaster ""` holds.
    Nobody,
    /// All who are meant have, or are about to get, another copy of it.
    Twice,
    /// All who are meant have it from an earlier try.
    Served,
}

impl Transfer<'_> {
    /// Its recipients; DNS is asked where that is needed.
    pub(super) async fn route(&mut self, about: &Rewritten) -> Routing {
        self.asked.answers.forget_failures();
        self.asked
            .route(&about.clues, self.account, &self.globals.postmaster)
            .await
    }

    /// Whether it goes to nobody, and why. Whoever has it from an earlier try, or from another copy
    /// of it, is taken off the list.
    pub(super) fn aside(
        &self,
        routing: &mut Routing,
        likeness: Option<&Likeness>,
        uid: Option<&Uid>,
    ) -> Option<Aside> {
        if routing.is_deferred {
            return Some(Aside::Waits);
        }
        if routing.recipients.is_empty() {
            return Some(Aside::Nobody);
        }
        let served = uid.map_or_else(Vec::new, |uid| self.view.served(uid));
        routing.recipients.retain(|name| !served.contains(name));
        if routing.recipients.is_empty() {
            return Some(Aside::Served);
        }
        if let Some(likeness) = likeness {
            let copy = twins::copy(uid);
            routing.recipients.retain(|name| {
                let message = likeness.to(name);
                !self.has_come(&Sent { message, copy })
            });
        }
        routing.recipients.is_empty().then_some(Aside::Twice)
    }

    /// Who gets it if all others are refused: the postmaster, unless he has it from an earlier try.
    pub(super) fn last_resort(&self, uid: Option<&Uid>) -> Option<Vec<u8>> {
        let postmaster = &self.globals.postmaster;
        let has_it = uid.is_some_and(|uid| self.view.served(uid).contains(postmaster));
        (!postmaster.is_empty() && !has_it).then(|| postmaster.clone())
    }

    /// What tells a message from others, where copies of it may come: a server that puts one for each
    /// recipient into one mailbox, and an envelope that does not tell for whom each is.
    pub(super) fn likeness(
        &self,
        routing: &Routing,
        header: &Header,
        uid: Option<&Uid>,
    ) -> Option<Likeness> {
        let is_wanted_again = uid.is_some_and(|uid| self.view.known(uid) != Known::New);
        let may_come_twice = may_come_twice(self.account, routing) && !is_wanted_again;
        Likeness::of(header).filter(|_| may_come_twice)
    }

    /// Whether a recipient has the message, or is about to get it. Who cannot look counts as if it
    /// was not: a second copy is better than none.
    fn has_come(&self, sent: &Sent) -> bool {
        if self.on_the_way.contains(&sent.message) {
            return true;
        }
        let known = self.record.with_messages(|table| table.is_known(sent));
        known.unwrap_or_else(|error| {
            tracing::warn!(%error, "the table of messages");
            false
        })
    }

    /// They are on their way to their recipients.
    pub(super) fn begin_likeness(&mut self, sent: &[Sent]) {
        self.on_the_way.extend(sent.iter().map(|sent| sent.message));
    }

    /// Their recipients have them, or do not.
    pub(super) fn end_likeness(&mut self, sent: &[Sent], is_delivered: bool) {
        for sent in sent {
            self.on_the_way.remove(&sent.message);
        }
        if !is_delivered || sent.is_empty() {
            return;
        }
        let added = self
            .record
            .with_messages(|table| sent.iter().try_for_each(|sent| table.add(sent)));
        if let Err(error) = added {
            tracing::warn!(%error, "the table of messages");
        }
    }

    /// For a message that has none.
    pub(super) fn made_up_header(&self) -> Vec<u8> {
        let account = self.account;
        made_up(&account.user, self.server, &user::invoking(), self.own_name)
    }

    /// The `Received` line; empty with `invisible`.
    pub(super) fn received(&self, routing: &Routing) -> Vec<u8> {
        let Some(stamp) = &self.stamp else {
            return Vec::new();
        };
        let full = |recipient: &Vec<u8>| full_address(recipient, self.account);
        let address = routing.recipients.first().map(full).unwrap_or_default();
        let to = match routing.recipients.len() {
            1 if !self.account.is_multidrop() => ForWhom::Single(&address),
            1 => ForWhom::Found(&address),
            _ => ForWhom::Several,
        };
        stamp.line(to, &clock::rfc5322_now())
    }
}

impl Course<'_, '_> {
    /// The message coming in is not delivered. What nobody will ever get counts as delivered, and is
    /// remembered before it is disposed of. `true`: the sink has not ended.
    pub(super) async fn put_aside(&mut self, aside: Aside, letter: Letter) {
        let mut disposals = Disposals::default();
        let number = (letter.place, self.on.total);
        let note = match aside {
            Aside::Waits => {
                let refusal = Refusal {
                    code: 0,
                    words: Vec::new(),
                };
                let stays = Sequel::Stays {
                    refusal,
                    is_final: false,
                };
                self.follow(letter, stays, Why::NoDns, &mut disposals);
                return self.carry_out(disposals).await;
            }
            Aside::Served => None,
            Aside::Nobody => Some(false),
            Aside::Twice => Some(true),
        };
        disposals.settle(&letter);
        if let Some(is_twice) = note {
            let what = What::Discarded { number, is_twice };
            self.on.board.log(Some(&self.on.account.id), what);
        }
        self.carry_out(disposals).await;
    }
}
