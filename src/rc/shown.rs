//! The lines of a file as they may be shown: every secret masked, long lines only around a place.

use std::cell::RefCell;
use std::rc::Rc;

use crate::base::text::plain;
use crate::rc::document::{Document, Span};
use crate::rc::mask;

/// How much of a line is looked at before and behind what is marked, in bytes for each column of
/// room: a character takes at most four.
const BYTES_PER_COLUMN: usize = 4;

/// A file whose lines are shown.
pub struct Lines {
    bytes: Vec<u8>,
    secrets: Vec<Span>,
    /// In order: what could not be read. Lines there are masked more strictly.
    damaged: Vec<Span>,
    /// The line looked at last, and what is secret in it: findings come line by line.
    last: RefCell<Option<(Span, Rc<[Span]>)>>,
}

impl Lines {
    /// Of a document; `damaged` is what of it could not be read.
    pub fn new(document: &Document, damaged: Vec<Span>) -> Self {
        let bytes = document.bytes();
        Self {
            secrets: mask::secrets(document),
            bytes,
            damaged: mask::joined(damaged),
            last: RefCell::new(None),
        }
    }

    /// The line a byte is in, without its end.
    pub fn at(&self, at: u32) -> Span {
        let last = self.last.borrow().as_ref().map(|(line, _)| *line);
        if let Some(line) = last.filter(|line| line.start <= at && at <= line.end) {
            return line;
        }
        let at = (at as usize).min(self.bytes.len());
        let start = memchr::memrchr(b'\n', &self.bytes[..at]).map_or(0, |newline| newline + 1);
        let end = memchr::memchr(b'\n', &self.bytes[at..]).map_or(self.bytes.len(), |n| at + n);
        Span {
            start: start as u32,
            end: end as u32,
        }
    }

    /// Where the lines begin.
    pub fn starts(&self) -> Vec<u32> {
        let ends = memchr::memchr_iter(b'\n', &self.bytes).map(|end| end as u32 + 1);
        std::iter::once(0).chain(ends).collect()
    }

    /// How many lines end within a span.
    pub fn count(&self, span: Span) -> usize {
        memchr::memchr_iter(b'\n', self.slice(span)).count()
    }

    /// A whole line.
    pub fn whole(&self, line: Span) -> String {
        let cells = cells(&self.bytes, line, &self.secrets_of(line));
        cells.iter().map(|cell| cell.text.as_str()).collect()
    }

    /// The part of a line around `span` that fits into `room` columns; where the mark begins in it,
    /// and how long it is there, in columns.
    pub fn around(&self, line: Span, span: Span, room: usize) -> (String, usize, usize) {
        let window = self.window(line, span, room);
        let cells = cells(&self.bytes, window, &self.secrets_of(line));
        let is_marked = |cell: &Cell| cell.start < span.end && span.start < cell.end;
        let width = |cells: &mut dyn Iterator<Item = &Cell>| cells.map(|cell| cell.width).sum();
        let is_before = |cell: &&Cell| !is_marked(cell) && cell.start < span.start;
        let start: usize = width(&mut cells.iter().take_while(is_before));
        let length: usize = width(&mut cells.iter().filter(|cell| is_marked(cell)));
        let is_cut = (window.start > line.start, window.end < line.end);
        cut(&cells, start, length.max(1), room, is_cut)
    }

    fn window(&self, line: Span, span: Span, room: usize) -> Span {
        let reach = (room * BYTES_PER_COLUMN) as u32;
        let mut window = Span {
            start: span.start.saturating_sub(reach).clamp(line.start, line.end),
            end: span.start.saturating_add(reach).clamp(line.start, line.end),
        };
        // Not within a character.
        let is_inside = |at: u32| {
            self.bytes
                .get(at as usize)
                .is_some_and(|b| b & 0xc0 == 0x80)
        };
        for _ in 0..3 {
            if window.start > line.start && is_inside(window.start) {
                window.start -= 1;
            }
            if window.end < line.end && is_inside(window.end) {
                window.end += 1;
            }
        }
        window
    }

    fn secrets_of(&self, line: Span) -> Rc<[Span]> {
        let mut last = self.last.borrow_mut();
        if let Some((_, secrets)) = last.as_ref().filter(|(known, _)| *known == line) {
            return secrets.clone();
        }
        let is_damaged = mask::touches(&self.damaged, line.start, line.end);
        let secrets = mask::in_line(&self.bytes, line, &self.secrets, is_damaged);
        last.insert((line, secrets.into())).1.clone()
    }

    fn slice(&self, span: Span) -> &[u8] {
        self.bytes
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }
}

/// A character of the file, or a secret, as it is shown.
struct Cell {
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
        if let Some(secret) = mask::touching(secrets, start, end) {
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
/// it, and how long it is there. `is_cut` tells whether the line goes on before and behind the cells.
fn cut(
    cells: &[Cell],
    start: usize,
    length: usize,
    room: usize,
    is_cut: (bool, bool),
) -> (String, usize, usize) {
    let all: usize = cells.iter().map(|cell| cell.width).sum();
    if all <= room && is_cut == (false, false) {
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
    let lead = if begin > 0 || is_cut.0 { "…" } else { "" };
    let tail = if begin + shown < all || is_cut.1 {
        "…"
    } else {
        ""
    };
    let start = start.saturating_sub(begin);
    let length = length.min(shown.saturating_sub(start)).max(1);
    (
        format!("{lead}{text}{tail}"),
        start + lead.chars().count(),
        length,
    )
}
