//! `postrider secret`, and what `fetch` makes of the keyring, with a keyring in the test process.

use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;

use super::bare;
use super::fake::Keyring;
use super::tty::Tty;
use crate::support::home::Ended;
use crate::support::journey::{Journey, PASSWORD, program};

/// Runs `postrider` on the bus, with this on standard input.
async fn run(journey: &Journey, bus: Option<&Keyring>, args: &[&str], input: &str) -> Ended {
    let mut command = journey.home.command(program());
    if let Some(bus) = bus {
        command.env("DBUS_SESSION_BUS_ADDRESS", bus.address());
    }
    let mut child = command
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // It may have ended without reading.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    Ended {
        status: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

const SHOW: [&str; 4] = ["secret", "show-source", "alpha", "ada"];
const SET: [&str; 4] = ["secret", "set", "alpha", "ada"];
const CLEAR: [&str; 4] = ["secret", "clear", "alpha", "ada"];

#[track_caller]
fn check(ended: &Ended, status: i32, words: &str) {
    let shown = format!("{}{}", ended.out, ended.err);
    assert_eq!(ended.status, status, "{ended:#?}");
    assert!(shown.contains(words), "{words}: {ended:#?}");
    assert!(!shown.contains(PASSWORD), "{ended:#?}");
}

#[tokio::test]
async fn a_password_is_kept_found_and_forgotten() {
    let journey = bare().await;
    let bus = Keyring::start(&journey.home);
    let on = Some(&bus);
    check(
        &run(&journey, on, &SHOW, "").await,
        1,
        "Nothing has the password",
    );
    check(
        &run(&journey, on, &CLEAR, "").await,
        1,
        "has no password of ada",
    );
    check(&run(&journey, on, &SET, "\n").await, 5, "is empty");
    let piped = format!("{PASSWORD}\r\nmore\n");
    check(
        &run(&journey, on, &SET, &piped).await,
        0,
        "is in the keyring",
    );
    let items = bus.items();
    assert_eq!(items.len(), 1);
    let pairs = [
        ("application", "postrider"),
        ("server", "localhost"),
        ("user", "ada"),
        ("protocol", "imap"),
    ];
    let pairs = pairs.map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(items[0].attributes, pairs.into());
    assert_eq!(
        items[0].label,
        "Mail password of ada at localhost (Postrider)"
    );
    assert_eq!(items[0].secret, PASSWORD.as_bytes());
    check(
        &run(&journey, on, &SHOW, "").await,
        0,
        "The keyring has the password",
    );
    check(&run(&journey, on, &["fetch"], "").await, 0, "1 message");
    // The account changes over to another protocol: the password is found, and kept once.
    let rc = std::fs::read_to_string(journey.home.path().join(".fetchmailrc")).unwrap();
    journey.home.rc(&rc.replace("imap", "auto"));
    check(
        &run(&journey, on, &SHOW, "").await,
        0,
        "The keyring has the password",
    );
    check(
        &run(&journey, on, &SET, "another\n").await,
        0,
        "is in the keyring",
    );
    let items = bus.items();
    assert_eq!((items.len(), &items[0].secret[..]), (1, &b"another"[..]));
    // Refused: nobody is asked over it, and it stays.
    check(
        &run(&journey, on, &["fetch"], "").await,
        3,
        "Sign-in was refused",
    );
    check(
        &run(&journey, on, &CLEAR, "").await,
        0,
        "no longer in the keyring",
    );
    assert_eq!(bus.items(), []);
    check(
        &run(&journey, on, &["fetch"], "").await,
        3,
        "can't find a password",
    );
}

#[tokio::test]
async fn what_comes_first_is_said() {
    let journey = bare().await;
    let bus = Keyring::start(&journey.home);
    let set = |journey: Journey| async {
        let ended = run(&journey, Some(&bus), &SET, "x\n").await;
        let shown = run(&journey, Some(&bus), &SHOW, "").await;
        (journey, ended, shown)
    };
    let account = "[[account]]\nlabel = \"alpha\"\nuser = \"ada\"\npassword_command = \"false\"\n";
    journey
        .home
        .write(".config/postrider/accounts.toml", account);
    let (journey, ended, shown) = set(journey).await;
    check(&ended, 0, "a password command");
    check(&shown, 0, "password command");
    let rc = std::fs::read_to_string(journey.home.path().join(".fetchmailrc")).unwrap();
    journey
        .home
        .rc(&rc.replace("user ada", "user ada password y"));
    let (journey, ended, shown) = set(journey).await;
    check(&ended, 0, "that comes first");
    check(&shown, 0, ".fetchmailrc has the password");
    let other = ["secret", "set", "beta", "bob"];
    check(
        &run(&journey, Some(&bus), &other, "x\n").await,
        0,
        "has no account “beta” with the user “bob”",
    );
    assert_eq!(bus.items().len(), 2);
    for args in [
        &["secret"][..],
        &["secret", "set", "a"],
        &["secret", "set", "a", "b", PASSWORD],
        &["secret", "get", "a", "b"],
    ] {
        check(&run(&journey, Some(&bus), args, "x\n").await, 5, "Usage");
    }
}

#[tokio::test]
async fn a_locked_keyring_is_never_opened_by_itself() {
    let journey = bare().await;
    let bus = Keyring::start(&journey.home);
    check(
        &run(&journey, Some(&bus), &SET, &format!("{PASSWORD}\n")).await,
        0,
        "",
    );
    for hides in [false, true] {
        bus.change(|state| {
            state.is_locked = true;
            state.hides = hides;
        });
        check(
            &run(&journey, Some(&bus), &SHOW, "").await,
            3,
            "The keyring is locked",
        );
        check(
            &run(&journey, Some(&bus), &SET, "x\n").await,
            3,
            "The keyring is locked",
        );
        check(
            &run(&journey, Some(&bus), &CLEAR, "").await,
            3,
            "The keyring is locked",
        );
        check(
            &run(&journey, Some(&bus), &["fetch"], "").await,
            3,
            "The keyring is locked. Unlock it to check mail.",
        );
    }
    assert_eq!(bus.state.lock().unwrap().unlocks, 0);
    // What shows itself and is not in there is missing.
    bus.change(|state| {
        state.hides = false;
        for item in state.items.iter_mut().flatten() {
            item.attributes.insert("user".into(), "somebody".into());
        }
    });
    check(
        &run(&journey, Some(&bus), &["fetch"], "").await,
        3,
        "can't find a password for ada@alpha.",
    );
    // .netrc stands in.
    bus.change(|state| state.hides = true);
    journey.home.write(
        ".netrc",
        format!("machine alpha login ada password {PASSWORD}\n"),
    );
    check(
        &run(&journey, Some(&bus), &SHOW, "").await,
        0,
        ".netrc has the password",
    );
    check(
        &run(&journey, Some(&bus), &["fetch"], "").await,
        0,
        "1 message",
    );
}

#[tokio::test]
async fn no_bus_nobody_there_and_nobody_who_answers() {
    let journey = bare().await;
    let typed = format!("{PASSWORD}\n");
    check(
        &run(&journey, None, &SHOW, "").await,
        1,
        "Nothing has the password",
    );
    check(
        &run(&journey, None, &SET, &typed).await,
        3,
        "No keyring service",
    );
    check(
        &run(&journey, None, &CLEAR, "").await,
        3,
        "No keyring service",
    );
    let bus = Keyring::start(&journey.home);
    bus.change(|state| state.is_mute = true);
    let start = Instant::now();
    check(
        &run(&journey, Some(&bus), &["fetch"], "").await,
        3,
        "The keyring does not answer",
    );
    // Asked twice, before the first poll and by it.
    assert!(
        start.elapsed() < Duration::from_secs(15),
        "{:?}",
        start.elapsed()
    );
    check(
        &run(&journey, Some(&bus), &SET, &typed).await,
        3,
        "The keyring does not answer",
    );
}

#[tokio::test]
async fn it_is_typed_twice_in_a_terminal() {
    let journey = bare().await;
    let bus = Keyring::start(&journey.home);
    let address = bus.address();
    let env = [("DBUS_SESSION_BUS_ADDRESS", address.as_str())];
    let question = "Password of ada at localhost: ";
    for (second, status) in [("typo", 5), (PASSWORD, 0)] {
        let mut tty = Tty::start(&journey.home, &SET, &env);
        tty.asked(question).await;
        tty.type_in(&format!("{PASSWORD}\n"));
        tty.asked("The same again: ").await;
        tty.type_in(&format!("{second}\n"));
        assert_eq!(tty.ended().await, status, "{}", tty.shown);
        assert!(!tty.shown.contains(PASSWORD), "{}", tty.shown);
        assert_eq!(bus.items().len(), usize::from(status == 0));
    }
    bus.change(|state| state.items = Default::default());
    for key in ["\x04", "\x03"] {
        let mut tty = Tty::start(&journey.home, &SET, &env);
        tty.asked(question).await;
        tty.type_in(key);
        assert_eq!(tty.ended().await, 5, "{}", tty.shown);
        assert!(tty.shown.contains("Nothing was kept"), "{}", tty.shown);
    }
    assert_eq!(bus.items(), []);
}
