//! The expert editor of the real program by keyboard and screen reader: from a file with hardly
//! anything in it to mail that has reached three people.

use tokio::process::Child;

use super::hands::{Hands, SOURCE};
use super::stage::{Stage, until};
use super::{desktop, journey, write_rc};
use crate::support::journey::{Journey, PASSWORD};
use crate::support::mailbox::Message;

/// A message as somebody far away has written it to one of the office.
fn letter(to: &str, subject: &str) -> Message {
    Message::text(&format!(
        "Return-Path: <z@far.example>\nFrom: z@far.example\nTo: {to}\nSubject: {subject}\n\
         Message-ID: <{subject}@far.example>\n\nHello\n"
    ))
}

/// The main window and its editor.
struct Desk<'j> {
    journey: &'j Journey,
    hands: Hands,
}

impl<'j> Desk<'j> {
    /// Starts the program, which shows these words at first, and goes to its editor.
    async fn open(journey: &'j Journey, stage: &Stage, first: &str) -> (Child, Self) {
        let program = stage.start(&journey.home, desktop(), &[]);
        let mut hands = Hands::on(stage, &journey.home).await;
        hands.window = "Postrider";
        hands.sees("", first).await;
        hands.key("ctrl+4").await;
        (program, Self { journey, hands })
    }

    /// To an option by looking for it.
    async fn to(&mut self, option: &str) {
        self.hands.settle().await;
        self.hands.key("ctrl+f").await;
        self.hands.hears("Search the Options").await;
        self.hands.write(option).await;
        // What was found, with its place.
        self.hands.sees("", " › ").await;
        self.hands.key("Return").await;
    }

    /// From hint to hint until the fix of that name is offered.
    async fn to_fix(&self, title: &str) {
        for _ in 0..20 {
            let things = self.hands.page("").await;
            if things.iter().any(|thing| thing.name == title) {
                return;
            }
            self.hands.key("F8").await;
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        }
        panic!("“{title}” is not offered");
    }

    /// Waits for exactly these words.
    async fn sees_exactly(&self, words: &str) {
        until(&format!("“{words}”"), async || {
            let things = self.hands.page("").await;
            things.iter().any(|thing| thing.name == words)
        })
        .await;
    }

    /// Words appear in the source.
    async fn file_will_say(&self, words: &str) {
        until(&format!("“{words}” in the source"), async || {
            self.hands.source().await.contains(words)
        })
        .await;
    }

    /// Has the source say something else; a screen reader writes there.
    async fn write(&self, text: &str) {
        self.hands.fill("", SOURCE, text).await;
    }

    fn file(&self) -> String {
        let path = self.journey.home.path().join(".fetchmailrc");
        std::fs::read_to_string(path).unwrap_or_default()
    }
}

/// An office whose mail comes to one mailbox: set up, tried with three messages, mended, looked
/// over, saved, fetched; and another program writes to the file meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_from_nothing() {
    let journey = journey(0).await;
    let letters = [
        letter("ann@office.example", "one"),
        letter("bernd@office.example", "two"),
        letter("nobody@office.example", "three"),
    ];
    journey.server.store.add("ada", "INBOX", letters);
    write_rc(&journey, "");
    let stage = Stage::set(&journey.home).await;
    let (mut program, mut desk) = Desk::open(&journey, &stage, "No Accounts Yet").await;
    desk.hands.sees("", "General").await;
    // The server comes from the menu, its options from the pages, the rest is written as text.
    desk.hands.press("", "Servers and Users").await;
    desk.hands.press("", "Add Server").await;
    desk.file_will_say("poll mail.example.org").await;
    desk.hands
        .fill("", "Label or server name", "office.example")
        .await;
    desk.hands.fill("", "Real server name", "localhost").await;
    desk.hands
        .fill("", "Port or service", &journey.server.imaps.to_string())
        .await;
    desk.file_will_say("via localhost").await;
    let text = desk.hands.source().await;
    // As somebody has it who learnt the old word.
    let text = text.trim_end().replace("service", "port");
    desk.write(&format!(
        "{text} proto imap no dns aka office.example\n    user ada password \"{PASSWORD}\" is ann bernd=bb here\n    ssl \
         sslcertfile '{}'\n    mda \"postrider deliver --maildir ~/box-%T\"\n",
        journey.ca().display()
    ))
    .await;
    // Three messages are tried, on the page that one gets to by looking for an option.
    desk.to_fix("Write service").await;
    desk.to("localdomains").await;
    for (to, who) in [
        ("ann", "ann"),
        ("bernd", "bb"),
        ("nobody", "Last resort: postmaster"),
    ] {
        let header = format!("From: z@far.example\nTo: {to}@office.example\n");
        desk.hands.fill("", "Headers of a message", &header).await;
        desk.sees_exactly(who).await;
    }
    // Two hints are mended by their fixes.
    desk.hands.press("", "Write service").await;
    desk.file_will_say("service ").await;
    desk.to_fix("Say that it is postmaster, as it is now").await;
    desk.hands
        .press("", "Say that it is postmaster, as it is now")
        .await;
    desk.file_will_say("set postmaster").await;
    let unnamed = desk.hands.reader.unnamed().await;
    assert_eq!(unnamed, Vec::<String>::new(), "controls without a name");
    desk.hands.key("ctrl+s").await;
    desk.hands.window = "Review Changes";
    desk.hands.sees("", "+poll office.example").await;
    let shown = desk.hands.page("").await;
    assert!(shown.iter().all(|thing| !thing.name.contains(PASSWORD)));
    desk.hands.press("", "Save").await;
    until("the file", async || {
        desk.file().contains("poll office.example")
    })
    .await;
    for folder in ["box-ann", "box-bb", "box-postmaster"] {
        until(folder, async || journey.mail(folder).len() == 1).await;
    }
    let whose = |folder: &str| String::from_utf8(journey.mail(folder).remove(0)).unwrap();
    assert!(whose("box-ann").contains("To: ann@office.example"));
    assert!(whose("box-bb").contains("To: bernd@office.example"));
    assert!(whose("box-postmaster").contains("To: nobody@office.example"));
    // Another program writes to the file: what it wrote is shown.
    desk.hands.window = "Postrider";
    journey
        .home
        .rc(&format!("# by another program\n{}", desk.file()));
    desk.file_will_say("# by another program").await;
    program.start_kill().unwrap();
    program.wait().await.unwrap();
}

/// Another program changes the entry that is being changed, and another option as well: what only
/// one of the two has changed is in the file, and of the entry what was chosen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_write_to_one_entry() {
    let journey = journey(0).await;
    write_rc(
        &journey,
        "# theirs or mine\nset daemon 300\nskip alpha proto pop3 timeout 60\n  user ada is ann here\n",
    );
    let stage = Stage::set(&journey.home).await;
    let (mut program, mut desk) = Desk::open(&journey, &stage, "Accounts").await;
    desk.file_will_say("timeout 60").await;
    let mine = desk
        .hands
        .source()
        .await
        .replace("timeout 60", "timeout 77");
    desk.write(&mine).await;
    desk.file_will_say("timeout 77").await;
    let theirs = desk.file().replace("timeout 60", "timeout 99 no dns");
    journey.home.rc(&theirs.replace("daemon 300", "daemon 900"));
    desk.hands.window = "The File Was Changed by Another Program";
    desk.hands.sees("", "1 part to choose").await;
    let unnamed = desk.hands.reader.unnamed().await;
    assert_eq!(unnamed, Vec::<String>::new(), "controls without a name");
    desk.hands.go_to("alpha: Mine: Changed here").await;
    desk.hands.key("space").await;
    desk.hands.sees("", "Nothing is left to choose").await;
    desk.hands.press("", "Use Result").await;
    desk.hands.window = "Postrider";
    desk.file_will_say("daemon 900").await;
    desk.hands.key("ctrl+s").await;
    desk.hands.window = "Review Changes";
    desk.hands
        .sees("", "+skip alpha proto pop3 timeout 77")
        .await;
    desk.hands.press("", "Save").await;
    until("the file", async || desk.file().contains("timeout 77")).await;
    let saved = desk.file();
    assert!(
        saved.contains("daemon 900") && saved.contains("# theirs or mine"),
        "{saved}"
    );
    assert!(
        !saved.contains("no dns") && !saved.contains("99"),
        "{saved}"
    );
    program.start_kill().unwrap();
    program.wait().await.unwrap();
}

/// Lines with passwords are cut and put in again, by the keys for that: the passwords go along. And
/// what is not saved is not lost without a word.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_go_along_with_their_dots() {
    let journey = journey(0).await;
    write_rc(
        &journey,
        &format!(
            "skip alpha proto pop3\n  user ada password \"{PASSWORD}\" is ann here\nskip beta\n"
        ),
    );
    let stage = Stage::set(&journey.home).await;
    let (mut program, mut desk) = Desk::open(&journey, &stage, "Accounts").await;
    desk.file_will_say("skip alpha").await;
    desk.hands.go_to(SOURCE).await;
    for (mark, put) in [("ctrl+a", "ctrl+v"), ("shift+ctrl+Home", "shift+Insert")] {
        desk.hands.key(mark).await;
        desk.hands.key("ctrl+x").await;
        until("cut", async || !desk.hands.source().await.contains("alpha")).await;
        desk.hands.key(put).await;
        desk.file_will_say("skip alpha").await;
    }
    // Copied over itself.
    for key in ["ctrl+a", "ctrl+c", "ctrl+v", "ctrl+End"] {
        desk.hands.key(key).await;
    }
    desk.hands.xtype("# the end").await;
    desk.file_will_say("# the end").await;
    assert!(!desk.hands.source().await.contains(PASSWORD));
    desk.hands.key("ctrl+q").await;
    desk.hands.window = "Quit without saving?";
    desk.hands.press("", "Keep Editing").await;
    desk.hands.window = "Postrider";
    desk.hands.press("", "Save…").await;
    desk.hands.window = "Review Changes";
    desk.hands.sees("", "+# the end").await;
    desk.hands.press("", "Save").await;
    until("the file", async || desk.file().contains("# the end")).await;
    let saved = desk.file();
    assert!(
        saved.contains(&format!("user ada password \"{PASSWORD}\" is ann")),
        "{saved}"
    );
    assert!(!saved.contains('\u{2022}'), "{saved}");
    desk.hands.window = "Postrider";
    desk.hands.key("ctrl+q").await;
    let ended = tokio::time::timeout(super::stage::PATIENCE, program.wait()).await;
    assert!(ended.expect("ends").unwrap().success());
}
