//! What is asked in a terminal, in fetchmail's words and order (cli.md section 5).

use std::path::Path;

use super::fake::Keyring;
use super::tty::Tty;
use super::{bare, entry};
use crate::support::home::Home;
use crate::support::journey::{PASSWORD, program};

#[tokio::test]
async fn before_the_first_poll_and_without_echo() {
    let journey = bare().await;
    let skipped = entry(&journey, "beta").replace("poll", "skip");
    let with = entry(&journey, "gamma").replace("user ada", "user ada password x");
    let last = entry(&journey, "delta");
    let first = entry(&journey, "alpha");
    journey.home.rc(&[first, skipped, with, last].concat());
    let mut tty = Tty::start(&journey.home, &["fetch", "-d", "0"], &[]);
    tty.asked("Enter password for ada@alpha: ").await;
    assert_eq!(journey.said(), [""; 0], "nothing is polled yet");
    tty.type_in(&format!("{PASSWORD}\n"));
    tty.asked("Enter password for ada@delta: ").await;
    assert_eq!(journey.said(), [""; 0], "nothing is polled yet");
    tty.type_in("wrong\n");
    assert_eq!(tty.ended().await, 0, "{}", tty.shown);
    assert_eq!(journey.mail("Mail").len(), 1);
    assert!(!tty.shown.contains(PASSWORD), "{}", tty.shown);
    assert!(tty.shown.contains("Sign-in was refused"), "{}", tty.shown);
    // Nobody is asked a second time here.
    assert_eq!(tty.shown.matches("Enter password").count(), 2);
}

#[tokio::test]
async fn no_answer_and_interrupted() {
    let journey = bare().await;
    let mut tty = Tty::start(&journey.home, &["fetch"], &[]);
    tty.asked("Enter password for ada@alpha: ").await;
    tty.type_in("\x04");
    assert_eq!(tty.ended().await, 3, "{}", tty.shown);
    let mut tty = Tty::start(&journey.home, &["fetch"], &[]);
    tty.asked("Enter password for ada@alpha: ").await;
    tty.type_in("half\x03");
    assert_eq!(tty.ended().await, 1, "{}", tty.shown);
    assert_eq!(journey.said(), [""; 0]);
}

/// As with fetchmail one missing password is enough, and nothing is polled.
#[tokio::test]
async fn without_a_terminal() {
    let journey = bare().await;
    let with = entry(&journey, "beta").replace("user ada", "user ada password x");
    journey.home.rc(&[with, entry(&journey, "alpha")].concat());
    let ended = journey.expect(3, &[]).await;
    let (first, second) = ended.err.split_once('\n').unwrap();
    let line = "postrider: can't find a password for ada@alpha.";
    assert_eq!((ended.out.as_str(), first), ("", line));
    assert!(second.contains("“postrider secret set”"), "{second}");
    assert_eq!(journey.said(), [""; 0]);
    // One that is not polled needs none.
    journey.expect(3, &["beta"]).await;
    assert!(!journey.said().is_empty());
}

/// At a terminal a locked keyring is told of, left alone, and the password asked for.
#[tokio::test]
async fn a_locked_keyring_is_no_obstacle() {
    let journey = bare().await;
    let bus = Keyring::start(&journey.home);
    bus.change(|state| state.is_locked = true);
    let address = bus.address();
    let env = [("DBUS_SESSION_BUS_ADDRESS", address.as_str())];
    let mut tty = Tty::start(&journey.home, &["fetch"], &env);
    tty.asked("Enter password for ada@alpha: ").await;
    assert!(
        tty.shown.contains("The keyring is locked."),
        "{}",
        tty.shown
    );
    tty.type_in(&format!("{PASSWORD}\n"));
    assert_eq!(tty.ended().await, 0, "{}", tty.shown);
    assert_eq!(journey.mail("Mail").len(), 1);
    assert_eq!(bus.state.lock().unwrap().unlocks, 0);
}

/// Nothing listens where they point.
const FILE: &str = "
poll a via 127.0.0.1 proto imap port 1 user ada is root here sslproto ''
skip b via 127.0.0.1 proto imap port 1 user bob is root here sslproto ''
poll c via 127.0.0.1 proto imap port 1 user cy password x is root here sslproto ''
poll d proto imap port 1 user dan is root here sslproto ''
poll e via 127.0.0.1 proto pop3 port 1 user 'eve@example.org' is root here sslproto ''
    user frank is root here sslproto ''
";

#[tokio::test]
async fn questions_are_those_of_fetchmail() {
    let fetchmail = Path::new("/usr/bin/fetchmail");
    if !fetchmail.exists() {
        assert!(std::env::var_os("CI").is_none(), "fetchmail is missing");
        eprintln!("skipped: fetchmail is not installed");
        return;
    }
    let home = Home::new();
    home.rc(FILE);
    home.write(".netrc", "machine d login dan password x\n");
    let postrider = |args: &[&'static str]| [&["fetch"], args].concat();
    let mut asked = 0;
    for (args, answer) in [
        (&[][..], "x\n"),
        (&["-c"], "x\n"),
        (&["b"], "x\n"),
        (&["c"], "x\n"),
        (&["e", "d", "a"], "x\n"),
        (&["a"], "\n"),
        (&[], "half\x03"),
    ] {
        let mut theirs = Tty::of(fetchmail, &home, args, &[]);
        let questions = theirs.questions(answer).await;
        let mut ours = Tty::start(&home, &postrider(args), &[]);
        assert_eq!(ours.questions(answer).await, questions, "{args:?}");
        asked += questions.len();
        let status = (ours.ended().await, theirs.ended().await);
        assert_eq!(status.0, status.1, "{args:?}: {}", ours.shown);
    }
    assert!(asked > 10, "{asked}");
    // Without a terminal.
    for args in [&[][..], &["-c"], &["c"], &["e", "d"], &["d", "b"]] {
        let theirs = home.run(fetchmail, args).await;
        let ours = home.run(program(), &postrider(args)).await;
        assert_eq!(ours.status, theirs.status, "{args:?}: {ours:?}");
        let missing = |text: &str| {
            let line = text.lines().find(|line| line.contains("can't find"));
            line.map(|line| line.replace("fetchmail: ", "postrider: "))
        };
        assert_eq!(missing(&ours.err), missing(&theirs.err), "{args:?}");
    }
}
