//! Changes to a file as a person means them, turned into replacements of the bytes concerned and
//! no others. What is written follows the surroundings: indentation, quotes, one line or many.
//!
//! Every edit is tried before it is given out: the result is read, and if it says anything else
//! than was meant, the edit is refused. Nothing here touches a file.

mod entry;
pub(in crate::rc) mod layout;
mod option;
mod user;
pub mod write;

use std::sync::Arc;

use crate::base::i18n::{fill, gettext};
use crate::rc::document::{Document, Recut, Span};
use crate::rc::option::Id;
use crate::rc::outline::{Outline, Said, Statement, What};
use crate::rc::settings::{Entry, Settings, Value, read};

/// A replacement of some bytes of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What goes; empty to put something in.
    pub span: Span,
    /// What comes. May hold a password.
    pub with: Vec<u8>,
}

/// An entry of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Which {
    /// The `defaults` entry.
    Defaults,
    /// One of the others, in file order.
    Entry(usize),
}

/// Whose options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum At {
    /// `set`
    Globals,
    /// Those of a server entry.
    Server(Which),
    /// Those of one of its users. User 0 of an entry without any is the one that is not named.
    User(Which, usize),
}

/// What a person changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Says an option, in place of what was said about it there.
    Set {
        /// Where.
        at: At,
        /// Which option.
        id: Id,
        /// What it is to say.
        value: Value,
    },
    /// Says nothing more about an option there.
    Unset {
        /// Where.
        at: At,
        /// Which option.
        id: Id,
    },
    /// `poll` (true) or `skip`.
    SetActive {
        /// Which entry.
        entry: usize,
        /// Checked by itself.
        is_active: bool,
    },
    /// Another name for an entry.
    RenameEntry {
        /// Which entry.
        entry: usize,
        /// The name.
        label: Vec<u8>,
    },
    /// A new entry without options.
    AddEntry {
        /// The entry it comes before; `None`: last.
        before: Option<usize>,
        /// Its name.
        label: Vec<u8>,
        /// `poll` or `skip`.
        is_active: bool,
    },
    /// Takes an entry out, with the comment above it.
    RemoveEntry {
        /// Which entry.
        entry: usize,
    },
    /// Puts an entry elsewhere, with the comment above it.
    MoveEntry {
        /// Which entry.
        entry: usize,
        /// Its number afterwards.
        to: usize,
    },
    /// A new user without options.
    AddUser {
        /// Of which entry.
        which: Which,
        /// The user it comes before; `None`: last.
        before: Option<usize>,
        /// The name on the server.
        name: Vec<u8>,
    },
    /// Takes a user out, with its options.
    RemoveUser {
        /// Of which entry.
        which: Which,
        /// Which user.
        user: usize,
    },
    /// Puts a user elsewhere in its entry.
    MoveUser {
        /// Of which entry.
        which: Which,
        /// Which user.
        user: usize,
        /// Its number afterwards.
        to: usize,
    },
    /// Puts a `defaults` entry that stands too late before all others.
    DefaultsFirst,
    /// Other bytes, whatever they mean.
    Bytes(Change),
}

/// Why an edit cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no such entry or user.
    #[error("{}", gettext("There is no such entry or user any more."))]
    Nobody,
    /// The language has no way to say it.
    #[error("{}", fill(&gettext("The file has no way to say this about {option}."), &[("option", option)]))]
    Unsayable {
        /// The option.
        option: &'static str,
    },
    /// The entry is written so that this cannot be changed alone.
    #[error(
        "{}",
        gettext(
            "This cannot be changed alone the way the entry is written. Change it in the text."
        )
    )]
    Entangled,
    /// There is something that cannot be read there.
    #[error("{}", gettext("This part of the file has an error. Correct it first."))]
    Broken,
}

/// The changes an edit makes, in the order of the file and apart from each other.
///
/// # Errors
/// Why it cannot be made; the document is then as it was.
pub fn changes(document: &Document, edit: &Edit) -> Result<Vec<Change>, Refused> {
    changes_in(document, &Outline::read(document), edit)
}

/// The same for a document that was read already.
///
/// # Errors
/// Why it cannot be made.
pub fn changes_in(
    document: &Document,
    outline: &Outline,
    edit: &Edit,
) -> Result<Vec<Change>, Refused> {
    let sheet = Sheet { document, outline };
    let mut changes = match edit {
        Edit::Set { at, id, value } => return option::set(&sheet, *at, *id, value),
        Edit::Unset { at, id } => return option::unset(&sheet, *at, *id),
        Edit::SetActive { entry, is_active } => entry::set_active(&sheet, *entry, *is_active)?,
        Edit::RenameEntry { entry, label } => entry::rename(&sheet, *entry, label)?,
        Edit::AddEntry {
            before,
            label,
            is_active,
        } => entry::add(&sheet, *before, label, *is_active)?,
        Edit::RemoveEntry { entry } => entry::remove(&sheet, *entry)?,
        Edit::MoveEntry { entry, to } => entry::shift(&sheet, *entry, *to)?,
        Edit::AddUser {
            which,
            before,
            name,
        } => user::add(&sheet, *which, *before, name)?,
        Edit::RemoveUser { which, user } => user::remove(&sheet, *which, *user)?,
        Edit::MoveUser { which, user, to } => user::shift(&sheet, *which, *user, *to)?,
        Edit::DefaultsFirst => entry::defaults_first(&sheet)?,
        Edit::Bytes(change) => vec![change.clone()],
    };
    changes.sort_by_key(|change| change.span);
    Ok(changes)
}

/// Every place where an option of an entry is said, in the order of the file; places are those of
/// the document. None for an entry that is not there.
pub fn places(document: &Document, outline: &Outline, which: Which) -> Vec<Said> {
    let stanza = Sheet { document, outline }.stanza(which);
    stanza.map(|stanza| stanza.said).unwrap_or_default()
}

/// Where the byte at `offset` stands: the options it is among. `None` before the first statement and
/// in what cannot be read.
pub fn at(document: &Document, outline: &Outline, offset: u32) -> Option<At> {
    let sheet = Sheet { document, outline };
    let start = outline.before(offset);
    let mut statements = outline.statements().enumerate();
    let (index, (_, statement)) = statements.find(|(_, (at, _))| *at == start)?;
    let which = match statement.what {
        What::Global(_) => return Some(At::Globals),
        What::Nothing => return None,
        _ if sheet.defaults() == Some(index) => Which::Defaults,
        _ => Which::Entry(sheet.entries().position(|entry| entry == index)?),
    };
    let said = sheet.stanza_of(index).ok()?.said;
    let before = said.iter().take_while(|said| said.span.start <= offset);
    Some(match before.last().and_then(|said| said.user) {
        Some(user) => At::User(which, user),
        None => At::Server(which),
    })
}

/// So many changes and more are cheaper made by cutting everything anew.
const MANY: usize = 32;

/// About how many bytes must be looked at to make an edit.
pub fn cost(document: &Document, outline: &Outline, edit: &Edit) -> u64 {
    let sheet = Sheet { document, outline };
    let which = match edit {
        Edit::Bytes(change) => return change.with.len() as u64,
        Edit::Set { at, .. } | Edit::Unset { at, .. } => match at {
            At::Server(which) | At::User(which, _) => Some(*which),
            At::Globals => None,
        },
        _ => None,
    };
    let statement = which.and_then(|which| sheet.statement(which));
    let start = |statement| outline.start(statement).unwrap_or(document.len());
    match statement {
        // And looking for it.
        Some(index) => u64::from(start(index + 1) - start(index)) + index as u64,
        None => u64::from(document.len()),
    }
}

impl Document {
    /// The document after some changes, in the order of the file and apart from each other.
    pub fn change(&self, changes: &[Change]) -> Document {
        if changes.len() < MANY {
            return self.change_and_read(None, changes).0;
        }
        let whole = Span {
            start: 0,
            end: self.len(),
        };
        Self::parse(self.changed_part(whole, changes))
    }

    /// The bytes of a part after those changes that lie within it.
    pub fn changed_part(&self, part: Span, changes: &[Change]) -> Vec<u8> {
        let is_within =
            |change: &&Change| part.start <= change.span.start && change.span.end <= part.end;
        let mut bytes = Vec::with_capacity(part.len());
        let mut from = part.start;
        let copy = |bytes: &mut Vec<u8>, start, end| {
            bytes.extend_from_slice(&self.slice(Span { start, end }));
        };
        for change in changes.iter().filter(is_within) {
            copy(&mut bytes, from, change.span.start.max(from));
            bytes.extend_from_slice(&change.with);
            from = change.span.end.max(from);
        }
        copy(&mut bytes, from, part.end);
        bytes
    }

    /// The same, and what it says; `outline` is what this one says.
    pub fn change_and_read(
        &self,
        outline: Option<&Outline>,
        changes: &[Change],
    ) -> (Document, Option<Outline>) {
        let mut next = (self.clone(), outline.cloned());
        // From the end, so that the places before it stay true.
        for change in changes.iter().rev() {
            let (document, recut): (Document, Recut) = next.0.replace(change.span, &change.with);
            let outline = next.1.map(|outline| outline.reread(&document, recut));
            next = (document, outline);
        }
        next
    }
}

/// A document and what it says, while an edit is made.
struct Sheet<'d> {
    document: &'d Document,
    outline: &'d Outline,
}

/// One entry of it, with every place where an option is said.
struct Stanza {
    /// Number of the statement.
    statement: usize,
    entry: Entry,
    /// Keyword and name.
    head: Span,
    /// In the order of the file; places are those of the document.
    said: Vec<Said>,
    has_errors: bool,
}

impl Stanza {
    /// What is said of one user, or of the server.
    fn of(&self, user: Option<usize>) -> impl DoubleEndedIterator<Item = &Said> {
        self.said.iter().filter(move |said| said.user == user)
    }

    /// The last byte that belongs to it.
    fn end(&self) -> u32 {
        self.said.last().map_or(self.head.end, |said| said.span.end)
    }

    /// The user's settings.
    fn user(&self, user: usize) -> Option<&Settings> {
        self.entry.users.get(user)
    }
}

impl Sheet<'_> {
    fn bytes(&self, span: Span) -> Vec<u8> {
        self.document.slice(span).into_owned()
    }

    /// The statements that are entries, the first `defaults` left out, in file order.
    fn entries(&self) -> impl Iterator<Item = usize> {
        let defaults = self.defaults();
        let statements = self.outline.statements().enumerate();
        let is_entry = move |(index, (_, statement)): (usize, (u32, &Arc<Statement>))| {
            let is_entry = matches!(statement.what, What::Entry(_) | What::Defaults(_));
            (is_entry && Some(index) != defaults).then_some(index)
        };
        statements.filter_map(is_entry)
    }

    /// The statement of the `defaults` entry that counts.
    fn defaults(&self) -> Option<usize> {
        let mut statements = self.outline.statements().enumerate();
        let first = statements.find(|(_, (_, statement))| {
            matches!(statement.what, What::Entry(_) | What::Defaults(_))
        });
        let (index, (_, statement)) = first?;
        matches!(statement.what, What::Defaults(_)).then_some(index)
    }

    fn statement(&self, which: Which) -> Option<usize> {
        match which {
            Which::Defaults => self.defaults(),
            Which::Entry(entry) => self.entries().nth(entry),
        }
    }

    fn stanza(&self, which: Which) -> Result<Stanza, Refused> {
        self.stanza_of(self.statement(which).ok_or(Refused::Nobody)?)
    }

    fn stanza_of(&self, statement: usize) -> Result<Stanza, Refused> {
        let start = self.outline.start(statement).ok_or(Refused::Nobody)?;
        let at = self.document.at(start);
        let (read, mut said) = read::statement_in_full(self.document, at);
        let has_errors = read.has_errors();
        let (What::Entry(entry) | What::Defaults(entry)) = read.what else {
            return Err(Refused::Nobody);
        };
        for place in &mut said {
            place.span = place.span.after(start);
        }
        Ok(Stanza {
            statement,
            head: entry.head.after(start),
            entry,
            said,
            has_errors,
        })
    }

    /// The changes, if the result says what `is_meant` expects of the statement they are in and
    /// nothing else has changed.
    fn tried(
        &self,
        mut changes: Vec<Change>,
        statement: usize,
        is_meant: impl Fn(&What) -> bool,
    ) -> Result<Vec<Change>, Refused> {
        changes.sort_by_key(|change| change.span);
        let is_good = |read: &Statement| is_meant(&read.what) && !read.has_errors();
        let stays = match self.document.has_open_quote() {
            // What is written may close it, wherever it stands: everything is read again.
            true => self.stays_but(&changes, statement, is_good),
            false => self.stays_behind(&changes, statement, is_good),
        };
        match stays {
            true => Ok(changes),
            false => Err(Refused::Entangled),
        }
    }

    /// Whether one statement `is_good` after the changes and ends where the next began. With no
    /// quote open, the bytes up to the second word of the next statement tell.
    fn stays_behind(
        &self,
        changes: &[Change],
        statement: usize,
        is_good: impl Fn(&Statement) -> bool,
    ) -> bool {
        let Some(start) = self.outline.start(statement) else {
            return false;
        };
        let next = self.outline.start(statement + 1);
        let end = next.map_or(self.document.len(), |next| self.document.end_behind(next));
        let part = Span { start, end };
        let lies_within = |change: &Change| start <= change.span.start && change.span.end <= end;
        if !changes.iter().all(lies_within) {
            return self.stays_but(changes, statement, is_good);
        }
        let document = Document::parse(self.document.changed_part(part, changes));
        let (read, at) = read::statement(&document, document.at(0));
        let ends = document.kind(at).map(|_| document.span(at).start);
        // As many bytes as before lie behind it.
        let stays = ends.map(|ends| document.len() - ends) == next.map(|next| end - next);
        stays && is_good(&read)
    }

    /// Whether one statement `is_good` after the changes and all others say what they said.
    fn stays_but(
        &self,
        changes: &[Change],
        statement: usize,
        is_good: impl Fn(&Statement) -> bool,
    ) -> bool {
        let (_, after) = self.document.change_and_read(Some(self.outline), changes);
        let after = after.unwrap_or_default();
        let both = self.outline.statements().zip(after.statements());
        let stays = |(index, ((_, old), (_, new))): (usize, Both)| match index == statement {
            true => is_good(new),
            false => Arc::ptr_eq(old, new) || old.what.says_the_same(&new.what),
        };
        self.outline.statements().count() == after.statements().count()
            && both.enumerate().all(stays)
    }
}

type Both<'s> = ((u32, &'s Arc<Statement>), (u32, &'s Arc<Statement>));

#[cfg(test)]
mod tests;
