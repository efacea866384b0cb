//! What is in a folder. Everything that does not depend on an answer is sent with SELECT: the
//! question for new messages, and, where the server keeps a search result for us (SEARCHRES,
//! RFC 5182) or all are wanted, also the question for their sizes.

use std::collections::BTreeMap;

use super::{Event, Expect, Folder, Found, Item, Session};
use crate::proto::imap::LISTED_MAX;
use crate::proto::imap::command::{Command, Form, form};
use crate::proto::imap::login::refused;
use crate::proto::imap::response::{Fetch, Flags, Kind, Status};
use crate::proto::imap::set::{RANGES_MAX, Set};
use crate::proto::machine::{Error, Reason};

/// A survey under way.
#[derive(Debug)]
pub(super) struct Surveying {
    is_all: bool,
    /// The server was asked to keep the result of the search.
    is_kept: bool,
    /// UIDs that the search for new messages has found.
    pub(super) hits: Set,
    listed: Listed,
    /// Why a list or a kept search result was refused.
    list_refusal: Option<Error>,
    /// Why the folder cannot be surveyed.
    refusal: Option<Error>,
}

/// Which search was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// Its result is kept by the server; the list is already asked for.
    Kept,
    /// Its result comes to us.
    Told,
}

/// What is asked of each candidate. Envelopes are not: servers get them wrong (Q14).
const ITEMS: &str = "(UID FLAGS RFC822.SIZE)";
/// What is new (contract, What is new).
const NEW: &str = "UNSEEN UNDELETED";

impl Session {
    /// Opens a folder and looks for new messages, or for all. [`Event::Surveyed`] or
    /// [`Event::NotSurveyed`] follows. Only when nothing is outstanding.
    pub fn survey(&mut self, folder: &[u8], is_all: bool, read_only: bool) {
        self.folder = Folder::default();
        if form(folder) == Form::Impossible {
            self.events.push_back(Event::NotSurveyed(Error::Refused {
                reason: Reason::Folder,
                reply: Vec::new(),
            }));
            return;
        }
        let is_kept = !is_all && self.keeps_results && self.has("SEARCHRES");
        self.surveying = Some(Surveying {
            is_all,
            is_kept,
            hits: Set::default(),
            listed: BTreeMap::new(),
            list_refusal: None,
            refusal: None,
        });
        if self.capabilities.is_none() {
            self.send("CAPABILITY", Expect::Capability);
        }
        let verb = if read_only { "EXAMINE" } else { "SELECT" };
        self.folder.is_read_only = read_only;
        let command = |tag| Command::new(format!("{tag} {verb}")).string(folder);
        self.send_with(command, Expect::Select);
        if is_all {
            self.ask_list("1:*");
        } else if is_kept {
            let command = format!("UID SEARCH RETURN (SAVE) {NEW}");
            self.send(&command, Expect::Search(Search::Kept));
            self.ask_list("$");
        } else {
            self.ask_search();
        }
    }

    fn ask_search(&mut self) {
        let command = format!("UID SEARCH {NEW}");
        self.send(&command, Expect::Search(Search::Told));
    }

    fn ask_list(&mut self, set: &str) {
        self.send(&format!("UID FETCH {set} {ITEMS}"), Expect::List);
    }

    pub(super) fn selected(&mut self, status: &Status) {
        if status.kind != Kind::Ok {
            if let Some(surveying) = &mut self.surveying {
                surveying.refusal = Some(refused(status, Reason::Folder));
            }
        } else if status.code.as_ref().is_some_and(|c| c.is("READ-ONLY")) {
            self.folder.is_read_only = true;
        }
        self.end_survey();
    }

    pub(super) fn searched(&mut self, search: Search, status: &Status) {
        let Some(surveying) = &mut self.surveying else {
            return;
        };
        let is_ok = status.kind == Kind::Ok;
        if surveying.refusal.is_none() {
            match search {
                Search::Kept if is_ok => {}
                Search::Kept => {
                    surveying.list_refusal = Some(refused(status, Reason::Refused));
                }
                // Not understood, or too many to name: look at the flags of all.
                Search::Told if !is_ok || surveying.hits.ranges() >= RANGES_MAX => {
                    surveying.hits = Set::default();
                    self.ask_list("1:*");
                }
                Search::Told => {
                    for (text, _) in surveying.hits.texts() {
                        self.ask_list(&text);
                    }
                }
            }
        }
        self.end_survey();
    }

    pub(super) fn is_listing(&self) -> bool {
        let is_list = |e: &Expect| matches!(e, Expect::List);
        self.surveying.is_some() && self.waiting.iter().any(|(_, e)| is_list(e))
    }

    pub(super) fn take_listed(&mut self, fetch: &Fetch) -> Result<(), Error> {
        let (Some(surveying), Some(uid)) = (&mut self.surveying, fetch.uid) else {
            return Ok(());
        };
        self.folder.seqs.learn(fetch.seq, uid);
        let is_asked = surveying.hits.is_empty() || surveying.hits.contains(uid);
        if is_asked {
            let (seq, size, flags) = surveying.listed.entry(uid).or_default();
            *seq = fetch.seq;
            *size = fetch.size.or(*size);
            *flags = fetch.flags.unwrap_or(*flags);
        }
        if surveying.listed.len() > LISTED_MAX {
            return Err(Error::TooMuch { what: "messages" });
        }
        Ok(())
    }

    /// A list has ended. Exchange says NO behind a list that is complete, so what came counts;
    /// but a refusal in place of a list is one.
    pub(super) fn listed(&mut self, status: &Status) -> Result<(), Error> {
        let Some(surveying) = &mut self.surveying else {
            return Ok(());
        };
        if status.kind != Kind::Ok && surveying.listed.is_empty() && self.folder.total > 0 {
            let refusal = refused(status, Reason::Refused);
            surveying.list_refusal.get_or_insert(refusal);
        }
        self.end_survey();
        Ok(())
    }

    /// Tells the result once every answer is in.
    fn end_survey(&mut self) {
        let belongs = |e: &Expect| matches!(e, Expect::Select | Expect::Search(_) | Expect::List);
        if self.waiting.iter().any(|(_, e)| belongs(e)) {
            return;
        }
        let Some(mut surveying) = self.surveying.take() else {
            return;
        };
        let is_list_refused = surveying.refusal.is_none() && surveying.list_refusal.is_some();
        if is_list_refused && surveying.is_kept {
            // It offered to keep results and did not: never again in this session.
            self.keeps_results = false;
            surveying.is_kept = false;
            surveying.list_refusal = None;
            self.surveying = Some(surveying);
            self.ask_search();
            return;
        }
        let event = match surveying.refusal.or(surveying.list_refusal) {
            Some(error) => Event::NotSurveyed(error),
            None => Event::Surveyed(Found {
                total: self.folder.total,
                uid_validity: self
                    .folder
                    .uid_validity
                    .filter(|_| !self.folder.is_fleeting),
                is_read_only: self.folder.is_read_only,
                listed: candidates(surveying.is_all, &surveying.listed),
            }),
        };
        self.events.push_back(event);
    }
}

/// What is known of a message by its UID: sequence number, size, flags.
pub(super) type Listed = BTreeMap<u32, (u32, Option<u64>, Flags)>;

/// The messages to tell of. A search may be older than the flags that came later, or was not
/// possible at all.
fn candidates(is_all: bool, listed: &Listed) -> Vec<Item> {
    let is_wanted = |flags: &Flags| is_all || !flags.is_seen && !flags.is_deleted;
    listed
        .iter()
        .filter(|(_, (_, _, flags))| is_wanted(flags))
        .map(|(uid, (seq, size, flags))| Item {
            uid: *uid,
            seq: *seq,
            size: *size,
            is_seen: flags.is_seen,
            is_deleted: flags.is_deleted,
        })
        .collect()
}
