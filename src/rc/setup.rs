//! A new account as a person describes it (the wizard's answers), and what that writes to the rc
//! file and to `accounts.toml`. Pure: texts in, texts out; what is tried before saving is resolved
//! from the very text that will be saved.

pub mod change;
mod check;
pub mod read;
#[cfg(test)]
pub(crate) mod sample;
mod words;
pub mod write;

use std::path::PathBuf;

pub use words::maildir_command;

/// What the wizard has gathered; the password apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The address as typed; for display and comments only.
    pub address: String,
    /// The server.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// `imap` (true) or `pop3`.
    pub is_imap: bool,
    /// TLS from the first byte (`ssl`).
    pub is_implicit_tls: bool,
    /// The person accepts a line without TLS (`sslproto ''`, `no sslcertck`).
    pub is_plain: bool,
    /// The remote user.
    pub user: String,
    /// The one sign-in method, in the words of `auth`/`proto` (`password`, `cram-md5`, `apop`);
    /// `None`: what is best.
    pub method: Option<String>,
    /// Which certificate will do.
    pub trust: Trust,
    /// Where the password is kept.
    pub password: PasswordPlace,
    /// Where mail goes.
    pub delivery: Delivery,
    /// Messages stay on the server.
    pub keep: bool,
    /// What counts as new the first time.
    pub first_time: FirstTime,
    /// When it is checked.
    pub rhythm: Rhythm,
    /// Octets above which a message is left; `None`: none.
    pub limit: Option<u64>,
    /// Folders (IMAP), as the server has them; empty: INBOX.
    pub folders: Vec<Vec<u8>>,
}

/// Which certificate will do.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Trust {
    /// One that the system's authorities vouch for.
    #[default]
    Authorities,
    /// This one only.
    Pin {
        /// `sslfingerprint`, which classic fetchmail reads: MD5, `AA:BB:…`.
        md5: String,
        /// `pin_sha256`: SHA-256, `AA:BB:…`.
        sha256: String,
        /// The chain is good apart from the name: `sslcertck` can stay.
        is_chain_trusted: bool,
        /// The name in the certificate (`sslcommonname`), when it is another than the host's.
        name: Option<String>,
    },
    /// One that this authority vouches for (`sslcertfile`).
    Authority(PathBuf),
}

/// Where the password is kept.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum PasswordPlace {
    /// The keyring of the session.
    #[default]
    Keyring,
    /// The rc file.
    File,
    /// What this shell command prints (`password_command`).
    Command(String),
    /// `~/.netrc`, which is not written by us.
    Netrc,
    /// Nowhere: asked for after each start.
    Ask,
}

/// Where mail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// A Maildir: `mda "postrider deliver --maildir DIR"`.
    Maildir(PathBuf),
    /// The mail system of this computer, to this local user.
    Listener(String),
    /// A program: the command of `mda`.
    Program(String),
    /// LMTP: `/socket` or `host/port`, and the local user.
    Lmtp(String, String),
    /// Nowhere: mail is counted and stays where it is (`watch`, and `skip` in the file).
    Watch,
}

/// What counts as new the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum FirstTime {
    /// What arrives from now on, and with IMAP what was not read.
    #[default]
    OnlyNew,
    /// Everything on the server.
    Everything,
}

/// When it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    /// Every so many minutes.
    Minutes(u32),
    /// As soon as mail arrives (IMAP IDLE).
    Idle,
    /// Only when asked (`skip`).
    Asked,
}
