//! Edits of a document: an option set, removed or moved, as changes of bytes. What is not meant
//! stays as it is, to the byte.
//!
//! Deliberately small: no change of style beyond putting an option on a line of its own where its
//! neighbours stand so. Moving users and entries about is refused with a sentence.

mod write;

use std::fmt;

use crate::base::i18n::{gettext, gettext_noop};
use crate::rc::document::{Document, Span};
use crate::rc::option::{self, Id};
use crate::rc::settings::{self, Entry, Setting, Settings, Stanzas, Value};

pub use write::{string, written};

/// A replacement of some bytes of a document.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// By what.
    pub with: Vec<u8>,
}

impl fmt::Debug for Change {
    /// The text may be a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Change({:?}, {} bytes)", self.span, self.with.len())
    }
}

/// An entry of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The `defaults`.
    Defaults,
    /// Number in file order, from 0.
    Entry(usize),
}

/// Whose options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// After `set`.
    Globals,
    /// Server options of an entry.
    Server(Which),
    /// Options of a user of an entry, from 0. An entry without users has room for one: number 0.
    User(Which, usize),
}

/// What is to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the fields say it
pub enum Edit {
    /// Writes or replaces the option, in the surrounding style; exactly this option changes.
    Set { at: At, id: Id, value: Value },
    /// Removes every place where it is said.
    Unset { at: At, id: Id },
    /// `poll` or `skip`.
    SetActive { entry: usize, is_active: bool },
    /// Another poll name.
    RenameEntry { entry: usize, label: Vec<u8> },
    /// A new entry.
    AddEntry {
        before: Option<usize>,
        label: Vec<u8>,
        is_active: bool,
    },
    /// An entry less.
    RemoveEntry { entry: usize },
    /// An entry elsewhere.
    MoveEntry { entry: usize, to: usize },
    /// A new user.
    AddUser {
        which: Which,
        before: Option<usize>,
        name: Vec<u8>,
    },
    /// A user less.
    RemoveUser { which: Which, user: usize },
    /// A user elsewhere.
    MoveUser {
        which: Which,
        user: usize,
        to: usize,
    },
    /// Moves a late `defaults` entry before all others.
    DefaultsFirst,
    /// Raw replacement, for what is not read as an option.
    Bytes(Change),
}

/// Why an edit cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused(&'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&gettext(self.0))
    }
}

/// The changes an edit makes, in order, not overlapping.
///
/// # Errors
/// Why it cannot be made.
pub fn changes(document: &Document, edit: &Edit) -> Result<Vec<Change>, Refused> {
    let (stanzas, _) = settings::read(document);
    let file = File {
        document,
        stanzas: &stanzas,
    };
    match edit {
        Edit::Set { at, id, value } => file.set(*at, *id, value),
        Edit::Unset { at, id } => file.unset(*at, *id),
        Edit::SetActive { entry, is_active } => file.set_active(*entry, *is_active),
        Edit::RenameEntry { entry, label } => file.rename(*entry, label),
        Edit::DefaultsFirst => file.defaults_first(),
        Edit::Bytes(change) => Ok(vec![change.clone()]),
        _ => Err(Refused(gettext_noop(
            "Entries and users cannot be moved about in this version",
        ))),
    }
}

impl Document {
    /// The document with these changes made; they lie in order and do not overlap.
    pub fn change(&self, changes: &[Change]) -> Document {
        let mut out = Vec::with_capacity(self.bytes().len());
        let mut from = 0;
        for change in changes {
            out.extend_from_slice(self.slice(Span {
                start: from,
                end: change.span.start,
            }));
            out.extend_from_slice(&change.with);
            from = change.span.end;
        }
        out.extend_from_slice(self.slice(Span {
            start: from,
            end: self.bytes().len() as u32,
        }));
        Document::parse(out)
    }
}

struct File<'a> {
    document: &'a Document,
    stanzas: &'a Stanzas,
}

impl File<'_> {
    fn set(&self, at: At, id: Id, value: &Value) -> Result<Vec<Change>, Refused> {
        let keyword = option::all().find(|keyword| keyword.id == id).ok_or(GONE)?;
        let mut text = written(keyword, value);
        let mut places = places(self.document, at, id);
        let Some(last) = places.pop() else {
            return self.insert(at, &text);
        };
        if at == At::Globals {
            text.splice(..0, *b"set ");
        }
        let mut changes: Vec<Change> = places.into_iter().map(|span| self.removal(span)).collect();
        changes.push(Change {
            span: last,
            with: text,
        });
        Ok(changes)
    }

    fn unset(&self, at: At, id: Id) -> Result<Vec<Change>, Refused> {
        let places = places(self.document, at, id);
        Ok(places.into_iter().map(|span| self.removal(span)).collect())
    }

    /// An option that was not said so far, behind its neighbours.
    fn insert(&self, at: At, text: &[u8]) -> Result<Vec<Change>, Refused> {
        let (behind, with) = match at {
            At::Globals => match last_end(&self.stanzas.globals) {
                Some(end) => (end, [b"\nset ", text].concat()),
                None => (self.start(), [b"set ", text, b"\n"].concat()),
            },
            At::Server(which) => {
                let entry = self.entry(which)?;
                let last = last_origin(&entry.server).unwrap_or(entry.head);
                (last.end, self.beside(last, text))
            }
            At::User(which, user) => {
                let entry = self.entry(which)?;
                let last = match entry.users.get(user) {
                    Some(user) => last_origin(user).ok_or(GONE)?,
                    None if user == 0 => last_origin(&entry.server).unwrap_or(entry.head),
                    None => return Err(GONE),
                };
                (last.end, self.beside(last, text))
            }
        };
        let span = Span {
            start: behind,
            end: behind,
        };
        Ok(vec![Change { span, with }])
    }

    /// The text with what goes between it and its neighbour.
    fn beside(&self, neighbour: Span, text: &[u8]) -> Vec<u8> {
        let bytes = self.document.bytes();
        let start = line_start(bytes, neighbour.start);
        let indent = bytes
            .get(start as usize..neighbour.start as usize)
            .unwrap_or_default();
        if !indent.is_empty() && indent.iter().all(|b| b" \t".contains(b)) {
            [b"\n", indent, text].concat()
        } else {
            [b" ", text].concat()
        }
    }

    fn set_active(&self, entry: usize, is_active: bool) -> Result<Vec<Change>, Refused> {
        let head = self.entry(Which::Entry(entry))?.head;
        let head_bytes = self.document.slice(head);
        let length = head_bytes
            .iter()
            .position(|b| !b.is_ascii_alphabetic())
            .unwrap_or(head_bytes.len());
        let span = Span {
            start: head.start,
            end: head.start + length as u32,
        };
        let with = if is_active { "poll" } else { "skip" }.into();
        Ok(vec![Change { span, with }])
    }

    fn rename(&self, entry: usize, label: &[u8]) -> Result<Vec<Change>, Refused> {
        let head = self.entry(Which::Entry(entry))?.head;
        let name = (0..self.document.tokens().len())
            .map(|index| self.document.span(index))
            .rfind(|span| span.end == head.end)
            .filter(|name| name.start > head.start)
            .ok_or(GONE)?;
        Ok(vec![Change {
            span: name,
            with: write::string(label, true),
        }])
    }

    fn defaults_first(&self) -> Result<Vec<Change>, Refused> {
        let entries = &self.stanzas.entries;
        let late = entries
            .iter()
            .position(|entry| self.document.slice(entry.head) == b"defaults");
        let (Some(late), Some(first), None) = (
            late.filter(|late| *late > 0),
            entries.first(),
            &self.stanzas.defaults,
        ) else {
            return Err(Refused(gettext_noop(
                "There is no defaults entry that could be moved to the front",
            )));
        };
        let bytes = self.document.bytes();
        let moved = self.lines_of(&entries[late]);
        let mut text = self.document.slice(moved).to_vec();
        if text.last() != Some(&b'\n') {
            text.push(b'\n');
        }
        let before = first.head.start.min(line_start(bytes, first.head.start));
        Ok(vec![
            Change {
                span: Span {
                    start: before,
                    end: before,
                },
                with: text,
            },
            Change {
                span: moved,
                with: Vec::new(),
            },
        ])
    }

    /// An entry with its comments behind options, up to the end of its last line; from the start of
    /// its first line where nothing stands before it there.
    fn lines_of(&self, entry: &Entry) -> Span {
        let bytes = self.document.bytes();
        let users = entry.users.iter().filter_map(last_origin);
        let end = users
            .chain(last_origin(&entry.server))
            .map(|span| span.end)
            .fold(entry.head.end, u32::max);
        let next = self.next_statement(entry.head.end);
        let start = line_start(bytes, entry.head.start);
        let is_first = bytes
            .get(start as usize..entry.head.start as usize)
            .is_some_and(|before| before.iter().all(u8::is_ascii_whitespace));
        Span {
            start: if is_first { start } else { entry.head.start },
            end: line_end(bytes, end).min(next),
        }
    }

    /// Where the next entry or `set` begins, else the end.
    fn next_statement(&self, behind: u32) -> u32 {
        let heads = self.stanzas.entries.iter().map(|entry| entry.head.start);
        let sets = self.stanzas.globals.iter().filter_map(|s| s.origin);
        heads
            .chain(sets.map(|span| line_start(self.document.bytes(), span.start)))
            .filter(|start| *start > behind)
            .fold(self.document.bytes().len() as u32, u32::min)
    }

    /// The removal of an option, with its line where it stands alone there.
    fn removal(&self, span: Span) -> Change {
        let bytes = self.document.bytes();
        let is_blank = |b: &u8| b" \t\r,;:".contains(b);
        let start = line_start(bytes, span.start);
        let end = line_end(bytes, span.end);
        let slice = |start: u32, end: u32| bytes.get(start as usize..end as usize).unwrap_or(&[]);
        let before = slice(start, span.start);
        let alone = before.iter().all(is_blank)
            && slice(span.end, end)
                .iter()
                .all(|b| is_blank(b) || *b == b'\n');
        let blanks = before.iter().rev().take_while(|b| is_blank(b)).count() as u32;
        let span = if alone {
            Span { start, end }
        } else {
            Span {
                start: span.start - blanks,
                end: span.end,
            }
        };
        Change {
            span,
            with: Vec::new(),
        }
    }

    fn entry(&self, which: Which) -> Result<&Entry, Refused> {
        let entry = match which {
            Which::Defaults => self.stanzas.defaults.as_ref(),
            Which::Entry(index) => self.stanzas.entries.get(index),
        };
        entry.ok_or(GONE)
    }

    fn start(&self) -> u32 {
        if self.document.bytes().starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        }
    }
}

/// Every place where an option is said, in order. A place that was found is blanked, so that the
/// one before it is found next.
fn places(document: &Document, at: At, id: Id) -> Vec<Span> {
    let mut found = Vec::new();
    let mut bytes = document.bytes().to_vec();
    loop {
        let (stanzas, _) = settings::read(&Document::parse(bytes.clone()));
        let Some(span) = find(&stanzas, at, id).and_then(|setting| setting.origin) else {
            break;
        };
        // `set` goes with its option.
        let start = if at == At::Globals {
            let before = bytes.get(..span.start as usize).unwrap_or_default();
            let before = before.trim_ascii_end();
            before.len().saturating_sub(3) as u32
        } else {
            span.start
        };
        let Some(blank) = bytes.get_mut(start as usize..span.end as usize) else {
            break;
        };
        if blank.iter().all(|b| *b == b' ') {
            break;
        }
        blank.fill(b' ');
        found.push(Span {
            start,
            end: span.end,
        });
    }
    found.sort();
    found
}

/// What is said about an option at some place.
pub fn find(stanzas: &Stanzas, at: At, id: Id) -> Option<&Setting> {
    let entry = |which| match which {
        Which::Defaults => stanzas.defaults.as_ref(),
        Which::Entry(index) => stanzas.entries.get(index),
    };
    match at {
        At::Globals => stanzas.globals.find(id),
        At::Server(which) => entry(which)?.server.find(id),
        At::User(which, user) => entry(which)?.users.get(user)?.find(id),
    }
}

fn last_origin(settings: &Settings) -> Option<Span> {
    let spans = settings.iter().filter_map(|setting| setting.origin);
    spans.max_by_key(|span| span.end)
}

fn last_end(settings: &Settings) -> Option<u32> {
    last_origin(settings).map(|span| span.end)
}

fn line_start(bytes: &[u8], at: u32) -> u32 {
    let before = bytes.get(..at as usize).unwrap_or_default();
    memchr::memrchr(b'\n', before).map_or(0, |newline| newline as u32 + 1)
}

/// Behind the line feed that ends the line.
fn line_end(bytes: &[u8], at: u32) -> u32 {
    let behind = bytes.get(at as usize..).unwrap_or_default();
    memchr::memchr(b'\n', behind).map_or(bytes.len() as u32, |newline| at + newline as u32 + 1)
}

const GONE: Refused = Refused(gettext_noop("There is no such entry or user"));

#[cfg(test)]
mod tests;
