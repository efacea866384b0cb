//! An account is seen before it is written, written, polled by, and taken back.

use std::os::unix::fs::PermissionsExt;

use postrider::engine::api::job::{
    Delivery, Draft, FirstTime, Job, Outcome, PasswordPlace, Preview, Setup, Trust, Undo,
};
use postrider::engine::api::saving::Unsaved;
use postrider::engine::api::{Command, Event, State};

use super::{Bench, Check, draft};

const OLD: &str = "# mine: é\nset daemon 900   # slowly\n\npoll other.test proto pop3\n\tuser \"x\" password \"top secret\" # keep this\n";

async fn preview(bench: &mut Bench, draft: &Draft) -> Preview {
    match bench.run(Job::Preview(draft.clone())).await {
        Outcome::Previewed(preview) => *preview,
        other => panic!("{other:?}"),
    }
}

async fn adopt(bench: &mut Bench, draft: &Draft) -> Undo {
    let Outcome::Adopted(adopted) = bench.run(Job::Adopt(draft.clone())).await else {
        panic!("not adopted");
    };
    assert_eq!(adopted.only_in_memory, None);
    bench.until(|event| matches!(event, Event::Loaded(_))).await;
    let accounts = bench.handle.snapshot().accounts;
    assert!(accounts.iter().any(|account| account.id == adopted.id));
    adopted.undo
}

/// With keys of its own in `accounts.toml`.
fn pinned(setup: Setup) -> Setup {
    Setup {
        trust: Trust::Pin {
            md5: "AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99".into(),
            sha256: ["AB"; 32].join(":"),
            is_chain_trusted: false,
            name: None,
        },
        is_plain: false,
        ..setup
    }
}

#[tokio::test]
async fn a_first_account_is_written_polled_and_taken_back() {
    for is_imap in [true, false] {
        let mut bench = Bench::new("").await;
        bench.fill(3);
        let mut setup = bench.setup(is_imap);
        setup.rhythm = Check::Minutes(5);
        setup.first_time = FirstTime::Everything;
        let draft = draft(setup);
        let seen = preview(&mut bench, &draft).await;
        assert!(seen.rc.is_new && seen.local.is_none());
        assert!(
            seen.rc.diff.contains("+set daemon 300\n"),
            "{}",
            seen.rc.diff
        );
        assert!(!seen.rc.diff.contains("secret"), "{}", seen.rc.diff);
        let undo = adopt(&mut bench, &draft).await;
        bench
            .until(|event| matches!(event, Event::Arrived { count: 3, .. }))
            .await;
        assert_eq!(bench.home.maildir("Maildir").len(), 3);
        let mode = std::fs::metadata(bench.path(".fetchmailrc"))
            .unwrap()
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
        // What was shown is what was written.
        let text = bench.read(".fetchmailrc").unwrap();
        let added = seen
            .rc
            .diff
            .lines()
            .filter(|line| line.starts_with('+'))
            .count();
        assert_eq!(added, text.lines().count());
        assert!(text.contains("password \"secret\""));
        assert_eq!(bench.run(Job::Undo(Box::new(undo))).await, Outcome::Undone);
        assert_eq!(bench.read(".fetchmailrc"), None);
    }
}

#[tokio::test]
async fn an_old_file_keeps_every_byte() {
    let mut bench = Bench::new(OLD).await;
    bench.handle.send(Command::Stop { ids: None });
    let local = "# of mine\n[[account]]\nlabel = \"other.test\"\nuser = \"x\"\npause = true\n";
    bench.home.write(".config/postrider/accounts.toml", local);
    let draft = draft(pinned(bench.setup(true)));
    let seen = preview(&mut bench, &draft).await;
    assert!(
        !seen.rc.is_new && !seen.rc.diff.contains("top secret"),
        "{}",
        seen.rc.diff
    );
    assert!(seen.rc.diff.lines().all(|line| !line.starts_with('-')));
    let diff = seen.local.unwrap().diff;
    assert!(diff.contains("+pin_sha256 = "), "{diff}");
    let undo = adopt(&mut bench, &draft).await;
    let text = bench.read(".fetchmailrc").unwrap();
    assert!(text.starts_with(OLD), "{text}");
    assert!(text.contains("no sslcertck"), "{text}");
    assert_eq!(bench.read(".fetchmailrc~").unwrap(), OLD);
    let changed = bench.read(".config/postrider/accounts.toml").unwrap();
    assert!(
        changed.starts_with(local) && changed.contains("pin_sha256"),
        "{changed}"
    );
    assert_eq!(
        bench.run(Job::Undo(Box::new(undo.clone()))).await,
        Outcome::Undone
    );
    assert_eq!(bench.read(".fetchmailrc").unwrap(), OLD);
    assert_eq!(
        bench.read(".config/postrider/accounts.toml").unwrap(),
        local
    );
    // A second time there is nothing to take back.
    let failed = bench.failed(Job::Undo(Box::new(undo))).await;
    assert!(
        matches!(failed.unsaved, Some(Unsaved::Changed(_))),
        "{failed:?}"
    );
    assert_eq!(bench.read(".fetchmailrc").unwrap(), OLD);
}

#[tokio::test]
async fn what_somebody_has_changed_since_is_not_taken_back() {
    let mut bench = Bench::new("").await;
    let draft = draft(pinned(bench.setup(true)));
    let undo = adopt(&mut bench, &draft).await;
    let text = bench.read(".fetchmailrc").unwrap() + "# more\n";
    bench.home.rc(&text);
    let keys = bench.read(".config/postrider/accounts.toml");
    let failed = bench.failed(Job::Undo(Box::new(undo))).await;
    assert!(
        matches!(failed.unsaved, Some(Unsaved::Changed(_))),
        "{failed:?}"
    );
    assert_eq!(bench.read(".fetchmailrc").unwrap(), text);
    assert_eq!(bench.read(".config/postrider/accounts.toml"), keys);
}

#[tokio::test]
async fn files_that_cannot_be_written_stay_as_they_are() {
    let refusal = |unsaved: &Option<Unsaved>| match unsaved {
        Some(Unsaved::Refused(sentence)) => sentence.clone(),
        Some(Unsaved::Errors(errors)) => errors.join("\n"),
        other => panic!("{other:?}"),
    };
    // Others can read it.
    let mut bench = Bench::new(OLD).await;
    let path = bench.path(".fetchmailrc");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let draft = draft(pinned(bench.setup(true)));
    let failed = bench.failed(Job::Adopt(draft.clone())).await;
    assert!(
        refusal(&failed.unsaved).contains(".fetchmailrc"),
        "{failed:?}"
    );
    assert!(!bench.path(".config").exists());
    // It has errors.
    bench.home.rc("pull x\n");
    for job in [Job::Adopt(draft.clone()), Job::Preview(draft.clone())] {
        let failed = bench.failed(job).await;
        assert!(refusal(&failed.unsaved).contains(":1:1:"), "{failed:?}");
    }
    assert_eq!(bench.read(".fetchmailrc").unwrap(), "pull x\n");
    // Signing in can be tried all the same.
    let outcome = bench.run(Job::TrySignIn(bench.draft(true))).await;
    assert!(matches!(outcome, Outcome::SignedIn(_)), "{outcome:?}");
    // The second file cannot be written: the first is put back.
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    let failed = bench.failed(Job::Adopt(draft)).await;
    assert!(failed.unsaved.is_some(), "{failed:?}");
    assert!(!bench.path(".config/postrider/accounts.toml").exists());
}

#[tokio::test]
async fn the_account_is_there_already() {
    let mut bench = Bench::new("").await;
    let draft = bench.draft(true);
    adopt(&mut bench, &draft).await;
    let failed = bench.failed(Job::Adopt(draft)).await;
    let said = format!("{:?}", failed.cause());
    assert!(said.contains("already set up"), "{said}");
}

/// A password that no file holds is known until the end.
#[tokio::test]
async fn a_password_in_no_file_is_used_all_the_same() {
    let mut bench = Bench::new("").await;
    bench.fill(1);
    for (place, is_told) in [(PasswordPlace::Keyring, true), (PasswordPlace::Ask, false)] {
        let setup = Setup {
            password: place,
            rhythm: Check::Minutes(10),
            ..bench.setup(true)
        };
        let outcome = bench.run(Job::Adopt(draft(setup))).await;
        let Outcome::Adopted(adopted) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(adopted.only_in_memory.is_some(), is_told);
        assert!(!bench.read(".fetchmailrc").unwrap().contains("secret"));
        let ids = Some(vec![adopted.id.clone()]);
        bench.handle.send(Command::Check { ids });
        let id = adopted.id.clone();
        bench
            .until(|event| match event {
                Event::Account(status) => status.id == id && status.last_status.is_some(),
                _ => false,
            })
            .await;
        let accounts = bench.handle.snapshot().accounts;
        let status = accounts
            .iter()
            .find(|account| account.id == adopted.id)
            .unwrap();
        assert_eq!(status.trouble, None);
        let undone = bench.run(Job::Undo(Box::new(adopted.undo))).await;
        assert_eq!(undone, Outcome::Undone);
    }
}

#[tokio::test]
async fn what_is_watched_is_never_fetched() {
    let mut bench = Bench::new("").await;
    bench.fill(2);
    let before = bench.state();
    let setup = Setup {
        delivery: Delivery::Watch,
        rhythm: Check::Minutes(10),
        ..bench.setup(true)
    };
    let undo = adopt(&mut bench, &draft(setup)).await;
    assert!(
        bench
            .read(".fetchmailrc")
            .unwrap()
            .contains("skip localhost")
    );
    let keys = bench.read(".config/postrider/accounts.toml").unwrap();
    assert!(keys.contains("watch = true"), "{keys}");
    let accounts = bench.handle.snapshot().accounts;
    bench.handle.send(Command::Check {
        ids: Some(vec![accounts[0].id.clone()]),
    });
    bench
        .until(|event| matches!(event, Event::CycleEnded))
        .await;
    assert_eq!(bench.state(), before);
    // `skip` is for other programs: here it has its turn.
    let mut account = bench.handle.snapshot().accounts.remove(0);
    while account.next_check.is_none() {
        // Asked for while the first one was under way, another follows.
        bench
            .until(|event| matches!(event, Event::CycleEnded))
            .await;
        account = bench.handle.snapshot().accounts.remove(0);
    }
    assert_eq!(account.state, State::Idle);
    assert_eq!(bench.state(), before);
    bench.run(Job::Undo(Box::new(undo))).await;
    assert_eq!(bench.read(".config/postrider/accounts.toml"), None);
}
