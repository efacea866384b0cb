//! What changes in a file, as a unified diff. Compared are the true lines; shown are masked ones, so
//! a change of a secret is seen without it. It is for reading: nothing applies it.

use similar::{ChangeTag, DiffOp, TextDiff};

use crate::rc::document::{Document, Span};
use crate::rc::outline::{Outline, has_errors};
use crate::rc::shown::Lines;

/// Lines of context.
const CONTEXT: usize = 3;

/// The lines of the diff, with the head that names the file; none where nothing changes.
pub fn lines(name: &str, old: &Document, new: &Document) -> Vec<String> {
    let body = body(old, new);
    match body.is_empty() {
        true => body,
        false => {
            let head = vec![format!("--- {name}"), format!("+++ {name}")];
            [head, body].concat()
        }
    }
}

/// The diff of two rc files without its head.
pub fn of_rc(old: &[u8], new: &[u8]) -> String {
    joined(&body(&Document::parse(old), &Document::parse(new)))
}

/// The diff of two texts that hold no secrets, without its head.
pub fn of_text(old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    let mut out = Vec::new();
    for group in diff.grouped_ops(CONTEXT) {
        out.extend(head(&group));
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = crate::base::text::plain(change.value().trim_end_matches(['\r', '\n']));
            out.push(format!("{}{line}", sign(change.tag())));
        }
    }
    joined(&out)
}

fn joined(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

fn sign(tag: ChangeTag) -> char {
    match tag {
        ChangeTag::Equal => ' ',
        ChangeTag::Delete => '-',
        ChangeTag::Insert => '+',
    }
}

/// The line above a group of changes.
fn head(group: &[DiffOp]) -> Option<String> {
    let (first, last) = (group.first()?, group.last()?);
    let old = range(first.old_range().start, last.old_range().end);
    let new = range(first.new_range().start, last.new_range().end);
    Some(format!("@@ -{old} +{new} @@"))
}

fn body(old: &Document, new: &Document) -> Vec<String> {
    if old == new {
        return Vec::new();
    }
    let (before, after) = (Side::new(old), Side::new(new));
    between((&before, before.whole()), (&after, after.whole()))
}

/// The diff of a part of one file with a part of another, without its head; masked as in the whole
/// files. Lines that are the same are all there: a part is short.
pub fn of_parts(old: (&Side, Option<Span>), new: (&Side, Option<Span>)) -> String {
    let nowhere = Span { start: 0, end: 0 };
    let (before, after) = (old.1.unwrap_or(nowhere), new.1.unwrap_or(nowhere));
    let mut lines = between((old.0, before), (new.0, after));
    lines.retain(|line| !line.starts_with("@@") && !line.starts_with('\\'));
    joined(&lines)
}

fn between(old: (&Side, Span), new: (&Side, Span)) -> Vec<String> {
    let mut out = Vec::new();
    let diff = TextDiff::from_lines(old.0.bytes(old.1), new.0.bytes(new.1));
    let (before, after) = (old.0.lines_in(old.1), new.0.lines_in(new.1));
    let line = |side: &Side, lines: &[Span], index: Option<usize>| {
        let line = index.and_then(|index| lines.get(index));
        line.map_or(String::new(), |line| side.lines.whole(*line))
    };
    for group in diff.grouped_ops(CONTEXT) {
        out.extend(head(&group));
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = match change.tag() {
                ChangeTag::Delete => line(old.0, &before, change.old_index()),
                ChangeTag::Equal | ChangeTag::Insert => line(new.0, &after, change.new_index()),
            };
            let sign = sign(change.tag());
            out.push(format!("{sign}{line}"));
            if change.missing_newline() {
                out.push("\\ No newline at end of file".to_owned());
            }
        }
    }
    out
}

/// As diff(1) counts: the first line from 1, unless there is none.
fn range(start: usize, end: usize) -> String {
    let count = end - start;
    match count {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        _ => format!("{},{count}", start + 1),
    }
}

/// One of the two documents.
pub struct Side {
    document: Document,
    lines: Lines,
}

impl Side {
    /// Where the document cannot be read, nobody knows which quotes belong together: all of it
    /// counts as damaged.
    pub fn new(document: &Document) -> Self {
        let whole = Span {
            start: 0,
            end: document.len(),
        };
        let has_errors = has_errors(&Outline::read(document).diagnostics(document));
        Self {
            lines: Lines::new(document, Vec::from_iter(has_errors.then_some(whole))),
            document: document.clone(),
        }
    }

    fn whole(&self) -> Span {
        Span {
            start: 0,
            end: self.document.len(),
        }
    }

    fn bytes(&self, part: Span) -> Vec<u8> {
        self.document.slice(part).into_owned()
    }

    /// The lines of a part, without their ends.
    fn lines_in(&self, part: Span) -> Vec<Span> {
        let mut start = part.start;
        let bytes = self.document.slice(part);
        let mut line = |length: usize| {
            let span = Span {
                start,
                end: start + length as u32,
            };
            start = span.end + 1;
            span
        };
        bytes
            .split(|byte| *byte == b'\n')
            .map(|text| line(text.len()))
            .collect()
    }
}
