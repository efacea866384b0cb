//! The pass over tokens that reads one statement by the option table. It reports every error it
//! finds; after one it goes on at the next option that may stand there.

mod value;
mod words;

use crate::base::i18n::gettext_noop;
use crate::rc::account::{Auth, Protocol};
use crate::rc::diagnostic::Severity;
use crate::rc::document::{At, Document, Span};
use crate::rc::lint::rules;
use crate::rc::option::{self, Found, Id, Keyword, Negation, Scope, Support};
use crate::rc::outline::{Finding, Said, Statement, What};
use crate::rc::settings::interface::is_interface;
use crate::rc::settings::{Entry, Setting, Settings, Value};
use words::{Lexeme, Words};

/// Reads the statement that begins at `at`, or what stands in the place of one. Returns it with the
/// token where the next begins. All places in it are counted from its first byte.
pub fn statement(document: &Document, at: At) -> (Statement, At) {
    let mut reader = Reader::new(document, at, false);
    let what = reader.statement();
    let next = reader.words.at();
    (reader.done(what), next)
}

/// The same with every place where an option is said, for editing.
pub fn statement_in_full(document: &Document, at: At) -> (Statement, Vec<Said>) {
    let mut reader = Reader::new(document, at, true);
    let what = reader.statement();
    let said = std::mem::take(&mut reader.said);
    (reader.done(what), said)
}

/// The first word that counts, at `at` or behind it.
pub fn first_word(document: &Document, at: At) -> At {
    Words::new(document, at).at()
}

/// The error was reported; go on behind it.
struct Reported;
type Reading<T> = Result<T, Reported>;

struct Reader<'d> {
    words: Words<'d>,
    /// Where the statement begins.
    start: u32,
    found: Vec<Finding>,
    /// Every place where an option is said, if wanted.
    said: Vec<Said>,
    is_in_full: bool,
    /// An error was reported and nothing was understood since: what follows from it is not told.
    is_lost: bool,
}

impl<'d> Reader<'d> {
    fn new(document: &'d Document, at: At, is_in_full: bool) -> Self {
        let words = Words::new(document, at);
        Self {
            words,
            start: words.look_span().start,
            found: Vec::new(),
            said: Vec::new(),
            is_in_full,
            is_lost: false,
        }
    }

    fn done(self, what: What) -> Statement {
        Statement {
            what,
            found: self.found.into(),
        }
    }

    /// The statement here; the words stand at the next one then.
    fn statement(&mut self) -> What {
        let what = match self.words.look() {
            Lexeme::Keyword(b"set") => {
                self.words.bump();
                self.global()
            }
            Lexeme::Keyword(b"poll" | b"server") => self.entry(true),
            Lexeme::Keyword(b"skip") => self.entry(false),
            Lexeme::Keyword(b"defaults") => Ok(self.defaults()),
            _ => {
                let text = gettext_noop("A statement must begin with poll, skip, defaults or set");
                Err(self.unexpected_as("unknown-word", text))
            }
        };
        // Whatever is left cannot be understood.
        if what.is_err() && self.words.look_span().start == self.start {
            self.words.skip_statement();
        }
        while !self.words.is_statement() && self.words.look() != Lexeme::End {
            self.words.skip_statement();
        }
        what.unwrap_or(What::Nothing)
    }

    fn global(&mut self) -> Reading<What> {
        let (found, start) = self.option(Scope::Global)?.ok_or_else(|| {
            let text = gettext_noop("This is not a global option");
            self.unexpected_as("unknown-word", text)
        })?;
        let setting = self.setting(found, start, None)?;
        if !self.words.is_statement() && self.words.look() != Lexeme::End {
            let text = gettext_noop("A statement must begin with poll, skip, defaults or set");
            self.unexpected_as("unknown-word", text);
        }
        Ok(What::Global(setting))
    }

    fn entry(&mut self, is_active: bool) -> Reading<What> {
        let head = self.words.bump();
        let name = match self.words.look() {
            Lexeme::Text(name) => {
                self.note_quotes();
                name.value().into_owned()
            }
            // Certainly meant as the name: what follows belongs to it.
            Lexeme::Number(digits) => {
                let text = gettext_noop("A string is expected here; digits need quotes");
                self.unexpected_as("digits-value", text);
                digits.to_vec()
            }
            _ => {
                let text = gettext_noop("The name of a server is missing");
                return Err(self.unexpected_as("missing-value", text));
            }
        };
        let head = head.to(self.words.bump());
        let entry = Entry {
            label: name,
            is_active,
            head: head.since(self.start),
            server: Settings::default(),
            users: Vec::new(),
        };
        Ok(What::Entry(self.body(entry)))
    }

    fn defaults(&mut self) -> What {
        let head = self.words.bump();
        What::Defaults(self.body(Entry {
            label: b"defaults".to_vec(),
            is_active: true,
            head: head.since(self.start),
            server: Settings::default(),
            users: Vec::new(),
        }))
    }

    /// Server options, then user options or user entries, up to the next statement.
    fn body(&mut self, mut entry: Entry) -> Entry {
        let mut is_named = false;
        while !self.words.is_statement() && self.words.look() != Lexeme::End {
            let before = self.words.at();
            match self.part(&mut entry, &mut is_named) {
                Ok(()) => self.is_lost = false,
                Err(Reported) => {
                    self.is_lost = true;
                    self.find_option(before);
                }
            }
        }
        self.is_lost = false;
        entry.server.shrink();
        entry.users.shrink_to_fit();
        entry.users.iter_mut().for_each(Settings::shrink);
        entry
    }

    /// Goes on to the next word that begins an option, behind `before`.
    fn find_option(&mut self, before: At) {
        let scopes = [Scope::Server, Scope::User];
        let begins = |words: &Words| {
            let meaning = words.meaning();
            let is_option = meaning.is_some_and(|m| scopes.iter().any(|s| m.option(*s).is_some()));
            matches!(words.look(), Lexeme::Keyword(word) if is_option || word == b"no")
        };
        if self.words.at() == before {
            self.words.recover();
        }
        while !self.words.is_statement() && self.words.look() != Lexeme::End && !begins(&self.words)
        {
            self.words.recover();
        }
    }

    /// One option of an entry. `is_named` tells whether a `user` was seen.
    fn part(&mut self, entry: &mut Entry, is_named: &mut bool) -> Reading<()> {
        let start = self.words.look_span();
        if let Some((found, start)) = self.option(Scope::Server)? {
            if !entry.users.is_empty() {
                let text = gettext_noop("Server options must come before user options");
                self.error_at("server-option-after-user", text, start);
            }
            let setting = self.setting(found, start, None)?;
            if setting.value == Value::Protocol(Protocol::Kpop) {
                kpop(&mut entry.server, setting.origin);
            }
            entry.server.say(setting);
            return Ok(());
        }
        let Some((found, start)) = self.option(Scope::User)? else {
            return Err(self.unknown(start));
        };
        if found.keyword.id == Id::User {
            if !*is_named && !entry.users.is_empty() {
                let text = gettext_noop("User options must follow the user they belong to");
                self.error_at("user-option-before-user", text, start);
            }
            *is_named = true;
            entry.users.push(Settings::default());
        } else if entry.users.is_empty() {
            entry.users.push(Settings::default());
        }
        let user = entry.users.len() - 1;
        let said = self.user_settings(found, start, user)?;
        if let Some(user) = entry.users.last_mut() {
            said.into_iter().for_each(|setting| user.say(setting));
        }
        Ok(())
    }

    fn user_settings(
        &mut self,
        found: Found,
        start: Span,
        user: usize,
    ) -> Reading<Option<Setting>> {
        match found.keyword.id {
            Id::User => self.user(start, user).map(Some),
            Id::Is => self
                .is(start, self.words.is_spelled(start, b"is"), user)
                .map(Some),
            _ => self.setting(found, start, Some(user)).map(Some),
        }
    }

    /// The option of `scope` that comes next, taken from the input, with `no` before it.
    fn option(&mut self, scope: Scope) -> Reading<Option<(Found, Span)>> {
        let back = self.words;
        let start = self.words.look_span();
        match self.words.look() {
            Lexeme::Keyword(b"no") => {
                self.words.bump();
                let found = self.words.meaning().and_then(|word| word.option(scope));
                let Some(found) = found.filter(|found| !found.is_negated) else {
                    self.words = back;
                    return Ok(None);
                };
                if found.keyword.negation == Negation::None {
                    let text = gettext_noop("There is no negated form of this option");
                    let reported = self.unexpected_as("no-negation", text);
                    self.words.bump();
                    return Err(reported);
                }
                self.words.bump();
                Ok(Some((
                    Found {
                        is_negated: true,
                        ..found
                    },
                    start,
                )))
            }
            // A word of a later release is a string to 6.4.37, which takes none here.
            Lexeme::Keyword(_) | Lexeme::Text(_) => {
                let found = self.words.meaning().and_then(|word| word.option(scope));
                Ok(found.map(|found| {
                    self.words.bump_option(found.keyword.id);
                    (found, start)
                }))
            }
            _ => Ok(None),
        }
    }

    fn setting(&mut self, found: Found, start: Span, user: Option<usize>) -> Reading<Setting> {
        let value = self.value(found)?;
        let span = start.to(self.words.last());
        if let (Id::Interface, Value::Text(text)) = (found.keyword.id, &value)
            && !is_interface(&String::from_utf8_lossy(text))
        {
            let text =
                gettext_noop("An interface must be written NAME/ADDRESS or NAME/ADDRESS/MASK");
            return Err(self.error_at("interface", text, self.words.last()));
        }
        Ok(self.said(found.keyword, value, span, user))
    }

    /// A finished setting; says what this version leaves without effect.
    fn said(
        &mut self,
        keyword: &'static Keyword,
        value: Value,
        span: Span,
        user: Option<usize>,
    ) -> Setting {
        let origin = span.since(self.start);
        if self.is_in_full {
            self.said.push(Said {
                keyword,
                value: value.clone(),
                span: origin,
                user,
            });
        }
        let option = Some(keyword.name());
        if keyword.support == Support::Warns && !value.is_off() {
            let text = gettext_noop("{option} has no effect in this version");
            let advice = self.advice("no-effect", text, span);
            self.found.push(Finding { option, ..advice });
        }
        if keyword.is_later {
            let text =
                gettext_noop("{option} is a word of later releases; fetchmail 6.4 refuses it");
            let advice = self.advice("later-word", text, span);
            self.found.push(Finding { option, ..advice });
        }
        Setting {
            keyword,
            value,
            origin: Some(origin),
        }
    }

    fn unknown(&mut self, start: Span) -> Reported {
        let text = match self.words.look() {
            Lexeme::Text(_) => gettext_noop("There is no such option"),
            Lexeme::Keyword(b"no") => gettext_noop("There is no such option to negate"),
            _ => gettext_noop("An option is expected here"),
        };
        self.error_at("unknown-word", text, start)
    }

    fn unexpected_as(&mut self, rule: &'static str, text: &'static str) -> Reported {
        let span = self.words.look_span();
        self.error_at(rule, text, span)
    }

    fn error_at(&mut self, slug: &'static str, text: &'static str, span: Span) -> Reported {
        if !self.is_lost {
            let is_showable = self.words.is_showable(span);
            self.found.push(Finding {
                severity: Severity::Error,
                is_showable,
                ..self.advice(slug, text, span)
            });
        }
        Reported
    }

    /// Advice about a word that may be shown.
    fn advise(&mut self, slug: &'static str, text: &'static str, span: Span) {
        let advice = self.advice(slug, text, span);
        self.found.push(Finding {
            is_showable: true,
            ..advice
        });
    }

    /// Advice about `span`, which is not shown.
    fn advice(&self, slug: &'static str, text: &'static str, span: Span) -> Finding {
        Finding {
            severity: rules::of(slug).severity.max(Severity::Warning),
            slug,
            text,
            span: span.since(self.start),
            option: None,
            is_showable: false,
        }
    }
}

/// KPOP brings its port along, and leaves it behind when the protocol changes again. It signs in
/// by Kerberos where `auth password` was said before it.
fn kpop(server: &mut Settings, origin: Option<Span>) {
    server.say(Setting {
        keyword: option::keyword(Id::Service),
        value: Value::Text(b"kpop".to_vec()),
        origin,
    });
    let auth = server
        .find(Id::Auth)
        .filter(|auth| auth.value == Value::Auth(Auth::Password));
    if let Some(keyword) = auth.map(|auth| auth.keyword) {
        server.say(Setting {
            keyword,
            value: Value::Auth(Auth::KerberosV5),
            origin,
        });
    }
}
