//! The option reference `data/options.md`, made from the table: by statement and page, every option
//! with all that is known about it.

use std::fmt::Write;

use super::described::{argument, negated, shortfall, switches};
use crate::rc::option::words::{METHODS, PROTOCOLS};
use crate::rc::option::{self, Keyword, Page, Scope, Support};

const SCOPES: [(Scope, &str); 3] = [
    (Scope::Global, "General (`set`)"),
    (Scope::Server, "Server"),
    (Scope::User, "User"),
];

const HEAD: &str = "<!-- Made from src/rc/option by `make generated`; do not edit. -->

# Option reference

Every keyword of `~/.fetchmailrc`, in the order of the editor's pages. Where no default is given,
nothing is set, or the text says what holds. The grammar stands in the manual page (`postrider man`).
";

/// The reference in Markdown.
pub fn page() -> String {
    let mut out = HEAD.to_owned();
    for (scope, title) in SCOPES {
        // Writing to a string cannot fail.
        let _ = write!(out, "\n## {title}\n");
        for page in Page::of(scope) {
            let of_page = |keyword: &&Keyword| keyword.scope == scope && keyword.page == *page;
            let mut keywords: Vec<_> = option::all().filter(of_page).collect();
            keywords.sort_by_key(|keyword| keyword.rank);
            if keywords.is_empty() {
                continue;
            }
            let _ = write!(out, "\n### {}\n", page.title());
            for keyword in keywords {
                describe(&mut out, keyword);
            }
        }
    }
    out.push_str("\n## Protocols\n\n| Word | What it is | Note | Support |\n|---|---|---|---|\n");
    for row in &PROTOCOLS {
        choice(&mut out, &[row.word], row.label, row.note, row.support);
    }
    out.push_str(
        "\n## Sign-in methods\n\n| Words | What it is | Note | Support |\n|---|---|---|---|\n",
    );
    for method in &METHODS {
        let (label, note) = (method.label, method.note);
        choice(&mut out, method.words, label, note, method.support);
    }
    out
}

fn describe(out: &mut String, keyword: &'static Keyword) {
    let _ = write!(
        out,
        "\n#### `{}`: {}\n\n{}\n\n",
        keyword.name(),
        keyword.label,
        text(keyword.about)
    );
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(out, "- {name}: {value}");
        }
    };
    fact("Other spellings", codes(&keyword.words[1..]));
    fact("Argument", code(&argument(keyword.kind)));
    fact("Default", code(keyword.default));
    fact("Taken back by", codes(&negated(keyword)));
    fact("Command line", codes(&switches(keyword)));
    fact("Releases", text(&keyword.notes.join("; ")));
    fact("Search words", keyword.synonyms.join(", "));
    let related = keyword.related.iter().map(|id| option::keyword(*id));
    let related: Vec<&str> = related.map(Keyword::name).collect();
    fact("See also", codes(&related));
    fact("Support", shortfall(keyword).unwrap_or_default().to_owned());
}

fn choice(out: &mut String, words: &[&str], label: &str, note: &str, support: Support) {
    let gap = match support {
        Support::Acts => "",
        Support::Warns | Support::Refuses => "not in this release",
    };
    let _ = writeln!(
        out,
        "| {} | {label} | {} | {gap} |",
        codes(words),
        text(note)
    );
}

/// No character of a text is markup.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '_' | '<' | '[' | '`' | '|' | '~' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn code(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("`{text}`"),
    }
}

fn codes(texts: &[impl AsRef<str>]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| code(text.as_ref())).collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_has_its_place() {
        let page = page();
        for keyword in option::all() {
            let title = format!("\n#### `{}`: {}\n", keyword.name(), keyword.label);
            assert!(page.contains(&title), "{title}");
            assert!(page.contains(&text(keyword.about)), "{keyword:?}");
        }
        assert_eq!(page.matches("\n#### ").count(), option::all().count());
    }

    #[test]
    fn no_text_is_markup() {
        let check = |source: &str, expected: &str| assert_eq!(text(source), expected);
        check("pairs such as *, a_b", "pairs such as \\*, a\\_b");
        check("~/<x> | y", "\\~/\\<x> \\| y");
    }
}
