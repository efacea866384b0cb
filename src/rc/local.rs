//! `accounts.toml`: what only Postrider knows of an account (contract, "The file stays
//! fetchmail's"). Pure: a text in, entries and findings out; [`edit`] gives a text back that
//! differs in what was asked for only. Files are `store::local`'s matter.
//!
//! ```toml
//! [[account]]
//! label = "mail.example.org"    # as behind `poll` or `skip`
//! user = "name@example.org"     # the remote user
//! watch = true
//! ```
//!
//! *Safety keys* bind every front end. What could weaken one is never passed over: an account
//! whose keys cannot be understood is not polled, and where it cannot be told which account is
//! meant, nothing is.

pub mod edit;
mod read;

use crate::base::i18n::{fill, gettext};
use crate::rc::account::{Account, AccountId, Auth};

/// How much a notice of new mail tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notify {
    /// The number only.
    Count,
    /// And the senders.
    Sender,
    /// And the subjects.
    Full,
}

/// What the file says of one account. Absent keys say nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// Safety: look and tell, never fetch, set or delete anything on the server.
    pub watch: bool,
    /// Safety: the shell command whose first line of output is the password.
    pub password_command: Option<String>,
    /// Safety: the way to sign in: `password`, `oauth`, `certificate`, `kerberos`.
    pub sign_in: Option<String>,
    /// Safety: the one SASL mechanism to be used, in capitals.
    pub sasl: Option<String>,
    /// Safety: SHA-256 of the only certificate that will do.
    pub pin_sha256: Option<[u8; 32]>,
    /// Safety: with several recipients, believe the mail server's word only (`envelope`,
    /// `Received`); To and Cc are not guessed from.
    pub strict_recipients: bool,
    /// Take what was read elsewhere too.
    pub fetch_read_elsewhere: bool,
    /// Desktop: seconds between polls.
    pub every: Option<u32>,
    /// Desktop: not polled by itself.
    pub pause: bool,
    /// Desktop: a sound with notices.
    pub sound: Option<bool>,
    /// Desktop: what notices tell.
    pub notify: Option<Notify>,
    /// Why the account is not polled: the keys ask for what cannot be understood or done.
    pub refusal: Option<String>,
}

/// One `[[account]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The rc file as written; `None` for the usual one.
    pub rc: Option<String>,
    /// Whom it is about.
    pub id: AccountId,
    /// Where it begins.
    pub place: Place,
    /// What it says.
    pub keys: Keys,
}

/// Line and column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

/// Something wrong in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What and what can be done.
    pub sentence: String,
    /// It cannot be told which accounts it is about: none may be polled.
    pub is_fatal: bool,
}

impl Finding {
    /// `file:line:column: sentence`
    pub fn in_file(&self, file: &str) -> String {
        let Place { line, column } = self.place;
        format!("{file}:{line}:{column}: {}", self.sentence)
    }
}

/// The whole file, as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Local {
    /// In file order; each account once.
    pub entries: Vec<Entry>,
    /// In file order.
    pub findings: Vec<Finding>,
}

impl Local {
    /// Reads a text.
    pub fn parse(text: &str) -> Self {
        read::parse(text)
    }

    /// Reads the bytes of a file.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::parse(text),
            Err(error) => {
                let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
                Self {
                    entries: Vec::new(),
                    findings: vec![Finding {
                        place: Place { line, column: 1 },
                        sentence: gettext("This line is not in UTF-8. Save the file in UTF-8."),
                        is_fatal: true,
                    }],
                }
            }
        }
    }

    /// Lays the keys over the accounts of an rc file. `is_ours` says whether an entry's `rc` means
    /// that file, `file` is the name for sentences. Returns findings about entries without an
    /// account, which bind nothing.
    pub fn bind(
        &self,
        file: &str,
        is_ours: impl Fn(Option<&str>) -> bool,
        accounts: &mut [Account],
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut say = |place: Place, sentence: String| {
            findings.push(Finding {
                place,
                sentence,
                is_fatal: false,
            });
        };
        for entry in self
            .entries
            .iter()
            .filter(|entry| is_ours(entry.rc.as_deref()))
        {
            if entry.keys.fetch_read_elsewhere {
                let text = gettext("fetch_read_elsewhere has no effect in this version.");
                say(entry.place, text);
            }
            let account = accounts.iter_mut().find(|account| account.id == entry.id);
            match account {
                Some(account) => entry.bind(file, account),
                None => say(
                    entry.place,
                    fill(
                        &gettext(
                            "There is no account {account} in the configuration file; these keys have no effect. Correct label and user, or remove them.",
                        ),
                        &[("account", &entry.id)],
                    ),
                ),
            }
        }
        findings
    }
}

impl Entry {
    fn bind(&self, file: &str, account: &mut Account) {
        account.local = self.keys.clone();
        account.tls.pin_sha256 = self.keys.pin_sha256;
        let impossible = self.narrow(account);
        let refusal = self.keys.refusal.clone().or(impossible);
        account.local.refusal = refusal.map(|sentence| {
            let Place { line, column } = self.place;
            if self.keys.refusal.is_some() {
                format!("{file}:{sentence}")
            } else {
                format!("{file}:{line}:{column}: {sentence}")
            }
        });
    }

    /// Restricts the sign-in; a sentence if that leaves nothing this version can do.
    fn narrow(&self, account: &mut Account) -> Option<String> {
        let cannot = |key: &str, value: &str| {
            let text = gettext(
                "This version cannot sign in with {key} “{value}”, and nothing else is allowed. Change or remove the key.",
            );
            Some(fill(&text, &[("key", &key), ("value", &value)]))
        };
        let is_by_password = matches!(account.auth, Auth::Any | Auth::Password | Auth::CramMd5);
        match self.keys.sign_in.as_deref() {
            None => {}
            Some("password") if is_by_password => {}
            Some(other) => return cannot("sign_in", other),
        }
        match self.keys.sasl.as_deref() {
            None => {}
            Some("CRAM-MD5") if matches!(account.auth, Auth::Any | Auth::CramMd5) => {
                account.auth = Auth::CramMd5;
            }
            Some(other) => return cannot("sasl", other),
        }
        None
    }
}

#[cfg(test)]
mod tests;
