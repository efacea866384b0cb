//! An SMTP or LMTP listener in the test process that keeps what it gets.
//!
//! Every step has its usual answer; a table changes it:
//!
//! ```ignore
//! let sink = Sink::smtp().await;
//! sink.answer("RCPT TO:<nobody", "550 5.1.1 no such user");
//! sink.answer(".", "452 4.3.1 disk full");      // the end of the body
//! sink.answer("CONNECT", "421 busy");           // instead of the greeting
//! sink.answer("DATA", "");                      // no answer: the connection ends
//! ```

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::manner::{Deed, Manner};
use super::server::Transcript;
use super::wire::Wire;

/// One message taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// What stood behind `MAIL FROM:`, parameters included.
    pub sender: String,
    /// What stood behind each accepted `RCPT TO:`.
    pub recipients: Vec<String>,
    /// Header and body with CRLF, dots taken away.
    pub octets: Vec<u8>,
}

#[derive(Default)]
struct State {
    received: Vec<Received>,
    answers: Vec<(String, String)>,
    lines: Vec<String>,
    hidden: Vec<String>,
    manner: Manner,
    discards: bool,
    octets: u64,
    connections: usize,
}

/// The listener; it ends when this is dropped.
pub struct Sink {
    /// Port on 127.0.0.1.
    pub port: u16,
    /// Speaks LMTP.
    pub is_lmtp: bool,
    state: Arc<Mutex<State>>,
    _listener: JoinSet<()>,
}

impl Sink {
    /// Speaks SMTP (RFC 5321).
    pub async fn smtp() -> Self {
        Self::start(false).await
    }

    /// Speaks LMTP (RFC 2033): one answer a recipient behind the body.
    pub async fn lmtp() -> Self {
        Self::start(true).await
    }

    async fn start(is_lmtp: bool) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let state = Arc::new(Mutex::new(State::default()));
        let port = listener.local_addr().expect("bound").port();
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, state.clone(), is_lmtp));
        Self {
            port,
            is_lmtp,
            state,
            _listener: tasks,
        }
    }

    /// Answers lines that begin like `step` (in any case) with `reply` from now on; the newest
    /// rule wins. Several lines are joined by `\r\n`; an empty reply ends the connection.
    pub fn answer(&self, step: &str, reply: &str) {
        lock(&self.state)
            .answers
            .insert(0, (step.to_ascii_uppercase(), reply.to_owned()));
    }

    /// Answers as usual again.
    pub fn forget_answers(&self) {
        lock(&self.state).answers.clear();
    }

    /// Takes an extension (`PIPELINING`) out of the EHLO answer.
    pub fn hide(&self, extension: &str) {
        lock(&self.state).hidden.push(extension.to_owned());
    }

    /// Waits so long before each round of answers.
    pub fn slow(&self, pause: Duration) {
        self.manner(|m| m.thinks = pause);
    }

    /// Changes how connections behave from now on.
    pub fn manner(&self, change: impl FnOnce(&mut Manner)) {
        change(&mut lock(&self.state).manner);
    }

    /// Throws bodies away and only counts their octets: for messages larger than memory should be.
    pub fn discard(&self) {
        lock(&self.state).discards = true;
    }

    /// Octets of all messages taken.
    pub fn octets(&self) -> u64 {
        lock(&self.state).octets
    }

    /// What came so far, in the order it came whole.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.state).received.clone()
    }

    /// Forgets what came so far.
    pub fn forget(&self) {
        lock(&self.state).received.clear();
    }

    /// How many messages came whole.
    pub fn count(&self) -> usize {
        lock(&self.state).received.len()
    }

    /// What clients have said, bodies left out: `1 SMTP EHLO there`.
    pub fn transcript(&self) -> Vec<String> {
        lock(&self.state).lines.clone()
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        lock(&self.state).connections
    }
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(|p| p.into_inner())
}

async fn accept(listener: TcpListener, state: Arc<Mutex<State>>, is_lmtp: bool) {
    let mut sessions = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while sessions.try_join_next().is_some() {}
        sessions.spawn(session(stream, state.clone(), is_lmtp));
    }
}

async fn session(stream: TcpStream, state: Arc<Mutex<State>>, is_lmtp: bool) {
    let (number, manner) = {
        let mut state = lock(&state);
        state.connections += 1;
        (state.connections, state.manner.clone())
    };
    // The lines are written down by the session, which knows bodies from commands.
    let Ok(wire) = Wire::open(stream, None, manner, Transcript::nowhere()).await else {
        return;
    };
    let mut session = Session {
        wire,
        state,
        prefix: format!("{number} {}", if is_lmtp { "LMTP" } else { "SMTP" }),
        is_lmtp,
        sender: None,
        recipients: Vec::new(),
    };
    if session.serve().await.is_ok() {
        // The client may have gone first.
        let _ = session.wire.close().await;
    }
}

struct Session {
    wire: Wire,
    state: Arc<Mutex<State>>,
    prefix: String,
    is_lmtp: bool,
    sender: Option<String>,
    recipients: Vec<String>,
}

impl Session {
    async fn serve(&mut self) -> io::Result<()> {
        if !self.reply("CONNECT", "220 sink.example.org ready").await? {
            return Ok(());
        }
        while let Some(line) = self.wire.line().await? {
            let line = String::from_utf8_lossy(&line).into_owned();
            lock(&self.state)
                .lines
                .push(format!("{} {line}", self.prefix));
            let verb = line
                .split([' ', ':'])
                .next()
                .unwrap_or("")
                .to_ascii_uppercase();
            let usual = self.usual(&verb);
            let went_well = self.reply(&line, &usual).await?;
            match verb.as_str() {
                "QUIT" => return Ok(()),
                "MAIL" if went_well => self.sender = Some(argument(&line)),
                "RCPT" if went_well => self.recipients.push(argument(&line)),
                "DATA" if went_well => self.body().await?,
                "RSET" | "EHLO" | "LHLO" | "HELO" => self.forget(),
                _ => {}
            }
        }
        Ok(())
    }

    fn forget(&mut self) {
        self.sender = None;
        self.recipients.clear();
    }

    /// The answer when no rule says otherwise.
    fn usual(&self, verb: &str) -> String {
        let text = match verb {
            "EHLO" if !self.is_lmtp => return self.extensions(),
            "LHLO" if self.is_lmtp => return self.extensions(),
            "HELO" if !self.is_lmtp => "250 sink.example.org",
            "MAIL" if self.sender.is_some() => "503 5.5.1 one at a time",
            "MAIL" => "250 2.1.0 ok",
            "RCPT" if self.sender.is_none() => "503 5.5.1 MAIL first",
            "RCPT" => "250 2.1.5 ok",
            "DATA" if self.recipients.is_empty() => "503 5.5.1 no valid recipients",
            "DATA" => "354 go on",
            "RSET" | "NOOP" => "250 2.0.0 ok",
            "QUIT" => "221 2.0.0 bye",
            _ => "500 5.5.2 unknown",
        };
        text.to_owned()
    }

    fn extensions(&self) -> String {
        let hidden = lock(&self.state).hidden.clone();
        let mut lines = vec!["sink.example.org"];
        let offers = [
            "PIPELINING",
            "8BITMIME",
            "SIZE 1000000000",
            "ENHANCEDSTATUSCODES",
        ];
        lines.extend(
            offers
                .iter()
                .filter(|o| !hidden.iter().any(|h| o.starts_with(h.as_str()))),
        );
        let last = lines.len() - 1;
        let line =
            |(i, text): (usize, &&str)| format!("250{}{text}", if i == last { ' ' } else { '-' });
        lines
            .iter()
            .enumerate()
            .map(line)
            .collect::<Vec<_>>()
            .join("\r\n")
    }

    /// Says the answer for a step; whether it was a 2xx or 3xx. With an empty rule the connection
    /// ends, which comes back as an error.
    async fn reply(&mut self, step: &str, usual: &str) -> io::Result<bool> {
        let step = step.to_ascii_uppercase();
        let rule = {
            let state = lock(&self.state);
            let found = state
                .answers
                .iter()
                .find(|(prefix, _)| step.starts_with(prefix.as_str()));
            found.map(|(_, reply)| reply.clone())
        };
        let reply = rule.unwrap_or_else(|| usual.to_owned());
        if reply.is_empty() {
            self.wire.flush().await?;
            self.wire.cut().await;
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        self.wire.say(&reply).await?;
        Ok(reply.starts_with(['2', '3']))
    }

    /// The body after DATA, up to its dot.
    async fn body(&mut self) -> io::Result<()> {
        let mut octets = Vec::new();
        let mut size = 0;
        let discards = lock(&self.state).discards;
        loop {
            let Some(line) = self.wire.raw_line().await? else {
                return Err(io::ErrorKind::UnexpectedEof.into());
            };
            if line == b".\r\n" {
                break;
            }
            let line = line.strip_prefix(b".").unwrap_or(&line);
            size += line.len() as u64;
            if !discards {
                octets.extend_from_slice(line);
            }
        }
        let recipients = std::mem::take(&mut self.recipients);
        let mut taken = Vec::new();
        if self.is_lmtp {
            for recipient in &recipients {
                if self
                    .reply(&format!(". {recipient}"), "250 2.0.0 taken")
                    .await?
                {
                    taken.push(recipient.clone());
                }
            }
        } else if self.reply(".", "250 2.0.0 taken").await? {
            taken = recipients;
        }
        let sender = self.sender.take().unwrap_or_default();
        if !taken.is_empty() {
            {
                let mut state = lock(&self.state);
                state.octets += size;
                state.received.push(Received {
                    sender,
                    recipients: taken,
                    octets,
                });
            }
            self.wire.note(Deed::Taken, 1);
        }
        // As real listeners do: whoever waits for this answer waits with a message in hand.
        self.wire.flush().await
    }
}

/// What stands behind the colon.
fn argument(line: &str) -> String {
    line.split_once(':')
        .map_or("", |(_, rest)| rest)
        .trim()
        .to_owned()
}
