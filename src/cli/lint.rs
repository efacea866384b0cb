//! `postrider lint`: what is wrong with an rc file, for people, programs and editors.

mod json;
mod render;

use std::collections::HashMap;
use std::ffi::OsString;

use super::{say, screen};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::File;
use crate::engine::oneshot::lint::{Linted, lint};
use crate::engine::oneshot::save_mended;
use crate::rc::diagnostic::{Diagnostic, Fix, Severity};
use crate::rc::lint::fix;
use render::Sheet;

/// The statuses: nothing to say, advice only, errors, no file to read.
const CLEAN: u8 = 0;
const ADVICE: u8 = 1;
const ERRORS: u8 = 5;
const UNREADABLE: u8 = 6;

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    file: Option<OsString>,
    json: bool,
    /// Show the fixes as a diff.
    diff: bool,
    /// Make them.
    write: bool,
    /// Those too that a person must choose.
    all: bool,
    explain: bool,
}

/// Runs one invocation; `args` begin behind `lint`.
pub fn run(args: &[OsString]) -> u8 {
    let Some(request) = parse(args) else {
        say::err(usage());
        return super::USAGE;
    };
    let file = match request.file.as_deref() {
        None => None,
        Some(name) if name == "-" => match super::standard_input() {
            Ok(bytes) => Some(File::Text(bytes)),
            Err(error) => {
                say::err(format!("postrider: {error}"));
                return UNREADABLE;
            }
        },
        Some(name) => Some(File::Path(name.into())),
    };
    match lint(file) {
        Err(sentence) => {
            say::err(format!("postrider: {sentence}"));
            UNREADABLE
        }
        Ok(linted) if request.write => write(linted, &request),
        Ok(linted) => {
            if request.json {
                say::out(json::report(&linted));
            } else if request.diff {
                let mended = mended(&linted, &request);
                crate::rc::diff::lines(&name(&linted), &linted.document, &mended)
                    .iter()
                    .for_each(|line| say::out(line.as_str()));
            } else {
                report(&linted, &request);
            }
            status(&linted)
        }
    }
}

fn parse(args: &[OsString]) -> Option<Request> {
    let mut request = Request::default();
    let mut is_option = true;
    for arg in args {
        match arg.to_str().filter(|_| is_option) {
            Some("--json") => request.json = true,
            Some("--fix") => request.diff = true,
            Some("--write") => request.write = true,
            Some("--all") => request.all = true,
            Some("--explain") => request.explain = true,
            Some("--") => is_option = false,
            Some(word) if word.starts_with('-') && word != "-" => return None,
            _ if request.file.is_some() => return None,
            _ => request.file = Some(arg.clone()),
        }
    }
    let is_stdin = request.file.as_deref().is_some_and(|name| name == "-");
    let is_possible = !(request.json && (request.diff || request.write))
        && !(request.diff && request.write)
        && !(request.write && is_stdin)
        && (!request.all || request.diff || request.write);
    is_possible.then_some(request)
}

fn usage() -> String {
    gettext("Usage: postrider lint [--explain | --json | --fix [--all] | --write [--all]] [FILE]")
}

fn name(linted: &Linted) -> String {
    match &linted.path {
        Some(path) => path.display().to_string(),
        None => "-".to_owned(),
    }
}

fn status(linted: &Linted) -> u8 {
    match linted.found.iter().map(|d| d.severity).min() {
        None if linted.local.is_empty() => CLEAN,
        None => ADVICE,
        Some(Severity::Error) => ERRORS,
        Some(Severity::Warning | Severity::Hint) => ADVICE,
    }
}

fn is_wanted(fix: &Fix, request: &Request) -> bool {
    fix.safe || request.all
}

fn mended(linted: &Linted, request: &Request) -> crate::rc::Document {
    let is_wanted = |d: &Diagnostic| d.fix.as_ref().is_some_and(|f| is_wanted(f, request));
    fix::apply_all(&linted.document, &linted.facts, is_wanted)
}

/// Makes the fixes, saves, and reports what is left.
fn write(linted: Linted, request: &Request) -> u8 {
    let mended = mended(&linted, request);
    let makes_private = linted.found.iter().any(|d| d.slug == "file-exposed");
    let Some(path) = linted.path.as_deref() else {
        say::err(usage());
        return super::USAGE;
    };
    if mended.bytes() != linted.document.bytes() || makes_private {
        if let Err(error) = save_mended(path, &linted.document.bytes(), &mended.bytes()) {
            say::err(format!("postrider: {error}"));
            return UNREADABLE;
        }
        let text = gettext("{path} was saved.");
        say::out(fill(&text, &[("path", &path.display())]));
    }
    // Saving has changed more than the text: whose the file is, and who may read it.
    let linted = match lint(Some(File::Path(path.to_owned()))) {
        Ok(linted) => linted,
        Err(sentence) => {
            say::err(format!("postrider: {sentence}"));
            return UNREADABLE;
        }
    };
    report(&linted, request);
    status(&linted)
}

/// For people.
fn report(linted: &Linted, request: &Request) {
    let name = name(linted);
    let is_colourful =
        screen::is_drawable() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let width = screen::is_drawable().then(|| screen::Size::of_terminal().columns());
    let sheet = Sheet::new(&name, &linted.document, &linted.found, width, is_colourful);
    for (finding, others) in grouped(&linted.found) {
        let lines = sheet.lines(finding, others, request.explain);
        lines.iter().for_each(|line| say::styled(line));
    }
    linted.local.iter().for_each(|line| say::out(line.as_str()));
    say::out(summary(&name, &linted.found));
}

/// The same fact about several accounts is said once, with how many more there are.
fn grouped(found: &[Diagnostic]) -> Vec<(&Diagnostic, usize)> {
    let mut out: Vec<(&Diagnostic, usize)> = Vec::new();
    let mut seen: HashMap<_, usize> = HashMap::new();
    for finding in found {
        let key = (
            finding.slug,
            finding.text,
            finding.place.map(|p| (p.span.start, p.span.end)),
        );
        match seen.get(&key).filter(|_| finding.account.is_some()) {
            Some(index) => out[*index].1 += 1,
            None => {
                seen.insert(key, out.len());
                out.push((finding, 0));
            }
        }
    }
    out
}

fn summary(name: &str, found: &[Diagnostic]) -> String {
    let count = |severity| {
        grouped(found)
            .iter()
            .filter(|(d, _)| d.severity == severity)
            .count()
    };
    let (errors, warnings, hints) = (
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Hint),
    );
    let parts: Vec<String> = [
        (
            errors,
            ngettext("{count} error", "{count} errors", errors as u64),
        ),
        (
            warnings,
            ngettext("{count} warning", "{count} warnings", warnings as u64),
        ),
        (
            hints,
            ngettext("{count} hint", "{count} hints", hints as u64),
        ),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, text)| fill(&text, &[("count", &count)]))
    .collect();
    if parts.is_empty() {
        return fill(&gettext("{file}: nothing found."), &[("file", &name)]);
    }
    let fixes = grouped(found);
    let fixes = fixes.iter().filter_map(|(d, _)| d.fix.as_ref());
    let safe = fixes.clone().filter(|fix| fix.safe).count();
    let mut line = format!("{name}: {}.", parts.join(", "));
    if fixes.clone().count() > 0 {
        let text = gettext("Fixes: {safe} with --write, {all} with --write --all.");
        let about: [(&str, &dyn std::fmt::Display); 2] = [("safe", &safe), ("all", &fixes.count())];
        line.push(' ');
        line.push_str(&fill(&text, &about));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments() {
        let check = |args: &[&str], expected: Option<Request>| {
            let args: Vec<OsString> = args.iter().map(Into::into).collect();
            assert_eq!(parse(&args), expected, "{args:?}");
        };
        check(&[], Some(Request::default()));
        let file = |name: &str| Some(OsString::from(name));
        check(
            &["rc", "--json"],
            Some(Request {
                file: file("rc"),
                json: true,
                ..Request::default()
            }),
        );
        check(
            &["-"],
            Some(Request {
                file: file("-"),
                ..Request::default()
            }),
        );
        check(
            &["--", "--json"],
            Some(Request {
                file: file("--json"),
                ..Request::default()
            }),
        );
        check(
            &["--fix", "--all"],
            Some(Request {
                diff: true,
                all: true,
                ..Request::default()
            }),
        );
        check(&["--all"], None);
        check(&["--write", "-"], None);
        check(&["--json", "--fix"], None);
        check(&["--bogus"], None);
        check(&["a", "b"], None);
    }
}
