//! Hostile and broken answers: bounded in time and size, never a server that nobody should use.

use std::sync::Arc;
use std::time::{Duration, Instant};

use postrider::net::http::{Client, Error, LARGEST, Request};
use postrider::net::place::Within;
use postrider::probe::discover::{self, Own};
use postrider::probe::found::{Found, Step};

use super::names::Manner;
use super::stage::{Reply, Service, Stage, server, settings, state, states, ways, wish, words};

const D: &str = "example.org";

/// The provider's page says this: nothing comes of it, in time, and the details have the word.
async fn page(reply: Reply, expected: &str, word: &str) -> Stage {
    let mut stage = Stage::new();
    stage.autoconfig(D, reply).await;
    // Nothing is offered, so nothing is guessed.
    for service in ["_imaps", "_pop3s"] {
        let name = format!("{service}._tcp.{D}");
        stage.names.srv(&name, [0, 0, 0], ".");
    }
    let begin = Instant::now();
    let found = stage.find(D).await;
    assert_eq!(state(&found, Step::Provider), expected, "{found:?}");
    assert!(found.candidates.is_empty(), "{found:?}");
    let words = words(&found, Step::Provider);
    assert!(words.contains(word), "{words}");
    assert!(begin.elapsed() < Duration::from_secs(13));
    stage
}

#[tokio::test]
async fn pages_that_are_no_settings() {
    page(Reply::status("404 Not Found"), "Nothing", "").await;
    page(Reply::status("500 Oops"), "Nothing", "").await;
    page(Reply::status("204 No Content"), "Nothing", "").await;
    let portal = "<!DOCTYPE html><html><body>Welcome to the hotel</body></html>";
    page(Reply::typed("text/html", portal), "Nothing", "web page").await;
    page(Reply::xml(portal), "Nothing", "web page").await;
    page(
        Reply::typed("text/html", &settings("a.org")),
        "Nothing",
        "web page",
    )
    .await;
    page(Reply::xml("{\"json\": true}"), "Nothing", "broken").await;
    page(Reply::xml("<clientConfig/>"), "Nothing", "no provider").await;
    page(
        Reply::Raw(b"SSH-2.0-x\r\n".to_vec()),
        "Failed",
        "no usable answer",
    )
    .await;
    page(Reply::Raw(Vec::new()), "Failed", "no usable answer").await;
    let torn = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<clientConfig>".to_vec();
    page(Reply::Raw(torn), "Failed", "no usable answer").await;
}

#[tokio::test]
async fn bombs() {
    let entities = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">\
        <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;\">]><clientConfig>&c;</clientConfig>";
    page(Reply::xml(entities), "Nothing", "broken").await;
    let external = "<!DOCTYPE x [<!ENTITY a SYSTEM \"https://autoconfig.thunderbird.net/x\">]>\
        <clientConfig>&a;</clientConfig>";
    page(Reply::xml(external), "Nothing", "broken").await;
    let deep = "<a>".repeat(64 * 1024 / 3);
    page(Reply::xml(&deep), "Nothing", "broken").await;
    page(Reply::xml(&"<a/>".repeat(10_000)), "Nothing", "broken").await;
}

#[tokio::test]
async fn answers_without_end() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<clientConfig>".to_owned();
    let junk = b"<x>some text</x>".repeat(64);
    page(Reply::Endless(head, junk.clone()), "Failed", "too long").await;
    page(Reply::xml(&"x".repeat(10 << 20)), "Failed", "too long").await;
    let announced = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_vec();
    page(Reply::Raw(announced), "Failed", "too long").await;
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned();
    let chunk = [b"400\r\n".to_vec(), junk, b"\r\n".to_vec()].concat();
    page(Reply::Endless(chunked, chunk), "Failed", "too long").await;
    let headers = "HTTP/1.1 200 OK\r\n".to_owned();
    page(
        Reply::Endless(headers, b"X-Header: y\r\n".to_vec()),
        "Failed",
        "no usable",
    )
    .await;
    page(Reply::Silent, "Nothing", "").await;
}

#[tokio::test]
async fn redirects() {
    let home = "https://autoconfig.example.org/mail/config-v1.1.xml";
    let stage = page(
        Reply::redirect(home),
        "Failed",
        "from one address to the next",
    )
    .await;
    let asked = stage.tape.of("autoconfig.example.org:443");
    assert_eq!(asked.matches("GET /mail").count(), 6, "{asked}");
    let plain = "http://autoconfig.example.org/mail/config-v1.1.xml";
    page(
        Reply::redirect(plain),
        "Failed",
        "http://autoconfig.example.org",
    )
    .await;
    for bad in [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://u:p@example.org/",
        "ftp://a.org/",
    ] {
        page(Reply::redirect(bad), "Failed", "not safe").await;
    }
    // To another host, and by another host to a relative address.
    let mut stage = Stage::new();
    let there = "https://cdn.example.net/a/b.xml";
    stage.autoconfig(D, Reply::redirect(there)).await;
    let pages = vec![
        ("/a/b.xml".to_owned(), Reply::redirect("../c.xml?d")),
        (
            "/c.xml?d".to_owned(),
            Reply::xml(&settings("mail.example.org")),
        ),
    ];
    stage
        .serve("cdn.example.net", 443, Service::Web(pages))
        .await;
    let found = stage.find(D).await;
    assert_eq!(ways(&found), ["Imap mail.example.org 993 Tls"]);
    assert_eq!(
        found.steps[1].asked,
        [
            "autoconfig.example.org",
            "cdn.example.net",
            "mail.example.org"
        ]
    );
    assert!(
        !stage
            .tape
            .of("cdn.example.net:443")
            .to_lowercase()
            .contains("referer")
    );
}

#[tokio::test]
async fn certificates_are_checked() {
    let good = Service::Web(vec![(
        "/mail/config-v1.1.xml".to_owned(),
        Reply::xml(&settings("evil.example")),
    )]);
    for kind in 0..3 {
        let mut stage = Stage::new();
        let identity = match kind {
            0 => stage.ca.issue(&["other.example.org"]),
            1 => crate::support::ca::Ca::new().issue(&["autoconfig.example.org"]),
            _ => {
                let mut old = crate::support::ca::server_params(&["autoconfig.example.org"]);
                old.not_after = rcgen::date_time_ymd(2021, 1, 1);
                stage.ca.issue_with(old)
            }
        };
        let host = "autoconfig.example.org";
        stage.serve_with(host, 443, good.clone(), identity).await;
        let found = stage.find(D).await;
        assert_eq!(state(&found, Step::Provider), "Failed", "{kind}");
        assert!(words(&found, Step::Provider).contains(host));
        assert!(found.candidates.is_empty());
        assert!(!stage.tape.of("autoconfig.example.org:443").contains("GET"));
    }
}

#[tokio::test]
async fn servers_nobody_should_use() {
    for host in [
        "127.0.0.1",
        "0.0.0.0",
        "::1",
        "[::]",
        "169.254.169.254",
        "localhost",
        "127.1",
    ] {
        page(Reply::xml(&settings(host)), "Nothing", host).await;
    }
    page(Reply::xml(&settings("a b.org")), "Nothing", "no host name").await;
    page(
        Reply::xml(&server("imap", "a.org", "0", "SSL")),
        "Nothing",
        "",
    )
    .await;
    page(
        Reply::xml(&server("imap", "a.org", "70000", "SSL")),
        "Nothing",
        "",
    )
    .await;
    page(
        Reply::xml(&settings("192.168.1.1")),
        "Nothing",
        "192.168.1.1 was named",
    )
    .await;
    let mut stage = Stage::new();
    for target in ["0.0.0.0.", "127.0.0.1.", "localhost."] {
        stage
            .names
            .srv("_imaps._tcp.example.org", [0, 0, 993], target);
    }
    stage
        .names
        .srv("_pop3s._tcp.example.org", [0, 0, 0], "mail.example.org.");
    let found = stage.find(D).await;
    assert_eq!(state(&found, Step::Srv), "Nothing");
    assert!(words(&found, Step::Srv).contains("127.0.0.1"));
    assert!(found.candidates.is_empty());
}

#[tokio::test]
async fn odd_name_servers() {
    let check = async |manner| {
        let mut stage = Stage::new();
        stage.names.manner = manner;
        stage.names.mx(D, 10, "mx.example.org.");
        for service in ["_imaps", "_imap", "_pop3s", "_pop3"] {
            let name = format!("{service}._tcp.{D}");
            stage.names.srv(&name, [0, 0, 993], "mail.example.org.");
        }
        stage.database(&[]).await;
        let begin = Instant::now();
        let found = stage.find(D).await;
        assert_eq!(states(&found)[3..5], ["Failed", "Failed"], "{manner:?}");
        assert!(!found.is_offline);
        assert!(begin.elapsed() < Duration::from_secs(13), "{manner:?}");
    };
    tokio::join!(
        check(Manner::Fails),
        check(Manner::Torn),
        check(Manner::Looped),
        check(Manner::Silent)
    );
}

#[tokio::test]
async fn many_records_and_circles() {
    let mut stage = Stage::new();
    for n in 0..500 {
        let target = format!("host-{n:03}.example.org.");
        stage
            .names
            .srv("_imaps._tcp.example.org", [0, 0, 993], &target);
        stage.names.mx(D, n, &format!("mx{n}.host{n}.example."));
    }
    let found = stage.find(D).await;
    assert_eq!(state(&found, Step::Srv), "Found 20");
    let mut stage = Stage::new();
    stage
        .names
        .cname("_imaps._tcp.example.org", "a.example.org.");
    stage.names.cname("a.example.org", "b.example.org.");
    stage.names.cname("b.example.org", "a.example.org.");
    stage.names.cname(D, "example.org.");
    let begin = Instant::now();
    let found = stage.find(D).await;
    assert!(found.candidates.is_empty());
    assert!(begin.elapsed() < Duration::from_secs(13));
    let questions = stage
        .tape
        .all()
        .iter()
        .filter(|(to, _)| to == "dns")
        .count();
    assert!(questions < 100, "{questions}");
}

#[tokio::test]
async fn everybody_is_silent() {
    let mut stage = Stage::new();
    stage.names.manner = Manner::Silent;
    for host in ["autoconfig.example.org", D, "autoconfig.thunderbird.net"] {
        stage.serve(host, 443, Service::Mute).await;
    }
    let begin = Instant::now();
    let found = stage.find(D).await;
    let took = begin.elapsed();
    assert!(took < Duration::from_secs(12), "{took:?}");
    assert!(found.is_done && found.is_offline);
    assert!(found.steps.iter().all(|it| it.took <= took));
}

#[tokio::test]
async fn guesses_end_in_time() {
    let mut stage = Stage::new();
    for name in ["imap.", "pop.", "pop3.", "mail.", ""] {
        for port in [993, 995, 143, 110] {
            let host = format!("{name}{D}");
            stage.serve(&host, port, Service::Mute).await;
        }
    }
    let begin = Instant::now();
    let found = stage.find(D).await;
    let took = begin.elapsed();
    assert!(took < Duration::from_millis(12_500), "{took:?}");
    assert_eq!(state(&found, Step::Guess), "Nothing");
    let touched = stage.tape.peers();
    assert!(
        touched
            .iter()
            .filter(|it| it.contains("example.org:"))
            .count()
            >= 8
    );
}

#[tokio::test]
async fn dropping_it_ends_everything() {
    let mut stage = Stage::new();
    stage.names.manner = Manner::Silent;
    stage
        .serve("autoconfig.example.org", 443, Service::Mute)
        .await;
    let world = stage.world().await;
    let wish = wish(D);
    {
        let run = discover::run(&world, &wish, Own::default(), |_: &Found| {});
        let ended = tokio::time::timeout(Duration::from_millis(300), run).await;
        assert!(ended.is_err());
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let before = stage.tape.all().len();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(stage.tape.all().len(), before);
}

#[tokio::test]
async fn forms_go_nowhere_else() {
    let mut stage = Stage::new();
    let elsewhere = Reply::redirect("https://evil.example/");
    let pages = vec![
        ("/token".to_owned(), elsewhere),
        ("/long".to_owned(), Reply::xml(&"x".repeat(LARGEST + 1))),
        ("/error".to_owned(), Reply::status("400 Bad Request")),
    ];
    stage
        .serve("id.example.org", 443, Service::Web(pages))
        .await;
    stage
        .serve("evil.example", 443, Service::Web(Vec::new()))
        .await;
    let client = Client::new(&stage.world().await, Arc::new(|_: &str| Within::Anywhere)).unwrap();
    let mut asked = Vec::new();
    let mut ask = async |path: &str| {
        let url = format!("https://id.example.org{path}");
        let request = Request {
            url: &url,
            accept: "application/json",
            form: Some("code=secret".into()),
            limit: usize::MAX,
            patience: Duration::from_secs(10),
        };
        client
            .send(&request, &mut |host| asked.push(host.to_owned()))
            .await
    };
    assert_eq!(ask("/token").await.unwrap().status, 302);
    assert_eq!(ask("/error").await.unwrap().status, 400);
    assert_eq!(ask("/long").await, Err(Error::TooLong(LARGEST)));
    assert_eq!(asked, ["id.example.org"; 3]);
    let heard = stage.tape.of("id.example.org:443");
    assert!(
        heard.contains("POST /token") && heard.contains("code=secret"),
        "{heard}"
    );
    assert!(!stage.tape.peers().contains(&"evil.example:443".to_owned()));
}

/// Servers at usual names that talk without end: left at once, with a sentence.
#[tokio::test]
async fn guesses_that_never_stop() {
    let endless = |greeting, chunk, is_tls| Service::Endless {
        greeting,
        chunk,
        is_tls,
    };
    let check = async |host: &str, port: u16, service: Service, word: &str| {
        let mut stage = Stage::new();
        stage.serve(host, port, service).await;
        let begin = Instant::now();
        let found = stage.find(D).await;
        assert!(begin.elapsed() < Duration::from_secs(6), "{host} {port}");
        assert!(found.candidates.is_empty(), "{found:#?}");
        let words = words(&found, Step::Guess);
        assert!(words.contains(host) && words.contains(word), "{words}");
    };
    let (imap, pop) = ("imap.example.org", "pop.example.org");
    let more = "more than allowed";
    // One line, and many.
    check(imap, 993, endless("", "x", true), more).await;
    check(imap, 143, endless("", "* OK x", false), more).await;
    check(imap, 143, endless("* OK hi\r\n", "* X y\r\n", false), more).await;
    check(
        imap,
        993,
        endless("* OK hi\r\n", "* CAPABILITY ", true),
        more,
    )
    .await;
    check(pop, 995, endless("", "+OK banner ", true), more).await;
    check(pop, 110, endless("", "\0", false), more).await;
    check(pop, 995, endless("+OK hi\r\n", "X-CAPA\r\n", true), more).await;
    check(pop, 110, endless("+OK hi\r\n", "+OK\r\n", false), more).await;
    check(
        pop,
        110,
        endless("", "HTTP/1.1 200\r\n", false),
        "no greeting",
    )
    .await;
}

/// A certificate of a megabyte, at a page and at a guess.
#[tokio::test]
async fn certificates_without_measure() {
    let huge = |stage: &Stage, host: &str| {
        let names = (0..30_000).map(|n| format!("{n:06}-{}.example.org", "x".repeat(20)));
        let names: Vec<String> = std::iter::once(host.to_owned()).chain(names).collect();
        let names: Vec<&str> = names.iter().map(|name| &**name).collect();
        stage.ca.issue(&names)
    };
    let mut stage = Stage::new();
    let page = (
        "/mail/config-v1.1.xml".to_owned(),
        Reply::xml(&settings("a.example.org")),
    );
    let (host, identity) = (
        "autoconfig.example.org",
        huge(&stage, "autoconfig.example.org"),
    );
    assert!(identity.0[0].len() > 1 << 20, "{}", identity.0[0].len());
    stage
        .serve_with(host, 443, Service::Web(vec![page]), identity)
        .await;
    let guessed = ("imap.example.org", huge(&stage, "imap.example.org"));
    let mail = Service::Mail {
        greeting: "* OK hi\r\n",
        list: "a OK\r\n",
        is_tls: true,
    };
    stage.serve_with(guessed.0, 993, mail, guessed.1).await;
    let begin = Instant::now();
    let found = stage.find(D).await;
    assert!(begin.elapsed() < Duration::from_secs(6), "{found:#?}");
    assert!(found.candidates.is_empty(), "{found:#?}");
    assert_eq!(state(&found, Step::Provider), "Failed");
    for (step, host) in [(Step::Provider, host), (Step::Guess, guessed.0)] {
        let words = words(&found, step);
        assert!(words.contains(host), "{step:?}: {words}");
    }
    assert!(!stage.tape.of("autoconfig.example.org:443").contains("GET"));
}

#[tokio::test]
async fn the_size_of_a_page_to_the_octet() {
    let whole = settings("mail.example.org");
    let padded = |size: usize| format!("{whole}{}", " ".repeat(size - whole.len()));
    page(Reply::xml(&padded(64 * 1024 + 1)), "Failed", "too long").await;
    let mut stage = Stage::new();
    stage.autoconfig(D, Reply::xml(&padded(64 * 1024))).await;
    assert_eq!(
        ways(&stage.find(D).await),
        ["Imap mail.example.org 993 Tls"]
    );
    let deep = "<x>".repeat(40) + &"</x>".repeat(40);
    page(Reply::xml(&deep), "Nothing", "too deeply").await;
}
