//! `limit`, `fetchlimit`, `batchlimit`: what they leave, and what is said of it.

use crate::support::arrived::assert_arrived;
use crate::support::journey::{BOTH, Journey, Shield, into_maildir, into_sink};
use crate::support::mailbox::Message;
use crate::support::sink::Sink;

fn large() -> Message {
    Message::large("Tomas <tomas@example.net>", "Photos", 60_000)
}

#[tokio::test]
async fn limit_leaves_what_is_larger() {
    for protocol in BOTH {
        let journey = Journey::with([Message::numbered(0), large(), Message::numbered(1)]).await;
        let words = format!("limit 50000 {}", into_maildir("Mail"));
        journey.rc(protocol, Shield::Tls, &words);
        let ended = journey.expect(0, &[]).await;
        let size = large().size();
        let line =
            format!("skipping message ada@alpha:2 of 3 ({size} octets) (oversized) not flushed\n");
        let classic = line.replace(" of 3", "");
        assert!(ended.out.contains(&classic), "{}", ended.out);
        assert_arrived(
            &[Message::numbered(0), Message::numbered(1)],
            journey.mail("Mail"),
        );
        assert_eq!(journey.left(), 1);

        // Everything oversized is like no mail.
        journey.expect(1, &[]).await;
        assert_eq!((journey.left(), journey.mail("Mail").len()), (1, 2));
    }
}

#[tokio::test]
async fn fetchlimit_takes_the_rest_next_time() {
    for protocol in BOTH {
        let journey = Journey::small(5).await;
        let words = format!("fetchlimit 2 {}", into_maildir("Mail"));
        journey.rc(protocol, Shield::Tls, &words);
        for (status, left) in [(13, 3), (13, 1), (0, 0), (1, 0)] {
            journey.expect(status, &[]).await;
            assert_eq!(journey.left(), left);
        }
        let all: Vec<Message> = (0..5).map(Message::numbered).collect();
        assert_arrived(&all, journey.mail("Mail"));
    }
}

#[tokio::test]
async fn batchlimit_reopens_the_listener() {
    let journey = Journey::small(5).await;
    let sink = Sink::smtp().await;
    let words = format!("batchlimit 2 {}", into_sink(&sink));
    journey.rc(BOTH[1], Shield::Tls, &words);
    journey.expect(0, &[]).await;
    assert_eq!((sink.count(), sink.connections()), (5, 3));
    let quits = |line: &&String| line.ends_with(" QUIT");
    assert_eq!(sink.transcript().iter().filter(quits).count(), 3);
}
