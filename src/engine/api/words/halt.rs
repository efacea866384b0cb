//! Why nothing is polled at all, for each [`Halt`].

use crate::base::i18n::{fill, gettext};
use crate::engine::api::Halt;

/// What holds everything up, as a headline.
pub fn halt_headline(halt: &Halt) -> String {
    match halt {
        Halt::NoFile => gettext("No Accounts Yet"),
        Halt::Unreadable(_) => gettext("The configuration cannot be used"),
        Halt::Syntax(errors) if errors.len() > 1 => {
            gettext("The configuration has errors. Checking is stopped.")
        }
        Halt::Syntax(_) => gettext("The configuration has an error. Checking is stopped."),
        Halt::Locked { pid: Some(pid) } => fill(
            &gettext("Another fetchmail is running and owns the lock (process {pid})."),
            &[("pid", pid)],
        ),
        Halt::Locked { pid: None } => gettext("Another fetchmail is running and owns the lock."),
        Halt::State(_) => gettext("The record of delivered mail cannot be kept"),
    }
}

/// What can be done about it; `rc_path` is [`Snapshot::rc_path`].
///
/// [`Snapshot::rc_path`]: crate::engine::api::Snapshot::rc_path
pub fn halt_advice(halt: &Halt, rc_path: &str) -> String {
    match halt {
        Halt::NoFile => fill(
            &gettext(
                "Accounts are read from {path}, and there is no such file. Write one (a fetchmail configuration works as it is), then reload.",
            ),
            &[("path", &rc_path)],
        ),
        Halt::Unreadable(sentence) | Halt::State(sentence) => sentence.clone(),
        Halt::Syntax(errors) => errors.join("\n"),
        Halt::Locked { .. } => gettext(
            "Only one may fetch at a time, so Postrider waits. Stop the other one, then reload.",
        ),
    }
}
