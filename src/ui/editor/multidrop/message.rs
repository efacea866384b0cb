//! Where a message is pasted, loaded or typed, and what is said of DNS.

use std::cell::Cell;
use std::rc::Rc;

use gtk::gdk;
use gtk::prelude::*;

use super::super::super::a11y;
use super::super::rows::label;
use super::{Tell, Told, column, heading, wrapping};
use crate::base::i18n::gettext;
use crate::engine::api::routing::Dns;

/// The fields and buttons.
pub(super) struct Message {
    /// To be put into the page.
    pub root: gtk::Box,
    view: gtk::TextView,
    used: gtk::TextTag,
    keep: gtk::Button,
    radios: Vec<(Dns, gtk::CheckButton)>,
    fills: Rc<Cell<bool>>,
}

impl Message {
    /// Nothing is typed.
    pub(super) fn new(tell: &Tell) -> Self {
        let view = gtk::TextView::builder()
            .accepts_tab(false)
            .monospace(true)
            .wrap_mode(gtk::WrapMode::WordChar)
            .top_margin(6)
            .bottom_margin(6)
            .left_margin(8)
            .right_margin(8)
            .hexpand(true)
            .name("try-text")
            .build();
        a11y::set_label(&view, &gettext("Headers of a message"));
        let used = gtk::TextTag::builder().name("used").weight(700).build();
        view.buffer().tag_table().add(&used);
        let hint = label(&gettext("Paste the headers of a message here"), &["quiet"]);
        hint.set_can_target(false);
        hint.set_valign(gtk::Align::Start);
        hint.set_margin_top(6);
        hint.set_margin_start(8);
        let fills = Rc::new(Cell::new(false));
        let (to, quiet, weak) = (Rc::clone(tell), Rc::clone(&fills), hint.downgrade());
        view.buffer().connect_changed(move |buffer| {
            if let Some(hint) = weak.upgrade() {
                hint.set_visible(buffer.char_count() == 0);
            }
            if !quiet.get() {
                let (start, end) = buffer.bounds();
                to(Told::Typed(buffer.text(&start, &end, false).into()));
            }
        });
        let scroll = gtk::ScrolledWindow::builder()
            .hscrollbar_policy(gtk::PolicyType::Never)
            .propagate_natural_height(true)
            .min_content_height(120)
            .max_content_height(240)
            .css_classes(["lines"])
            .child(&view)
            .build();
        let over = gtk::Overlay::builder().child(&scroll).build();
        over.add_overlay(&hint);
        let keep = button(&gettext("Keep as Sample"), "try-keep", tell, || Told::Keep);
        keep.set_sensitive(false);
        let buttons = wrapping(3);
        for button in [
            button(&gettext("Open…"), "try-open", tell, || Told::Open),
            button(&gettext("Take from Mailbox…"), "try-take", tell, || {
                Told::Take
            }),
            keep.clone(),
        ] {
            buttons.append(&button);
            // The box around a button takes no focus of its own, and none where the button takes none:
            // Tab would not get past it.
            if let Some(around) = button.parent() {
                around.set_focusable(false);
                button
                    .bind_property("sensitive", &around, "sensitive")
                    .sync_create()
                    .build();
            }
        }
        let root = column(8);
        root.append(&heading(&gettext("Try a Message")));
        root.append(&label(
            &gettext("See who would get it. Nothing is fetched or delivered."),
            &["caption", "quiet"],
        ));
        root.append(&over);
        root.append(&buttons);
        let (dns, radios) = dns(tell);
        root.append(&dns);
        Self {
            root,
            view,
            used,
            keep,
            radios,
            fills,
        }
    }

    /// Shows a message that was loaded.
    pub(super) fn load(&self, text: &str) {
        self.fills.set(true);
        self.view.buffer().set_text(text);
        self.fills.set(false);
    }

    /// Says that of DNS.
    pub(super) fn set_dns(&self, dns: Dns) {
        for (_, radio) in self.radios.iter().filter(|(of, _)| *of == dns) {
            radio.set_active(true);
        }
    }

    /// Whether there is a result that can be kept.
    pub(super) fn can_keep(&self, can: bool) {
        self.keep.set_sensitive(can);
    }

    /// Marks the lines that were looked at, counted from 0.
    pub(super) fn mark(&self, lines: &[u32]) {
        let buffer = self.view.buffer();
        let (start, end) = buffer.bounds();
        buffer.remove_tag(&self.used, &start, &end);
        let colors = self.view.style_context();
        if let Some(color) = colors.lookup_color("accent_bg_color") {
            let pale = gdk::RGBA::new(color.red(), color.green(), color.blue(), 0.25);
            self.used.set_background_rgba(Some(&pale));
        }
        for line in lines {
            let Some(from) = i32::try_from(*line)
                .ok()
                .and_then(|n| buffer.iter_at_line(n))
            else {
                continue;
            };
            buffer.apply_tag(&self.used, &from, &field_end(&buffer, &from));
        }
    }

    /// The cursor to a line, counted from 0.
    pub(super) fn go_to(&self, line: u32) {
        let buffer = self.view.buffer();
        if let Some(at) = i32::try_from(line)
            .ok()
            .and_then(|n| buffer.iter_at_line(n))
        {
            buffer.place_cursor(&at);
            self.view.scroll_mark_onscreen(&buffer.get_insert());
            self.view.grab_focus();
        }
    }
}

/// Where a field ends: its last continuation line.
fn field_end(buffer: &gtk::TextBuffer, from: &gtk::TextIter) -> gtk::TextIter {
    let mut end = *from;
    loop {
        if !end.ends_line() {
            end.forward_to_line_end();
        }
        let mut next = end;
        let goes_on = next.forward_line() && matches!(next.char(), ' ' | '\t');
        if !goes_on {
            return end;
        }
        end = next;
        if end == buffer.end_iter() {
            return end;
        }
    }
}

fn button(text: &str, name: &str, tell: &Tell, told: fn() -> Told) -> gtk::Button {
    let button = gtk::Button::builder().label(text).name(name).build();
    if let Some(label) = button.child().and_downcast::<gtk::Label>() {
        // Large text.
        label.set_wrap(true);
        label.set_justify(gtk::Justification::Center);
    }
    let to = Rc::clone(tell);
    button.connect_clicked(move |_| to(told()));
    button
}

/// What is said of hosts that DNS would be asked about.
fn dns(tell: &Tell) -> (gtk::Box, Vec<(Dns, gtk::CheckButton)>) {
    let root = column(2);
    root.append(&label(
        &gettext("Whether a host is another name of the server"),
        &["caption", "quiet"],
    ));
    let kinds = [
        (Dns::Ask, gettext("Ask DNS"), "dns-ask"),
        (Dns::IsNot, gettext("Assume it is not"), "dns-no"),
        (Dns::Is, gettext("Assume it is"), "dns-yes"),
    ];
    // In a box that wraps, Tab would not get past those that are not chosen.
    let row = column(0);
    let mut radios: Vec<(Dns, gtk::CheckButton)> = Vec::new();
    for (dns, text, name) in kinds {
        let radio = gtk::CheckButton::builder().label(&text).name(name).build();
        match radios.first() {
            Some((_, first)) => radio.set_group(Some(first)),
            None => radio.set_active(true),
        }
        let to = Rc::clone(tell);
        radio.connect_toggled(move |radio| {
            if radio.is_active() {
                to(Told::Dns(dns));
            }
        });
        row.append(&radio);
        radios.push((dns, radio));
    }
    root.append(&row);
    (root, radios)
}
