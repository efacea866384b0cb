//! `accounts.toml` binds the command line: what its safety keys say is done, and where it cannot be
//! read nothing is polled in its place.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::journey::{BOTH, Journey, PASSWORD, Protocol, Shield, into_maildir};

const FILE: &str = ".config/postrider/accounts.toml";

/// Writes the file with one entry for the account `ada@alpha`.
fn keys(journey: &Journey, keys: &str) {
    let head = "[[account]]\nlabel = \"alpha\"\nuser = \"ada\"\n";
    journey.home.write(FILE, format!("{head}{keys}\n"));
}

/// Nothing on the server is fetched, marked or deleted, and no record begins.
#[tokio::test]
async fn a_watched_account_is_only_looked_at() {
    for protocol in BOTH {
        let journey = Journey::small(3).await;
        let more = format!("fetchall flush {}", into_maildir("Mail"));
        journey.rc(protocol, Shield::Tls, &more);
        keys(&journey, "watch = true");
        for _ in 0..2 {
            let ended = journey.expect(0, &[]).await;
            assert!(ended.err.contains("3 messages wait for ada"), "{ended:#?}");
        }
        assert_eq!((journey.left(), journey.mail("Mail").len()), (3, 0));
        let changing = ["STORE", "DELE", "EXPUNGE", "RETR", "TOP", "SELECT", "BODY"];
        let said = journey.said();
        let told = said
            .iter()
            .find(|line| changing.iter().any(|word| line.contains(word)));
        assert_eq!(told, None);
        keys(&journey, "watch = false");
        let more = into_maildir("Mail");
        journey.rc(protocol, Shield::Tls, &more);
        journey.expect(0, &[]).await;
        assert_eq!((journey.left(), journey.mail("Mail").len()), (0, 3));
    }
}

#[tokio::test]
async fn another_certificate_gets_no_secret() {
    for (protocol, shield) in [
        (Protocol::Pop3, Shield::Tls),
        (Protocol::Imap, Shield::StartTls),
    ] {
        let journey = Journey::small(1).await;
        journey.rc(protocol, shield, &into_maildir("Mail"));
        keys(&journey, &format!("pin_sha256 = \"{}\"", "00".repeat(32)));
        let refused = journey.expect(2, &[]).await;
        let said = journey.said().join("\n");
        assert!(
            !said.contains("USER") && !said.contains("LOGIN") && !said.contains("AUTH"),
            "{said}"
        );
        // The sentence names the certificate that was shown.
        let mut shown = refused
            .err
            .split_whitespace()
            .map(|word| word.trim_matches(['.', ',', '(', ')', '“', '”']));
        let pin = shown.rfind(|word| word.len() == 95).unwrap().to_owned();
        keys(
            &journey,
            &format!("pin_sha256 = \"{}\"", pin.to_lowercase().replace(':', "")),
        );
        journey.expect(0, &[]).await;
        assert_eq!(journey.mail("Mail").len(), 1);
    }
}

#[tokio::test]
async fn a_pin_is_not_passed_over_without_tls() {
    let journey = Journey::small(1).await;
    journey.rc(Protocol::Pop3, Shield::Plain, &into_maildir("Mail"));
    keys(&journey, &format!("pin_sha256 = \"{}\"", "00".repeat(32)));
    let refused = journey.expect(5, &[]).await;
    assert!(refused.err.contains("pin_sha256"), "{refused:#?}");
    assert_eq!(journey.server.connections(), 0);
}

#[tokio::test]
async fn a_password_from_a_command() {
    let journey = Journey::small(1).await;
    let entry = journey.entry("alpha", Protocol::Imap, Shield::Tls, &into_maildir("Mail"));
    journey
        .home
        .rc(&entry.replace(&format!("password \"{PASSWORD}\""), ""));
    journey.home.write(
        ".netrc",
        format!("machine alpha login ada password {PASSWORD}\n"),
    );
    journey
        .home
        .write("secret", format!("{PASSWORD}\nuser: ada\n"));
    // No other source stands in for a command that fails.
    keys(&journey, "password_command = \"cat no-such-file\"");
    let refused = journey.expect(3, &["-v", "-v"]).await;
    assert!(refused.err.contains("exit status: 1"), "{refused:#?}");
    assert_eq!(journey.server.connections(), 0);
    keys(&journey, "password_command = \"cat secret\"");
    let fetched = journey.expect(0, &["-v", "-v"]).await;
    assert!(
        !fetched.out.contains(PASSWORD) && !fetched.err.contains(PASSWORD),
        "{fetched:#?}"
    );
    assert_eq!(journey.mail("Mail").len(), 1);
}

#[tokio::test]
async fn the_sign_in_is_narrowed() {
    let journey = Journey::small(1).await;
    journey.rc(Protocol::Imap, Shield::Tls, &into_maildir("Mail"));
    for keys_ in ["sasl = 'SCRAM-SHA-512'", "sign_in = 'oauth'"] {
        keys(&journey, keys_);
        let refused = journey.expect(5, &[]).await;
        assert!(refused.err.contains("accounts.toml:1:1: "), "{refused:#?}");
        assert_eq!(journey.server.connections(), 0);
    }
    keys(&journey, "sign_in = 'password'\nsasl = 'cram-md5'");
    journey
        .server
        .manner(|m| m.mechanisms = vec!["CRAM-MD5", "PLAIN"]);
    journey.expect(0, &[]).await;
    assert!(
        journey
            .said()
            .iter()
            .any(|line| line.contains("AUTHENTICATE CRAM-MD5"))
    );
}

/// A file that might bind any account stops all; one that cannot be understood about one account
/// stops that one.
#[tokio::test]
async fn what_cannot_be_read_is_not_passed_over() {
    let journey = Journey::small(1).await;
    journey.user("bea", [crate::support::mailbox::Message::numbered(1)]);
    let into = into_maildir("Mail");
    let alpha = journey.entry("alpha", Protocol::Pop3, Shield::Tls, &into);
    let beta = journey.entry_of("bea", "beta", Protocol::Pop3, Shield::Tls, &into);
    journey.home.rc(&format!("{alpha}{beta}"));
    let nothing = async |status: i32, words: &[&str]| {
        let refused = journey.expect(status, &[]).await;
        for word in words {
            assert!(refused.err.contains(word), "{word} in {refused:#?}");
        }
        assert_eq!(journey.server.connections(), 0);
    };
    keys(&journey, "watch = ");
    nothing(5, &["accounts.toml:4:", "TOML"]).await;
    journey.home.write(
        FILE,
        "[[acount]]\nlabel = 'alpha'\nuser = 'ada'\nwatch = true\n",
    );
    nothing(5, &["accounts.toml:1:3: ", "acount"]).await;
    let file = journey.home.write(FILE, "");
    let mode = |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o644);
    nothing(6, &["accounts.toml", "chmod 600"]).await;
    mode(0o000);
    nothing(6, &["accounts.toml", "cannot be read"]).await;
    mode(0o600);
    // A typing error in one account's keys: the other one is polled.
    keys(&journey, "wach = true");
    let ended = journey.fetch(&[]).await;
    assert!(
        ended.err.contains("accounts.toml:4:1: “wach”"),
        "{ended:#?}"
    );
    assert_eq!((journey.left(), journey.mail("Mail").len()), (1, 1));
    // Keys for another rc file, or for nobody, bind nothing; the latter is said.
    journey.home.write(FILE, "[[account]]\nrc = '~/other'\nlabel = 'alpha'\nuser = 'ada'\nwatch = true\n[[account]]\nlabel = 'gamma'\nuser = 'ada'\n");
    let ended = journey.expect(0, &[]).await;
    assert!(
        ended
            .err
            .contains("accounts.toml:6:1: There is no account ada@gamma"),
        "{ended:#?}"
    );
    assert_eq!((journey.left(), journey.mail("Mail").len()), (0, 2));
}

/// The rc file may be named in any way, and one on standard input is `-`.
#[tokio::test]
async fn the_rc_file_is_known_by_all_its_names() {
    let journey = Journey::small(1).await;
    journey.rc(Protocol::Pop3, Shield::Tls, &into_maildir("Mail"));
    let rc = journey.home.path().join(".fetchmailrc");
    let other = journey.home.write("other", fs::read(&rc).unwrap());
    std::os::unix::fs::symlink(&other, journey.home.path().join("link")).unwrap();
    let named = |rc: &str| keys(&journey, &format!("rc = '{rc}'\nwatch = true"));
    for name in ["other", "~/other", other.to_str().unwrap(), "link"] {
        named(name);
        for file in ["other", "./other", "link"] {
            let ended = journey.expect(0, &["-f", file]).await;
            assert!(ended.err.contains("wait"), "{name} {file}: {ended:#?}");
        }
    }
    assert_eq!(journey.left(), 1);
    journey.expect(0, &[]).await;
    assert_eq!(journey.left(), 0);
}
