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
    let mut out = Vec::new();
    if old == new {
        return out;
    }
    let diff = TextDiff::from_lines(old.bytes(), new.bytes());
    let (before, after) = (Side::new(old), Side::new(new));
    for group in diff.grouped_ops(CONTEXT) {
        out.extend(head(&group));
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (side, index) = match change.tag() {
                ChangeTag::Delete => (&before, change.old_index()),
                ChangeTag::Equal | ChangeTag::Insert => (&after, change.new_index()),
            };
            let line = index.map(|index| side.line(index)).unwrap_or_default();
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
struct Side {
    lines: Lines,
    starts: Vec<u32>,
}

impl Side {
    /// Where the document cannot be read, nobody knows which quotes belong together: all of it
    /// counts as damaged.
    fn new(document: &Document) -> Self {
        let whole = Span {
            start: 0,
            end: document.len(),
        };
        let has_errors = has_errors(&Outline::read(document).diagnostics(document));
        let lines = Lines::new(document, Vec::from_iter(has_errors.then_some(whole)));
        Self {
            starts: lines.starts(),
            lines,
        }
    }

    /// A line without its end, its secrets masked.
    fn line(&self, index: usize) -> String {
        let start = self.starts.get(index);
        start.map_or(String::new(), |start| {
            self.lines.whole(self.lines.at(*start))
        })
    }
}
