//! What follows a keyword, read as the option table says.

use crate::base::Secret;
use crate::base::i18n::gettext_noop;
use crate::rc::account::LocalName;
use crate::rc::document::Span;
use crate::rc::option::words as table;
use crate::rc::option::{self, Found, Id, Kind, Scope};
use crate::rc::settings::read::words::Lexeme;
use crate::rc::settings::read::{Reader, Reading};
use crate::rc::settings::{Setting, Value, number};

impl Reader<'_> {
    /// The value of an option whose keyword was just read.
    pub(super) fn value(&mut self, found: Found) -> Reading<Value> {
        let keyword = found.keyword;
        if found.is_negated {
            return Ok(match keyword.kind {
                Kind::Envelope => Value::Envelope {
                    skip: 0,
                    name: None,
                },
                _ => Value::Flag(false),
            });
        }
        match keyword.kind {
            Kind::Flag => Ok(Value::Flag(true)),
            Kind::Number => self.number().map(Value::Number),
            Kind::Text | Kind::Path | Kind::Command | Kind::User => {
                if keyword.scope == Scope::Global && self.words.look() == Lexeme::Equals {
                    self.words.bump();
                }
                self.text().map(Value::Text)
            }
            Kind::Secret => self.secret(),
            Kind::Service => match self.words.look() {
                Lexeme::Number(_) => self
                    .number()
                    .map(|port| Value::Text(port.to_string().into_bytes())),
                _ => self.text().map(Value::Text),
            },
            Kind::List => self.list(),
            Kind::Numbers => self.numbers(),
            Kind::Names => self.names(),
            Kind::Protocol => self.protocol(),
            Kind::Auth => self.auth(),
            Kind::Choice(words) => self.choice(words),
            Kind::Envelope => self.envelope(),
        }
    }

    fn number(&mut self) -> Reading<i32> {
        let Lexeme::Number(digits) = self.words.look() else {
            let text = gettext_noop("A number is expected here");
            return Err(self.unexpected_as("number-value", text));
        };
        self.words.bump();
        Ok(number(digits))
    }

    fn text(&mut self) -> Reading<Vec<u8>> {
        let text = match self.words.look() {
            Lexeme::Text(text) => {
                self.note_quotes();
                text.value().into_owned()
            }
            // As likely the value itself as the option after it: with the first nothing else is
            // wrong.
            Lexeme::Keyword(word) if !table::begins_statement(word) => {
                let text = gettext_noop("A value is expected here; keywords need quotes");
                let reported = self.unexpected_as("keyword-value", text);
                self.words.bump();
                return Err(reported);
            }
            Lexeme::Number(_) => {
                let text = gettext_noop("A string is expected here; digits need quotes");
                return Err(self.unexpected_as("digits-value", text));
            }
            _ => {
                let text = gettext_noop("A value is expected here");
                return Err(self.unexpected_as("missing-value", text));
            }
        };
        self.words.bump();
        Ok(text)
    }

    /// The trap of rcfile.md section 2.2: quotes that became part of the value.
    pub(super) fn note_quotes(&mut self) {
        let is_trap = |raw: &[u8]| raw.first() == Some(&b'\'') || raw.contains(&b'"');
        if self.words.raw_word().is_some_and(is_trap) {
            let span = self.words.look_span();
            let text = gettext_noop(
                "The quotes are part of this value, because of what stands beside them",
            );
            let advice = self.advice("quotes-in-value", text, span);
            self.found.push(advice);
        }
    }

    fn secret(&mut self) -> Reading<Value> {
        let back = self.words;
        let secret = Secret::new(self.text()?);
        self.words = back;
        self.words.bump_secret();
        Ok(Value::Secret(secret))
    }

    fn list(&mut self) -> Reading<Value> {
        let mut list = vec![self.text()?];
        while let Lexeme::Text(text) = self.words.look() {
            self.later_word_in_list();
            self.note_quotes();
            self.words.bump();
            list.push(text.value().into_owned());
        }
        Ok(Value::List(list))
    }

    fn numbers(&mut self) -> Reading<Value> {
        let mut numbers = vec![self.number()?];
        while let Lexeme::Number(_) = self.words.look() {
            numbers.push(self.number()?);
        }
        Ok(Value::Numbers(numbers))
    }

    fn protocol(&mut self) -> Reading<Value> {
        let word = self.words.raw_word().and_then(table::protocol);
        let text = gettext_noop("This is not a protocol");
        let protocol = word.ok_or_else(|| self.unexpected_as("protocol-word", text))?;
        self.words.bump();
        Ok(Value::Protocol(protocol))
    }

    fn auth(&mut self) -> Reading<Value> {
        let word = self.words.raw_word().unwrap_or_default();
        let (value, is_later) = match table::auth(word) {
            Some(method) => (Value::Auth(method.auth), method.is_later),
            None if word == table::APOP.as_bytes() => (Value::Choice(table::APOP), true),
            None => {
                let text = gettext_noop("This is not a way to sign in");
                return Err(self.unexpected_as("auth-word", text));
            }
        };
        let span = self.words.bump();
        if is_later {
            let text = gettext_noop("This is a word of later releases; fetchmail 6.4 refuses it");
            self.advise("later-word", text, span);
        }
        Ok(value)
    }

    fn choice(&mut self, words: &'static [&'static str]) -> Reading<Value> {
        let said = match self.words.look() {
            Lexeme::Keyword(word) => word.to_vec(),
            // The words of later releases are no keywords to the lexer, and some need quotes.
            Lexeme::Text(word) if !option::is_reserved(&word.value()) => word.value().into_owned(),
            _ => Vec::new(),
        };
        let Some(word) = words.iter().find(|word| word.as_bytes() == said) else {
            let text = gettext_noop("This is not one of the possible words");
            return Err(self.unexpected_as("syntax", text));
        };
        self.words.bump();
        Ok(Value::Choice(word))
    }

    fn envelope(&mut self) -> Reading<Value> {
        let skip = match self.words.look() {
            Lexeme::Number(_) => self.number()?,
            _ => 0,
        };
        let skip = u32::try_from(skip).unwrap_or(0);
        Ok(Value::Envelope {
            skip,
            name: Some(self.text()?),
        })
    }

    /// One name or `remote=local` pair after the next: at least one.
    fn maps(&mut self) -> Reading<Vec<LocalName>> {
        let mut maps = Vec::new();
        loop {
            if !maps.is_empty() && !matches!(self.words.look(), Lexeme::Text(_)) {
                return Ok(maps);
            }
            let remote = self.text()?;
            let is_pair = self.words.look() == Lexeme::Equals;
            let local = if is_pair {
                self.words.bump();
                self.text()?
            } else {
                remote.clone()
            };
            maps.push(LocalName {
                remote,
                local,
                is_pair,
            });
        }
    }

    fn names(&mut self) -> Reading<Value> {
        Ok(local_names(self.maps()?))
    }

    /// After `user`: a remote name, perhaps with `there`, or local names with `here`.
    pub(super) fn user(&mut self, start: Span, user: usize) -> Reading<Setting> {
        let first = self.text()?;
        let back = self.words;
        let is_local = match self.words.look() {
            Lexeme::Text(_) | Lexeme::Equals => {
                self.words = back;
                self.user_is_local(&first)?
            }
            Lexeme::Keyword(b"here") => Some(vec![LocalName::plain(first.clone())]),
            _ => None,
        };
        if let Some(maps) = is_local {
            self.words.bump();
            let span = start.to(self.words.last());
            let names = option::keyword(Id::Is);
            return Ok(self.said(names, local_names(maps), span, Some(user)));
        }
        if self.words.look() == Lexeme::Keyword(b"there") {
            self.words.bump();
        }
        let span = start.to(self.words.last());
        Ok(self.said(
            option::keyword(Id::User),
            Value::Text(first),
            span,
            Some(user),
        ))
    }

    /// More words follow `user first`: they are local names if `here` ends them. If not, the
    /// second word is either an option of a later release or out of place.
    fn user_is_local(&mut self, first: &[u8]) -> Reading<Option<Vec<LocalName>>> {
        let back = self.words;
        let mut maps = Vec::new();
        if self.words.look() == Lexeme::Equals {
            self.words.bump();
            maps.push(LocalName {
                remote: first.to_vec(),
                local: self.text()?,
                is_pair: true,
            });
        } else {
            maps.push(LocalName::plain(first));
        }
        if let Lexeme::Text(_) = self.words.look() {
            maps.extend(self.maps()?);
        }
        if self.words.look() == Lexeme::Keyword(b"here") {
            return Ok(Some(maps));
        }
        self.words = back;
        if self.is_later_option() {
            return Ok(None);
        }
        let text = gettext_noop("There is no such option, or here is missing after local names");
        Err(self.unexpected_as("unknown-word", text))
    }

    /// After `is` or `to`: local names, perhaps with `here`; after `is` also one remote name with
    /// `there`.
    pub(super) fn is(&mut self, start: Span, takes_there: bool, user: usize) -> Reading<Setting> {
        let maps = self.maps()?;
        match (self.words.look(), &maps[..]) {
            (Lexeme::Keyword(b"there"), [name]) if takes_there && !name.is_pair => {
                self.words.bump();
                let value = Value::Text(name.remote.clone());
                let span = start.to(self.words.last());
                Ok(self.said(option::keyword(Id::User), value, span, Some(user)))
            }
            (lexeme, _) => {
                if lexeme == Lexeme::Keyword(b"here") {
                    self.words.bump();
                }
                let span = start.to(self.words.last());
                Ok(self.said(option::keyword(Id::Is), local_names(maps), span, Some(user)))
            }
        }
    }

    /// Whether the word here is an option of a later release.
    fn is_later_option(&self) -> bool {
        let meaning = self.words.meaning();
        let found = [Scope::User, Scope::Server].map(|scope| meaning.and_then(|m| m.option(scope)));
        found.iter().flatten().any(|found| found.keyword.is_later)
    }

    /// 6.4.37 takes words of later releases for strings, and so do we; the person may not.
    fn later_word_in_list(&mut self) {
        let span = self.words.look_span();
        if self.is_later_option() {
            let text = gettext_noop(
                "This word belongs to the list before it; quote it, or move the option",
            );
            self.advise("option-in-list", text, span);
        }
    }
}

fn local_names(maps: Vec<LocalName>) -> Value {
    let is_star = |name: &LocalName| !name.is_pair && name.remote == b"*";
    let stars = maps.iter().filter(|name| is_star(name)).count();
    // Room for these and no more: a file may have very many.
    let mut names = Vec::with_capacity(maps.len() - stars);
    names.extend(maps.into_iter().filter(|name| !is_star(name)));
    Value::Names {
        names,
        wildcard: stars > 0,
    }
}
