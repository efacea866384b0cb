//! Users of an entry: their names, put in, taken out, put elsewhere.

use crate::rc::document::Span;
use crate::rc::edit::layout::Layout;
use crate::rc::edit::option::{is_local_user, removal, replacement, words};
use crate::rc::edit::{Change, Refused, Sheet, Stanza, Which, write};
use crate::rc::option::{self, Id};
use crate::rc::outline::{Said, What};
use crate::rc::settings::{Settings, Value};

/// Saying nothing about a user's names, where `user` must stay because the user begins with it;
/// `None` where the place can simply go.
pub fn unsaid(
    sheet: &Sheet,
    stanza: &Stanza,
    user: Option<usize>,
    id: Id,
) -> Option<Result<Vec<Change>, Refused>> {
    let places: Vec<&Said> = stanza.of(user).collect();
    let head = places.first()?;
    let head_id = head.keyword.id;
    let is_head = words(sheet, head.span)
        .first()
        .is_some_and(|(span, _)| matches!(&*sheet.document.slice(*span), b"user" | b"username"));
    if !is_head || head_id != id {
        return None;
    }
    let rest = || places.iter().skip(1).filter(|said| said.keyword.id == id);
    let mut changes: Vec<Change> = rest().map(|said| removal(sheet, said.span)).collect();
    // `user esr here is eric there`: the other name becomes the head.
    let other = |said: &&&Said| match id {
        Id::Is => said.keyword.id == Id::User,
        _ => false,
    };
    if let Some(other) = places.iter().find(other) {
        let head = replacement(sheet, head, option::keyword(Id::User), &other.value);
        return Some(head.map(|head| {
            changes.extend([head, removal(sheet, other.span)]);
            changes
        }));
    }
    // Alone in its entry it may go; its options need no user then.
    if stanza.entry.users.len() > 1 {
        return Some(Err(Refused::Entangled));
    }
    changes.push(removal(sheet, head.span));
    Some(Ok(changes))
}

/// See [`super::Edit::AddUser`].
pub fn add(
    sheet: &Sheet,
    which: Which,
    before: Option<usize>,
    name: &[u8],
) -> Result<Vec<Change>, Refused> {
    let stanza = usable(sheet, which)?;
    let layout = Layout(sheet.document);
    let value = Value::Text(name.to_vec());
    let whole = Span {
        start: stanza.head.start,
        end: stanza.end(),
    };
    let text = write::option(option::keyword(Id::User), &value, &layout.style(whole))?;
    let end = layout.line_end(stanza.head.start);
    let first = territory(sheet, &stanza, 0).filter(|span| layout.is_first(span.start));
    let indent = match first {
        Some(_) => stanza
            .of(Some(0))
            .next()
            .map(|said| layout.indent(said.span.start)),
        None => None,
    };
    let indent = indent.unwrap_or_else(|| {
        let head = layout.indent(stanza.head.start);
        [head, b"    ".to_vec()].concat()
    });
    let (offset, with) = match before.map(|user| territory(sheet, &stanza, user)) {
        Some(None) => return Err(Refused::Nobody),
        Some(Some(span)) if layout.is_first(span.start) => {
            (span.start, [&indent, &text[..], end].concat())
        }
        Some(Some(span)) => (span.start, [&text[..], b" "].concat()),
        None => {
            let line = sheet.document.line_end(stanza.end());
            let is_cr = end == b"\r\n" && line < sheet.document.len();
            let offset = match layout.is_last(stanza.end()) {
                true => line - u32::from(is_cr),
                false => stanza.end(),
            };
            match layout.is_last(stanza.end()) {
                true => (offset, [end, &indent, &text].concat()),
                false => (offset, [b" ", &text[..]].concat()),
            }
        }
    };
    let span = Span {
        start: offset,
        end: offset,
    };
    let mut users = stanza.entry.users.clone();
    let mut added = Settings::default();
    added.say(crate::rc::settings::Setting {
        keyword: option::keyword(Id::User),
        value,
        origin: None,
    });
    users.insert(before.unwrap_or(users.len()).min(users.len()), added);
    tried(sheet, &stanza, vec![Change { span, with }], &users)
}

/// See [`super::Edit::RemoveUser`].
pub fn remove(sheet: &Sheet, which: Which, user: usize) -> Result<Vec<Change>, Refused> {
    let stanza = usable(sheet, which)?;
    let span = territory(sheet, &stanza, user).ok_or(Refused::Nobody)?;
    let layout = Layout(sheet.document);
    let span = cut(&layout, span);
    let mut users = stanza.entry.users.clone();
    users.remove(user);
    let change = Change {
        span,
        with: Vec::new(),
    };
    tried(sheet, &stanza, vec![change], &users)
}

/// See [`super::Edit::MoveUser`].
pub fn shift(sheet: &Sheet, which: Which, user: usize, to: usize) -> Result<Vec<Change>, Refused> {
    let stanza = usable(sheet, which)?;
    let count = stanza.entry.users.len();
    let span = |user| territory(sheet, &stanza, user).ok_or(Refused::Nobody);
    let (from, to) = (user, to.min(count.saturating_sub(1)));
    if from == to {
        return Ok(Vec::new());
    }
    let own = span(from)?;
    let target = span(to)?;
    let layout = Layout(sheet.document);
    let offset = if to < from { target.start } else { target.end };
    let with = apart(&layout, own, offset);
    let mut users = stanza.entry.users.clone();
    let moved = users.remove(from);
    users.insert(to, moved);
    let changes = vec![
        Change {
            span: cut(&layout, own),
            with: Vec::new(),
        },
        Change {
            span: Span {
                start: offset,
                end: offset,
            },
            with,
        },
    ];
    tried(sheet, &stanza, changes, &users)
}

/// What to take out for a territory: whole lines as they are, words with the blanks beside them.
pub(super) fn cut(layout: &Layout, territory: Span) -> Span {
    let is_lines = layout.0.line_start(territory.start) == territory.start
        && layout.0.line_start(territory.end) == territory.end;
    match is_lines {
        true => territory,
        false => layout.removal(territory),
    }
}

/// The bytes of `span` as they can stand at `offset`, apart from their neighbours there.
pub(super) fn apart(layout: &Layout, span: Span, offset: u32) -> Vec<u8> {
    let mut with = layout.slice(span.start, span.end);
    let is_line = with.ends_with(b"\n");
    let before = layout.slice(offset.saturating_sub(1), offset);
    let is_apart = offset == 0 || before.iter().all(|b| b.is_ascii_whitespace());
    let end = layout.line_end(span.start);
    if !is_apart {
        let gap = if is_line || layout.is_first(span.start) {
            end
        } else {
            b" "
        };
        with = [gap, &with].concat();
    }
    if !is_line {
        let after = layout.slice(offset, offset + 1);
        if !after.is_empty() && !after.iter().all(|b| b.is_ascii_whitespace()) {
            with.extend(if layout.is_first(span.start) {
                end
            } else {
                b" "
            });
        }
    }
    with
}

/// What belongs to a user: its lines with the comments above them, or its words where it shares
/// its lines.
fn territory(sheet: &Sheet, stanza: &Stanza, user: usize) -> Option<Span> {
    let layout = Layout(sheet.document);
    let first = stanza.of(Some(user)).next()?.span;
    let last = stanza.of(Some(user)).next_back()?.span;
    let has_lines = layout.is_first(first.start) && layout.is_last(last.end);
    Some(match has_lines {
        true => Span {
            start: layout.comments_above(first.start),
            end: layout.next_line(last.end),
        },
        false => first.to(last),
    })
}

fn usable(sheet: &Sheet, which: Which) -> Result<Stanza, Refused> {
    let stanza = sheet.stanza(which)?;
    let is_named = |user: usize| {
        stanza
            .of(Some(user))
            .next()
            .is_some_and(|said| said.keyword.id == Id::User || is_local_user(sheet, said))
    };
    if stanza.has_errors {
        return Err(Refused::Broken);
    }
    // Options without a user cannot be followed by one.
    match (0..stanza.entry.users.len()).all(is_named) {
        true => Ok(stanza),
        false => Err(Refused::Entangled),
    }
}

/// The changes, if only the users become these.
fn tried(
    sheet: &Sheet,
    stanza: &Stanza,
    changes: Vec<Change>,
    users: &[Settings],
) -> Result<Vec<Change>, Refused> {
    sheet.tried(changes, stanza.statement, |what| {
        let (What::Entry(after) | What::Defaults(after)) = what else {
            return false;
        };
        after.label == stanza.entry.label
            && after.server.says_the_same(&stanza.entry.server, &[])
            && after.users.len() == users.len()
            && after
                .users
                .iter()
                .zip(users)
                .all(|(a, b)| a.says_the_same(b, &[]))
    })
}
