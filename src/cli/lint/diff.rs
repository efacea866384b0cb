//! What fixes would do, as a unified diff. Compared are the true lines; shown are masked ones, so a
//! change of a secret is seen without it. It is for reading: `--write` makes the changes.

use similar::{ChangeTag, TextDiff};

use super::render::masked;
use crate::rc::document::{Document, Span};
use crate::rc::mask;

/// Lines of context.
const CONTEXT: usize = 3;

/// The lines of the diff; none where nothing changes.
pub fn lines(name: &str, old: &Document, new: &Document) -> Vec<String> {
    let diff = TextDiff::from_lines(old.bytes(), new.bytes());
    let (before, after) = (shown(old), shown(new));
    let mut out = Vec::new();
    for group in diff.grouped_ops(CONTEXT) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            continue;
        };
        if out.is_empty() {
            out = vec![format!("--- {name}"), format!("+++ {name}")];
        }
        let old_range = range(first.old_range().start, last.old_range().end);
        let new_range = range(first.new_range().start, last.new_range().end);
        out.push(format!("@@ -{old_range} +{new_range} @@"));
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (sign, lines, index) = match change.tag() {
                ChangeTag::Equal => (' ', &after, change.new_index()),
                ChangeTag::Delete => ('-', &before, change.old_index()),
                ChangeTag::Insert => ('+', &after, change.new_index()),
            };
            let line = index.and_then(|index| lines.get(index));
            out.push(format!("{sign}{}", line.map_or("", String::as_str)));
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

/// Every line with its secrets masked. Quotes may be open anywhere, so all lines count as damaged
/// that hold one.
fn shown(document: &Document) -> Vec<String> {
    let bytes = document.bytes();
    let secrets = mask::secrets(&bytes);
    let mut start = 0;
    let mut out = Vec::new();
    while start < bytes.len() {
        let rest = &bytes[start..];
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = Span {
            start: start as u32,
            end: (start + length) as u32,
        };
        let of_line = mask::in_line(&bytes, line, &secrets, false);
        out.push(masked(&bytes, line, &of_line));
        start += length + 1;
    }
    out
}
