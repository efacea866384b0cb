//! Reports for the tests of this page.

use std::time::{Duration, SystemTime};

use crate::engine::api::job::report::{
    Apop, Capability, Certificate, Choice, Evidence, Outcome, Report, Row, Service, Shown,
    Software, StartTls, Tls, Version,
};
use crate::engine::api::job::{Candidate, Method, Protocol, Security, Source, UserForm};

/// A server with everything: IMAP and POP3, with TLS and with STARTTLS.
pub(super) fn report(host: &str) -> Report {
    let address = "192.0.2.10".parse().ok();
    let mut imaps = Row::new(993, Service::Imaps, address);
    imaps.outcome = Outcome::Answered;
    imaps.times.connect = Some(Duration::from_millis(43));
    imaps.times.tls = Some(Duration::from_millis(92));
    imaps.greeting = "* OK ready".into();
    imaps.after = vec![
        capability("IMAP4rev1", ""),
        capability("IDLE", "tells of new mail"),
    ];
    imaps.starttls = Some(StartTls::NotNeeded);
    imaps.tls = Some(tls());
    imaps.mechanisms = vec!["PLAIN".into(), "XOAUTH2".into()];
    imaps.software = Some(Software {
        name: "Dovecot".into(),
        version: Some("2.3".into()),
        by: Evidence::Said,
    });
    let mut pop3 = Row::new(110, Service::Pop3, address);
    pop3.outcome = Outcome::Answered;
    pop3.times.connect = Some(Duration::from_millis(7));
    pop3.greeting = "+OK <1.2@mail.example> hello".into();
    pop3.apop = Some(Apop {
        stamp: "<1.2@mail.example>".into(),
        is_valid: true,
    });
    pop3.before = vec![capability("STLS", ""), capability("UIDL", "")];
    pop3.after = vec![capability("UIDL", ""), capability("SASL", "")];
    pop3.starttls = Some(StartTls::Works);
    pop3.tls = Some(tls());
    pop3.needs_tls = true;
    let mut refused = Row::new(143, Service::Imap, address);
    refused.outcome = Outcome::Refused;
    Report {
        host: host.into(),
        at: SystemTime::UNIX_EPOCH,
        addresses: address.into_iter().collect(),
        reverse: Some("mx.example".into()),
        rows: vec![imaps, refused, pop3],
        choices: vec![choice(host, Protocol::Imap, 993, Security::Tls)],
        failure: None,
        is_blocked: false,
        took: Duration::from_millis(310),
        is_done: true,
    }
}

/// A word and its meaning.
pub(super) fn capability(word: &str, meaning: &str) -> Capability {
    Capability {
        word: word.into(),
        meaning: meaning.into(),
    }
}

/// A way to the mailbox.
pub(super) fn choice(host: &str, protocol: Protocol, port: u16, security: Security) -> Choice {
    Choice {
        candidate: Candidate {
            protocol,
            host: host.into(),
            port,
            security,
            methods: vec![Method::Password],
            user: UserForm::Address,
            source: Source::Probe,
            is_weak: false,
        },
        reasons: vec!["It is encrypted.".into()],
        drawbacks: vec!["It is far away.".into()],
        rc: format!("poll {host} proto imap\n  ssl\n"),
    }
}

/// TLS 1.3 with one certificate.
pub(super) fn tls() -> Tls {
    let version = |name, is_taken, is_weak| Version {
        name,
        is_taken: Some(is_taken),
        is_weak,
    };
    Tls {
        version: "TLS 1.3".into(),
        cipher: "AES-256-GCM".into(),
        alpn: Some("imap".into()),
        versions: vec![
            version("TLS 1.0", true, true),
            version("TLS 1.1", false, true),
            version("TLS 1.2", true, false),
            version("TLS 1.3", true, false),
        ],
        shown: Shown {
            chain: vec![Certificate {
                subject: "mail.example".into(),
                issuer: "Example CA".into(),
                names: vec!["mail.example".into()],
                from: None,
                until: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(86_400 * 400 + 43_200)),
                key: "RSA 2048".into(),
                signature: "SHA256-RSA".into(),
                sha256: "AA:BB".into(),
                md5: "CC:DD".into(),
                der: Vec::new(),
            }],
            problem: None,
            is_chain_trusted: true,
        },
    }
}
