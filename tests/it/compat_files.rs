//! Which files are read, and which are refused: the tables of `rcfile.md` section 1 and of `cli.md`
//! section 4, line by line, the installed fetchmail beside ours. Both run as an ordinary user.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Stdio;

use crate::support::home::Home;
use crate::support::journey::program;

/// Nobody listens there: a run that gets so far ends with 2.
const GOOD: &str =
    "poll x via 127.0.0.1 proto pop3 port 1 user u password p is u here sslproto ''\n";
/// The one who reads it says so and ends with 5.
const BAD: &str = "poll x frobnicate\n";

/// What a run is given.
#[derive(Default)]
struct Case<'a> {
    args: &'a [&'a str],
    env: &'a [(&'a str, &'a str)],
    /// Variables that are not there.
    without: &'a [&'a str],
    input: &'a str,
}

/// The programs to compare: ours, and fetchmail where it is installed.
fn programs() -> Vec<(&'static str, std::path::PathBuf, &'static [&'static str])> {
    let mut programs: Vec<(_, _, &[&str])> = vec![("ours", program().to_owned(), &["fetch"])];
    let theirs = Path::new("/usr/bin/fetchmail");
    if theirs.exists() {
        programs.push(("theirs", theirs.to_owned(), &[]));
    } else {
        assert!(
            std::env::var_os("CI").is_none(),
            "fetchmail 6 must be installed for this test"
        );
        eprintln!("fetchmail is not installed: ours is run alone");
    }
    programs
}

/// Every program, in a home of its own made by `setup`, ends with `status` and says `words`.
async fn check(what: &str, setup: impl Fn(&Home), case: &Case<'_>, status: i32, words: &str) {
    for (whose, program, first) in programs() {
        let home = Home::new();
        setup(&home);
        let input = home.write("input", case.input);
        let mut command = home.command(&program);
        for name in case.without {
            command.env_remove(name);
        }
        let fill = |value: &str| value.replace("{home}", &home.path().display().to_string());
        for (name, value) in case.env {
            command.env(name, fill(value));
        }
        let args = case.args.iter().map(|arg| fill(arg));
        let output = command
            .args(first)
            .args(args)
            .stdin(Stdio::from(fs::File::open(input).unwrap()))
            .output()
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let ended = output.status.code();
        assert_eq!(ended, Some(status), "{what}, {whose}: {said}");
        assert!(
            said.contains(&fill(words)),
            "{what}, {whose}: {words} in {said}"
        );
    }
}

/// A file and the directories above it.
fn put(home: &Home, name: &str, text: &str, mode: u32) {
    let path = home.write(name, text);
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn where_the_rc_file_is() {
    let all = |home: &Home| {
        for name in [
            ".fetchmailrc",
            "etc/.fetchmailrc",
            "fh/fetchmailrc",
            "named",
        ] {
            put(home, name, BAD, 0o600);
        }
    };
    let read = async |args: &[&str], env: &[(&str, &str)], expected: &str| {
        let case = Case {
            args,
            env,
            ..Case::default()
        };
        check(&format!("{args:?} {env:?}"), all, &case, 5, expected).await;
    };
    read(&[], &[], "{home}/.fetchmailrc:1").await;
    read(
        &[],
        &[("HOME_ETC", "{home}/etc")],
        "{home}/etc/.fetchmailrc:1",
    )
    .await;
    read(
        &[],
        &[("FETCHMAILHOME", "{home}/fh")],
        "{home}/fh/fetchmailrc:1",
    )
    .await;
    let both = [("HOME_ETC", "{home}/etc"), ("FETCHMAILHOME", "{home}/fh")];
    read(&[], &both, "{home}/fh/fetchmailrc:1").await;
    read(&[], &[("FETCHMAILHOME", "fh")], "fh/fetchmailrc:1").await;
    read(&["-f", "named"], &both, "named:1").await;
    read(&["-f", "{home}/named"], &[], "{home}/named:1").await;
}

#[tokio::test]
async fn what_is_no_file_of_the_usual_kind() {
    let nothing = |_: &Home| {};
    let plain = Case::default();
    check("no file", nothing, &plain, 5, "mail").await;
    let named = Case {
        args: &["-f", "rc"],
        ..Case::default()
    };
    check("no named file", nothing, &named, 5, "mail").await;
    let null = Case {
        args: &["-f", "/dev/null"],
        ..Case::default()
    };
    check("/dev/null", nothing, &null, 5, "mail").await;
    let zero = Case {
        args: &["-f", "/dev/zero"],
        ..Case::default()
    };
    check("another device", nothing, &zero, 6, "").await;
    let input = Case {
        args: &["-f", "-"],
        input: GOOD,
        ..Case::default()
    };
    check("standard input", nothing, &input, 2, "").await;
    let bad_input = Case {
        args: &["-f", "-"],
        input: BAD,
        ..Case::default()
    };
    check("a bad standard input", nothing, &bad_input, 5, ":1").await;
    let directory = |home: &Home| fs::create_dir(home.path().join("rc")).unwrap();
    check("a directory", directory, &named, 6, "").await;
    let behind = Case {
        args: &["-f", "rc/x"],
        ..Case::default()
    };
    check(
        "behind a file",
        |home| put(home, "rc", GOOD, 0o600),
        &behind,
        6,
        "",
    )
    .await;
    let pipe = |home: &Home| {
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        let path = home.path().join("rc");
        rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    };
    check("a pipe", pipe, &named, 6, "").await;
    let link = |home: &Home| {
        put(home, "target", GOOD, 0o600);
        symlink("target", home.path().join("rc")).unwrap();
    };
    check("a link", link, &named, 2, "").await;
    let open_link = |home: &Home| {
        put(home, "target", GOOD, 0o644);
        symlink("target", home.path().join("rc")).unwrap();
    };
    check("a link to an open file", open_link, &named, 6, "").await;
    let dangling = |home: &Home| symlink("nothing", home.path().join("rc")).unwrap();
    check("a link to nothing", dangling, &named, 5, "mail").await;
}

#[tokio::test]
async fn modes_and_owners() {
    let plain = Case::default();
    for (mode, status) in [
        (0o600, 2),
        (0o400, 2),
        (0o700, 2),
        (0o500, 2),
        (0o710, 2),
        (0o610, 2),
        (0o640, 6),
        (0o620, 6),
        (0o604, 6),
        (0o602, 6),
        (0o601, 6),
        (0o644, 6),
        (0o777, 6),
        (0o000, 6),
        (0o100, 6),
        (0o200, 6),
    ] {
        let setup = |home: &Home| put(home, ".fetchmailrc", GOOD, mode);
        check(&format!("{mode:04o}"), setup, &plain, status, "").await;
    }
    if rustix::process::geteuid().is_root() {
        let setup = |home: &Home| {
            put(home, ".fetchmailrc", GOOD, 0o600);
            chown(home.path().join(".fetchmailrc"), Some(0), Some(0)).unwrap();
        };
        check("another owner", setup, &plain, 6, "").await;
    }
    for (mode, status) in [(0o600, 2), (0o710, 2), (0o644, 6), (0o640, 6)] {
        let setup = |home: &Home| {
            put(home, ".fetchmailrc", GOOD, 0o600);
            put(home, ".fetchids", "u@127.0.0.1 1\n", mode);
        };
        check(&format!("id file {mode:04o}"), setup, &plain, status, "").await;
    }
}

#[tokio::test]
async fn variables() {
    let good = |home: &Home| put(home, ".fetchmailrc", GOOD, 0o600);
    let run = async |env: &[(&str, &str)], without: &[&str], status: i32| {
        let case = Case {
            env,
            without,
            ..Case::default()
        };
        check(&format!("{env:?} {without:?}"), good, &case, status, "").await;
    };
    run(&[("FETCHMAILHOME", "{home}/nothing")], &[], 23).await;
    run(&[("FETCHMAILHOME", "{home}/.fetchmailrc")], &[], 6).await;
    run(&[("QMAILINJECT", "f")], &[], 23).await;
    run(&[("NULLMAILER_FLAGS", "f")], &[], 23).await;
    run(&[("QMAILINJECT", ""), ("NULLMAILER_FLAGS", "")], &[], 2).await;
    run(&[], &["USER", "LOGNAME"], 2).await;
    run(
        &[
            ("LANG", "xx_YY.UTF-8"),
            ("LC_ALL", "nonsense"),
            ("TZ", "Mars/Base"),
        ],
        &[],
        2,
    )
    .await;
}

/// The name of the invoking user, which stands in for names that the file does not say, is the
/// first variable that is set, if it is a name of ours; else the password database's.
#[tokio::test]
async fn who_is_asking() {
    let entry = "poll x via 127.0.0.1 proto pop3 port 1 password p sslproto ''\n";
    let own = rustix::process::geteuid().is_root();
    if !own {
        eprintln!("skipped: only root can run as a user that is known here");
        return;
    }
    for env in [
        &[("FETCHMAILUSER", "nobody")][..],
        &[("FETCHMAILUSER", "root"), ("USER", "root")],
        &[("FETCHMAILUSER", "no-such-user")],
        &[("FETCHMAILUSER", ""), ("LOGNAME", "root")],
        &[("LOGNAME", "root"), ("USER", "nobody")],
        &[("LOGNAME", "nobody"), ("USER", "root")],
        &[("USER", "root")],
        &[],
    ] {
        for (whose, program, first) in programs() {
            let home = Home::new();
            home.rc(entry);
            let mut command = home.command(&program);
            for name in ["FETCHMAILUSER", "LOGNAME", "USER"] {
                command.env_remove(name);
            }
            command.envs(env.iter().copied()).args(first);
            if whose == "theirs" {
                command.arg("--configdump");
            }
            let output = command.stdin(Stdio::null()).output().await.unwrap();
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said).into_owned();
            let expected = match whose {
                "theirs" => "\"remote\":\"nobody\"",
                _ => "postrider: nobody@x: ",
            };
            assert!(said.contains(expected), "{env:?}, {whose}: {said}");
        }
    }
}
