//! The form of a message in a mailbox file: mboxrd.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;

use crate::transit::header::{fields, split_field};

/// Most octets of header that are searched for the sender.
const SEARCHED: usize = 256 * 1024;

/// How a message begins.
#[derive(Debug, PartialEq, Eq)]
pub struct Beginning {
    /// Its From_ line.
    pub from_line: Vec<u8>,
    /// Octets of the message that this takes the place of.
    pub skip: u64,
}

/// The From_ line for a message. One that it brings along is replaced: its sender counts if there is no
/// `Return-Path`.
pub fn beginning(message: &File) -> io::Result<Beginning> {
    let mut head = vec![0; SEARCHED];
    let mut length = 0;
    while let Some(rest) = head.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match message.read_at(rest, length as u64) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    head.truncate(length);
    let (sender, skip) = sender(&head);
    // RFC 4155 appendix A: the time is UTC.
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    let mut from_line = b"From ".to_vec();
    from_line.extend_from_slice(&sender);
    from_line.extend_from_slice(
        now.strftime(" %a %b %e %H:%M:%S %Y\n")
            .to_string()
            .as_bytes(),
    );
    Ok(Beginning {
        from_line,
        skip: skip as u64,
    })
}

/// Who sent a message that begins so, and the length of its own From_ line.
fn sender(head: &[u8]) -> (Vec<u8>, usize) {
    let first = memchr::memchr(b'\n', head).map_or(head.len(), |end| end + 1);
    let (first, rest) = head.split_at(first);
    let own = first
        .strip_prefix(b"From ")
        .filter(|_| first.ends_with(b"\n"));
    let skip = own.map_or(0, |_| first.len());
    let header = if own.is_some() { rest } else { head };
    let path = fields(header)
        .take_while(|field| !matches!(field, [b'\n', ..] | [b'\r', b'\n', ..]))
        .filter_map(split_field)
        .find(|(name, _)| name.eq_ignore_ascii_case(b"Return-Path"))
        .map(|(_, path)| path.trim_ascii());
    let path = path.map(|path| path.strip_prefix(b"<").unwrap_or(path));
    let path = path.map(|path| path.strip_suffix(b">").unwrap_or(path));
    let own = own.and_then(|own| own.split(u8::is_ascii_whitespace).next());
    let found = path.or(own).filter(|path| is_one_word(path));
    (found.unwrap_or(b"MAILER-DAEMON").to_vec(), skip)
}

/// Readers split the From_ line at its blanks.
fn is_one_word(path: &[u8]) -> bool {
    let is_plain = |b: &u8| !b.is_ascii_control() && *b != b' ';
    !path.is_empty() && path.len() <= 500 && path.iter().all(is_plain)
}

/// Puts a `>` before each line that is `From ` behind any number of them, so that readers can take
/// exactly one off again. Chunk by chunk.
#[derive(Debug)]
pub struct Quoting {
    /// How much of `From ` the line has matched; `None` once it cannot be one any more.
    matched: Option<usize>,
    ends_in_line_end: bool,
}

const FROM: &[u8] = b"From ";

impl Quoting {
    /// At the beginning of a message.
    pub fn new() -> Self {
        Self {
            matched: Some(0),
            ends_in_line_end: false,
        }
    }

    /// The next octets of the message.
    pub fn push(&mut self, mut chunk: &[u8], out: &mut impl Write) -> io::Result<()> {
        if let Some(last) = chunk.last() {
            self.ends_in_line_end = *last == b'\n';
        }
        while let Some((&byte, rest)) = chunk.split_first() {
            let Some(matched) = self.matched else {
                let line = memchr::memchr(b'\n', chunk).map_or(chunk.len(), |end| end + 1);
                out.write_all(&chunk[..line])?;
                self.matched = chunk[..line].ends_with(b"\n").then_some(0);
                chunk = &chunk[line..];
                continue;
            };
            match byte {
                // They may pass at once: the one that is added stands among them.
                b'>' if matched == 0 => {
                    out.write_all(b">")?;
                    chunk = rest;
                }
                byte if FROM.get(matched) == Some(&byte) => {
                    chunk = rest;
                    self.matched = Some(matched + 1);
                    if matched + 1 == FROM.len() {
                        out.write_all(b">From ")?;
                        self.matched = None;
                    }
                }
                _ => self.give_up(out)?,
            }
        }
        Ok(())
    }

    /// The end: the last line gets its line end, and an empty line follows.
    pub fn finish(mut self, out: &mut impl Write) -> io::Result<()> {
        self.give_up(out)?;
        out.write_all(if self.ends_in_line_end {
            b"\n"
        } else {
            b"\n\n"
        })
    }

    /// It was no From_ line: what had matched is given out.
    fn give_up(&mut self, out: &mut impl Write) -> io::Result<()> {
        let held = self.matched.take().unwrap_or(0);
        out.write_all(FROM.get(..held).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quoted(text: &[u8], cuts: &[usize]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut quoting = Quoting::new();
        let mut from = 0;
        for cut in cuts.iter().map(|cut| cut % (text.len() + 1)) {
            if cut > from {
                quoting.push(&text[from..cut], &mut out).unwrap();
                from = cut;
            }
        }
        quoting.push(&text[from..], &mut out).unwrap();
        quoting.finish(&mut out).unwrap();
        out
    }

    #[test]
    fn lines_are_quoted() {
        let check = |text: &str, expected: &str| {
            for cut in 0..=text.len() {
                let found = String::from_utf8(quoted(text.as_bytes(), &[cut])).unwrap();
                assert_eq!(found, expected, "{text:?} cut at {cut}");
            }
        };
        check(
            "A: 1\n\nFrom me\nFrom\nx From y\n",
            "A: 1\n\n>From me\nFrom\nx From y\n\n",
        );
        check(
            ">From me\n>>From me\n> From me\n",
            ">>From me\n>>>From me\n> From me\n\n",
        );
        check("Fro", "Fro\n\n");
        check("From ", ">From \n\n");
        check(">>", ">>\n\n");
        check("FFrom \nF>From ", "FFrom \nF>From \n\n");
        check("a\r\nFrom x\r\n", "a\r\n>From x\r\n\n");
        check("", "\n\n");
    }

    #[test]
    fn senders() {
        let check = |head: &str, expected: &str, skip: usize| {
            let (found, skipped) = sender(head.as_bytes());
            assert_eq!(
                (String::from_utf8(found).unwrap().as_str(), skipped),
                (expected, skip),
                "{head:?}"
            );
        };
        check("Return-Path: <a@b>\nFrom: x@y\n\n", "a@b", 0);
        check("From: x@y\nreturn-path: a@b\r\n\r\n", "a@b", 0);
        check("From c@d Sun Nov 22\nReturn-Path: <a@b>\n\n", "a@b", 20);
        check("From c@d Sun Nov 22\nX: 1\n\n", "c@d", 20);
        check("From c@d", "MAILER-DAEMON", 0);
        for head in [
            "",
            "From: x@y\n\n",
            "Return-Path: <>\n\n",
            "Return-Path: <a b@c>\n\n",
            "Return-Path: <a\n b>\n\n",
            "X: 1\n\nReturn-Path: <in@body>\n",
        ] {
            check(head, "MAILER-DAEMON", 0);
        }
    }

    proptest! {
        #[test]
        fn unquoting_gives_the_message_back(
            text in "[>Fromx \\n]{0,60}",
            cuts in prop::collection::vec(0..60usize, 0..6),
        ) {
            let out = quoted(text.as_bytes(), &cuts);
            prop_assert_eq!(&out, &quoted(text.as_bytes(), &[]));
            let out = String::from_utf8(out).unwrap();
            let lines = out.split('\n').map(|line| match line.trim_start_matches('>').starts_with("From ") {
                true => line.strip_prefix('>').expect("quoted"),
                false => line,
            });
            let back = lines.collect::<Vec<_>>().join("\n");
            let whole = if text.ends_with('\n') { text } else { text + "\n" };
            prop_assert_eq!(back, whole + "\n");
        }
    }
}
