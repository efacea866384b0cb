//! A row with a name and a value from outside. Unlike the value of an `AdwActionRow` it is broken
//! without hyphens: a host, a path or a fingerprint must not get characters it does not have.

use adw::prelude::*;
use gtk::pango;

use super::a11y;
use crate::base::i18n::{fill, gettext};

/// How a row is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// A fact.
    Plain,
    /// A weakness or trouble.
    Warning,
}

/// A row that says `value` of `title`; and the box at its end, for buttons.
pub(super) fn row(title: &str, value: &str, weight: Weight) -> (adw::PreferencesRow, gtk::Box) {
    let line = gtk::Box::builder()
        .spacing(12)
        .margin_top(8)
        .margin_bottom(8)
        .margin_start(12)
        .margin_end(12)
        .build();
    let mut spoken = gettext("{column}: {value}");
    if weight == Weight::Warning {
        spoken = gettext("Warning: {column}: {value}");
        line.append(
            &gtk::Image::builder()
                .icon_name("dialog-warning-symbolic")
                .css_classes(["wait"])
                .accessible_role(gtk::AccessibleRole::Presentation)
                .build(),
        );
    }
    let texts = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .valign(gtk::Align::Center)
        .spacing(2)
        .hexpand(true)
        .build();
    texts.append(&verbatim(title, &[]));
    if !value.is_empty() {
        texts.append(&verbatim(value, &["caption", "quiet"]));
    }
    line.append(&texts);
    let suffixes = gtk::Box::builder().spacing(6).build();
    line.append(&suffixes);
    let row = adw::PreferencesRow::builder()
        .title(title)
        .use_markup(false)
        .activatable(false)
        .child(&line)
        .build();
    a11y::set_label(
        &row,
        &fill(&spoken, &[("column", &title), ("value", &value)]),
    );
    (row, suffixes)
}

/// A sentence with an icon before it.
pub(super) fn point(icon: &str, class: &str, sentence: &str) -> gtk::Box {
    let line = gtk::Box::builder().spacing(9).build();
    line.append(
        &gtk::Image::builder()
            .icon_name(icon)
            .valign(gtk::Align::Start)
            .css_classes([class])
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build(),
    );
    line.append(&verbatim(sentence, &["body"]));
    line
}

/// A label that shows `text` as it is, broken anywhere if need be but without hyphens.
pub(super) fn verbatim(text: &str, classes: &[&str]) -> gtk::Label {
    let label = gtk::Label::builder()
        .label(text)
        .wrap(true)
        .wrap_mode(pango::WrapMode::WordChar)
        .xalign(0.0)
        .hexpand(true)
        .css_classes(classes.to_vec())
        .build();
    without_hyphens(&label, pango::AttrList::new());
    label
}

/// Gives `label` these attributes, and none of Pango's own hyphens.
pub(super) fn without_hyphens(label: &gtk::Label, attributes: pango::AttrList) {
    attributes.insert(pango::AttrInt::new_insert_hyphens(false));
    label.set_attributes(Some(&attributes));
}

/// Takes all children away.
pub(super) fn empty(parent: &gtk::Box) {
    while let Some(child) = parent.first_child() {
        parent.remove(&child);
    }
}

/// Lets the words on the buttons below `widget` wrap, so that large text finds room in a narrow window.
pub(super) fn wrap_buttons(widget: &impl IsA<gtk::Widget>) {
    let widget = widget.as_ref();
    let is_button = widget.is::<gtk::Button>() || widget.is::<gtk::CheckButton>();
    for child in a11y::children(widget) {
        match child.downcast_ref::<gtk::Label>() {
            Some(label) if is_button => {
                label.set_wrap(true);
                label.set_wrap_mode(pango::WrapMode::Word);
                // Only where there is no room: GTK would break words to fill the height of a row.
                label.set_natural_wrap_mode(gtk::NaturalWrapMode::None);
                label.set_justify(gtk::Justification::Center);
            }
            _ => wrap_buttons(&child),
        }
    }
}
