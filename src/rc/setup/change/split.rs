//! A user of an entry that others share gets an entry of its own: its lines move as they are, with
//! the comments above them; what the entry says of the server is said there too.

use super::Work;
use crate::rc::document::Span;
use crate::rc::edit::{self, At, Change, Edit, Which};
use crate::rc::option::Id;
use crate::rc::settings::Value;
use crate::rc::setup::write::{Refused, free_name};

impl Work<'_> {
    /// Moves the user into an entry for `host`, at the end of the file.
    pub(super) fn split(&mut self, host: &str) -> Result<(), Refused> {
        let (entry, user) = self.was_at;
        let which = Which::Entry(entry);
        let leave = Edit::RemoveUser { which, user };
        let changes = edit::changes(&self.text.0, &leave)?;
        let lines = changes.iter().map(|change| self.text.0.slice(change.span));
        let lines = lines.collect::<Vec<_>>().concat();
        let stanza = self.before.whole.stanzas.entries.get(entry);
        let stanza = stanza.ok_or(edit::Refused::Nobody)?.clone();
        self.text.edit(&leave)?;
        let own = self.before.whole.stanzas.entries.len();
        let label = free_name(host, &self.before.whole);
        self.text.edit(&Edit::AddEntry {
            before: None,
            label: label.clone().into(),
            is_active: stanza.is_active,
        })?;
        let at = At::Server(Which::Entry(own));
        let (inherited, _) = self.inherited();
        if label != host || inherited.find(Id::Via).is_some() {
            self.text.say(at, Id::Via, Value::Text(host.into()))?;
        }
        let options = stanza.server.iter();
        for setting in options.filter(|setting| setting.keyword.id != Id::Via) {
            self.text
                .say(at, setting.keyword.id, setting.value.clone())?;
        }
        self.append(&lines)?;
        self.at = (own, 0);
        self.note_split();
        Ok(())
    }

    /// Puts the lines, or the words, behind everything.
    fn append(&mut self, lines: &[u8]) -> Result<(), Refused> {
        let document = &self.text.0;
        let end = document.len();
        let last = Span {
            start: end.saturating_sub(1),
            end,
        };
        let mut with = Vec::new();
        if end > 0 && *document.slice(last) != *b"\n" {
            with.push(b'\n');
        }
        match lines.ends_with(b"\n") {
            true => with.extend(lines),
            false => {
                with.extend(b"    ");
                with.extend(lines.trim_ascii());
                with.push(b'\n');
            }
        }
        let span = Span { start: end, end };
        self.text.edit(&Edit::Bytes(Change { span, with }))
    }
}
