//! The lines of one dictionary: a key and what the option table puts under it. Lines that are the
//! same for every account that says nothing are made once.

use std::borrow::Cow;

use crate::rc::dump::{Python, View};
use crate::rc::option::{self, Dump, Id, KeyStyle, Keyword, Kind, Make};
use crate::rc::settings::Value;

/// Where a line comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The poll name.
    Label,
    /// Whether the entry is no `skip`.
    Active,
    /// An option; it may have several lines, or none.
    Option(Id),
}

/// The lines of a dictionary.
pub struct Rows(Vec<Row>);

struct Row {
    /// Indentation, key and colon.
    key: Vec<u8>,
    make: How,
    /// The line where nothing is said.
    unsaid: Vec<u8>,
}

enum How {
    Label,
    Active,
    Plain(&'static Keyword),
    Make(Make),
}

impl Rows {
    /// The lines for these sources.
    pub fn new(sources: &[Source], indent: &[u8]) -> Self {
        let mut rows = Vec::new();
        for source in sources {
            match source {
                Source::Label => rows.push(row(indent, "pollname", KeyStyle::Double, How::Label)),
                Source::Active => rows.push(row(indent, "active", KeyStyle::Single, How::Active)),
                Source::Option(id) => {
                    let keyword = option::all().find(|keyword| keyword.id == *id);
                    let keyword = keyword.into_iter().map(|keyword| (keyword, keyword.dump));
                    for (keyword, dump) in keyword {
                        match dump {
                            Dump::Nothing => {}
                            Dump::Plain(key) => {
                                rows.push(row(indent, key, style(keyword), How::Plain(keyword)));
                            }
                            Dump::Keys(keys) => {
                                rows.extend(keys.iter().map(|key| {
                                    row(indent, key.name, key.style, How::Make(key.make))
                                }))
                            }
                        }
                    }
                }
            }
        }
        Self(rows)
    }

    /// Writes them for an account, or for the global settings.
    pub fn write(&self, view: &View, out: &mut Vec<u8>) {
        for row in &self.0 {
            let value = match &row.make {
                How::Label => Python::Text(Cow::Borrowed(view.label())),
                How::Active => Python::Bool(view.is_polled()),
                How::Plain(keyword) => match view.effective.value(keyword.id) {
                    Some(value) => plain(keyword, Some(value)),
                    None => {
                        out.extend_from_slice(&row.unsaid);
                        continue;
                    }
                },
                How::Make(make) => make(view),
            };
            if value == Python::Absent {
                continue;
            }
            out.extend_from_slice(&row.key);
            value.write(view.facts.show_passwords, out);
            out.extend_from_slice(b",\n");
        }
    }
}

fn row(indent: &[u8], name: &str, style: KeyStyle, make: How) -> Row {
    let (quote, blank) = match style {
        KeyStyle::Double => ("\"", ""),
        KeyStyle::Single => ("'", ""),
        KeyStyle::Spaced => ("'", " "),
    };
    let key = [indent, format!("{quote}{name}{quote}:{blank}").as_bytes()].concat();
    let mut unsaid = key.clone();
    if let How::Plain(keyword) = &make {
        plain(keyword, None).write(false, &mut unsaid);
        unsaid.extend_from_slice(b",\n");
    }
    Row { key, make, unsaid }
}

/// Strings and lists of strings have keys in double quotes.
fn style(keyword: &Keyword) -> KeyStyle {
    match keyword.kind {
        Kind::Flag | Kind::Number | Kind::Numbers | Kind::Names => KeyStyle::Single,
        _ => KeyStyle::Double,
    }
}

/// A value as its kind is shown; where nothing is said, what the table tells of that.
fn plain<'a>(keyword: &Keyword, value: Option<&'a Value>) -> Python<'a> {
    match keyword.kind {
        Kind::Flag => Python::Bool(value.map_or(keyword.default == "yes", Value::flag)),
        Kind::Number => {
            let unsaid = || keyword.default.parse().unwrap_or(0);
            Python::Int(value.map_or_else(unsaid, Value::count))
        }
        Kind::Numbers => Python::Codes(value.map_or(&[], Value::numbers)),
        Kind::List => Python::List(Cow::Borrowed(value.map_or(&[], Value::list))),
        _ => value.map_or(Python::None, |value| {
            Python::Text(Cow::Borrowed(value.text()))
        }),
    }
}
