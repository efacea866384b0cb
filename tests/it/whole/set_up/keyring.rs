//! Where the password goes, and from where it comes back: with a keyring, with one that is locked,
//! and with none.

use std::path::Path;

use super::*;
use crate::secrets::fake::{Shared, join};

impl Scene {
    /// Ends the program, and starts it again.
    async fn restart(&mut self) {
        self.program.start_kill().expect("ours");
        self.program.wait().await.expect("ours");
        // Its place among those that can be read goes as well; one that comes meanwhile may be lost.
        let reader = &self.hands.reader;
        until("the former program is gone", async || {
            reader.programs().await == 0
        })
        .await;
        self.program = start(&self.journey, &self.stage, true);
    }

    fn another(&self, number: usize) {
        let store = &self.journey.server.store;
        store.add("ada", "INBOX", [Message::numbered(number)]);
    }

    async fn asks_for_mail(&mut self) {
        self.hands.window = "Postrider";
        self.hands.sees("", "ada@localhost").await;
        self.hands.press("", "Check Now").await;
    }

    async fn has_mail(&self, count: usize) {
        let what = format!("{count} messages");
        until(&what, async || self.journey.mail("Maildir").len() == count).await;
    }

    /// The keyring leaves the bus.
    async fn keyring_goes(&mut self) {
        if let Some(keyring) = self.keyring.take() {
            let name = "org.freedesktop.secrets";
            assert!(keyring.release_name(name).await.expect("a bus"));
        }
    }

    /// The password stands in no file, no log, no command line and no environment.
    fn keeps_the_secret(&self) {
        let holds = |octets: &[u8]| memchr::memmem::find(octets, PASSWORD.as_bytes()).is_some();
        let mut open = vec![self.journey.home.path().to_owned()];
        let mut files = 0;
        while let Some(path) = open.pop() {
            if path.is_dir() && !path.is_symlink() {
                let inside = std::fs::read_dir(&path).expect("ours");
                open.extend(inside.filter_map(|entry| Some(entry.ok()?.path())));
            } else if path.is_file() {
                files += 1;
                assert!(!holds(&std::fs::read(&path).expect("ours")), "{path:?}");
            }
        }
        assert!(files > 3, "hardly any file was looked at");
        let process = Path::new("/proc").join(self.program.id().expect("alive").to_string());
        for part in ["cmdline", "environ"] {
            assert!(
                !holds(&std::fs::read(process.join(part)).expect("ours")),
                "{part}"
            );
        }
    }
}

const LOCKED: &str = "The keyring is locked";
const NEEDED: &str = "Password Needed";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_password_comes_back_or_is_asked_for_once() {
    let journey = Journey {
        server: Server::start().await,
        home: Home::new(),
    };
    journey.user("ada", [Message::numbered(0)]);
    let stage = Stage::set(&journey.home).await;
    let state = Shared::default();
    let keyring = join(stage.connect().await, state.clone()).await;
    let mut scene = Scene::begin(journey, stage, Some(keyring), true).await;
    scene.sign_in(scene.journey.server.imaps, PASSWORD).await;
    scene
        .hands
        .sees(SIGN_IN, "Signed in. 1 message is waiting")
        .await;
    scene.save().await;
    scene.mail_arrives().await;
    let kept = state.lock().unwrap().items.iter().flatten().count();
    assert_eq!(kept, 1, "in the keyring, once");
    scene.keeps_the_secret();

    // After a restart it is found.
    scene.another(1);
    scene.restart().await;
    scene.has_mail(2).await;

    // A locked one is opened by a yes, of somebody who wants his mail.
    state.lock().unwrap().is_locked = true;
    scene.another(2);
    scene.restart().await;
    scene.asks_for_mail().await;
    scene.hands.window = LOCKED;
    scene.hands.press("", "Unlock").await;
    scene.has_mail(3).await;

    // Without one it is asked for, once.
    scene.keyring_goes().await;
    scene.another(3);
    scene.restart().await;
    scene.hands.window = NEEDED;
    scene.hands.fill("", "Password", PASSWORD).await;
    scene.hands.press("", "Sign In").await;
    scene.has_mail(4).await;
    scene.another(4);
    scene.asks_for_mail().await;
    scene.has_mail(5).await;
    scene.keeps_the_secret();

    // One that comes late, after the question was put off, is asked at the next check.
    scene.another(5);
    scene.restart().await;
    scene.hands.window = NEEDED;
    scene.hands.press("", "Ask Later").await;
    state.lock().unwrap().is_locked = false;
    let late = join(scene.stage.connect().await, state.clone()).await;
    scene.asks_for_mail().await;
    scene.has_mail(6).await;
    drop(late);
}
