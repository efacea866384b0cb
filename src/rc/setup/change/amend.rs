//! Single options of an account said otherwise: for who has found one thing to be better, and does
//! not know the rest.

use super::{Changed, Work};
use crate::base::i18n::{fill, gettext};
use crate::rc::AccountId;
use crate::rc::edit::{self, At, Edit, Which};
use crate::rc::option::words as table;
use crate::rc::option::{self, Id, Keyword, Kind, Scope};
use crate::rc::settings::Value;
use crate::rc::setup::write::{Basis, Refused};

/// The files with these options of the account said so; `None` says nothing about one any more.
/// Values are written as on the command line, flags as `yes` and `no`. Server options of an entry
/// that others share take the account out of it, as in [`super::plan`].
///
/// # Errors
/// No such account, no such option, or a value that is none.
pub fn amend(
    id: &AccountId,
    options: &[(String, Option<String>)],
    basis: &Basis,
) -> Result<Changed, Refused> {
    let mut wanted = Vec::new();
    for (name, text) in options {
        let keyword = keyword(name).ok_or_else(|| unknown(name))?;
        let value = match text {
            Some(text) => Some(value(keyword, text).ok_or_else(|| wrong(name, text))?),
            None => None,
        };
        wanted.push((keyword, value));
    }
    let mut work = Work::begin(id, basis)?;
    let (own, _) = work.said()?;
    let is_news = |(keyword, value): &(&Keyword, Option<Value>)| {
        keyword.scope == Scope::Server
            && own.find(keyword.id).map(|said| &said.value) != value.as_ref()
    };
    if work.is_shared() && wanted.iter().any(is_news) {
        let host = work.account().host.clone();
        work.split(&host)?;
    }
    let (server, user) = work.inherited();
    for (keyword, value) in &mut wanted {
        let inherited = match keyword.scope {
            Scope::Server => &server,
            _ => &user,
        };
        // What holds anyway is not said, unless it was said before or the defaults say otherwise.
        let holds_unsaid = inherited.find(keyword.id).is_none() && is_default(keyword, value);
        if holds_unsaid && work.says(keyword)?.is_none() {
            *value = None;
        }
        work.amend(keyword, value.as_ref())?;
    }
    let read = work.finish(&Vec::new())?;
    let (entry, user) = read.after.place(read.nth).ok_or(edit::Refused::Entangled)?;
    let entry = read.after.whole.stanzas.entries.get(entry);
    let is_said = |(keyword, value): &(&Keyword, Option<Value>)| {
        let settings = match keyword.scope {
            Scope::Server => entry.map(|entry| &entry.server),
            _ => entry.and_then(|entry| entry.users.get(user)),
        };
        let said = settings.and_then(|settings| settings.find(keyword.id));
        said.map(|said| &said.value) == value.as_ref()
    };
    match wanted.iter().all(is_said) {
        true => Ok(read.changed),
        false => Err(edit::Refused::Entangled.into()),
    }
}

/// A flag that is off when nothing is said.
fn is_default(keyword: &Keyword, value: &Option<Value>) -> bool {
    keyword.kind == Kind::Flag && keyword.default == "no" && *value == Some(Value::Flag(false))
}

impl Work<'_> {
    fn says(&self, keyword: &Keyword) -> Result<Option<Value>, Refused> {
        let (server, user) = self.said()?;
        let said = match keyword.scope {
            Scope::Server => server,
            _ => user,
        };
        Ok(said.find(keyword.id).map(|said| said.value.clone()))
    }

    fn amend(&mut self, keyword: &'static Keyword, value: Option<&Value>) -> Result<(), Refused> {
        let which = Which::Entry(self.at.0);
        let at = match keyword.scope {
            Scope::Server => At::Server(which),
            _ => At::User(which, self.at.1),
        };
        let id = keyword.id;
        match (self.says(keyword)?, value) {
            (Some(said), Some(value)) if said == *value => Ok(()),
            (_, Some(value)) => self.text.say(at, id, value.clone()),
            (Some(_), None) => self.text.edit(&Edit::Unset { at, id }),
            (None, None) => Ok(()),
        }
    }
}

/// An option of a server or a user that may be said this way. Names and passwords have ways of
/// their own.
fn keyword(name: &str) -> Option<&'static Keyword> {
    let is_it = |keyword: &&Keyword| {
        keyword.words.contains(&name)
            && keyword.scope != Scope::Global
            && !matches!(keyword.kind, Kind::Secret | Kind::Names | Kind::User)
            && keyword.id != Id::Envelope
    };
    option::all().find(is_it)
}

fn value(keyword: &Keyword, text: &str) -> Option<Value> {
    let bytes = || Value::Text(text.as_bytes().to_vec());
    let parts = || text.split(',').filter(|part| !part.is_empty());
    match keyword.kind {
        Kind::Flag => match text {
            "yes" => Some(Value::Flag(true)),
            "no" => Some(Value::Flag(false)),
            _ => None,
        },
        Kind::Number => text.parse().ok().map(Value::Number),
        Kind::Text | Kind::Path | Kind::Command | Kind::Service => Some(bytes()),
        Kind::List => Some(Value::List(parts().map(|part| part.into()).collect())),
        Kind::Numbers => {
            let numbers: Result<Vec<i32>, _> = parts().map(str::parse).collect();
            numbers.ok().map(Value::Numbers)
        }
        Kind::Protocol => table::protocol(text.as_bytes()).map(Value::Protocol),
        Kind::Auth => table::auth(text.as_bytes()).map(|method| Value::Auth(method.auth)),
        Kind::Choice(words) => words
            .iter()
            .find(|word| **word == text)
            .map(|word| Value::Choice(word)),
        Kind::Secret | Kind::Names | Kind::User | Kind::Envelope => None,
    }
}

fn unknown(name: &str) -> Refused {
    let text = gettext("There is no option “{option}” that can be set here.");
    fill(&text, &[("option", &name)]).into()
}

fn wrong(name: &str, value: &str) -> Refused {
    let text = gettext("“{value}” is no value for “{option}”.");
    fill(&text, &[("value", &value), ("option", &name)]).into()
}
