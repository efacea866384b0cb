//! An edit that is made changes one option and nothing else; judged by reading the result, not by
//! what the edit itself tries.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postrider::base::Secret;
use postrider::rc::account::{Auth, LocalName, Protocol};
use postrider::rc::edit::{At, Edit, Which, changes};
use postrider::rc::option::{self, Id, Keyword, Kind, Scope};
use postrider::rc::settings::{self, Settings, Stanzas, Value};
use postrider::rc::{Document, outline};

fuzz_target!(|input: &[u8]| {
    let Some(([option, place, kind, length], rest)) = input.split_first_chunk() else {
        return;
    };
    let (text, bytes) = rest.split_at(usize::from(length % 9).min(rest.len()));
    let keywords: Vec<&'static Keyword> = option::all().collect();
    let keyword = keywords[usize::from(*option) % keywords.len()];
    let which = match place % 4 {
        0 => Which::Defaults,
        n => Which::Entry(usize::from(n - 1)),
    };
    let at = match keyword.scope {
        Scope::Global => At::Globals,
        Scope::Server => At::Server(which),
        Scope::User => At::User(which, usize::from(place / 4 % 3)),
    };
    let document = Document::parse(bytes);
    let (before, found) = settings::read(&document);
    if outline::has_errors(&found) {
        return;
    }
    let value = (kind % 3 > 0).then(|| value(keyword, text, *kind));
    let edit = match &value {
        Some(value) => Edit::Set {
            at,
            id: keyword.id,
            value: value.clone(),
        },
        None => Edit::Unset { at, id: keyword.id },
    };
    let Ok(changes) = changes(&document, &edit) else {
        return;
    };
    let after = document.change(&changes);
    let (after, found) = settings::read(&after);
    assert!(!outline::has_errors(&found), "{edit:?}");
    let (mut wanted, mut got) = (said(&before), said(&after));
    let own = (at_key(at), keyword.id);
    assert_eq!(
        got.iter().find(|s| s.0 == own).map(|s| &s.1),
        value.as_ref(),
        "{edit:?}"
    );
    // `port` and `service` are one; KPOP brings port and sign-in along.
    let beside: &[Id] = match keyword.id {
        Id::Service | Id::Port => &[Id::Service, Id::Port],
        Id::Proto => &[Id::Service, Id::Port, Id::Auth],
        _ => &[],
    };
    let is_own = |s: &Said| s.0 == own || (s.0.0 == own.0 && beside.contains(&s.0.1));
    wanted.retain(|s| !is_own(s));
    got.retain(|s| !is_own(s));
    assert_eq!(wanted.len(), got.len(), "{edit:?}");
    assert!(wanted == got, "{edit:?}");
});

type Said = (((usize, Option<usize>), Id), Value);

fn at_key(at: At) -> (usize, Option<usize>) {
    let number = |which| match which {
        Which::Defaults => 1,
        Which::Entry(entry) => entry + 2,
    };
    match at {
        At::Globals => (0, None),
        At::Server(which) => (number(which), None),
        At::User(which, user) => (number(which), Some(user)),
    }
}

/// Everything a file says, sorted.
fn said(stanzas: &Stanzas) -> Vec<Said> {
    let mut all = Vec::new();
    let mut add = |place, settings: &Settings| {
        all.extend(
            settings
                .iter()
                .map(|s| ((place, s.keyword.id), s.value.clone())),
        );
    };
    add((0, None), &stanzas.globals);
    let entries = stanzas
        .entries
        .iter()
        .enumerate()
        .map(|(i, entry)| (i + 2, entry));
    for (number, entry) in stanzas
        .defaults
        .iter()
        .map(|entry| (1, entry))
        .chain(entries)
    {
        add((number, None), &entry.server);
        for (user, settings) in entry.users.iter().enumerate() {
            add((number, Some(user)), settings);
        }
    }
    all.sort_by_key(|s| s.0);
    all
}

fn value(keyword: &Keyword, text: &[u8], kind: u8) -> Value {
    let name = || LocalName {
        remote: text.to_vec(),
        local: b"joe".to_vec(),
        is_pair: true,
    };
    match keyword.kind {
        Kind::Flag => Value::Flag(kind % 3 == 1),
        Kind::Number => Value::Number(i32::from(kind) - 20),
        Kind::Numbers => Value::Numbers(vec![571, i32::from(kind)]),
        Kind::Text | Kind::Path | Kind::Command | Kind::User | Kind::Service => {
            Value::Text(text.to_vec())
        }
        Kind::Secret => Value::Secret(Secret::new(text)),
        Kind::List => Value::List(vec![text.to_vec(), b"x y".to_vec()]),
        Kind::Names => Value::Names {
            names: vec![name(), name()],
            wildcard: kind % 2 == 0,
        },
        Kind::Protocol => Value::Protocol(if kind % 2 == 0 {
            Protocol::Imap
        } else {
            Protocol::Kpop
        }),
        Kind::Auth => Value::Auth(if kind % 2 == 0 {
            Auth::Ntlm
        } else {
            Auth::Password
        }),
        Kind::Choice(words) => Value::Choice(words[usize::from(kind) % words.len()]),
        Kind::Envelope => Value::Envelope {
            skip: u32::from(kind % 4),
            name: Some(text.to_vec()),
        },
    }
}
