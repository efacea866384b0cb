//! Rows of long lists. `GtkListView` makes only as many as fit on the screen and uses them again.

use std::cell::RefCell;
use std::rc::Rc;

use adw::prelude::*;
use gtk::{glib, pango};

/// Makes rows by `blank` and fills them by `show`, which is given what the list holds.
pub(super) fn factory(
    blank: impl Fn() -> gtk::Box + 'static,
    show: impl Fn(&gtk::Widget, &glib::BoxedAnyObject) + 'static,
) -> gtk::SignalListItemFactory {
    let factory = gtk::SignalListItemFactory::new();
    factory.connect_setup(move |_, object| {
        if let Some(item) = object.downcast_ref::<gtk::ListItem>() {
            item.set_child(Some(&blank()));
        }
    });
    factory.connect_bind(move |_, object| {
        let Some(item) = object.downcast_ref::<gtk::ListItem>() else {
            return;
        };
        if let (Some(held), Some(child)) = (boxed(item.item()), item.child()) {
            show(&child, &held);
        }
    });
    factory
}

/// Rows that are on the screen, each with the item of the list it belongs to. Looking through them
/// is cheap however long the list is.
pub(super) struct Rows<R>(Rc<RefCell<Vec<(gtk::ListItem, R)>>>);

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

impl<R: 'static> Rows<R> {
    /// Makes rows by `make`, which puts one into the item, and fills them by `show`.
    pub(super) fn factory(
        &self,
        make: impl Fn(&gtk::ListItem) -> R + 'static,
        show: impl Fn(&R, &glib::BoxedAnyObject) + 'static,
    ) -> gtk::SignalListItemFactory {
        let factory = gtk::SignalListItemFactory::new();
        let made = Rc::clone(&self.0);
        factory.connect_setup(move |_, object| {
            if let Some(item) = object.downcast_ref::<gtk::ListItem>() {
                let row = make(item);
                made.borrow_mut().push((item.clone(), row));
            }
        });
        let bound = Rc::clone(&self.0);
        factory.connect_bind(move |_, object| {
            for (item, row) in bound.borrow().iter().filter(|(item, _)| item == object) {
                if let Some(held) = boxed(item.item()) {
                    show(row, &held);
                }
            }
        });
        let gone = Rc::clone(&self.0);
        factory.connect_teardown(move |_, object| {
            gone.borrow_mut().retain(|(item, _)| item != object);
        });
        factory
    }

    /// Each row that shows something, with its place in the list and what is held there.
    pub(super) fn each(&self, mut look: impl FnMut(u32, &R, &glib::BoxedAnyObject)) {
        for (item, row) in self.0.borrow().iter() {
            if let Some(held) = boxed(item.item()) {
                look(item.position(), row, &held);
            }
        }
    }
}

/// What an item of a list holds.
pub(super) fn boxed(item: Option<glib::Object>) -> Option<glib::BoxedAnyObject> {
    item.and_downcast()
}

/// A line of text in a row, cut where there is no room.
pub(super) fn label(class: &str) -> gtk::Label {
    gtk::Label::builder()
        .xalign(0.0)
        .ellipsize(pango::EllipsizeMode::End)
        .css_classes([class])
        .build()
}

/// The icon of a row; what it means is said in words beside it.
pub(super) fn icon() -> gtk::Image {
    gtk::Image::builder()
        .accessible_role(gtk::AccessibleRole::Presentation)
        .build()
}
