//! Accounts in every state, and a log of an ordinary morning.

use std::time::{Duration, SystemTime};

use postrider::engine::api::*;

pub fn id(user: &str, label: &str) -> AccountId {
    AccountId {
        label: label.to_owned(),
        user: user.to_owned(),
        ordinal: 0,
    }
}

pub fn ago(seconds: u64) -> SystemTime {
    SystemTime::now() - Duration::from_secs(seconds)
}

pub fn ahead(seconds: u64) -> SystemTime {
    SystemTime::now() + Duration::from_secs(seconds)
}

pub fn account(user: &str, label: &str, state: State) -> AccountStatus {
    AccountStatus {
        last_check: Some(ago(120)),
        next_check: Some(ahead(475)),
        totals: Totals {
            checks: 7,
            failures: 0,
            successes: 5,
            messages: 42,
            bytes: 4_100_000,
        },
        ..AccountStatus::fresh(id(user, label), state, "~/Maildir".to_owned())
    }
}

pub fn trouble(who: Who, cause: Cause, words: &str) -> Trouble {
    Trouble {
        who,
        cause,
        words: words.to_owned(),
        status: 3,
        tries: 3,
        since: ago(600),
    }
}

pub fn fetching() -> AccountStatus {
    let mut one = account("anna@example.org", "imap.example.org", State::Fetching);
    one.next_check = None;
    one.progress = Progress {
        done: 12,
        of: Some(40),
        bytes: 3_100_000,
        of_bytes: Some(9_800_000),
        waiting: Some((412, 372)),
        rate: 335_000.0,
        left: Some(Duration::from_secs(20)),
        elapsed: Duration::from_secs(9),
    };
    one
}

pub fn refused() -> AccountStatus {
    let mut one = account("bernd@work.example", "mail.work.example", State::NeedsYou);
    one.trouble = Some(trouble(
        Who::You,
        Cause::SignIn,
        "NO [AUTHENTICATIONFAILED] Invalid <b>credentials</b> & \"more\"",
    ));
    one.totals.failures = 3;
    one
}

pub fn all() -> Snapshot {
    let mut new = account("carla", "pop.hub.example", State::Idle);
    new.new = 3;
    new.last_new = Some(ago(300));
    new.progress.waiting = Some((57, 54));
    new.progress.elapsed = Duration::from_millis(2300);
    let mut quiet = account("office@shop.example", "imap.shop.example", State::Idle);
    quiet.next_check = Some(ahead(42));
    let mut retry = account("dora", "mail.slow.example", State::WillRetry);
    retry.trouble = Some(trouble(
        Who::Retry,
        Cause::TimedOut("mail.slow.example".into(), 60),
        "",
    ));
    let mut idle = account("archive", "mail.old.example", State::Skipped);
    idle.next_check = None;
    Snapshot {
        accounts: vec![
            fetching(),
            new,
            refused(),
            quiet,
            retry,
            account("list", "news.example", State::Connecting),
            account("eva", "mail.queue.example", State::Queued),
            idle,
        ],
        halted: None,
        stale: None,
        advice: Vec::new(),
        rc_path: "~/.fetchmailrc".to_owned(),
        ..Snapshot::default()
    }
}

pub fn halted(halt: Halt) -> Snapshot {
    Snapshot {
        halted: Some(halt),
        rc_path: "~/.fetchmailrc".to_owned(),
        ..Snapshot::default()
    }
}

pub fn entry(what: What) -> Entry {
    Entry {
        at: ago(60),
        id: Some(id("anna@example.org", "imap.example.org")),
        what,
    }
}

pub fn mail(number: u32, from: &str, subject: &str) -> What {
    What::Delivered {
        from: from.to_owned(),
        subject: subject.to_owned(),
        octets: 41_200,
        number: (number, 3),
        deletes: false,
    }
}

pub fn morning() -> Vec<Entry> {
    let refused = trouble(Who::You, Cause::SignIn, "NO Invalid credentials");
    let why = Why::NotTaken {
        code: 552,
        words: "message too big".to_owned(),
        permanent: true,
    };
    vec![
        entry(What::Started),
        entry(What::SignedIn { protected: true }),
        entry(What::Found {
            folder: None,
            total: 412,
            old: 409,
            octets: Some(9_800_000),
        }),
        entry(mail(1, "Anna Berg", "Minutes of Tuesday")),
        entry(mail(2, "<b>&\"", "<i>50 % & more</i>")),
        entry(What::Left {
            octets: Some(31_000_000),
            number: (3, 3),
            why,
        }),
        entry(What::Finished {
            count: 2,
            bytes: 82_400,
            took: Duration::from_millis(1400),
        }),
        Entry {
            id: Some(refused_id()),
            ..entry(What::Failed(refused))
        },
        Entry {
            id: None,
            ..entry(What::Note("The configuration was read again.".to_owned()))
        },
    ]
}

fn refused_id() -> AccountId {
    refused().id
}
