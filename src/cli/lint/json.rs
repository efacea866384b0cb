//! Findings for programs. The form is documented in the manual, under LINT; fields are added, never
//! renamed. No secret is in it.

use std::cell::RefCell;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::base::i18n::gettext;
use crate::engine::oneshot::lint::Linted;
use crate::rc::diagnostic::{Diagnostic, Fix};
use crate::rc::document::{Document, Span};
use crate::rc::lint::fix;
use crate::rc::mask;
use crate::rc::outline::Outline;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    #[serde(flatten)]
    file: File,
    diagnostics: Vec<Finding<'a>>,
    /// What is wrong in `accounts.toml`.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    accounts_toml: &'a [String],
}

/// A name that is not UTF-8 comes in base64.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum File {
    File(String),
    FileBase64(String),
}

#[derive(Serialize)]
struct Finding<'a> {
    severity: &'static str,
    rule: &'static str,
    slug: &'static str,
    #[serde(flatten)]
    place: Option<Place>,
    message: String,
    explain: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Account<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Mending>,
}

/// Lines and columns from 1; the end is the first column behind.
#[derive(Serialize)]
struct Place {
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct Account<'a> {
    label: &'a str,
    user: &'a str,
    ordinal: u32,
}

#[derive(Serialize)]
struct Mending {
    title: String,
    safe: bool,
    /// Left out where a secret is in them, or where working them out would take too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<Replacement>>,
}

/// Bytes of the file, from 0, and what takes their place.
#[derive(Serialize)]
struct Replacement {
    start: u32,
    end: u32,
    #[serde(flatten)]
    with: With,
}

/// Text that is not UTF-8 comes in base64.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum With {
    With(String),
    WithBase64(String),
}

/// The whole report on one line.
pub fn report(linted: &Linted) -> String {
    use std::os::unix::ffi::OsStrExt;
    let file = match &linted.path {
        None => File::File("-".to_owned()),
        Some(path) => match path.to_str() {
            Some(name) => File::File(name.to_owned()),
            None => File::FileBase64(STANDARD.encode(path.as_os_str().as_bytes())),
        },
    };
    let document = &linted.document;
    let file_read = FileRead {
        document,
        outline: Outline::read(document),
        secrets: mask::secrets(document),
        allowance: RefCell::default(),
    };
    let found = linted.found.iter();
    let report = Report {
        version: 1,
        file,
        diagnostics: found
            .map(|finding| of_finding(&file_read, finding))
            .collect(),
        accounts_toml: &linted.local,
    };
    // Only maps with odd keys fail, and there are none.
    serde_json::to_string(&report).unwrap_or_default()
}

/// What all fixes of a file are made from.
struct FileRead<'d> {
    document: &'d Document,
    outline: Outline,
    secrets: Vec<Span>,
    allowance: RefCell<fix::Allowance>,
}

fn of_finding<'a>(file: &FileRead, finding: &'a Diagnostic) -> Finding<'a> {
    let (rule, document) = (finding.rule(), file.document);
    Finding {
        severity: finding.severity.name(),
        rule: rule.id,
        slug: rule.slug,
        place: finding.place.map(|place| {
            let end = document.place(Span {
                start: place.span.end,
                end: place.span.end,
            });
            Place {
                line: place.line,
                column: place.column,
                end_line: end.line,
                end_column: end.column,
            }
        }),
        message: finding.message(),
        explain: gettext(rule.explanation),
        account: finding.account.as_ref().map(|id| Account {
            label: &id.label,
            user: &id.user,
            ordinal: id.ordinal,
        }),
        fix: finding.fix.as_ref().map(|fix| of_fix(file, fix)),
    }
}

fn of_fix(file: &FileRead, fix: &Fix) -> Mending {
    Mending {
        title: fix.sentence(),
        safe: fix.safe,
        changes: changes(file, fix),
    }
}

fn changes(file: &FileRead, fix: &Fix) -> Option<Vec<Replacement>> {
    let mut allowance = file.allowance.borrow_mut();
    let changes = allowance.changes(file.document, &file.outline, &fix.edits)?;
    let mut out = Vec::new();
    for change in &changes {
        // What a word means is decided in its statement.
        let part = Span {
            start: file
                .outline
                .before(change.span.start)
                .min(change.span.start),
            end: file.document.end_behind(change.span.end),
        };
        let (before, _) = changes.split_at(out.len());
        let start = Span {
            end: change.span.start,
            ..part
        };
        let start = file.document.changed_part(start, before).len() as u32;
        let end = start + change.with.len() as u32;
        let new = mask::secrets(&Document::parse(file.document.changed_part(part, &changes)));
        let is_secret = !change.with.is_empty()
            && (mask::touches(&new, start, end)
                || mask::touches(&file.secrets, change.span.start, change.span.end));
        if is_secret {
            return None;
        }
        out.push(Replacement {
            start: change.span.start,
            end: change.span.end,
            with: match String::from_utf8(change.with.clone()) {
                Ok(text) => With::With(text),
                Err(error) => With::WithBase64(STANDARD.encode(error.as_bytes())),
            },
        });
    }
    Some(out)
}
