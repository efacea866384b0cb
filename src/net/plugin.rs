//! `plugin`: a command whose input and output stand in for the connection (fetchmail(1), plugin).

use std::io;
use std::pin::Pin;
use std::process::Stdio;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::process::{ChildStdin, ChildStdout, Command};

use super::process::{Group, REFUSED};

/// A running command, seen as a stream. Dropped, all that it started is ended.
#[derive(Debug)]
pub struct Plugin {
    stdin: ChildStdin,
    stdout: ChildStdout,
    _group: Group,
}

impl Plugin {
    /// Starts the command for a host and port: split at blanks, without a shell, `%h` and `%p`
    /// replaced wherever they stand (as fetchmail 6.4.37 does, engine.md section 15).
    ///
    /// # Errors
    /// The system's, for example that there is no such program.
    pub fn start(command: &str, host: &str, port: u16) -> io::Result<Self> {
        let mut words = filled(command, host, port).into_iter();
        let program = words.next().unwrap_or_default();
        let mut command = Command::new(program);
        command
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        for variable in REFUSED {
            command.env_remove(variable);
        }
        let mut group = Group::spawn(command)?;
        match (group.stdin(), group.stdout()) {
            (Some(stdin), Some(stdout)) => Ok(Self {
                stdin,
                stdout,
                _group: group,
            }),
            _ => Err(io::Error::from(io::ErrorKind::BrokenPipe)),
        }
    }
}

fn filled(command: &str, host: &str, port: u16) -> Vec<String> {
    let port = port.to_string();
    let fill = |word: &str| word.replace("%h", host).replace("%p", &port);
    command.split_ascii_whitespace().map(fill).collect()
}

impl AsyncRead for Plugin {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stdout).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Plugin {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stdin).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stdin).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stdin).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[test]
    fn host_and_port_are_filled_in() {
        let check = |command, expected: &[&str]| {
            assert_eq!(filled(command, "h; x", 143), expected);
        };
        check("nc %h  %p", &["nc", "h; x", "143"]);
        check("x%h:%p", &["xh; x:143"]);
        check("", &[]);
    }

    #[tokio::test]
    async fn a_command_is_a_stream() {
        let mut plugin = Plugin::start("cat", "mail.example.org", 110).unwrap();
        plugin.write_all(b"hello\n").await.unwrap();
        plugin.flush().await.unwrap();
        let mut came = [0; 6];
        plugin.read_exact(&mut came).await.unwrap();
        assert_eq!(&came, b"hello\n");
        assert!(Plugin::start("", "h", 1).is_err());
        assert!(Plugin::start("/nonexistent/program", "h", 1).is_err());
    }
}
