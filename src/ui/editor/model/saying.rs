//! Changing the file: options, other edits, and what is typed into the source.

use std::time::Instant;

use super::history::{Revision, Topic};
use super::{Model, Row};
use crate::base::i18n::{fill, gettext};
use crate::rc::document::Span;
use crate::rc::edit::{self, At, Change, Edit, Refused, Which};
use crate::rc::option::Id;
use crate::rc::settings::Value;

impl Model {
    /// Makes an edit; a step of that name.
    pub(crate) fn edit(
        &mut self,
        name: String,
        edits: &[Edit],
        topic: Option<Topic>,
        now: Instant,
    ) -> Result<(), Refused> {
        let mut revision = self.history.base(topic, now).clone();
        for edit in edits {
            let changes = edit::changes_in(&revision.document, &revision.outline, edit)?;
            revision = revision.change(&changes);
        }
        if revision.document != self.now().document {
            self.take(name, topic, revision, now);
        }
        Ok(())
    }

    /// Says an option, or (`None`) says nothing about it.
    pub(crate) fn say(
        &mut self,
        row: &Row,
        value: Option<Value>,
        now: Instant,
    ) -> Result<(), Refused> {
        let (at, id) = (row.at, row.id);
        let name = fill(
            &gettext("Change {option}"),
            &[("option", &row.keyword().name())],
        );
        let mut edits = Vec::new();
        if at == At::Server(Which::Defaults) || matches!(at, At::User(Which::Defaults, _)) {
            let base = self.history.base(Some(topic_of(at, id)), now);
            edits.extend(defaults_first(base));
        }
        edits.push(match value {
            Some(value) => Edit::Set { at, id, value },
            None => Edit::Unset { at, id },
        });
        self.edit(name, &edits, Some(topic_of(at, id)), now)
    }

    /// Other bytes, whatever they mean, as they are typed into the source.
    pub(crate) fn type_in(&mut self, change: Change, now: Instant) {
        let topic = (u64::MAX, 0);
        let revision = self.now().change(std::slice::from_ref(&change));
        self.take(gettext("Change the text"), Some(topic), revision, now);
    }
}

fn topic_of(at: At, id: Id) -> Topic {
    let place = match at {
        At::Globals => 0,
        At::Server(Which::Defaults) => 1,
        At::User(Which::Defaults, user) => 2 + ((user as u64) << 8),
        At::Server(Which::Entry(entry)) => 3 + ((entry as u64) << 32),
        At::User(Which::Entry(entry), user) => 4 + ((entry as u64) << 32) + ((user as u64) << 8),
    };
    (place, id as u64)
}

/// Puts in an entry for defaults, if there is none.
fn defaults_first(now: &Revision) -> Option<Edit> {
    if now.stanzas.defaults.is_some() {
        return None;
    }
    let first = now.stanzas.entries.first();
    let start = first.map_or(now.document.len(), |entry| entry.head().start);
    let is_blank = |start: u32, end: u32| {
        let bytes = now.document.slice(Span { start, end });
        bytes.iter().all(u8::is_ascii_whitespace)
    };
    let start = match now.document.line_start(start) {
        // Something else stands on the line.
        line if !is_blank(line, start) => start,
        line => line,
    };
    let last = Span {
        start: now.document.len().saturating_sub(1),
        end: now.document.len(),
    };
    let is_closed =
        first.is_some() || now.document.is_empty() || now.document.slice(last).as_ref() == b"\n";
    let with = match is_closed {
        true => "defaults\n",
        false => "\ndefaults\n",
    };
    Some(Edit::Bytes(Change {
        span: Span { start, end: start },
        with: with.into(),
    }))
}
