//! The parts of a file that two have changed: who has changed them, how, and what is taken.

use std::rc::Rc;

use adw::prelude::*;

use super::super::super::diff::Diff;
use super::super::super::{a11y, fact};
use super::super::model::tree::shown;
use super::compare::Choices;
use crate::base::i18n::{fill, gettext, ngettext};
use crate::rc::diff::{self, Side as Shown};
use crate::rc::document::Document;
use crate::rc::merge::{Merge, Name, Part, Side, State};

/// So many parts are shown that need no choice.
const MOST: usize = 60;

/// The parts that differ; `changed` is called after each choice. The documents: base, mine, theirs.
pub(super) fn list(
    merge: &Merge,
    documents: [&Document; 3],
    choices: &Choices,
    changed: Rc<dyn Fn()>,
) -> gtk::Box {
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(18)
        .build();
    let [base, mine, theirs] = documents.map(Shown::new);
    let sides = Sides {
        merge,
        base,
        mine,
        theirs,
    };
    let differs = |(_, part): &(usize, &Part)| part.state != State::Same;
    let parts: Vec<(usize, &Part)> = merge.parts().iter().enumerate().filter(differs).collect();
    let is_open = |part: &Part| part.state == State::Conflict;
    for (at, part) in parts.iter().filter(|(_, part)| is_open(part)) {
        column.append(&conflict(&sides, *at, part, choices, &changed));
    }
    let settled = || parts.iter().filter(|(_, part)| !is_open(part));
    for (at, part) in settled().take(MOST) {
        column.append(&taken(&sides, *at, part));
    }
    let rest = settled().count().saturating_sub(MOST) as u64;
    if rest > 0 {
        let text = ngettext("{n} more part", "{n} more parts", rest);
        column.append(&fact::verbatim(&fill(&text, &[("n", &rest)]), &["quiet"]));
    }
    if parts.is_empty() {
        let text = gettext("Only the order or the blank lines differ.");
        column.append(&fact::point("dialog-information-symbolic", "quiet", &text));
    } else if merge.is_reordered() {
        let text = gettext("Both have put entries elsewhere; the order is yours.");
        column.append(&fact::point("dialog-information-symbolic", "quiet", &text));
    }
    column
}

struct Sides<'m> {
    merge: &'m Merge,
    base: Shown,
    mine: Shown,
    theirs: Shown,
}

impl Sides<'_> {
    /// What a side has made of a part.
    fn diff(&self, part: &Part, side: Side, name: &str) -> gtk::Frame {
        let new = match side {
            Side::Mine => &self.mine,
            Side::Theirs => &self.theirs,
        };
        let lines = Diff::new(name);
        let (was, is) = (self.merge.was(part), self.merge.is(part, side));
        lines.show(&diff::of_parts((&self.base, was), (new, is)));
        lines.root
    }

    /// What a side has done with it.
    fn deed(&self, part: &Part, side: Side) -> String {
        let (was, is) = (self.merge.was(part), self.merge.is(part, side));
        match (side, was, is) {
            (Side::Mine, None, _) => gettext("Added here"),
            (Side::Mine, _, None) => gettext("Removed here"),
            (Side::Mine, ..) => gettext("Changed here"),
            (Side::Theirs, None, _) => gettext("Added by the other program"),
            (Side::Theirs, _, None) => gettext("Removed by the other program"),
            (Side::Theirs, ..) => gettext("Changed by the other program"),
        }
    }
}

/// A part that needs no choice.
fn taken(sides: &Sides, at: usize, part: &Part) -> gtk::Box {
    let side = match part.state {
        State::One(side) => side,
        _ => Side::Mine,
    };
    let what = match part.state {
        State::One(side) => sides.deed(part, side),
        _ => gettext("Changed in the same way by both"),
    };
    let column = block(&part.name);
    column.append(&fact::point("emblem-ok-symbolic", "well", &what));
    column.append(&sides.diff(part, side, &format!("merge-diff-{at}")));
    column
}

/// A part where one of the two is chosen.
fn conflict(
    sides: &Sides,
    at: usize,
    part: &Part,
    choices: &Choices,
    changed: &Rc<dyn Fn()>,
) -> gtk::Box {
    let column = block(&part.name);
    let text = gettext("Both have changed it. Choose one:");
    column.append(&fact::point("dialog-warning-symbolic", "wait", &text));
    let mut first: Option<gtk::CheckButton> = None;
    for (side, word, name) in [
        (Side::Mine, gettext("Mine: {what}"), "mine"),
        (Side::Theirs, gettext("Theirs: {what}"), "theirs"),
    ] {
        let words = fill(&word, &[("what", &sides.deed(part, side))]);
        let label = fact::verbatim(&words, &[]);
        let choice = gtk::CheckButton::builder()
            .child(&label)
            .name(format!("merge-{name}-{at}"))
            .build();
        let name_of = title(&part.name);
        let spoken = gettext("{column}: {value}");
        let spoken = fill(&spoken, &[("column", &name_of), ("value", &words)]);
        a11y::set_label(&choice, &spoken);
        match &first {
            None => first = Some(choice.clone()),
            Some(first) => choice.set_group(Some(first)),
        }
        let (choices, changed) = (choices.clone(), changed.clone());
        choice.connect_toggled(move |choice| {
            if choice.is_active() {
                choices.borrow_mut().insert(at, side);
                changed();
            }
        });
        column.append(&choice);
        column.append(&sides.diff(part, side, &format!("merge-diff-{name}-{at}")));
    }
    column
}

fn block(name: &Name) -> gtk::Box {
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(6)
        .build();
    column.append(&fact::verbatim(&title(name), &["heading"]));
    column
}

/// What a part is called.
fn title(name: &Name) -> String {
    match name {
        Name::Global(option) => fill(&gettext("General: {option}"), &[("option", option)]),
        Name::Defaults => gettext("Defaults for all servers and users"),
        Name::Entry(label) => shown(label),
        Name::Comment => gettext("Comment"),
        Name::Unreadable => gettext("What cannot be read"),
        Name::Whole => gettext("The whole file"),
    }
}
