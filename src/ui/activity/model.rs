//! What the log holds and which of it is shown.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::SystemTime;

use gtk::prelude::*;
use gtk::{gio, glib};

use super::super::lines::boxed;
use crate::engine::api::{Entry, words};

/// Entries kept in memory.
const KEPT: u32 = 5_000;
/// So many are dropped at once when there are more, so that dropping is rare.
const DROPPED: u32 = 500;

/// Which entries are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// Lower case; empty: any.
    text: String,
    /// Only failures and messages left on the server.
    pub only_problems: bool,
}

impl Filter {
    /// Wants entries that contain `text`, in any case.
    pub(super) fn set_text(&mut self, text: &str) {
        self.text = text.trim().to_lowercase();
    }

    /// Whether `entry` is wanted.
    pub(super) fn wants(&self, entry: &Entry) -> bool {
        if self.only_problems && !words::is_problem(&entry.what) {
            return false;
        }
        if self.text.is_empty() {
            return true;
        }
        let has = |text: String| text.to_lowercase().contains(&self.text);
        has(words::entry(entry)) || entry.id.as_ref().is_some_and(|id| has(words::title(id)))
    }
}

/// The entries, the filter over them, and the selection over that.
pub(super) struct Log {
    /// For the list.
    pub selection: gtk::MultiSelection,
    store: gio::ListStore,
    filter: Rc<RefCell<Filter>>,
    notify: gtk::CustomFilter,
}

impl Log {
    /// An empty log.
    pub(super) fn new() -> Self {
        let store = gio::ListStore::new::<glib::BoxedAnyObject>();
        let filter = Rc::<RefCell<Filter>>::default();
        let used = filter.clone();
        let notify = gtk::CustomFilter::new(move |object| {
            let entry = boxed(Some(object.clone()));
            entry.is_some_and(|entry| used.borrow().wants(&entry.borrow()))
        });
        let wanted = gtk::FilterListModel::new(Some(store.clone()), Some(notify.clone()));
        let selection = gtk::MultiSelection::new(Some(wanted));
        Self {
            selection,
            store,
            filter,
            notify,
        }
    }

    /// Appends `entry`; the oldest go when there are too many.
    pub(super) fn push(&self, entry: Entry) {
        if self.store.n_items() >= KEPT {
            self.store.splice(0, DROPPED, &[] as &[glib::Object]);
        }
        self.store.append(&glib::BoxedAnyObject::new(entry));
    }

    /// Changes the filter.
    pub(super) fn filter(&self, change: impl FnOnce(&mut Filter)) {
        let before = self.filter.borrow().clone();
        change(&mut self.filter.borrow_mut());
        if before != *self.filter.borrow() {
            self.notify.changed(gtk::FilterChange::Different);
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        self.store.remove_all();
    }

    /// How many entries there are.
    pub(super) fn all(&self) -> u32 {
        self.store.n_items()
    }

    /// How many of them are shown.
    pub(super) fn shown(&self) -> u32 {
        self.selection.n_items()
    }

    /// The selected lines, or all shown if none is, as text; and how many.
    pub(super) fn copy(&self) -> (u32, String) {
        let chosen = self.selection.selection();
        let has_chosen = !chosen.is_empty();
        let now = SystemTime::now();
        let (mut lines, mut text) = (0, String::new());
        for place in (0..self.shown()).filter(|place| !has_chosen || chosen.contains(*place)) {
            let Some(entry) = boxed(self.selection.item(place)) else {
                continue;
            };
            let entry = entry.borrow::<Entry>();
            let id = entry.id.as_ref().map(words::title).unwrap_or_default();
            let time = words::clock(entry.at, now);
            text.push_str(&format!("{time}\t{id}\t{}\n", words::entry(&entry)));
            lines += 1;
        }
        (lines, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::api::{AccountId, What, Why};

    fn entry(what: What) -> Entry {
        Entry {
            at: SystemTime::UNIX_EPOCH,
            id: Some(AccountId {
                label: "Mail.example".to_owned(),
                user: "anna".to_owned(),
                ordinal: 0,
            }),
            what,
        }
    }

    fn left() -> What {
        What::Left {
            octets: None,
            number: (1, 1),
            why: Why::BadHeader,
        }
    }

    #[test]
    fn filters_by_text_and_kind() {
        let check = |text: &str, only_problems, what, expected| {
            let mut filter = Filter {
                only_problems,
                ..Filter::default()
            };
            filter.set_text(text);
            assert_eq!(filter.wants(&entry(what)), expected, "{text}");
        };
        check("", false, What::Started, true);
        check(" STARTED ", false, What::Started, true);
        check("anna@mail.EXAMPLE", false, What::Started, true);
        check("berta", false, What::Started, false);
        check("", true, What::Started, false);
        check("", true, left(), true);
        check("header", true, left(), true);
        check("started", true, left(), false);
    }
}
