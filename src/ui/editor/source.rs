//! The text of the file, live: what is typed there changes it, and what is changed elsewhere shows.
//! Secrets are dots, unless somebody has just typed them and the cursor is still there.

mod dots;
mod gutter;
mod paint;
pub(crate) mod render;
mod state;

use std::rc::Rc;

use gtk::glib;
use gtk::prelude::*;

use super::super::a11y;
use super::Input;
use super::model::history::Revision;
use crate::base::i18n::gettext;
use crate::rc::diagnostic::Diagnostic;
use crate::rc::document::Span;
use gutter::Gutter;
use paint::Paint;
use state::{Shown, State};

/// The pane.
pub(super) struct Source {
    /// To be put into the layout.
    pub root: gtk::Box,
    view: gtk::TextView,
    note: gtk::Label,
    secrets: gtk::ToggleButton,
    state: Rc<State>,
}

/// How long secrets are shown (`ui.md` section 7).
const A_WHILE: std::time::Duration = std::time::Duration::from_secs(60);

impl Source {
    /// Empty.
    pub(super) fn new(to: &relm4::Sender<Input>) -> Self {
        let buffer = gtk::TextBuffer::builder().enable_undo(false).build();
        let view = view(&buffer);
        let gutter = Gutter::new(&view);
        let paint = Paint::new(&view);
        let scroll = gtk::ScrolledWindow::builder().child(&view).build();
        let note = note();
        let secrets = secrets();
        let root = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .width_request(260)
            .name("source")
            .build();
        let below = gtk::Box::new(gtk::Orientation::Horizontal, 0);
        below.append(&note);
        below.append(&secrets);
        root.append(&scroll);
        root.append(&below);
        let state = Rc::new(State::new(buffer, paint, gutter));
        let this = Self {
            root,
            view,
            note,
            secrets,
            state,
        };
        let (state, tell) = (Rc::downgrade(&this.state), to.clone());
        this.secrets.connect_toggled(move |button| {
            if state.upgrade().is_some_and(|state| !state.fills.get()) {
                tell.emit(Input::Secrets(button.is_active()));
            }
        });
        this.connect(to);
        this
    }

    fn connect(&self, to: &relm4::Sender<Input>) {
        let (state, tell) = (Rc::downgrade(&self.state), to.clone());
        self.state.buffer.connect_changed(move |_| {
            let Some(state) = state.upgrade().filter(|state| !state.fills.get()) else {
                return;
            };
            if state.is_over() {
                state.tell(&tell);
            }
        });
        let state = Rc::downgrade(&self.state);
        self.state.buffer.connect_begin_user_action(move |_| {
            if let Some(state) = state.upgrade() {
                state.acts(true);
            }
        });
        let (state, tell) = (Rc::downgrade(&self.state), to.clone());
        self.state.buffer.connect_end_user_action(move |_| {
            if let Some(state) = state.upgrade().filter(|state| state.acts(false)) {
                state.tell(&tell);
            }
        });
        let state = Rc::downgrade(&self.state);
        self.state.buffer.connect_insert_text(move |_, at, text| {
            if let Some(state) = state.upgrade() {
                state.changes(at, at, text.chars().count());
            }
        });
        let state = Rc::downgrade(&self.state);
        self.state
            .buffer
            .connect_delete_range(move |_, start, end| {
                if let Some(state) = state.upgrade() {
                    state.changes(start, end, 0);
                }
            });
        let connect_copying = |signal: &'static str| {
            let state = Rc::downgrade(&self.state);
            self.view.connect_local(signal, false, move |_| {
                if let Some(state) = state.upgrade() {
                    state.copy();
                }
                None
            });
        };
        connect_copying("copy-clipboard");
        connect_copying("cut-clipboard");
        let (state, tell, note) = (Rc::downgrade(&self.state), to.clone(), self.note.clone());
        self.state.buffer.connect_cursor_position_notify(move |_| {
            let Some(state) = state.upgrade().filter(|state| !state.fills.get()) else {
                return;
            };
            // The signal comes in the middle of a change of the buffer.
            let (state, tell, note) = (Rc::downgrade(&state), tell.clone(), note.clone());
            glib::idle_add_local_once(move || {
                if let Some(state) = state.upgrade() {
                    state.moved(&note);
                    tell.emit(Input::Cursor(state.cursor()));
                }
            });
        });
        if let Some(adjustment) = self.view.vadjustment() {
            let (state, view) = (Rc::downgrade(&self.state), self.view.downgrade());
            adjustment.connect_value_changed(move |_| {
                let (state, view) = (state.clone(), view.clone());
                glib::idle_add_local_once(move || {
                    if let (Some(state), Some(view)) = (state.upgrade(), view.upgrade()) {
                        state.paint_visible(&view);
                    }
                });
            });
        }
        // Where it is given its size first, there is nothing to be seen before.
        let state = Rc::downgrade(&self.state);
        self.view.connect_map(move |view| {
            let (state, view) = (state.clone(), view.downgrade());
            glib::idle_add_local_once(move || {
                if let (Some(state), Some(view)) = (state.upgrade(), view.upgrade()) {
                    show_cursor(&view);
                    state.paint_visible(&view);
                }
            });
        });
    }

    /// A change that was told is made, or refused.
    pub(super) fn heard(&self) {
        self.state.heard.set(self.state.heard.get() + 1);
    }

    /// Shows a state of the file; of a long one a part. Not while a change that was told is on its
    /// way: it would be taken back.
    pub(super) fn show(
        &self,
        revision: &Revision,
        found: &Rc<Vec<Diagnostic>>,
        part: Option<Span>,
    ) {
        if self.state.sent != self.state.heard {
            return;
        }
        let is_other_part = self.state.part_start() != part.map(|part| part.start);
        *self.state.shown.borrow_mut() = Some(Shown {
            revision: revision.clone(),
            found: Rc::clone(found),
            part,
        });
        if is_other_part {
            self.state.typed.set(None);
        }
        self.state.render();
        self.state.paint_visible(&self.view);
        let is_fixed = self.state.rendered.borrow().is_fixed;
        self.view.set_editable(!is_fixed);
        self.state.moved(&self.note);
        if is_fixed {
            self.note.set_text(&gettext(
                "The file has NUL characters, which cannot be typed: it is only shown here.",
            ));
            self.note.set_visible(true);
        }
    }

    /// Brings some bytes into view; the cursor goes there without anybody being told.
    pub(super) fn reveal(&self, span: Span) {
        let rendered = self.state.rendered.borrow();
        let at = rendered.to_text(span.start);
        let iter = self.state.iter(&rendered.text, at);
        drop(rendered);
        self.state.fills.set(true);
        self.state.buffer.place_cursor(&iter);
        self.state.fills.set(false);
        // When the view has its size: before, GTK scrolls for want of room.
        let view = self.view.downgrade();
        glib::idle_add_local_full(glib::Priority::LOW, move || {
            if let Some(view) = view.upgrade() {
                show_cursor(&view);
            }
            glib::ControlFlow::Break
        });
        self.state.moved(&self.note);
    }

    /// The cursor into the text.
    pub(super) fn grab_focus(&self) {
        self.view.grab_focus();
    }

    /// Whether the cursor is in the text.
    pub(super) fn has_focus(&self) -> bool {
        self.view.has_focus()
    }

    /// Shows secrets for a minute, or no longer.
    pub(super) fn show_secrets(&self, yes: bool, to: &relm4::Sender<Input>) {
        self.state.fills.set(true);
        self.secrets.set_active(yes);
        self.state.fills.set(false);
        if let Some(timer) = self.state.timer.take() {
            timer.remove();
        }
        if yes {
            let (state, to) = (Rc::downgrade(&self.state), to.clone());
            let timer = glib::timeout_add_local_once(A_WHILE, move || {
                if let Some(state) = state.upgrade() {
                    state.timer.take();
                    to.emit(Input::Secrets(false));
                }
            });
            self.state.timer.set(Some(timer));
        }
        self.state.shows_secrets.set(yes);
        self.state.render();
        self.state.paint_visible(&self.view);
    }
}

/// The text, which is read from left to right in any language.
fn view(buffer: &gtk::TextBuffer) -> gtk::TextView {
    let view = gtk::TextView::builder()
        .buffer(buffer)
        .monospace(true)
        .accepts_tab(false)
        .top_margin(6)
        .bottom_margin(24)
        .left_margin(8)
        .right_margin(8)
        .hexpand(true)
        .vexpand(true)
        .name("editor-text")
        .build();
    a11y::set_label(&view, &gettext("Source of the configuration"));
    view.set_direction(gtk::TextDirection::Ltr);
    view
}

/// What was found where the cursor is.
fn note() -> gtk::Label {
    gtk::Label::builder()
        .wrap(true)
        .wrap_mode(gtk::pango::WrapMode::WordChar)
        .xalign(0.0)
        .hexpand(true)
        .margin_top(6)
        .margin_bottom(6)
        .margin_start(9)
        .margin_end(9)
        .css_classes(["caption"])
        .visible(false)
        .name("editor-note")
        .accessible_role(gtk::AccessibleRole::Status)
        .build()
}

/// The button that shows secrets.
fn secrets() -> gtk::ToggleButton {
    let secrets = gtk::ToggleButton::builder()
        .icon_name("view-reveal-symbolic")
        .css_classes(["flat"])
        .valign(gtk::Align::End)
        .halign(gtk::Align::End)
        .hexpand(true)
        .name("editor-secrets")
        .build();
    a11y::name_button(&secrets, &gettext("Show Passwords"));
    secrets
}

/// Scrolls to the cursor if it is not in sight. GTK would scroll for a little of a margin all the same.
fn show_cursor(view: &gtk::TextView) {
    let buffer = view.buffer();
    let mark = buffer.get_insert();
    let (place, seen) = (
        view.iter_location(&buffer.iter_at_mark(&mark)),
        view.visible_rect(),
    );
    let is_between = |at, length, from, size| from <= at && at + length <= from + size;
    let is_seen = is_between(place.x(), 0, seen.x(), seen.width())
        && is_between(place.y(), place.height(), seen.y(), seen.height());
    if view.is_mapped() && !is_seen {
        view.scroll_to_mark(&mark, 0.1, false, 0.0, 0.0);
    }
}
