//! Whatever is wrong: a clear sentence, the documented exit status, nothing lost, nothing secret
//! said, and the next account of the same file is served.

mod connection;
mod cut;
mod disk;
mod files;
mod server;
mod sink;

use crate::support::arrived::assert_arrived;
use crate::support::home::Ended;
use crate::support::journey::{Journey, PASSWORD, Protocol, Shield, into_maildir};
use crate::support::mailbox::Message;

/// Polls `entry`, labelled `alpha`, which must end with `status` and a line on standard error that
/// holds all of `words`; then again with a healthy account behind and before it, which must be
/// served all the same. `strict` is the status with `--strict-status`.
///
/// Returns what the first poll said.
#[track_caller]
fn suffers(
    journey: &Journey,
    entry: &str,
    (status, strict): (i32, i32),
    words: &[&str],
) -> impl Future<Output = Ended> {
    let caller = std::panic::Location::caller();
    async move {
        let well = Journey::small(1).await;
        let healthy = well.entry("beta", Protocol::Imap, Shield::Tls, &into_maildir("Well"));
        let check = |ended: &Ended, expected: i32| {
            assert_eq!(ended.status, expected, "{caller}: {ended:#?}");
            assert!(!ended.err.contains(PASSWORD), "{caller}: {ended:#?}");
            let is_told = |line: &str| {
                line.starts_with("postrider: ") && words.iter().all(|word| line.contains(word))
            };
            assert!(
                ended.err.lines().any(is_told),
                "{caller}: {words:?} in {ended:#?}"
            );
        };
        journey.home.rc(&format!("{entry}{healthy}"));
        let alone = journey.fetch(&["alpha"]).await;
        check(&alone, status);

        check(&journey.fetch(&[]).await, 0);
        assert_eq!(well.left(), 0, "{caller}");
        journey.home.rc(&format!("{healthy}{entry}"));
        well.server
            .store
            .add("ada", "INBOX", [Message::numbered(1)]);
        check(&journey.fetch(&["--strict-status"]).await, strict);
        assert_arrived(
            &[Message::numbered(0), Message::numbered(1)],
            journey.mail("Well"),
        );
        alone
    }
}

/// Nothing that a listener on the line could use was said to the mail server.
#[track_caller]
fn assert_nothing_secret_said(journey: &Journey) {
    for line in journey.said() {
        let words = ["ada", "user", "pass", "auth", "login", "apop"];
        let line = line.to_ascii_lowercase();
        assert!(
            !words.iter().any(|word| line.contains(word)),
            "{line:?} was said"
        );
    }
}
