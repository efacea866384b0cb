//! How long it takes, how many connections it needs, and being stopped.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use postrider::probe::report::{Outcome, Report, Service};
use postrider::probe::run::run;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::stage::{IMAP, POP3, Script, Stage, imap};

/// One way; a round trip takes twice as long.
const WAY: Duration = Duration::from_millis(50);

/// All four ports of a usual host, which takes these old versions of TLS too.
async fn usual(stage: &mut Stage, old: &[u16]) -> Vec<(u16, u16)> {
    let greeting = "* OK [CAPABILITY IMAP4rev1 ID STARTTLS] Dovecot ready.";
    let starts = ("STARTTLS", "% OK begin\r\n<TLS>");
    let clear = [
        ("CAPA", "+OK\r\nCAPA\r\nSTLS\r\n."),
        ("STLS", "+OK begin\r\n<TLS>"),
    ];
    let scripts = [
        (993, imap(stage.identity())),
        (995, Script::new("+OK x", &POP3).within(stage.identity())),
        (
            143,
            Script::new(greeting, &[starts]).then(stage.identity(), &IMAP),
        ),
        (
            110,
            Script::new("+OK x", &clear).then(stage.identity(), &POP3),
        ),
    ];
    let mut ports = Vec::new();
    for (port, mut script) in scripts {
        script.old = old.to_vec();
        ports.push((port, stage.serve(port, script).await));
    }
    ports
}

/// A port that is far away: connecting takes a round trip, every octet half of one.
async fn far(to: SocketAddr) -> (SocketAddr, impl Future<Output = ()> + Send) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let at = listener.local_addr().unwrap();
    let work = async move {
        while let Ok((near, _)) = listener.accept().await {
            tokio::spawn(async move {
                sleep(2 * WAY).await;
                let Ok(far) = TcpStream::connect(to).await else {
                    return;
                };
                let (near, far) = (near.into_split(), far.into_split());
                tokio::join!(carry(near.0, far.1), carry(far.0, near.1));
            });
        }
    };
    (at, work)
}

async fn carry(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        sleep(WAY).await;
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

#[tokio::test]
async fn a_host_far_away_is_known_in_two_seconds() {
    far_away(&[]).await;
}

/// Each old version is one more connection. Courier, Mailutils, Exim and Postfix in Debian 12 are so.
#[tokio::test]
async fn a_host_far_away_with_old_versions_is_known_in_two_seconds() {
    far_away(&[0x0301, 0x0302]).await;
}

async fn far_away(old: &[u16]) {
    let mut inner = Stage::new();
    let ports = usual(&mut inner, old).await;
    let mut stage = Stage::new();
    std::mem::swap(&mut stage.ca, &mut inner.ca);
    for (port, real) in ports {
        let (at, work) = far(SocketAddr::from(([127, 0, 0, 1], real))).await;
        stage.spawn(work);
        stage.lead(port, at);
    }
    // 1.1 s, and 1.5 s with old versions, where nothing else runs. A machine that is busy for a moment says nothing about it, so
    // one of three must be in time; each must be complete.
    let mut fastest = Duration::MAX;
    for _ in 0..3 {
        let begun = Instant::now();
        let report = stage.probe(&Stage::request()).await;
        fastest = fastest.min(begun.elapsed());
        is_complete(&report, old);
        if fastest < Duration::from_secs(2) {
            return;
        }
    }
    panic!("{fastest:?}");
}

fn is_complete(report: &Report, old: &[u16]) {
    let answered = report
        .rows
        .iter()
        .filter(|row| row.outcome == Outcome::Answered);
    assert_eq!(answered.count(), 4, "{report:#?}");
    assert_eq!(report.choices.len(), 4);
    for row in report.rows.iter().filter(|row| row.tls.is_some()) {
        let versions = &row.tls.as_ref().unwrap().versions;
        let told: Vec<_> = versions.iter().map(|one| one.is_taken).collect();
        let (yes, no) = (Some(true), Some(false));
        let taken = Some(!old.is_empty());
        assert_eq!(told, [no, taken, taken, yes, yes], "{}", row.port);
    }
}

/// A port that drops what comes: its queue is full and nobody takes anything out of it.
async fn black_hole() -> (SocketAddr, Vec<TcpStream>, TcpListener) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let at = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(Ok(stream)) =
        tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(at)).await
    {
        waiting.push(stream);
        assert!(waiting.len() < 100, "the queue has no end");
    }
    (at, waiting, listener)
}

#[tokio::test]
async fn a_host_that_drops_everything_ends_with_the_time_out() {
    let mut stage = Stage::new();
    let (at, _waiting, _listener) = black_hole().await;
    for port in [993, 995, 143, 110, 109] {
        stage.lead(port, at);
    }
    let mut request = Stage::request();
    request.timeout = Duration::from_secs(2);
    // As above: one of three must be in time.
    let mut fastest = Duration::MAX;
    for _ in 0..3 {
        let begun = Instant::now();
        let report = stage.probe(&request).await;
        fastest = fastest.min(begun.elapsed());
        let mut rows = report.rows.iter();
        assert!(
            rows.all(|row| row.outcome == Outcome::TimedOut),
            "{report:#?}"
        );
        assert!(report.is_blocked && report.choices.is_empty());
        if fastest < request.timeout {
            return;
        }
    }
    panic!("{fastest:?}");
}

/// One port in a firewall does not hold up the others.
#[tokio::test]
async fn a_dropped_port_among_open_ones() {
    let mut stage = Stage::new();
    usual(&mut stage, &[]).await;
    let (at, _waiting, _listener) = black_hole().await;
    stage.lead(109, at);
    let mut request = Stage::request();
    request.timeout = Duration::from_secs(10);
    let begun = Instant::now();
    let report = stage.probe(&request).await;
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(report.choices.len(), 4);
    assert!(!report.is_blocked);
}

/// A port of unknown kind that waits for a ClientHello is not waited for long, and one that only
/// takes its time to greet is understood all the same.
#[tokio::test]
async fn ports_of_unknown_kind_are_told_soon() {
    let mut stage = Stage::new();
    stage.serve(1993, imap(stage.identity())).await;
    let inside = Script::new("+OK x", &POP3).within(stage.identity());
    stage.serve(1995, inside).await;
    let mut late = Script::new("+OK x", &POP3);
    late.late = Duration::from_secs(1);
    stage.serve(1110, late).await;
    let mut fastest = Duration::MAX;
    for _ in 0..3 {
        for (port, service) in [(1993, Service::Imaps), (1995, Service::Pop3s)] {
            let begun = Instant::now();
            let row = stage.row(port).await;
            fastest = fastest.min(begun.elapsed());
            assert_eq!((row.service, row.outcome), (service, Outcome::Answered));
        }
    }
    assert!(fastest < Duration::from_millis(900), "{fastest:?}");
    let row = stage.row(1110).await;
    assert_eq!(
        (row.service, &row.outcome),
        (Service::Pop3, &Outcome::Answered),
        "{row:#?}"
    );
    assert!(row.tls.is_none() && !row.before.is_empty(), "{row:#?}");
}

#[tokio::test]
async fn connections_are_few_at_once() {
    let mut stage = Stage::new();
    for port in 2001..2021 {
        stage.serve(port, Script::new("+OK x", &POP3)).await;
    }
    let mut request = Stage::request();
    (request.only_ports, request.ports) = (true, (2001..2021).collect());
    let report = stage.probe(&request).await;
    assert!(
        report
            .rows
            .iter()
            .all(|row| row.outcome == Outcome::Answered)
    );
    // A connection that is closed here may be open there for a moment.
    assert!(stage.most_at_once() <= 9, "{}", stage.most_at_once());
    // Courier hangs up on the fifth of a port.
    let mut stage = Stage::new();
    let old = [0x0301, 0x0302];
    let mut script = imap(stage.identity());
    script.old.extend(old);
    stage.serve(993, script).await;
    let row = stage.row(993).await;
    let versions = row.tls.unwrap().versions;
    let told: Vec<_> = versions.iter().map(|one| one.is_taken).collect();
    let (yes, no) = (Some(true), Some(false));
    assert_eq!(told, [no, yes, yes, yes, yes]);
    assert!(stage.most_at_once() <= 4, "{}", stage.most_at_once());
}

#[tokio::test]
async fn stopping_keeps_what_was_found() {
    let mut stage = Stage::new();
    stage.serve(993, imap(stage.identity())).await;
    stage.serve(143, Script::mute()).await;
    let stop = CancellationToken::new();
    let mut request = Stage::request();
    request.timeout = Duration::from_secs(30);
    let begun = Instant::now();
    let mut told: Vec<(Duration, Report)> = Vec::new();
    let report = run(&request, &stage.world(), &stop, |report| {
        told.push((begun.elapsed(), report.clone()));
        let mut rows = report.rows.iter();
        if rows.any(|row| row.outcome == Outcome::Answered) {
            stop.cancel();
        }
    })
    .await;
    assert!(begun.elapsed() < Duration::from_secs(5));
    let outcome = |port| {
        let mut rows = report.rows.iter();
        rows.find(|row| row.port == port).unwrap().outcome.clone()
    };
    assert_eq!(outcome(993), Outcome::Answered);
    assert_eq!(outcome(143), Outcome::Stopped);
    assert_eq!(report.choices[0].candidate.port, 993);
    assert!(report.is_done);
    // It was told as it grew, not too often, and at the end.
    assert_eq!(told.last().map(|(_, last)| last), Some(&report));
    assert!(told.iter().filter(|(_, one)| one.is_done).count() == 1);
    let most = 3 + begun.elapsed().as_millis() / 100;
    assert!(
        told.len() as u128 <= most,
        "{} in {:?}",
        told.len(),
        begun.elapsed()
    );
}
