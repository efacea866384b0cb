use std::cmp::Ordering;

use super::super::sample;
use super::*;
use crate::engine::api::job::report::Service;

#[test]
fn cells() {
    let report = sample::report("mail.example");
    let check = |place: usize, column: Column, expected: &str| {
        assert_eq!(column.text(&report.rows[place]), expected, "{column:?}");
    };
    check(0, Column::Port, "993");
    check(0, Column::Address, "192.0.2.10");
    check(0, Column::Service, "IMAP over TLS");
    check(0, Column::Result, "answered");
    check(0, Column::Time, "43 ms, TLS 92 ms");
    check(0, Column::Tls, "1.3, AES-256-GCM");
    check(0, Column::Certificate, "until 1971-02-05");
    check(0, Column::SignIn, "PLAIN, XOAUTH2");
    check(0, Column::Server, "Dovecot 2.3 (it says so)");
    check(1, Column::Result, "refused");
    check(1, Column::Time, "");
    check(1, Column::Tls, "");
    check(1, Column::Server, "");
    check(2, Column::Tls, "1.3, AES-256-GCM after STARTTLS");
    check(2, Column::SignIn, "APOP, no password without TLS");
}

#[test]
fn no_tls_is_said() {
    let check = |starttls: StartTls, expected: &str| {
        let mut row = Row::new(143, Service::Imap, None);
        row.starttls = Some(starttls);
        assert_eq!(Column::Tls.text(&row), expected);
    };
    check(StartTls::NotOffered, "none");
    check(StartTls::Refused("NO".into()), "STARTTLS refused");
    check(StartTls::Failed("x".into()), "STARTTLS failed");
    check(StartTls::Injects, "STARTTLS is unsafe");
    check(StartTls::NotNeeded, "");
}

#[test]
fn order() {
    let report = sample::report("mail.example");
    let check = |column: Column, a: usize, b: usize, expected: Ordering| {
        assert_eq!(
            column.compare(&report.rows[a], &report.rows[b]),
            expected,
            "{column:?}"
        );
    };
    check(Column::Port, 0, 1, Ordering::Greater);
    check(Column::Result, 0, 1, Ordering::Less);
    check(Column::Time, 0, 2, Ordering::Greater);
    // Without a time last, not first.
    check(Column::Time, 1, 0, Ordering::Greater);
    // Equals are told apart by their ports.
    check(Column::Result, 0, 2, Ordering::Greater);
    check(Column::Result, 0, 0, Ordering::Equal);
}

#[test]
fn problems_of_certificates_come_first() {
    let mut report = sample::report("mail.example");
    if let Some(tls) = &mut report.rows[0].tls {
        tls.shown.problem = Some(Problem::SelfSigned);
    }
    assert_eq!(
        Column::Certificate.text(&report.rows[0]),
        "issued by itself"
    );
}

#[test]
fn suites_are_told_by_their_cipher() {
    let check = |name: &str, expected: &str| assert_eq!(suite(name), expected);
    check("TLS13_AES_256_GCM_SHA384", "AES-256-GCM");
    check("TLS13_CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305");
    check("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "AES-128-GCM");
    check("AES-256-GCM", "AES-256-GCM");
    check("", "");
}
