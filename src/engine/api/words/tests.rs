//! The sentences as they are read, and that none is missing.

use std::time::{Duration, SystemTime};

use super::*;
use crate::engine::api::*;

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
}

fn id(user: &str, label: &str) -> AccountId {
    AccountId {
        label: label.to_owned(),
        user: user.to_owned(),
        ordinal: 0,
    }
}

fn account(state: State) -> AccountStatus {
    AccountStatus::fresh(id("anna", "mail.example.org"), state, String::new())
}

fn trouble(cause: Cause, tries: u32) -> Trouble {
    Trouble {
        who: Who::Retry,
        cause,
        words: String::new(),
        status: 2,
        tries,
        since: at(0),
    }
}

fn causes() -> Vec<Cause> {
    let s = || "mail.example.org".to_owned();
    vec![
        Cause::UnknownHost(s()),
        Cause::Dns(s()),
        Cause::Unreachable(s(), 993),
        Cause::TimedOut(s(), 60),
        Cause::Dropped(s()),
        Cause::NoTls(s(), 143),
        Cause::Injection(s()),
        Cause::Certificate("It has expired".to_owned()),
        Cause::SignIn,
        Cause::NoMethod,
        Cause::NoPassword,
        Cause::Locked,
        Cause::Busy,
        Cause::Folder("Work".to_owned()),
        Cause::Protocol("No greeting".to_owned()),
        Cause::Refused,
        Cause::NoListener("localhost:25".to_owned()),
        Cause::NotDelivered { count: 1 },
        Cause::NotDelivered { count: 3 },
        Cause::Folderless("~/Maildir".to_owned(), "Permission denied".to_owned()),
        Cause::DiskFull("~/Maildir".to_owned()),
        Cause::Command("A quoted %T cannot be used.".to_owned()),
        Cause::Withheld(2),
        Cause::Unsupported("proto etrn".to_owned()),
        Cause::Keys("accounts.toml:3:1: watch must be true or false.".to_owned()),
        Cause::PasswordCommand("The command ended with status 1.".to_owned()),
        Cause::Record("Permission denied".to_owned()),
        Cause::Stopped,
        Cause::Internal("preconnect ended with 1".to_owned()),
    ]
}

#[test]
fn every_cause_has_a_headline_and_an_advice() {
    for cause in causes() {
        let (headline, advice) = (headline(&cause), advice(&cause));
        assert!(
            !headline.is_empty() && !headline.ends_with('.'),
            "{headline}"
        );
        assert!(
            advice.ends_with('.') && !advice.ends_with(".."),
            "{cause:?}: {advice}"
        );
        for text in [&headline, &advice] {
            assert!(!text.contains(['{', '}']), "unfilled: {text}");
            assert!(!text.contains("please") && !text.contains('!'), "{text}");
        }
    }
}

#[test]
fn headlines_of_all_causes_differ() {
    let mut seen: Vec<String> = causes().iter().map(headline).collect();
    seen.sort();
    let before = seen.len();
    seen.dedup();
    assert_eq!(seen.len(), before);
}

#[test]
fn spans() {
    let check = |seconds: f64, expected: &str| {
        assert_eq!(span(Duration::from_secs_f64(seconds)), expected);
    };
    check(0.0, "0 s");
    check(0.2, "1 s");
    check(59.0, "59 s");
    check(60.0, "1 min");
    check(61.0, "2 min");
    check(7200.0, "2 h");
    check(7260.0, "2 h 1 min");
    check(90_000.0, "1 d 1 h");
}

#[test]
fn titles() {
    let check = |user, label, expected: &str| assert_eq!(title(&id(user, label)), expected);
    check("anna", "mail.example.org", "anna@mail.example.org");
    check("a@example.org", "imap.Example.org", "a@example.org");
    check("a@example.org", "example.org", "a@example.org");
    check("a@ample.org", "example.org", "a@ample.org · example.org");
    check(
        "a@work.test",
        "imap.host.net",
        "a@work.test · imap.host.net",
    );
    check("", "example.org", "example.org");
    let second = AccountId {
        ordinal: 1,
        ..id("a", "b")
    };
    assert_eq!(title(&second), "a@b (2)");
}

#[test]
fn status_lines() {
    let check = |account: &AccountStatus, expected: &str| {
        assert_eq!(status_line(account, at(0)), expected);
    };
    let clock_now = clock(at(0), at(0));
    check(&account(State::Skipped), "Not checked automatically (skip)");
    check(&account(State::Queued), "Waiting for its turn");
    check(
        &account(State::Connecting),
        "Connecting to mail.example.org…",
    );
    check(&account(State::Fetching), "Looking for new mail…");
    let mut one = account(State::Idle);
    check(&one, "Not checked yet");
    one.next_check = Some(at(240));
    check(&one, "Not checked yet · next in 4 min");
    one.last_check = Some(at(0));
    check(
        &one,
        &format!("Checked at {clock_now}, nothing new · next in 4 min"),
    );
    one.new = 3;
    one.next_check = Some(at(0));
    check(&one, &format!("3 new · last at {clock_now} · next now"));
    one.held = 2;
    check(
        &one,
        &format!("3 new · last at {clock_now} · 2 held · next now"),
    );
    let mut one = account(State::WillRetry);
    check(&one, "The last check failed");
    one.trouble = Some(trouble(Cause::TimedOut("h".to_owned(), 60), 1));
    one.next_check = Some(at(120));
    check(&one, "The server is not answering · trying again in 2 min");
    one.trouble = Some(trouble(Cause::TimedOut("h".to_owned(), 60), 3));
    check(
        &one,
        "The server is not answering · trying again in 2 min (failed 3 times)",
    );
    let mut one = account(State::NeedsYou);
    one.trouble = Some(trouble(Cause::SignIn, 1));
    check(&one, "Sign-in was refused");
}

#[test]
fn what_is_unfinished() {
    let check = |held, pending, expected: Option<&str>| {
        let one = AccountStatus {
            held,
            pending,
            ..account(State::Idle)
        };
        assert_eq!(open(&one).as_deref(), expected);
    };
    check(0, 0, None);
    check(1, 0, Some("1 was not taken and waits on the server"));
    check(0, 1, Some("1 is delivered and still to be deleted"));
    check(
        2,
        3,
        Some("2 were not taken and wait on the server; 3 are delivered and still to be deleted"),
    );
}

#[test]
fn progress_texts() {
    let check = |one: Progress, expected: &str| assert_eq!(progress(&one), expected);
    let known = Progress {
        done: 12,
        of: Some(40),
        bytes: 3_100_000,
        of_bytes: Some(9_800_000),
        left: Some(Duration::from_secs(20)),
        ..Progress::default()
    };
    check(Progress::default(), "");
    check(known, "12 of 40 · 3.1 of 9.8 MB · 20 s left");
    check(
        Progress {
            left: None,
            ..known
        },
        "12 of 40 · 3.1 of 9.8 MB",
    );
    check(
        Progress {
            bytes: 4_100,
            left: None,
            ..known
        },
        "12 of 40 · 4.1 kB of 9.8 MB",
    );
    check(Progress { done: 40, ..known }, "40 of 40 · 3.1 of 9.8 MB");
    check(
        Progress {
            of_bytes: None,
            left: None,
            ..known
        },
        "12 of 40 · 3.1 MB",
    );
    // Announced sizes are advice only: never "9.9 of 9.8".
    check(
        Progress {
            bytes: 9_900_000,
            left: None,
            ..known
        },
        "12 of 40 · 9.9 of 9.9 MB",
    );
}

#[test]
fn log_sentences() {
    let check = |what: What, expected: &str| {
        let line = Entry {
            at: at(0),
            id: None,
            what,
        };
        assert_eq!(entry(&line), expected);
    };
    let found = |total, old| What::Found {
        folder: None,
        total,
        old,
        octets: Some(4_100),
    };
    check(found(0, 0), "The mailbox is empty");
    check(found(1, 0), "1 message on the server (4.1 kB)");
    check(
        found(42, 39),
        "42 messages on the server, 39 of them old (4.1 kB)",
    );
    let mail = |from: &str, subject: &str, deletes| What::Delivered {
        from: from.to_owned(),
        subject: subject.to_owned(),
        octets: 812,
        number: (3, 12),
        deletes,
    };
    check(
        mail("Anna", "Boat", false),
        "Delivered 3 of 12: “Boat” from Anna (812 B)",
    );
    check(
        mail("", "", true),
        "Delivered 3 of 12: “no subject” (812 B), not kept on the server",
    );
    check(
        mail("{n}", "{size}", false),
        "Delivered 3 of 12: “{size}” from {n} (812 B)",
    );
    let left = |why| What::Left {
        octets: Some(12_000_000),
        number: (1, 2),
        why,
    };
    check(
        left(Why::Oversized),
        "Left 1 of 2 on the server: larger than the limit (12 MB)",
    );
    let refusal = Why::NotTaken {
        code: 550,
        words: "no such user".to_owned(),
        permanent: true,
    };
    check(
        left(refusal),
        "Left 1 of 2 on the server: refused for good: 550 no such user",
    );
    let done = |count| What::Finished {
        count,
        bytes: 41_000,
        took: Duration::from_millis(2_300),
    };
    check(done(0), "Check finished, nothing new (2.3 s)");
    check(done(3), "Fetched 3 messages (41 kB, 2.3 s)");
    let mut refused = trouble(Cause::SignIn, 1);
    refused.words = "NO bad".to_owned();
    check(
        What::Failed(refused),
        "Sign-in was refused. It answered: “NO bad”",
    );
}

#[test]
fn the_most_urgent_thing_is_summed_up() {
    let check = |all: &Snapshot, expected: &str| assert_eq!(summary(all, at(0)), expected);
    let mut all = Snapshot::default();
    check(&all, "No Accounts Yet");
    all.accounts = vec![account(State::Idle), account(State::Fetching)];
    check(&all, "Checking anna@mail.example.org…");
    all.accounts[0].new = 1;
    check(&all, "1 new message");
    all.accounts[1].new = 2;
    check(&all, "3 new messages");
    all.accounts[0].state = State::NeedsYou;
    check(&all, "anna@mail.example.org: The last check failed");
    all.halted = Some(Halt::Locked { pid: Some(7) });
    check(
        &all,
        "Another fetchmail is running and owns the lock (process 7).",
    );
}

#[test]
fn halts_say_what_can_be_done() {
    let check = |halt: Halt, part: &str| {
        assert!(!halt_headline(&halt).is_empty());
        assert!(stale_headline(&halt).contains("old one") || halt == Halt::NoFile);
        assert!(!stale_advice(&halt, "~/.fetchmailrc").is_empty());
        assert!(halt_advice(&halt, "~/.fetchmailrc").contains(part));
    };
    check(Halt::NoFile, "~/.fetchmailrc");
    check(
        Halt::Unreadable("It is open to others.".to_owned()),
        "open to others",
    );
    check(
        Halt::Syntax(vec!["a:1:2: b".to_owned(), "c".to_owned()]),
        "a:1:2: b\nc",
    );
    check(Halt::Locked { pid: None }, "reload");
    check(Halt::State("Read-only.".to_owned()), "Read-only");
}
