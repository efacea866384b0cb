//! A terminal of its own for one program.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};
use tokio::process::Child;

use crate::support::home::Home;
use crate::support::journey::program;

/// How long something may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program at its terminal.
pub struct Tty {
    person: OwnedFd,
    /// Keeps the terminal there when the program has ended.
    line: File,
    pub child: Child,
    /// What has been shown.
    pub shown: String,
}

impl Tty {
    /// Starts `postrider` with these words.
    pub fn start(home: &Home, args: &[&str], env: &[(&str, &str)]) -> Self {
        Self::of(program(), home, args, env)
    }

    /// The same for another program.
    pub fn of(program: &Path, home: &Home, args: &[&str], env: &[(&str, &str)]) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let person = openpt(flags).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        rustix::fs::fcntl_setfl(&person, rustix::fs::OFlags::NONBLOCK).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap().into_string().unwrap();
        if rustix::process::geteuid().is_root() {
            chown(&name, Some(65534), Some(65534)).unwrap();
        }
        let open = || File::options().read(true).write(true).open(&name).unwrap();
        let line = open();
        // It makes the terminal the program's own, as a shell does.
        let reachable = home.command(program).as_std().get_program().to_owned();
        let mut command = home.command(Path::new("/usr/bin/setsid"));
        let child = command
            .args(["-c", "-w"])
            .arg(reachable)
            .args(args)
            .envs(env.iter().copied())
            .env("TERM", "dumb")
            .stdin(Stdio::from(open()))
            .stdout(Stdio::from(open()))
            .stderr(Stdio::from(open()))
            .spawn()
            .unwrap();
        Self {
            person,
            line,
            child,
            shown: String::new(),
        }
    }

    /// Whether what is typed is shown.
    pub fn echoes(&self) -> bool {
        let modes = tcgetattr(self.line.as_fd()).unwrap().local_modes;
        modes.contains(LocalModes::ECHO)
    }

    /// Waits until this is shown at the end, and nothing typed would be.
    pub async fn asked(&mut self, question: &str) {
        let start = Instant::now();
        while !self.shown.ends_with(question) || self.echoes() {
            assert!(start.elapsed() < PATIENCE, "{question}: {}", self.shown);
            tokio::time::sleep(Duration::from_millis(10)).await;
            self.look();
        }
    }

    /// Answers every question the same until the program ends; gives the questions.
    pub async fn questions(&mut self, answer: &str) -> Vec<String> {
        let (start, mut questions, mut seen) = (Instant::now(), Vec::new(), 0);
        while self.child.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < PATIENCE, "no end: {}", self.shown);
            self.look();
            if self.shown.len() > seen && self.shown.ends_with(": ") && !self.echoes() {
                seen = self.shown.len();
                let line = self.shown.lines().next_back().unwrap_or_default();
                questions.push(line.to_owned());
                self.type_in(answer);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        questions
    }

    pub fn type_in(&self, text: &str) {
        rustix::io::write(&self.person, text.as_bytes()).unwrap();
    }

    /// Its status, when it has ended.
    pub async fn ended(&mut self) -> i32 {
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        self.look();
        let status = status.unwrap_or_else(|_| panic!("no end: {}", self.shown));
        assert!(self.echoes(), "the terminal is left silent");
        status.unwrap().code().unwrap_or(-1)
    }

    fn look(&mut self) {
        let mut buffer = [0; 4096];
        while let Ok(length) = rustix::io::read(&self.person, &mut buffer) {
            if length == 0 {
                return;
            }
            self.shown
                .push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
    }
}
