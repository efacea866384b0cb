//! The layout of a whole file: `postrider fmt`. One option a line, canonical spellings, values quoted
//! anew; every comment stays with what it stands at.
//!
//! What the file says does not change: the result is read again, and a layout that would say
//! anything else is not given out. A file with errors is not touched, because nobody knows what it
//! says. Nothing here touches a file, and nothing calls this unasked.

mod lines;
mod parts;

use crate::base::i18n::gettext;
use crate::rc::diagnostic::{Diagnostic, Severity};
use crate::rc::document::Document;
use crate::rc::edit;
use crate::rc::lex::Kind;
use crate::rc::option::Id;
use crate::rc::outline::{Outline, What};
use crate::rc::settings::{Entry, Setting, Settings};

/// Why a file is not laid out.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Refused {
    /// It has these errors.
    #[error(
        "{}",
        gettext("The file has errors, so nobody knows what it says. Correct them first.")
    )]
    Errors(Vec<Diagnostic>),
    /// The new layout would not say the same; a case that is not foreseen.
    #[error(
        "{}",
        gettext(
            "The file cannot be laid out anew without a change of what it says. Nothing was changed."
        )
    )]
    Otherwise,
}

impl From<edit::Refused> for Refused {
    fn from(_: edit::Refused) -> Self {
        Self::Otherwise
    }
}

/// Whether the names of a user may move to the line that begins it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    /// They may: `user REMOTE is LOCAL here`.
    Together,
    /// Every option stays in its place. A local name with `here` ends a list that would take a
    /// word of a later release behind it for its own.
    InPlace,
}

/// The file in its canonical layout. It holds the passwords that the file holds.
///
/// # Errors
/// Why it stays as it is.
pub fn format(document: &Document) -> Result<Vec<u8>, Refused> {
    let outline = Outline::read(document);
    let errors: Vec<Diagnostic> = outline
        .diagnostics(document)
        .into_iter()
        .filter(|found| found.severity == Severity::Error)
        .collect();
    if !errors.is_empty() {
        return Err(Refused::Errors(errors));
    }
    let sheet = parts::of(document, &outline)?;
    for names in [Names::Together, Names::InPlace] {
        let bytes = lines::write(&sheet, names, line_end(document))?;
        let after = Document::parse(&bytes);
        if says_the_same((document, &outline), (&after, &Outline::read(&after))) {
            return Ok(bytes);
        }
    }
    Err(Refused::Otherwise)
}

/// How the first line ends.
fn line_end(document: &Document) -> &'static [u8] {
    let end = document.line_end(0);
    let is_crlf = end < document.len()
        && document.kind(document.at(end)) == Some(Kind::Space)
        && document.slice(crate::rc::document::Span {
            start: end.saturating_sub(1),
            end,
        })[..]
            == *b"\r";
    if is_crlf { b"\r\n" } else { b"\n" }
}

/// Whether two documents have the same statements in the same order, and the same comments.
fn says_the_same(before: (&Document, &Outline), after: (&Document, &Outline)) -> bool {
    let (old, new) = (before.1.statements(), after.1.statements());
    comments(before.0) == comments(after.0)
        && !crate::rc::outline::has_errors(&after.1.diagnostics(after.0))
        && before.1.statements().count() == after.1.statements().count()
        && old
            .zip(new)
            .all(|((_, old), (_, new))| match (&old.what, &new.what) {
                (What::Global(old), What::Global(new)) => is_same(old, new),
                (What::Entry(old), What::Entry(new))
                | (What::Defaults(old), What::Defaults(new)) => is_same_entry(old, new),
                _ => false,
            })
}

fn is_same(old: &Setting, new: &Setting) -> bool {
    old.keyword.id == new.keyword.id && old.value == new.value
}

fn is_same_entry(old: &Entry, new: &Entry) -> bool {
    old.label == new.label
        && old.is_active == new.is_active
        && is_same_order(&old.server, &new.server)
        && old.users.len() == new.users.len()
        && old
            .users
            .iter()
            .zip(&new.users)
            .all(|(old, new)| is_same_order(old, new))
}

/// The same options, and those whose order may count in the same order.
fn is_same_order(old: &Settings, new: &Settings) -> bool {
    let others = |setting: &&Setting| !matches!(setting.keyword.id, Id::User | Id::Is);
    let pairs = old.iter().filter(others).zip(new.iter().filter(others));
    old.says_the_same(new, &[]) && pairs.into_iter().all(|(old, new)| is_same(old, new))
}

/// All comments, sorted.
fn comments(document: &Document) -> Vec<Vec<u8>> {
    let tokens = document.tokens();
    let comments = tokens.filter(|at| document.kind(*at) == Some(Kind::Comment));
    let mut comments: Vec<Vec<u8>> = comments
        .map(|at| document.raw(at).trim_ascii_end().to_vec())
        .collect();
    comments.sort_unstable();
    comments
}

#[cfg(test)]
mod tests;
