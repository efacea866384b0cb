//! `postrider secret set|show-source|clear LABEL USER`: passwords in the keyring. They come from the
//! terminal or from standard input, never from the command line.

use std::ffi::OsString;
use std::io::{self, BufRead, IsTerminal, Read};
use std::os::unix::ffi::OsStrExt;

use zeroize::Zeroizing;

use super::ask::{self, Terminal};
use super::{exit, say};
use crate::base::Secret;
use crate::base::i18n::{fill, gettext};
use crate::base::text::{QUIET_MAX, quiet};
use crate::engine::api::job::SecretSource;
use crate::engine::api::{Cause, words};
use crate::engine::oneshot::secret::Password;
use crate::engine::trouble::status;

/// Nothing to take out; nothing has it.
const NOTHING: u8 = 1;
/// The longest password that is read, in octets.
const LONGEST: u64 = 64 * 1024;

/// Runs one invocation; `args` begin behind `secret`.
pub fn run(args: &[OsString]) -> u8 {
    let [what, label, user] = args else {
        return usage();
    };
    let (Some(what), Some(label)) = (what.to_str(), label.to_str()) else {
        return usage();
    };
    if !matches!(what, "set" | "show-source" | "clear") || label.is_empty() || user.is_empty() {
        return usage();
    }
    let password = match Password::of(label, user.as_bytes()) {
        Ok(password) => password,
        Err(halt) => {
            say::err(format!(
                "postrider: {}",
                words::halt_advice(&halt, "~/.fetchmailrc")
            ));
            return exit::of_halt(&halt);
        }
    };
    let asked = Asked {
        password,
        label,
        user: quiet(user.as_bytes(), QUIET_MAX),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(async {
            match what {
                "set" => asked.set().await,
                "clear" => asked.clear().await,
                _ => asked.show_source().await,
            }
        }),
        Err(error) => {
            say::err(format!("postrider: {error}"));
            status::INTERNAL
        }
    }
}

/// Without a word of what was typed: somebody may have put the password there.
fn usage() -> u8 {
    say::err(gettext(
        "Usage: postrider secret set|show-source|clear LABEL USER",
    ));
    super::USAGE
}

struct Asked<'a> {
    password: Password,
    label: &'a str,
    user: String,
}

impl Asked<'_> {
    async fn set(&self) -> u8 {
        self.warn_unbound();
        let secret = match self.read().await {
            Ok(secret) => secret,
            Err(sentence) => {
                say::err(format!("postrider: {sentence}"));
                return super::USAGE;
            }
        };
        if let Err(fault) = self.password.set(&secret).await {
            return failed(&fault.cause);
        }
        self.out(&gettext(
            "The password of {user} at {server} is in the keyring.",
        ));
        let first = match self.password.source().await {
            SecretSource::File => gettext(
                "But {file} has a password for this account too, and that comes first. Remove it there.",
            ),
            SecretSource::Command => gettext(
                "But accounts.toml has a password command for this account, and that comes first. Remove it there.",
            ),
            _ => return 0,
        };
        self.err(&first);
        0
    }

    async fn clear(&self) -> u8 {
        match self.password.clear().await {
            Ok(true) => {
                self.out(&gettext(
                    "The password of {user} at {server} is no longer in the keyring.",
                ));
                0
            }
            Ok(false) => {
                self.err(&gettext(
                    "The keyring has no password of {user} at {server}.",
                ));
                NOTHING
            }
            Err(fault) => failed(&fault.cause),
        }
    }

    async fn show_source(&self) -> u8 {
        if !self.password.is_bound() {
            self.warn_unbound();
            return NOTHING;
        }
        let source = self.password.source().await;
        self.out(&match source {
            SecretSource::File => gettext("{file} has the password."),
            SecretSource::Command => gettext("The password command in accounts.toml prints it."),
            SecretSource::Keyring => gettext("The keyring has the password."),
            SecretSource::LockedKeyring => gettext(
                "The keyring is locked. Nothing else has the password, so it may be in there.",
            ),
            SecretSource::Netrc => gettext(".netrc has the password."),
            SecretSource::Memory | SecretSource::Nowhere => {
                gettext("Nothing has the password. It is asked for where there is a terminal.")
            }
        });
        match source {
            SecretSource::Nowhere => NOTHING,
            SecretSource::LockedKeyring => status::SIGN_IN,
            _ => 0,
        }
    }

    /// The password is typed or piped; an error is a sentence.
    async fn read(&self) -> Result<Secret, String> {
        let secret = match io::stdin().is_terminal() {
            true => self.typed().await?,
            false => piped()?,
        };
        match secret.expose() {
            [] => Err(gettext("The password is empty. Nothing was kept.")),
            bytes if bytes.contains(&0) => Err(gettext(
                "The password contains a NUL, which no server takes. Nothing was kept.",
            )),
            _ => Ok(secret),
        }
    }

    async fn typed(&self) -> Result<Secret, String> {
        let none = || gettext("No password was given. Nothing was kept.");
        let mut terminal = Terminal::open().ok_or_else(none)?;
        let mut answers = Vec::new();
        let questions = [
            self.filled(&gettext("Password of {user} at {server}: ")),
            gettext("The same again: "),
        ];
        for question in questions {
            let answer = tokio::select! {
                answer = terminal.password(&question) => answer.map_err(|error| error.to_string())?,
                () = ask::interrupted() => None,
            };
            answers.push(answer.ok_or_else(none)?);
        }
        match answers.as_slice() {
            [first, second] if first == second => Ok(first.clone()),
            _ => Err(gettext("The two are not the same. Nothing was kept.")),
        }
    }

    fn warn_unbound(&self) {
        if !self.password.is_bound() {
            self.err(&gettext(
                "{file} has no account “{label}” with the user “{user}”.",
            ));
        }
    }

    fn filled(&self, text: &str) -> String {
        let (_, server) = self.password.place();
        let values: [(&str, &dyn std::fmt::Display); 4] = [
            ("user", &self.user),
            ("server", &server),
            ("label", &self.label),
            ("file", &self.password.rc_path),
        ];
        fill(text, &values)
    }

    fn out(&self, text: &str) {
        say::out(self.filled(text));
    }

    fn err(&self, text: &str) {
        say::err(format!("postrider: {}", self.filled(text)));
    }
}

/// The first line of standard input.
fn piped() -> Result<Secret, String> {
    let mut line = Zeroizing::new(Vec::with_capacity(512));
    let mut input = io::BufReader::with_capacity(1, io::stdin().lock().take(LONGEST));
    input
        .read_until(b'\n', &mut line)
        .map_err(|error| error.to_string())?;
    let bare = line.strip_suffix(b"\n").unwrap_or(&line);
    let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
    Ok(Secret::new(bare))
}

/// What is wrong with the keyring, and what can be done.
fn failed(cause: &Cause) -> u8 {
    let advice = match cause {
        Cause::KeyringLocked => gettext(
            "Unlock it, by signing in to the desktop or with a program such as Passwords and Keys, and try again.",
        ),
        Cause::NoKeyring => gettext(
            "It is reached by the session bus of a desktop. Without one the password can stand in the configuration file or in ~/.netrc.",
        ),
        other => words::advice(other),
    };
    say::err(format!("postrider: {}. {advice}", words::headline(cause)));
    status::SIGN_IN
}
