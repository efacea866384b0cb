use std::collections::HashSet;

use super::rows::Source;
use super::*;
use crate::base::Secret;
use crate::rc::option::{self, Dump};
use crate::rc::{Document, Overrides, Surroundings, settings};

/// What 6.4.37 does not dump; `port` stands under `service`. Words of later releases are not its.
const SILENT: &[Id] = &[Id::Pidfile, Id::Checkalias, Id::Port];

#[test]
fn every_option_is_dumped_once_or_known_to_be_silent() {
    let mut seen = HashSet::new();
    for source in [GLOBAL, SERVER, USER].concat() {
        if let Source::Option(id) = source {
            assert!(seen.insert(id), "{id:?} twice");
        }
    }
    for keyword in option::all() {
        let is_dumped = !matches!(keyword.dump, Dump::Nothing);
        assert_eq!(is_dumped, seen.contains(&keyword.id), "{keyword:?}");
        let is_silent = SILENT.contains(&keyword.id) || keyword.is_later;
        assert_eq!(is_dumped, !is_silent, "{keyword:?}");
    }
}

/// What holds by a file for user `me`.
pub(in crate::rc) fn layered<T>(text: &str, look: impl FnOnce(&Layers) -> T) -> T {
    let around = Surroundings {
        invoking_user: "me".into(),
        ..Surroundings::default()
    };
    let (stanzas, _) = settings::read(&Document::parse(text));
    let overrides = Overrides::default();
    look(&Layers::new(&stanzas, &overrides, &around))
}

/// What else is known: nothing remembered, nothing in `.netrc`.
pub(in crate::rc) fn facts(show_passwords: bool) -> Facts<'static> {
    Facts {
        idfile: std::path::Path::new("/h/.fetchids"),
        is_file: &|_| true,
        without_log: false,
        only_check: false,
        host: &|| "box.example".to_owned(),
        netrc: &|_, _| None,
        saved: &|_, _| Vec::new(),
        show_passwords,
    }
}

/// The dump of a file.
fn dumped(text: &str, show_passwords: bool) -> String {
    let facts = Facts {
        netrc: &|machine, _| (machine == b"kept").then(|| Secret::new("from netrc")),
        ..facts(show_passwords)
    };
    let mut all = Vec::new();
    layered(text, |layers| {
        dump(layers, &facts, &mut |part| {
            all.append(part);
            true
        })
    });
    String::from_utf8(all).expect("escaped")
}

#[test]
fn passwords_are_masked_and_the_dump_says_so() {
    const KEY: &str = "    'passwords_masked':TRUE,\n";
    let check = |text: &str, secret: &str| {
        let masked = dumped(text, false);
        assert!(
            masked.contains(KEY) && masked.contains("\"******\""),
            "{text}"
        );
        assert!(!masked.contains(secret), "{text}");
        let open = dumped(text, true);
        assert!(!open.contains(KEY) && open.contains(secret), "{text}");
    };
    check("poll a user b pass geheim", "geheim");
    check("skip a user b pass geheim", "geheim");
    check("defaults user b pass geheim\npoll a", "geheim");
    check("poll a esmtppassword geheim", "geheim");
    check("poll kept user b", "from netrc");
    check("poll a via kept user b", "from netrc");
    for text in [
        "poll a user b",
        "poll a auth ssh user b",
        "skip kept user b",
        "",
    ] {
        assert_eq!(dumped(text, false), dumped(text, true), "{text}");
    }
}

#[test]
fn a_label_does_not_lead_out_of_its_comment() {
    let dump = dumped("poll \"a\nimport os\"", true);
    assert!(
        !dump.lines().any(|line| line.starts_with("import")),
        "{dump}"
    );
}

#[test]
fn nobody_reads_any_more() {
    let text: String = (0..200).map(|i| format!("poll a{i}\n")).collect();
    let (stanzas, _) = settings::read(&Document::parse(text));
    let (overrides, around) = (Overrides::default(), Surroundings::default());
    let layers = Layers::new(&stanzas, &overrides, &around);
    let facts = Facts {
        idfile: std::path::Path::new(""),
        is_file: &|_| true,
        without_log: false,
        only_check: false,
        host: &String::new,
        netrc: &|_, _| None,
        saved: &|_, _| Vec::new(),
        show_passwords: false,
    };
    let mut parts = 0;
    dump(&layers, &facts, &mut |_| {
        parts += 1;
        false
    });
    assert_eq!(parts, 1);
}
