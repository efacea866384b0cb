//! Rules about the file as a whole and its entries: L02 to L07, L35, L50, L51.

use std::collections::{HashMap, HashSet};

use crate::base::i18n::gettext_noop;
use crate::base::text::quiet;
use crate::rc::account::Protocol;
use crate::rc::diagnostic::{Diagnostic, Fix};
use crate::rc::document::{Document, Span};
use crate::rc::edit::{At, Change, Edit, Which};
use crate::rc::lex::Kind as Shape;
use crate::rc::lint::{Broken, Lint};
use crate::rc::option::{self, Id, Kind, Scope};
use crate::rc::outline::Said;
use crate::rc::resolve::site::Site;
use crate::rc::settings::{Placed, Setting, Value, read};

pub fn check(lint: &mut Lint, broken: &Broken) {
    access(lint);
    same_labels(lint);
    comments(lint);
    let stanzas = &lint.whole.stanzas;
    let defaults = stanzas
        .defaults
        .iter()
        .map(|entry| (Which::Defaults, entry));
    let entries = stanzas.entries.iter().enumerate();
    for (which, entry) in defaults.chain(entries.map(|(i, entry)| (Which::Entry(i), entry))) {
        if lint.is_full() {
            break;
        }
        old_port(lint, entry);
        leaving(lint, which, entry);
    }
    if !broken.is_all && broken.entries.is_empty() {
        rhythm(lint);
    }
}

/// L03
fn access(lint: &mut Lint) {
    let Some(file) = lint.facts.file else {
        return;
    };
    if file.mode & 0o067 != 0 {
        let text = gettext_noop("Others may read, write or execute the file (mode {mode})");
        let fix = Fix::safe(gettext_noop("Make it private, mode 600"), Vec::new());
        let finding = Diagnostic::found("file-exposed", text, None).fixed(fix);
        let mode = format!("{:03o}", file.mode & 0o777);
        lint.found.push(finding.with("mode", mode));
    }
    if file.owner != file.user {
        let text = gettext_noop("The file belongs to user number {owner}, not to {user}");
        let finding = Diagnostic::found("file-owner", text, None);
        let finding = finding.with("owner", file.owner.to_string());
        lint.found.push(finding.with("user", file.user.to_string()));
    }
}

/// L06
fn same_labels(lint: &mut Lint) {
    let entries = &lint.whole.stanzas.entries;
    let labels: HashSet<&[u8]> = entries.iter().map(|entry| &entry.label[..]).collect();
    let mut seen: HashMap<&[u8], usize> = HashMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let count = seen.entry(&entry.label).or_default();
        *count += 1;
        if lint.is_full() {
            break;
        }
        // A late `defaults` is an error of its own.
        if *count == 1 || *lint.document.slice(entry.head()) == *b"defaults" {
            continue;
        }
        let mut edits = Vec::new();
        let defaults = lint.whole.stanzas.defaults.as_ref();
        let has_via = |entry: &Placed| entry.server.find(Id::Via).is_some();
        if !has_via(entry) && !defaults.is_some_and(has_via) {
            edits.push(Edit::Set {
                at: At::Server(Which::Entry(index)),
                id: Id::Via,
                value: Value::Text(entry.label.clone()),
            });
        }
        let names = (*count..).map(|n| [&entry.label, format!("-{n}").as_bytes()].concat());
        let label = names.take(1000).find(|name| !labels.contains(&name[..]));
        let fix = label.map(|label| {
            let title = gettext_noop("Name it “{label}” and keep the server with via");
            let shown = quiet(&label, 60);
            edits.push(Edit::RenameEntry {
                entry: index,
                label,
            });
            Fix::choice(title, edits).with("label", shown)
        });
        let text = gettext_noop("There is an entry “{label}” before this one");
        let place = Some(lint.document.place(entry.head()));
        let finding = Diagnostic::found("same-label", text, place).fixed(fix);
        lint.found
            .push(finding.with("label", quiet(&entry.label, 60)));
    }
}

/// L01: `password #x`, whose value is the next word.
fn comments(lint: &mut Lint) {
    let document = lint.document;
    let entries = &lint.whole.stanzas.entries;
    let mut found = Vec::new();
    let mut read: Option<(u32, Vec<Said>)> = None;
    for comment in comments_behind_options(document) {
        let behind = entries.partition_point(|entry| entry.start <= comment.start);
        let Some(entry) = behind.checked_sub(1).and_then(|index| entries.get(index)) else {
            continue;
        };
        if read.as_ref().is_none_or(|(start, _)| *start != entry.start) {
            let (_, said) = read::statement_in_full(document, document.at(entry.start));
            read = Some((entry.start, said));
        }
        let said = read.as_ref().map_or(&[][..], |(_, said)| said);
        let inside = comment.since(entry.start);
        let behind = said.partition_point(|said| said.span.start <= inside.start);
        let around = behind.checked_sub(1).and_then(|index| said.get(index));
        let around = around.filter(|said| inside.end <= said.span.end);
        found.extend(around.map(|said| {
            let text = gettext_noop("The comment stands where the value of {option} is expected");
            let place = Some(document.place(comment));
            let finding = Diagnostic::found("comment-in-option", text, place);
            finding.with("option", said.keyword.name())
        }));
        if found.len() > COMMENTS {
            break;
        }
    }
    lint.found.extend(found);
}

/// Most of them that are told.
const COMMENTS: usize = 100;

/// Comments that follow the word of an option with a value, on its line.
fn comments_behind_options(document: &Document) -> impl Iterator<Item = Span> + '_ {
    let takes_value = |raw: &[u8]| {
        let found = [Scope::Server, Scope::User]
            .iter()
            .find_map(|scope| option::find(*scope, raw));
        let is_one = |kind| !matches!(kind, Kind::Flag | Kind::List | Kind::Names | Kind::Numbers);
        found.is_some_and(|found| !found.is_negated && is_one(found.keyword.kind))
    };
    let mut is_behind = false;
    document.tokens().filter_map(move |at| {
        let raw = document.raw(at);
        match document.kind(at)? {
            Shape::Space => is_behind &= !raw.contains(&b'\n'),
            Shape::Comment if is_behind => return Some(document.span(at)),
            shape => is_behind = shape == Shape::Word && takes_value(raw),
        }
        None
    })
}

/// L07
fn old_port(lint: &mut Lint, entry: &Placed) {
    let Some(span) = entry
        .server
        .find(Id::Port)
        .and_then(|port| entry.place(port))
    else {
        return;
    };
    let keyword = Span {
        start: span.start,
        end: span.start + 4,
    };
    let fix = (*lint.document.slice(keyword) == *b"port").then(|| {
        let change = Change {
            span: keyword,
            with: b"service".to_vec(),
        };
        Fix::safe(gettext_noop("Write service"), vec![Edit::Bytes(change)])
    });
    let text = gettext_noop("port is an old word for service");
    let place = Some(lint.document.place(span));
    lint.found
        .push(Diagnostic::found("port", text, place).fixed(fix));
}

/// L35
fn leaving(lint: &mut Lint, which: Which, entry: &Placed) {
    let is_received = |setting: &&Setting| match &setting.value {
        Value::Envelope { name, .. } => name.as_deref().is_some_and(is_received),
        _ => false,
    };
    let default = |id| match which {
        Which::Defaults => None,
        Which::Entry(_) => lint.whole.stanzas.defaults.as_ref()?.server.find(id),
    };
    let said = [
        entry.server.find(Id::Dns),
        entry.server.find(Id::Checkalias),
        entry.server.find(Id::Envelope).filter(is_received),
    ];
    let mut found = Vec::new();
    for setting in said.into_iter().flatten() {
        let id = setting.keyword.id;
        // What holds anyway need not be said.
        let is_idle = match id {
            Id::Dns => setting.value.flag(),
            Id::Checkalias => setting.value.is_off(),
            _ => false,
        };
        let fix = (is_idle && default(id).is_none()).then(|| {
            let at = At::Server(which);
            let title = gettext_noop("Remove it: it is what holds anyway");
            Fix::safe(title, vec![Edit::Unset { at, id }])
        });
        let text = gettext_noop("{option} is going to be removed in fetchmail 7");
        let place = entry.place(setting).map(|span| lint.document.place(span));
        let name = match id {
            Id::Envelope => "envelope Received",
            _ => setting.keyword.name(),
        };
        let finding = Diagnostic::found("leaving", text, place).fixed(fix);
        found.push(finding.with("option", name));
    }
    lint.found.extend(found);
}

/// A header name as the file may write it, with its colon or without.
pub fn is_received(name: &[u8]) -> bool {
    name.strip_suffix(b":")
        .unwrap_or(name)
        .eq_ignore_ascii_case(b"received")
}

/// L50, L51
fn rhythm(lint: &mut Lint) {
    let daemon = lint.whole.globals.daemon;
    let accounts = || lint.whole.accounts.iter().map(|said| &said.account);
    let has_push = accounts()
        .any(|a| a.is_active && a.idle && matches!(a.protocol, Protocol::Imap | Protocol::Auto));
    let least = if has_push { 30 } else { 60 };
    let said = lint.whole.stanzas.globals.find(Id::Daemon);
    let place = said
        .and_then(|said| said.origin)
        .map(|span| lint.document.place(span));
    let raised = |seconds: u32| Edit::Set {
        at: At::Globals,
        id: Id::Daemon,
        value: Value::Number(i32::try_from(seconds).unwrap_or(i32::MAX)),
    };
    if daemon > 0 && daemon < least {
        let text = gettext_noop("Mail is checked every {seconds} seconds");
        let fix = Fix::choice(gettext_noop("Check every 300 seconds"), vec![raised(300)]);
        let finding = Diagnostic::found("short-daemon", text, place).fixed(fix);
        lint.found.push(finding.with("seconds", daemon.to_string()));
    }
    let entries = &lint.whole.stanzas.entries;
    if entries.iter().filter(|entry| entry.is_active).count() != 1 {
        return;
    }
    let active = lint
        .whole
        .accounts
        .iter()
        .find(|said| said.account.is_active);
    let Some(site) = active.and_then(|said| lint.site(said)) else {
        return;
    };
    let interval = site.account.interval;
    let Some(at) = site.server_at().filter(|_| interval > 1) else {
        return;
    };
    let id = Id::Interval;
    let defaults = site.defaults.and_then(|defaults| defaults.server.find(id));
    let undone = match defaults {
        Some(_) => Edit::Set {
            at,
            id,
            // 0 undoes nothing: it counts as unsaid.
            value: Value::Number(1),
        },
        None => Edit::Unset { at, id },
    };
    let fix = (daemon > 0).then(|| {
        let seconds = daemon.saturating_mul(interval);
        let edits = vec![raised(seconds), undone];
        let title = gettext_noop("Check every {seconds} seconds instead");
        Fix::choice(title, edits).with("seconds", seconds.to_string())
    });
    let text = gettext_noop("{account} is the only one and is left out in most rounds");
    lint.say_fixed(&site, "interval-alone", text, &[Id::Interval], fix);
}

/// L02, as [`crate::rc::Config::unsupported`] has it.
pub fn unsupported(lint: &mut Lint, site: &Site, keyword: &str) {
    let word = keyword.split(' ').next().unwrap_or_default();
    let option = option::all()
        .filter(|k| k.name() == word)
        .find(|k| site.said(k.id).is_some());
    let ids: Vec<Id> = option.map(|k| k.id).into_iter().collect();
    let text = gettext_noop("{account} is not checked: this version cannot do “{keyword}”");
    let finding = lint.about(site, "unsupported", text, &ids);
    lint.found.push(finding.with("keyword", keyword));
}
