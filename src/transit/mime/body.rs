//! A body on its way through `mimedecode`, chunk by chunk: text is decoded, parts are found and
//! each is treated by its own header.
//!
//! Memory is bounded by [`HEADER_MAX`], [`DEPTH`] and the length of delimiters; what goes beyond
//! passes as it is.

use bytes::{Bytes, BytesMut};
use memchr::memchr;

use super::quoted::Quoted;
use super::{Content, Plan};
use crate::transit::header::fields;

/// Most octets of a part's header that are looked at.
const HEADER_MAX: usize = 64 * 1024;

/// Most multiparts within each other whose parts are looked for.
const DEPTH: usize = 16;

/// Most blanks that may follow a delimiter.
const PADDING: usize = 256;

/// Decodes a body. Its first octets are the empty line below the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Delimiters of the multiparts around this place, the outermost first.
    around: Vec<Vec<u8>>,
    inside: Inside,
    /// Nothing of the present line has passed.
    is_line_start: bool,
    /// The line so far, while it may become a delimiter; never longer than one and its padding.
    held: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Inside {
    /// Octets that pass as they are.
    AsItIs,
    /// Quoted-printable text.
    Text(Quoted),
    /// The header of a part, as gathered.
    Header(Vec<u8>),
}

/// What a line may be.
enum Line {
    Delimiter {
        /// Of which multipart.
        nth: usize,
        /// It ends the multipart.
        closes: bool,
    },
    Content,
    /// More of it must be seen.
    Open,
}

impl Body {
    /// The body below a header; `None` if it passes as it is.
    pub fn new(plan: &Plan) -> Option<Self> {
        let mut body = Self {
            around: Vec::new(),
            inside: Inside::AsItIs,
            is_line_start: true,
            held: Vec::new(),
        };
        body.enter(&plan.content);
        plan.decodes().then_some(body)
    }

    /// The next octets, decoded. Some may be held back.
    pub fn push(&mut self, chunk: &Bytes) -> Bytes {
        let is_over = self.around.is_empty() && self.inside == Inside::AsItIs;
        if is_over && self.held.is_empty() {
            return chunk.clone();
        }
        let mut out = BytesMut::with_capacity(chunk.len() + self.held.len());
        let mut rest = &chunk[..];
        while !rest.is_empty() {
            rest = match self.is_line_start && !self.around.is_empty() {
                true => self.line_start(rest, &mut out),
                false => self.line_rest(rest, &mut out),
            };
        }
        out.freeze()
    }

    /// What was held back at the end of the message.
    pub fn finish(mut self) -> Bytes {
        let mut out = BytesMut::new();
        let held = std::mem::take(&mut self.held);
        match self.line(&held, true) {
            // The last line of the message, without an end.
            Line::Delimiter { .. } => {
                self.leave(&mut out);
                out.extend_from_slice(&held);
            }
            Line::Content | Line::Open => {
                self.content(&held, &mut out);
                self.leave(&mut out);
            }
        }
        out.freeze()
    }

    /// Looks at the beginning of a line until it is clear whether it is a delimiter. Returns what
    /// has not been looked at.
    fn line_start<'a>(&mut self, chunk: &'a [u8], out: &mut BytesMut) -> &'a [u8] {
        let line = memchr(b'\n', chunk).map_or(chunk.len(), |end| end + 1);
        let longest = self.around.iter().map(Vec::len).max().unwrap_or(0) + PADDING;
        let room = longest.saturating_sub(self.held.len());
        let (taken, rest) = chunk.split_at(line.min(room));
        if self.held.is_empty() && taken.first() != Some(&b'-') {
            self.is_line_start = false;
            return chunk;
        }
        self.held.extend_from_slice(taken);
        let is_ended = self.held.last() == Some(&b'\n');
        match self.line(&self.held, is_ended) {
            Line::Open if self.held.len() < longest => {}
            Line::Delimiter { nth, closes } => self.delimiter(nth, closes, out),
            Line::Content | Line::Open => {
                let held = std::mem::take(&mut self.held);
                self.is_line_start = is_ended;
                self.content(&held, out);
            }
        }
        rest
    }

    /// What follows in a line that is no delimiter.
    fn line_rest<'a>(&mut self, chunk: &'a [u8], out: &mut BytesMut) -> &'a [u8] {
        // Without delimiters lines need not be told apart.
        let whole = self.around.is_empty() && !matches!(self.inside, Inside::Header(_));
        let end = memchr(b'\n', chunk).filter(|_| !whole);
        let (line, rest) = chunk.split_at(end.map_or(chunk.len(), |end| end + 1));
        self.is_line_start = end.is_some();
        self.content(line, out);
        rest
    }

    /// Octets of the present line, known to be content.
    fn content(&mut self, octets: &[u8], out: &mut BytesMut) {
        match &mut self.inside {
            Inside::AsItIs => out.extend_from_slice(octets),
            Inside::Text(text) => text.decode(octets, &self.around, out),
            Inside::Header(header) => {
                header.extend_from_slice(octets);
                self.header(out);
            }
        }
    }

    /// Goes on if the header that is being gathered is complete, or too long.
    fn header(&mut self, out: &mut BytesMut) {
        let Inside::Header(header) = &mut self.inside else {
            return;
        };
        let is_too_long = header.len() > HEADER_MAX;
        let Some(before) = without_empty_line(header).filter(|_| !is_too_long) else {
            if is_too_long {
                self.leave(out);
                self.inside = Inside::AsItIs;
            }
            return;
        };
        let header = std::mem::take(header);
        let (lines, empty) = header.split_at(before);
        let plan = Plan::of_part(lines);
        let is_too_deep = matches!(plan.content, Content::Parts(_)) && self.around.len() >= DEPTH;
        let plan = if is_too_deep { Plan::default() } else { plan };
        for field in fields(lines) {
            out.extend_from_slice(&plan.field(field));
        }
        out.extend_from_slice(empty);
        self.enter(&plan.content);
    }

    fn enter(&mut self, content: &Content) {
        self.inside = match content {
            Content::Quoted => Inside::Text(Quoted::new(&self.around)),
            Content::AsItIs => Inside::AsItIs,
            Content::Parts(delimiter) => {
                self.around.push(delimiter.clone());
                Inside::AsItIs
            }
        };
    }

    /// Gives out what the present part holds back.
    fn leave(&mut self, out: &mut BytesMut) {
        match &mut self.inside {
            Inside::AsItIs => {}
            Inside::Text(text) => text.end(out),
            // A header that does not end is none.
            Inside::Header(header) => out.extend_from_slice(&std::mem::take(header)),
        }
    }

    /// The line held is a delimiter: the next part begins, or what is behind the last one.
    fn delimiter(&mut self, nth: usize, closes: bool, out: &mut BytesMut) {
        self.leave(out);
        out.extend_from_slice(&std::mem::take(&mut self.held));
        self.is_line_start = true;
        if closes {
            self.around.truncate(nth);
            self.inside = Inside::AsItIs;
        } else {
            self.around.truncate(nth + 1);
            self.inside = Inside::Header(Vec::new());
        }
    }

    /// What a line is, of which this is the beginning, or all.
    fn line(&self, line: &[u8], is_whole: bool) -> Line {
        let mut may_be = false;
        // Of two delimiters the longer one is meant if the line has it.
        let mut all: Vec<(usize, &Vec<u8>)> = self.around.iter().enumerate().collect();
        all.sort_by_key(|(nth, delimiter)| (std::cmp::Reverse(delimiter.len()), *nth));
        for (nth, delimiter) in all {
            let Some(behind) = line.strip_prefix(delimiter.as_slice()) else {
                may_be |= delimiter.starts_with(line);
                continue;
            };
            let (behind, closes) = match behind.strip_prefix(b"--") {
                Some(behind) => (behind, true),
                None => (behind, false),
            };
            let is_blank = behind.iter().all(u8::is_ascii_whitespace);
            match is_whole {
                true if is_blank => return Line::Delimiter { nth, closes },
                true => {}
                // One dash may become two.
                false => may_be |= is_blank || (!closes && behind == b"-"),
            }
        }
        match may_be && !is_whole {
            true => Line::Open,
            false => Line::Content,
        }
    }
}

/// Where the empty line begins that ends a header, if its last line is one.
fn without_empty_line(header: &[u8]) -> Option<usize> {
    let text = header.strip_suffix(b"\n")?;
    let start = memchr::memrchr(b'\n', text).map_or(0, |before| before + 1);
    text[start..].iter().all(|b| *b == b'\r').then_some(start)
}
