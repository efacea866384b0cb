//! The pages of a server, a user or the file: their rows, made once for each kind and filled with
//! what holds.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use adw::prelude::*;

use super::super::shell::{self, vertical};
use super::super::{a11y, choices, fact};
use super::Input;
use super::hints::Hints;
use super::model::tree::Node;
use super::model::{Model, Row};
use super::rows::{Meant, OptionRow, label};
use super::special::{Special, SpecialMeant};
use super::words::Words;
use crate::base::i18n::gettext;
use crate::rc::edit::At;
use crate::rc::option::{Id, Page};

/// The page that is shown, and how to get to the others.
pub(super) struct Pages {
    /// To be put into the layout.
    pub root: gtk::Box,
    choice: gtk::DropDown,
    title: gtk::Label,
    list: gtk::ListBox,
    hints: Hints,
    special: Special,
    empty: gtk::Label,
    trouble: gtk::Label,
    trouble_line: gtk::Box,
    words: Words,
    body: gtk::Box,
    scroll: gtk::ScrolledWindow,
    rows: RefCell<Vec<OptionRow>>,
    shown: RefCell<Option<(Node, Page)>>,
    fills: Rc<Cell<bool>>,
    pages: Rc<RefCell<Vec<Page>>>,
    meant: Meant,
}

impl Pages {
    /// Empty. `turned` hears which page somebody wants.
    pub(super) fn new(
        to: &relm4::Sender<Input>,
        meant: Meant,
        special: SpecialMeant,
        turned: impl Fn(Page) + 'static,
    ) -> Self {
        let fills = Rc::new(Cell::new(false));
        let pages: Rc<RefCell<Vec<Page>>> = Rc::default();
        let choice = gtk::DropDown::from_strings(&[]);
        choices::shorten(&choice);
        choice.set_widget_name("editor-page");
        let (of, quiet) = (Rc::clone(&pages), Rc::clone(&fills));
        choice.connect_selected_notify(move |choice| {
            let page = of.borrow().get(choice.selected() as usize).copied();
            if let Some(page) = page.filter(|_| !quiet.get()) {
                turned(page);
            }
        });
        a11y::set_label(&choice, &gettext("Page"));
        let title = label("", &["title-4"]);
        title.set_hexpand(true);
        title.set_widget_name("editor-title");
        let list = gtk::ListBox::builder()
            .selection_mode(gtk::SelectionMode::None)
            .css_classes(["boxed-list"])
            .name("editor-rows")
            .build();
        let special = Special::new(special);
        let empty = label("", &["quiet"]);
        empty.set_text(&gettext("There is nothing to set on this page."));
        let trouble = label("", &["error"]);
        trouble.set_widget_name("editor-trouble");
        trouble.set_hexpand(true);
        let trouble_line = trouble_line(&trouble, to);
        let words = Words::new(to);
        let body = vertical(12);
        body.append(&special.root);
        body.append(&list);
        body.append(&empty);
        let column = vertical(12);
        column.set_margin_top(12);
        column.set_margin_bottom(24);
        column.set_margin_start(12);
        column.set_margin_end(12);
        let head = vertical(6);
        head.append(&title);
        head.append(&choice);
        column.append(&head);
        column.append(&trouble_line);
        let hints = Hints::new(to);
        column.append(&hints.root);
        // What cannot be read can be changed even then.
        column.append(&words.root);
        column.append(&body);
        fact::wrap_buttons(&column);
        let scroll = shell::scroll(&column, 600);
        let root = vertical(0);
        root.set_hexpand(true);
        root.set_width_request(300);
        root.append(&scroll);
        Self {
            root,
            choice,
            title,
            list,
            hints,
            special,
            empty,
            trouble,
            trouble_line,
            words,
            body,
            scroll,
            rows: RefCell::default(),
            shown: RefCell::default(),
            fills,
            pages,
            meant,
        }
    }

    /// Shows a page of a node as it is.
    pub(super) fn show(&self, model: &Model, node: Node, page: Page, name: &str) {
        if self.title.text() != name {
            self.title.set_text(name);
        }
        let is_new = self.shown.replace(Some((node, page))) != Some((node, page));
        self.show_choice(node, page);
        let rows = model.rows(node, page);
        let known = self.rows.borrow();
        let same = known.len() == rows.len();
        let same = same
            && known
                .iter()
                .zip(&rows)
                .all(|(old, new)| old.row().id == new.id);
        drop(known);
        if !same {
            self.fill(&rows);
        }
        let has_others = match node {
            Node::User(entry, _) => model.users(entry) > 1,
            _ => false,
        };
        for (shown, row) in self.rows.borrow().iter().zip(&rows) {
            shown.show(row, has_others);
            if row.id == Id::Folder {
                shown.offer(model.has_folders(row.at));
            }
        }
        self.hints.show(model.found_at(node));
        let unknown = match page {
            Page::Other => model.unknown(node),
            _ => Vec::new(),
        };
        let has_words = self.words.show(unknown);
        let has_special = self.special.show(model, node, page);
        self.list.set_visible(!rows.is_empty());
        self.empty
            .set_visible(rows.is_empty() && !has_special && !has_words);
        if is_new {
            self.scroll.vadjustment().set_value(0.0);
        }
    }

    fn show_choice(&self, node: Node, page: Page) {
        let pages = node.pages();
        self.fills.set(true);
        if *self.pages.borrow() != pages {
            let names: Vec<String> = pages.iter().map(|page| gettext(page.title())).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            self.choice.set_model(Some(&gtk::StringList::new(&names)));
            if let Some(inner) = self.choice.first_child() {
                a11y::set_label(&inner, &gettext("Page"));
            }
            *self.pages.borrow_mut() = pages.clone();
        }
        let at = pages.iter().position(|other| *other == page);
        if let Some(at) = at.and_then(|at| u32::try_from(at).ok()) {
            self.choice.set_selected(at);
        }
        self.fills.set(false);
    }

    fn fill(&self, rows: &[Row]) {
        while let Some(child) = self.list.first_child() {
            self.list.remove(&child);
        }
        let made: Vec<OptionRow> = rows
            .iter()
            .map(|row| OptionRow::new(row.clone(), &self.meant))
            .collect();
        made.iter().for_each(|row| self.list.append(&row.root));
        a11y::set_label(&self.list, &gettext("Options"));
        *self.rows.borrow_mut() = made;
    }

    /// More below the options of the page.
    pub(super) fn add_below(&self, more: &gtk::Box) {
        self.body.append(more);
        fact::wrap_buttons(more);
    }

    /// The file cannot be used: a sentence; nothing can be set then but in the source.
    pub(super) fn show_trouble(&self, sentence: Option<&str>) {
        let text = sentence.unwrap_or_default();
        if self.trouble.text() != text {
            self.trouble.set_text(text);
        }
        self.trouble_line.set_visible(sentence.is_some());
        self.body.set_sensitive(sentence.is_none());
    }

    /// Says why an option could not be written.
    pub(super) fn refuse(&self, at: At, id: Id, sentence: &str) {
        let rows = self.rows.borrow();
        let mut rows = rows.iter();
        if let Some(row) = rows.find(|row| (row.row().at, row.row().id) == (at, id)) {
            row.refuse(sentence);
        }
    }

    /// What a command comes to.
    pub(super) fn tell(&self, at: At, id: Id, sentence: &str) {
        let rows = self.rows.borrow();
        let mut rows = rows.iter();
        if let Some(row) = rows.find(|row| (row.row().at, row.row().id) == (at, id)) {
            row.tell(sentence);
        }
    }

    /// What the fix of the finding with that number would change is shown.
    pub(super) fn hints(&self) -> &Hints {
        &self.hints
    }

    /// The next time all rows are made anew.
    pub(super) fn forget(&self) {
        self.rows.borrow_mut().clear();
    }

    /// The cursor to an option of the page.
    pub(super) fn go_to(&self, id: Id) {
        let rows = self.rows.borrow();
        if let Some(row) = rows.iter().find(|row| row.row().id == id) {
            row.grab_focus();
        }
    }
}

fn trouble_line(trouble: &gtk::Label, to: &relm4::Sender<Input>) -> gtk::Box {
    let line = gtk::Box::builder().spacing(9).visible(false).build();
    line.append(trouble);
    let go = a11y::mnemonic_button(&gettext("_Go to Line"));
    go.set_widget_name("editor-go-to-trouble");
    go.set_valign(gtk::Align::Start);
    let to = to.clone();
    go.connect_clicked(move |_| to.emit(Input::GoToTrouble));
    line.append(&go);
    line
}
