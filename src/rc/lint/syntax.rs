//! Fixes for what keeps a file from being read, where there is hardly a doubt about what is meant.
//! Works on the tokens: what the reader made of them is what went wrong.

mod place;

use crate::base::i18n::gettext_noop;
use crate::rc::diagnostic::{Diagnostic, Fix, Severity};
use crate::rc::document::{Document, Span};
use crate::rc::edit::write::{Style, text};
use crate::rc::edit::{Change, Edit};
use crate::rc::lex::Kind as Shape;
use crate::rc::mask;
use crate::rc::option::words::{self, begins_statement};
use crate::rc::option::{self, Id, Kind, Negation, Scope};
use crate::rc::settings::{Placed, Stanzas};
use place::Tokens;

/// Attaches fixes to errors of the reader, and hints at quotes that are not closed.
pub fn fix(document: &Document, stanzas: &Stanzas, found: &mut Vec<Diagnostic>) {
    let is_ours = |d: &Diagnostic| d.fix.is_none() && d.account.is_none() && d.place.is_some();
    if !found.iter().any(is_ours) {
        return;
    }
    let tokens = Tokens::new(document);
    let mut moves_defaults = false;
    for finding in found.iter_mut().filter(|d| is_ours(d)) {
        let Some(place) = finding.place else {
            continue;
        };
        // One of them can come to the front.
        if finding.slug == "late-defaults" && std::mem::replace(&mut moves_defaults, true) {
            continue;
        }
        finding.fix = Case {
            tokens: &tokens,
            stanzas,
            span: place.span,
        }
        .fix(finding.slug);
    }
    let errors = found.iter().filter(|d| d.severity == Severity::Error);
    let first = errors.filter_map(|d| d.place).map(|p| p.span).min();
    let quote = first.and_then(|first| tokens.open_quote(first.end));
    found.extend(quote.map(|span| {
        let text = gettext_noop("This quote is closed only lines later, or not at all");
        Diagnostic::found("open-quote", text, Some(document.place(span)))
    }));
}

/// One error.
struct Case<'a> {
    tokens: &'a Tokens,
    stanzas: &'a Stanzas,
    span: Span,
}

impl Case<'_> {
    fn fix(&self, slug: &str) -> Option<Fix> {
        match slug {
            "byte-order-mark" => {
                let title = gettext_noop("Remove the byte order mark");
                Some(Fix::safe(title, vec![self.replaced(self.span, b"")]))
            }
            "comment-at-end" => {
                let end = Span {
                    start: self.span.end,
                    end: self.span.end,
                };
                let title = gettext_noop("End the last line");
                Some(Fix::safe(title, vec![self.replaced(end, b"\n")]))
            }
            "late-defaults" => {
                let title = gettext_noop("Move the defaults to the front");
                Some(Fix::safe(title, vec![Edit::DefaultsFirst]))
            }
            "server-option-after-user" => self.moved_forward(),
            "user-option-before-user" => self.moved_behind(),
            "digits-value" => Some(self.quoted(self.span, true)),
            "keyword-value" => {
                // As likely an option whose neighbour lacks a value.
                let word = self.tokens.raw(self.span);
                let is_option = [Scope::Server, Scope::User]
                    .iter()
                    .any(|scope| option::find(*scope, word).is_some());
                Some(self.quoted(self.span, !is_option && word != b"no"))
            }
            "number-value" => self.number(),
            "protocol-word" => self.protocol(),
            "auth-word" => self.auth(),
            "unknown-word" => self
                .glued()
                .or_else(|| self.spelling())
                .or_else(|| self.command()),
            _ => None,
        }
    }

    fn replaced(&self, span: Span, with: &[u8]) -> Edit {
        Edit::Bytes(Change {
            span,
            with: with.to_vec(),
        })
    }

    fn quoted(&self, span: Span, safe: bool) -> Fix {
        let with = [b"\"", self.tokens.raw(span), b"\""].concat();
        let title = gettext_noop("Put the value in quotes");
        Fix {
            safe,
            ..Fix::safe(title, vec![self.replaced(span, &with)])
        }
    }

    /// `limit "5"`, `set daemon = 300`, `port imaps`.
    fn number(&self) -> Option<Fix> {
        let raw = self.tokens.raw(self.span);
        let (at, _) = self.tokens.at(self.span.start)?;
        let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        if raw == b"=" {
            let next = self.tokens.next_word(at)?;
            let title = gettext_noop("Remove the equals sign");
            let span = Span {
                start: self.tokens.end_of_word_before(at),
                end: next.0.start,
            };
            return is_number(self.tokens.raw(next.0))
                .then(|| Fix::safe(title, vec![self.replaced(span, b" ")]));
        }
        let inside = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
        if matches!(raw.first(), Some(b'"' | b'\'')) && is_number(inside) {
            let title = gettext_noop("Remove the quotes");
            return Some(Fix::safe(title, vec![self.replaced(self.span, inside)]));
        }
        let (keyword, _) = self.tokens.word_before(at)?;
        let is_name = raw.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-');
        if self.tokens.raw(keyword) == b"port" && is_name && raw.iter().any(u8::is_ascii_alphabetic)
        {
            let value = text(raw, &Style::default())?;
            let edits = vec![
                self.replaced(self.span, &value),
                self.replaced(keyword, b"service"),
            ];
            return Some(Fix::safe(
                gettext_noop("Write service, which takes names"),
                edits,
            ));
        }
        None
    }

    fn protocol(&self) -> Option<Fix> {
        let raw = self.tokens.raw(self.span);
        // Protocols of old releases that named the way to sign in.
        let old: Option<&[u8]> = match raw {
            b"imap-gss" => Some(b"imap auth gssapi"),
            b"imap-k4" => Some(b"imap auth kerberos_v5"),
            b"imap-login" => Some(b"imap auth password"),
            _ => None,
        };
        if let Some(new) = old {
            let title = gettext_noop("Write it as protocol and auth");
            return Some(Fix::choice(title, vec![self.replaced(self.span, new)]));
        }
        let lower = raw.to_ascii_lowercase();
        let names = words::PROTOCOLS.iter().map(|row| row.word);
        let is_case = words::protocol(&lower).is_some();
        let meant = nearest(&lower, names, 1)?;
        Some(self.meant(meant.as_bytes(), is_case))
    }

    fn auth(&self) -> Option<Fix> {
        let lower = self.tokens.raw(self.span).to_ascii_lowercase();
        let names = words::method_words();
        let is_case = words::auth(&lower).is_some();
        let meant = nearest(&lower, names, 2)?;
        Some(self.meant(meant.as_bytes(), is_case))
    }

    fn meant(&self, word: &[u8], safe: bool) -> Fix {
        let shown = String::from_utf8_lossy(word).into_owned();
        let title = gettext_noop("Write {word}");
        let fix = Fix::choice(title, vec![self.replaced(self.span, word)]);
        Fix { safe, ..fix }.with("word", shown)
    }

    /// A value that ends too early: `pass a=b`, `sslfingerprint AA:BB`. What is written without a
    /// blank is meant as one.
    fn glued(&self) -> Option<Fix> {
        let (at, _) = self.tokens.at(self.span.start)?;
        let (run, first) = self.tokens.run(at)?;
        let (keyword, _) = self.tokens.word_before(first)?;
        let found = [Scope::User, Scope::Server, Scope::Global]
            .iter()
            .find_map(|scope| option::find(*scope, self.tokens.raw(keyword)))?;
        let takes_one = matches!(
            found.keyword.kind,
            Kind::Text | Kind::Secret | Kind::Path | Kind::Command
        ) && !found.is_negated;
        let text = self.tokens.raw(run);
        let is_plain = !text.iter().any(|b| b"\"'\\\n".contains(b));
        let is_split = text.iter().any(|b| b"=:,;".contains(b));
        (takes_one && is_plain && is_split && run.start < self.span.start)
            .then(|| self.quoted(run, true))
    }

    /// A command whose arguments are left outside: all up to the end of the line.
    fn command(&self) -> Option<Fix> {
        let (at, _) = self.tokens.at(self.span.start)?;
        let (value, value_at) = self.tokens.word_before(at)?;
        let (keyword, _) = self.tokens.word_before(value_at)?;
        let found = [Scope::User, Scope::Server]
            .iter()
            .find_map(|scope| option::find(*scope, self.tokens.raw(keyword)))?;
        let end = self.tokens.end_of_line(at);
        let span = Span {
            start: value.start,
            end,
        };
        let text = self.tokens.raw(span);
        let is_plain = !text.iter().any(|b| b"\"'\\\n".contains(b));
        let has_keyword = text.split(u8::is_ascii_whitespace).any(option::is_reserved);
        (found.keyword.kind == Kind::Command && is_plain && !has_keyword)
            .then(|| self.quoted(span, false))
    }

    /// Capitals, a `no` that is not apart, an old word, a letter too many or too few.
    fn spelling(&self) -> Option<Fix> {
        let raw = self.tokens.raw(self.span);
        let (at, shape) = self.tokens.at(self.span.start)?;
        if shape != Shape::Word
            || mask::touches(self.tokens.secrets(), self.span.start, self.span.end)
        {
            return None;
        }
        let before = self
            .tokens
            .word_before(at)
            .map(|(span, _)| self.tokens.raw(span));
        let is_global = before == Some(b"set");
        let scopes: &[Scope] = match (is_global, self.is_in_entry()) {
            (true, _) => &[Scope::Global],
            (false, true) => &[Scope::Server, Scope::User],
            (false, false) => &[],
        };
        let find = |word: &[u8]| scopes.iter().find_map(|scope| option::find(*scope, word));
        let lower = raw.to_ascii_lowercase();
        if lower != raw && (find(&lower).is_some() || begins_statement(&lower) || lower == b"no") {
            return Some(self.meant(&lower, true));
        }
        if let Some(rest) = lower.strip_prefix(b"no")
            && let Some(found) = find(rest)
            && found.keyword.negation == Negation::Spaced
        {
            return Some(self.meant(&[b"no ", rest].concat(), true));
        }
        if lower == b"remote" {
            return Some(self.meant(b"folder", true));
        }
        let most = if lower.len() <= 4 { 1 } else { 2 };
        let options = option::all()
            .filter(|keyword| scopes.contains(&keyword.scope) && !keyword.is_later)
            .flat_map(|keyword| keyword.words.iter().copied());
        let statements = ["poll", "skip", "defaults"]
            .into_iter()
            .filter(|_| !is_global);
        // A number that is not apart is no misspelling: it is a value.
        let digits = lower.iter().rposition(|byte| !byte.is_ascii_digit());
        let (name, number) = lower.split_at(digits.map_or(0, |last| last + 1));
        if !number.is_empty() {
            let found = find(name)?;
            let takes_number = !found.is_negated && found.keyword.kind != Kind::Flag;
            let apart = [name, b" ", number].concat();
            return takes_number.then(|| self.meant(&apart, false));
        }
        let word = nearest(&lower, options.chain(statements), most)?;
        let deletes = find(word.as_bytes()).is_some_and(|found| {
            matches!(found.keyword.id, Id::Flush | Id::Limitflush | Id::Fetchall)
        });
        Some(self.meant(word.as_bytes(), !deletes))
    }

    fn is_in_entry(&self) -> bool {
        self.entry()
            .is_some_and(|entry| entry.head().end <= self.span.start)
    }

    /// A server option in front of the first user of its entry.
    fn moved_forward(&self) -> Option<Fix> {
        let entry = self.entry()?;
        let mut spans = entry
            .server
            .iter()
            .filter_map(|setting| entry.place(setting));
        let option = spans.find(|span| span.start == self.span.start)?;
        let users = entry.users.iter().flat_map(|user| user.iter());
        let first = users.filter_map(|setting| entry.place(setting)).min()?;
        let first = self.tokens.start_of_option(first);
        let insertion = self.tokens.in_front_of(first, self.tokens.raw(option));
        let edits = vec![
            Edit::Bytes(self.tokens.removal(option)),
            Edit::Bytes(insertion),
        ];
        (first < option.start)
            .then(|| Fix::safe(gettext_noop("Move it before the first user"), edits))
    }

    /// The entry the error is in.
    fn entry(&self) -> Option<&Placed> {
        let entries = &self.stanzas.entries;
        let behind = entries.partition_point(|entry| entry.start <= self.span.start);
        match behind.checked_sub(1) {
            Some(index) => entries.get(index),
            None => self.stanzas.defaults.as_ref(),
        }
    }

    /// User options behind the user that follows them.
    fn moved_behind(&self) -> Option<Fix> {
        let entry = self.entry()?;
        let origins = |user: usize| {
            let settings = entry
                .users
                .get(user)
                .into_iter()
                .flat_map(|user| user.iter());
            settings.filter_map(|setting| entry.place(setting))
        };
        let start = self.tokens.start_of_option(origins(0).min()?);
        let end = origins(0).map(|span| span.end).max()?;
        let user = origins(1)
            .min()
            .filter(|span| span.start == self.span.start)?;
        let options = Span { start, end };
        if end > user.start || self.tokens.raw(options).contains(&b'#') {
            return None;
        }
        let insertion = Change {
            span: Span {
                start: user.end,
                end: user.end,
            },
            with: [b" ", self.tokens.raw(options)].concat(),
        };
        let edits = vec![
            Edit::Bytes(insertion),
            Edit::Bytes(self.tokens.removal(options)),
        ];
        Some(Fix::safe(gettext_noop("Move them behind the user"), edits))
    }
}

/// The one word that is nearest, if it is near.
fn nearest<'w>(word: &[u8], words: impl Iterator<Item = &'w str>, most: usize) -> Option<&'w str> {
    let near = words.filter_map(|name| Some((mask::distance(word, name.as_bytes(), most)?, name)));
    let mut near: Vec<_> = near.collect();
    near.sort();
    near.dedup();
    match near[..] {
        [(_, only)] => Some(only),
        [(first, name), (second, _), ..] if first < second => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
