use super::*;
use crate::rc::option::Scope;

#[track_caller]
fn check(text: &str, edit: Edit, expected: &str) {
    let document = Document::parse(text);
    match changes(&document, &edit) {
        Ok(changes) => {
            let changed = document.change(&changes);
            assert_eq!(String::from_utf8_lossy(changed.bytes()), expected, "{text}");
        }
        Err(refused) => panic!("{text}: {refused}"),
    }
}

#[test]
fn options_are_set_where_their_neighbours_stand() {
    let user = At::User(Which::Entry(0), 0);
    let ssl = |at| Edit::Set {
        at,
        id: Id::Ssl,
        value: Value::Flag(true),
    };
    check("poll a user b", ssl(user), "poll a user b ssl");
    check("poll a user b # c\n", ssl(user), "poll a user b ssl # c\n");
    check("poll a\n  user b\n", ssl(user), "poll a\n  user b\n  ssl\n");
    check("poll a no ssl", ssl(user), "poll a ssl");
    check("poll a\n", ssl(user), "poll a ssl\n");
    let port = |value: &str| Edit::Set {
        at: At::Server(Which::Entry(0)),
        id: Id::Service,
        value: Value::Text(value.into()),
    };
    check("poll a user b", port("993"), "poll a service 993 user b");
    check(
        "poll a service 1 service 2 user b",
        port("993"),
        "poll a service 993 user b",
    );
    let daemon = Edit::Set {
        at: At::Globals,
        id: Id::Daemon,
        value: Value::Number(300),
    };
    check("poll a", daemon.clone(), "set daemon 300\npoll a");
    check(
        "set syslog\npoll a",
        daemon,
        "set syslog\nset daemon 300\npoll a",
    );
}

#[test]
fn options_are_removed_wherever_they_stand() {
    let unset = |at, id| Edit::Unset { at, id };
    let user = At::User(Which::Entry(0), 0);
    check(
        "poll a user b keep ssl",
        unset(user, Id::Keep),
        "poll a user b ssl",
    );
    check(
        "poll a user b keep\n  keep\n  ssl",
        unset(user, Id::Keep),
        "poll a user b\n  ssl",
    );
    check(
        "poll a folder x keep folder y",
        unset(user, Id::Folder),
        "poll a keep",
    );
    check(
        "set daemon 9\nset syslog\n",
        unset(At::Globals, Id::Daemon),
        "set syslog\n",
    );
}

#[test]
fn entries_change_their_heads_and_defaults_their_place() {
    let rename = Edit::RenameEntry {
        entry: 0,
        label: b"a b".to_vec(),
    };
    check("poll x user x", rename, "poll \"a b\" user x");
    check(
        "poll x",
        Edit::SetActive {
            entry: 0,
            is_active: false,
        },
        "skip x",
    );
    check(
        "# head\npoll a\ndefaults proto imap # d\nuser b\npoll c\n",
        Edit::DefaultsFirst,
        "# head\ndefaults proto imap # d\nuser b\npoll a\npoll c\n",
    );
    let document = Document::parse("defaults\npoll a");
    assert!(changes(&document, &Edit::DefaultsFirst).is_err());
}

/// Every kind of value is read back as it was.
#[test]
fn what_is_written_is_read_back() {
    for text in [
        "x", "", "a b", "a\"b'\\", "123", "-1", "ssl", "a=b", "é\n", "#x", "x#y", "with",
    ] {
        for keyword in option::all().filter(|k| k.scope != Scope::Global && !k.is_later) {
            let value = match keyword.kind {
                option::Kind::Text | option::Kind::Command | option::Kind::Path => {
                    Value::Text(text.into())
                }
                option::Kind::Secret => Value::Secret(crate::base::Secret::new(text)),
                option::Kind::List => Value::List(vec![text.into(), b"y".to_vec()]),
                _ => continue,
            };
            let line = [&b"poll a "[..], &written(keyword, &value), b" keep"].concat();
            let (stanzas, found) = settings::read(&Document::parse(line));
            let said = find(&stanzas, At::Server(Which::Entry(0)), keyword.id)
                .or_else(|| find(&stanzas, At::User(Which::Entry(0), 0), keyword.id));
            assert_eq!(
                said.map(|s| &s.value),
                Some(&value),
                "{keyword:?} {text:?} {found:?}"
            );
        }
    }
}
