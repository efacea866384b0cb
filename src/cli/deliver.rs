//! `postrider deliver`: one message from standard input, durably into a Maildir or a mailbox file.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use super::say;
use crate::base::i18n::{fill, gettext};
use crate::engine::oneshot;

/// "Try again later" (sysexits): the message stays with whoever called.
const TEMPFAIL: u8 = 75;

/// Where to.
enum To {
    Maildir(PathBuf),
    Mbox(PathBuf),
}

/// Delivers; status 75 when that failed for now, 5 for bad arguments.
pub fn run(args: &[OsString]) -> u8 {
    let Some(to) = parse(args) else {
        return usage();
    };
    let input = &mut std::io::stdin().lock();
    let (place, delivered) = match &to {
        To::Maildir(folder) => {
            let delivered = oneshot::deliver_to_maildir(folder, input);
            (folder, delivered.map_err(|error| error.to_string()))
        }
        To::Mbox(file) => (file, oneshot::deliver_to_mbox(file, input)),
    };
    match delivered {
        Ok(()) => 0,
        Err(error) => failed(place, &error),
    }
}

fn failed(place: &Path, error: &str) -> u8 {
    let text = gettext("postrider: {folder}: {error}. The message was not delivered.");
    let about: [(&str, &dyn std::fmt::Display); 2] =
        [("folder", &place.display()), ("error", &error)];
    say::err(fill(&text, &about));
    TEMPFAIL
}

/// `--maildir FOLDER` or `--mbox FILE`, in one word or two.
fn parse(args: &[OsString]) -> Option<To> {
    let (option, place) = match args {
        [option, place] => (option.as_bytes(), place.as_bytes()),
        [word] => {
            let word = word.as_bytes();
            let equals = memchr::memchr(b'=', word)?;
            (&word[..equals], &word[equals + 1..])
        }
        _ => return None,
    };
    let place = PathBuf::from(OsString::from_vec(place.to_vec()));
    match option {
        b"--maildir" => Some(To::Maildir(place)),
        b"--mbox" => Some(To::Mbox(place)),
        _ => None,
    }
}

fn usage() -> u8 {
    say::err(gettext(
        "Usage: postrider deliver --maildir FOLDER < MESSAGE, or --mbox FILE",
    ));
    super::USAGE
}
