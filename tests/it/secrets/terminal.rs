//! What is asked in a terminal, in fetchmail's words and order (cli.md section 5).

use super::tty::Tty;
use super::{bare, entry};
use crate::support::journey::PASSWORD;

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
    let line = "postrider: can't find a password for ada@alpha.\n";
    assert_eq!((ended.out.as_str(), ended.err.as_str()), ("", line));
    assert_eq!(journey.said(), [""; 0]);
    // One that is not polled needs none.
    journey.expect(3, &["beta"]).await;
    assert!(!journey.said().is_empty());
}
