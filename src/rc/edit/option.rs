//! Saying an option, saying it otherwise, and saying nothing about it.

use std::sync::Arc;

use crate::rc::account::Protocol;
use crate::rc::document::Span;
use crate::rc::edit::layout::Layout;
use crate::rc::edit::write::{self, Style};
use crate::rc::edit::{At, Change, Refused, Sheet, Stanza};
use crate::rc::lex::Kind as Shape;
use crate::rc::option::{self, Id, Keyword, Kind};
use crate::rc::outline::{Said, Statement, What};
use crate::rc::settings::{Entry, Setting, Settings, Value};

/// See [`super::Edit::Set`].
pub fn set(sheet: &Sheet, at: At, id: Id, value: &Value) -> Result<Vec<Change>, Refused> {
    let keyword = option::keyword(id);
    let (which, user) = match at {
        At::Globals => return set_global(sheet, keyword, value),
        At::Server(which) => (which, None),
        At::User(which, user) => (which, Some(user)),
    };
    let stanza = sheet.stanza(which)?;
    if stanza.has_errors {
        return Err(Refused::Broken);
    }
    if user.is_some_and(|user| user > 0 && stanza.user(user).is_none()) {
        return Err(Refused::Nobody);
    }
    let is_meant = |what: &What| says(what, &stanza.entry, user, keyword, Some(value));
    let tried = |changes| sheet.tried(changes, stanza.statement, is_meant);
    let places: Vec<&Said> = stanza.of(user).filter(|said| is_same(said, id)).collect();
    let Some((last, others)) = places.split_last() else {
        return insertions(sheet, &stanza, user, keyword, value)?
            .into_iter()
            .find_map(|change| tried(vec![change]).ok())
            .ok_or(Refused::Entangled);
    };
    let kept = match keyword.kind.is_list() {
        true => others.first().unwrap_or(last),
        false => last,
    };
    let mut changes = vec![replacement(sheet, kept, keyword, value)?];
    if keyword.kind.is_list() {
        let rest = places.iter().skip(1);
        changes.extend(rest.map(|said| removal(sheet, said.span)));
    }
    tried(changes)
}

/// See [`super::Edit::Unset`].
pub fn unset(sheet: &Sheet, at: At, id: Id) -> Result<Vec<Change>, Refused> {
    let keyword = option::keyword(id);
    let (which, user) = match at {
        At::Globals => return unset_global(sheet, id),
        At::Server(which) => (which, None),
        At::User(which, user) => (which, Some(user)),
    };
    let stanza = sheet.stanza(which)?;
    if stanza.has_errors {
        return Err(Refused::Broken);
    }
    let places: Vec<&Said> = stanza.of(user).filter(|said| is_same(said, id)).collect();
    let is_meant = |what: &What| says(what, &stanza.entry, user, keyword, None);
    let changes = super::user::unsaid(sheet, &stanza, user, id).unwrap_or_else(|| {
        Ok(places
            .iter()
            .map(|said| removal(sheet, said.span))
            .collect())
    });
    sheet.tried(changes?, stanza.statement, is_meant)
}

/// `port` and `service` say the same thing.
fn is_same(said: &Said, id: Id) -> bool {
    let group = |id| if id == Id::Port { Id::Service } else { id };
    group(said.keyword.id) == group(id)
}

/// The place of an option said otherwise: as much of it stays as can.
pub(super) fn replacement(
    sheet: &Sheet,
    said: &Said,
    keyword: &'static Keyword,
    value: &Value,
) -> Result<Change, Refused> {
    let layout = Layout(sheet.document);
    let words = words(sheet, said.span);
    let style = Style {
        always_quotes: words
            .last()
            .is_some_and(|(_, shape)| *shape == Shape::Quoted),
        ..layout.style(said.span)
    };
    let is_plain = said.keyword.id == keyword.id && !said.value.is_off();
    let arguments = match is_plain && !value.is_off() && keyword.kind != Kind::Flag {
        true => arguments(sheet, said, &words),
        false => None,
    };
    let Some(span) = arguments else {
        return Ok(Change {
            span: said.span,
            with: write::option(keyword, value, &style)?,
        });
    };
    let mut with = write::arguments(keyword, value, &style)?;
    // `user a b here` needs its last word; `is a` is complete.
    if is_local_user(sheet, said) {
        with.extend(b" here");
    }
    Ok(Change { span, with })
}

/// Where the arguments of an option lie. A name's `here` or `there` stays where it is.
fn arguments(sheet: &Sheet, said: &Said, words: &[(Span, Shape)]) -> Option<Span> {
    let rest = words.get(1..)?;
    let rest = match rest.first()? {
        (_, Shape::Equals) => rest.get(1..)?,
        _ => rest,
    };
    let (first, _) = rest.first()?;
    let end = match said.keyword.kind {
        Kind::User => first.end,
        // Written anew with its `here`.
        Kind::Names if is_local_user(sheet, said) => said.span.end,
        Kind::Names => {
            let is_here = |(span, shape): &(Span, Shape)| {
                *shape == Shape::Word && *sheet.document.slice(*span) == *b"here"
            };
            match rest.split_last() {
                // A first name in this place is a name whatever it looks like.
                Some((last, before)) if is_here(last) && !before.is_empty() => before.last()?.0.end,
                _ => said.span.end,
            }
        }
        _ => said.span.end,
    };
    Some(Span {
        start: first.start,
        end,
    })
}

/// Whether local names are said as `user a b here`.
pub(super) fn is_local_user(sheet: &Sheet, said: &Said) -> bool {
    let first = words(sheet, said.span)
        .first()
        .map(|(span, _)| sheet.bytes(*span));
    said.keyword.id == Id::Is && matches!(first.as_deref(), Some(b"user" | b"username"))
}

/// The tokens of a span that are neither space, comment nor punctuation.
pub(super) fn words(sheet: &Sheet, span: Span) -> Vec<(Span, Shape)> {
    let document = sheet.document;
    document
        .tokens_from(document.at(span.start))
        .map(|at| (document.span(at), document.kind(at)))
        .take_while(|(token, _)| token.start < span.end)
        .filter_map(|(token, shape)| Some((token, shape?)))
        .filter(|(_, shape)| !matches!(shape, Shape::Space | Shape::Comment | Shape::Stop))
        .collect()
}

pub(super) fn removal(sheet: &Sheet, span: Span) -> Change {
    Change {
        span: Layout(sheet.document).removal(span),
        with: Vec::new(),
    }
}

/// Ways to put an option in that is not said yet, the best first.
fn insertions(
    sheet: &Sheet,
    stanza: &Stanza,
    user: Option<usize>,
    keyword: &'static Keyword,
    value: &Value,
) -> Result<Vec<Change>, Refused> {
    let layout = Layout(sheet.document);
    let whole = Span {
        start: stanza.head.start,
        end: stanza.end(),
    };
    let text = write::option(keyword, value, &layout.style(whole))?;
    let server = stanza.of(None).next_back().map_or(stanza.head, |s| s.span);
    let first = stanza.of(user).next().map(|said| said.span);
    // `user` begins its entry, before the options that have no user yet.
    if let (Id::User, Some(first)) = (keyword.id, first) {
        let begins = stanza.of(user).find(|said| is_local_user(sheet, said));
        let (offset, with) = match begins {
            // `user local here` has begun it already.
            Some(local) => {
                let name = write::arguments(keyword, value, &layout.style(whole))?;
                (local.span.end, [b" is ", &name[..], b" there"].concat())
            }
            None => (first.start, [&text[..], b" "].concat()),
        };
        let span = Span {
            start: offset,
            end: offset,
        };
        return Ok(vec![Change { span, with }]);
    }
    let last = stanza.of(user).next_back().map(|said| said.span);
    let mut places = vec![last.unwrap_or(server)];
    places.extend(first);
    // A word of later releases is a string to a list before it: any place but behind a list.
    places.extend(stanza.of(user).map(|said| said.span));
    places.extend(user.is_none().then_some(stanza.head));
    places.dedup();
    let line = lines(&layout, stanza, user);
    let insert = |place: &Span| insertion(&layout, *place, &text, line.as_deref());
    Ok(places.iter().map(insert).collect())
}

/// The indentation of options that have lines of their own, if they do.
fn lines(layout: &Layout, stanza: &Stanza, user: Option<usize>) -> Option<Vec<u8>> {
    let is_head = |said: &&Said| said.keyword.id == Id::User || said.span.start < stanza.head.end;
    let own = |said: &&Said| !is_head(said) && layout.is_first(said.span.start);
    let of_this = stanza.of(user).rfind(own);
    let all = || stanza.said.iter().rfind(own);
    if let Some(said) = of_this.or_else(all) {
        // Everything on one line but this: not one option a line.
        return Some(layout.indent(said.span.start));
    }
    let users = stanza
        .said
        .iter()
        .find(|said| said.keyword.id == Id::User && layout.is_first(said.span.start));
    let of_user = users.map(|said| layout.indent(said.span.start));
    match (user, of_user) {
        // The server's options stand like the users.
        (None, Some(indent)) => Some(indent),
        _ if stanza.said.is_empty() => {
            let mut indent = layout.indent(stanza.head.start);
            indent.extend(b"    ");
            Some(indent)
        }
        _ => None,
    }
}

/// `text` behind `place`: on a line of its own with `indent`, if what stands there is the last of
/// its line and options have lines of their own.
fn insertion(layout: &Layout, place: Span, text: &[u8], indent: Option<&[u8]>) -> Change {
    let at = |offset| Span {
        start: offset,
        end: offset,
    };
    match indent {
        Some(indent) if layout.is_last(place.end) => {
            let line_end = layout.line_end(place.end);
            let end = layout.0.line_end(place.end);
            let has_cr = end > place.end && layout.slice(end - 1, end) == b"\r";
            let is_file_end = end == layout.0.len();
            let with = match is_file_end || !has_cr {
                true => [line_end, indent, text].concat(),
                false => [b"\r\n", indent, text].concat(),
            };
            Change {
                span: at(if has_cr { end - 1 } else { end }),
                with,
            }
        }
        _ => Change {
            span: at(place.end),
            with: [b" ", text].concat(),
        },
    }
}

/// Whether an entry says what it said before, but for one option.
fn says(
    what: &What,
    before: &Entry,
    user: Option<usize>,
    keyword: &'static Keyword,
    value: Option<&Value>,
) -> bool {
    let (What::Entry(after) | What::Defaults(after)) = what else {
        return false;
    };
    let mut users = before.users.clone();
    let mut server = before.server.clone();
    let settings = match user {
        None => Some(&mut server),
        Some(user) => {
            if users.is_empty() {
                users.push(Settings::default());
            }
            users.get_mut(user)
        }
    };
    let Some(settings) = settings else {
        return false;
    };
    adjust(settings, keyword, value);
    let nobody = |users: &[Settings]| users.iter().all(Settings::is_empty) && users.len() < 2;
    let same_users = users.len() == after.users.len()
        && users
            .iter()
            .zip(&after.users)
            .all(|(a, b)| a.says_the_same(b, &[]));
    let is_kpop = |entry: &Settings| {
        let proto = entry.find(Id::Proto).map(|setting| &setting.value);
        proto == Some(&Value::Protocol(Protocol::Kpop))
    };
    // KPOP brings port and way to sign in along.
    let beside: &[Id] =
        match keyword.id == Id::Proto && (is_kpop(&server) || is_kpop(&before.server)) {
            true => &[Id::Service, Id::Port, Id::Auth],
            false => &[],
        };
    after.label == before.label
        && after.is_active == before.is_active
        && server.says_the_same(&after.server, beside)
        && (same_users || (nobody(&users) && nobody(&after.users)))
}

fn adjust(settings: &mut Settings, keyword: &'static Keyword, value: Option<&Value>) {
    settings.forget(keyword.id);
    if matches!(keyword.id, Id::Service | Id::Port) {
        settings.forget(Id::Service);
        settings.forget(Id::Port);
    }
    if let Some(value) = value {
        settings.say(Setting {
            keyword,
            value: value.clone(),
            origin: None,
        });
    }
}

fn set_global(
    sheet: &Sheet,
    keyword: &'static Keyword,
    value: &Value,
) -> Result<Vec<Change>, Refused> {
    let layout = Layout(sheet.document);
    let is_it = |global: &Global| global.said.keyword.id == keyword.id;
    let place = globals(sheet).into_iter().rev().find(is_it);
    if let Some(Global {
        statement, said, ..
    }) = place
    {
        let change = replacement(sheet, &said, keyword, value)?;
        return sheet.tried(
            vec![change],
            statement,
            |what| matches!(what, What::Global(setting) if setting.value == *value),
        );
    }
    let line = [
        b"set ",
        &write::option(keyword, value, &Style::default())?[..],
    ]
    .concat();
    let (offset, with) = match globals(sheet).last() {
        Some(last) => {
            let indent = layout.indent(last.start);
            let insertion = insertion(&layout, last.said.span, &line, Some(&indent));
            (insertion.span.start, insertion.with)
        }
        None => {
            let first = sheet.outline.statements().next().map(|(start, _)| start);
            let offset = first.map_or(sheet.document.len(), |first| match layout.is_first(first) {
                true => layout.comments_above(first),
                false => first,
            });
            let end = layout.line_end(offset);
            let is_open =
                offset > 0 && layout.slice(offset - 1, offset) != b"\n" && first.is_none();
            let before = if is_open { end } else { &b""[..] };
            (offset, [before, &line, end].concat())
        }
    };
    let span = Span {
        start: offset,
        end: offset,
    };
    let changes = vec![Change { span, with }];
    let (document, _) = sheet.document.change_and_read(None, &changes);
    let (after, found) = crate::rc::settings::read(&document);
    let before = sheet.outline.stanzas();
    let mut globals = before.globals.clone();
    adjust(&mut globals, keyword, Some(value));
    let is_good = globals.says_the_same(&after.globals, &[])
        && after.entries.len() == before.entries.len()
        && !crate::rc::outline::has_errors(&found);
    if is_good {
        Ok(changes)
    } else {
        Err(Refused::Entangled)
    }
}

fn unset_global(sheet: &Sheet, id: Id) -> Result<Vec<Change>, Refused> {
    let places = globals(sheet)
        .into_iter()
        .filter(|global| global.said.keyword.id == id);
    let removal = |global: Global| {
        let span = Span {
            start: global.start,
            ..global.said.span
        };
        removal(sheet, span)
    };
    Ok(places.map(removal).collect())
}

/// A `set` statement.
struct Global {
    statement: usize,
    /// Where its `set` begins.
    start: u32,
    /// What follows.
    said: Said,
}

fn globals(sheet: &Sheet) -> Vec<Global> {
    let statements = sheet.outline.statements().enumerate();
    let global = |(statement, (start, read)): (usize, (u32, &Arc<Statement>))| {
        let What::Global(setting) = &read.what else {
            return None;
        };
        let said = Said {
            keyword: setting.keyword,
            value: setting.value.clone(),
            span: setting.origin?.after(start),
            user: None,
        };
        Some(Global {
            statement,
            start,
            said,
        })
    };
    statements.filter_map(global).collect()
}
