//! A file cut into pieces: statements with their comments, comments that stand alone, and the blanks
//! between them.

use std::sync::Arc;

use crate::rc::document::{Document, Span};
use crate::rc::edit::layout::Layout;
use crate::rc::lex::Kind;
use crate::rc::outline::{Outline, Statement, What};

/// What a piece is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Name {
    /// `set` and an option.
    Global(&'static str),
    /// The `defaults` entry.
    Defaults,
    /// `poll` or `skip`, and the name.
    Entry(Vec<u8>),
    /// A comment that is about nothing else.
    Comment,
    /// What cannot be read.
    Unreadable,
    /// All of the file.
    Whole,
}

/// A piece.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// What it is.
    pub name: Name,
    /// Its bytes, from the first comment to the last, no blanks around them.
    pub core: Span,
    /// What it says; nothing for comments.
    pub statement: Option<Arc<Statement>>,
}

/// A file in pieces.
#[derive(Clone, Debug)]
pub struct Sheet {
    document: Document,
    /// In the order of the file.
    pub chunks: Vec<Chunk>,
}

impl Sheet {
    /// Statement by statement.
    pub fn of(document: &Document) -> Self {
        let outline = Outline::read(document);
        let ends = ends(document, &outline);
        let mut cut = Cut {
            document,
            chunks: Vec::new(),
            end: 0,
        };
        for ((start, statement), end) in outline.statements().zip(ends) {
            cut.statement(start, end, statement);
        }
        cut.comments(document.len());
        Self {
            document: document.clone(),
            chunks: cut.chunks,
        }
    }

    /// All in one piece.
    pub fn whole(document: &Document) -> Self {
        let core = Span {
            start: 0,
            end: document.len(),
        };
        let chunk = Chunk {
            name: Name::Whole,
            core,
            statement: None,
        };
        Self {
            document: document.clone(),
            chunks: vec![chunk],
        }
    }

    /// Where a piece lies.
    pub fn core(&self, at: usize) -> Span {
        let empty = Span { start: 0, end: 0 };
        self.chunks.get(at).map_or(empty, |chunk| chunk.core)
    }

    /// The bytes of a piece.
    pub fn bytes(&self, at: usize) -> Vec<u8> {
        self.document.slice(self.core(at)).into_owned()
    }

    /// What stands before a piece, or (`at` past the last) at the end of the file.
    pub fn gap(&self, at: usize) -> Vec<u8> {
        let before = at.checked_sub(1).map_or(0, |before| self.core(before).end);
        let next = self.chunks.get(at);
        let end = next.map_or(self.document.len(), |chunk| chunk.core.start);
        self.document
            .slice(Span { start: before, end })
            .into_owned()
    }

    /// How lines end.
    pub fn line_end(&self) -> &'static [u8] {
        Layout(&self.document).line_end(0)
    }
}

/// Where each statement ends: behind its last word.
fn ends(document: &Document, outline: &Outline) -> Vec<u32> {
    let starts: Vec<u32> = outline.statements().map(|(start, _)| start).collect();
    let mut ends = starts.clone();
    let mut next = 0;
    for at in document.tokens() {
        let span = document.span(at);
        while starts.get(next).is_some_and(|start| *start <= span.start) {
            next += 1;
        }
        let is_word = !matches!(
            document.kind(at),
            None | Some(Kind::Space | Kind::Stop | Kind::Comment | Kind::ByteOrderMark)
        );
        if let Some(end) = next.checked_sub(1).and_then(|at| ends.get_mut(at))
            && is_word
        {
            *end = span.end;
        }
    }
    ends
}

struct Cut<'d> {
    document: &'d Document,
    chunks: Vec<Chunk>,
    /// Where the last piece ends.
    end: u32,
}

impl Cut<'_> {
    fn statement(&mut self, start: u32, end: u32, statement: &Arc<Statement>) {
        let layout = Layout(self.document);
        let core = match layout.is_first(start) && layout.is_last(end) {
            // Whole lines, and the comments that go with them.
            true => Span {
                start: layout.comments_above(start).max(self.end),
                end: layout.comments_below(end, layout.indent(start).len()),
            },
            false => Span { start, end },
        };
        let name = match &statement.what {
            What::Global(setting) => Name::Global(setting.keyword.name()),
            What::Defaults(_) => Name::Defaults,
            What::Entry(entry) => Name::Entry(entry.label.clone()),
            What::Nothing => Name::Unreadable,
        };
        // Further comments may stand on the line of the statement before.
        let start = self.after_blanks(core.start, start);
        self.comments(start);
        self.push(name, Span { start, ..core }, Some(statement.clone()));
    }

    /// Comments of their own up to an offset: one piece for each run without an empty line.
    fn comments(&mut self, until: u32) {
        let mut run: Option<Span> = None;
        let mut lines = 0;
        let first = self.document.at(self.end);
        let runs: Vec<(Span, Option<Kind>)> = self
            .document
            .tokens_from(first)
            .map(|at| (self.document.span(at), self.document.kind(at)))
            .skip_while(|(span, _)| span.start < self.end)
            .take_while(|(span, _)| span.start < until)
            .collect();
        for (span, kind) in runs {
            match kind {
                Some(Kind::Space) => lines += self.lines(span),
                Some(Kind::Comment) => {
                    let goes_on = run.filter(|_| lines < 2);
                    if let Some(done) = run.filter(|_| lines >= 2) {
                        self.push(Name::Comment, done, None);
                    }
                    run = Some(goes_on.map_or(span, |run| run.to(span)));
                    lines = 0;
                }
                _ => {}
            }
        }
        if let Some(done) = run {
            self.push(Name::Comment, done, None);
        }
    }

    fn lines(&self, span: Span) -> usize {
        memchr::memchr_iter(b'\n', &self.document.slice(span)).count()
    }

    /// Past blanks that stand before the first comment of a piece.
    fn after_blanks(&self, from: u32, most: u32) -> u32 {
        let bytes = self.document.slice(Span {
            start: from,
            end: most,
        });
        let blanks = bytes.iter().take_while(|b| b.is_ascii_whitespace()).count();
        from + blanks as u32
    }

    /// Without the blanks at its end.
    fn push(&mut self, name: Name, core: Span, statement: Option<Arc<Statement>>) {
        let bytes = self.document.slice(core);
        let end = core.start + bytes.trim_ascii_end().len() as u32;
        let core = Span { end, ..core };
        self.end = core.end;
        self.chunks.push(Chunk {
            name,
            core,
            statement,
        });
    }
}
