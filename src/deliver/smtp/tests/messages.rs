//! Messages that go well, or are given up by the feed.

use super::*;

#[tokio::test(start_paused = true)]
async fn two_messages_and_a_bye() {
    let rig = Rig::new(good);
    assert!(rig.message(1, "one\n").await);
    assert!(rig.message(2, ".two").await);
    let (seen, log) = rig.end().await;
    expect(&seen, &[(1, "delivered"), (2, "delivered")]);
    let log = log.lock().unwrap();
    assert_eq!(log.bodies, ["one\r\n.\r\n", "..two\r\n.\r\n"]);
    assert_eq!(log.commands.last().unwrap(), "QUIT");
    assert_eq!(log.commands[2], "RCPT TO:<joe@mx.test>");
    assert_eq!(log.dialled.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn two_hundred_messages_take_one_flight_each() {
    let rig = Rig::new(good);
    let feed = async {
        for ticket in 1..=200 {
            assert!(rig.message(ticket, "hello\r\n").await);
        }
    };
    feed.await;
    let (seen, log) = rig.end().await;
    assert!(seen.iter().all(|(_, outcome)| outcome == "delivered"));
    assert_eq!(seen.len(), 200);
    let log = log.lock().unwrap();
    // EHLO, the first envelope, a flight a message.
    assert!(log.turns <= 203, "{} turns", log.turns);
    assert!(log.writes.len() <= 203, "{} writes", log.writes.len());
}

#[tokio::test(start_paused = true)]
async fn a_long_message_is_not_collected() {
    let rig = Rig::new(good);
    rig.begin(1, &["joe"]).await;
    let chunk = "0123456789abcd\r\n".repeat(1024);
    for _ in 0..100 {
        assert!(rig.chunk(&chunk).await);
    }
    rig.delivery.send(Part::Finish).await;
    let (seen, log) = rig.end().await;
    expect(&seen, &[(1, "delivered")]);
    let log = log.lock().unwrap();
    assert_eq!(log.bodies[0].len(), 100 * chunk.len() + 3);
    let most = log.writes.iter().max().unwrap();
    assert!(
        *most <= UNSENT + 2 * chunk.len(),
        "a write of {most} octets"
    );
}

#[tokio::test(start_paused = true)]
async fn an_aborted_message_gets_no_dot() {
    let rig = Rig::new(good);
    assert!(rig.message(1, "one\r\n").await);
    rig.begin(2, &["joe"]).await;
    rig.chunk("half\r\n").await;
    rig.delivery.send(Part::Abort).await;
    assert!(rig.message(3, "three\r\n").await);
    let (seen, log) = rig.end().await;
    expect(&seen, &[(1, "delivered"), (3, "delivered")]);
    let log = log.lock().unwrap();
    assert_eq!(log.bodies, ["one\r\n.\r\n", "three\r\n.\r\n"]);
    assert_eq!(log.dialled.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_feed_gets_no_dot() {
    let rig = Rig::new(good);
    assert!(rig.message(1, "one\r\n").await);
    rig.begin(2, &["joe"]).await;
    rig.chunk("half\r\n").await;
    let (seen, log) = rig.end().await;
    expect(&seen, &[(1, "delivered")]);
    assert_eq!(log.lock().unwrap().bodies, ["one\r\n.\r\n"]);
}

#[tokio::test(start_paused = true)]
async fn batches_have_connections_of_their_own() {
    let settings = Settings {
        batch_limit: Some(2),
        ..settings()
    };
    let rig = Rig::with(&["mx.test"], settings, good);
    for ticket in 1..=5 {
        assert!(rig.message(ticket, "x\r\n").await);
    }
    let (seen, log) = rig.end().await;
    assert_eq!(seen.len(), 5);
    let log = log.lock().unwrap();
    assert_eq!(log.dialled.len(), 3);
    assert_eq!(log.commands.iter().filter(|c| *c == "QUIT").count(), 3);
}

#[tokio::test]
async fn over_real_sockets() {
    let tcp = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = tcp.local_addr().unwrap().port();
    let log = Shared::default();
    let kept = log.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = tcp.accept().await {
            let (near, far) = tokio::io::duplex(1 << 16);
            tokio::spawn(serve(far, Arc::new(good), log.clone()));
            let (mut stream, mut near) = (stream, near);
            tokio::spawn(
                async move { tokio::io::copy_bidirectional(&mut stream, &mut near).await },
            );
        }
    });
    let target = crate::rc::account::Target::Smtp(vec![format!("127.0.0.1/{port}")]);
    let (delivery, reports) = crate::deliver::open(&target, settings());
    let rig = Rig {
        delivery,
        reports,
        log: kept,
    };
    for ticket in 1..=20 {
        assert!(rig.message(ticket, "x\r\n").await);
    }
    let (seen, log) = rig.end().await;
    assert_eq!(seen.len(), 20);
    assert!(seen.iter().all(|(_, o)| o == "delivered"));
    assert_eq!(log.lock().unwrap().bodies.len(), 20);
}
