//! The list of files. Only the rows on the screen exist, however many users there are.

use std::cell::RefCell;

use adw::prelude::*;
use gtk::{gio, glib, pango};

use super::super::lines::{self, Rows};
use super::super::{a11y, icons};
use super::Input;
use super::model::{icon, line, title};
use crate::base::i18n::gettext;
use crate::engine::api::job::users::UsersFile;

/// The list.
pub(super) struct List {
    /// The widget.
    pub view: gtk::ListView,
    store: gio::ListStore,
    shown: RefCell<Vec<UsersFile>>,
}

/// The widgets of a row.
struct Row {
    root: gtk::Box,
    icon: gtk::Image,
    title: gtk::Label,
    first: gtk::Label,
    second: gtk::Label,
}

impl List {
    /// Empty.
    pub(super) fn new(to: &relm4::Sender<Input>) -> Self {
        let store = gio::ListStore::new::<glib::BoxedAnyObject>();
        let selection = gtk::SingleSelection::new(Some(store.clone()));
        let view = gtk::ListView::builder()
            .model(&selection)
            .factory(&factory())
            .single_click_activate(true)
            .css_classes(["accounts"])
            .name("users")
            .build();
        a11y::set_label(&view, &gettext("Files"));
        let to = to.clone();
        view.connect_activate(move |_, place| to.emit(Input::Open(place)));
        Self {
            view,
            store,
            shown: RefCell::default(),
        }
    }

    /// Shows these; rows that say the same stay.
    pub(super) fn show(&self, files: &[&UsersFile]) {
        let mut shown = self.shown.borrow_mut();
        let same = shown.iter().zip(files).take_while(|(old, new)| old == *new);
        let first = same.count();
        let rest = shown[first..].iter().rev().zip(files[first..].iter().rev());
        let last = rest.take_while(|(old, new)| old == *new).count();
        let items: Vec<_> = files[first..files.len() - last]
            .iter()
            .map(|file| glib::BoxedAnyObject::new((*file).clone()))
            .collect();
        let gone = shown.len() - first - last;
        if gone > 0 || !items.is_empty() {
            let (at, gone) = (first as u32, gone as u32);
            self.store.splice(at, gone, &items);
        }
        *shown = files.iter().map(|file| (*file).clone()).collect();
    }

    /// The file at that place.
    pub(super) fn at(&self, place: u32) -> Option<UsersFile> {
        self.shown.borrow().get(place as usize).cloned()
    }
}

fn factory() -> gtk::SignalListItemFactory {
    let make = |item: &gtk::ListItem| {
        let row = Row::new();
        item.set_child(Some(&row.root));
        row
    };
    Rows::default().factory(make, |row: &Row, file| row.show(&file.borrow()))
}

impl Row {
    fn new() -> Self {
        let this = Self {
            root: gtk::Box::builder().spacing(12).build(),
            icon: lines::icon(),
            title: lines::label("heading"),
            first: lines::label("caption"),
            second: lines::label("caption"),
        };
        this.second.add_css_class("quiet");
        for (label, lines) in [(&this.first, 4), (&this.second, 2)] {
            label.set_wrap(true);
            label.set_wrap_mode(pango::WrapMode::WordChar);
            label.set_lines(lines);
        }
        let texts = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .hexpand(true)
            .spacing(2)
            .valign(gtk::Align::Center)
            .build();
        texts.append(&this.title);
        texts.append(&this.first);
        texts.append(&this.second);
        this.root.append(&this.icon);
        this.root.append(&texts);
        this.root.append(&super::super::arrow());
        this
    }

    fn show(&self, file: &UsersFile) {
        let (first, second) = line(file);
        icons::put(&self.icon, icon(file));
        self.title.set_text(&title(&file.whose));
        self.title.set_tooltip_text(file.whose.path.to_str());
        self.first.set_text(&first);
        self.first.set_tooltip_text(Some(&first));
        self.second.set_text(&second);
        self.second.set_visible(!second.is_empty());
        let said = [title(&file.whose), first, second];
        let said = said.into_iter().filter(|part| !part.is_empty());
        a11y::name_line(&self.root, &said.collect::<Vec<_>>().join(", "));
    }
}
