//! What the pane shows, and what was typed into it: the buffer follows the file, and the file the buffer.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gtk::prelude::*;
use gtk::{gdk, glib};

use super::super::Input;
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
    /// Where the buffer is being changed, in characters: pieces that are put in one after the other
    /// are one place.
    place: Cell<Option<Place>>,
    /// Things somebody does that are not over: one may be made of several changes.
    actions: Cell<u32>,
    /// The buffer was changed by them.
    waits: Cell<bool>,
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
            actions: Cell::default(),
            waits: Cell::default(),
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
            let place = self.place.take();
            let place = place.map(|place| octets(place, &rendered.text, &text));
            self.dots
                .borrow_mut()
                .change(&rendered, document, &text, place)?
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

    /// The same, told to the model.
    pub(super) fn tell(&self, to: &relm4::Sender<Input>) {
        if let Some((change, length)) = self.take() {
            self.sent.set(self.sent.get() + 1);
            to.emit(Input::Typed(change, length));
        }
    }

    /// The octet of what is shown that an iterator of the buffer stands at.
    fn octet(&self, iter: &gtk::TextIter) -> usize {
        let at = usize::try_from(iter.offset()).unwrap_or(0);
        let text = &self.rendered.borrow().text;
        let octet = text.char_indices().nth(at).map(|(at, _)| at);
        octet.unwrap_or(text.len())
    }

    /// The buffer is about to be changed: from `start` to `end` so many characters are put.
    pub(super) fn changes(&self, start: &gtk::TextIter, end: &gtk::TextIter, with: usize) {
        if self.fills.get() {
            return;
        }
        if self.place.get().is_none() {
            self.with_selection(Dots::select);
        }
        let place = |iter: &gtk::TextIter| usize::try_from(iter.offset()).unwrap_or(0);
        let next = (place(start), place(end), with);
        self.place.set(Some(joined(self.place.get(), next)));
    }

    /// The selection is being copied or cut.
    pub(super) fn copy(&self) {
        self.with_selection(|dots, text, document, range| {
            let (from, to) = range.unwrap_or_default();
            dots.copy(text, document, from, to);
        });
    }

    /// Tells `dots` what is selected, if anything is, in octets of what is shown.
    fn with_selection(
        &self,
        tell: impl FnOnce(&mut Dots, &Rendered, &Document, Option<(usize, usize)>),
    ) {
        let range = self.buffer.selection_bounds();
        let range = range.map(|(start, end)| (self.octet(&start), self.octet(&end)));
        if let Some(shown) = self.shown.borrow().as_ref() {
            let (text, document) = (self.rendered.borrow(), &shown.revision.document);
            tell(&mut self.dots.borrow_mut(), &text, document, range);
        }
    }

    /// Somebody begins something that may be made of several changes (`true`), or it is over. Whether
    /// something was changed by it.
    pub(super) fn acts(&self, begins: bool) -> bool {
        let depth = self.actions.get();
        let depth = match begins {
            true => depth + 1,
            false => depth.saturating_sub(1),
        };
        self.actions.set(depth);
        depth == 0 && self.waits.take()
    }

    /// Whether a change is to be taken now; else when what makes it is over.
    pub(super) fn is_over(&self) -> bool {
        let is_over = self.actions.get() == 0;
        self.waits.set(!is_over);
        is_over
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

/// A place that was changed, in which so many characters are put from here to there, then. What lies
/// between two places counts as changed.
fn joined(place: Option<Place>, (start, end, with): (usize, usize, usize)) -> Place {
    let (from, to, new_to) = place.unwrap_or((start, start, start));
    let to = to + end.saturating_sub(new_to);
    let new_to = new_to.max(end) - (end - start) + with;
    (from.min(start), to, new_to)
}

/// A place in characters as one in octets of both texts.
fn octets((from, to, new_to): Place, old: &str, new: &str) -> Place {
    let octet = |text: &str, at: usize| {
        let found = text.char_indices().nth(at);
        found.map_or(text.len(), |(at, _)| at)
    };
    (octet(old, from), octet(old, to), octet(new, new_to))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However many changes there are: before the place and behind it both texts are the same.
        #[test]
        fn changes_are_one_place(
            text in "[a-cé\u{2022}]{0,12}",
            changes in proptest::collection::vec((0..20_usize, 0..6_usize, "[x-zü]{0,4}"), 1..6),
        ) {
            let mut now: Vec<char> = text.chars().collect();
            let mut place = None;
            for (at, length, with) in changes {
                let start = at % (now.len() + 1);
                let end = (start + length).min(now.len());
                place = Some(joined(place, (start, end, with.chars().count())));
                now.splice(start..end, with.chars());
            }
            let now: String = now.into_iter().collect();
            let (from, to, new_to) = octets(place.unwrap(), &text, &now);
            prop_assert_eq!(&text[..from], &now[..from]);
            prop_assert_eq!(&text[to..], &now[new_to..]);
        }
    }
}
