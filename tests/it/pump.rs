//! The loop that moves bytes, over in-memory streams and on a paused clock.

use std::time::Duration;

use bytes::BytesMut;
use postrider::net::{Conn, Error, Peer, Turn, tls};
use postrider::proto::{self, Machine, Outgoing, Step};
use postrider::rc::account;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{Instant, sleep};

use crate::support::talk::Talk;

const LIMIT: Duration = Duration::from_secs(60);

fn conn(stream: DuplexStream) -> Conn {
    let settings = account::Tls::default();
    let peer = Peer {
        host: "mail.example.org".to_owned(),
        port: 110,
        implicit_tls: false,
        tls: tls::Setup::new(&settings).unwrap(),
        timeout: LIMIT,
        label: "POP3",
    };
    Conn::new(Box::new(stream), peer, None)
}

fn timed_out() -> Error {
    Error::TimedOut {
        host: "mail.example.org".to_owned(),
        seconds: 60,
    }
}

#[tokio::test(start_paused = true)]
async fn silence_ends() {
    let (ours, _theirs) = duplex(1024);
    let begin = Instant::now();
    let error = conn(ours).next(&mut Talk::ping()).await.unwrap_err();
    assert_eq!(error, timed_out());
    assert_eq!(begin.elapsed(), LIMIT);
}

#[tokio::test(start_paused = true)]
async fn lines_keep_the_conversation_alive() {
    let (ours, mut theirs) = duplex(1024);
    let mut conn = conn(ours);
    tokio::spawn(async move {
        for _ in 0..5 {
            sleep(LIMIT - Duration::from_secs(1)).await;
            theirs.write_all(b"still here\r\n").await.unwrap();
        }
        sleep(LIMIT * 2).await;
    });
    let mut talk = Talk::ping().hearing(6);
    for _ in 0..5 {
        assert_eq!(conn.next(&mut talk).await.unwrap().unwrap(), b"still here");
    }
    assert_eq!(conn.next(&mut talk).await.unwrap_err(), timed_out());
}

#[tokio::test(start_paused = true)]
async fn one_octet_a_minute_is_silence() {
    let (ours, mut theirs) = duplex(1024);
    tokio::spawn(async move {
        while theirs.write_all(b"x").await.is_ok() {
            sleep(LIMIT / 2).await;
        }
    });
    let begin = Instant::now();
    let error = conn(ours).next(&mut Talk::ping()).await.unwrap_err();
    assert_eq!(error, timed_out());
    assert!(begin.elapsed() <= LIMIT + Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_slow_long_line_is_not_silence() {
    let (ours, mut theirs) = duplex(1024);
    tokio::spawn(async move {
        for _ in 0..8 {
            sleep(LIMIT - Duration::from_secs(1)).await;
            theirs.write_all(&[b'x'; 600]).await.unwrap();
        }
        theirs.write_all(b"\r\n").await.unwrap();
    });
    let line = conn(ours).next(&mut Talk::ping()).await.unwrap().unwrap();
    assert_eq!(line.len(), 4800);
}

#[tokio::test(start_paused = true)]
async fn cancelling_loses_nothing_and_does_not_stop_the_clock() {
    let (ours, mut theirs) = duplex(1024);
    let mut conn = conn(ours);
    let mut talk = Talk::ping().hearing(2);
    tokio::spawn(async move {
        for piece in [&b"on"[..], b"e\r", b"\n"] {
            sleep(Duration::from_secs(7)).await;
            theirs.write_all(piece).await.unwrap();
        }
        sleep(LIMIT * 10).await;
    });
    let begin = Instant::now();
    let mut heard = Vec::new();
    let error = loop {
        tokio::select! {
            biased;
            result = conn.next(&mut talk) => match result {
                Ok(line) => heard.push(line.unwrap()),
                Err(error) => break error,
            },
            () = sleep(Duration::from_millis(500)) => {}
        }
    };
    assert_eq!(heard, [b"one"]);
    assert_eq!(error, timed_out());
    assert!(begin.elapsed() < LIMIT * 2, "{:?}", begin.elapsed());
}

#[tokio::test(start_paused = true)]
async fn two_full_buffers_do_not_deadlock() {
    // A peer that answers each line before it reads the next, with less room than we send.
    const LINES: usize = 20_000;
    let (ours, mut theirs) = duplex(256);
    let mut conn = conn(ours);
    let mut talk = Talk::ping().hearing(LINES);
    talk.says = b"ping\r\n".repeat(LINES);
    let server = async move {
        let mut line = [0; 6];
        for _ in 0..LINES {
            theirs.read_exact(&mut line).await.unwrap();
            theirs.write_all(b"pong\r\n").await.unwrap();
        }
        theirs
    };
    let client = async {
        for _ in 0..LINES {
            assert_eq!(conn.next(&mut talk).await.unwrap().unwrap(), b"pong");
        }
        assert_eq!(conn.next(&mut talk).await.unwrap(), None);
    };
    let ((), _open) = tokio::join!(client, server);
}

#[tokio::test]
async fn close_in_the_middle() {
    let (ours, mut theirs) = duplex(1024);
    theirs.write_all(b"one\r\ntwo with no").await.unwrap();
    drop(theirs);
    let mut conn = conn(ours);
    let mut talk = Talk::ping().hearing(2);
    talk.says.clear();
    assert_eq!(conn.next(&mut talk).await.unwrap().unwrap(), b"one");
    let error = conn.next(&mut talk).await.unwrap_err();
    assert_eq!(error, Error::Proto(proto::Error::Closed));
}

#[tokio::test]
async fn close_that_is_expected() {
    let (ours, theirs) = duplex(1024);
    drop(theirs);
    let mut talk = Talk::ping();
    talk.says.clear();
    talk.expects_close = true;
    assert_eq!(conn(ours).next(&mut talk).await.unwrap(), None);
}

#[tokio::test]
async fn last_words_are_heard_though_nobody_listens() {
    let (ours, mut theirs) = duplex(1024);
    theirs.write_all(b"-ERR going down\r\n").await.unwrap();
    drop(theirs);
    let mut conn = conn(ours);
    let mut talk = Talk::ping().hearing(2);
    let line = conn.next(&mut talk).await.unwrap().unwrap();
    assert_eq!(line, b"-ERR going down");
    let error = conn.next(&mut talk).await.unwrap_err();
    assert!(matches!(error, Error::Dropped { .. }), "{error:?}");
}

/// A machine that takes a close for granted and still wants more.
struct Insatiable(BytesMut);

impl Machine for Insatiable {
    type Event = ();
    fn inbox(&mut self) -> &mut BytesMut {
        &mut self.0
    }
    fn step(&mut self) -> Result<Step<()>, proto::Error> {
        Ok(Step::Input)
    }
    fn peer_closed(&mut self) -> Result<(), proto::Error> {
        Ok(())
    }
}

#[tokio::test]
async fn closed_connections_do_not_spin() {
    let (ours, theirs) = duplex(1024);
    drop(theirs);
    let mut machine = Insatiable(BytesMut::new());
    let error = conn(ours).next(&mut machine).await.unwrap_err();
    assert_eq!(error, Error::Proto(proto::Error::Closed));
}

/// Sends a body, one chunk when there is one.
struct Body {
    inbox: BytesMut,
    chunk: Option<Outgoing>,
}

impl Machine for Body {
    type Event = ();
    fn inbox(&mut self) -> &mut BytesMut {
        &mut self.inbox
    }
    fn step(&mut self) -> Result<Step<()>, proto::Error> {
        Ok(match self.chunk.take() {
            Some(chunk) => Step::Send(chunk),
            None => Step::Input,
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_waits_for_room() {
    const CHUNK: usize = 8192;
    const TOTAL: usize = 100 * CHUNK;
    let (ours, mut theirs) = duplex(4096);
    let mut conn = conn(ours);
    let mut body = Body {
        inbox: BytesMut::new(),
        chunk: None,
    };
    let slow_reader = async move {
        let mut taken = 0;
        let mut piece = [0; 1000];
        while taken < TOTAL {
            sleep(LIMIT - Duration::from_secs(1)).await;
            theirs.write_all(b"x").await.unwrap();
            taken += theirs.read(&mut piece).await.unwrap();
        }
        theirs
    };
    let sender = async {
        let mut queued = 0;
        while queued < TOTAL || conn.unsent() > 0 {
            if queued < TOTAL && conn.unsent() < 2 * CHUNK {
                body.chunk = Some(Outgoing::masked(vec![b'x'; CHUNK], "body"));
                queued += CHUNK;
            }
            assert!(matches!(conn.turn(&mut body).await, Ok(Turn::Moved)));
            assert!(conn.unsent() < 3 * CHUNK);
        }
    };
    tokio::join!(sender, slow_reader);
    assert!(!body.inbox.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_body_nobody_takes_ends_in_time() {
    let (ours, _theirs) = duplex(4096);
    let mut conn = conn(ours);
    let mut body = Body {
        inbox: BytesMut::new(),
        chunk: Some(Outgoing::masked(vec![b'x'; 100_000], "body")),
    };
    // Some of it fits into the buffers; then nothing moves.
    assert!(matches!(conn.turn(&mut body).await, Ok(Turn::Moved)));
    for _ in 0..3 {
        let begin = Instant::now();
        assert_eq!(conn.turn(&mut body).await.unwrap_err(), timed_out());
        assert_eq!(begin.elapsed(), LIMIT);
    }
}
