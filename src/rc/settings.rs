//! What a file or a command line says, sparsely: an option that is not said is absent. Each
//! setting knows where it was said.

pub mod interface;
pub(in crate::rc) mod read;

pub use crate::rc::outline::read_whole as read;

use std::path::PathBuf;
use std::sync::Arc;

use crate::base::Secret;
use crate::rc::account::{Auth, LocalName, Protocol};
use crate::rc::document::Span;
use crate::rc::option::{Id, Keyword};
use crate::rc::outline::{Statement, What};

/// What an option was set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// On, or off by a `no` form.
    Flag(bool),
    /// As fetchmail keeps it: a C `int`.
    Number(i32),
    /// A string, quotes off and escapes resolved.
    Text(Vec<u8>),
    /// A string that is never shown.
    Secret(Secret),
    /// Strings.
    List(Vec<Vec<u8>>),
    /// Numbers.
    Numbers(Vec<i32>),
    /// Local names.
    Names {
        /// All but `*`.
        names: Vec<LocalName>,
        /// Whether `*` is among them.
        wildcard: bool,
    },
    /// A protocol.
    Protocol(Protocol),
    /// A way to sign in.
    Auth(Auth),
    /// One of the words the option allows.
    Choice(&'static str),
    /// An envelope header.
    Envelope {
        /// How many such headers to pass over; 0 if not said.
        skip: u32,
        /// The header's name, as written; `None` for `no envelope`.
        name: Option<Vec<u8>>,
    },
}

impl Value {
    /// Adds another value of the same list option; anything else is replaced.
    pub fn add(&mut self, more: Value) {
        match (self, more) {
            (Value::List(old), Value::List(new)) => old.extend(new),
            (Value::Numbers(old), Value::Numbers(new)) => old.extend(new),
            (
                Value::Names { names, wildcard },
                Value::Names {
                    names: new,
                    wildcard: star,
                },
            ) => {
                names.extend(new);
                *wildcard |= star;
            }
            // The count outlives a `no envelope`.
            (Value::Envelope { name, .. }, Value::Envelope { name: None, .. }) => *name = None,
            (old, new) => *old = new,
        }
    }

    /// Whether it switches its option off.
    pub fn is_off(&self) -> bool {
        matches!(
            self,
            Value::Flag(false) | Value::Envelope { name: None, .. }
        )
    }

    /// The flag; false for any other kind.
    pub fn flag(&self) -> bool {
        *self == Value::Flag(true)
    }

    /// The number; 0 for any other kind.
    pub fn number(&self) -> i32 {
        if let Value::Number(n) = self { *n } else { 0 }
    }

    /// The number, negative ones as 0.
    pub fn count(&self) -> u32 {
        u32::try_from(self.number()).unwrap_or(0)
    }

    /// The number as a bound: 0 and negative ones mean no bound.
    pub fn bound(&self) -> Option<u32> {
        Some(self.count()).filter(|n| *n > 0)
    }

    /// The string; empty for any other kind.
    pub fn text(&self) -> &[u8] {
        if let Value::Text(text) = self {
            text
        } else {
            &[]
        }
    }

    /// The string as text; bytes that are not UTF-8 are replaced.
    pub fn string(&self) -> String {
        String::from_utf8_lossy(self.text()).into_owned()
    }

    /// The string as a file name.
    pub fn path(&self) -> PathBuf {
        use std::os::unix::ffi::OsStrExt;
        PathBuf::from(std::ffi::OsStr::from_bytes(self.text()))
    }

    /// The secret, if it is one.
    pub fn secret(&self) -> Option<Secret> {
        if let Value::Secret(secret) = self {
            Some(secret.clone())
        } else {
            None
        }
    }

    /// The strings; none for any other kind.
    pub fn list(&self) -> &[Vec<u8>] {
        if let Value::List(list) = self {
            list
        } else {
            &[]
        }
    }

    /// The strings as text.
    pub fn strings(&self) -> Vec<String> {
        self.list()
            .iter()
            .map(|s| String::from_utf8_lossy(s).into_owned())
            .collect()
    }

    /// The numbers; none for any other kind.
    pub fn numbers(&self) -> &[i32] {
        if let Value::Numbers(numbers) = self {
            numbers
        } else {
            &[]
        }
    }

    /// The word chosen; empty for any other kind.
    pub fn choice(&self) -> &'static str {
        if let Value::Choice(word) = self {
            word
        } else {
            ""
        }
    }
}

/// One option, set.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Which.
    pub keyword: &'static Keyword,
    /// To what.
    pub value: Value,
    /// Where: keyword to last argument; `None` for the command line.
    pub origin: Option<Span>,
}

/// Some options, each at most once.
#[derive(Clone, Debug, Default)]
pub struct Settings(Vec<Setting>);

impl Settings {
    /// Nothing said.
    pub const NONE: Settings = Settings(Vec::new());

    /// Says an option: lists grow, anything else is replaced. What was said last is last, because
    /// `port` and `service` mean the same.
    pub fn say(&mut self, mut setting: Setting) {
        if let Some(at) = self
            .0
            .iter()
            .position(|old| old.keyword.id == setting.keyword.id)
        {
            let mut old = self.0.remove(at);
            old.value.add(setting.value);
            setting.value = old.value;
        }
        self.0.push(setting);
    }

    /// What was said about `id`.
    pub fn find(&self, id: Id) -> Option<&Setting> {
        self.0.iter().find(|setting| setting.keyword.id == id)
    }

    /// All of them, in the order they were last said.
    pub fn iter(&self) -> impl Iterator<Item = &Setting> {
        self.0.iter()
    }

    /// Gives back the room that is not used.
    pub(in crate::rc) fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }

    /// As if nothing had been said about `id`.
    pub fn forget(&mut self, id: Id) {
        self.0.retain(|setting| setting.keyword.id != id);
    }

    /// Whether both say the same of every option but these, wherever it is said.
    pub fn says_the_same(&self, other: &Settings, but: &[Id]) -> bool {
        let counts = |setting: &&Setting| !but.contains(&setting.keyword.id);
        let has = |setting: &Setting| {
            let found = other.find(setting.keyword.id);
            found.is_some_and(|found| found.value == setting.value)
        };
        self.iter().filter(counts).count() == other.iter().filter(counts).count()
            && self.iter().filter(counts).all(has)
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What the command line says; applies to every account of the run.
pub type Overrides = Settings;

/// A `poll`, `skip` or `defaults` statement.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The poll name as bytes; `defaults` for the defaults.
    pub label: Vec<u8>,
    /// Not `skip`.
    pub is_active: bool,
    /// The head: keyword and name, counted from the start of the statement like all places in it.
    pub head: Span,
    /// Server options.
    pub server: Settings,
    /// User entries; empty if nothing about users was said.
    pub users: Vec<Settings>,
}

impl Entry {
    /// Whether both read the same, wherever they stand.
    pub fn says_the_same(&self, other: &Entry) -> bool {
        let users = self.users.iter().zip(&other.users);
        self.label == other.label
            && self.is_active == other.is_active
            && self.server.says_the_same(&other.server, &[])
            && self.users.len() == other.users.len()
            && users.into_iter().all(|(a, b)| a.says_the_same(b, &[]))
    }
}

/// An entry and where its statement begins. Shared with the outline it comes from.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Offset in the document that all places in the entry are counted from.
    pub start: u32,
    statement: Arc<Statement>,
}

impl Placed {
    /// Whether both are the same statement, so that they need not be compared. Where they stand does
    /// not count.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.statement, &other.statement)
    }

    /// The entry of a statement, if it is one.
    pub fn of(start: u32, statement: &Arc<Statement>) -> Option<Self> {
        let is_entry = matches!(statement.what, What::Entry(_) | What::Defaults(_));
        is_entry.then(|| Self {
            start,
            statement: statement.clone(),
        })
    }

    /// Where an option of it was said, in the document.
    pub fn place(&self, setting: &Setting) -> Option<Span> {
        setting.origin.map(|span| span.after(self.start))
    }

    /// Whether both read the same, wherever they stand.
    pub fn says_the_same(&self, other: &Placed) -> bool {
        Arc::ptr_eq(&self.statement, &other.statement) || (**self).says_the_same(other)
    }

    /// Keyword and name, in the document.
    pub fn head(&self) -> Span {
        self.head.after(self.start)
    }
}

impl std::ops::Deref for Placed {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        match &self.statement.what {
            What::Entry(entry) | What::Defaults(entry) => entry,
            What::Global(_) | What::Nothing => &NOTHING,
        }
    }
}

static NOTHING: Entry = Entry {
    label: Vec::new(),
    is_active: false,
    head: Span { start: 0, end: 0 },
    server: Settings(Vec::new()),
    users: Vec::new(),
};

/// A whole file, grouped.
#[derive(Clone, Debug, Default)]
pub struct Stanzas {
    /// `set` statements; their places are those of the document.
    pub globals: Settings,
    /// The `defaults` entry.
    pub defaults: Option<Placed>,
    /// The others, in file order.
    pub entries: Vec<Placed>,
}

/// A number as fetchmail reads it: C `int` by way of `long`, wrapping without a word
/// (`limit 99999999999` is 1215752191).
pub fn number(digits: &[u8]) -> i32 {
    let text = std::str::from_utf8(digits).unwrap_or_default();
    let long = text
        .parse::<i64>()
        .unwrap_or_else(|_| match digits.first() {
            Some(b'-') => i64::MIN,
            _ => i64::MAX,
        });
    long as i32
}

#[cfg(test)]
mod tests;
