//! The menus of drop-downs and combo rows: lines that a screen reader can name, and a choice that
//! can be narrower than its words.

use std::cell::RefCell;
use std::rc::Rc;

use gtk::glib;
use gtk::pango;
use gtk::prelude::*;

use super::a11y;

/// The mark of what is chosen.
const MARK: &str = "object-select-symbolic";

/// Lets a drop-down be narrower than its words; its menu is not.
pub(super) fn shorten(choice: &gtk::DropDown) {
    let short = gtk::SignalListItemFactory::new();
    short.connect_setup(|_, object| {
        let label = gtk::Label::builder()
            .xalign(0.0)
            .ellipsize(pango::EllipsizeMode::End)
            .build();
        if let Some(item) = object.downcast_ref::<gtk::ListItem>() {
            item.set_child(Some(&label));
        }
    });
    short.connect_bind(|_, object| {
        let item = object.downcast_ref::<gtk::ListItem>();
        let label = item.and_then(gtk::ListItem::child).and_downcast();
        if let (Some(item), Some(label)) = (item, label) {
            gtk::Label::set_text(&label, &words(item));
        }
    });
    choice.set_factory(Some(&short));
    choice.set_list_factory(Some(&menu(choice)));
}

/// The lines of the menu of a drop-down or combo row of words. Those that GTK 4.8 draws by itself
/// have no name, and nothing is read out of them.
pub(super) fn menu(choice: &impl IsA<gtk::Widget>) -> gtk::SignalListItemFactory {
    let lines: Rc<RefCell<Vec<gtk::ListItem>>> = Rc::default();
    let factory = gtk::SignalListItemFactory::new();
    let made = lines.clone();
    factory.connect_setup(move |_, object| {
        if let Some(item) = object.downcast_ref::<gtk::ListItem>() {
            item.set_child(Some(&blank()));
            made.borrow_mut().push(item.clone());
        }
    });
    let whose = choice.as_ref().downgrade();
    factory.connect_bind(move |_, object| {
        let (Some(item), Some(choice)) = (object.downcast_ref(), whose.upgrade()) else {
            return;
        };
        show(item, &choice);
    });
    let gone = lines.clone();
    factory.connect_teardown(move |_, object| {
        gone.borrow_mut().retain(|item| item != object);
    });
    choice.connect_notify_local(Some("selected-item"), move |choice, _| {
        for item in lines.borrow().iter().filter(|item| item.item().is_some()) {
            show(item, choice.upcast_ref());
        }
    });
    factory
}

fn blank() -> gtk::Box {
    let line = gtk::Box::builder().spacing(6).build();
    line.append(&gtk::Label::builder().xalign(0.0).hexpand(true).build());
    line.append(
        &gtk::Image::builder()
            .icon_name(MARK)
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build(),
    );
    line
}

fn show(item: &gtk::ListItem, choice: &gtk::Widget) {
    let Some(line) = item.child() else { return };
    let words = words(item);
    if let Some(label) = line.first_child().and_downcast::<gtk::Label>() {
        label.set_text(&words);
    }
    let chosen: Option<glib::Object> = choice.property("selected-item");
    if let Some(mark) = line.last_child() {
        mark.set_opacity(if chosen == item.item() { 1.0 } else { 0.0 });
    }
    a11y::name_line(&line, &words);
}

fn words(item: &gtk::ListItem) -> glib::GString {
    let words = item.item().and_downcast::<gtk::StringObject>();
    words.map(|words| words.string()).unwrap_or_default()
}
