//! What a session does when the server is wrong, slow of mind or hostile. `|` separates lines.

use crate::proto::imap::talk::Talk;

/// Two new messages, 6 (message 2) and 7 (message 3), both asked for by A3; then `talk`.
fn fetching(talk: &str) -> Vec<String> {
    let start = "S: * PREAUTH [CAPABILITY UIDPLUS] |C: A1 SELECT \"INBOX\" |C: A2 UID SEARCH UNSEEN UNDELETED
        |S: * 3 EXISTS |S: * OK [UIDVALIDITY 9] |S: A1 OK |S: * SEARCH 6 7 |S: A2 OK
        |C: A3 UID FETCH 6:7 (UID FLAGS RFC822.SIZE)
        |S: * 2 FETCH (UID 6 FLAGS () RFC822.SIZE 2) |S: * 3 FETCH (UID 7 FLAGS () RFC822.SIZE 2) |S: A3 OK
        |C: A4 UID FETCH 6:7 (UID BODY.PEEK[])";
    let told = events(&format!("{start} |{talk}"));
    let found = "found 6:Some(2) 7:Some(2) of 3 validity Some(9)";
    assert_eq!(told[..2], ["signed in", found]);
    told[2..].to_vec()
}

fn events(talk: &str) -> Vec<String> {
    let lines: Vec<_> = talk.split('|').map(str::trim).collect();
    Talk::new(&lines.join("\n")).events(|| usize::MAX)
}

/// The rest of a poll in which all came.
const REST: &str = "|S: A4 OK |C: A5 UID STORE 6:7 +FLAGS.SILENT (\\Deleted \\Seen) |S: A5 OK
    |C: A6 UID EXPUNGE 6:7 |C: A7 LOGOUT |S: A6 OK |S: * BYE";

fn all_came() -> Vec<String> {
    let told = [
        "begin 6 2",
        "end 6 aa",
        "begin 7 2",
        "end 7 bb",
        "marked [6, 7] Deleted true",
        "left [6, 7]",
        "done",
    ];
    told.map(str::to_owned).to_vec()
}

#[test]
fn other_orders_and_forms() {
    let check = |bodies: &str| {
        assert_eq!(
            fetching(&format!("{bodies} {REST}")),
            all_came(),
            "{bodies}"
        )
    };
    // UID behind the body, attributed by message number.
    check(
        "S: * 2 FETCH (BODY[] {2} |S> aa |S:  UID 6) |S: * 3 FETCH (BODY[] {2} |S> bb |S:  UID 7)",
    );
    // The same after another client has expunged message 1.
    check(
        "S: * 1 EXPUNGE |S: * 1 FETCH (BODY[] {2} |S> aa |S:  UID 6) |S: * 2 FETCH (BODY[] {2} |S> bb |S:  UID 7)",
    );
    // Quoted; with flags of other messages, unknown lines and warnings between.
    check(
        "S: * 2 FETCH (UID 6 BODY[] \"aa\") |S: * 1 FETCH (FLAGS (\\Seen) UID 5) |S: * NO slow |S: hm
        |S: * 3 FETCH (UID 7 FLAGS (\\Seen)) |S: * 4 EXISTS |S: * 3 FETCH (RFC822 {2} |S> bb |S:  FLAGS () UID 7 )",
    );
    // A header does not pass for a message, in whatever form it comes.
    check(
        "S: * 2 FETCH (UID 6 BODY[HEADER] {2} |S> hh |S: ) |S: * 3 FETCH (UID 7 RFC822.HEADER \"h\")
        |S: * 2 FETCH (UID 6 BODY[] {2} |S> aa |S: ) |S: * 3 FETCH (UID 7 BODY[] {2} |S> bb |S:  BODY[HEADER] {1} |S> h |S: )",
    );
    // Unasked and repeated bodies are not told of.
    check(
        "S: * 9 FETCH (UID 99 BODY[] {2} |S> xx |S: ) |S: * 2 FETCH (UID 6 BODY[] {2} |S> aa |S:  BODY[] {2} |S> yy |S: )
        |S: * 2 FETCH (UID 6 BODY[] {2} |S> zz |S: ) |S: * 3 FETCH (UID 7 BODY[] {2} |S> bb |S: ) |S: * 3 FETCH (UID 7 BODY[] \"c\")",
    );
}

#[test]
fn never_under_another_uid() {
    let check = |bodies: &str| {
        let told = fetching(bodies);
        assert!(told.last().unwrap().starts_with("error Broken"), "{told:?}");
        assert!(!told.iter().any(|line| line.starts_with("end")), "{told:?}");
    };
    check("S: * 2 FETCH (BODY[] {2} |S> bb |S:  UID 7)");
    check("S: * 2 FETCH (BODY[] {2} |S> bb |S: )");
    check("S: * 2 FETCH (UID 6 BODY[] {2} |S> bb |S:  UID 7)");
    check("S: * 5 FETCH (BODY[] {2} |S> bb |S:  UID 7)");
    // The end of the response is missing or damaged.
    check("S: * 2 FETCH (UID 6 BODY[] {2} |S> bb |S:  (((((");
    check("S: * 2 FETCH (UID 6 BODY[] {2} |S> bb |S:  \"x");
}

#[test]
fn one_failure_is_one_message() {
    // Gone meanwhile: no words.
    let told = fetching(
        "S: * 3 FETCH (UID 7 BODY[] {2} |S> bb |S: ) |S: A4 OK
        |C: A5 UID STORE 7 +FLAGS.SILENT (\\Deleted \\Seen) |S: A5 NO [READ-ONLY] no
        |C: A6 LOGOUT |S: A6 OK",
    );
    let expected = [
        "begin 7 2",
        "end 7 bb",
        "refused 6 ",
        "marked [7] Deleted false",
        "left []",
        "done",
    ];
    assert_eq!(told, expected);
    // Refused in a command of its own.
    let told = fetching(
        "S: * 2 FETCH (UID 6 BODY[] {2} |S> aa |S: ) |S: A4 NO [SERVERBUG] {5}
        |C: A5 UID STORE 6 +FLAGS.SILENT (\\Deleted \\Seen) |S: A5 OK |C: A6 UID EXPUNGE 6
        |C: A7 LOGOUT |S: A6 OK |S: * BYE",
    );
    assert_eq!(told[2], "refused 7 NO [SERVERBUG] {5}");
    assert_eq!(told.last().unwrap(), "done");
    let told = fetching(
        "S: A4 NO x |C: A5 UID FETCH 6 (UID BODY.PEEK[]) |C: A6 UID FETCH 7 (UID BODY.PEEK[])
        |S: A5 NO x |S: A6 BAD y |C: A7 LOGOUT |S: A7 OK",
    );
    assert_eq!(
        told,
        ["refused 6 NO x", "refused 7 BAD y", "left []", "done"]
    );
}

#[test]
fn a_session_lost() {
    let check = |talk: &str, expected: &str| {
        let told = fetching(talk);
        let last = told.last().unwrap();
        assert!(last.starts_with(expected), "{last}");
    };
    check("S: * BYE bye", "error Closed");
    check("S: * BYE [LIMIT] x", "error Refused { reason: Limit");
    check("S: * BYE Server busy", "error Refused { reason: Busy");
    check(
        "S: A4 NO Server Busy. Please back off",
        "error Refused { reason: Busy",
    );
    check("S: A4 NO [LIMIT] x", "error Refused { reason: Limit");
    check("S: A9 OK", "error Broken");
    check("S: A4 OK |S: A4 OK", "error Broken");
    check("S: * OK [UIDVALIDITY 10]", "error Broken");
    check("S: * -5 EXISTS", "error Broken");
    check(
        "S: * 1000000000000000000000000000000 EXISTS",
        "error Broken",
    );
    check("S: * 2 FETCH (BODY[] {-1}", "error Broken");
    check(
        "S: * 2 FETCH (BODY[] {18446744073709551616}",
        "error Broken",
    );
    check("S: * 2 FETCH (X {70000}", "error TooMuch");
    check("S: * 2 FETCH (BODY[] {2} |S> a", "error Closed");
    check("S: * 2 FETCH (BODY[] {2} |S> aa", "error Closed");
}

#[test]
fn an_expunge_not_confirmed_is_not_told() {
    let poll = "S: * 2 FETCH (UID 6 BODY[] {2} |S> aa |S: ) |S: * 3 FETCH (UID 7 BODY[] {2} |S> bb |S: ) |S: A4 OK
        |C: A5 UID STORE 6:7 +FLAGS.SILENT (\\Deleted \\Seen) |S: A5 OK |C: A6 UID EXPUNGE 6:7 |C: A7 LOGOUT";
    let last = |rest: &str| fetching(&format!("{poll} {rest}")).last().unwrap().clone();
    assert_eq!(last("|S: * BYE"), "error Closed");
    assert_eq!(last("|S: * 2 EXPUNGE"), "error Closed");
    let told = fetching(&format!("{poll} |S: A6 NO no |S: A7 OK"));
    assert!(told.contains(&"left []".to_owned()), "{told:?}");
}

#[test]
fn folders_with_odd_names() {
    let check = |name: &str, select: &str| {
        let told = events(&format!(
            "?: folder={name} |S: * PREAUTH [CAPABILITY UIDPLUS] {select}
            |C: A2 UID SEARCH UNSEEN UNDELETED |S: A1 OK |S: * SEARCH |S: A2 OK |C: A3 LOGOUT |S: * BYE"
        ));
        assert_eq!(told.last().unwrap(), "done", "{name}");
    };
    check("../../x", "|C: A1 SELECT \"../../x\"");
    check("a\"b\\c", "|C: A1 SELECT \"a\\\"b\\\\c\"");
    check("caf\u{e9}", "|C: A1 SELECT {5} |S: + go |C: caf\u{e9}");
    let told = events("?: folder=a\0b |S: * PREAUTH hi |C: A1 LOGOUT |S: A1 OK");
    assert!(
        told[1].starts_with("not surveyed Refused { reason: Folder"),
        "{told:?}"
    );
    // A literal that is refused is not sent.
    let told = events(
        "?: folder=caf\u{e9} |S: * PREAUTH [CAPABILITY UIDPLUS] |C: A1 SELECT {5} |S: A1 NO no
        |C: A2 UID SEARCH UNSEEN UNDELETED |S: A2 BAD no |C: A3 LOGOUT |S: * BYE",
    );
    assert!(
        told[1].starts_with("not surveyed Refused { reason: Folder"),
        "{told:?}"
    );
    assert_eq!(told.last().unwrap(), "done");
}

#[test]
fn uids_that_do_not_last() {
    let told = events(
        "S: * PREAUTH [CAPABILITY UIDPLUS] |C: A1 SELECT \"INBOX\" |C: A2 UID SEARCH UNSEEN UNDELETED
        |S: * NO [UIDNOTSTICKY] never |S: * OK [UIDVALIDITY 9] |S: A1 OK |S: A2 OK |C: A3 LOGOUT |S: * BYE",
    );
    assert_eq!(told[1], "found  of 0 validity None");
}

#[test]
fn looking_changes_nothing() {
    let told = events(
        "?: look all |S: * PREAUTH [CAPABILITY UIDPLUS] |C: A1 EXAMINE \"INBOX\"
        |C: A2 UID FETCH 1:* (UID FLAGS RFC822.SIZE) |S: * 1 EXISTS |S: A1 OK
        |S: * 1 FETCH (FLAGS (\\Seen) UID 3) |S: A2 OK |C: A3 UID FETCH 3 (UID BODY.PEEK[])
        |S: A3 OK |C: A4 LOGOUT |S: * BYE",
    );
    assert_eq!(told[1], "found 3:Nones of 1 validity None read-only");
    assert_eq!(told[2], "refused 3 ");
}

#[test]
fn more_new_messages_than_can_be_named() {
    let mut hits = "* SEARCH".to_owned();
    for uid in (1..140_000).step_by(2) {
        hits.push_str(&format!(" {uid}"));
    }
    let told = events(&format!(
        "S: * PREAUTH [CAPABILITY UIDPLUS] |C: A1 SELECT \"INBOX\" |C: A2 UID SEARCH UNSEEN UNDELETED
        |S: * 140000 EXISTS |S: A1 OK |S: {hits} |S: A2 OK |C: A3 UID FETCH 1:* (UID FLAGS RFC822.SIZE)
        |S: * 1 FETCH (UID 1 FLAGS (\\Seen)) |S: * 2 FETCH (UID 2 FLAGS ()) |S: A3 OK
        |C: A4 UID FETCH 2 (UID BODY.PEEK[]) |S: A4 OK |C: A5 LOGOUT |S: * BYE"
    ));
    assert_eq!(told[1], "found 2:None of 140000 validity None");
}
