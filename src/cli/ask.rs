//! Asking for a password in the terminal, without showing what is typed. The terminal is as it was
//! again when the question is answered, withdrawn, or ended by a signal.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::task::Poll;

use rustix::fs::{Mode, OFlags};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;
use tokio::signal::unix::{SignalKind, signal};
use zeroize::Zeroizing;

use crate::base::Secret;
use crate::base::text::plain;

/// The longest line that a terminal gives at once.
const LONGEST: usize = 4096;
/// In a place of [`Termios::special_codes`]: no key does this.
const NO_KEY: u8 = 0;

/// A terminal that a person sits at.
pub struct Terminal {
    file: File,
    /// The same, waited for: what tokio has for pipes does for whatever can be polled.
    reader: Receiver,
}

impl Terminal {
    /// The one that the program was started from. `None` without one, or when standard input is
    /// something else: then nobody is meant to be asked (as in fetchmail).
    pub fn open() -> Option<Self> {
        if !io::IsTerminal::is_terminal(&io::stdin()) {
            return None;
        }
        // Opened anew, so that what is set for this file is not set for the shell's.
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let open = |path| rustix::fs::open(path, flags, Mode::empty());
        let file = open("/dev/tty").or_else(|_| open("/proc/self/fd/0")).ok()?;
        let file = File::from(file);
        let reader = Receiver::from_file_unchecked(file.try_clone().ok()?).ok()?;
        Some(Self { file, reader })
    }

    /// Asks; `None` when the person gives no answer (Ctrl+D).
    pub async fn password(&mut self, question: &str) -> io::Result<Option<Secret>> {
        let silence = Silence::over(&self.file)?;
        let mut writer = &self.file;
        writer.write_all(plain(question).as_bytes())?;
        let mut line = Zeroizing::new(vec![0; LONGEST]);
        // In canonical mode the whole line comes at once.
        let length = self.reader.read(&mut line).await?;
        drop(silence);
        let typed = line.get(..length).unwrap_or_default();
        let is_ended = typed.is_empty();
        let typed = typed.strip_suffix(b"\n").unwrap_or(typed);
        Ok((!is_ended).then(|| Secret::new(typed)))
    }
}

/// Waits for a signal that ends the program by default, so that it does not leave a silent terminal.
pub async fn interrupted() {
    let kinds = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::quit(),
        SignalKind::hangup(),
    ];
    let mut caught: Vec<_> = kinds
        .into_iter()
        .filter_map(|kind| signal(kind).ok())
        .collect();
    std::future::poll_fn(|context| {
        let is_caught = caught
            .iter_mut()
            .any(|signal| signal.poll_recv(context).is_ready());
        match is_caught {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
}

/// As long as it lives nothing that is typed is shown, and Ctrl+Z does not leave the terminal so.
struct Silence<'a> {
    file: &'a File,
    before: Termios,
}

impl<'a> Silence<'a> {
    fn over(file: &'a File) -> io::Result<Self> {
        let before = tcgetattr(file.as_fd())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        silent
            .local_modes
            .insert(LocalModes::ICANON | LocalModes::ISIG);
        silent.special_codes[SpecialCodeIndex::VSUSP] = NO_KEY;
        tcsetattr(file.as_fd(), OptionalActions::Flush, &silent)?;
        Ok(Self { file, before })
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        // A terminal that has gone needs no restoring.
        let _ = tcsetattr(self.file.as_fd(), OptionalActions::Drain, &self.before);
        let mut file = self.file;
        // The line end that was not shown.
        let _ = file.write_all(b"\n");
    }
}
