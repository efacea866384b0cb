//! Starting a child that becomes a user, and hearing what it says (`engine/oneshot/agent`).

use std::ffi::OsString;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::Context;
use crate::base::Secret;
use crate::engine::api::job::users::{Refusal, User, Whose};
use crate::engine::oneshot::agent::{Answer, Order, Verb};
use crate::store::rcfile::SIZE_MAX;

/// How long one answer may take, longer than a user's program may take to start or to end.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longest line of an answer, in octets.
const LINE: u64 = 4 << 20;

/// What programs are found by, as for a job of cron(8).
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";
/// What tells the language. Nothing else of our environment is handed on.
const LANGUAGE: [&str; 4] = ["LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES"];

/// The command of a child that becomes `user`.
pub fn command(
    context: &Context,
    whose: &Whose,
    user: &User,
    verb: Verb,
    word: Option<OsString>,
) -> Command {
    let order = Order {
        verb,
        uid: user.uid,
        gid: user.gid,
        groups: user.groups.clone(),
        path: whose.path.clone(),
        is_system: whose.is_system,
        word,
    };
    let mut command = Command::new(&context.options.program);
    command
        .args(order.words())
        .env_clear()
        .env("HOME", &user.home)
        .env("USER", &user.name)
        .env("LOGNAME", &user.name)
        .env("PATH", PATH)
        .env("SHELL", "/bin/sh")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    for name in LANGUAGE {
        let value = std::env::var(name).unwrap_or_default();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.@:".contains(c);
        if !value.is_empty() && value.chars().all(is_plain) {
            command.env(name, value);
        }
    }
    command
}

/// Asks for one thing; the answer, and the text behind it.
pub async fn ask(
    context: &Context,
    whose: &Whose,
    verb: Verb,
    text: Option<&Secret>,
) -> (Answer, Secret) {
    ask_as(context, whose, &whose.keeper, verb, None, text).await
}

/// The same as another than the keeper of the file, with a word.
pub async fn ask_as(
    context: &Context,
    whose: &Whose,
    user: &User,
    verb: Verb,
    word: Option<OsString>,
    text: Option<&Secret>,
) -> (Answer, Secret) {
    let mut command = command(context, whose, user, verb, word);
    if text.is_some() {
        command.stdin(Stdio::piped());
    }
    let answered = match command.spawn() {
        Ok(child) => timeout(PATIENCE, converse(child, text)).await,
        Err(error) => Ok(Err(Refusal::Unable(error.to_string()))),
    };
    let refused = |refusal| (Answer::Refused(refusal, None), Secret::new(Vec::new()));
    match answered {
        Ok(Ok(answer)) => answer,
        Ok(Err(refusal)) => refused(refusal),
        // The child is ended as it is dropped. One that hangs in the system itself is not waited for.
        Err(_) => refused(Refusal::Silent),
    }
}

async fn converse(mut child: Child, text: Option<&Secret>) -> Result<(Answer, Secret), Refusal> {
    let unable = |error: std::io::Error| Refusal::Unable(error.to_string());
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let speak = async {
        if let (Some(mut input), Some(text)) = (input, text) {
            // It may have its reasons not to listen; it says them.
            let _ = input.write_all(text.expose()).await;
        }
    };
    let hear = async {
        let mut said = Vec::new();
        if let Some(output) = output {
            let mut output = output.take(LINE + SIZE_MAX + 1);
            output.read_to_end(&mut said).await.map_err(unable)?;
        }
        Ok(said)
    };
    let ((), said) = tokio::join!(speak, hear);
    let said = Secret::new(said?);
    child.wait().await.map_err(unable)?;
    let odd = || super::odd();
    let end = said.expose().iter().position(|byte| *byte == b'\n');
    let end = end.filter(|end| *end as u64 <= LINE).ok_or_else(odd)?;
    let answer = serde_json::from_slice(&said.expose()[..end]).map_err(|_| odd())?;
    let behind = &said.expose()[end + 1..];
    if let Answer::Text(length) = answer
        && length != behind.len() as u64
    {
        return Err(odd());
    }
    Ok((answer, Secret::new(behind)))
}
