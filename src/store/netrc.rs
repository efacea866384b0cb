//! `.netrc`: passwords by machine and login, in the dialect of fetchmail 6.4.37 (`cli.md`
//! section 5). Better than it on purpose: where it finds nothing, entries without a login and
//! `default` entries count, as they do for ftp(1).
//!
//! 6.4.37 does not look at the file's mode. Ours uses a file that others can read and says so;
//! one that others could have written, or that is another user's, is not used at all.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use zeroize::Zeroizing;

use crate::base::Secret;
use crate::base::i18n::{fill, gettext};

/// Largest file that is read, in octets (`threats.md` section 6).
pub const SIZE_MAX: u64 = 1 << 20;

/// Longest usual token: room that need not grow, and so leaves no copy of a password behind.
const LONGEST: usize = 128;

/// The entries that have a password, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Netrc {
    entries: Vec<Entry>,
}

/// `machine NAME login NAME password WORD`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Entry {
    /// `None` for `default`.
    machine: Option<Vec<u8>>,
    login: Option<Vec<u8>>,
    password: Option<Secret>,
}

/// Something odd in the text: the line, from 1, and a sentence.
pub type Oddity = (usize, String);

/// Why the file is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetrcError {
    /// Others could have written it.
    #[error("{}", about(&gettext("{path} is not used, because other users can write to it. Run: chmod 600 {path}"), path))]
    Writable {
        /// Which.
        path: PathBuf,
    },
    /// It belongs to another user.
    #[error("{}", about(&gettext("{path} is not used, because it belongs to another user. Use a file of your own."), path))]
    NotOurs {
        /// Which.
        path: PathBuf,
    },
    /// It is a directory, pipe or device, or larger than [`SIZE_MAX`].
    #[error("{}", about(&gettext("{path} is not used, because it is not an ordinary file of at most 1 MiB."), path))]
    NotRegular {
        /// Which.
        path: PathBuf,
    },
    /// It cannot be opened or read.
    #[error("{}", unreadable(path, what))]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The system's words.
        what: String,
    },
}

/// Reads the file for user number `uid`; with it come sentences about what is odd. Nothing if there
/// is no such file.
pub fn read(path: &Path, uid: u32) -> Result<Option<(Netrc, Vec<String>)>, NetrcError> {
    let unreadable = |error: std::io::Error| NetrcError::Unreadable {
        path: path.to_owned(),
        what: error.to_string(),
    };
    // A pipe in its place must not hold us up.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
    let file: File = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => file.into(),
        Err(rustix::io::Errno::NOENT) => return Ok(None),
        Err(error) => return Err(unreadable(error.into())),
    };
    let metadata = file.metadata().map_err(unreadable)?;
    let owned = path.to_owned();
    if !metadata.is_file() || metadata.len() > SIZE_MAX {
        return Err(NetrcError::NotRegular { path: owned });
    }
    // What root has put there is as good as what root could put anywhere.
    if metadata.uid() != uid && metadata.uid() != 0 {
        return Err(NetrcError::NotOurs { path: owned });
    }
    if metadata.mode() & 0o022 != 0 {
        return Err(NetrcError::Writable { path: owned });
    }
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(SIZE_MAX)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    let (netrc, oddities) = Netrc::parse(&bytes);
    let mut said = Vec::new();
    if metadata.mode() & 0o044 != 0 && netrc.has_passwords() {
        let text =
            gettext("{path} holds passwords, and other users can read it. Run: chmod 600 {path}");
        said.push(about(&text, path));
    }
    let place = |(line, sentence)| format!("{}:{line}: {sentence}", path.display());
    said.extend(oddities.into_iter().map(place));
    Ok(Some((netrc, said)))
}

impl Netrc {
    /// Reads a text; what cannot be understood is passed over and told.
    pub fn parse(text: &[u8]) -> (Self, Vec<Oddity>) {
        let mut reader = Reader::default();
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        for (at, line) in text.split(|byte| *byte == b'\n').enumerate() {
            reader.line(at + 1, line);
        }
        reader.close_entry();
        (reader.netrc, reader.oddities)
    }

    /// Whether there is anything to protect.
    pub fn has_passwords(&self) -> bool {
        !self.entries.is_empty()
    }

    /// The password of `user` at `machine`, as fetchmail 6.4.37 shows it in its dump: entries that
    /// name both only.
    pub fn exact(&self, machine: &[u8], user: &[u8]) -> Option<Secret> {
        self.find(Some(machine), Some(user))?.password.clone()
    }

    fn find(&self, machine: Option<&[u8]>, login: Option<&[u8]>) -> Option<&Entry> {
        let mut entries = self.entries.iter();
        entries.find(|e| e.machine.as_deref() == machine && e.login.as_deref() == login)
    }

    /// The password of `user` at the entry `label`, which is reached at `host` (`via`). Names count
    /// as they are written. First what fetchmail 6.4.37 finds: the first entry with this login for
    /// the label, else for the host. Where it finds nothing: one without a login, then a `default`.
    pub fn password_for(&self, label: &[u8], host: &[u8], user: &[u8]) -> Option<Secret> {
        let ways = [
            (Some(label), Some(user)),
            (Some(host), Some(user)),
            (Some(label), None),
            (Some(host), None),
            (None, Some(user)),
            (None, None),
        ];
        let mut found = ways
            .into_iter()
            .filter_map(|(machine, login)| self.find(machine, login));
        found.next()?.password.clone()
    }
}

/// A keyword whose value is the next token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Machine,
    Login,
    Password,
    Account,
}

/// The text is read by lines and tokens; a value may stand on a later line than its keyword.
#[derive(Default)]
struct Reader {
    netrc: Netrc,
    oddities: Vec<Oddity>,
    entry: Option<Entry>,
    pending: Option<Word>,
    /// Behind `macdef`, to the next empty line.
    in_macro: bool,
}

impl Reader {
    fn line(&mut self, number: usize, line: &[u8]) {
        // As in a C string: what stands behind a NUL is not there.
        let line = line.split(|byte| *byte == 0).next().unwrap_or_default();
        let mut rest = trimmed(line);
        if rest.is_empty() {
            self.in_macro = false;
        }
        while !self.in_macro {
            let Some((token, behind)) = next_token(rest) else {
                return;
            };
            rest = behind;
            match self.pending.take() {
                Some(word) => self.value(number, word, &token),
                None => self.keyword(number, &token),
            }
        }
    }

    fn keyword(&mut self, number: usize, token: &[u8]) {
        self.pending = match token {
            b"machine" => Some(Word::Machine),
            b"login" | b"user" => Some(Word::Login),
            b"password" | b"passwd" => Some(Word::Password),
            b"account" => Some(Word::Account),
            b"macdef" => {
                self.in_macro = true;
                None
            }
            b"default" => {
                self.open_entry(None);
                None
            }
            _ => {
                // Which one is not said: it may be a password in the wrong place.
                self.say(
                    number,
                    gettext("This is not a word of .netrc and is passed over."),
                );
                None
            }
        };
    }

    fn value(&mut self, number: usize, word: Word, token: &[u8]) {
        if word == Word::Machine {
            return self.open_entry(Some(token.to_vec()));
        }
        let Some(entry) = &mut self.entry else {
            let text = gettext("“{word}” stands before the first “machine” and is passed over.");
            let name = match word {
                Word::Login => "login",
                Word::Password => "password",
                _ => "account",
            };
            return self.say(number, fill(&text, &[("word", &name)]));
        };
        match word {
            Word::Login => entry.login = Some(token.to_vec()),
            Word::Password => entry.password = Some(Secret::new(token)),
            Word::Account | Word::Machine => {}
        }
    }

    fn open_entry(&mut self, machine: Option<Vec<u8>>) {
        self.close_entry();
        self.entry = Some(Entry {
            machine,
            ..Entry::default()
        });
    }

    /// Entries without a password are of no use and hide no other.
    fn close_entry(&mut self) {
        let entry = self.entry.take();
        let entry = entry.filter(|entry| entry.password.is_some());
        self.netrc.entries.extend(entry);
    }

    fn say(&mut self, number: usize, sentence: String) {
        self.oddities.push((number, sentence));
    }
}

/// The next token and what follows it; none at the end and before a comment. Quotes may stand
/// anywhere in a token and keep blanks and the other kind together, as in a shell; one that is not
/// closed reaches to the end of the line. Nothing is escaped.
fn next_token(line: &[u8]) -> Option<(Zeroizing<Vec<u8>>, &[u8])> {
    let start = line.iter().position(|byte| !is_space(*byte))?;
    let rest = line.get(start..)?;
    if rest.first() == Some(&b'#') {
        return None;
    }
    let mut token = Zeroizing::new(Vec::with_capacity(rest.len().min(LONGEST)));
    let mut quote = None;
    for (at, byte) in rest.iter().enumerate() {
        match quote {
            Some(open) if open == *byte => quote = None,
            None if matches!(byte, b'"' | b'\'') => quote = Some(*byte),
            None if is_space(*byte) => return Some((token, rest.get(at..)?)),
            _ => token.push(*byte),
        }
    }
    Some((token, &[]))
}

fn trimmed(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| !is_space(*byte));
    end.and_then(|end| line.get(..=end)).unwrap_or_default()
}

/// isspace(3) in the C locale.
fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

fn about(text: &str, path: &Path) -> String {
    fill(text, &[("path", &path.display())])
}

fn unreadable(path: &Path, what: &str) -> String {
    let text = gettext("{path} cannot be read: {what}.");
    fill(&text, &[("path", &path.display()), ("what", &what)])
}

#[cfg(test)]
mod tests;
