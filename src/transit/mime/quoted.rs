//! Quoted-printable text (RFC 2045 section 6.7) as the octets it stands for, chunk by chunk.

use bytes::{BufMut, BytesMut};
use memchr::memchr;

/// Decodes one body. What is no encoding passes as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quoted {
    held: Held,
    guard: Guard,
}

/// The end of what was read, when its meaning depends on what follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Held {
    #[default]
    Nothing,
    /// `=`
    Equals,
    /// `=` and this digit.
    Digit(u8),
    /// `=` and CR.
    Return,
    /// A soft line break: it goes if anything follows. Where the text ends with one, its line end
    /// stays, so that the next line of the message remains a line.
    Soft(&'static [u8]),
}

impl Quoted {
    /// At the beginning of a body within these delimiters.
    pub fn new(around: &[Vec<u8>]) -> Self {
        let mut quoted = Self::default();
        quoted.guard.begin_line(around);
        quoted
    }

    /// The next octets, of which none is a delimiter.
    pub fn decode(&mut self, mut raw: &[u8], around: &[Vec<u8>], out: &mut BytesMut) {
        while let Some((&byte, rest)) = raw.split_first() {
            if self.held == Held::Nothing {
                let run = memchr(b'=', raw).unwrap_or(raw.len());
                self.plain(&raw[..run], around, out);
                let is_held = run < raw.len();
                self.held = if is_held { Held::Equals } else { Held::Nothing };
                raw = raw.get(run + 1..).unwrap_or_default();
                continue;
            }
            let is_taken = self.next(byte, around, out);
            raw = if is_taken { rest } else { raw };
        }
    }

    /// One octet behind something held; whether it was part of it.
    fn next(&mut self, byte: u8, around: &[Vec<u8>], out: &mut BytesMut) -> bool {
        let held = std::mem::take(&mut self.held);
        match (held, byte) {
            (Held::Equals, b'\n') => self.held = Held::Soft(b"\n"),
            (Held::Equals, b'\r') => self.held = Held::Return,
            (Held::Return, b'\n') => self.held = Held::Soft(b"\r\n"),
            (Held::Equals, digit) if digit.is_ascii_hexdigit() => self.held = Held::Digit(digit),
            (Held::Digit(first), second) if second.is_ascii_hexdigit() => {
                if let Some(octet) = octet(first, second) {
                    self.one(octet, around, out);
                }
            }
            (Held::Nothing | Held::Soft(_), _) => return false,
            (held, _) => {
                self.plain(held.text().as_slice(), around, out);
                return false;
            }
        }
        true
    }

    /// The end of the body: what was held is given out.
    pub fn end(&mut self, out: &mut BytesMut) {
        let held = std::mem::take(&mut self.held);
        out.extend_from_slice(&held.text());
    }

    /// Octets that stand for themselves.
    fn plain(&mut self, mut run: &[u8], around: &[Vec<u8>], out: &mut BytesMut) {
        while let Some((&first, rest)) = run.split_first() {
            if self.guard.is_on() {
                self.one(first, around, out);
                run = rest;
                continue;
            }
            // Without delimiters the guard is never on, and one copy does.
            let line = match around.is_empty() {
                true => run.len(),
                false => memchr(b'\n', run).map_or(run.len(), |end| end + 1),
            };
            out.extend_from_slice(&run[..line]);
            if run[..line].last() == Some(&b'\n') {
                self.guard.begin_line(around);
            }
            run = &run[line..];
        }
    }

    fn one(&mut self, byte: u8, around: &[Vec<u8>], out: &mut BytesMut) {
        if self.guard.completes(byte, around) {
            out.extend_from_slice(format!("={byte:02X}").as_bytes());
            return;
        }
        out.put_u8(byte);
        if byte == b'\n' {
            self.guard.begin_line(around);
        }
    }
}

impl Held {
    fn text(self) -> Vec<u8> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Equals => b"=".to_vec(),
            Self::Digit(digit) => vec![b'=', digit],
            Self::Return => b"=\r".to_vec(),
            Self::Soft(end) => end.to_vec(),
        }
    }
}

/// Keeps decoded text from forging a delimiter of the parts around it: the last octet of one that
/// comes about by decoding stays encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Guard {
    /// Octets of the line so far.
    column: usize,
    /// A bit for each delimiter the line may still become.
    alive: u32,
}

impl Guard {
    fn begin_line(&mut self, around: &[Vec<u8>]) {
        self.column = 0;
        self.alive = (1 << around.len().min(31)) - 1;
    }

    fn is_on(self) -> bool {
        self.alive != 0
    }

    /// Whether this octet would make the line begin with a delimiter.
    fn completes(&mut self, byte: u8, around: &[Vec<u8>]) -> bool {
        for (nth, delimiter) in around.iter().enumerate().take(31) {
            let bit = 1 << nth;
            if self.alive & bit == 0 {
                continue;
            }
            if delimiter.get(self.column) != Some(&byte) {
                self.alive &= !bit;
            } else if self.column + 1 == delimiter.len() {
                self.alive = 0;
                return true;
            }
        }
        self.column += 1;
        false
    }
}

/// Two hexadecimal digits, in either case: writers use both.
pub fn octet(first: u8, second: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(first)? * 16 + digit(second)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(text: &[u8], around: &[Vec<u8>], cuts: &[usize]) -> Vec<u8> {
        let mut quoted = Quoted::new(around);
        let mut out = BytesMut::new();
        let mut from = 0;
        for cut in cuts.iter().map(|cut| cut % (text.len() + 1)) {
            if cut > from {
                quoted.decode(&text[from..cut], around, &mut out);
                from = cut;
            }
        }
        quoted.decode(&text[from..], around, &mut out);
        quoted.end(&mut out);
        out.to_vec()
    }

    fn check(text: &str, expected: &str) {
        for cut in 0..=text.len() {
            let found = decode(text.as_bytes(), &[], &[cut]);
            assert_eq!(found.escape_ascii().to_string(), expected, "{text:?} {cut}");
        }
    }

    #[test]
    fn decodes() {
        check("ca=E9 =3D x\r\n", "ca\\xe9 = x\\r\\n");
        check("a=e9=\r\nb=\nc", "a\\xe9bc");
        check("x=\r\n=\r\ny", "xy");
        check("a=0D=0A=\r\nb", "a\\r\\nb");
        check("a =\r\n", "a \\r\\n");
        check("a=\n", "a\\n");
    }

    #[test]
    fn what_is_broken_stays() {
        check("a=", "a=");
        check("a=4", "a=4");
        check("a=4\r\n", "a=4\\r\\n");
        check("a=ZZ=G0=", "a=ZZ=G0=");
        check("a=\rb", "a=\\rb");
        check("a=\r", "a=\\r");
        check("a==41", "a=A");
        check("a=4=41", "a=4A");
        check("end=  \r\n", "end=  \\r\\n");
    }

    #[test]
    fn no_delimiter_comes_about() {
        let around = [b"--ab".to_vec(), b"--x".to_vec()];
        let check = |text: &str, expected: &str| {
            for cut in 0..=text.len() {
                let found = decode(text.as_bytes(), &around, &[cut]);
                assert_eq!(
                    String::from_utf8(found).unwrap(),
                    expected,
                    "{text:?} {cut}"
                );
            }
        };
        check("=2D-ab", "--a=62");
        check("--a=62", "--a=62");
        check("q=0A--ab\n", "q\n--a=62\n");
        check("=\n-=2Dab", "--a=62");
        check("-=2Dx y", "--=78 y");
        check("--=20\n", "-- \n");
        check("a--ab", "a--ab");
        check("=2D-b--ab", "--b--ab");
    }

    /// As a writer would do it.
    fn encode(text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut column = 0;
        for &byte in text {
            if column > 70 {
                out.extend_from_slice(b"=\r\n");
                column = 0;
            }
            match byte {
                b'!'..=b'<' | b'>'..=b'~' => out.push(byte),
                _ => out.extend_from_slice(format!("={byte:02X}").as_bytes()),
            }
            column += 3;
        }
        out
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(
            text in prop::collection::vec(any::<u8>(), 0..400),
            cuts in prop::collection::vec(0..1500usize, 0..6),
        ) {
            prop_assert_eq!(decode(&encode(&text), &[], &cuts), text);
        }

        #[test]
        fn any_cut_gives_the_same(text in "[=0A4x\\r\\n-]{0,40}", cuts in prop::collection::vec(0..40usize, 0..8)) {
            for around in [vec![], vec![b"--x".to_vec(), b"-0".to_vec()]] {
                let whole = decode(text.as_bytes(), &around, &[]);
                prop_assert_eq!(decode(text.as_bytes(), &around, &cuts), whole);
            }
        }
    }
}
