//! The installed fetchmail as oracle: it and our program refuse the same files with the same status,
//! and write the same dump of those they accept, byte for byte. What differs on purpose (contract,
//! "The file stays fetchmail's") is listed in [`ON_PURPOSE`] with what each does; nothing else is
//! excused.

mod dumps;
mod edits;
mod format;
mod moveto;
mod oracle;
mod random;
mod setups;
mod tokens;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use oracle::{Oracle, difference};
use postrider::rc::{Document, settings};
use random::Random;

/// Files cut at lines of `%%`; a case has no line end at its end unless it says so.
const CORPUS: &[(&str, &str)] = &[
    ("compat", include_str!("../corpus/rc/compat.txt")),
    ("errors", include_str!("../corpus/rc/errors.txt")),
    ("keywords", include_str!("../corpus/rc/keywords.txt")),
    ("layout", include_str!("../corpus/rc/layout.txt")),
    ("merging", include_str!("../corpus/rc/merging.txt")),
    ("names", include_str!("../corpus/rc/names.txt")),
    ("negations", include_str!("../corpus/rc/negations.txt")),
    ("numbers", include_str!("../corpus/rc/numbers.txt")),
    ("samples", include_str!("../corpus/rc/samples.txt")),
    ("strings", include_str!("../corpus/rc/strings.txt")),
];

/// Cases with bytes written as `%XX`.
const BYTES: &str = include_str!("../corpus/rc/bytes.txt");

fn corpus() -> Vec<Vec<u8>> {
    let texts = CORPUS.iter().flat_map(|(_, text)| text.split("\n%%\n"));
    let plain = texts.map(|text| text.as_bytes().to_vec());
    plain.chain(BYTES.split("\n%%\n").map(unescape)).collect()
}

fn unescape(text: &str) -> Vec<u8> {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(&part.as_bytes()[2..]);
    }
    bytes
}

/// Files on which the two differ, and why: text, fetchmail's status, ours.
const ON_PURPOSE: &[(&str, i32, i32)] = &[
    // A comment on a last line without line end.
    ("poll a user b # x", 5, 0),
    ("#", 5, 0),
    // A byte order mark.
    ("\u{feff}poll a user b", 5, 0),
    // Several idling accounts or folders.
    ("poll a proto imap user b idle\npoll c", 5, 0),
    ("poll a proto imap user b idle folder c d", 5, 0),
    // Words of later releases.
    ("poll a auth implicit", 5, 0),
    ("poll a auth oauthbearer user b", 5, 0),
    ("poll a proto pop3 auth apop user b", 5, 0),
    ("poll a retrieve-error continue idletimeout 60", 5, 0),
    ("poll a user b moveto c", 5, 0),
    (
        "poll a user b passwordeval c sslmode wrapped forceidle",
        5,
        0,
    ),
    // 6.4.37 turns the dots, and the traces, on.
    ("set no showdots", 0, 0),
    ("poll a no tracepolls", 0, 0),
    // 6.4.37 makes accounts of the second and later users of the defaults, and no Python.
    ("defaults user a user b keep\npoll c", 0, 0),
    // A line break in a label leads out of the comment.
    ("poll \"a\nb\"", 0, 0),
];

#[test]
fn files_mean_what_they_mean_to_fetchmail() {
    let cases = corpus();
    assert!(cases.len() > 1100, "{}", cases.len());
    let Some(accepted) = both_agree(&cases) else {
        return;
    };
    // Refused files alone would show little.
    assert!(accepted > 600, "{accepted}");
}

#[test]
fn what_differs_on_purpose() {
    let Some(oracle) = Oracle::find() else { return };
    for (text, theirs, ours) in ON_PURPOSE {
        let status = |out: std::process::Output| out.status.code();
        let seen = (
            status(oracle.theirs(text.as_bytes(), "")),
            status(oracle.ours(text.as_bytes(), "")),
        );
        assert_eq!(seen, (Some(*theirs), Some(*ours)), "{text}");
        assert!(oracle.compare(text.as_bytes(), "").is_err(), "{text}");
    }
}

/// Where the file is, who may read it, and where the id file is.
#[test]
fn files_are_found_and_refused_as_by_fetchmail() {
    let Some(oracle) = Oracle::find() else { return };
    let home = oracle.home().to_owned();
    let put = |name: &str, mode: u32| {
        let path = home.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "poll a user b pass c\nskip d\n").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    };
    put(".fetchmailrc", 0o600);
    put("etc/.fetchmailrc", 0o600);
    put("own/fetchmailrc", 0o600);
    put("open", 0o644);
    put("executable", 0o700);
    put("readable", 0o400);
    put("none/.keep", 0o600);
    let check = |arguments: &str, variables: &[(&str, &str)], input: &str, expected: i32| {
        let (theirs, ours) = oracle.both(arguments, variables, input);
        let shown = format!("{arguments} {variables:?}");
        assert_eq!(theirs.status.code(), Some(expected), "fetchmail {shown}");
        assert_eq!(ours.status.code(), Some(expected), "{shown}");
        assert_eq!(difference(&theirs.stdout, &ours.stdout), None, "{shown}");
    };
    check("", &[], "", 0);
    check("", &[("HOME_ETC", "etc")], "", 0);
    check("", &[("HOME_ETC", "none")], "", 0);
    check("", &[("FETCHMAILHOME", "own")], "", 0);
    check("", &[("FETCHMAILHOME", "own"), ("HOME_ETC", "etc")], "", 0);
    check("", &[("FETCHMAILHOME", "missing")], "", 23);
    check("-f missing", &[], "", 0);
    check("-f -", &[], "set logfile mail.log poll x user y", 0);
    check("-f -", &[], "poll", 5);
    check("-f /dev/null", &[], "", 0);
    check("-f open", &[], "", 6);
    check("-f executable", &[], "", 0);
    check("-f readable", &[], "", 0);
    check("-f own", &[], "", 6);
    check("-f open/x", &[], "", 6);
    check("-f readable -d 7", &[], "", 0);
    check("-f readable -d 7 -c", &[], "", 0);
    check("-f readable -L mail.log", &[], "", 0);
    check("-f readable -L mail.log -N", &[], "", 0);
    check("-f readable -i ids --pidfile p", &[], "", 0);
    check(
        "-f readable --postmaster x --invisible --syslog",
        &[],
        "",
        0,
    );
    put("ids", 0o644);
    check("-f readable -i ids", &[], "", 6);
}

/// Compares all, on two threads; returns how many are accepted by both; `None` without
/// fetchmail.
fn both_agree(cases: &[Vec<u8>]) -> Option<usize> {
    Oracle::find()?;
    let failures = Mutex::new(Vec::new());
    let accepted = AtomicUsize::new(0);
    let half = cases.len().div_ceil(2).max(1);
    std::thread::scope(|scope| {
        for cases in cases.chunks(half) {
            let (failures, accepted) = (&failures, &accepted);
            scope.spawn(move || {
                let Some(oracle) = Oracle::find() else { return };
                for case in cases {
                    match oracle.compare(case, "") {
                        Ok(dump) => drop(accepted.fetch_add(usize::from(dump.is_some()), Relaxed)),
                        Err(told) => failures.lock().unwrap().push(told),
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{} differ:\n{}",
        failures.len(),
        failures.join("\n")
    );
    Some(accepted.into_inner())
}

/// Arguments are glued to their options here, so that a bare word is a server.
#[test]
fn command_lines_mean_what_they_mean_to_fetchmail() {
    let Some(oracle) = Oracle::find() else { return };
    let rc = b"defaults timeout 9\n\
        poll foo aka other proto imap user a smtphost h1 folder x keep is joe here antispam 5\n\
        user b ssl sslcertfile f limit 3 mda m\nskip bar proto pop3 auth ntlm service 99\n";
    for line in include_str!("../corpus/rc/lines.txt").lines() {
        oracle.check(rc, line);
    }
}

/// Files put together from words that interact.
#[test]
fn random_files_mean_what_they_mean_to_fetchmail() {
    let words = include_str!("../corpus/rc/words.txt").split("\n%%\n");
    let words: Vec<Vec<&str>> = words.map(|part| part.lines().collect()).collect();
    let rounds = std::env::var("COMPAT_ROUNDS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(150);
    // Of several users of the defaults see `ON_PURPOSE`.
    let is_fair = |text: &Vec<u8>| {
        let (stanzas, _) = settings::read(&Document::parse(text.clone()));
        stanzas
            .defaults
            .is_none_or(|defaults| defaults.users.len() < 2)
    };
    let files = (0..rounds).map(|seed| Random(seed).file(&words).into_bytes());
    let files = files.filter(is_fair);
    let Some(accepted) = both_agree(&files.collect::<Vec<_>>()) else {
        return;
    };
    assert!(accepted * 4 > rounds as usize, "{accepted} of {rounds}");
}
