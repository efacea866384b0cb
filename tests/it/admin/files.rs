//! Listing, reading and writing.

use super::*;

const ANN: &str = "set daemon 300\npoll mail.example.org proto imap\n  user 'ann@example.org' password 's3cret' is ann here ssl\n  user 'info' password 'x' is ann bob here ssl\nskip pop.example.net proto pop3 user a password b is ann here\n";

#[tokio::test]
async fn everybody_is_listed() {
    let mut house = House::new(
        "lost:x:65532:65532::/no/such/home:/bin/false\nodd\n+nis\n\u{202e}evil\u{1b}[2J:x:65533:65533::/no/such:/bin/sh\n-rf:x:1:1::/:\n",
    );
    house.rc("ann", ANN);
    let (outcome, told) = house.watch(Job::UsersFiles).await;
    let Outcome::Everybody(everybody) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(!everybody.is_cut);
    assert!(matches!(told[0], Progress::Users { of: 5, .. }), "{told:?}");
    let names: Vec<&str> = everybody.files[1..]
        .iter()
        .map(|file| file.whose.keeper.name.as_str())
        .collect();
    assert_eq!(names, ["ann", "bob", "lost", "\u{202e}evil\u{1b}[2J"]);
    assert!(everybody.files[0].whose.is_system);
    let absent = |can_make| FileState::Absent { can_make };
    if is_root() {
        assert_eq!(everybody.files[0].state, absent(true));
    }
    let FileState::Seen(ann) = &everybody.files[1].state else {
        panic!("{:?}", everybody.files[1])
    };
    let users = |line: usize| -> Vec<(&str, String)> {
        let users = ann.servers[line].users.iter();
        users
            .map(|(name, to)| (name.as_str(), to.join(" ")))
            .collect()
    };
    assert_eq!(
        users(0),
        [
            ("ann@example.org", "ann".to_owned()),
            ("info", "ann bob".to_owned())
        ]
    );
    assert_eq!(users(1), [("a", "ann".to_owned())]);
    let servers: Vec<_> = ann
        .servers
        .iter()
        .map(|line| (line.label.as_str(), line.protocol.as_str(), line.is_skipped))
        .collect();
    assert_eq!(
        servers,
        [
            ("mail.example.org", "IMAP", false),
            ("pop.example.net", "POP3", true)
        ]
    );
    assert_eq!((ann.errors, ann.exposed, ann.more), (0, None, 0));
    assert!(ann.hints > 0 && ann.owner == house.number("ann"));
    assert_eq!(everybody.files[2].state, absent(true));
    if is_root() {
        // They can be become, and have no home.
        assert_eq!(everybody.files[3].state, absent(false));
    }
}

#[tokio::test]
async fn the_system_is_asked_for_its_users() {
    let mut house = House::with("", false);
    let files = house.list().await.files;
    let mut users = files.iter().map(|file| &file.whose.keeper);
    assert!(users.any(|user| user.name == "root" && user.uid == 0));
    assert!(!users.any(|user| user.name == "ann"));
}

#[tokio::test]
async fn what_is_wrong_is_told_in_place() {
    let mut house = House::new("");
    let path = house.rc("ann", "poll a frobnicate\npoll b user c\n");
    fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    let summary = house.summary("ann").await;
    assert_eq!((summary.errors > 0, summary.exposed), (true, Some(0o644)));
    let servers: String = (0..250)
        .map(|n| format!("poll h{n} user a user b\n"))
        .collect();
    house.rc("ann", &servers);
    let summary = house.summary("ann").await;
    assert_eq!((summary.servers.len(), summary.more), (200, 50));
    assert_eq!(summary.servers[0].users.len(), 2);
    house.rc(
        "ann",
        "poll h\u{1b}[2J user \"\u{202e}x\" is 'a\u{1b}' here\n",
    );
    let told = format!("{:?}", house.summary("ann").await);
    assert!(
        !told.contains("\\u{1b}") && !told.contains("\\u{202e}"),
        "{told}"
    );
}

#[tokio::test]
async fn a_file_is_read_and_written() {
    let mut house = House::new("");
    house.rc("bob", ANN);
    let text = house.read("bob").await;
    assert_eq!(text.bytes.expose(), ANN.as_bytes());
    assert_eq!(text.path, house.path("bob/.fetchmailrc"));
    let new = ANN.replace("300", "600");
    let write = house.rewrite("bob", text.base, &new).await;
    let Outcome::Written(base) = house.run(write).await else {
        panic!("not written")
    };
    assert_eq!(base, Base::of(new.as_bytes()));
    let read = |name: &str| fs::read_to_string(house.path(name)).unwrap();
    assert_eq!(read("bob/.fetchmailrc"), new);
    assert_eq!(read("bob/.fetchmailrc~"), ANN);
    let bob = house.number("bob");
    let (uid, gid, mode) = house.look("bob/.fetchmailrc");
    assert_eq!((uid, mode), (bob, 0o600));
    assert!(!is_root() || gid == bob);
    assert_eq!(house.look("bob/.fetchmailrc~").0, bob);
    assert_eq!(fs::read_dir(house.path("bob")).unwrap().count(), 2);
    // Made from what is no longer there.
    let late = house.rewrite("bob", text.base, "poll c user d\n").await;
    let failed = house.failed(late).await;
    assert!(matches!(failed.unsaved, Some(Unsaved::Changed(_))));
    // With errors: only as a draft.
    let wrong = house.rewrite("bob", base, "poll a frobnicate\n").await;
    let failed = house.failed(wrong.clone()).await;
    assert!(matches!(&failed.unsaved, Some(Unsaved::Errors(list)) if list[0].contains(":1:8")));
    let Job::WriteAs(mut draft) = wrong else {
        panic!()
    };
    draft.is_draft = true;
    for _ in 0..2 {
        let drafted = house.run(Job::WriteAs(draft.clone())).await;
        assert!(matches!(drafted, Outcome::Written(_)), "{drafted:?}");
    }
    assert_eq!(house.look("bob/.fetchmailrc.draft").0, bob);
    assert_eq!(
        fs::read_to_string(house.path("bob/.fetchmailrc")).unwrap(),
        new
    );
}

#[tokio::test]
async fn a_new_file_belongs_to_its_user() {
    let mut house = House::new("");
    let empty = house.read("bob").await;
    assert_eq!((empty.bytes.expose(), empty.base), (&b""[..], Base::NONE));
    let write = house.rewrite("bob", Base::NONE, "").await;
    assert!(matches!(
        house.run(write.clone()).await,
        Outcome::Written(_)
    ));
    let (uid, _, mode) = house.look("bob/.fetchmailrc");
    assert_eq!((uid, mode), (house.number("bob"), 0o600));
    let failed = house.failed(write).await;
    assert!(matches!(failed.unsaved, Some(Unsaved::Changed(_))));
}

#[tokio::test]
async fn a_text_is_looked_over_for_its_user() {
    let mut house = House::new("");
    let draught = |whose: Whose, text: &str| {
        let text = Secret::new(text);
        Job::LintAs(Box::new(postrider::engine::api::job::users::Draught {
            whose,
            text,
        }))
    };
    let whose = *house.whose("bob").await;
    let outcome = house.run(draught(whose, "poll a frobnicate\n")).await;
    let Outcome::Linted(found) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(!found.is_empty());
}

/// Nothing is read and nothing written: what the link leads to least of all.
async fn is_left_alone(house: &mut House, user: &str, expected: &Refusal, bait: &Path) {
    let before = fs::read(bait).unwrap();
    assert_eq!(&house.refusal(user).await, expected);
    let whose = house.whose(user).await;
    let words = expected.to_string();
    let read = house.failed(Job::ReadAs(whose.clone())).await;
    assert_eq!(sentence(&read), words);
    for base in [Base::NONE, Base::of(&before)] {
        let write = house.rewrite(user, base, "poll evil user e\n").await;
        let failed = house.failed(write).await;
        assert_eq!(failed.unsaved, Some(Unsaved::Refused(words.clone())));
    }
    let started = house
        .failed(Job::RunAs(whose.clone(), Deed::Start(60)))
        .await;
    assert_eq!(sentence(&started), words);
    let (outcome, told) = house.watch(Job::RunAs(whose, Deed::Check(None))).await;
    assert_eq!(outcome, Outcome::Ran(Ran::Ended(6)));
    assert!(
        matches!(&told[..], [Progress::Said(lines)] if lines[0].contains(&words)),
        "{told:?}"
    );
    assert_eq!(fs::read(bait).unwrap(), before);
}

#[tokio::test]
async fn links_are_never_followed() {
    let mut house = House::new("");
    // A file that Ann may read and write, and one that only the administrator may.
    let bait = house.rc("ann", ANN);
    let link = house.path("bob/.fetchmailrc");
    symlink(&bait, &link).unwrap();
    let refusal = Refusal::Link(".fetchmailrc".into());
    is_left_alone(&mut house, "bob", &refusal, &bait).await;
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    fs::remove_file(&link).unwrap();
    symlink("own", &link).unwrap();
    fs::write(house.path("bob/own"), ANN).unwrap();
    house.give(&house.path("bob/own"), "bob");
    let own = house.path("bob/own");
    is_left_alone(&mut house, "bob", &refusal, &own).await;
}

#[tokio::test]
async fn a_home_that_is_a_link_is_refused() {
    let mut house = House::new(
        "eve:x:EVE:EVE::HOUSE/open/way/ann:/bin/sh\n"
            .replace("EVE", &numbers()[0].to_string())
            .as_str(),
    );
    let bait = house.rc("ann", ANN);
    fs::remove_dir(house.path("bob")).unwrap();
    symlink(house.path("ann"), house.path("bob")).unwrap();
    is_left_alone(&mut house, "bob", &Refusal::Link("bob".into()), &bait).await;
    // Somebody else's link on the way there.
    let open = house.path("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, PermissionsExt::from_mode(0o777)).unwrap();
    symlink(house.dir.path(), open.join("way")).unwrap();
    is_left_alone(&mut house, "eve", &Refusal::Link("way".into()), &bait).await;
    assert_eq!(fs::read_dir(house.path("ann")).unwrap().count(), 1);
}

#[tokio::test]
async fn a_pipe_holds_nobody_up() {
    let mut house = House::new("");
    let bait = house.rc("ann", ANN);
    let pipe = house.path("bob/.fetchmailrc");
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    let kind = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, kind, mode, 0).unwrap();
    house.give(&pipe, "bob");
    let begun = std::time::Instant::now();
    is_left_alone(&mut house, "bob", &Refusal::NotRegular, &bait).await;
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn what_belongs_to_another_is_refused() {
    let mut house = House::new("eve:x:7:7::HOUSE/bob:/bin/sh\n");
    house.rc("bob", ANN);
    if !is_root() {
        // Nobody else can be become.
        let refusal = house.refusal("eve").await;
        assert!(matches!(refusal, Refusal::Unable(_)), "{refusal:?}");
        return;
    }
    // Closed to her altogether; then open, and not hers.
    assert_eq!(house.refusal("eve").await, Refusal::Denied);
    fs::set_permissions(house.path("bob"), PermissionsExt::from_mode(0o777)).unwrap();
    let bait = house.path("bob/.fetchmailrc");
    let foreign = Refusal::Foreign(house.number("bob"));
    assert_eq!(house.refusal("eve").await, foreign);
    fs::set_permissions(&bait, PermissionsExt::from_mode(0o666)).unwrap();
    is_left_alone(&mut house, "eve", &foreign, &bait).await;
    // Nor may the administrator's rights help: a file of root's own in Bob's home.
    chown(&bait, Some(0), Some(0)).unwrap();
    fs::set_permissions(&bait, PermissionsExt::from_mode(0o600)).unwrap();
    is_left_alone(&mut house, "bob", &Refusal::Foreign(0), &bait).await;
}

#[tokio::test]
async fn the_file_of_the_computer() {
    let mut house = House::new("");
    let path = house.path("fetchmailrc");
    fs::write(&path, ANN).unwrap();
    fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
    house.give(&path, "bob");
    let system = house.list().await.files.swap_remove(0);
    if !is_root() {
        assert!(matches!(
            system.state,
            FileState::Refused(Refusal::Unable(_))
        ));
        return;
    }
    let FileState::Seen(summary) = &system.state else {
        panic!("{system:?}")
    };
    assert_eq!(
        (summary.owner, summary.servers.len()),
        (house.number("bob"), 2)
    );
    let whose = system.whose;
    assert_eq!(whose.runner.as_ref().unwrap().name, "bob");
    // Written by root, who alone may, it stays Bob's.
    let rewrite = Rewrite {
        whose,
        version: Version {
            base: Base::of(ANN.as_bytes()),
            bytes: Secret::new("poll n user m\n"),
        },
        is_draft: false,
    };
    let written = house.run(Job::WriteAs(Box::new(rewrite))).await;
    assert!(matches!(written, Outcome::Written(_)), "{written:?}");
    assert_eq!(house.look("fetchmailrc").0, house.number("bob"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "poll n user m\n");
}

#[tokio::test]
async fn a_list_can_be_stopped() {
    let many: String = (0..2000)
        .map(|n| format!("u{n}:x:{}:1::/no/such/{n}:/bin/sh\n", 20_000 + n))
        .collect();
    let mut house = House::new(&many);
    assert!(house.passwd.lines().count() > 2000);
    let started = house.begin(Job::UsersFiles);
    let mut last = 0;
    loop {
        match house.next().await {
            Event::Job { id, progress } if id == started => {
                let Progress::Users { done, of, .. } = progress else {
                    panic!("{progress:?}")
                };
                assert!(done >= last && of == 2003);
                last = done;
                house.handle.send(Command::Cancel(started));
            }
            Event::JobDone { id, outcome } if id == started => {
                assert_eq!(outcome, Outcome::Cancelled);
                break;
            }
            _ => {}
        }
    }
    assert!(last < 2003);
}
