//! Fetching as the user: our own `fetch`, in their home, once or in the background.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{Answer, Order, holder, read, running};
use crate::engine::api::job::users::Refusal;
use crate::engine::trouble::status;
use crate::store::lock::Signal;

/// How long a program of the background may take to show itself.
const STARTING: Duration = Duration::from_secs(5);
/// How long it may take to end.
const ENDING: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

/// Checks once. It takes this process over, so that nothing of what that was is left.
pub(super) fn once(order: &Order) -> u8 {
    let mut words: Vec<OsString> = vec!["-v".into(), "--daemon".into(), "0".into()];
    words.extend(file(order));
    if let Some(server) = &order.word {
        words.extend(["--".into(), server.clone()]);
    }
    let error = match usable(order) {
        Err(refusal) => {
            eprintln!("postrider: {refusal}");
            return status::FILES;
        }
        Ok(()) => match fetch(words) {
            Ok(mut command) => command.exec(),
            Err(error) => error,
        },
    };
    eprintln!("postrider: {error}");
    status::INTERNAL
}

/// Whether it is a file that would be shown and written; `fetch` itself follows links.
fn usable(order: &Order) -> Result<(), Refusal> {
    match read(order)? {
        Some(_) => Ok(()),
        None => Err(Refusal::Missing),
    }
}

/// Checks in the background, in a process that outlives this one.
pub(super) fn start(order: &Order) -> Answer {
    if let Err(refusal) = usable(order) {
        return Answer::Refused(refusal, None);
    }
    let seconds = order.word.clone().unwrap_or_else(|| "300".into());
    let mut words: Vec<OsString> = ["--nodetach", "--silent", "--daemon"]
        .map(Into::into)
        .into();
    words.push(seconds);
    words.extend(file(order));
    let child = fetch(words).and_then(|mut command| {
        let command = command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(Stdio::null()).process_group(0).spawn()
    });
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return Answer::Refused(Refusal::Unable(error.to_string()), None),
    };
    let end = Instant::now() + STARTING;
    while Instant::now() < end {
        if let Ok(Some(status)) = child.try_wait() {
            return Answer::Ended(code(status));
        }
        if running().is_some_and(|running| running.pid == Some(child.id())) {
            return Answer::Started(child.id());
        }
        sleep(PAUSE);
    }
    // It is alive, if slow.
    Answer::Started(child.id())
}

/// Ends what runs in the background, be it ours or classic fetchmail.
pub(super) fn stop() -> Answer {
    let Some(first) = holder() else {
        return Answer::Stopped(false);
    };
    match first.signal(Signal::Stop) {
        Ok(true) => {}
        Ok(false) => return Answer::Stopped(false),
        Err(error) => return Answer::Refused(Refusal::Unable(error.to_string()), None),
    }
    let end = Instant::now() + ENDING;
    while Instant::now() < end {
        if holder().is_none_or(|holder| holder.pid != first.pid) {
            return Answer::Stopped(true);
        }
        sleep(PAUSE);
    }
    Answer::Lingers
}

/// This very program with `fetch`, in the user's home.
fn fetch(words: Vec<OsString>) -> io::Result<Command> {
    let home = std::env::var_os("HOME").unwrap_or_else(|| "/".into());
    if std::env::set_current_dir(&home).is_err() {
        std::env::set_current_dir(Path::new("/"))?;
    }
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("fetch").args(words);
    Ok(command)
}

/// The file, where it is not the one that is looked for anyway.
fn file(order: &Order) -> Vec<OsString> {
    match order.is_system {
        true => vec!["-f".into(), order.path.clone().into()],
        false => Vec::new(),
    }
}

fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or(-1)
}
