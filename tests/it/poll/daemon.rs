//! The foreground daemon: its rhythm, its signals, its lock. Everything waits for what it waits
//! for; nothing sleeps.

use std::fs;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdout};
use tokio::time::timeout;

use crate::support::journey::{Journey, Protocol, Shield, into_maildir, program};
use crate::support::mailbox::Message;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// More lines than any wait here lets pass.
const MANY: usize = 200;

/// `postrider fetch -N -v`, its standard output read line by line.
pub struct Daemon {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    errors: Lines<BufReader<ChildStderr>>,
}

impl Daemon {
    pub fn start(journey: &Journey, args: &[&str]) -> Self {
        let mut command = journey.home.command(program());
        command.args(["fetch", "-N", "-v"]).args(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let errors = BufReader::new(child.stderr.take().unwrap()).lines();
        Self {
            child,
            lines,
            errors,
        }
    }

    /// Reads until a line holds this.
    async fn until(&mut self, text: &str) -> String {
        let mut seen = Vec::new();
        loop {
            let line = timeout(PATIENCE, self.lines.next_line()).await;
            let Ok(Ok(Some(line))) = line else {
                panic!("no {text:?} but {seen:#?}");
            };
            if line.contains(text) {
                return line;
            }
            seen.push(line);
            assert!(seen.len() < MANY, "no {text:?} but {seen:#?}");
        }
    }

    /// Reads its standard error until a line holds this.
    pub async fn said(&mut self, text: &str) {
        let mut seen = Vec::new();
        loop {
            let line = timeout(PATIENCE, self.errors.next_line()).await;
            let Ok(Ok(Some(line))) = line else {
                panic!("no {text:?} but {seen:#?}");
            };
            if line.contains(text) {
                return;
            }
            seen.push(line);
            assert!(seen.len() < MANY, "no {text:?} but {seen:#?}");
        }
    }

    /// Until a poll is over.
    async fn polled(&mut self) {
        self.until("nothing new (").await;
    }

    pub async fn fetched(&mut self, count: usize) {
        let plural = if count == 1 { "" } else { "s" };
        self.until(&format!("Fetched {count} message{plural} ("))
            .await;
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.id()).unwrap(), signal).unwrap();
    }

    fn id(&self) -> i32 {
        self.child.id().expect("still running").try_into().unwrap()
    }

    pub async fn ended(mut self) -> ExitStatus {
        // A full pipe must not keep it.
        while let Ok(Some(_)) = timeout(PATIENCE, self.lines.next_line()).await.unwrap() {}
        timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn polls_by_itself() {
    let journey = Journey::small(2).await;
    journey.rc(Protocol::Pop3, Shield::Tls, &into_maildir("Mail"));
    let mut daemon = Daemon::start(&journey, &["-d", "1"]);
    daemon.fetched(2).await;
    journey
        .server
        .store
        .add("ada", "INBOX", [Message::numbered(2)]);
    daemon.fetched(1).await;
    assert_eq!((journey.left(), journey.mail("Mail").len()), (0, 3));
    daemon.signal(Signal::INT);
    assert_eq!(daemon.ended().await.code(), Some(0));
}

#[tokio::test]
async fn signals_wake_and_end() {
    let journey = Journey::small(0).await;
    journey.rc(Protocol::Imap, Shield::Tls, &into_maildir("Mail"));
    let mut daemon = Daemon::start(&journey, &["-d", "3600"]);
    daemon.polled().await;
    let pidfile = journey.home.path().join(".fetchmail.pid");
    let lock = fs::read_to_string(&pidfile).unwrap();
    assert_eq!(lock, format!("{}\n3600\n", daemon.id()));

    journey
        .server
        .store
        .add("ada", "INBOX", [Message::numbered(0)]);
    daemon.signal(Signal::USR1);
    daemon.fetched(1).await;
    assert_eq!((journey.left(), journey.mail("Mail").len()), (0, 1));

    // The last poll finds nothing, but an earlier one has ended with success.
    daemon.signal(Signal::USR1);
    daemon.polled().await;
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.ended().await.code(), Some(0));
    assert!(!pidfile.exists());
}

#[tokio::test]
async fn a_second_one_is_refused() {
    let journey = Journey::small(0).await;
    journey.rc(Protocol::Imap, Shield::Tls, &into_maildir("Mail"));
    let mut daemon = Daemon::start(&journey, &["-d", "3600"]);
    daemon.polled().await;
    journey
        .server
        .store
        .add("ada", "INBOX", [Message::numbered(0)]);
    let second = journey.expect(8, &["-k"]).await;
    let pid = daemon.id().to_string();
    assert!(
        second.err.contains("is running") && second.err.contains(&pid),
        "{}",
        second.err
    );
    assert_eq!(journey.left(), 1);
    daemon.signal(Signal::TERM);
    daemon.ended().await;
    journey.expect(0, &[]).await;
}

/// A daemon stopped in the middle of a message delivers nothing of it and loses nothing.
#[tokio::test]
async fn stopped_in_the_middle() {
    for protocol in crate::support::journey::BOTH {
        let large = Message::large("Tomas <tomas@example.net>", "Photos", 4_000_000);
        let journey = Journey::with([Message::numbered(0), large]).await;
        journey
            .server
            .manner(|m| m.trickle = Some((16 * 1024, Duration::from_millis(20))));
        journey.rc(protocol, Shield::Tls, &into_maildir("Mail"));
        let mut daemon = Daemon::start(&journey, &["-d", "3600"]);
        daemon.until("reading message ada@alpha:1 of 2").await;
        daemon.signal(Signal::TERM);
        daemon.ended().await;
        journey.server.manner(|m| m.trickle = None);
        assert!(journey.left() >= 1);
        assert_eq!(journey.mail("Mail").len(), 1);
        let tmp = fs::read_dir(journey.home.path().join("Mail/tmp")).unwrap();
        assert_eq!(tmp.count(), 0);
        journey.expect(0, &[]).await;
        assert_eq!((journey.left(), journey.mail("Mail").len()), (0, 2));
    }
}

/// While the daemon runs its file is broken, exposed, removed and mended. Mail goes on arriving by
/// the accounts that were good; what is wrong is said, and so is that it is mended.
#[tokio::test]
async fn a_bad_file_does_not_stop_it() {
    use std::os::unix::fs::PermissionsExt;
    let journey = Journey::small(0).await;
    let into = into_maildir("Mail");
    journey.rc(Protocol::Pop3, Shield::Tls, &into);
    let rc = journey.home.path().join(".fetchmailrc");
    let good = fs::read_to_string(&rc).unwrap();
    let mut daemon = Daemon::start(&journey, &["-d", "1"]);
    daemon.polled().await;
    let mut number = 0;
    let mut arrives = async |daemon: &mut Daemon| {
        let message = [Message::numbered(number)];
        journey.server.store.add("ada", "INBOX", message);
        number += 1;
        daemon.fetched(1).await;
        assert_eq!((journey.left(), journey.mail("Mail").len()), (0, number));
    };
    let mode = |mode| fs::set_permissions(&rc, PermissionsExt::from_mode(mode)).unwrap();

    journey.home.rc(&format!("{good}poll beta frobnicate\n"));
    daemon.said(".fetchmailrc:4:11: ").await;
    daemon.said("The old one stays in force").await;
    arrives(&mut daemon).await;
    journey.home.rc(&good);
    daemon.said("is in order again").await;
    arrives(&mut daemon).await;

    mode(0o644);
    daemon.said("chmod 600").await;
    arrives(&mut daemon).await;
    fs::remove_file(&rc).unwrap();
    daemon.said("There is no file").await;
    arrives(&mut daemon).await;

    // Another file altogether, put in place by a rename as editors do.
    let other = journey.entry("gamma", Protocol::Imap, Shield::StartTls, &into);
    let beside = journey.home.write("beside", &other);
    fs::rename(beside, &rc).unwrap();
    daemon.said("is in order again").await;
    arrives(&mut daemon).await;
    daemon.until("ada@gamma").await;
    daemon.signal(Signal::TERM);
    daemon.ended().await;
}
