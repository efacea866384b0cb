//! The child process in which an administrator's program is another user: it gives up everything
//! that user has not, then looks at, reads or writes the one file it was started for, or fetches by
//! it. Whoever starts it is `engine/jobs/users`.
//!
//! What it is to do stands on its command line, in which nothing is secret; a new text comes by
//! standard input and a text goes to standard output, behind one line that says what it is.

mod answer;
mod run;
mod turn;

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::engine::api::job::users::{Refusal, Running, Summary};
use crate::store::Places;
use crate::store::home::{self, Found};
use crate::store::lock::{self, Holder};
use crate::store::rcfile::{self, Base, SIZE_MAX, SaveError};

/// The word on the command line that leads here.
pub const WORD: &str = "users-agent";

/// What it is started for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Say what is in the file.
    Look,
    /// Give the file.
    Read,
    /// Write the file.
    Write,
    /// Check once, and say aloud how it goes.
    Run,
    /// Check in the background.
    Start,
    /// End what runs in the background.
    Stop,
}

impl Verb {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Look, "look"),
        (Self::Read, "read"),
        (Self::Write, "write"),
        (Self::Run, "run"),
        (Self::Start, "start"),
        (Self::Stop, "stop"),
    ];
}

/// What stands on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// What to do.
    pub verb: Verb,
    /// The user to become.
    pub uid: u32,
    /// The group to become.
    pub gid: u32,
    /// All groups to be in.
    pub groups: Vec<u32>,
    /// The file.
    pub path: PathBuf,
    /// It may belong to anybody.
    pub is_system: bool,
    /// For [`Verb::Run`]: the server, if only one; for [`Verb::Start`]: seconds.
    pub word: Option<OsString>,
}

impl Order {
    /// The words, [`WORD`] first.
    pub fn words(&self) -> Vec<OsString> {
        let verb = Verb::ALL.iter().find(|(verb, _)| *verb == self.verb);
        let groups: Vec<String> = self.groups.iter().map(u32::to_string).collect();
        let mut words: Vec<OsString> = vec![
            WORD.into(),
            verb.map_or("", |(_, word)| *word).into(),
            self.uid.to_string().into(),
            self.gid.to_string().into(),
            groups.join(",").into(),
            if self.is_system { "system" } else { "own" }.into(),
            self.path.clone().into(),
        ];
        words.extend(self.word.clone());
        words
    }

    /// The other way round, without [`WORD`].
    pub fn read(words: &[OsString]) -> Option<Self> {
        let (fixed, rest) = words.split_first_chunk::<6>()?;
        let [verb, uid, gid, groups, kind, path] = fixed;
        let number = |text: &str| text.parse::<u32>().ok().filter(|n| *n != u32::MAX);
        let (verb, _) = Verb::ALL.iter().find(|(_, word)| verb == word)?;
        let groups = groups.to_str()?.split(',').filter(|text| !text.is_empty());
        let path = PathBuf::from(path);
        Some(Self {
            verb: *verb,
            uid: number(uid.to_str()?)?,
            gid: number(gid.to_str()?)?,
            groups: groups.map(number).collect::<Option<_>>()?,
            is_system: match kind.to_str()? {
                "system" => true,
                "own" => false,
                _ => return None,
            },
            word: match rest {
                [] => None,
                [word] => Some(word.clone()),
                _ => return None,
            },
            path: Some(path).filter(|path| path.is_absolute())?,
        })
    }
}

/// The line it answers with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The file is left alone.
    Refused(Refusal, Option<Running>),
    /// There is no file; whether it can be made.
    Absent(bool, Option<Running>),
    /// What is in it.
    Seen(Box<Summary>, Option<Running>),
    /// So many octets of the file follow.
    Text(u64),
    /// It was written; the words of the next base.
    Written(String),
    /// Another program has changed it: a sentence.
    Changed(String),
    /// It was not written: a sentence.
    Unwritten(String),
    /// It runs in the background.
    Started(u32),
    /// It ended at once.
    Ended(i32),
    /// Nothing runs any more, or (false) nothing ran.
    Stopped(bool),
    /// It was told to stop and has not ended yet.
    Lingers,
}

/// Does what the words behind [`WORD`] say; the exit status. Must be called before there is a second
/// thread.
pub fn run(words: &[OsString]) -> u8 {
    let Some(order) = Order::read(words) else {
        return 5;
    };
    // No terminal is shared with the user: what they run could type into it.
    let _ = rustix::process::setsid();
    if let Err(error) = turn::into(order.uid, order.gid, &order.groups) {
        let refusal = Refusal::Unable(error.to_string());
        return tell(&Answer::Refused(refusal, None), b"");
    }
    if matches!(order.verb, Verb::Look | Verb::Read | Verb::Write) {
        turn::bound();
    }
    match order.verb {
        Verb::Look => tell(&answer::look(&order), b""),
        Verb::Read => match read(&order) {
            Ok(Some(found)) => tell(&Answer::Text(found.bytes.len() as u64), &found.bytes),
            Ok(None) => tell(&Answer::Absent(false, None), b""),
            Err(refusal) => tell(&Answer::Refused(refusal, None), b""),
        },
        Verb::Write => tell(&write(&order), b""),
        Verb::Run => run::once(&order),
        Verb::Start => tell(&run::start(&order), b""),
        Verb::Stop => tell(&run::stop(), b""),
    }
}

fn tell(answer: &Answer, bytes: &[u8]) -> u8 {
    let told = serde_json::to_vec(answer).map_err(io::Error::from);
    let told = told.and_then(|line| {
        let mut out = io::stdout().lock();
        out.write_all(&line)?;
        out.write_all(b"\n")?;
        out.write_all(bytes)?;
        out.flush()
    });
    u8::from(told.is_err())
}

/// The directory of the file, and its name there.
fn enter(order: &Order) -> Result<(OwnedFd, &OsStr), Refusal> {
    let directory = order.path.parent().unwrap_or(Path::new("/"));
    let name = order.path.file_name().ok_or(Refusal::NotRegular)?;
    Ok((home::enter(directory, !order.is_system)?, name))
}

fn read(order: &Order) -> Result<Option<Found>, Refusal> {
    let (directory, name) = enter(order)?;
    let owner = (!order.is_system).then_some(order.uid);
    home::read(&directory, name, owner, SIZE_MAX)
}

/// Writes what comes by standard input: the words of a base in a line, then the text.
fn write(order: &Order) -> Answer {
    let mut input = Vec::new();
    let most = SIZE_MAX + 100;
    let heard = io::stdin().lock().take(most).read_to_end(&mut input);
    let split = input.iter().position(|byte| *byte == b'\n');
    let base = split.and_then(|at| {
        let words = std::str::from_utf8(&input[..at]).ok()?;
        Some((Base::from_words(words)?, &input[at + 1..]))
    });
    let (Ok(_), Some((base, bytes))) = (heard, base) else {
        return Answer::Refused(Refusal::Unable("no text".to_owned()), None);
    };
    let refused = |refusal| Answer::Refused(refusal, None);
    let (directory, name) = match enter(order) {
        Ok(entered) => entered,
        Err(refusal) => return refused(refusal),
    };
    // What is there must be the user's, or nothing.
    if let Err(refusal) = read(order) {
        return refused(refusal);
    }
    match rcfile::save_in(directory.into(), name, &order.path, base, bytes) {
        Ok(next) => Answer::Written(next.to_words()),
        Err(error @ SaveError::Changed { .. }) => Answer::Changed(error.to_string()),
        Err(error) => Answer::Unwritten(error.to_string()),
    }
}

/// Who fetches mail as this user.
fn running() -> Option<Running> {
    let holder = holder()?;
    Some(Running {
        pid: holder.pid,
        interval: holder.interval,
    })
}

/// Who holds the user's lock. No home that is a link is looked into.
fn holder() -> Option<Holder> {
    let places = Places::of_process().ok()?;
    home::enter(places.home.as_deref()?, true).ok()?;
    lock::holder(&places.pidfile()).ok().flatten()
}

/// The mode, if others can get at it.
fn exposed(found: &Found) -> Option<u32> {
    let mode = found.metadata.mode() & 0o7777;
    (mode & 0o067 != 0).then_some(mode)
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn words_there_and_back() {
        for (verb, _) in Verb::ALL {
            let order = Order {
                verb,
                uid: 1000,
                gid: 100,
                groups: vec![8, 100],
                path: PathBuf::from(OsStr::from_bytes(b"/h/\xff x/.fetchmailrc")),
                is_system: verb == Verb::Look,
                word: (verb == Verb::Run).then(|| "-f".into()),
            };
            let words = order.words();
            assert_eq!(Order::read(&words[1..]), Some(order));
            assert_eq!(words[0], WORD);
        }
        let check = |words: &[&str]| {
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            assert_eq!(Order::read(&words), None, "{words:?}");
        };
        check(&[]);
        check(&["look", "1", "1", "1", "own", "x"]);
        check(&["look", "-1", "1", "1", "own", "/x"]);
        check(&["look", "4294967295", "1", "1", "own", "/x"]);
        check(&["look", "1", "1", "a", "own", "/x"]);
        check(&["look", "1", "1", "1", "other", "/x"]);
        check(&["eat", "1", "1", "1", "own", "/x"]);
        check(&["run", "1", "1", "1", "own", "/x", "a", "b"]);
    }
}
