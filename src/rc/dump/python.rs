//! Python values, written as fetchmail writes them.

use std::borrow::Cow;

use crate::rc::account::LocalName;

/// What stands for a password that is not shown.
pub const MASK: &[u8] = b"******";

/// The right side of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Python<'a> {
    /// The key is left out, too.
    Absent,
    /// `None`
    None,
    /// `TRUE`, `FALSE`
    Bool(bool),
    /// A number.
    Int(u32),
    /// A string.
    Text(Cow<'a, [u8]>),
    /// A string that is masked unless passwords are asked for.
    Secret(Cow<'a, [u8]>),
    /// A list of strings.
    List(Cow<'a, [Vec<u8>]>),
    /// Local names, with `*` last.
    Names {
        /// The names; pairs where both sides differ.
        names: Cow<'a, [LocalName]>,
        /// Whether `*` is one.
        wildcard: bool,
    },
    /// Numbers, as one string.
    Codes(&'a [i32]),
}

impl Python<'_> {
    /// A string of this program.
    pub const fn word(word: &'static str) -> Python<'static> {
        Python::Text(Cow::Borrowed(word.as_bytes()))
    }

    /// A string, or none.
    pub fn text(text: Option<&[u8]>) -> Python<'_> {
        text.map_or(Python::None, |text| Python::Text(text.into()))
    }

    /// Writes the value; secrets as a mask unless `shows_secrets`.
    pub fn write(&self, shows_secrets: bool, out: &mut Vec<u8>) {
        match self {
            Python::Absent | Python::None => out.extend_from_slice(b"None"),
            Python::Bool(flag) => out.extend_from_slice(if *flag { b"TRUE" } else { b"FALSE" }),
            Python::Int(number) => integer(*number, out),
            Python::Text(text) => string(text, out),
            Python::Secret(text) if shows_secrets => string(text, out),
            Python::Secret(_) => string(MASK, out),
            Python::List(list) => {
                let mut rest = false;
                out.push(b'[');
                for text in list.iter() {
                    separate(&mut rest, out);
                    string(text, out);
                }
                out.push(b']');
            }
            Python::Names { names, wildcard } => local_names(names, *wildcard, out),
            Python::Codes(codes) => {
                let codes: Vec<String> = codes.iter().map(i32::to_string).collect();
                out.push(b'\'');
                out.extend_from_slice(codes.join(" ").as_bytes());
                out.push(b'\'');
            }
        }
    }
}

fn local_names(names: &[LocalName], wildcard: bool, out: &mut Vec<u8>) {
    let mut rest = false;
    out.push(b'[');
    for name in names {
        separate(&mut rest, out);
        if !name.is_pair {
            string(&name.local, out);
        } else {
            out.push(b'(');
            string(&name.remote, out);
            out.extend_from_slice(b", ");
            string(&name.local, out);
            out.push(b')');
        }
    }
    if wildcard {
        separate(&mut rest, out);
        out.extend_from_slice(b"'*'");
    }
    out.push(b']');
}

fn separate(rest: &mut bool, out: &mut Vec<u8>) {
    if std::mem::replace(rest, true) {
        out.extend_from_slice(b", ");
    }
}

fn integer(number: u32, out: &mut Vec<u8>) {
    let mut digits = [0; 10];
    let mut rest = number;
    let mut length = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        length += 1;
        if rest == 0 {
            break;
        }
    }
    out.extend(digits.iter().skip(10 - length));
}

fn string(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    escaped(text, out);
    out.push(b'"');
}

/// The inside of a string. Other bytes become `\0x` and two digits, which is fetchmail's way and
/// not Python's (there it is a NUL before the letter x).
pub fn escaped(text: &[u8], out: &mut Vec<u8>) {
    let is_odd = |byte: &u8| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\');
    let mut rest = text;
    while let Some(at) = rest.iter().position(is_odd) {
        let (plain, tail) = rest.split_at(at);
        out.extend_from_slice(plain);
        if let Some((byte, tail)) = tail.split_first() {
            escape(*byte, out);
            rest = tail;
        }
    }
    out.extend_from_slice(rest);
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    let letter = match byte {
        b'"' | b'\\' => byte,
        7 => b'a',
        8 => b'b',
        9 => b't',
        10 => b'n',
        11 => b'v',
        12 => b'f',
        13 => b'r',
        _ => {
            out.extend_from_slice(format!("\\0x{byte:02x}").as_bytes());
            return;
        }
    };
    out.extend_from_slice(&[b'\\', letter]);
}
