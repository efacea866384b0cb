//! What leaves this computer: only the domain, only to whom the details name, never over HTTP
//! without TLS.

use postrider::probe::discover::{self, Own};
use postrider::probe::found::Found;

use super::stage::{Reply, Service, Stage, find, settings, wish};

const D: &str = "example.org";

/// A world in which every source is asked to its end and finds nothing, with traps at all ports
/// that must not be touched.
async fn barren() -> Stage {
    let mut stage = Stage::new();
    stage.names.mx(D, 10, "mx1.in.host.example.");
    stage
        .names
        .srv("_imaps._tcp.example.org", [0, 0, 993], "127.0.0.1.");
    let none = Service::Web(Vec::new());
    let hosts = [
        D,
        "autoconfig.example.org",
        "autoconfig.thunderbird.net",
        "autoconfig.host.example",
        "autoconfig.in.host.example",
        "host.example",
        "in.host.example",
        "mx1.in.host.example",
        "mail.example.org",
        "imap.example.org",
        "pop.example.org",
        "pop3.example.org",
        "www.example.org",
    ];
    for host in hosts {
        if host != "autoconfig.host.example" {
            stage.serve(host, 443, none.clone()).await;
        }
        for port in [25, 80, 110, 143, 993, 995, 8080] {
            let mail = Service::Mail {
                greeting: "HTTP/1.1 400 Bad Request\r\n",
                list: "what\r\n",
                is_tls: matches!(port, 993 | 995),
            };
            stage.serve(host, port, mail).await;
        }
    }
    // One redirect, so that another host is on the way.
    stage
        .autoconfig(
            "host.example",
            Reply::redirect("https://host.example/elsewhere.xml"),
        )
        .await;
    stage
}

#[tokio::test]
async fn nobody_learns_more_than_the_domain() {
    let mut stage = barren().await;
    let found = stage.find(D).await;
    assert!(found.candidates.is_empty(), "{found:?}");
    let asked: Vec<&String> = found.steps.iter().flat_map(|it| &it.asked).collect();
    for peer in stage.tape.peers() {
        // DNS: a name that was told, or the mail host of one.
        if let Some(question) = peer.strip_prefix("dns ") {
            let (name, kind) = question.split_once(' ').unwrap();
            assert!(asked.iter().any(|it| *it == name), "{question}: {asked:?}");
            assert!(["15", "33"].contains(&kind), "{question}");
        } else if peer != "dns" {
            let (host, port) = peer.split_once(':').unwrap();
            assert!(asked.iter().any(|it| *it == host), "{peer}: {asked:?}");
            assert!(
                ["443", "993", "995", "143", "110"].contains(&port),
                "{peer}"
            );
        }
    }
    for source in [
        "autoconfig.thunderbird.net:443",
        "example.org:443",
        "imap.example.org:143",
    ] {
        assert!(stage.tape.peers().contains(&source.to_owned()), "{source}");
    }
    for (peer, bytes) in stage.tape.all() {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        for word in [
            "emailaddress",
            "cookie",
            "referer",
            "authorization",
            "login",
        ] {
            assert!(!text.contains(word), "{peer}: {text}");
        }
        if text.contains("get ") {
            assert!(!text.contains('@') && !text.contains('?'), "{peer}: {text}");
        }
    }
    // The recorder does hear what is inside TLS, and the names in front of it.
    let heard = stage.tape.of("autoconfig.example.org:443");
    assert!(
        heard.contains("GET /mail/config-v1.1.xml HTTP/1.1"),
        "{heard}"
    );
    assert!(
        heard.to_lowercase().contains("user-agent: postrider/"),
        "{heard}"
    );
    assert!(
        heard.matches("autoconfig.example.org").count() >= 2,
        "{heard}"
    );
    let heard = stage.tape.of("imap.example.org:143");
    assert!(
        heard.is_empty(),
        "it does not greet, so it hears nothing: {heard}"
    );
}

#[tokio::test]
async fn what_was_found_is_not_connected_to() {
    let mut stage = Stage::new();
    stage
        .autoconfig(D, Reply::xml(&settings("mail.example.org")))
        .await;
    stage.serve("mail.example.org", 993, Service::Mute).await;
    let world = stage.world().await;
    let found = find(&world, &wish(D)).await;
    assert_eq!(found.candidates.len(), 1);
    assert!(
        !stage
            .tape
            .peers()
            .contains(&"mail.example.org:993".to_owned())
    );
}

#[tokio::test]
async fn an_address_is_refused_as_a_domain() {
    let mut stage = barren().await;
    let world = stage.world().await;
    // A front end that forgets to cut it off gets an error, and nothing leaves.
    let wish = wish(&format!("annabelle.lee@{D}"));
    let asked = discover::run(&world, &wish, Own::default(), |_: &Found| {}).await;
    assert!(asked.is_err());
    assert!(stage.tape.all().is_empty());
}
