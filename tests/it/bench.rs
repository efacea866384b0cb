//! `make bench`: how long fetching takes, beside the installed fetchmail. Figures, not verdicts:
//! the machine decides too much. The acceptance runs over a slow line are made elsewhere.

mod listener;
mod messages;
mod rc;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::support::home::Home;
use crate::support::mailbox::Message;
use crate::support::server::Server;
use crate::support::sink::Sink;

const MESSAGES: usize = 200;
const RUNS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes time; make bench"]
async fn bench_fetch() {
    let ours = PathBuf::from(env!("CARGO_BIN_EXE_postrider"));
    let programs = [
        ("postrider", ours, "fetch"),
        ("fetchmail", "/usr/bin/fetchmail".into(), "-s"),
    ];
    println!("{MESSAGES} small messages on loopback to an SMTP listener, median of {RUNS}:");
    for protocol in ["pop3", "imap"] {
        for (name, program, first) in &programs {
            if program.exists() {
                let mut times = Vec::new();
                for _ in 0..RUNS {
                    times.push(one_run(protocol, program, first).await);
                }
                times.sort();
                println!(
                    "  {protocol}  {name:<10} {:>6.0} ms",
                    times[RUNS / 2].as_secs_f64() * 1e3
                );
            }
        }
    }
}

async fn one_run(protocol: &str, program: &Path, first: &str) -> Duration {
    let (server, sink, home) = (Server::start().await, Sink::smtp().await, Home::new());
    server.store.add_user("ada", "secret");
    server
        .store
        .add("ada", "INBOX", (0..MESSAGES).map(Message::numbered));
    let port = if protocol == "pop3" {
        server.pop3
    } else {
        server.imap
    };
    home.rc(&format!(
        "poll localhost protocol {protocol} port {port} user ada password secret is ada here\n\
         sslproto '' smtphost localhost/{}\n",
        sink.port
    ));
    let begun = Instant::now();
    let ended = home.run(program, &[first]).await;
    let took = begun.elapsed();
    assert_eq!((ended.status, sink.count()), (0, MESSAGES), "{ended:?}");
    took
}
