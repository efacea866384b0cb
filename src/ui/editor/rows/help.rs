//! The popover that tells all there is to know of an option.

use gtk::prelude::*;

use super::super::super::a11y;
use super::label;
use crate::base::i18n::{fill, gettext};
use crate::rc::option::{self, Keyword};

/// The button that opens it; what is in it is made when it is opened.
pub(super) fn button(keyword: &'static Keyword) -> gtk::MenuButton {
    let popover = gtk::Popover::new();
    popover.connect_show(move |popover| {
        if popover.child().is_none() {
            popover.set_child(Some(&content(keyword)));
        }
    });
    let button = gtk::MenuButton::builder()
        .icon_name("help-about-symbolic")
        .valign(gtk::Align::Center)
        .css_classes(["flat"])
        .popover(&popover)
        .name("option-help")
        .build();
    let words = gettext("Help on “{option}”");
    a11y::name_button(
        &button,
        &fill(&words, &[("option", &gettext(keyword.label))]),
    );
    button
}

fn content(keyword: &'static Keyword) -> gtk::Box {
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(9)
        .margin_top(6)
        .margin_bottom(6)
        .margin_start(6)
        .margin_end(6)
        .build();
    let line = |text: &str, classes: &[&str]| {
        let label = label(text, classes);
        label.set_max_width_chars(44);
        label.set_selectable(true);
        column.append(&label);
    };
    line(&keyword.words.join(", "), &["words"]);
    line(&gettext(keyword.about), &["body"]);
    if !keyword.default.is_empty() {
        let text = gettext("Default: {default}");
        line(&fill(&text, &[("default", &keyword.default)]), &["body"]);
    }
    for note in keyword.notes {
        line(&gettext(note), &["caption"]);
    }
    if !keyword.related.is_empty() {
        let names = keyword.related.iter().map(|id| option::keyword(*id).name());
        let names = names.collect::<Vec<_>>().join(", ");
        let text = gettext("See also: {options}");
        line(&fill(&text, &[("options", &names)]), &["caption"]);
    }
    column
}
