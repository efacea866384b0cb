use std::collections::{HashMap, HashSet};

use super::*;

#[test]
fn the_table_is_read() {
    let table = builtin();
    assert!(table.len() >= 35, "{}", table.len());
    for provider in table {
        assert!(
            provider.imap.is_some() || provider.pop3.is_some(),
            "{provider:?}"
        );
        let is_protocol = |off: &String| off == "imap" || off == "pop3";
        assert!(provider.off.iter().all(is_protocol), "{provider:?}");
        let is_page = |page: &str| page.is_empty() || page.starts_with("https://");
        assert!(is_page(&provider.page), "{provider:?}");
        let servers = [&provider.imap, &provider.pop3];
        for server in servers.into_iter().flatten() {
            assert!(!provider.is_old(&server.host), "{provider:?}");
        }
    }
    let gmail = &table[0];
    assert!(gmail.may_be_app_password(b"abcd efgh ijkl mnop"));
    assert!(!gmail.may_be_app_password(b"Hunter2"));
}

/// Whoever doubts a row can look where it is from; one from nowhere is not shipped.
#[test]
fn every_row_says_where_it_was_read() {
    for provider in builtin() {
        assert!(provider.source.starts_with("https://"), "{provider:?}");
        let parts: Vec<&str> = provider.read.split('-').collect();
        let is_number = |part: &&str| part.bytes().all(|b| b.is_ascii_digit());
        assert!(parts.iter().all(is_number), "{provider:?}");
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        assert_eq!(lengths, [4, 2, 2], "{provider:?}");
        assert!("2026-11-01" <= &*provider.read, "{provider:?}");
    }
}

/// A row that was made from another one, and is still that one in part.
#[test]
fn rows_share_nothing() {
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for provider in builtin() {
        let servers = provider.imap.iter().chain(&provider.pop3);
        let mut own: Vec<&str> = servers.map(|server| &*server.host).collect();
        own.extend([&*provider.name, &*provider.source, &*provider.page]);
        own.extend(provider.old.iter().map(|host| &**host));
        own.retain(|text| !text.is_empty());
        for text in own {
            let other = seen.insert(text, &provider.name);
            let is_own = other.is_none_or(|other| other == provider.name);
            assert!(is_own, "{text}: {other:?} and {}", provider.name);
        }
        let hosts = [&provider.imap, &provider.pop3];
        for server in hosts.into_iter().flatten() {
            assert_eq!(server.host, server.host.to_lowercase(), "{provider:?}");
            let is_usual = matches!(server.port, 993 | 995);
            let is_implicit = server.tls == Protection::Implicit;
            assert_eq!(is_usual, is_implicit, "{provider:?}");
        }
    }
}

#[test]
fn no_domain_has_two_providers() {
    let mut seen = HashSet::new();
    for provider in builtin() {
        for name in provider.domains.iter().chain(&provider.suffixes) {
            assert_eq!(*name, name.to_lowercase());
            assert!(seen.insert(name), "{name}");
            let others = builtin().iter().filter(|other| other.has_domain(name));
            assert_eq!(others.count(), 1, "{name}");
        }
        for name in &provider.mx {
            let others = builtin().iter().filter(|other| other.has_exchanger(name));
            assert_eq!(others.count(), 1, "{name}");
        }
    }
}

#[test]
fn broken_tables_say_where() {
    let check = |text: &str, line: usize, word: &str| {
        let broken = parse(text).unwrap_err();
        assert_eq!(broken.line, line, "{text}: {broken}");
        assert!(broken.what.contains(word), "{broken}");
    };
    check("[[provider]]\nname = 3", 2, "string");
    check("[[provider]]\nnam", 2, "");
    check(
        "[[provider]]\nname = \"a\"\n[provider.imap]\nhost = \"b\"\nport = 70000\ntls = \"implicit\"",
        5,
        "70000",
    );
    assert_eq!(parse(""), Ok(Vec::new()));
    let unknown = "[[provider]]\nname = \"a\"\nof_later = 1\n";
    assert_eq!(parse(unknown).map(|table| table.len()), Ok(1));
}

#[test]
fn names_below_others() {
    let check = |name: &str, suffix: &str, expected| {
        assert_eq!(is_under(name, suffix), expected, "{name} {suffix}");
    };
    check("mx1.Example.org", "example.ORG", true);
    check("example.org", "example.org", true);
    check("badexample.org", "example.org", false);
    check("org", "example.org", false);
    check("xü.org", "ü.org", false);
    check("x.org", "", false);
}
