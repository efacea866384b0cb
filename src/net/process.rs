//! Commands of the account (`mda`, `preconnect`, `postconnect`, `plugin`): started through the
//! shell, in a process group of their own, so that all of it can be ended (threats.md A20, A24).

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// Variables that make qmail's and nullmailer's sendmail do other things than they are told
/// (fetchmail(1), ENVIRONMENT).
pub(super) const REFUSED: [&str; 2] = ["QMAILINJECT", "NULLMAILER_FLAGS"];

/// How long a group may take to end after SIGTERM.
const TO_TIDY_UP: Duration = Duration::from_secs(2);

/// `/bin/sh -c command` with the inherited environment less [`REFUSED`]. The caller chooses where
/// input and output go, then calls [`Group::spawn`].
pub fn shell(command: &[u8]) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(OsStr::from_bytes(command));
    for variable in REFUSED {
        shell.env_remove(variable);
    }
    shell
}

/// A running command and all it has started. Dropped before its end was waited for, the whole
/// group is killed; after a normal end what went on in the background is left alone, because
/// `preconnect "ssh -f ..."` is meant so.
#[derive(Debug)]
pub struct Group {
    child: Child,
    leader: Option<Pid>,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself or by a signal.
    With(ExitStatus),
    /// It took too long and was ended.
    TimedOut,
}

impl Group {
    /// Starts a command as the leader of a new process group.
    ///
    /// # Errors
    /// The system's, for example if there is no such program or the command has a NUL.
    pub fn spawn(mut command: Command) -> io::Result<Self> {
        let child = command.process_group(0).kill_on_drop(true).spawn()?;
        let leader = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        Ok(Self { child, leader })
    }

    /// The command's standard input, if it was piped and not taken before. Drop it to end it.
    pub fn stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// The command's standard output, if it was piped and not taken before.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// The command's standard error, if it was piped and not taken before.
    pub fn stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// Waits for the command itself. Cancel-safe.
    ///
    /// # Errors
    /// The system's.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.leader = None;
        Ok(status)
    }

    /// Waits for the command itself at most so long; then its whole group gets SIGTERM and, two
    /// seconds later, SIGKILL.
    ///
    /// # Errors
    /// The system's.
    pub async fn wait_within(&mut self, limit: Duration) -> io::Result<Ended> {
        if let Ok(status) = timeout(limit, self.wait()).await {
            return status.map(Ended::With);
        }
        let leader = self.leader;
        signal(leader, Signal::TERM);
        let _ = timeout(TO_TIDY_UP, self.child.wait()).await;
        signal(leader, Signal::KILL);
        self.wait().await?;
        Ok(Ended::TimedOut)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        signal(self.leader, Signal::KILL);
    }
}

/// A group that is gone already needs no signal.
fn signal(leader: Option<Pid>, signal: Signal) {
    if let Some(leader) = leader {
        let _ = kill_process_group(leader, signal);
    }
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    async fn output(command: Command) -> (String, Ended) {
        let mut command = command;
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut group = Group::spawn(command).unwrap();
        let mut stdin = group.stdin().unwrap();
        let mut stdout = group.stdout().unwrap();
        // Not every command reads it.
        let _ = stdin.write_all(b"from us").await;
        drop(stdin);
        let mut text = String::new();
        stdout.read_to_string(&mut text).await.unwrap();
        (text, group.wait_within(LONG).await.unwrap())
    }

    #[tokio::test]
    async fn runs_through_the_shell() {
        let (text, ended) = output(shell(b"cat; echo \", and $((1+1))\"; exit 3")).await;
        assert_eq!(text, "from us, and 2\n");
        assert!(matches!(ended, Ended::With(status) if status.code() == Some(3)));
    }

    #[tokio::test]
    async fn mailer_variables_are_not_inherited() {
        // Set for the child alone; a later env_remove wins as it would over ours.
        let mut command = shell(b"echo \"[$QMAILINJECT$NULLMAILER_FLAGS]$KEPT\"");
        let removed: Vec<_> = command
            .as_std()
            .get_envs()
            .filter(|(_, value)| value.is_none())
            .map(|(name, _)| name.to_owned())
            .collect();
        assert_eq!(removed, ["NULLMAILER_FLAGS", "QMAILINJECT"]);
        command.env("KEPT", "kept");
        assert_eq!(output(command).await.0, "[]kept\n");
    }

    #[tokio::test]
    async fn what_cannot_start_is_an_error() {
        assert!(Group::spawn(shell(b"a\0b")).is_err());
    }

    /// The read end sees the end of file only when every process of the group is gone.
    async fn started_two(command: &[u8]) -> (Group, ChildStdout) {
        let mut command = shell(command);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut group = Group::spawn(command).unwrap();
        let mut stdout = group.stdout().unwrap();
        let mut ready = [0; 1];
        stdout.read_exact(&mut ready).await.unwrap();
        (group, stdout)
    }

    #[tokio::test]
    async fn timeout_ends_the_whole_group() {
        for command in [
            &b"sleep 1000 & printf x; sleep 1000"[..],
            b"trap '' TERM; printf x; sleep 1000; sleep 1000",
        ] {
            let (mut group, mut stdout) = started_two(command).await;
            let ended = group.wait_within(Duration::ZERO).await.unwrap();
            assert_eq!(ended, Ended::TimedOut);
            let end = timeout(LONG, stdout.read(&mut [0; 8])).await;
            assert_eq!(end.unwrap().unwrap(), 0);
        }
    }

    #[tokio::test]
    async fn dropping_kills_the_whole_group() {
        let (group, mut stdout) = started_two(b"sleep 1000 & printf x; sleep 1000").await;
        drop(group);
        let end = timeout(LONG, stdout.read(&mut [0; 8])).await;
        assert_eq!(end.unwrap().unwrap(), 0);
    }

    #[tokio::test]
    async fn background_work_outlives_a_normal_end() {
        let (mut group, mut stdout) =
            started_two(b"me=$$; (while kill -0 $me; do :; done 2>/dev/null; printf y) & printf x")
                .await;
        assert!(group.wait().await.unwrap().success());
        drop(group);
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "y");
    }
}
