//! Why nothing is polled at all, or why the changed file is not taken, for each [`Halt`].

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
        Halt::NoPassword(_) => gettext("The password is missing"),
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
        Halt::NoPassword(id) => fill(
            &gettext(
                "No password is known for {account}, and there is no terminal to ask for it. Put it into the keyring with “postrider secret set”, into the configuration file or into ~/.netrc.",
            ),
            &[("account", id)],
        ),
        Halt::Locked { .. } => gettext(
            "Only one may fetch at a time, so Postrider waits. Stop the other one, then reload.",
        ),
    }
}

/// What is wrong with the configuration while an older one is in force, as a headline.
pub fn stale_headline(halt: &Halt) -> String {
    match halt {
        Halt::NoFile => {
            gettext("The configuration file is gone. The accounts known so far are checked on.")
        }
        Halt::Unreadable(_) => {
            gettext("The changed configuration cannot be used. The old one stays in force.")
        }
        Halt::Syntax(errors) if errors.len() > 1 => {
            gettext("The changed configuration has errors. The old one stays in force.")
        }
        Halt::Syntax(_) => {
            gettext("The changed configuration has an error. The old one stays in force.")
        }
        Halt::Locked { .. } | Halt::State(_) | Halt::NoPassword(_) => {
            gettext("The changed configuration cannot be taken over. The old one stays in force.")
        }
    }
}

/// The same in full, with what can be done.
pub fn stale_advice(halt: &Halt, rc_path: &str) -> String {
    match halt {
        Halt::NoFile => fill(
            &gettext("There is no file {path} any more. Put it back, or quit to stop checking."),
            &[("path", &rc_path)],
        ),
        _ => halt_advice(halt, rc_path),
    }
}
