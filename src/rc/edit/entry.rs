//! Entries: put in, taken out, put elsewhere, named, switched. An entry takes along the comment
//! lines directly above it and those indented below it.

use crate::rc::document::Span;
use crate::rc::edit::layout::Layout;
use crate::rc::edit::user::{apart, cut};
use crate::rc::edit::write::{self, Style};
use crate::rc::edit::{Change, Refused, Sheet, Which};
use crate::rc::outline::What;
use crate::rc::settings::Placed;

/// See [`super::Edit::SetActive`].
pub fn set_active(sheet: &Sheet, entry: usize, is_active: bool) -> Result<Vec<Change>, Refused> {
    let stanza = sheet.stanza(Which::Entry(entry))?;
    if stanza.entry.is_active == is_active {
        return Ok(Vec::new());
    }
    let word = super::option::words(sheet, stanza.head);
    let (span, _) = word.first().ok_or(Refused::Nobody)?;
    // A second `defaults` is an entry of that name, but cannot be skipped.
    if !matches!(&*sheet.document.slice(*span), b"poll" | b"server" | b"skip") {
        return Err(Refused::Entangled);
    }
    let with = if is_active { b"poll" } else { b"skip" };
    Ok(vec![Change {
        span: *span,
        with: with.to_vec(),
    }])
}

/// See [`super::Edit::RenameEntry`].
pub fn rename(sheet: &Sheet, entry: usize, label: &[u8]) -> Result<Vec<Change>, Refused> {
    let stanza = sheet.stanza(Which::Entry(entry))?;
    let words = super::option::words(sheet, stanza.head);
    let (span, _) = *words.get(1).ok_or(Refused::Entangled)?;
    let is_quoted = matches!(sheet.document.slice(span).first(), Some(b'"' | b'\''));
    let style = Style {
        always_quotes: is_quoted,
        ..Layout(sheet.document).style(span)
    };
    let with = written(label, &style)?;
    sheet.tried(vec![Change { span, with }], stanza.statement, |what| {
        let (What::Entry(after) | What::Defaults(after)) = what else {
            return false;
        };
        after.label == label && after.users.len() == stanza.entry.users.len()
    })
}

/// See [`super::Edit::AddEntry`].
pub fn add(
    sheet: &Sheet,
    before: Option<usize>,
    label: &[u8],
    is_active: bool,
) -> Result<Vec<Change>, Refused> {
    let layout = Layout(sheet.document);
    let entries: Vec<usize> = sheet.entries().collect();
    let end = layout.line_end(0);
    let keyword: &[u8] = if is_active { b"poll " } else { b"skip " };
    let head = [keyword, &written(label, &Style::default())?].concat();
    let is_spaced = is_spaced(sheet, &entries);
    let gap = if is_spaced { end } else { &b""[..] };
    let (offset, with) = match before {
        Some(entry) => {
            let statement = entries.get(entry).ok_or(Refused::Nobody)?;
            let span = territory(sheet, *statement)?;
            let after = if layout.is_first(span.start) {
                end
            } else {
                &b" "[..]
            };
            (span.start, [&head, after, gap].concat())
        }
        None => {
            let length = sheet.document.len();
            let last = layout.slice(length.saturating_sub(1), length);
            let close = if length == 0 || last == b"\n" {
                &b""[..]
            } else {
                end
            };
            let gap = if length == 0 { &b""[..] } else { gap };
            (length, [close, gap, &head, end].concat())
        }
    };
    let span = Span {
        start: offset,
        end: offset,
    };
    let mut order: Vec<_> = (0..entries.len()).map(Some).collect();
    order.insert(before.unwrap_or(entries.len()).min(entries.len()), None);
    tried(sheet, vec![Change { span, with }], &order)
}

/// See [`super::Edit::RemoveEntry`].
pub fn remove(sheet: &Sheet, entry: usize) -> Result<Vec<Change>, Refused> {
    let entries: Vec<usize> = sheet.entries().collect();
    let statement = *entries.get(entry).ok_or(Refused::Nobody)?;
    let span = cut(
        &Layout(sheet.document),
        with_gap(sheet, territory(sheet, statement)?),
    );
    let order: Vec<_> = (0..entries.len())
        .filter(|old| *old != entry)
        .map(Some)
        .collect();
    let with = Vec::new();
    tried(sheet, vec![Change { span, with }], &order)
}

/// See [`super::Edit::MoveEntry`].
pub fn shift(sheet: &Sheet, entry: usize, to: usize) -> Result<Vec<Change>, Refused> {
    let entries: Vec<usize> = sheet.entries().collect();
    let to = to.min(entries.len().saturating_sub(1));
    if entry == to {
        return Ok(Vec::new());
    }
    let own = territory(sheet, *entries.get(entry).ok_or(Refused::Nobody)?)?;
    let target = territory(sheet, *entries.get(to).ok_or(Refused::Nobody)?)?;
    let offset = if to < entry { target.start } else { target.end };
    let mut order: Vec<_> = (0..entries.len()).map(Some).collect();
    let moved = order.remove(entry);
    order.insert(to, moved);
    tried(sheet, relocation(sheet, own, offset), &order)
}

/// See [`super::Edit::DefaultsFirst`].
pub fn defaults_first(sheet: &Sheet) -> Result<Vec<Change>, Refused> {
    let entries: Vec<usize> = sheet.entries().collect();
    let is_defaults = |statement: &&usize| {
        let found = sheet.outline.statements().nth(**statement);
        found.is_some_and(|(_, found)| matches!(found.what, What::Defaults(_)))
    };
    let late = *entries.iter().find(is_defaults).ok_or(Refused::Nobody)?;
    let first = *entries.first().ok_or(Refused::Nobody)?;
    if sheet.defaults().is_some() || late == first {
        return Err(Refused::Entangled);
    }
    let own = territory(sheet, late)?;
    Ok(relocation(sheet, own, territory(sheet, first)?.start))
}

/// The bytes of `own` at `offset` instead. Where entries are apart by an empty line they stay so.
fn relocation(sheet: &Sheet, own: Span, offset: u32) -> Vec<Change> {
    let layout = Layout(sheet.document);
    let is_spaced = is_spaced(sheet, &sheet.entries().collect::<Vec<_>>());
    let cut = match is_spaced {
        true => with_gap(sheet, own),
        false => cut(&layout, own),
    };
    let mut with = apart(&layout, own, offset);
    let end = layout.line_end(own.start);
    if is_spaced && with.ends_with(b"\n") {
        with = match offset <= own.start {
            true => [&with, end].concat(),
            false => [end, &with].concat(),
        };
    }
    let changes = [
        Change {
            span: cut,
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
    let mut changes = changes.to_vec();
    changes.sort_by_key(|change| change.span);
    changes
}

/// What belongs to an entry: its lines, with comments, or its words where it shares its lines.
fn territory(sheet: &Sheet, statement: usize) -> Result<Span, Refused> {
    let layout = Layout(sheet.document);
    let stanza = sheet.stanza_of(statement)?;
    let end = match stanza.has_errors {
        // Where its words end is not certain: all up to the next statement.
        true => {
            let next = sheet.outline.statements().nth(statement + 1);
            next.map_or(sheet.document.len(), |(start, _)| start)
        }
        false => stanza.end(),
    };
    let head = stanza.head;
    let has_lines = layout.is_first(head.start) && (layout.is_last(end) || stanza.has_errors);
    if !has_lines {
        return Ok(Span {
            start: head.start,
            end,
        });
    }
    let end = match stanza.has_errors {
        true => end,
        false => layout.comments_below(end, layout.indent(head.start).len()),
    };
    Ok(Span {
        start: layout.comments_above(head.start),
        end,
    })
}

/// With an empty line on one side, so that none is left over where it goes.
fn with_gap(sheet: &Sheet, span: Span) -> Span {
    let layout = Layout(sheet.document);
    let is_line = span.start == sheet.document.line_start(span.start);
    let above = span.start.checked_sub(1).filter(|_| is_line);
    let is_blank_above = above.is_some_and(|above| layout.is_blank(above));
    let is_end = span.end >= sheet.document.len();
    if is_line && !is_end && layout.is_blank(span.end) && (is_blank_above || span.start == 0) {
        return Span {
            end: layout.next_line(span.end),
            ..span
        };
    }
    match above {
        Some(above) if is_blank_above && is_end => Span {
            start: sheet.document.line_start(above),
            ..span
        },
        _ => span,
    }
}

/// Whether empty lines stand between entries.
fn is_spaced(sheet: &Sheet, entries: &[usize]) -> bool {
    let layout = Layout(sheet.document);
    let starts = |statement: &usize| sheet.outline.statements().nth(*statement).map(|s| s.0);
    entries
        .iter()
        .filter_map(starts)
        .skip(1)
        .take(20)
        .any(|start| {
            let above = layout.comments_above(start).checked_sub(1);
            layout.is_first(start) && above.is_some_and(|above| layout.is_blank(above))
        })
}

fn written(label: &[u8], style: &Style) -> Result<Vec<u8>, Refused> {
    write::text(label, style).ok_or(Refused::Unsayable { option: "poll" })
}

/// The changes, if the entries are the old ones in this order afterwards; `None` is a new one.
fn tried(
    sheet: &Sheet,
    mut changes: Vec<Change>,
    expected: &[Option<usize>],
) -> Result<Vec<Change>, Refused> {
    changes.sort_by_key(|change| change.span);
    let (_, after) = sheet
        .document
        .change_and_read(Some(sheet.outline), &changes);
    let before = sheet.outline.stanzas();
    let after = after.unwrap_or_default().stanzas();
    let is_kept = |(entry, old): (&Placed, &Option<usize>)| {
        old.is_none_or(|old| {
            before
                .entries
                .get(old)
                .is_some_and(|old| old.says_the_same(entry))
        })
    };
    let is_good = before.globals.says_the_same(&after.globals, &[])
        && before.defaults.is_some() == after.defaults.is_some()
        && after.entries.len() == expected.len()
        && after.entries.iter().zip(expected).all(is_kept);
    if is_good {
        Ok(changes)
    } else {
        Err(Refused::Entangled)
    }
}
