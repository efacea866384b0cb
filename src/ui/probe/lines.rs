//! The rows of the result: items, order and selection shared by the table and the cards.
//!
//! A report that follows on another changes the items that differ and draws their cells anew; the
//! list itself changes only if ports were added or have gone. So selection and focus stay, and
//! nothing flickers while a probe runs.

use std::cell::{Cell, RefCell};
use std::net::IpAddr;
use std::rc::Rc;

use gtk::prelude::*;
use gtk::{gio, glib};

use super::super::lines::boxed;
use crate::engine::api::job::report::Row;

/// Draws the item of a list item that is on the screen.
pub(super) type Draw = Rc<dyn Fn(&gtk::ListItem, &Row)>;

/// List items and widgets that exist, each with what draws it.
#[derive(Clone, Default)]
pub(super) struct OnScreen(
    Rc<RefCell<Vec<(gtk::ListItem, Draw)>>>,
    Rc<RefCell<Vec<Kept>>>,
);

/// A widget of its own for one item.
struct Kept {
    widget: glib::WeakRef<gtk::Widget>,
    item: glib::BoxedAnyObject,
    draw: Box<dyn Fn(&Row)>,
}

impl OnScreen {
    /// A factory whose items are made by `blank` and drawn by `draw`.
    pub(super) fn factory(
        &self,
        blank: impl Fn() -> gtk::Widget + 'static,
        draw: impl Fn(&gtk::ListItem, &Row) + 'static,
    ) -> gtk::SignalListItemFactory {
        let factory = gtk::SignalListItemFactory::new();
        let draw: Draw = Rc::new(draw);
        let (made, with) = (self.0.clone(), draw.clone());
        factory.connect_setup(move |_, object| {
            if let Some(item) = object.downcast_ref::<gtk::ListItem>() {
                item.set_child(Some(&blank()));
                made.borrow_mut().push((item.clone(), with.clone()));
            }
        });
        factory.connect_bind(move |_, object| {
            if let Some(item) = object.downcast_ref::<gtk::ListItem>()
                && let Some(row) = boxed(item.item())
            {
                draw(item, &row.borrow());
            }
        });
        let gone = self.0.clone();
        factory.connect_teardown(move |_, object| {
            gone.borrow_mut().retain(|(item, _)| item != object);
        });
        factory
    }

    /// Has `draw` called with the row of `item` now, and whenever that changes as long as `widget`
    /// has a place on the screen.
    pub(super) fn keep(
        &self,
        widget: &impl IsA<gtk::Widget>,
        item: &glib::BoxedAnyObject,
        draw: impl Fn(&Row) + 'static,
    ) {
        draw(&item.borrow());
        let mut kept = self.1.borrow_mut();
        kept.retain(|kept| kept.widget.upgrade().is_some());
        kept.push(Kept {
            widget: widget.as_ref().downgrade(),
            item: item.clone(),
            draw: Box::new(draw),
        });
    }

    fn redraw(&self, changed: &glib::BoxedAnyObject) {
        for (item, draw) in self.0.borrow().iter() {
            if boxed(item.item()).as_ref() == Some(changed) {
                draw(item, &changed.borrow());
            }
        }
        for kept in self.1.borrow().iter().filter(|k| k.item == *changed) {
            if kept.widget.upgrade().is_some() {
                (kept.draw)(&changed.borrow());
            }
        }
    }
}

/// The rows.
pub(super) struct Lines {
    /// For table and cards.
    pub selection: gtk::SingleSelection,
    /// What they draw with.
    pub on_screen: OnScreen,
    /// The order is set from outside, by the table's headings.
    pub sorted: gtk::SortListModel,
    store: gio::ListStore,
    /// The list is being changed: a new selection is not the person's.
    is_filling: Rc<Cell<bool>>,
}

impl Lines {
    /// No rows; `selected` is called when another row is selected, with whether the person did it.
    pub(super) fn new(selected: impl Fn(bool) + 'static) -> Self {
        let store = gio::ListStore::new::<glib::BoxedAnyObject>();
        let sorted = gtk::SortListModel::new(Some(store.clone()), None::<gtk::Sorter>);
        let selection = gtk::SingleSelection::new(Some(sorted.clone()));
        let is_filling = Rc::new(Cell::new(false));
        let filling = is_filling.clone();
        selection.connect_selected_item_notify(move |_| selected(!filling.get()));
        Self {
            selection,
            on_screen: OnScreen::default(),
            sorted,
            store,
            is_filling,
        }
    }

    /// Shows `rows`; the selected one stays selected if it is still there.
    pub(super) fn show(&self, rows: &[Row]) {
        self.is_filling.set(true);
        let held = self.selected(key);
        let known: Vec<Key> = self.all(key);
        let wanted: Vec<Key> = rows.iter().map(key).collect();
        if wanted.starts_with(&known) {
            self.change(rows);
            let new = rows.iter().skip(known.len());
            let new: Vec<_> = new.cloned().map(glib::BoxedAnyObject::new).collect();
            self.store.extend_from_slice(&new);
        } else {
            let new: Vec<_> = rows
                .iter()
                .cloned()
                .map(glib::BoxedAnyObject::new)
                .collect();
            self.store.splice(0, self.store.n_items(), &new);
        }
        if let Some(held) = held {
            self.select(|row| key(row) == held);
        }
        self.is_filling.set(false);
    }

    fn change(&self, rows: &[Row]) {
        let mut has_changed = false;
        for (place, row) in (0..self.store.n_items()).zip(rows) {
            let Some(item) = boxed(self.store.item(place)) else {
                continue;
            };
            if *item.borrow::<Row>() != *row {
                item.replace(row.clone());
                self.on_screen.redraw(&item);
                has_changed = true;
            }
        }
        if let Some(sorter) = self.sorted.sorter().filter(|_| has_changed) {
            sorter.changed(gtk::SorterChange::Different);
        }
    }

    /// Selects the row at that place of the order shown, as the person does.
    pub(super) fn select_at(&self, place: i32) {
        if let Ok(place) = u32::try_from(place) {
            self.selection.set_selected(place);
        }
    }

    /// Selects the first row of which `is_meant` holds.
    pub(super) fn select(&self, is_meant: impl Fn(&Row) -> bool) {
        let was_filling = self.is_filling.replace(true);
        let place = (0..self.sorted.n_items()).find(|place| {
            boxed(self.sorted.item(*place)).is_some_and(|item| is_meant(&item.borrow()))
        });
        if let Some(place) = place {
            self.selection.set_selected(place);
        }
        self.is_filling.set(was_filling);
    }

    /// What `look` says of the selected row.
    pub(super) fn selected<T>(&self, look: impl FnOnce(&Row) -> T) -> Option<T> {
        let item = boxed(self.selection.selected_item())?;
        let row = item.borrow::<Row>();
        Some(look(&row))
    }

    fn all<T>(&self, look: impl Fn(&Row) -> T) -> Vec<T> {
        (0..self.store.n_items())
            .filter_map(|place| boxed(self.store.item(place)))
            .map(|item| look(&item.borrow()))
            .collect()
    }
}

/// What makes a row the same row in the next report. Its service may become known meanwhile.
type Key = (u16, Option<IpAddr>);

fn key(row: &Row) -> Key {
    (row.port, row.address)
}
