//! What this computer has for keeping passwords and delivering mail. It is looked at, never
//! changed.

use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Context;
use crate::base::text::{QUIET_MAX, quiet};
use crate::engine::api::job::{Around, Outcome, Place, RcFile};
use crate::engine::source::File;
use crate::rc::{Document, Overrides, resolve};
use crate::store::rcfile::{self, RcError};

/// How long a listener may take to say its name.
const LISTENER: Duration = Duration::from_secs(2);

/// Sockets that Dovecot and Cyrus make.
const LMTP: [&str; 5] = [
    "/run/dovecot/lmtp",
    "/var/run/dovecot/lmtp",
    "/run/cyrus/socket/lmtp",
    "/var/run/cyrus/socket/lmtp",
    "/var/imap/socket/lmtp",
];

/// Delivery programs with the arguments that fit, the best first. `-d %T` lets some deliver for
/// another user, which needs rights; without it they deliver for whoever runs them.
const PROGRAMS: [(&str, &str); 4] = [
    ("dovecot-lda", "-e -f %F"),
    ("maildrop", "-d %T"),
    ("procmail", "-d %T"),
    ("sendmail", "-i -f %F %T"),
];

/// Where programs are that are seldom on the path of a person.
const ASIDE: [&str; 5] = [
    "/usr/lib/dovecot",
    "/usr/libexec/dovecot",
    "/usr/local/libexec/dovecot",
    "/usr/sbin",
    "/usr/lib",
];

/// See [`Job::LookAround`](crate::engine::api::job::Job::LookAround).
pub async fn run(context: &Context) -> Outcome {
    let options = &context.options;
    let home = options.places.home.clone().unwrap_or_else(|| "/".into());
    let maildir = maildir(&home);
    let is_there = |path: Option<PathBuf>| path.is_some_and(|path| path.is_file());
    Outcome::Around(Box::new(Around {
        keyring: context.secrets.keyring_state().await,
        login: options.source.user.clone(),
        maildir: (maildir.clone(), place(&maildir)),
        listener: listener().await,
        programs: programs(),
        lmtp: LMTP.iter().map(PathBuf::from).find(|path| is_socket(path)),
        rc: rc_file(context),
        has_netrc: is_there(options.places.netrc()),
    }))
}

/// `~/Mail` if that is a Maildir and `~/Maildir` is not, else `~/Maildir`.
fn maildir(home: &Path) -> PathBuf {
    let (usual, other) = (home.join("Maildir"), home.join("Mail"));
    match place(&other) {
        Place::Maildir if place(&usual) != Place::Maildir => other,
        _ => usual,
    }
}

/// What is there.
pub fn place(path: &Path) -> Place {
    if ["cur", "new", "tmp"]
        .iter()
        .all(|name| path.join(name).is_dir())
    {
        return Place::Maildir;
    }
    match std::fs::read_dir(path) {
        Ok(mut entries) => match entries.next() {
            None => Place::Empty,
            Some(_) => Place::Other,
        },
        Err(_) if path.symlink_metadata().is_err() => Place::Free,
        Err(_) => Place::Other,
    }
}

/// The greeting of whoever listens on port 25 of this computer.
async fn listener() -> Option<String> {
    let greeting = async {
        let stream = TcpStream::connect(("localhost", 25)).await.ok()?;
        let mut line = Vec::new();
        let mut reader = BufReader::new(stream.take(1024));
        reader.read_until(b'\n', &mut line).await.ok()?;
        let line = quiet(line.trim_ascii_end(), QUIET_MAX);
        line.starts_with("220").then_some(line)
    };
    timeout(LISTENER, greeting).await.ok().flatten()
}

fn programs() -> Vec<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut directories: Vec<PathBuf> = std::env::split_paths(&path).collect();
    directories.extend(ASIDE.iter().map(PathBuf::from));
    let found = PROGRAMS.iter().filter_map(|(name, arguments)| {
        let mut places = directories.iter().map(|directory| directory.join(name));
        let program = places.find(|program| program.is_absolute() && is_program(program))?;
        Some(format!("{} {arguments}", program.display()))
    });
    found.collect()
}

fn is_program(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

fn is_socket(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket())
}

/// The rc file: what is in it, or why it cannot be used.
fn rc_file(context: &Context) -> RcFile {
    let source = &context.options.source;
    let path = PathBuf::from(source.name());
    let mut state = RcFile {
        path: path.clone(),
        holds: None,
        trouble: None,
        is_open_to_others: false,
        accounts: Vec::new(),
    };
    let bytes = match &source.file {
        File::Text(bytes) => bytes.clone(),
        File::Path(_) => match rcfile::read(&path, false) {
            Ok(found) => found.bytes,
            Err(RcError::Missing { .. }) => return state,
            Err(error) => {
                state.trouble = Some(error.to_string());
                return state;
            }
        },
    };
    if matches!(source.file, File::Path(_))
        && let Err(error) = rcfile::read(&path, true)
    {
        state.is_open_to_others = is_mendable(&path);
        state.trouble = Some(error.to_string());
    }
    let document = Document::parse(&bytes);
    let read = resolve(&document, &Overrides::default(), &source.around(&[]));
    match read {
        Ok(config) => {
            let (stanzas, _) = crate::rc::settings::read(&document);
            state.holds = Some((stanzas.entries.len(), config.accounts.len()));
            let accounts = config.accounts.into_iter();
            state.accounts = accounts.map(|a| (a.id, a.host)).collect();
        }
        Err(errors) => {
            let (stanzas, _) = crate::rc::settings::read(&document);
            let users = stanzas.entries.iter().map(|entry| entry.users.len().max(1));
            state.holds = Some((stanzas.entries.len(), users.sum()));
            let first = errors
                .first()
                .map(|d| d.in_file(&source.name()).to_string());
            state.trouble = state.trouble.or(first);
        }
    }
    state
}

/// It is ours, and only others' rights are in the way.
fn is_mendable(path: &Path) -> bool {
    let ours = rustix::process::geteuid().as_raw();
    std::fs::metadata(path).is_ok_and(|m| m.uid() == ours && m.mode() & 0o077 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_for_a_maildir() {
        let dir = tempfile::tempdir().unwrap();
        let check = |name: &str, expected| assert_eq!(place(&dir.path().join(name)), expected);
        std::fs::create_dir(dir.path().join("empty")).unwrap();
        for part in ["cur", "new", "tmp"] {
            std::fs::create_dir_all(dir.path().join("Mail").join(part)).unwrap();
        }
        std::fs::create_dir_all(dir.path().join("other/x")).unwrap();
        std::fs::write(dir.path().join("file"), "").unwrap();
        std::os::unix::fs::symlink("nowhere", dir.path().join("link")).unwrap();
        check("none", Place::Free);
        check("empty", Place::Empty);
        check("Mail", Place::Maildir);
        check("other", Place::Other);
        check("file", Place::Other);
        check("link", Place::Other);
        assert_eq!(maildir(dir.path()), dir.path().join("Mail"));
        std::fs::rename(dir.path().join("Mail"), dir.path().join("Maildir")).unwrap();
        assert_eq!(maildir(dir.path()), dir.path().join("Maildir"));
    }
}
