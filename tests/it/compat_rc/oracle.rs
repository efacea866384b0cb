//! The installed fetchmail and our program, run on the same file in the same home, and how their
//! dumps are compared.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Both programs and a home for them.
pub struct Oracle {
    home: tempfile::TempDir,
}

impl Oracle {
    /// `None`, with a word about it, where there is no fetchmail; with `CI` set it must be there.
    pub fn find() -> Option<Oracle> {
        let version = Command::new("fetchmail").arg("--version").output();
        let is_there =
            version.is_ok_and(|out| out.stdout.starts_with(b"This is fetchmail release 6.4."));
        if !is_there {
            assert!(
                std::env::var_os("CI").is_none(),
                "fetchmail 6.4 must be installed for this test"
            );
            eprintln!("skipped: fetchmail 6.4 is not installed");
            return None;
        }
        let home = tempfile::tempdir().unwrap();
        // A log file counts only if it is there.
        fs::write(home.path().join("mail.log"), "").unwrap();
        Some(Oracle { home })
    }

    fn file(&self, text: &[u8]) -> PathBuf {
        let rc = self.home.path().join("rc");
        fs::write(&rc, text).unwrap();
        fs::set_permissions(&rc, Permissions::from_mode(0o600)).unwrap();
        rc
    }

    fn run(&self, program: Command) -> Output {
        self.run_with(program, &[])
    }

    fn run_with(&self, mut program: Command, variables: &[(&str, &str)]) -> Output {
        program
            .current_dir(self.home.path())
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", "/usr/bin:/bin")
            .envs(variables.iter().copied())
            .output()
            .unwrap()
    }

    /// What fetchmail says, with these arguments beside the file.
    pub fn theirs(&self, text: &[u8], line: &str) -> Output {
        let mut program = Command::new("fetchmail");
        program.args(["--configdump", "-f"]).arg(self.file(text));
        program.args(line.split_whitespace());
        self.run(program)
    }

    /// What we say.
    pub fn ours(&self, text: &[u8], line: &str) -> Output {
        let mut program = Command::new(env!("CARGO_BIN_EXE_postrider"));
        program.args(["fetch", "--configdump", "--show-passwords", "-f"]);
        program.arg(self.file(text)).args(line.split_whitespace());
        self.run(program)
    }

    /// fetchmail with the trace of its parser on, which goes to standard error.
    pub fn trace(&self, text: &[u8]) -> Output {
        let mut program = Command::new("fetchmail");
        program.args(["-y", "--configdump", "-f"]);
        program.arg(self.file(text));
        self.run(program)
    }

    /// Both with these arguments, variables and standard input.
    pub fn both(&self, line: &str, variables: &[(&str, &str)], input: &str) -> (Output, Output) {
        let stdin = self.home.path().join("stdin");
        fs::write(&stdin, input).unwrap();
        let run = |mut program: Command, arguments: &[&str]| {
            program.args(arguments).args(line.split_whitespace());
            program.stdin(fs::File::open(&stdin).unwrap());
            self.run_with(program, variables)
        };
        let ours = ["fetch", "--configdump", "--show-passwords"];
        (
            run(Command::new("fetchmail"), &["--configdump"]),
            run(Command::new(env!("CARGO_BIN_EXE_postrider")), &ours),
        )
    }

    /// Where both run.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Both take the file for the same, or both refuse it. Returns fetchmail's dump of a file that is
    /// accepted; what differs is told.
    pub fn compare(&self, text: &[u8], line: &str) -> Result<Option<Vec<u8>>, String> {
        let (theirs, ours) = (self.theirs(text, line), self.ours(text, line));
        let shown = format!("{} with “{line}”", text.escape_ascii());
        let (status, our_status) = (theirs.status.code(), ours.status.code());
        if status != our_status {
            let errors = [&theirs.stderr[..], &ours.stderr[..]].concat();
            let errors = String::from_utf8_lossy(&errors);
            return Err(format!("{status:?}, we {our_status:?}: {shown}\n{errors}"));
        }
        if status != Some(0) {
            return Ok(None);
        }
        match difference(&theirs.stdout, &ours.stdout) {
            None => Ok(Some(theirs.stdout)),
            Some(lines) => Err(format!("{shown}\n{lines}")),
        }
    }

    /// The same, or a panic. Returns whether the file was accepted.
    #[track_caller]
    pub fn check(&self, text: &[u8], line: &str) -> bool {
        let compared = self.compare(text, line);
        compared.unwrap_or_else(|told| panic!("{told}")).is_some()
    }
}

/// The first line that differs. Where we write a byte above 127 as `\0x` and two digits, 6.4.37
/// writes `\0x` and stray bytes, quotes and line ends among them: the rest of such a line is left
/// out.
pub fn difference(theirs: &[u8], ours: &[u8]) -> Option<String> {
    if theirs == ours {
        return None;
    }
    let mut rest = theirs;
    let mut is_after_garble = false;
    for line in ours.split_inclusive(|b| *b == b'\n') {
        let garbled = garbled(line);
        let part = garbled.map_or(line, |at| &line[..at]);
        let found = match is_after_garble {
            true => find(rest, part).filter(|at| *at < 400),
            false => rest.starts_with(part).then_some(0),
        };
        let Some(found) = found else {
            let theirs = rest.split(|b| *b == b'\n').next().unwrap_or_default();
            let (theirs, part) = (theirs.escape_ascii(), part.escape_ascii());
            return Some(format!("{theirs}\n  but we\n{part}"));
        };
        rest = rest.get(found + part.len()..).unwrap_or_default();
        is_after_garble = garbled.is_some();
    }
    (!rest.is_empty()).then(|| format!("more: {}", rest.escape_ascii()))
}

/// Where a line's first garbled byte begins: after its `\0x`.
pub fn garbled(line: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = find(&line[at..], b"\\0x") {
        at += found + 3;
        if line.get(at).is_some_and(|digit| *digit >= b'8') {
            return Some(at);
        }
    }
    None
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[test]
fn garbled_bytes_are_left_out() {
    let check = |theirs: &[u8], ours: &[u8], is_same| {
        assert_eq!(difference(theirs, ours).is_none(), is_same, "{ours:?}");
    };
    check(b"a\nb\n", b"a\nb\n", true);
    check(b"a\nb\n", b"a\nc\n", false);
    check(b"a\nb\n", b"a\n", false);
    check(b"a\n", b"a\nb\n", false);
    check(b"k:\"x\\0x?\n?y\"\nz", b"k:\"x\\0xe4y\"\nz", true);
    check(b"k:\"x\\0x??y\"\nz", b"k:\"x\\0xe4y\"\na", false);
    check(b"k:\"w\\0x??y\"\nz", b"k:\"x\\0xe4y\"\nz", false);
    check(b"k:\"x\\0x1fy\"\n", b"k:\"x\\0x1ey\"\n", false);
}
