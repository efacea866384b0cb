//! The servers of `support` themselves, talked to line by line: a test that leans on them must
//! not inherit their faults.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::support::home::Home;
use crate::support::mailbox::{self, Message};
use crate::support::server::Server;
use crate::support::sink::Sink;

/// A client that says lines and shows answers.
struct Talk<S = TcpStream>(BufReader<S>);

impl Talk {
    async fn to(port: u16) -> Self {
        Self(BufReader::new(
            TcpStream::connect(("127.0.0.1", port)).await.unwrap(),
        ))
    }

    /// TLS from here on, trusting only the server's own authority.
    async fn secure(self, server: &Server) -> Talk<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(server.ca_pem.as_bytes()).unwrap())
            .unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let plain = self.0.into_inner();
        let tls = TlsConnector::from(Arc::new(config))
            .connect(name, plain)
            .await;
        Talk(BufReader::new(tls.unwrap()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    async fn say(&mut self, text: &str) {
        self.0
            .write_all(text.replace('\n', "\r\n").as_bytes())
            .await
            .unwrap();
    }

    /// Everything up to and including the line that begins so.
    async fn until(&mut self, start: &str) -> String {
        let mut all = Vec::new();
        loop {
            let begin = all.len();
            let read = self.0.read_until(b'\n', &mut all).await.unwrap();
            let text = String::from_utf8_lossy(&all).into_owned();
            assert!(read > 0, "closed before {start:?}: {text}");
            if all[begin..].starts_with(start.as_bytes()) {
                return text;
            }
        }
    }

    async fn rest(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        self.0.read_to_end(&mut all).await.unwrap();
        all
    }
}

/// A server with a user and these messages.
async fn server(messages: &[&str]) -> Server {
    let server = Server::start().await;
    server.store.add_user("ada", "secret");
    server.store.add(
        "ada",
        "INBOX",
        messages.iter().map(|text| Message::text(text)),
    );
    server
}

async fn pop3(server: &Server) -> Talk {
    let mut talk = Talk::to(server.pop3).await;
    talk.until("+OK").await;
    talk.say("USER ada\nPASS secret\n").await;
    talk.until("+OK").await;
    talk.until("+OK").await;
    talk
}

async fn imap(server: &Server) -> Talk {
    let mut talk = Talk::to(server.imap).await;
    talk.until("* OK").await;
    talk.say("a LOGIN ada {6+}\nsecret\nb SELECT inbox\n").await;
    talk.until("b OK [READ-WRITE]").await;
    talk
}

#[tokio::test]
async fn pop3_stuffs_dots_and_deletes_at_quit() {
    let server = server(&["A: 1\n\n.\n", "A: 2\n\nx\n"]).await;
    let mut talk = pop3(&server).await;
    talk.say("RETR 1\nUIDL\nDELE 1\nSTAT\n").await;
    assert_eq!(
        talk.until(".\r\n").await,
        "+OK 11 octets\r\nA: 1\r\n\r\n..\r\n.\r\n"
    );
    let listing = talk.until(".\r\n").await;
    assert_eq!(listing.lines().count(), 4, "{listing}");
    talk.until("+OK").await;
    talk.until("+OK 1 11").await;
    assert_eq!(server.store.count("ada", "INBOX"), 2);
    talk.say("QUIT\n").await;
    talk.until("+OK").await;
    assert_eq!(server.store.count("ada", "INBOX"), 1);
}

#[tokio::test]
async fn pop3_without_quit_deletes_nothing() {
    let server = server(&["A: 1\n\n"]).await;
    let mut talk = pop3(&server).await;
    talk.say("DELE 1\n").await;
    talk.until("+OK").await;
    drop(talk);
    let mut talk = pop3(&server).await;
    talk.say("LIST\n").await;
    assert_eq!(talk.until(".").await.lines().count(), 3);
}

#[tokio::test]
async fn pop3_top_gives_header_and_lines() {
    let server = server(&["A: 1\nB: 2\n\none\ntwo\nthree\n"]).await;
    let mut talk = pop3(&server).await;
    talk.say("TOP 1 0\nTOP 1 2\nTOP 1 99999999\n").await;
    let head = "A: 1\r\nB: 2\r\n\r\n";
    for (lines, expected) in [
        (0, ""),
        (2, "one\r\ntwo\r\n"),
        (9, "one\r\ntwo\r\nthree\r\n"),
    ] {
        let got = talk.until(".\r\n").await;
        assert!(
            got.ends_with(&format!("octets\r\n{head}{expected}.\r\n")),
            "{lines}: {got}"
        );
    }
}

#[tokio::test]
async fn imap_fetches_marks_and_expunges() {
    let server = server(&[
        "Subject: 1\n\nx\n",
        "Subject: 2\n\ny\n",
        "Subject: 3\n\nz\n",
    ])
    .await;
    let mut talk = imap(&server).await;
    talk.say("c UID SEARCH UNSEEN UNDELETED\nd UID FETCH 2:3 (RFC822.SIZE BODY.PEEK[])\n")
        .await;
    assert!(talk.until("c OK").await.starts_with("* SEARCH 1 2 3\r\n"));
    let got = talk.until("d OK").await;
    let second = "* 2 FETCH (UID 2 RFC822.SIZE 17 BODY[] {17}\r\nSubject: 2\r\n\r\ny\r\n)\r\n";
    assert!(got.starts_with(second), "{got}");
    talk.say("e UID STORE 1,3 +FLAGS.SILENT (\\Deleted \\Seen)\nf UID EXPUNGE 3\n")
        .await;
    talk.until("e OK").await;
    assert!(talk.until("f OK").await.starts_with("* 3 EXPUNGE\r\n"));
    talk.say("g UID SEARCH DELETED\nh EXPUNGE\ni LOGOUT\n")
        .await;
    assert!(talk.until("g OK").await.starts_with("* SEARCH 1\r\n"));
    assert!(talk.until("h OK").await.starts_with("* 1 EXPUNGE\r\n"));
    talk.until("i OK").await;
    let left = server.store.messages("ada", "INBOX");
    assert_eq!(left.iter().map(|m| m.uid).collect::<Vec<_>>(), [2]);
    assert!(left[0].flags.is_empty(), "PEEK marks nothing");
}

#[tokio::test]
async fn imap_tells_an_idling_client() {
    let server = server(&[]).await;
    let mut talk = imap(&server).await;
    talk.say("c IDLE\n").await;
    talk.until("+ ").await;
    server
        .store
        .add("ada", "INBOX", [Message::text("A: 1\n\n")]);
    talk.until("* 1 EXISTS").await;
    talk.say("DONE\n").await;
    talk.until("c OK").await;
}

#[tokio::test]
async fn faults_happen_where_they_were_asked_for() {
    let server = server(&["A: 1\n\nfirst\n", "A: 2\n\nsecond\n"]).await;
    server.manner(|m| m.closes_after = Some(30));
    assert_eq!(Talk::to(server.pop3).await.rest().await.len(), 30);
    server.manner(|m| {
        m.closes_after = None;
        m.closes_in_message = Some(2);
    });
    let mut talk = imap(&server).await;
    talk.say("c UID FETCH 1:2 (BODY.PEEK[])\n").await;
    let got = talk.rest().await;
    assert!(
        got.ends_with(b"BODY[] {16}\r\nA: 2\r\n\r\n"),
        "{}",
        got.escape_ascii()
    );
    let mut talk = pop3(&server).await;
    talk.say("RETR 2\n").await;
    assert_eq!(talk.rest().await, b"+OK 16 octets\r\nA: 2\r\n\r\n");
    server.manner(|m| m.greets_with = Some("-ERR [SYS/TEMP] busy".to_owned()));
    assert_eq!(
        Talk::to(server.pop3).await.rest().await,
        b"-ERR [SYS/TEMP] busy\r\n"
    );
}

#[tokio::test]
async fn everything_of_the_mailbox_comes_through() {
    let server = Server::start().await;
    server.store.add_user("ada", "secret");
    let mail = mailbox::realistic();
    server.store.add("ada", "INBOX", mail.clone());
    let mut talk = imap(&server).await;
    talk.say("c UID FETCH 1:* (BODY.PEEK[])\n").await;
    for (i, message) in mail.iter().enumerate() {
        let head = format!(
            "* {n} FETCH (UID {n} BODY[] {{{size}}}\r\n",
            n = i + 1,
            size = message.size()
        );
        let mut line = String::new();
        talk.0.read_line(&mut line).await.unwrap();
        assert_eq!(line, head);
        let mut octets = vec![0; message.size() as usize];
        talk.0.read_exact(&mut octets).await.unwrap();
        assert!(octets == message.octets(), "{}", message.field("Subject"));
        talk.until(")").await;
    }
    talk.until("c OK").await;
}

#[tokio::test]
async fn sink_takes_and_refuses() {
    let sink = Sink::smtp().await;
    sink.answer("RCPT TO:<nobody", "550 5.1.1 no such user");
    let mut talk = Talk::to(sink.port).await;
    talk.say("EHLO me\nMAIL FROM:<a@b> SIZE=3\nRCPT TO:<nobody@x>\nRCPT TO:<ada>\nDATA\n")
        .await;
    let said = talk.until("354").await;
    assert!(
        said.contains("250-PIPELINING\r\n") && said.contains("550 5.1.1"),
        "{said}"
    );
    talk.say("A: 1\n\n..dot\n.\nQUIT\n").await;
    talk.until("221").await;
    let received = sink.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].sender, "<a@b> SIZE=3");
    assert_eq!(received[0].recipients, ["<ada>"]);
    assert_eq!(received[0].octets, b"A: 1\r\n\r\n.dot\r\n");
    sink.answer("MAIL", "");
    let mut talk = Talk::to(sink.port).await;
    talk.say("HELO me\nMAIL FROM:<>\n").await;
    assert_eq!(
        talk.rest().await,
        b"220 sink.example.org ready\r\n250 sink.example.org\r\n"
    );
}

#[tokio::test]
async fn lmtp_sink_answers_for_each_recipient() {
    let sink = Sink::lmtp().await;
    sink.answer(". <full>", "452 4.2.2 over quota");
    let mut talk = Talk::to(sink.port).await;
    talk.say("LHLO me\nMAIL FROM:<>\nRCPT TO:<full>\nRCPT TO:<ada>\nDATA\n")
        .await;
    talk.until("354").await;
    talk.say("A: 1\n\n.\n").await;
    talk.until("452").await;
    talk.until("250").await;
    assert_eq!(sink.received()[0].recipients, ["<ada>"]);
}

#[tokio::test]
async fn tls_from_the_first_byte_and_later() {
    let server = server(&["A: 1\n\n"]).await;
    server.manner(|m| m.login_needs_tls = true);
    let mut talk = Talk::to(server.pop3s).await.secure(&server).await;
    talk.say("USER ada\nPASS secret\nCAPA\n").await;
    assert!(!talk.until(".\r\n").await.contains("STLS"));

    let mut talk = Talk::to(server.imaps).await.secure(&server).await;
    talk.say("a LOGIN ada secret\n").await;
    talk.until("a OK").await;

    let mut talk = Talk::to(server.imap).await;
    assert!(talk.until("* OK").await.contains("STARTTLS LOGINDISABLED"));
    talk.say("a LOGIN ada secret\nb STARTTLS\n").await;
    talk.until("a NO [PRIVACYREQUIRED]").await;
    talk.until("b OK").await;
    let mut talk = talk.secure(&server).await;
    talk.say("c AUTHENTICATE PLAIN AGFkYQBzZWNyZXQ=\n").await;
    talk.until("c OK").await;

    let mut talk = Talk::to(server.pop3).await;
    talk.say("STLS\n").await;
    talk.until("+OK").await;
    talk.until("+OK begin").await;
    let mut talk = talk.secure(&server).await;
    talk.say("AUTH PLAIN AGFkYQB3cm9uZw==\nAUTH PLAIN AGFkYQBzZWNyZXQ=\n")
        .await;
    talk.until("-ERR [AUTH]").await;
    talk.until("+OK Logged in").await;
    assert_eq!(server.connections(), 4);
    assert!(
        server
            .transcript()
            .contains(&"3 IMAP b STARTTLS".to_owned())
    );
}

#[tokio::test]
async fn cram_md5_is_that_of_rfc_2195() {
    let server = Server::start().await;
    server.store.add_user("tim", "tanstaaftanstaaf");
    for (answer, expected) in [
        ("dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw", "a OK"),
        ("dGltIDAwMDA=", "a NO [AUTHENTICATIONFAILED]"),
        ("*", "a BAD"),
    ] {
        let mut talk = Talk::to(server.imap).await;
        talk.until("* OK").await;
        talk.say("a AUTHENTICATE CRAM-MD5\n").await;
        talk.until("+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2").await;
        talk.say(&format!("{answer}\n")).await;
        talk.until(expected).await;
    }
}

#[tokio::test]
async fn sink_can_be_slow_and_poor() {
    let sink = Sink::smtp().await;
    sink.hide("PIPELINING");
    sink.slow(Duration::from_millis(20));
    let mut talk = Talk::to(sink.port).await;
    talk.until("220").await;
    let begun = std::time::Instant::now();
    talk.say("EHLO me\n").await;
    assert!(!talk.until("250 ").await.contains("PIPELINING"));
    assert!(begun.elapsed() >= Duration::from_millis(20));
    assert_eq!((sink.count(), sink.connections()), (0, 1));
    assert_eq!(sink.transcript(), ["1 SMTP EHLO me"]);
}

#[tokio::test]
async fn renumbering_changes_every_uid_and_the_validity() {
    let server = server(&["A: 1\n\n", "A: 2\n\n"]).await;
    server.store.remove("ada", "INBOX", &[1]);
    server.store.renumber("ada", "INBOX");
    let mut talk = imap(&server).await;
    talk.say("c UID SEARCH ALL\n").await;
    assert!(talk.until("c OK").await.contains("* SEARCH 1\r\n"));
    let validity = server.store.with("ada", "INBOX", |f| f.uid_validity);
    assert_eq!(validity, Some(1_700_001_001));
}

#[tokio::test]
async fn a_home_is_its_programs_own() {
    let home = Home::new();
    let rc = home.rc("poll x\n");
    home.write("Mail/new/1.a", "A: 1\n\n");
    let shell = Path::new("/bin/sh");
    let ended = home
        .run(
            shell,
            &["-c", "cat ~/.fetchmailrc; id -u; echo no >&2; exit 3"],
        )
        .await;
    assert_eq!((ended.status, ended.err.as_str()), (3, "no\n"));
    let (said, uid) = ended.out.trim().split_once('\n').unwrap();
    assert_eq!(said, "poll x");
    assert_ne!(uid, "0", "never as root");
    assert_eq!(rc.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(home.maildir("Mail")[0].1, b"A: 1\n\n");
}

#[tokio::test]
async fn a_home_of_our_own_keeps_our_user() {
    let ended = Home::own()
        .run(Path::new("/bin/sh"), &["-c", "id -u"])
        .await;
    assert_eq!(
        ended.out.trim(),
        rustix::process::geteuid().as_raw().to_string()
    );
}
