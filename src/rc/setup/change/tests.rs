use super::*;
use crate::rc::setup::sample::{around, basis};
use crate::rc::setup::{Delivery, Rhythm, Trust};

fn id(user: &str) -> AccountId {
    AccountId {
        label: "h".into(),
        user: user.into(),
        ordinal: 0,
    }
}

fn changed(rc: &str, local: &str, how: impl Fn(&mut Setup)) -> Result<Changed, Refused> {
    let around = around();
    let basis = basis(rc.as_bytes(), local, &around);
    let described = super::super::read::describe(&id("ann"), &basis)?;
    let mut setup = described.setup;
    how(&mut setup);
    plan(&id("ann"), &setup, Some(&Secret::new("s3")), &basis)
}

/// One account: the file after a change.
#[track_caller]
fn check(rc: &str, how: impl Fn(&mut Setup), expected: &str) {
    let changed = changed(rc, "", how).unwrap_or_else(|e| panic!("{rc}: {e:?}"));
    assert_eq!(String::from_utf8_lossy(&changed.plan.rc), expected);
}

const FILE: &str = "# mine\npoll h # here\n    proto imap timeout 9 # slow\n    user ann # me\n    ssl keep mda 'procmail -d %T'\n    preconnect 'x' # why\npoll other user y\n";

fn file(from: &str, to: &str) -> String {
    assert!(FILE.contains(from), "{from}");
    FILE.replacen(from, to, 1)
}

/// Keys of an account in `accounts.toml`.
fn key(label: &str, user: &str, more: &str) -> String {
    format!("[[account]]\nlabel = \"{label}\"\nuser = \"{user}\"\n{more}")
}

#[test]
fn nothing_changes_without_a_change() {
    check(FILE, |_| {}, FILE);
    check(
        "poll h proto imap user ann\n",
        |_| {},
        "poll h proto imap user ann\n",
    );
    check(
        "defaults proto imap keep\npoll h user ann\n",
        |_| {},
        "defaults proto imap keep\npoll h user ann\n",
    );
}

#[test]
fn only_what_differs_is_edited() {
    check(FILE, |s| s.keep = false, &file("ssl keep", "ssl no keep"));
    check(
        FILE,
        |s| s.user = "bob".into(),
        &file("user ann", "user bob"),
    );
    check(FILE, |s| s.host = "new".into(), &file("poll h", "poll new"));
    check(
        FILE,
        |s| s.delivery = Delivery::Program("y".into()),
        &file("'procmail -d %T'", "'y'"),
    );
    check(
        FILE,
        |s| s.limit = Some(5),
        &file("# why\n", "# why\n    limit 5\n"),
    );
    check(
        FILE,
        |s| s.method = Some("password".into()),
        &file("# slow\n", "# slow\n    auth password\n"),
    );
    check(
        FILE,
        |s| s.rhythm = Rhythm::Asked,
        &file("poll h", "skip h"),
    );
    check(
        FILE,
        |s| (s.is_implicit_tls, s.port) = (false, 143),
        &file("ssl keep", "keep"),
    );
    check(
        FILE,
        |s| s.is_implicit_tls = false,
        &file("# slow\n", "# slow\n    service 993\n").replace("ssl keep", "keep"),
    );
    check(
        FILE,
        |s| (s.is_imap, s.port) = (false, 995),
        &file(
            "proto imap timeout 9 # slow\n",
            "proto pop3 timeout 9 # slow\n    uidl\n",
        ),
    );
    check(
        FILE,
        |s| s.delivery = Delivery::Listener("ann".into()),
        &file(
            "ssl keep mda 'procmail -d %T'\n    preconnect 'x' # why\n",
            "ssl keep\n    preconnect 'x' # why\n    is ann\n",
        ),
    );
    check(
        FILE,
        |s| s.password = PasswordPlace::File,
        &file("# why\n", "# why\n    password 's3'\n"),
    );
}

#[test]
fn the_way_back_leaves_no_trace() {
    let there = |rc: &str, how: fn(&mut Setup), back: fn(&mut Setup)| {
        let first = changed(rc, "", how).unwrap_or_else(|e| panic!("{e:?}"));
        let middle = String::from_utf8_lossy(&first.plan.rc).into_owned();
        let second =
            changed(&middle, &first.plan.local, back).unwrap_or_else(|e| panic!("{middle}: {e:?}"));
        assert_eq!(String::from_utf8_lossy(&second.plan.rc), rc, "{middle}");
        assert_eq!(second.plan.local, "");
    };
    let rc = "poll h # c\n    proto imap\n    user ann\n    ssl\n";
    there(rc, |s| s.limit = Some(9), |s| s.limit = None);
    there(
        rc,
        |s| s.rhythm = Rhythm::Minutes(30),
        |s| s.rhythm = Rhythm::Minutes(10),
    );
    there(
        rc,
        |s| s.password = PasswordPlace::File,
        |s| s.password = PasswordPlace::Keyring,
    );
    there(
        rc,
        |s| s.password = PasswordPlace::Command("x".into()),
        |s| s.password = PasswordPlace::Ask,
    );
    there(rc, |s| s.port = 1993, |s| s.port = 993);
    there(
        rc,
        |s| {
            s.trust = Trust::Pin {
                md5: "AA:BB".into(),
                sha256: "AB".repeat(32),
                is_chain_trusted: true,
                name: Some("x".into()),
            };
        },
        |s| s.trust = Trust::Authorities,
    );
}

#[test]
fn keys_follow_the_account() {
    let check = |rc: &str, local: String, how: fn(&mut Setup), expected: String| {
        let changed = changed(rc, &local, how).unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!(changed.plan.local, expected);
        assert_eq!(changed.former.id, id("ann"));
    };
    let rc = "poll h proto imap user ann\n";
    let sound = "sound = true # c\n";
    check(
        rc,
        key("h", "ann", sound),
        |s| s.user = "bob".into(),
        key("h", "bob", sound),
    );
    check(
        rc,
        key("h", "ann", sound),
        |s| s.host = "i".into(),
        key("i", "ann", sound),
    );
    let left = [
        key("h", "bob", "watch = true\n"),
        "\n".into(),
        key("h", "ann", sound),
    ]
    .concat();
    check(
        rc,
        left,
        |s| s.user = "bob".into(),
        ["\n".into(), key("h", "bob", sound)].concat(),
    );
    check(
        rc,
        String::new(),
        |s| (s.delivery, s.rhythm) = (Delivery::Watch, Rhythm::Minutes(10)),
        key("h", "ann", "watch = true\n"),
    );
    check(
        rc,
        String::new(),
        |s| (s.delivery, s.rhythm) = (Delivery::Watch, Rhythm::Asked),
        key("h", "ann", "watch = true\npause = true\n"),
    );
    check(
        rc,
        key("h", "ann", "watch = true\n"),
        |s| s.rhythm = Rhythm::Asked,
        key("h", "ann", "watch = true\npause = true\n"),
    );
    check(
        rc,
        key("h", "ann", "sound = true\npause = true\n"),
        |s| s.rhythm = Rhythm::Minutes(10),
        key("h", "ann", "sound = true\n"),
    );
    // The second of two equals is the first one then.
    let two = "poll h proto imap user ann\npoll h via b proto imap user ann\n";
    check(
        two,
        key("h", "ann", "ordinal = 1\nsound = true\n"),
        |s| s.user = "bob".into(),
        key("h", "ann", "sound = true\n"),
    );
}

#[test]
fn poll_and_skip_stay_where_keys_decide() {
    let check = |rc: &str, keys: &str, how: fn(&mut Setup), expected: &str| {
        let changed = changed(rc, &key("h", "ann", keys), how);
        let changed = changed.unwrap_or_else(|e| panic!("{rc} {keys}: {e:?}"));
        let text = String::from_utf8_lossy(&changed.plan.rc).into_owned();
        let first = text.split_whitespace().next();
        assert_eq!(first, Some(expected), "{rc} {keys}: {text}");
    };
    let watch: fn(&mut Setup) = |s| s.delivery = Delivery::Watch;
    let limit: fn(&mut Setup) = |s| s.limit = Some(5);
    let often: fn(&mut Setup) = |s| s.rhythm = Rhythm::Minutes(5);
    let (poll, skip) = (
        "poll h proto imap user ann\n",
        "skip h proto imap user ann\n",
    );
    check(poll, "pause = true\n", limit, "poll");
    check(poll, "pause = true\n", watch, "skip");
    check(poll, "pause = true\n", often, "poll");
    check(skip, "pause = true\n", often, "poll");
    check(poll, "watch = true\n", limit, "poll");
    check(poll, "watch = true\n", |s| s.rhythm = Rhythm::Asked, "poll");
    check(skip, "watch = true\n", often, "skip");
    check(skip, "sound = true\n", limit, "skip");
    check(
        skip,
        "watch = true\n",
        |s| s.delivery = Delivery::Program("x".into()),
        "poll",
    );
}

#[test]
fn who_shares_a_server_leaves_the_others_alone() {
    let rc = "poll h proto imap timeout 9\n    # ann's\n    user ann ssl # x\n    user bob ssl keep\n\n# end\n";
    let moved = changed(rc, "", |s| s.port = 1993).unwrap_or_else(|e| panic!("{e:?}"));
    assert_eq!(
        String::from_utf8_lossy(&moved.plan.rc),
        "poll h proto imap timeout 9\n    user bob ssl keep\n\n# end\npoll h-2\n    via h\n    proto imap\n    timeout 9\n    service 1993\n    # ann's\n    user ann ssl # x\n",
    );
    assert_eq!(moved.plan.id().label, "h-2");
    assert!(
        moved.notes[0].contains("1 other account"),
        "{:?}",
        moved.notes
    );
    let own = changed(rc, "", |s| s.keep = true).unwrap_or_else(|e| panic!("{e:?}"));
    assert!(own.notes.is_empty());
    assert_eq!(
        String::from_utf8_lossy(&own.plan.rc),
        rc.replacen("ann ssl", "ann ssl keep", 1),
    );
    check(
        "poll h proto imap user ann ssl user bob ssl",
        |s| s.host = "new".into(),
        "poll h proto imap user bob ssl\npoll new\n    proto imap\n    user ann ssl\n",
    );
}

#[test]
fn what_cannot_be_is_refused() {
    let check = |rc: &str, how: fn(&mut Setup), expected: &str| match changed(rc, "", how) {
        Err(Refused::Sentence(sentence)) => assert!(sentence.contains(expected), "{sentence}"),
        Err(other) => panic!("{other:?}"),
        Ok(changed) => panic!("{}", String::from_utf8_lossy(&changed.plan.rc)),
    };
    check("poll h user ann\n", |s| s.port = 5, "“proto”");
    check(
        "poll h proto imap user ann is a b\n",
        |s| s.delivery = Delivery::Watch,
        "“is”",
    );
    check(
        "poll h proto imap user ann\npoll i proto imap user ann\n",
        |s| s.host = "i".into(),
        "already set up",
    );
    check(
        "poll h proto imap user ann\n",
        |s| s.host = "a b".into(),
        "server's name",
    );
}

#[test]
fn single_options() {
    let amended = |rc: &str, option: &str, value: Option<&str>| {
        let around = around();
        let basis = Basis {
            rc: rc.as_bytes(),
            local: "",
            rc_name: None,
            around: &around,
        };
        let options = [(option.to_owned(), value.map(str::to_owned))];
        let changed = amend(&id("ann"), &options, &basis)?;
        Ok::<_, Refused>(String::from_utf8_lossy(&changed.plan.rc).into_owned())
    };
    let rc = "poll h proto pop3 # c\n    user ann\n";
    let check = |option: &str, value: Option<&str>, expected: &str| {
        let text = amended(rc, option, value).unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!(text, expected);
    };
    check(
        "fetchall",
        Some("yes"),
        "poll h proto pop3 # c\n    user ann fetchall\n",
    );
    check("fetchall", None, rc);
    check(
        "proto",
        Some("imap"),
        "poll h proto imap # c\n    user ann\n",
    );
    check("proto", None, "poll h # c\n    user ann\n");
    check(
        "service",
        Some("995"),
        "poll h proto pop3 # c\n    service 995\n    user ann\n",
    );
    // Off is off, said or not.
    check("ssl", Some("no"), rc);
    let overruled = |text: &str, expected: &str| {
        let text = amended(text, "ssl", Some("no")).unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!(text, expected);
    };
    overruled("poll h user ann ssl\n", "poll h user ann no ssl\n");
    overruled(
        "defaults user x there ssl\npoll h user ann\n",
        "defaults user x there ssl\npoll h user ann no ssl\n",
    );
    check(
        "auth",
        Some("cram-md5"),
        "poll h proto pop3 # c\n    auth cram-md5\n    user ann\n",
    );
    for (option, value) in [
        ("frobnicate", "1"),
        ("password", "x"),
        ("limit", "x"),
        ("ssl", "1"),
        ("proto", "x"),
        ("user", "x"),
    ] {
        assert!(amended(rc, option, Some(value)).is_err(), "{option}");
    }
}
