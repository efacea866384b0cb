//! What a survey means: what the record learns of it, and which messages are taken or deleted.

use std::collections::HashSet;

use crate::engine::hold::Patience;
use crate::mail::Uid;
use crate::rc::Account;
use crate::retrieve::Survey;
use crate::store::{self, Entry, Mailbox, View};
use crate::transit::{Known, Listed, Skip, Verdict, select};

/// What a poll does with what it found.
#[derive(Debug, Default)]
pub struct Choice {
    /// To be fetched.
    pub fetch: Vec<Listed>,
    /// To be deleted only.
    pub delete: Vec<Listed>,
    /// Left because of `limit`; counted in `old` too.
    pub oversized: Vec<Listed>,
    /// Left because they are known or too large.
    pub old: u32,
    /// Left because of `fetchlimit`.
    pub left: u32,
    /// Left because they were not taken before and have to wait.
    pub held: u32,
    /// When the first of these is tried, in seconds since 1970.
    pub next_try: Option<i64>,
}

/// What a survey teaches the record: the folder's UIDVALIDITY, and which messages are no longer
/// on the server, if it has listed all there are by name.
pub fn learn(mailbox: &Mailbox, survey: &Survey, view: &View, account: &Account) -> Vec<Entry> {
    let mut entries = Vec::new();
    if let Some(validity) = survey.uid_validity {
        entries.push(Entry::Validity {
            mailbox: mailbox.clone(),
            validity,
        });
    }
    let has_asked = mailbox.folder.is_none() || account.fetch_all || account.flush;
    // A server that stops in the middle of its list has not said that the rest is gone.
    // What is not on this server may be on the other one that the record cannot tell from it.
    let is_other = mailbox.folder.is_none() && account.shares_uids;
    let is_complete = has_asked && !is_other && survey.listed.len() == survey.total as usize;
    if is_complete && survey.listed.iter().all(|listed| listed.uid.is_some()) {
        let uids = survey
            .listed
            .iter()
            .filter_map(|listed| listed.uid.as_ref());
        let gone = view.absent(uids).into_iter();
        entries.extend(gone.map(|uid| Entry::Gone {
            mailbox: mailbox.clone(),
            uid,
        }));
    }
    entries
}

impl Choice {
    /// Decides on every candidate. The record has learnt of the survey before, unless this is only
    /// a look (`--check`). `room`: how many may be fetched (`fetchlimit`).
    pub fn new(
        mailbox: &Mailbox,
        survey: &Survey,
        view: &View,
        account: &Account,
        room: Option<u32>,
        patience: Patience,
    ) -> Self {
        let is_imap = mailbox.folder.is_some();
        // UIDs of another UIDVALIDITY, or of none, are names of other messages.
        let are_names = !is_imap
            || survey
                .uid_validity
                .is_some_and(|v| view.validity() == Some(v));
        let mut choice = Self::default();
        for listed in &survey.listed {
            let known = match &listed.uid {
                Some(uid) if are_names && !is_another(listed, uid, view) => view.known(uid),
                _ => store::Known::New,
            };
            let held = listed.uid.as_ref().filter(|_| are_names);
            let held = held.and_then(|uid| view.held(uid));
            let waits = held.is_some_and(|held| patience.holds(&held));
            let is_full = room.is_some_and(|room| choice.fetch.len() >= room as usize);
            match select(listed, known_word(known, account, is_imap), account) {
                Verdict::Fetch if waits => {
                    choice.held += 1;
                    let next = held.map(|held| held.retry_at);
                    choice.next_try = choice.next_try.into_iter().chain(next).min();
                }
                Verdict::Fetch if is_full => choice.left += 1,
                Verdict::Fetch => choice.fetch.push(listed.clone()),
                Verdict::DeleteOnly => choice.delete.push(listed.clone()),
                Verdict::Skip(Skip::Old) => choice.old += 1,
                Verdict::Skip(Skip::Oversized) => {
                    choice.old += 1;
                    choice.oversized.push(listed.clone());
                }
            }
        }
        if is_imap && are_names && !account.keep {
            choice.add_pending(view);
        }
        if survey.is_read_only {
            choice.delete.clear();
        }
        choice
    }

    /// Of those to be fetched, the one that is announced smallest; nothing is deleted.
    pub fn keep_smallest(&mut self) {
        let size = |listed: &&Listed| (listed.size.unwrap_or(u64::MAX), listed.number);
        let smallest = self.fetch.iter().min_by_key(size).cloned();
        self.fetch = smallest.into_iter().collect();
        self.delete.clear();
    }

    /// Sum of the announced sizes to be fetched, if all are known.
    pub fn octets(&self) -> Option<u64> {
        let mut sizes = self.fetch.iter().map(|listed| listed.size);
        sizes.try_fold(0_u64, |sum, size| Some(sum.saturating_add(size?)))
    }

    /// IMAP messages whose deletion a crash has cut off: no survey lists them (they are marked
    /// seen or deleted), but their UIDs are their numbers.
    fn add_pending(&mut self, view: &View) {
        let listed: HashSet<u32> = self.delete.iter().map(|listed| listed.number).collect();
        let pending = view.pending().into_iter().filter_map(|uid| {
            let number = std::str::from_utf8(uid.as_bytes()).ok()?.parse().ok()?;
            (!listed.contains(&number)).then_some(Listed {
                number,
                place: number,
                uid: Some(uid),
                size: None,
                is_seen: true,
            })
        });
        self.delete.extend(pending);
    }
}

/// Whether a POP3 server gives the name of a message that is to be deleted to another one: it is of
/// another size. Deleted unfetched it would be lost; fetched once too often it is not.
fn is_another(listed: &Listed, uid: &Uid, view: &View) -> bool {
    let sizes = view.size(uid).zip(listed.size);
    sizes.is_some_and(|(noted, now)| noted != now)
}

/// What the record says, in the words of the decision. A pending deletion that may be another
/// server's is none: the message is left where it is, as fetchmail leaves it.
fn known_word(known: store::Known, account: &Account, is_imap: bool) -> Known {
    match known {
        store::Known::New => Known::New,
        store::Known::DeletePending if is_imap || !account.shares_uids => Known::DeletePending,
        store::Known::Delivered | store::Known::DeletePending => Known::Delivered,
    }
}

#[cfg(test)]
mod tests;
