//! The translators' template `po/postrider.pot` holds every text the source marks, and no other.
//!
//! The texts are read here and not by xgettext, whose releases before 0.24 know no Rust: as C it
//! stumbles over lifetimes and keeps the indentation of continued strings. To write the template
//! anew: `make pot`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use super::tidy::{files, root, short};

/// Calls whose literals are translated, and what they take. `gettext_noop` is for texts in tables that
/// go through `gettext` later; the last ones are the same in the option table.
const CALLS: &[(&str, Takes)] = &[
    ("gettext", Takes::Text),
    ("gettext_noop", Takes::Text),
    ("ngettext", Takes::Plural),
    ("help", Takes::Text),
    ("label", Takes::Text),
    ("about", Takes::Text),
    ("note", Takes::Text),
    ("notes", Takes::List),
];

/// What stands between the brackets of a translating call.
#[derive(Clone, Copy, PartialEq)]
enum Takes {
    /// A literal.
    Text,
    /// The singular and the plural.
    Plural,
    /// `&[...]` of literals, each a text of its own.
    List,
}

/// What Rust source is made of, for our purposes.
pub enum Piece {
    /// Anything that is neither of the others.
    Code(String),
    /// A string literal's value.
    Text(String),
    /// A line comment without its slashes.
    Comment(String),
}

/// One text of the template.
#[derive(Default)]
struct Entry {
    plural: Option<String>,
    files: Vec<String>,
    notes: Vec<String>,
}

#[test]
fn template_is_complete() {
    let (template, list) = wanted();
    let paths = [
        root().join("po/postrider.pot"),
        root().join("po/POTFILES.in"),
    ];
    for (path, wanted) in paths.iter().zip([template, list]) {
        if std::env::var_os("POSTRIDER_UPDATE").is_some() {
            fs::write(path, &wanted).unwrap();
        }
        let found = fs::read_to_string(path).unwrap_or_default();
        assert!(found == wanted, "{} is stale: run `make pot`", short(path));
    }
}

#[test]
fn languages_are_listed() {
    let list = fs::read_to_string(root().join("po/LINGUAS")).unwrap();
    let listed: Vec<&str> = list
        .lines()
        .filter(|l| !l.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect();
    let found: Vec<String> = files("po", &[".po"])
        .iter()
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    assert_eq!(listed, found);
}

/// Template and list of files as they should be.
fn wanted() -> (String, String) {
    let mut entries: Vec<(String, Entry)> = Vec::new();
    let mut index = BTreeMap::new();
    let mut list = String::from("# Files with texts to translate; written by `make pot`.\n");
    for path in files("src", &[".rs"]) {
        let name = short(&path);
        let texts = texts(&fs::read_to_string(&path).unwrap());
        // The functions themselves are defined here; their tests translate nothing.
        if texts.is_empty() || name == "src/base/i18n.rs" {
            continue;
        }
        writeln!(list, "{name}").unwrap();
        for (text, plural, note) in texts {
            let at = *index.entry(text.clone()).or_insert(entries.len());
            if at == entries.len() {
                entries.push((text, Entry::default()));
            }
            let entry = &mut entries[at].1;
            entry.plural = entry.plural.take().or(plural);
            if !entry.files.contains(&name) {
                entry.files.push(name.clone());
            }
            entry.notes.extend(note);
        }
    }
    (print(&entries), list)
}

/// All texts of the source, with their plurals.
#[cfg(feature = "desktop")]
pub fn all_texts() -> Vec<(String, Option<String>)> {
    let sources = files("src", &[".rs"]).into_iter();
    let texts = sources.flat_map(|path| texts(&fs::read_to_string(path).unwrap()));
    texts.map(|(text, plural, _)| (text, plural)).collect()
}

fn print(entries: &[(String, Entry)]) -> String {
    let mut out = String::from(
        "# Texts of Postrider.\n\
         # This file is distributed under the same licence as Postrider.\n\
         #\n\
         msgid \"\"\n\
         msgstr \"\"\n\
         \"Project-Id-Version: postrider\\n\"\n\
         \"MIME-Version: 1.0\\n\"\n\
         \"Content-Type: text/plain; charset=UTF-8\\n\"\n\
         \"Content-Transfer-Encoding: 8bit\\n\"\n\
         \"Plural-Forms: nplurals=INTEGER; plural=EXPRESSION;\\n\"\n",
    );
    for (text, entry) in entries {
        out.push('\n');
        for note in &entry.notes {
            writeln!(out, "#. {note}").unwrap();
        }
        for file in &entry.files {
            writeln!(out, "#: {file}").unwrap();
        }
        writeln!(out, "msgid {}", quote(text)).unwrap();
        match &entry.plural {
            Some(plural) => {
                writeln!(out, "msgid_plural {}", quote(plural)).unwrap();
                out.push_str("msgstr[0] \"\"\nmsgstr[1] \"\"\n");
            }
            None => out.push_str("msgstr \"\"\n"),
        }
    }
    out
}

fn quote(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\t', "\\t");
    format!("\"{}\"", escaped.replace('\n', "\\n"))
}

/// Texts of one file: text, plural, note for translators (a comment that begins so).
fn texts(source: &str) -> Vec<(String, Option<String>, Option<String>)> {
    let mut found = Vec::new();
    let mut note = None;
    let mut is_listed = false;
    let pieces = lex(source);
    for (i, (_, piece)) in pieces.iter().enumerate() {
        match piece {
            Piece::Comment(text) if text.trim().starts_with("Translators:") => {
                note = Some(text.trim().to_owned());
            }
            Piece::Text(text) => {
                let Some(Piece::Code(before)) = i.checked_sub(1).map(|i| &pieces[i].1) else {
                    continue;
                };
                // Between two texts of a list stands a comma.
                is_listed &= before.trim() == ",";
                let Some(takes) = called(before).or(is_listed.then_some(Takes::List)) else {
                    continue;
                };
                is_listed = takes == Takes::List;
                let second = match pieces.get(i + 2) {
                    Some((_, Piece::Text(second))) if takes == Takes::Plural => {
                        Some(second.clone())
                    }
                    _ => None,
                };
                found.push((text.clone(), second, note.take()));
            }
            _ => {}
        }
    }
    found
}

/// Whether code ends with the opening of a translating call, and what it takes.
fn called(before: &str) -> Option<Takes> {
    let before = before.trim_end();
    let (name, is_list) = match before.strip_suffix("(&[") {
        Some(name) => (name, true),
        None => (before.strip_suffix('(')?, false),
    };
    let start = name
        .rfind(|c: char| !c.is_alphanumeric() && c != '_')
        .map_or(0, |at| at + 1);
    let name = &name[start..];
    CALLS
        .iter()
        .find(|(call, takes)| *call == name && (*takes == Takes::List) == is_list)
        .map(|(_, takes)| *takes)
}

/// Takes source apart; the number is the line where a piece begins.
pub fn lex(source: &str) -> Vec<(usize, Piece)> {
    let mut pieces = Vec::new();
    let mut rest = source;
    let mut code = String::new();
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let (length, piece) = match first {
            '/' if rest.starts_with("//") => {
                let end = rest.find('\n').unwrap_or(rest.len());
                (end, Some(Piece::Comment(rest[2..end].to_owned())))
            }
            '/' if rest.starts_with("/*") => {
                let end = rest.find("*/").map_or(rest.len(), |at| at + 2);
                (end, Some(Piece::Comment(String::new())))
            }
            '"' => {
                let (length, text) = string(rest);
                (length, Some(Piece::Text(text)))
            }
            'r' if is_raw(rest) && !code.ends_with(|c: char| c.is_alphanumeric() || c == '_') => {
                let (length, text) = raw_string(rest);
                (length, Some(Piece::Text(text)))
            }
            '\'' => (quote_length(rest), None),
            c => (c.len_utf8(), None),
        };
        match piece {
            Some(piece) => {
                pieces.push((line, Piece::Code(std::mem::take(&mut code))));
                pieces.push((line, piece));
            }
            None => code.push_str(&rest[..length]),
        }
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    pieces.push((line, Piece::Code(code)));
    pieces
}

/// A literal in double quotes: its length in the source and its value.
fn string(source: &str) -> (usize, String) {
    let mut value = String::new();
    let mut chars = source.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (at + 1, value),
            '\\' => match chars.next().map(|(_, c)| c) {
                Some('\n') => while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {},
                Some('n') => value.push('\n'),
                Some('t') => value.push('\t'),
                Some('u') => {
                    let mut digits = String::new();
                    chars.next();
                    while let Some((_, c)) = chars.next_if(|(_, c)| *c != '}') {
                        digits.push(c);
                    }
                    chars.next();
                    let code = u32::from_str_radix(&digits.replace('_', ""), 16);
                    value.extend(code.ok().and_then(char::from_u32));
                }
                Some(c) => value.push(c),
                None => {}
            },
            c => value.push(c),
        }
    }
    (source.len(), value)
}

fn is_raw(source: &str) -> bool {
    source[1..].trim_start_matches('#').starts_with('"')
}

fn raw_string(source: &str) -> (usize, String) {
    let hashes = source[1..].chars().take_while(|c| *c == '#').count();
    let start = hashes + 2;
    let end = format!("\"{}", "#".repeat(hashes));
    match source[start..].find(&end) {
        Some(at) => (start + at + end.len(), source[start..start + at].to_owned()),
        None => (source.len(), String::new()),
    }
}

/// Length of a character literal, or 1 for the tick of a lifetime.
fn quote_length(source: &str) -> usize {
    let mut chars = source.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => {
            chars.next();
            chars.find(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 1)
        }
        Some(_) => match chars.next() {
            Some((at, '\'')) => at + 1,
            _ => 1,
        },
        None => 1,
    }
}

#[test]
fn texts_are_read_as_rust_means_them() {
    let check = |source: &str, expected: &[(&str, Option<&str>)]| {
        let found = texts(source);
        let found: Vec<_> = found
            .iter()
            .map(|(t, p, _)| (t.as_str(), p.as_deref()))
            .collect();
        assert_eq!(found, expected, "{source}");
    };
    check(r#"f(gettext("a"), "b")"#, &[("a", None)]);
    check("gettext(\n    \"a \\\n     b\",\n)", &[("a b", None)]);
    check(
        r#"ngettext("{n} x", "{n} xs", n)"#,
        &[("{n} x", Some("{n} xs"))],
    );
    check(
        r#"fn f<'a>(x: &'a str) { gettext("it's \"so\" \u{2026}") }"#,
        &[("it's \"so\" …", None)],
    );
    check(
        r##"gettext(r#"raw "x""#); '"'; '\''; gettext("b")"##,
        &[("raw \"x\"", None), ("b", None)],
    );
    check(
        "// gettext(\"no\")\n/* gettext(\"no\") */ i18n::gettext_noop(\"yes\")",
        &[("yes", None)],
    );
    check(r#"bookmark("no"); gettext(x, "no")"#, &[]);
    check(
        r#".notes(&["a", "b"]).synonyms(&["no"]).x("no", "no").label("c", "no")"#,
        &[("a", None), ("b", None), ("c", None)],
    );
    let noted = texts("// Translators: a verb\ngettext(\"Check\"); gettext(\"b\")");
    assert_eq!(noted[0].2.as_deref(), Some("Translators: a verb"));
    assert_eq!(noted[1].2, None);
}
