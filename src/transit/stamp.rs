//! The `Received:` line that names this hop (engine.md section 12).

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

impl Stamp {
    /// The line with CRLF ends. `recipient` is the only recipient of a single-drop message;
    /// `date` is in the form of RFC 5322 section 3.3.
    pub fn line(&self, recipient: &[u8], date: &str) -> Vec<u8> {
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
        out.extend_from_slice(b")\r\n\tfor <");
        out.extend_from_slice(recipient);
        out.extend_from_slice(format!("> (single-drop); {date}\r\n").as_bytes());
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
        let line = stamp.line(b"anna", "Sun, 22 Nov 2026 03:36:33 +0000");
        assert_eq!(String::from_utf8(line).unwrap(), expected);
    }
}
