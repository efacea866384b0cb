//! `postrider fmt` as a person or a program calls it: what is printed, what is written, and what is
//! told of a file it does not lay out.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

const UNTIDY: &str = "# mine\npoll a proto pop3 user b password 'hush hush' # here\n";
const TIDY: &str =
    "# mine\npoll a\n    proto pop3\n    user b\n        password \"hush hush\" # here\n";

/// Standard output, standard error and status.
fn run(dir: &Path, args: &[&str], input: &str) -> (String, String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postrider"));
    command.arg("fmt").args(args).current_dir(dir).env_clear();
    command.env("HOME", dir).env("PATH", "/usr/bin:/bin");
    command.env("LC_ALL", "C.UTF-8").stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may end without reading.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let out = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        text(out.stdout),
        text(out.stderr),
        out.status.code().unwrap(),
    )
}

fn put(dir: &Path, name: &str, text: &str, mode: u32) {
    let path = dir.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_file_is_printed() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), ".fetchmailrc", UNTIDY, 0o600);
    put(dir.path(), "rc", UNTIDY, 0o644);
    let expected = (TIDY.to_owned(), String::new(), 0);
    assert_eq!(run(dir.path(), &[], ""), expected);
    assert_eq!(run(dir.path(), &["rc"], ""), expected);
    assert_eq!(run(dir.path(), &["-"], UNTIDY), expected);
    assert_eq!(fs::read_to_string(dir.path().join("rc")).unwrap(), UNTIDY);
}

#[test]
fn a_file_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rc");
    put(dir.path(), "rc", UNTIDY, 0o644);
    let (out, err, status) = run(dir.path(), &["--write", "rc"], "");
    assert_eq!(
        (out.as_str(), err.as_str(), status),
        ("rc was saved.\n", "", 0)
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), TIDY);
    assert_eq!(fs::read_to_string(dir.path().join("rc~")).unwrap(), UNTIDY);
    for name in ["rc", "rc~"] {
        let mode = fs::metadata(dir.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
    let again = run(dir.path(), &["--write", "rc"], "");
    assert_eq!(again, (String::new(), String::new(), 0));
    assert_eq!(fs::read_to_string(dir.path().join("rc~")).unwrap(), UNTIDY);
}

#[test]
fn a_file_with_errors_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let broken = "poll a user b password hush hush\n";
    put(dir.path(), "rc", broken, 0o600);
    for args in [&["rc"][..], &["--write", "rc"]] {
        let (out, err, status) = run(dir.path(), args, "");
        assert_eq!((out.as_str(), status), ("", 5), "{err}");
        assert!(err.starts_with("rc:1:29: "), "{err}");
        assert!(err.contains("Correct them first"), "{err}");
        assert!(!err.contains("hush"), "{err}");
    }
    assert_eq!(fs::read_to_string(dir.path().join("rc")).unwrap(), broken);
    let (out, err, status) = run(dir.path(), &["missing"], "");
    assert_eq!((out.as_str(), status), ("", 6), "{err}");
    assert!(err.contains("missing"), "{err}");
    assert_eq!(run(dir.path(), &["--write", "-"], "").2, 5);
}
