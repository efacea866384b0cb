//! The tokens that count, as fetchmail's lexer classifies them: white space, comments and noise
//! left out, keywords told from strings by the state the lexer is in.

use crate::rc::document::{Document, Span};
use crate::rc::lex::{self, Kind as Shape};
use crate::rc::option::words::is_noise;
use crate::rc::option::{self, Id};

/// One token that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lexeme<'d> {
    /// End of file.
    End,
    /// `=`
    Equals,
    /// A bare word that is a keyword here.
    Keyword(&'d [u8]),
    /// Digits, as written.
    Number(&'d [u8]),
    /// A string: its value.
    Text(Vec<u8>),
}

/// A place in the stream of words. A copy of it is a place to come back to.
#[derive(Clone, Copy)]
pub struct Words<'d> {
    document: &'d Document,
    at: usize,
    last: Span,
    /// The next word is a string whatever it looks like (after `user`, `password`, `is`, `=`).
    names: bool,
    /// Of the words since the last keyword, one was a secret.
    after_secret: bool,
}

impl<'d> Words<'d> {
    /// The first word.
    pub fn new(document: &'d Document) -> Self {
        Self {
            document,
            at: 0,
            last: Span { start: 0, end: 0 },
            names: false,
            after_secret: false,
        }
    }

    /// The word here.
    pub fn look(&mut self) -> Lexeme<'d> {
        self.pass_trivia();
        let raw = self.document.slice(self.document.span(self.at));
        match self.shape() {
            None => Lexeme::End,
            Some(Shape::Equals) => Lexeme::Equals,
            Some(Shape::Number) if !self.names => Lexeme::Number(raw),
            Some(Shape::Word) if !self.names && option::is_reserved(raw) => Lexeme::Keyword(raw),
            Some(shape) => Lexeme::Text(lex::value(raw, shape)),
        }
    }

    /// Where the word here lies.
    pub fn look_span(&mut self) -> Span {
        self.pass_trivia();
        self.document.span(self.at)
    }

    /// The bare word here as it is written; `None` for anything in quotes.
    pub fn raw_word(&mut self) -> Option<&'d [u8]> {
        self.pass_trivia();
        let raw = self.document.slice(self.document.span(self.at));
        (self.shape() == Some(Shape::Word)).then_some(raw)
    }

    /// Goes past the word here; returns where it lay.
    pub fn bump(&mut self) -> Span {
        let lexeme = self.look();
        self.names = match lexeme {
            Lexeme::Equals => true,
            Lexeme::Text(_) => false,
            _ => self.names,
        };
        self.after_secret &= !matches!(lexeme, Lexeme::Keyword(_));
        self.last = self.document.span(self.at);
        if lexeme != Lexeme::End {
            self.at += 1;
        }
        self.last
    }

    /// Goes past the keyword of an option.
    pub fn bump_option(&mut self, id: Id) {
        self.bump();
        self.after_secret = false;
        self.names = matches!(id, Id::User | Id::Password | Id::Is);
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

    /// Goes past the word here, which was not understood.
    pub fn bump_any(&mut self) {
        self.names = false;
        self.bump();
    }

    /// Goes on to the first word, this one included, that `is_end` accepts, or to the end.
    pub fn skip_to(&mut self, is_end: impl Fn(&Lexeme) -> bool) {
        loop {
            let lexeme = self.look();
            if lexeme == Lexeme::End || is_end(&lexeme) {
                return;
            }
            self.bump_any();
        }
    }

    /// Whether a word may be shown in a message. What follows a password may be the rest of it
    /// (`pass a,b`), and a string in quotes may be anything: an open quote swallows entries.
    pub fn is_showable(&self, span: Span) -> bool {
        let raw = self.document.slice(span);
        let is_quoted = matches!(raw.first(), None | Some(b'"' | b'\''));
        !is_quoted && (!self.after_secret || option::is_reserved(raw))
    }

    fn shape(&self) -> Option<Shape> {
        self.document.tokens().get(self.at).map(|token| token.kind)
    }

    fn pass_trivia(&mut self) {
        while let Some(shape) = self.shape() {
            match shape {
                Shape::ByteOrderMark | Shape::Blank | Shape::Newline | Shape::Join => {}
                Shape::Comment | Shape::Stop => {}
                Shape::Word if !self.names => {
                    if !is_noise(self.document.slice(self.document.span(self.at))) {
                        return;
                    }
                }
                _ => return,
            }
            self.at += 1;
        }
    }
}
