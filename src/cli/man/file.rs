//! The chapter on the file: its grammar in short, then every keyword as the option table has it.

use super::super::described::{argument, negated, shortfall, switches};
use super::roff::{Page, bold, slanted};
use crate::rc::option::words::{METHODS, PROTOCOLS};
use crate::rc::option::{self, Keyword, Kind, Scope, Support};

const SCOPES: [(Scope, &str); 3] = [
    (Scope::Global, "Global options (after set)"),
    (Scope::Server, "Server options"),
    (Scope::User, "User options"),
];

/// Writes the chapter.
pub(super) fn chapter(page: &mut Page) {
    page.raw(include_str!("file.man"));
    for (scope, title) in SCOPES {
        page.subsection(title);
        for keyword in option::all().filter(|keyword| keyword.scope == scope) {
            describe(page, keyword);
        }
    }
    page.subsection("Protocols");
    for row in &PROTOCOLS {
        choice(page, &[row.word], row.label, row.note, row.support);
    }
    page.subsection("Sign-in methods");
    for method in &METHODS {
        let (label, note) = (method.label, method.note);
        choice(page, method.words, label, note, method.support);
    }
}

fn describe(page: &mut Page, keyword: &'static Keyword) {
    let words = keyword.words.iter().map(|word| bold(word));
    let mut tag = words.collect::<Vec<_>>().join(", ");
    let argument = argument(keyword.kind);
    if !argument.is_empty() {
        tag.push(' ');
        tag.push_str(&slanted(&argument));
    }
    page.tagged(&tag, &format!("{}.", keyword.label));
    page.text(keyword.about);
    page.new_line();
    if !keyword.default.is_empty() {
        page.text(&format!("Default: {}.", keyword.default));
    }
    let negated = negated(keyword);
    if !negated.is_empty() {
        let ways: Vec<String> = negated.iter().map(|way| bold(way)).collect();
        page.raw(&format!("Taken back by: {}.\n", ways.join(", ")));
    }
    let switches = switches(keyword);
    if !switches.is_empty() {
        let ways: Vec<String> = switches.iter().map(|names| bold(names)).collect();
        page.raw(&format!("On the command line: {}.\n", ways.join("; ")));
    }
    if !keyword.notes.is_empty() {
        page.text(&format!("Releases: {}.", keyword.notes.join("; ")));
    }
    if let Some(shortfall) = shortfall(keyword) {
        page.text(shortfall);
    }
    if keyword.kind == Kind::Protocol || keyword.kind == Kind::Auth {
        page.text("The words are listed below.");
    }
}

fn choice(page: &mut Page, words: &[&str], label: &str, note: &str, support: Support) {
    let words: Vec<String> = words.iter().map(|word| bold(word)).collect();
    page.tagged(&words.join(", "), &format!("{label}: {note}."));
    if support != Support::Acts {
        page.text("An account with it is not polled by this release.");
    }
}
