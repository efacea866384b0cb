//! The driver against a server at the other end of a pipe.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::*;
use crate::base::Secret;
use crate::net::{Peer, tls};
use crate::proto::{Credentials, TlsPolicy};
use crate::rc::account::Tls;

/// A connection, and the server's end of it.
fn connection() -> (Conn, DuplexStream) {
    let tls = tls::Setup::new(&Tls {
        proto: Some(String::new()),
        ..Tls::default()
    });
    let peer = Peer {
        host: "pop.example".to_owned(),
        port: 110,
        implicit_tls: false,
        tls: tls.unwrap(),
        timeout: Duration::from_secs(10),
        label: "POP3",
    };
    let (ours, theirs) = duplex(64 * 1024);
    (Conn::new(Box::new(ours), peer, None), theirs)
}

fn sign_in() -> SignIn {
    SignIn {
        credentials: Credentials {
            user: b"tim".to_vec(),
            password: Secret::new("x"),
        },
        auth: Auth::Any,
        wants_apop: false,
        tls: TlsPolicy::Never,
    }
}

const WANT: Want = Want {
    all: true,
    read_only: false,
    uids: true,
    by_top: true,
};

/// Says `greeting`, then hears each command and says its answer; then hangs up.
async fn serve(mut stream: DuplexStream, greeting: &str, talk: Vec<(&str, &str)>) {
    stream.write_all(greeting.as_bytes()).await.unwrap();
    for (command, answer) in talk {
        assert_eq!(
            hear(&mut stream, command.len() + 2).await,
            format!("{command}\r\n")
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

async fn hear(stream: &mut DuplexStream, length: usize) -> String {
    let mut heard = vec![0; length];
    stream.read_exact(&mut heard).await.unwrap();
    String::from_utf8(heard).unwrap()
}

const PLAIN_LOG_IN: [(&str, &str); 3] = [
    ("CAPA", "-ERR\r\n"),
    ("USER tim", "+OK\r\n"),
    ("PASS x", "+OK\r\n"),
];

fn with_log_in(talk: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    [&PLAIN_LOG_IN[..], talk].concat()
}

async fn collect(pop3: &mut Pop3) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        told.push(match pop3.next().await.unwrap() {
            Fetched::Idle => return told,
            Fetched::Chunk(bytes) => bytes.escape_ascii().to_string(),
            other => format!("{other:?}"),
        });
    }
}

#[tokio::test]
async fn a_whole_session() {
    let (conn, theirs) = connection();
    let talk = vec![
        ("CAPA", "+OK\r\nPIPELINING\r\nTOP\r\nSASL PLAIN\r\n.\r\n"),
        ("AUTH PLAIN AHRpbQB4", "+OK\r\n"),
        ("STAT", "+OK 3 30\r\n"),
        ("UIDL", "+OK\r\n1 a\r\n2 b\r\n3 b\r\n.\r\n"),
        ("LIST", "+OK\r\n1 10\r\n2 11\r\n.\r\n"),
        ("TOP 1 99999999", "+OK\r\na: b\r\n\r\n..\r\n.\r\n"),
        ("TOP 3 99999999", "-ERR\r\n"),
        ("RETR 3", "-ERR gone\r\n"),
        ("DELE 1", "+OK\r\n"),
        ("DELE 2", "-ERR\r\n"),
        ("QUIT", "+OK\r\n"),
    ];
    let us = async {
        let mut pop3 = Pop3::open(conn, sign_in()).await.unwrap();
        let survey = pop3.survey(WANT).await.unwrap();
        assert_eq!((survey.total, survey.octets), (3, Some(30)));
        let listed = survey.listed.iter().map(|l| {
            let uid = l.uid.as_ref().map(|uid| uid.as_bytes());
            (l.number, uid, l.size)
        });
        let expected = [
            (1, Some(&b"a"[..]), Some(10)),
            (2, None, Some(11)),
            (3, None, None),
        ];
        assert_eq!(listed.collect::<Vec<_>>(), expected);
        pop3.request(&[1, 3]);
        let expected = [
            "Begin { number: 1, size: None }",
            r"a: b\r\n\r\n",
            r".\r\n",
            "End { number: 1 }",
            "Refused { number: 3, reply: [45, 69, 82, 82, 32, 103, 111, 110, 101] }",
        ];
        assert_eq!(collect(&mut pop3).await, expected);
        pop3.dispose(&[3], Disposition::Leave);
        pop3.dispose(&[1, 2], Disposition::Delete);
        let expected = [
            "Disposed { numbers: [3], what: Leave, done: true }",
            "Disposed { numbers: [1], what: Delete, done: true }",
            "Disposed { numbers: [2], what: Delete, done: false }",
        ];
        assert_eq!(collect(&mut pop3).await, expected);
        assert_eq!(pop3.close().await, Ok(vec![1]));
    };
    tokio::join!(serve(theirs, "+OK Dovecot ready.\r\n", talk), us);
}

/// How closing ends when the server answers QUIT with `answer`, or hangs up.
async fn closed(delete: bool, answer: Option<&'static str>) -> Result<Vec<u32>, Error> {
    let (conn, theirs) = connection();
    let dele = [("DELE 1", "+OK\r\n")];
    let quit = answer.map(|answer| ("QUIT", answer));
    let talk: Vec<_> = dele.into_iter().filter(|_| delete).chain(quit).collect();
    let us = async {
        let mut pop3 = Pop3::open(conn, sign_in()).await?;
        if delete {
            pop3.dispose(&[1], Disposition::Delete);
            collect(&mut pop3).await;
        }
        pop3.close().await
    };
    tokio::join!(serve(theirs, "+OK\r\n", with_log_in(&talk)), us).1
}

#[tokio::test]
async fn only_quit_confirms_deletions() {
    assert_eq!(closed(true, Some("+OK\r\n")).await, Ok(vec![1]));
    assert_eq!(closed(true, Some("-ERR not all\r\n")).await, Ok(vec![]));
    assert!(closed(true, Some("+O")).await.is_err());
    assert!(closed(true, None).await.is_err());
    assert_eq!(closed(false, None).await, Ok(vec![]));
    assert_eq!(closed(false, Some("+OK\r\n")).await, Ok(vec![]));
}

/// Without pipelining, the next RETR is on its way when the caller learns of the end of a message.
#[tokio::test]
async fn the_line_is_kept_busy() {
    let (conn, mut theirs) = connection();
    let us = async {
        let mut pop3 = Pop3::open(conn, sign_in()).await.unwrap();
        pop3.request(&[1, 2]);
        while !matches!(pop3.next().await.unwrap(), Fetched::End { number: 1 }) {}
        pop3
    };
    let them = async {
        theirs.write_all(b"+OK\r\n").await.unwrap();
        for (command, answer) in with_log_in(&[("RETR 1", "+OK\r\nx\r\n.\r\n")]) {
            assert_eq!(
                hear(&mut theirs, command.len() + 2).await.trim_end(),
                command
            );
            theirs.write_all(answer.as_bytes()).await.unwrap();
        }
    };
    let (_pop3, ()) = tokio::join!(us, them);
    assert_eq!(hear(&mut theirs, 8).await, "RETR 2\r\n");
}

#[tokio::test]
async fn nothing_to_do_is_idle() {
    let (conn, theirs) = connection();
    let us = async {
        let mut pop3 = Pop3::open(conn, sign_in()).await.unwrap();
        pop3.dispose(&[], Disposition::MarkSeen);
        assert!(collect(&mut pop3).await.is_empty());
    };
    tokio::join!(serve(theirs, "+OK\r\n", with_log_in(&[])), us);
}

/// Waiting for the next piece can be given up and taken up again (`Maildrop::next`).
#[tokio::test]
async fn giving_up_loses_nothing() {
    let (conn, mut theirs) = connection();
    let log_in = with_log_in(&[]);
    let us = Pop3::open(conn, sign_in());
    let them = async {
        theirs.write_all(b"+OK\r\n").await.unwrap();
        for (command, answer) in log_in {
            hear(&mut theirs, command.len() + 2).await;
            theirs.write_all(answer.as_bytes()).await.unwrap();
        }
    };
    let (pop3, ()) = tokio::join!(us, them);
    let mut pop3 = pop3.unwrap();
    pop3.request(&[1]);
    let mut told = String::new();
    for byte in b"+OK\r\na\r\n..b\r\n.\r\n" {
        theirs.write_all(&[*byte]).await.unwrap();
        // Polled until it waits, then dropped.
        while let Ok(fetched) = tokio::time::timeout(Duration::ZERO, pop3.next()).await {
            match fetched.unwrap() {
                Fetched::Chunk(bytes) => told += &bytes.escape_ascii().to_string(),
                Fetched::Idle => break,
                other => {
                    told += &format!("<{other:?}>");
                    if matches!(other, Fetched::Begin { .. }) {
                        pop3.dispose(&[7], Disposition::Leave);
                    }
                }
            }
        }
    }
    let expected = concat!(
        r"<Begin { number: 1, size: None }>a\r\n.b\r\n<End { number: 1 }>",
        "<Disposed { numbers: [7], what: Leave, done: true }>"
    );
    assert_eq!(told, expected);
}
