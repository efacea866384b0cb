//! What editor, manual and reference need of every option; and that the table is complete.

use std::collections::{HashMap, HashSet};

use crate::rc::option::words::{METHODS, PROTOCOLS};
use crate::rc::option::*;

/// The keywords of rcfile.md sections 4 and 10; `moveto` is of fetchmail 6.6.
const KEYWORDS: [(Scope, &str); 3] = [
    (
        Scope::Global,
        "daemon logfile idfile pidfile postmaster bouncemail spambounce softbounce syslog \
         invisible showdots properties",
    ),
    (
        Scope::Server,
        "via proto protocol local localdomains port service auth authenticate preauth \
         preauthenticate timeout envelope qvirtual aka interface monitor plugin plugout dns \
         checkalias uidl interval tracepolls principal esmtpname esmtppassword bad-header \
         retrieve-error idletimeout",
    ),
    (
        Scope::User,
        "user username pass password is to folder folders smtp smtphost fetchdomains smtpaddress \
         smtpname antispam mda bsmtp lmtp pre preconnect post postconnect keep flush limitflush \
         fetchall rewrite stripcr forcecr pass8 pass8bits dropstatus dropdelivered mimedec \
         mimedecode idle ssl sslkey sslcert sslproto sslcertck sslcertfile sslcertpath \
         sslcommonname sslfingerprint limit warnings fetchlimit fetchsizelimit fastuidl batchlimit \
         expunge properties passwordfile passwordfd passeval passwordeval pwmd_socket \
         pwmd_socket_args pwmd_file pinentry_timeout forceidle sslmode sslprotover \
         sslprotocolversion moveto",
    ),
];

#[test]
fn the_table_is_the_list_of_keywords() {
    for (scope, words) in KEYWORDS {
        let listed: HashSet<&str> = words.split_whitespace().collect();
        let declared: HashSet<&str> = all()
            .filter(|keyword| keyword.scope == scope)
            .flat_map(|keyword| keyword.words)
            .copied()
            .collect();
        let missing: Vec<_> = listed.symmetric_difference(&declared).collect();
        assert!(missing.is_empty(), "{scope:?}: {missing:?}");
    }
}

#[test]
fn every_option_has_its_row() {
    let mut places = HashMap::new();
    let mut labels = HashMap::new();
    for keyword in all() {
        let scope = keyword.scope;
        assert!(
            Page::of(scope).contains(&keyword.page),
            "{keyword:?} stands on a page of another statement"
        );
        assert!(keyword.rank > 0, "{keyword:?} has no place");
        let place = (scope, keyword.page, keyword.rank);
        if let Some(other) = places.insert(place, keyword) {
            panic!("{keyword:?} and {other:?} share a place");
        }
        if let Some(other) = labels.insert((scope, keyword.label), keyword) {
            panic!("{keyword:?} and {other:?} share a label");
        }
        let label = keyword.label;
        let is_title = label.starts_with(char::is_uppercase) && !label.ends_with('.');
        assert!(is_title, "{keyword:?}: {label:?}");
    }
}

#[test]
fn every_page_has_a_row() {
    let scopes = [Scope::Global, Scope::Server, Scope::User];
    for page in scopes.iter().flat_map(|scope| Page::of(*scope)) {
        assert!(all().any(|keyword| keyword.page == *page), "{page:?}");
        assert!(!page.title().is_empty());
    }
}

#[test]
fn long_texts_are_one_to_four_sentences() {
    for keyword in all() {
        let about = keyword.about;
        assert!(about.ends_with('.'), "{keyword:?}: {about:?}");
        let ends = about.matches(". ").count() + 1;
        assert!((1..=4).contains(&ends), "{keyword:?} has {ends} sentences");
        assert!(!about.contains("  ") && !about.contains('\n'), "{about:?}");
        assert_ne!(about.trim_end_matches('.'), keyword.help, "{keyword:?}");
        for note in keyword.notes {
            assert!(!note.is_empty() && !note.ends_with('.'), "{keyword:?}");
        }
        // A word of other releases says so.
        let has_note = keyword
            .notes
            .iter()
            .any(|note| note.starts_with("not in 6.4"));
        assert_eq!(keyword.is_later, has_note, "{keyword:?}");
    }
}

#[test]
fn synonyms_add_something() {
    for keyword in all() {
        let mut seen = HashSet::new();
        for word in keyword.synonyms {
            assert_eq!(word.to_lowercase(), *word, "{keyword:?}");
            assert!(
                !word.trim().is_empty() && word.trim() == *word,
                "{keyword:?}"
            );
            assert!(!keyword.words.contains(word), "{keyword:?}: {word}");
            assert!(seen.insert(word), "{keyword:?}: {word} twice");
        }
    }
    let check = |word: &str, ids: &[Id]| {
        let found: Vec<Id> = all()
            .filter(|keyword| keyword.synonyms.contains(&word))
            .map(|keyword| keyword.id)
            .collect();
        assert_eq!(found, ids, "{word}");
    };
    let ssl: Vec<Id> = all()
        .filter(|keyword| keyword.name().starts_with("ssl"))
        .map(|keyword| keyword.id)
        .collect();
    assert_eq!(ssl.len(), 11);
    check("certificate", &ssl);
    check("leave", &[Id::Keep]);
}

#[test]
fn relations_go_both_ways() {
    for keyword in all() {
        let mut seen = HashSet::new();
        for other in keyword.related {
            assert_ne!(*other, keyword.id);
            assert!(seen.insert(other), "{keyword:?} names {other:?} twice");
            let other = super::keyword(*other);
            assert!(
                other.related.contains(&keyword.id),
                "{other:?} does not name {keyword:?}"
            );
        }
    }
}

#[test]
fn choices_say_what_they_are() {
    let rows = PROTOCOLS.iter().map(|row| (row.word, row.label, row.note));
    let methods = METHODS
        .iter()
        .map(|method| (method.words[0], method.label, method.note));
    let mut labels = HashSet::new();
    for (word, label, note) in rows.chain(methods) {
        assert!(!label.is_empty() && !note.is_empty(), "{word}");
        assert!(labels.insert(label), "{word}: {label} is taken");
    }
}
