//! A saved account, polled once in another way than it says; and the first poll of a new one.

use postrider::engine::api::job::{Draft, FirstTime, Job, Outcome, Setup};
use postrider::engine::api::{AccountId, Command, Event, Once, What};
use postrider::rc::setup::Delivery;

use super::{Bench, Check, draft};

async fn adopted(bench: &mut Bench, setup: Setup) -> AccountId {
    let Outcome::Adopted(adopted) = bench.run(Job::Adopt(draft(setup))).await else {
        panic!("not adopted");
    };
    adopted.id
}

/// What the next poll delivers.
async fn polled(bench: &mut Bench) -> u32 {
    let event = bench
        .until(|event| match event {
            Event::Activity(entry) => {
                matches!(entry.what, What::Finished { .. } | What::Failed(_))
            }
            _ => false,
        })
        .await;
    match event {
        Event::Activity(entry) => match entry.what {
            What::Finished { count, .. } => count,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

async fn check(bench: &mut Bench, id: &AccountId, how: Option<Once>) -> u32 {
    let id = id.clone();
    bench.handle.send(match how {
        Some(how) => Command::CheckOnce { id, how },
        None => Command::Check {
            ids: Some(vec![id]),
        },
    });
    polled(bench).await
}

#[tokio::test]
async fn everything_once_and_nothing_more() {
    for is_imap in [true, false] {
        let mut bench = Bench::new("").await;
        bench.fill(3);
        bench.server.store.flag("ada", "INBOX", 1, "\\Seen", true);
        let setup = bench.setup(is_imap);
        let id = adopted(&mut bench, setup).await;
        if is_imap {
            // Skipped: only when asked.
            assert_eq!(check(&mut bench, &id, None).await, 2);
        } else {
            // What was there when it began is known.
            assert_eq!(polled(&mut bench).await, 0);
        }
        bench.fill(1);
        assert_eq!(check(&mut bench, &id, None).await, 1);
        assert_eq!(check(&mut bench, &id, Some(Once::FetchAll)).await, 4);
        assert_eq!(check(&mut bench, &id, None).await, 0);
    }
}

#[tokio::test]
async fn what_is_there_is_known_from_now_on() {
    for is_imap in [true, false] {
        let mut bench = Bench::new("").await;
        bench.fill(3);
        let mut setup = bench.setup(is_imap);
        setup.first_time = FirstTime::Everything;
        // Nothing is to be deleted that was not delivered.
        setup.keep = false;
        let id = adopted(&mut bench, setup).await;
        assert_eq!(polled(&mut bench).await, 3);
        assert_eq!(bench.state().len(), 0);
        bench.fill(2);
        let before = bench.state();
        assert_eq!(check(&mut bench, &id, Some(Once::MarkAllKnown)).await, 0);
        assert_eq!(check(&mut bench, &id, None).await, 0);
        assert_eq!(bench.state(), before);
        bench.fill(1);
        assert_eq!(check(&mut bench, &id, None).await, 1);
        assert_eq!(bench.state(), before);
        // Durably: another engine knows it too.
        bench.handle.send(Command::Shutdown);
        bench.until(|event| matches!(event, Event::Ended)).await;
        let journal = std::fs::read_dir(bench.path(".local/state/postrider")).unwrap();
        assert!(journal.count() > 0);
        assert_eq!(bench.home.maildir("Maildir").len(), 4);
    }
}

/// A first poll that fails is made up for: what was there is not fetched later.
#[tokio::test]
async fn the_first_poll_counts_when_it_succeeds() {
    let mut bench = Bench::new("").await;
    bench.fill(3);
    bench
        .server
        .manner(|manner| manner.refuses_login = Some("-ERR [SYS/TEMP] later".into()));
    let mut setup = bench.setup(false);
    setup.rhythm = Check::Minutes(10);
    let id = adopted(&mut bench, setup).await;
    bench
        .until(|event| match event {
            Event::Activity(entry) => matches!(entry.what, What::Failed(_)),
            _ => false,
        })
        .await;
    bench.server.manner(|manner| manner.refuses_login = None);
    assert_eq!(check(&mut bench, &id, None).await, 0);
    bench.fill(1);
    assert_eq!(check(&mut bench, &id, None).await, 1);
}

#[tokio::test]
async fn what_is_watched_is_not_fetched_once() {
    let mut bench = Bench::new("").await;
    bench.fill(1);
    let mut setup = bench.setup(true);
    setup.delivery = Delivery::Watch;
    let id = adopted(&mut bench, setup).await;
    bench.until(|event| matches!(event, Event::Loaded(_))).await;
    let how = Once::FetchAll;
    bench.handle.send(Command::CheckOnce { id, how });
    let note = bench
        .until(|event| match event {
            Event::Activity(entry) => matches!(entry.what, What::Note(_)),
            _ => false,
        })
        .await;
    assert!(format!("{note:?}").contains("only watched"), "{note:?}");
    assert_eq!(bench.server.connections(), 0);
}

/// A server without lasting names: nothing can be remembered, and that is said.
#[tokio::test]
async fn without_names_nothing_is_known() {
    let mut bench = Bench::new("").await;
    bench.fill(2);
    bench.server.manner(|manner| manner.uidl = false);
    let setup = bench.setup(false);
    adopted(&mut bench, setup).await;
    let failed = bench
        .until(|event| match event {
            Event::Activity(entry) => matches!(entry.what, What::Failed(_)),
            _ => false,
        })
        .await;
    assert!(
        format!("{failed:?}").contains("lasting names"),
        "{failed:?}"
    );
}

/// What was there when the account was set up stays old mail, also when another run of the program
/// is the first to look.
#[tokio::test]
async fn the_first_poll_may_be_in_another_run() {
    let mut bench = Bench::new("").await;
    bench.fill(3);
    let draft = Draft {
        waits: true,
        ..bench.draft(false)
    };
    let Outcome::Adopted(saved) = bench.run(Job::Adopt(draft)).await else {
        panic!("not saved")
    };
    bench.restart().await;
    assert_eq!(bench.server.connections(), 0);
    assert_eq!(check(&mut bench, &saved.id, None).await, 0);
    bench.fill(1);
    assert_eq!(check(&mut bench, &saved.id, None).await, 1);
    bench.restart().await;
    bench.fill(1);
    assert_eq!(check(&mut bench, &saved.id, None).await, 1);
}

/// Taken back, nothing of it is left: an account written by hand fetches what is there.
#[tokio::test]
async fn what_was_taken_back_begins_as_any_other() {
    let mut bench = Bench::new("").await;
    bench.fill(3);
    let draft = Draft {
        waits: true,
        ..bench.draft(false)
    };
    let Outcome::Adopted(saved) = bench.run(Job::Adopt(draft)).await else {
        panic!("not saved")
    };
    let rc = bench.read(".fetchmailrc").unwrap();
    let undone = bench.run(Job::Undo(Box::new(saved.undo))).await;
    assert_eq!(undone, Outcome::Undone);
    bench.home.rc(&rc);
    bench.restart().await;
    assert_eq!(check(&mut bench, &saved.id, None).await, 3);
}
