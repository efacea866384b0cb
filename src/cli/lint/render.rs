//! Findings with the lines they are about, marked, and with every secret masked.
//!
//! Own code, because the first line must be `FILE:LINE:COLUMN: ...` for editors, because long lines
//! are cut around the place, and because lines are bytes of which some must not be shown; the
//! usual crates bring a head of their own and want the whole source as text.

use crate::base::i18n::{fill, gettext, ngettext};
use crate::base::text::plain;
use crate::rc::diagnostic::{Diagnostic, Severity};
use crate::rc::document::{Document, Span};
use crate::rc::shown::Lines;

/// Columns where there is no terminal to ask.
const WIDTH: usize = 100;
/// Least columns a line is cut to.
const LEAST: usize = 30;

/// A file whose findings are shown.
pub struct Sheet<'a> {
    name: &'a str,
    lines: Lines,
    width: usize,
    is_colourful: bool,
}

impl<'a> Sheet<'a> {
    pub fn new(
        name: &'a str,
        document: &'a Document,
        found: &[Diagnostic],
        width: Option<usize>,
        is_colourful: bool,
    ) -> Self {
        let is_damage = |d: &&Diagnostic| d.account.is_none() && d.rule().id == "L01";
        let damage = found.iter().filter(is_damage);
        let damaged = damage.filter_map(|d| Some(d.place?.span)).collect();
        Self {
            name,
            lines: Lines::new(document, damaged),
            width: width.unwrap_or(WIDTH).max(LEAST),
            is_colourful,
        }
    }

    /// The finding, its lines of the file, its fix; `others` more accounts have it.
    pub fn lines(&self, finding: &Diagnostic, others: usize, explain: bool) -> Vec<String> {
        let mut out = vec![self.head(finding)];
        let gutter = finding.place.map_or(0, |p| p.line.to_string().len());
        if let Some(place) = finding.place {
            self.source(&mut out, place.line, place.span, finding.severity);
        }
        let mut note = |text: String| {
            out.push(format!("{:gutter$} = {}", "", plain(&text)));
        };
        if others > 0 {
            let text = ngettext(
                "and {count} more account",
                "and {count} more accounts",
                others as u64,
            );
            note(fill(&text, &[("count", &others)]));
        }
        if let Some(fix) = &finding.fix {
            let text = match fix.safe {
                true => gettext("fix: {title}"),
                false => gettext("possible fix: {title}"),
            };
            note(fill(&text, &[("title", &fix.sentence())]));
        }
        if explain {
            note(gettext(finding.rule().explanation));
        }
        out
    }

    /// `FILE:LINE:COLUMN: severity: sentence [rule slug]`
    fn head(&self, finding: &Diagnostic) -> String {
        let place = finding
            .place
            .map_or(String::new(), |p| format!("{}:{}:", p.line, p.column));
        let rule = finding.rule();
        let severity = self.coloured(finding.severity, finding.severity.name());
        let message = finding.message();
        let (file, message) = (plain(self.name), plain(&message));
        format!(
            "{file}:{place} {severity}: {message} [{} {}]",
            rule.id, rule.slug
        )
    }

    /// First and last line of a place.
    fn source(&self, out: &mut Vec<String>, number: u32, span: Span, severity: Severity) {
        let first = self.lines.at(span.start);
        // A place that ends with a line does not reach into the next.
        let last = self.lines.at(span.end.max(span.start + 1) - 1);
        let gutter = number.to_string().len();
        self.marked(out, &number.to_string(), gutter, first, span, severity);
        if last.start <= first.start {
            return;
        }
        let between = Span {
            start: first.start,
            end: last.start,
        };
        let number_of_last = number as usize + self.lines.count(between);
        if number_of_last > number as usize + 1 {
            out.push(format!("{:gutter$} …", ""));
        }
        let number = number_of_last.to_string();
        self.marked(out, &number, gutter.max(number.len()), last, span, severity);
    }

    fn marked(
        &self,
        out: &mut Vec<String>,
        number: &str,
        gutter: usize,
        line: Span,
        span: Span,
        severity: Severity,
    ) {
        let room = self.width.saturating_sub(gutter + 4).max(LEAST);
        let (text, start, length) = self.lines.around(line, span, room);
        let marks = self.coloured(severity, &"^".repeat(length));
        out.push(format!("{number:>gutter$} | {text}"));
        out.push(format!("{:gutter$} | {}{marks}", "", " ".repeat(start)));
    }

    fn coloured(&self, severity: Severity, text: &str) -> String {
        if !self.is_colourful {
            return text.to_owned();
        }
        let colour = match severity {
            Severity::Error => 31,
            Severity::Warning => 33,
            Severity::Hint => 36,
        };
        format!("\x1b[1;{colour}m{text}\x1b[0m")
    }
}
