//! The report on a message that was refused for good (RFC 3464, RFC 6522): who does not get it and
//! why, in words and for programs, and the header of the message, never its text.

use std::fmt::Write;

use super::{Addressee, Refusal};
use crate::base::text::{QUIET_MAX, quiet};
use crate::mail::{Envelope, envelope::BodyType};

/// What a report says.
pub struct Bounced<'a> {
    /// Our own host name.
    pub own_name: &'a str,
    /// Who is told.
    pub to: Addressee,
    /// Their address.
    pub address: &'a [u8],
    /// Who does not get the message, and what was said.
    pub refused: &'a [(Vec<u8>, Refusal)],
    /// Lines of its header, at most [`EXCERPT`].
    pub header: &'a [u8],
    /// Now, in the form of RFC 5322 section 3.3.
    pub date: &'a str,
    /// A word that no other report has.
    pub id: &'a str,
}

/// Most octets of a header that a report repeats.
pub const EXCERPT: usize = 16 * 1024;

/// Most recipients that a report names one by one.
const NAMED: usize = 100;

/// The whole lines of a header that fit into a report.
pub fn excerpt(header: &[u8]) -> &[u8] {
    let cut = header.get(..EXCERPT).unwrap_or(header);
    if cut.len() == header.len() {
        return cut;
    }
    let end = memchr::memrchr(b'\n', cut).map_or(0, |at| at + 1);
    cut.get(..end).unwrap_or_default()
}

/// Whether a sender is somebody who may be sent a report: not the empty one, nor a mailer, of which
/// it would only be refused and reported in turn (RFC 3834 section 2; threats.md A18).
pub fn may_be_told(sender: &[u8]) -> bool {
    let local = sender.split(|b| *b == b'@').next().unwrap_or_default();
    !local.is_empty() && local != b"<>" && !local.eq_ignore_ascii_case(b"MAILER-DAEMON")
}

impl Bounced<'_> {
    /// The transport's addresses: no sender, so that nobody answers it.
    pub fn envelope(&self) -> Envelope {
        Envelope {
            sender: Vec::new(),
            recipients: vec![self.address.to_vec()],
            last_resort: None,
            body: BodyType::EightBit,
            size: None,
        }
    }

    /// The message, with CRLF line ends.
    pub fn message(&self) -> Vec<u8> {
        let boundary = self.boundary();
        let mut out = self.head(&boundary);
        let _ = write!(
            out,
            "This is a MIME message in several parts.\n\n\
             --{boundary}\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
        );
        out.push_str(&self.words());
        let _ = write!(
            out,
            "\n--{boundary}\nContent-Type: message/delivery-status\n\n"
        );
        out.push_str(&self.status());
        let _ = write!(
            out,
            "\n--{boundary}\nContent-Type: text/rfc822-headers\nContent-Transfer-Encoding: 8bit\n\n"
        );
        let mut bytes = out.replace('\n', "\r\n").into_bytes();
        for line in self.header.split_inclusive(|b| *b == b'\n') {
            let line = line.trim_ascii_end();
            // An empty line would end the header it is.
            if !line.is_empty() {
                bytes.extend(line.iter().map(|b| if *b == 0 { b'?' } else { *b }));
                bytes.extend_from_slice(b"\r\n");
            }
        }
        bytes.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        bytes
    }

    /// Something that no line of the header begins with.
    fn boundary(&self) -> String {
        let mut boundary = format!("=_{}", self.id);
        while memchr::memmem::find(self.header, boundary.as_bytes()).is_some() {
            boundary.push('=');
        }
        boundary
    }

    fn head(&self, boundary: &str) -> String {
        let Self {
            own_name, date, id, ..
        } = self;
        format!(
            "From: Mail Delivery System <MAILER-DAEMON@{own_name}>\nTo: {}\nDate: {date}\n\
             Message-ID: <{id}@{own_name}>\nSubject: Mail could not be delivered\n\
             Auto-Submitted: auto-replied\nMIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"{boundary}\"\n\n",
            quiet(self.address, ADDRESS),
        )
    }

    fn words(&self) -> String {
        let whose = match self.to {
            Addressee::Sender => "A message of yours",
            Addressee::Postmaster => "A message",
        };
        let own_name = self.own_name;
        let mut out =
            format!("{whose} could not be delivered by the mail system at {own_name} to\n\n");
        for (name, refusal) in self.refused.iter().take(NAMED) {
            let words = quiet(&refusal.words, QUIET_MAX);
            let _ = writeln!(
                out,
                "  {}\n    {}",
                quiet(name, ADDRESS),
                said(refusal.code, &words)
            );
        }
        if self.refused.len() > NAMED {
            let _ = writeln!(out, "  and {} more", self.refused.len() - NAMED);
        }
        out.push_str("\nIt is not kept and will not be tried again. Its header follows.\n");
        out
    }

    fn status(&self) -> String {
        let mut out = format!("Reporting-MTA: dns; {}\n", self.own_name);
        for (name, refusal) in self.refused.iter().take(NAMED) {
            let words = ascii(&quiet(&refusal.words, QUIET_MAX));
            let _ = write!(
                out,
                "\nFinal-Recipient: rfc822; {}\nAction: failed\nStatus: {}\nDiagnostic-Code: smtp; {}\nLast-Attempt-Date: {}\n",
                ascii(&quiet(name, ADDRESS)),
                enhanced(refusal),
                said(refusal.code, &words),
                self.date,
            );
        }
        out
    }
}

fn said(code: i32, words: &str) -> String {
    match code {
        0 => words.to_owned(),
        code => format!("{code} {words}"),
    }
}

/// The enhanced status code at the beginning of a listener's words (RFC 3463), or `5.0.0`.
fn enhanced(refusal: &Refusal) -> String {
    let first = refusal.words.split(|b| b.is_ascii_whitespace()).next();
    let word = first.and_then(|word| std::str::from_utf8(word).ok());
    let is_code = |word: &&str| {
        let parts: Vec<&str> = word.split('.').collect();
        let is_number =
            |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        parts.len() == 3 && parts[0] == "5" && parts.iter().all(is_number)
    };
    word.filter(is_code).unwrap_or("5.0.0").to_owned()
}

fn ascii(text: &str) -> String {
    text.replace(|c: char| !c.is_ascii(), "?")
}

/// Longest address that is written out.
const ADDRESS: usize = 320;

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str, code: i32, words: &str) -> (Vec<u8>, Refusal) {
        let words = words.as_bytes().to_vec();
        (name.into(), Refusal { code, words })
    }

    fn bounced<'a>(refused: &'a [(Vec<u8>, Refusal)], header: &'a [u8]) -> Bounced<'a> {
        Bounced {
            own_name: "here.test",
            to: Addressee::Sender,
            address: b"writer@far.test",
            refused,
            header,
            date: "Sun, 22 Nov 2026 03:36:33 +0000",
            id: "1.2",
        }
    }

    #[test]
    fn a_report_as_it_leaves() {
        let list = [
            refused("joe@x", 550, "5.1.1 <joe@x>: unknown"),
            refused("j\u{f6}rg@x", 554, "nein, J\u{f6}rg\r\nhere"),
        ];
        let report = bounced(&list, b"Subject: s\r\n\r\nX: =_1.2\n folded\0").message();
        let report = String::from_utf8(report).unwrap();
        assert!(!report.replace("\r\n", "").contains(['\r', '\n', '\0']));
        let expected = "\
From: Mail Delivery System <MAILER-DAEMON@here.test>
To: writer@far.test
Date: Sun, 22 Nov 2026 03:36:33 +0000
Message-ID: <1.2@here.test>
Subject: Mail could not be delivered
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary=\"=_1.2=\"

This is a MIME message in several parts.

--=_1.2=
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

A message of yours could not be delivered by the mail system at here.test to

  joe@x
    550 5.1.1 <joe@x>: unknown
  j\u{f6}rg@x
    554 nein, J\u{f6}rg here

It is not kept and will not be tried again. Its header follows.

--=_1.2=
Content-Type: message/delivery-status

Reporting-MTA: dns; here.test

Final-Recipient: rfc822; joe@x
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <joe@x>: unknown
Last-Attempt-Date: Sun, 22 Nov 2026 03:36:33 +0000

Final-Recipient: rfc822; j?rg@x
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; 554 nein, J?rg here
Last-Attempt-Date: Sun, 22 Nov 2026 03:36:33 +0000

--=_1.2=
Content-Type: text/rfc822-headers
Content-Transfer-Encoding: 8bit

Subject: s
X: =_1.2
 folded?

--=_1.2=--
";
        assert_eq!(report.replace("\r\n", "\n"), expected);
    }

    #[test]
    fn a_reader_of_mail_understands_it() {
        let list = [refused("joe@x", 550, "no")];
        let message = bounced(&list, b"Subject: s\r\n").message();
        let mail = mailparse::parse_mail(&message).unwrap();
        assert_eq!(mail.ctype.mimetype, "multipart/report");
        let types: Vec<_> = mail
            .subparts
            .iter()
            .map(|p| p.ctype.mimetype.as_str())
            .collect();
        let expected = [
            "text/plain",
            "message/delivery-status",
            "text/rfc822-headers",
        ];
        assert_eq!(types, expected);
    }

    #[test]
    fn many_recipients_and_long_headers_are_cut() {
        let list = vec![refused("joe@x", 550, "no"); 1000];
        let header = b"X: 1\r\n".repeat(10_000);
        let header = excerpt(&header);
        assert!(header.len() <= EXCERPT && header.ends_with(b"X: 1\r\n"));
        let message = bounced(&list, header).message();
        assert!(message.len() < 64 * 1024);
        assert!(memchr::memmem::find(&message, b"and 900 more").is_some());
        assert_eq!(excerpt(&[b'x'; 2 * EXCERPT]), b"");
    }

    #[test]
    fn whom_to_tell() {
        let check = |sender: &str, expected| {
            assert_eq!(may_be_told(sender.as_bytes()), expected, "{sender}");
        };
        check("", false);
        check("@x", false);
        check("<>", false);
        check("MAILER-DAEMON", false);
        check("Mailer-Daemon@x.org", false);
        check("joe@x", true);
        check("joe", true);
    }
}
