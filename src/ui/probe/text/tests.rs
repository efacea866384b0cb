use super::super::sample;
use super::*;

#[test]
fn formats_by_name() {
    let check = |name: &str, expected: Format| assert_eq!(Format::of(name), expected);
    check("a.txt", Format::Text);
    check("a.MD", Format::Markdown);
    check("mail.example.json", Format::Json);
    check("a", Format::Text);
}

#[test]
fn all_formats_tell_the_same() {
    let mut report = sample::report("mail.example");
    report.rows[0].greeting = "* OK <b>&\" `x` [y](z)".into();
    for format in [Format::Text, Format::Markdown, Format::Json] {
        let text = report_text(&report, format, false);
        for part in [
            "mail.example",
            "993",
            "AES-256-GCM",
            "Dovecot",
            "AA:BB",
            "IDLE",
            "ssl",
        ] {
            assert!(text.contains(part), "{part} in {format:?}: {text}");
        }
    }
    let markdown = report_text(&report, Format::Markdown, false);
    assert!(markdown.starts_with("# Report about mail.example\n"));
    // Verbatim inside a block, where it means nothing.
    assert!(markdown.contains("\n    * OK <b>&\" `x` [y](z)\n"));
    let json = report_text(&report, Format::Json, false);
    let value: Value = serde_json::from_str(&json).unwrap_or_default();
    assert_eq!(value["rows"][0]["greeting"], report.rows[0].greeting);
    assert_eq!(value["version"], 1);
}

#[test]
fn local_addresses_are_masked() {
    let check = |text: &str, expected: &str| assert_eq!(masked(text), expected);
    check("at 192.168.1.7.", "at (local address).");
    check("at 10.0.0.1:993", "at (local address):993");
    check(
        "[fd00::1]:993, fe80::2",
        "[(local address)]:993, (local address)",
    );
    check("::ffff:10.1.2.3", "(local address)");
    check("100.64.0.1 100.128.0.1", "(local address) 100.128.0.1");
    check(
        "127.0.0.1 192.0.2.1 2001:db8::1",
        "127.0.0.1 192.0.2.1 2001:db8::1",
    );
    check("a.b 1.2.3 10.0.0.256 face", "a.b 1.2.3 10.0.0.256 face");
    check("äöü 172.16.0.1 ß", "äöü (local address) ß");
    let mut report = sample::report("mail.example");
    report.addresses = vec!["192.168.7.7".parse().unwrap_or_else(|_| panic!())];
    for format in [Format::Text, Format::Markdown, Format::Json] {
        assert!(report_text(&report, format, false).contains("192.168.7.7"));
        assert!(!report_text(&report, format, true).contains("192.168.7.7"));
    }
}
