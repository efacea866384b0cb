//! The lock against every kind of file that may be in its place.

use std::fs;
use std::process::{Child, Command, Stdio};

use super::*;

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary directory"))
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("fetchmail.pid")
    }

    /// Leaves a file behind that is old enough not to be just being written.
    fn leave(&self, text: &str) {
        fs::write(self.path(), text).expect("a file");
        let file = File::options()
            .write(true)
            .open(self.path())
            .expect("the file");
        file.set_modified(SystemTime::UNIX_EPOCH)
            .expect("an old file");
    }
}

/// A shell under another name, waiting for its input to end.
struct Running(Child);

impl Running {
    fn named(place: &Place, name: &str) -> Self {
        let program = place.0.path().join(name);
        fs::copy("/bin/sh", &program).expect("a copy of the shell");
        let mut command = Command::new(program);
        Self(
            command
                .args(["-c", "read x"])
                .stdin(Stdio::piped())
                .spawn()
                .expect("it starts"),
        )
    }

    fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn dead_pid() -> u32 {
    let mut child = Command::new("true").spawn().expect("it starts");
    child.wait().expect("it ends");
    child.id()
}

#[test]
fn the_file_is_fetchmails() {
    let place = Place::new();
    let us = std::process::id();
    let lock = Lock::take(&place.path(), Some(300)).expect("free");
    let text = || fs::read_to_string(place.path()).unwrap_or_default();
    assert_eq!(text(), format!("{us}\n300\n"));
    lock.set_interval(None).expect("written");
    assert_eq!(text(), format!("{us}\n"));
    drop(lock);
    assert!(!place.path().exists());
}

#[test]
fn held_while_it_lives() {
    let place = Place::new();
    let lock = Lock::take(&place.path(), Some(60)).expect("free");
    let expected = Holder {
        pid: Some(std::process::id()),
        interval: Some(60),
    };
    let held = Lock::take(&place.path(), None).expect_err("held");
    assert_eq!(
        held,
        LockError::Held {
            holder: expected.clone()
        }
    );
    assert_eq!(holder(&place.path()), Ok(Some(expected)));
    drop(lock);
    assert_eq!(holder(&place.path()), Ok(None));
    assert!(Lock::take(&place.path(), None).is_ok());
}

#[test]
fn stale_files_are_removed() {
    let check = |text: &str| {
        let place = Place::new();
        place.leave(text);
        assert_eq!(holder(&place.path()), Ok(None), "{text:?}");
        let lock = Lock::take(&place.path(), None).expect(text);
        assert!(is_named(&place.path(), &lock.file));
    };
    check(&format!("{}\n", dead_pid()));
    check(&format!("{}\n300\n", dead_pid()));
    // A number given to somebody else since, or to ourselves after a restart.
    check("1\n");
    check(&format!("{}\n", std::process::id()));
    check("0\n");
    check("-1\n");
    check("99999999999\n");
    check("");
    check("garbage\n");
    check("\0\0\0\0\0\0");
}

#[test]
fn numbers_of_other_programs_do_not_count_but_fetchmail_does() {
    let place = Place::new();
    let other = Running::named(&place, "somebody");
    place.leave(&format!("{}\n", other.pid()));
    assert!(Lock::take(&place.path(), None).is_ok());

    let classic = Running::named(&place, "fetchmail");
    place.leave(&format!("{}\n120\n", classic.pid()));
    let expected = Holder {
        pid: Some(classic.pid()),
        interval: Some(120),
    };
    let held = Lock::take(&place.path(), None).expect_err("held");
    assert_eq!(held, LockError::Held { holder: expected });
    drop(classic);
    assert!(Lock::take(&place.path(), None).is_ok());
}

#[test]
fn a_lock_held_by_another_process_counts_whatever_is_written() {
    let place = Place::new();
    place.leave(&format!("{}\n", dead_pid()));
    let file = File::open(place.path()).expect("the file");
    rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).expect("locked");
    // The child inherits the open file, and with it the lock; ours is closed.
    let mut child = Command::new("sleep")
        .arg("600")
        .stdin(file)
        .spawn()
        .expect("it starts");
    let refused = Lock::take(&place.path(), None);
    child.kill().expect("it dies");
    child.wait().expect("it ends");
    assert!(
        matches!(refused, Err(LockError::Held { .. })),
        "{refused:?}"
    );
    assert!(Lock::take(&place.path(), None).is_ok());
}

#[test]
fn nothing_but_a_lock_is_removed() {
    let place = Place::new();
    let precious = place.0.path().join("precious");
    fs::write(&precious, "1\n").expect("a file");
    std::os::unix::fs::symlink(&precious, place.path()).expect("a link");
    let refused = Lock::take(&place.path(), None);
    assert!(
        matches!(refused, Err(LockError::NotALock { .. })),
        "{refused:?}"
    );
    assert_eq!(fs::read_to_string(&precious).ok().as_deref(), Some("1\n"));

    let place = Place::new();
    place.leave(&"my diary ".repeat(20));
    assert!(matches!(
        Lock::take(&place.path(), None),
        Err(LockError::NotALock { .. })
    ));

    let place = Place::new();
    fs::create_dir(place.path()).expect("a directory");
    assert!(matches!(
        Lock::take(&place.path(), None),
        Err(LockError::NotALock { .. })
    ));

    let nowhere = place.0.path().join("none").join("pid");
    assert!(matches!(
        Lock::take(&nowhere, None),
        Err(LockError::Disk { .. })
    ));
}

#[test]
fn a_file_that_is_no_longer_ours_stays() {
    let place = Place::new();
    let lock = Lock::take(&place.path(), None).expect("free");
    fs::remove_file(place.path()).expect("removed by somebody");
    fs::write(place.path(), "another's\n").expect("a file");
    drop(lock);
    assert_eq!(
        fs::read_to_string(place.path()).ok().as_deref(),
        Some("another's\n")
    );
}

#[test]
fn of_many_that_try_one_gets_it() {
    let place = Place::new();
    place.leave(&format!("{}\n", dead_pid()));
    let barrier = std::sync::Barrier::new(8);
    let locks: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    Lock::take(&place.path(), None)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    assert_eq!(
        locks.iter().filter(|lock| lock.is_ok()).count(),
        1,
        "{locks:?}"
    );
    assert!(holder(&place.path()).is_ok_and(|holder| holder.is_some()));
}

#[test]
fn signals_reach_only_fetchmail_and_postrider() {
    let place = Place::new();
    let signal = |pid| {
        Holder {
            pid,
            interval: None,
        }
        .signal(Signal::Stop)
    };
    let other = Running::named(&place, "somebody");
    assert!(matches!(signal(Some(other.pid())), Ok(false)));
    assert!(matches!(signal(Some(dead_pid())), Ok(false)));
    assert!(matches!(signal(None), Ok(false)));
    for name in ["fetchmail", "postrider", "postrider-desktop"] {
        let mut ours = Running::named(&place, name);
        assert!(matches!(signal(Some(ours.pid())), Ok(true)), "{name}");
        let status = ours.0.wait().expect("it ends");
        assert_eq!(
            std::os::unix::process::ExitStatusExt::signal(&status),
            Some(15),
            "{name}"
        );
    }
}

#[test]
fn numbers_in_the_file() {
    let check = |text: &str, pid, interval| {
        assert_eq!(parse(text.as_bytes()), Holder { pid, interval }, "{text:?}");
    };
    check("6216\n4\n", Some(6216), Some(4));
    check("6216\n", Some(6216), None);
    check("6216", Some(6216), None);
    check("6216 4", Some(6216), Some(4));
    check("x\n4\n", None, None);
    check("4294967295\n", None, None);
    check("", None, None);
}
