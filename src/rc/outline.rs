//! A document cut into statements, each read on its own: what the file says and what is wrong
//! with it. After a change only the statements concerned are read again; the others are shared.

use std::cell::OnceCell;
use std::sync::Arc;

use crate::base::i18n::gettext_noop;
use crate::rc::diagnostic::{self, Diagnostic, Severity};
use crate::rc::document::{Document, Recut, Span};
use crate::rc::lex::Kind;
use crate::rc::mask;
use crate::rc::option::Keyword;
use crate::rc::settings::{Entry, Placed, Setting, Stanzas, Value, read};

/// One statement. All places in it are counted from its first byte.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What it says.
    pub what: What,
    /// What is wrong with it or worth saying.
    pub found: Box<[Finding]>,
}

impl Statement {
    /// Whether it keeps the file from being used.
    pub fn has_errors(&self) -> bool {
        self.found
            .iter()
            .any(|found| found.severity == Severity::Error)
    }
}

/// What is wrong with a statement or worth saying of it, small: a file may be wrong all over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How grave.
    pub severity: Severity,
    /// Slug of the rule.
    pub slug: &'static str,
    /// The sentence, as in [`Diagnostic::text`].
    pub text: &'static str,
    /// The bytes meant.
    pub span: Span,
    /// What `{option}` stands for in the sentence.
    pub option: Option<&'static str>,
    /// The bytes may be shown: they are no secret.
    pub is_showable: bool,
}

impl Finding {
    fn diagnostic(&self, document: &Document, start: u32, secrets: &[Span]) -> Diagnostic {
        let span = self.span.after(start);
        let is_secret = mask::touches(secrets, span.start, span.end);
        let found = Diagnostic::found(self.slug, self.text, Some(document.place(span)));
        let found = Diagnostic {
            severity: self.severity,
            ..found
        };
        let found = match self.option {
            Some(option) => found.with("option", option),
            None => found,
        };
        match self.is_showable && !is_secret {
            true => found.at_token(document, span),
            false => found,
        }
    }
}

/// What a statement says.
#[derive(Clone, Debug)]
pub enum What {
    /// `set ...`
    Global(Setting),
    /// `poll` or `skip`
    Entry(Entry),
    /// `defaults`
    Defaults(Entry),
    /// Nothing that can be understood.
    Nothing,
}

impl What {
    /// Whether both say the same, wherever they stand.
    pub fn says_the_same(&self, other: &What) -> bool {
        match (self, other) {
            (Self::Global(a), Self::Global(b)) => {
                a.keyword.id == b.keyword.id && a.value == b.value
            }
            (Self::Entry(a), Self::Entry(b)) | (Self::Defaults(a), Self::Defaults(b)) => {
                a.says_the_same(b)
            }
            (Self::Nothing, Self::Nothing) => true,
            _ => false,
        }
    }
}

/// One place where an option is said.
#[derive(Clone, Debug)]
pub struct Said {
    /// Which option.
    pub keyword: &'static Keyword,
    /// What this place alone says.
    pub value: Value,
    /// Keyword to last argument.
    pub span: Span,
    /// The user it belongs to.
    pub user: Option<usize>,
}

/// The statements of a document.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    statements: Vec<Arc<Statement>>,
    starts: Vec<u32>,
}

impl Outline {
    /// Reads a document.
    pub fn read(document: &Document) -> Self {
        let mut outline = Self::default();
        if document.len() as usize <= Document::MAX {
            outline.read_on(document, 0, |_| None);
        }
        outline
    }

    /// Reads the document that came from the former one by a replacement.
    pub fn reread(&self, document: &Document, recut: Recut) -> Self {
        // A statement is known by its first word and ends before that of the next.
        let touched = self.starts.partition_point(|start| *start < recut.from);
        let kept = touched.saturating_sub(2);
        let mut next = Self {
            statements: self.statements.iter().take(kept).cloned().collect(),
            starts: self.starts.iter().take(kept).copied().collect(),
        };
        let from = self.starts.get(kept).copied().unwrap_or(0).min(recut.from);
        let from = if kept == 0 { 0 } else { from };
        if document.len() as usize > Document::MAX {
            return Self::default();
        }
        let old = |start: u32| {
            let old = start.checked_sub(recut.new_end)? + recut.old_end;
            self.starts.binary_search(&old).ok()
        };
        if let Some(rest) = next.read_on(document, from, old) {
            let moved = |start: &u32| start - recut.old_end + recut.new_end;
            next.statements
                .extend(self.statements.iter().skip(rest).cloned());
            next.starts.extend(self.starts.iter().skip(rest).map(moved));
        }
        next
    }

    /// Reads statements from an offset on up to the first that `old` knows.
    fn read_on(
        &mut self,
        document: &Document,
        from: u32,
        old: impl Fn(u32) -> Option<usize>,
    ) -> Option<usize> {
        let mut at = read::first_word(document, document.at(from));
        while document.kind(at).is_some() {
            let start = document.span(at).start;
            if let Some(known) = old(start) {
                return Some(known);
            }
            let (statement, next) = read::statement(document, at);
            self.statements.push(Arc::new(statement));
            self.starts.push(start);
            at = next;
        }
        None
    }

    /// Where a statement begins.
    pub fn start(&self, statement: usize) -> Option<u32> {
        self.starts.get(statement).copied()
    }

    /// Where the statement of the byte at `offset` begins; 0 before the first.
    pub fn before(&self, offset: u32) -> u32 {
        let behind = self.starts.partition_point(|start| *start <= offset);
        let statement = behind.checked_sub(1);
        statement.and_then(|index| self.start(index)).unwrap_or(0)
    }

    /// The statements with their offsets.
    pub fn statements(&self) -> impl Iterator<Item = (u32, &Arc<Statement>)> {
        self.starts.iter().copied().zip(&self.statements)
    }

    /// Grouped: the global settings, the `defaults` entry, the others in file order.
    pub fn stanzas(&self) -> Stanzas {
        let mut stanzas = Stanzas::default();
        for (start, statement) in self.statements() {
            match &statement.what {
                What::Global(setting) => stanzas.globals.say(Setting {
                    origin: setting.origin.map(|span| span.after(start)),
                    ..setting.clone()
                }),
                What::Defaults(_) if Role::of_defaults(&stanzas) == Role::First => {
                    stanzas.defaults = Placed::of(start, statement);
                }
                What::Entry(_) | What::Defaults(_) => {
                    stanzas.entries.extend(Placed::of(start, statement));
                }
                What::Nothing => {}
            }
        }
        stanzas
    }

    /// Everything found, in the order of the file, with lines and columns.
    pub fn diagnostics(&self, document: &Document) -> Vec<Diagnostic> {
        let mut all = about_the_file(document);
        let mut before = Stanzas::default();
        for (index, (start, statement)) in self.statements().enumerate() {
            match &statement.what {
                What::Entry(_) => before.entries.extend(Placed::of(start, statement)),
                What::Defaults(entry) => {
                    let role = Role::of_defaults(&before);
                    if let Some(found) = role.finding(entry) {
                        let span = entry.head.after(start);
                        diagnostic::note(&mut all, || Diagnostic {
                            place: Some(document.place(span)),
                            ..found
                        });
                    }
                    let placed = Placed::of(start, statement);
                    match role {
                        Role::First => before.defaults = placed,
                        _ => before.entries.extend(placed),
                    }
                }
                What::Global(_) | What::Nothing => {}
            }
            let secrets = OnceCell::new();
            let end = || self.start(index + 1).unwrap_or(document.len());
            let part = || document.slice(Span { start, end: end() });
            for found in &statement.found {
                // Of very many only so much is made that they are told to be many.
                diagnostic::note(&mut all, || {
                    let secrets = secrets.get_or_init(|| mask::secrets_from(&part(), start));
                    found.diagnostic(document, start, secrets)
                });
            }
        }
        all
    }
}

/// What a `defaults` entry is, by what stands before it. A second one straight after the first is
/// an ordinary entry of that name, one after an entry an error: both as in 6.4.37.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    First,
    Server,
    Late,
}

impl Role {
    fn of_defaults(before: &Stanzas) -> Self {
        match (&before.defaults, before.entries.is_empty()) {
            (None, true) => Self::First,
            (Some(_), true) => Self::Server,
            _ => Self::Late,
        }
    }

    fn finding(self, entry: &Entry) -> Option<Diagnostic> {
        match self {
            Self::First if entry.users.len() > 1 => {
                let text = gettext_noop("Only the first user of the defaults entry counts");
                Some(Diagnostic::advice("defaults-users", text, None))
            }
            Self::First => None,
            Self::Server => {
                let text =
                    gettext_noop("A second defaults entry is taken as a server of that name");
                Some(Diagnostic::advice("second-defaults", text, None))
            }
            Self::Late => {
                let text = gettext_noop("The defaults entry must come before all others");
                Some(Diagnostic::error("late-defaults", text, None))
            }
        }
    }
}

/// What the tokens alone tell.
fn about_the_file(document: &Document) -> Vec<Diagnostic> {
    let first = document.at(0);
    let last = document.at(document.len().saturating_sub(1));
    let place = |at| Some(document.place(document.span(at)));
    let mut found = Vec::new();
    if document.kind(first) == Some(Kind::ByteOrderMark) {
        let text = gettext_noop("The file begins with a byte order mark, which fetchmail refuses");
        found.push(Diagnostic::advice("byte-order-mark", text, place(first)));
    }
    if document.kind(last) == Some(Kind::Comment) {
        let text =
            gettext_noop("The last line is a comment without a line end, which fetchmail refuses");
        found.push(Diagnostic::advice("comment-at-end", text, place(last)));
    }
    if document.len() as usize > Document::MAX {
        let text = gettext_noop("The file is too large to be a configuration");
        found.push(Diagnostic::error("too-large", text, place(first)));
    }
    found
}

/// Whether any of these keeps the file from being used.
pub fn has_errors(found: &[Diagnostic]) -> bool {
    found.iter().any(|found| found.severity == Severity::Error)
}

/// Groups a document into statements. The stanzas hold what could be read; with an error among
/// the diagnostics they are for editing only, never for polling.
pub fn read_whole(document: &Document) -> (Stanzas, Vec<Diagnostic>) {
    let outline = Outline::read(document);
    (outline.stanzas(), outline.diagnostics(document))
}
