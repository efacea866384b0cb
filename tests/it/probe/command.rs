//! `postrider probe`, and the job of the engine.

use std::path::PathBuf;
use std::time::Duration;

use postrider::engine::api::job::{Job, JobId, Outcome, Progress};
use postrider::engine::api::{Command, Event};
use postrider::engine::{File, Options, Rhythm, Source, start};
use postrider::probe::report;
use postrider::rc::Overrides;
use postrider::store::Places;
use tokio::time::timeout;

use super::stage::{IMAP, Script, Stage, imap};
use crate::support::home::Home;
use crate::support::journey::program;
use crate::support::server::Server;

#[tokio::test]
async fn a_server_is_probed() {
    let server = Server::start().await;
    let home = Home::new();
    home.write("ca.pem", &server.ca_pem);
    let ports = [server.imaps, server.imap].map(|port| format!("--port={port}"));
    let args = [
        "probe",
        "localhost",
        "--ca",
        "ca.pem",
        "--ipv4",
        &ports[0],
        &ports[1],
    ];
    let ended = home.run(program(), &args).await;
    assert_eq!(ended.status, 0, "{ended:#?}");
    let advised = format!("Use IMAP on port {} with TLS.", server.imaps);
    assert!(ended.out.contains(&advised), "{ended:#?}");
    let lines = format!(
        "  poll \"localhost\" protocol IMAP service {}\n      user \"NAME\" ssl\n",
        server.imaps
    );
    assert!(ended.out.contains(&lines), "{ended:#?}");
    assert!(
        ended.err.is_empty() && !ended.out.contains('\x1b'),
        "{ended:#?}"
    );
    assert!(!ended.out.contains("What was said"), "{ended:#?}");
    let verbose = home.run(program(), &[&args[..], &["-v"]].concat()).await;
    assert!(verbose.out.contains("STARTTLS\n"), "{verbose:#?}");
    let json = home
        .run(program(), &[&args[..], &["--json"]].concat())
        .await;
    let read: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(read["version"], 1);
    assert_eq!(read["usable"], true);
    assert_eq!(read["choices"][0]["port"], server.imaps);
    assert_eq!(read["ports"][0]["tls"]["problem"], serde_json::Value::Null);
    assert_eq!(read["ports"][1]["starttls"], "works");
    // Nobody was named to it.
    for line in server.transcript() {
        let is_secret = ["LOGIN ", "AUTHENTICATE", "USER", "PASS", "AUTH "];
        assert!(!is_secret.iter().any(|word| line.contains(word)), "{line}");
    }
}

/// Without its authority the certificate is said to be bad, and no way is called safe.
#[tokio::test]
async fn a_bad_certificate_is_told() {
    let server = Server::start().await;
    let home = Home::new();
    let port = format!("--port={}", server.imaps);
    let ended = home
        .run(program(), &["probe", "localhost", "--ipv4", &port])
        .await;
    assert_eq!(ended.status, 0, "{ended:#?}");
    assert!(ended.out.contains("No safe way was found."), "{ended:#?}");
    assert!(ended.out.contains("Throw-away CA"), "{ended:#?}");
}

#[tokio::test]
async fn statuses() {
    let home = Home::new();
    let check = async |args: &[&str], status: i32, words: &str| {
        let ended = home.run(program(), &[&["probe"][..], args].concat()).await;
        assert_eq!(ended.status, status, "{args:?}: {ended:#?}");
        let told = format!("{}{}", ended.out, ended.err);
        assert!(told.contains(words), "{args:?}: {ended:#?}");
    };
    check(&[], 5, "Usage: postrider probe").await;
    check(&["h", "--bogus"], 5, "Usage: postrider probe").await;
    check(&["localhost", "--ca", "none.pem"], 2, "none.pem").await;
    // Nothing listens on a port that was just given back.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = format!("--port={}", free.local_addr().unwrap().port());
    drop(free);
    check(&["127.0.0.1", &port], 2, "every port refuses").await;
}

/// An interrupt ends the asking; what was found is told.
#[tokio::test]
async fn an_interrupt_ends_it_with_a_report() {
    let mut stage = Stage::new();
    let answers = stage
        .serve(1, Script::new("* OK [CAPABILITY IMAP4rev1] x", &IMAP))
        .await;
    let silent = stage.serve(2, Script::mute()).await;
    let home = Home::new();
    let ports = [answers, silent].map(|port| format!("--port={port}"));
    let mut command = home.command(program());
    command.args([
        "probe",
        "127.0.0.1",
        "--timeout",
        "60",
        &ports[0],
        &ports[1],
    ]);
    command.stdout(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    let pid = rustix::process::Pid::from_raw(child.id().unwrap() as i32).unwrap();
    let said_goodbye = async {
        while !stage.heard().iter().any(|line| line.contains("LOGOUT")) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(10), said_goodbye)
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let ended = timeout(Duration::from_secs(5), child.wait_with_output()).await;
    let ended = ended.unwrap().unwrap();
    let out = String::from_utf8_lossy(&ended.stdout);
    assert_eq!(ended.status.code(), Some(0), "{out}");
    assert!(out.contains("stopped") && out.contains("answered"), "{out}");
    assert!(out.contains(&format!("IMAP on port {answers}")), "{out}");
}

/// A command may stand in for the connection.
#[tokio::test]
async fn through_a_plugin() {
    let home = Home::new();
    let script = "#!/bin/sh\nprintf '* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] piped\\r\\n'\n\
                  while read -r tag rest; do printf '%s OK\\r\\n' \"$tag\"; done\n";
    let path = home.write("piped", script);
    let plugin = format!("--plugin=/bin/sh {} %h %p", path.display());
    let args = ["probe", "far.example", "--port", "143", &plugin];
    let ended = home.run(program(), &args).await;
    assert_eq!(ended.status, 0, "{ended:#?}");
    assert!(
        ended.out.contains("IMAP on port 143 without encryption"),
        "{ended:#?}"
    );
}

/// The window asks by the same door; ended early, the job tells what it has.
#[tokio::test]
async fn the_job_of_the_engine() {
    let mut stage = Stage::new();
    stage.serve(993, imap(stage.identity())).await;
    stage.serve(143, Script::mute()).await;
    stage.serve(110, Script::new("+OK", &IMAP)).await;
    let home = Home::new();
    let own = home.path().to_owned();
    let env = move |name: &str| (name == "HOME").then(|| own.clone().into_os_string());
    let options = Options {
        source: Source {
            file: File::Text(b"poll x proto imap user u password p\n".to_vec()),
            overrides: Overrides::default(),
            servers: Vec::new(),
            user: "ada".into(),
            is_root: false,
        },
        rhythm: Rhythm::Desktop,
        only_check: false,
        serial: false,
        places: Places::from_env(env, 1000, |_| None).unwrap(),
        program: PathBuf::from(program()),
        world: stage.world(),
        asks: postrider::engine::Asks::Nobody,
        keyring: false,
    };
    let (handle, mut events) = start(&tokio::runtime::Handle::current(), options);
    let id = JobId::new();
    let mut request = Stage::request();
    request.timeout = Duration::from_secs(20);
    let job = Box::new(Job::Probe(request));
    handle.send(Command::Start { id, job });
    let work = async {
        loop {
            match events.recv().await.unwrap() {
                Event::Job {
                    id: of,
                    progress: Progress::Probe(report),
                } if of == id => {
                    let mut rows = report.rows.iter();
                    if rows.any(|row| row.outcome == report::Outcome::Answered) {
                        handle.send(Command::Cancel(id));
                    }
                }
                Event::JobDone { id: of, outcome } if of == id => return outcome,
                _ => {}
            }
        }
    };
    let outcome = timeout(Duration::from_secs(10), work).await.unwrap();
    let Outcome::Probed(report) = outcome else {
        panic!("{outcome:?}");
    };
    let ended = |port| {
        report
            .rows
            .iter()
            .find(|row| row.port == port)
            .unwrap()
            .outcome
            .clone()
    };
    assert_eq!(ended(993), report::Outcome::Answered);
    assert_eq!(ended(143), report::Outcome::Stopped);
    handle.send(Command::Shutdown);
}
