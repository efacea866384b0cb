//! A document taken apart into what gets a line of its own, each with the comments that belong to it.

use crate::rc::document::{Document, Span};
use crate::rc::fmt::Refused;
use crate::rc::lex::Kind;
use crate::rc::option::{Id, Keyword, Scope, meaning};
use crate::rc::outline::{Outline, Said, What};
use crate::rc::settings::{Value, read};

/// A comment.
#[derive(Clone, Debug)]
pub struct Comment {
    /// From `#` on.
    pub text: Vec<u8>,
    /// An empty line stands above it.
    pub is_apart: bool,
}

/// What gets a line.
#[derive(Debug)]
pub struct Part {
    /// What it says.
    pub what: Says,
    /// An empty line stands above it.
    pub is_apart: bool,
    /// Comments on lines above it.
    pub above: Vec<Comment>,
    /// A comment behind it on its line.
    pub behind: Option<Vec<u8>>,
    /// Comments below it that belong to it by their indentation.
    pub below: Vec<Comment>,
    span: Span,
}

/// What a part says.
#[derive(Debug)]
pub enum Says {
    /// `set`
    Global(&'static Keyword, Value),
    /// `poll` or `skip`.
    Entry {
        /// Not `skip`.
        is_active: bool,
        /// Its name.
        label: Vec<u8>,
    },
    /// `defaults`
    Defaults,
    /// An option of an entry.
    Server(&'static Keyword, Value),
    /// A remote name or local names that begin a user.
    User(&'static Keyword, Value),
    /// An option of a user; `is_named` if a `user` began it.
    Option {
        /// Which.
        keyword: &'static Keyword,
        /// What it says.
        value: Value,
        /// Not of the user that an entry has without naming one.
        is_named: bool,
    },
}

impl Says {
    /// Whether a statement begins with it.
    pub fn is_statement(&self) -> bool {
        matches!(self, Self::Global(..) | Self::Entry { .. } | Self::Defaults)
    }

    /// Whether it is of a named user.
    pub fn is_of_user(&self) -> bool {
        matches!(self, Self::User(..) | Self::Option { is_named: true, .. })
    }
}

/// A document taken apart.
#[derive(Debug, Default)]
pub struct Sheet {
    /// In the order of the file.
    pub parts: Vec<Part>,
    /// Comments behind the last statement.
    pub tail: Vec<Comment>,
}

/// Takes a document without errors apart.
///
/// # Errors
/// It has errors.
pub fn of(document: &Document, outline: &Outline) -> Result<Sheet, Refused> {
    let mut parts = Vec::new();
    for (start, statement) in outline.statements() {
        match &statement.what {
            What::Global(setting) => {
                let said = setting.origin.ok_or(Refused::Otherwise)?;
                let span = Span {
                    start,
                    end: said.after(start).end,
                };
                parts.push(part(
                    Says::Global(setting.keyword, setting.value.clone()),
                    span,
                ));
            }
            What::Entry(entry) => {
                let what = Says::Entry {
                    is_active: entry.is_active,
                    label: entry.label.clone(),
                };
                parts.push(part(what, entry.head.after(start)));
                options(document, start, &mut parts);
            }
            What::Defaults(entry) => {
                parts.push(part(Says::Defaults, entry.head.after(start)));
                options(document, start, &mut parts);
            }
            What::Nothing => return Err(Refused::Otherwise),
        }
    }
    Ok(Walk::new(document, parts).run())
}

fn part(what: Says, span: Span) -> Part {
    Part {
        what,
        is_apart: false,
        above: Vec::new(),
        behind: None,
        below: Vec::new(),
        span,
    }
}

fn options(document: &Document, start: u32, parts: &mut Vec<Part>) {
    let mut is_named = false;
    let (_, said) = read::statement_in_full(document, document.at(start));
    for said in said {
        let Said {
            keyword,
            value,
            span,
            user,
        } = said;
        let span = span.after(start);
        let begins_user = {
            let word = meaning(document.raw(document.at(span.start)));
            let found = word.and_then(|word| word.option(Scope::User));
            found.is_some_and(|found| found.keyword.id == Id::User)
        };
        is_named |= begins_user;
        let what = match user {
            None => Says::Server(keyword, value),
            Some(_) if begins_user => Says::User(keyword, value),
            Some(_) => Says::Option {
                keyword,
                value,
                is_named,
            },
        };
        parts.push(part(what, span));
    }
}

/// One pass over the tokens that gives every comment to a part.
struct Walk<'d> {
    document: &'d Document,
    sheet: Sheet,
    /// The first part that was not reached yet.
    next: usize,
    /// Comments on lines of their own since the last part, with how far they are indented.
    waiting: Vec<(Comment, usize)>,
    /// Line ends since the last thing that is no white space.
    line_ends: usize,
    /// Columns of white space since the last line end, if nothing else followed it.
    column: usize,
    /// How far the first thing of this line is indented.
    indent: Option<usize>,
    /// Nothing but white space and punctuation on this line since its start.
    is_line_start: bool,
}

impl<'d> Walk<'d> {
    fn new(document: &'d Document, parts: Vec<Part>) -> Self {
        Self {
            document,
            sheet: Sheet {
                parts,
                tail: Vec::new(),
            },
            next: 0,
            waiting: Vec::new(),
            line_ends: 0,
            column: 0,
            indent: None,
            is_line_start: true,
        }
    }

    fn run(mut self) -> Sheet {
        for at in self.document.tokens() {
            let raw = self.document.raw(at);
            match self.document.kind(at) {
                Some(Kind::Space) => self.space(raw),
                Some(Kind::Comment) => {
                    let start = self.document.span(at).start;
                    self.comment(start, raw.trim_ascii_end().to_vec());
                    self.indent.get_or_insert(self.column);
                    self.line_ends = 0;
                }
                Some(Kind::ByteOrderMark) | None => {}
                Some(_) => self.word(self.document.span(at).start),
            }
        }
        self.settle(None);
        self.sheet.tail = self
            .waiting
            .into_iter()
            .map(|(comment, _)| comment)
            .collect();
        self.sheet
    }

    fn space(&mut self, raw: &[u8]) {
        for byte in raw {
            match byte {
                b'\n' => {
                    self.line_ends += 1;
                    (self.column, self.indent) = (0, None);
                    self.is_line_start = true;
                }
                b'\t' => self.column += 8 - self.column % 8,
                b'\r' => {}
                _ => self.column += 1,
            }
        }
    }

    fn word(&mut self, start: u32) {
        let indent = *self.indent.get_or_insert(self.column);
        let is_apart = self.line_ends > 1;
        if let Some(part) = self.sheet.parts.get_mut(self.next)
            && part.span.start <= start
        {
            part.is_apart = is_apart;
            self.settle(Some(indent));
            self.next += 1;
        }
        // What is no part is punctuation, or means nothing.
        if self.is_inside(start) {
            self.is_line_start = false;
        }
        self.line_ends = 0;
    }

    /// Whether the part that was reached last is at or behind this place.
    fn is_inside(&self, start: u32) -> bool {
        let last = self
            .next
            .checked_sub(1)
            .and_then(|last| self.sheet.parts.get(last));
        last.is_some_and(|part| start < part.span.end)
    }

    fn comment(&mut self, start: u32, text: Vec<u8>) {
        let is_inside = self.is_inside(start);
        let comment = Comment {
            text,
            is_apart: self.line_ends > 1,
        };
        let last = self
            .next
            .checked_sub(1)
            .and_then(|last| self.sheet.parts.get_mut(last));
        match last {
            Some(part) if is_inside => part.above.push(Comment {
                is_apart: std::mem::take(&mut part.is_apart),
                ..comment
            }),
            Some(part) if !self.is_line_start && part.behind.is_none() => {
                part.behind = Some(comment.text);
            }
            _ => self.waiting.push((comment, self.column)),
        }
    }

    /// Gives the waiting comments to the part before them or to the next one, whose line is
    /// indented by so much; at the end of the file there is none.
    fn settle(&mut self, indent: Option<usize>) {
        let (before, rest) = self.sheet.parts.split_at_mut(self.next);
        let next = rest.first_mut();
        let last = before.last_mut().filter(|last| match &next {
            Some(next) if next.what.is_statement() => !matches!(last.what, Says::Global(..)),
            Some(next) => matches!(next.what, Says::User(..)) && last.what.is_of_user(),
            None => !matches!(last.what, Says::Global(..)),
        });
        if let Some(last) = last {
            let indent = indent.unwrap_or(0);
            let others = self
                .waiting
                .iter()
                .position(|(_, column)| *column <= indent);
            let below = self.waiting.drain(..others.unwrap_or(self.waiting.len()));
            last.below.extend(below.map(|(comment, _)| comment));
        }
        if let Some(next) = next {
            next.above
                .extend(self.waiting.drain(..).map(|(comment, _)| comment));
        }
    }
}
