//! The administrator's list of the real program: two users whom the program's own view of the
//! password database knows, their files read, written and fetched by as those users.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::process::Child;

use super::hands::{Hands, SOURCE};
use super::stage::{Stage, until};
use super::{desktop, journey, write_rc};
use crate::support::journey::{Journey, PASSWORD, Protocol, Shield};
use crate::support::mailbox::Message;

const LIST: &str = "Files of All Users";
const USERS: [(&str, u32); 2] = [("ann", 65_530), ("bob", 65_531)];

/// Two homes, the programs where both users reach them, and a password database.
struct House(TempDir);

impl House {
    fn build(journey: &Journey) -> Self {
        let house = Self(tempfile::tempdir().unwrap());
        let open = |path: &Path| fs::set_permissions(path, PermissionsExt::from_mode(0o755));
        open(house.0.path()).unwrap();
        fs::create_dir(house.path("bin")).unwrap();
        let mut passwd = fs::read_to_string("/etc/passwd").unwrap();
        // Nobody else of this machine is looked at.
        passwd = passwd
            .lines()
            .filter(|line| line.contains("/nologin") || line.starts_with("root:"))
            .map(|line| format!("{line}\n"))
            .collect();
        for (user, uid) in USERS {
            let home = house.path(user);
            fs::create_dir(&home).unwrap();
            fs::set_permissions(&home, PermissionsExt::from_mode(0o700)).unwrap();
            chown(&home, Some(uid), Some(uid)).unwrap();
            passwd += &format!("{user}:x:{uid}:{uid}::{}:/bin/sh\n", home.display());
            journey.user(user, [Message::numbered(1)]);
            let deliver = format!(
                "mda \"postrider deliver --maildir {}\"",
                home.join("Mail").display()
            );
            let entry = journey.entry_of(user, user, Protocol::Imap, Shield::Plain, &deliver);
            let rc = house.rc(user);
            fs::write(&rc, format!("# of {user}\n{entry}")).unwrap();
            fs::set_permissions(&rc, PermissionsExt::from_mode(0o600)).unwrap();
            chown(&rc, Some(uid), Some(uid)).unwrap();
        }
        fs::write(house.path("passwd"), passwd).unwrap();
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn rc(&self, user: &str) -> PathBuf {
        self.path(user).join(".fetchmailrc")
    }

    /// The program, with that database and those places in the place of the system's.
    fn start(&self, stage: &Stage, journey: &Journey) -> Child {
        let programs = desktop().parent().unwrap();
        let script = format!(
            "mount --bind '{0}' '{1}' && mount --bind '{2}' /etc/passwd && exec '{1}/postrider-desktop'",
            programs.display(),
            self.path("bin").display(),
            self.path("passwd").display()
        );
        let args = ["--mount", "--propagation", "private", "sh", "-c", &script];
        stage.start(&journey.home, Path::new("/usr/bin/unshare"), &args)
    }

    /// Whose the mail in somebody's Maildir is.
    fn mail(&self, user: &str) -> Vec<u32> {
        let files = fs::read_dir(self.path(user).join("Mail/new"));
        files.map_or_else(
            |_| Vec::new(),
            |files| {
                files
                    .map(|file| file.unwrap().metadata().unwrap().uid())
                    .collect()
            },
        )
    }
}

/// A check by Ann's file; Bob's file changed in the editor, and checked by in the background until
/// that is stopped. All of it belongs to whom it should.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_of_two_users() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: only root is an administrator");
        return;
    }
    let journey = journey(0).await;
    let house = House::build(&journey);
    write_rc(&journey, "skip alpha proto pop3\n");
    let stage = Stage::set(&journey.home).await;
    let mut program = house.start(&stage, &journey);
    let mut hands = Hands::on(&stage, &journey.home).await;
    hands.window = "Postrider";
    hands.sees("", "Accounts").await;
    hands.press("", "Main Menu").await;
    hands.press("", "Files of All Users").await;
    hands.window = LIST;
    hands.sees("", "ann").await;
    hands.sees("", "bob").await;
    let unnamed = hands.reader.unnamed().await;
    assert_eq!(unnamed, Vec::<String>::new(), "controls without a name");

    open(&mut hands, "ann").await;
    hands.sees("", "ann (number 65530)").await;
    hands.press("", "Check Now").await;
    until("Ann's mail", async || house.mail("ann") == [65_530]).await;
    hands.window = "Check for ann";
    hands.sees("", "Done: mail was fetched").await;
    let said = hands.page("").await;
    assert!(said.iter().all(|thing| !thing.name.contains(PASSWORD)));
    hands.key("Escape").await;

    hands.window = LIST;
    hands.go_to("Back").await;
    hands.key("Return").await;
    open(&mut hands, "bob").await;
    hands.sees("", "bob (number 65531)").await;
    hands.press("", "Open in Editor").await;
    hands.window = "Postrider";
    until("Bob's file in the editor", async || {
        hands.source().await.contains("poll bob ")
    })
    .await;
    // The password is not shown, and stays.
    let text = hands.source().await.replace("poll bob ", "poll office ");
    assert!(!text.contains(PASSWORD));
    hands.fill("", SOURCE, &text).await;
    hands.press("", "Save…").await;
    hands.window = "Review Changes";
    hands.sees("", "+poll office").await;
    hands.press("", "Save").await;
    let is_saved =
        |text: &str| text.starts_with("# of bob\npoll office ") && text.contains(PASSWORD);
    until("Bob's file", async || {
        fs::read_to_string(house.rc("bob")).is_ok_and(|text| is_saved(&text))
    })
    .await;
    let saved = fs::metadata(house.rc("bob")).unwrap();
    assert_eq!((saved.uid(), saved.mode() & 0o777), (65_531, 0o600));

    hands.window = LIST;
    hands.press("", "Start Checking").await;
    hands.window = "Check in the Background?";
    hands.press("", "Start").await;
    hands.window = LIST;
    until("Bob's mail", async || house.mail("bob") == [65_531]).await;
    hands.press("", "Stop Checking").await;
    hands.sees("", "Nothing is running").await;
    program.start_kill().unwrap();
    program.wait().await.unwrap();
}

/// Opens the page of a user whose line is found by name.
async fn open(hands: &mut Hands, user: &str) {
    hands.go_to("Search the Files").await;
    hands.write(user).await;
    hands.settle().await;
    hands.go_to(user).await;
    hands.key("Return").await;
}
