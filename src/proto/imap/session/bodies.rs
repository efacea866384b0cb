//! Bodies: one UID FETCH for many messages, each handed on while it comes. A body is never
//! attributed by guess: its UID stands before it, or follows from its sequence number and is
//! confirmed behind it (Q5).

use std::collections::BTreeMap;

use bytes::Bytes;

use super::{Event, Expect, Session};
use crate::proto::imap::login::{broken, refused};
use crate::proto::imap::response::{Body, Fetch, Kind, Status, reason, scan_head};
use crate::proto::imap::set::Set;
use crate::proto::machine::{Error, Reason, excerpt};

/// Messages of one command that have not come yet, each with the words that came instead.
#[derive(Debug)]
pub(super) struct Bodies {
    missing: BTreeMap<u32, Vec<u8>>,
}

/// The message whose body is passing by or has passed; the end of its response is still to come.
#[derive(Debug)]
pub(super) struct Current {
    uid: u32,
}

impl Session {
    /// Queues the fetching of these messages by one command (more if the set is very long).
    pub fn request(&mut self, uids: &[u32]) {
        self.wants_headers = false;
        self.ask_bodies(uids);
    }

    /// The same for their headers alone. Not beside whole messages: only when nothing is
    /// outstanding, so that no header passes for a message.
    pub fn request_headers(&mut self, uids: &[u32]) {
        self.wants_headers = true;
        self.ask_bodies(uids);
    }

    fn ask_bodies(&mut self, uids: &[u32]) {
        let section = if self.wants_headers { "HEADER" } else { "" };
        for (text, set) in uids.iter().copied().collect::<Set>().texts() {
            let missing = set.iter().map(|uid| (uid, Vec::new())).collect();
            let command = format!("UID FETCH {text} (UID BODY.PEEK[{section}])");
            self.send(&command, Expect::Bodies(Bodies { missing }));
        }
    }

    /// A body begins.
    pub(super) fn body(&mut self, head: &[u8], size: u64) -> Result<(), Error> {
        self.is_draining = true;
        // A second body in one response is nothing that was asked for.
        let (None, Some((seq, uid, is_header))) = (&self.current, scan_head(head)) else {
            return Ok(());
        };
        if is_header != self.wants_headers {
            return Ok(());
        }
        let uid = uid
            .or_else(|| self.folder.seqs.uid(seq))
            .or_else(|| self.only_missing());
        match uid {
            Some(uid) if self.missing(uid).is_some() => {
                self.is_draining = false;
                self.current = Some(Current { uid });
                self.events.push_back(Event::Begin { uid, size });
                Ok(())
            }
            None if self.is_any_missing() => Err(broken("a message without its UID", head)),
            // Unasked, or a second time (Q23).
            _ => Ok(()),
        }
    }

    /// A whole FETCH response; its body, if any, has passed.
    pub(super) fn fetched(&mut self, fetch: Fetch, line: &Bytes) -> Result<(), Error> {
        if let Some(Current { uid }) = self.current.take() {
            if fetch.uid != Some(uid) {
                return Err(broken("a message under another UID", line));
            }
            self.came(uid);
            return Ok(());
        }
        if self.is_listing() {
            return self.take_listed(&fetch);
        }
        let uid = fetch.uid.or_else(|| self.folder.seqs.uid(fetch.seq));
        let is_wanted = fetch.is_header == self.wants_headers;
        let Some((uid, words)) = uid.and_then(|uid| Some((uid, self.missing(uid)?))) else {
            return Ok(());
        };
        match fetch.body {
            Body::Text(text) if is_wanted => {
                let size = text.len() as u64;
                self.events.push_back(Event::Begin { uid, size });
                self.events.push_back(Event::Chunk(text.into()));
                self.came(uid);
            }
            // Flags that another client has changed come between: they refuse nothing.
            Body::Absent if fetch.flags.is_some() => {}
            Body::Text(_) | Body::Absent | Body::Nil | Body::Passed => *words = excerpt(line),
        }
        Ok(())
    }

    fn came(&mut self, uid: u32) {
        for (_, expect) in &mut self.waiting {
            if let Expect::Bodies(bodies) = expect
                && bodies.missing.remove(&uid).is_some()
            {
                break;
            }
        }
        self.events.push_back(Event::End { uid });
    }

    /// The words kept for a message that is still to come.
    fn missing(&mut self, uid: u32) -> Option<&mut Vec<u8>> {
        self.waiting.iter_mut().find_map(|(_, e)| match e {
            Expect::Bodies(bodies) => bodies.missing.get_mut(&uid),
            _ => None,
        })
    }

    fn all_missing(&self) -> impl Iterator<Item = u32> + '_ {
        self.waiting.iter().flat_map(|(_, e)| {
            let bodies = match e {
                Expect::Bodies(bodies) => Some(bodies.missing.keys().copied()),
                _ => None,
            };
            bodies.into_iter().flatten()
        })
    }

    fn is_any_missing(&self) -> bool {
        self.all_missing().next().is_some()
    }

    /// The message that is still to come, if there is only one.
    fn only_missing(&self) -> Option<u32> {
        let mut missing = self.all_missing();
        let first = missing.next();
        first.filter(|_| missing.next().is_none())
    }

    /// The command has ended. What has not come is gone, or cannot be read. One unreadable
    /// message makes some servers end the whole command with NO (Q12): then each of the rest is
    /// asked for by itself, so that it alone is refused.
    pub(super) fn bodies_ended(&mut self, bodies: Bodies, status: &Status) -> Result<(), Error> {
        let missing = bodies.missing;
        let is_ok = status.kind == Kind::Ok;
        if !is_ok && wants_rest(status) {
            return Err(refused(status, Reason::Refused));
        }
        if !is_ok && missing.len() > 1 {
            for uid in missing.into_keys() {
                self.ask_bodies(&[uid]);
            }
            return Ok(());
        }
        for (uid, words) in missing {
            let reply = if is_ok { words } else { status.line.to_vec() };
            self.events.push_back(Event::Refused { uid, reply });
        }
        Ok(())
    }
}

/// Whether the server wants to be left alone (Q6). A bug or a part that is down may concern one
/// message only (Q12, Dovecot with a damaged file): it must not stand before the others.
fn wants_rest(status: &Status) -> bool {
    let is = |name| status.code.as_ref().is_some_and(|code| code.is(name));
    let reason = reason(status, Reason::Refused);
    matches!(reason, Reason::Busy | Reason::Limit) && !is("SERVERBUG") && !is("UNAVAILABLE")
}
