//! Locks, and files that are not what they should be. Processes side by side are in `tests/it`.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

const SHORT: Duration = Duration::from_millis(200);

fn deliver(path: &Path, message: &str) -> Result<(), Error> {
    deliver_one(path, &mut message.as_bytes(), SHORT)
}

/// What is in the file, with the dates of its From_ lines left out.
fn shown(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let year = |line: &str| line.starts_with("From ") && line.split(' ').count() >= 6;
    let lines = text.split('\n').map(|line| match year(line) {
        true => line.split(' ').take(2).collect::<Vec<_>>().join(" "),
        false => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn messages_follow_each_other() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("mbox");
    deliver(&path, "Return-Path: <a@b>\nX: 1\n\nFrom here\nlast").unwrap();
    deliver(&path, "X: 2\n\ntwo\n").unwrap();
    let expected = "From a@b\nReturn-Path: <a@b>\nX: 1\n\n>From here\nlast\n\nFrom MAILER-DAEMON\nX: 2\n\ntwo\n\n";
    assert_eq!(shown(&path), expected);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(
        std::fs::read_dir(home.path()).unwrap().count(),
        1,
        "no lock stays"
    );
}

#[test]
fn a_from_line_has_the_usual_form() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("mbox");
    deliver(&path, "From x@y Sat Jan  1 00:00:00 2000\nX: 1\n\n").unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let line = text.lines().next().unwrap();
    let date = line.strip_prefix("From x@y ").unwrap();
    assert_eq!(date.len(), "Sun Nov 22 03:36:33 2026".len(), "{line}");
    let (clock, year) = (&date[11..19], &date[20..]);
    assert!(
        clock.split(':').all(|n| n.parse::<u8>().is_ok()) && year.parse::<u16>().unwrap() > 2025
    );
    assert_eq!(text.lines().nth(1), Some("X: 1"));
}

#[test]
fn what_others_left_is_kept_apart() {
    let check = |before: &str, gap: &str| {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("mbox");
        std::fs::write(&path, before).unwrap();
        deliver(&path, "X: 1\n\n").unwrap();
        let expected = format!("{before}{gap}From MAILER-DAEMON\nX: 1\n\n\n");
        assert_eq!(shown(&path), expected, "{before:?}");
    };
    check("", "");
    check("\n", "");
    check("From a\n\nx\n\n", "");
    check("From a\n\nx\n", "\n");
    check("From a\n\nhalf a li", "\n\n");
    check("x", "\n\n");
}

#[test]
fn only_plain_files_of_our_own() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    std::fs::write(path("target"), "").unwrap();
    symlink(path("target"), path("link")).unwrap();
    symlink(path("nothing"), path("dangling")).unwrap();
    std::fs::write(path("twice"), "").unwrap();
    std::fs::hard_link(path("twice"), path("second")).unwrap();
    std::fs::create_dir(path("folder")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        path("fifo"),
        rustix::fs::FileType::Fifo,
        Mode::RUSR | Mode::WUSR,
        0,
    )
    .unwrap();
    for name in [
        "link",
        "dangling",
        "twice",
        "folder",
        "fifo",
        "missing/mbox",
    ] {
        let failed = deliver(&path(name), "X: 1\n\n").unwrap_err();
        assert!(!matches!(failed, Error::Locked { .. }), "{name}: {failed}");
        assert!(!path(&format!("{name}.lock")).exists(), "{name}");
    }
    assert_eq!(std::fs::read(path("target")).unwrap(), b"");
    assert!(!path("nothing").exists());
}

#[test]
fn a_lock_is_waited_for_and_respected() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("mbox");
    let lock = home.path().join("mbox.lock");
    for text in ["", "1\n", "0"] {
        std::fs::write(&lock, text).unwrap();
        let failed = deliver(&path, "X: 1\n\n").unwrap_err();
        assert!(matches!(failed, Error::Locked { .. }), "{failed}");
        assert!(lock.exists() && !path.exists());
    }
    // Released while we wait.
    let free = std::thread::spawn({
        let lock = lock.clone();
        move || {
            std::thread::sleep(Duration::from_millis(100));
            std::fs::remove_file(lock).unwrap();
        }
    });
    deliver_one(&path, &mut &b"X: 1\n\n"[..], Duration::from_secs(30)).unwrap();
    free.join().unwrap();
    assert!(shown(&path).starts_with("From MAILER-DAEMON\nX: 1\n"));
}

#[test]
fn a_lock_left_over_is_taken_away() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("mbox");
    let lock = home.path().join("mbox.lock");
    let mut child = std::process::Command::new("true").spawn().unwrap();
    child.wait().unwrap();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    std::fs::write(&lock, format!("{}\n{}\n", child.id(), host.trim())).unwrap();
    deliver(&path, "X: 1\n\n").unwrap();
    let old = std::time::SystemTime::now() - Duration::from_secs(400);
    std::fs::write(&lock, "").unwrap();
    File::open(&lock).unwrap().set_modified(old).unwrap();
    deliver(&path, "X: 2\n\n").unwrap();
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1);
}

/// A message that cannot be read to its end leaves no trace, not even an empty file.
#[test]
fn an_unreadable_message_touches_nothing() {
    struct Broken(bool);
    impl Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if std::mem::replace(&mut self.0, true) {
                return Err(io::Error::other("broken"));
            }
            buffer[0] = b'X';
            Ok(1)
        }
    }
    let home = tempfile::tempdir().unwrap();
    let failed = deliver_one(&home.path().join("mbox"), &mut Broken(false), SHORT);
    assert!(failed.is_err());
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

/// Back to its length, unless somebody who respects no lock has added to it meanwhile.
#[test]
fn what_fails_is_taken_back() {
    let check = |added: u64, expected: &str| {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("mbox");
        std::fs::write(&path, "old\n\nhalf").unwrap();
        take_back(&open(&path).unwrap().0, 5, added);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
    };
    check(4, "old\n\n");
    check(3, "old\n\nhalf");
    check(0, "old\n\nhalf");
}
