//! Whole reports, as text that was read by a person. To write them anew: `POSTRIDER_UPDATE=1`, then
//! read them again.

use std::fs;

use postrider::engine::api::report_text::{Format, render};
use postrider::probe::report::{Evidence, Outcome, Service, StartTls};
use postrider::probe::run::{Target, certificates};

use super::stage::{HOST, IMAP, POP3, Script, Stage, imap, settled};
use crate::support::ca::{self_signed, server_params};
use crate::tidy::root;

async fn check(stage: &Stage, name: &str) {
    let report = settled(stage.probe(&Stage::request()).await);
    let found = render(&report, Format::Text, true);
    let path = root().join("tests/it/probe").join(name);
    if std::env::var_os("POSTRIDER_UPDATE").is_some() {
        fs::write(&path, &found).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{name} differs:\n{found}");
    said_nothing_secret(stage);
}

/// All that may be said to anybody.
pub(super) fn said_nothing_secret(stage: &Stage) {
    for line in stage.heard() {
        let words: Vec<&str> = line.split(' ').collect();
        let is_known = match words.as_slice() {
            ["CAPA" | "STLS" | "QUIT" | "STARTTLS" | "HELLO"] => true,
            ["EHLO", _] => true,
            [tag, "CAPABILITY" | "STARTTLS" | "LOGOUT"] => tag.starts_with('a'),
            [tag, "ID", rest @ ..] => {
                tag.starts_with('a') && rest.join(" ") == "(\"name\" \"postrider\")"
            }
            _ => false,
        };
        assert!(is_known, "{line}");
    }
}

/// What people hope for.
#[tokio::test]
async fn a_good_host() {
    let mut stage = Stage::new();
    stage.serve(993, imap(stage.identity())).await;
    let pop3 = Script::new("+OK Dovecot ready. <1.2@mail.example.org>", &POP3);
    stage
        .serve(995, pop3.clone().within(stage.identity()))
        .await;
    let starts = ("STARTTLS", "% OK begin\r\n<TLS>");
    let greeting = "* OK [CAPABILITY IMAP4rev1 ID STARTTLS LOGINDISABLED] Dovecot ready.";
    let script = Script::new(greeting, &[starts]).then(stage.identity(), &IMAP);
    stage.serve(143, script).await;
    let clear = [
        ("CAPA", "+OK\r\nCAPA\r\nSTLS\r\n."),
        ("STLS", "+OK begin\r\n<TLS>"),
    ];
    let script = Script::new("+OK Dovecot ready.", &clear).then(stage.identity(), &POP3);
    stage.serve(110, script).await;
    check(&stage, "good.txt").await;
}

/// What somebody in between, or a careless administrator, leaves of it.
#[tokio::test]
async fn a_bad_host() {
    let mut stage = Stage::new();
    let own = self_signed(&server_params(&[HOST]));
    stage.serve(993, imap(own)).await;
    stage
        .serve(995, Script::new("+OK in the clear", &POP3))
        .await;
    let greeting = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready";
    stage.serve(143, Script::new(greeting, &IMAP)).await;
    let clear = [
        ("CAPA", "+OK\r\nUSER\r\nSTLS\r\n."),
        ("STLS", "-ERR not today"),
        ("QUIT", "+OK"),
    ];
    stage
        .serve(110, Script::new("+OK POP3 Server Ready", &clear))
        .await;
    check(&stage, "bad.txt").await;
}

/// Nothing that can be used safely: it is said why.
#[tokio::test]
async fn a_tampered_host() {
    let mut stage = Stage::new();
    let greeting = "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] ready";
    let injects = ("STARTTLS", "% OK begin\r\n* CAPABILITY AUTH=EVIL\r\n");
    stage.serve(143, Script::new(greeting, &[injects])).await;
    stage
        .serve(
            993,
            Script::new("* PREAUTH [CAPABILITY IMAP4rev1] hello", &IMAP).within(stage.identity()),
        )
        .await;
    stage
        .serve(110, Script::new("-ERR [SYS/TEMP] go away", &[]))
        .await;
    check(&stage, "tampered.txt").await;
}

#[tokio::test]
async fn a_name_that_does_not_exist() {
    let mut stage = Stage::new();
    stage.serve(993, Script::mute()).await;
    let mut request = Stage::request();
    request.host = "nowhere.example".to_owned();
    let report = stage.probe(&request).await;
    assert!(render(&report, Format::Text, true).contains("no server called nowhere.example"));
}

/// Ports of any number are told by their greeting, with TLS or without.
#[tokio::test]
async fn other_ports_are_told_by_their_greeting() {
    let mut stage = Stage::new();
    let smtp = [
        ("EHLO", "250-mx\r\n250-STARTTLS\r\n250 ETRN"),
        ("STARTTLS", "454 no"),
        ("QUIT", "221 bye"),
    ];
    let all = [
        (
            1143,
            Script::new("* OK [CAPABILITY IMAP4rev1] x", &IMAP),
            Service::Imap,
        ),
        (1110, Script::new("+OK x", &POP3), Service::Pop3),
        (1025, Script::new("220 mx ESMTP", &smtp), Service::Smtp),
        (1993, imap(stage.identity()), Service::Imaps),
        (
            1995,
            Script::new("+OK x", &POP3).within(stage.identity()),
            Service::Pop3s,
        ),
    ];
    for (port, script, _) in &all {
        stage.serve(*port, script.clone()).await;
    }
    let mut request = Stage::request();
    (request.only_ports, request.ports) = (true, all.iter().map(|(port, ..)| *port).collect());
    request.timeout = std::time::Duration::from_secs(10);
    let report = stage.probe(&request).await;
    for ((port, _, service), row) in all.iter().zip(&report.rows) {
        assert_eq!((row.port, row.service), (*port, *service), "{row:#?}");
        assert_eq!(row.outcome, Outcome::Answered, "{row:#?}");
    }
    assert_eq!(
        report.rows[2].starttls,
        Some(StartTls::Refused("454 no".to_owned()))
    );
    assert_eq!(report.choices[0].candidate.port, 1993);
    said_nothing_secret(&stage);
}

#[tokio::test]
async fn software_is_known_by_what_it_says() {
    let mut stage = Stage::new();
    stage.serve(993, imap(stage.identity())).await;
    let software = stage.row(993).await.software.unwrap();
    assert_eq!(
        (software.name.as_str(), software.by),
        ("Dovecot", Evidence::Said)
    );
    assert_eq!(software.version.as_deref(), Some("2.3.21"));
}

/// For whoever was refused because of a certificate.
#[tokio::test]
async fn certificates_of_one_port() {
    let mut stage = Stage::new();
    let own = || self_signed(&server_params(&[HOST]));
    stage.serve(993, imap(own())).await;
    let starts = ("STARTTLS", "% OK begin\r\n<TLS>");
    let greeting = "* OK [CAPABILITY IMAP4rev1 STARTTLS] ready";
    stage
        .serve(143, Script::new(greeting, &[starts]).then(own(), &IMAP))
        .await;
    stage.serve(110, Script::new("+OK", &POP3)).await;
    let settings = postrider::rc::account::Tls {
        implicit: false,
        proto: None,
        check: true,
        cert_file: None,
        cert_path: None,
        common_name: None,
        fingerprint: None,
        pin_sha256: None,
        key: None,
        cert: None,
    };
    for (port, service, is_shown) in [
        (993, Service::Imaps, true),
        (143, Service::Imap, true),
        (110, Service::Pop3, false),
        (995, Service::Pop3s, false),
    ] {
        let target = Target {
            host: HOST,
            port,
            service,
            tls: &settings,
            plugin: None,
            timeout: std::time::Duration::from_secs(3),
        };
        let shown = certificates(&target, &stage.world()).await;
        assert_eq!(shown.is_some(), is_shown, "{port}");
        if let Some(shown) = shown {
            assert!(shown.problem.is_some());
            assert_eq!(shown.chain[0].names, [HOST]);
        }
    }
    said_nothing_secret(&stage);
}

/// The lines are words that fetchmail knows, and it understands them as they are meant.
#[tokio::test]
async fn fetchmail_reads_the_lines() {
    let mut stage = Stage::new();
    let greeting = "* OK [CAPABILITY IMAP4rev1 STARTTLS] x";
    let starts = ("STARTTLS", "% OK begin\r\n<TLS>");
    let starttls = Script::new(greeting, &[starts]).then(stage.identity(), &IMAP);
    let ways = [
        (993, imap(stage.identity()), "'ssl':TRUE", "'service':None"),
        (1143, starttls, "'sslproto':'tls1.2+'", "'service':'1143'"),
        (
            110,
            Script::new("+OK x", &POP3),
            "'sslproto':''",
            "'service':None",
        ),
    ];
    for (port, script, ..) in &ways {
        stage.serve(*port, script.clone()).await;
    }
    let mut request = Stage::request();
    (request.only_ports, request.ports) = (true, vec![993, 1143, 110]);
    let report = stage.probe(&request).await;
    for (port, _, tls, service) in ways {
        let mut choices = report.choices.iter();
        let choice = choices.find(|one| one.candidate.port == port).unwrap();
        let rc = format!("{} password x\n", choice.rc);
        let home = crate::support::home::Home::new();
        home.rc(&rc);
        let fetchmail = std::path::Path::new("/usr/bin/fetchmail");
        let programs = [crate::support::journey::program(), fetchmail];
        for (n, program) in programs.iter().enumerate() {
            if !program.exists() {
                continue;
            }
            let begin: &[&str] = if n == 0 { &["fetch"] } else { &[] };
            let args = [begin, &["--configdump", "-f", ".fetchmailrc"]].concat();
            let dump = home.run(program, &args).await;
            assert_eq!(dump.status, 0, "{rc}: {dump:#?}");
            let text = dump.out.replace('"', "'");
            for wanted in [
                tls,
                service,
                "'pollname':'mail.example.org'",
                "'remote':'NAME'",
            ] {
                assert!(text.contains(wanted), "{wanted}: {rc}: {text}");
            }
        }
    }
}
