//! What a process number stands for, and signals to nobody else.

use std::io;
use std::path::Path;

use rustix::process::{Pid, PidfdFlags};

/// Who bears a process number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Process {
    /// Nobody, or one that has died and not been buried.
    Gone,
    /// One of our programs.
    Postrider,
    /// Classic fetchmail.
    Fetchmail,
    /// Somebody else's.
    Other,
    /// Somebody, but the system does not say who.
    Unknown,
}

/// What a running poller may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Poll now (SIGUSR1).
    Wake,
    /// Stop (SIGTERM).
    Stop,
}

/// Who bears this number now.
pub(super) fn look(pid: u32) -> Process {
    let Some(id) = id(pid) else {
        return Process::Gone;
    };
    let is_hidden = match rustix::process::test_kill_process(id) {
        Err(rustix::io::Errno::SRCH) => return Process::Gone,
        // Another user's, of which /proc may show nothing (mount option hidepid).
        reached => reached.is_err() || !Path::new("/proc/self/stat").exists(),
    };
    let proc = Path::new("/proc").join(pid.to_string());
    let Ok(stat) = std::fs::read(proc.join("stat")) else {
        return if is_hidden {
            Process::Unknown
        } else {
            Process::Gone
        };
    };
    // proc(5): the state follows the name, which is in parentheses and may contain some.
    let after_name = stat
        .iter()
        .rposition(|b| *b == b')')
        .and_then(|at| stat.get(at + 2));
    if matches!(after_name, Some(b'Z' | b'X')) {
        return Process::Gone;
    }
    // The program behind a name it was called by; unreadable for processes of others.
    let name = match std::fs::read_link(proc.join("exe")) {
        Ok(exe) => exe
            .file_name()
            .map(|name| name.to_string_lossy().into_owned()),
        Err(_) => std::fs::read(proc.join("comm"))
            .ok()
            .map(|comm| String::from_utf8_lossy(&comm).trim_end().to_owned()),
    };
    match name.as_deref() {
        Some(name) if name.starts_with("postrider") => Process::Postrider,
        // " (deleted)" follows while a package is being upgraded.
        Some(name) if name.split(' ').next() == Some("fetchmail") => Process::Fetchmail,
        Some(_) => Process::Other,
        None => Process::Unknown,
    }
}

/// Signals a process if it is fetchmail or Postrider; whether it was.
pub(super) fn signal(pid: u32, signal: Signal) -> io::Result<bool> {
    let Some(id) = id(pid) else { return Ok(false) };
    // The handle stays with this process even if the number is given to another.
    let handle = match rustix::process::pidfd_open(id, PidfdFlags::empty()) {
        Ok(handle) => Some(handle),
        Err(rustix::io::Errno::SRCH) => return Ok(false),
        // Kernels before 5.3.
        Err(rustix::io::Errno::NOSYS) => None,
        Err(error) => return Err(error.into()),
    };
    if !matches!(look(pid), Process::Postrider | Process::Fetchmail) {
        return Ok(false);
    }
    let signal = match signal {
        Signal::Wake => rustix::process::Signal::USR1,
        Signal::Stop => rustix::process::Signal::TERM,
    };
    match handle {
        Some(handle) => rustix::process::pidfd_send_signal(handle, signal)?,
        None => rustix::process::kill_process(id, signal)?,
    }
    Ok(true)
}

fn id(pid: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(pid).ok()?)
}
