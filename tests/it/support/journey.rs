//! A mail server, a home, and polls from the one into the other by the built program.

use std::path::{Path, PathBuf};

use super::home::{Ended, Home};
use super::mailbox::Message;
use super::server::Server;
use super::sink::Sink;

/// Of every user on the server. Nothing else in a test looks like it, so that it can be searched.
pub const PASSWORD: &str = "Tr0ub4dor&3";

/// The program under test.
pub fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_postrider"))
}

/// Which protocol an entry speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Pop3,
    Imap,
}

/// Both, for tests of what they share.
pub const BOTH: [Protocol; 2] = [Protocol::Pop3, Protocol::Imap];

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shield {
    Plain,
    StartTls,
    Tls,
}

/// A server with the user `ada`, and a home.
pub struct Journey {
    pub server: Server,
    pub home: Home,
}

impl Journey {
    /// These messages in the INBOX of `ada`.
    pub async fn with(messages: impl IntoIterator<Item = Message>) -> Self {
        Self::at(Server::start().await, messages)
    }

    /// The same on a server that is there already.
    pub fn at(server: Server, messages: impl IntoIterator<Item = Message>) -> Self {
        let journey = Self {
            server,
            home: Home::new(),
        };
        journey.user("ada", messages);
        journey
    }

    /// The first `count` of the small messages.
    pub async fn small(count: usize) -> Self {
        Self::with((0..count).map(Message::numbered)).await
    }

    /// Another user.
    pub fn user(&self, name: &str, messages: impl IntoIterator<Item = Message>) {
        self.server.store.add_user(name, PASSWORD);
        self.server.store.add(name, "INBOX", messages);
    }

    /// How many messages are in the INBOX of `ada`.
    pub fn left(&self) -> usize {
        self.server.store.count("ada", "INBOX")
    }

    /// An entry of this label for `ada` on this server; `more` are words behind it.
    pub fn entry(&self, label: &str, protocol: Protocol, shield: Shield, more: &str) -> String {
        self.entry_of("ada", label, protocol, shield, more)
    }

    /// The same for another user.
    pub fn entry_of(
        &self,
        user: &str,
        label: &str,
        protocol: Protocol,
        shield: Shield,
        more: &str,
    ) -> String {
        let server = &self.server;
        let (word, plain, tls) = match protocol {
            Protocol::Pop3 => ("pop3", server.pop3, server.pop3s),
            Protocol::Imap => ("imap", server.imap, server.imaps),
        };
        let trust = format!("sslcertfile '{}'", self.ca().display());
        let (port, words) = match shield {
            Shield::Plain => (plain, "sslproto ''".to_owned()),
            Shield::StartTls => (plain, trust),
            Shield::Tls => (tls, format!("ssl {trust}")),
        };
        format!(
            "poll {label} via localhost proto {word} port {port}\n    \
             user {user} password \"{PASSWORD}\" is ada here\n    {words} {more}\n"
        )
    }

    /// Writes the rc file with one entry, labelled `alpha`.
    pub fn rc(&self, protocol: Protocol, shield: Shield, more: &str) {
        self.home.rc(&self.entry("alpha", protocol, shield, more));
    }

    /// The file for `sslcertfile`.
    pub fn ca(&self) -> PathBuf {
        self.home.write("ca.pem", &self.server.ca_pem)
    }

    /// `postrider fetch` with these words behind it.
    pub async fn fetch(&self, args: &[&str]) -> Ended {
        let all: Vec<&str> = std::iter::once("fetch")
            .chain(args.iter().copied())
            .collect();
        self.home.run(program(), &all).await
    }

    /// The same; fails unless it ends with this status.
    #[track_caller]
    pub fn expect(&self, status: i32, args: &[&str]) -> impl Future<Output = Ended> {
        let caller = std::panic::Location::caller();
        async move {
            let ended = self.fetch(args).await;
            assert_eq!(ended.status, status, "{caller}: {ended:#?}");
            ended
        }
    }

    /// What lies in a Maildir of the home.
    pub fn mail(&self, folder: &str) -> Vec<Vec<u8>> {
        let files = self.home.maildir(folder);
        files.into_iter().map(|(_, octets)| octets).collect()
    }

    /// Lines that clients of the mail server have said, without connection and protocol.
    pub fn said(&self) -> Vec<String> {
        let bare = |line: &String| line.splitn(3, ' ').nth(2).unwrap_or("").to_owned();
        self.server.transcript().iter().map(bare).collect()
    }
}

/// Words that deliver into a Maildir of the home.
pub fn into_maildir(folder: &str) -> String {
    format!("mda \"postrider deliver --maildir ~/{folder}\"")
}

/// Words that deliver to a listener.
pub fn into_sink(sink: &Sink) -> String {
    format!("smtphost 127.0.0.1/{}", sink.port)
}
