//! Responses as data. Nothing a server sends is an error here: what is not understood is
//! [`Response::Unknown`], and who waits for something decides what that means.

use bytes::Bytes;

use super::scan::{Cursor, Value, nonzero, number};
use crate::proto::machine::Reason;

/// A response, as far as retrieval cares (RFC 9051 section 7).
#[derive(Debug, PartialEq, Eq)]
pub enum Response {
    /// The end of a command.
    Tagged {
        /// Its tag.
        tag: Bytes,
        /// What became of it.
        status: Status,
    },
    /// `* OK`, `* NO`, `* BAD`, `* BYE`, `* PREAUTH`
    Untagged(Status),
    /// `+`: the server wants more of the command. Text without the blank.
    Continue(Bytes),
    /// `* CAPABILITY`
    Capability(Capabilities),
    /// `* n EXISTS`; `None` if n is no 32-bit number.
    Exists(Option<u32>),
    /// `* n EXPUNGE`
    Expunge(u32),
    /// `* n FETCH`
    Fetch(Fetch),
    /// `* LIST`
    List(FolderName),
    /// Anything else.
    Unknown,
}

/// A status response (RFC 9051 section 7.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Which.
    pub kind: Kind,
    /// The response code without brackets.
    pub code: Option<Code>,
    /// The line from the word on: the server's own words.
    pub line: Bytes,
}

/// The word of a status response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the words themselves
pub enum Kind {
    Ok,
    No,
    Bad,
    Bye,
    Preauth,
}

/// A response code: `[UIDVALIDITY 7]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// First word, as sent.
    name: Bytes,
    /// The rest.
    args: Bytes,
}

impl Code {
    /// Whether it is called `name`, in any letter case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// Its argument as a number above zero.
    pub fn number(&self) -> Option<u32> {
        nonzero(self.args.trim_ascii())
    }

    /// The list of a `CAPABILITY` code.
    pub fn capabilities(&self) -> Option<Capabilities> {
        self.is("CAPABILITY")
            .then(|| Capabilities(self.args.clone()))
    }
}

/// What a server says it can do; names compare in any letter case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities(Bytes);

impl Capabilities {
    /// What is listed, as it is listed.
    pub fn words(&self) -> impl Iterator<Item = &[u8]> {
        self.0
            .split(|b| b.is_ascii_whitespace())
            .filter(|word| !word.is_empty())
    }

    /// Whether `name` is listed.
    pub fn has(&self, name: &str) -> bool {
        self.0
            .split(|b| b.is_ascii_whitespace())
            .any(|word| word.eq_ignore_ascii_case(name.as_bytes()))
    }
}

/// One message's data (RFC 9051 section 7.5.2).
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Fetch {
    /// Message sequence number.
    pub seq: u32,
    /// UID, where the answer has one.
    pub uid: Option<u32>,
    /// RFC822.SIZE: advice only.
    pub size: Option<u64>,
    /// Flags, where the answer has them.
    pub flags: Option<Flags>,
    /// The whole message, or its header.
    pub body: Body,
    /// What came is the header only.
    pub is_header: bool,
}

/// A folder of `* LIST` (RFC 9051 section 7.3.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderName {
    /// As the server spells it.
    pub name: Vec<u8>,
    /// It can be opened.
    pub can_select: bool,
}

/// The two flags that matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `\Seen`
    pub is_seen: bool,
    /// `\Deleted`
    pub is_deleted: bool,
}

/// In which form a message came.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// Not in this answer.
    #[default]
    Absent,
    /// `NIL`: the server has no text for it, which is not an empty message.
    Nil,
    /// It was handed on while it came.
    Passed,
    /// As a quoted string.
    Text(Vec<u8>),
}

impl Response {
    /// Understands a whole response.
    pub fn scan(line: &Bytes) -> Self {
        let mut cursor = Cursor::new(line);
        cursor.blanks();
        if cursor.take(b'+') {
            cursor.blanks();
            return Self::Continue(line.slice_ref(cursor.rest()));
        }
        let tag = cursor.word();
        cursor.blanks();
        if tag == b"*" {
            return scan_untagged(line, cursor);
        }
        match scan_status(line, cursor.rest()) {
            Some(status)
                if !tag.is_empty() && matches!(status.kind, Kind::Ok | Kind::No | Kind::Bad) =>
            {
                Self::Tagged {
                    tag: line.slice_ref(tag),
                    status,
                }
            }
            _ => Self::Unknown,
        }
    }
}

fn scan_untagged(line: &Bytes, mut cursor: Cursor<'_>) -> Response {
    if let Some(status) = scan_status(line, cursor.rest()) {
        return Response::Untagged(status);
    }
    let word = cursor.word();
    cursor.blanks();
    if word.eq_ignore_ascii_case(b"CAPABILITY") {
        return Response::Capability(Capabilities(line.slice_ref(cursor.rest())));
    }
    if word.eq_ignore_ascii_case(b"LIST") {
        return scan_list(cursor).map_or(Response::Unknown, Response::List);
    }
    let name = cursor.word();
    if name.eq_ignore_ascii_case(b"EXISTS") {
        let count = number(word).and_then(|n| u32::try_from(n).ok());
        return Response::Exists(count);
    }
    let Some(seq) = nonzero(word) else {
        return Response::Unknown;
    };
    if name.eq_ignore_ascii_case(b"EXPUNGE") {
        Response::Expunge(seq)
    } else if name.eq_ignore_ascii_case(b"FETCH") {
        scan_items(seq, cursor).map_or(Response::Unknown, Response::Fetch)
    } else {
        Response::Unknown
    }
}

/// `(attributes) delimiter name`; servers quote the name, send it as a literal, or neither.
fn scan_list(mut cursor: Cursor<'_>) -> Option<FolderName> {
    let Value::List(attributes) = cursor.value()? else {
        return None;
    };
    let has = |name: &[u8]| {
        let mut words = attributes.split(|b| b.is_ascii_whitespace());
        words.any(|word| word.eq_ignore_ascii_case(name))
    };
    let can_select = !has(b"\\Noselect") && !has(b"\\NonExistent");
    cursor.value()?;
    cursor.blanks();
    let name = match cursor.clone().value()? {
        Value::Text(text) => text.into_owned(),
        // A bare name may hold what looks like more than one value.
        _ => cursor.rest().trim_ascii_end().to_vec(),
    };
    Some(FolderName { name, can_select })
}

fn scan_status(line: &Bytes, text: &[u8]) -> Option<Status> {
    let mut cursor = Cursor::new(text);
    let word = cursor.word();
    let (_, kind) = KINDS
        .iter()
        .find(|(name, _)| word.eq_ignore_ascii_case(name))?;
    cursor.blanks();
    Some(Status {
        kind: *kind,
        code: scan_code(line, cursor.rest()),
        line: line.slice_ref(text),
    })
}

const KINDS: [(&[u8], Kind); 5] = [
    (b"OK", Kind::Ok),
    (b"NO", Kind::No),
    (b"BAD", Kind::Bad),
    (b"BYE", Kind::Bye),
    (b"PREAUTH", Kind::Preauth),
];

/// A code ends at the first `]`: none that matters here has one inside.
fn scan_code(line: &Bytes, text: &[u8]) -> Option<Code> {
    let inner = text.strip_prefix(b"[")?;
    let inner = inner.get(..memchr::memchr(b']', inner)?)?.trim_ascii();
    let end = memchr::memchr(b' ', inner).unwrap_or(inner.len());
    let (name, args) = inner.split_at(end);
    Some(Code {
        name: line.slice_ref(name),
        args: line.slice_ref(args),
    })
}

/// Reads `(name value name value ...)` up to its end, or up to where the server has come: `head`
/// of a body has no end yet.
fn scan_items(seq: u32, mut cursor: Cursor<'_>) -> Option<Fetch> {
    let mut fetch = Fetch {
        seq,
        ..Fetch::default()
    };
    cursor.blanks();
    if !cursor.take(b'(') {
        return None;
    }
    loop {
        cursor.blanks();
        if cursor.peek().is_none_or(|b| b == b')') {
            return Some(fetch);
        }
        let name = cursor.item_name();
        cursor.blanks();
        if cursor.peek().is_none() {
            return Some(fetch);
        }
        match cursor.value() {
            Some(value) => take_item(&mut fetch, name, value),
            None => return None,
        }
    }
}

/// The message and UID that a body belongs to, from the response up to its literal; and whether
/// it is only the header.
pub fn scan_head(head: &[u8]) -> Option<(u32, Option<u32>, bool)> {
    let name = head
        .trim_ascii_end()
        .rsplit(|b| matches!(b, b' ' | b'('))
        .next();
    let is_header = is_header_name(name.unwrap_or_default());
    match Response::scan(&Bytes::copy_from_slice(head)) {
        Response::Fetch(fetch) => Some((fetch.seq, fetch.uid, is_header)),
        _ => None,
    }
}

fn take_item(fetch: &mut Fetch, name: &[u8], value: Value<'_>) {
    let is = |wanted: &[u8]| name.eq_ignore_ascii_case(wanted);
    fetch.is_header |= is_header_name(name);
    match value {
        Value::Atom(word) if is(b"UID") => fetch.uid = nonzero(word),
        Value::Atom(word) if is(b"RFC822.SIZE") => fetch.size = number(word),
        Value::List(list) if is(b"FLAGS") => fetch.flags = Some(scan_flags(list)),
        Value::Passed if is_body_name(name) => fetch.body = Body::Passed,
        Value::Nil if is_body_name(name) => fetch.body = Body::Nil,
        Value::Text(text) if is_body_name(name) => fetch.body = Body::Text(text.into_owned()),
        _ => {}
    }
}

fn scan_flags(list: &[u8]) -> Flags {
    let has = |flag: &[u8]| {
        list.split(|b| b.is_ascii_whitespace())
            .any(|word| word.eq_ignore_ascii_case(flag))
    };
    Flags {
        is_seen: has(b"\\Seen"),
        is_deleted: has(b"\\Deleted"),
    }
}

/// Names under which servers answer `BODY.PEEK[HEADER]`.
fn is_header_name(name: &[u8]) -> bool {
    [&b"BODY[HEADER]"[..], b"BODY.PEEK[HEADER]", b"RFC822.HEADER"]
        .iter()
        .any(|header| name.eq_ignore_ascii_case(header))
}

/// Whether the value of this name is the body or the header of a message. Which of them was asked
/// for is the session's matter.
pub(super) fn is_body_name(name: &[u8]) -> bool {
    is_header_name(name) || is_whole_name(name)
}

/// Names under which servers answer `BODY.PEEK[]`: some repeat the question (Q16), old ones use
/// the IMAP2 name.
fn is_whole_name(name: &[u8]) -> bool {
    [&b"BODY[]"[..], b"BODY.PEEK[]", b"RFC822"]
        .iter()
        .any(|body| name.eq_ignore_ascii_case(body))
}

/// How to understand a refusal: by its response code (RFC 5530), else by words that known servers
/// use where they should have sent a code, else as `otherwise`.
pub fn reason(status: &Status, otherwise: Reason) -> Reason {
    const CODES: [(&str, Reason); 10] = [
        ("AUTHENTICATIONFAILED", Reason::SignIn),
        ("AUTHORIZATIONFAILED", Reason::SignIn),
        ("EXPIRED", Reason::SignIn),
        ("CONTACTADMIN", Reason::SignIn),
        ("PRIVACYREQUIRED", Reason::NoMethod),
        ("INUSE", Reason::Locked),
        ("UNAVAILABLE", Reason::Busy),
        ("SERVERBUG", Reason::Busy),
        ("LIMIT", Reason::Limit),
        ("NONEXISTENT", Reason::Folder),
    ];
    // Gmail and Courier say the first two, Exchange and Office 365 the others (Q6, Q23).
    const WORDS: [(&str, Reason); 4] = [
        ("too many simultaneous connections", Reason::Limit),
        ("maximum number of connections", Reason::Limit),
        ("server busy", Reason::Busy),
        ("back off", Reason::Busy),
    ];
    if let Some(code) = &status.code
        && let Some((_, reason)) = CODES.iter().find(|(name, _)| code.is(name))
    {
        return *reason;
    }
    let line = status.line.to_ascii_lowercase();
    let holds = |words: &str| memchr::memmem::find(&line, words.as_bytes()).is_some();
    WORDS
        .iter()
        .find(|(words, _)| holds(words))
        .map_or(otherwise, |(_, reason)| *reason)
}

#[cfg(test)]
mod tests;
