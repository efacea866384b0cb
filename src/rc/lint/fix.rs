//! Making fixes: edits one after the other, and what they come to on the bytes one began with.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::rc::diagnostic::{Diagnostic, Severity};
use crate::rc::document::{Document, Span};
use crate::rc::edit::{Change, Edit, Refused, changes_in, cost};
use crate::rc::lint::{Facts, check};
use crate::rc::outline::Outline;

/// How often a file is looked at again: one fix may uncover what another can mend.
const ROUNDS: usize = 100;

/// How much may be done to work out the fixes of a file, in bytes looked at: seconds. A file of the
/// largest size may have thousands of findings, each about all of it.
const ALLOWED: u64 = 4 << 30;

/// What is left of that.
pub struct Allowance(u64);

impl Default for Allowance {
    fn default() -> Self {
        Self(ALLOWED)
    }
}

impl Allowance {
    /// As [`changes`]; `None` too where that would take too long.
    pub fn changes(
        &mut self,
        document: &Document,
        outline: &Outline,
        edits: &[Edit],
    ) -> Option<Vec<Change>> {
        let each = edits.iter().map(|edit| cost(document, outline, edit));
        // Between two edits the document is read again where it changed, and all of it passed over.
        let between = edits.len().saturating_sub(1) as u64 * u64::from(document.len() / 4);
        self.0 = self.0.checked_sub(each.sum::<u64>() + between)?;
        changes(document, outline, edits).ok()
    }
}

/// Makes edits one after the other.
///
/// # Errors
/// Why one of them cannot be made.
pub fn apply(document: &Document, edits: &[Edit]) -> Result<Document, Refused> {
    Ok(document.change(&changes(document, &Outline::read(document), edits)?))
}

/// What edits come to, made one after the other: changes of the document they begin with, in order,
/// not overlapping. `outline` is what that document says.
///
/// # Errors
/// Why one of them cannot be made.
fn changes(document: &Document, outline: &Outline, edits: &[Edit]) -> Result<Vec<Change>, Refused> {
    let (last, before) = match edits {
        [] => return Ok(Vec::new()),
        [edit] => return changes_in(document, outline, edit),
        [before @ .., last] => (last, before),
    };
    let mut now = document.clone();
    let mut read = Cow::Borrowed(outline);
    let mut pieces = Pieces::whole(document.len());
    // From the back, so that places before keep theirs.
    let mut replace = |changes: &[Change]| changes.iter().rev().for_each(|c| pieces.replace(c));
    for edit in before {
        let changes = changes_in(&now, &read, edit)?;
        let (next, outline) = now.change_and_read(Some(&read), &changes);
        (now, read) = (next, Cow::Owned(outline.unwrap_or_default()));
        replace(&changes);
    }
    replace(&changes_in(&now, &read, last)?);
    Ok(pieces.changes(document.len()))
}

/// Makes every fix that `is_wanted`, looks again, and so on until nothing is left to do. A fix that
/// would bring a new error is left out, and so is what would take too long.
pub fn apply_all(
    document: &Document,
    facts: &Facts,
    is_wanted: impl Fn(&Diagnostic) -> bool,
) -> Document {
    let mut now = document.clone();
    let mut found = check(&now, facts);
    let mut allowance = Allowance::default();
    for _ in 0..ROUNDS {
        let outline = Outline::read(&now);
        let wanted: Vec<Vec<Change>> = found
            .iter()
            .filter(|d| is_wanted(d))
            .filter_map(|d| allowance.changes(&now, &outline, &d.fix.as_ref()?.edits))
            .filter(|changes| !changes.is_empty())
            .collect();
        // Together what does not touch; if that goes wrong, one that does not.
        let one_by_one = wanted.iter().map(|changes| vec![changes.clone()]);
        let tries = [apart(&wanted)].into_iter().chain(one_by_one);
        let next = tries.into_iter().find_map(|fixes| {
            let mut changes: Vec<Change> = fixes.into_iter().flatten().collect();
            changes.sort_by_key(|change| change.span);
            let document = now.change(&changes);
            let after = check(&document, facts);
            let is_better = document != now && errors(&after) <= errors(&found);
            is_better.then_some((document, after))
        });
        match next {
            Some(next) => (now, found) = next,
            None => break,
        }
    }
    now
}

/// Those of some fixes, in order, that touch none before them.
fn apart(fixes: &[Vec<Change>]) -> Vec<Vec<Change>> {
    // Ends by starts.
    let mut taken: BTreeMap<u32, u32> = BTreeMap::new();
    let mut out = Vec::new();
    for changes in fixes {
        let touches = |span: Span| {
            let before = taken.range(..=span.end).next_back();
            before.is_some_and(|(_, end)| *end >= span.start)
        };
        if changes.iter().any(|change| touches(change.span)) {
            continue;
        }
        let spans = changes
            .iter()
            .map(|change| (change.span.start, change.span.end));
        taken.extend(spans);
        out.push(changes.clone());
    }
    out
}

fn errors(found: &[Diagnostic]) -> usize {
    let is_error = |d: &&Diagnostic| d.severity == Severity::Error;
    found.iter().filter(is_error).count()
}

/// A text as pieces of the one it began as and pieces that are new.
struct Pieces(Vec<Piece>);

#[derive(Clone)]
enum Piece {
    Old(Span),
    New(Vec<u8>),
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Self::Old(span) => (span.end - span.start) as usize,
            Self::New(bytes) => bytes.len(),
        }
    }

    fn split(&self, at: usize) -> [Self; 2] {
        match self {
            Self::Old(span) => {
                let middle = span.start + at as u32;
                [(span.start, middle), (middle, span.end)]
                    .map(|(start, end)| Self::Old(Span { start, end }))
            }
            Self::New(bytes) => {
                let (before, behind) = bytes.split_at_checked(at).unwrap_or((bytes, &[]));
                [before, behind].map(|bytes| Self::New(bytes.to_vec()))
            }
        }
    }
}

impl Pieces {
    fn whole(end: u32) -> Self {
        Self(vec![Piece::Old(Span { start: 0, end })])
    }

    /// Makes a change whose place is one of the present text.
    fn replace(&mut self, change: &Change) {
        let end = self.cut(change.span.end as usize);
        let start = self.cut(change.span.start as usize);
        // The cut at the start may have made one piece more before the end.
        let end = if start <= end {
            self.cut(change.span.end as usize)
        } else {
            end
        };
        self.0
            .splice(start..end.max(start), [Piece::New(change.with.clone())]);
    }

    /// The number of the piece that begins at `at`, cutting one in two where none does.
    fn cut(&mut self, at: usize) -> usize {
        let mut passed = 0;
        for index in 0..self.0.len() {
            let length = self.0[index].len();
            if passed >= at && (length > 0 || passed > at) {
                return index;
            }
            if at < passed + length {
                let halves = self.0[index].split(at - passed);
                self.0.splice(index..=index, halves);
                return index + 1;
            }
            passed += length;
        }
        self.0.len()
    }

    /// What lies between the old pieces.
    fn changes(&self, end: u32) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut from = 0;
        let mut with = Vec::new();
        let last = Piece::Old(Span { start: end, end });
        for piece in self.0.iter().chain([&last]) {
            match piece {
                Piece::New(bytes) => with.extend_from_slice(bytes),
                Piece::Old(span) => {
                    if span.start > from || !with.is_empty() {
                        let span = Span {
                            start: from,
                            end: span.start,
                        };
                        let with = std::mem::take(&mut with);
                        changes.push(Change { span, with });
                    }
                    from = span.end;
                }
            }
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(start: u32, end: u32, with: &str) -> Edit {
        Edit::Bytes(Change {
            span: Span { start, end },
            with: with.into(),
        })
    }

    /// Edits one by one and their changes at once come to the same.
    #[test]
    fn changes_are_composed() {
        let check = |edits: &[Edit], expected: &str, count: usize| {
            let document = Document::parse("0123456789");
            let changes = changes(&document, &Outline::read(&document), edits).unwrap();
            let at_once = document.change(&changes);
            assert_eq!(at_once.bytes(), expected.as_bytes(), "{changes:?}");
            assert_eq!(changes.len(), count, "{changes:?}");
        };
        check(&[], "0123456789", 0);
        check(&[bytes(0, 0, "a")], "a0123456789", 1);
        check(&[bytes(10, 10, "a")], "0123456789a", 1);
        check(&[bytes(2, 4, ""), bytes(4, 5, "x")], "0145x789", 2);
        check(&[bytes(2, 4, "abc"), bytes(3, 6, "x")], "01ax56789", 1);
        check(&[bytes(0, 10, "")], "", 1);
        check(
            &[bytes(5, 5, "a"), bytes(5, 5, "b"), bytes(6, 6, "c")],
            "01234bca56789",
            1,
        );
    }
}
