//! Values of options as a person reads and types them, without quotes and escapes. Pure.

use crate::base::Secret;
use crate::base::i18n::{fill, gettext};
use crate::rc::account::LocalName;
use crate::rc::option::words::{PROTOCOLS, auth, auth_name, method_words, protocol, protocol_name};
use crate::rc::option::{Keyword, Kind};
use crate::rc::settings::Value;

/// The words of an option that takes one of a few; `None` for any other.
pub(crate) fn words(keyword: &Keyword) -> Option<Vec<&'static str>> {
    match keyword.kind {
        Kind::Protocol => Some(PROTOCOLS.iter().map(|row| row.word).collect()),
        Kind::Auth => Some(method_words().collect()),
        Kind::Choice(words) => Some(words.to_vec()),
        _ => None,
    }
}

/// Whether the value has several parts, each on a line of its own.
pub(crate) fn is_list(keyword: &Keyword) -> bool {
    keyword.kind.is_list()
}

/// The value as text, lists with a line for each part; `None` where bytes of it are not UTF-8, which
/// could not be typed again. Nothing of a secret.
pub(crate) fn text(value: &Value) -> Option<String> {
    let utf8 = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
    let lines = |parts: Option<Vec<String>>| parts.map(|parts| parts.join("\n"));
    match value {
        Value::Flag(is_on) => Some(is_on.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Text(text) => utf8(text),
        Value::Secret(_) => Some(String::new()),
        Value::List(list) => lines(list.iter().map(|part| utf8(part)).collect()),
        Value::Numbers(numbers) => Some(
            numbers
                .iter()
                .map(i32::to_string)
                .collect::<Vec<_>>()
                .join("\n"),
        ),
        Value::Names { names, wildcard } => {
            let mut parts: Option<Vec<String>> = names.iter().map(name_text).collect();
            if let (Some(parts), true) = (&mut parts, *wildcard) {
                parts.push("*".to_owned());
            }
            lines(parts)
        }
        Value::Protocol(protocol) => Some(protocol_name(*protocol).0.to_owned()),
        Value::Auth(auth) => Some(auth_name(*auth).to_owned()),
        Value::Choice(word) => Some((*word).to_owned()),
        Value::Envelope { name: None, .. } => Some(NO_ENVELOPE.to_owned()),
        Value::Envelope {
            skip: 0,
            name: Some(name),
        } => utf8(name),
        Value::Envelope {
            skip,
            name: Some(name),
        } => Some(format!("{skip} {}", utf8(name)?)),
    }
}

/// What stands for `no envelope`; no header is called so.
const NO_ENVELOPE: &str = "no";

fn name_text(name: &LocalName) -> Option<String> {
    let utf8 = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
    let remote = utf8(&name.remote)?;
    match name.is_pair || name.remote != name.local {
        true => Some(format!("{remote}={}", utf8(&name.local)?)),
        false => Some(remote),
    }
}

/// Reads what was typed. An error is a sentence.
pub(crate) fn value(keyword: &'static Keyword, text: &str) -> Result<Value, String> {
    let parts = || text.lines().map(str::trim).filter(|part| !part.is_empty());
    if text.contains('\0') {
        return Err(gettext("No option can hold a NUL character."));
    }
    match keyword.kind {
        Kind::Flag => Ok(Value::Flag(text == "true")),
        Kind::Number => number(text.trim()).map(Value::Number),
        Kind::Text | Kind::Path | Kind::Command | Kind::Service | Kind::User => {
            match text.is_empty() && keyword.kind != Kind::Text {
                true => Err(gettext("Enter something, or use the default.")),
                false => Ok(Value::Text(text.as_bytes().to_vec())),
            }
        }
        Kind::Secret => Ok(Value::Secret(Secret::new(text))),
        Kind::List => {
            let list: Vec<Vec<u8>> = parts().map(|part| part.as_bytes().to_vec()).collect();
            some(list).map(Value::List)
        }
        Kind::Numbers => {
            let numbers: Result<Vec<i32>, String> = parts().map(number).collect();
            some(numbers?).map(Value::Numbers)
        }
        Kind::Names => {
            let names = some(parts().collect())?;
            Ok(Value::Names {
                wildcard: names.contains(&"*"),
                names: names.into_iter().filter(|n| *n != "*").map(name).collect(),
            })
        }
        Kind::Protocol => protocol(text.as_bytes())
            .map(Value::Protocol)
            .ok_or_else(|| unknown(text)),
        Kind::Auth => method(text),
        Kind::Choice(words) => words
            .iter()
            .find(|word| **word == text)
            .map(|word| Value::Choice(word))
            .ok_or_else(|| unknown(text)),
        Kind::Envelope => envelope(text.trim()),
    }
}

fn method(text: &str) -> Result<Value, String> {
    match auth(text.as_bytes()) {
        // `apop` is a protocol to us.
        Some(method) if auth_name(method.auth) == text => Ok(Value::Auth(method.auth)),
        Some(method) => Ok(match method.words.iter().find(|word| **word == text) {
            Some(_) => Value::Auth(method.auth),
            None => return Err(unknown(text)),
        }),
        None => Err(unknown(text)),
    }
}

fn unknown(word: &str) -> String {
    fill(
        &gettext("“{word}” is not one of the words this option takes."),
        &[("word", &word)],
    )
}

fn some<T>(list: Vec<T>) -> Result<Vec<T>, String> {
    match list.is_empty() {
        true => Err(gettext("Enter something, or use the default.")),
        false => Ok(list),
    }
}

fn number(text: &str) -> Result<i32, String> {
    text.parse()
        .map_err(|_| gettext("Enter a whole number between −2147483648 and 2147483647."))
}

/// `remote=local`, or one name for both. A `=` in quotes cannot be typed here; the source can say it.
fn name(part: &str) -> LocalName {
    match part.split_once('=') {
        Some((remote, local)) if !remote.is_empty() && !local.is_empty() => LocalName {
            remote: remote.trim().as_bytes().to_vec(),
            local: local.trim().as_bytes().to_vec(),
            is_pair: true,
        },
        _ => LocalName::plain(part.as_bytes()),
    }
}

fn envelope(text: &str) -> Result<Value, String> {
    if text.eq_ignore_ascii_case(NO_ENVELOPE) {
        return Ok(Value::Envelope {
            skip: 0,
            name: None,
        });
    }
    let (skip, name) = match text.split_once(' ') {
        Some((skip, name)) => match skip.parse() {
            Ok(skip) => (skip, name.trim()),
            Err(_) => (0, text),
        },
        None => (0, text),
    };
    let is_name = |name: &str| {
        let is_letter = |c: char| c.is_ascii_graphic() && c != ':';
        !name.is_empty() && name.chars().all(is_letter)
    };
    let name = name.strip_suffix(':').unwrap_or(name);
    match is_name(name) {
        true => Ok(Value::Envelope {
            skip,
            name: Some(name.as_bytes().to_vec()),
        }),
        false => Err(gettext(
            "Enter the name of a header such as X-Original-To, or a number before it to pass over so many.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rc::option::{self, Id, keyword};

    #[test]
    fn what_is_read_is_written_the_same() {
        let check = |id: Id, typed: &str, shown: &str| {
            let value = value(keyword(id), typed).unwrap_or_else(|e| panic!("{typed}: {e}"));
            assert_eq!(text(&value).as_deref(), Some(shown), "{typed}");
        };
        check(Id::Timeout, " 60 ", "60");
        check(Id::Via, "mail.example.org", "mail.example.org");
        check(
            Id::Mda,
            "procmail -d '%T' \"x\" \\",
            "procmail -d '%T' \"x\" \\",
        );
        check(Id::Aka, "a\n\n b \n", "a\nb");
        check(Id::Antispam, "571\n550", "571\n550");
        check(Id::Is, "ann\nx@y = bob\n*", "ann\nx@y=bob\n*");
        check(Id::Is, "a=a", "a=a");
        check(Id::Envelope, "X-Original-To:", "X-Original-To");
        check(Id::Envelope, "2 Delivered-To", "2 Delivered-To");
        check(Id::Envelope, "no", "no");
        check(Id::Proto, "imap", "imap");
        check(Id::Auth, "cram-md5", "cram-md5");
        check(Id::Keep, "true", "true");
    }

    #[test]
    fn what_cannot_be_said_is_told() {
        for (id, typed) in [
            (Id::Timeout, ""),
            (Id::Timeout, "ten"),
            (Id::Timeout, "99999999999"),
            (Id::Aka, "\n \n"),
            (Id::Antispam, "571\nx"),
            (Id::Envelope, "two words"),
            (Id::Envelope, ""),
            (Id::Proto, "smtp"),
            (Id::Auth, "magic"),
            (Id::Mda, ""),
            (Id::Via, "a\0b"),
        ] {
            assert!(value(keyword(id), typed).is_err(), "{typed:?}");
        }
        assert_eq!(text(&Value::Text(vec![0xff])), None);
    }

    #[test]
    fn every_word_offered_is_understood() {
        for keyword in option::all() {
            for word in words(keyword).unwrap_or_default() {
                assert!(value(keyword, word).is_ok(), "{} {word}", keyword.name());
            }
        }
    }
}
