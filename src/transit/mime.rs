//! `mimedecode`: encoded words and quoted-printable text become 8-bit octets (engine.md section 12).
//!
//! Character sets are lost, as the manual says. What is broken, or would mean something else once
//! decoded, passes octet for octet: a word that would end its line, a text in UTF-16, a part that
//! is signed or encrypted. Base64 bodies are never decoded.

mod body;
mod quoted;
mod words;

use std::borrow::Cow;

use super::header::{fields, split_field};

pub use body::Body;

/// Longest boundary that is looked for. RFC 2046 section 5.1.1 allows 70 octets.
const BOUNDARY_MAX: usize = 200;

/// What the body below a header is, as far as decoding goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Content {
    /// It passes as it is.
    #[default]
    AsItIs,
    /// Quoted-printable text.
    Quoted,
    /// Parts between lines that begin with this, dashes included.
    Parts(Vec<u8>),
}

/// What `mimedecode` does to one header, and finds out about the body below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    content: Content,
    is_seven_bit: bool,
}

impl Plan {
    /// For the header of a message; a message without MIME-Version keeps its body.
    pub fn of_message(lines: &[u8]) -> Self {
        let mut all = fields(lines).filter_map(split_field);
        let is_mime =
            all.any(|(name, body)| name.eq_ignore_ascii_case(b"MIME-Version") && is_version(body));
        match is_mime {
            true => Self::of_part(lines),
            false => Self::default(),
        }
    }

    /// For the header of a part. Fields that contradict each other tell nothing.
    fn of_part(lines: &[u8]) -> Self {
        let one = |wanted: &[u8]| {
            let mut found = fields(lines)
                .filter_map(split_field)
                .filter(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, body)| body);
            let first = found.next();
            (first, found.next().is_some())
        };
        let (kind, is_twice) = one(b"Content-Type");
        let (encoding, is_twice_encoded) = one(b"Content-Transfer-Encoding");
        let Some(kind) = kind.filter(|_| !is_twice && !is_twice_encoded) else {
            return Self::default();
        };
        let encoding = encoding.map(first_word).unwrap_or_default();
        Self {
            content: content(kind, &encoding),
            is_seven_bit: encoding == b"7bit",
        }
    }

    /// Whether octets of the body may change.
    pub fn decodes(&self) -> bool {
        self.content != Content::AsItIs
    }

    /// A field as it is after decoding.
    pub fn field<'a>(&self, field: &'a [u8]) -> Cow<'a, [u8]> {
        let Some((name, body)) = split_field(field) else {
            return Cow::Borrowed(field);
        };
        if name.eq_ignore_ascii_case(b"Content-Transfer-Encoding") && self.relabels() {
            let end: &[u8] = match field.ends_with(b"\r\n") {
                true => b"\r\n",
                false if field.ends_with(b"\n") => b"\n",
                false => b"",
            };
            return Cow::Owned([b"Content-Transfer-Encoding: 8bit", end].concat());
        }
        match words::decode(name, body) {
            Some(decoded) => {
                let name = &field[..field.len() - body.len()];
                Cow::Owned([name, &decoded].concat())
            }
            None => Cow::Borrowed(field),
        }
    }

    /// Parts that are decoded make a lie of the 7bit around them.
    fn relabels(&self) -> bool {
        match self.content {
            Content::AsItIs => false,
            Content::Quoted => true,
            Content::Parts(_) => self.is_seven_bit,
        }
    }
}

/// Whether a MIME-Version field says something that is known.
pub fn is_version(body: &[u8]) -> bool {
    body.trim_ascii().starts_with(b"1.0")
}

/// The first word of a field, comments left out, in lower case.
fn first_word(body: &[u8]) -> Vec<u8> {
    let body = body.trim_ascii();
    let end = body
        .iter()
        .position(|b| b.is_ascii_whitespace() || b"(;".contains(b));
    body[..end.unwrap_or(body.len())].to_ascii_lowercase()
}

fn content(kind: &[u8], encoding: &[u8]) -> Content {
    let text = String::from_utf8_lossy(kind);
    let kind = mailparse::parse_content_type(text.trim());
    if let Some(multipart) = kind.mimetype.strip_prefix("multipart/") {
        let is_sealed = multipart == "signed" || multipart == "encrypted";
        let boundary = kind.params.get("boundary").map(|b| b.trim_end());
        let usable = boundary.filter(|b| (1..=BOUNDARY_MAX).contains(&b.len()) && !is_sealed);
        return usable.map_or(Content::AsItIs, |boundary| {
            Content::Parts([b"--", boundary.as_bytes()].concat())
        });
    }
    let is_text = kind.mimetype.starts_with("text/") || kind.mimetype == "message/rfc822";
    // In these, line ends and NULs are halves of characters: 8bit could not carry them.
    let charset = kind.charset.to_ascii_lowercase();
    let is_wide = ["utf-16", "utf16", "utf-32", "utf32", "iso-10646-ucs"]
        .iter()
        .any(|wide| charset.starts_with(wide));
    match is_text && !is_wide && encoding == b"quoted-printable" {
        true => Content::Quoted,
        false => Content::AsItIs,
    }
}

#[cfg(test)]
mod tests;
