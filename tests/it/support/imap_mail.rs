//! IMAP commands on messages other than FETCH: STORE, SEARCH, EXPUNGE, and what others changed meanwhile.

use std::collections::BTreeSet;
use std::io;

use super::imap::Selected;
use super::imap_words::{Set, Word};
use super::store::{Folder, Store, Stored};
use super::wire::Wire;

/// The answer of a command that went well.
pub const DONE: &str = "OK done";

/// Sequence numbers and UIDs that a set names.
pub fn named(selected: &Selected, set: &str, by_uid: bool) -> Option<Vec<(usize, u32)>> {
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

/// The message of this UID as it is now.
pub fn look(store: &Store, selected: &Selected, uid: u32) -> Option<Stored> {
    let found = |f: &mut Folder| f.find(uid).map(|s| s.clone());
    store
        .with(&selected.user, &selected.folder, found)
        .flatten()
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
        let change = |f: &mut Folder| {
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
            "LARGER" => stored.message.size() > keys.next()?.text().parse::<u64>().ok()?,
            "SMALLER" => stored.message.size() < keys.next()?.text().parse::<u64>().ok()?,
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
    if wire.manner.refuses_expunge {
        return Ok("NO not now".to_owned());
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

/// The FLAGS item.
pub fn flags(stored: &Stored) -> String {
    let all: Vec<&str> = stored.flags.iter().map(String::as_str).collect();
    format!("FLAGS ({})", all.join(" "))
}
