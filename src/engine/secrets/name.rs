//! What an account's password is called in the keyring.

use crate::rc::Account;
use crate::rc::account::Protocol;
use crate::store::keyring::Name;

/// The name of an account's password. Bytes of a user name that are no UTF-8 are taken for Latin-1.
pub fn of(account: &Account) -> Name {
    Name {
        server: account.host.clone(),
        user: text(&account.user),
        protocol: word(account.protocol),
    }
}

/// The name of a password whose account is not set up.
pub fn unbound(label: &str, user: &[u8]) -> Name {
    Name {
        server: label.to_owned(),
        user: text(user),
        protocol: word(Protocol::Auto),
    }
}

fn text(user: &[u8]) -> String {
    match std::str::from_utf8(user) {
        Ok(user) => user.to_owned(),
        Err(_) => user.iter().copied().map(char::from).collect(),
    }
}

fn word(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Auto => "auto",
        Protocol::Imap => "imap",
        Protocol::Pop2 => "pop2",
        Protocol::Pop3 | Protocol::Apop | Protocol::Rpop | Protocol::Sdps | Protocol::Kpop => {
            "pop3"
        }
        Protocol::Etrn => "etrn",
        Protocol::Odmr => "odmr",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_text() {
        let check = |user: &[u8], protocol, expected: (&str, &str)| {
            let account = Account {
                user: user.to_vec(),
                protocol,
                ..Account::example()
            };
            let name = of(&account);
            assert_eq!((name.user.as_str(), name.protocol), expected);
            assert_eq!(name.server, account.host);
        };
        check(b"ada", Protocol::Imap, ("ada", "imap"));
        check(b"a@b.example", Protocol::Apop, ("a@b.example", "pop3"));
        check("grüße".as_bytes(), Protocol::Auto, ("grüße", "auto"));
        check(b"gr\xfc\xdfe", Protocol::Pop3, ("grüße", "pop3"));
    }
}
