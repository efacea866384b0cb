//! Names that lead inside: to this computer, to a private network, to nowhere (threats.md A22). What
//! is looked at is the address that would be connected to.

use postrider::net::place::Within;
use postrider::probe::candidate::Source;
use postrider::probe::discover;
use postrider::probe::found::{Found, Step};
use postrider::probe::report::Failure;
use postrider::probe::request::Request;
use postrider::probe::run;
use tokio_util::sync::CancellationToken;

use super::stage::{Reply, Service, Stage, server, settings, ways, words};

const D: &str = "example.org";
const IMAPS: Service = Service::Mail {
    greeting: "* OK ready\r\n",
    list: "* CAPABILITY IMAP4rev1\r\na OK done\r\n",
    is_tls: true,
};
const PAGE: &str = "/mail/config-v1.1.xml";

/// Nothing that no stranger may point to: this computer and what is near it, in all spellings.
const OWN: [&str; 8] = [
    "127.0.0.1",
    "127.0.1.1",
    "0.0.0.0",
    "169.254.169.254",
    "::1",
    "::",
    "fe80::1",
    "::ffff:127.0.0.1",
];
const PRIVATE: [&str; 5] = [
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "fd00::1",
];

/// Whether anything was sent to a host, or it was connected to at all.
fn was_reached(stage: &Stage, host: &str) -> bool {
    let peers = stage.tape.peers();
    peers.iter().any(|it| it.starts_with(&format!("{host}:")))
}

/// A page, a record or a guess that leads there: the sentence is about host and address.
fn is_told(found: &Found, step: Step, host: &str, address: &str) {
    let words = words(found, step);
    let shown: std::net::IpAddr = address.parse().unwrap();
    assert!(words.contains(host), "{host} {address}: {words}");
    assert!(
        words.contains(&shown.to_string()),
        "{host} {address}: {words}"
    );
    assert!(words.contains("by hand"), "{words}");
}

#[tokio::test]
async fn a_settings_page_may_not_be_inside() {
    for (address, is_own) in all() {
        // The page of the domain itself, and a redirect to somebody else.
        let mut stage = quiet();
        let web = Service::Web(vec![(
            PAGE.to_owned(),
            Reply::xml(&settings("mail.example.org")),
        )]);
        stage.serve("autoconfig.example.org", 443, web).await;
        stage.face("autoconfig.example.org", address);
        let found = stage.find(D).await;
        assert_eq!(found.candidates.is_empty(), is_own, "{address}: {found:#?}");
        assert_eq!(was_reached(&stage, "autoconfig.example.org"), !is_own);
        if is_own {
            is_told(&found, Step::Provider, "autoconfig.example.org", address);
        }
        let mut stage = quiet();
        stage
            .autoconfig(D, Reply::redirect("https://inside.example.net/x"))
            .await;
        let page = Reply::xml(&settings("mail.example.org"));
        let web = Service::Web(vec![("/x".to_owned(), page)]);
        stage.serve("inside.example.net", 443, web).await;
        stage.face("inside.example.net", address);
        let found = stage.find(D).await;
        assert!(found.candidates.is_empty(), "{address}: {found:#?}");
        assert!(!was_reached(&stage, "inside.example.net"), "{address}");
        is_told(&found, Step::Provider, "inside.example.net", address);
    }
}

#[tokio::test]
async fn what_a_page_names_may_not_be_inside() {
    for (address, is_own) in all() {
        for (host, is_foreign) in [("mail.example.org", false), ("mail.example.net", true)] {
            let mut stage = quiet();
            stage.autoconfig(D, Reply::xml(&settings(host))).await;
            stage.serve(host, 993, IMAPS).await;
            stage.face(host, address);
            let found = stage.find(D).await;
            let is_refused = is_own || is_foreign;
            assert_eq!(found.candidates.is_empty(), is_refused, "{host} {address}");
            if is_refused {
                is_told(&found, Step::Provider, host, address);
            }
            assert!(!was_reached(&stage, host));
        }
    }
}

#[tokio::test]
async fn what_a_record_names_may_not_be_inside() {
    for (address, is_own) in all() {
        for (host, is_foreign) in [("mail.example.org", false), ("mail.example.net", true)] {
            let mut stage = quiet();
            let target = format!("{host}.");
            stage
                .names
                .srv("_imaps._tcp.example.org", [0, 0, 993], &target);
            stage.serve(host, 993, IMAPS).await;
            stage.face(host, address);
            let found = stage.find(D).await;
            let is_refused = is_own || is_foreign;
            assert_eq!(found.candidates.is_empty(), is_refused, "{host} {address}");
            if is_refused {
                is_told(&found, Step::Srv, host, address);
            }
            assert!(!was_reached(&stage, host));
        }
    }
}

#[tokio::test]
async fn the_domain_of_an_exchanger_may_not_be_inside() {
    for (address, _) in all() {
        let mut stage = quiet();
        stage.names.mx(D, 10, "mx.host.example.");
        let page = Reply::xml(&settings("imap.host.example"));
        stage.autoconfig("host.example", page).await;
        stage.face("autoconfig.host.example", address);
        let found = stage.find(D).await;
        assert!(found.candidates.is_empty(), "{address}: {found:#?}");
        assert!(!was_reached(&stage, "autoconfig.host.example"));
        is_told(&found, Step::Mx, "autoconfig.host.example", address);
    }
}

/// Only the domain's own names are guessed, so private networks are as good as any.
#[tokio::test]
async fn guesses_may_not_be_this_computer() {
    for (address, is_own) in all() {
        let mut stage = Stage::new();
        stage.serve("imap.example.org", 993, IMAPS).await;
        stage.face("imap.example.org", address);
        let found = stage.find(D).await;
        assert_eq!(found.candidates.is_empty(), is_own, "{address}");
        assert_eq!(was_reached(&stage, "imap.example.org"), !is_own);
        if is_own {
            is_told(&found, Step::Guess, "imap.example.org", address);
        }
    }
}

/// A name with several addresses leads to those that are left.
#[tokio::test]
async fn addresses_are_looked_at_one_by_one() {
    let mut stage = Stage::new();
    stage.serve("imap.example.org", 993, IMAPS).await;
    let elsewhere = stage.also("imap.example.org", 993).await;
    stage.face_at(elsewhere, "127.0.0.1");
    let found = stage.find(D).await;
    assert_eq!(ways(&found), ["Imap imap.example.org 993 Tls weak"]);
    assert!(!was_reached(&stage, "trap"), "{:?}", stage.tape.peers());
}

#[tokio::test]
async fn internal_domains() {
    let mut stage = quiet();
    let page = Reply::xml(&settings("mail.other.local"));
    stage.autoconfig("corp.local", page).await;
    stage.serve("mail.other.local", 993, IMAPS).await;
    stage.face("autoconfig.corp.local", "10.0.0.2");
    stage.face("mail.other.local", "10.0.0.3");
    let found = stage.find("corp.local").await;
    assert_eq!(ways(&found), ["Imap mail.other.local 993 Tls weak"]);
    // By its own name even this computer is meant (hosts(5) says so on many), by others it is not.
    let mut stage = Stage::new();
    stage.serve("box.local", 993, IMAPS).await;
    stage.serve("imap.box.local", 993, IMAPS).await;
    stage.face("box.local", "127.0.1.1");
    stage.face("imap.box.local", "127.0.0.1");
    let found = stage.find("box.local").await;
    assert_eq!(ways(&found), ["Imap box.local 993 Tls weak"]);
    let literal = server("imap", "192.168.1.1", "993", "SSL");
    let mut stage = quiet();
    stage.autoconfig("corp.local", Reply::xml(&literal)).await;
    let found = stage.find("corp.local").await;
    assert_eq!(ways(&found), ["Imap 192.168.1.1 993 Tls weak"]);
}

/// What was found is probed within the same bounds, at the addresses that are connected to; a host
/// that was named by hand is not bounded.
#[tokio::test]
async fn a_probe_is_bounded_by_who_named_the_host() {
    let mut stage = Stage::new();
    stage.serve("mail.example.net", 993, IMAPS).await;
    stage.face("mail.example.net", "127.0.0.1");
    let world = stage.world().await;
    let probe = async |within: Within| {
        let mut request = Request::new("mail.example.net");
        (request.ports, request.only_ports) = (vec![993], true);
        request.within = within;
        let stop = CancellationToken::new();
        run::run(&request, &world, &stop, |_| ()).await
    };
    let report = probe(Within::Public).await;
    let failure = format!("{:?}", report.failure);
    assert!(
        matches!(report.failure, Some(Failure::Settings(_))),
        "{failure}"
    );
    assert!(
        failure.contains("mail.example.net leads to 127.0.0.1"),
        "{failure}"
    );
    assert!(!was_reached(&stage, "mail.example.net"));
    let report = probe(Within::Anywhere).await;
    assert!(report.rows[0].times.connect.is_some());
    assert!(was_reached(&stage, "mail.example.net"));
    // What the command asks for a candidate.
    let mut found = Stage::new();
    found
        .autoconfig(D, Reply::xml(&settings("mail.example.net")))
        .await;
    let mut candidate = found.find(D).await.candidates.remove(0);
    assert_eq!(discover::within(D, &candidate), Ok(Within::Public));
    candidate.host = "mail.example.org".to_owned();
    assert_eq!(discover::within(D, &candidate), Ok(Within::Private));
    candidate.source = Source::BuiltIn("x".to_owned());
    assert_eq!(discover::within(D, &candidate), Ok(Within::Anywhere));
}

/// Every address that is not the internet's, and whether it is this computer's or nobody's.
fn all() -> impl Iterator<Item = (&'static str, bool)> {
    let own = OWN.into_iter().map(|address| (address, true));
    own.chain(PRIVATE.into_iter().map(|address| (address, false)))
}

/// A domain that says it has nothing, so that nothing is guessed and nobody waits.
fn quiet() -> Stage {
    let mut stage = Stage::new();
    for domain in [D, "corp.local"] {
        for service in ["_imap", "_pop3s"] {
            let name = format!("{service}._tcp.{domain}");
            stage.names.srv(&name, [0, 0, 0], ".");
        }
    }
    stage
}
