//! The header of a message that came without one (engine.md section 12). It is fetchmail's word for
//! word, because filters know it.

use crate::base::text::{QUIET_MAX, quiet};

/// Header lines for a message from this user's mailbox on this server, to the person who runs the
/// program on this host.
pub fn made_up(user: &[u8], server: &str, person: &str, own_name: &str) -> Vec<u8> {
    let user = quiet(user, QUIET_MAX);
    format!(
        "From: FETCHMAIL-DAEMON\r\nTo: {person}@{own_name}\r\n\
         Subject: Headerless mail from {user}'s mailbox on {server}\r\n"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_mailbox_and_breaks_no_line() {
        let lines = made_up(b"ada\r\nX: y", "pop.test", "anna", "here.test");
        let lines = String::from_utf8(lines).unwrap();
        assert_eq!(lines.lines().count(), 3, "{lines}");
        assert!(lines.starts_with("From: FETCHMAIL-DAEMON\r\nTo: anna@here.test\r\n"));
        assert!(lines.ends_with("'s mailbox on pop.test\r\n"));
    }
}
