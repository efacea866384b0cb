//! Fetching by a user's file.

use super::*;
use crate::support::mailbox::Message;
use crate::support::server::Server;

/// A server with mail for Bob, and his file.
async fn mail(house: &House, count: usize) -> Server {
    let server = Server::start().await;
    server.store.add_user("bob", "sesame-7");
    let messages = (0..count).map(Message::numbered);
    server.store.add("bob", "INBOX", messages);
    let folder = house.path("bob/Maildir");
    let rc = format!(
        "poll localhost proto imap service {}\n  user bob password 'sesame-7' is bob here sslproto ''\n  mda \"postrider deliver --maildir {}\"\n",
        server.imap,
        folder.display()
    );
    house.rc("bob", &rc);
    server
}

fn said(told: Vec<Progress>) -> Vec<String> {
    let lots = told.into_iter().map(|progress| match progress {
        Progress::Said(lines) => lines,
        other => panic!("{other:?}"),
    });
    lots.flatten().collect()
}

/// Everything below a directory that is a file.
fn arrived(house: &House) -> Vec<PathBuf> {
    let new = fs::read_dir(house.path("bob/Maildir/new"));
    new.map(|files| files.flatten().map(|file| file.path()).collect())
        .unwrap_or_default()
}

#[tokio::test]
async fn a_check_runs_as_its_user() {
    let mut house = House::new("");
    let server = mail(&house, 2).await;
    let whose = house.whose("bob").await;
    let (outcome, told) = house.watch(Job::RunAs(whose, Deed::Check(None))).await;
    let lines = said(told);
    assert_eq!(outcome, Outcome::Ran(Ran::Ended(0)), "{lines:#?}");
    assert!(
        lines.iter().any(|line| line.contains("localhost")),
        "{lines:#?}"
    );
    assert!(
        !lines.iter().any(|line| line.contains("sesame-7")),
        "{lines:#?}"
    );
    let files = arrived(&house);
    assert_eq!(files.len(), 2);
    for file in &files {
        let metadata = fs::metadata(file).unwrap();
        assert_eq!(metadata.uid(), house.number("bob"));
        assert!(!is_root() || metadata.gid() == house.number("bob"));
    }
    assert_eq!(server.store.count("bob", "INBOX"), 0);
}

#[tokio::test]
async fn a_program_of_the_user_has_their_rights_alone() {
    let mut house = House::new("");
    let _server = mail(&house, 1).await;
    let rc = fs::read_to_string(house.path("bob/.fetchmailrc")).unwrap();
    let start = rc.find("  mda").unwrap();
    let told = house.path("bob/told");
    let mda = format!(
        "  mda \"(id -u; id -g; id -G; env; ls -l /proc/self/fd; tty) > {0}.part 2>&1; cat > /dev/null; mv {0}.part {0}\"\n",
        told.display()
    );
    house.rc("bob", &format!("{}{mda}", &rc[..start]));
    let whose = house.whose("bob").await;
    let (outcome, lines) = house.watch(Job::RunAs(whose, Deed::Check(None))).await;
    assert_eq!(outcome, Outcome::Ran(Ran::Ended(0)), "{lines:#?}");
    let told = fs::read_to_string(told).unwrap();
    let mut lines = told.lines();
    if is_root() {
        let bob = house.number("bob").to_string();
        assert_eq!(lines.next(), Some(&*bob));
        assert_eq!(lines.next(), Some(&*bob));
        let mut groups: Vec<&str> = lines.next().unwrap().split(' ').collect();
        groups.sort_unstable();
        assert_eq!(groups, [&*CLUB.to_string(), &*bob]);
    }
    for ours in ["CARGO", "DBUS_SESSION", "XDG_", "RUST_"] {
        assert!(!told.lines().any(|line| line.starts_with(ours)), "{told}");
    }
    assert!(
        told.contains(&format!("HOME={}", house.path("bob").display())),
        "{told}"
    );
    assert!(
        !told.contains("/dev/tty") && !told.contains("/dev/pts"),
        "{told}"
    );
}

#[tokio::test]
async fn one_server_is_checked_whatever_it_is_called() {
    let mut house = House::new("");
    let _server = mail(&house, 1).await;
    let rc = fs::read_to_string(house.path("bob/.fetchmailrc")).unwrap();
    let rc = rc.replace("poll localhost", "skip \"--quit\" via localhost");
    house.rc(
        "bob",
        &format!("{rc}poll nowhere.invalid proto imap user x password y\n"),
    );
    let whose = house.whose("bob").await;
    let only = Deed::Check(Some("--quit".to_owned()));
    let (outcome, told) = house.watch(Job::RunAs(whose, only)).await;
    let lines = said(told);
    assert_eq!(outcome, Outcome::Ran(Ran::Ended(0)), "{lines:#?}");
    assert!(
        !lines.iter().any(|line| line.contains("nowhere.invalid")),
        "{lines:#?}"
    );
    assert_eq!(arrived(&house).len(), 1);
}

#[tokio::test]
async fn a_check_is_stopped() {
    let mut house = House::new("");
    let server = mail(&house, 1).await;
    server.manner(|manner| manner.stalls_after = Some(300));
    let whose = house.whose("bob").await;
    let started = house.begin(Job::RunAs(whose, Deed::Check(None)));
    // It has begun, and what it says comes while it runs.
    loop {
        if let Event::Job { id, progress } = house.next().await
            && id == started
        {
            assert!(matches!(progress, Progress::Said(_)));
            break;
        }
    }
    house.handle.send(Command::Cancel(started));
    loop {
        if let Event::JobDone { id, outcome } = house.next().await
            && id == started
        {
            assert_eq!(outcome, Outcome::Cancelled);
            break;
        }
    }
    assert_eq!(server.store.count("bob", "INBOX"), 1);
    assert!(arrived(&house).is_empty());
    assert_eq!(house.of("bob").await.running, None);
}

#[tokio::test]
async fn the_background_is_started_and_stopped() {
    let mut house = House::new("");
    let server = mail(&house, 1).await;
    let whose = house.whose("bob").await;
    let run = |deed| Job::RunAs(whose.clone(), deed);
    assert_eq!(house.run(run(Deed::Stop)).await, Outcome::Ran(Ran::Idle));
    let outcome = house.run(run(Deed::Start(600))).await;
    let Outcome::Ran(Ran::Started(pid)) = outcome else {
        panic!("{outcome:?}")
    };
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let uid = format!("Uid:\t{0}\t{0}\t{0}\t{0}", house.number("bob"));
    assert!(status.contains(&uid), "{status}");
    // It is nobody's child here, and what it does it does alone.
    assert!(!status.contains(&format!("PPid:\t{}\n", std::process::id())));
    if is_root() {
        // As one who is both users it holds one lock for each home.
        let running = house.of("bob").await.running.unwrap();
        assert_eq!((running.pid, running.interval), (Some(pid), Some(600)));
        assert_eq!(house.of("ann").await.running, None);
    }
    let begun = std::time::Instant::now();
    while server.store.count("bob", "INBOX") > 0 {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "nothing is fetched"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let second = house.run(run(Deed::Start(60))).await;
    assert!(
        matches!(second, Outcome::Ran(Ran::NotStarted(_))),
        "{second:?}"
    );
    assert_eq!(house.run(run(Deed::Stop)).await, Outcome::Ran(Ran::Stopped));
    assert_eq!(house.of("bob").await.running, None);
    assert_eq!(arrived(&house).len(), 1);
}
