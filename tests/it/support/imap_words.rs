//! IMAP commands taken apart: atoms, strings, literals, lists, and sets of numbers.

/// One argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// Atom, quoted string or literal. `BODY[HEADER.FIELDS (A B)]<0.10>` is one atom.
    Text(Vec<u8>),
    /// In parentheses.
    List(Vec<Word>),
}

impl Word {
    /// The text; of a list nothing.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => String::from_utf8_lossy(text).into_owned(),
            Self::List(_) => String::new(),
        }
    }

    /// The text in capitals.
    pub fn upper(&self) -> String {
        self.text().to_ascii_uppercase()
    }

    /// The members of a list; a text alone is a list of one.
    pub fn members(&self) -> Vec<Word> {
        match self {
            Self::List(words) => words.clone(),
            text => vec![text.clone()],
        }
    }
}

/// Takes a command apart whose literals stand in it as `{n}`, CRLF, octets. `None` if it is not
/// well formed.
pub fn words(mut input: &[u8]) -> Option<Vec<Word>> {
    let words = list(&mut input, false)?;
    input.is_empty().then_some(words)
}

fn list(input: &mut &[u8], is_inner: bool) -> Option<Vec<Word>> {
    let mut out = Vec::new();
    loop {
        match input.first() {
            None if is_inner => return None,
            None => return Some(out),
            Some(b' ') => *input = &input[1..],
            Some(b')') if is_inner => {
                *input = &input[1..];
                return Some(out);
            }
            Some(b')') => return None,
            Some(b'(') => {
                *input = &input[1..];
                out.push(Word::List(list(input, true)?));
            }
            Some(b'"') => out.push(Word::Text(quoted(input)?)),
            Some(b'{') => out.push(Word::Text(literal(input)?)),
            Some(_) => out.push(Word::Text(atom(input))),
        }
    }
}

fn quoted(input: &mut &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut at = 1;
    loop {
        match *input.get(at)? {
            b'"' => break,
            b'\\' => {
                at += 1;
                out.push(*input.get(at)?);
            }
            octet => out.push(octet),
        }
        at += 1;
    }
    *input = &input[at + 1..];
    Some(out)
}

fn literal(input: &mut &[u8]) -> Option<Vec<u8>> {
    let end = memchr::memmem::find(input, b"}\r\n")?;
    let count = literal_size(&input[..=end])?.0;
    let start = end + 3;
    let out = input.get(start..start + count)?.to_vec();
    *input = &input[start + count..];
    Some(out)
}

fn atom(input: &mut &[u8]) -> Vec<u8> {
    let mut depth = 0;
    let end = input.iter().position(|octet| {
        match octet {
            b'[' => depth += 1,
            b']' => depth -= 1,
            b' ' | b'(' | b')' if depth == 0 => return true,
            _ => {}
        }
        false
    });
    let (atom, rest) = input.split_at(end.unwrap_or(input.len()));
    *input = rest;
    atom.to_vec()
}

/// The size of the literal that a line ends with, and whether the client waits for leave.
pub fn literal_size(line: &[u8]) -> Option<(usize, bool)> {
    let inner = line.strip_suffix(b"}")?;
    let open = memchr::memrchr(b'{', inner)?;
    let digits = std::str::from_utf8(&inner[open + 1..]).ok()?;
    match digits.strip_suffix('+') {
        Some(digits) => Some((digits.parse().ok()?, false)),
        None => Some((digits.parse().ok()?, true)),
    }
}

/// A sequence set (RFC 3501 `sequence-set`).
pub struct Set(Vec<(u32, u32)>);

impl Set {
    /// Reads `1,5:7,9:*`; `*` is `last`. `None` if it is none.
    pub fn parse(text: &str, last: u32) -> Option<Self> {
        let number = |text: &str| match text {
            "*" => Some(last),
            text => text.parse::<u32>().ok().filter(|n| *n > 0),
        };
        let range = |part: &str| {
            let (a, b) = part.split_once(':').unwrap_or((part, part));
            let (a, b) = (number(a)?, number(b)?);
            Some((a.min(b), a.max(b)))
        };
        text.split(',').map(range).collect::<Option<_>>().map(Self)
    }

    /// Whether the number is in it.
    pub fn contains(&self, n: u32) -> bool {
        self.0.iter().any(|(a, b)| (*a..=*b).contains(&n))
    }
}

#[test]
fn commands_come_apart() {
    let text = |s: &str| Word::Text(s.into());
    let check = |input: &[u8], expected: Option<Vec<Word>>| assert_eq!(words(input), expected);
    check(b"a1 NOOP", Some(vec![text("a1"), text("NOOP")]));
    check(br#"a LOGIN "x\"y" {3}"#, None);
    check(
        b"a LOGIN \"x\\\"y\" {3}\r\nb c",
        Some(vec![text("a"), text("LOGIN"), text("x\"y"), text("b c")]),
    );
    check(
        b"UID FETCH 1:2 (UID BODY.PEEK[HEADER.FIELDS (A B)])",
        Some(vec![
            text("UID"),
            text("FETCH"),
            text("1:2"),
            Word::List(vec![text("UID"), text("BODY.PEEK[HEADER.FIELDS (A B)]")]),
        ]),
    );
    check(b"a (b", None);
    check(b"a b)", None);
}

#[test]
fn sets() {
    let check = |set: &str, n: u32, expected| {
        assert_eq!(
            Set::parse(set, 9).map(|s| s.contains(n)),
            expected,
            "{set} {n}"
        );
    };
    check("1,3:5", 4, Some(true));
    check("1,3:5", 2, Some(false));
    check("5:3", 4, Some(true));
    check("12:*", 10, Some(true));
    check("*", 9, Some(true));
    check("0", 1, None);
    check("a", 1, None);
}
