//! What is wrong, or worth saying, about a file: where, which rule, one sentence.
//!
//! A diagnostic never shows a password: words that follow one too closely to be told from it, and
//! strings in quotes, are not quoted back (see [`crate::rc::settings::read`]).

use std::fmt;

use crate::base::i18n::{fill, gettext};
use crate::base::text::quiet;
use crate::rc::document::{Document, Span};

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

impl Place {
    /// A span whose line and column are not known yet.
    pub fn bare(span: Span) -> Self {
        Self {
            line: 0,
            column: 0,
            span,
        }
    }
}

/// Whether the file can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It cannot (exit status 5).
    Error,
    /// It can; a person may want to know.
    Advice,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How grave.
    pub severity: Severity,
    /// Stable name of the rule, as `lint` prints it.
    pub rule: &'static str,
    /// Where; `None` when it comes from the command line.
    pub place: Option<Place>,
    /// The sentence, English, with `{placeholders}`: the key of its translation.
    pub text: &'static str,
    /// What the placeholders stand for.
    pub values: Vec<(&'static str, String)>,
    /// The word it is about, made safe to show; `None` where it could be a secret.
    pub token: Option<String>,
}

impl Diagnostic {
    /// An error at `span`. The token is not shown unless [`Self::at_token`] says so.
    pub fn error(rule: &'static str, text: &'static str, place: Option<Place>) -> Self {
        Self {
            severity: Severity::Error,
            rule,
            place,
            text,
            values: Vec::new(),
            token: None,
        }
    }

    /// Something worth saying that stops nothing.
    pub fn advice(rule: &'static str, text: &'static str, place: Option<Place>) -> Self {
        Self {
            severity: Severity::Advice,
            ..Self::error(rule, text, place)
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

    /// The sentence in the person's language, without place and token.
    pub fn sentence(&self) -> String {
        let values: Vec<(&str, &dyn fmt::Display)> = self
            .values
            .iter()
            .map(|(name, value)| (*name, value as &dyn fmt::Display))
            .collect();
        fill(&gettext(self.text), &values)
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
        let sentence = self.sentence();
        match &self.token {
            Some(token) => {
                // TRANSLATORS: an error in the rc file, and the word it was found at.
                let text = gettext("{sentence} at {token}");
                f.write_str(&fill(&text, &[("sentence", &sentence), ("token", token)]))
            }
            None => f.write_str(&sentence),
        }
    }
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
