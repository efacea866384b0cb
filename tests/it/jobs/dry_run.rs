//! What a check would do, and fetching one message: nothing else happens.

use postrider::engine::api::Cause;
use postrider::engine::api::job::{DryRun, FirstTime, Job, Outcome, Progress, Setup, Skip};
use postrider::rc::setup::Delivery;

use super::{Bench, draft};
use crate::support::mailbox::Message;

async fn dry_run(bench: &mut Bench, setup: Setup) -> DryRun {
    let before = bench.state();
    let (outcome, told) = bench.watch(Job::DryRun(draft(setup))).await;
    assert_eq!(bench.state(), before);
    assert!(told.iter().all(|p| matches!(p, Progress::DryRun { .. })));
    assert!(!bench.path(".fetchids").exists());
    assert!(!bench.path(".local/state").exists());
    match outcome {
        Outcome::DryRun(run) => *run,
        other => panic!("{other:?}"),
    }
}

fn skips(run: &DryRun) -> Vec<Option<Skip>> {
    run.messages.iter().map(|seen| seen.skip).collect()
}

async fn filled() -> Bench {
    let bench = Bench::new("").await;
    bench.fill(3);
    let date = "Date: Thu, 26 Nov 2026 08:00:00 +0000";
    let head =
        format!("From: =?utf-8?q?J=C3=B6rg?= <j@x.test>\nSubject: caf=C3=A9 \u{1b}[1m\n{date}\n");
    let large = format!("{head}\n{}", "line\n".repeat(2000));
    bench
        .server
        .store
        .add("ada", "INBOX", [Message::text(&large)]);
    bench.server.store.flag("ada", "INBOX", 1, "\\Seen", true);
    bench
        .server
        .store
        .flag("ada", "INBOX", 2, "\\Deleted", true);
    bench
}

#[tokio::test]
async fn imap_by_flags_and_size() {
    let mut bench = filled().await;
    let setup = bench.setup(true);
    let run = dry_run(&mut bench, setup).await;
    assert_eq!((run.total, run.fetch), (4, 2));
    let expected = [None, None, Some(Skip::Deleted), Some(Skip::Old)];
    assert_eq!(skips(&run), expected);
    let newest = &run.messages[0];
    assert!(newest.from.contains("Jörg"), "{newest:?}");
    assert!(!newest.subject.contains('\u{1b}'), "{newest:?}");
    assert_eq!(newest.to, ["ada"]);
    let date = newest.date.unwrap().duration_since(std::time::UNIX_EPOCH);
    assert_eq!(date.unwrap().as_secs(), 1_795_680_000);
    assert!(run.messages[3].to.is_empty());
    let sizes: u64 = run
        .messages
        .iter()
        .take(2)
        .filter_map(|seen| seen.octets)
        .sum();
    assert_eq!(run.octets, Some(sizes));
    let mut limited = bench.setup(true);
    limited.limit = Some(5000);
    let run = dry_run(&mut bench, limited).await;
    assert_eq!(
        (run.fetch, run.messages[0].skip),
        (1, Some(Skip::Oversized))
    );
    let mut all = bench.setup(true);
    all.first_time = FirstTime::Everything;
    let run = dry_run(&mut bench, all).await;
    assert_eq!((run.total, run.fetch), (4, 4));
}

#[tokio::test]
async fn pop3_knows_all_or_nothing() {
    let mut bench = filled().await;
    let setup = bench.setup(false);
    let run = dry_run(&mut bench, setup).await;
    assert_eq!((run.total, run.fetch), (4, 0));
    assert_eq!(skips(&run), [Some(Skip::Old); 4]);
    assert!(run.messages[0].from.contains("Jörg"));
    let mut all = bench.setup(false);
    all.first_time = FirstTime::Everything;
    let run = dry_run(&mut bench, all.clone()).await;
    assert_eq!((run.total, run.fetch), (4, 4));
    // Without TOP nothing is asked for that would count as read.
    bench.server.manner(|manner| manner.top = false);
    let run = dry_run(&mut bench, all).await;
    assert_eq!((run.fetch, run.messages.len()), (4, 4));
    assert_eq!(run.messages[0].from, "");
    let said = bench.server.transcript().join("\n");
    assert!(!said.contains("RETR") && !said.contains("DELE"), "{said}");
}

#[tokio::test]
async fn of_many_only_the_newest_are_looked_at() {
    let mut bench = Bench::new("").await;
    bench.fill(120);
    let setup = bench.setup(true);
    let run = dry_run(&mut bench, setup).await;
    assert_eq!((run.total, run.fetch, run.messages.len()), (120, 120, 50));
    let last = Message::numbered(119).field("Subject");
    assert_eq!(run.messages[0].subject, last);
    let said = bench.server.transcript().join("\n");
    assert!(said.contains("71:120 (UID BODY.PEEK[HEADER])"), "{said}");
    assert!(
        !said.contains("SELECT") && !said.contains("STORE"),
        "{said}"
    );
}

/// What came before the line dropped is kept.
#[tokio::test]
async fn a_line_that_drops_keeps_what_came() {
    for is_imap in [true, false] {
        let mut bench = Bench::new("").await;
        bench.fill(20);
        let mut counts = Vec::new();
        for octets in (600..24000).step_by(600) {
            bench
                .server
                .manner(|manner| manner.closes_after = Some(octets));
            let draft = bench.draft(is_imap);
            match bench.run(Job::DryRun(draft)).await {
                Outcome::DryRun(run) => {
                    let is_whole = run.cut.is_none();
                    assert_eq!(is_whole, run.messages.len() == 20, "{octets}");
                    let is_cut = run.cut.is_none_or(|t| matches!(t.cause, Cause::Dropped(_)));
                    assert!(is_cut, "{octets}");
                    counts.push(run.messages.len());
                }
                Outcome::Failed(failed) => {
                    assert!(matches!(failed.cause(), Cause::Dropped(_)), "{failed:?}");
                }
                other => panic!("{other:?}"),
            }
        }
        assert!(counts.is_sorted(), "{counts:?}");
        assert!(counts.iter().any(|n| (1..20).contains(n)), "{counts:?}");
        assert_eq!(counts.last(), Some(&20));
    }
}

#[tokio::test]
async fn one_message_is_fetched_and_does_not_come_again() {
    for is_imap in [true, false] {
        let mut bench = Bench::new("").await;
        bench.fill(2);
        let small = Message::text("From: a@x.test\nSubject: small\n\nx\n");
        bench.server.store.add("ada", "INBOX", [small]);
        let mut setup = bench.setup(is_imap);
        // Even where it is deleted later, a try leaves it there.
        setup.keep = false;
        setup.first_time = FirstTime::Everything;
        let outcome = bench.run(Job::FetchOne(draft(setup.clone()))).await;
        let Outcome::Fetched(Some(fetched)) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!((&*fetched.from, &*fetched.subject), ("a@x.test", "small"));
        let files = bench.home.maildir("Maildir");
        assert_eq!(files.len(), 1);
        assert_eq!(fetched.target, files[0].0.display().to_string());
        assert_eq!(bench.state().len(), 3);
        // Another try takes another.
        let outcome = bench.run(Job::FetchOne(draft(setup.clone()))).await;
        assert!(matches!(outcome, Outcome::Fetched(Some(_))), "{outcome:?}");
        bench.run(Job::Adopt(draft(setup))).await;
        bench
            .until(|event| matches!(event, super::Event::Arrived { count: 1, .. }))
            .await;
        assert_eq!(bench.home.maildir("Maildir").len(), 3);
    }
}

#[tokio::test]
async fn one_message_that_is_not_taken_is_told() {
    let mut bench = Bench::new("").await;
    bench.fill(1);
    let mut setup = bench.setup(true);
    setup.delivery = Delivery::Program("echo no room >&2; exit 75".into());
    let failed = bench.failed(Job::FetchOne(draft(setup.clone()))).await;
    assert_eq!(failed.cause(), &Cause::NotDelivered { count: 1 });
    assert!(failed.details.contains("no room"), "{failed:?}");
    assert_eq!(bench.state(), [(1, vec![])]);
    setup.delivery = Delivery::Watch;
    let failed = bench.failed(Job::FetchOne(draft(setup))).await;
    assert!(matches!(failed.cause(), Cause::Setup(_)), "{failed:?}");
}

/// Only one may fetch.
#[tokio::test]
async fn another_program_that_fetches_stands_in_the_way() {
    let mut bench = Bench::new("").await;
    bench.fill(1);
    let pidfile = bench.path(".fetchmail.pid");
    let _lock = postrider::store::Lock::take(&pidfile, None).unwrap();
    let draft = bench.draft(true);
    let failed = bench.failed(Job::FetchOne(draft)).await;
    assert_eq!(failed.trouble.status, 8, "{failed:?}");
    assert_eq!(bench.server.connections(), 0);
}
