//! What is odd in the file: words that nobody knows, findings that are not to be told, and what a fix
//! would change. Also lines, by their number. Pure.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Instant;

use super::Model;
use super::tree::Node;
use crate::base::i18n::gettext;
use crate::base::text::quiet;
use crate::rc::diagnostic::{Diagnostic, Severity};
use crate::rc::diff;
use crate::rc::document::Span;
use crate::rc::edit::{self, Change, Edit, Refused};

/// A word that no option has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unknown {
    /// Where it stands.
    pub span: Span,
    /// What it says; `None` where it could be a secret.
    pub word: Option<String>,
}

/// More are not shown: each costs a row.
const MOST: usize = 30;
/// Longest preview of a fix, in lines.
const LINES: usize = 16;

impl Model {
    /// The words at a node that nobody knows. They stay as they are until somebody changes them.
    pub(crate) fn unknown(&self, node: Node) -> Vec<Unknown> {
        let found = self.now().outline.diagnostics(&self.now().document);
        let unknown = found.iter().filter(|found| found.slug == "unknown-word");
        let here = unknown.filter_map(|found| {
            let span = found.place?.span;
            let entry = self.entry_at(span.start).unwrap_or(Node::General);
            let is_near = entry.entry() == node.entry() || entry == node;
            // Before the first option of a user a word belongs to the server.
            let is_here = is_near && self.node_at(span.start).unwrap_or(entry) == node;
            is_here.then(|| Unknown {
                span,
                word: found
                    .token
                    .as_ref()
                    .map(|_| quiet(&self.now().document.slice(span), 200)),
            })
        });
        here.take(MOST).collect()
    }

    /// Writes something else where such a word stands; nothing at all takes it out.
    pub(crate) fn replace_unknown(
        &mut self,
        span: Span,
        with: &str,
        now: Instant,
    ) -> Result<(), Refused> {
        let document = &self.now().document;
        let is_gone = with.trim().is_empty();
        // With the blank before it.
        let before = Span {
            start: span.start.saturating_sub(1),
            end: span.start,
        };
        let has_blank = span.start > 0 && matches!(document.slice(before).as_ref(), b" " | b"\t");
        let span = match is_gone && has_blank {
            true => Span {
                start: before.start,
                ..span
            },
            false => span,
        };
        let change = Change {
            span,
            with: with.trim().as_bytes().to_vec(),
        };
        let name = match is_gone {
            true => gettext("Remove a word"),
            false => gettext("Change a word"),
        };
        self.edit(name, &[Edit::Bytes(change)], None, now)
    }

    /// What a fix would change, as lines that come and go, with secrets masked.
    pub(crate) fn preview(&self, finding: &Diagnostic) -> Option<String> {
        let mut revision = self.now().clone();
        for edit in &finding.fix.as_ref()?.edits {
            let changes = edit::changes_in(&revision.document, &revision.outline, edit).ok()?;
            revision = revision.change(&changes);
        }
        let (old, new) = (self.now().document.bytes(), revision.document.bytes());
        let lines = diff::of_rc(&old, &new);
        let lines: Vec<&str> = lines
            .lines()
            .filter(|line| line.starts_with(['+', '-']))
            .take(LINES)
            .collect();
        Some(lines.join("\n"))
    }

    /// Which findings are not to be told, from now on.
    pub(crate) fn ignore(&mut self, keys: &BTreeSet<String>) {
        self.ignored.clone_from(keys);
        self.pass_over();
    }

    /// How many findings are not told.
    pub(crate) fn hidden(&self) -> usize {
        self.hidden
    }

    /// Leaves out what is not to be told; errors always are.
    pub(super) fn pass_over(&mut self) {
        let before = self.found.len();
        let ignored = &self.ignored;
        if !ignored.is_empty() {
            let is_told = |found: &Diagnostic| {
                found.severity == Severity::Error || !ignored.contains(&found.key())
            };
            Rc::make_mut(&mut self.found).retain(is_told);
        }
        self.hidden = before - self.found.len();
    }

    /// How many lines the file has, the last one without an end included.
    pub(crate) fn lines(&self) -> u32 {
        let document = &self.now().document;
        document.line_of(document.len()) + 1
    }

    /// Where a line begins, counted from 1; the last one if there are not so many.
    pub(crate) fn line_start(&self, line: u32) -> u32 {
        let document = &self.now().document;
        let (mut low, mut high) = (0, document.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match document.line_of(middle) + 1 < line {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        document.line_start(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rc::lint::{self, Facts};

    const FILE: &str = "set daemon 60\npoll a proto imap klunk \"zork\"\n    user x keep frobnicate\npoll b user y\n";

    fn text(model: &Model) -> String {
        String::from_utf8(model.now().document.bytes()).unwrap()
    }

    #[test]
    fn words_that_nobody_knows_are_kept_and_can_be_changed() {
        let mut model = Model::open(FILE.as_bytes());
        let words = |model: &Model, node| {
            let found = model.unknown(node).into_iter();
            found.map(|unknown| unknown.word).collect::<Vec<_>>()
        };
        let of_user = words(&model, Node::User(0, 0));
        assert_eq!(of_user, [Some("frobnicate".to_owned())]);
        assert!(words(&model, Node::Server(0)).contains(&Some("klunk".to_owned())));
        assert!(words(&model, Node::User(1, 0)).is_empty());
        assert!(words(&model, Node::General).is_empty());
        let span = model.unknown(Node::User(0, 0))[0].span;
        let now = Instant::now();
        assert_eq!(model.replace_unknown(span, " fetchall ", now), Ok(()));
        assert_eq!(text(&model), FILE.replace("frobnicate", "fetchall"));
        assert!(model.undo());
        assert_eq!(model.replace_unknown(span, "", now), Ok(()));
        assert_eq!(text(&model), FILE.replace(" frobnicate", ""));
    }

    #[test]
    fn lines_by_number() {
        let model = Model::open(FILE.as_bytes());
        assert_eq!(model.lines(), 5);
        let check = |line, expected: &str| {
            let start = model.line_start(line) as usize;
            assert!(FILE[start..].starts_with(expected), "{line}: {start}");
        };
        check(1, "set");
        check(2, "poll a");
        check(3, "    user x");
        check(4, "poll b");
        assert_eq!(model.line_start(5) as usize, FILE.len());
        assert_eq!(model.line_start(99) as usize, FILE.len());
        assert_eq!(Model::open(b"").line_start(1), 0);
    }

    #[test]
    fn what_is_ignored_is_not_told() {
        let file = "poll h proto pop3 user ann password s3cret keep no sslcertck\n";
        let mut model = Model::open(file.as_bytes());
        let found = lint::check(&model.now().document, &Facts::default());
        model.looked_over(found.clone());
        let (count, key) = (model.found().len(), model.found()[0].key());
        assert!(count > 1);
        model.ignore(&BTreeSet::from([key.clone()]));
        assert!(model.found().len() < count && model.hidden() > 0);
        assert!(model.found().iter().all(|found| found.key() != key));
        model.ignore(&BTreeSet::new());
        model.looked_over(found);
        assert_eq!((model.found().len(), model.hidden()), (count, 0));
        // What a fix would do is shown without the password.
        let fixable = model.found().iter().find(|found| found.fix.is_some());
        let preview = model.preview(fixable.expect("a fix")).expect("a preview");
        assert!(
            preview.contains("+poll h") && !preview.contains("s3cret"),
            "{preview}"
        );
    }
}
