//! The text of the file, live: what is typed there changes it, and what is changed elsewhere shows.
//! Secrets are dots, unless somebody has just typed them and the cursor is still there.

mod gutter;
mod paint;
pub(crate) mod render;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gtk::prelude::*;
use gtk::{gdk, glib};

use super::super::a11y;
use super::Input;
use super::model::history::Revision;
use crate::base::i18n::gettext;
use crate::rc::diagnostic::Diagnostic;
use crate::rc::document::Span;
use crate::rc::mask;
use gutter::Gutter;
use paint::Paint;
use render::{Rendered, differing};

/// The pane.
pub(super) struct Source {
    /// To be put into the layout.
    pub root: gtk::Box,
    view: gtk::TextView,
    note: gtk::Label,
    secrets: gtk::ToggleButton,
    state: Rc<State>,
}

struct State {
    buffer: gtk::TextBuffer,
    paint: Paint,
    gutter: Gutter,
    rendered: RefCell<Rendered>,
    shown: RefCell<Option<Shown>>,
    /// Bytes that were typed here in one go: secrets among them are not masked yet.
    typed: Cell<Option<Span>>,
    /// The buffer is being filled.
    fills: Cell<bool>,
    /// How many changes were told, and how many of them are made.
    sent: Cell<u64>,
    heard: Cell<u64>,
    shows_secrets: Cell<bool>,
    /// Hides them again.
    timer: Cell<Option<glib::SourceId>>,
}

/// How long secrets are shown (`ui.md` section 7).
const A_WHILE: std::time::Duration = std::time::Duration::from_secs(60);

/// What is shown.
struct Shown {
    revision: Revision,
    found: Rc<Vec<Diagnostic>>,
    part: Option<Span>,
}

impl Source {
    /// Empty.
    pub(super) fn new(to: &relm4::Sender<Input>) -> Self {
        let buffer = gtk::TextBuffer::builder().enable_undo(false).build();
        let view = gtk::TextView::builder()
            .buffer(&buffer)
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
        let gutter = Gutter::new(&view);
        let paint = Paint::new(&view);
        let scroll = gtk::ScrolledWindow::builder().child(&view).build();
        let note = gtk::Label::builder()
            .wrap(true)
            .wrap_mode(gtk::pango::WrapMode::WordChar)
            .xalign(0.0)
            .margin_top(6)
            .margin_bottom(6)
            .margin_start(9)
            .margin_end(9)
            .css_classes(["caption"])
            .visible(false)
            .name("editor-note")
            .accessible_role(gtk::AccessibleRole::Status)
            .build();
        let root = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .width_request(260)
            .name("source")
            .build();
        let secrets = gtk::ToggleButton::builder()
            .icon_name("view-reveal-symbolic")
            .css_classes(["flat"])
            .valign(gtk::Align::End)
            .name("editor-secrets")
            .build();
        a11y::name_button(&secrets, &gettext("Show Passwords"));
        note.set_hexpand(true);
        let below = gtk::Box::new(gtk::Orientation::Horizontal, 0);
        below.append(&note);
        below.append(&secrets);
        secrets.set_halign(gtk::Align::End);
        secrets.set_hexpand(true);
        root.append(&scroll);
        root.append(&below);
        let state = Rc::new(State {
            buffer,
            paint,
            gutter,
            rendered: RefCell::new(Rendered::nothing()),
            shown: RefCell::default(),
            typed: Cell::default(),
            fills: Cell::default(),
            sent: Cell::default(),
            heard: Cell::default(),
            shows_secrets: Cell::default(),
            timer: Cell::default(),
        });
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
            let change = state.rendered.borrow().change(&state.text());
            if let Some(change) = change {
                state.note_typed(&change);
                let length = state.take(&change);
                state.sent.set(state.sent.get() + 1);
                tell.emit(Input::Typed(change, length));
            }
        });
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
        let mark = self.state.buffer.get_insert();
        self.view.scroll_to_mark(&mark, 0.1, false, 0.0, 0.0);
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

/// The secrets of a document, or of a part of it, which begins where a statement does.
fn of(document: &crate::rc::Document, part: Option<Span>) -> Vec<Span> {
    match part {
        Some(part) => mask::secrets_from(&document.slice(part), part.start),
        None => mask::secrets(document),
    }
}

impl State {
    fn text(&self) -> glib::GString {
        let (start, end) = self.buffer.bounds();
        self.buffer.text(&start, &end, true)
    }

    fn part_start(&self) -> Option<u32> {
        self.shown.borrow().as_ref()?.part.map(|part| part.start)
    }

    /// The iterator at an octet of a text that the buffer holds.
    fn iter(&self, text: &str, at: usize) -> gtk::TextIter {
        let before = text.get(..at).unwrap_or(text);
        let characters = before.chars().count();
        self.buffer
            .iter_at_offset(i32::try_from(characters).unwrap_or(i32::MAX))
    }

    /// The byte the cursor is at.
    fn cursor(&self) -> u32 {
        let text = self.text();
        let at = usize::try_from(self.buffer.cursor_position()).unwrap_or(0);
        let octet = text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
        self.rendered.borrow().to_document(octet)
    }

    /// What was typed holds here at once, since more may be typed before anybody has heard of it.
    /// Returns how long the file was before.
    fn take(&self, change: &crate::rc::edit::Change) -> u32 {
        let mut shown = self.shown.borrow_mut();
        let Some(shown) = shown.as_mut() else {
            return 0;
        };
        let length = shown.revision.document.len();
        shown.revision = shown.revision.change(std::slice::from_ref(change));
        if let Some(part) = &mut shown.part {
            part.end = part.end + shown.revision.document.len() - length;
        }
        // The buffer stays as it is: what of it is to be masked, is masked when it is shown.
        let now = self.rendered.borrow().after(&self.text(), change);
        *self.rendered.borrow_mut() = now;
        length
    }

    /// What is shown as dots.
    fn secrets(&self, document: &crate::rc::Document, part: Option<Span>) -> Vec<Span> {
        let typed = self.typed.get();
        let is_open = |secret: &Span| {
            typed.is_some_and(|typed| typed.start <= secret.start && secret.end <= typed.end)
        };
        match self.shows_secrets.get() {
            true => Vec::new(),
            false => of(document, part)
                .into_iter()
                .filter(|secret| !is_open(secret))
                .collect(),
        }
    }

    /// Keeps what was typed in one go together.
    fn note_typed(&self, change: &crate::rc::edit::Change) {
        let length = u32::try_from(change.with.len()).unwrap_or(u32::MAX);
        let fresh = Span {
            start: change.span.start,
            end: change.span.start + length,
        };
        let goes_on = self
            .typed
            .get()
            .filter(|typed| typed.start <= change.span.start && change.span.end <= typed.end);
        let removed = change.span.end - change.span.start;
        self.typed.set(Some(match goes_on {
            Some(typed) => Span {
                start: typed.start,
                end: typed.end - removed + length,
            },
            None => fresh,
        }));
    }

    /// Makes the buffer say what the file says, as far as it does not.
    fn render(&self) {
        let shown = self.shown.borrow();
        let Some(shown) = shown.as_ref() else { return };
        let document = &shown.revision.document;
        let part = shown.part.unwrap_or(Span {
            start: 0,
            end: document.len(),
        });
        let secrets = self.secrets(document, shown.part);
        let rendered = Rendered::new(document, part, &secrets);
        let now = self.text();
        if let Some((from, to, new_to)) = differing(&now, &rendered.text) {
            self.fills.set(true);
            let mut start = self.iter(&now, from);
            let mut end = self.iter(&now, to);
            self.buffer.delete(&mut start, &mut end);
            let with = rendered.text.get(from..new_to).unwrap_or_default();
            self.buffer.insert(&mut start, with);
            self.fills.set(false);
        }
        self.gutter.show(document.line_of(part.start));
        *self.rendered.borrow_mut() = rendered;
    }

    /// The cursor is elsewhere: what was typed and left is masked, and the note says what was found.
    fn moved(&self, note: &gtk::Label) {
        let cursor = self.cursor();
        let left = self
            .typed
            .get()
            .is_some_and(|typed| cursor < typed.start || typed.end < cursor);
        if left {
            self.typed.set(None);
            self.render();
        }
        let shown = self.shown.borrow();
        let found = shown.iter().flat_map(|shown| shown.found.iter());
        let here = found
            .filter_map(|found| Some((found, found.place?.span)))
            .find(|(_, span)| span.start <= cursor && cursor <= span.end.max(span.start + 1));
        let text = here.map(|(found, _)| found.sentence()).unwrap_or_default();
        if note.text() != text {
            note.set_text(&text);
        }
        note.set_visible(!text.is_empty());
    }

    /// Colours what can be seen.
    fn paint_visible(&self, view: &gtk::TextView) {
        let shown = self.shown.borrow();
        let Some(shown) = shown.as_ref() else { return };
        let seen: gdk::Rectangle = view.visible_rect();
        let (first, _) = view.line_at_y(seen.y());
        let (mut last, _) = view.line_at_y(seen.y() + seen.height().max(400));
        if !last.ends_line() {
            last.forward_to_line_end();
        }
        let rendered = self.rendered.borrow();
        self.paint.range(
            &self.buffer,
            &rendered,
            &shown.revision,
            &shown.found,
            &first,
            &last,
        );
        self.gutter.redraw();
    }
}
