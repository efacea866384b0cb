use std::time::{Duration, SystemTime};

use super::*;
use crate::engine::api::job::report::{Failure, Line, Outcome, Row, Service, Speaker, StartTls};

/// A server that wants to be markup, on a local address.
fn hostile() -> Report {
    let mut row = Row::new(143, Service::Imap, "192.168.1.7".parse().ok());
    row.outcome = Outcome::Answered;
    row.greeting = "* OK <b>|x|</b> `y` 10.1.2.3".to_owned();
    row.starttls = Some(StartTls::NotOffered);
    row.times.connect = Some(Duration::from_millis(2));
    row.lines = vec![Line {
        at: Duration::from_millis(3),
        by: Speaker::Server,
        text: "``` end \" of block".to_owned(),
    }];
    Report {
        host: "nas.example".to_owned(),
        at: SystemTime::UNIX_EPOCH,
        addresses: row.address.into_iter().collect(),
        reverse: Some("secret.lan".to_owned()),
        rows: vec![row],
        choices: Vec::new(),
        failure: None,
        is_blocked: false,
        took: Duration::from_millis(1500),
        is_done: true,
    }
}

const ALL: [Format; 3] = [Format::Text, Format::Markdown, Format::Json];

#[test]
fn the_local_network_stays_unknown() {
    for format in ALL {
        let told = render(&hostile(), format, true);
        for secret in ["192.168.1.7", "10.1.2.3", "secret.lan"] {
            assert!(!told.contains(secret), "{format:?}: {told}");
        }
        assert!(
            told.replace('\\', "").contains("[local]"),
            "{format:?}: {told}"
        );
        let open = render(&hostile(), format, false);
        assert!(
            open.contains("192.168.1.7") || format == Format::Text,
            "{open}"
        );
        assert!(open.contains("secret.lan"), "{format:?}: {open}");
    }
}

#[test]
fn servers_write_no_markup() {
    let page = render(&hostile(), Format::Markdown, false);
    assert!(page.contains("\\<b\\>\\|x\\|\\</b\\> \\`y\\`"), "{page}");
    assert!(page.contains("\n        3 S: ``` end"), "{page}");
}

#[test]
fn json_is_json_on_one_line() {
    let told = render(&hostile(), Format::Json, false);
    assert!(!told.contains('\n'));
    let read: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(read["version"], 1);
    assert_eq!(read["began"], "1970-01-01T00:00:00Z");
    assert_eq!(read["ports"][0]["starttls"], "not-offered");
    assert_eq!(read["ports"][0]["transcript"][0]["by"], "server");
    assert_eq!(read["usable"], false);
}

#[test]
fn failures_say_what_can_be_done() {
    let check = |change: fn(&mut Report), expected: &str| {
        let mut report = hostile();
        (report.rows, report.addresses) = (Vec::new(), Vec::new());
        change(&mut report);
        for format in ALL {
            let told = render(&report, format, true);
            assert!(told.contains(expected), "{format:?}: {told}");
        }
    };
    check(
        |r| r.failure = Some(Failure::UnknownHost),
        "no server called nas.example",
    );
    check(
        |r| r.failure = Some(Failure::Lookup("why".to_owned())),
        "why",
    );
    check(|r| r.failure = Some(Failure::Offline), "no network");
    check(
        |r| r.failure = Some(Failure::Settings("Bad file.".to_owned())),
        "Bad file.",
    );
    check(|r| r.is_blocked = true, "may block mail ports");
    check(|_| (), "No mailbox can be fetched");
    let all_refused = |r: &mut Report| {
        let mut row = Row::new(993, Service::Imaps, None);
        row.outcome = Outcome::Refused;
        r.rows = vec![row];
    };
    check(all_refused, "every port refuses");
}

/// Colours stand around cells and change no width.
#[test]
fn paint_moves_no_column() {
    let plain = summary(&hostile(), &|_, text| text.to_owned());
    let painted = summary(&hostile(), &|_, text| format!("\x1b[1m{text}\x1b[0m"));
    let bare = painted.replace("\x1b[1m", "").replace("\x1b[0m", "");
    assert_ne!(plain, painted);
    assert_eq!(plain, bare);
}
