//! BDAT, for several recipients.

use super::*;

const TO: &[&str] = &["a@b", "c@d"];
const OFFERS: &[&str] = &["PIPELINING", "CHUNKING"];

/// A message whose body may be given.
fn going(hello: Hello) -> Talk<Session> {
    let mut t = Talk::open(hello, OFFERS);
    t.begin(1, TO);
    assert_eq!(t.sent(), "MAIL FROM:<s@x>|RCPT TO:<a@b>|RCPT TO:<c@d>|");
    t.hear("250 m\r\n250 r\r\n");
    assert!(!t.machine.takes_body());
    t.hear("250 r\r\n");
    assert!(t.machine.takes_body());
    assert_eq!(t.told, [Event::Go]);
    t
}

fn long(t: &mut Talk<Session>, octets: usize) {
    t.machine.chunk(vec![b'x'; octets].into());
}

#[test]
fn a_short_message_is_one_chunk() {
    let mut t = going(Hello::Ehlo);
    for piece in ["head\n\n", ".dot\n", ".\r\n", "end"] {
        t.machine.chunk(Bytes::from_static(piece.as_bytes()));
        assert_eq!(t.sent(), "");
    }
    t.machine.finish();
    assert_eq!(t.sent(), "BDAT 22 LAST|head||.dot|.|end|");
    assert!(!t.machine.takes_body());
    // The state after a refused chunk is unknown, so RSET stands before the next envelope.
    t.begin(2, &["a@b"]);
    assert_eq!(t.sent(), "RSET|MAIL FROM:<s@x>|RCPT TO:<a@b>|DATA|");
    t.hear("250 taken\r\n250 reset\r\n250 m\r\n250 r\r\n354 go\r\n");
    assert_eq!(t.fates(), [(1, "taken", 0)]);
    t.body("x");
    assert_eq!(t.sent(), "x|.|");
}

#[test]
fn an_empty_message() {
    let mut t = going(Hello::Ehlo);
    t.machine.finish();
    assert_eq!(t.sent(), "BDAT 0 LAST|");
    t.hear("250 ok\r\n");
    assert_eq!(t.fates(), [(1, "taken", 0)]);
}

/// The last chunk waits until all others are taken.
#[test]
fn a_long_message() {
    let mut t = going(Hello::Ehlo);
    for _ in 0..3 {
        long(&mut t, 60_000);
    }
    assert_eq!(t.sent().matches("BDAT 60000|").count(), 2);
    assert!(t.machine.awaits_reply());
    t.hear("250 one\r\n");
    t.machine.finish();
    assert!(!t.machine.takes_body() && !t.machine.takes_message());
    assert_eq!(t.sent(), "");
    t.hear("250 two\r\n");
    assert!(t.sent().starts_with("BDAT 60002 LAST|xxx"));
    assert_eq!(t.machine.patience().as_secs(), 600);
    assert_eq!(t.fates(), []);
    t.hear("250 three\r\n");
    assert_eq!(t.fates(), [(1, "taken", 0)]);
}

#[test]
fn a_refused_chunk_ends_the_message() {
    let check = |is_whole: bool, reply: &str, expected: (u64, &'static str, u16)| {
        let mut t = going(Hello::Lhlo);
        for _ in 0..3 {
            long(&mut t, 60_000);
        }
        if is_whole {
            t.machine.finish();
        }
        t.sent();
        t.hear(reply);
        assert_eq!(t.fates(), [expected]);
        assert!(!t.machine.takes_body() && t.machine.takes_message());
        assert_eq!(t.sent(), "RSET|");
        // What the listener says of the chunk behind it is passed over.
        t.begin(2, &["a@b"]);
        t.hear("503 what?\r\n250 reset\r\n250 m\r\n250 r\r\n354 go\r\n");
        t.body("x");
        t.hear("250 ok\r\n");
        assert_eq!(t.fates(), [(2, "taken", 0)]);
    };
    for is_whole in [false, true] {
        check(is_whole, "552 too big\r\n", (1, "permanent", 552));
        check(is_whole, "452 full\r\n", (1, "temporary", 452));
        check(is_whole, "450 spam\r\n", (1, "permanent", 450));
    }
}

#[test]
fn answers_to_the_last_chunk() {
    let check = |hello: Hello, replies: &str, expected: (u64, &'static str, u16)| {
        let mut t = going(hello);
        t.body("x");
        t.hear(replies);
        assert_eq!(t.fates(), [expected], "{replies}");
        assert!(t.machine.takes_message() && !t.machine.awaits_reply());
    };
    check(Hello::Ehlo, "250 ok\r\n", (1, "taken", 0));
    check(Hello::Ehlo, "554 spam\r\n", (1, "permanent", 554));
    check(Hello::Ehlo, "452 full\r\n", (1, "temporary", 452));
    check(Hello::Lhlo, "250 ok\r\n550 no\r\n", (1, "divided", 1));
}

#[test]
fn answers_before_their_time_break_the_session() {
    for early in ["250 ok\r\n", "250 o", "354 go\r\n"] {
        let mut t = going(Hello::Ehlo);
        t.hear(early);
        if t.end.is_none() {
            t.body("x");
        }
        assert!(!t.sent().contains("LAST"), "{early}");
        assert!(matches!(t.end, Some(Err(Error::Broken { .. }))), "{early}");
    }
    let mut t = going(Hello::Ehlo);
    long(&mut t, 60_000);
    long(&mut t, 60_000);
    t.hear("354 go\r\n");
    assert!(matches!(t.end, Some(Err(Error::Broken { .. }))));
}

/// Where it would save nothing, or the answers to chunks would have to be waited for, DATA is said.
#[test]
fn when_chunks_are_not_used() {
    let check = |offers: &[&str], to: &[&str], is_used: bool| {
        let mut t = Talk::open(Hello::Ehlo, offers);
        t.begin(1, to);
        while t.machine.awaits_reply() && t.end.is_none() {
            let sent = t.sent();
            if sent.ends_with("DATA|") {
                assert!(!is_used);
                return;
            }
            t.hear(&"250 ok\r\n".repeat(sent.matches('|').count()));
        }
        assert!(is_used && t.machine.takes_body());
    };
    check(OFFERS, TO, true);
    check(OFFERS, &["a@b"], false);
    check(&["CHUNKING"], TO, false);
    check(&["PIPELINING"], TO, false);
}
