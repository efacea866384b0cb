//! IMAP commands on messages: FETCH, STORE, SEARCH, EXPUNGE, and what others changed meanwhile.

use std::collections::BTreeSet;
use std::io;

use super::imap::Selected;
use super::imap_words::{Set, Word};
use super::store::{Store, Stored};
use super::wire::Wire;

const DONE: &str = "OK done";

/// Sequence numbers and UIDs that a set names.
fn named(selected: &Selected, set: &str, by_uid: bool) -> Option<Vec<(usize, u32)>> {
    let last = if by_uid {
        selected.view.last().copied().unwrap_or(1)
    } else {
        selected.view.len().max(1) as u32
    };
    let set = Set::parse(set, last)?;
    let all = selected
        .view
        .iter()
        .enumerate()
        .map(|(i, uid)| (i + 1, *uid));
    Some(
        all.filter(|(n, uid)| set.contains(if by_uid { *uid } else { *n as u32 }))
            .collect(),
    )
}

fn look(store: &Store, selected: &Selected, uid: u32) -> Option<Stored> {
    let found = |f: &mut super::store::Folder| f.find(uid).map(|s| s.clone());
    store
        .with(&selected.user, &selected.folder, found)
        .flatten()
}

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
            Self::Size => format!("RFC822.SIZE {}", stored.message.size()),
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

fn flags(stored: &Stored) -> String {
    let all: Vec<&str> = stored.flags.iter().map(String::as_str).collect();
    format!("FLAGS ({})", all.join(" "))
}

/// STORE and UID STORE: set, how, flags.
pub async fn store(
    wire: &mut Wire,
    store: &Store,
    selected: &Selected,
    [set, how, new]: [&Word; 3],
    by_uid: bool,
) -> io::Result<String> {
    let Some(named) = named(selected, &set.text(), by_uid) else {
        return Ok("BAD no set".to_owned());
    };
    if selected.is_read_only || wire.manner.refuses_delete {
        return Ok("NO [READ-ONLY] this folder cannot be changed".to_owned());
    }
    let how = how.upper();
    let new: BTreeSet<String> = new
        .members()
        .iter()
        .map(|flag| canonical(&flag.text()))
        .collect();
    for (number, uid) in named {
        let change = |f: &mut super::store::Folder| {
            let stored = f.find(uid)?;
            match how.trim_end_matches(".SILENT") {
                "+FLAGS" => stored.flags.extend(new.iter().cloned()),
                "-FLAGS" => stored.flags.retain(|flag| !new.contains(flag)),
                _ => stored.flags.clone_from(&new),
            }
            Some(flags(stored))
        };
        let now = store
            .with(&selected.user, &selected.folder, change)
            .flatten();
        if let Some(now) = now.filter(|_| !how.ends_with(".SILENT")) {
            wire.say(&format!("* {number} FETCH (UID {uid} {now})"))
                .await?;
        }
    }
    Ok(DONE.to_owned())
}

/// System flags are known in any case.
fn canonical(flag: &str) -> String {
    let known = ["\\Seen", "\\Deleted", "\\Answered", "\\Flagged", "\\Draft"];
    let found = known.iter().find(|k| k.eq_ignore_ascii_case(flag));
    found.map_or(flag, |k| k).to_owned()
}

/// SEARCH and UID SEARCH with the keys a fetching client uses; all keys must hold.
pub async fn search(
    wire: &mut Wire,
    store: &Store,
    selected: &Selected,
    keys: &[Word],
    by_uid: bool,
) -> io::Result<String> {
    let mut hits = String::new();
    for (number, uid) in selected
        .view
        .iter()
        .enumerate()
        .map(|(i, uid)| (i + 1, *uid))
    {
        let Some(stored) = look(store, selected, uid) else {
            continue;
        };
        match holds(selected, keys, number, &stored) {
            Some(true) => hits += &format!(" {}", if by_uid { uid as usize } else { number }),
            Some(false) => {}
            None => return Ok("BAD unknown search key".to_owned()),
        }
    }
    // Words nobody can read are refused in an empty folder too.
    if selected.view.is_empty() && keys.is_empty() {
        return Ok("BAD no search key".to_owned());
    }
    wire.say(&format!("* SEARCH{hits}")).await?;
    Ok(DONE.to_owned())
}

fn holds(selected: &Selected, keys: &[Word], number: usize, stored: &Stored) -> Option<bool> {
    let mut all = true;
    let mut keys = keys.iter();
    let mut negated = false;
    while let Some(key) = keys.next() {
        let has = |flag: &str| stored.flags.contains(flag);
        let upper = key.upper();
        let held = match upper.as_str() {
            "NOT" => {
                negated = !negated;
                continue;
            }
            "ALL" => true,
            "SEEN" => has("\\Seen"),
            "UNSEEN" => !has("\\Seen"),
            "DELETED" => has("\\Deleted"),
            "UNDELETED" => !has("\\Deleted"),
            "FLAGGED" => has("\\Flagged"),
            "UNFLAGGED" => !has("\\Flagged"),
            "ANSWERED" => has("\\Answered"),
            "RECENT" | "NEW" => false,
            "OLD" => true,
            "LARGER" => stored.message.size() > keys.next()?.text().parse().ok()?,
            "SMALLER" => stored.message.size() < keys.next()?.text().parse().ok()?,
            "UID" => {
                let last = selected.view.last().copied().unwrap_or(1);
                Set::parse(&keys.next()?.text(), last)?.contains(stored.uid)
            }
            "" => holds(selected, &key.members(), number, stored)?,
            set => Set::parse(set, selected.view.len() as u32)?.contains(number as u32),
        };
        all &= held != negated;
        negated = false;
    }
    Some(all)
}

/// EXPUNGE, and with a set UID EXPUNGE.
pub async fn expunge(
    wire: &mut Wire,
    store: &Store,
    selected: &mut Selected,
    set: Option<&Word>,
) -> io::Result<String> {
    if selected.is_read_only {
        return Ok("NO [READ-ONLY] this folder cannot be changed".to_owned());
    }
    let set = set.map_or("1:*".to_owned(), Word::text);
    let Some(named) = named(selected, &set, true) else {
        return Ok("BAD no set".to_owned());
    };
    let uids: Vec<u32> = named.iter().map(|(_, uid)| *uid).collect();
    remove_deleted(store, selected, &uids);
    announce(wire, store, selected).await?;
    Ok(DONE.to_owned())
}

/// CLOSE: expunges without saying so (RFC 3501 section 6.4.2).
pub fn close(store: &Store, selected: &Selected) -> String {
    if !selected.is_read_only {
        remove_deleted(store, selected, &selected.view);
    }
    DONE.to_owned()
}

fn remove_deleted(store: &Store, selected: &Selected, uids: &[u32]) {
    let is_gone =
        |uid: &u32| look(store, selected, *uid).is_some_and(|s| s.flags.contains("\\Deleted"));
    let gone: Vec<u32> = uids.iter().copied().filter(|uid| is_gone(uid)).collect();
    if !gone.is_empty() {
        store.remove(&selected.user, &selected.folder, &gone);
    }
}

/// Says EXPUNGE for what is gone and EXISTS for what has come.
pub async fn announce(wire: &mut Wire, store: &Store, selected: &mut Selected) -> io::Result<()> {
    let now: Vec<u32> = store
        .messages(&selected.user, &selected.folder)
        .iter()
        .map(|m| m.uid)
        .collect();
    let mut at = 0;
    while at < selected.view.len() {
        if now.binary_search(&selected.view[at]).is_ok() {
            at += 1;
        } else {
            selected.view.remove(at);
            wire.say(&format!("* {} EXPUNGE", at + 1)).await?;
        }
    }
    if now.len() > selected.view.len() {
        selected.view = now;
        wire.say(&format!("* {} EXISTS", selected.view.len()))
            .await?;
    }
    Ok(())
}
