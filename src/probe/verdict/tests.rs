use std::time::Duration;

use super::*;
use crate::net::certificate::{Problem, Shown};
use crate::probe::report::{Capability, Tls, Version};
use crate::rc::setup::change::amend;
use crate::rc::setup::write::Basis;
use crate::rc::{Account, AccountId, Surroundings};

fn row(port: u16, service: Service, mechanisms: &str) -> Row {
    let mut row = Row::new(port, service, None);
    row.outcome = Outcome::Answered;
    row.times.connect = Some(Duration::from_millis(1));
    row.starttls = Some(match service {
        Service::Imaps | Service::Pop3s => StartTls::NotNeeded,
        _ => StartTls::NotOffered,
    });
    row.mechanisms = mechanisms.split_whitespace().map(str::to_owned).collect();
    row.before = vec![Capability {
        word: "UIDL".to_owned(),
        meaning: String::new(),
    }];
    row
}

fn protected(mut row: Row, problem: Option<Problem>) -> Row {
    row.tls = Some(Tls {
        version: "TLS 1.3".to_owned(),
        cipher: "X".to_owned(),
        alpn: None,
        versions: Vec::new(),
        shown: Shown {
            chain: Vec::new(),
            is_chain_trusted: problem.is_none(),
            problem,
        },
    });
    row
}

fn starttls(row: Row, problem: Option<Problem>) -> Row {
    let mut row = protected(row, problem);
    row.starttls = Some(StartTls::Works);
    row
}

fn report(rows: Vec<Row>) -> Report {
    let mut report = Report {
        host: "mail.example.org".to_owned(),
        at: std::time::SystemTime::UNIX_EPOCH,
        addresses: Vec::new(),
        reverse: None,
        rows,
        choices: Vec::new(),
        failure: None,
        is_blocked: false,
        took: Duration::ZERO,
        is_done: true,
    };
    conclude(&mut report);
    report
}

fn ports(rows: Vec<Row>) -> Vec<u16> {
    let choices = report(rows).choices;
    choices.iter().map(|one| one.candidate.port).collect()
}

use Service::{Imap, Imaps, Pop2, Pop3, Pop3s, Smtp, Unknown};

#[test]
fn from_the_best() {
    let all = || {
        vec![
            row(110, Pop3, "USER"),
            row(143, Imap, "LOGIN"),
            starttls(row(1110, Pop3, "USER"), None),
            starttls(row(1143, Imap, "LOGIN"), None),
            protected(row(995, Pop3s, "USER"), None),
            protected(row(993, Imaps, "LOGIN"), None),
        ]
    };
    assert_eq!(ports(all()), [993, 995, 1143, 1110, 143, 110]);
    // A bad certificate: below every good one, above the clear.
    let mut rows = all();
    rows[5] = protected(row(993, Imaps, "LOGIN"), Some(Problem::SelfSigned));
    assert_eq!(ports(rows), [995, 1143, 1110, 993, 143, 110]);
    // The usual port goes before others.
    let rows = vec![
        protected(row(4993, Imaps, "LOGIN"), None),
        protected(row(993, Imaps, "LOGIN"), None),
    ];
    assert_eq!(ports(rows), [993, 4993]);
}

/// Whatever is found, nothing in the clear goes before anything protected.
#[test]
fn clear_text_is_never_above() {
    let problems = [
        None,
        Some(Problem::SelfSigned),
        Some(Problem::NotPinned),
        Some(Problem::Purpose),
    ];
    for problem in problems {
        for (clear, safe) in [(Imap, Imaps), (Imap, Pop3s), (Pop3, Imaps), (Pop3, Pop3s)] {
            let rows = vec![
                row(1, clear, "X"),
                protected(row(2, safe, "X"), problem.clone()),
            ];
            assert_eq!(ports(rows), [2, 1], "{problem:?}");
            let rows = vec![
                row(1, clear, "X"),
                starttls(row(2, Pop3, "X"), problem.clone()),
            ];
            assert_eq!(ports(rows), [2, 1], "{problem:?}");
        }
    }
}

#[test]
fn what_is_no_way() {
    let check = |row: Row| assert_eq!(ports(vec![row]), [] as [u16; 0]);
    check(row(109, Pop2, ""));
    check(row(25, Smtp, "PLAIN"));
    check(row(1, Unknown, ""));
    check(row(143, Imap, "")); // Nobody can sign in: PREAUTH.
    let change = |change: fn(&mut Row)| {
        let mut row = row(143, Imap, "LOGIN");
        change(&mut row);
        row
    };
    check(change(|row| row.needs_tls = true));
    check(change(|row| row.starttls = Some(StartTls::Injects)));
    check(change(|row| row.outcome = Outcome::TimedOut));
    check(change(|row| row.outcome = Outcome::Stopped));
    check(change(|row| {
        row.outcome = Outcome::NotThis("* BYE".to_owned())
    }));
    // TLS from the first byte that did not come about.
    check(row(993, Imaps, "LOGIN"));
}

#[test]
fn one_choice_a_port() {
    let mut bad = protected(row(993, Imaps, "LOGIN"), Some(Problem::SelfSigned));
    bad.mechanisms.push("PLAIN".to_owned());
    let report = report(vec![bad, protected(row(993, Imaps, "LOGIN"), None)]);
    assert_eq!(report.choices.len(), 1);
    assert!(!report.choices[0].candidate.is_weak);
}

#[test]
fn weak_ways_say_why() {
    let check = |row: Row, is_weak: bool, drawback: &str| {
        let choice = report(vec![row]).choices.remove(0);
        assert_eq!(choice.candidate.is_weak, is_weak);
        let all = choice.drawbacks.join("|");
        assert!(all.contains(drawback), "{drawback}: {all}");
        assert!(!choice.reasons.is_empty());
    };
    check(row(110, Pop3, "USER"), true, "sent readable");
    let mut refused = row(110, Pop3, "USER");
    refused.starttls = Some(StartTls::Refused("-ERR".to_owned()));
    check(refused, true, "offered and refused");
    let of = |problem| protected(row(995, Pop3s, "USER"), Some(problem));
    check(
        of(Problem::SelfSigned),
        true,
        "signed its certificate itself",
    );
    check(
        of(Problem::UnknownIssuer("Nobody".to_owned())),
        true,
        "“Nobody”",
    );
    let wrong = Problem::WrongName {
        wanted: "mail.example.org".to_owned(),
        found: vec!["x".to_owned()],
    };
    check(of(wrong), true, "another server than “mail.example.org”");
    let mut old = protected(row(993, Imaps, "XOAUTH2"), None);
    if let Some(tls) = &mut old.tls {
        tls.versions = vec![Version {
            name: "TLS 1.0",
            is_taken: Some(true),
            is_weak: true,
        }];
    }
    check(old.clone(), false, "TLS 1.0");
    check(old, false, "takes no password");
    let mut poor = protected(row(995, Pop3s, "USER"), None);
    poor.before[0].word = "TOP".to_owned();
    check(poor, false, "no names that last");
}

#[test]
fn lines_of_a_file() {
    let check = |host: &str, row: Row, expected: &str| {
        let mut all = report(vec![row]);
        all.host = host.to_owned();
        conclude(&mut all);
        assert_eq!(all.choices[0].rc, expected);
    };
    let tls = || protected(row(993, Imaps, "LOGIN"), None);
    check(
        "mail.example.org",
        tls(),
        "poll mail.example.org protocol IMAP\n    user \"NAME\" ssl",
    );
    check(
        "[2001:db8::1]",
        tls(),
        "poll \"2001:db8::1\" protocol IMAP\n    user \"NAME\" ssl",
    );
    check(
        "poll",
        tls(),
        "poll \"poll\" protocol IMAP\n    user \"NAME\" ssl",
    );
    check(
        "mail.example.org",
        starttls(row(1110, Pop3, "USER"), None),
        "poll mail.example.org protocol POP3 service 1110\n    user \"NAME\" sslproto \"tls1.2+\"",
    );
    check(
        "mail.example.org",
        row(143, Imap, "LOGIN"),
        "poll mail.example.org protocol IMAP\n    user \"NAME\" sslproto \"\"",
    );
}

fn amended(rc: &str, options: &[(String, Option<String>)]) -> Account {
    let around = Surroundings::default();
    let basis = Basis {
        rc: rc.as_bytes(),
        local: "",
        rc_name: None,
        around: &around,
    };
    let id = AccountId {
        label: "mail.example.org".into(),
        user: "NAME".into(),
        ordinal: 0,
    };
    match amend(&id, options, &basis) {
        Ok(changed) => changed.plan.account,
        Err(e) => panic!("{e:?}"),
    }
}

/// What is shown to be written and what is written for an account that is there mean the same.
#[test]
fn options_say_what_the_lines_say() {
    let rows = [
        protected(row(993, Imaps, "LOGIN"), None),
        protected(row(1993, Imaps, "LOGIN"), None),
        starttls(row(110, Pop3, "USER"), None),
        starttls(row(1143, Imap, "LOGIN"), None),
        row(143, Imap, "LOGIN"),
    ];
    for row in rows {
        let mut all = report(vec![row]);
        all.host = "mail.example.org".to_owned();
        conclude(&mut all);
        let choice = &all.choices[0];
        for before in [
            "poll mail.example.org proto pop3 service 1 user NAME ssl sslproto ''\n",
            "poll mail.example.org user NAME\n",
        ] {
            let options = options(&choice.candidate, "MAIL.example.org");
            let after = amended(before, &options);
            let shown = amended(&format!("{}\n", choice.rc), &[]);
            let told = |a: &Account| {
                // With TLS from the first octet it says only which versions are good enough.
                let versions = a.tls.proto.as_ref().filter(|_| !a.tls.implicit);
                let service = &a.service;
                format!(
                    "{} {:?} {service:?} {} {versions:?}",
                    a.host, a.protocol, a.tls.implicit
                )
            };
            assert_eq!(told(&after), told(&shown), "{}", choice.rc);
        }
    }
}

#[test]
fn a_network_that_blocks() {
    let check = |rows: &[(u16, Outcome)], expected: bool| {
        let rows: Vec<Row> = rows
            .iter()
            .map(|(port, outcome)| {
                let mut row = Row::new(*port, Imap, None);
                row.outcome = outcome.clone();
                row
            })
            .collect();
        assert_eq!(is_blocked(&rows), expected);
    };
    use Outcome::{Answered, Refused, TimedOut};
    check(&[], false);
    check(&[(993, TimedOut)], false);
    check(&[(993, TimedOut), (993, TimedOut)], false);
    check(&[(993, TimedOut), (995, TimedOut)], true);
    check(&[(993, TimedOut), (995, TimedOut), (143, Refused)], false);
    check(&[(993, TimedOut), (995, TimedOut), (143, Answered)], false);
    let silent = {
        // Connected, then silence: it is not the network.
        let mut row = row(143, Imap, "");
        row.outcome = TimedOut;
        row
    };
    let mut dead = Row::new(993, Imaps, None);
    dead.outcome = TimedOut;
    let mut other = dead.clone();
    other.port = 995;
    assert!(!is_blocked(&[silent, dead, other]));
}

#[test]
fn usable() {
    assert!(!is_usable(&report(vec![row(109, Pop2, "")])));
    assert!(is_usable(&report(vec![row(587, Smtp, "")])));
    assert!(is_usable(&report(vec![row(143, Imap, "LOGIN")])));
}
