//! One line of the log as it is drawn: time, icon, sentence, and whose it is.

use std::time::SystemTime;

use adw::prelude::*;
use gtk::pango;

use super::super::{a11y, icons, lines};
use crate::engine::api::{Entry, words};

/// Makes and fills lines for the list.
pub(super) fn factory() -> gtk::SignalListItemFactory {
    lines::factory(blank, |line, entry| show(line, &entry.borrow()))
}

fn blank() -> gtk::Box {
    let line = gtk::Box::builder().spacing(12).build();
    let time = gtk::Label::builder()
        .valign(gtk::Align::Start)
        .css_classes(["figure", "quiet"])
        .build();
    let icon = gtk::Image::builder()
        .valign(gtk::Align::Start)
        .accessible_role(gtk::AccessibleRole::Presentation)
        .build();
    let wrapped = |class: &str| {
        gtk::Label::builder()
            .xalign(0.0)
            .wrap(true)
            .wrap_mode(pango::WrapMode::WordChar)
            .css_classes([class])
            .build()
    };
    let texts = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .hexpand(true)
        .build();
    texts.append(&wrapped("body"));
    let account = wrapped("caption");
    account.add_css_class("quiet");
    texts.append(&account);
    line.append(&time);
    line.append(&icon);
    line.append(&texts);
    line
}

fn show(line: &gtk::Widget, entry: &Entry) {
    let time = line.first_child();
    let icon = time.as_ref().and_then(|w| w.next_sibling());
    let texts = icon.as_ref().and_then(|w| w.next_sibling());
    let sentence = texts.as_ref().and_then(|w| w.first_child());
    let account = sentence.as_ref().and_then(|w| w.next_sibling());
    let put = |label: Option<gtk::Widget>, text: &str| {
        if let Some(label) = label.and_downcast::<gtk::Label>() {
            label.set_text(text);
        }
    };
    if let Some(icon) = icon.and_downcast::<gtk::Image>() {
        icons::put(&icon, icons::of_entry(&entry.what));
    }
    if let Some(account) = &account {
        account.set_visible(entry.id.is_some());
    }
    let clock = words::clock(entry.at, SystemTime::now());
    let said = words::entry(entry);
    let whose = entry.id.as_ref().map(words::title).unwrap_or_default();
    put(time, &clock);
    put(sentence, &said);
    put(account, &whose);
    let parts = [clock, said, whose].into_iter();
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    a11y::name_line(line, &parts.join(", "));
}
