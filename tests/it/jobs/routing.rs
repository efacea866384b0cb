//! Who would get a message by a text that is not saved, what waits in a mailbox, and the samples:
//! nothing is changed on the server, and nothing gets into the rc file.

use std::os::unix::fs::PermissionsExt;

use postrider::base::Secret;
use postrider::engine::api::job::{Job, Outcome, Setup};
use postrider::engine::api::routing::{Dns, Handover, RouteWish, Routes, Source, Spot, Waiting};
use postrider::engine::api::samples::{Sample, SampleWish, Samples};
use postrider::engine::api::{AccountId, Cause};

use super::{Bench, draft};
use crate::support::mailbox::Message;

const RC: &str = "set postmaster chief\n\
                  poll other proto pop3 user x is x\n\
                  poll mx.example proto pop3 no dns aka example.org localdomains corp.example\n    \
                  user single is ann here\n    \
                  user office is anna bernd=bb * here mda 'deliver -f %F %T'\n";

fn spot(text: &str, entry: usize, user: usize) -> Spot {
    Spot {
        text: Secret::new(text),
        entry,
        user,
    }
}

async fn routes(bench: &mut Bench, of: Spot, headers: &[&str], dns: Dns) -> Routes {
    let wish = RouteWish {
        of,
        headers: headers
            .iter()
            .map(|header| header.as_bytes().to_vec())
            .collect(),
        dns,
    };
    match bench.run(Job::Route(Box::new(wish))).await {
        Outcome::Routed(routes) => *routes,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn messages_are_routed_by_a_text_that_is_not_saved() {
    let mut bench = Bench::new("").await;
    let copy = "Message-ID: <1@x>\nFrom: z@x\nTo: bernd@mx.example\n";
    let headers = [
        "From: z@x\nTo: anna@example.org\n\nTo: nobody@example.org\n",
        "To: boss@corp.example, x@far\n",
        copy,
        copy,
    ];
    let found = routes(&mut bench, spot(RC, 1, 1), &headers, Dns::Ask).await;
    assert_eq!(found.warnings, [] as [&str; 0]);
    let names: Vec<Vec<Vec<u8>>> = found
        .routed
        .iter()
        .map(|routed| routed.routing.recipients.clone())
        .collect();
    let expected: [&[&[u8]]; 4] = [&[b"anna"], &[b"boss@corp.example"], &[b"bb"], &[b"bb"]];
    assert_eq!(names, expected);
    let handed = &found.routed[0].handover;
    let command = b"deliver -f 'z@x' 'anna'".to_vec();
    assert_eq!(handed, &Handover::Program(command));
    assert_eq!(found.routed[2].twice, [] as [Vec<u8>; 0]);
    assert_eq!(found.routed[3].twice, [b"bb".to_vec()]);
    // One recipient.
    let found = routes(&mut bench, spot(RC, 1, 0), &headers[..1], Dns::Ask).await;
    let one = &found.routed[0];
    assert_eq!(one.routing.source, Source::SingleDrop);
    let command = b"RCPT TO:<ann@localhost>".to_vec();
    assert_eq!(one.handover, Handover::Commands(vec![command]));
    // What is assumed in place of DNS.
    let asks = "poll mx.example proto pop3 user o is anna bernd\n";
    let alias = ["To: anna@alias.example\n"];
    let found = routes(&mut bench, spot(asks, 0, 0), &alias, Dns::Is).await;
    assert!(!found.routed[0].routing.is_last_resort);
    let found = routes(&mut bench, spot(asks, 0, 0), &alias, Dns::IsNot).await;
    assert!(found.routed[0].routing.is_last_resort);
    assert!(!bench.path(".fetchmailrc").exists() && !bench.path(".local/state").exists());
}

#[tokio::test]
async fn keys_of_the_account_hold_too() {
    let mut bench = Bench::new("").await;
    let rc = bench.path(".fetchmailrc").display().to_string();
    bench.home.write(
        ".config/postrider/accounts.toml",
        format!(
            "[[account]]\nrc = \"{rc}\"\nlabel = \"mx.example\"\nuser = \"office\"\nstrict_recipients = true\n"
        ),
    );
    let guess = ["To: anna@mx.example\n"];
    let found = routes(&mut bench, spot(RC, 1, 1), &guess, Dns::Ask).await;
    assert_eq!(found.routed[0].routing.source, Source::Nowhere);
}

#[tokio::test]
async fn what_cannot_be_routed_is_told() {
    let mut bench = Bench::new("").await;
    let wish = |of| {
        Job::Route(Box::new(RouteWish {
            of,
            headers: Vec::new(),
            dns: Dns::IsNot,
        }))
    };
    let failed = bench.failed(wish(spot("poll a user\n", 0, 0))).await;
    let is_there = matches!(failed.cause(), Cause::Setup(text) if text.contains(":1:"));
    assert!(is_there, "{failed:?}");
    let failed = bench.failed(wish(spot(RC, 1, 2))).await;
    assert_eq!(failed.cause(), &Cause::NoAccount);
}

async fn waiting(bench: &mut Bench, text: &str) -> Waiting {
    let before = bench.state();
    let of = Box::new(spot(text, 0, 0));
    let outcome = bench.run(Job::SampleHeaders(of)).await;
    assert_eq!(bench.state(), before, "nothing is marked");
    assert!(!bench.path(".fetchids").exists() && !bench.path(".local/state").exists());
    match outcome {
        Outcome::Waiting(waiting) => *waiting,
        other => panic!("{other:?}"),
    }
}

fn entry(setup: &Setup, proto: &str) -> String {
    format!(
        "poll {} proto {proto} port {} user ada password secret sslproto '' is ada bob here\n",
        setup.host, setup.port
    )
}

#[tokio::test]
async fn headers_are_read_without_marking_them() {
    for is_imap in [true, false] {
        let mut bench = Bench::new("").await;
        bench.fill(25);
        let odd = Message::text("From: =?utf-8?q?J=C3=B6rg?= <j@x.test>\nSubject: last\n\nbody\n");
        bench.server.store.add("ada", "INBOX", [odd]);
        let text = entry(&bench.setup(is_imap), if is_imap { "imap" } else { "pop3" });
        let found = waiting(&mut bench, &text).await;
        assert_eq!(
            (found.total, found.messages.len(), found.refused),
            (26, 20, 0)
        );
        let newest = &found.messages[0];
        assert!(
            newest.from.contains("Jörg") && newest.subject == "last",
            "{newest:?}"
        );
        let header = String::from_utf8(newest.header.clone()).unwrap();
        assert!(header.ends_with("Subject: last\r\n"), "{header:?}");
        let said = bench.server.transcript().join("\n");
        for word in ["SELECT", "STORE", "RETR", "DELE", "BODY[", "RFC822 "] {
            assert!(!said.contains(word), "{word}: {said}");
        }
        let word = if is_imap {
            "BODY.PEEK[HEADER]"
        } else {
            "TOP 26 0"
        };
        assert!(said.contains(word), "{said}");
    }
}

#[tokio::test]
async fn folders_are_listed_by_a_text_that_is_not_saved() {
    let mut bench = Bench::new("").await;
    bench.fill(1);
    bench.server.store.add("ada", "Entw&APw-rfe", []);
    let text = entry(&bench.setup(true), "imap");
    let before = bench.state();
    let of = |text: &str| Job::FoldersOf(Box::new(spot(text, 0, 0)));
    let Outcome::Folders(folders) = bench.run(of(&text)).await else {
        panic!("no folders");
    };
    let names: Vec<(&[u8], &str)> = folders.iter().map(|f| (&f.name[..], &*f.shown)).collect();
    let expected: [(&[u8], &str); 2] = [(b"Entw&APw-rfe", "Entwürfe"), (b"INBOX", "INBOX")];
    assert_eq!(names, expected);
    assert_eq!(bench.state(), before);
    let said = bench.server.transcript().join("\n");
    assert!(
        !said.contains("SELECT") && !said.contains("EXAMINE"),
        "{said}"
    );
    let failed = bench.failed(of(&text.replace("secret", "wrong"))).await;
    assert_eq!(failed.cause(), &Cause::SignIn);
    let nobody = Box::new(spot(&text, 1, 0));
    let failed = bench.failed(Job::FoldersOf(nobody)).await;
    assert_eq!(failed.cause(), &Cause::NoAccount);
    let pop3 = entry(&bench.setup(false), "pop3");
    assert_eq!(bench.run(of(&pop3)).await, Outcome::Folders(Vec::new()));
}

#[tokio::test]
async fn a_server_that_shows_no_headers_alone() {
    let mut bench = Bench::new("").await;
    bench.fill(3);
    bench.server.manner(|manner| manner.top = false);
    let text = entry(&bench.setup(false), "pop3");
    let found = waiting(&mut bench, &text).await;
    assert_eq!(
        (found.total, found.messages.len(), found.refused),
        (3, 0, 3)
    );
    let said = bench.server.transcript().join("\n");
    assert!(!said.contains("RETR"), "{said}");
    // Nobody signs in with a wrong password, nor for an account that cannot be polled.
    let wrong = text.replace("secret", "wrong");
    let failed = bench
        .failed(Job::SampleHeaders(Box::new(spot(&wrong, 0, 0))))
        .await;
    assert_eq!(failed.cause(), &Cause::SignIn);
}

#[tokio::test]
async fn an_account_that_cannot_be_polled_is_not_looked_into() {
    let mut bench = Bench::new("").await;
    let text = entry(&bench.setup(true), "imap").replace(" is ada", " preconnect 'touch x' is ada");
    let of = spot(&text, 0, 0);
    let failed = bench.failed(Job::SampleHeaders(Box::new(of.clone()))).await;
    assert!(matches!(failed.cause(), Cause::Setup(_)), "{failed:?}");
    assert_eq!(bench.server.connections(), 0);
    // Who would get a message is told all the same.
    let found = routes(&mut bench, of, &["To: bob@localhost\n"], Dns::IsNot).await;
    assert_eq!(found.routed[0].routing.recipients, [b"bob".to_vec()]);
    assert!(found.warnings[0].contains("preconnect"), "{found:?}");
}

#[tokio::test]
async fn the_header_of_a_message_in_a_file() {
    let mut bench = Bench::new("").await;
    let path = bench.home.write("x.eml", "To: a\r\n b\r\n\r\nbody\r\n");
    let outcome = bench.run(Job::ReadHeader(path.clone())).await;
    assert_eq!(outcome, Outcome::Header(b"To: a\r\n b\r\n".to_vec()));
    let folder = path.parent().unwrap().to_owned();
    let failed = bench.failed(Job::ReadHeader(folder)).await;
    assert!(matches!(failed.cause(), Cause::Setup(_)), "{failed:?}");
}

async fn samples(bench: &mut Bench, wish: SampleWish) -> Samples {
    match bench.run(Job::Samples(Box::new(wish))).await {
        Outcome::Samples(samples) => *samples,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn samples_are_kept_apart_and_private() {
    let mut bench = Bench::new("").await;
    assert_eq!(samples(&mut bench, SampleWish::Read).await.of, []);
    bench.run(Job::Adopt(draft(bench.setup(true)))).await;
    let rc = bench.read(".fetchmailrc").unwrap();
    let id = |user: &str| AccountId {
        label: "localhost".into(),
        user: user.into(),
        ordinal: 0,
    };
    let sample = Sample {
        name: "newsletter.eml".into(),
        header: b"To: anna@x\xff\n".to_vec(),
        dns: Dns::IsNot,
        expected: vec![b"anna".to_vec()],
    };
    let kept = samples(&mut bench, SampleWish::Keep(id("ada"), sample.clone())).await;
    assert_eq!(
        (kept.login.as_str(), kept.of(&id("ada"))),
        ("ada", &[sample.clone()][..])
    );
    assert_eq!(samples(&mut bench, SampleWish::Read).await, kept);
    assert_eq!(
        bench.read(".fetchmailrc").unwrap(),
        rc,
        "not in the rc file"
    );
    let state = bench.path(".local/state/postrider");
    let files = std::fs::read_dir(&state)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let file = files
        .into_iter()
        .find(|path| path.to_string_lossy().ends_with(".samples.json"))
        .unwrap();
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // Its account gets another name.
    let mut renamed = postrider::engine::api::job::Draft {
        replaces: Some(id("ada")),
        ..draft(Setup {
            user: "ada2".into(),
            ..bench.setup(true)
        })
    };
    renamed.waits = true;
    let Outcome::Adopted(adopted) = bench.run(Job::Adopt(renamed)).await else {
        panic!("not adopted");
    };
    let now = samples(&mut bench, SampleWish::Read).await;
    assert_eq!(now.of(&id("ada2")), std::slice::from_ref(&sample));
    bench.run(Job::Undo(Box::new(adopted.undo))).await;
    let now = samples(&mut bench, SampleWish::Read).await;
    assert_eq!(now.of(&id("ada")), [sample]);
    let gone = SampleWish::Forget(id("ada"), b"To: anna@x\xff\n".to_vec());
    assert_eq!(samples(&mut bench, gone).await.of, []);
    // Something else in its place is left alone.
    std::fs::write(&file, "mine").unwrap();
    let failed = bench.failed(Job::Samples(Box::new(SampleWish::Read))).await;
    assert!(matches!(failed.cause(), Cause::Setup(_)), "{failed:?}");
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");
}
