//! A password that can be searched for, from every source: it must come out nowhere but on the wire.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::bare;
use super::fake::Keyring;
use super::tty::Tty;
use crate::support::journey::{Journey, PASSWORD, program};

const ARGS: [&str; 4] = ["fetch", "-v", "-v", "-v"];

/// The password in the clear, in hexadecimal, and as it may stand in base64 of something longer.
fn forms() -> Vec<Vec<u8>> {
    let hex: String = PASSWORD.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![PASSWORD.into(), hex.to_uppercase().into(), hex.into()];
    for offset in 0..3 {
        let text = STANDARD_NO_PAD.encode([&b"\0\0"[..offset], PASSWORD.as_bytes()].concat());
        let from = (offset * 8).div_ceil(6);
        let until = (offset + PASSWORD.len()) * 8 / 6;
        forms.push(text[from..until].into());
    }
    forms
}

fn holds(bytes: &[u8]) -> bool {
    forms()
        .iter()
        .any(|form| memchr::memmem::find(bytes, form).is_some())
}

/// Looks at what everybody can see of a process, and its children, as long as it runs.
struct Watch {
    over: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<(usize, Vec<PathBuf>)>,
}

impl Watch {
    fn over(pid: u32) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let is_over = over.clone();
        let thread = std::thread::spawn(move || {
            let (mut looks, mut found) = (0, Vec::new());
            while !is_over.load(Ordering::Relaxed) {
                for pid in family(pid) {
                    for name in ["cmdline", "environ"] {
                        let path = Path::new("/proc").join(pid.to_string()).join(name);
                        let bytes = std::fs::read(&path).unwrap_or_default();
                        looks += usize::from(!bytes.is_empty());
                        if holds(&bytes) {
                            found.push(path);
                        }
                    }
                }
                std::thread::sleep(Duration::from_millis(2));
            }
            (looks, found)
        });
        Self { over, thread }
    }

    fn end(self) {
        self.over.store(true, Ordering::Relaxed);
        let (looks, found) = self.thread.join().unwrap();
        assert!(looks > 0, "nothing was looked at");
        assert!(found.is_empty(), "{found:?}");
    }
}

fn family(pid: u32) -> Vec<u32> {
    let path = format!("/proc/{pid}/task/{pid}/children");
    let children = std::fs::read_to_string(path).unwrap_or_default();
    let children = children
        .split_whitespace()
        .filter_map(|word| word.parse().ok());
    std::iter::once(pid).chain(children).collect()
}

/// Files below the home that hold it, but for those where the person put it.
fn leaks(home: &Path, planted: &[&str]) -> Vec<PathBuf> {
    let (mut todo, mut found) = (vec![home.to_owned()], Vec::new());
    while let Some(dir) = todo.pop() {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if entry.file_type().unwrap().is_dir() {
                todo.push(path);
            } else if holds(&std::fs::read(&path).unwrap_or_default()) {
                found.push(path);
            }
        }
    }
    found.retain(|path| !planted.iter().any(|name| *path == home.join(name)));
    found
}

/// A server that must be told the password itself, in one way or another.
async fn open(mechanisms: &[&'static str]) -> Journey {
    let journey = bare().await;
    let mechanisms = mechanisms.to_vec();
    journey
        .server
        .manner(|manner| manner.mechanisms = mechanisms);
    journey
}

/// Polls once, with the password where `planted` says.
async fn check(journey: &Journey, planted: &[&str], env: &[(&str, &str)]) {
    // The program stands in the home, where it is no leak of this run.
    let child = journey
        .home
        .command(program())
        .args(ARGS)
        .envs(env.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let watch = Watch::over(child.id().unwrap());
    let ended = child.wait_with_output().await.unwrap();
    watch.end();
    let shown = [ended.out(), ended.err()].concat();
    assert_eq!(ended.status.code(), Some(0), "{shown}");
    assert!(shown.contains("IMAP> "), "{shown}");
    assert!(!holds(shown.as_bytes()), "{shown}");
    found_nothing(journey, planted);
}

fn found_nothing(journey: &Journey, planted: &[&str]) {
    assert_eq!(journey.mail("Mail").len(), 1);
    let said = journey.said().join("\n");
    assert!(
        holds(said.as_bytes()),
        "the server must have heard it: {said}"
    );
    let found = leaks(journey.home.path(), planted);
    assert!(found.is_empty(), "{found:?}");
}

trait Output {
    fn out(&self) -> String;
    fn err(&self) -> String;
}

impl Output for std::process::Output {
    fn out(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
    fn err(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }
}

#[tokio::test]
async fn from_the_file() {
    let journey = open(&["PLAIN"]).await;
    let path = journey.home.path().join(".fetchmailrc");
    let rc = std::fs::read_to_string(path).unwrap();
    let with = format!("user ada password \"{PASSWORD}\"");
    journey.home.rc(&rc.replace("user ada", &with));
    check(&journey, &[".fetchmailrc"], &[]).await;
}

#[tokio::test]
async fn from_a_command() {
    let journey = open(&[]).await;
    journey.home.write("pass", format!("{PASSWORD}\n"));
    let account =
        "[[account]]\nlabel = \"alpha\"\nuser = \"ada\"\npassword_command = \"cat ~/pass\"\n";
    journey
        .home
        .write(".config/postrider/accounts.toml", account);
    check(&journey, &["pass"], &[]).await;
}

#[tokio::test]
async fn from_netrc() {
    let journey = open(&[]).await;
    let text = format!("machine alpha login ada password '{PASSWORD}'\n");
    journey.home.write(".netrc", text);
    check(&journey, &[".netrc"], &[]).await;
}

#[tokio::test]
async fn from_the_keyring() {
    let journey = open(&["PLAIN"]).await;
    let bus = Keyring::start(&journey.home);
    let set = ["secret", "set", "alpha", "ada"];
    let env = [("DBUS_SESSION_BUS_ADDRESS", bus.address())];
    let env = env.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut tty = Tty::start(&journey.home, &set, &env);
    let watch = Watch::over(tty.child.id().unwrap());
    for question in ["Password of ada at localhost: ", "The same again: "] {
        tty.asked(question).await;
        tty.type_in(&format!("{PASSWORD}\n"));
    }
    assert_eq!(tty.ended().await, 0, "{}", tty.shown);
    watch.end();
    assert!(!holds(tty.shown.as_bytes()), "{}", tty.shown);
    check(&journey, &[], &env).await;
}

#[tokio::test]
async fn from_a_person() {
    let journey = open(&["PLAIN"]).await;
    let mut tty = Tty::start(&journey.home, &ARGS, &[]);
    let watch = Watch::over(tty.child.id().unwrap());
    tty.asked("Enter password for ada@alpha: ").await;
    tty.type_in(&format!("{PASSWORD}\n"));
    assert_eq!(tty.ended().await, 0, "{}", tty.shown);
    watch.end();
    assert!(tty.shown.contains("IMAP> "), "{}", tty.shown);
    assert!(!holds(tty.shown.as_bytes()), "{}", tty.shown);
    found_nothing(&journey, &[]);
}

#[test]
fn what_is_searched_for_is_found() {
    for before in 0..7 {
        let text = format!("{}{PASSWORD}.", "x".repeat(before));
        assert!(holds(STANDARD_NO_PAD.encode(&text).as_bytes()), "{text}");
        assert!(holds(text.as_bytes()));
    }
    assert!(!holds(b"Tr0ub4dor"));
}
