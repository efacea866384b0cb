//! Which listener is won, and how: hello, TLS, sign-in.

use std::path::Path;

use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls_pki_types::PrivatePkcs8KeyDer;

use super::*;
use crate::base::Secret;
use crate::net::tls;
use crate::proto::Credentials;
use crate::rc::account::Tls;

#[tokio::test(start_paused = true)]
async fn the_hunt_goes_on_to_the_next_host() {
    let rig = Rig::with(&["dead1", "dead2/26", "mx.test/2525"], settings(), good);
    assert!(rig.message(1, "one\r\n").await);
    let (seen, log) = rig.end().await;
    expect(&seen, &[(1, "delivered")]);
    let log = log.lock().unwrap();
    assert_eq!(log.dialled, ["dead1", "dead2/26", "mx.test/2525"]);
}

#[tokio::test(start_paused = true)]
async fn nobody_listening_defers_and_ends() {
    let rig = Rig::with(&["dead", "full"], settings(), |_| {
        Some("554 go away\r\n".into())
    });
    rig.message(1, "one\r\n").await;
    rig.message(2, "two\r\n").await;
    let (seen, _) = rig.end().await;
    let down = "dead: cannot connect to dead port 25: refused; full: 554 go away";
    expect(&seen, &[(1, "deferred 0"), (2, "deferred 0"), (0, down)]);
}

#[tokio::test(start_paused = true)]
async fn helo_on_a_new_connection() {
    let rig = Rig::new(|command| match command {
        "EHLO me.test" => None,
        _ => good(command),
    });
    assert!(rig.message(1, "one\r\n").await);
    let (seen, log) = rig.end().await;
    expect(&seen, &[(1, "delivered")]);
    assert_eq!(log.lock().unwrap().commands[1], "HELO me.test");
}

/// Refusals before the first message.
#[tokio::test(start_paused = true)]
async fn refused_at_the_door() {
    for (verb, answer) in [
        ("", "421 busy"),
        ("", "451 later"),
        ("", "554 no"),
        ("EHLO", "421 busy"),
        ("EHLO", "451 later"),
        ("HELO", "550 no"),
    ] {
        let rig = Rig::new(move |command| {
            let said = command.split(' ').next();
            if said == Some(verb) {
                return Some(format!("{answer}\r\n"));
            }
            if verb == "HELO" && said == Some("EHLO") {
                return Some("502 what?\r\n".to_owned());
            }
            good(command)
        });
        rig.message(1, "one\r\n").await;
        rig.message(2, "two\r\n").await;
        let (seen, log) = rig.end().await;
        let down = format!("mx.test: {answer}");
        expect(&seen, &[(1, "deferred 0"), (2, "deferred 0"), (0, &down)]);
        assert_eq!(log.lock().unwrap().dialled.len(), 1);
    }
}

/// A listener elsewhere that speaks TLS, and what is believed of its certificate.
struct Remote {
    acceptor: Option<TlsAcceptor>,
    directory: tempfile::TempDir,
    is_trusted: bool,
}

impl Remote {
    fn new(is_trusted: bool) -> Self {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["mx.test".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            );
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("pem"), certificate.pem()).unwrap();
        Self {
            acceptor: Some(TlsAcceptor::from(Arc::new(config.unwrap()))),
            directory,
            is_trusted,
        }
    }

    fn setup(&self) -> Arc<tls::Setup> {
        let file = |path: &Path| path.join("pem").display().to_string();
        let settings = Tls {
            check: false,
            cert_file: self.is_trusted.then(|| file(self.directory.path()).into()),
            ..Tls::default()
        };
        tls::Setup::new(&settings).unwrap()
    }

    /// A rig with this listener at `host`; `local` says that it is on this computer.
    fn rig(self, host: &str, settings: Settings, rule: Rule, local: bool) -> Rig {
        let log = Shared::default();
        let kept = log.clone();
        let address = local.then(|| "127.0.0.1:25".parse().unwrap());
        let dial: Dial = Box::new(move |listener, timeout, label| {
            let name = listener.to_string();
            log.lock().unwrap().dialled.push(name.clone());
            let (rule, log) = (rule.clone(), log.clone());
            let (acceptor, tls) = (self.acceptor.clone(), self.setup());
            Box::pin(async move {
                let (near, far) = tokio::io::duplex(1 << 20);
                tokio::spawn(serve_with(Box::new(far), rule, log, acceptor));
                let peer = net::Peer {
                    tls,
                    ..peer(&name, 25, timeout, label)?
                };
                Ok(net::Conn::new(Box::new(near), peer, address))
            })
        });
        Rig::over(&[host], settings, dial, kept)
    }
}

/// Offers these and takes everything.
fn offering(offers: &'static str, auth: &'static str) -> Rule {
    Arc::new(move |command| {
        let verb = command.split(' ').next().unwrap_or_default();
        match verb {
            "EHLO" => Some(format!("250-there\r\n250-PIPELINING\r\n250 {offers}\r\n")),
            "STARTTLS" => Some("220 go\r\n".to_owned()),
            "AUTH" => Some(format!("{auth}\r\n")),
            _ => good(command),
        }
    })
}

fn with_password() -> Settings {
    Settings {
        sign_in: Some(Credentials {
            user: b"tim".to_vec(),
            password: Secret::new("tanstaaftanstaaf"),
        }),
        ..settings()
    }
}

/// What one message to a listener comes to, and the commands before it.
async fn opening(rig: Rig) -> (String, String) {
    rig.message(1, "one\r\n").await;
    let (seen, log) = rig.end().await;
    let log = log.lock().unwrap();
    let before = log.commands.iter().take_while(|c| !c.starts_with("MAIL"));
    let commands: Vec<_> = before.map(String::as_str).collect();
    let outcome = seen.last().map(|(_, o)| o.clone()).unwrap_or_default();
    (commands.join(", "), outcome)
}

const PLAIN: &str = "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm";

#[tokio::test(start_paused = true)]
async fn starttls_where_it_is_offered() {
    let check = async |remote: Remote, rule: Rule, local, expected: &str| {
        let (commands, outcome) = opening(remote.rig("mx.test", settings(), rule, local)).await;
        assert_eq!(
            (commands.as_str(), outcome.as_str()),
            (expected, "delivered")
        );
    };
    let hello = "EHLO me.test";
    let with_tls = "EHLO me.test, STARTTLS, <TLS>, EHLO me.test";
    check(Remote::new(true), offering("STARTTLS", ""), false, with_tls).await;
    // A certificate that nobody vouches for keeps no mail back.
    check(
        Remote::new(false),
        offering("STARTTLS", ""),
        false,
        with_tls,
    )
    .await;
    check(Remote::new(true), offering("SIZE", ""), false, hello).await;
    // What does not leave this computer needs no TLS.
    check(Remote::new(true), offering("STARTTLS", ""), true, hello).await;
    // Refused after it was offered: on in the clear, on this connection.
    let refusing: Rule = Arc::new(|command| match command {
        "STARTTLS" => Some("454 not now\r\n".to_owned()),
        _ => offering("STARTTLS", "")(command),
    });
    let refused = "EHLO me.test, STARTTLS";
    check(Remote::new(true), refusing, false, refused).await;
}

/// Agreed, and then the connection ends, plain text goes on, or nothing comes: another connection,
/// without.
#[tokio::test(start_paused = true)]
async fn a_failed_handshake() {
    for answer in [None, Some("250-there\r\n250 SIZE\r\n"), Some("")] {
        let rule: Rule = Arc::new(move |command| match command {
            "<TLS>" => answer.map(str::to_owned),
            _ => offering("STARTTLS", "")(command),
        });
        let remote = Remote {
            acceptor: None,
            ..Remote::new(true)
        };
        let (commands, outcome) = opening(remote.rig("mx.test", settings(), rule, false)).await;
        assert_eq!(commands, "EHLO me.test, STARTTLS, EHLO me.test");
        assert_eq!(outcome, "delivered");
    }
    // A certificate of another name is none that is trusted with the password, but mail goes.
    let rig = Remote::new(true).rig("mx.other", settings(), offering("STARTTLS", ""), false);
    assert_eq!(opening(rig).await.1, "delivered");
}

/// Answers that lie behind the agreement to start TLS (threats.md A3): that listener is not used.
#[tokio::test(start_paused = true)]
async fn injected_answers() {
    let rule: Rule = Arc::new(|command| match command {
        "STARTTLS" => Some("220 go\r\n250-there\r\n250 AUTH PLAIN\r\n".to_owned()),
        _ => offering("STARTTLS", "235 ok")(command),
    });
    let rig = Remote::new(true).rig("mx.test", with_password(), rule, false);
    let (commands, outcome) = opening(rig).await;
    assert_eq!(commands, "EHLO me.test, STARTTLS");
    assert!(outcome.contains("in the clear"), "{outcome}");
}

#[tokio::test(start_paused = true)]
async fn the_password_goes_over_verified_tls_or_stays_here() {
    let check = async |remote: Remote, host: &str, rule: Rule, local, commands: &str, out: &str| {
        let seen = opening(remote.rig(host, with_password(), rule, local)).await;
        assert_eq!(seen.0, commands);
        assert!(seen.1.contains(out), "{}", seen.1);
    };
    let all = || -> Rule {
        Arc::new(|command| match command.split(' ').next() {
            Some("EHLO" | "LHLO") => {
                Some("250-there\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n".to_owned())
            }
            _ => offering("", "235 ok")(command),
        })
    };
    let tls = "EHLO me.test, STARTTLS, <TLS>, EHLO me.test";
    let signed_in = format!("{tls}, {PLAIN}");
    check(
        Remote::new(true),
        "mx.test",
        all(),
        false,
        &signed_in,
        "delivered",
    )
    .await;
    let refusal = "mx.test: it wants the password itself";
    check(Remote::new(false), "mx.test", all(), false, tls, refusal).await;
    let other = "mx.other: it wants the password itself";
    check(Remote::new(true), "mx.other", all(), false, tls, other).await;
    let here = format!("EHLO me.test, {PLAIN}");
    check(
        Remote::new(false),
        "mx.test",
        all(),
        true,
        &here,
        "delivered",
    )
    .await;
    let here = format!("LHLO me.test, {PLAIN}");
    check(
        Remote::new(false),
        "/run/lmtp",
        all(),
        false,
        &here,
        "delivered",
    )
    .await;
    // Nothing but the clear to be had.
    let auth = || offering("AUTH LOGIN PLAIN", "235 ok");
    check(
        Remote::new(true),
        "mx.test",
        auth(),
        false,
        "EHLO me.test",
        refusal,
    )
    .await;
    // TLS that does not come about does not get the password out of us.
    let remote = Remote {
        acceptor: None,
        ..Remote::new(true)
    };
    let twice = "EHLO me.test, STARTTLS, EHLO me.test";
    check(remote, "mx.test", all(), false, twice, refusal).await;
    // No offer, no sign-in; as with fetchmail.
    let none = offering("SIZE", "");
    check(
        Remote::new(true),
        "mx.test",
        none,
        false,
        "EHLO me.test",
        "delivered",
    )
    .await;
}

/// A refused sign-in makes a listener unusable; the next one may be.
#[tokio::test(start_paused = true)]
async fn a_refused_sign_in() {
    let rule = |command: &str| match command.split(' ').next() {
        Some("AUTH") => Some("535 5.7.8 who?\r\n".to_owned()),
        Some("LHLO") => Some("250-there\r\n250 AUTH PLAIN\r\n".to_owned()),
        _ => good(command),
    };
    let rig = Rig::with(&["/run/lmtp", "mx.test"], with_password(), rule);
    assert!(rig.message(1, "one\r\n").await);
    let (seen, log) = rig.end().await;
    expect(&seen, &[(1, "delivered")]);
    assert_eq!(log.lock().unwrap().dialled, ["/run/lmtp", "mx.test"]);
    let rig = Rig::with(&["/run/lmtp"], with_password(), rule);
    rig.message(1, "one\r\n").await;
    let (seen, _) = rig.end().await;
    let words =
        "/run/lmtp: it refuses the sign-in with esmtpname and esmtppassword: 535 5.7.8 who?";
    expect(&seen, &[(1, "deferred 0"), (0, words)]);
}
