//! The envelope of a message: single-drop so far, every message to the first local name
//! (engine.md section 13). An account that needs multidrop is not polled by this version.

use super::Rewritten;
use crate::mail::Envelope;
use crate::rc::Account;

/// Makes the envelope. `server` qualifies a sender without a domain. Header values that could
/// smuggle a command (CR, LF, NUL, angle brackets; threats.md A15) never get into it.
pub fn envelope(
    rewritten: &Rewritten,
    account: &Account,
    server: &str,
    size: Option<u64>,
) -> Envelope {
    let local = account
        .local_names
        .first()
        .map_or(&account.user, |name| &name.local);
    let recipient = if is_safe(local) {
        local.clone()
    } else {
        b"postmaster".to_vec()
    };
    Envelope {
        sender: sender(rewritten.sender.as_deref(), account, server),
        recipients: vec![recipient],
        body: rewritten.body,
        size,
    }
}

/// The reverse path (engine.md section 12): empty stays empty (`<>`), nothing usable becomes the
/// remote user at the server, a bare name is qualified with it.
fn sender(found: Option<&[u8]>, account: &Account, server: &str) -> Vec<u8> {
    match found {
        Some(b"") => Vec::new(),
        Some(path) if is_safe(path) && !path.starts_with(b"@") => qualified(path, server),
        _ if is_safe(&account.user) => qualified(&account.user, server),
        _ => Vec::new(),
    }
}

fn qualified(path: &[u8], server: &str) -> Vec<u8> {
    if path.contains(&b'@') || path.contains(&b'!') {
        return path.to_vec();
    }
    let host = match server.parse::<std::net::Ipv4Addr>() {
        Ok(ip) => format!("[{ip}]"),
        Err(_) => server.to_owned(),
    };
    [path, b"@", host.as_bytes()].concat()
}

fn is_safe(path: &[u8]) -> bool {
    !path.is_empty()
        && path.len() <= 1000
        && !path
            .iter()
            .any(|b| b.is_ascii_control() || matches!(b, b'<' | b'>' | b' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::envelope::BodyType;

    #[test]
    fn senders() {
        let check = |found: Option<&str>, expected: &str| {
            let rewritten = Rewritten {
                sender: found.map(|s| s.as_bytes().to_vec()),
                body: BodyType::Unsaid,
                ..Rewritten::default()
            };
            let made = envelope(&rewritten, &Account::example(), "mail.example.org", None);
            assert_eq!(String::from_utf8(made.sender).unwrap(), expected);
            assert_eq!(made.recipients, [b"anna".to_vec()]);
        };
        check(Some("bernd@example.net"), "bernd@example.net");
        check(Some(""), "");
        check(Some("bernd"), "bernd@mail.example.org");
        check(Some("uu!bernd"), "uu!bernd");
        check(Some("@route:bernd@x"), "remote@mail.example.org");
        check(Some("a@b\r\nRCPT TO:<x@y"), "remote@mail.example.org");
        check(None, "remote@mail.example.org");
    }
}
