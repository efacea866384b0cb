//! Every way to sign in, with everything shown that `-v -v` shows: never the password.

use std::os::unix::fs::PermissionsExt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::support::home::Ended;
use crate::support::journey::{Journey, PASSWORD, Protocol, Shield, into_maildir};
use crate::support::manner::Manner;

use Protocol::{Imap, Pop3};

/// The password as it may stand in base64 of something longer, whatever stands before it: for
/// each offset the characters that depend on it alone.
fn encoded() -> Vec<String> {
    let encode = |offset: usize| {
        let text = STANDARD_NO_PAD.encode([&b"\0\0"[..offset], PASSWORD.as_bytes()].concat());
        let from = (offset * 8).div_ceil(6);
        let until = (offset + PASSWORD.len()) * 8 / 6;
        text[from..until].to_owned()
    };
    (0..3).map(encode).collect()
}

#[track_caller]
fn assert_secret(ended: &Ended) {
    let shown = format!("{}{}", ended.out, ended.err);
    for form in encoded().iter().map(String::as_str).chain([PASSWORD]) {
        assert!(!shown.contains(form), "{form:?} is shown:\n{shown}");
    }
}

/// Signs in with `auth` at a server of this manner; `says` is what the server must have heard, `shows` what a person
/// sees of it.
async fn signs_in(
    protocol: Protocol,
    shield: Shield,
    auth: &str,
    manner: fn(&mut Manner),
    says: &str,
    shows: &str,
) {
    let journey = Journey::small(1).await;
    journey.server.manner(manner);
    let entry = journey.entry("alpha", protocol, shield, &into_maildir("Mail"));
    journey
        .home
        .rc(&entry.replacen(" port", &format!(" auth {auth} port"), 1));
    let ended = journey.expect(0, &["-v", "-v"]).await;
    assert_eq!(journey.mail("Mail").len(), 1);
    let said = journey.said();
    assert!(
        said.iter().any(|line| line.contains(says)),
        "{says}: {said:#?}"
    );
    assert!(ended.out.contains(shows), "{shows}: {}", ended.out);
    assert_secret(&ended);
}

fn nothing_offered(manner: &mut Manner) {
    manner.mechanisms.clear();
}

fn only_plain(manner: &mut Manner) {
    manner.mechanisms = vec!["PLAIN"];
}

fn only_cram(manner: &mut Manner) {
    manner.mechanisms = vec!["CRAM-MD5"];
}

#[tokio::test]
async fn pop3_user_and_pass() {
    let heard = format!("PASS {PASSWORD}");
    signs_in(
        Pop3,
        Shield::Tls,
        "any",
        nothing_offered,
        &heard,
        "POP3> PASS ••",
    )
    .await;
    signs_in(
        Pop3,
        Shield::StartTls,
        "any",
        nothing_offered,
        &heard,
        "POP3> PASS ••",
    )
    .await;
}

#[tokio::test]
async fn pop3_auth_plain() {
    signs_in(
        Pop3,
        Shield::Tls,
        "any",
        only_plain,
        "AUTH PLAIN",
        "POP3> AUTH PLAIN",
    )
    .await;
}

#[tokio::test]
async fn pop3_cram_md5() {
    let heard = "AUTH CRAM-MD5";
    signs_in(
        Pop3,
        Shield::Plain,
        "cram-md5",
        only_cram,
        heard,
        "POP3> AUTH CRAM-MD5\n",
    )
    .await;
}

#[tokio::test]
async fn pop3_apop() {
    let journey = Journey::small(1).await;
    let entry = journey.entry("alpha", Pop3, Shield::Plain, &into_maildir("Mail"));
    journey.home.rc(&entry.replace("proto pop3", "proto apop"));
    let ended = journey.expect(0, &["-v", "-v"]).await;
    let said = journey.said();
    assert!(
        said.iter().any(|line| line.starts_with("APOP ada ")),
        "{said:#?}"
    );
    let digests = said
        .iter()
        .filter_map(|line| line.strip_prefix("APOP ada "));
    for digest in digests {
        assert!(!ended.out.contains(digest), "{}", ended.out);
    }
    assert_secret(&ended);
}

#[tokio::test]
async fn imap_login() {
    let heard = format!("LOGIN ada {PASSWORD}");
    let journey = Journey::small(1).await;
    journey.server.manner(nothing_offered);
    journey.rc(Imap, Shield::Tls, &into_maildir("Mail"));
    let ended = journey.expect(0, &["-v", "-v"]).await;
    let said = journey.said().join("\n").replace(['"', '\\'], "");
    assert!(said.contains(&heard), "{said}");
    assert!(
        ended.out.contains("IMAP> ") && ended.out.contains(" LOGIN "),
        "{}",
        ended.out
    );
    assert_secret(&ended);
}

#[tokio::test]
async fn imap_authenticate_plain() {
    signs_in(
        Imap,
        Shield::Tls,
        "any",
        only_plain,
        "AUTHENTICATE PLAIN",
        " AUTHENTICATE PLAIN",
    )
    .await;
    let two_steps = |manner: &mut Manner| {
        only_plain(manner);
        manner.modern = false;
    };
    let shows = "AUTHENTICATE PLAIN\n";
    signs_in(
        Imap,
        Shield::Tls,
        "any",
        two_steps,
        "AUTHENTICATE PLAIN",
        shows,
    )
    .await;
}

#[tokio::test]
async fn imap_cram_md5() {
    let heard = "AUTHENTICATE CRAM-MD5";
    signs_in(Imap, Shield::Plain, "cram-md5", only_cram, heard, heard).await;
}

/// A refused password is not shown either.
#[tokio::test]
async fn nothing_is_shown_when_it_fails() {
    for protocol in [Pop3, Imap] {
        for offers in [nothing_offered, only_plain, only_cram] {
            let journey = Journey::small(1).await;
            journey.server.store.add_user("ada", "another");
            journey.server.manner(offers);
            journey.rc(protocol, Shield::Tls, &into_maildir("Mail"));
            let ended = journey.expect(3, &["-v", "-v"]).await;
            assert_secret(&ended);
        }
    }
}

#[test]
fn encoded_forms_are_found() {
    for before in 0..7 {
        let whole = STANDARD_NO_PAD.encode(format!("{}{PASSWORD}.", "x".repeat(before)));
        assert!(encoded().iter().any(|form| whole.contains(form)), "{whole}");
    }
}

/// No password in the rc file: the entry of `.netrc` is used, in the open or not; one that others
/// could have written is not.
#[tokio::test]
async fn a_password_from_netrc() {
    let journey = Journey::small(1).await;
    let entry = journey.entry("alpha", Protocol::Imap, Shield::Tls, &into_maildir("Mail"));
    let entry = entry.replace(&format!("password \"{PASSWORD}\""), "");
    journey.home.rc(&entry);
    journey.expect(3, &[]).await;
    let text = format!("machine alpha login ada password '{PASSWORD}'\n");
    let netrc = journey.home.write(".netrc", text);
    let mode = |mode| std::fs::set_permissions(&netrc, PermissionsExt::from_mode(mode)).unwrap();
    mode(0o666);
    let refused = journey.expect(3, &[]).await;
    assert!(
        refused.err.contains("other users can write to it"),
        "{refused:#?}"
    );
    mode(0o644);
    let warned = journey.expect(0, &[]).await;
    assert!(
        warned.err.contains("other users can read it"),
        "{warned:#?}"
    );
    assert_secret(&warned);
    mode(0o600);
    assert_eq!(journey.expect(1, &[]).await.err, "");
    assert_eq!(journey.mail("Mail").len(), 1);
}
