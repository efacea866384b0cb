//! The list of accounts: items, selection, and the rows on the screen.

use std::collections::HashMap;
use std::time::SystemTime;

use adw::prelude::*;
use gtk::{gio, glib};

use super::super::lines::{Rows, boxed};
use super::Output;
use super::row::Row;
use crate::engine::api::{AccountId, AccountStatus};

/// The list and what is behind it.
pub(super) struct List {
    /// The widget.
    pub view: gtk::ListView,
    /// Which one is selected; the first by itself.
    pub selection: gtk::SingleSelection,
    store: gio::ListStore,
    places: HashMap<AccountId, u32>,
    rows: Rows<Row>,
}

impl List {
    /// An empty list whose buttons call `meant`.
    pub(super) fn new(meant: impl Fn(Output) + Clone + 'static) -> Self {
        let store = gio::ListStore::new::<glib::BoxedAnyObject>();
        let selection = gtk::SingleSelection::new(Some(store.clone()));
        let rows = Rows::default();
        let factory = factory(&rows, meant);
        let view = gtk::ListView::new(Some(selection.clone()), Some(factory));
        view.add_css_class("accounts");
        view.add_css_class("navigation-sidebar");
        view.set_widget_name("accounts");
        Self {
            view,
            selection,
            store,
            places: HashMap::new(),
            rows,
        }
    }

    /// Replaces everything; the selected account stays selected if it is still there.
    pub(super) fn load(&mut self, accounts: Vec<AccountStatus>) {
        let selected = self.with_selected(|status| status.id.clone());
        self.places = accounts.iter().map(|a| a.id.clone()).zip(0..).collect();
        let items: Vec<_> = accounts
            .into_iter()
            .map(glib::BoxedAnyObject::new)
            .collect();
        self.store.splice(0, self.store.n_items(), &items);
        let place = selected.and_then(|id| self.places.get(&id).copied());
        self.selection.set_selected(place.unwrap_or(0));
    }

    /// Takes over the new state of one account; true if it is the selected one. An account that
    /// is not in the list is from before a reload and is left out.
    pub(super) fn change(&self, status: AccountStatus, now: SystemTime) -> bool {
        let Some(&place) = self.places.get(&status.id) else {
            return false;
        };
        let Some(item) = boxed(self.store.item(place)) else {
            return false;
        };
        item.replace(status);
        self.rows.each(|at, row, _| {
            if at == place {
                row.show(&item.borrow(), now);
            }
        });
        self.selection.selected() == place
    }

    /// Selects an account; false if it is not in the list.
    pub(super) fn select(&self, id: &AccountId) -> bool {
        let place = self.places.get(id);
        if let Some(place) = place {
            self.selection.set_selected(*place);
        }
        place.is_some()
    }

    /// Draws all rows on the screen anew.
    pub(super) fn redraw(&self, now: SystemTime) {
        self.rows.each(|_, row, item| row.show(&item.borrow(), now));
    }

    /// What `look` says of the selected account.
    pub(super) fn with_selected<T>(&self, look: impl FnOnce(&AccountStatus) -> T) -> Option<T> {
        let item = boxed(self.selection.selected_item())?;
        let status = item.borrow::<AccountStatus>();
        Some(look(&status))
    }

    /// Whether `is_so` holds for any account.
    pub(super) fn any(&self, is_so: impl Fn(&AccountStatus) -> bool) -> bool {
        (0..self.store.n_items())
            .filter_map(|place| boxed(self.store.item(place)))
            .any(|item| is_so(&item.borrow()))
    }
}

fn factory(
    rows: &Rows<Row>,
    meant: impl Fn(Output) + Clone + 'static,
) -> gtk::SignalListItemFactory {
    let make = move |item: &gtk::ListItem| {
        let row = Row::new();
        let (shown, meant) = (item.downgrade(), meant.clone());
        row.button.connect_clicked(move |_| {
            let Some(item) = boxed(shown.upgrade().and_then(|shown| shown.item())) else {
                return;
            };
            let status = item.borrow::<AccountStatus>();
            let id = status.id.clone();
            let is_busy = status.state.is_busy();
            drop(status);
            meant(if is_busy {
                Output::Stop(id)
            } else {
                Output::Check(id)
            });
        });
        item.set_child(Some(&row.root));
        row
    };
    rows.factory(make, |row: &Row, account| {
        row.show(&account.borrow(), SystemTime::now());
    })
}
