//! An account that is there is shown as the pages have it, and changed: nothing of it comes twice,
//! nothing of its file is lost, and everything can be taken back.

use postrider::base::Secret;
use postrider::engine::api::job::{
    Amendment, Description, Draft, FirstTime, Job, Outcome, Part, PasswordPlace, Preview,
    SecretSource, Undo,
};
use postrider::engine::api::saving::Unsaved;
use postrider::engine::api::{AccountId, Cause, Command, Event, State, What};

use super::{Bench, Check, draft};

async fn described(bench: &mut Bench, id: &AccountId) -> Description {
    match bench.run(Job::Describe(id.clone())).await {
        Outcome::Described(described) => *described,
        other => panic!("{other:?}"),
    }
}

async fn preview(bench: &mut Bench, job: Job) -> Preview {
    match bench.run(job).await {
        Outcome::Previewed(preview) => *preview,
        other => panic!("{other:?}"),
    }
}

async fn adopted(bench: &mut Bench, job: Job) -> (AccountId, Undo) {
    let Outcome::Adopted(adopted) = bench.run(job).await else {
        panic!("not adopted");
    };
    bench.until(|event| matches!(event, Event::Loaded(_))).await;
    (adopted.id, adopted.undo)
}

/// The account as it is, to be changed.
async fn as_it_is(bench: &mut Bench, id: &AccountId) -> Draft {
    let described = described(bench, id).await;
    Draft {
        replaces: Some(id.clone()),
        ..Draft::new(described.setup, None)
    }
}

async fn polled(bench: &mut Bench) -> u32 {
    loop {
        let event = bench
            .until(|event| matches!(event, Event::Activity(_)))
            .await;
        let Event::Activity(entry) = event else {
            continue;
        };
        match entry.what {
            What::Finished { count, .. } => return count,
            What::Failed(trouble) => panic!("{trouble:?}"),
            _ => {}
        }
    }
}

async fn check(bench: &mut Bench, id: &AccountId) -> u32 {
    let ids = Some(vec![id.clone()]);
    bench.handle.send(Command::Check { ids });
    polled(bench).await
}

/// An account that has fetched what was there, with a file that others have written in.
async fn running(is_imap: bool) -> (Bench, AccountId) {
    let mut bench = Bench::new("").await;
    bench.fill(3);
    let mut setup = bench.setup(is_imap);
    setup.first_time = FirstTime::Everything;
    let (id, _) = adopted(&mut bench, Job::Adopt(draft(setup))).await;
    assert_eq!(polled(&mut bench).await, 3);
    let text = bench.read(".fetchmailrc").unwrap();
    let text = text.replace("    keep\n", "    keep # mine\n    warnings 9\n");
    bench.home.rc(&text);
    bench.handle.send(Command::Reload);
    bench.until(|event| matches!(event, Event::Loaded(_))).await;
    (bench, id)
}

#[tokio::test]
async fn an_account_that_moves_keeps_what_it_knows() {
    for is_imap in [true, false] {
        let (mut bench, id) = running(is_imap).await;
        let before = bench.read(".fetchmailrc").unwrap();
        let keys = "# keys\n[[account]]\nlabel = \"localhost\"\nuser = \"ada\"\nsound = true\n";
        bench.home.write(".config/postrider/accounts.toml", keys);
        let mut draft = as_it_is(&mut bench, &id).await;
        draft.setup.host = "127.0.0.1".into();
        // Whatever a page may say of a first time: it is not the first.
        draft.setup.first_time = FirstTime::Everything;
        let seen = preview(&mut bench, Job::Preview(draft.clone())).await;
        assert_eq!(seen.id.label, "127.0.0.1");
        assert!(seen.rc.diff.contains("+skip 127.0.0.1"), "{}", seen.rc.diff);
        assert!(!format!("{seen:?}").contains("secret"), "{seen:?}");
        let (new, undo) = adopted(&mut bench, Job::Adopt(draft)).await;
        assert_eq!(new, seen.id);
        let after = bench.read(".fetchmailrc").unwrap();
        assert_eq!(after, before.replace("skip localhost", "skip 127.0.0.1"));
        assert_eq!(bench.read(".fetchmailrc~").as_ref(), Some(&before));
        let local = |bench: &Bench| bench.read(".config/postrider/accounts.toml").unwrap();
        assert_eq!(local(&bench), keys.replace("localhost", "127.0.0.1"));
        let flags = bench.state();
        assert_eq!(check(&mut bench, &new).await, 0);
        assert_eq!(bench.state(), flags, "nothing is marked");
        bench.fill(1);
        assert_eq!(check(&mut bench, &new).await, 1);
        assert_eq!(
            bench.run(Job::Undo(Box::new(undo.clone()))).await,
            Outcome::Undone
        );
        bench.until(|event| matches!(event, Event::Loaded(_))).await;
        assert_eq!(bench.read(".fetchmailrc").unwrap(), before);
        assert_eq!(local(&bench), keys);
        assert_eq!(
            check(&mut bench, &id).await,
            0,
            "also of what came meanwhile"
        );
        let failed = bench.failed(Job::Undo(Box::new(undo))).await;
        assert!(matches!(failed.unsaved, Some(Unsaved::Changed(_))));
        assert_eq!(bench.home.maildir("Maildir").len(), 4);
    }
}

#[tokio::test]
async fn what_is_tried_has_the_password_of_the_account() {
    let (mut bench, id) = running(true).await;
    let described = described(&mut bench, &id).await;
    assert_eq!(described.source, SecretSource::File);
    assert_eq!(described.setup.password, PasswordPlace::File);
    assert!(described.beside.contains(&"warnings"));
    assert!(!format!("{described:?}").contains("secret"));
    let draft = as_it_is(&mut bench, &id).await;
    let outcome = bench.run(Job::TrySignIn(draft.clone())).await;
    assert!(matches!(outcome, Outcome::SignedIn(_)), "{outcome:?}");
    match bench.run(Job::DryRun(draft.clone())).await {
        Outcome::DryRun(run) => assert_eq!((run.total, run.fetch), (3, 0)),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        bench.run(Job::FetchOne(draft.clone())).await,
        Outcome::Fetched(None)
    );
    // Another one that was typed counts.
    let wrong = Draft {
        secret: Some(Secret::new("wrong")),
        ..draft
    };
    let failed = bench.failed(Job::TrySignIn(wrong)).await;
    assert_eq!(*failed.cause(), Cause::SignIn);
}

#[tokio::test]
async fn what_no_page_shows_is_not_changed_by_one() {
    let rc = "poll h proto imap plugin 'x %h' user ada is a b\n";
    let mut bench = Bench::new(rc).await;
    let id = AccountId {
        label: "h".into(),
        user: "ada".into(),
        ordinal: 0,
    };
    let described = described(&mut bench, &id).await;
    let hidden = |part| described.hidden(part).collect::<Vec<_>>();
    assert_eq!(hidden(Part::Server), ["plugin"]);
    assert_eq!(hidden(Part::Delivery), ["is"]);
    assert_eq!(hidden(Part::Copies), [""; 0]);
    let mut draft = as_it_is(&mut bench, &id).await;
    draft.setup.keep = true;
    let seen = preview(&mut bench, Job::Preview(draft.clone())).await;
    assert!(seen.rc.diff.contains("keep"), "{}", seen.rc.diff);
    draft.setup.port = 4;
    let failed = bench.failed(Job::Adopt(draft)).await;
    let Cause::Setup(sentence) = failed.cause() else {
        panic!("{failed:?}");
    };
    assert!(sentence.contains("plugin"), "{sentence}");
    assert_eq!(bench.read(".fetchmailrc").unwrap(), rc);
    let stranger = AccountId {
        label: "i".into(),
        ..id
    };
    let failed = bench.failed(Job::Describe(stranger)).await;
    assert!(matches!(failed.cause(), Cause::Setup(_)), "{failed:?}");
}

#[tokio::test]
async fn a_shared_server_is_left_to_the_others() {
    let rc = "poll h proto imap\n    user ada ssl\n    user bob ssl # b\n";
    let mut bench = Bench::new(rc).await;
    bench.handle.send(Command::Stop { ids: None });
    let id = AccountId {
        label: "h".into(),
        user: "ada".into(),
        ordinal: 0,
    };
    let mut draft = as_it_is(&mut bench, &id).await;
    draft.setup.rhythm = Check::Asked;
    let seen = preview(&mut bench, Job::Preview(draft.clone())).await;
    assert!(seen.notes[0].contains("share"), "{:?}", seen.notes);
    let (new, undo) = adopted(&mut bench, Job::Adopt(draft)).await;
    assert_eq!(new.label, "h-2");
    let text = bench.read(".fetchmailrc").unwrap();
    assert!(text.contains("user bob ssl # b\n"), "{text}");
    assert!(text.contains("skip h-2\n"), "{text}");
    assert_eq!(bench.run(Job::Undo(Box::new(undo))).await, Outcome::Undone);
    assert_eq!(bench.read(".fetchmailrc").unwrap(), rc);
}

/// What somebody else has written meanwhile is not written over by pages that do not know it.
#[tokio::test]
async fn a_file_that_says_something_else_by_now_is_left_alone() {
    let (mut bench, id) = running(true).await;
    let mut draft = as_it_is(&mut bench, &id).await;
    draft.was = Some(Box::new(draft.setup.clone()));
    draft.setup.limit = Some(7_000_000);
    let text = bench.read(".fetchmailrc").unwrap();
    // What no page shows is no matter: it stays.
    let text = text.replace("warnings 9", "warnings 10");
    bench.home.rc(&text);
    let seen = preview(&mut bench, Job::Preview(draft.clone())).await;
    assert!(seen.rc.diff.contains("limit 7000000"), "{}", seen.rc.diff);
    let text = text.replace("    keep #", "    no keep #");
    bench.home.rc(&text);
    for job in [Job::Preview(draft.clone()), Job::Adopt(draft)] {
        let failed = bench.failed(job).await;
        assert!(matches!(failed.unsaved, Some(Unsaved::Changed(_))));
    }
    assert_eq!(bench.read(".fetchmailrc").unwrap(), text);
}

#[tokio::test]
async fn single_options_are_said() {
    let (mut bench, id) = running(false).await;
    let before = bench.read(".fetchmailrc").unwrap();
    let amend = |is_dry| Job::Amend {
        what: Amendment {
            id: id.clone(),
            options: vec![("fetchall".into(), Some("yes".into()))],
        },
        is_dry,
    };
    let seen = preview(&mut bench, amend(true)).await;
    assert!(seen.rc.diff.contains("fetchall"), "{}", seen.rc.diff);
    assert_eq!(
        (bench.read(".fetchmailrc").unwrap(), &seen.id),
        (before.clone(), &id)
    );
    let (new, undo) = adopted(&mut bench, amend(false)).await;
    assert_eq!(new, id);
    assert_eq!(
        check(&mut bench, &id).await,
        3,
        "fetchall does what it says"
    );
    assert_eq!(bench.run(Job::Undo(Box::new(undo))).await, Outcome::Undone);
    assert_eq!(bench.read(".fetchmailrc").unwrap(), before);
    let nonsense = Job::Amend {
        what: Amendment {
            id: id.clone(),
            options: vec![("proto".into(), Some("smoke".into()))],
        },
        is_dry: false,
    };
    let failed = bench.failed(nonsense).await;
    assert!(matches!(failed.cause(), Cause::Setup(_)), "{failed:?}");
}

#[tokio::test]
async fn what_is_only_saved_waits_for_its_time() {
    for is_imap in [true, false] {
        let mut bench = Bench::new("").await;
        bench.fill(2);
        let mut setup = bench.setup(is_imap);
        setup.rhythm = Check::Minutes(5);
        let draft = Draft {
            waits: true,
            ..draft(setup)
        };
        let (id, _) = adopted(&mut bench, Job::Adopt(draft)).await;
        let account = bench.handle.snapshot().accounts.remove(0);
        assert_eq!(account.state, State::Idle);
        let left = account
            .next_check
            .unwrap()
            .duration_since(std::time::SystemTime::now());
        assert!(left.unwrap().as_secs() > 280);
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(bench.server.connections(), 0);
        // Then it begins as any new account.
        assert_eq!(check(&mut bench, &id).await, if is_imap { 2 } else { 0 });
    }
}

#[tokio::test]
async fn another_protocol_fetches_nothing_again() {
    let (mut bench, id) = running(true).await;
    let mut draft = as_it_is(&mut bench, &id).await;
    draft.setup.is_imap = false;
    draft.setup.port = bench.server.pop3;
    let seen = preview(&mut bench, Job::Preview(draft.clone())).await;
    assert!(seen.notes[0].contains("POP3"), "{:?}", seen.notes);
    let (id, _) = adopted(&mut bench, Job::Adopt(draft)).await;
    assert_eq!(polled(&mut bench).await, 0);
    bench.fill(1);
    assert_eq!(check(&mut bench, &id).await, 1);
}
