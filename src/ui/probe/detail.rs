//! Everything about the selected port, in a pane beside the table or on a page of its own.
//!
//! While a probe runs only the sections that have changed are made anew, so that what is read or
//! has the focus stays in place.

use std::cell::RefCell;

use adw::prelude::*;
use gtk::pango;

use super::super::{a11y, fact};
use super::facts::{self, Item, Section};
use super::{Input, apply, words};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::report::{Advice, Line, Report, Row};

/// The pane.
pub(super) struct Detail {
    /// To be put beside the table.
    pub root: gtk::ScrolledWindow,
    heading: gtk::Label,
    column: gtk::Box,
    shown: RefCell<Vec<(Section, gtk::Widget)>>,
    /// Which row and whose accounts are shown.
    of: RefCell<Option<Of>>,
    to: relm4::Sender<Input>,
}

/// What makes all sections stale when it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Of {
    row: (u16, Option<std::net::IpAddr>, std::time::SystemTime),
    here: Vec<apply::Here>,
}

impl Detail {
    /// An empty pane.
    pub(super) fn new(to: &relm4::Sender<Input>) -> Self {
        let heading = gtk::Label::builder()
            .xalign(0.0)
            .wrap(true)
            .wrap_mode(pango::WrapMode::WordChar)
            .css_classes(["title-4"])
            .accessible_role(gtk::AccessibleRole::Heading)
            .name("probe-detail-title")
            .build();
        let column = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(18)
            .margin_top(12)
            .margin_bottom(24)
            .margin_start(12)
            .margin_end(12)
            .build();
        column.append(&heading);
        let clamp = adw::Clamp::builder()
            .maximum_size(600)
            .child(&column)
            .build();
        let root = gtk::ScrolledWindow::builder()
            .hscrollbar_policy(gtk::PolicyType::Never)
            .width_request(300)
            .child(&clamp)
            .name("probe-detail")
            .build();
        Self {
            root,
            heading,
            column,
            shown: RefCell::default(),
            of: RefCell::default(),
            to: to.clone(),
        }
    }

    /// Shows `row`; `here` are the accounts of its host.
    pub(super) fn show(&self, report: &Report, row: &Row, here: &[apply::Here]) {
        let heading = fill(
            &gettext("Port {port} · {service}"),
            &[
                ("port", &row.port),
                ("service", &words::service(row.service)),
            ],
        );
        self.heading.set_text(&heading);
        let of = Of {
            row: (row.port, row.address, report.at),
            here: here.to_vec(),
        };
        let is_other = self.of.borrow().as_ref() != Some(&of);
        if is_other {
            self.clear();
            self.root.vadjustment().set_value(0.0);
            self.of.replace(Some(of));
        }
        let mut old = self.shown.take();
        let mut shown = Vec::new();
        let mut above: gtk::Widget = self.heading.clone().upcast();
        for section in facts::sections(report, row) {
            let place = old.iter().position(|(known, _)| known.id == section.id);
            let kept = place.map(|place| old.swap_remove(place));
            let widget = match kept {
                Some((known, widget)) if known == section => widget,
                other => {
                    if let Some((_, widget)) = other {
                        self.column.remove(&widget);
                    }
                    let widget = self.section(&section, here);
                    self.column.insert_child_after(&widget, Some(&above));
                    widget
                }
            };
            above = widget.clone();
            shown.push((section, widget));
        }
        for (_, widget) in old {
            self.column.remove(&widget);
        }
        self.shown.replace(shown);
    }

    fn clear(&self) {
        for (_, widget) in self.shown.take() {
            self.column.remove(&widget);
        }
    }

    fn section(&self, section: &Section, here: &[apply::Here]) -> gtk::Widget {
        // The words of a section are of the program, the rows below are not.
        let group = adw::PreferencesGroup::builder()
            .title(&section.title)
            .name(format!("probe-section-{}", section.id))
            .build();
        let mut words = None::<gtk::ListBox>;
        for item in &section.items {
            match item {
                Item::Fact {
                    title,
                    value,
                    is_warning,
                } => group.add(&fact::row(title, value, weight(*is_warning)).0),
                Item::Words { text, mark } => group.add(&said_words(text, *mark)),
                Item::Capability {
                    word,
                    meaning,
                    note,
                } => {
                    let list = words.get_or_insert_with(|| {
                        let list = list();
                        a11y::set_label(&list, &section.title);
                        group.add(&list);
                        list
                    });
                    list.append(&capability(word, meaning, note));
                }
                Item::Advice(advice) => group.add(&self.advice(advice, here)),
                Item::Certificates(shown) => {
                    let row = adw::ActionRow::builder()
                        .title(gettext("Show Certificates…"))
                        .activatable(true)
                        .name("probe-certificates")
                        .build();
                    row.add_suffix(
                        &gtk::Image::builder()
                            .icon_name("go-next-symbolic")
                            .accessible_role(gtk::AccessibleRole::Presentation)
                            .build(),
                    );
                    let (to, shown) = (self.to.clone(), shown.clone());
                    row.connect_activated(move |_| {
                        to.emit(Input::Certificates(shown.clone()));
                    });
                    group.add(&row);
                }
                Item::Said(lines) => group.add(&transcript(lines)),
            }
        }
        group.upcast()
    }

    fn advice(&self, advice: &Advice, here: &[apply::Here]) -> adw::PreferencesRow {
        let (row, suffixes) = fact::row(&advice.server, &advice.text, weight(advice.is_warning));
        if !advice.reference.is_empty() {
            row.set_tooltip_text(Some(&advice.reference));
        }
        if !advice.option.is_empty()
            && let Some(button) = apply::use_button(&advice.option, here, &self.to)
        {
            suffixes.append(&button);
        }
        row
    }
}

fn weight(is_warning: bool) -> fact::Weight {
    if is_warning {
        fact::Weight::Warning
    } else {
        fact::Weight::Plain
    }
}

fn list() -> gtk::ListBox {
    gtk::ListBox::builder()
        .selection_mode(gtk::SelectionMode::None)
        .css_classes(["boxed-list"])
        .build()
}

/// Words of the server as they are; `mark` is made to be seen by attributes, not by markup.
fn said_words(text: &str, mark: Option<(usize, usize)>) -> adw::PreferencesRow {
    let label = gtk::Label::builder()
        .label(text)
        .wrap(true)
        .wrap_mode(pango::WrapMode::WordChar)
        .xalign(0.0)
        .selectable(true)
        .css_classes(["words"])
        .margin_top(9)
        .margin_bottom(9)
        .margin_start(12)
        .margin_end(12)
        .name("probe-greeting")
        .build();
    label.set_direction(gtk::TextDirection::Ltr);
    let attributes = pango::AttrList::new();
    if let Some((begin, end)) = mark
        && let (Ok(begin), Ok(end)) = (u32::try_from(begin), u32::try_from(end))
    {
        let mut weight = pango::AttrInt::new_weight(pango::Weight::Bold);
        let mut line = pango::AttrInt::new_underline(pango::Underline::Single);
        weight.set_start_index(begin);
        weight.set_end_index(end);
        line.set_start_index(begin);
        line.set_end_index(end);
        attributes.insert(weight);
        attributes.insert(line);
    }
    fact::without_hyphens(&label, attributes);
    adw::PreferencesRow::builder()
        .child(&label)
        .activatable(false)
        .focusable(false)
        .build()
}

fn capability(word: &str, meaning: &str, note: &str) -> gtk::ListBoxRow {
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .margin_top(6)
        .margin_bottom(6)
        .margin_start(12)
        .margin_end(12)
        .build();
    let word = fact::verbatim(word, &["words"]);
    word.set_direction(gtk::TextDirection::Ltr);
    column.append(&word);
    if !meaning.is_empty() {
        column.append(&fact::verbatim(meaning, &["caption", "quiet"]));
    }
    if !note.is_empty() {
        column.append(&fact::verbatim(note, &["caption", "accent"]));
    }
    gtk::ListBoxRow::builder()
        .child(&column)
        .activatable(false)
        .focusable(false)
        .build()
}

/// The dialogue, folded away; a text view, so that it can be selected and copied.
fn transcript(lines: &[Line]) -> adw::PreferencesRow {
    let text: Vec<String> = lines.iter().map(facts::dialogue).collect();
    let view = gtk::TextView::builder()
        .editable(false)
        .cursor_visible(false)
        .monospace(true)
        .wrap_mode(gtk::WrapMode::WordChar)
        .accepts_tab(false)
        .css_classes(["transcript"])
        .name("probe-transcript")
        .build();
    view.set_direction(gtk::TextDirection::Ltr);
    view.buffer().set_text(&text.join("\n"));
    a11y::set_label(&view, &gettext("Transcript"));
    let expander = gtk::Expander::builder()
        .label(gettext("What was said"))
        .name("probe-transcript-fold")
        .child(&view)
        .margin_top(9)
        .margin_bottom(9)
        .margin_start(12)
        .margin_end(12)
        .build();
    a11y::name_expander(&expander);
    // GTK 4.8 looks for a place for the focus in what is folded away, where there is none.
    expander
        .bind_property("expanded", &view, "visible")
        .sync_create()
        .build();
    adw::PreferencesRow::builder()
        .child(&expander)
        .activatable(false)
        .focusable(false)
        .build()
}
