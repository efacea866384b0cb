//! A password from a shell command (`password_command` of `accounts.toml`): the first line that it
//! prints. What it prints is shown nowhere, its errors neither: they may quote a secret.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use zeroize::Zeroizing;

use crate::base::Secret;
use crate::base::i18n::{fill, gettext};
use crate::net::process::{Ended, Group, shell};

/// How long it may take; it may have to ask for the passphrase of a key.
const LIMIT: Duration = Duration::from_secs(30);
/// How much of its output is read, in octets.
const MOST: usize = 64 * 1024;

/// Runs the command. An error is a sentence without a word of its output.
pub(super) async fn password(command: &str) -> Result<Secret, String> {
    within(command, LIMIT).await
}

async fn within(command: &str, limit: Duration) -> Result<Secret, String> {
    let mut shell = shell(command.as_bytes());
    shell
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let cannot = |error: std::io::Error| {
        let text = gettext("The password command cannot be run: {what}.");
        fill(&text, &[("what", &error)])
    };
    let mut group = Group::spawn(shell).map_err(cannot)?;
    let stdout = group.stdout();
    let mut output = Zeroizing::new(Vec::with_capacity(MOST));
    let read = async {
        if let Some(stdout) = stdout {
            // More than that is no password, and whoever writes it is not waited for.
            let mut stdout = stdout.take(MOST as u64);
            stdout.read_to_end(&mut output).await?;
        }
        Ok::<(), std::io::Error>(())
    };
    let late = || {
        let text = gettext("The password command did not end within {seconds} seconds.");
        fill(&text, &[("seconds", &limit.as_secs())])
    };
    // A background process that keeps the pipe open counts as not ended.
    let is_read = match tokio::time::timeout(limit, read).await {
        Ok(read) => read.map(|()| true).map_err(cannot)?,
        Err(_) => false,
    };
    let rest = if is_read { limit } else { Duration::ZERO };
    match group.wait_within(rest).await.map_err(cannot)? {
        _ if !is_read => return Err(late()),
        Ended::TimedOut => return Err(late()),
        Ended::With(status) if !status.success() => {
            let text = gettext("The password command failed ({status}). Run it in a terminal.");
            return Err(fill(&text, &[("status", &status)]));
        }
        Ended::With(_) => {}
    }
    let line = output
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() || line.len() >= MOST {
        return Err(gettext(
            "The password command printed no password in its first line. Run it in a terminal.",
        ));
    }
    Ok(Secret::new(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(command: &str, expected: Result<&str, &str>) {
        let found = within(command, Duration::from_secs(5)).await;
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found.expose(), expected.as_bytes()),
            (Err(found), Err(part)) => {
                assert!(found.contains(part), "{found}");
                assert!(!found.contains("hunter2"), "{found}");
            }
            (found, _) => panic!("{command}: {found:?}"),
        }
    }

    #[tokio::test]
    async fn the_first_line_counts_and_nothing_is_told() {
        check("echo hunter2", Ok("hunter2")).await;
        check("printf 'hunter2\\r\\nuser: x\\n'", Ok("hunter2")).await;
        check("printf ' a b '", Ok(" a b ")).await;
        check("cat; echo after", Ok("after")).await;
        check("printf '\\nhunter2'", Err("first line")).await;
        check("true", Err("first line")).await;
        check(
            "echo hunter2; echo hunter2 >&2; exit 3",
            Err("exit status: 3"),
        )
        .await;
        check("/no/such/program", Err("exit status: 127")).await;
        check("kill -9 $$", Err("signal: 9")).await;
        check("head -c 1000000 /dev/zero; true", Err("first line")).await;
    }

    #[tokio::test]
    async fn it_is_not_waited_for_for_ever() {
        let start = std::time::Instant::now();
        let limit = Duration::from_millis(200);
        for command in [
            "sleep 60",
            "sleep 60 & echo x",
            "echo x; exec >&-; sleep 60",
        ] {
            let found = within(command, limit).await.unwrap_err();
            assert!(found.contains("did not end"), "{found}");
        }
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}
