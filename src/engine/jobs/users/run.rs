//! Fetching by a user's file as that user: once, with all that is said on the way, or in the
//! background.

use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Child;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use super::{Context, Whose, agent};
use crate::base::i18n::gettext;
use crate::base::text::quiet;
use crate::engine::api::job::users::{Deed, Ran, User};
use crate::engine::api::job::{Outcome, Progress};
use crate::engine::jobs::failed::{Result, setup};
use crate::engine::oneshot::agent::{Answer, Verb};

/// Longest line that is shown, in characters.
const LINE: usize = 1000;
/// How often what was said is told.
const PACE: Duration = Duration::from_millis(150);
/// How long a program that was told to end may take.
const ENDING: Duration = Duration::from_secs(8);
/// How long what it has left behind may hold its output.
const LEFTOVERS: Duration = Duration::from_secs(1);

/// See [`Job::RunAs`](crate::engine::api::job::Job::RunAs).
pub async fn run(context: &Context, whose: &Whose, deed: Deed) -> Result<Outcome> {
    let Some(runner) = &whose.runner else {
        return Err(setup(gettext(
            "Nobody knows the user whom the file belongs to, so that nothing can be fetched by it.",
        )));
    };
    let (verb, word) = match deed {
        Deed::Check(server) => return check(context, whose, runner, server).await,
        Deed::Start(seconds) => (Verb::Start, Some(seconds.max(1).to_string().into())),
        Deed::Stop => (Verb::Stop, None),
    };
    let (answer, _) = agent::ask_as(context, whose, runner, verb, word, None).await;
    let ran = match answer {
        Answer::Started(pid) => Ran::Started(pid),
        Answer::Ended(status) => Ran::NotStarted(status),
        Answer::Stopped(true) => Ran::Stopped,
        Answer::Stopped(false) => Ran::Idle,
        Answer::Lingers => Ran::Lingers,
        Answer::Refused(refusal, _) => return Err(setup(refusal.to_string())),
        _ => return Err(setup(super::odd().to_string())),
    };
    Ok(Outcome::Ran(ran))
}

async fn check(
    context: &Context,
    whose: &Whose,
    runner: &User,
    server: Option<String>,
) -> Result<Outcome> {
    let word = server.map(Into::into);
    let mut command = agent::command(context, whose, runner, Verb::Run, word);
    command.stderr(Stdio::piped());
    let child = command.spawn();
    let mut child = child.map_err(|error| setup(error.to_string()))?;
    // Bounded: a program that talks faster than it is shown waits.
    let (to, lines) = mpsc::channel(64);
    let out = tokio::spawn(listen(child.stdout.take(), to.clone()));
    let err = tokio::spawn(listen(child.stderr.take(), to));
    let told = tokio::spawn(tell(context.clone(), lines));
    let ended = tokio::select! {
        ended = child.wait() => Some(ended),
        () = context.stop.cancelled() => None,
    };
    let was_stopped = ended.is_none();
    let ended = match ended {
        Some(ended) => ended,
        None => end(&mut child).await,
    };
    // Whoever it has started and left may hold the pipes.
    let _ = timeout(LEFTOVERS, async { (out.await, err.await, told.await) }).await;
    if was_stopped {
        return Ok(Outcome::Cancelled);
    }
    let ended = ended.map_err(|error| setup(error.to_string()))?;
    Ok(Outcome::Ran(Ran::Ended(ended.code().unwrap_or(-1))))
}

/// In order first; all of its session then.
async fn end(child: &mut Child) -> std::io::Result<std::process::ExitStatus> {
    let pid = child.id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
    if let Some(pid) = pid {
        let _ = kill_process(pid, Signal::TERM);
    }
    if let Ok(ended) = timeout(ENDING, child.wait()).await {
        return ended;
    }
    if let Some(pid) = pid {
        let _ = kill_process_group(pid, Signal::KILL);
    }
    child.kill().await?;
    child.wait().await
}

/// Hands on lines until there are no more.
async fn listen(from: Option<impl AsyncRead + Unpin>, to: mpsc::Sender<String>) {
    let Some(mut from) = from else { return };
    let (mut chunk, mut line) = ([0; 4096], Vec::new());
    while let Ok(length @ 1..) = from.read(&mut chunk).await {
        for byte in &chunk[..length] {
            if *byte != b'\n' {
                // What is longer is not shown.
                if line.len() < 4 * LINE {
                    line.push(*byte);
                }
                continue;
            }
            if to.send(quiet(&line, LINE)).await.is_err() {
                return;
            }
            line.clear();
        }
    }
    if !line.is_empty() {
        let _ = to.send(quiet(&line, LINE)).await;
    }
}

/// Tells lines in lots.
async fn tell(context: Context, mut lines: mpsc::Receiver<String>) {
    while let Some(first) = lines.recv().await {
        let mut lot = vec![first];
        let end = Instant::now() + PACE;
        loop {
            tokio::select! {
                line = lines.recv() => match line {
                    Some(line) if lot.len() < 200 => lot.push(line),
                    Some(line) => {
                        lot.push(line);
                        sleep_until(end).await;
                        break;
                    }
                    None => break,
                },
                () = sleep_until(end) => break,
            }
        }
        context.progress(Progress::Said(lot));
    }
}
