//! Who gets the message that is coming in, and what becomes of one that nobody gets.

use sha2::{Digest, Sha256};

use super::outcome::Disposals;
use super::{Course, Letter, Transfer};
use crate::engine::api::{What, Why};
use crate::engine::clock;
use crate::mail::Uid;
use crate::transit::header::split_field;
use crate::transit::route::reason::Routing;
use crate::transit::stamp::{ForWhom, full_address};
use crate::transit::{Header, Refusal, Rewritten, Sequel};

/// Why a message is not delivered, though it could be.
pub(super) enum Aside {
    /// DNS must say whose it is: it waits.
    Waits,
    /// Nobody is meant, and `postmaster ""` holds.
    Nobody,
    /// The one before was the same.
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

    /// Whether it goes to nobody, and why. A server that puts one copy for each recipient into one
    /// mailbox makes copies with the same header, and each would go to all who are named there:
    /// the second and further of a row are left out, as fetchmail 6.4.37 does, unless the envelope
    /// tells for whom each is. Whoever has it from an earlier try is taken off the list.
    pub(super) fn aside(
        &mut self,
        routing: &mut Routing,
        header: &Header,
        uid: Option<&Uid>,
    ) -> Option<Aside> {
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
        if digest.is_some() && digest == last {
            return Some(Aside::Twice);
        }
        if routing.recipients.is_empty() {
            return Some(Aside::Nobody);
        }
        let served = uid.map_or_else(Vec::new, |uid| self.view.served(uid));
        routing.recipients.retain(|name| !served.contains(name));
        routing.recipients.is_empty().then_some(Aside::Served)
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
        disposals.remember(letter.memo.clone().delivered());
        disposals.dispose(&letter);
        if let Some(is_twice) = note {
            let what = What::Discarded { number, is_twice };
            self.on.board.log(Some(&self.on.account.id), what);
        }
        self.carry_out(disposals).await;
    }
}
