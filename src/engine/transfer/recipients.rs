//! Who gets the message that is coming in, and what becomes of one that nobody gets.

use sha2::{Digest, Sha256};

use super::{Course, Phase, Transfer};
use crate::engine::api::Cause;
use crate::engine::api::{What, Why};
use crate::engine::clock;
use crate::engine::trouble::{Fault, status};
use crate::store::user;
use crate::transit::header::split_field;
use crate::transit::route::reason::Routing;
use crate::transit::stamp::{ForWhom, full_address};
use crate::transit::{Disposition, Header, Rewritten, made_up};

/// Why a message is not delivered, though it could be.
pub(super) enum Aside {
    /// DNS must say whose it is: it waits.
    Waits,
    /// Nobody is meant, and `postmaster ""` holds.
    Nobody,
    /// The one before was the same.
    Twice,
}

impl Transfer<'_> {
    /// Its recipients; DNS is asked where that is needed.
    pub(super) async fn route(&mut self, about: &Rewritten) -> Routing {
        self.asked.answers.forget_failures();
        self.asked
            .route(&about.clues, self.account, self.postmaster)
            .await
    }

    /// Whether it goes to nobody, and why. A server that puts one copy for each recipient into one
    /// mailbox makes copies with the same header, and each would go to all who are named there:
    /// the second and further of a row are left out, as fetchmail 6.4.37 does, unless the envelope
    /// tells for whom each is.
    pub(super) fn aside(&mut self, routing: &Routing, header: &Header) -> Option<Aside> {
        if routing.is_deferred {
            return Some(Aside::Waits);
        }
        // Without a Message-ID two messages may well have the same header.
        let has_id = || {
            let mut fields = header.fields().filter_map(split_field);
            fields.any(|(name, _)| name.eq_ignore_ascii_case(b"Message-ID"))
        };
        let is_guessed = self.account.is_multidrop() && !routing.source.is_envelope() && has_id();
        let digest = is_guessed.then(|| Sha256::digest(&header.lines).into());
        let last = std::mem::replace(self.last_header, digest);
        match digest.is_some() && digest == last {
            true => Some(Aside::Twice),
            false => routing.recipients.is_empty().then_some(Aside::Nobody),
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
    pub(super) async fn put_aside(&mut self, aside: Aside) -> bool {
        let Some(current) = &mut self.current else {
            return true;
        };
        current.phase = Phase::Discard;
        let (number, place) = (current.number, current.place);
        let (octets, memo) = (current.announced, current.memo.clone());
        let note = match aside {
            Aside::Waits => {
                self.on.tally.not_taken += 1;
                self.left(place, octets, Why::NoDns);
                return true;
            }
            Aside::Nobody => What::Discarded {
                number: (place, self.on.total),
                is_twice: false,
            },
            Aside::Twice => What::Discarded {
                number: (place, self.on.total),
                is_twice: true,
            },
        };
        let disposition = match memo.deletes {
            true => Disposition::Delete,
            false => Disposition::MarkSeen,
        };
        if let Err(error) = self.on.sink.remember(memo).await {
            self.flying.clear();
            self.end(Fault::yours(
                Cause::Record(error.to_string()),
                status::FILES,
            ));
            return true;
        }
        self.on.board.log(Some(&self.on.account.id), note);
        self.on.maildrop.dispose(&[number], disposition);
        true
    }
}
