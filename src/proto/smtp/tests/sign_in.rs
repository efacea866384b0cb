//! AUTH.

use super::*;
use crate::base::Secret;
use crate::proto::Credentials;

fn talk(offer: &str, password: &str, is_safe: bool) -> Result<Talk<SignIn>, Error> {
    let credentials = Credentials {
        user: b"tim".to_vec(),
        password: Secret::new(password),
    };
    let opened = opened(Hello::Ehlo, &[offer]);
    SignIn::new(opened, credentials, is_safe).map(Talk::with)
}

/// A sign-in that ends like this; the password never stands in what a transcript shows.
fn check(offer: &str, is_safe: bool, dialogue: &str, expected: Result<(), &str>) {
    let mut t = talk(offer, "tanstaaftanstaaf", is_safe).unwrap();
    t.play(dialogue);
    assert_eq!(t.sent(), "", "{dialogue}");
    for secret in [
        "tanstaaf",
        "dGFuc3RhYWZ0YW5zdGFhZg==",
        "AHRpbQB0YW5",
        "dGltIGI5",
    ] {
        assert!(!t.shown.contains(secret), "{}", t.shown);
    }
    match (t.end, expected) {
        (Some(Ok(())), Ok(())) => {}
        (Some(Err(error)), Err(words)) => {
            assert!(format!("{error}").contains(words), "{error}");
        }
        (end, _) => panic!("{end:?} after {dialogue}"),
    }
}

#[test]
fn each_mechanism() {
    check(
        "AUTH PLAIN LOGIN CRAM-MD5",
        true,
        "C: AUTH CRAM-MD5
         S: 334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+
         C: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw
         S: 235 welcome",
        Ok(()),
    );
    check(
        "AUTH LOGIN PLAIN",
        true,
        "C: AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm
         S: 235-2.7.0 welcome|235 indeed",
        Ok(()),
    );
    check(
        "AUTH LOGIN",
        true,
        "C: AUTH LOGIN
         S: 334 VXNlcm5hbWU6
         C: dGlt
         S: 334 UGFzc3dvcmQ6
         C: dGFuc3RhYWZ0YW5zdGFhZg==
         S: 235 welcome",
        Ok(()),
    );
}

#[test]
fn what_is_not_offered_is_not_done() {
    check("SIZE", true, "", Ok(()));
    check("AUTH GSSAPI", true, "", Ok(()));
    check("AUTH", false, "", Ok(()));
}

/// The password itself is told only where that is safe; a digest may go (threats.md A9).
#[test]
fn in_the_clear() {
    let check = |offer: &str, expected: Option<&str>| {
        let t = talk(offer, "secret", false);
        match (t, expected) {
            (Ok(mut t), Some(command)) => assert_eq!(t.sent(), command),
            (Err(Error::Refused { reason, .. }), None) => assert_eq!(reason, Reason::NoMethod),
            (t, _) => panic!("{offer}: {:?}", t.map(|_| ())),
        }
    };
    check("AUTH PLAIN LOGIN", None);
    check("AUTH LOGIN", None);
    check("AUTH PLAIN CRAM-MD5", Some("AUTH CRAM-MD5|"));
    check("SIZE", Some(""));
    // Once the digest is refused, there is nothing left that may be told.
    let mut t = talk("AUTH PLAIN CRAM-MD5", "secret", false).unwrap();
    t.sent();
    t.hear("535 no\r\n");
    assert!(matches!(
        t.end,
        Some(Err(Error::Refused {
            reason: Reason::SignIn,
            ..
        }))
    ));
}

#[test]
fn refusals() {
    check(
        "AUTH PLAIN",
        true,
        "C: AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm
         S: 535 5.7.8 no",
        Err("535 5.7.8 no"),
    );
    // The next mechanism, and what the last one was told.
    check(
        "AUTH PLAIN LOGIN CRAM-MD5",
        true,
        "C: AUTH CRAM-MD5
         S: 504 no
         C: AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm
         S: 535 no
         C: AUTH LOGIN
         S: 334 VXNlcm5hbWU6
         C: dGlt
         S: 454 not now",
        Err("454 not now"),
    );
    check(
        "AUTH LOGIN CRAM-MD5",
        true,
        "C: AUTH CRAM-MD5
         S: 504 no
         C: AUTH LOGIN
         S: 421 bye",
        Err("421 bye"),
    );
    let mut t = talk("AUTH PLAIN LOGIN", "x", true).unwrap();
    assert_eq!(t.machine.peer_closed(), Err(Error::Closed));
    t.sent();
    t.hear("535 no\r\n");
    assert!(matches!(
        t.machine.peer_closed(),
        Err(Error::Refused {
            reason: Reason::SignIn,
            ..
        })
    ));
}

/// Exchanges that cannot be gone on with are cancelled, so that nothing else is taken for a
/// response (threats.md A10).
#[test]
fn strange_exchanges() {
    check(
        "AUTH LOGIN CRAM-MD5",
        true,
        "C: AUTH CRAM-MD5
         S: 334 ?
         C: *
         S: 501 cancelled
         C: AUTH LOGIN
         S: 334 x
         C: dGlt
         S: 334 x
         C: dGFuc3RhYWZ0YW5zdGFhZg==
         S: 334 more
         C: *
         S: 501 cancelled",
        Err("goes on and on"),
    );
    check(
        "AUTH PLAIN",
        true,
        "C: AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm
         S: 250 ok",
        Err("out of place"),
    );
    check(
        "AUTH CRAM-MD5",
        true,
        "C: AUTH CRAM-MD5
         S: 235 so easy",
        Err("out of place"),
    );
    check(
        "AUTH CRAM-MD5",
        true,
        "C: AUTH CRAM-MD5
         S: 334 ?
         C: *
         S: 235 welcome",
        Err("out of place"),
    );
    check(
        "AUTH CRAM-MD5",
        true,
        "C: AUTH CRAM-MD5
         S: 334 YQ==|235 welcome",
        Err("nobody asked"),
    );
}

#[test]
fn passwords_of_every_kind() {
    // NUL would move the fields of PLAIN.
    let mut t = talk("AUTH PLAIN LOGIN", "a\0b", true).unwrap();
    assert_eq!(t.sent(), "AUTH LOGIN|");
    let t = talk("AUTH PLAIN", "a\0b", true);
    assert!(matches!(t.map(|_| ()), Err(Error::Refused { .. })));
    // Too long for the command: asked for.
    let mut t = talk("AUTH PLAIN", &"x".repeat(500), true).unwrap();
    assert_eq!(t.sent(), "AUTH PLAIN|");
    t.hear("334 \r\n");
    let response = t.sent();
    assert!(response.starts_with("AHRpbQB4eHh4") && response.len() > 600);
    t.hear("235 ok\r\n");
    assert_eq!(t.end, Some(Ok(())));
    assert_eq!(t.shown.matches("••••••").count(), 1);
}
