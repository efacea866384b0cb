//! The sink for a delivery command (`mda`): each message whole on its standard input.
//!
//! The command starts only when the message is complete, one at a time, in a process group of its
//! own that is ended as a group when it takes too long. Exit status 0 is its word that the mail is
//! safe (engine.md section 15); whatever else happens, the message stays on the server.

pub mod template;

#[cfg(test)]
mod tests;

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use tracing::Instrument;

use super::spool::{self, Spool};
use super::{Feed, Part, Settings, disk_error};
use crate::base::text::quiet;
use crate::mail::Envelope;
use crate::transit::{Outcome, Refusal, Ticket};

use template::Template;
pub use template::maildir_of;

/// Starts the sink for a command.
pub(super) fn start(command: &[u8], settings: Settings, feed: Feed) {
    let limit = settings.timeout.max(LIMIT);
    tokio::spawn(run(command.to_vec(), settings, limit, feed).in_current_span());
}

/// A message being collected.
struct Message {
    ticket: Ticket,
    envelope: Envelope,
    spool: Spool,
}

async fn run(command: Vec<u8>, settings: Settings, limit: Duration, mut feed: Feed) {
    let template = match Template::parse(&command) {
        Ok(template) => template,
        Err(error) => return feed.give_up(Vec::new(), error).await,
    };
    let path = template::is_our_own(&command).then(|| path_with(&settings.program));
    let mut current: Option<Message> = None;
    while let Some(part) = feed.parts.recv().await {
        match part {
            Part::Begin { ticket, envelope } => {
                let spool = Spool::new();
                current = Some(Message {
                    ticket,
                    envelope,
                    spool,
                });
            }
            Part::Chunk(bytes) => {
                if let Some(message) = &mut current
                    && let Err(error) = message.spool.push(&bytes).await
                {
                    let error = disk_error(&spool::directory(), &error);
                    return feed.give_up(vec![message.ticket], error).await;
                }
            }
            Part::Abort => current = None,
            Part::Finish => {
                let Some(message) = current.take() else {
                    continue;
                };
                let line = template.expand(&message.envelope, &settings.host);
                let outcome = match message.spool.finish().await {
                    Ok(stdin) => deliver(&line, path.as_deref(), stdin, limit).await,
                    Err(error) => {
                        let error = disk_error(&spool::directory(), &error);
                        return feed.give_up(vec![message.ticket], error).await;
                    }
                };
                feed.settle(vec![(message.ticket, outcome)]);
            }
        }
    }
}

/// Runs the command for one message.
async fn deliver(
    line: &[u8],
    path: Option<&OsStr>,
    stdin: std::fs::File,
    limit: Duration,
) -> Outcome {
    let (mut child, output) = match start_shell(line, path, stdin) {
        Ok(started) => started,
        Err(error) => {
            return deferred(
                error.raw_os_error().unwrap_or(0),
                error.to_string().into_bytes(),
            );
        }
    };
    let words = tokio::spawn(listen(output));
    let stop = words.abort_handle();
    let ended = timeout(limit, child.wait()).await;
    let outcome = match ended {
        Ok(Ok(status)) if status.success() => Outcome::Delivered,
        Ok(Ok(status)) => {
            // Something it left running may hold the other end: not waited for.
            let words = timeout(Duration::from_secs(1), words).await;
            let words = words.ok().and_then(Result::ok).unwrap_or_default();
            deferred(code_of(status), told(status, &words))
        }
        Ok(Err(error)) => deferred(
            error.raw_os_error().unwrap_or(0),
            error.to_string().into_bytes(),
        ),
        Err(_) => {
            end_group(&mut child).await;
            let what = format!("the command did not end within {} seconds", limit.as_secs());
            deferred(0, what.into_bytes())
        }
    };
    stop.abort();
    outcome
}

fn start_shell(
    line: &[u8],
    path: Option<&OsStr>,
    stdin: std::fs::File,
) -> io::Result<(Child, pipe::Receiver)> {
    let (reader, writer) = io::pipe()?;
    let mut command = Command::new("/bin/sh");
    command
        .arg("-c")
        .arg(OsStr::from_bytes(line))
        .stdin(stdin)
        .stdout(writer.try_clone()?)
        .stderr(Stdio::from(writer))
        .process_group(0);
    // They change what mailers do (threats.md A20).
    for name in ["QMAILINJECT", "NULLMAILER_FLAGS"] {
        command.env_remove(name);
    }
    if let Some(path) = path {
        command.env("PATH", path);
    }
    let output = pipe::Receiver::from_owned_fd(reader.into())?;
    Ok((command.spawn()?, output))
}

/// Reads what the command says: the beginning is kept, the rest thrown away, so that it never
/// waits for us.
async fn listen(mut output: pipe::Receiver) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut buffer = [0; 1024];
    while let Ok(n @ 1..) = output.read(&mut buffer).await {
        let room = WORDS - kept.len();
        kept.extend_from_slice(&buffer[..n.min(room)]);
    }
    kept
}

/// Ends the command and everything it started: asked first, then without a choice.
async fn end_group(child: &mut Child) {
    let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    for signal in [Signal::TERM, Signal::KILL] {
        // The group may be gone already.
        let _ = group.map(|group| kill_process_group(group, signal));
        let ended = timeout(GRACE, child.wait()).await;
        if ended.is_ok() && signal == Signal::KILL {
            return;
        }
    }
}

fn deferred(code: i32, words: Vec<u8>) -> Outcome {
    Outcome::Deferred(Refusal { code, words })
}

/// The exit status, or 128 and the signal, as shells count.
fn code_of(status: ExitStatus) -> i32 {
    let signal = status.signal().map(|signal| 128 + signal);
    status.code().or(signal).unwrap_or(0)
}

fn told(status: ExitStatus, words: &[u8]) -> Vec<u8> {
    let words = quiet(words, WORDS);
    if words.is_empty() {
        format!("the command ended with {status}").into_bytes()
    } else {
        words.into_bytes()
    }
}

/// `PATH` with the directory of this very program first, so that a bare `postrider` is found.
fn path_with(program: &Path) -> std::ffi::OsString {
    let own = program.parent().unwrap_or(Path::new("/")).to_owned();
    let set = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(own.clone()).chain(std::env::split_paths(&set));
    std::env::join_paths(all).unwrap_or(own.into())
}

/// Most messages not yet on record: the one being recorded, and the next, whose command may run
/// meanwhile.
pub(super) const UNRECORDED: usize = 2;

/// Shortest time a command is given.
const LIMIT: Duration = Duration::from_secs(300);

/// Time to end after being asked to.
const GRACE: Duration = Duration::from_secs(5);

/// Octets kept of what a command says.
const WORDS: usize = 4096;
