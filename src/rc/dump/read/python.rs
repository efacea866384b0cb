//! Literals of Python as a dump has them: numbers, strings, lists, pairs, dictionaries. No names but
//! `TRUE`, `FALSE` and `None`, no expressions; so nothing can happen but that it is not understood.

/// How deep lists and dictionaries may stand in each other; a dump needs five.
const DEPTH_MAX: usize = 12;

/// A value.
pub enum Literal {
    /// `None`
    None,
    /// A number; `TRUE` is 1.
    Number(i64),
    /// A string.
    Text {
        /// What it says.
        bytes: Vec<u8>,
        /// In single quotes: `'*'` is no name.
        is_single: bool,
    },
    /// A list, or a pair.
    List(Vec<Literal>),
    /// A dictionary.
    Dictionary(Dictionary),
}

impl Literal {
    /// Whether it stands for yes.
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Number(number) if *number != 0)
    }

    /// Whether it says anything.
    fn tells(&self) -> bool {
        match self {
            Self::None => false,
            Self::Number(number) => *number != 0,
            Self::Text { bytes, .. } => !bytes.is_empty(),
            Self::List(list) => !list.is_empty(),
            Self::Dictionary(dictionary) => !dictionary.0.is_empty(),
        }
    }
}

/// Keys with their values.
pub struct Dictionary(Vec<(Vec<u8>, Literal)>);

impl Dictionary {
    /// Takes out what stands under a key; the last, as Python has it.
    pub fn take(&mut self, key: &str) -> Option<Literal> {
        let mut found = None;
        while let Some(at) = self.0.iter().position(|(name, _)| name == key.as_bytes()) {
            found = Some(self.0.remove(at).1);
        }
        found
    }

    /// The keys that are left and say something.
    pub fn telling(&self) -> Vec<String> {
        let telling = self.0.iter().filter(|(_, value)| value.tells());
        let shown = telling.map(|(key, _)| String::from_utf8_lossy(key).into_owned());
        shown.collect()
    }
}

/// What cannot be read.
#[derive(Clone, Copy, Debug)]
pub struct Broken {
    /// In which line, from 1.
    pub line: usize,
    /// It is nested too deep.
    pub is_deep: bool,
}

type Result<T> = std::result::Result<T, Broken>;

/// The dictionary that `name` is set to at the beginning of a line; `None` if it is not.
pub fn dictionary(bytes: &[u8], name: &[u8]) -> Result<Option<Dictionary>> {
    let mut starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', bytes).map(|at| at + 1));
    let behind = |start: usize| {
        let line = bytes.get(start..)?.strip_prefix(name)?.trim_ascii_start();
        Some(bytes.len() - line.strip_prefix(b"=")?.len())
    };
    let Some(at) = starts.find_map(behind) else {
        return Ok(None);
    };
    let mut reader = Reader { bytes, at };
    match reader.literal(0)? {
        Literal::Dictionary(dictionary) => Ok(Some(dictionary)),
        _ => Ok(None),
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn literal(&mut self, depth: usize) -> Result<Literal> {
        if depth > DEPTH_MAX {
            let broken = self.broken();
            return Err(Broken {
                is_deep: true,
                ..broken
            });
        }
        match self.peek() {
            Some(b'{') => self.pairs(depth).map(Literal::Dictionary),
            Some(b'[') => self.list(b']', depth).map(Literal::List),
            Some(b'(') => self.list(b')', depth).map(Literal::List),
            Some(quote @ (b'"' | b'\'')) => Ok(Literal::Text {
                bytes: self.string(quote)?,
                is_single: quote == b'\'',
            }),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => self.word(),
            None => Err(self.broken()),
        }
    }

    fn pairs(&mut self, depth: usize) -> Result<Dictionary> {
        self.at += 1;
        let mut pairs = Vec::new();
        loop {
            let key = match self.peek() {
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Dictionary(pairs));
                }
                Some(quote @ (b'"' | b'\'')) => self.string(quote)?,
                _ => return Err(self.broken()),
            };
            if self.peek() != Some(b':') {
                return Err(self.broken());
            }
            self.at += 1;
            pairs.push((key, self.literal(depth + 1)?));
            self.comma(b'}')?;
        }
    }

    fn list(&mut self, end: u8, depth: usize) -> Result<Vec<Literal>> {
        self.at += 1;
        let mut list = Vec::new();
        while self.peek() != Some(end) {
            list.push(self.literal(depth + 1)?);
            self.comma(end)?;
        }
        self.at += 1;
        Ok(list)
    }

    /// A comma, unless the end comes.
    fn comma(&mut self, end: u8) -> Result<()> {
        match self.peek() {
            Some(b',') => self.at += 1,
            Some(other) if other == end => {}
            _ => return Err(self.broken()),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Literal> {
        let rest = self.rest();
        let length = rest.iter().take_while(|b| b"-0123456789".contains(b));
        let length = length.count();
        let digits = rest.get(..length).unwrap_or_default();
        let number = std::str::from_utf8(digits)
            .ok()
            .and_then(|d| d.parse().ok());
        let number = number.ok_or(self.broken())?;
        self.at += length;
        Ok(Literal::Number(number))
    }

    fn word(&mut self) -> Result<Literal> {
        let rest = self.rest();
        let length = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let word = match rest.get(..length).unwrap_or_default() {
            b"None" => Literal::None,
            b"TRUE" | b"True" => Literal::Number(1),
            b"FALSE" | b"False" => Literal::Number(0),
            _ => return Err(self.broken()),
        };
        self.at += length;
        Ok(word)
    }

    /// A string on one line.
    fn string(&mut self, quote: u8) -> Result<Vec<u8>> {
        self.at += 1;
        let mut out = Vec::new();
        loop {
            let rest = self.rest();
            let length = rest
                .iter()
                .take_while(|b| !matches!(**b, b'\\' | b'\n') && **b != quote);
            let length = length.count();
            out.extend_from_slice(rest.get(..length).unwrap_or_default());
            self.at += length;
            match rest.get(length) {
                Some(b'\\') => out.push(self.escape()?),
                Some(b'\n') | None => return Err(self.broken()),
                Some(_) => {
                    self.at += 1;
                    return Ok(out);
                }
            }
        }
    }

    /// What a backslash stands for. Other bytes are `\0x` and two digits, which is fetchmail's way,
    /// and not Python's; of bytes above 127 it writes an `int`.
    fn escape(&mut self) -> Result<u8> {
        let rest = self.rest().get(1..).unwrap_or_default();
        let (byte, length) = match rest {
            [b'0', b'x', b'f', b'f', b'f', b'f', b'f', b'f', a, b, ..] => (hex(*a, *b), 10),
            [b'0', b'x', a, b, ..] | [b'x', a, b, ..] => {
                (hex(*a, *b), if rest.starts_with(b"0") { 4 } else { 3 })
            }
            [byte, ..] => (letter(*byte), 1),
            [] => (None, 0),
        };
        let byte = byte.ok_or(self.broken())?;
        self.at += 1 + length;
        Ok(byte)
    }

    /// The next byte that is no blank and in no comment.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            match byte {
                b'#' => {
                    let end = memchr::memchr(b'\n', self.rest());
                    self.at = end.map_or(self.bytes.len(), |end| self.at + end);
                }
                b if b.is_ascii_whitespace() => self.at += 1,
                b => return Some(b),
            }
        }
    }

    fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn broken(&self) -> Broken {
        let before = self.bytes.get(..self.at).unwrap_or(self.bytes);
        Broken {
            line: memchr::memchr_iter(b'\n', before).count() + 1,
            is_deep: false,
        }
    }
}

fn hex(a: u8, b: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(a)? * 16 + digit(b)?).ok()
}

fn letter(byte: u8) -> Option<u8> {
    Some(match byte {
        b'a' => 7,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 11,
        b'f' => 12,
        b'r' => b'\r',
        b'"' | b'\'' | b'\\' => byte,
        _ => return None,
    })
}
