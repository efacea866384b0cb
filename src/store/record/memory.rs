//! The record in memory: what replaying the journal over the id file gives.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::mail::Uid;
use crate::store::journal::{Batch, Line, Word};
use crate::store::record::{Held, Mailbox};
use crate::store::uids::Uids;
use crate::store::{Known, idfile};

/// Everything that is known.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// By folded name.
    shelves: HashMap<Mailbox, Arc<RwLock<Shelf>>>,
    /// POP3 mailboxes in the order they were first asked for: the order of the id file.
    order: Vec<Mailbox>,
    /// What the id file holds of mailboxes nobody has asked for.
    rest: idfile::Lines,
    /// Open intents by their file.
    pub(super) intents: BTreeMap<PathBuf, Intent>,
    /// The id file on disk differs from this.
    pub(super) is_idfile_stale: bool,
}

/// One mailbox.
#[derive(Debug)]
pub(super) struct Shelf {
    /// As spelled by who first asked for it; the id file is written so.
    name: Mailbox,
    pub(super) uids: Uids,
    pub(super) validity: Option<u32>,
    pub(super) has_baseline: bool,
    /// What is there at the first contact is to count as delivered, and is not on record yet.
    pub(super) is_awaited: bool,
    /// Refused ones that wait; few, if any.
    pub(super) held: BTreeMap<Uid, Held>,
    /// Recipients who have a message that others still wait for.
    pub(super) served: BTreeMap<Uid, Vec<Vec<u8>>>,
    /// Announced sizes of those that are to be deleted.
    pub(super) sizes: HashMap<Uid, u64>,
}

impl Shelf {
    /// Of a mailbox that nothing is known of.
    pub(super) fn new(name: Mailbox) -> Self {
        Self {
            name,
            uids: Uids::default(),
            validity: None,
            has_baseline: false,
            is_awaited: false,
            held: BTreeMap::new(),
            served: BTreeMap::new(),
            sizes: HashMap::new(),
        }
    }
}

/// A promised rename.
#[derive(Clone, Debug)]
pub(super) struct Intent {
    pub(super) mailbox: Mailbox,
    /// `None` also after its UIDVALIDITY became void.
    pub(super) uid: Option<Uid>,
    pub(super) deletes: bool,
}

impl Memory {
    /// What the id file says.
    pub(super) fn new(rest: idfile::Lines) -> Self {
        Self {
            rest,
            ..Self::default()
        }
    }

    /// The mailbox of this name; taken from the id file's lines when first asked for.
    pub(super) fn shelf(&mut self, mailbox: &Mailbox) -> Arc<RwLock<Shelf>> {
        let key = mailbox.folded();
        if let Some(shelf) = self.shelves.get(&key) {
            return shelf.clone();
        }
        let mut uids = Uids::default();
        if key.folder.is_none() {
            let lines = self.rest.take(&key.account).unwrap_or_default();
            for uid in idfile::uids(&lines) {
                uids.set(uid, Known::Delivered);
            }
            self.order.push(key.clone());
        }
        let shelf = Shelf {
            uids,
            ..Shelf::new(mailbox.clone())
        };
        let shelf = Arc::new(RwLock::new(shelf));
        self.shelves.insert(key, shelf.clone());
        shelf
    }

    /// Something of each mailbox, with its name as it was first spelled.
    pub(super) fn map_shelves<T>(&self, look: impl Fn(&Mailbox, &Shelf) -> T) -> Vec<T> {
        let shelves = self.shelves.values();
        shelves
            .map(|shelf| {
                let shelf = read(shelf);
                look(&shelf.name, &shelf)
            })
            .collect()
    }

    /// Applies a journal found at start: before its last [`Line::IdfileWritten`] the id file
    /// knows better what it can hold, only marks of pending deletions count.
    pub(super) fn replay(&mut self, lines: &[Line]) {
        let written = lines.iter().rposition(|line| *line == Line::IdfileWritten);
        for (n, line) in lines.iter().enumerate() {
            self.apply_line(line, written.is_some_and(|written| n < written));
        }
    }

    /// Applies what has become durable.
    pub(super) fn apply(&mut self, line: &Line) {
        self.apply_line(line, false);
    }

    /// Whether applying the line would change anything.
    pub(super) fn is_news(&mut self, line: &Line) -> bool {
        match line {
            Line::Intent { .. } => true,
            Line::IdfileWritten => false,
            Line::Settled { file } => self.intents.contains_key(file),
            Line::Validity {
                mailbox,
                validity,
                has_baseline,
            } => {
                let shelf = self.shelf(mailbox);
                let shelf = read(&shelf);
                shelf.validity != Some(*validity) || (*has_baseline && !shelf.has_baseline)
            }
            Line::Awaited { mailbox, is_open } => read(&self.shelf(mailbox)).is_awaited != *is_open,
            Line::Held { mailbox, uid, held } => {
                read(&self.shelf(mailbox)).held.get(uid) != Some(held)
            }
            Line::Served {
                mailbox,
                uid,
                recipients,
            } => {
                let shelf = self.shelf(mailbox);
                let shelf = read(&shelf);
                let known = shelf.served.get(uid).map_or(&[][..], Vec::as_slice);
                recipients.iter().any(|name| !known.contains(name))
            }
            Line::Sized { mailbox, sizes } => {
                let shelf = self.shelf(mailbox);
                let shelf = read(&shelf);
                sizes
                    .iter()
                    .any(|(uid, size)| shelf.sizes.get(uid) != Some(size))
            }
            Line::Known {
                mailbox,
                state,
                uids,
            } => {
                let shelf = self.shelf(mailbox);
                let shelf = read(&shelf);
                let mut differs = false;
                uids.iter().for_each(|word| {
                    each(word, |uid| {
                        differs |= shelf.uids.get(uid) != *state || shelf.is_open(uid);
                    });
                });
                let folded = mailbox.folded();
                differs || self.intents.values().any(|i| i.is_of(&folded, uids))
            }
        }
    }

    fn apply_line(&mut self, line: &Line, idfile_knows_better: bool) {
        match line {
            Line::IdfileWritten => {}
            Line::Intent {
                mailbox,
                uid,
                deletes,
                file,
            } => {
                let intent = Intent {
                    mailbox: mailbox.clone(),
                    uid: uid.clone(),
                    deletes: *deletes,
                };
                self.intents.insert(file.clone(), intent);
            }
            Line::Settled { file } => {
                self.intents.remove(file);
            }
            Line::Validity {
                mailbox,
                validity,
                has_baseline,
            } => {
                self.set_validity(mailbox, *validity, *has_baseline);
            }
            Line::Awaited { mailbox, is_open } => {
                write(&self.shelf(mailbox)).is_awaited = *is_open;
            }
            Line::Held { mailbox, uid, held } => {
                write(&self.shelf(mailbox)).held.insert(uid.clone(), *held);
            }
            Line::Served {
                mailbox,
                uid,
                recipients,
            } => {
                let shelf = self.shelf(mailbox);
                let mut shelf = write(&shelf);
                let known = shelf.served.entry(uid.clone()).or_default();
                for name in recipients {
                    if !known.contains(name) {
                        known.push(name.clone());
                    }
                }
            }
            Line::Sized { mailbox, sizes } => {
                write(&self.shelf(mailbox))
                    .sizes
                    .extend(sizes.iter().cloned());
            }
            Line::Known {
                mailbox,
                state,
                uids,
            } => {
                self.set_known(mailbox, *state, uids, idfile_knows_better);
            }
        }
    }

    fn set_validity(&mut self, mailbox: &Mailbox, validity: u32, has_baseline: bool) {
        let shelf = self.shelf(mailbox);
        let mut shelf = write(&shelf);
        if shelf.validity.is_some_and(|was| was != validity) {
            shelf.uids.clear();
            shelf.has_baseline = false;
            shelf.held.clear();
            shelf.served.clear();
            shelf.sizes.clear();
            // The UID of a delivery under way names nothing any more.
            let folded = mailbox.folded();
            for intent in self.intents.values_mut() {
                if intent.mailbox.folded() == folded {
                    intent.uid = None;
                }
            }
        }
        shelf.validity = Some(validity);
        shelf.has_baseline |= has_baseline;
    }

    fn set_known(&mut self, mailbox: &Mailbox, state: Known, uids: &[Word], idfile_knows: bool) {
        let shelf = self.shelf(mailbox);
        let mut shelf = write(&shelf);
        let mut is_idfile_stale = false;
        for word in uids {
            each(word, |uid| {
                if shelf.is_open(uid) {
                    let uid = Uid::new(uid);
                    shelf.held.remove(&uid);
                    shelf.served.remove(&uid);
                }
                if state != Known::DeletePending && !shelf.sizes.is_empty() {
                    shelf.sizes.remove(&Uid::new(uid));
                }
                let in_idfile = shelf.is_in_idfile(uid);
                let is_listed = shelf.uids.get(uid) != Known::New;
                if idfile_knows && in_idfile && (!is_listed || state == Known::New) {
                    return;
                }
                is_idfile_stale |= shelf.uids.set(uid, state) && in_idfile;
            });
        }
        self.is_idfile_stale |= is_idfile_stale;
        let folded = mailbox.folded();
        self.intents
            .retain(|_, intent| !intent.is_of(&folded, uids));
    }

    /// The id file as it should be.
    pub(super) fn idfile(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for shelf in self.order.iter().filter_map(|key| self.shelves.get(key)) {
            let shelf = read(shelf);
            for (uid, _) in shelf.uids.iter().filter(|(uid, _)| shelf.is_in_idfile(uid)) {
                idfile::put(&mut out, &shelf.name.account, uid);
            }
        }
        self.rest.put_rest(&mut out);
        out
    }

    /// The shortest journal that, over the present id file, gives this again.
    pub(super) fn journal(&self) -> Batch {
        let mut batch = Batch::default();
        let mut keys: Vec<_> = self.shelves.keys().collect();
        keys.sort_unstable();
        for shelf in keys.into_iter().filter_map(|key| self.shelves.get(key)) {
            let shelf = read(shelf);
            if let Some(validity) = shelf.validity {
                batch.validity(&shelf.name, validity, shelf.has_baseline);
            }
            if shelf.is_awaited {
                batch.awaited(&shelf.name, true);
            }
            for state in [Known::Delivered, Known::DeletePending] {
                let mut uids: Vec<&[u8]> = shelf
                    .uids
                    .iter()
                    .filter(|(_, s)| *s == state)
                    .filter(|(uid, s)| *s == Known::DeletePending || !shelf.is_in_idfile(uid))
                    .map(|(uid, _)| uid)
                    .collect();
                if shelf.name.folder.is_some() {
                    // In the order of numbers, so that runs become ranges.
                    uids.sort_unstable_by_key(|uid| (uid.len(), *uid));
                }
                batch.known(&shelf.name, state, uids);
            }
        }
        batch.idfile_written();
        for shelf in self.shelves.values() {
            let shelf = read(shelf);
            for (uid, held) in &shelf.held {
                batch.held(&shelf.name, uid.as_bytes(), held);
            }
            let mut sizes: Vec<_> = shelf.sizes.iter().collect();
            sizes.sort_unstable();
            batch.sized(
                &shelf.name,
                sizes.iter().map(|(uid, n)| (uid.as_bytes(), **n)),
            );
            for (uid, recipients) in &shelf.served {
                batch.served(&shelf.name, uid.as_bytes(), recipients);
            }
        }
        for (file, intent) in &self.intents {
            batch.intent(&intent.mailbox, intent.uid.as_ref(), intent.deletes, file);
        }
        batch
    }
}

impl Shelf {
    /// Whether it was not taken by all, and waits.
    fn is_open(&self, uid: &[u8]) -> bool {
        if self.held.is_empty() && self.served.is_empty() {
            return false;
        }
        let uid = Uid::new(uid);
        self.held.contains_key(&uid) || self.served.contains_key(&uid)
    }

    fn is_in_idfile(&self, uid: &[u8]) -> bool {
        self.name.folder.is_none() && idfile::can_hold(&self.name.account, uid)
    }
}

impl Intent {
    fn is_of(&self, folded: &Mailbox, uids: &[Word]) -> bool {
        let Some(uid) = &self.uid else { return false };
        let mut is_named = false;
        for word in uids {
            match word {
                Word::One(one) => is_named |= one == uid,
                Word::Range(..) => each(word, |one| is_named |= one == uid.as_bytes()),
            }
        }
        is_named && self.mailbox.folded() == *folded
    }
}

/// Calls `f` with each UID a word stands for.
fn each(word: &Word, mut f: impl FnMut(&[u8])) {
    match word {
        Word::One(uid) => f(uid.as_bytes()),
        Word::Range(first, last) => (*first..=*last).for_each(|n| f(n.to_string().as_bytes())),
    }
}

fn read(shelf: &RwLock<Shelf>) -> RwLockReadGuard<'_, Shelf> {
    shelf.read().unwrap_or_else(PoisonError::into_inner)
}

fn write(shelf: &RwLock<Shelf>) -> RwLockWriteGuard<'_, Shelf> {
    shelf.write().unwrap_or_else(PoisonError::into_inner)
}
