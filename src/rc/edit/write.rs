//! Values as they are written, so that fetchmail 6.4 reads the same value: rcfile.md sections 2.1
//! to 2.3.

use crate::rc::account::LocalName;
use crate::rc::edit::Refused;
use crate::rc::option::words::{auth_name, protocol_name};
use crate::rc::option::{Keyword, Kind, Negation, is_reserved, meaning};
use crate::rc::settings::Value;

/// How the surroundings write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// The quote to use, `"` or `'`.
    pub quote: u8,
    /// Quotes even where none are needed.
    pub always_quotes: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            quote: b'"',
            always_quotes: false,
        }
    }
}

/// A keyword with its arguments.
///
/// # Errors
/// The language cannot say it.
pub fn option(keyword: &'static Keyword, value: &Value, style: &Style) -> Result<Vec<u8>, Refused> {
    if value.is_off() {
        if keyword.negation == Negation::None {
            return Err(unsayable(keyword));
        }
        return Ok(format!("no {}", keyword.name()).into_bytes());
    }
    let arguments = arguments(keyword, value, style)?;
    let mut out = keyword.name().as_bytes().to_vec();
    if !arguments.is_empty() {
        out.push(b' ');
        out.extend(arguments);
    }
    Ok(out)
}

/// The arguments alone; empty for a flag.
///
/// # Errors
/// The language cannot say it.
pub fn arguments(
    keyword: &'static Keyword,
    value: &Value,
    style: &Style,
) -> Result<Vec<u8>, Refused> {
    let quoted = Style {
        always_quotes: true,
        ..style.clone()
    };
    let text = |bytes: &[u8], style: &Style| text(bytes, style).ok_or(unsayable(keyword));
    let joined = |words: Vec<Vec<u8>>| match words.is_empty() {
        true => Err(unsayable(keyword)),
        false => Ok(words.join(&b' ')),
    };
    match (value, keyword.kind) {
        (Value::Flag(true), Kind::Flag) => Ok(Vec::new()),
        (Value::Number(number), Kind::Number) => Ok(number.to_string().into_bytes()),
        (Value::Text(port), Kind::Service) if is_port(port) => Ok(port.clone()),
        (Value::Text(bytes), Kind::Text | Kind::Path | Kind::Service | Kind::User) => {
            text(bytes, style)
        }
        (Value::Text(bytes), Kind::Command) => text(bytes, &quoted),
        (Value::Secret(secret), Kind::Secret) => text(secret.expose(), &quoted),
        (Value::List(list), Kind::List) => {
            let words: Result<_, _> = list.iter().map(|word| text(word, style)).collect();
            joined(words?)
        }
        (Value::Numbers(numbers), Kind::Numbers) => {
            joined(numbers.iter().map(|n| n.to_string().into_bytes()).collect())
        }
        (Value::Names { names, wildcard }, Kind::Names) => {
            let words: Result<Vec<_>, _> = names.iter().map(|n| name(keyword, n, style)).collect();
            let mut words = words?;
            words.extend(wildcard.then(|| b"*".to_vec()));
            joined(words)
        }
        (Value::Protocol(protocol), Kind::Protocol) => Ok(protocol_name(*protocol).0.into()),
        (Value::Auth(auth), Kind::Auth) => Ok(auth_name(*auth).into()),
        // In quotes it would be a string to fetchmail, not the keyword it expects.
        (Value::Choice(word), Kind::Auth | Kind::Choice(_)) if is_reserved(word.as_bytes()) => {
            Ok(word.as_bytes().to_vec())
        }
        (Value::Choice(word), Kind::Auth | Kind::Choice(_)) => text(word.as_bytes(), style),
        (
            Value::Envelope {
                skip,
                name: Some(name),
            },
            Kind::Envelope,
        ) => {
            let name = text(name, style)?;
            let count = if *skip > 0 {
                format!("{skip} ")
            } else {
                String::new()
            };
            Ok([count.into_bytes(), name].concat())
        }
        _ => Err(unsayable(keyword)),
    }
}

fn name(keyword: &'static Keyword, name: &LocalName, style: &Style) -> Result<Vec<u8>, Refused> {
    let text = |bytes: &[u8]| text(bytes, style).ok_or(unsayable(keyword));
    let remote = text(&name.remote)?;
    // `*` alone is the wildcard.
    if !name.is_pair && name.remote == name.local && name.remote != b"*" {
        return Ok(remote);
    }
    Ok([remote, b"=".to_vec(), text(&name.local)?].concat())
}

/// A string: bare where that is safe everywhere, else in quotes. `None` for what no string of
/// the file can hold, a NUL.
pub fn text(bytes: &[u8], style: &Style) -> Option<Vec<u8>> {
    if bytes.contains(&0) {
        return None;
    }
    if is_bare(bytes) && !style.always_quotes {
        return Some(bytes.to_vec());
    }
    let other = if style.quote == b'"' { b'\'' } else { b'"' };
    let quote = match bytes.contains(&style.quote) && !bytes.contains(&other) {
        true => other,
        false => style.quote,
    };
    let mut out = vec![quote];
    for byte in bytes {
        match byte {
            b'\\' => out.extend(b"\\\\"),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b'\t' => out.extend(b"\\t"),
            // No backslash protects a quote: its code does.
            byte if *byte == quote || byte.is_ascii_control() => {
                out.extend(format!("\\x{byte:02x}").into_bytes());
            }
            byte => out.push(*byte),
        }
    }
    out.push(quote);
    Some(out)
}

/// Letters, digits and what host names, users and paths are made of; no keyword, no number.
fn is_bare(bytes: &[u8]) -> bool {
    let is_plain = |b: &u8| b.is_ascii_alphanumeric() || b"._@/+-~".contains(b);
    let is_number = bytes.iter().all(|b| b.is_ascii_digit() || *b == b'-');
    !bytes.is_empty() && bytes.iter().all(is_plain) && !is_number && meaning(bytes).is_none()
}

fn is_port(bytes: &[u8]) -> bool {
    matches!(bytes.len(), 1..=5) && bytes.iter().all(u8::is_ascii_digit) && bytes[0] != b'0'
}

fn unsayable(keyword: &'static Keyword) -> Refused {
    Refused::Unsayable {
        option: keyword.name(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rc::document::Document;
    use crate::rc::option::Id;

    #[test]
    fn strings() {
        let check = |bytes: &[u8], expected: &[u8]| {
            let written = text(bytes, &Style::default()).unwrap();
            assert_eq!(written, expected, "{}", bytes.escape_ascii());
        };
        check(b"mail.example.org", b"mail.example.org");
        check(b"", b"\"\"");
        check(b"123", b"\"123\"");
        check(b"-5", b"\"-5\"");
        check(b"ssl", b"\"ssl\"");
        check(b"with", b"\"with\"");
        check(b"auto", b"\"auto\"");
        check(b"a b", b"\"a b\"");
        check(b"a=b", b"\"a=b\"");
        check(b"p\"q", b"'p\"q'");
        check(b"it's", b"\"it's\"");
        check(b"\"'", b"\"\\x22'\"");
        check(b"a\\b\n", b"\"a\\\\b\\n\"");
        check(b"\xe9", b"\"\xe9\"");
        assert_eq!(text(b"a\0", &Style::default()), None);
    }

    proptest! {
        /// What is written is read as what was meant, wherever a string may stand.
        #[test]
        fn strings_are_read_back(
            value in proptest::collection::vec(1u8.., 0..12),
            quote in proptest::sample::select(vec![b'"', b'\'']),
            always_quotes: bool,
        ) {
            let style = Style { quote, always_quotes };
            let written = text(&value, &style).unwrap();
            let file = [b"poll x via ", &written[..], b" user ", &written, b" pass ", &written,
                b" folder ", &written, b" ", &written, b" is ", &written, b"=", &written, b" here"];
            let (stanzas, found) = crate::rc::settings::read(&Document::parse(file.concat()));
            prop_assert!(found.is_empty(), "{found:?}");
            let entry = &stanzas.entries[0];
            prop_assert_eq!(entry.server.find(Id::Via).unwrap().value.text(), &value);
            let said = |id| entry.users[0].find(id).unwrap().value.clone();
            prop_assert_eq!(said(Id::User), Value::Text(value.clone()));
            prop_assert_eq!(said(Id::Password), Value::Secret(crate::base::Secret::new(&value[..])));
            prop_assert_eq!(said(Id::Folder), Value::List(vec![value.clone(), value.clone()]));
            let name = LocalName { remote: value.clone(), local: value, is_pair: true };
            prop_assert_eq!(said(Id::Is), Value::Names { names: vec![name], wildcard: false });
        }
    }
}
