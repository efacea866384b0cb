//! Edits judged by fetchmail: every option, said and said no more in files of the corpus. fetchmail
//! reads the edited file; what its dump says differs from before under the keys of that option only,
//! and in the entry and user that were meant; and it is what we read in it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use postrider::base::Secret;
use postrider::rc::Document;
use postrider::rc::account::{Auth, LocalName, Protocol};
use postrider::rc::edit::{At, Edit, Which, changes};
use postrider::rc::option::{self, Dump, Id, Keyword, Kind, Scope};
use postrider::rc::outline::has_errors;
use postrider::rc::settings::{self, Value};

use super::oracle::Oracle;
use super::random::Random;

/// Edits tried on each file; all of them with `POSTRIDER_LONG`.
const EDITS: usize = 2;

#[test]
fn an_edit_changes_one_option_for_fetchmail_too() {
    if Oracle::find().is_none() {
        return;
    }
    let cases = super::corpus();
    let is_long = std::env::var_os("POSTRIDER_LONG").is_some();
    let (made, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let failures = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let Some(oracle) = Oracle::find() else { return };
                while let number = next.fetch_add(1, Relaxed)
                    && let Some(text) = cases.get(number)
                {
                    let Some(before) = accepted(&oracle, text) else {
                        continue;
                    };
                    let edits = edits(text);
                    let mut random = Random(number as u64);
                    let count = if is_long {
                        edits.len()
                    } else {
                        EDITS.min(edits.len())
                    };
                    for n in 0..count {
                        let n = if is_long {
                            n
                        } else {
                            random.below(edits.len())
                        };
                        let (keyword, edit) = &edits[n];
                        match check(&oracle, text, &before, keyword, edit) {
                            Ok(true) => made.fetch_add(1, Relaxed),
                            Ok(false) => refused.fetch_add(1, Relaxed),
                            Err(told) => {
                                failures.lock().unwrap().push(told);
                                0
                            }
                        };
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    let shown = failures[..failures.len().min(20)].join("\n");
    assert!(failures.is_empty(), "{} edits:\n{shown}", failures.len());
    let (made, refused) = (made.into_inner(), refused.into_inner());
    println!("{made} edits made, {refused} refused");
    assert!(
        made > 900 && refused * 20 < made,
        "{made} made, {refused} refused"
    );
}

/// fetchmail's dump of a file it accepts and that has nothing in it that is ours alone.
fn accepted(oracle: &Oracle, text: &[u8]) -> Option<String> {
    let (_, found) = settings::read(&Document::parse(text));
    let out = oracle.theirs(text, "");
    let is_good = out.status.code() == Some(0) && text.is_ascii() && !has_errors(&found);
    is_good.then(|| String::from_utf8_lossy(&out.stdout).into_owned())
}

/// Every option at every place of a file, with a value and without one.
fn edits(text: &[u8]) -> Vec<(&'static Keyword, Edit)> {
    let (stanzas, _) = settings::read(&Document::parse(text));
    let mut places = vec![At::Globals];
    let entries = stanzas.entries.iter().enumerate();
    let entries = entries.map(|(n, entry)| (Which::Entry(n), entry));
    let defaults = stanzas
        .defaults
        .iter()
        .map(|entry| (Which::Defaults, entry));
    for (which, entry) in defaults.chain(entries) {
        places.push(At::Server(which));
        places.extend((0..entry.users.len().max(1)).map(|user| At::User(which, user)));
    }
    let scope = |at: &At| match at {
        At::Globals => Scope::Global,
        At::Server(_) => Scope::Server,
        At::User(..) => Scope::User,
    };
    let mut edits = Vec::new();
    for at in places {
        let keywords = option::all().filter(|k| k.scope == scope(&at) && !k.is_later);
        for keyword in keywords {
            let id = keyword.id;
            let sets = samples(keyword).into_iter();
            edits.extend(sets.map(|value| (keyword, Edit::Set { at, id, value })));
            edits.push((keyword, Edit::Unset { at, id }));
        }
    }
    edits
}

/// Values that files of 6.4.37 can hold and it accepts.
fn samples(keyword: &Keyword) -> Vec<Value> {
    let text = |text: &str| Value::Text(text.as_bytes().to_vec());
    let name = |remote: &str, local: &str| LocalName {
        remote: remote.as_bytes().to_vec(),
        local: local.as_bytes().to_vec(),
        is_pair: remote != local,
    };
    match (keyword.id, keyword.kind) {
        (Id::Interface, _) => vec![text("lo/127.0.0.1")],
        // Without a port of its own fetchmail refuses it, and the dots cannot be turned off.
        (Id::Lmtp, _) => Vec::new(),
        (Id::Showdots | Id::Tracepolls, _) => vec![Value::Flag(true)],
        (Id::Smtphost, _) => vec![Value::List(vec![b"/run/lmtp".to_vec(), b"h/2525".to_vec()])],
        // Among several accounts fetchmail refuses it.
        (Id::Idle, _) => vec![Value::Flag(false)],
        (_, Kind::Flag) => [true, false].map(Value::Flag).to_vec(),
        (Id::Port, _) => vec![Value::Number(1110)],
        (_, Kind::Number) => [0, 37].map(Value::Number).to_vec(),
        (_, Kind::Service) => vec![text("1995"), text("imaps")],
        (_, Kind::Path) => vec![text("sub/a file"), text("/a")],
        (_, Kind::Text | Kind::Command | Kind::User) => {
            vec![
                text("it's \"so\" a\\b\n"),
                text("keep"),
                text("12"),
                text("x"),
            ]
        }
        (_, Kind::Secret) => vec![Value::Secret(Secret::new("p\"w '1\\"))],
        (_, Kind::List) => vec![Value::List(vec![
            b"a b".to_vec(),
            b"2024".to_vec(),
            b"c".to_vec(),
        ])],
        (_, Kind::Numbers) => vec![Value::Numbers(vec![571, 550])],
        (_, Kind::Names) => {
            let names = vec![name("ann", "ann"), name("x y", "bob")];
            vec![
                Value::Names {
                    names: names.clone(),
                    wildcard: true,
                },
                Value::Names {
                    names,
                    wildcard: false,
                },
                Value::Names {
                    names: vec![name("12", "12")],
                    wildcard: false,
                },
            ]
        }
        (_, Kind::Protocol) => [Protocol::Imap, Protocol::Apop]
            .map(Value::Protocol)
            .to_vec(),
        (_, Kind::Auth) => [Auth::Ntlm, Auth::Password].map(Value::Auth).to_vec(),
        (_, Kind::Choice(words)) => words.iter().map(|word| Value::Choice(word)).collect(),
        (_, Kind::Envelope) => {
            let named = |skip| Value::Envelope {
                skip,
                name: Some(b"X-To:".to_vec()),
            };
            vec![
                named(2),
                named(0),
                Value::Envelope {
                    skip: 0,
                    name: None,
                },
            ]
        }
    }
}

/// Whether the edit was made; what is wrong with it.
fn check(
    oracle: &Oracle,
    text: &[u8],
    before: &str,
    keyword: &Keyword,
    edit: &Edit,
) -> Result<bool, String> {
    let document = Document::parse(text);
    let Ok(changes) = changes(&document, edit) else {
        return Ok(false);
    };
    let bytes = document.change(&changes).bytes();
    let shown = || {
        format!(
            "{}\n  {edit:?}\n  {}",
            text.escape_ascii(),
            bytes.escape_ascii()
        )
    };
    // We read in it what fetchmail reads.
    let compared = oracle.compare(&bytes, "");
    // Several folders of an account that idles: accepted here on purpose.
    if compared
        .as_ref()
        .is_err_and(|told| told.contains("idle mode does not work for multiple"))
    {
        return Ok(true);
    }
    let Some(after) = compared.map_err(|told| format!("{}\n{told}", shown()))? else {
        // Refused for its meaning, as a protocol without its port may be.
        return Ok(true);
    };
    let after = String::from_utf8_lossy(&after).into_owned();
    let keys = keys(keyword);
    let (old, new) = (rows(before), rows(&after));
    if old.len() != new.len() {
        return Err(format!("{}\n  other entries or users", shown()));
    }
    for (old, new) in old.iter().zip(&new) {
        let key = |line: &str| {
            line.split(':')
                .next()
                .unwrap_or("")
                .trim_matches(['"', '\''])
                .to_owned()
        };
        if old != new && !(key(old) == key(new) && keys.contains(&key(old).as_str())) {
            return Err(format!("{}\n  {old} became {new}", shown()));
        }
    }
    Ok(true)
}

/// The lines of a dump that say something, but for those that are not always there.
fn rows(dump: &str) -> Vec<&str> {
    let optional = ["\"auth\"", "\"esmtppassword\""];
    let is_optional = |line: &str| optional.iter().any(|key| line.starts_with(key));
    let lines = dump.lines().map(str::trim);
    lines
        .filter(|line| line.contains(':') && !line.starts_with('#') && !is_optional(line))
        .collect()
}

/// Keys of the dump that an option may change.
fn keys(keyword: &Keyword) -> Vec<&'static str> {
    let mut keys: Vec<&str> = match keyword.dump {
        Dump::Nothing => Vec::new(),
        Dump::Plain(key) => vec![key],
        Dump::Keys(keys) => keys.iter().map(|key| key.name).collect(),
    };
    keys.extend(match keyword.id {
        // The remote name stands in for a password that is not needed.
        Id::Auth | Id::User => &["password", "auth"][..],
        // Protocols that ask the server to send have the own host for a domain.
        Id::Proto => &["service", "auth", "password", "fetchdomains"],
        Id::Port | Id::Service => &["service"],
        Id::Logfile => &["syslog"],
        // On by itself with an MDA.
        Id::Mda => &["stripcr"],
        _ => &[],
    });
    keys
}
