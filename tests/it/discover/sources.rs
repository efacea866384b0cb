//! Every source alone, and all of them beside each other.

use std::time::{Duration, Instant};

use postrider::probe::discover::{self, Own};
use postrider::probe::found::{Found, State, Step, Wish};
use postrider::probe::{Method, Source, UserForm};
use postrider::rc::provider;

use super::names::Manner;
use super::stage::{
    Reply, Service, Stage, find, server, settings, state, states, ways, wish, words,
};

const D: &str = "example.org";

const IMAPS: Service = Service::Mail {
    greeting: "* OK ready\r\n",
    list: "* CAPABILITY IMAP4rev1\r\na OK done\r\n",
    is_tls: true,
};
const POP3S: Service = Service::Mail {
    greeting: "+OK ready\r\n",
    list: "+OK\r\nTOP\r\n.\r\n",
    is_tls: true,
};

#[tokio::test]
async fn the_table_asks_nobody() {
    let mut stage = Stage::new();
    let found = stage.find("gmail.com").await;
    assert_eq!(
        states(&found),
        [
            "Found 2", "Skipped", "Skipped", "Skipped", "Skipped", "Skipped"
        ]
    );
    assert_eq!(
        ways(&found),
        ["Imap imap.gmail.com 993 Tls", "Pop3 pop.gmail.com 995 Tls"]
    );
    let hint = found.hint.unwrap();
    assert!(hint.needs_app_password && hint.page.starts_with("https://"));
    let first = &found.candidates[0];
    assert_eq!(first.methods, [Method::AppPassword, Method::OAuth2]);
    assert_eq!(first.source, Source::BuiltIn(hint.provider));
    assert!(stage.tape.all().is_empty());
}

#[tokio::test]
async fn settings_page_of_the_provider() {
    let mut stage = Stage::new();
    stage
        .autoconfig(D, Reply::xml(&settings("mail.example.org")))
        .await;
    let found = stage.find(D).await;
    assert_eq!(state(&found, Step::Provider), "Found 1");
    assert_eq!(ways(&found), ["Imap mail.example.org 993 Tls"]);
    let first = &found.candidates[0];
    let url = "https://autoconfig.example.org/mail/config-v1.1.xml".to_owned();
    assert_eq!(first.source, Source::Provider(url));
    assert_eq!(first.user, UserForm::Address);
    assert_eq!(first.methods, [Method::Password]);
    // The name of what was found is looked up, and nobody is connected to.
    assert_eq!(
        found.steps[1].asked,
        ["autoconfig.example.org", "mail.example.org"]
    );
}

#[tokio::test]
async fn well_known_page_is_second() {
    let path = "/.well-known/autoconfig/mail/config-v1.1.xml".to_owned();
    let mut stage = Stage::new();
    stage.autoconfig(D, Reply::status("404 Not Found")).await;
    let page = Reply::xml(&settings("imap.elsewhere.net"));
    stage.serve(D, 443, Service::Web(vec![(path, page)])).await;
    let found = stage.find(D).await;
    // A page over TLS speaks for its domain, so another domain's server is not weak.
    assert_eq!(ways(&found), ["Imap imap.elsewhere.net 993 Tls"]);
    assert_eq!(
        found.steps[1].asked,
        ["autoconfig.example.org", D, "imap.elsewhere.net"]
    );
}

#[tokio::test]
async fn the_database() {
    let mut stage = Stage::new();
    stage
        .database(&[(D, Reply::xml(&settings("mail.example.org")))])
        .await;
    let found = stage.find(D).await;
    assert_eq!(states(&found)[1..3], ["Nothing", "Found 1"]);
    assert_eq!(ways(&found), ["Imap mail.example.org 993 Tls"]);
    let source = &found.candidates[0].source;
    assert!(matches!(source, Source::Database(url) if url.ends_with("/v1.1/example.org")));
}

#[tokio::test]
async fn service_records() {
    let mut stage = Stage::new();
    stage
        .names
        .srv("_imaps._tcp.example.org", [10, 5, 993], "b.example.org.");
    stage
        .names
        .srv("_imaps._tcp.example.org", [10, 50, 993], "a.example.org.");
    stage
        .names
        .srv("_imaps._tcp.example.org", [0, 1, 9993], "c.elsewhere.net.");
    stage
        .names
        .srv("_imap._tcp.example.org", [0, 0, 143], "a.example.org.");
    stage.names.srv("_pop3s._tcp.example.org", [0, 0, 0], ".");
    let found = stage.find(D).await;
    assert_eq!(state(&found, Step::Srv), "Found 4");
    assert_eq!(
        ways(&found),
        [
            "Imap c.elsewhere.net 9993 Tls weak",
            "Imap a.example.org 993 Tls",
            "Imap b.example.org 993 Tls",
            "Imap a.example.org 143 StartTls",
        ]
    );
    assert!(
        found.steps[3]
            .asked
            .contains(&"_pop3._tcp.example.org".to_owned())
    );
}

#[tokio::test]
async fn a_protocol_that_is_not_offered_is_not_guessed() {
    let mut stage = Stage::new();
    stage.names.srv("_imaps._tcp.example.org", [0, 0, 0], ".");
    stage.serve("imap.example.org", 993, IMAPS).await;
    stage.serve("pop.example.org", 995, POP3S).await;
    let found = stage.find(D).await;
    assert_eq!(ways(&found), ["Pop3 pop.example.org 995 Tls weak"]);
    assert!(
        !stage
            .tape
            .peers()
            .contains(&"imap.example.org:993".to_owned())
    );
}

#[tokio::test]
async fn exchanger_of_a_known_provider() {
    let mut stage = Stage::new();
    stage.names.mx(D, 10, "aspmx.l.google.com.");
    let found = stage.find(D).await;
    assert_eq!(state(&found, Step::Mx), "Found 2");
    assert_eq!(
        ways(&found),
        [
            "Imap imap.gmail.com 993 Tls weak",
            "Pop3 pop.gmail.com 995 Tls weak"
        ]
    );
    assert_eq!(
        found.candidates[0].source,
        Source::Mx("aspmx.l.google.com".into())
    );
    assert!(found.hint.unwrap().needs_app_password);
}

#[tokio::test]
async fn exchanger_leads_to_its_domain() {
    let mut stage = Stage::new();
    stage.names.mx(D, 20, "backup.other.example.");
    stage.names.mx(D, 10, "mx1.in.host.example.");
    stage
        .autoconfig("host.example", Reply::xml(&settings("imap.host.example")))
        .await;
    let found = stage.find(D).await;
    assert_eq!(state(&found, Step::Mx), "Found 1");
    assert_eq!(ways(&found), ["Imap imap.host.example 993 Tls weak"]);
    let asked = &found.steps[Step::Mx as usize].asked;
    assert!(
        asked.contains(&"autoconfig.in.host.example".to_owned()),
        "{asked:?}"
    );
    assert!(
        asked.contains(&"autoconfig.host.example".to_owned()),
        "{asked:?}"
    );
}

#[tokio::test]
async fn exchanger_in_the_database() {
    let mut stage = Stage::new();
    stage.names.mx(D, 10, "mx1.host.example.");
    stage
        .database(&[("host.example", Reply::xml(&settings("mail.example.org")))])
        .await;
    let found = stage.find(D).await;
    // The person's own domain: nothing weak about it.
    assert_eq!(ways(&found), ["Imap mail.example.org 993 Tls"]);
}

#[tokio::test]
async fn usual_names() {
    let mut stage = Stage::new();
    stage.serve("mail.example.org", 993, IMAPS).await;
    let starttls = Service::Mail {
        greeting: "+OK ready\r\n",
        list: "+OK\r\nSTLS\r\n.\r\n",
        is_tls: false,
    };
    stage.serve("pop.example.org", 110, starttls).await;
    let plain = Service::Mail {
        greeting: "* OK ready\r\n",
        list: "* CAPABILITY IMAP4rev1\r\na OK\r\n",
        is_tls: false,
    };
    stage.serve("imap.example.org", 143, plain).await;
    // For another name.
    let other = stage.ca.issue(&["elsewhere.net"]);
    stage.serve_with("pop.example.org", 995, POP3S, other).await;
    // Another protocol.
    let smtp = Service::Mail {
        greeting: "220 ready ESMTP\r\n",
        list: "500 what\r\n",
        is_tls: true,
    };
    stage.serve("imap.example.org", 993, smtp).await;
    let found = stage.find(D).await;
    assert_eq!(
        states(&found)[1..],
        ["Nothing", "Nothing", "Nothing", "Nothing", "Found 3"]
    );
    assert_eq!(
        ways(&found),
        [
            "Imap mail.example.org 993 Tls weak",
            "Pop3 pop.example.org 110 StartTls weak",
            "Imap imap.example.org 143 None weak",
        ]
    );
    assert!(words(&found, Step::Guess).contains("pop.example.org"));
}

#[tokio::test]
async fn better_sources_come_first_and_end_the_others() {
    let mut stage = Stage::new();
    stage
        .autoconfig(D, Reply::xml(&settings("page.example.org")))
        .await;
    stage
        .serve("autoconfig.thunderbird.net", 443, Service::Mute)
        .await;
    stage.names.manner = Manner::Silent;
    let begin = Instant::now();
    let found = stage.find(D).await;
    assert!(
        begin.elapsed() < Duration::from_secs(4),
        "{:?}",
        begin.elapsed()
    );
    assert_eq!(
        states(&found),
        [
            "Nothing", "Found 1", "Skipped", "Skipped", "Skipped", "Skipped"
        ]
    );
    assert_eq!(ways(&found), ["Imap page.example.org 993 Tls"]);
}

#[tokio::test]
async fn a_slow_better_source_is_waited_for() {
    let mut stage = Stage::new();
    stage
        .serve("autoconfig.example.org", 443, Service::Mute)
        .await;
    let path = "/.well-known/autoconfig/mail/config-v1.1.xml".to_owned();
    let page = Reply::xml(&settings("page.example.org"));
    stage.serve(D, 443, Service::Web(vec![(path, page)])).await;
    stage
        .names
        .srv("_imaps._tcp.example.org", [0, 0, 993], "srv.example.org.");
    let found = stage.find(D).await;
    assert_eq!(state(&found, Step::Provider), "Found 1");
    assert_eq!(state(&found, Step::Srv), "Found 1");
    assert_eq!(
        ways(&found),
        [
            "Imap page.example.org 993 Tls",
            "Imap srv.example.org 993 Tls"
        ]
    );
}

#[tokio::test]
async fn an_open_line_does_not_end_the_search() {
    let mut stage = Stage::new();
    let page = Reply::xml(&server("imap", "old.example.org", "143", "plain"));
    stage.autoconfig(D, page).await;
    stage
        .names
        .srv("_imaps._tcp.example.org", [0, 0, 993], "srv.example.org.");
    let found = stage.find(D).await;
    assert_eq!(
        ways(&found),
        [
            "Imap srv.example.org 993 Tls",
            "Imap old.example.org 143 None"
        ]
    );
}

#[tokio::test]
async fn only_what_is_wanted_is_asked() {
    let mut stage = Stage::new();
    stage
        .autoconfig(D, Reply::xml(&settings("page.example.org")))
        .await;
    stage.serve("imap.example.org", 993, IMAPS).await;
    stage.names.mx(D, 10, "mx.host.example.");
    stage
        .autoconfig("host.example", Reply::xml(&settings("imap.host.example")))
        .await;
    let world = stage.world().await;
    let only_table = Wish {
        only_table: true,
        ..wish(D)
    };
    let found = find(&world, &only_table).await;
    assert_eq!(states(&found)[0], "Nothing");
    assert!(states(&found)[1..].iter().all(|state| state == "Skipped"));
    assert!(!found.is_offline);
    assert!(stage.tape.all().is_empty());
    let without_pages = Wish {
        online: false,
        ..wish(D)
    };
    let found = find(&world, &without_pages).await;
    assert_eq!(
        states(&found),
        [
            "Nothing", "Skipped", "Skipped", "Nothing", "Nothing", "Skipped"
        ]
    );
    assert!(
        stage
            .tape
            .peers()
            .iter()
            .all(|peer| peer.starts_with("dns"))
    );
}

#[tokio::test]
async fn no_network() {
    let mut stage = Stage::new();
    stage.names.manner = Manner::Fails;
    // Taken, and nobody listens.
    let nobody = tokio::net::TcpSocket::new_v4().unwrap();
    nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = nobody.local_addr().unwrap();
    for host in ["autoconfig.example.org", D, "autoconfig.thunderbird.net"] {
        stage.nobody(host, 443, address);
    }
    let found = stage.find(D).await;
    assert!(found.is_offline, "{found:?}");
    assert_eq!(
        states(&found)[1..],
        ["Failed", "Failed", "Failed", "Failed", "Skipped"]
    );
    // One that answers is enough.
    stage.database(&[]).await;
    let found = stage.find(D).await;
    assert!(!found.is_offline);
}

#[tokio::test]
async fn tables_of_the_person_come_first() {
    let mut stage = Stage::new();
    let world = stage.world().await;
    let own = Own {
        providers: provider::parse(
            "[[provider]]\nname = \"Mine\"\nsuffixes = [\"example.org\"]\nuser = \"local-part\"\n\
             [provider.pop3]\nhost = \"127.0.0.1\"\nport = 1995\ntls = \"starttls\"\n",
        )
        .unwrap(),
        troubles: vec!["x.toml, line 3: broken.".to_owned()],
    };
    let found = discover::run(&world, &wish("Sub.Example.ORG"), own, |_: &Found| {}).await;
    let found = found.unwrap();
    assert_eq!(ways(&found), ["Pop3 127.0.0.1 1995 StartTls"]);
    assert_eq!(found.candidates[0].user, UserForm::LocalPart);
    assert_eq!(
        found.hint.map(|hint| hint.provider),
        Some("Mine".to_owned())
    );
    assert_eq!(found.steps[0].notes, ["x.toml, line 3: broken."]);
    assert_eq!(found.domain, "sub.example.org");
}

#[tokio::test]
async fn what_is_no_domain() {
    let world = Stage::new().world().await;
    for domain in ["", "org", "ann@example.org", "127.0.0.1", "a b.org"] {
        let asked = discover::run(&world, &wish(domain), Own::default(), |_: &Found| {}).await;
        assert!(asked.is_err(), "{domain}");
    }
}

#[tokio::test]
async fn other_scripts_and_this_computer() {
    let mut stage = Stage::new();
    let page = Reply::xml(&settings("mail.xn--bcher-kva.example"));
    stage.autoconfig("xn--bcher-kva.example", page).await;
    let found = stage.find("bücher.example").await;
    assert_eq!(found.domain, "xn--bcher-kva.example");
    assert_eq!(ways(&found), ["Imap mail.xn--bcher-kva.example 993 Tls"]);
    stage.serve("localhost", 993, IMAPS).await;
    let found = stage.find("localhost").await;
    assert_eq!(ways(&found), ["Imap localhost 993 Tls weak"]);
    assert_eq!(
        states(&found)[1..5],
        ["Skipped", "Skipped", "Skipped", "Skipped"]
    );
}

#[tokio::test]
async fn progress_is_told_step_by_step() {
    let mut stage = Stage::new();
    stage
        .autoconfig(D, Reply::xml(&settings("page.example.org")))
        .await;
    let world = stage.world().await;
    let mut told: Vec<Found> = Vec::new();
    let wish = wish(D);
    let run = discover::run(&world, &wish, Own::default(), |it: &Found| {
        told.push(it.clone());
    });
    run.await.unwrap();
    let first_working = told
        .iter()
        .position(|it| it.steps[1].state == State::Working);
    let first_found = told.iter().position(|it| !it.candidates.is_empty());
    assert!(first_working.unwrap() < first_found.unwrap());
    assert!(told.iter().all(|it| it.steps.len() == 6 && it.domain == D));
    assert!(told.last().unwrap().is_done);
}
