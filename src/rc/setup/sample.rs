//! A new account and a computer for it, for tests.

use super::write::Basis;
use super::{Delivery, FirstTime, PasswordPlace, Rhythm, Setup, Trust};
use crate::rc::Surroundings;

/// Ann's mail into a Maildir, every ten minutes.
pub(crate) fn setup() -> Setup {
    Setup {
        address: "ann@example.org".into(),
        host: "mail.example.org".into(),
        port: 993,
        is_imap: true,
        is_implicit_tls: true,
        is_plain: false,
        user: "ann@example.org".into(),
        method: None,
        trust: Trust::Authorities,
        password: PasswordPlace::Ask,
        delivery: Delivery::Maildir("/home/ann/Maildir".into()),
        keep: true,
        first_time: FirstTime::OnlyNew,
        rhythm: Rhythm::Minutes(10),
        limit: None,
        folders: Vec::new(),
    }
}

/// Ann's computer.
pub(crate) fn around() -> Surroundings {
    Surroundings {
        invoking_user: "ann".into(),
        ..Surroundings::default()
    }
}

/// These files on it.
pub(crate) fn basis<'a>(rc: &'a [u8], local: &'a str, around: &'a Surroundings) -> Basis<'a> {
    Basis {
        rc,
        local,
        rc_name: None,
        around,
    }
}
