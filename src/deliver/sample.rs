//! What a poll hands over, for tests.

use std::path::PathBuf;
use std::time::Duration;

use super::Settings;
use crate::mail::Envelope;
use crate::mail::envelope::BodyType;

/// Of a mailbox at `pop.test`, on this computer.
pub(super) fn settings() -> Settings {
    Settings {
        own_name: "me.test".to_owned(),
        smtp_address: None,
        smtp_name: None,
        antispam: Vec::new(),
        sign_in: None,
        batch_limit: None,
        timeout: Duration::from_secs(60),
        host: "pop.test".to_owned(),
        force_shell: false,
        program: PathBuf::from("/no/such/place/postrider"),
    }
}

/// A message from `sender` for these.
pub(super) fn envelope(sender: &str, to: &[&str]) -> Envelope {
    Envelope {
        sender: sender.into(),
        recipients: to.iter().map(|one| one.as_bytes().to_vec()).collect(),
        last_resort: None,
        body: BodyType::Unsaid,
        size: None,
    }
}
