//! The pass over tokens that groups them into statements by the option table. It reports every
//! error it finds and goes on at the next word that can begin an option or a statement. Until an
//! option was understood again it says nothing more, so that one mistake is one error.

mod value;
mod words;

use crate::base::i18n::gettext_noop;
use crate::rc::account::{Auth, Protocol};
use crate::rc::diagnostic::{Diagnostic, Severity};
use crate::rc::document::{Document, Span};
use crate::rc::lex::Kind as Shape;
use crate::rc::option::words::begins_statement;
use crate::rc::option::{self, Found, Id, Keyword, Negation, Scope, Support};
use crate::rc::settings::{Entry, Setting, Settings, Stanzas, Value};
use words::{Lexeme, Words};

/// Groups a document into statements. The stanzas hold what could be read; with an error among
/// the diagnostics they are for editing only, never for polling.
pub fn read(document: &Document) -> (Stanzas, Vec<Diagnostic>) {
    let mut reader = Reader {
        document,
        words: Words::new(document),
        stanzas: Stanzas::default(),
        diagnostics: Vec::new(),
        is_lost: false,
    };
    reader.shape();
    reader.file();
    (reader.stanzas, reader.diagnostics)
}

/// The error was reported; go on at the next statement.
struct Reported;
type Reading<T> = Result<T, Reported>;

struct Reader<'d> {
    document: &'d Document,
    words: Words<'d>,
    stanzas: Stanzas,
    diagnostics: Vec<Diagnostic>,
    /// An error was reported, and no option was understood since.
    is_lost: bool,
}

impl Reader<'_> {
    /// What the tokens alone tell.
    fn shape(&mut self) {
        let tokens = self.document.tokens();
        let span = |index| Some(self.document.place(self.document.span(index)));
        if tokens
            .first()
            .is_some_and(|token| token.kind == Shape::ByteOrderMark)
        {
            let text =
                gettext_noop("The file begins with a byte order mark, which fetchmail refuses");
            self.diagnostics
                .push(Diagnostic::advice("byte-order-mark", text, span(0)));
        }
        if tokens
            .last()
            .is_some_and(|token| token.kind == Shape::Comment)
        {
            let text = gettext_noop(
                "The last line is a comment without a line end, which fetchmail refuses",
            );
            let place = span(tokens.len() - 1);
            self.diagnostics
                .push(Diagnostic::advice("comment-at-end", text, place));
        }
        if self.document.bytes().len() > Document::MAX {
            let text = gettext_noop("The file is too large to be a configuration");
            self.diagnostics
                .push(Diagnostic::error("too-large", text, span(0)));
        }
    }

    fn file(&mut self) {
        if self
            .diagnostics
            .iter()
            .any(|d| d.severity == Severity::Error)
        {
            return;
        }
        while self.words.look() != Lexeme::End {
            self.is_lost = false;
            let start = self.words.look_span();
            if self.statement().is_err() {
                if self.words.look_span() == start {
                    self.words.bump_any();
                }
                self.words
                    .skip_to(|lexeme| matches!(lexeme, Lexeme::Keyword(w) if begins_statement(w)));
            }
        }
    }

    fn statement(&mut self) -> Reading<()> {
        let Lexeme::Keyword(word) = self.words.look() else {
            let text = gettext_noop("A statement must begin with poll, skip, defaults or set");
            return Err(self.unexpected_as("unknown-word", text));
        };
        match word {
            b"set" => {
                self.words.bump();
                self.global()
            }
            b"poll" | b"server" => self.entry(true),
            b"skip" => self.entry(false),
            b"defaults" => self.defaults(),
            _ => Err(self.unexpected(gettext_noop(
                "A statement must begin with poll, skip, defaults or set",
            ))),
        }
    }

    fn global(&mut self) -> Reading<()> {
        let (found, start) = self.option(Scope::Global)?.ok_or_else(|| {
            let text = gettext_noop("This is not a global option");
            self.unexpected_as("unknown-word", text)
        })?;
        let setting = self.setting(found, start)?;
        self.stanzas.globals.say(setting);
        Ok(())
    }

    fn entry(&mut self, is_active: bool) -> Reading<()> {
        let head = self.words.bump();
        let name = match self.words.look() {
            Lexeme::Text(name) => name,
            // Certainly meant as the name: what follows belongs to it.
            Lexeme::Number(digits) => {
                let text = gettext_noop("A string is expected here; digits need quotes");
                let span = self.words.look_span();
                self.report("digits-value", text, span);
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
            head,
            server: Settings::default(),
            users: Vec::new(),
        };
        let entry = self.body(entry);
        self.stanzas.entries.push(entry);
        Ok(())
    }

    /// `defaults`. A second one straight after the first is an ordinary entry of that name, one
    /// after an entry an error: both as in 6.4.37.
    fn defaults(&mut self) -> Reading<()> {
        let head = self.words.bump();
        let place = Some(self.document.place(head));
        let is_first = self.stanzas.defaults.is_none() && self.stanzas.entries.is_empty();
        let is_server = self.stanzas.defaults.is_some() && self.stanzas.entries.is_empty();
        if is_server {
            let text = gettext_noop("A second defaults entry is taken as a server of that name");
            self.diagnostics
                .push(Diagnostic::advice("second-defaults", text, place));
        } else if !is_first {
            let text = gettext_noop("The defaults entry must come before all others");
            self.diagnostics
                .push(Diagnostic::error("late-defaults", text, place));
        }
        let entry = Entry {
            label: b"defaults".to_vec(),
            is_active: true,
            head,
            server: Settings::default(),
            users: Vec::new(),
        };
        let entry = self.body(entry);
        if is_first && entry.users.len() > 1 {
            let text = gettext_noop("Only the first user of the defaults entry counts");
            self.diagnostics
                .push(Diagnostic::advice("defaults-users", text, place));
        }
        if is_first {
            self.stanzas.defaults = Some(entry);
        } else {
            self.stanzas.entries.push(entry);
        }
        Ok(())
    }

    /// Server options, then user options or user entries, up to the next statement.
    fn body(&mut self, mut entry: Entry) -> Entry {
        let mut is_named = false;
        loop {
            match self.words.look() {
                Lexeme::End => return entry,
                Lexeme::Keyword(word) if begins_statement(word) => return entry,
                _ => {}
            }
            let start = self.words.look_span();
            self.is_lost = match self.part(&mut entry, &mut is_named) {
                Ok(()) => false,
                Err(Reported) => {
                    if self.words.look_span() == start {
                        self.words.bump_any();
                    }
                    self.words.skip_to(begins_part);
                    true
                }
            };
        }
    }

    /// One option of an entry. `is_named` tells whether a `user` was seen.
    fn part(&mut self, entry: &mut Entry, is_named: &mut bool) -> Reading<()> {
        let start = self.words.look_span();
        if let Some((found, start)) = self.option(Scope::Server)? {
            if !entry.users.is_empty() {
                let text = gettext_noop("Server options must come before user options");
                self.report("server-option-after-user", text, start);
            }
            let setting = self.setting(found, start)?;
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
                self.report("user-option-before-user", text, start);
            }
            *is_named = true;
            entry.users.push(Settings::default());
        } else if entry.users.is_empty() {
            entry.users.push(Settings::default());
        }
        let said = self.user_settings(found, start)?;
        if let Some(user) = entry.users.last_mut() {
            said.into_iter().for_each(|setting| user.say(setting));
        }
        Ok(())
    }

    fn user_settings(&mut self, found: Found, start: Span) -> Reading<Vec<Setting>> {
        match found.keyword.id {
            Id::User => self.user(found.keyword, start),
            Id::Is => self.is(found.keyword, start),
            _ => Ok(vec![self.setting(found, start)?]),
        }
    }

    /// The option of `scope` that comes next, taken from the input, with `no` before it.
    fn option(&mut self, scope: Scope) -> Reading<Option<(Found, Span)>> {
        let back = self.words;
        let start = self.words.look_span();
        match self.words.look() {
            Lexeme::Keyword(b"no") => {
                self.words.bump();
                let found = self
                    .words
                    .raw_word()
                    .and_then(|word| option::find(scope, word));
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
            Lexeme::Keyword(word) => Ok(option::find(scope, word).map(|found| {
                self.words.bump_option(found.keyword.id);
                (found, start)
            })),
            // A word of a later release is a string to 6.4.37, which takes none here.
            Lexeme::Text(_) => Ok(self.words.raw_word().and_then(|word| {
                let found = option::find(scope, word).filter(|found| found.keyword.is_later)?;
                self.words.bump_option(found.keyword.id);
                Some((found, start))
            })),
            _ => Ok(None),
        }
    }

    fn setting(&mut self, found: Found, start: Span) -> Reading<Setting> {
        let value = self.value(found)?;
        let span = start.to(self.words.last());
        Ok(self.said(found.keyword, value, span))
    }

    /// A finished setting; says what this version leaves without effect.
    fn said(&mut self, keyword: &'static Keyword, value: Value, span: Span) -> Setting {
        let place = Some(self.document.place(span));
        if keyword.support == Support::Warns && !value.is_off() {
            let text = gettext_noop("{option} has no effect in this version");
            let advice = Diagnostic::advice("no-effect", text, place);
            self.diagnostics.push(advice.with("option", keyword.name()));
        }
        if keyword.is_later {
            let text =
                gettext_noop("{option} is a word of later releases; fetchmail 6.4 refuses it");
            let advice = Diagnostic::advice("later-word", text, place);
            self.diagnostics.push(advice.with("option", keyword.name()));
        }
        Setting {
            keyword,
            value,
            origin: Some(span),
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

    fn unexpected(&mut self, text: &'static str) -> Reported {
        self.unexpected_as("syntax", text)
    }

    fn unexpected_as(&mut self, rule: &'static str, text: &'static str) -> Reported {
        let span = self.words.look_span();
        self.error_at(rule, text, span)
    }

    fn error_at(&mut self, rule: &'static str, text: &'static str, span: Span) -> Reported {
        self.report(rule, text, span);
        Reported
    }

    fn report(&mut self, rule: &'static str, text: &'static str, span: Span) {
        if self.is_lost {
            return;
        }
        let error = Diagnostic::error(rule, text, Some(self.document.place(span)));
        let error = match self.words.is_showable(span) {
            true => error.at_token(self.document, span),
            false => error,
        };
        self.diagnostics.push(error);
    }
}

/// Whether reading can go on at a word after an error inside an entry.
fn begins_part(lexeme: &Lexeme) -> bool {
    let is_option = |word: &[u8]| {
        [Scope::Server, Scope::User]
            .into_iter()
            .any(|scope| option::find(scope, word).is_some())
    };
    match lexeme {
        Lexeme::Keyword(word) => *word == b"no" || begins_statement(word) || is_option(word),
        _ => false,
    }
}

/// KPOP brings its port along, and leaves it behind when the protocol changes again. It signs in
/// by Kerberos where `auth password` was said before it.
fn kpop(server: &mut Settings, origin: Option<Span>) {
    if let Some(Found { keyword, .. }) = option::find(Scope::Server, b"service") {
        server.say(Setting {
            keyword,
            value: Value::Text(b"kpop".to_vec()),
            origin,
        });
    }
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
