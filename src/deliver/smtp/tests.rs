//! The sink against a listener that answers by rule, over in-memory streams and paused time.

mod hunt;
mod lost;
mod messages;
mod recipients;

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

use super::listener::{Dial, peer};
use super::*;
use crate::deliver::sample::{envelope, settings};
use crate::deliver::{Delivery, QUEUE, Report};

/// Answers a command; `.` is the end of the data, the empty text the moment of connecting. `None`
/// hangs up, an empty answer is silence.
type Rule = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

#[derive(Default)]
struct Log {
    dialled: Vec<String>,
    commands: Vec<String>,
    bodies: Vec<String>,
    writes: Vec<usize>,
    turns: usize,
}

type Shared = Arc<Mutex<Log>>;

/// Counts the client's writes.
struct Counted(DuplexStream, Shared);

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let result = Pin::new(&mut self.0).poll_write(cx, buf);
        if let Poll::Ready(Ok(n)) = &result {
            self.1.lock().unwrap().writes.push(*n);
        }
        result
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

async fn serve(stream: DuplexStream, rule: Rule, log: Shared) {
    serve_with(Box::new(stream), rule, log, None).await;
}

/// The same, with TLS after a STARTTLS that the rule agrees to; without an acceptor what the rule
/// says to `<TLS>` comes in place of a handshake.
async fn serve_with(
    mut stream: Box<dyn net::pump::Stream>,
    rule: Rule,
    log: Shared,
    tls: Option<TlsAcceptor>,
) {
    let mut inbox: Vec<u8> = Vec::new();
    let mut in_body = false;
    let mut answer = rule("");
    loop {
        match answer.take() {
            None => return,
            Some(text) => {
                if stream.write_all(text.as_bytes()).await.is_err() {
                    return;
                }
            }
        }
        let mut answers = String::new();
        let mut starts_tls = false;
        loop {
            let end = if in_body {
                match inbox.starts_with(b".\r\n") {
                    true => Some(3),
                    false => memchr::memmem::find(&inbox, b"\r\n.\r\n").map(|at| at + 5),
                }
            } else {
                inbox.iter().position(|b| *b == b'\n').map(|at| at + 1)
            };
            let Some(end) = end else { break };
            let text = String::from_utf8_lossy(&inbox[..end]).into_owned();
            inbox.drain(..end);
            let command = if in_body {
                log.lock().unwrap().bodies.push(text);
                in_body = false;
                ".".to_owned()
            } else {
                let command = text.trim_end().to_owned();
                log.lock().unwrap().commands.push(command.clone());
                command
            };
            let Some(text) = rule(&command) else { return };
            in_body |= command == "DATA" && text.starts_with("354");
            starts_tls |= command == "STARTTLS" && text.starts_with("220");
            answers.push_str(&text);
        }
        answer = Some(answers);
        if answer.as_deref() != Some("") {
            continue_after(&mut stream, answer.take()).await;
        }
        if starts_tls {
            let Some(tls) = &tls else {
                let Some(text) = rule("<TLS>") else { return };
                let _ = stream.read(&mut [0; 1024]).await;
                let _ = stream.write_all(text.as_bytes()).await;
                // Until the client has gone.
                let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
                return;
            };
            let Ok(inner) = tls.accept(stream).await else {
                return;
            };
            stream = Box::new(inner);
            log.lock().unwrap().commands.push("<TLS>".to_owned());
        }
        let mut buffer = vec![0; 65536];
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(n) => inbox.extend_from_slice(&buffer[..n]),
        }
        log.lock().unwrap().turns += 1;
        answer = Some(String::new());
    }
}

/// The answers of one flight travel for 50 ms.
async fn continue_after(stream: &mut Box<dyn net::pump::Stream>, answer: Option<String>) {
    tokio::time::sleep(Duration::from_millis(50)).await;
    let _ = stream
        .write_all(answer.unwrap_or_default().as_bytes())
        .await;
}

/// A well-behaved listener with PIPELINING.
fn good(command: &str) -> Option<String> {
    let verb = command.split(' ').next().unwrap_or_default();
    Some(
        match verb {
            "" => "220 hi\r\n",
            "EHLO" => "250-there\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
            "LHLO" => "250-there\r\n250 PIPELINING\r\n",
            "DATA" => "354 go\r\n",
            "QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        }
        .to_owned(),
    )
}

struct Rig {
    delivery: Delivery,
    reports: mpsc::UnboundedReceiver<Report>,
    log: Shared,
}

impl Rig {
    fn new(rule: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self::with(&["mx.test"], settings(), rule)
    }

    /// Hosts called `dead` refuse the connection.
    fn with(
        hosts: &[&str],
        settings: Settings,
        rule: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let (rule, log): (Rule, Shared) = (Arc::new(rule), Shared::default());
        let kept = log.clone();
        let dial: Dial = Box::new(move |listener, timeout, label| {
            let name = listener.to_string();
            log.lock().unwrap().dialled.push(name.clone());
            let (rule, log) = (rule.clone(), log.clone());
            Box::pin(async move {
                if name.starts_with("dead") {
                    return Err(net::Error::Unreachable {
                        host: name,
                        port: 25,
                        what: "refused".to_owned(),
                    });
                }
                let (near, far) = tokio::io::duplex(1 << 20);
                tokio::spawn(serve(far, rule, log.clone()));
                let peer = peer(&name, 25, timeout, label)?;
                Ok(net::Conn::new(Box::new(Counted(near, log)), peer, None))
            })
        });
        Self::over(hosts, settings, dial, kept)
    }

    fn over(hosts: &[&str], settings: Settings, dial: Dial, log: Shared) -> Self {
        let hosts: Vec<_> = hosts.iter().map(|h| (*h).to_owned()).collect();
        let hunt = Hunt::new(&hosts, false, &settings, dial);
        let (parts, input) = mpsc::channel(QUEUE);
        let (output, reports) = mpsc::unbounded_channel();
        let feed = Feed {
            parts: input,
            reports: output,
        };
        tokio::spawn(Sink::new(hunt, settings, feed).run());
        let delivery = Delivery::new(parts, 1);
        Self {
            delivery,
            reports,
            log,
        }
    }

    async fn begin(&self, ticket: u64, to: &[&str]) {
        let envelope = envelope("s@x", to);
        let ticket = Ticket(ticket);
        self.delivery.send(Part::Begin { ticket, envelope }).await;
    }

    async fn chunk(&self, text: &str) -> bool {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        self.delivery.send(Part::Chunk(bytes)).await
    }

    async fn message(&self, ticket: u64, text: &str) -> bool {
        self.begin(ticket, &["joe"]).await;
        self.chunk(text).await;
        self.delivery.send(Part::Finish).await
    }

    /// Drops the feed and lists how everything ended, in the order of the reports.
    async fn end(mut self) -> (Vec<(u64, String)>, Shared) {
        drop(self.delivery);
        let mut seen = Vec::new();
        while let Some(report) = self.reports.recv().await {
            match report {
                Report::Settled(settled) => {
                    let shown = settled.iter().map(|(t, o)| (t.0, short(o)));
                    seen.extend(shown);
                }
                Report::Down(Error::NoListener { tried }) => seen.push((0, tried.join("; "))),
                Report::Down(error) => seen.push((0, error.to_string())),
                Report::Intent { .. } => unreachable!(),
            }
        }
        (seen, self.log)
    }
}

fn short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Delivered => "delivered".to_owned(),
        Outcome::Deferred(refusal) => format!("deferred {}", refusal.code),
        Outcome::Refused(refusal) => format!("refused {}", refusal.code),
        Outcome::Partly(shares) => {
            let names = |list: &[(Vec<u8>, Refusal)]| {
                let name = |(name, refusal): &(Vec<u8>, Refusal)| {
                    format!(" {}:{}", String::from_utf8_lossy(name), refusal.code)
                };
                list.iter().map(name).collect::<String>()
            };
            let served: Vec<_> = shares
                .served
                .iter()
                .map(|name| String::from_utf8_lossy(name))
                .collect();
            format!(
                "served {}, put off{}, refused{}",
                served.join(" "),
                names(&shares.put_off),
                names(&shares.refused)
            )
        }
    }
}

fn expect(seen: &[(u64, String)], expected: &[(u64, &str)]) {
    let seen: Vec<_> = seen.iter().map(|(t, o)| (*t, o.as_str())).collect();
    assert_eq!(seen, expected);
}
