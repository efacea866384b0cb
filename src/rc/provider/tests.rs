use std::collections::HashSet;

use super::*;

#[test]
fn the_table_is_read() {
    let table = builtin();
    assert!(table.len() >= 12, "{}", table.len());
    for provider in table {
        assert!(
            provider.imap.is_some() || provider.pop3.is_some(),
            "{provider:?}"
        );
        let is_protocol = |off: &String| off == "imap" || off == "pop3";
        assert!(provider.off.iter().all(is_protocol), "{provider:?}");
        let is_page = |page: &str| page.is_empty() || page.starts_with("https://");
        assert!(is_page(&provider.page), "{provider:?}");
        assert!(is_page(&provider.source), "{provider:?}");
        assert_eq!(provider.source.is_empty(), provider.read.is_empty());
        let servers = [&provider.imap, &provider.pop3];
        for server in servers.into_iter().flatten() {
            assert!(!provider.is_old(&server.host), "{provider:?}");
        }
    }
    let gmail = &table[0];
    assert!(gmail.may_be_app_password(b"abcd efgh ijkl mnop"));
    assert!(!gmail.may_be_app_password(b"Hunter2"));
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
