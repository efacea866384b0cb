//! Known answers from the RFC and from servers that read it differently.

use super::*;

fn scan(line: &str) -> Response {
    Response::scan(&Bytes::copy_from_slice(line.as_bytes()))
}

#[test]
fn status_responses() {
    let check = |line: &str, kind: Kind, code: Option<(&str, &str)>| {
        let status = match scan(line) {
            Response::Untagged(status) | Response::Tagged { status, .. } => status,
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(status.kind, kind, "{line}");
        let found = status.code.as_ref();
        assert_eq!(
            found.map(|c| (&c.name[..], c.args.trim_ascii())),
            code.map(|(name, args)| (name.as_bytes(), args.as_bytes())),
            "{line}"
        );
        assert!(line.as_bytes().ends_with(&status.line));
    };
    check("* OK IMAP4rev1 Service Ready", Kind::Ok, None);
    check("* OK", Kind::Ok, None);
    check(
        "*  ok [UIDVALIDITY 385752904] UIDs valid",
        Kind::Ok,
        Some(("UIDVALIDITY", "385752904")),
    );
    check(
        "* OK [HIGHESTMODSEQ 715194045007]",
        Kind::Ok,
        Some(("HIGHESTMODSEQ", "715194045007")),
    );
    check(
        "* OK [HIGHESTMODSEQ]",
        Kind::Ok,
        Some(("HIGHESTMODSEQ", "")),
    );
    check("* OK [no end of it", Kind::Ok, None);
    check("A1 OK", Kind::Ok, None);
    check("A1 ok ", Kind::Ok, None);
    check("A1  OK [READ-ONLY] done", Kind::Ok, Some(("READ-ONLY", "")));
    check("A1 NO Benutzer oder Passwort ung\u{fc}ltig", Kind::No, None);
    check("A1 BAD", Kind::Bad, None);
    check("* BYE [ALERT] {5}", Kind::Bye, Some(("ALERT", "")));
    check("* PREAUTH", Kind::Preauth, None);
}

#[test]
fn other_responses() {
    let check = |line: &str, expected: Response| assert_eq!(scan(line), expected, "{line}");
    check("* 23 EXISTS", Response::Exists(Some(23)));
    check("*  23  exists", Response::Exists(Some(23)));
    check("* -5 EXISTS", Response::Exists(None));
    check("* 4294967296 EXISTS", Response::Exists(None));
    check("* 44 EXPUNGE", Response::Expunge(44));
    check("* 0 EXPUNGE", Response::Unknown);
    check("+", Response::Continue(Bytes::new()));
    check("+ PDE4", Response::Continue(Bytes::from_static(b"PDE4")));
    for line in [
        "",
        " ",
        "*",
        "* ",
        "[COPYUID 14 1 1]",
        "A1",
        "A1 BYE",
        "A1 MAYBE",
        "OK",
        "* FLAGS (\\Seen)",
        "* ESEARCH (TAG \"A1\") UID ALL 1:3",
        "* 5 X",
        "* X 5",
        "* 1 FETCH",
        "* 1 FETCH (FLAGS (\\Seen)",
        "* 0 FETCH (UID 1)",
        "\0\u{ff}",
    ] {
        assert!(!matches!(
            scan(line),
            Response::Tagged { .. } | Response::Untagged(_)
        ));
    }
}

#[test]
fn fetch_items_in_any_order() {
    let check = |line: &str, uid, size, flags: Option<(bool, bool)>, body: Body| {
        let flags = flags.map(|(is_seen, is_deleted)| Flags {
            is_seen,
            is_deleted,
        });
        let expected = Fetch {
            seq: 12,
            uid,
            size,
            flags,
            body,
            is_header: false,
        };
        assert_eq!(scan(line), Response::Fetch(expected), "{line}");
    };
    let text = |t: &str| Body::Text(t.as_bytes().to_vec());
    let no = Body::Absent;
    check(
        "* 12 FETCH (FLAGS (\\Seen) UID 4827313 RFC822.SIZE 4286)",
        Some(4_827_313),
        Some(4286),
        Some((true, false)),
        no,
    );
    check(
        "* 12 fetch(rfc822.size 1 flags(\\deleted \\SEEN)uid 3)",
        Some(3),
        Some(1),
        Some((true, true)),
        Body::Absent,
    );
    check(
        "* 12 FETCH  ( UID  3   FLAGS  ( ) )",
        Some(3),
        None,
        Some((false, false)),
        Body::Absent,
    );
    check(
        "* 12 FETCH (UID 3 BODY[] {})",
        Some(3),
        None,
        None,
        Body::Passed,
    );
    check(
        "* 12 FETCH (BODY[] {} UID 3)",
        Some(3),
        None,
        None,
        Body::Passed,
    );
    check(
        "* 12 FETCH (BODY[] NIL UID 3)",
        Some(3),
        None,
        None,
        Body::Nil,
    );
    check(
        "* 12 FETCH (BODY[] \"\" UID 3)",
        Some(3),
        None,
        None,
        text(""),
    );
    check(
        "* 12 FETCH (BODY[]\"a\\\"b\" UID 3)",
        Some(3),
        None,
        None,
        text("a\"b"),
    );
    check(
        "* 12 FETCH (body.peek[] \"x\")",
        None,
        None,
        None,
        text("x"),
    );
    check(
        "* 12 FETCH (BODY[HEADER.FIELDS (To Cc)] {2}\r\nx) UID 3)",
        Some(3),
        None,
        None,
        Body::Absent,
    );
    check(
        "* 12 FETCH (BODY[]<0> \"x\" UID 3)",
        Some(3),
        None,
        None,
        Body::Absent,
    );
    check(
        "* 12 FETCH (X-GM-LABELS (\"\\\\Sent\" (a)) EMAILID (M1) UID 3)",
        Some(3),
        None,
        None,
        Body::Absent,
    );
    check(
        "* 12 FETCH (ENVELOPE (\"a (b\" NIL ((NIL NIL \"x\" \"y\"))) UID 3)",
        Some(3),
        None,
        None,
        Body::Absent,
    );
    check(
        "* 12 FETCH (UID 0 RFC822.SIZE -2)",
        None,
        None,
        None,
        Body::Absent,
    );
    check(
        "* 12 FETCH (UID 4294967296)",
        None,
        None,
        None,
        Body::Absent,
    );
    check(
        "* 12 FETCH (UID 4294967295)",
        Some(u32::MAX),
        None,
        None,
        Body::Absent,
    );
    check("* 12 FETCH ()", None, None, None, Body::Absent);
    check("* 12 FETCH (UID 3", Some(3), None, None, Body::Absent);
    // A size that is another item's text must not be taken for one.
    check(
        "* 12 FETCH (X \"UID 4\" UID 3)",
        Some(3),
        None,
        None,
        Body::Absent,
    );
}

#[test]
fn heads() {
    let check = |head: &str, expected| assert_eq!(scan_head(head.as_bytes()), expected, "{head}");
    check("* 12 FETCH (UID 7 BODY[] ", Some((12, Some(7), false)));
    check("* 12 FETCH (UID 7 BODY[HEADER] ", Some((12, Some(7), true)));
    check("* 12 FETCH (BODY[]", Some((12, None, false)));
    check("* 12 FETCH (FLAGS () BODY[] ", Some((12, None, false)));
    check("* 12 FETCH BODY[] ", None);
    check("* LIST BODY[] ", None);
}

#[test]
fn capabilities() {
    let list = match scan("* capability IMAP4rev1  uidplus AUTH=Plain") {
        Response::Capability(list) => list,
        other => panic!("{other:?}"),
    };
    assert!(list.has("UIDPLUS") && list.has("AUTH=PLAIN") && list.has("imap4REV1"));
    assert!(!list.has("UID") && !list.has("AUTH=PLAIN-CLIENTTOKEN"));
}

#[test]
fn reasons() {
    let check = |line: &str, expected| {
        let Response::Tagged { status, .. } = scan(line) else {
            panic!("{line}");
        };
        assert_eq!(reason(&status, Reason::Refused), expected, "{line}");
    };
    check(
        "A1 NO [AUTHENTICATIONFAILED] Authentication failed.",
        Reason::SignIn,
    );
    check("A1 NO [authorizationfailed]", Reason::SignIn);
    check(
        "A1 NO [UNAVAILABLE] Temporary authentication failure.",
        Reason::Busy,
    );
    check("A1 NO [INUSE] Mailbox in use", Reason::Locked);
    check("A1 NO [LIMIT] Too many", Reason::Limit);
    check("A1 NO [NONEXISTENT] Unknown Mailbox", Reason::Folder);
    check(
        "A1 NO [ALERT] Too many simultaneous connections. (Failure)",
        Reason::Limit,
    );
    check("A1 NO Server Busy. Please back off", Reason::Busy);
    check(
        "A1 NO [ALERT] Please log in via your web browser",
        Reason::Refused,
    );
    check("A1 BAD", Reason::Refused);
}

#[test]
fn folders() {
    let check = |line: &str, expected: Option<(&str, bool)>| {
        let found = match Response::scan(&Bytes::copy_from_slice(line.as_bytes())) {
            Response::List(found) => {
                Some((String::from_utf8(found.name).unwrap(), found.can_select))
            }
            _ => None,
        };
        let expected = expected.map(|(name, can)| (name.to_owned(), can));
        assert_eq!(found, expected, "{line}");
    };
    check("* LIST () \"/\" INBOX", Some(("INBOX", true)));
    check(
        "* LIST (\\HasNoChildren) \"/\" \"a \\\"b\"",
        Some(("a \"b", true)),
    );
    check("* LIST (\\Noselect) NIL x", Some(("x", false)));
    check(
        "* LIST (\\nonexistent \\Marked) \".\" x",
        Some(("x", false)),
    );
    check("* LIST () \"/\" {3}\r\na b", Some(("a b", true)));
    check("* LIST () \"/\" two words", Some(("two words", true)));
    check("* LIST INBOX", None);
    check("* LIST ()", None);
    check("* LIST () \"/\"", None);
}
