//! `moveto` as fetchmail 6.6.9 reads it, recorded: to it the word is a keyword, to 6.4.37 a string.
//! Words of later releases are read only where an option is expected, so that a file of 6.4 keeps
//! its meaning; where that makes a difference it is listed in [`DIFFERS`], and nowhere else.

use std::path::Path;

use postrider::rc::option::Id;
use postrider::rc::outline::has_errors;
use postrider::rc::resolve::Layers;
use postrider::rc::{Document, Overrides, Surroundings, settings};

use super::oracle::Oracle;
use super::tokens::our_dump;

const CASES: &str = include_str!("../../corpus/rc/moveto.txt");

/// The file whose dump the others are told apart from.
const PLAIN: &str = "poll a proto imap user b";

/// Why we read a file otherwise than 6.6.9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Because {
    /// 6.4.37 accepts it: its meaning stays what it was.
    Of64,
    /// 6.4.37 refuses it as we do, because the word belongs to the list before it.
    InList,
    /// Where a value is expected, a later word is a string, as every other is to 6.4.37.
    IsValue,
    /// 6.6.9 refuses the word where the protocol is not said to be IMAP. We poll no account with
    /// it, whatever the protocol.
    NotPolled,
    /// `\103` in a string is a decimal code to 6.4.37 and us, an octal one to 6.6.9.
    Decimal,
}
use Because::{Decimal, InList, IsValue, NotPolled, Of64};

/// The folders we read in such a file.
#[rustfmt::skip]
const DIFFERS: &[(&str, Because, &[&str])] = &[
    ("poll a proto imap user b is d moveto c", Of64, &[]),
    ("poll a proto imap user b to d e moveto c", Of64, &[]),
    ("poll a proto imap user b is moveto moveto c", Of64, &[]),
    ("poll a proto imap user b is d moveto here", Of64, &[]),
    ("poll a proto imap user b d moveto here", Of64, &[]),
    ("poll a proto imap user b moveto here", Of64, &[]),
    ("poll a proto imap user b moveto c here", Of64, &[]),
    ("poll a proto imap user b moveto c d here", Of64, &[]),
    ("poll a proto imap user b folder x moveto c", Of64, &[]),
    ("poll a proto imap user b folder x y moveto c", Of64, &[]),
    ("poll a proto imap user b folder moveto c", Of64, &[]),
    ("poll a proto imap user b folder moveto", Of64, &[]),
    ("poll a proto imap user b smtphost x moveto c", Of64, &[]),
    ("poll a proto imap user b fetchdomains x.y moveto c", Of64, &[]),
    ("poll a proto imap user b fetchdomains x.y z moveto c", Of64, &[]),
    ("poll a proto imap aka x moveto c", Of64, &[]),
    ("poll a proto imap localdomains x moveto c", Of64, &[]),
    ("poll a proto imap aka moveto", Of64, &[]),
    ("poll a proto imap aka x moveto user b", Of64, &[]),
    ("poll a proto imap user b mda moveto", Of64, &[]),
    ("poll a proto imap user b preconnect moveto keep", Of64, &[]),
    ("poll a proto imap user b properties moveto", Of64, &[]),
    ("poll moveto proto imap user b", Of64, &[]),
    ("skip moveto proto imap user b", Of64, &[]),
    ("poll a via moveto proto imap user b", Of64, &[]),
    // 6.4.37 finds no such service.
    ("poll a proto imap service moveto user b", IsValue, &[]),
    ("poll a proto imap envelope moveto user b", Of64, &[]),
    ("poll a proto imap principal moveto user b", Of64, &[]),
    ("set logfile moveto\npoll a proto imap user b", Of64, &[]),
    ("set postmaster moveto\npoll a proto imap user b", Of64, &[]),
    ("poll a proto imap user b folder x forceidle", Of64, &[]),
    ("poll a proto imap user b folder forceidle x", Of64, &[]),
    ("poll a proto imap aka x idletimeout 60 user b", InList, &[]),
    ("poll a proto imap user b moveto moveto", IsValue, &["b@a moveto"]),
    ("poll a proto imap user b mda moveto moveto c", IsValue, &["b@a c"]),
    ("poll moveto proto imap user b moveto c", IsValue, &["b@moveto c"]),
    ("poll a proto imap plugin moveto user b moveto c", IsValue, &["b@a c"]),
    ("poll a proto imap user b sslproto moveto moveto c", IsValue, &["b@a c"]),
    ("poll a proto imap user b moveto forceidle", IsValue, &["b@a forceidle"]),
    ("poll a proto imap user b moveto idletimeout", IsValue, &["b@a idletimeout"]),
    ("poll a user b moveto c", NotPolled, &["b@a c"]),
    ("poll a proto auto user b moveto c", NotPolled, &["b@a c"]),
    ("poll a proto pop3 user b moveto c", NotPolled, &["b@a c"]),
    ("poll a proto imap user b moveto \"a\\x42\\103\"", Decimal, &["b@a aBg"]),
];

/// What 6.6.9 made of a file.
pub struct Case<'t> {
    /// The file.
    pub text: &'t str,
    status: i32,
    dump: Vec<&'t str>,
    moved: Vec<&'t str>,
}

pub fn cases() -> Vec<Case<'static>> {
    let cases = CASES.split("\n%%\n").skip(1).map(|part| {
        let (text, rest) = part.split_once("\n= ").unwrap();
        let mut lines = rest.lines();
        let status = lines.next().unwrap().parse().unwrap();
        let (mut dump, mut moved) = (Vec::new(), Vec::new());
        for line in lines {
            match line.split_once(' ').unwrap() {
                ("D", line) => dump.push(line),
                ("M", line) => moved.push(line),
                (mark, _) => assert_eq!(mark, "E", "{text}"),
            }
        }
        Case {
            text,
            status,
            dump,
            moved,
        }
    });
    cases.collect()
}

/// The lines of our dump that are not in that of the plain file; `None` for a refused file.
fn our_lines(text: &str) -> Option<Vec<String>> {
    let dump = |text: &str| our_dump(&Document::parse(text), Path::new("/root"), "root").ok();
    let plain = String::from_utf8(dump(PLAIN).unwrap()).unwrap();
    let is_special = |line: &&str| {
        let line = line.trim();
        let is_own = line == "\"remote\":\"b\"," || line.starts_with("\"pollname\"");
        is_own || !plain.lines().any(|other| other.trim() == line)
    };
    let dump = String::from_utf8(dump(text)?).unwrap();
    let lines = dump.lines().filter(is_special).map(str::trim);
    let lines = lines.filter(|line| !line.starts_with('#'));
    Some(lines.map(str::to_owned).collect())
}

/// `USER@LABEL FOLDER` of the accounts that are polled and say `moveto`.
fn our_folders(text: &str) -> Vec<String> {
    let (stanzas, found) = settings::read(&Document::parse(text));
    if has_errors(&found) {
        return Vec::new();
    }
    let around = Surroundings {
        invoking_user: "root".to_owned(),
        is_root: true,
        ..Surroundings::default()
    };
    let overrides = Overrides::default();
    let layers = Layers::new(&stanzas, &overrides, &around);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let folders = layers.cases().filter(|case| case.entry.is_active);
    let folders = folders.filter_map(|case| {
        let folder = text(case.effective.value(Id::Moveto)?.text());
        let user = case.effective.value(Id::User);
        let user = user.map_or("root".to_owned(), |user| text(user.text()));
        Some(format!("{user}@{} {folder}", text(&case.entry.label)))
    });
    folders.collect()
}

#[test]
fn moveto_is_what_it_is_to_later_releases() {
    let oracle = Oracle::find();
    let cases = cases();
    assert!(cases.len() > 150, "{}", cases.len());
    let mut failures = Vec::new();
    for case in &cases {
        let differs = DIFFERS.iter().find(|(text, ..)| *text == case.text);
        if let Err(told) = check(case, differs.map(|(_, why, moved)| (*why, *moved)), &oracle) {
            failures.push(format!("{}\n  {told}", case.text));
        }
    }
    for (text, ..) in DIFFERS {
        assert!(cases.iter().any(|case| case.text == *text), "{text}");
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn check(
    case: &Case,
    differs: Option<(Because, &[&str])>,
    oracle: &Option<Oracle>,
) -> Result<(), String> {
    let (lines, moved) = (our_lines(case.text), our_folders(case.text));
    // Keys that 6.4.37 has not, in files that say the options.
    let is_known = |line: &&&str| {
        !["'idletimeout':", "'forceidle':"]
            .iter()
            .any(|key| line.starts_with(key))
    };
    let theirs: Vec<&str> = case.dump.iter().filter(is_known).copied().collect();
    let is_same = match &lines {
        Some(lines) => case.status == 0 && *lines == theirs && moved == case.moved,
        None => case.status == 5,
    };
    let Some((why, expected)) = differs else {
        return match is_same {
            true => Ok(()),
            false => Err(format!("we {lines:?} {moved:?}")),
        };
    };
    if is_same || lines.is_none() != (why == InList) || moved != expected {
        return Err(format!("{why:?}, but {lines:?} {moved:?}"));
    }
    let Some(oracle) = oracle else { return Ok(()) };
    let out = oracle.theirs(case.text.as_bytes(), "");
    match (why, out.status.code()) {
        (Of64, Some(0)) => oracle.compare(case.text.as_bytes(), "").map(drop),
        (InList | IsValue | NotPolled | Decimal, Some(5)) => Ok(()),
        (_, status) => Err(format!("{why:?}, but 6.4.37 {status:?}")),
    }
}
