mod texts;

use std::collections::HashSet;

use super::*;
use crate::rc::account::{Auth, LocalName, Protocol};
use crate::rc::document::Document;
use crate::rc::settings;

#[test]
fn names_are_unique_in_both_directions() {
    let mut ids = HashSet::new();
    let mut words = HashSet::new();
    for keyword in all() {
        assert!(ids.insert(keyword.id), "{keyword:?} is declared twice");
        for word in keyword
            .words
            .iter()
            .map(|w| (*w).to_owned())
            .chain(keyword.run_ons())
        {
            assert!(
                words.insert((keyword.scope, word.clone())),
                "{word} has two meanings"
            );
            let found = find(keyword.scope, word.as_bytes()).unwrap();
            assert_eq!(found.keyword.id, keyword.id);
        }
    }
    // A word of a server entry must not mean something else among user options.
    let server = words.iter().filter(|(scope, _)| *scope == Scope::Server);
    for (_, word) in server {
        assert!(!words.contains(&(Scope::User, word.clone())), "{word}");
    }
    // Found by name in `use`, the last variant of the enum bounds their number.
    assert_eq!(ids.len(), Id::Moveto as usize + 1);
}

#[test]
fn every_option_says_what_it_is() {
    for keyword in all() {
        assert!(
            !keyword.words.is_empty() && !keyword.help.is_empty(),
            "{keyword:?}"
        );
        assert!(!keyword.help.ends_with('.'), "{keyword:?}");
        let is_flag = keyword.kind == Kind::Flag || keyword.kind == Kind::Envelope;
        assert!(is_flag || keyword.negation == Negation::None, "{keyword:?}");
        for switch in keyword.switches {
            assert_eq!(
                switch.sets == Sets::Value,
                keyword.kind != Kind::Flag,
                "{keyword:?}"
            );
        }
    }
}

/// The complete list of rcfile.md section 4.3.
#[test]
fn run_on_forms() {
    let expected = "nobouncemail nospambounce nouidl nocheckalias nodns noenvelope nokeep noflush \
        nolimitflush nofetchall norewrite noforcecr nostripcr nopass8 nopass8bits nodropstatus \
        nodropdelivered nomimedec nomimedecode noidle";
    let expected: HashSet<String> = expected.split_whitespace().map(str::to_owned).collect();
    let classic = all().filter(|keyword| !keyword.is_later);
    assert_eq!(
        classic.flat_map(Keyword::run_ons).collect::<HashSet<_>>(),
        expected
    );
    let later: Vec<String> = all()
        .filter(|k| k.is_later)
        .flat_map(Keyword::run_ons)
        .collect();
    assert_eq!(later, ["noforceidle"]);
}

#[test]
fn reserved_words() {
    let lengths = all().flat_map(|keyword| {
        let glued = keyword.run_ons().map(|word| word.len());
        let plain = keyword.words.iter().map(|word| word.len());
        plain.chain(glued).collect::<Vec<_>>()
    });
    assert_eq!(lengths.max(), Some(LONGEST));
    assert!(words::reserved().all(|(word, _)| word.len() <= LONGEST));
    let check = |word: &str, expected| assert_eq!(is_reserved(word.as_bytes()), expected, "{word}");
    for word in [
        "poll", "with", "here", "POP3", "auto", "cram-md5", "any", "accept", "nokeep", "smtp",
    ] {
        check(word, true);
    }
    for word in [
        "Pop3",
        "POLL",
        "nossl",
        "OPIE",
        "oauthbearer",
        "sslmode",
        "remote",
        "nosyslog",
    ] {
        check(word, false);
    }
}

/// A value that is not the default.
fn sample(keyword: &Keyword) -> Value {
    match keyword.kind {
        Kind::Flag if keyword.default == "yes" => Value::Flag(false),
        Kind::Flag => Value::Flag(true),
        Kind::Number => Value::Number(7),
        Kind::Text | Kind::Path | Kind::Command | Kind::Service | Kind::User => {
            Value::Text(b"seven".to_vec())
        }
        Kind::Secret => Value::Secret(crate::base::Secret::new("seven")),
        Kind::List => Value::List(vec![b"seven".to_vec()]),
        Kind::Numbers => Value::Numbers(vec![7]),
        Kind::Names => {
            let name = LocalName {
                remote: b"a".to_vec(),
                local: b"b".to_vec(),
                is_pair: true,
            };
            Value::Names {
                names: vec![name],
                wildcard: false,
            }
        }
        Kind::Protocol => Value::Protocol(Protocol::Imap),
        Kind::Auth => Value::Auth(Auth::Ntlm),
        Kind::Choice(words) => Value::Choice(words[0]),
        Kind::Envelope => Value::Envelope {
            skip: 7,
            name: Some(b"seven".to_vec()),
        },
    }
}

#[test]
fn every_option_changes_something() {
    for keyword in all() {
        let value = sample(keyword);
        match keyword.act {
            Act::Account(act) => {
                let before = Draft::new(b"label", "me");
                let mut after = before.clone();
                act(&mut after, &value);
                assert_ne!(before, after, "{keyword:?}");
            }
            Act::Global(act) => {
                let document = Document::parse("");
                let mut config = crate::rc::resolve(
                    &document,
                    &settings::Overrides::default(),
                    &crate::rc::Surroundings::default(),
                )
                .unwrap();
                let before = config.globals.clone();
                act(&mut config.globals, &value);
                assert_ne!(before, config.globals, "{keyword:?}");
            }
            Act::Nothing => {
                let is_opaque = matches!(keyword.id, Id::Properties);
                assert!(is_opaque || keyword.support != Support::Acts, "{keyword:?}");
            }
        }
    }
}

/// Every spelling, and every negation, is read as its option.
#[test]
fn every_spelling_is_read() {
    for keyword in all() {
        let argument = match keyword.kind {
            _ if keyword.id == Id::Interface => "lo/127.0.0.1",
            Kind::Flag => "",
            Kind::Number | Kind::Numbers => "7",
            Kind::Protocol => "imap",
            Kind::Auth => "ntlm",
            Kind::Choice(words) => words[0],
            _ => "seven",
        };
        let mut ways: Vec<String> = keyword
            .words
            .iter()
            .map(|w| format!("{w} {argument}"))
            .collect();
        if keyword.negation != Negation::None {
            ways.extend(keyword.words.iter().map(|word| format!("no {word}")));
        }
        ways.extend(keyword.run_ons());
        for way in ways {
            let head = match keyword.scope {
                Scope::Global => "set",
                _ if keyword.id == Id::User => "poll a",
                Scope::Server => "poll a",
                Scope::User => "poll a user b",
            };
            let (stanzas, found) = settings::read(&Document::parse(format!("{head} {way}\n")));
            let errors: Vec<_> = found
                .iter()
                .filter(|d| d.severity == crate::rc::diagnostic::Severity::Error)
                .collect();
            assert!(errors.is_empty(), "{way}: {errors:?}");
            let said = match keyword.scope {
                Scope::Global => stanzas.globals.find(keyword.id),
                Scope::Server => stanzas.entries[0].server.find(keyword.id),
                Scope::User => stanzas.entries[0].users[0].find(keyword.id),
            };
            assert!(said.is_some(), "{way}");
        }
    }
}
