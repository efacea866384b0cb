//! The `Received:` line that names this hop (engine.md section 12).

use crate::rc::Account;
use crate::rc::account::Target;

/// What the line says; the same for all messages of a poll but for the recipient and the date.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// The mail server's name.
    pub server: String,
    /// The mail server's address, if known.
    pub address: Option<String>,
    /// Our own host name.
    pub own_name: String,
    /// Protocol name as fetchmail writes it: `POP3`, `IMAP`.
    pub protocol: &'static str,
    /// `tracepolls`: label and user of the account.
    pub trace: Option<(String, String)>,
    /// Folder, if it is not the default one (`tracepolls` only).
    pub folder: Option<String>,
}

/// For whom a message is, as far as the line says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForWhom<'a> {
    /// The one recipient of the account.
    Single(&'a [u8]),
    /// The only one that was found in the header, or the postmaster in place of all.
    Found(&'a [u8]),
    /// Several, who need not know of each other.
    Several,
}

/// A recipient as the line and a listener name it: a bare name with `smtpaddress`, or else with the
/// first host of `smtphost`; fetchmail writes `localhost` where there is none.
pub fn full_address(recipient: &[u8], account: &Account) -> Vec<u8> {
    if recipient.contains(&b'@') {
        return recipient.to_vec();
    }
    if let Some(name) = &account.smtp_name
        && !matches!(account.target, Target::Mda(_))
    {
        return name.clone();
    }
    let hosts = match &account.target {
        Target::Smtp(hosts) | Target::Lmtp(hosts) => hosts.first(),
        Target::Mda(_) | Target::Bsmtp(_) => None,
    };
    let host = hosts.filter(|host| !host.starts_with('/'));
    let host = host.and_then(|host| host.split('/').next());
    let host = account
        .smtp_address
        .as_deref()
        .or(host)
        .unwrap_or("localhost");
    [recipient, b"@", host.as_bytes()].concat()
}

impl<'a> ForWhom<'a> {
    fn words(self) -> Option<(&'a [u8], &'static str)> {
        match self {
            Self::Single(recipient) => Some((recipient, "single-drop")),
            Self::Found(recipient) => Some((recipient, "multi-drop")),
            Self::Several => None,
        }
    }
}

impl Stamp {
    /// The line with CRLF ends; `date` is in the form of RFC 5322 section 3.3.
    pub fn line(&self, to: ForWhom, date: &str) -> Vec<u8> {
        let mut out = format!("Received: from {}", self.server).into_bytes();
        if let Some(address) = &self.address {
            out.extend_from_slice(format!(" [{address}]").as_bytes());
        }
        let with = format!(
            "\r\n\tby {} with {} (postrider-{}",
            self.own_name,
            self.protocol,
            crate::VERSION
        );
        out.extend_from_slice(with.as_bytes());
        if let Some((label, user)) = &self.trace {
            out.extend_from_slice(format!(" polling {label} account {user}").as_bytes());
            if let Some(folder) = &self.folder {
                out.extend_from_slice(format!(" folder {folder}").as_bytes());
            }
        }
        out.extend_from_slice(b")\r\n\t");
        if let Some((recipient, how)) = to.words() {
            out.extend_from_slice(&[b"for <", recipient, b"> (", how.as_bytes(), b"); "].concat());
        }
        out.extend_from_slice(format!("{date}\r\n").as_bytes());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_form_of_fetchmail() {
        let stamp = Stamp {
            server: "mail.example.org".into(),
            address: Some("192.0.2.1".into()),
            own_name: "here.example".into(),
            protocol: "POP3",
            trace: Some(("work".into(), "anna".into())),
            folder: None,
        };
        let expected = format!(
            "Received: from mail.example.org [192.0.2.1]\r\n\tby here.example with POP3 (postrider-{} polling work account anna)\r\n\tfor <anna> (single-drop); Sun, 22 Nov 2026 03:36:33 +0000\r\n",
            crate::VERSION
        );
        let line = stamp.line(ForWhom::Single(b"anna"), "Sun, 22 Nov 2026 03:36:33 +0000");
        assert_eq!(String::from_utf8(line).unwrap(), expected);
    }
}
