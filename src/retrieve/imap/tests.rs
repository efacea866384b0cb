//! The maildrop against a scripted server at the other end of a pipe.

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::*;
use crate::base::Secret;
use crate::net::{self, Peer, tls};
use crate::proto::{Credentials, TlsPolicy};
use crate::rc::account::Tls;

/// One end for the client, and a server that says its lines when it has got those before them.
fn server(room: usize, script: &'static str) -> (Conn, tokio::task::JoinHandle<()>) {
    let (ours, theirs) = duplex(room);
    let settings = Tls::default();
    let peer = Peer {
        host: "imap.example".to_owned(),
        port: 143,
        implicit_tls: false,
        tls: tls::Setup::new(&settings).unwrap(),
        timeout: std::time::Duration::from_secs(60),
        label: "IMAP",
    };
    let conn = Conn::new(Box::new(ours), peer, None);
    (conn, tokio::spawn(play(theirs, script)))
}

async fn play(mut stream: DuplexStream, script: &str) {
    for line in script.lines() {
        let text = line.get(3..).unwrap_or("");
        match line.get(..2) {
            Some("C:") => {
                let mut got = vec![0; text.len() + 2];
                stream.read_exact(&mut got).await.unwrap();
                assert_eq!(got, format!("{text}\r\n").as_bytes());
            }
            Some("S:") => stream
                .write_all(format!("{text}\r\n").as_bytes())
                .await
                .unwrap(),
            // So many octets of a body.
            Some("B:") => {
                let octets = vec![b'x'; text.parse().unwrap()];
                stream.write_all(&octets).await.unwrap();
            }
            _ => panic!("{line}"),
        }
    }
}

fn sign_in(auth: Auth, tls: TlsPolicy) -> SignIn {
    SignIn {
        credentials: Credentials {
            user: b"joe".to_vec(),
            password: Secret::new("secret"),
        },
        auth,
        wants_apop: false,
        tls,
    }
}

const NEW: Want = Want {
    all: false,
    read_only: false,
    uids: true,
    by_top: false,
};

const HELLO: &str = "S: * OK [CAPABILITY IMAP4rev1] hi\nC: A1 LOGIN \"joe\" \"secret\"\nS: A1 OK [CAPABILITY IMAP4rev1 UIDPLUS] in\n";

fn script(rest: &str) -> &'static str {
    Box::leak(format!("{HELLO}{rest}").into_boxed_str())
}

async fn open(conn: Conn) -> Imap {
    let sign_in = sign_in(Auth::Any, TlsPolicy::Never);
    Imap::open(conn, sign_in).await.unwrap()
}

/// A whole poll with two windows in flight and the deletion of the first behind the second; the
/// pipe is smaller than anything that goes through it.
#[tokio::test]
async fn windows_overlap() {
    let script = script(
        r#"C: A2 SELECT "INBOX"
C: A3 UID SEARCH UNSEEN UNDELETED
S: * 5 EXISTS
S: * OK [UIDVALIDITY 3]
S: A2 OK
S: * SEARCH 4 5
S: A3 OK
C: A4 UID FETCH 4:5 (UID FLAGS RFC822.SIZE)
S: * 4 FETCH (UID 4 FLAGS () RFC822.SIZE 9)
S: * 5 FETCH (UID 5 FLAGS () RFC822.SIZE 9)
S: A4 OK
C: A5 UID FETCH 4 (UID BODY.PEEK[])
C: A6 UID FETCH 5 (UID BODY.PEEK[])
S: * 4 FETCH (UID 4 BODY[] {100000}
B: 100000
S: )
S: A5 OK
C: A7 UID STORE 4 +FLAGS.SILENT (\Deleted \Seen)
S: * 5 FETCH (UID 5 BODY[] {1}
B: 1
S: )
S: A6 OK
S: A7 OK
C: A8 UID EXPUNGE 4
C: A9 LOGOUT
S: * 4 EXPUNGE
S: A8 OK
S: * BYE
S: A9 OK"#,
    );
    let (conn, server) = server(64, script);
    let mut imap = open(conn).await;
    let survey = imap.survey(b"INBOX", NEW).await.unwrap();
    assert_eq!(
        (survey.total, survey.old, survey.uid_validity),
        (5, 3, Some(3))
    );
    let expected = [4, 5].map(|number| Listed {
        number,
        place: number,
        uid: Some(Uid::from(number)),
        size: Some(9),
        is_seen: false,
    });
    assert_eq!(survey.listed, expected);
    imap.request(&[4]);
    imap.request(&[5]);
    let (mut octets, mut told) = (0, Vec::new());
    loop {
        match imap.next().await.unwrap() {
            Fetched::Chunk(chunk) => octets += chunk.len(),
            Fetched::Idle => break,
            Fetched::End { number: 4 } => {
                imap.dispose(&[4], Disposition::Delete);
                told.push("End 4".to_owned());
            }
            other => told.push(format!("{other:?}")),
        }
    }
    assert_eq!(octets, 100_001);
    assert_eq!(
        told,
        [
            "Begin { number: 4, size: Some(100000) }",
            "End 4",
            "Begin { number: 5, size: Some(1) }",
            "End { number: 5 }",
            "Disposed { numbers: [4], what: Delete, done: true }",
        ]
    );
    assert_eq!(imap.close().await.unwrap(), [4]);
    server.await.unwrap();
}

/// A missing folder is that folder's error; dropping `next` in the middle loses nothing.
#[tokio::test]
async fn goes_on_after_a_missing_folder() {
    let script = script(
        r#"C: A2 EXAMINE "gone"
C: A3 UID FETCH 1:* (UID FLAGS RFC822.SIZE)
S: A2 NO no such folder
S: A3 BAD
C: A4 EXAMINE "INBOX"
C: A5 UID FETCH 1:* (UID FLAGS RFC822.SIZE)
S: * 1 EXISTS
S: A4 OK
S: * 1 FETCH (UID 9 FLAGS (\Seen) RFC822.SIZE 9)
S: A5 OK
C: A6 UID FETCH 9 (UID BODY.PEEK[])
S: * 1 FETCH (UID 9 BODY[] {30}
B: 30
S: )
S: A6 OK
C: A7 LOGOUT"#,
    );
    let (conn, server) = server(16, script);
    let mut imap = open(conn).await;
    let mut want = NEW;
    (want.all, want.read_only) = (true, true);
    let refused = imap.survey(b"gone", want).await.unwrap_err();
    let expected = proto::Error::Refused {
        reason: Reason::Folder,
        reply: b"NO no such folder".to_vec(),
    };
    assert_eq!(refused, net::Error::Proto(expected));
    let survey = imap.survey(b"INBOX", want).await.unwrap();
    assert!(survey.is_read_only && survey.listed[0].is_seen);
    assert_eq!(survey.old, 0);
    imap.request(&[9]);
    let mut octets = 0;
    loop {
        // Polled once and dropped, as a `select!` would.
        let came = tokio::select! {
            biased;
            came = imap.next() => came.unwrap(),
            () = tokio::task::yield_now() => continue,
        };
        match came {
            Fetched::Chunk(chunk) => octets += chunk.len(),
            Fetched::Idle => break,
            _ => {}
        }
    }
    assert_eq!(octets, 30);
    assert_eq!(imap.leave().await.unwrap(), [0_u32; 0]);
    // The server hangs up without an answer.
    assert_eq!(imap.close().await.unwrap(), [0_u32; 0]);
    server.await.unwrap();
}

#[tokio::test]
async fn a_body_cut_short_has_no_end() {
    let script = script(
        r#"C: A2 SELECT "INBOX"
C: A3 UID SEARCH UNSEEN UNDELETED
S: A2 OK
S: A3 OK
C: A4 UID FETCH 9 (UID BODY.PEEK[])
S: * 1 FETCH (UID 9 BODY[] {30}
B: 29"#,
    );
    let (conn, server) = server(4096, script);
    let mut imap = open(conn).await;
    assert_eq!(imap.survey(b"INBOX", NEW).await.unwrap().total, 0);
    imap.request(&[9]);
    let mut octets = 0;
    let error = loop {
        match imap.next().await {
            Ok(Fetched::Chunk(chunk)) => octets += chunk.len(),
            Ok(Fetched::Begin { .. }) => {}
            Ok(other) => panic!("{other:?}"),
            Err(error) => break error,
        }
    };
    assert_eq!((octets, error), (29, Error::Proto(proto::Error::Closed)));
    server.await.unwrap();
}

#[tokio::test]
async fn refuses_to_open() {
    let check = async |script, auth, tls, expected: proto::Error| {
        let (conn, server) = server(4096, script);
        let result = Imap::open(conn, sign_in(auth, tls)).await;
        assert_eq!(result.err(), Some(Error::Proto(expected)));
        server.await.unwrap();
    };
    let refused = |reason, reply: &str| proto::Error::Refused {
        reason,
        reply: reply.as_bytes().to_vec(),
    };
    check(
        "",
        Auth::Ntlm,
        TlsPolicy::Never,
        refused(Reason::NoMethod, ""),
    )
    .await;
    let bye = "S: * BYE too many";
    check(
        bye,
        Auth::Any,
        TlsPolicy::Never,
        refused(Reason::Limit, "BYE too many"),
    )
    .await;
    let stripped = "S: * OK [CAPABILITY IMAP4rev1] hi\nC: A1 STARTTLS\nS: A1 BAD what";
    let no_tls = proto::Error::NoTls {
        reply: b"BAD what".to_vec(),
    };
    check(stripped, Auth::Any, TlsPolicy::Required, no_tls).await;
    let injected = "S: * OK hi\nC: A1 STARTTLS\nS: A1 OK begin\nS: * CAPABILITY AUTH=PLAIN";
    let (conn, _server) = server(4096, injected);
    let result = Imap::open(conn, sign_in(Auth::Any, TlsPolicy::Required)).await;
    // Both lines may come in one read or in two; in neither case does the session go on.
    assert!(result.is_err());
}
