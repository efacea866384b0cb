//! What is wrong, or worth saying, about a file: where, which rule, one sentence.
//!
//! A diagnostic never shows a password: words that follow one too closely to be told from it, and
//! strings in quotes, are not quoted back (see [`crate::rc::settings::read`]).

use std::fmt;

use crate::base::i18n::{fill, gettext, gettext_noop};
use crate::base::text::quiet;
use crate::rc::account::AccountId;
use crate::rc::document::{Document, Span};
use crate::rc::edit::Edit;
use crate::rc::lint::rules::{self, Rule};

/// Where in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// The bytes meant.
    pub span: Span,
}

/// Whether the file can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It cannot (exit status 5).
    Error,
    /// It can; something is likely to go wrong.
    Warning,
    /// It can; a person may want to know.
    Hint,
}

impl Severity {
    /// The word for it in reports, JSON and tests; not translated.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Hint => "hint",
        }
    }
}

/// What would make a finding go away.
#[derive(Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, English, with `{placeholders}`: the key of its translation.
    pub title: &'static str,
    /// What the placeholders stand for.
    pub values: Vec<(&'static str, String)>,
    /// Made one after the other, each on what the one before left. None at all for a fix outside
    /// of the text: saving the file makes it private.
    pub edits: Vec<Edit>,
    /// It changes no meaning beyond the finding itself, and needs no choice of a person.
    pub safe: bool,
}

impl Fix {
    /// A fix that can be made without asking.
    pub fn safe(title: &'static str, edits: Vec<Edit>) -> Self {
        Self {
            title,
            values: Vec::new(),
            edits,
            safe: true,
        }
    }

    /// A fix a person must choose.
    pub fn choice(title: &'static str, edits: Vec<Edit>) -> Self {
        Self {
            safe: false,
            ..Self::safe(title, edits)
        }
    }

    /// With the value of a placeholder of the title.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// The title in the person's language.
    pub fn sentence(&self) -> String {
        filled(self.title, &self.values)
    }
}

impl fmt::Debug for Fix {
    /// Edits may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fix({:?}, {} edits)", self.title, self.edits.len())
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How grave.
    pub severity: Severity,
    /// Slug of the rule; see [`Self::rule`].
    pub slug: &'static str,
    /// Where; `None` when it comes from the command line.
    pub place: Option<Place>,
    /// The sentence, English, with `{placeholders}`: the key of its translation.
    pub text: &'static str,
    /// What the placeholders stand for.
    pub values: Vec<(&'static str, String)>,
    /// The word it is about, made safe to show; `None` where it could be a secret.
    pub token: Option<String>,
    /// The account it is about, where it is about one.
    pub account: Option<AccountId>,
    /// What would make it go away, where a program can do that.
    pub fix: Option<Fix>,
}

/// Most findings that are told of one file: nobody reads more, and a file may be wrong all over.
pub const MOST: usize = 10_000;

/// Adds a finding; when there are very many, only that there are more.
pub fn note(all: &mut Vec<Diagnostic>, finding: impl FnOnce() -> Diagnostic) {
    let is_told = |last: &Diagnostic| last.slug == "too-many" && last.severity == Severity::Error;
    if all.len() > MOST && all.last().is_some_and(is_told) {
        return;
    }
    let finding = finding();
    if all.len() < MOST {
        all.push(finding);
        return;
    }
    if all.len() == MOST {
        let text = gettext_noop("There is more like this, which is not shown");
        all.push(Diagnostic::found("too-many", text, finding.place));
    }
    // The file cannot be used, whatever else is left out.
    if let Some(last) = all
        .last_mut()
        .filter(|_| finding.severity == Severity::Error)
    {
        last.severity = Severity::Error;
    }
}

impl Diagnostic {
    /// An error at `span`. The token is not shown unless [`Self::at_token`] says so.
    pub fn error(slug: &'static str, text: &'static str, place: Option<Place>) -> Self {
        Self {
            severity: Severity::Error,
            slug,
            place,
            text,
            values: Vec::new(),
            token: None,
            account: None,
            fix: None,
        }
    }

    /// Something worth saying that stops nothing; the table says how much it is worth.
    pub fn advice(slug: &'static str, text: &'static str, place: Option<Place>) -> Self {
        let severity = rules::of(slug).severity.max(Severity::Warning);
        Self {
            severity,
            ..Self::error(slug, text, place)
        }
    }

    /// A finding as grave as the table says.
    pub fn found(slug: &'static str, text: &'static str, place: Option<Place>) -> Self {
        Self {
            severity: rules::of(slug).severity,
            ..Self::error(slug, text, place)
        }
    }

    /// With the value of a placeholder of the sentence.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// With the word it is about. The caller knows that it is no secret.
    pub fn at_token(mut self, document: &Document, span: Span) -> Self {
        self.token = Some(quiet(&document.slice(span), 40));
        self
    }

    /// About this account, which `{account}` in the sentence stands for.
    pub fn about(mut self, account: &AccountId) -> Self {
        self.account = Some(account.clone());
        self.with("account", account.to_string())
    }

    /// With what would make it go away.
    pub fn fixed(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fix = fix.into();
        self
    }

    /// Its row in the table of rules.
    pub fn rule(&self) -> &'static Rule {
        rules::of(self.slug)
    }

    /// What `Ignore Here` remembers: the rule and the account, not the place.
    pub fn key(&self) -> String {
        match &self.account {
            Some(id) => format!("{}\t{}\t{}\t{}", self.slug, id.label, id.user, id.ordinal),
            None => self.slug.to_owned(),
        }
    }

    /// The sentence in the person's language, without place and token.
    pub fn sentence(&self) -> String {
        filled(self.text, &self.values)
    }

    /// The sentence with the word it is about.
    pub fn message(&self) -> String {
        let sentence = self.sentence();
        match &self.token {
            Some(token) => {
                // TRANSLATORS: an error in the rc file, and the word it was found at.
                let text = gettext("{sentence} at {token}");
                fill(&text, &[("sentence", &sentence), ("token", token)])
            }
            None => sentence,
        }
    }

    /// `FILE:LINE:COLUMN: sentence at TOKEN`, as editors and scripts expect it.
    pub fn in_file<'a>(&'a self, file: &'a str) -> impl fmt::Display + 'a {
        InFile {
            diagnostic: self,
            file,
        }
    }
}

/// `LINE:COLUMN: sentence at TOKEN`
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.place {
            write!(f, "{}:{}: ", place.line, place.column)?;
        }
        f.write_str(&self.message())
    }
}

fn filled(text: &str, values: &[(&'static str, String)]) -> String {
    let values: Vec<(&str, &dyn fmt::Display)> = values
        .iter()
        .map(|(name, value)| (*name, value as &dyn fmt::Display))
        .collect();
    fill(&gettext(text), &values)
}

struct InFile<'a> {
    diagnostic: &'a Diagnostic,
    file: &'a str,
}

impl fmt::Display for InFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.diagnostic.place.is_some() {
            write!(f, "{}:{}", self.file, self.diagnostic)
        } else {
            self.diagnostic.fmt(f)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn very_many_are_told_to_be_many() {
        let text = "poll a klunk keep ".repeat(MOST + 5);
        let (_, found) = crate::rc::settings::read(&Document::parse(&text));
        assert_eq!(found.len(), MOST + 1);
        let last = found.last().unwrap();
        assert_eq!((last.slug, last.severity), ("too-many", Severity::Error));
        // Errors behind very much advice still are errors.
        let advice = "poll a principal b ".repeat(MOST + 5);
        let (_, found) = crate::rc::settings::read(&Document::parse(advice.clone()));
        assert_eq!(found.last().unwrap().severity, Severity::Hint);
        assert!(!crate::rc::outline::has_errors(&found));
        let (_, found) = crate::rc::settings::read(&Document::parse(advice + "klunk"));
        assert!(crate::rc::outline::has_errors(&found));
    }

    #[test]
    fn reads_like_a_compiler() {
        let check = |bytes: &[u8], span: Span, expected: &str| {
            let document = Document::parse(bytes);
            let place = Some(document.place(span));
            let error = Diagnostic::error("r", "no {what}", place).with("what", "{what}");
            assert_eq!(error.to_string(), expected);
            let error = error.at_token(&document, span);
            assert_eq!(
                error.in_file("rc").to_string(),
                format!("rc:{expected} at klunk")
            );
        };
        check(b"klunk", Span { start: 0, end: 5 }, "1:1: no {what}");
        check(
            "a\n \u{f6} klunk\n".as_bytes(),
            Span { start: 6, end: 11 },
            "2:4: no {what}",
        );
        check(
            b"a\n\xf6 klunk\n",
            Span { start: 4, end: 9 },
            "2:3: no {what}",
        );
    }
}
