use super::super::sample;
use super::*;

fn with(outcomes: &[Outcome]) -> Report {
    let mut report = sample::report("mail.example");
    let row = report.rows[1].clone();
    report.rows = outcomes
        .iter()
        .map(|outcome| {
            let mut row = row.clone();
            row.outcome = outcome.clone();
            row
        })
        .collect();
    report.choices.clear();
    report
}

#[test]
fn notices() {
    use Outcome::*;
    let check = |report: &Report, expected: Option<&str>| {
        let found = notice(report).map(|notice| notice.headline);
        assert_eq!(found.as_deref(), expected);
    };
    check(&sample::report("mail.example"), None);
    check(&with(&[Refused, Refused]), Some("All ports are refused"));
    check(
        &with(&[Refused, TimedOut]),
        Some("The server is not answering"),
    );
    check(
        &with(&[Refused, NotThis("HTTP/1.1 302".into())]),
        Some("This is not a mail server"),
    );
    check(
        &with(&[TlsFailed("x".into()), TimedOut]),
        Some("No encryption could be agreed on"),
    );
    check(&with(&[Answered]), Some("No mailbox can be fetched here"));
    check(&with(&[Answered, Stopped]), Some("Stopped"));
    let mut running = with(&[Refused, Working]);
    running.is_done = false;
    check(&running, None);
    running.is_blocked = true;
    check(&running, Some("This network may block mail"));
}

#[test]
fn one_line_says_how_far_it_is() {
    use Outcome::*;
    let check = |report: &Report, expected: &str| assert_eq!(status(report), expected);
    check(
        &sample::report("mail.example"),
        "2 of 3 ports answered in 0.3 s.",
    );
    let mut running = with(&[Refused, Working, Waiting]);
    running.is_done = false;
    check(
        &running,
        "Examining \u{2068}mail.example\u{2069}… 1 of 3 ports done",
    );
    let stopped = stopped(&running);
    assert_eq!(settled(&stopped), (3, 3));
    assert_eq!(stopped.rows[0].outcome, Refused);
    assert_eq!(stopped.rows[1].outcome, Stopped);
}

#[test]
fn failures() {
    let check = |reason: Failure, part: &str| {
        let notice = failure("mail.example", &reason);
        assert!(notice.text.contains(part), "{notice:?}");
    };
    check(Failure::UnknownHost, "“mail.example”");
    check(Failure::Lookup("SERVFAIL".into()), "SERVFAIL");
    check(Failure::Offline, "network is back");
    check(Failure::Settings("No such file.".into()), "No such file.");
}
