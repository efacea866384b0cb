//! The way to the server: names, ports, silence, certificates, STARTTLS.

use std::time::Duration;

use rcgen::date_time_ymd;
use tokio::net::{TcpListener, TcpSocket};

use super::{assert_nothing_secret_said, suffers};
use crate::support::ca::{Ca, Identity, self_signed, server_params};
use crate::support::journey::{BOTH, Journey, Protocol, Shield, into_maildir};
use crate::support::mailbox::Message;
use crate::support::server::Server;

use Protocol::{Imap, Pop3};

/// `alpha` on this port instead of the server's own.
fn elsewhere(journey: &Journey, protocol: Protocol, port: u16) -> String {
    let entry = journey.entry("alpha", protocol, Shield::Plain, &into_maildir("Mail"));
    let own = match protocol {
        Pop3 => journey.server.pop3,
        Imap => journey.server.imap,
    };
    entry.replace(&format!("port {own}\n"), &format!("port {port}\n"))
}

/// `.invalid` exists nowhere (RFC 6761); without a network the name service cannot even say so.
#[tokio::test]
async fn unknown_host() {
    let journey = Journey::small(1).await;
    let entry = journey.entry("alpha", Imap, Shield::Tls, &into_maildir("Mail"));
    let entry = entry.replace("via localhost", "via mail.invalid");
    suffers(&journey, &entry, (2, 2), &["ada@alpha: ", "“mail.invalid”"]).await;
}

#[tokio::test]
async fn refused_port() {
    for protocol in BOTH {
        let journey = Journey::small(1).await;
        // Bound and not listening: refused as long as it is ours.
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let port = socket.local_addr().unwrap().port();
        let words = format!("“localhost” cannot be reached on port {port}");
        let entry = elsewhere(&journey, protocol, port);
        suffers(&journey, &entry, (2, 2), &["ada@alpha: ", &words]).await;
    }
}

#[tokio::test]
async fn silence_before_the_greeting() {
    let journey = Journey::small(1).await;
    // The system takes the connection; nobody ever answers.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let entry = elsewhere(&journey, Pop3, port).replace(" port", " timeout 1 port");
    suffers(
        &journey,
        &entry,
        (2, 2),
        &["“localhost” did not answer within 1 second"],
    )
    .await;
}

#[tokio::test]
async fn silence_in_the_middle() {
    let journey = Journey::small(1).await;
    journey
        .server
        .manner(|m| m.thinks = Duration::from_secs(3600));
    let entry = journey.entry("alpha", Imap, Shield::StartTls, &into_maildir("Mail"));
    let entry = entry.replace(" port", " timeout 1 port");
    suffers(
        &journey,
        &entry,
        (2, 2),
        &["“localhost” did not answer within 1 second"],
    )
    .await;
    assert_eq!(journey.left(), 1);
}

/// A server with this certificate, trusted or not, is not talked to, by either kind of TLS.
async fn certificate(identity: impl Fn(&Ca) -> Identity, knows_ca: bool, words: &[&str]) {
    let ca = Ca::named("Somebody");
    let trusted = if knows_ca {
        ca.pem()
    } else {
        Ca::named("Else").pem()
    };
    for (protocol, shield) in [(Pop3, Shield::StartTls), (Imap, Shield::Tls)] {
        let server = Server::start_with(identity(&ca), trusted.clone()).await;
        let journey = Journey::at(server, [Message::numbered(0)]);
        let entry = journey.entry("alpha", protocol, shield, &into_maildir("Mail"));
        let more = [
            "The certificate was not accepted",
            "Your password was not sent",
        ];
        suffers(&journey, &entry, (2, 2), &[words, &more].concat()).await;
        assert_nothing_secret_said(&journey);
        assert_eq!(journey.left(), 1);
    }
}

#[tokio::test]
async fn untrusted_certificate() {
    let words = ["localhost is not trusted", "issued by “Somebody”"];
    certificate(|ca| ca.issue(&["localhost"]), false, &words).await;
}

#[tokio::test]
async fn self_signed_certificate() {
    let identity = |_: &Ca| self_signed(&server_params(&["localhost"]));
    certificate(identity, true, &["the server has signed it itself"]).await;
}

#[tokio::test]
async fn expired_certificate() {
    let identity = |ca: &Ca| {
        let mut params = server_params(&["localhost"]);
        params.not_after = date_time_ymd(2021, 3, 4);
        ca.issue_with(params)
    };
    certificate(identity, true, &["has expired", "2021"]).await;
}

#[tokio::test]
async fn certificate_of_another_name() {
    let identity = |ca: &Ca| ca.issue(&["mail.example.net"]);
    certificate(identity, true, &["another server", "“mail.example.net”"]).await;
}

#[tokio::test]
async fn no_starttls_offered() {
    for protocol in BOTH {
        let journey = Journey::small(1).await;
        journey.server.manner(|m| m.offers_starttls = false);
        let entry = journey.entry("alpha", protocol, Shield::StartTls, &into_maildir("Mail"));
        let words = ["No encryption offered", "Your password was not sent"];
        suffers(&journey, &entry, (2, 2), &words).await;
        assert_nothing_secret_said(&journey);
        assert_eq!(journey.left(), 1);
    }
}

/// What stands in the clear behind the answer to STLS may be anybody's (CVE-2011-0411).
#[tokio::test]
async fn injection_behind_starttls() {
    for (protocol, line) in [
        (Pop3, "+OK\r\nSASL PLAIN\r\n.\r\n"),
        (Imap, "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"),
    ] {
        let journey = Journey::small(1).await;
        journey.server.manner(|m| m.injects = line);
        let entry = journey.entry("alpha", protocol, Shield::StartTls, &into_maildir("Mail"));
        let words = ["tampered with", "Your password was not sent"];
        suffers(&journey, &entry, (2, 2), &words).await;
        assert_nothing_secret_said(&journey);
        assert_eq!(journey.left(), 1);
    }
}
