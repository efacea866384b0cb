//! One connection of a fake server: lines in, octets out, TLS, and the faults of [`Manner`].
//!
//! Answers are gathered and leave when the server would wait for input, so that a pipelining
//! client is served as real servers do.

use std::io;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::manner::{Deed, Manner, Trap};
use super::server::Transcript;

/// Most octets gathered before they are sent.
const GATHER: usize = 32 * 1024;

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    /// Between the two.
    None,
}

/// The server's end of a connection.
pub struct Wire {
    stream: Stream,
    inbox: BytesMut,
    out: BytesMut,
    sent: u64,
    /// How this connection behaves.
    pub manner: Manner,
    transcript: Transcript,
}

impl Wire {
    /// Takes an accepted connection; with an acceptor TLS comes first.
    pub async fn open(
        stream: TcpStream,
        tls: Option<&TlsAcceptor>,
        manner: Manner,
        transcript: Transcript,
    ) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let mut wire = Self {
            stream: Stream::Plain(stream),
            inbox: BytesMut::new(),
            out: BytesMut::new(),
            sent: 0,
            manner,
            transcript,
        };
        if let Some(acceptor) = tls {
            wire.start_tls(acceptor).await?;
        }
        Ok(wire)
    }

    /// Whether TLS is on.
    pub fn is_protected(&self) -> bool {
        matches!(self.stream, Stream::Tls(_))
    }

    /// Sends what is gathered and does the handshake. Input that came too early is dropped.
    pub async fn start_tls(&mut self, acceptor: &TlsAcceptor) -> io::Result<()> {
        self.flush().await?;
        self.inbox.clear();
        let Stream::Plain(plain) = std::mem::replace(&mut self.stream, Stream::None) else {
            return Err(io::ErrorKind::AlreadyExists.into());
        };
        self.stream = Stream::Tls(Box::new(acceptor.accept(plain).await?));
        Ok(())
    }

    /// The next line without its end; `None` when the client has closed.
    pub async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let Some(mut line) = self.raw_line().await? else {
            return Ok(None);
        };
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        self.transcript.note(&line);
        Ok(Some(line))
    }

    /// The next line with its end, not written down; `None` when the client has closed.
    pub async fn raw_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut looked = 0;
        loop {
            if let Some(at) = memchr::memchr(b'\n', &self.inbox[looked..]) {
                let line = self.inbox.split_to(looked + at + 1).to_vec();
                self.note(Deed::Heard, 1);
                return Ok(Some(line));
            }
            looked = self.inbox.len();
            if !self.fill().await? {
                return Ok(None);
            }
        }
    }

    /// Counts for the trap, if one is set.
    pub fn note(&self, deed: Deed, times: u64) {
        if let Some(trap) = &self.manner.trap {
            trap.note(deed, times);
        }
    }

    /// The next `count` octets; `None` when the client has closed.
    pub async fn exactly(&mut self, count: usize) -> io::Result<Option<Vec<u8>>> {
        while self.inbox.len() < count {
            if !self.fill().await? {
                return Ok(None);
            }
        }
        Ok(Some(self.inbox.split_to(count).to_vec()))
    }

    /// Whether input is waiting that was not looked at.
    pub fn has_input(&self) -> bool {
        !self.inbox.is_empty()
    }

    /// Sends what is gathered, then waits until something comes. Cancel-safe after the sending.
    pub async fn fill(&mut self) -> io::Result<bool> {
        self.flush().await?;
        let read = self.read().await?;
        if read > 0 && !self.manner.thinks.is_zero() {
            tokio::time::sleep(self.manner.thinks).await;
        }
        Ok(read > 0)
    }

    /// Gathers a line of answer; its end is added.
    pub async fn say(&mut self, line: &str) -> io::Result<()> {
        self.send(line.as_bytes()).await?;
        self.send(b"\r\n").await
    }

    /// Gathers octets of answer.
    pub async fn send(&mut self, octets: &[u8]) -> io::Result<()> {
        self.out.extend_from_slice(octets);
        if self.out.len() >= GATHER {
            self.flush().await?;
        }
        Ok(())
    }

    /// Sends what is gathered. Fails when the manner says that the connection ends here.
    pub async fn flush(&mut self) -> io::Result<()> {
        while !self.out.is_empty() {
            let (most, pause) = match self.manner.trickle {
                Some((most, pause)) => (most.max(1), Some(pause)),
                None => (usize::MAX, None),
            };
            let room = self.manner.trap.as_ref().map_or(usize::MAX, Trap::room);
            let spoils = self.manner.spoils_after.map(|(end, _)| end);
            let ends = [self.manner.closes_after, self.manner.stalls_after, spoils];
            let end = ends.into_iter().flatten().min();
            let left = end.map_or(u64::MAX, |end| end.saturating_sub(self.sent));
            if left == 0 {
                self.end().await;
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            let count = self
                .out
                .len()
                .min(most)
                .min(room)
                .min(usize::try_from(left).unwrap_or(usize::MAX));
            let piece = self.out.split_to(count).freeze();
            self.write(piece).await?;
            self.sent += count as u64;
            self.note(Deed::Sent, count as u64);
            if let Some(pause) = pause {
                tokio::time::sleep(pause).await;
            }
        }
        Ok(())
    }

    async fn write(&mut self, mut piece: Bytes) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(s) => s.write_all_buf(&mut piece).await,
            Stream::Tls(s) => {
                s.write_all_buf(&mut piece).await?;
                s.flush().await
            }
            Stream::None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// The moment of the manner has come.
    async fn end(&mut self) {
        if let (Some((_, is_alert)), Stream::Tls(s)) = (self.manner.spoils_after, &mut self.stream)
        {
            // RFC 8446 section 5.1: type, version, length, content.
            let alert: &[u8] = &[21, 3, 3, 0, 2, 2, 80];
            let noise: &[u8] = &[
                23, 3, 3, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0,
            ];
            let record = if is_alert { alert } else { noise };
            // The client may be gone already.
            let _ = s.get_mut().0.write_all(record).await;
        }
        if self.manner.stalls_after.is_some() {
            self.out.clear();
            while matches!(self.read().await, Ok(1..)) {}
            return;
        }
        self.cut().await;
    }

    async fn read(&mut self) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Plain(s) => s.read_buf(&mut self.inbox).await,
            Stream::Tls(s) => s.read_buf(&mut self.inbox).await,
            Stream::None => Ok(0),
        }
    }

    /// Ends the connection under everything: no close_notify, no farewell. What was sent still
    /// arrives, because the client's own closing is awaited.
    pub async fn cut(&mut self) {
        self.out.clear();
        let tcp = match &mut self.stream {
            Stream::Plain(s) => s,
            Stream::Tls(s) => s.get_mut().0,
            Stream::None => return,
        };
        // The client may be gone already; either way the connection has ended.
        let _ = tcp.shutdown().await;
        let mut rest = BytesMut::new();
        while matches!(tcp.read_buf(&mut rest).await, Ok(n) if n > 0) {
            rest.clear();
        }
    }

    /// Ends the connection politely.
    pub async fn close(&mut self) -> io::Result<()> {
        self.flush().await?;
        match &mut self.stream {
            Stream::Plain(s) => s.shutdown().await?,
            Stream::Tls(s) => s.shutdown().await?,
            Stream::None => {}
        }
        self.inbox.clear();
        Ok(())
    }
}

/// Adds the dots of RFC 1939 section 3 (and RFC 5321 section 4.5.2) to a stream of pieces.
#[derive(Default)]
pub struct DotStuffer {
    /// Where the next octet stands.
    seen: Seen,
}

#[derive(Default, PartialEq, Clone, Copy)]
enum Seen {
    #[default]
    LineStart,
    Cr,
    Text,
}

impl DotStuffer {
    /// The next piece, stuffed.
    pub fn stuff(&mut self, mut piece: Bytes) -> Vec<u8> {
        let mut out = Vec::with_capacity(piece.len() + 16);
        while piece.has_remaining() {
            if self.seen == Seen::LineStart && piece[0] == b'.' {
                out.push(b'.');
            }
            if self.seen == Seen::Cr && piece[0] == b'\n' {
                out.push(piece.get_u8());
                self.seen = Seen::LineStart;
                continue;
            }
            let end = memchr::memchr(b'\r', &piece).map_or(piece.len(), |at| at + 1);
            let part = piece.split_to(end);
            self.seen = if part.ends_with(b"\r") {
                Seen::Cr
            } else {
                Seen::Text
            };
            out.extend_from_slice(&part);
        }
        out
    }

    /// The end: CRLF if the last line lacks it, and the dot.
    pub fn end(&self) -> &'static [u8] {
        match self.seen {
            Seen::LineStart => b".\r\n",
            _ => b"\r\n.\r\n",
        }
    }
}

#[test]
fn stuffing_does_not_depend_on_pieces() {
    let text = b".\r\n..a\r\nb.\r\n\r\n.c\r.d\n.e\r\n.";
    let expected = b"..\r\n...a\r\nb.\r\n\r\n..c\r.d\n.e\r\n..\r\n.\r\n";
    for cut in 0..=text.len() {
        let mut stuffer = DotStuffer::default();
        let mut out = stuffer.stuff(Bytes::copy_from_slice(&text[..cut]));
        out.extend(stuffer.stuff(Bytes::copy_from_slice(&text[cut..])));
        out.extend(stuffer.end());
        assert_eq!(
            out.escape_ascii().to_string(),
            expected.escape_ascii().to_string(),
            "cut at {cut}"
        );
    }
}
