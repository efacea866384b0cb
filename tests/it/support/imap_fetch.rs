//! IMAP FETCH: items, sections, partial bodies, sent piece by piece.

use std::io;

use super::imap::Selected;
use super::imap_mail::{DONE, flags, look, named};
use super::imap_words::Word;
use super::store::{Store, Stored};
use super::wire::Wire;

/// FETCH and UID FETCH. Bodies leave piece by piece.
pub async fn fetch(
    wire: &mut Wire,
    store: &Store,
    selected: &Selected,
    set: &Word,
    items: &Word,
    by_uid: bool,
) -> io::Result<String> {
    let Some(named) = named(selected, &set.text(), by_uid) else {
        return Ok("BAD no set".to_owned());
    };
    let Some(items) = items_of(items, by_uid) else {
        return Ok("BAD unknown item".to_owned());
    };
    let mut refused = false;
    for (number, uid) in named {
        // Gone by another session: a server may leave it out (RFC 2180 section 4.1).
        let Some(stored) = look(store, selected, uid) else {
            continue;
        };
        if items.iter().any(|i| i.is_body()) && wire.manner.refuses_messages.contains(&uid) {
            refused = true;
            continue;
        }
        send_one(wire, store, selected, &stored, number, &items).await?;
    }
    Ok(if refused {
        "NO [UNAVAILABLE] some messages cannot be read"
    } else {
        DONE
    }
    .to_owned())
}

async fn send_one(
    wire: &mut Wire,
    store: &Store,
    selected: &Selected,
    stored: &Stored,
    number: usize,
    items: &[Item],
) -> io::Result<()> {
    wire.send(format!("* {number} FETCH (").as_bytes()).await?;
    let marks = items
        .iter()
        .any(|i| matches!(i, Item::Part { marks: true, .. }))
        && !selected.is_read_only;
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            wire.send(b" ").await?;
        }
        item.send(wire, stored).await?;
    }
    if marks && !stored.flags.contains("\\Seen") {
        store.flag(&selected.user, &selected.folder, stored.uid, "\\Seen", true);
        if let Some(now) = look(store, selected, stored.uid) {
            wire.send(format!(" {}", flags(&now)).as_bytes()).await?;
        }
    }
    wire.say(")").await
}

/// A thing to fetch.
enum Item {
    Flags,
    Uid,
    Size,
    Date,
    /// `BODY[...]` and its older names; `name` is how the answer calls it.
    Part {
        name: String,
        section: Section,
        range: Option<(u64, u64)>,
        marks: bool,
    },
}

enum Section {
    All,
    Header,
    Fields(Vec<String>),
    Text,
}

fn items_of(word: &Word, by_uid: bool) -> Option<Vec<Item>> {
    let mut items = Vec::new();
    for word in word.members() {
        match word.upper().as_str() {
            "ALL" | "FAST" => items.extend([Item::Flags, Item::Date, Item::Size]),
            text => items.push(Item::parse(text)?),
        }
    }
    if by_uid && !items.iter().any(|item| matches!(item, Item::Uid)) {
        items.insert(0, Item::Uid);
    }
    Some(items)
}

impl Item {
    fn parse(text: &str) -> Option<Self> {
        let old = |section, marks| Self::Part {
            name: text.to_owned(),
            section,
            range: None,
            marks,
        };
        Some(match text {
            "FLAGS" => Self::Flags,
            "UID" => Self::Uid,
            "RFC822.SIZE" => Self::Size,
            "INTERNALDATE" => Self::Date,
            "RFC822" => old(Section::All, true),
            "RFC822.HEADER" => old(Section::Header, false),
            "RFC822.TEXT" => old(Section::Text, true),
            _ => {
                let (kind, rest) = text.split_once('[')?;
                let (inner, range) = rest.rsplit_once(']')?;
                let section = match inner {
                    "" => Section::All,
                    "HEADER" => Section::Header,
                    "TEXT" => Section::Text,
                    _ => Section::Fields(fields(inner)?),
                };
                let range = match range {
                    "" => None,
                    range => {
                        let (from, count) = range
                            .strip_prefix('<')?
                            .strip_suffix('>')?
                            .split_once('.')?;
                        Some((from.parse().ok()?, count.parse().ok()?))
                    }
                };
                let origin = range
                    .map(|(from, _): (u64, u64)| format!("<{from}>"))
                    .unwrap_or_default();
                Self::Part {
                    name: format!("BODY[{inner}]{origin}"),
                    section,
                    range,
                    marks: match kind {
                        "BODY" => true,
                        "BODY.PEEK" => false,
                        _ => return None,
                    },
                }
            }
        })
    }

    fn is_body(&self) -> bool {
        matches!(
            self,
            Self::Part {
                section: Section::All | Section::Text,
                ..
            }
        )
    }

    async fn send(&self, wire: &mut Wire, stored: &Stored) -> io::Result<()> {
        let text = match self {
            Self::Flags => flags(stored),
            Self::Uid => format!("UID {}", stored.uid),
            Self::Size => {
                let size = stored.message.size();
                let size = size.saturating_add_signed(wire.manner.size_error);
                format!("RFC822.SIZE {size}")
            }
            Self::Date => "INTERNALDATE \"21-Nov-2026 18:04:11 +0100\"".to_owned(),
            Self::Part {
                name,
                section,
                range,
                ..
            } => {
                return send_part(wire, stored, name, section, *range).await;
            }
        };
        wire.send(text.as_bytes()).await
    }
}

/// `HEADER.FIELDS (A B)`
fn fields(inner: &str) -> Option<Vec<String>> {
    let list = inner.strip_prefix("HEADER.FIELDS (")?.strip_suffix(')')?;
    Some(list.split(' ').map(str::to_owned).collect())
}

async fn send_part(
    wire: &mut Wire,
    stored: &Stored,
    name: &str,
    section: &Section,
    range: Option<(u64, u64)>,
) -> io::Result<()> {
    let message = &stored.message;
    let header = message.header();
    let (skip, size) = match section {
        Section::All => (0, message.size()),
        Section::Text => (header.len() as u64, message.size() - header.len() as u64),
        Section::Header => (0, header.len() as u64),
        Section::Fields(names) => {
            let chosen = choose_fields(&header, names);
            wire.send(format!("{name} {{{}}}\r\n", chosen.len()).as_bytes())
                .await?;
            return wire.send(&chosen).await;
        }
    };
    let (from, count) = range.unwrap_or((0, u64::MAX));
    let start = from.min(size);
    let size = count.min(size - start);
    wire.send(format!("{name} {{{size}}}\r\n").as_bytes())
        .await?;
    let breaks =
        wire.manner.closes_in_message == Some(stored.uid) && matches!(section, Section::All);
    let (mut skip, mut left) = (skip + start, if breaks { size / 2 } else { size });
    for piece in message.pieces() {
        let passed = skip.min(piece.len() as u64);
        skip -= passed;
        let rest = &piece[passed as usize..];
        let most = left.min(rest.len() as u64);
        left -= most;
        wire.send(&rest[..most as usize]).await?;
        if left == 0 {
            break;
        }
    }
    if breaks {
        wire.flush().await?;
        wire.cut().await;
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    Ok(())
}

fn choose_fields(header: &[u8], names: &[String]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut is_wanted = false;
    for line in header.split_inclusive(|b| *b == b'\n') {
        if !matches!(line.first(), Some(b' ' | b'\t')) {
            let colon = memchr::memchr(b':', line).unwrap_or(0);
            let name = String::from_utf8_lossy(&line[..colon])
                .trim_end()
                .to_ascii_uppercase();
            is_wanted = names.contains(&name);
        }
        if is_wanted {
            out.extend_from_slice(line);
        }
    }
    out.extend_from_slice(b"\r\n");
    out
}
