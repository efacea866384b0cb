//! `postrider fetch` from end to end: the built program, a server and a sink in this process.

use std::path::Path;

use crate::support::home::{Ended, Home};
use crate::support::mailbox::Message;
use crate::support::server::Server;
use crate::support::sink::Sink;

const PROGRAM: &str = env!("CARGO_BIN_EXE_postrider");

/// A server with one user's mail, somewhere to deliver, and a home.
struct Scene {
    server: Server,
    sink: Sink,
    home: Home,
    mail: Vec<Message>,
}

/// Where mail goes.
#[derive(Clone, Copy, Debug)]
enum Target {
    Smtp,
    Mda,
    Maildir,
}

impl Scene {
    async fn new(count: usize) -> Self {
        let server = Server::start().await;
        let mail: Vec<Message> = (0..count).map(Message::numbered).collect();
        server.store.add_user("ada", "secret");
        server.store.add("ada", "INBOX", mail.clone());
        Self {
            server,
            sink: Sink::smtp().await,
            home: Home::new(),
            mail,
        }
    }

    /// Writes an rc file for this protocol, way and target.
    fn configure(&self, protocol: &str, tls: &str, target: Target, more: &str) {
        let server = &self.server;
        let port = match (protocol, tls) {
            ("pop3", "ssl") => server.pop3s,
            ("pop3", _) => server.pop3,
            (_, "ssl") => server.imaps,
            _ => server.imap,
        };
        let ca = self.home.write("ca.pem", &server.ca_pem);
        let tls = match tls {
            "plain" => "sslproto ''".to_owned(),
            "starttls" => format!("sslproto 'tls1.2+' sslcertfile '{}'", ca.display()),
            _ => format!("ssl sslcertfile '{}'", ca.display()),
        };
        let target = match target {
            Target::Smtp => format!("smtphost localhost/{}", self.sink.port),
            Target::Mda => "mda 'cat > out.$$ && mv out.$$ got.$$'".to_owned(),
            Target::Maildir => "mda 'postrider deliver --maildir ~/Mail'".to_owned(),
        };
        self.home.rc(&format!(
            "poll localhost protocol {protocol} port {port}\n\
             user ada password secret is ada here {tls} {target} {more}\n"
        ));
    }

    async fn fetch(&self, args: &[&str]) -> Ended {
        let args: Vec<&str> = ["fetch"].iter().chain(args).copied().collect();
        self.home.run(Path::new(PROGRAM), &args).await
    }

    /// What was delivered, as bodies with `\n` line ends, sorted.
    fn delivered(&self) -> Vec<Vec<u8>> {
        let mut all: Vec<Vec<u8>> = self
            .sink
            .received()
            .iter()
            .map(|m| body(&m.octets))
            .collect();
        all.extend(
            self.home
                .maildir("Mail")
                .iter()
                .map(|(_, octets)| body(octets)),
        );
        for entry in std::fs::read_dir(self.home.path()).unwrap().flatten() {
            if entry.file_name().to_string_lossy().starts_with("got.") {
                all.push(body(&std::fs::read(entry.path()).unwrap()));
            }
        }
        all.sort();
        all
    }

    /// What should be delivered.
    fn wanted(&self) -> Vec<Vec<u8>> {
        let mut all: Vec<Vec<u8>> = self.mail.iter().map(|m| body(&m.octets())).collect();
        all.sort();
        all
    }

    fn assert_all_delivered_once(&self, what: &str) {
        let (found, wanted) = (self.delivered(), self.wanted());
        assert_eq!(found.len(), wanted.len(), "{what}: how many");
        assert!(found == wanted, "{what}: some body has changed");
    }
}

/// What follows the header, with `\n` line ends: the header gains a `Received:` field.
fn body(octets: &[u8]) -> Vec<u8> {
    let mut text = octets.to_vec();
    let mut at = 0;
    text.retain(|octet| {
        at += 1;
        *octet != b'\r' || octets.get(at) != Some(&b'\n')
    });
    let start = memchr::memmem::find(&text, b"\n\n").map_or(text.len(), |at| at + 2);
    text[start..].trim_ascii_end().to_vec()
}

#[tokio::test]
async fn every_way_delivers_everything_once() {
    for protocol in ["pop3", "imap"] {
        for tls in ["plain", "starttls", "ssl"] {
            for target in [Target::Smtp, Target::Mda, Target::Maildir] {
                let what = format!("{protocol} {tls} {target:?}");
                let scene = Scene::new(64).await;
                scene.configure(protocol, tls, target, "");
                let ended = scene.fetch(&[]).await;
                assert_eq!(ended.status, 0, "{what}: {ended:?}");
                scene.assert_all_delivered_once(&what);
                assert_eq!(scene.server.store.count("ada", "INBOX"), 0, "{what}");
                let ended = scene.fetch(&[]).await;
                assert_eq!(ended.status, 1, "{what}, nothing new: {ended:?}");
            }
        }
    }
}

#[tokio::test]
async fn kept_mail_stays_and_comes_once() {
    for protocol in ["pop3", "imap"] {
        let scene = Scene::new(12).await;
        scene.configure(protocol, "plain", Target::Maildir, "keep");
        assert_eq!(scene.fetch(&[]).await.status, 0);
        let ended = scene.fetch(&[]).await;
        assert_eq!(ended.status, 1, "{protocol}: {ended:?}");
        scene.assert_all_delivered_once(protocol);
        assert_eq!(scene.server.store.count("ada", "INBOX"), 12);
        scene
            .server
            .store
            .add("ada", "INBOX", [Message::numbered(12)]);
        assert_eq!(scene.fetch(&[]).await.status, 0);
        assert_eq!(scene.delivered().len(), 13, "{protocol}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_status_3_and_touches_nothing() {
    for protocol in ["pop3", "imap"] {
        let scene = Scene::new(3).await;
        scene.server.store.add_user("ada", "another");
        scene.configure(protocol, "plain", Target::Maildir, "");
        let ended = scene.fetch(&[]).await;
        assert_eq!(ended.status, 3, "{protocol}: {ended:?}");
        assert!(!ended.out.contains("secret") && !ended.err.contains("secret"));
        assert!(scene.delivered().is_empty());
    }
}

#[tokio::test]
async fn no_tls_where_it_is_demanded_sends_no_password() {
    for protocol in ["pop3", "imap"] {
        let scene = Scene::new(3).await;
        scene.server.manner(|m| m.offers_starttls = false);
        scene.configure(protocol, "starttls", Target::Maildir, "");
        let ended = scene.fetch(&[]).await;
        assert_ne!(ended.status, 0, "{protocol}: {ended:?}");
        let said = scene.server.transcript().join("\n");
        assert!(
            !said.contains("secret") && !said.contains("PASS"),
            "{protocol}: {said}"
        );
    }
}

#[tokio::test]
async fn a_line_cut_anywhere_loses_nothing_and_doubles_nothing() {
    for protocol in ["pop3", "imap"] {
        let scene = Scene::new(10).await;
        scene.configure(protocol, "plain", Target::Maildir, "");
        let all: u64 = scene.mail.iter().map(Message::size).sum();
        // Seventeen cuts, each a little further, over a mailbox that is emptied meanwhile.
        for end in (1..all + 2_000).step_by(usize::try_from(all / 16).unwrap()) {
            scene.server.manner(|m| m.closes_after = Some(end));
            scene.fetch(&[]).await;
            let there = scene.delivered().len() + scene.server.store.count("ada", "INBOX");
            assert!(there >= scene.mail.len(), "{protocol}: lost one at {end}");
        }
        scene.server.manner(|m| m.closes_after = None);
        scene.fetch(&[]).await;
        scene.assert_all_delivered_once(protocol);
        assert_eq!(scene.server.store.count("ada", "INBOX"), 0, "{protocol}");
    }
}

#[tokio::test]
async fn a_server_that_closes_in_a_message_delivers_no_half() {
    for protocol in ["pop3", "imap"] {
        let scene = Scene::new(6).await;
        scene.configure(protocol, "plain", Target::Smtp, "");
        scene.server.manner(|m| m.closes_in_message = Some(4));
        let ended = scene.fetch(&[]).await;
        assert_ne!(ended.status, 0, "{protocol}: {ended:?}");
        let whole = scene.wanted();
        assert!(
            scene.delivered().iter().all(|d| whole.contains(d)),
            "{protocol}"
        );
        assert!(
            scene
                .server
                .store
                .messages("ada", "INBOX")
                .iter()
                .any(|m| m.uid == 4)
        );
    }
}

#[tokio::test]
async fn a_listener_that_refuses_leaves_the_mail_on_the_server() {
    for protocol in ["pop3", "imap"] {
        let scene = Scene::new(4).await;
        scene.configure(protocol, "plain", Target::Smtp, "");
        scene.sink.answer("MAIL", "451 4.3.0 not now");
        scene.fetch(&[]).await;
        assert_eq!(scene.sink.count(), 0);
        assert_eq!(scene.server.store.count("ada", "INBOX"), 4, "{protocol}");
    }
}
