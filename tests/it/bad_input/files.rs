//! The rc file, the id file, the lock and the state directory. All as an unprivileged user: root
//! may read everything.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::journey::{Journey, Protocol, Shield, into_maildir};
use crate::support::mailbox::Message;

/// A journey with a message and a good rc file.
async fn journey() -> Journey {
    let journey = Journey::with([Message::numbered(0)]).await;
    journey.rc(
        Protocol::Pop3,
        Shield::Tls,
        &format!("keep {}", into_maildir("Mail")),
    );
    journey
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// The poll ends with this status before anybody is asked anything, and says these words.
#[track_caller]
fn nothing_begins(
    journey: &Journey,
    args: &'static [&'static str],
    status: i32,
    words: &[&str],
) -> impl Future<Output = ()> {
    let caller = std::panic::Location::caller();
    async move {
        let ended = journey.fetch(args).await;
        assert_eq!(ended.status, status, "{caller}: {ended:#?}");
        assert!(ended.err.starts_with("postrider: "), "{caller}: {ended:#?}");
        for word in words {
            assert!(ended.err.contains(word), "{caller}: {word:?} in {ended:#?}");
        }
        assert_eq!(journey.server.connections(), 0, "{caller}");
        assert_eq!(journey.left(), 1, "{caller}");
    }
}

#[tokio::test]
async fn unknown_keyword() {
    let journey = journey().await;
    let good = journey.entry("alpha", Protocol::Pop3, Shield::Tls, &into_maildir("Mail"));
    let rc = journey
        .home
        .rc(&format!("# mine\n{good}poll beta frobnicate\n"));
    let place = format!("{}:5:11: ", rc.display());
    nothing_begins(&journey, &[], 5, &[&place, "frobnicate"]).await;
}

#[tokio::test]
async fn unknown_option() {
    let journey = journey().await;
    nothing_begins(&journey, &["--frobnicate"], 5, &["--frobnicate", "--help"]).await;
    nothing_begins(&journey, &["--fetchlimit", "many"], 5, &["many"]).await;
}

#[tokio::test]
async fn missing_file() {
    let journey = journey().await;
    let rc = journey.home.path().join(".fetchmailrc");
    fs::remove_file(&rc).unwrap();
    nothing_begins(&journey, &[], 5, &[rc.to_str().unwrap(), "no such file"]).await;
}

#[tokio::test]
async fn no_accounts() {
    let journey = journey().await;
    journey.home.rc("set daemon 0\n");
    nothing_begins(&journey, &[], 5, &["no mail servers"]).await;
}

#[tokio::test]
async fn unreadable_and_exposed_files() {
    let journey = journey().await;
    let rc = journey.home.path().join(".fetchmailrc");
    let name = rc.to_str().unwrap();
    for (mode, words) in [
        (0o000, ["cannot be", "ermission denied"]),
        (0o644, ["0600", "chmod"]),
        (0o660, ["0600", "chmod"]),
        (0o601, ["0600", "chmod"]),
    ] {
        chmod(&rc, mode);
        let words = words.map(|word| word.trim_start_matches('0'));
        nothing_begins(&journey, &[], 6, &[name, words[0], words[1]]).await;
    }
    chmod(&rc, 0o600);
    journey.expect(0, &[]).await;
}

#[tokio::test]
async fn a_directory_for_a_file() {
    let journey = journey().await;
    let rc = journey.home.path().join(".fetchmailrc");
    fs::remove_file(&rc).unwrap();
    fs::create_dir(&rc).unwrap();
    nothing_begins(&journey, &[], 6, &["not an ordinary file"]).await;
}

/// Without a record nothing may be deleted, so nothing is fetched either.
#[tokio::test]
async fn state_that_cannot_be_kept() {
    let journey = journey().await;
    let state = journey.home.write(".local/state/there", "");
    let state = state.parent().unwrap();
    chmod(state, 0o500);
    let words = [
        "cannot be kept",
        state.to_str().unwrap(),
        "ermission denied",
    ];
    nothing_begins(&journey, &[], 6, &words).await;
    chmod(state, 0o700);

    let ids = journey.home.write(".fetchids", "ada@localhost 1\n");
    chmod(&ids, 0o000);
    let words = ["cannot be kept", ids.to_str().unwrap(), "ermission denied"];
    nothing_begins(&journey, &[], 6, &words).await;
    chmod(&ids, 0o600);

    chmod(journey.home.path(), 0o500);
    nothing_begins(&journey, &[], 6, &[".fetchmail.pid", "ermission denied"]).await;
    chmod(journey.home.path(), 0o700);
    journey.expect(0, &[]).await;
    assert_eq!(journey.mail("Mail").len(), 1);
}

/// A lock whose owner is gone is taken over.
#[tokio::test]
async fn stale_lock() {
    let journey = journey().await;
    // Larger than any process number of Linux (proc(5), pid_max).
    let lock = journey.home.write(".fetchmail.pid", "4194999\n300\n");
    journey.expect(0, &[]).await;
    assert!(!lock.exists());
}
