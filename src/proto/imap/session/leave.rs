//! The end of a folder and of the session. Only what we marked is expunged: by UID EXPUNGE
//! (RFC 4315), or by EXPUNGE when a search shows that nothing else would go with it. CLOSE is
//! never used.

use super::{Event, Expect, Session};
use crate::proto::imap::response::{Kind, Status};
use crate::proto::imap::set::{RANGES_MAX, Set};

/// How far LOGOUT is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    No,
    /// As soon as it is clear what to expunge.
    Wanted,
    Sent,
    Done,
}

/// A folder being left.
#[derive(Debug, Default)]
pub(super) struct Leaving {
    /// What a search for deleted messages has found.
    pub(super) hits: Set,
    gone: Vec<u32>,
}

impl Session {
    /// Expunges what was deleted; [`Event::Left`] follows. Only when nothing is outstanding.
    pub fn leave(&mut self) {
        let deleted = std::mem::take(&mut self.folder.deleted);
        self.leaving = Some(Leaving::default());
        if deleted.is_empty() {
            self.left();
        } else if self.has("UIDPLUS") {
            for (text, set) in deleted.texts() {
                self.send(&format!("UID EXPUNGE {text}"), Expect::Expunge(set));
            }
        } else {
            self.folder.deleted = deleted;
            self.send("UID SEARCH DELETED", Expect::SearchDeleted);
        }
    }

    /// Leaves the folder and logs out, in one go where possible. [`Event::Left`] follows, then
    /// the machine is done.
    pub fn close(&mut self) {
        self.leave();
        self.ending = Ending::Wanted;
        if !self.is_searching_deleted() {
            self.log_out();
        }
    }

    fn is_searching_deleted(&self) -> bool {
        self.waiting
            .iter()
            .any(|(_, e)| matches!(e, Expect::SearchDeleted))
    }

    fn log_out(&mut self) {
        self.ending = Ending::Sent;
        self.send("LOGOUT", Expect::Logout);
    }

    pub(super) fn deleted_found(&mut self, status: &Status) {
        let ours = std::mem::take(&mut self.folder.deleted);
        let hits = self.leaving.as_mut().map(|l| std::mem::take(&mut l.hits));
        let hits = hits.unwrap_or_default();
        let is_complete = status.kind == Kind::Ok && hits.ranges() < RANGES_MAX;
        if is_complete && hits.is_within(&ours) {
            self.send("EXPUNGE", Expect::Expunge(ours));
        } else {
            let count = ours.len();
            tracing::warn!(
                count,
                "messages stay marked as deleted: the server cannot expunge them without others"
            );
            self.left();
        }
        if self.ending == Ending::Wanted {
            self.log_out();
        }
    }

    pub(super) fn expunged(&mut self, uids: &Set, status: &Status) {
        if status.kind == Kind::Ok
            && let Some(leaving) = &mut self.leaving
        {
            leaving.gone.extend(uids.iter());
        }
        let is_last = |e: &Expect| !matches!(e, Expect::Expunge(_));
        if self.waiting.iter().all(|(_, e)| is_last(e)) {
            self.left();
        }
    }

    fn left(&mut self) {
        let gone = self.leaving.take().map(|l| l.gone).unwrap_or_default();
        self.events.push_back(Event::Left(gone));
    }

    /// BYE is the normal answer to LOGOUT; otherwise it ends the session.
    pub(super) fn said_bye(&mut self, status: Status) {
        if self.only_logout_waits() {
            self.ending = Ending::Done;
        } else {
            self.bye = Some(status);
        }
    }

    /// Whether the server may go.
    pub(super) fn only_logout_waits(&self) -> bool {
        let is_logout = |e: &Expect| matches!(e, Expect::Logout);
        self.ending == Ending::Done
            || self.ending == Ending::Sent && self.waiting.iter().all(|(_, e)| is_logout(e))
    }
}
