//! From the text of `accounts.toml` to entries and findings.

use std::ops::Range;

use toml_edit::{Document, Item, Table};

use super::{Entry, Finding, Keys, Local, Notify, Place};
use crate::base::i18n::{fill, gettext};
use crate::base::text::quiet;
use crate::rc::account::AccountId;

/// Ways to sign in that are known, though not all of them can be done.
const SIGN_INS: [&str; 4] = ["password", "oauth", "certificate", "kerberos"];
/// Longest piece of the file that is shown.
const SHOWN: usize = 80;
/// Shortest and longest time between polls, in seconds.
const EVERY: Range<i64> = 30..86_401;

pub(super) fn parse(text: &str) -> Local {
    let mut reader = Reader {
        text,
        local: Local::default(),
    };
    match Document::parse(text) {
        Ok(document) => reader.root(document.as_table()),
        Err(error) => {
            // Its message alone: the display form quotes the line, which may be a command.
            let words = quiet(error.message().as_bytes(), SHOWN);
            let text = gettext("This is not TOML: {what}.");
            reader.fatal(error.span(), fill(&text, &[("what", &words)]));
        }
    }
    reader.local
}

struct Reader<'a> {
    text: &'a str,
    local: Local,
}

impl Reader<'_> {
    fn root(&mut self, root: &Table) {
        for (name, item) in root {
            match item.as_array_of_tables() {
                Some(tables) if name == "account" => {
                    for table in tables {
                        self.account(table);
                    }
                }
                _ => {
                    let text = gettext(
                        "“{key}” is not known here; only [[account]] is. Correct or remove it.",
                    );
                    let shown = quiet(name.as_bytes(), SHOWN);
                    self.fatal(span_of(root, name), fill(&text, &[("key", &shown)]));
                }
            }
        }
    }

    fn account(&mut self, table: &Table) {
        let place = self.place(table.span());
        let text = |name: &str| table.get(name).map(|item| item.as_str().map(str::to_owned));
        let (Some(Some(label)), Some(Some(user))) = (text("label"), text("user")) else {
            let sentence = gettext(
                "An account needs a label and a user, both in quotes. Which one is meant cannot be told.",
            );
            return self.fatal(table.span(), sentence);
        };
        let ordinal = match table.get("ordinal").map(|item| item.as_integer()) {
            None => Some(0),
            Some(number) => number.and_then(|n| u32::try_from(n).ok()),
        };
        let (Some(ordinal), Some(rc)) = (ordinal, text("rc").map_or(Some(None), |rc| rc.map(Some)))
        else {
            let sentence = gettext(
                "rc must be a path in quotes and ordinal a number from 0. Which account is meant cannot be told.",
            );
            return self.fatal(table.span(), sentence);
        };
        let id = AccountId {
            label,
            user,
            ordinal,
        };
        let keys = self.keys(table);
        let twin = |entry: &&mut Entry| entry.id == id && entry.rc == rc;
        if let Some(twin) = self.local.entries.iter_mut().find(twin) {
            let Place { line, column } = place;
            let sentence = gettext("This account is there a second time. Join the two.");
            twin.keys.refusal = Some(format!("{line}:{column}: {sentence}"));
            self.find(place, sentence, false);
            return;
        }
        self.local.entries.push(Entry {
            rc,
            id,
            place,
            keys,
        });
    }

    fn keys(&mut self, table: &Table) -> Keys {
        let mut keys = Keys::default();
        for (name, item) in table {
            let Err(sentence) = key(&mut keys, name, item) else {
                continue;
            };
            let place = self.place(span_of(table, name));
            let Place { line, column } = place;
            // What a key says that cannot be read may be a safety key's word.
            keys.refusal
                .get_or_insert_with(|| format!("{line}:{column}: {sentence}"));
            self.find(place, sentence, false);
        }
        keys
    }

    fn fatal(&mut self, span: Option<Range<usize>>, sentence: String) {
        let place = self.place(span);
        self.find(place, sentence, true);
    }

    fn find(&mut self, place: Place, sentence: String, is_fatal: bool) {
        self.local.findings.push(Finding {
            place,
            sentence,
            is_fatal,
        });
    }

    fn place(&self, span: Option<Range<usize>>) -> Place {
        let at = span.map_or(0, |span| span.start);
        let before = self.text.get(..at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        Place {
            line: before.matches('\n').count() + 1,
            column,
        }
    }
}

fn span_of(table: &Table, name: &str) -> Option<Range<usize>> {
    table
        .get_key_value(name)
        .and_then(|(key, item)| key.span().or_else(|| item.span()))
}

/// Sets one key; a sentence if its value or itself is not known.
fn key(keys: &mut Keys, name: &str, item: &Item) -> Result<(), String> {
    match name {
        "rc" | "label" | "user" | "ordinal" => {}
        "watch" => keys.watch = yes_or_no(name, item)?,
        "strict_recipients" => keys.strict_recipients = yes_or_no(name, item)?,
        "fetch_read_elsewhere" => keys.fetch_read_elsewhere = yes_or_no(name, item)?,
        "pause" => keys.pause = yes_or_no(name, item)?,
        "sound" => keys.sound = Some(yes_or_no(name, item)?),
        "password_command" => {
            let command = words(name, item)?;
            if command.trim().is_empty() || command.contains('\0') {
                return Err(gettext(
                    "password_command is empty. Write a shell command, or remove the key.",
                ));
            }
            keys.password_command = Some(command);
        }
        "sign_in" => {
            let way = words(name, item)?;
            if !SIGN_INS.contains(&way.as_str()) {
                return Err(one_of(name, &SIGN_INS));
            }
            keys.sign_in = Some(way);
        }
        "sasl" => {
            let mechanism = words(name, item)?.to_ascii_uppercase();
            let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            // RFC 4422 section 3.1.
            if !(1..=20).contains(&mechanism.len()) || !mechanism.bytes().all(is_name) {
                return Err(gettext(
                    "sasl is not the name of a mechanism, such as \"CRAM-MD5\".",
                ));
            }
            keys.sasl = Some(mechanism);
        }
        "pin_sha256" => keys.pin_sha256 = Some(digest(&words(name, item)?)?),
        "every" => {
            let seconds = item.as_integer().filter(|n| EVERY.contains(n));
            let seconds = seconds.and_then(|n| u32::try_from(n).ok());
            keys.every =
                Some(seconds.ok_or_else(|| {
                    gettext("every must be a number of seconds from 30 to 86400.")
                })?);
        }
        "notify" => {
            keys.notify = Some(match words(name, item)?.as_str() {
                "count" => Notify::Count,
                "sender" => Notify::Sender,
                "full" => Notify::Full,
                _ => return Err(one_of(name, &["count", "sender", "full"])),
            });
        }
        _ => {
            let text = gettext("“{key}” is not a key of an account. Correct or remove it.");
            return Err(fill(&text, &[("key", &quiet(name.as_bytes(), SHOWN))]));
        }
    }
    Ok(())
}

fn yes_or_no(name: &str, item: &Item) -> Result<bool, String> {
    item.as_bool().ok_or_else(|| {
        let text = gettext("{key} must be true or false, without quotes.");
        fill(&text, &[("key", &name)])
    })
}

fn words(name: &str, item: &Item) -> Result<String, String> {
    item.as_str().map(str::to_owned).ok_or_else(|| {
        let text = gettext("{key} must be a text in quotes.");
        fill(&text, &[("key", &name)])
    })
}

fn one_of(name: &str, known: &[&str]) -> String {
    let text = gettext("{key} must be one of: {values}.");
    fill(&text, &[("key", &name), ("values", &known.join(", "))])
}

/// 32 octets in hex, with colons between them or not.
fn digest(written: &str) -> Result<[u8; 32], String> {
    let digits: Option<Vec<u8>> = written
        .trim()
        .chars()
        .filter(|c| *c != ':')
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect();
    let digits = digits.unwrap_or_default();
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    let whole = <[u8; 32]>::try_from(bytes).ok().filter(|_| rest.is_empty());
    whole.ok_or_else(|| {
        gettext("pin_sha256 must be 32 pairs of hex digits, with colons between them or not.")
    })
}
