//! Colours of the text: what is a keyword, a string, a number, a comment, dots, or wrong. Only what
//! can be seen is coloured.

use gtk::prelude::*;
use gtk::{gdk, pango};

use super::render::Rendered;
use crate::rc::diagnostic::{Diagnostic, Severity};
use crate::rc::document::Span;
use crate::rc::lex::Kind;
use crate::rc::option;
use crate::ui::editor::model::history::Revision;

/// The tags.
pub(super) struct Paint {
    keyword: gtk::TextTag,
    string: gtk::TextTag,
    number: gtk::TextTag,
    comment: gtk::TextTag,
    error: gtk::TextTag,
    warning: gtk::TextTag,
}

impl Paint {
    /// Tags of the buffer of `view`, in colours of the theme, now and whenever that changes.
    pub(super) fn new(view: &gtk::TextView) -> Self {
        let table = view.buffer().tag_table();
        let tag = |name: &str| {
            let tag = gtk::TextTag::new(Some(name));
            table.add(&tag);
            tag
        };
        let this = Self {
            keyword: tag("keyword"),
            string: tag("string"),
            number: tag("number"),
            comment: tag("comment"),
            error: tag("error"),
            warning: tag("warning"),
        };
        this.keyword.set_weight(600);
        this.comment.set_style(pango::Style::Italic);
        this.error.set_underline(pango::Underline::Error);
        this.warning.set_underline(pango::Underline::Single);
        let tags = [
            (this.keyword.clone(), [0x001a_5fb4, 0x0099_c1f1]),
            (this.string.clone(), [0x001b_6b3a, 0x008f_f0a4]),
            (this.number.clone(), [0x0081_3d9c, 0x00dc_8add]),
            (this.comment.clone(), [0x005e_5c64, 0x00c0_bfbc]),
        ];
        let manager = adw::StyleManager::default();
        let color = move |manager: &adw::StyleManager| {
            let is_dark = usize::from(manager.is_dark());
            // In high contrast the letters' own colour says more than any other.
            let is_plain = manager.is_high_contrast();
            for (tag, colors) in &tags {
                tag.set_foreground_rgba(Some(&rgb(colors[is_dark])));
                tag.set_property("foreground-set", !is_plain);
            }
        };
        color(&manager);
        let weak = view.downgrade();
        manager.connect_dark_notify(move |manager| {
            if weak.upgrade().is_some() {
                color(manager);
            }
        });
        this
    }

    /// Colours from `first` to `last`.
    pub(super) fn range(
        &self,
        buffer: &gtk::TextBuffer,
        rendered: &Rendered,
        revision: &Revision,
        found: &[Diagnostic],
        first: &gtk::TextIter,
        last: &gtk::TextIter,
    ) {
        buffer.remove_all_tags(first, last);
        let octet = |iter: &gtk::TextIter| {
            let offset = usize::try_from(iter.offset()).unwrap_or(0);
            let text = &rendered.text;
            text.char_indices()
                .nth(offset)
                .map_or(text.len(), |(at, _)| at)
        };
        let (start, end) = (octet(first), octet(last));
        let seen = Span {
            start: rendered.to_document(start),
            end: rendered.to_document(end),
        };
        let mut place = Places {
            buffer,
            text: &rendered.text,
            at: start,
            offset: first.offset(),
        };
        let document = &revision.document;
        for at in document.tokens_from(document.at(seen.start)) {
            let span = document.span(at);
            if span.start >= seen.end {
                break;
            }
            let tag = match document.kind(at) {
                Some(Kind::Comment) => &self.comment,
                Some(Kind::Quoted) => &self.string,
                Some(Kind::Number) => &self.number,
                Some(Kind::Word) if option::is_reserved(document.raw(at)) => &self.keyword,
                _ => continue,
            };
            let from = rendered.to_text(span.start.max(seen.start));
            let to = rendered.to_text(span.end.min(seen.end));
            place.apply(tag, from, to);
        }
        for finding in found {
            let Some(span) = finding.place.map(|place| place.span) else {
                continue;
            };
            if span.end < seen.start || seen.end < span.start {
                continue;
            }
            let tag = match finding.severity {
                Severity::Error => &self.error,
                Severity::Warning => &self.warning,
                Severity::Hint => continue,
            };
            let from = rendered.to_text(span.start.max(seen.start));
            let to = rendered.to_text(span.end.min(seen.end));
            Places {
                at: start,
                offset: first.offset(),
                ..place
            }
            .apply(tag, from, to);
        }
    }
}

/// Turns octets into places of the buffer, going forward only.
struct Places<'t> {
    buffer: &'t gtk::TextBuffer,
    text: &'t str,
    at: usize,
    offset: i32,
}

impl Places<'_> {
    fn iter(&mut self, octet: usize) -> gtk::TextIter {
        let between = self.text.get(self.at..octet).unwrap_or_default();
        self.offset += i32::try_from(between.chars().count()).unwrap_or(0);
        self.at = self.at.max(octet);
        self.buffer.iter_at_offset(self.offset)
    }

    fn apply(&mut self, tag: &gtk::TextTag, from: usize, to: usize) {
        let start = self.iter(from);
        let end = self.iter(to);
        self.buffer.apply_tag(tag, &start, &end);
    }
}

fn rgb(color: u32) -> gdk::RGBA {
    let part = |shift: u32| ((color >> shift) & 0xff) as f32 / 255.0;
    gdk::RGBA::new(part(16), part(8), part(0), 1.0)
}
