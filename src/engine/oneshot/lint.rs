//! Looking a file over: reads it whoever may read it, and asks the system what the rules want to
//! know. Nothing is run, and no server is asked.

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::base::i18n::gettext;
use crate::deliver::mda::maildir_of;
use crate::engine::handle::{Options, Rhythm};
use crate::engine::source::File;
use crate::net;
use crate::rc::diagnostic::Diagnostic;
use crate::rc::lint::facts::{CommandFacts, FileFacts, ProgramFacts};
use crate::rc::lint::{self, Facts, program_of};
use crate::rc::local::Local;
use crate::rc::provider;
use crate::rc::resolve;
use crate::rc::settings::Overrides;
use crate::rc::{Account, Document, Surroundings};
use crate::store::local;
use crate::store::private;
use crate::store::rcfile::SIZE_MAX;
use crate::store::{Places, user};

/// A file and what there is to say about it.
pub struct Linted {
    /// Where it was read; `None` for standard input.
    pub path: Option<PathBuf>,
    /// The file.
    pub document: Document,
    /// What is known of the system.
    pub facts: Facts,
    /// The findings, in the order of the file.
    pub found: Vec<Diagnostic>,
    /// What is wrong in `accounts.toml`, where it is about this file: sentences with their place.
    pub local: Vec<String>,
}

/// Looks a file over; the usual one if none is named.
///
/// # Errors
/// A sentence: it cannot be read (status 6).
pub fn lint(file: Option<File>) -> Result<Linted, String> {
    let file = match file {
        Some(file) => file,
        None => {
            let places = Places::of_process().map_err(|error| error.to_string())?;
            let none = || gettext("There is no home directory to look for .fetchmailrc in.");
            File::Path(places.rcfile().ok_or_else(none)?)
        }
    };
    let uid = rustix::process::geteuid().as_raw();
    let (path, bytes, facts) = match file {
        File::Text(bytes) => (None, bytes, None),
        File::Path(path) => {
            let read = private::read(&path, false, uid, SIZE_MAX);
            let read = read.map_err(|refusal| refusal.to_string())?;
            let facts = read.metadata.is_file().then(|| FileFacts {
                mode: read.metadata.mode() & 0o7777,
                owner: read.metadata.uid(),
                user: uid,
            });
            (Some(path), read.bytes, facts)
        }
    };
    let document = Document::parse(bytes);
    let facts = gather(&document, path.as_deref(), facts);
    let found = lint::check(&document, &facts);
    let local = of_local(path.as_deref(), &document, &facts);
    Ok(Linted {
        local,
        path,
        document,
        facts,
        found,
    })
}

/// What `accounts.toml` says that cannot be understood, or of accounts that the file has not.
fn of_local(path: Option<&Path>, document: &Document, facts: &Facts) -> Vec<String> {
    let file = path.map_or(File::Text(Vec::new()), |path| File::Path(path.to_owned()));
    let Ok(options) = Options::from_environment(Some(file), Rhythm::Once) else {
        return Vec::new();
    };
    let Some(path) = options.places.accounts_toml() else {
        return Vec::new();
    };
    let bytes = match local::read(&path) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Vec::new(),
        Err(refusal) => return vec![refusal.to_string()],
    };
    let read = Local::of_bytes(&bytes);
    let whole = resolve::whole(document, &Overrides::default(), &facts.around);
    let mut accounts: Vec<Account> = whole
        .accounts
        .into_iter()
        .map(|said| said.account)
        .collect();
    let name = path.display().to_string();
    let is_ours = |rc: Option<&str>| options.source.is_meant_by(rc, &options.places);
    let lost = read.bind(&name, is_ours, &mut accounts);
    let said = read.findings.iter().chain(&lost);
    said.map(|finding| finding.in_file(&name)).collect()
}

/// What the system says of a document that is, or will be, the file `path`.
pub fn gather(document: &Document, path: Option<&Path>, file: Option<FileFacts>) -> Facts {
    let around = Surroundings {
        invoking_user: user::invoking(),
        is_root: rustix::process::geteuid().is_root() || rustix::process::getuid().is_root(),
        rc_dir: path.and_then(Path::parent).map(Into::into),
        servers: Vec::new(),
        knows_service: Some(|name| net::service::port_of(name).is_some()),
    };
    let commands: BTreeMap<Vec<u8>, CommandFacts> = lint::commands(document, &around)
        .into_iter()
        .map(|command| {
            let folder = maildir_of(&command, false);
            let facts = CommandFacts {
                program: program(&command),
                folder: folder.map(|folder| {
                    let is_good = is_writable(&folder);
                    (folder, is_good)
                }),
            };
            (command, facts)
        })
        .collect();
    Facts {
        around,
        file,
        commands,
        // No password is read from a keyring in this version, so none must be moved there.
        has_keyring: false,
        providers: provider::builtin(),
    }
}

/// Whether the program of a command can be run, as the shell would look for it.
pub fn program(command: &[u8]) -> ProgramFacts {
    use std::os::unix::ffi::OsStrExt;
    let Some(word) = program_of(command) else {
        return ProgramFacts::Unknown;
    };
    let name = Path::new(std::ffi::OsStr::from_bytes(word));
    // Our own name is found wherever this program is (contract.md, In-process delivery).
    if name.is_absolute() {
        return of_file(name);
    }
    if word == b"postrider" {
        return ProgramFacts::Good;
    }
    if word.contains(&b'/') {
        return ProgramFacts::Unknown;
    }
    let Some(path) = std::env::var_os("PATH") else {
        return ProgramFacts::Unknown;
    };
    let found: Vec<ProgramFacts> = std::env::split_paths(&path)
        .map(|dir| of_file(&dir.join(name)))
        .collect();
    [ProgramFacts::Good, ProgramFacts::NotExecutable]
        .into_iter()
        .find(|facts| found.contains(facts))
        .unwrap_or(ProgramFacts::Missing)
}

fn of_file(path: &Path) -> ProgramFacts {
    match std::fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => ProgramFacts::NotExecutable,
        Ok(metadata) if metadata.permissions().mode() & 0o111 == 0 => ProgramFacts::NotExecutable,
        Ok(_) => match rustix::fs::access(path, rustix::fs::Access::EXEC_OK) {
            Ok(()) => ProgramFacts::Good,
            Err(_) => ProgramFacts::NotExecutable,
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => ProgramFacts::Missing,
        Err(_) => ProgramFacts::Unknown,
    }
}

/// Whether a folder can be written, or made where it is missing.
fn is_writable(folder: &Path) -> bool {
    let there = folder.ancestors().find(|dir| dir.exists());
    there.is_some_and(|dir| {
        let access = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
        dir.is_dir() && rustix::fs::access(dir, access).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_as_the_shell_finds_them() {
        let check = |command: &str, expected| {
            assert_eq!(program(command.as_bytes()), expected, "{command}");
        };
        check("/bin/sh -c x", ProgramFacts::Good);
        check("sh -c x", ProgramFacts::Good);
        check("/no/such/program", ProgramFacts::Missing);
        check("no-such-program-anywhere x", ProgramFacts::Missing);
        check("/etc/passwd", ProgramFacts::NotExecutable);
        check("postrider deliver --maildir x", ProgramFacts::Good);
        check("\"/bin/sh\" x", ProgramFacts::Unknown);
        check("bin/x", ProgramFacts::Unknown);
    }

    #[test]
    fn folders_that_could_be_made() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        assert!(is_writable(&dir.path().join("a/b")));
        std::fs::write(dir.path().join("file"), "").expect("a file");
        assert!(!is_writable(&dir.path().join("file/b")));
    }

    #[test]
    fn a_file_others_can_read_is_looked_over_all_the_same() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("rc");
        std::fs::write(&path, "poll a user b\n").expect("a file");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).expect("chmod");
        let linted = lint(Some(File::Path(path.clone()))).expect("readable");
        let slugs: Vec<_> = linted.found.iter().map(|d| d.slug).collect();
        assert_eq!(slugs, ["file-exposed"]);
        super::super::save_mended(&path, b"poll a user b\n", b"poll c\n").expect("saved");
        assert!(
            lint(Some(File::Path(path.clone())))
                .expect("readable")
                .found
                .is_empty()
        );
        assert!(super::super::save_mended(&path, b"poll a user b\n", b"").is_err());
        assert!(lint(Some(File::Path(dir.path().into()))).is_err());
    }
}
