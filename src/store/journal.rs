//! The journal's file format: lines of text, each with its checksum, in batches that count whole.
//!
//! ```text
//! postrider journal 1
//! 5d7a03f1 K me@example.org - d uid-1 uid-2
//! 0c1e44a9 E 1
//! ```
//!
//! A line is the CRC-32 of what follows the first blank, a letter, and fields. `E` ends a batch
//! and says how many lines it has. What follows the last `E` was being written when the power
//! went, was never confirmed to anybody and is dropped; anything unreadable before it is damage.
//! This file only turns lines into bytes and back; [`record`](crate::store::record) knows what
//! they mean.

use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::mail::Uid;
use crate::store::Known;
use crate::store::record::{Held, Mailbox};

/// First line of the file.
pub const HEADER: &[u8] = b"postrider journal 1\n";

/// One statement, true at the time it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// `I`: this file in a Maildir's `tmp/` is about to be renamed.
    Intent {
        /// Where the message comes from.
        mailbox: Mailbox,
        /// Its UID, if it has one.
        uid: Option<Uid>,
        /// Whether the server is to be told to delete it once it is delivered.
        deletes: bool,
        /// The file, absolute.
        file: PathBuf,
    },
    /// `S`: the delivery of this file is over.
    Settled {
        /// The file of the intent.
        file: PathBuf,
    },
    /// `K`: these have this state now; `n` forgets them.
    Known {
        /// Where they are.
        mailbox: Mailbox,
        /// Their state.
        state: Known,
        /// Which.
        uids: Vec<Word>,
    },
    /// `H`: the sink refused it; it waits for another try.
    Held {
        /// Where it is.
        mailbox: Mailbox,
        /// Which.
        uid: Uid,
        /// Until when, and why.
        held: Held,
    },
    /// `R`: these recipients have it already; the others are still to get it.
    Served {
        /// Where it is.
        mailbox: Mailbox,
        /// Which.
        uid: Uid,
        /// Who, as the envelope names them.
        recipients: Vec<Vec<u8>>,
    },
    /// `Z`: so large the server says these are, so that another message of the same name is noticed.
    Sized {
        /// Where they are.
        mailbox: Mailbox,
        /// Which, and their octets.
        sizes: Vec<(Uid, u64)>,
    },
    /// `V`: the folder has this UIDVALIDITY now; another one voids what was known of it.
    Validity {
        /// The folder.
        mailbox: Mailbox,
        /// As the server says.
        validity: u32,
        /// What was there at first contact has been recorded.
        has_baseline: bool,
    },
    /// `A`: what is there at the first contact is to count as delivered, and has (`-`) or has not
    /// (`a`) been put on record.
    Awaited {
        /// The mailbox.
        mailbox: Mailbox,
        /// It has not.
        is_open: bool,
    },
    /// `C`: the id file was written; for what it can hold it counts more than lines before this.
    IdfileWritten,
}

/// A UID, or IMAP UIDs that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// One.
    One(Uid),
    /// From the first to the last, both included.
    Range(u32, u32),
}

/// Lines on their way to the file.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    lines: u32,
}

/// What was found in a journal.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The statements of whole batches. Of damaged batches those that could be read, without
    /// intents: nothing is concluded from a torn promise.
    pub lines: Vec<Line>,
    /// Octets up to and with the last end of a batch; what follows is to be cut off.
    pub good: usize,
    /// Something before the last end of a batch cannot be read.
    pub is_damaged: bool,
    /// The file is of a later version.
    pub is_newer: bool,
}

impl Batch {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// Adds an intent.
    pub fn intent(&mut self, mailbox: &Mailbox, uid: Option<&Uid>, deletes: bool, file: &Path) {
        let mut line = b"I".to_vec();
        put_mailbox(&mut line, mailbox);
        put(&mut line, uid.map(Uid::as_bytes));
        line.extend_from_slice(if deletes { b" d" } else { b" k" });
        put(&mut line, Some(file.as_os_str().as_bytes()));
        self.add(&line);
    }

    /// Adds the end of an intent.
    pub fn settled(&mut self, file: &Path) {
        let mut line = b"S".to_vec();
        put(&mut line, Some(file.as_os_str().as_bytes()));
        self.add(&line);
    }

    /// Adds the state of UIDs, in as many lines as it takes. Runs of numbers become ranges.
    pub fn known<'a>(
        &mut self,
        mailbox: &Mailbox,
        state: Known,
        uids: impl IntoIterator<Item = &'a [u8]>,
    ) {
        let mut head = b"K".to_vec();
        put_mailbox(&mut head, mailbox);
        head.extend_from_slice(match state {
            Known::New => b" n",
            Known::Delivered => b" k",
            Known::DeletePending => b" d",
        });
        let mut line = head.clone();
        let mut uids = uids.into_iter().peekable();
        while let Some(uid) = uids.next() {
            match number(uid) {
                Some(first) => {
                    let mut last = first;
                    while let Some(next) = uids.next_if(|next| {
                        last.checked_add(1).is_some_and(|n| number(next) == Some(n))
                    }) {
                        last = number(next).unwrap_or(last);
                    }
                    line.extend_from_slice(format!(" {first}:{last}").as_bytes());
                }
                None => put(&mut line, Some(uid)),
            }
            if line.len() > LINE_SOFT_MAX {
                self.add(&line);
                line.truncate(head.len());
            }
        }
        if line.len() > head.len() {
            self.add(&line);
        }
    }

    /// Adds a message that waits.
    pub fn held(&mut self, mailbox: &Mailbox, uid: &[u8], held: &Held) {
        let mut line = b"H".to_vec();
        put_mailbox(&mut line, mailbox);
        put(&mut line, Some(uid));
        let Held {
            tries,
            retry_at,
            options,
        } = held;
        line.extend_from_slice(format!(" {tries} {retry_at} {options}").as_bytes());
        self.add(&line);
    }

    /// Adds who has a message already.
    pub fn served(&mut self, mailbox: &Mailbox, uid: &[u8], recipients: &[Vec<u8>]) {
        let mut line = b"R".to_vec();
        put_mailbox(&mut line, mailbox);
        put(&mut line, Some(uid));
        for recipient in recipients {
            put(&mut line, Some(recipient));
        }
        self.add(&line);
    }

    /// Adds how large messages are, in as many lines as it takes.
    pub fn sized<'a>(
        &mut self,
        mailbox: &Mailbox,
        sizes: impl IntoIterator<Item = (&'a [u8], u64)>,
    ) {
        let mut head = b"Z".to_vec();
        put_mailbox(&mut head, mailbox);
        let mut line = head.clone();
        for (uid, size) in sizes {
            put(&mut line, Some(uid));
            line.extend_from_slice(format!(" {size}").as_bytes());
            if line.len() > LINE_SOFT_MAX {
                self.add(&line);
                line.truncate(head.len());
            }
        }
        if line.len() > head.len() {
            self.add(&line);
        }
    }

    /// Adds a folder's UIDVALIDITY.
    pub fn validity(&mut self, mailbox: &Mailbox, validity: u32, has_baseline: bool) {
        let mut line = b"V".to_vec();
        put_mailbox(&mut line, mailbox);
        let baseline = if has_baseline { "b" } else { "-" };
        line.extend_from_slice(format!(" {validity} {baseline}").as_bytes());
        self.add(&line);
    }

    /// Adds whether the first contact is still to be put on record.
    pub fn awaited(&mut self, mailbox: &Mailbox, is_open: bool) {
        let mut line = b"A".to_vec();
        put_mailbox(&mut line, mailbox);
        line.extend_from_slice(if is_open { b" a" } else { b" -" });
        self.add(&line);
    }

    /// Says that the id file was written.
    pub fn idfile_written(&mut self) {
        self.add(b"C");
    }

    /// Ends the batch and hands over its bytes.
    pub fn end(mut self) -> Vec<u8> {
        let end = format!("E {}", self.lines);
        self.add(end.as_bytes());
        self.bytes
    }

    fn add(&mut self, line: &[u8]) {
        self.bytes
            .extend_from_slice(format!("{:08x} ", crc32(line)).as_bytes());
        self.bytes.extend_from_slice(line);
        self.bytes.push(b'\n');
        self.lines += 1;
    }
}

/// Reads a journal. Never fails: what cannot be read is told in [`Found`].
pub fn read(bytes: &[u8]) -> Found {
    let mut found = Found::default();
    let Some(body) = bytes.strip_prefix(HEADER) else {
        found.is_newer = bytes.starts_with(b"postrider journal ") && bytes.contains(&b'\n');
        // A file cut within its first line never held anything.
        found.is_damaged = !found.is_newer && !HEADER.starts_with(bytes);
        return found;
    };
    found.good = HEADER.len();
    let mut at = HEADER.len();
    let mut batch = Vec::new();
    let mut bad = 0usize;
    for raw in body.split_inclusive(|b| *b == b'\n') {
        at += raw.len();
        match checked(raw).map(parse) {
            Some(Parsed::End(count)) => {
                if bad > 0 || batch.len() != count as usize {
                    found.is_damaged = true;
                    batch.retain(|line| !matches!(line, Line::Intent { .. }));
                }
                found.lines.append(&mut batch);
                found.good = at;
                bad = 0;
            }
            Some(Parsed::Line(line)) => batch.push(line),
            Some(Parsed::Nonsense) | None => bad += 1,
        }
    }
    found
}

enum Parsed {
    Line(Line),
    End(u32),
    Nonsense,
}

/// The line without checksum and line end, if it is whole.
fn checked(raw: &[u8]) -> Option<&[u8]> {
    let line = raw.strip_suffix(b"\n")?;
    let (sum, rest) = line.split_at_checked(8)?;
    let rest = rest.strip_prefix(b" ")?;
    let sum = u32::from_str_radix(std::str::from_utf8(sum).ok()?, 16).ok()?;
    (sum == crc32(rest)).then_some(rest)
}

fn parse(line: &[u8]) -> Parsed {
    let mut fields = line.split(|b| *b == b' ');
    if line.first() == Some(&b'E') {
        return match fields.nth(1).and_then(number) {
            Some(count) => Parsed::End(count),
            None => Parsed::Nonsense,
        };
    }
    parse_line(fields).map_or(Parsed::Nonsense, Parsed::Line)
}

fn parse_line<'a>(mut fields: impl Iterator<Item = &'a [u8]>) -> Option<Line> {
    Some(match fields.next()? {
        b"I" => {
            let mailbox = take_mailbox(&mut fields)?;
            let uid = take(fields.next()?)?.map(Uid::new);
            let deletes = fields.next()? == b"d";
            let file = take(fields.next()?)??;
            let file = std::ffi::OsString::from_vec(file).into();
            Line::Intent {
                mailbox,
                uid,
                deletes,
                file,
            }
        }
        b"S" => {
            let file = take(fields.next()?)??;
            Line::Settled {
                file: std::ffi::OsString::from_vec(file).into(),
            }
        }
        b"K" => {
            let mailbox = take_mailbox(&mut fields)?;
            let state = match fields.next()? {
                b"n" => Known::New,
                b"k" => Known::Delivered,
                b"d" => Known::DeletePending,
                _ => return None,
            };
            let uids = fields.map(take_word).collect::<Option<_>>()?;
            Line::Known {
                mailbox,
                state,
                uids,
            }
        }
        b"V" => {
            let mailbox = take_mailbox(&mut fields)?;
            let validity = number(fields.next()?)?;
            Line::Validity {
                mailbox,
                validity,
                has_baseline: fields.next()? == b"b",
            }
        }
        b"A" => Line::Awaited {
            mailbox: take_mailbox(&mut fields)?,
            is_open: fields.next()? == b"a",
        },
        b"H" => {
            let mailbox = take_mailbox(&mut fields)?;
            let uid = Uid::new(take(fields.next()?)??);
            let mut figures = fields.map(|f| std::str::from_utf8(f).ok());
            let held = Held {
                tries: figures.next()??.parse().ok()?,
                retry_at: figures.next()??.parse().ok()?,
                options: figures.next()??.parse().ok()?,
            };
            Line::Held { mailbox, uid, held }
        }
        b"R" => {
            let mailbox = take_mailbox(&mut fields)?;
            let uid = Uid::new(take(fields.next()?)??);
            let recipients = fields.map(|f| take(f)?).collect::<Option<_>>()?;
            Line::Served {
                mailbox,
                uid,
                recipients,
            }
        }
        b"Z" => {
            let mailbox = take_mailbox(&mut fields)?;
            let mut sizes = Vec::new();
            while let Some(uid) = fields.next() {
                let size = std::str::from_utf8(fields.next()?).ok()?.parse().ok()?;
                sizes.push((Uid::new(take(uid)??), size));
            }
            Line::Sized { mailbox, sizes }
        }
        b"C" => Line::IdfileWritten,
        _ => return None,
    })
}

fn take_mailbox<'a>(fields: &mut impl Iterator<Item = &'a [u8]>) -> Option<Mailbox> {
    let account = take(fields.next()?)??;
    let folder = take(fields.next()?)?;
    Some(Mailbox { account, folder })
}

fn take_word(field: &[u8]) -> Option<Word> {
    let Some(colon) = field.iter().position(|b| *b == b':') else {
        return Some(Word::One(Uid::new(take(field)??)));
    };
    let (first, last) = (
        number(field.get(..colon)?)?,
        number(field.get(colon + 1..)?)?,
    );
    (first <= last && last - first < RANGE_MAX).then_some(Word::Range(first, last))
}

/// `None` is an unreadable field, `Some(None)` an absent value.
fn take(field: &[u8]) -> Option<Option<Vec<u8>>> {
    if field == b"-" {
        return Some(None);
    }
    if field == b"%" {
        return Some(Some(Vec::new()));
    }
    let mut out = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let (hex, after) = rest.split_at_checked(2)?;
            out.push(u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()?);
            rest = after;
        } else {
            out.push(byte);
        }
    }
    Some(Some(out))
}

fn put_mailbox(line: &mut Vec<u8>, mailbox: &Mailbox) {
    put(line, Some(&mailbox.account));
    put(line, mailbox.folder.as_deref());
}

/// Appends a blank and the value with everything escaped that is not plain.
fn put(line: &mut Vec<u8>, value: Option<&[u8]>) {
    line.push(b' ');
    match value {
        None => line.push(b'-'),
        Some(b"") => line.push(b'%'),
        Some(b"-") => line.extend_from_slice(b"%2d"),
        Some(value) => {
            for &byte in value {
                if byte.is_ascii_graphic() && byte != b'%' && byte != b':' {
                    line.push(byte);
                } else {
                    line.extend_from_slice(format!("%{byte:02x}").as_bytes());
                }
            }
        }
    }
}

/// A number exactly as IMAP writes it (no sign, no leading zero): only those come back the same.
fn number(digits: &[u8]) -> Option<u32> {
    let first = digits.first()?;
    if !digits.iter().all(u8::is_ascii_digit) || (*first == b'0' && digits.len() > 1) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// CRC-32 as in gzip and Ethernet (polynomial 0xEDB88320, reflected).
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        let index = usize::from(crc as u8 ^ byte);
        CRC_TABLE.get(index).copied().unwrap_or(0) ^ (crc >> 8)
    };
    !bytes.iter().fold(!0, step)
}

const CRC_TABLE: [u32; 256] = {
    let mut table = [0u32; 256];
    let mut n = 0;
    while n < 256 {
        let mut crc = n as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                0xedb8_8320 ^ (crc >> 1)
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[n] = crc;
        n += 1;
    }
    table
};

/// A list of UIDs goes on in another line beyond this.
const LINE_SOFT_MAX: usize = 4096;

/// Most UIDs one range may stand for: what a damaged file can cost is bounded.
const RANGE_MAX: u32 = 16_000_000;

#[cfg(test)]
mod tests;
