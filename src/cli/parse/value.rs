//! Arguments of options, by the kind the table gives them. Some are read otherwise than in the
//! file: numbers with C's bases, words whatever their case, lists at commas.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use crate::base::Secret;
use crate::rc::account::Auth;
use crate::rc::option::Kind;
use crate::rc::option::words::{self, APOP, PROTOCOLS};
use crate::rc::settings::Value;

/// The value of `argument`; `None` if it is not of the kind.
pub fn value(kind: Kind, argument: &[u8], cwd: &Path) -> Option<Value> {
    let text = || Value::Text(argument.to_vec());
    match kind {
        Kind::Number => number(argument).map(Value::Number),
        Kind::Text | Kind::Command | Kind::User | Kind::Service => Some(text()),
        Kind::Secret => Some(Value::Secret(Secret::new(argument))),
        Kind::Path if argument.is_empty() || argument == b"-" => Some(text()),
        Kind::Path => {
            let path = cwd.join(OsString::from_vec(argument.to_vec()));
            Some(Value::Text(path.as_os_str().as_bytes().to_vec()))
        }
        Kind::List => Some(Value::List(parts(argument).map(<[u8]>::to_vec).collect())),
        Kind::Numbers => parts(argument)
            .map(number)
            .collect::<Option<_>>()
            .map(Value::Numbers),
        Kind::Envelope => Some(Value::Envelope {
            skip: 0,
            name: Some(argument.to_vec()),
        }),
        Kind::Protocol => {
            let is_name = |name: &str| argument.eq_ignore_ascii_case(name.as_bytes());
            let row = PROTOCOLS.iter().find(|row| is_name(row.word));
            row.map(|row| Value::Protocol(row.protocol))
        }
        Kind::Auth => auth(argument),
        Kind::Choice(words) => {
            let word = words
                .iter()
                .find(|w| argument.eq_ignore_ascii_case(w.as_bytes()));
            word.map(|word| Value::Choice(word))
        }
        // No switch sets a flag by an argument, or local names.
        Kind::Flag | Kind::Names => None,
    }
}

/// Case counts, except for `external`; `kerberos` is version 5 here, 4 in the file.
fn auth(argument: &[u8]) -> Option<Value> {
    match argument {
        b"kerberos" => Some(Value::Auth(Auth::KerberosV5)),
        word if word == APOP.as_bytes() => Some(Value::Choice(APOP)),
        word if word.eq_ignore_ascii_case(b"external") => Some(Value::Auth(Auth::External)),
        word => words::auth(word).map(|method| Value::Auth(method.auth)),
    }
}

/// The parts between commas; empty ones do not count.
fn parts(argument: &[u8]) -> impl Iterator<Item = &[u8]> {
    argument
        .split(|byte| *byte == b',')
        .filter(|part| !part.is_empty())
}

/// As C's `strtol` with base 0: blanks and a sign before, `0x` for 16, `0` for 8.
fn number(argument: &[u8]) -> Option<i32> {
    let text = std::str::from_utf8(argument).ok()?;
    let text = text.trim_start_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let hex = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"));
    let (digits, base) = match hex {
        Some(hex) => (hex, 16),
        None if digits.starts_with('0') => (digits, 8),
        None => (digits, 10),
    };
    // A second sign is no digit, though Rust would take it.
    if !digits.starts_with(|c: char| c.is_digit(base)) {
        return None;
    }
    let number = i64::from_str_radix(digits, base).ok()?;
    i32::try_from(if is_negative { -number } else { number }).ok()
}
