//! Signing in for a try: every step, every way it fails, and the folders.

use postrider::engine::api::job::{
    Draft, Folder, Job, Outcome, Progress, Setup, Stage, StageState,
};
use postrider::engine::api::{Cause, Command, Event};
use rcgen::date_time_ymd;

use super::{Bench, draft};
use crate::support::ca::{Ca, Identity, self_signed, server_params};
use crate::support::manner::Manner;
use crate::support::server::Server;
use postrider::engine::api::job::report::Problem;
use postrider::rc::setup::Trust;

fn states(steps: &[postrider::engine::api::job::SignInStep]) -> String {
    let letter = |state| match state {
        StageState::Waiting => '.',
        StageState::Working => '?',
        StageState::Done => 'd',
        StageState::Skipped => '-',
        StageState::Failed => 'x',
    };
    steps.iter().map(|step| letter(step.state)).collect()
}

#[tokio::test]
async fn it_signs_in_and_tells_each_step() {
    let mut bench = Bench::new("").await;
    bench.fill(3);
    bench.server.store.flag("ada", "INBOX", 1, "\\Seen", true);
    let ca = bench.home.write("ca.pem", &bench.server.ca_pem);
    let with_tls = |is_imap, port, is_implicit_tls| Setup {
        port,
        is_plain: false,
        is_implicit_tls,
        trust: Trust::Authority(ca.clone()),
        ..bench.setup(is_imap)
    };
    let cases = [
        (bench.setup(true), "dd-ddd", (3, 2), false),
        (bench.setup(false), "dd-ddd", (3, 3), false),
        (
            with_tls(true, bench.server.imaps, true),
            "dddddd",
            (3, 2),
            true,
        ),
        (
            with_tls(true, bench.server.imap, false),
            "dddddd",
            (3, 2),
            true,
        ),
        (
            with_tls(false, bench.server.pop3s, true),
            "dddddd",
            (3, 3),
            true,
        ),
        (
            with_tls(false, bench.server.pop3, false),
            "dddddd",
            (3, 3),
            true,
        ),
    ];
    let before = bench.state();
    for (setup, expected, (total, new), is_protected) in cases {
        let is_imap = setup.is_imap;
        let (outcome, told) = bench.watch(Job::TrySignIn(draft(setup))).await;
        let Outcome::SignedIn(signed_in) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(states(&signed_in.steps), expected);
        assert_eq!((signed_in.total, signed_in.new), (total, new));
        assert_eq!(signed_in.is_protected, is_protected);
        assert_eq!((signed_in.can_idle, signed_in.has_uids), (is_imap, true));
        assert_eq!(signed_in.octets.is_some(), !is_imap);
        let words = |stage| {
            let step = signed_in.steps.iter().find(|step| step.stage == stage);
            step.unwrap().words.clone()
        };
        let address: std::net::IpAddr = words(Stage::FindAddress).parse().unwrap();
        assert!(address.is_loopback());
        assert!(
            words(Stage::Greeting).contains("OK"),
            "{:?}",
            signed_in.steps
        );
        // Each stage was told as it began, in the order it happened.
        let mut working = Vec::new();
        for progress in &told {
            let Progress::SignIn(steps) = progress else {
                panic!("{progress:?}");
            };
            let now = steps.iter().find(|step| step.state == StageState::Working);
            working.extend(now.map(|step| step.stage));
        }
        working.dedup();
        assert_eq!(working.len(), expected.matches('d').count(), "{working:?}");
    }
    assert_eq!(bench.state(), before);
}

/// What it says of a server of this manner, and how far it came.
async fn check(
    is_imap: bool,
    manner: impl FnOnce(&mut Manner),
    change: impl FnOnce(&mut Setup),
    expected: (&Cause, &str),
) {
    let mut bench = Bench::new("").await;
    bench.server.manner(manner);
    let mut setup = bench.setup(is_imap);
    change(&mut setup);
    let failed = bench.failed(Job::TrySignIn(draft(setup))).await;
    assert_eq!((failed.cause(), &*states(&failed.steps)), expected);
}

#[tokio::test]
async fn what_the_server_refuses() {
    let as_it_is = |_: &mut Setup| ();
    let refuses = |words: &'static str| {
        move |manner: &mut Manner| manner.refuses_login = Some(words.to_owned())
    };
    let wrong = |setup: &mut Setup| setup.user = "eve".into();
    for is_imap in [true, false] {
        check(is_imap, |_| (), wrong, (&Cause::SignIn, "dd-dx.")).await;
    }
    let locked = (&Cause::Locked, "dd-dx.");
    check(false, refuses("-ERR [IN-USE] locked"), as_it_is, locked).await;
    let busy = (&Cause::Busy, "dd-dx.");
    check(true, refuses("NO [UNAVAILABLE] wait"), as_it_is, busy).await;
    check(false, refuses("-ERR [SYS/TEMP] wait"), as_it_is, busy).await;
    let greets = |manner: &mut Manner| manner.greets_with = Some("* BYE [UNAVAILABLE] no".into());
    check(true, greets, as_it_is, (&Cause::Busy, "dd-x..")).await;
    let nothing = |manner: &mut Manner| manner.mechanisms = Vec::new();
    let only_cram = |setup: &mut Setup| setup.method = Some("cram-md5".into());
    check(true, nothing, only_cram, (&Cause::NoMethod, "dd-dx.")).await;
    let no_folder = |setup: &mut Setup| setup.folders = vec![b"none".to_vec()];
    let folder = Cause::Folder("none".into());
    check(true, |_| (), no_folder, (&folder, "dd-ddx")).await;
}

#[tokio::test]
async fn no_encryption_is_not_gone_on_without() {
    for is_imap in [true, false] {
        let mut bench = Bench::new("").await;
        bench.server.manner(|manner| manner.offers_starttls = false);
        let mut setup = bench.setup(is_imap);
        setup.is_plain = false;
        let failed = bench.failed(Job::TrySignIn(draft(setup))).await;
        assert!(matches!(failed.cause(), Cause::NoTls(..)), "{failed:?}");
        assert_eq!(states(&failed.steps), "ddxd..");
        let said = bench.server.transcript().join("\n");
        assert!(!said.contains("PASS") && !said.contains("LOGIN") && !said.contains("AUTH"));
    }
}

#[tokio::test]
async fn certificates() {
    let ca = Ca::new();
    let old = {
        let mut params = server_params(&["localhost"]);
        params.not_after = date_time_ymd(2021, 1, 1);
        ca.issue_with(params)
    };
    let own = self_signed(&server_params(&["localhost"]));
    type Is = fn(&Problem) -> bool;
    let cases: [(Identity, bool, bool, Is); 3] = [
        (own, false, false, |p| matches!(p, Problem::SelfSigned)),
        (ca.issue(&["other.test"]), true, true, |p| {
            matches!(p, Problem::WrongName { .. })
        }),
        (old, true, false, |p| matches!(p, Problem::Expired(_))),
    ];
    for (identity, is_trusted, is_name, is_it) in cases {
        let server = Server::start_with(identity, ca.pem()).await;
        let mut bench = Bench::with(server, "").await;
        let mut setup = bench.setup(true);
        (setup.is_plain, setup.is_implicit_tls) = (false, true);
        setup.port = bench.server.imaps;
        if is_trusted {
            setup.trust = Trust::Authority(bench.home.write("ca.pem", ca.pem()));
        }
        let failed = bench.failed(Job::TrySignIn(draft(setup))).await;
        assert!(
            matches!(failed.cause(), Cause::Certificate(_)),
            "{failed:?}"
        );
        assert_eq!(states(&failed.steps), "ddx...");
        let shown = failed
            .shown
            .as_ref()
            .expect("the certificate for the person");
        assert!(is_it(shown.problem.as_ref().unwrap()), "{shown:?}");
        assert_eq!(shown.is_chain_trusted, is_name, "only the name is wrong");
        // The look at the certificate asks what the server can do, and nothing secret.
        for line in bench.server.transcript() {
            let is_harmless = ["CAPABILITY", "ID ", "LOGOUT"]
                .iter()
                .any(|w| line.contains(w));
            assert!(is_harmless, "{line}");
        }
    }
}

#[tokio::test]
async fn nobody_there_and_nobody_answers() {
    let mut bench = Bench::new("defaults timeout 1\n").await;
    let mut setup = bench.setup(true);
    setup.port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let failed = bench.failed(Job::TrySignIn(draft(setup))).await;
    assert!(
        matches!(failed.cause(), Cause::Unreachable(..)),
        "{failed:?}"
    );
    assert_eq!(states(&failed.steps), "dx-...");
    let mut setup = bench.setup(true);
    setup.host = "name.invalid".into();
    let failed = bench.failed(Job::TrySignIn(draft(setup))).await;
    let is_name = matches!(failed.cause(), Cause::UnknownHost(_) | Cause::Dns(_));
    assert!(is_name, "{failed:?}");
    assert_eq!(states(&failed.steps), "x.-...");
    for is_imap in [true, false] {
        bench.server.manner(|manner| manner.stalls_after = Some(0));
        let draft = bench.draft(is_imap);
        let failed = bench.failed(Job::TrySignIn(draft)).await;
        assert!(
            matches!(failed.cause(), Cause::TimedOut(_, 1)),
            "{failed:?}"
        );
        assert_eq!(states(&failed.steps), "dd-x..");
    }
}

#[tokio::test]
async fn a_line_that_dies_anywhere_is_told_where() {
    for is_imap in [true, false] {
        let mut bench = Bench::new("").await;
        bench.fill(2);
        let mut ends = Vec::new();
        for octets in (0..3000).step_by(23) {
            bench
                .server
                .manner(|manner| manner.closes_after = Some(octets));
            let draft = bench.draft(is_imap);
            match bench.run(Job::TrySignIn(draft)).await {
                Outcome::SignedIn(_) => ends.push("whole".to_owned()),
                Outcome::Failed(failed) => {
                    let is_line = matches!(failed.cause(), Cause::Dropped(_));
                    assert!(is_line, "{octets}: {failed:?}");
                    ends.push(states(&failed.steps));
                }
                other => panic!("{other:?}"),
            }
        }
        ends.dedup();
        assert_eq!(ends, ["dd-x..", "dd-dx.", "dd-ddx", "whole"]);
    }
}

#[tokio::test]
async fn without_a_password_nobody_is_asked() {
    let mut bench = Bench::new("").await;
    let nothing = Draft {
        secret: None,
        ..bench.draft(true)
    };
    let failed = bench.failed(Job::TrySignIn(nothing)).await;
    assert_eq!(
        (failed.cause(), &*states(&failed.steps)),
        (&Cause::NoPassword, "..-...")
    );
    assert_eq!(bench.server.connections(), 0);
}

#[tokio::test]
async fn a_job_can_be_cancelled() {
    let mut bench = Bench::new("").await;
    bench.server.manner(|manner| manner.stalls_after = Some(0));
    let started = bench.begin(Job::TrySignIn(bench.draft(true)));
    bench
        .until(|event| matches!(event, Event::Job { .. }))
        .await;
    bench.handle.send(Command::Cancel(started));
    let done = bench
        .until(|event| matches!(event, Event::JobDone { .. }))
        .await;
    let outcome = Outcome::Cancelled;
    assert_eq!(
        done,
        Event::JobDone {
            id: started,
            outcome
        }
    );
}

#[tokio::test]
async fn an_empty_mailbox_is_fine() {
    for is_imap in [true, false] {
        let mut bench = Bench::new("").await;
        let draft = bench.draft(is_imap);
        let outcome = bench.run(Job::TrySignIn(draft.clone())).await;
        let Outcome::SignedIn(signed_in) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!((signed_in.total, signed_in.new), (0, 0));
        let Outcome::DryRun(run) = bench.run(Job::DryRun(draft.clone())).await else {
            panic!("no dry run");
        };
        assert_eq!((run.total, run.fetch, run.messages.len()), (0, 0, 0));
        assert_eq!(
            bench.run(Job::FetchOne(draft)).await,
            Outcome::Fetched(None)
        );
    }
}

#[tokio::test]
async fn folders_have_names_for_people() {
    let mut bench = Bench::new("").await;
    for name in ["Entw&APw-rfe", "R&-D"] {
        bench.server.store.add("ada", name, []);
    }
    let draft = bench.draft(true);
    let Outcome::Folders(folders) = bench.run(Job::ListFolders(draft)).await else {
        panic!("no folders");
    };
    let folder = |name: &str, shown: &str| Folder {
        name: name.into(),
        shown: shown.into(),
        can_select: true,
    };
    let expected = [
        folder("Entw&APw-rfe", "Entwürfe"),
        folder("INBOX", "INBOX"),
        folder("R&-D", "R&D"),
    ];
    assert_eq!(folders, expected);
}

#[tokio::test]
async fn the_provider_is_named_when_signing_in_fails() {
    let mut bench = Bench::new("").await;
    let mut setup = bench.setup(true);
    setup.address = "eve@gmail.com".into();
    setup.user = "eve".into();
    let failed = bench.failed(Job::TrySignIn(draft(setup))).await;
    let hint = failed.hint.unwrap();
    assert!(
        hint.needs_app_password && hint.page.starts_with("https://"),
        "{hint:?}"
    );
}
