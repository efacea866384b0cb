//! The wizard of the real program, from its first start: by keyboard alone, and by a screen reader.

mod keyring;
mod round;
mod states;
mod told;

use std::path::Path;
use std::time::Instant;

use tokio::process::Child;

use super::desktop;
use super::hands::Hands;
use super::stage::{Stage, until};
use crate::support::arrived::assert_arrived;
use crate::support::home::Home;
use crate::support::journey::{Journey, PASSWORD};
use crate::support::mailbox::Message;
use crate::support::server::Server;

const ADDRESS: &str = "Your Address";
const SERVER: &str = "Your Mail Server";
const SIGN_IN: &str = "Sign In";

/// The wizard in front of somebody who has just started the program for the first time.
struct Scene {
    journey: Journey,
    stage: Stage,
    hands: Hands,
    program: Child,
    /// Who holds the passwords; `None`: nobody does.
    keyring: Option<zbus::Connection>,
    begun: Instant,
}

impl Scene {
    /// With so many messages for `ada` on this server, whose authority the computer knows or not.
    async fn open(server: Server, messages: usize, is_known: bool) -> Self {
        let journey = Journey {
            server,
            home: Home::new(),
        };
        journey.user("ada", (0..messages).map(Message::numbered));
        let stage = Stage::set(&journey.home).await;
        Self::begin(journey, stage, None, is_known).await
    }

    async fn begin(
        journey: Journey,
        stage: Stage,
        keyring: Option<zbus::Connection>,
        is_known: bool,
    ) -> Self {
        let begun = Instant::now();
        let program = start(&journey, &stage, is_known);
        let hands = Hands::on(&stage, &journey.home).await;
        let scene = Self {
            journey,
            stage,
            hands,
            program,
            keyring,
            begun,
        };
        scene.hands.sees("", "Bring Your Mail Home").await;
        scene
    }

    /// Through the pages to the sign-in, by a screen reader; encryption is left at TLS.
    async fn sign_in(&self, port: u16, password: &str) {
        self.to_server(port, password).await;
        self.hands.press("", "Continue").await;
        self.hands.sees("", "Step 3 of 7").await;
    }

    async fn to_server(&self, port: u16, password: &str) {
        let hands = &self.hands;
        hands.press("", "Set Up an Account").await;
        hands.sees("", "Step 1 of 7").await;
        hands
            .fill(ADDRESS, "Email address", "ada@example.org")
            .await;
        hands.fill(ADDRESS, "Password", password).await;
        hands.press(ADDRESS, "Enter Settings Myself").await;
        hands.sees("", "Step 2 of 7").await;
        hands.fill(SERVER, "Server", "localhost").await;
        hands.fill(SERVER, "Port", &port.to_string()).await;
        hands.fill(SERVER, "User name", "ada").await;
    }

    /// From a sign-in that went well to a saved account, page by page.
    async fn save(&self) {
        for step in ["Step 4", "Step 5", "Step 6", "Step 7"] {
            self.hands.press("", "Continue").await;
            self.hands.sees("", step).await;
        }
        self.hands.press("", "Save and Start Checking").await;
    }

    /// Waits for the mail: each message once and whole, and a file that fetchmail takes.
    async fn mail_arrives(&self) {
        let store = &self.journey.server.store;
        let sent: Vec<_> = store
            .messages("ada", "INBOX")
            .into_iter()
            .map(|m| m.message)
            .collect();
        until("the mail", async || {
            self.journey.mail("Maildir").len() == sent.len()
        })
        .await;
        eprintln!("from first start to mail: {:?}", self.begun.elapsed());
        assert_arrived(sent.iter().map(|m| &**m), self.journey.mail("Maildir"));
        let ended = self
            .journey
            .home
            .run(Path::new("/usr/bin/fetchmail"), &["--configdump"])
            .await;
        assert_eq!(ended.status, 0, "{ended:?}");
        assert!(ended.out.contains("localhost"), "{ended:?}");
    }

    /// Nothing that could be a password was said to the server.
    fn has_kept_quiet(&self) -> bool {
        let said = self.journey.said().join("\n").to_ascii_uppercase();
        !["LOGIN ", "AUTHENTICATE", "AUTH ", "USER ", "PASS ", "APOP "]
            .iter()
            .any(|word| said.contains(word))
    }
}

fn start(journey: &Journey, stage: &Stage, is_known: bool) -> Child {
    let mut command = stage.command(&journey.home, desktop());
    if is_known {
        // What the system trusts, by the variable that OpenSSL made common.
        command.env("SSL_CERT_FILE", journey.ca());
    }
    let log = std::fs::File::create(journey.home.path().join("log"));
    command.stderr(log.expect("a file of our own"));
    command.spawn().expect("the program under test")
}

/// Nothing but keys, from the first start to the mail.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_keyboard_alone() {
    let mut scene = Scene::open(Server::start().await, 3, true).await;
    let port = scene.journey.server.imaps.to_string();
    let hands = &mut scene.hands;
    hands.go_to("Set Up an Account").await;
    hands.key("Return").await;
    hands.sees("", "Step 1 of 7").await;
    // The title of a page has the focus at first, to be read.
    hands.tab().await;
    hands.write("ada@example.org").await;
    hands.tab().await;
    hands.write(PASSWORD).await;
    hands.go_to("Enter Settings Myself").await;
    hands.key("Return").await;
    hands.sees("", "Step 2 of 7").await;
    hands.write("localhost").await;
    hands.go_to("Security").await;
    hands.tab().await;
    hands.write(&port).await;
    hands.tab().await;
    hands.write("ada").await;
    hands.key("Return").await;
    hands
        .sees(SIGN_IN, "Signed in. 3 messages are waiting, 3 of them new.")
        .await;
    let unnamed = hands.reader.unnamed().await;
    assert_eq!(unnamed, Vec::<String>::new(), "controls without a name");
    for step in ["Step 4", "Step 5", "Step 6", "Step 7"] {
        hands.key("Return").await;
        hands.sees("", step).await;
    }
    hands.key("Return").await;
    scene.mail_arrives().await;
}
