//! The only loop that moves bytes: it satisfies a [`Machine`] from a stream, with timeouts and
//! transcript in one place. It reads and writes at once, so that two full buffers cannot
//! deadlock a pipelined conversation.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_util::io::poll_read_buf;
use zeroize::Zeroize;

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
    is_protected: bool,
    out: BytesMut,
    has_secret: bool,
    write_error: Option<String>,
}

impl Conn {
    /// Wraps a stream: a socket, or one end of `tokio::io::duplex` in tests.
    pub fn new(stream: Box<dyn Stream>, peer: Peer, address: Option<SocketAddr>) -> Self {
        Self {
            stream,
            peer,
            address,
            is_protected: false,
            out: BytesMut::new(),
            has_secret: false,
            write_error: None,
        }
    }

    /// Whether TLS is on.
    pub fn is_protected(&self) -> bool {
        self.is_protected
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
                Step::Send(outgoing) => self.queue(&outgoing),
                Step::Event(event) => {
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

    /// TLS from here on.
    pub(super) async fn handshake(&mut self) -> Result<(), Error> {
        let plain = std::mem::replace(&mut self.stream, Box::new(tokio::io::empty()));
        let shake = tls::handshake(&self.peer.tls, plain, &self.peer.host);
        self.stream = match timeout(self.peer.timeout, shake).await {
            Ok(result) => result?,
            Err(_) => return Err(self.timed_out()),
        };
        self.is_protected = true;
        Ok(())
    }

    fn queue(&mut self, outgoing: &Outgoing) {
        proto::machine::trace_sent(self.peer.label, outgoing);
        self.has_secret |= outgoing.is_secret;
        if self.write_error.is_none() {
            self.out.extend_from_slice(&outgoing.bytes);
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
        let limit = self.peer.timeout;
        match timeout(limit, poll_fn(|cx| self.poll_out(cx))).await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.timed_out()),
        }
    }

    /// Reads once, writing meanwhile.
    async fn exchange<M: Machine>(&mut self, machine: &mut M) -> Result<(), Error> {
        let limit = self.peer.timeout;
        let inbox = machine.inbox();
        inbox.reserve(READ);
        let read = poll_fn(|cx| {
            let before = self.out.len();
            let _ = self.poll_out(cx);
            match poll_read_buf(Pin::new(&mut self.stream), cx, inbox) {
                // Progress in writing counts against silence too.
                Poll::Pending if self.out.len() < before => Poll::Ready(Ok(None)),
                Poll::Pending => Poll::Pending,
                Poll::Ready(result) => Poll::Ready(result.map(Some)),
            }
        });
        match timeout(limit, read).await {
            Err(_) => Err(self.timed_out()),
            Ok(Ok(Some(0))) => self.ended(machine, None),
            Ok(Ok(_)) => Ok(()),
            // rustls reports a close without close_notify so; the protocol's own framing decides
            // whether anything is missing (threats.md A8).
            Ok(Err(e)) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
                self.ended(machine, None)
            }
            Ok(Err(e)) => self.ended(machine, Some(e.to_string())),
        }
    }

    fn ended<M: Machine>(&self, machine: &mut M, what: Option<String>) -> Result<(), Error> {
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
                Poll::Ready(result) => {
                    let what = result.err().map_or("closed".to_owned(), |e| e.to_string());
                    self.write_error = Some(what);
                    self.out.clear();
                }
            }
        }
        self.has_secret = false;
        match Pin::new(&mut self.stream).poll_flush(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(_) => Poll::Ready(()),
        }
    }

    fn timed_out(&self) -> Error {
        Error::TimedOut {
            host: self.peer.host.clone(),
            seconds: self.peer.timeout.as_secs(),
        }
    }
}
