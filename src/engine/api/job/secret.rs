//! Passwords: what is to happen to one, and where it comes from.

use crate::base::Secret;

/// What is to happen to a password of the keyring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretWish {
    /// Keep this one.
    Set(Secret),
    /// Forget it.
    Clear,
    /// Where the account's password comes from. It is not told itself.
    Source,
}

/// Where a password comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// `password` of the rc file.
    File,
    /// `password_command` of `accounts.toml`.
    Command,
    /// The keyring.
    Keyring,
    /// The keyring, which is locked.
    LockedKeyring,
    /// `.netrc`
    Netrc,
    /// Typed since the program started.
    Memory,
    /// Nowhere: it is asked for.
    Nowhere,
}
