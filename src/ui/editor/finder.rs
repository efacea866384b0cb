//! Looking for an option: the field, what is looked among, and what was found.

use std::cell::RefCell;
use std::rc::Rc;

use adw::prelude::*;

use super::super::{a11y, choices, shell};
use super::Input;
use super::model::Model;
use super::model::search::{Among, Hit, search};
use super::model::tree::Node;
use super::rows::{label, tag};
use super::show::name;
use crate::base::i18n::{fill, gettext};
use crate::rc::option;

/// The field and the results, in the place of the pages while it is open.
pub(super) struct Finder {
    /// To be put where the pages are.
    pub root: gtk::Box,
    field: gtk::SearchEntry,
    among: gtk::DropDown,
    list: gtk::ListBox,
    none: adw::StatusPage,
    hits: Rc<RefCell<Vec<Hit>>>,
}

impl Finder {
    /// Closed.
    pub(super) fn new(to: &relm4::Sender<Input>) -> Self {
        let field = gtk::SearchEntry::builder()
            .hexpand(true)
            .placeholder_text(gettext("Option, meaning or value"))
            .name("editor-search")
            .build();
        a11y::set_label(&field, &gettext("Search the Options"));
        let changed = to.clone();
        field.connect_search_changed(move |_| changed.emit(Input::Searched));
        let stopped = to.clone();
        field.connect_stop_search(move |_| stopped.emit(Input::Search(false)));
        let words = [
            gettext("All"),
            gettext("Set in the file"),
            gettext("With a hint"),
        ];
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let among = gtk::DropDown::from_strings(&words);
        choices::shorten(&among);
        among.set_widget_name("editor-among");
        a11y::set_label(&among, &gettext("Which Options"));
        if let Some(inner) = among.first_child() {
            a11y::set_label(&inner, &gettext("Which Options"));
        }
        let changed = to.clone();
        among.connect_selected_notify(move |_| changed.emit(Input::Searched));
        let list = gtk::ListBox::builder()
            .selection_mode(gtk::SelectionMode::None)
            .css_classes(["boxed-list"])
            .valign(gtk::Align::Start)
            .name("editor-hits")
            .build();
        a11y::set_label(&list, &gettext("Options Found"));
        let hits: Rc<RefCell<Vec<Hit>>> = Rc::default();
        let (found, chosen) = (Rc::clone(&hits), to.clone());
        list.connect_row_activated(move |_, row| {
            let at = usize::try_from(row.index()).ok();
            let hit = at.and_then(|at| found.borrow().get(at).cloned());
            if let Some(hit) = hit {
                chosen.emit(Input::GoTo(hit));
            }
        });
        let (found, chosen) = (Rc::clone(&hits), to.clone());
        field.connect_activate(move |_| {
            let first = found.borrow().first().cloned();
            if let Some(hit) = first {
                chosen.emit(Input::GoTo(hit));
            }
        });
        let none = adw::StatusPage::builder()
            .icon_name("system-search-symbolic")
            .title(gettext("No Option Found"))
            .description(gettext("Try another word."))
            .vexpand(true)
            .visible(false)
            .build();
        let root = lay_out(&field, &among, &list, &none);
        Self {
            root,
            field,
            among,
            list,
            none,
            hits,
        }
    }

    /// Opens it, with the cursor in the field, or closes it.
    pub(super) fn open(&self, is_open: bool) {
        self.root.set_visible(is_open);
        if is_open {
            self.field.grab_focus();
            self.field.select_region(0, -1);
        }
    }

    /// Looks again.
    pub(super) fn search(&self, model: &Model, here: Node) {
        let among = match self.among.selected() {
            1 => Among::Said,
            2 => Among::Hinted,
            _ => Among::All,
        };
        let query = self.field.text();
        let hits = search(model, &query, among, here);
        if *self.hits.borrow() == hits && !hits.is_empty() {
            return;
        }
        while let Some(child) = self.list.first_child() {
            self.list.remove(&child);
        }
        for hit in &hits {
            self.list.append(&row(model, hit));
        }
        self.list.set_visible(!hits.is_empty());
        let is_asked = !query.trim().is_empty() || among != Among::All;
        self.none.set_visible(hits.is_empty() && is_asked);
        *self.hits.borrow_mut() = hits;
    }
}

fn row(model: &Model, hit: &Hit) -> gtk::ListBoxRow {
    let keyword = option::keyword(hit.id);
    let title = gettext(keyword.label);
    let place = fill(
        &gettext("{name} › {page}"),
        &[
            ("name", &name(model, hit.node)),
            ("page", &gettext(hit.page.title())),
        ],
    );
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(3)
        .margin_top(8)
        .margin_bottom(8)
        .margin_start(12)
        .margin_end(12)
        .build();
    let head = gtk::Box::builder().spacing(6).build();
    let text = label(&title, &[]);
    text.set_hexpand(true);
    head.append(&text);
    head.append(&tag(keyword.name()));
    column.append(&head);
    column.append(&label(&place, &["caption", "quiet"]));
    let row = gtk::ListBoxRow::builder().child(&column).build();
    a11y::set_label(&row, &format!("{title}, {place}"));
    row
}

fn lay_out(
    field: &gtk::SearchEntry,
    among: &gtk::DropDown,
    list: &gtk::ListBox,
    none: &adw::StatusPage,
) -> gtk::Box {
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(12)
        .margin_top(12)
        .margin_bottom(24)
        .margin_start(12)
        .margin_end(12)
        .build();
    let head = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(6)
        .build();
    head.append(field);
    head.append(among);
    column.append(&head);
    column.append(list);
    column.append(none);
    let scroll = shell::scroll(&column, 600);
    scroll.set_hexpand(true);
    let root = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .width_request(300)
        .hexpand(true)
        .visible(false)
        .build();
    root.append(&scroll);
    root
}
