use super::*;
use crate::base::Secret;
use crate::rc::account::{LocalName, Protocol};

/// The file after an edit.
#[track_caller]
fn check(before: &str, edit: Edit, after: &str) {
    let document = Document::parse(before);
    let changes = changes(&document, &edit).unwrap_or_else(|e| panic!("{before:?}: {e}"));
    let bytes = document.change(&changes).bytes();
    assert_eq!(String::from_utf8_lossy(&bytes), after, "{before:?}");
}

#[track_caller]
fn refused(before: &str, edit: Edit, expected: Refused) {
    assert_eq!(
        changes(&Document::parse(before), &edit),
        Err(expected),
        "{before:?}"
    );
}

fn text(text: &str) -> Value {
    Value::Text(text.as_bytes().to_vec())
}

fn list(words: &[&str]) -> Value {
    Value::List(words.iter().map(|word| word.as_bytes().to_vec()).collect())
}

fn names(names: &[(&str, &str)], wildcard: bool) -> Value {
    let name = |(remote, local): &(&str, &str)| LocalName {
        remote: remote.as_bytes().to_vec(),
        local: local.as_bytes().to_vec(),
        is_pair: remote != local,
    };
    Value::Names {
        names: names.iter().map(name).collect(),
        wildcard,
    }
}

const SERVER: At = At::Server(Which::Entry(0));
const USER: At = At::User(Which::Entry(0), 0);

fn set(at: At, id: Id, value: Value) -> Edit {
    Edit::Set { at, id, value }
}

fn unset(at: At, id: Id) -> Edit {
    Edit::Unset { at, id }
}

#[test]
fn an_option_said_otherwise_keeps_what_is_around_it() {
    check(
        "poll a # one\n  timeout 30 # two\n  user b",
        set(SERVER, Id::Timeout, Value::Number(60)),
        "poll a # one\n  timeout 60 # two\n  user b",
    );
    check(
        "poll a protocol POP3, port 110\n",
        set(SERVER, Id::Proto, Value::Protocol(Protocol::Imap)),
        "poll a protocol imap, port 110\n",
    );
    check(
        "poll a port 110\n",
        set(SERVER, Id::Service, text("imaps")),
        "poll a service imaps\n",
    );
    check(
        "poll a user b keep",
        set(USER, Id::Keep, Value::Flag(false)),
        "poll a user b no keep",
    );
    check(
        "poll a user b nokeep\n",
        set(USER, Id::Keep, Value::Flag(true)),
        "poll a user b keep\n",
    );
    check(
        "poll a user b pass 'old' is x here\n",
        set(USER, Id::Password, Value::Secret(Secret::new("new it"))),
        "poll a user b pass 'new it' is x here\n",
    );
    // Said twice: the last counts.
    check(
        "poll a timeout 1 timeout 2\n",
        set(SERVER, Id::Timeout, Value::Number(3)),
        "poll a timeout 1 timeout 3\n",
    );
    check(
        "poll a user b folder x keep folder y ssl",
        set(USER, Id::Folder, list(&["p", "q r"])),
        "poll a user b folder p \"q r\" keep ssl",
    );
    check(
        "set postmaster = joe\nset daemon 5\n",
        set(At::Globals, Id::Postmaster, text("ann")),
        "set postmaster = ann\nset daemon 5\n",
    );
}

#[test]
fn a_new_option_stands_like_the_others() {
    let keep = |value| set(USER, Id::Keep, Value::Flag(value));
    check("poll a user b\n", keep(true), "poll a user b keep\n");
    check(
        "poll a user b pass x # c\n",
        keep(true),
        "poll a user b pass x keep # c\n",
    );
    check(
        "poll a\n\tuser b\n\t\tpass x\n",
        keep(true),
        "poll a\n\tuser b\n\t\tpass x\n\t\tkeep\n",
    );
    check(
        "poll a\r\n  user b\r\n    pass x\r\nskip c\r\n",
        keep(false),
        "poll a\r\n  user b\r\n    pass x\r\n    no keep\r\nskip c\r\n",
    );
    check(
        "poll a\n  user b # who\n  pass x # what\npoll c\n",
        keep(true),
        "poll a\n  user b # who\n  pass x # what\n  keep\npoll c\n",
    );
    let timeout = || set(SERVER, Id::Timeout, Value::Number(9));
    check("poll a user b", timeout(), "poll a timeout 9 user b");
    check(
        "poll a\n  user b\n",
        timeout(),
        "poll a\n  timeout 9\n  user b\n",
    );
    check(
        "poll a\n  proto imap\n  user b\n",
        timeout(),
        "poll a\n  proto imap\n  timeout 9\n  user b\n",
    );
    check("poll a", timeout(), "poll a\n    timeout 9");
    check(
        "defaults proto imap\npoll x\n",
        set(At::Server(Which::Defaults), Id::Uidl, Value::Flag(true)),
        "defaults proto imap uidl\npoll x\n",
    );
    check(
        "# mine\n\n# a\npoll a\n",
        set(At::Globals, Id::Daemon, Value::Number(300)),
        "# mine\n\nset daemon 300\n# a\npoll a\n",
    );
    check(
        "set daemon 5 # five\npoll a\n",
        set(At::Globals, Id::Syslog, Value::Flag(true)),
        "set daemon 5 # five\nset syslog\npoll a\n",
    );
    check(
        "",
        set(At::Globals, Id::Syslog, Value::Flag(true)),
        "set syslog\n",
    );
    // A list must not swallow a word of later releases.
    check(
        "poll a user b folder x",
        set(USER, Id::Sslmode, Value::Choice("wrapped")),
        "poll a user b sslmode wrapped folder x",
    );
}

#[test]
fn what_is_said_no_more_leaves_no_gap() {
    check(
        "poll a\n  user b\n  keep\n  ssl\n",
        unset(USER, Id::Keep),
        "poll a\n  user b\n  ssl\n",
    );
    check(
        "poll a user b keep ssl\n",
        unset(USER, Id::Keep),
        "poll a user b ssl\n",
    );
    check(
        "poll a user b\n  keep ssl\n",
        unset(USER, Id::Keep),
        "poll a user b\n  ssl\n",
    );
    check(
        "poll a user b\n  keep # why\n  ssl\n",
        unset(USER, Id::Keep),
        "poll a user b\n  # why\n  ssl\n",
    );
    check(
        "poll a timeout 1 uidl timeout 2",
        unset(SERVER, Id::Timeout),
        "poll a uidl",
    );
    check(
        "set daemon 5\npoll a\n",
        unset(At::Globals, Id::Daemon),
        "poll a\n",
    );
    check(
        "poll a port 5 service 6\n",
        unset(SERVER, Id::Service),
        "poll a\n",
    );
    check("poll a\n", unset(SERVER, Id::Timeout), "poll a\n");
}

#[test]
fn who_is_who() {
    let joe = || names(&[("joe", "joe")], false);
    check(
        "poll a user b is x here",
        set(USER, Id::Is, joe()),
        "poll a user b is joe here",
    );
    check(
        "poll a user b to x y=z * here",
        set(USER, Id::Is, names(&[("p", "q")], true)),
        "poll a user b to p=q * here",
    );
    check(
        "poll a user b is here",
        set(USER, Id::Is, joe()),
        "poll a user b is joe",
    );
    check(
        "poll a user b there is x here",
        set(USER, Id::User, text("c d")),
        "poll a user \"c d\" there is x here",
    );
    check(
        "poll a user x here is b there",
        set(USER, Id::User, text("c")),
        "poll a user x here is c there",
    );
    check(
        "poll a user x here is b there",
        set(USER, Id::Is, joe()),
        "poll a user joe here is b there",
    );
    check(
        "poll a user x here is b there keep",
        unset(USER, Id::Is),
        "poll a user b keep",
    );
    check(
        "poll a user x here pass y",
        set(USER, Id::User, text("c")),
        "poll a user x here is c there pass y",
    );
    check(
        "poll a user x here pass y",
        unset(USER, Id::Is),
        "poll a pass y",
    );
    check(
        "poll a pass y",
        set(USER, Id::User, text("c")),
        "poll a user c pass y",
    );
    check(
        "poll a user b pass y",
        unset(USER, Id::User),
        "poll a pass y",
    );
    check(
        "poll a user b",
        set(USER, Id::Is, joe()),
        "poll a user b is joe",
    );
    refused(
        "poll a user b user c",
        unset(USER, Id::User),
        Refused::Entangled,
    );
}

#[test]
fn what_cannot_be_said() {
    let refused_set = |id, value, option| {
        refused(
            "poll a user b",
            set(USER, id, value),
            Refused::Unsayable { option },
        );
    };
    refused_set(Id::Lmtp, Value::Flag(false), "lmtp");
    refused_set(Id::Mda, text("a\0b"), "mda");
    refused_set(Id::Folder, list(&[]), "folder");
    refused_set(Id::Limit, Value::Flag(true), "limit");
    refused(
        "poll a bogus",
        set(USER, Id::Keep, Value::Flag(true)),
        Refused::Broken,
    );
    refused(
        "poll a",
        set(At::User(Which::Entry(0), 1), Id::Keep, Value::Flag(true)),
        Refused::Nobody,
    );
    refused(
        "poll a",
        set(At::Server(Which::Entry(1)), Id::Uidl, Value::Flag(true)),
        Refused::Nobody,
    );
    refused(
        "poll a",
        set(At::Server(Which::Defaults), Id::Uidl, Value::Flag(true)),
        Refused::Nobody,
    );
}

#[test]
fn entries() {
    let file = "# head\n\n# a\npoll a # x\n  user b\n  # tail of a\n\n# c\nskip c\n\npoll d\n";
    check(
        file,
        Edit::RemoveEntry { entry: 0 },
        "# head\n\n# c\nskip c\n\npoll d\n",
    );
    check(
        file,
        Edit::RemoveEntry { entry: 2 },
        "# head\n\n# a\npoll a # x\n  user b\n  # tail of a\n\n# c\nskip c\n",
    );
    check(
        file,
        Edit::MoveEntry { entry: 1, to: 0 },
        "# head\n\n# c\nskip c\n\n# a\npoll a # x\n  user b\n  # tail of a\n\npoll d\n",
    );
    check(
        file,
        Edit::MoveEntry { entry: 0, to: 2 },
        "# head\n\n# c\nskip c\n\npoll d\n\n# a\npoll a # x\n  user b\n  # tail of a\n",
    );
    check(
        file,
        Edit::SetActive {
            entry: 1,
            is_active: true,
        },
        &file.replace("skip", "poll"),
    );
    check(
        file,
        Edit::RenameEntry {
            entry: 1,
            label: b"2024".to_vec(),
        },
        &file.replace("skip c", "skip \"2024\""),
    );
    let add = |before| Edit::AddEntry {
        before,
        label: b"new".to_vec(),
        is_active: true,
    };
    check(
        file,
        add(Some(1)),
        &file.replace("# c\n", "poll new\n\n# c\n"),
    );
    check(file, add(None), &(file.to_owned() + "\npoll new\n"));
    check("", add(None), "poll new\n");
    check("poll a user b", add(None), "poll a user b\npoll new\n");
    check(
        "poll a user b poll c",
        Edit::RemoveEntry { entry: 0 },
        "poll c",
    );
    check(
        "poll a user b poll c",
        Edit::MoveEntry { entry: 1, to: 0 },
        "poll c poll a user b",
    );
    check(
        "poll a\ndefaults uidl\n",
        Edit::DefaultsFirst,
        "defaults uidl\npoll a\n",
    );
    check(
        "poll a\n\n# d\ndefaults uidl\n",
        Edit::DefaultsFirst,
        "# d\ndefaults uidl\n\npoll a\n",
    );
    refused(file, Edit::RemoveEntry { entry: 3 }, Refused::Nobody);
}

#[test]
fn users() {
    let which = Which::Entry(0);
    let file = "poll a\n  user b\n    keep\n  # c\n  user c\n    ssl # tls\npoll z\n";
    let add = |before| Edit::AddUser {
        which,
        before,
        name: b"n m".to_vec(),
    };
    check(
        file,
        add(None),
        &file.replace("# tls\n", "# tls\n  user \"n m\"\n"),
    );
    check(
        file,
        add(Some(1)),
        &file.replace("  # c\n", "  user \"n m\"\n  # c\n"),
    );
    check("poll a", add(None), "poll a\n    user \"n m\"");
    check(
        "poll a user b poll c",
        add(None),
        "poll a user b user \"n m\" poll c",
    );
    check(
        file,
        Edit::RemoveUser { which, user: 1 },
        "poll a\n  user b\n    keep\npoll z\n",
    );
    check(
        file,
        Edit::RemoveUser { which, user: 0 },
        "poll a\n  # c\n  user c\n    ssl # tls\npoll z\n",
    );
    check(
        "poll a user b keep user c ssl",
        Edit::RemoveUser { which, user: 0 },
        "poll a user c ssl",
    );
    check(
        file,
        Edit::MoveUser {
            which,
            user: 1,
            to: 0,
        },
        "poll a\n  # c\n  user c\n    ssl # tls\n  user b\n    keep\npoll z\n",
    );
    check(
        file,
        Edit::MoveUser {
            which,
            user: 0,
            to: 1,
        },
        "poll a\n  # c\n  user c\n    ssl # tls\n  user b\n    keep\npoll z\n",
    );
    check(
        "poll a user b keep user c ssl",
        Edit::MoveUser {
            which,
            user: 1,
            to: 0,
        },
        "poll a user c ssl user b keep",
    );
    refused("poll a keep", add(None), Refused::Entangled);
}
