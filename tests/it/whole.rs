//! The whole desktop program as its user meets it: a real process on a display and a session bus
//! of its own, a panel that holds its tray icon, a notification server, a screen reader's view of
//! its window, and a mail server to fetch from. Everything waits on conditions.

mod editor;
mod hands;
mod keys;
mod panel;
mod reader;
mod set_up;
mod stage;

use std::path::Path;

use crate::support::home::Home;
use crate::support::journey::{Journey, Protocol, Shield, into_maildir};
use crate::support::mailbox::Message;
use crate::support::server::Server;
use panel::Panel;
use reader::Reader;
use stage::{Stage, until};

fn desktop() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_postrider-desktop"))
}

/// A mail server, and a home whose programs run as we do: a session bus lets in its owner only.
async fn journey(messages: usize) -> Journey {
    let journey = Journey {
        server: Server::start().await,
        home: Home::own(),
    };
    journey.user("ada", (0..messages).map(Message::numbered));
    journey
}

/// Writes the rc file. The lock is in the home: root's usual one is the whole machine's.
fn write_rc(journey: &Journey, entries: &str) {
    let pidfile = journey.home.path().join("pid");
    let text = format!("set pidfile '{}'\n{entries}", pidfile.display());
    journey.home.rc(&text);
}

/// Tray item there, first mail delivered and announced, Check Now over D-Bus brings the next, the
/// window shows the counts, a second start raises the window, Quit ends the process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_comes_by_the_tray_icon() {
    let journey = journey(2).await;
    write_rc(
        &journey,
        &journey.entry("alpha", Protocol::Imap, Shield::Tls, &into_maildir("Mail")),
    );
    let stage = Stage::set(&journey.home).await;
    let panel = Panel::on(&stage).await;
    let mut program = stage.start(&journey.home, desktop(), &[]);

    let item = panel.item().await;
    until("two messages delivered", async || {
        journey.mail("Mail").len() == 2
    })
    .await;
    until("the server emptied", async || journey.left() == 0).await;
    until("the first notice", async || {
        panel.has_notice("2 new messages")
    })
    .await;

    let reader = Reader::on(&stage).await;
    until("the window with the count", async || {
        reader.reads("2 new").await
    })
    .await;

    journey
        .server
        .store
        .add("ada", "INBOX", [Message::numbered(7)]);
    item.click("Check Now").await;
    until("the third message", async || {
        journey.mail("Mail").len() == 3
    })
    .await;
    until("the tray says three", async || {
        item.says("3 new messages").await
    })
    .await;
    until("the window says three", async || {
        reader.reads("3 new").await
    })
    .await;
    until("a notice of the new one", async || panel.notices() >= 2).await;

    let unnamed = reader.unnamed().await;
    assert_eq!(
        unnamed,
        Vec::<String>::new(),
        "controls without an accessible name"
    );

    let second = stage
        .start(&journey.home, desktop(), &[])
        .wait_with_output()
        .await
        .unwrap();
    assert!(second.status.success(), "a second start: {second:?}");

    item.click("Quit").await;
    let ended = tokio::time::timeout(stage::PATIENCE, program.wait()).await;
    assert!(ended.expect("ends after Quit").unwrap().success());
}

/// Trouble shows in the window and the tray, and the healthy account goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_is_shown_and_the_others_go_on() {
    let journey = journey(1).await;
    let good = journey.entry("alpha", Protocol::Pop3, Shield::Tls, &into_maildir("Mail"));
    let bad = journey.entry("beta", Protocol::Imap, Shield::Tls, &into_maildir("Mail"));
    let bad = bad.replace("user ada", "user nobody");
    write_rc(&journey, &format!("{bad}{good}"));
    let stage = Stage::set(&journey.home).await;
    let panel = Panel::on(&stage).await;
    let mut program = stage.start(&journey.home, desktop(), &[]);
    let item = panel.item().await;
    until("the mail of the healthy one", async || {
        journey.mail("Mail").len() == 1
    })
    .await;
    until("the icon asks for attention", async || {
        item.status().await == "NeedsAttention"
    })
    .await;
    let reader = Reader::on(&stage).await;
    until("the reason in the window", async || {
        reader.reads("Sign-in was refused").await
    })
    .await;
    until("a notice of it", async || {
        panel.has_notice("Sign-in was refused")
    })
    .await;
    program.start_kill().unwrap();
    program.wait().await.unwrap();
}
