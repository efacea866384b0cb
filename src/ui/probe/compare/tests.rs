use super::super::sample;
use super::*;
use crate::engine::api::job::{Protocol, Security};

#[test]
fn nothing_has_changed() {
    let report = sample::report("mail.example");
    assert_eq!(changes(&report, &report), [] as [&str; 0]);
}

#[test]
fn what_has_changed_is_said() {
    let check = |change: fn(&mut Report), expected: &[&str]| {
        let before = sample::report("mail.example");
        let mut now = before.clone();
        change(&mut now);
        assert_eq!(changes(&before, &now), expected);
    };
    check(
        |now| now.rows[1].outcome = Outcome::TimedOut,
        &["Port 143 of 192.0.2.10, Result: refused before, timed out now."],
    );
    check(|now| now.rows[1].outcome = Outcome::Working, &[]);
    check(
        |now| {
            now.rows[0].after.pop();
            now.rows[0].after.push(sample::capability("MOVE", ""));
        },
        &[
            "Port 993 of 192.0.2.10: it can do MOVE now.",
            "Port 993 of 192.0.2.10: it can no longer do IDLE.",
        ],
    );
    check(
        |now| {
            if let Some(tls) = &mut now.rows[0].tls {
                tls.shown.chain[0].sha256 = "EE".into();
            }
        },
        &["Port 993 of 192.0.2.10, Certificate: AA:BB before, EE now."],
    );
    check(
        |now| now.choices.clear(),
        &["Recommended: IMAP on port 993 with TLS before, nothing now."],
    );
    check(
        |now| {
            now.rows.remove(1);
        },
        &["Port 143 of 192.0.2.10: refused before, not tried now."],
    );
    check(
        |now| now.addresses.clear(),
        &["Addresses: 192.0.2.10 before, nothing now."],
    );
}

#[test]
fn settings_of_accounts() {
    let report = sample::report("mail.example");
    let check = |host: &str, port: u16, security: Security, expected: Option<&str>| {
        let facts = ServerFacts {
            host: host.into(),
            protocol: Some(Protocol::Imap),
            port: Some(port),
            security: Some(security),
        };
        assert_eq!(against(&facts, &report).as_deref(), expected);
    };
    check("other.example", 143, Security::None, None);
    check(
        "MAIL.example",
        993,
        Security::Tls,
        Some("Your file says the same."),
    );
    check(
        "mail.example",
        143,
        Security::None,
        Some(
            "Your file says port 143 without TLS, where nothing answers; port 993 with TLS is offered.",
        ),
    );
    check(
        "mail.example",
        1143,
        Security::StartTls,
        Some("Your file says port 1143 with STARTTLS; port 993 with TLS is offered."),
    );
    // What is as good is nobody's business.
    check("mail.example", 1993, Security::Tls, None);
    let mut silent = report.clone();
    silent.rows.retain(|row| row.outcome == Outcome::Refused);
    let facts = ServerFacts {
        host: "mail.example".into(),
        protocol: Some(Protocol::Imap),
        port: Some(143),
        security: Some(Security::None),
    };
    assert_eq!(against(&facts, &silent), None);
    let open = ServerFacts {
        host: "mail.example".into(),
        ..ServerFacts::default()
    };
    assert_eq!(against(&open, &report), None);
}
