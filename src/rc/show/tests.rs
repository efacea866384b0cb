use super::*;
use crate::rc::dump::tests::{facts, layered};

/// The report of a file, as one text.
fn told(text: &str, is_verbose: bool, show_passwords: bool) -> String {
    let facts = Facts {
        saved: &|_, _| vec![b"uid1".to_vec()],
        ..facts(show_passwords)
    };
    let mut out = String::new();
    layered(text, |layers| {
        report(layers, &facts, Extent { is_verbose }, &mut |line| {
            out.push_str(line);
            out.push('\n');
        });
    });
    out
}

#[test]
fn the_hints_that_scripts_look_for() {
    let check = |text: &str, hints: &[&str]| {
        let told = told(text, false, false);
        let mut rest = told.as_str();
        for hint in hints {
            let at = rest.find(hint);
            assert!(at.is_some(), "{hint} is not, or not in order, in\n{told}");
            rest = &rest[at.unwrap_or(0) + hint.len()..];
        }
    };
    check(
        "set daemon 9 poll a proto pop3 user u pass p",
        &[
            "9 seconds",
            "/h/.fetchids",
            "u@a:",
            "a.",
            "POP3",
            "(default)",
            "(--all off)",
            "(--keep off)",
            "(--flush off)",
            "(--limitflush off)",
            "(--norewrite off)",
            "(stripcr off)",
            "(forcecr off)",
            "(pass8bits off)",
            "(mimedecode off)",
            "(idle off)",
            "(dropstatus off)",
            "(dropdelivered off)",
            "(--fetchsizelimit 100)",
            "(--fastuidl 4)",
            "localhost (default)",
            "Single-drop mode: 1 ",
            "1 UID ",
        ],
    );
    check(
        "poll a via v proto imap port 993 uidl user u is b c * here keep mda x no rewrite limit 5 expunge 3",
        &[
            "v",
            "(using service 993) (forcing UIDL use).",
            "(--keep on)",
            "(--norewrite on)",
            "(stripcr on)",
            "(--limit 5)",
            "(--expunge 3)",
            "“x”",
            "Multi-drop mode: 2 ",
            "Received",
        ],
    );
    check("poll a proto etrn", &["ETRN", "box.example (default)"]);
    check("poll a user b lmtp smtphost /s", &["LMTP", "/s"]);
}

#[test]
fn skipped_accounts_and_what_only_retrieval_needs_are_left_out() {
    assert!(!told("skip a user b", true, true).contains("b@a"));
    assert!(!told("poll a proto etrn", true, true).contains("--keep"));
}

#[test]
fn passwords_are_masked_unless_asked_for() {
    let text = "poll a proto pop3 esmtpname x esmtppassword geheim user u pass geheim";
    for is_verbose in [false, true] {
        assert!(!told(text, is_verbose, false).contains("geheim"));
    }
    assert!(told(text, true, false).contains("******"));
    assert!(told(text, true, true).contains("geheim"));
    assert!(told("poll a", false, false).contains("The password will be asked for."));
}

#[test]
fn nothing_in_the_file_moves_the_cursor() {
    let told = told(
        "poll \"a\x1b[2J\nb\" user \"c\nd\" mda \"\x1b]0;x\"",
        true,
        true,
    );
    assert!(
        !told.contains('\x1b') && told.contains("c d@a\u{fffd}[2J b:"),
        "{told}"
    );
}
