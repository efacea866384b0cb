//! `postrider lint` as a person or a program sees it: files that are wrong in many ways, and what
//! is printed about them.
//!
//! `tests/corpus/lint/NAME.txt`: the file (with `\xHH` for odd bytes and `\t` for tabs), a line of
//! dashes, what is printed. `POSTRIDER_UPDATE=1` writes it anew, to be read before it is committed.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::tidy::{files, root, short};

const POSTRIDER: &str = env!("CARGO_BIN_EXE_postrider");
const DASHES: &str = "--------\n";

fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(POSTRIDER);
    command.arg("lint").args(args).current_dir(dir).env_clear();
    command.env("HOME", dir).env("PATH", "/usr/bin:/bin");
    command.env("USER", "nobody-known").env("LC_ALL", "C.UTF-8");
    command
}

fn lint(dir: &Path, args: &[&str]) -> (String, i32) {
    let Output {
        stdout,
        stderr,
        status,
    } = command(dir, args).output().unwrap();
    let shown = [stdout, stderr].concat();
    (String::from_utf8(shown).unwrap(), status.code().unwrap())
}

fn write(dir: &Path, text: &[u8]) {
    let path = dir.join("rc");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
}

/// `\xHH`, `\t` and `\r` stand for bytes.
fn bytes(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail) {
            (b'\\', [b't', tail @ ..]) => {
                out.push(b'\t');
                rest = tail;
            }
            (b'\\', [b'x', high, low, tail @ ..]) => {
                let digit = |b: &u8| char::from(*b).to_digit(16).unwrap() as u8;
                out.push(digit(high) << 4 | digit(low));
                rest = tail;
            }
            _ => out.push(*first),
        }
    }
    out
}

#[test]
fn corpus() {
    let mut wrong = Vec::new();
    for path in files("tests/corpus/lint", &[".txt"]) {
        let text = fs::read_to_string(&path).unwrap();
        let (file, expected) = text.split_once(DASHES).unwrap();
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &bytes(file));
        let (shown, _) = lint(dir.path(), &["rc"]);
        // Everything secret in these files says so.
        assert!(!shown.contains("SECRET"), "{}:\n{shown}", short(&path));
        let (diff, _) = lint(dir.path(), &["--fix", "--all", "rc"]);
        assert!(!diff.contains("SECRET"), "{}:\n{diff}", short(&path));
        let (json, _) = lint(dir.path(), &["--json", "rc"]);
        assert!(!json.contains("SECRET"), "{}:\n{json}", short(&path));
        let seen = format!("{shown}{DASHES}{diff}");
        if std::env::var_os("POSTRIDER_UPDATE").is_some() {
            fs::write(&path, format!("{file}{DASHES}{seen}")).unwrap();
        } else if seen != expected {
            wrong.push(format!("{}:\n{seen}", short(&path)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(root().join("tests/corpus/lint").is_dir());
}

#[test]
fn statuses() {
    let dir = tempfile::tempdir().unwrap();
    let check = |text: &str, expected| {
        write(dir.path(), text.as_bytes());
        let (shown, status) = lint(dir.path(), &["rc"]);
        assert_eq!(status, expected, "{text}: {shown}");
    };
    check("poll a proto imap user b\n", 0);
    check("poll a port 143 user b\n", 1);
    check("poll a klunk\n", 5);
    let status = |args: &[&str]| lint(dir.path(), args).1;
    assert_eq!(status(&["no-such-file"]), 6);
    assert_eq!(status(&["."]), 6);
    assert_eq!(status(&["--bogus", "rc"]), 5);
    // Without a name: the usual place, which is not there.
    assert_eq!(status(&[]), 6);
    fs::rename(dir.path().join("rc"), dir.path().join(".fetchmailrc")).unwrap();
    assert_eq!(status(&[]), 5);
}

#[test]
fn standard_input() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = command(dir.path(), &["-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"poll a klunk\n")
        .unwrap();
    let out = child.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(5));
    let shown = String::from_utf8(out.stdout).unwrap();
    assert!(shown.starts_with("-:1:8: error: "), "{shown}");
}

/// A symbolic link stays, the file becomes private, what cannot be mended is told.
#[test]
fn write_mends_and_saves() {
    let dir = tempfile::tempdir().unwrap();
    let text = "poll a proto Pop3 user b pass SECRET=x port 110 # note\npoll b klunk\n";
    write(dir.path(), text.as_bytes());
    let path = dir.path().join("rc");
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    std::os::unix::fs::symlink("rc", dir.path().join("link")).unwrap();
    let (shown, status) = lint(dir.path(), &["--write", "link"]);
    assert_eq!(status, 5, "{shown}");
    assert!(
        shown.starts_with("link was saved.\nlink:2:8: error: "),
        "{shown}"
    );
    assert!(!shown.contains("SECRET"), "{shown}");
    let mended = "poll a proto pop3 service 110 user b pass \"SECRET=x\" # note\npoll b klunk\n";
    assert_eq!(fs::read_to_string(&path).unwrap(), mended);
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(
        fs::symlink_metadata(dir.path().join("link"))
            .unwrap()
            .is_symlink()
    );
    // Nothing more to do: nothing is saved.
    let (shown, _) = lint(dir.path(), &["--write", "link"]);
    assert!(!shown.contains("saved"), "{shown}");
}

#[test]
fn json() {
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        b"poll a port 993 user \"\xe9\" ssl\n  pass SECRET=x\n",
    );
    let (shown, status) = lint(dir.path(), &["--json", "rc"]);
    assert_eq!(status, 5);
    let report: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(report["version"], 1);
    assert_eq!(report["file"], "rc");
    let [port, glued] = &report["diagnostics"].as_array().unwrap()[..] else {
        panic!("{shown}");
    };
    let of = |value: &serde_json::Value, key: &str| value[key].to_string();
    assert_eq!(of(port, "rule"), "\"L07\"");
    assert_eq!(of(port, "slug"), "\"port\"");
    assert_eq!(of(port, "severity"), "\"hint\"");
    let place = ["line", "column", "end_line", "end_column"].map(|key| of(port, key));
    assert_eq!(place, ["1", "8", "1", "16"]);
    assert_eq!(
        of(&port["fix"], "changes"),
        r#"[{"end":11,"start":7,"with":"service"}]"#
    );
    // The fix would show the password.
    assert_eq!(of(glued, "slug"), "\"unknown-word\"");
    assert!(glued["fix"].is_object() && glued["fix"].get("changes").is_none());
    // A name that is not UTF-8.
    let odd = std::ffi::OsStr::new("rc").to_owned();
    let mut name = std::os::unix::ffi::OsStringExt::into_vec(odd);
    name.push(0xe9);
    let name: std::ffi::OsString = std::os::unix::ffi::OsStringExt::from_vec(name);
    fs::rename(dir.path().join("rc"), dir.path().join(&name)).unwrap();
    let out = command(dir.path(), &["--json"])
        .arg(&name)
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(report["file_base64"], "cmPp");
}

/// What is accepted by fetchmail has no errors, and what is mended is accepted by it.
#[test]
fn mended_files_please_fetchmail() {
    let is_there = Command::new("fetchmail").arg("--version").output().is_ok();
    if !is_there {
        assert!(
            std::env::var_os("CI").is_none(),
            "fetchmail must be installed"
        );
        eprintln!("skipped: fetchmail is not installed");
        return;
    }
    for text in [
        "poll a proto Pop3 user b pass x=y port 110 KEEP\n",
        "poll a keep user b ssl\n",
        "poll 1 user b sslproto auto\n",
        "poll a user b\ndefaults proto imap\n",
        "\u{feff}poll a proto imap user b # end",
        "set daemon = 300\npoll a user b limit \"5\" nossl\n",
        "poll a user b folder 2024 kepe\n",
        "poll a proto imap\n  user b\n  user c pass d\n  port 143\n",
    ] {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), text.as_bytes());
        let accepts = || {
            let mut fetchmail = Command::new("fetchmail");
            fetchmail
                .args(["--configdump", "-f", "rc"])
                .current_dir(dir.path());
            let out = fetchmail.env("HOME", dir.path()).output().unwrap();
            (
                out.status.success(),
                String::from_utf8_lossy(&out.stderr).into_owned(),
            )
        };
        assert!(!accepts().0, "{text}");
        lint(dir.path(), &["--write", "rc"]);
        let (is_good, why) = accepts();
        let mended = fs::read_to_string(dir.path().join("rc")).unwrap();
        assert!(is_good, "{text}{mended}{why}");
    }
}
