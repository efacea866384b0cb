//! A throw-away home directory with an rc file, and our programs run in it.
//!
//! When the tests run as root the programs run as the user `nobody`: root is a special case for
//! file modes and for in-process delivery, and not what people use.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::process::Command;

/// `nobody` and `nogroup`.
const NOBODY: u32 = 65534;

/// A home directory; removed when dropped.
pub struct Home {
    dir: TempDir,
    as_nobody: bool,
}

/// How a program ended and what it said.
#[derive(Debug)]
pub struct Ended {
    /// Exit status; -1 after a signal.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Home {
    /// An empty home.
    pub fn new() -> Self {
        Self::make(rustix::process::geteuid().is_root())
    }

    /// An empty home on a file system in memory, where there is one: syncing costs no time.
    pub fn in_memory() -> Self {
        let memory = Path::new("/dev/shm");
        match tempfile::tempdir_in(memory) {
            Ok(dir) => Self::at(dir, rustix::process::geteuid().is_root()),
            _ => Self::new(),
        }
    }

    /// An empty home whose programs run as whoever we are: for a window, which display and
    /// session bus open to their owner only.
    pub fn own() -> Self {
        Self::make(false)
    }

    fn make(as_nobody: bool) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("postrider-")
            .tempdir()
            .expect("a temporary directory");
        Self::at(dir, as_nobody)
    }

    fn at(dir: TempDir, as_nobody: bool) -> Self {
        let home = Self { dir, as_nobody };
        let mode = fs::Permissions::from_mode(0o700);
        fs::set_permissions(home.path(), mode).expect("our own directory");
        home.give(home.path());
        home
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Whom its programs run as, where that is not whoever we are.
    #[cfg(feature = "desktop")]
    pub fn user(&self) -> Option<u32> {
        self.as_nobody.then_some(NOBODY)
    }

    /// Writes a file with mode 0600, and the directories above it; returns its path.
    pub fn write(&self, name: impl AsRef<Path>, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        let mut missing: Vec<&Path> = path
            .ancestors()
            .skip(1)
            .take_while(|dir| !dir.exists())
            .collect();
        while let Some(dir) = missing.pop() {
            fs::create_dir(dir).expect("inside our own directory");
            self.give(dir);
        }
        fs::write(&path, text).expect("inside our own directory");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("our own file");
        self.give(&path);
        path
    }

    /// Makes a directory with mode 0700 in one that is there.
    pub fn dir(&self, name: impl AsRef<Path>) {
        let path = self.path().join(name);
        fs::create_dir(&path).expect("inside our own directory");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).expect("our own directory");
        self.give(&path);
    }

    /// Writes `.fetchmailrc`.
    pub fn rc(&self, text: &str) -> PathBuf {
        self.write(".fetchmailrc", text)
    }

    /// A command that runs `program` in this home with little else in its environment; as
    /// `nobody` when we are root. Killed when its handle is dropped.
    pub fn command(&self, program: &Path) -> Command {
        let program = self.reachable(program);
        let mut command = Command::new(&program);
        let keep = [
            "LANG",
            "TZ",
            "RUST_BACKTRACE",
            "RUST_LOG",
            "TERM",
            "LLVM_PROFILE_FILE",
        ];
        command.env_clear().envs(
            keep.iter()
                .filter_map(|name| Some((name, std::env::var_os(name)?))),
        );
        self.settle_in(&mut command, &program);
        if self.as_nobody {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    /// Sets the variables and the directory that make this the home of `command`.
    pub fn settle_in(&self, command: &mut Command, program: &Path) {
        let beside = program.parent().map(Path::as_os_str).unwrap_or_default();
        let mut path = beside.to_owned();
        path.push(":/usr/local/bin:/usr/bin:/bin");
        command
            .env("HOME", self.path())
            .env("USER", "ada")
            .env("LOGNAME", "ada")
            .env("PATH", path)
            .env_remove("FETCHMAILHOME")
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_STATE_HOME")
            .env_remove("XDG_DATA_HOME")
            .env_remove("XDG_CACHE_HOME")
            .current_dir(self.path())
            .kill_on_drop(true);
    }

    /// Runs `program` to its end.
    pub async fn run(&self, program: &Path, args: &[&str]) -> Ended {
        let output = self
            .command(program)
            .args(args)
            .stdin(std::process::Stdio::null())
            .output()
            .await;
        let output = output.expect("a program that can be run");
        Ended {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The files of a Maildir's `new` and `cur`, sorted by name, and their contents.
    pub fn maildir(&self, name: &str) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        for part in ["new", "cur"] {
            let Ok(entries) = fs::read_dir(self.path().join(name).join(part)) else {
                continue;
            };
            let paths = entries.flatten().map(|entry| entry.path());
            files.extend(paths.filter_map(|path| Some((path.clone(), fs::read(path).ok()?))));
        }
        files.sort();
        files
    }

    /// A path of the program that the child's user can reach: a copy in this home if the built
    /// one lies below a directory closed to others, as root's own home is.
    fn reachable(&self, program: &Path) -> PathBuf {
        let is_open =
            |path: &Path| fs::metadata(path).is_ok_and(|m| m.permissions().mode() & 0o005 == 0o005);
        if !self.as_nobody || program.ancestors().all(is_open) {
            return program.to_owned();
        }
        let name = program.file_name().unwrap_or_default();
        let copy = self.path().join(".programs").join(name);
        if !copy.exists() {
            fs::create_dir_all(self.path().join(".programs")).expect("inside our own directory");
            self.give(&self.path().join(".programs"));
            // A second name costs nothing; a copy is for programs closed to others too, and
            // for another file system.
            if !is_open(program) || fs::hard_link(program, &copy).is_err() {
                fs::copy(program, &copy).expect("room for a copy of the program");
                self.give(&copy);
            }
        }
        copy
    }

    fn give(&self, path: &Path) {
        if self.as_nobody {
            chown(path, Some(NOBODY), Some(NOBODY)).expect("root may");
        }
    }
}
