//! What an entry is beside its options: its name, and whether it is checked by itself.

use std::cell::Cell;
use std::rc::Rc;

use adw::prelude::*;

use super::super::a11y;
use super::model::Model;
use super::model::tree::Node;
use super::rows::{label, tag};
use crate::base::i18n::gettext;
use crate::rc::option::Page;

/// What somebody wants of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ui) enum Wish {
    /// Another name.
    Rename(String),
    /// `poll` or `skip`.
    SetActive(bool),
}

/// Who hears of it: the number of the entry, and what is wanted.
pub(super) type SpecialMeant = Rc<dyn Fn(usize, Wish)>;

/// The rows.
pub(super) struct Special {
    /// To be put above the options.
    pub root: gtk::ListBox,
    active: gtk::Switch,
    name: gtk::Entry,
    error: gtk::Label,
    entry: Rc<Cell<Option<usize>>>,
    fills: Rc<Cell<bool>>,
}

impl Special {
    /// Hidden.
    pub(super) fn new(meant: SpecialMeant) -> Self {
        let root = gtk::ListBox::builder()
            .selection_mode(gtk::SelectionMode::None)
            .css_classes(["boxed-list"])
            .visible(false)
            .build();
        a11y::set_label(&root, &gettext("Entry"));
        let entry: Rc<Cell<Option<usize>>> = Rc::default();
        let fills: Rc<Cell<bool>> = Rc::default();
        let tell = {
            let (entry, fills) = (Rc::clone(&entry), Rc::clone(&fills));
            move |wish: Wish| {
                if let Some(entry) = entry.get().filter(|_| !fills.get()) {
                    meant(entry, wish);
                }
            }
        };
        let active = gtk::Switch::builder()
            .valign(gtk::Align::Center)
            .name("entry-active")
            .build();
        let to = tell.clone();
        active.connect_active_notify(move |active| to(Wish::SetActive(active.is_active())));
        let name = gtk::Entry::builder()
            .hexpand(true)
            .name("entry-label")
            .build();
        let error = label("", &["error", "caption"]);
        error.set_visible(false);
        let wrong = error.clone();
        name.connect_changed(move |name| {
            let text = name.text();
            let is_empty = text.trim().is_empty();
            wrong.set_text(&gettext("An entry needs a name."));
            wrong.set_visible(is_empty);
            if !is_empty {
                tell(Wish::Rename(text.into()));
            }
        });
        let texts = [
            (
                gettext("Check automatically"),
                "poll / skip",
                gettext("Without it, the entry is checked only when it is asked for."),
            ),
            (
                gettext("Label or server name"),
                "poll",
                gettext("What the entry is called; without “via”, also the server."),
            ),
        ];
        let [first, second] = texts;
        root.append(&line(first, active.upcast_ref(), true, None));
        root.append(&line(second, name.upcast_ref(), false, Some(&error)));
        Self {
            root,
            active,
            name,
            error,
            entry,
            fills,
        }
    }

    /// Shows them, if the page has them.
    pub(super) fn show(&self, model: &Model, node: Node, page: Page) -> bool {
        let number = match (node, page) {
            (Node::Server(number), Page::Server) => Some(number),
            _ => None,
        };
        let entry = number.and_then(|number| model.now().stanzas.entries.get(number));
        self.root.set_visible(entry.is_some());
        self.entry.set(number);
        let Some(entry) = entry else { return false };
        self.fills.set(true);
        self.active.set_active(entry.is_active);
        let text = String::from_utf8_lossy(&entry.label);
        if self.name.text() != *text {
            self.name.set_text(&text);
            self.error.set_visible(false);
        }
        self.name
            .set_sensitive(std::str::from_utf8(&entry.label).is_ok());
        self.fills.set(false);
        true
    }
}

fn line(
    (title, word, text): (String, &str, String),
    control: &gtk::Widget,
    is_beside: bool,
    error: Option<&gtk::Label>,
) -> gtk::ListBoxRow {
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(4)
        .margin_top(8)
        .margin_bottom(8)
        .margin_start(12)
        .margin_end(12)
        .build();
    let head = gtk::Box::builder().spacing(6).build();
    let name = label(&title, &[]);
    name.set_hexpand(true);
    head.append(&name);
    if is_beside {
        head.append(control);
    }
    head.append(&tag(word));
    column.append(&head);
    column.append(&label(&text, &["caption", "quiet"]));
    if !is_beside {
        column.append(control);
    }
    if let Some(error) = error {
        column.append(error);
    }
    a11y::set_label(control, &title);
    a11y::set_description(control, &text);
    let row = gtk::ListBoxRow::builder()
        .child(&column)
        .activatable(false)
        .focusable(false)
        .build();
    a11y::set_label(&row, &title);
    row
}
