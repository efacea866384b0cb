//! The states a file has had while it was edited: one line, back and forth. Pure.

use std::time::{Duration, Instant};

use crate::rc::document::Document;
use crate::rc::edit::Change;
use crate::rc::outline::Outline;
use crate::rc::settings::Stanzas;

/// A state of the file, read. Former and later ones share what they have in common.
#[derive(Clone, Debug)]
pub(crate) struct Revision {
    /// The bytes.
    pub document: Document,
    /// What they say, statement by statement.
    pub outline: Outline,
    /// The same, grouped.
    pub stanzas: Stanzas,
}

impl Revision {
    /// Reads a file.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let document = Document::parse(bytes);
        let outline = Outline::read(&document);
        Self::of(document, outline)
    }

    fn of(document: Document, outline: Outline) -> Self {
        Self {
            stanzas: outline.stanzas(),
            document,
            outline,
        }
    }

    /// With these changes, in the order of the file and apart from each other.
    pub(crate) fn change(&self, changes: &[Change]) -> Self {
        let (document, outline) = self.document.change_and_read(Some(&self.outline), changes);
        Self::of(document, outline.unwrap_or_default())
    }

    /// Whether it cannot be used.
    pub(crate) fn has_errors(&self) -> bool {
        self.outline.statements().any(|(_, s)| s.has_errors())
    }
}

/// What was changed last: further changes of the same, shortly after, are one step with it.
pub(crate) type Topic = (u64, u64);

/// How long a step may go on without a change.
const PAUSE: Duration = Duration::from_secs(2);

struct Step {
    name: String,
    topic: Option<Topic>,
    revision: Revision,
}

/// The line.
pub(crate) struct History {
    /// The oldest first; never empty. The first has no name.
    steps: Vec<Step>,
    /// Which of them holds.
    at: usize,
    /// When the last change was made; `None` after a move or a save.
    changed: Option<Instant>,
}

impl History {
    /// Begins with a file as it was read.
    pub(crate) fn new(revision: Revision) -> Self {
        let first = Step {
            name: String::new(),
            topic: None,
            revision,
        };
        Self {
            steps: vec![first],
            at: 0,
            changed: None,
        }
    }

    /// The state that holds.
    pub(crate) fn now(&self) -> &Revision {
        &self.steps[self.at.min(self.steps.len() - 1)].revision
    }

    /// Whether a change of `topic` now is one step with the last one.
    fn merges(&self, topic: Option<Topic>, now: Instant) -> bool {
        let goes_on = self
            .changed
            .is_some_and(|at| now.duration_since(at) < PAUSE);
        goes_on && topic.is_some() && self.at > 0 && self.steps[self.at].topic == topic
    }

    /// The state that a change of `topic` is made from: what somebody types stroke by stroke is
    /// written as if it had been typed at once.
    pub(crate) fn base(&self, topic: Option<Topic>, now: Instant) -> &Revision {
        match self.merges(topic, now) {
            true => &self.steps[self.at - 1].revision,
            false => self.now(),
        }
    }

    /// Goes on to another state. What could be redone is gone then.
    pub(crate) fn go_on(
        &mut self,
        name: String,
        topic: Option<Topic>,
        revision: Revision,
        now: Instant,
    ) {
        let merges = self.merges(topic, now);
        self.steps.truncate(self.at + 1);
        if merges {
            self.steps[self.at].revision = revision;
        } else {
            self.steps.push(Step {
                name,
                topic,
                revision,
            });
            self.at += 1;
        }
        self.changed = Some(now);
    }

    /// The names of all states, the oldest first (its name is empty), and which of them holds.
    pub(crate) fn names(&self) -> (Vec<&str>, usize) {
        let names = self.steps.iter().map(|step| step.name.as_str());
        (names.collect(), self.at)
    }

    /// To one of them, by its place. Returns whether that is another one than before.
    pub(crate) fn go_to(&mut self, at: usize) -> bool {
        self.changed = None;
        let is_other = at < self.steps.len() && at != self.at;
        if is_other {
            self.at = at;
        }
        is_other
    }

    /// What the next undo takes back; `None`: there is nothing.
    pub(crate) fn undoable(&self) -> Option<&str> {
        (self.at > 0).then(|| self.steps[self.at].name.as_str())
    }

    /// What the next redo does again; `None`: there is nothing.
    pub(crate) fn redoable(&self) -> Option<&str> {
        let next = self.steps.get(self.at + 1);
        next.map(|step| step.name.as_str())
    }

    /// One back. Returns whether there was one.
    pub(crate) fn undo(&mut self) -> bool {
        self.changed = None;
        let can = self.at > 0;
        self.at -= usize::from(can);
        can
    }

    /// One forth. Returns whether there was one.
    pub(crate) fn redo(&mut self) -> bool {
        self.changed = None;
        let can = self.at + 1 < self.steps.len();
        self.at += usize::from(can);
        can
    }

    /// What comes is a step of its own: the file was saved.
    pub(crate) fn rest(&mut self) {
        self.changed = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(text: &str) -> Revision {
        Revision::read(text.as_bytes())
    }

    #[test]
    fn back_and_forth() {
        let mut history = History::new(state("a"));
        let start = Instant::now();
        let text = |history: &History| String::from_utf8(history.now().document.bytes()).unwrap();
        let seconds = Duration::from_secs;
        history.go_on("one".into(), Some((1, 1)), state("b"), start);
        history.go_on("one".into(), Some((1, 1)), state("c"), start + seconds(1));
        history.go_on("one".into(), Some((1, 1)), state("d"), start + seconds(4));
        history.go_on("two".into(), Some((1, 2)), state("e"), start + seconds(4));
        history.go_on("two".into(), None, state("f"), start + seconds(4));
        let mut seen = Vec::new();
        while history.undo() {
            seen.push(text(&history));
        }
        assert_eq!(seen, ["e", "d", "c", "a"]);
        assert_eq!(
            (history.undoable(), history.redoable()),
            (None, Some("one"))
        );
        assert!(history.redo());
        // What was undone is not merged into, and what could be redone is gone.
        history.go_on("three".into(), Some((1, 1)), state("g"), start + seconds(4));
        assert_eq!(text(&history), "g");
        assert!(!history.redo());
        assert!(history.undo());
        assert_eq!(text(&history), "c");
        assert_eq!(history.names(), (vec!["", "one", "three"], 1));
        assert!(history.go_to(2) && !history.go_to(2) && !history.go_to(3));
        assert_eq!(text(&history), "g");
        assert!(history.go_to(0));
        assert_eq!(text(&history), "a");
    }
}
