//! What holds for one account, option by option, after its layers were laid over each other:
//! `defaults`, the entry, the command line. Values only; what they mean together is settled when
//! the account is made of them ([`crate::rc::draft`]).

use std::borrow::Cow;
use std::path::Path;

use crate::rc::account::{Auth, Protocol};
use crate::rc::document::Span;
use crate::rc::option::{Id, Keyword, Kind};
use crate::rc::settings::{Setting, Value};

/// Where a value was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// In the `defaults` entry.
    Defaults,
    /// In the entry, or after `set`.
    Entry,
    /// On the command line.
    Line,
}

/// One option, its value and where it was said. A value that two layers made together counts for
/// the upper one.
#[derive(Clone, Debug)]
pub struct Said<'a> {
    /// Which option.
    pub keyword: &'static Keyword,
    /// Its value; file names are absolute where they can be.
    pub value: Cow<'a, Value>,
    /// Where it was said.
    pub layer: Layer,
    /// The place in the file; `None` for the command line.
    pub origin: Option<Span>,
}

impl<'a> Said<'a> {
    /// A setting as it is laid. A relative file name said in the file is taken against the file's
    /// directory; empty names, `-` and names of the command line stay as they are. `start` is what
    /// its place is counted from.
    pub fn new(setting: &'a Setting, layer: Layer, start: u32, rc_dir: Option<&Path>) -> Self {
        let is_relative = setting.keyword.kind == Kind::Path
            && setting.origin.is_some()
            && !matches!(setting.value.text(), b"" | b"-" | [b'/', ..]);
        let value = match rc_dir {
            Some(dir) if is_relative => Cow::Owned(absolute(&setting.value, dir)),
            _ => Cow::Borrowed(&setting.value),
        };
        Self {
            keyword: setting.keyword,
            value,
            layer,
            origin: setting.origin.map(|span| span.after(start)),
        }
    }

    /// The same, without a copy of the value.
    pub fn again(&self) -> Said<'_> {
        Said {
            keyword: self.keyword,
            value: Cow::Borrowed(&*self.value),
            layer: self.layer,
            origin: self.origin,
        }
    }

    /// Whether 6.4.37 takes it for not said: these values undo nothing, neither what the defaults
    /// say nor, on the command line, what the file says.
    pub fn is_unsaid(&self) -> bool {
        match (self.keyword.id, &*self.value) {
            (Id::Auth, value) => *value == Value::Auth(Auth::Any),
            (Id::BadHeader, value) => value.choice() == "reject",
            // On the command line 0 is the built-in value.
            (Id::Timeout | Id::Interval, value) => {
                *value == Value::Number(0) && self.layer != Layer::Line
            }
            _ => false,
        }
    }

    /// What an account gets of a setting of `defaults`: SDPS becomes POP3, and other names of the
    /// server are its own matter (rcfile.md section 5).
    pub fn inherited(mut self) -> Option<Self> {
        if self.keyword.id == Id::Aka {
            return None;
        }
        if *self.value == Value::Protocol(Protocol::Sdps) {
            self.value = Cow::Owned(Value::Protocol(Protocol::Pop3));
        }
        Some(self)
    }
}

fn absolute(value: &Value, dir: &Path) -> Value {
    use std::os::unix::ffi::OsStrExt;
    Value::Text(dir.join(value.path()).as_os_str().as_bytes().to_vec())
}

/// How many options there are.
const IDS: usize = Id::Moveto as usize + 1;

/// What holds, sparsely: an option that nobody said is absent.
#[derive(Clone, Debug)]
pub struct Effective<'a> {
    said: Vec<Said<'a>>,
    /// By option, 1 more than its place in `said`; 0 for none.
    places: [u8; IDS],
}

impl Default for Effective<'_> {
    /// Nothing.
    fn default() -> Self {
        Self {
            said: Vec::with_capacity(16),
            places: [0; IDS],
        }
    }
}

impl<'a> Effective<'a> {
    /// Lays a value over what is there.
    pub fn lay(&mut self, said: Said<'a>) {
        if said.is_unsaid() {
            return;
        }
        // `port` and `service` are two words for one thing.
        match said.keyword.id {
            Id::Port => self.remove(Id::Service),
            Id::Service => self.remove(Id::Port),
            _ => {}
        }
        let id = said.keyword.id;
        let place = self.place(id);
        match place.and_then(|place| self.said.get_mut(place)) {
            Some(old) => {
                let value = over(old, said.value, said.layer);
                *old = Said { value, ..said };
            }
            None => {
                self.said.push(said);
                self.set_place(id, self.said.len());
            }
        }
    }

    /// What holds for `id`.
    pub fn find(&self, id: Id) -> Option<&Said<'a>> {
        self.said.get(self.place(id)?)
    }

    /// The value of `id`.
    pub fn value(&self, id: Id) -> Option<&Value> {
        self.find(id).map(|said| &*said.value)
    }

    /// All of them; `port` or `service`, never both.
    pub fn iter(&self) -> impl Iterator<Item = &Said<'a>> {
        self.said.iter()
    }

    fn remove(&mut self, id: Id) {
        let Some(place) = self.place(id) else {
            return;
        };
        self.said.remove(place);
        self.places = [0; IDS];
        for place in 0..self.said.len() {
            let id = self.said.get(place).map(|said| said.keyword.id);
            id.into_iter().for_each(|id| self.set_place(id, place + 1));
        }
    }

    fn place(&self, id: Id) -> Option<usize> {
        let place = self.places.get(id as usize).copied().unwrap_or(0);
        usize::from(place).checked_sub(1)
    }

    fn set_place(&mut self, id: Id, place: usize) {
        if let Some(slot) = self.places.get_mut(id as usize) {
            // There are fewer options than a byte can count.
            *slot = u8::try_from(place).unwrap_or(0);
        }
    }
}

/// The value where one is laid over another. Lists of the command line are added; `*` is inherited
/// apart from the names beside it, the count of `envelope` apart from the header.
fn over<'a>(lower: &Said<'a>, upper: Cow<'a, Value>, layer: Layer) -> Cow<'a, Value> {
    match (&*lower.value, &*upper) {
        (old, _) if layer == Layer::Line && lower.keyword.kind.is_list() => {
            let mut value = old.clone();
            value.add(upper.into_owned());
            Cow::Owned(value)
        }
        (
            Value::Names { names, wildcard },
            Value::Names {
                names: new,
                wildcard: star,
            },
        ) if new.is_empty() || (*wildcard && !star) => Cow::Owned(Value::Names {
            names: if new.is_empty() { names } else { new }.clone(),
            wildcard: *wildcard || *star,
        }),
        (Value::Envelope { skip, .. }, Value::Envelope { skip: 0, name }) if *skip > 0 => {
            Cow::Owned(Value::Envelope {
                skip: *skip,
                name: name.clone(),
            })
        }
        _ => upper,
    }
}
