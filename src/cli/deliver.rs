//! `postrider deliver --maildir FOLDER`: one message from standard input, durably.

use std::ffi::OsString;
use std::path::PathBuf;

use super::say;
use crate::base::i18n::{fill, gettext};
use crate::engine::oneshot;

/// "Try again later" (sysexits): the message stays with whoever called.
const TEMPFAIL: u8 = 75;

/// Delivers; status 75 when that failed for now, 5 for bad arguments.
pub fn run(args: &[OsString]) -> u8 {
    let folder = match args {
        [option, folder] if option == "--maildir" => PathBuf::from(folder),
        [only] => match only
            .to_str()
            .and_then(|word| word.strip_prefix("--maildir="))
        {
            Some(folder) => PathBuf::from(folder),
            None => return usage(),
        },
        _ => return usage(),
    };
    match oneshot::deliver_to_maildir(&folder, &mut std::io::stdin().lock()) {
        Ok(()) => 0,
        Err(error) => {
            let text = gettext("postrider: {folder}: {error}. The message was not delivered.");
            let about: [(&str, &dyn std::fmt::Display); 2] =
                [("folder", &folder.display()), ("error", &error)];
            say::err(fill(&text, &about));
            TEMPFAIL
        }
    }
}

fn usage() -> u8 {
    say::err(gettext(
        "Usage: postrider deliver --maildir FOLDER < MESSAGE",
    ));
    super::USAGE
}
