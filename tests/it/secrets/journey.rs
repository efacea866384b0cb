//! With the keyring of a real desktop: gnome-keyring on a session bus.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

use super::entry;
use crate::support::home::{Ended, Home};
use crate::support::journey::{Journey, PASSWORD, program};
use crate::support::mailbox::Message;
use crate::support::server::Server;

const PATIENCE: Duration = Duration::from_secs(60);

/// A session bus, and the programs on it.
struct Desktop {
    journey: Journey,
    address: String,
    _bus: Child,
}

impl Desktop {
    /// `None`, with a word about it, where its programs are missing. With `CI` set they must be
    /// there for the edition with a window, which `make deps` installs them for.
    async fn start() -> Option<Self> {
        let is_there = |name: &str| Path::new("/usr/bin").join(name).exists();
        if !is_there("dbus-daemon") || !is_there("gnome-keyring-daemon") {
            let is_needed = cfg!(feature = "desktop") && std::env::var_os("CI").is_some();
            assert!(!is_needed, "dbus-daemon or gnome-keyring-daemon is missing");
            eprintln!("skipped: dbus-daemon or gnome-keyring-daemon is missing");
            return None;
        }
        // A bus is open to its owner only, so all run as whoever we are.
        let server = Server::start().await;
        let journey = Journey {
            server,
            home: Home::own(),
        };
        journey.user("ada", [Message::numbered(0)]);
        // Root's usual lock is the whole machine's.
        let pidfile = journey.home.path().join("pid");
        let entry = entry(&journey, "alpha").replace("is ada here", "is root here");
        journey
            .home
            .rc(&format!("set pidfile '{}'\n{entry}", pidfile.display()));
        journey.home.dir("run");
        let path = journey.home.path().join("run/bus");
        // Nothing is started by itself: not the keyring of whoever runs the tests either.
        let config = format!(
            "<busconfig><type>session</type><listen>unix:path={}</listen><policy context='default'>\
             <allow send_destination='*'/><allow receive_sender='*'/><allow own='*'/></policy></busconfig>",
            path.display()
        );
        let config = journey.home.write("bus.conf", config);
        let mut bus = journey.home.command(Path::new("/usr/bin/dbus-daemon"));
        bus.args(["--nofork", "--print-address=1"])
            .arg(format!("--config-file={}", config.display()));
        let mut bus = quiet(&mut bus).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(bus.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(PATIENCE, lines.next_line()).await;
        let address = line.unwrap().unwrap().expect("its address");
        Some(Self {
            journey,
            address,
            _bus: bus,
        })
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = self.journey.home.command(program);
        command
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("XDG_RUNTIME_DIR", self.journey.home.path().join("run"));
        command
    }

    /// The keyring; unlocked with its password, or locked.
    async fn keyring(&self, is_unlocked: bool) -> Child {
        let mut command = self.command(Path::new("/usr/bin/gnome-keyring-daemon"));
        command.args(["--foreground", "--components=secrets"]);
        if is_unlocked {
            command.arg("--unlock");
        }
        let mut child = quiet(&mut command).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        if is_unlocked {
            stdin.write_all(b"of the keyring").await.unwrap();
        }
        drop(stdin);
        self.owned(true).await;
        child
    }

    /// Waits until the name of the service has an owner, or none.
    async fn owned(&self, wanted: bool) {
        let address = zbus::connection::Builder::address(self.address.as_str()).unwrap();
        let connection = address.build().await.unwrap();
        let bus = zbus::fdo::DBusProxy::new(&connection).await.unwrap();
        let name = zbus::names::BusName::try_from("org.freedesktop.secrets").unwrap();
        let start = Instant::now();
        while bus.name_has_owner(name.clone()).await.unwrap() != wanted {
            assert!(start.elapsed() < PATIENCE, "the keyring: {wanted}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn run(&self, args: &[&str], input: &str) -> Ended {
        let mut command = self.command(program());
        command.args(args).stdin(Stdio::piped());
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let output = child.wait_with_output().await.unwrap();
        Ended {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    async fn expect(&self, args: &[&str], input: &str, status: i32, words: &str) {
        let ended = self.run(args, input).await;
        let shown = format!("{}{}", ended.out, ended.err);
        assert_eq!(ended.status, status, "{args:?}: {ended:#?}");
        assert!(shown.contains(words), "{args:?}: {words}: {ended:#?}");
        assert!(!shown.contains(PASSWORD), "{args:?}: {ended:#?}");
    }
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stderr(Stdio::null())
}

#[tokio::test]
async fn kept_found_locked_late_and_gone() {
    let Some(desktop) = Desktop::start().await else {
        return;
    };
    let fetch = ["fetch", "-v"];
    let set = ["secret", "set", "alpha", "ada"];
    let show = ["secret", "show-source", "alpha", "ada"];
    let missing = "can't find a password for ada@alpha.";
    desktop.expect(&fetch, "", 3, missing).await;
    desktop.expect(&set, "x\n", 3, "No keyring service").await;
    // It comes late; what is set is found by other runs of the program.
    let mut keyring = desktop.keyring(true).await;
    desktop.expect(&fetch, "", 3, missing).await;
    let typed = format!("{PASSWORD}\n");
    desktop.expect(&set, &typed, 0, "is in the keyring").await;
    desktop.expect(&show, "", 0, "The keyring has").await;
    desktop.expect(&fetch, "", 0, "1 message").await;
    desktop.expect(&fetch, "", 1, "No mail").await;
    // Begun again it is locked until somebody says its password.
    keyring.kill().await.unwrap();
    desktop.owned(false).await;
    desktop.expect(&fetch, "", 3, missing).await;
    let mut keyring = desktop.keyring(false).await;
    let locked = "The keyring is locked";
    desktop.expect(&fetch, "", 3, locked).await;
    desktop.expect(&show, "", 3, locked).await;
    desktop.expect(&set, &typed, 3, locked).await;
    keyring.kill().await.unwrap();
    desktop.owned(false).await;
    let _keyring = desktop.keyring(true).await;
    desktop.expect(&fetch, "", 1, "No mail").await;
    let clear = ["secret", "clear", "alpha", "ada"];
    desktop.expect(&clear, "", 0, "no longer").await;
    desktop.expect(&fetch, "", 3, missing).await;
}
