use super::super::sample;
use super::*;

fn section(place: usize, id: &str) -> Vec<Item> {
    let report = sample::report("mail.example");
    let all = sections(&report, &report.rows[place]);
    let found = all.into_iter().find(|section| section.id == id);
    found.map(|section| section.items).unwrap_or_default()
}

#[test]
fn the_stamp_is_marked_in_the_greeting() {
    let marks: Vec<_> = section(2, "answer")
        .into_iter()
        .filter_map(|item| match item {
            Item::Words { text, mark } => mark.map(|(a, b)| text[a..b].to_owned()),
            _ => None,
        })
        .collect();
    assert_eq!(marks, ["<1.2@mail.example>"]);
}

#[test]
fn capabilities_tell_what_tls_changed() {
    let check = |place: usize, expected: &[(&str, &str)]| {
        let found: Vec<_> = section(place, "can")
            .into_iter()
            .filter_map(|item| match item {
                Item::Capability { word, note, .. } => Some((word, note)),
                _ => None,
            })
            .collect();
        let found: Vec<_> = found
            .iter()
            .map(|(word, note)| (word.as_str(), note.as_str()))
            .collect();
        assert_eq!(found, expected);
    };
    check(0, &[("IMAP4rev1", ""), ("IDLE", "")]);
    check(
        2,
        &[
            ("UIDL", ""),
            ("SASL", "only inside TLS"),
            ("STLS", "only before TLS"),
        ],
    );
}

#[test]
fn old_versions_are_a_weakness() {
    let weak = section(0, "tls").into_iter().any(|item| {
        matches!(item, Item::Fact { value, is_warning: true, .. } if value.starts_with("TLS 1.0."))
    });
    assert!(weak);
}

#[test]
fn ports_that_say_nothing_have_few_sections() {
    let report = sample::report("mail.example");
    let ids: Vec<_> = sections(&report, &report.rows[1])
        .into_iter()
        .map(|section| section.id)
        .collect();
    assert_eq!(ids, ["answer", "place"]);
}

#[test]
fn stamps_that_give_the_password_away_are_refused() {
    let mut report = sample::report("mail.example");
    if let Some(apop) = &mut report.rows[2].apop {
        apop.is_valid = false;
    }
    let all = sections(&report, &report.rows[2]);
    assert!(format!("{all:?}").contains("CVE-2007-1558"));
}
