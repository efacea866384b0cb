//! Options as text: what is written is read back as the same value.

use crate::rc::option::words::{auth_name, protocol_name};
use crate::rc::option::{self, Keyword, Kind};
use crate::rc::settings::Value;

/// Keyword and value, as they stand in a file.
pub fn written(keyword: &Keyword, value: &Value) -> Vec<u8> {
    let name = keyword.name().as_bytes().to_vec();
    let words: Vec<Vec<u8>> = match value {
        Value::Flag(true) => vec![name],
        Value::Flag(false) => vec![b"no".to_vec(), name],
        Value::Number(number) => vec![name, number.to_string().into_bytes()],
        // A service in digits is a number to the reader.
        Value::Text(text) if keyword.kind == Kind::Service => vec![name, string(text, false)],
        Value::Text(text) => vec![name, string(text, true)],
        Value::Secret(secret) => vec![name, string(secret.expose(), true)],
        Value::List(list) => [name]
            .into_iter()
            .chain(list.iter().map(|text| string(text, true)))
            .collect(),
        Value::Numbers(numbers) => [name]
            .into_iter()
            .chain(numbers.iter().map(|n| n.to_string().into_bytes()))
            .collect(),
        Value::Names { names, wildcard } => {
            let maps = names.iter().map(|name| {
                let local = string(&name.local, true);
                match name.remote == name.local {
                    true => local,
                    false => [string(&name.remote, true), local].join(&b'='),
                }
            });
            let star = wildcard.then(|| b"*".to_vec());
            let here = std::iter::once(b"here".to_vec());
            [name]
                .into_iter()
                .chain(maps)
                .chain(star)
                .chain(here)
                .collect()
        }
        Value::Protocol(protocol) => vec![name, protocol_name(*protocol).0.into()],
        Value::Auth(auth) => vec![name, auth_name(*auth).into()],
        Value::Choice(word) => vec![name, choice(word)],
        Value::Envelope { skip, name: header } => {
            let skip = (*skip > 0).then(|| skip.to_string().into_bytes());
            let header = string(header, true);
            [name].into_iter().chain(skip).chain([header]).collect()
        }
    };
    words.join(&b' ')
}

/// Words of the option are keywords only where they stand bare.
fn choice(word: &str) -> Vec<u8> {
    if word.contains('=') {
        string(word.as_bytes(), true)
    } else {
        word.into()
    }
}

/// A string, in quotes where it needs them. `digits` tells whether digits do.
pub fn string(text: &[u8], digits: bool) -> Vec<u8> {
    let is_plain =
        |b: &u8| b.is_ascii_alphanumeric() || b"._-/+@%*!?~^&()[]{}|<>$".contains(b) || *b >= 0x80;
    let is_number = {
        let number = text.strip_prefix(b"-").unwrap_or(text);
        !number.is_empty() && number.iter().all(u8::is_ascii_digit)
    };
    let needs_quotes =
        !text.iter().all(is_plain) || option::is_reserved(text) || (digits && is_number);
    if !text.is_empty() && !needs_quotes {
        return text.to_vec();
    }
    let mut out = vec![b'"'];
    for byte in text {
        match byte {
            b'"' => out.extend_from_slice(b"\\x22"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            _ => out.push(*byte),
        }
    }
    out.push(b'"');
    out
}
