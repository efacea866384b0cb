//! The only loop that moves bytes: it satisfies a [`Machine`] from a stream, with timeouts and
//! transcript in one place. It reads and writes at once, so that two full buffers cannot
//! deadlock a pipelined conversation.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{timeout, timeout_at};
use tokio_util::io::poll_read_buf;
use zeroize::Zeroize;

use super::silence::Silence;
use super::{Error, Peer, tls};
use crate::proto::{self, Machine, Outgoing, Step};

/// Room made for each read; more gains nothing (measured in stack.md).
const READ: usize = 16 * 1024;

/// A two-way byte stream of any kind.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What one turn of the pump brought.
#[derive(Debug)]
pub enum Turn<E> {
    /// Bytes moved; the machine has nothing to tell yet.
    Moved,
    /// Something for the driver.
    Event(E),
    /// The conversation is over.
    Done,
}

/// A connection and what is still to be sent over it.
pub struct Conn {
    stream: Box<dyn Stream>,
    peer: Peer,
    address: Option<SocketAddr>,
    tls: Option<tls::Session>,
    out: BytesMut,
    has_secret: bool,
    write_error: Option<String>,
    silence: Silence,
    /// The machine was told that the peer has closed.
    is_over: bool,
}

impl Conn {
    /// Wraps a stream: a socket, or one end of `tokio::io::duplex` in tests.
    pub fn new(stream: Box<dyn Stream>, peer: Peer, address: Option<SocketAddr>) -> Self {
        Self {
            stream,
            peer,
            address,
            tls: None,
            out: BytesMut::new(),
            has_secret: false,
            write_error: None,
            silence: Silence::default(),
            is_over: false,
        }
    }

    /// Whether TLS is on.
    pub fn is_protected(&self) -> bool {
        self.tls.is_some()
    }

    /// What the TLS handshake has brought about, if there was one.
    pub fn tls(&self) -> Option<&tls::Session> {
        self.tls.as_ref()
    }

    /// The peer's address, if it is a network peer.
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// Replaces the longest silence allowed.
    pub fn set_timeout(&mut self, limit: Duration) {
        self.peer.timeout = limit;
    }

    /// Moves bytes until the machine has something to tell; `None` when it is done. Cancel-safe
    /// but for the moment of a TLS handshake: after dropping the future there, drop the
    /// connection too.
    pub async fn next<M: Machine>(&mut self, machine: &mut M) -> Result<Option<M::Event>, Error> {
        loop {
            match self.turn(machine).await? {
                Turn::Moved => {}
                Turn::Event(event) => return Ok(Some(event)),
                Turn::Done => return Ok(None),
            }
        }
    }

    /// Like [`Conn::next`], but returns as soon as bytes have moved either way: for a driver that
    /// has more to send when there is room ([`Conn::unsent`]).
    pub async fn turn<M: Machine>(&mut self, machine: &mut M) -> Result<Turn<M::Event>, Error> {
        loop {
            match machine.step()? {
                Step::Send(outgoing) => self.queue(outgoing),
                Step::Event(event) => {
                    self.silence.broken();
                    self.write_now().await;
                    return Ok(Turn::Event(event));
                }
                Step::Input => {
                    self.exchange(machine).await?;
                    return Ok(Turn::Moved);
                }
                Step::StartTls => {
                    self.flush().await?;
                    self.handshake().await?;
                    machine.tls_started();
                }
                Step::Done => {
                    self.flush().await?;
                    return Ok(Turn::Done);
                }
            }
        }
    }

    /// Octets queued and not yet taken by the socket.
    pub fn unsent(&self) -> usize {
        self.out.len()
    }

    /// The stream itself, for whoever has something else to say over it. What came and was not
    /// looked at is in the machine.
    pub(super) fn into_stream(self) -> Box<dyn Stream> {
        self.stream
    }

    /// What a server makes of a ClientHello that offers this version at most; the connection is of
    /// no use afterwards.
    pub async fn ask_version(self, best: tls::Version) -> tls::Answer {
        let (host, limit) = (self.peer.host.clone(), self.peer.timeout);
        let mut stream = self.into_stream();
        let asked = tls::ask_version(&mut *stream, &host, best);
        timeout(limit, asked).await.unwrap_or(tls::Answer::Unclear)
    }

    /// TLS from the first byte: to be asked for before anything else.
    ///
    /// # Errors
    /// As [`Conn::handshake`].
    pub async fn secure(&mut self) -> Result<(), Error> {
        self.handshake().await
    }

    /// TLS from here on.
    ///
    /// # Errors
    /// The handshake or the certificate failed, or it took too long.
    pub async fn handshake(&mut self) -> Result<(), Error> {
        let plain = std::mem::replace(&mut self.stream, Box::new(tokio::io::empty()));
        let shake = tls::handshake(&self.peer.tls, plain, &self.peer.host);
        let (stream, session) = match timeout(self.peer.timeout, shake).await {
            Ok(result) => result?,
            Err(_) => return Err(self.timed_out()),
        };
        self.stream = stream;
        self.tls = Some(session);
        self.silence.broken();
        Ok(())
    }

    fn queue(&mut self, outgoing: Outgoing) {
        proto::machine::trace_sent(self.peer.label, &outgoing);
        self.silence.broken();
        if self.write_error.is_some() {
            return;
        }
        if !outgoing.is_secret {
            self.out.extend_from_slice(&outgoing.bytes);
            return;
        }
        self.has_secret = true;
        // Growing would leave a copy behind that is not zeroed.
        if self.out.capacity() - self.out.len() < outgoing.bytes.len() {
            let mut roomy = BytesMut::with_capacity(self.out.len() + outgoing.bytes.len());
            roomy.extend_from_slice(&self.out);
            self.out.zeroize();
            self.out = roomy;
        }
        self.out.extend_from_slice(&outgoing.bytes);
        if let Ok(mut bytes) = outgoing.bytes.try_into_mut() {
            bytes.zeroize();
        }
    }

    /// Writes what the socket takes at once, so that queued commands travel while the driver is
    /// busy with an event.
    async fn write_now(&mut self) {
        if !self.out.is_empty() {
            poll_fn(|cx| {
                let _ = self.poll_out(cx);
                Poll::Ready(())
            })
            .await;
        }
    }

    /// Waits until everything queued is written. A peer that has stopped listening may still have
    /// said why: a write error is remembered, and reported when reading ends.
    async fn flush(&mut self) -> Result<(), Error> {
        while !self.out.is_empty() {
            self.moved(None).await?;
        }
        match timeout(self.peer.timeout, poll_fn(|cx| self.poll_out(cx))).await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.timed_out()),
        }
    }

    /// Reads once, writing meanwhile.
    async fn exchange<M: Machine>(&mut self, machine: &mut M) -> Result<(), Error> {
        match self.moved(Some(machine.inbox())).await? {
            Moved::Some => Ok(()),
            Moved::Ended(None) => self.ended(machine, None),
            Moved::Ended(Some(error)) => match tls::broken(&self.peer.host, &error) {
                Some(error) => Err(error),
                None => self.ended(machine, Some(error.to_string())),
            },
        }
    }

    /// Waits until bytes have moved in either direction, or the peer has ended it. Without an
    /// inbox it only writes.
    async fn moved(&mut self, mut inbox: Option<&mut BytesMut>) -> Result<Moved, Error> {
        let end = self.silence.end(self.peer.timeout);
        let before = inbox.as_ref().map_or(0, |inbox| inbox.len());
        if let Some(inbox) = &mut inbox {
            inbox.reserve(READ);
        }
        let work = poll_fn(|cx| self.poll_both(cx, inbox.as_deref_mut()));
        let result = match end {
            Some(end) => timeout_at(end, work).await,
            None => Ok(work.await),
        };
        let Ok((has_written, read)) = result else {
            // A driver that knows why the peer is silent may go on with a new clock.
            self.silence.broken();
            return Err(self.timed_out());
        };
        let came = inbox.and_then(|inbox| inbox.get(before..));
        self.silence.came(came.unwrap_or_default());
        // Progress in writing is a sign of life too.
        if has_written {
            self.silence.broken();
        }
        Ok(match read {
            None => Moved::Some,
            Some(Ok(count)) if count > 0 => Moved::Some,
            Some(Ok(_)) => Moved::Ended(None),
            // rustls reports a close without close_notify so; the protocol's own framing decides
            // whether anything is missing (threats.md A8).
            Some(Err(e)) if e.kind() == io::ErrorKind::UnexpectedEof => Moved::Ended(None),
            Some(Err(e)) => Moved::Ended(Some(e)),
        })
    }

    /// Ready when some was written (true) or reading has come to something.
    fn poll_both(
        &mut self,
        cx: &mut Context<'_>,
        inbox: Option<&mut BytesMut>,
    ) -> Poll<(bool, Option<io::Result<usize>>)> {
        let waiting = self.out.len();
        let _ = self.poll_out(cx);
        let has_written = self.out.len() < waiting;
        let read = inbox.map_or(Poll::Pending, |inbox| {
            poll_read_buf(Pin::new(&mut self.stream), cx, inbox)
        });
        match read {
            Poll::Ready(result) => Poll::Ready((has_written, Some(result))),
            Poll::Pending if has_written => Poll::Ready((true, None)),
            Poll::Pending => Poll::Pending,
        }
    }

    fn ended<M: Machine>(&mut self, machine: &mut M, what: Option<String>) -> Result<(), Error> {
        // A machine that still wants input would be asked for ever.
        if std::mem::replace(&mut self.is_over, true) {
            return Err(proto::Error::Closed.into());
        }
        match (
            machine.peer_closed(),
            what.or_else(|| self.write_error.clone()),
        ) {
            (Ok(()), _) => Ok(()),
            (Err(proto::Error::Closed), Some(what)) => Err(Error::Dropped {
                host: self.peer.host.clone(),
                what,
            }),
            (Err(error), _) => Err(error.into()),
        }
    }

    /// Ready when nothing is left to write.
    fn poll_out(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while !self.out.is_empty() {
            match Pin::new(&mut self.stream).poll_write(cx, &self.out) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(n)) if n > 0 => {
                    if self.has_secret {
                        self.out[..n].zeroize();
                    }
                    self.out.advance(n);
                }
                Poll::Ready(Ok(_)) => self.drop_output("closed"),
                Poll::Ready(Err(error)) => self.drop_output(&error.to_string()),
            }
        }
        self.has_secret = false;
        match Pin::new(&mut self.stream).poll_flush(cx) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(error)) => self.drop_output(&error.to_string()),
        }
        Poll::Ready(())
    }

    /// Nothing can be written any more; the first cause is the one that counts.
    fn drop_output(&mut self, what: &str) {
        self.write_error.get_or_insert_with(|| what.to_owned());
        if self.has_secret {
            self.out.zeroize();
        }
        self.out.clear();
    }

    fn timed_out(&self) -> Error {
        Error::TimedOut {
            host: self.peer.host.clone(),
            seconds: self.peer.timeout.as_secs(),
        }
    }
}

/// What came of waiting for bytes.
enum Moved {
    /// Some went one way or the other.
    Some,
    /// The peer has closed its side, or the connection broke.
    Ended(Option<io::Error>),
}
