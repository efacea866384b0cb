//! From the header as it came to the header as it is delivered, and what was learnt on the way
//! (engine.md section 12, steps 4 to 11).

use mailparse::MailHeaderMap;

use super::header::{Header, split_field};
use super::mime;
use super::qualify::{self, skip_comment, skip_quoted};
use super::route::clues::{self, Clue};
use crate::base::text::{QUIET_MAX, quiet};
use crate::mail::envelope::BodyType;
use crate::rc::Account;
use crate::rc::account::{BadHeader, Target};

/// A header ready to be sent on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewritten {
    /// Header lines before the place of our `Received:`.
    pub before: Vec<u8>,
    /// Header lines from the first `Received:` on.
    pub after: Vec<u8>,
    /// Envelope sender as found: `Return-Path` and its substitutes; empty for `<>`.
    pub sender: Option<Vec<u8>>,
    /// What to declare to an 8BITMIME listener.
    pub body: BodyType,
    /// A line is neither a field nor a continuation, and `bad-header reject` holds.
    pub is_malformed: bool,
    /// `X-IMAP:` or `X-IMAPbase:` in it: a mail folder's own administration, not mail.
    pub is_folder_data: bool,
    /// `Received` lines, and those of them that this program wrote, here or elsewhere.
    pub hops: (u32, u32),
    /// No person waits for an answer to it: a mailing list, a robot, a report (RFC 3834).
    pub is_automatic: bool,
    /// `From:` decoded and quiet, for display.
    pub from: String,
    /// `Subject:` decoded and quiet, for display.
    pub subject: String,
    /// What it says of recipients, if the account has several.
    pub clues: Vec<Clue>,
    /// How the body is decoded, with `mimedecode`.
    pub decoding: Option<Box<mime::Body>>,
}

/// Most hops of a message, and most of them by way of this program.
const HOPS: u32 = 100;
const OWN_HOPS: u32 = 4;

/// Headers that name a sender, best first (engine.md section 12).
const SENDERS: [&str; 7] = [
    "Return-Path",
    "Resent-Sender",
    "Sender",
    "Resent-From",
    "From",
    "Reply-To",
    "Apparently-From",
];

/// Rewrites one header. `server` is the name that bare addresses are qualified with.
pub fn rewrite(header: &Header, account: &Account, server: &str) -> Rewritten {
    let mut out = Rewritten::default();
    let mut facts = Facts::default();
    let mut seen_received = false;
    let is_multidrop = account.is_multidrop();
    let plan = account.mime_decode.then(|| plan(header));
    let mut line = 1;
    for original in header.fields() {
        let first_line = line;
        line += memchr::memchr_iter(b'\n', original).count() as u32;
        if is_from_line(original) {
            continue;
        }
        let decoded = plan.as_ref().map(|plan| plan.field(original));
        let field = decoded.as_deref().unwrap_or(original);
        let Some((name, body)) = split_field(field) else {
            // A first line that begins with a blank is taken for a continuation of nothing.
            let is_damage = !field.first().is_some_and(u8::is_ascii_whitespace);
            out.is_malformed |= account.bad_header == BadHeader::Reject && is_damage;
            out.push(seen_received, field);
            continue;
        };
        let is_clue = is_multidrop && clues::is_clue(field, account);
        if is_dropped(name, body, account) {
            if is_clue {
                out.clue(field.to_vec(), first_line);
            }
            continue;
        }
        if name.eq_ignore_ascii_case(b"X-IMAP") {
            out.is_folder_data = true;
        }
        seen_received |= name.eq_ignore_ascii_case(b"Received");
        let qualified = (account.rewrite && qualify::applies(name))
            .then(|| qualify::qualify(body, server))
            .flatten();
        let body = qualified.as_deref().unwrap_or(body);
        if is_clue {
            let name = field.get(..name_len(field)).unwrap_or_default();
            out.clue([name, body].concat(), first_line);
        }
        facts.show(original);
        let is_first_return_path =
            facts.learn(name, body) && !matches!(account.target, Target::Mda(_));
        if is_first_return_path {
            continue;
        }
        match qualified.as_deref() {
            Some(body) => out.push_parts(
                seen_received,
                &field[..field.len().min(name_len(field))],
                body,
            ),
            None => out.push(seen_received, field),
        }
    }
    out.conclude(facts, account);
    if let Some(plan) = plan.filter(mime::Plan::decodes) {
        // Before the body has come nobody knows whether a part of it is decoded.
        out.body = BodyType::EightBit;
        out.decoding = mime::Body::new(&plan).map(Box::new);
    }
    out
}

/// A header whose end lies far below may yet say anything of the body, which then stays.
fn plan(header: &Header) -> mime::Plan {
    match header.is_whole() {
        true => mime::Plan::of_message(&header.lines),
        false => mime::Plan::default(),
    }
}

/// Length of the name with its colon.
fn name_len(field: &[u8]) -> usize {
    memchr::memchr(b':', field).map_or(field.len(), |colon| colon + 1)
}

impl Rewritten {
    /// Whether it goes round in a circle: a mailbox that is fetched into a mail system which forwards
    /// it to the mailbox. Listeners give up at 25 to 50 hops; nobody fetches a message over and over.
    pub fn is_looping(&self) -> bool {
        self.hops.0 > HOPS || self.hops.1 > OWN_HOPS
    }

    /// Nothing is left of the header, or there was none.
    pub fn is_headerless(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }

    fn clue(&mut self, field: Vec<u8>, line: u32) {
        self.clues.push(Clue { field, line });
    }

    fn push(&mut self, is_after: bool, field: &[u8]) {
        self.push_parts(is_after, field, b"");
    }

    /// A field, given its last line if it has no end (a message that stops in its header).
    fn push_parts(&mut self, is_after: bool, name: &[u8], body: &[u8]) {
        let out = if is_after {
            &mut self.after
        } else {
            &mut self.before
        };
        out.extend_from_slice(name);
        out.extend_from_slice(body);
        if out.last() != Some(&b'\n') {
            out.extend_from_slice(b"\r\n");
        }
    }

    fn conclude(&mut self, facts: Facts, account: &Account) {
        self.body = match (account.pass_8bits, facts.is_mime, facts.encoding.as_slice()) {
            (true, ..) => BodyType::EightBit,
            (_, true, b"8bit" | b"quoted-printable") => BodyType::EightBit,
            (_, true, b"7bit") => BodyType::SevenBit,
            _ => BodyType::Unsaid,
        };
        self.sender = best_sender(facts.senders);
        self.is_automatic = facts.is_automatic;
        self.hops = facts.hops;
        self.from = facts.from;
        self.subject = facts.subject;
    }
}

/// What a header says about its message.
#[derive(Default)]
struct Facts {
    senders: [Option<Vec<u8>>; SENDERS.len()],
    is_mime: bool,
    encoding: Vec<u8>,
    is_automatic: bool,
    hops: (u32, u32),
    from: String,
    subject: String,
}

impl Facts {
    /// Takes note of one field; true for the first `Return-Path`.
    fn learn(&mut self, name: &[u8], body: &[u8]) -> bool {
        let mut is_first_return_path = false;
        let rank = SENDERS
            .iter()
            .position(|s| name.eq_ignore_ascii_case(s.as_bytes()));
        if let Some((rank, slot)) = rank.and_then(|r| Some((r, self.senders.get_mut(r)?))) {
            is_first_return_path = rank == 0 && slot.is_none();
            slot.get_or_insert_with(|| first_address(body));
        }
        self.is_automatic |= is_automatic(name, body);
        if name.eq_ignore_ascii_case(b"Received") {
            self.hops.0 += 1;
            self.hops.1 += u32::from(memchr::memmem::find(body, b"(postrider-").is_some());
        }
        if name.eq_ignore_ascii_case(b"MIME-Version") {
            self.is_mime |= mime::is_version(body);
        } else if name.eq_ignore_ascii_case(b"Content-Transfer-Encoding") {
            self.encoding = body.trim_ascii().to_ascii_lowercase();
        }
        is_first_return_path
    }

    /// Takes note of what people see, which needs the character sets that `mimedecode` loses.
    fn show(&mut self, original: &[u8]) {
        let Some((name, body)) = split_field(original) else {
            return;
        };
        if name.eq_ignore_ascii_case(b"From") && self.from.is_empty() {
            self.from = readable(b"From", body);
        } else if name.eq_ignore_ascii_case(b"Subject") && self.subject.is_empty() {
            self.subject = readable(b"Subject", body);
        }
    }
}

/// The best sender; `Resent-Sender` and `Sender` count only with a host or a path.
fn best_sender(senders: [Option<Vec<u8>>; SENDERS.len()]) -> Option<Vec<u8>> {
    senders.into_iter().enumerate().find_map(|(rank, sender)| {
        let sender = sender?;
        let needs_host = matches!(rank, 1 | 2);
        let has_host = sender.contains(&b'@') || sender.contains(&b'!');
        (rank == 0 || (!sender.is_empty() && (!needs_host || has_host))).then_some(sender)
    })
}

/// Whether a field is one of mail that no person sent to this very reader.
fn is_automatic(name: &[u8], body: &[u8]) -> bool {
    let is = |other: &[u8]| name.eq_ignore_ascii_case(other);
    let word = body.trim_ascii().to_ascii_lowercase();
    if is(b"Precedence") {
        return matches!(&word[..], b"bulk" | b"list" | b"junk");
    }
    if is(b"Auto-Submitted") {
        return word.split(|b| *b == b';' || *b == b' ').next() != Some(b"no");
    }
    is(b"List-Id") || (is(b"Content-Type") && word.starts_with(b"multipart/report"))
}

/// `From ` and `>From ` lines of mbox files. `From : x` is a field (RFC 5322 section 4.5.2).
fn is_from_line(field: &[u8]) -> bool {
    let behind = field.strip_prefix(b">").unwrap_or(field);
    let behind = behind.strip_prefix(b"From ");
    behind.is_some_and(|rest| !rest.trim_ascii_start().starts_with(b":"))
}

fn is_dropped(name: &[u8], body: &[u8], account: &Account) -> bool {
    let is = |other: &[u8]| name.eq_ignore_ascii_case(other);
    if is(b"Status") || is(b"X-Mozilla-Status") {
        return account.drop_status || body.trim_ascii().is_empty();
    }
    account.drop_delivered && is(b"Delivered-To")
}

/// The first address of a field: what stands in angle brackets, else the first word outside
/// comments, with its quoted parts (`"o'hara"@x`).
fn first_address(body: &[u8]) -> Vec<u8> {
    let mut word = Vec::new();
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        match byte {
            b'(' => {
                at = skip_comment(body, at);
                continue;
            }
            b'"' => {
                let end = skip_quoted(body, at);
                word.extend_from_slice(body.get(at..end).unwrap_or_default());
                at = end;
                continue;
            }
            b'<' => {
                let inside = body.get(at + 1..).unwrap_or_default();
                let end = memchr::memchr(b'>', inside).unwrap_or(inside.len());
                return inside[..end].trim_ascii().to_vec();
            }
            b',' | b';' if !word.is_empty() => break,
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => word.push(byte),
        }
        at += 1;
    }
    word
}

/// A header value as a person reads it: RFC 2047 words decoded, quiet, and of `From` the name.
fn readable(name: &[u8], body: &[u8]) -> String {
    // More than this is never shown; it bounds the decoder (threats.md, RFC 2047 bombs).
    let body = &body[..body.len().min(4 * 1024)];
    let field = [name, b":", body.trim_ascii(), b"\r\n\r\n"].concat();
    let Ok((headers, _)) = mailparse::parse_headers(&field) else {
        return quiet(body, QUIET_MAX);
    };
    let value = headers
        .get_all_values(&String::from_utf8_lossy(name))
        .into_iter()
        .next()
        .unwrap_or_default();
    let shown = if name == b"From" {
        display_name(&value)
    } else {
        value.as_str()
    };
    quiet(shown.as_bytes(), QUIET_MAX)
}

/// `Anna` of `"Anna" <anna@example.org>`; the address if there is no name.
fn display_name(value: &str) -> &str {
    match value.split_once('<') {
        Some((name, _)) if !name.trim().trim_matches('"').is_empty() => {
            name.trim().trim_matches('"')
        }
        Some((_, address)) => address.split('>').next().unwrap_or(address),
        None => value,
    }
}

#[cfg(test)]
mod tests;
