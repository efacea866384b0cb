//! From a name to a connection, over real sockets on loopback.

use std::time::Duration;

use postrider::net::{Error, Peer, connect, connect_unix, tls};
use postrider::rc::account;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, UnixListener};

use crate::support::talk::Talk;

fn peer(host: &str, port: u16) -> Peer {
    let settings = account::Tls::default();
    Peer {
        host: host.to_owned(),
        port,
        implicit_tls: false,
        tls: tls::Setup::new(&settings).unwrap(),
        timeout: Duration::from_secs(60),
        label: "POP3",
    }
}

#[tokio::test]
async fn every_address_is_tried() {
    // "localhost" is ::1 too on most computers, where nobody listens.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    for host in ["127.0.0.1", "localhost"] {
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(b"hello\r\n").await.unwrap();
        };
        let client = async {
            let mut conn = connect(&peer(host, port)).await.unwrap();
            assert!(!conn.is_protected());
            assert_eq!(conn.address().unwrap().port(), port);
            conn.next(&mut Talk::ping()).await.unwrap()
        };
        let (heard, ()) = tokio::join!(client, server);
        assert_eq!(heard.unwrap(), b"hello");
    }
}

#[tokio::test]
async fn implicit_tls_needs_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut peer = peer("127.0.0.1", listener.local_addr().unwrap().port());
    peer.implicit_tls = true;
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream
            .write_all(b"+OK ready, in the clear\r\n")
            .await
            .unwrap();
        stream
    };
    let (result, _open) = tokio::join!(connect(&peer), server);
    let sentence = result.err().unwrap().to_string();
    assert!(sentence.contains("does not speak TLS here"), "{sentence}");
}

#[tokio::test]
async fn nobody_there() {
    // Bound and not listening: refused as long as it is ours.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = socket.local_addr().unwrap().port();
    let error = connect(&peer("127.0.0.1", port)).await.err().unwrap();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    let error = connect(&peer("a\0b", port)).await.err().unwrap();
    assert!(matches!(error, Error::Lookup { .. }), "{error:?}");
}

#[tokio::test]
async fn unix_sockets() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lmtp");
    let error = connect_unix(&path, &peer("lmtp", 0)).await.err().unwrap();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    let listener = UnixListener::bind(&path).unwrap();
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"220 hello\r\n").await.unwrap();
    };
    let client = async {
        let mut conn = connect_unix(&path, &peer("lmtp", 0)).await.unwrap();
        conn.next(&mut Talk::ping()).await.unwrap()
    };
    let (heard, ()) = tokio::join!(client, server);
    assert_eq!(heard.unwrap(), b"220 hello");
}
