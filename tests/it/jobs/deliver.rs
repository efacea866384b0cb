//! A message of our own making, by every way of delivery; and what this computer has.

use std::os::unix::fs::PermissionsExt;

use postrider::engine::api::Cause;
use postrider::engine::api::job::{Job, Outcome, Place};
use postrider::rc::setup::Delivery;

use super::{Bench, draft};
use crate::support::sink::Sink;

async fn deliver(bench: &mut Bench, delivery: Delivery) -> Outcome {
    let mut setup = bench.setup(true);
    setup.delivery = delivery;
    bench.run(Job::TestDelivery(draft(setup))).await
}

/// The sentence and the details.
async fn refused(bench: &mut Bench, delivery: Delivery) -> (String, String) {
    match deliver(bench, delivery).await {
        Outcome::Failed(failed) => match failed.cause() {
            Cause::Setup(sentence) => (sentence.clone(), failed.details),
            other => (format!("{other:?}"), failed.details),
        },
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn into_a_maildir_that_is_made() {
    let mut bench = Bench::new("").await;
    for name in ["Maildir", "with blanks/and more"] {
        let folder = Delivery::Maildir(bench.path(name));
        let Outcome::Delivered(path) = deliver(&mut bench, folder).await else {
            panic!("not delivered");
        };
        let files = bench.home.maildir(name);
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].0.display().to_string(), path);
        let text = String::from_utf8(files[0].1.clone()).unwrap();
        for part in [
            "\nTo: ada@example.org\n",
            "\nFrom: ada@example.org\n",
            "Message-ID: <",
        ] {
            assert!(text.contains(part), "{text}");
        }
        let parsed = mailparse::parse_mail(&files[0].1).unwrap();
        let date = parsed
            .headers
            .iter()
            .find(|header| header.get_key() == "Date");
        assert!(mailparse::dateparse(&date.unwrap().get_value()).is_ok());
    }
    // No server was asked, and nothing is on record.
    assert_eq!(bench.server.connections(), 0);
    bench.home.write("full/letter", "x");
    let path = bench.path("full");
    let (sentence, _) = refused(&mut bench, Delivery::Maildir(path)).await;
    assert!(
        sentence.contains("is not a Maildir and is not empty"),
        "{sentence}"
    );
    assert!(!bench.path("full/new").exists());
    bench.home.write("file", "x");
    let path = bench.path("file/below");
    let (sentence, _) = refused(&mut bench, Delivery::Maildir(path)).await;
    assert!(
        sentence.contains("not a Maildir") || sentence.contains("Folderless"),
        "{sentence}"
    );
}

#[tokio::test]
async fn to_lmtp() {
    let mut bench = Bench::new("").await;
    let sink = Sink::lmtp().await;
    let address = format!("localhost/{}", sink.port);
    let to = |user: &str| Delivery::Lmtp(address.clone(), user.into());
    let outcome = deliver(&mut bench, to("ada")).await;
    assert!(
        matches!(&outcome, Outcome::Delivered(text) if text.contains("ada")),
        "{outcome:?}"
    );
    assert_eq!(sink.received().len(), 1);
    sink.answer("RCPT TO:<eve", "550 5.1.1 no such user here");
    let (sentence, details) = refused(&mut bench, to("eve")).await;
    assert!(sentence.contains("did not take"), "{sentence}");
    assert!(details.contains("no such user here"), "{details}");
    let (sentence, _) = refused(
        &mut bench,
        Delivery::Lmtp("localhost/25".into(), "ada".into()),
    )
    .await;
    assert!(sentence.contains("port 25"), "{sentence}");
    let (sentence, _) = refused(
        &mut bench,
        Delivery::Lmtp("/no/socket".into(), "ada".into()),
    )
    .await;
    assert!(sentence.contains("NoListener"), "{sentence}");
}

#[tokio::test]
async fn to_a_program() {
    let mut bench = Bench::new("").await;
    let copy = bench.path("copy");
    let program = |command: &str| Delivery::Program(command.into());
    let good = format!("cat > {}", copy.display());
    let outcome = deliver(&mut bench, program(&good)).await;
    assert!(matches!(outcome, Outcome::Delivered(_)), "{outcome:?}");
    assert!(bench.read("copy").unwrap().contains("Subject: "));
    let cases = [
        ("echo wait >&2; exit 75", "which means “try later”", "wait"),
        ("echo broken; exit 3", "returned 3", "broken"),
        (
            "no-such-program-here",
            "no such program",
            "no-such-program-here",
        ),
        ("maildrop -d '%T'", "quotes around %T", ""),
        ("sendmail -t", "cause loops", ""),
    ];
    for (command, expected, output) in cases {
        let (sentence, details) = refused(&mut bench, program(command)).await;
        assert!(sentence.contains(expected), "{command}: {sentence}");
        assert!(details.contains(output), "{command}: {details}");
    }
    let (_, details) = refused(&mut bench, program("yes x | head -c 100000; exit 1")).await;
    assert!(details.len() <= 4200, "{}", details.len());
}

#[tokio::test]
async fn nothing_for_one_that_is_watched() {
    let mut bench = Bench::new("").await;
    let (sentence, _) = refused(&mut bench, Delivery::Watch).await;
    assert!(sentence.contains("only watched"), "{sentence}");
}

#[tokio::test]
async fn what_is_around() {
    let rc = "poll a user x\npoll b via c user y user z\n";
    let mut bench = Bench::new(rc).await;
    bench.home.write(".netrc", "");
    let Outcome::Around(around) = bench.run(Job::LookAround).await else {
        panic!("nothing around");
    };
    assert_eq!(around.login, "ada");
    assert_eq!(around.maildir, (bench.path("Maildir"), Place::Free));
    assert!(around.has_netrc);
    assert_eq!(around.rc.holds, Some((2, 3)));
    assert_eq!(
        (around.rc.trouble, around.rc.is_open_to_others),
        (None, false)
    );
    let accounts: Vec<_> = around
        .rc
        .accounts
        .iter()
        .map(|(id, host)| (&*id.user, &**host))
        .collect();
    assert_eq!(accounts, [("x", "a"), ("y", "c"), ("z", "c")]);
    let path = bench.home.rc("poll a\nuser\n");
    let around = match bench.run(Job::LookAround).await {
        Outcome::Around(around) => around,
        other => panic!("{other:?}"),
    };
    assert!(around.rc.trouble.is_some());
    bench.home.rc(rc);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let around = match bench.run(Job::LookAround).await {
        Outcome::Around(around) => around,
        other => panic!("{other:?}"),
    };
    assert!(around.rc.is_open_to_others && around.rc.trouble.is_some());
    std::fs::remove_file(&path).unwrap();
    let around = match bench.run(Job::LookAround).await {
        Outcome::Around(around) => around,
        other => panic!("{other:?}"),
    };
    assert_eq!((around.rc.holds, around.rc.trouble), (None, None));
}
