//! A virtual display and a session bus for one test; both end with it.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use zbus::Connection;
use zbus::connection::Builder;

use super::reader::Reader;
use crate::support::home::Home;

/// How long a condition may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

const A11Y: &str = "dbus-1/services/org.a11y.Bus.service";

/// Display and bus.
pub struct Stage {
    pub display: String,
    bus: String,
    runtime: std::path::PathBuf,
    user: Option<u32>,
    _parts: [Child; 2],
}

impl Stage {
    /// Starts both. The bus lets in its owner only: whoever the programs of `home` run as.
    pub async fn set(home: &Home) -> Self {
        let (display, screen) = announced(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1024x768x24"])
                .args(["-nolisten", "tcp", "-ac", "-noreset"]),
        )
        .await;
        home.write("run/.keep", "");
        // Of what the bus could start by itself only this: no keyring of the system's.
        let a11y = std::fs::read_to_string(Path::new("/usr/share").join(A11Y));
        let a11y = a11y.expect("at-spi2-core");
        let a11y = a11y.replace("Exec=", "Exec=/usr/bin/env XDG_DATA_DIRS=/usr/share ");
        home.write(Path::new("services").join(A11Y), a11y);
        let runtime = home.path().join("run");
        let services = home.path().join("services/dbus-1/services");
        let rules = format!(
            "<busconfig><type>session</type><listen>unix:path={}/bus</listen>
            <auth>EXTERNAL</auth><servicedir>{}</servicedir><policy context=\"default\">
            <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>
            <allow own=\"*\"/></policy></busconfig>",
            runtime.display(),
            services.display(),
        );
        let rules = home.write("run/bus.conf", rules);
        let mut daemon = home.command(Path::new("/usr/bin/dbus-daemon"));
        daemon
            .args(["--nofork", "--print-address=1"])
            .arg(format!("--config-file={}", rules.display()))
            .env("DISPLAY", format!(":{display}"))
            .env("XDG_RUNTIME_DIR", &runtime);
        let (bus, daemon) = announced(&mut daemon).await;
        let stage = Self {
            display: format!(":{display}"),
            bus,
            runtime,
            user: home.user(),
            _parts: [screen, daemon],
        };
        // What programs register with is there before the first of them, as on a desktop.
        let reader = Reader::on(&stage).await;
        assert_eq!(reader.programs().await, 0);
        stage
    }

    /// Starts a program of ours in `home` on this stage.
    pub fn start(&self, home: &Home, program: &Path, args: &[&str]) -> Child {
        let mut command = self.command(home, program);
        command.args(args).spawn().expect("the program under test")
    }

    /// A command that runs a program in `home` on this stage.
    pub fn command(&self, home: &Home, program: &Path) -> Command {
        let mut command = home.command(program);
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("XDG_RUNTIME_DIR", &self.runtime)
            .env("GDK_BACKEND", "x11")
            .env("GSK_RENDERER", "cairo")
            .env("GTK_A11Y", "atspi")
            .env("LC_ALL", "C.UTF-8")
            .env("POSTRIDER_LOG", "warn")
            .stdin(Stdio::null());
        command
    }

    /// A connection to the session bus.
    pub async fn connect(&self) -> Connection {
        self.connect_to(&self.bus).await
    }

    /// A connection to a bus at this address, as the user who owns it.
    pub async fn connect_to(&self, address: &str) -> Connection {
        let builder = match self.user {
            None => Builder::address(address).expect("an address"),
            Some(user) => Builder::unix_stream(stream_of(user, address)).user_id(user),
        };
        builder.build().await.expect("a bus that lets us in")
    }
}

/// A connection that the other side sees coming from `user`: a thread of root's, which no other
/// sees, is that user for so long.
fn stream_of(user: u32, address: &str) -> UnixStream {
    let path = address
        .split([':', ','])
        .find_map(|part| part.strip_prefix("path="))
        .unwrap_or_else(|| panic!("a bus with a path, not {address}"))
        .to_owned();
    let connect = move || {
        let user = rustix::process::Uid::from_raw(user);
        rustix::thread::set_thread_res_uid(user, user, user).expect("root may");
        std::os::unix::net::UnixStream::connect(path).expect("a bus that listens")
    };
    let stream = std::thread::spawn(connect).join().expect("a connection");
    stream.set_nonblocking(true).expect("a socket");
    UnixStream::from_std(stream).expect("within a runtime")
}

impl Drop for Stage {
    /// Of a test that fails a picture is left of what was to be seen.
    fn drop(&mut self) {
        if std::thread::panicking() {
            let name = format!("stage{}.png", self.display);
            let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
            let taken = std::process::Command::new("import")
                .env("DISPLAY", &self.display)
                .args(["-window", "root"])
                .arg(&path)
                .status();
            eprintln!("{taken:?}: {}", path.display());
        }
    }
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
