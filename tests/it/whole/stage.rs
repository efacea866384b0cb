//! A virtual display and a session bus for one test; both end with it.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::support::home::Home;

/// How long a condition may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Display and bus.
pub struct Stage {
    display: String,
    bus: String,
    runtime: std::path::PathBuf,
    _parts: [Child; 2],
}

impl Stage {
    /// Starts both. The bus lets in its owner only.
    pub async fn set(home: &Home) -> Self {
        let (display, screen) = announced(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1024x768x24"])
                .args(["-nolisten", "tcp", "-ac", "-noreset"]),
        )
        .await;
        home.write("run/.keep", "");
        let runtime = home.path().join("run");
        let mut daemon = home.command(Path::new("/usr/bin/dbus-daemon"));
        daemon
            .args(["--session", "--nofork", "--print-address=1"])
            .arg(format!("--address=unix:path={}/bus", runtime.display()))
            .env("DISPLAY", format!(":{display}"))
            .env("XDG_RUNTIME_DIR", &runtime)
            .env("XDG_DATA_DIRS", "/usr/share");
        let (bus, daemon) = announced(&mut daemon).await;
        Self {
            display: format!(":{display}"),
            bus,
            runtime,
            _parts: [screen, daemon],
        }
    }

    /// Starts a program of ours in `home` on this stage.
    pub fn start(&self, home: &Home, program: &Path, args: &[&str]) -> Child {
        home.command(program)
            .args(args)
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("XDG_RUNTIME_DIR", &self.runtime)
            .env("GDK_BACKEND", "x11")
            .env("GSK_RENDERER", "cairo")
            .env("GTK_A11Y", "atspi")
            .env("LC_ALL", "C.UTF-8")
            .env("POSTRIDER_LOG", "warn")
            .stdin(Stdio::null())
            .spawn()
            .expect("the program under test")
    }

    /// A connection to the session bus.
    pub async fn connect(&self) -> zbus::Connection {
        connect(&self.bus).await
    }
}

/// A connection to a bus at this address.
pub async fn connect(address: &str) -> zbus::Connection {
    let builder = zbus::connection::Builder::address(address).expect("an address");
    builder.build().await.expect("a bus that lets us in")
}

/// Starts a server that prints where it is, as its first line.
async fn announced(command: &mut Command) -> (String, Child) {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let out = child.stdout.take().expect("piped");
    let mut lines = BufReader::new(out).lines();
    let line = tokio::time::timeout(PATIENCE, lines.next_line()).await;
    (
        line.expect("in time").expect("readable").expect("a line"),
        child,
    )
}

/// Waits until the condition holds; fails with its name when it never does.
pub async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let wait = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    if tokio::time::timeout(PATIENCE, wait).await.is_err() {
        panic!("never came true: {what}");
    }
}
