//! Where passwords come from, and that they go nowhere else: the built program with a mail server and a
//! keyring in the test process, at a terminal of its own, and with the keyring of a real desktop.

mod command;
pub mod fake;
mod journey;
mod planted;
mod terminal;
mod tty;
mod window;

use crate::support::journey::{Journey, PASSWORD, Protocol, Shield, into_maildir};

/// A mailbox with one message, and an entry for it without a password.
async fn bare() -> Journey {
    let journey = Journey::small(1).await;
    journey.home.rc(&entry(&journey, "alpha"));
    journey
}

fn entry(journey: &Journey, label: &str) -> String {
    let entry = journey.entry(label, Protocol::Imap, Shield::Tls, &into_maildir("Mail"));
    entry.replace(&format!("password \"{PASSWORD}\""), "")
}
