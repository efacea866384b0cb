//! The tokens that count, as fetchmail's lexer classifies them: white space, comments and noise
//! left out, keywords told from strings by the state the lexer is in.

use std::borrow::Cow;

use crate::rc::document::{At, Document, Span};
use crate::rc::lex::{self, Kind as Shape};
use crate::rc::option::words::begins_statement;
use crate::rc::option::{self, Id, Meaning};

/// One token that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lexeme<'d> {
    /// End of file.
    End,
    /// `=`
    Equals,
    /// A bare word that is a keyword here.
    Keyword(&'d [u8]),
    /// Digits, as written.
    Number(&'d [u8]),
    /// A string.
    Text(Raw<'d>),
}

/// A string as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw<'d> {
    bytes: &'d [u8],
    shape: Shape,
}

impl<'d> Raw<'d> {
    /// Its value: quotes off, escapes resolved.
    pub fn value(self) -> Cow<'d, [u8]> {
        lex::value(self.bytes, self.shape)
    }
}

/// A place in the stream of words. A copy of it is a place to come back to.
#[derive(Clone, Copy)]
pub struct Words<'d> {
    document: &'d Document,
    at: At,
    /// The token at `at`; trivia are passed over.
    shape: Option<Shape>,
    raw: &'d [u8],
    /// What the table knows of it as a bare word.
    meaning: Option<&'static Meaning>,
    last: Span,
    /// The next word is a string whatever it looks like (after `user`, `password`, `is`, `=`).
    names: bool,
    /// Of the words since the last keyword, one was a secret.
    after_secret: bool,
}

impl<'d> Words<'d> {
    /// The words from a token on, at which a statement begins.
    pub fn new(document: &'d Document, at: At) -> Self {
        let mut words = Self {
            document,
            at,
            shape: None,
            raw: &[],
            meaning: None,
            last: Span { start: 0, end: 0 },
            names: false,
            after_secret: false,
        };
        words.arrive();
        words
    }

    /// The word here.
    pub fn look(&self) -> Lexeme<'d> {
        let is_reserved = self.meaning.is_some_and(|meaning| meaning.is_reserved);
        match self.shape {
            None => Lexeme::End,
            Some(Shape::Equals) => Lexeme::Equals,
            Some(Shape::Number) if !self.names => Lexeme::Number(self.raw),
            Some(Shape::Word) if !self.names && is_reserved => Lexeme::Keyword(self.raw),
            Some(shape) => Lexeme::Text(Raw {
                bytes: self.raw,
                shape,
            }),
        }
    }

    /// Where the word here lies.
    pub fn look_span(&self) -> Span {
        self.document.span(self.at)
    }

    /// The token of the word here.
    pub fn at(&self) -> At {
        self.at
    }

    /// Whether a statement begins here.
    pub fn is_statement(&self) -> bool {
        matches!(self.look(), Lexeme::Keyword(word) if begins_statement(word))
    }

    /// The bare word here as it is written; `None` for anything in quotes.
    pub fn raw_word(&self) -> Option<&'d [u8]> {
        (self.shape == Some(Shape::Word)).then_some(self.raw)
    }

    /// Whether these bytes are this word.
    pub fn is_spelled(&self, span: Span, word: &[u8]) -> bool {
        *self.document.slice(span) == *word
    }

    /// What the option table knows of the bare word here.
    pub fn meaning(&self) -> Option<&'static Meaning> {
        self.meaning
    }

    /// Goes past the word here; returns where it lay.
    pub fn bump(&mut self) -> Span {
        self.go(None)
    }

    /// Goes past the keyword of an option.
    pub fn bump_option(&mut self, id: Id) {
        self.after_secret = false;
        self.go(Some(matches!(id, Id::User | Id::Password | Id::Is)));
    }

    /// Goes past a string that is a secret.
    pub fn bump_secret(&mut self) {
        self.bump();
        self.after_secret = true;
    }

    /// The word last gone past.
    pub fn last(&self) -> Span {
        self.last
    }

    /// Goes on to the first statement after this word, or to the end.
    pub fn skip_statement(&mut self) {
        self.recover();
        while self.shape.is_some() && !self.is_statement() {
            self.recover();
        }
    }

    /// Goes past the word here, whatever state it was to be read in.
    pub fn recover(&mut self) {
        self.go(Some(false));
    }

    /// Whether a word may be shown in a message. What follows a password may be the rest of it
    /// (`pass a,b`), and a string in quotes may be anything: an open quote swallows entries.
    pub fn is_showable(&self, span: Span) -> bool {
        let raw = self.document.slice(span);
        let is_quoted = matches!(raw.first(), None | Some(b'"' | b'\''));
        !is_quoted && (!self.after_secret || option::is_reserved(&raw))
    }

    /// Goes past the word here; `names` is the state the next is read in, if the word here does
    /// not decide it.
    fn go(&mut self, names: Option<bool>) -> Span {
        let lexeme = self.look();
        self.names = names.unwrap_or(match lexeme {
            Lexeme::Equals => true,
            Lexeme::Text(_) => false,
            _ => self.names,
        });
        self.after_secret &= !matches!(lexeme, Lexeme::Keyword(_));
        self.last = self.look_span();
        if lexeme != Lexeme::End {
            self.at = self.document.next(self.at);
            self.arrive();
        }
        self.last
    }

    /// Passes over trivia and looks at the first word that counts.
    fn arrive(&mut self) {
        loop {
            self.shape = self.document.kind(self.at);
            match self.shape {
                Some(Shape::ByteOrderMark | Shape::Space | Shape::Comment | Shape::Stop) => {}
                Some(Shape::Word) => {
                    self.raw = self.document.raw(self.at);
                    self.meaning = option::meaning(self.raw);
                    if self.names || !self.meaning.is_some_and(|meaning| meaning.is_noise) {
                        return;
                    }
                }
                _ => {
                    self.raw = self.document.raw(self.at);
                    self.meaning = None;
                    return;
                }
            }
            self.at = self.document.next(self.at);
        }
    }
}
