//! What the pane shows, and what was typed into it: the buffer follows the file, and the file the buffer.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gtk::prelude::*;
use gtk::{gdk, glib};

use super::super::model::history::Revision;
use super::dots::{Dots, Typed};
use super::gutter::Gutter;
use super::paint::Paint;
use super::render::{Place, Rendered, differing};
use crate::rc::diagnostic::Diagnostic;
use crate::rc::document::Span;
use crate::rc::edit::Change;
use crate::rc::{Document, mask};

/// What is shown, what was typed, and the buffer between them.
pub(super) struct State {
    pub(super) buffer: gtk::TextBuffer,
    paint: Paint,
    gutter: Gutter,
    pub(super) rendered: RefCell<Rendered>,
    pub(super) shown: RefCell<Option<Shown>>,
    dots: RefCell<Dots>,
    /// Where the buffer is being changed.
    place: Cell<Option<Place>>,
    /// Bytes that were typed here in one go: secrets among them are not masked yet.
    pub(super) typed: Cell<Option<Span>>,
    /// The buffer is being filled.
    pub(super) fills: Cell<bool>,
    /// How many changes were told, and how many of them are made.
    pub(super) sent: Cell<u64>,
    pub(super) heard: Cell<u64>,
    pub(super) shows_secrets: Cell<bool>,
    /// Hides them again.
    pub(super) timer: Cell<Option<glib::SourceId>>,
}

/// What is shown.
pub(super) struct Shown {
    pub(super) revision: Revision,
    pub(super) found: Rc<Vec<Diagnostic>>,
    pub(super) part: Option<Span>,
}

impl State {
    /// Of a buffer that is empty.
    pub(super) fn new(buffer: gtk::TextBuffer, paint: Paint, gutter: Gutter) -> Self {
        Self {
            buffer,
            paint,
            gutter,
            rendered: RefCell::new(Rendered::nothing()),
            shown: RefCell::default(),
            dots: RefCell::default(),
            place: Cell::default(),
            typed: Cell::default(),
            fills: Cell::default(),
            sent: Cell::default(),
            heard: Cell::default(),
            shows_secrets: Cell::default(),
            timer: Cell::default(),
        }
    }

    /// All of the buffer.
    pub(super) fn text(&self) -> glib::GString {
        let (start, end) = self.buffer.bounds();
        self.buffer.text(&start, &end, true)
    }

    /// Where the part that is shown begins.
    pub(super) fn part_start(&self) -> Option<u32> {
        self.shown.borrow().as_ref()?.part.map(|part| part.start)
    }

    /// The iterator at an octet of a text that the buffer holds.
    pub(super) fn iter(&self, text: &str, at: usize) -> gtk::TextIter {
        let before = text.get(..at).unwrap_or(text);
        let characters = before.chars().count();
        self.buffer
            .iter_at_offset(i32::try_from(characters).unwrap_or(i32::MAX))
    }

    /// The byte the cursor is at.
    pub(super) fn cursor(&self) -> u32 {
        let text = self.text();
        let at = usize::try_from(self.buffer.cursor_position()).unwrap_or(0);
        let octet = text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
        self.rendered.borrow().to_document(octet)
    }

    /// What was typed holds here at once, since more may be typed before anybody has heard of it.
    /// Returns it, and how long the file was before.
    pub(super) fn take(&self) -> Option<(Change, u32)> {
        let text = self.text();
        let mut shown = self.shown.borrow_mut();
        let shown = shown.as_mut()?;
        let document = &shown.revision.document;
        let typed = {
            let rendered = self.rendered.borrow();
            self.dots
                .borrow_mut()
                .change(&rendered, document, &text, self.place.take())?
        };
        self.note_typed(&typed);
        let length = document.len();
        shown.revision = shown.revision.change(std::slice::from_ref(&typed.change));
        if let Some(part) = &mut shown.part {
            part.end = part.end + shown.revision.document.len() - length;
        }
        // The buffer stays as it is: what of it is to be masked, is masked when it is shown.
        *self.rendered.borrow_mut() = typed.after;
        Some((typed.change, length))
    }

    /// The octet of what is shown that an iterator of the buffer stands at.
    fn octet(&self, iter: &gtk::TextIter) -> usize {
        let at = usize::try_from(iter.offset()).unwrap_or(0);
        let text = &self.rendered.borrow().text;
        let octet = text.char_indices().nth(at).map(|(at, _)| at);
        octet.unwrap_or(text.len())
    }

    /// The buffer is about to be changed: a text put in or a range taken out.
    pub(super) fn changes(&self, start: &gtk::TextIter, end: &gtk::TextIter, with: usize) {
        if !self.fills.get() {
            let (from, to) = (self.octet(start), self.octet(end));
            self.place.set(Some((from, to, from + with)));
        }
    }

    /// The selection is being copied or cut.
    pub(super) fn copy(&self) {
        let Some((start, end)) = self.buffer.selection_bounds() else {
            return;
        };
        let (from, to) = (self.octet(&start), self.octet(&end));
        if let Some(shown) = self.shown.borrow().as_ref() {
            let (text, document) = (self.rendered.borrow(), &shown.revision.document);
            self.dots.borrow_mut().copy(&text, document, from, to);
        }
    }

    /// What is shown as dots.
    fn secrets(&self, document: &Document, part: Option<Span>) -> Vec<Span> {
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
    fn note_typed(&self, typed: &Typed) {
        if typed.has_dots {
            return self.typed.set(None);
        }
        let change = &typed.change;
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
    pub(super) fn render(&self) {
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
    pub(super) fn moved(&self, note: &gtk::Label) {
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
    pub(super) fn paint_visible(&self, view: &gtk::TextView) {
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

/// The secrets of a document, or of a part of it, which begins where a statement does.
fn of(document: &Document, part: Option<Span>) -> Vec<Span> {
    match part {
        Some(part) => mask::secrets_from(&document.slice(part), part.start),
        None => mask::secrets(document),
    }
}
