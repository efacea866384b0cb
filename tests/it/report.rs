//! `postrider report`: what it tells, and what it must not.

use crate::support::journey::{BOTH, Journey, PASSWORD, Protocol, Shield, into_sink, program};
use crate::support::mailbox::Message;
use crate::support::sink::Sink;

#[tokio::test]
async fn it_tells_what_is_unfinished() {
    for protocol in BOTH {
        let journey = Journey::small(4).await;
        let sink = Sink::smtp().await;
        sink.answer(
            "MAIL FROM:<mara.lindqvist@example.org>",
            "550 5.7.1 not from her",
        );
        journey.rc(protocol, Shield::Tls, &into_sink(&sink));
        journey.fetch(&[]).await;
        let ended = journey.home.run(program(), &["report"]).await;
        assert_eq!((ended.status, &ended.err[..]), (0, ""));
        let folder = if protocol == Protocol::Imap {
            " (INBOX)"
        } else {
            ""
        };
        for wanted in [
            &format!("# Postrider {}\n", postrider::VERSION)[..],
            "ada@alpha: delivered to SMTP 127.0.0.1/",
            "poll alpha via localhost proto",
            "password \u{2022}\u{2022}",
            &format!(
                "{folder}: 0 delivered and kept, 0 delivered and to be deleted, 1 held, 0 with"
            ),
            "  held: ",
            ", tried 1 times, next 20",
        ] {
            assert!(ended.out.contains(wanted), "{wanted}: {}", ended.out);
        }
        assert!(!ended.out.contains(PASSWORD), "{}", ended.out);
        let home = journey.home.path().to_str().unwrap();
        assert!(!ended.out.contains(home), "{}", ended.out);
    }
}

/// What was delivered, and the server would not delete, is still to be deleted.
#[tokio::test]
async fn it_names_what_is_to_be_deleted() {
    let journey = Journey::small(3).await;
    let sink = Sink::smtp().await;
    journey.rc(Protocol::Pop3, Shield::Plain, &into_sink(&sink));
    journey.server.manner(|manner| manner.refuses_delete = true);
    journey.fetch(&[]).await;
    let ended = journey.home.run(program(), &["report", "alpha"]).await;
    assert!(
        ended.out.contains("3 delivered and to be deleted"),
        "{ended:#?}"
    );
    // The look is a look: masked, and nothing is taken.
    assert!(ended.out.contains("POP3> ••••••"), "{ended:#?}");
    assert!(!ended.out.contains(PASSWORD), "{ended:#?}");
    assert_eq!((journey.left(), sink.count()), (3, 3));
}

#[tokio::test]
async fn it_reports_a_file_that_cannot_be_used() {
    let journey = Journey::with([Message::numbered(0)]).await;
    journey.home.rc(&format!(
        "poll a user u password {PASSWORD}\npull b password \"{PASSWORD}\n"
    ));
    let ended = journey.home.run(program(), &["report"]).await;
    assert_eq!(ended.status, 0, "{ended:#?}");
    assert!(ended.out.contains("What is odd about it"), "{ended:#?}");
    assert!(!ended.out.contains(PASSWORD), "{ended:#?}");
    let ended = journey.home.run(program(), &["report", "--nonsense"]).await;
    assert_eq!(ended.status, 5);
}
