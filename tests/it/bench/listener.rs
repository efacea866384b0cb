//! How fast messages are handed over to a listener, beside `smtp-source` (package postfix) in the
//! same run. The listener is the one that `POSTRIDER_LISTENER` names (`127.0.0.1/2525`), for
//! example a Postfix; else `smtp-sink` of that package, else the one of these tests.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use postrider::deliver::{self, Part, Report, Settings};
use postrider::mail::Envelope;
use postrider::mail::envelope::BodyType;
use postrider::rc::account::Target;
use postrider::transit::{Outcome, Ticket};

use crate::support::sink::Sink;

const MESSAGES: u64 = 1000;
const RUNS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes time; make bench"]
async fn bench_listener() {
    let (listener, _kept) = listener().await;
    println!("{MESSAGES} messages of 1 kB to the listener {listener}, messages a second:");
    for recipients in [1, 3] {
        let (mut ours, mut source) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            ours.push(hand_over(&listener, recipients).await);
            source.extend(smtp_source(&listener, recipients));
        }
        print(recipients, "postrider", ours);
        print(recipients, "smtp-source", source);
    }
}

fn print(recipients: usize, name: &str, mut times: Vec<Duration>) {
    times.sort();
    if let Some(median) = times.get(times.len() / 2) {
        let rate = MESSAGES as f64 / median.as_secs_f64();
        println!("  {recipients} recipients  {name:<12} {rate:>7.0}");
    }
}

/// What is dropped ends the listener.
enum Kept {
    Nothing,
    Ours { _sink: Box<Sink> },
    Program(Child),
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Self::Program(child) = self {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

async fn listener() -> (String, Kept) {
    if let Ok(listener) = std::env::var("POSTRIDER_LISTENER") {
        return (listener, Kept::Nothing);
    }
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let mut program = Command::new("smtp-sink");
    // The superuser has to name somebody to become.
    if rustix::process::geteuid().is_root() {
        program.args(["-u", "nobody"]);
    }
    let address = format!("127.0.0.1:{port}");
    match program.args([address.as_str(), "100"]).spawn() {
        Ok(child) => {
            let kept = Kept::Program(child);
            for _ in 0..100 {
                if std::net::TcpStream::connect(&address).is_ok() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            (format!("127.0.0.1/{port}"), kept)
        }
        Err(_) => {
            let sink = Sink::smtp().await;
            let listener = format!("127.0.0.1/{}", sink.port);
            let kept = Kept::Ours {
                _sink: Box::new(sink),
            };
            (listener, kept)
        }
    }
}

/// All messages through the sink, from memory.
async fn hand_over(listener: &str, recipients: usize) -> Duration {
    let settings = Settings {
        own_name: "bench.example.org".to_owned(),
        smtp_address: Some("localhost".to_owned()),
        smtp_name: None,
        antispam: Vec::new(),
        sign_in: None,
        batch_limit: None,
        timeout: Duration::from_secs(60),
        host: "pop.example.org".to_owned(),
        force_shell: false,
        program: "postrider".into(),
    };
    let header = Bytes::from_static(b"From: a@localhost\r\nSubject: bench\r\n\r\n");
    let body = Bytes::from("a line of fifty characters, as many lines have it\r\n".repeat(19));
    let begun = Instant::now();
    let (delivery, mut reports) = deliver::open(&Target::Smtp(vec![listener.to_owned()]), settings);
    let feed = tokio::spawn(async move {
        for ticket in 1..=MESSAGES {
            let envelope = Envelope {
                sender: b"a@localhost".to_vec(),
                recipients: (0..recipients).map(|n| format!("b{n}").into()).collect(),
                last_resort: None,
                body: BodyType::Unsaid,
                size: None,
            };
            let ticket = Ticket(ticket);
            for part in [
                Part::Begin { ticket, envelope },
                Part::Chunk(header.clone()),
                Part::Chunk(body.clone()),
                Part::Finish,
            ] {
                assert!(delivery.send(part).await);
            }
        }
    });
    let mut delivered = 0;
    while let Some(report) = reports.recv().await {
        let Report::Settled(settled) = report else {
            panic!("{report:?}");
        };
        for (_, outcome) in settled {
            assert_eq!(outcome, Outcome::Delivered);
            delivered += 1;
        }
    }
    let took = begun.elapsed();
    feed.await.unwrap();
    assert_eq!(delivered, MESSAGES);
    took
}

/// The same by Postfix's own tool, over one connection as well; `None` without it.
fn smtp_source(listener: &str, recipients: usize) -> Option<Duration> {
    let begun = Instant::now();
    let mut program = Command::new("smtp-source");
    program.args(["-d", "-s", "1", "-l", "1000", "-m", &MESSAGES.to_string()]);
    program.args(["-r", &recipients.to_string()]);
    program.args(["-f", "a@localhost", "-t", "b@localhost"]);
    program.arg(listener.replace('/', ":")).stdin(Stdio::null());
    let status = program.status().ok()?;
    assert!(status.success());
    Some(begun.elapsed())
}
