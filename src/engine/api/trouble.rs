//! What goes wrong, of one account or of everything, and who has to act. Sentences are in [`super::words`].

use std::time::SystemTime;

use super::AccountId;

/// Why the engine polls nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// There is no rc file.
    NoFile,
    /// It cannot be read, or others can read it (exit status 6): a whole sentence.
    Unreadable(String),
    /// It has errors (exit status 5): `file:line:column: sentence`, one for each.
    Syntax(Vec<String>),
    /// Another instance holds the lock (exit status 8).
    Locked {
        /// Its process id, if the lock file tells.
        pid: Option<u32>,
    },
    /// Nothing has this account's password, and there is no terminal to ask for it (exit status
    /// 3).
    NoPassword(AccountId),
    /// The state directory cannot be written: no journal, no deletion. A whole sentence.
    State(String),
}

/// Who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The person: wrong password, changed certificate, broken configuration, delivery refused.
    You,
    /// Nobody: it is tried again.
    Retry,
}

/// What went wrong in a poll.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    /// Who has to act.
    pub who: Who,
    /// What happened.
    pub cause: Cause,
    /// The server's or sink's own words, made quiet; empty if it gave none.
    pub words: String,
    /// fetchmail's exit status for it (cli.md section 3).
    pub status: u8,
    /// Polls failed in a row.
    pub tries: u32,
    /// Since when it fails.
    pub since: SystemTime,
}

/// Causes of trouble, as data; [`super::words`] has the sentences (`ui.md` section 17).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The name of the server does not exist.
    UnknownHost(String),
    /// Names could not be looked up.
    Dns(String),
    /// Connection refused or unreachable: host, port.
    Unreachable(String, u16),
    /// Silence longer than the timeout: host, seconds.
    TimedOut(String, u64),
    /// The connection ended in the middle.
    Dropped(String),
    /// TLS demanded and not offered: host, port.
    NoTls(String, u16),
    /// Data in the clear behind the answer to STARTTLS (threats.md A3).
    Injection(String),
    /// The certificate or the handshake failed: a sentence from `net::tls`.
    Certificate(String),
    /// Sign-in refused.
    SignIn,
    /// No sign-in method in common.
    NoMethod,
    /// No password is known.
    NoPassword,
    /// The keyring is locked, and may have the password.
    KeyringLocked,
    /// No keyring service is running, and one was asked for.
    NoKeyring,
    /// The keyring failed: a sentence.
    Keyring(String),
    /// There is no such account any more.
    NoAccount,
    /// Mailbox in use.
    Locked,
    /// The server asks to wait.
    Busy,
    /// A folder cannot be opened.
    Folder(String),
    /// The server broke the protocol.
    Protocol(String),
    /// The server refused a command.
    Refused,
    /// No listener takes mail: what was tried.
    NoListener(String),
    /// The listener or program did not take some messages; they are still on the server.
    NotDelivered {
        /// How many in this poll.
        count: u32,
    },
    /// The delivery folder or file cannot be written: path, system's words.
    Folderless(String, String),
    /// The disk is full: path.
    DiskFull(String),
    /// The delivery command cannot be used as written.
    Command(String),
    /// The server would not give some messages: how many.
    Withheld(u32),
    /// The account asks for something this version does not do: the keyword.
    Unsupported(String),
    /// `accounts.toml` says something about the account that cannot be acted on: a sentence that
    /// begins with file and line.
    Keys(String),
    /// A new account cannot be as it is described, or its delivery cannot work so: a whole
    /// sentence.
    Setup(String),
    /// The password command gave no password: a sentence.
    PasswordCommand(String),
    /// The record of delivered mail cannot be written.
    Record(String),
    /// The person stopped it.
    Stopped,
    /// Something that should not happen: what.
    Internal(String),
}
