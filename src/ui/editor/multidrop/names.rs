//! The names of an account as rows of two fields: what a message is addressed to, and who gets it
//! here. `*` is a switch and comes last.

mod line;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gtk::prelude::*;

use super::super::super::a11y;
use super::super::super::shell::vertical;
use super::super::model::multidrop::names::{self, Map, Pair};
use super::super::rows::{label, tag};
use super::heading;
use crate::base::i18n::gettext;
use crate::rc::settings::Value;
use line::{Line, row_of};

/// The list.
#[derive(Clone)]
pub(super) struct NameList(Rc<Inner>);

struct Inner {
    root: gtk::Box,
    list: gtk::ListBox,
    note: gtk::Label,
    everyone: gtk::Switch,
    lines: RefCell<Vec<Line>>,
    /// Whose names are shown.
    of: Cell<Option<(usize, usize)>>,
    /// It is being filled: that is nobody's wish.
    fills: Cell<bool>,
    tell: Box<dyn Fn(Option<Value>)>,
}

impl NameList {
    /// Empty; `tell` hears what the list says when somebody has changed it.
    pub(super) fn new(tell: impl Fn(Option<Value>) + 'static) -> Self {
        let list = gtk::ListBox::builder()
            .selection_mode(gtk::SelectionMode::None)
            .css_classes(["boxed-list"])
            .name("names")
            .build();
        a11y::set_label(&list, &gettext("Names"));
        let everyone = gtk::Switch::builder()
            .valign(gtk::Align::Center)
            .name("names-everyone")
            .build();
        list.append(&everyone_row(&everyone));
        let note = label("", &["caption", "quiet"]);
        note.set_widget_name("names-note");
        let add = gtk::Button::builder()
            .label(gettext("Add a Name"))
            .halign(gtk::Align::Start)
            .name("names-add")
            .build();
        let root = vertical(6);
        root.append(&heading(&gettext("Names")));
        root.append(&note);
        root.append(&list);
        root.append(&add);
        let this = Self(Rc::new(Inner {
            root,
            list,
            note,
            everyone,
            lines: RefCell::default(),
            of: Cell::default(),
            fills: Cell::default(),
            tell: Box::new(tell),
        }));
        let weak = Rc::downgrade(&this.0);
        this.0.everyone.connect_active_notify(move |_| {
            if let Some(inner) = weak.upgrade() {
                inner.say();
            }
        });
        let weak = Rc::downgrade(&this.0);
        add.connect_clicked(move |_| {
            if let Some(inner) = weak.upgrade() {
                inner.add(&Pair::default());
                let lines = inner.lines.borrow();
                if let Some(line) = lines.last() {
                    line.remote.grab_focus();
                }
            }
        });
        this
    }

    /// To be put into the page.
    pub(super) fn root(&self) -> &gtk::Box {
        &self.0.root
    }

    /// Shows the names of a user. What is there and means the same stays as it was typed.
    pub(super) fn show(&self, of: (usize, usize), value: Option<&Value>, is_inherited: bool) {
        let inner = &self.0;
        let is_other = inner.of.replace(Some(of)) != Some(of);
        let read = names::read(value);
        let note = match (&read, is_inherited) {
            (Err(sentence), _) => sentence.clone(),
            (Ok(_), true) => gettext("From Defaults. A change is set here."),
            (Ok(_), false) => {
                gettext("Left what a message is addressed to, right who gets it here.")
            }
        };
        if inner.note.text() != note {
            inner.note.set_text(&note);
        }
        inner.list.set_visible(read.is_ok());
        let Ok(map) = read else { return };
        if is_other || !inner.map().says(value) {
            inner.fill(&map);
        }
    }

    /// The cursor to the first name.
    pub(super) fn grab_focus(&self) {
        match self.0.lines.borrow().first() {
            Some(line) => line.remote.grab_focus(),
            None => self.0.everyone.grab_focus(),
        };
    }
}

impl Inner {
    /// What it says now.
    fn map(&self) -> Map {
        let lines = self.lines.borrow();
        Map {
            pairs: lines.iter().map(Line::pair).collect(),
            wildcard: self.everyone.is_active(),
        }
    }

    fn say(&self) {
        for line in self.lines.borrow().iter() {
            line.show_trouble();
        }
        if !self.fills.get() {
            (self.tell)(self.map().value());
        }
    }

    fn fill(self: &Rc<Self>, map: &Map) {
        self.fills.set(true);
        for line in self.lines.take() {
            self.list.remove(&line.row);
        }
        map.pairs.iter().for_each(|pair| self.add(pair));
        self.everyone.set_active(map.wildcard);
        self.fills.set(false);
    }

    fn add(self: &Rc<Self>, pair: &Pair) {
        let line = Line::new(pair);
        let at = i32::try_from(self.lines.borrow().len()).unwrap_or(-1);
        self.list.insert(&line.row, at);
        for entry in [&line.remote, &line.local] {
            let weak = Rc::downgrade(self);
            entry.connect_changed(move |_| {
                if let Some(inner) = weak.upgrade() {
                    inner.say();
                }
            });
        }
        let (weak, row) = (Rc::downgrade(self), line.row.downgrade());
        line.remove.connect_clicked(move |_| {
            if let (Some(inner), Some(row)) = (weak.upgrade(), row.upgrade()) {
                inner.remove(&row);
            }
        });
        self.lines.borrow_mut().push(line);
    }

    fn remove(&self, row: &gtk::ListBoxRow) {
        let at = self.lines.borrow().iter().position(|line| line.row == *row);
        let Some(at) = at else { return };
        self.lines.borrow_mut().remove(at);
        self.list.remove(row);
        let lines = self.lines.borrow();
        // The cursor stays near.
        match lines.get(at).or(lines.last()) {
            Some(line) => line.remote.grab_focus(),
            None => self.everyone.grab_focus(),
        };
        drop(lines);
        self.say();
    }
}

fn everyone_row(everyone: &gtk::Switch) -> gtk::ListBoxRow {
    let words = gettext("Every other name");
    let text = gettext("A name that is not in the list is delivered under itself.");
    let title = label(&words, &[]);
    title.set_hexpand(true);
    let head = gtk::Box::builder().spacing(6).build();
    head.append(&title);
    head.append(everyone);
    head.append(&tag("*"));
    let all = vertical(4);
    all.set_margin_top(8);
    all.set_margin_bottom(8);
    all.set_margin_start(12);
    all.set_margin_end(12);
    all.append(&head);
    all.append(&label(&text, &["caption", "quiet"]));
    a11y::set_label(everyone, &words);
    a11y::set_description(everyone, &text);
    let row = row_of(&all);
    a11y::set_label(&row, &words);
    row
}
