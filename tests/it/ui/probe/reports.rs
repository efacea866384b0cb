//! Reports of good, bad and hostile servers.

use std::net::IpAddr;
use std::time::Duration;

use postrider::engine::api::job::found::{Found, Progress as Step, State, Step as Kind};
use postrider::engine::api::job::report::*;
use postrider::engine::api::job::{Candidate, Method, Protocol, Security, Source, UserForm};

use crate::ui::sample::{ago, ahead};

/// Text that would show if anything took it for markup, and text that writes backwards.
pub const HOSTILE: &str = "<b>&\" \u{202e}backwards\u{202c} <i>";

pub fn address(last: u8) -> Option<IpAddr> {
    Some(IpAddr::from([192, 0, 2, last]))
}

fn words(list: &[(&str, &str)]) -> Vec<Capability> {
    let made = |(word, meaning): &(&str, &str)| Capability {
        word: (*word).into(),
        meaning: (*meaning).into(),
    };
    list.iter().map(made).collect()
}

pub fn certificate(subject: &str, issuer: &str) -> Certificate {
    Certificate {
        subject: subject.into(),
        issuer: issuer.into(),
        names: vec![subject.into(), "imap.example.org".into()],
        from: Some(ago(8_000_000)),
        until: Some(ahead(8_000_000)),
        key: "ECDSA P-256".into(),
        signature: "SHA256-RSA".into(),
        sha256: ["AB"; 32].join(":"),
        md5: ["CD"; 16].join(":"),
        der: Vec::new(),
    }
}

pub fn tls(problem: Option<Problem>) -> Tls {
    let version = |name, is_taken, is_weak| Version {
        name,
        is_taken: Some(is_taken),
        is_weak,
    };
    Tls {
        version: "TLS 1.3".into(),
        cipher: "TLS13_AES_256_GCM_SHA384".into(),
        alpn: Some("imap".into()),
        versions: vec![
            version("TLS 1.0", true, true),
            version("TLS 1.1", true, true),
            version("TLS 1.2", true, false),
            version("TLS 1.3", true, false),
        ],
        shown: Shown {
            chain: vec![
                certificate("mail.example.org", "Example Intermediate R3"),
                certificate("Example Intermediate R3", "Example Root X1"),
            ],
            is_chain_trusted: problem.is_none(),
            problem,
        },
    }
}

fn row(port: u16, service: Service, last: u8, outcome: Outcome) -> Row {
    let mut row = Row::new(port, service, address(last));
    if outcome != Outcome::Waiting {
        row.times.connect = Some(Duration::from_millis(43));
    }
    row.outcome = outcome;
    row
}

pub fn imaps(last: u8) -> Row {
    let mut row = row(993, Service::Imaps, last, Outcome::Answered);
    row.times.tls = Some(Duration::from_millis(92));
    row.times.greeting = Some(Duration::from_millis(12));
    row.greeting = "* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE AUTH=PLAIN] Dovecot ready.".into();
    row.after = words(&[
        ("IMAP4rev1", "The protocol itself"),
        ("IDLE", "Tells of new mail as it comes"),
        ("UIDPLUS", "Deletes exactly the messages meant"),
        ("MOVE", "Moves messages in one step"),
        ("X-OWN", ""),
    ]);
    row.starttls = Some(StartTls::NotNeeded);
    row.tls = Some(tls(None));
    row.mechanisms = vec!["PLAIN".into(), "CRAM-MD5".into(), "XOAUTH2".into()];
    row.software = Some(Software {
        name: "Dovecot".into(),
        version: Some("2.3.19".into()),
        by: Evidence::Said,
    });
    row.advice = vec![Advice {
        server: "Dovecot".into(),
        text: "Servers of this kind have returned only part of a message for TOP. Fetching whole messages avoids it.".into(),
        option: "fetchall".into(),
        reference: "Release notes, 2019".into(),
        is_warning: true,
    }];
    row.lines = vec![
        Line {
            at: Duration::from_millis(43),
            by: Speaker::Note,
            text: "connected".into(),
        },
        Line {
            at: Duration::from_millis(147),
            by: Speaker::Server,
            text: row.greeting.clone(),
        },
        Line {
            at: Duration::from_millis(148),
            by: Speaker::Client,
            text: "a1 CAPABILITY".into(),
        },
    ];
    row
}

fn pop3(last: u8) -> Row {
    let mut row = row(110, Service::Pop3, last, Outcome::Answered);
    row.times.tls = Some(Duration::from_millis(61));
    row.greeting = "+OK POP3 ready <1896.697170952@mail.example.org>".into();
    row.apop = Some(Apop {
        stamp: "<1896.697170952@mail.example.org>".into(),
        is_valid: true,
    });
    row.before = words(&[("STLS", "Can be encrypted"), ("UIDL", "Names that last")]);
    row.after = words(&[
        ("UIDL", "Names that last"),
        ("SASL PLAIN", "Ways to sign in"),
    ]);
    row.starttls = Some(StartTls::Works);
    row.tls = Some(tls(None));
    row.needs_tls = true;
    row.mechanisms = vec!["PLAIN".into()];
    row
}

pub fn choice(protocol: Protocol, port: u16, security: Security) -> Choice {
    let name = match protocol {
        Protocol::Imap => "imap",
        Protocol::Pop3 => "pop3",
    };
    let ssl = match security {
        Security::Tls => "\n    ssl",
        _ => "",
    };
    Choice {
        candidate: Candidate {
            protocol,
            host: "mail.example.org".into(),
            port,
            security,
            methods: vec![Method::Password],
            user: UserForm::Address,
            source: Source::Probe,
            is_weak: false,
        },
        reasons: vec![
            "The line is encrypted from the first octet.".into(),
            "It can tell of new mail as it comes.".into(),
        ],
        drawbacks: vec!["The server also takes TLS 1.0, which is weak.".into()],
        rc: format!("poll mail.example.org proto {name} port {port}{ssl}\n"),
    }
}

/// A good server that is done.
pub fn good() -> Report {
    Report {
        host: "mail.example.org".into(),
        at: ago(60),
        addresses: address(10).into_iter().collect(),
        reverse: Some("mx1.provider.example".into()),
        rows: vec![
            imaps(10),
            row(995, Service::Pop3s, 10, Outcome::Refused),
            row(143, Service::Imap, 10, Outcome::TimedOut),
            pop3(10),
        ],
        choices: vec![
            choice(Protocol::Imap, 993, Security::Tls),
            choice(Protocol::Pop3, 110, Security::StartTls),
        ],
        failure: None,
        is_blocked: false,
        took: Duration::from_millis(4300),
        is_done: true,
    }
}

/// The same as it begins: nothing has answered.
pub fn begun() -> Report {
    let mut report = good();
    report.is_done = false;
    report.choices.clear();
    report.at = ago(5);
    report.rows = [
        (993, Service::Imaps),
        (995, Service::Pop3s),
        (143, Service::Imap),
        (110, Service::Pop3),
    ]
    .into_iter()
    .map(|(port, service)| row(port, service, 10, Outcome::Working))
    .collect();
    report
}

/// The same with half of it found.
pub fn half() -> Report {
    let mut report = begun();
    report.rows[0] = imaps(10);
    report.rows[1] = good().rows[1].clone();
    report
}

pub fn all_with(outcome: Outcome) -> Report {
    let mut report = good();
    report.choices.clear();
    for row in &mut report.rows {
        *row = Row::new(row.port, row.service, row.address);
        row.outcome = outcome.clone();
    }
    report
}

pub fn failed(failure: Failure) -> Report {
    Report {
        rows: Vec::new(),
        choices: Vec::new(),
        addresses: Vec::new(),
        reverse: None,
        failure: Some(failure),
        ..good()
    }
}

pub fn blocked() -> Report {
    Report {
        is_blocked: true,
        ..all_with(Outcome::TimedOut)
    }
}

/// Only without encryption.
pub fn plain() -> Report {
    let mut report = good();
    let mut only = pop3(10);
    only.tls = None;
    only.after.clear();
    only.needs_tls = false;
    only.starttls = Some(StartTls::NotOffered);
    report.rows = vec![only];
    report.choices = vec![choice(Protocol::Pop3, 110, Security::None)];
    report.choices[0].reasons = vec!["Nothing better is offered.".into()];
    report.choices[0].drawbacks =
        vec!["Everything including the password is sent readable.".into()];
    report
}

/// Everything a server may say, said to do harm; two addresses.
pub fn hostile() -> Report {
    let mut report = good();
    let long = format!("{HOSTILE}{}", "x".repeat(1000));
    let mut row = imaps(10);
    row.greeting = long.clone();
    row.outcome = Outcome::Answered;
    row.after = words(&[(HOSTILE, HOSTILE), (&long, &long)]);
    row.mechanisms = vec![HOSTILE.into(), long.clone()];
    row.software = Some(Software {
        name: HOSTILE.into(),
        version: Some(long.clone()),
        by: Evidence::Greeting,
    });
    row.advice[0].text = HOSTILE.into();
    row.advice[0].server = HOSTILE.into();
    row.lines[1].text = long.clone();
    let mut tls = tls(Some(Problem::WrongName {
        wanted: "mail.example.org".into(),
        found: vec![HOSTILE.into(); 40],
    }));
    tls.shown.chain[0].subject = HOSTILE.into();
    tls.shown.chain[0].issuer = long.clone();
    tls.shown.chain[0].names = vec![HOSTILE.into(); 100];
    tls.cipher = long.clone();
    row.tls = Some(tls);
    let mut other = row.clone();
    other.address = address(11);
    other.outcome = Outcome::NotThis(long.clone());
    report.rows = vec![row, other];
    report.addresses = [10, 11].into_iter().filter_map(address).collect();
    report.reverse = Some(HOSTILE.into());
    report.host = format!("{}.example.org", "very-long-host-name.".repeat(11));
    report.choices[0].candidate.host = report.host.clone();
    report.choices[0].reasons = vec![HOSTILE.into(), long];
    report.choices[0].rc = format!("poll {} proto imap\n    ssl\n", report.host);
    report
}

pub fn found() -> Found {
    let step = |step, state| Step {
        step,
        state,
        took: Duration::from_millis(200),
        asked: Vec::new(),
        notes: Vec::new(),
    };
    let candidate = |protocol, host: &str, port, source, is_weak| Candidate {
        protocol,
        host: host.into(),
        port,
        security: Security::Tls,
        methods: vec![Method::Password],
        user: UserForm::Address,
        source,
        is_weak,
    };
    Found {
        domain: "example.org".into(),
        steps: vec![
            step(Kind::BuiltIn, State::Nothing),
            step(Kind::Provider, State::Found(2)),
            step(Kind::Database, State::Skipped),
            step(Kind::Srv, State::Found(1)),
            step(Kind::Mx, State::Skipped),
            step(Kind::Guess, State::Skipped),
        ],
        candidates: vec![
            candidate(
                Protocol::Imap,
                "imap.example.org",
                993,
                Source::Provider(String::new()),
                false,
            ),
            candidate(
                Protocol::Pop3,
                "imap.example.org",
                1995,
                Source::Provider(String::new()),
                false,
            ),
            candidate(
                Protocol::Imap,
                "mail.elsewhere.example",
                993,
                Source::Srv,
                true,
            ),
        ],
        hint: None,
        is_offline: false,
        is_done: true,
    }
}
