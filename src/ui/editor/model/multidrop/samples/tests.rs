use super::*;
use crate::engine::api::routing::{Handover, Routing, Source};
use crate::ui::editor::model::history::Revision;
use crate::ui::editor::model::multidrop::accounts;

fn id(label: &str, user: &str) -> AccountId {
    AccountId {
        label: label.into(),
        user: user.into(),
        ordinal: 0,
    }
}

fn sample(name: &str, dns: Dns, expected: &[&str]) -> Sample {
    Sample {
        name: name.into(),
        header: format!("Subject: {name}\n").into_bytes(),
        dns,
        expected: expected
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect(),
    }
}

fn routed(names: &[&str]) -> Routed {
    Routed {
        id: id("a", "u"),
        host: "a".into(),
        routing: Routing {
            recipients: names.iter().map(|name| name.as_bytes().to_vec()).collect(),
            source: Source::Addressees,
            ..Routing::default()
        },
        addresses: Vec::new(),
        handover: Handover::Commands(Vec::new()),
        twice: Vec::new(),
        subject: String::new(),
    }
}

fn read(text: &str) -> Vec<Numbered> {
    accounts(&Revision::read(text.as_bytes()), "me")
}

#[test]
fn who_got_it_and_who_gets_it() {
    let sample = sample("newsletter.eml", Dns::Ask, &["anna", "bob"]);
    let check = |now: &[&str], expected: &str| {
        let verdict = compare(&sample, &routed(now));
        assert_eq!(super::sentence(&sample, &verdict), expected);
    };
    check(&["anna", "bob"], "newsletter.eml: still goes to anna, bob");
    check(&["bob", "anna"], "newsletter.eml: still goes to anna, bob");
    check(
        &["postmaster"],
        "newsletter.eml: was anna, bob, now postmaster",
    );
    check(&[], "newsletter.eml: was anna, bob, now nobody");
    let mut waits = routed(&[]);
    waits.routing.is_deferred = true;
    assert_eq!(compare(&sample, &waits), Verdict::Unknown);
}

#[test]
fn samples_are_gone_through_by_account_and_dns() {
    let mut kept = Kept::default();
    let of = vec![
        sample("one", Dns::Ask, &["a"]),
        sample("two", Dns::IsNot, &["a"]),
        sample("three", Dns::Ask, &["b"]),
    ];
    kept.take(Samples {
        login: "me".into(),
        of: vec![
            (id("x", "u"), of),
            (id("gone", "u"), vec![sample("four", Dns::Is, &["a"])]),
        ],
    });
    let now = read("poll y user v\npoll x user w user u is a b here\n");
    let names = Names::default();
    let works = kept.begin(&names, &now);
    let places: Vec<(usize, usize, Dns, usize)> = works
        .iter()
        .map(|work| (work.entry, work.user, work.dns, work.headers.len()))
        .collect();
    assert_eq!(places, [(1, 1, Dns::Ask, 2), (1, 1, Dns::IsNot, 1)]);
    let told = kept.summary(&names, &now).unwrap();
    assert_eq!(told, [("The samples are being checked…".to_owned(), false)]);
    assert!(!kept.is_well(&names, &now));
    kept.learn(&works[0], &[routed(&["a"]), routed(&["c"])]);
    kept.learn(&works[1], &[routed(&["a"])]);
    let told = kept.summary(&names, &now).unwrap();
    assert_eq!(
        told,
        [
            ("three: was b, now c".to_owned(), true),
            ("2 samples still go to the same people".to_owned(), false)
        ]
    );
    assert!(!kept.is_well(&names, &now));
    kept.learn(&works[0], &[routed(&["a"]), routed(&["b"])]);
    assert!(kept.is_well(&names, &now));
    kept.doubt();
    assert!(!kept.is_well(&names, &now));
    assert!(
        kept.summary(&names, &now).unwrap()[0]
            .0
            .contains("being checked")
    );
    kept.begin(&names, &now);
    kept.learn(&works[0], &[routed(&["a"]), routed(&["c"])]);
    kept.learn(&works[1], &[routed(&["a"])]);
    // What cannot be routed is not taken for well.
    kept.learn(&works[1], &[]);
    let told = kept.summary(&names, &now).unwrap();
    assert!(
        told[0].1 && told[0].0.starts_with("two: it cannot be told"),
        "{told:?}"
    );
    // Another state: nothing is known any more.
    kept.begin(&names, &now);
    assert!(
        kept.of(&id("x", "u"))
            .iter()
            .all(|(_, v)| *v == Verdict::Open)
    );
    assert_eq!(kept.summary(&names, &read("poll y\n")), None);
}

#[test]
fn accounts_with_other_names_keep_their_samples() {
    let old = read("poll a user u is x y\npoll b user v user w\n");
    let check = |text: &str, expected: &[(AccountId, AccountId)]| {
        assert_eq!(Names::between(&old, &read(text)).0, expected, "{text}");
    };
    check("poll a user u is x y\npoll b user v user w\n", &[]);
    check(
        "poll c user u\npoll b user v user q\n",
        &[(id("a", "u"), id("c", "u")), (id("b", "w"), id("b", "q"))],
    );
    // Put elsewhere, not renamed.
    check("poll b user v user w\npoll a user u\n", &[]);
    check("poll b user w user v\npoll a user u\n", &[]);
    check("poll b user v user w\n", &[]);
    let names = Names::between(&old, &read("poll c user u is x y\npoll b user v user w\n"));
    assert_eq!(names.key(&id("c", "u")), &id("a", "u"));
    assert_eq!(names.key(&id("b", "v")), &id("b", "v"));
    let mut kept = Kept::default();
    kept.take(Samples {
        login: String::new(),
        of: vec![(id("a", "u"), vec![sample("s", Dns::Ask, &["x"])])],
    });
    let works = kept.begin(&names, &read("poll c user u is x y\n"));
    assert_eq!((works.len(), &works[0].key), (1, &id("a", "u")));
}
