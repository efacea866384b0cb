//! Findings with the lines they are about, marked, and with every secret masked.
//!
//! Own code, because the first line must be `FILE:LINE:COLUMN: ...` for editors, because long lines
//! are cut around the place, and because lines are bytes of which some must not be shown; the
//! usual crates bring a head of their own and want the whole source as text.

use crate::base::i18n::{fill, gettext, ngettext};
use crate::base::text::plain;
use crate::rc::diagnostic::{Diagnostic, Severity};
use crate::rc::document::{Document, Span};
use crate::rc::mask;

/// Columns where there is no terminal to ask.
const WIDTH: usize = 100;
/// Least columns a line is cut to.
const LEAST: usize = 30;

/// A file whose findings are shown.
pub struct Sheet<'a> {
    name: &'a str,
    bytes: Vec<u8>,
    secrets: Vec<Span>,
    /// Spans of errors of the reader: their lines are masked more strictly.
    damaged: Vec<Span>,
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
        Self {
            name,
            secrets: mask::secrets(&document.bytes()),
            bytes: document.bytes(),
            damaged: found
                .iter()
                .filter(is_damage)
                .filter_map(|d| d.place.map(|p| p.span))
                .collect(),
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
        let first = self.line_at(span.start);
        // A place that ends with a line does not reach into the next.
        let last = self.line_at(span.end.max(span.start + 1) - 1);
        let gutter = number.to_string().len();
        self.marked(out, &number.to_string(), gutter, first, span, severity);
        if last.start <= first.start {
            return;
        }
        let between = self.slice(Span {
            start: first.start,
            end: last.start,
        });
        let number_of_last = number as usize + memchr::memchr_iter(b'\n', between).count();
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
        let cells = self.cells(line);
        let is_marked = |cell: &Cell| cell.start < span.end && span.start < cell.end;
        let start: usize = cells
            .iter()
            .take_while(|cell| !is_marked(cell) && cell.start < span.start)
            .map(|cell| cell.width)
            .sum();
        let length: usize = cells
            .iter()
            .filter(|cell| is_marked(cell))
            .map(|cell| cell.width)
            .sum();
        let room = self.width.saturating_sub(gutter + 4).max(LEAST);
        let (text, start, length) = cut(&cells, start, length.max(1), room);
        let marks = self.coloured(severity, &"^".repeat(length));
        out.push(format!("{number:>gutter$} | {text}"));
        out.push(format!("{:gutter$} | {}{marks}", "", " ".repeat(start)));
    }

    /// The line a byte is in, without its end.
    fn line_at(&self, at: u32) -> Span {
        let at = (at as usize).min(self.bytes.len());
        let start = memchr::memrchr(b'\n', &self.bytes[..at]).map_or(0, |newline| newline + 1);
        let end = memchr::memchr(b'\n', &self.bytes[at..]).map_or(self.bytes.len(), |n| at + n);
        Span {
            start: start as u32,
            end: end as u32,
        }
    }

    fn slice(&self, span: Span) -> &[u8] {
        self.bytes
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    /// A line as it is shown.
    fn cells(&self, line: Span) -> Vec<Cell> {
        let is_damaged = mask::touches(&self.damaged, line.start, line.end);
        let secrets = mask::in_line(&self.bytes, line, &self.secrets, is_damaged);
        cells(&self.bytes, line, &secrets)
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

/// A character of the file, or a secret, as it is shown.
pub struct Cell {
    start: u32,
    end: u32,
    text: String,
    width: usize,
}

/// Cuts a line into cells. A line that is not UTF-8 is taken as Latin-1.
fn cells(bytes: &[u8], line: Span, secrets: &[Span]) -> Vec<Cell> {
    let raw = bytes
        .get(line.start as usize..line.end as usize)
        .unwrap_or_default();
    let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
    let chars: Vec<(u32, u32, char)> = match std::str::from_utf8(raw) {
        Ok(text) => text
            .char_indices()
            .map(|(at, c)| (at as u32, (at + c.len_utf8()) as u32, c))
            .collect(),
        Err(_) => (0..)
            .zip(raw)
            .map(|(at, b)| (at, at + 1, char::from(*b)))
            .collect(),
    };
    let mut out: Vec<Cell> = Vec::new();
    for (start, end, c) in chars {
        let (start, end) = (line.start + start, line.start + end);
        if let Some(secret) = secrets.iter().find(|s| s.start < end && start < s.end) {
            // One mask, however long the secret is.
            match out
                .last_mut()
                .filter(|cell| cell.text == mask::MASK && cell.end > secret.start)
            {
                Some(cell) => cell.end = end,
                None => out.push(Cell {
                    start,
                    end,
                    text: mask::MASK.to_owned(),
                    width: mask::MASK.chars().count(),
                }),
            }
            continue;
        }
        let text = match c {
            '\t' => "    ".to_owned(),
            c => plain(c.encode_utf8(&mut [0; 4])).into_owned(),
        };
        let width = text.chars().map(columns).sum();
        out.push(Cell {
            start,
            end,
            text,
            width,
        });
    }
    out
}

/// A line with its secrets masked, for those who show it without a mark.
pub fn masked(bytes: &[u8], line: Span, secrets: &[Span]) -> String {
    cells(bytes, line, secrets)
        .iter()
        .map(|cell| cell.text.as_str())
        .collect()
}

/// Columns a character takes on a terminal, near enough.
fn columns(c: char) -> usize {
    match u32::from(c) {
        0x300..=0x36f => 0,
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff => 2,
        0xfe30..=0xfe6f | 0xff00..=0xff60 | 0x1f300..=0x1faff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// The part of a line around what is marked that fits into `room` columns; where the mark begins in
/// it, and how long it is there.
fn cut(cells: &[Cell], start: usize, length: usize, room: usize) -> (String, usize, usize) {
    let all: usize = cells.iter().map(|cell| cell.width).sum();
    if all <= room {
        let text = cells.iter().map(|cell| cell.text.as_str()).collect();
        return (text, start, length);
    }
    // A third of the room before the mark, and no empty space behind the end of the line.
    let from = start
        .saturating_sub(room / 3)
        .min(all.saturating_sub(room - 2));
    let (mut text, mut passed, mut begin) = (String::new(), 0, None);
    let mut shown = 0;
    for cell in cells {
        let is_shown = passed >= from && shown + cell.width + 2 <= room;
        if is_shown {
            begin.get_or_insert(passed);
            text.push_str(&cell.text);
            shown += cell.width;
        } else if begin.is_some() {
            break;
        }
        passed += cell.width;
    }
    let begin = begin.unwrap_or(0);
    let lead = if begin > 0 { "…" } else { "" };
    let tail = if begin + shown < all { "…" } else { "" };
    let start = start.saturating_sub(begin);
    let length = length.min(shown.saturating_sub(start)).max(1);
    (
        format!("{lead}{text}{tail}"),
        start + lead.chars().count(),
        length,
    )
}
