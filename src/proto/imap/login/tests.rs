//! Sign-in against honest, odd and hostile servers. Each dialogue is short: `|` separates lines.

use super::*;
use crate::proto::imap::talk::{Talk, credentials};

/// Runs the machine alone. `talk` is `? wishes | S: ... | C: ...`; the server closes at its end.
fn sign_in(talk: &str) -> (Vec<String>, Result<(), Error>) {
    let mut talk = Talk::new(
        &talk
            .split('|')
            .map(str::trim)
            .collect::<Vec<_>>()
            .join("\n"),
    );
    talk.folders.clear();
    talk.sign_in()
}

fn outcome(talk: &str) -> Result<(), Error> {
    let (_, result) = sign_in(talk);
    result
}

#[track_caller]
fn succeeds(talk: &str) {
    assert_eq!(outcome(talk), Ok(()), "{talk}");
}

#[track_caller]
fn fails(talk: &str, expected: Reason, reply: &str) {
    let reply = reply.as_bytes().to_vec();
    let reason = expected;
    assert_eq!(
        outcome(talk),
        Err(Error::Refused { reason, reply }),
        "{talk}"
    );
}

#[track_caller]
fn no_tls(talk: &str, reply: &str) {
    let reply = reply.as_bytes().to_vec();
    assert_eq!(outcome(talk), Err(Error::NoTls { reply }), "{talk}");
}

#[test]
fn mechanisms_in_order() {
    // CRAM-MD5 first; refused, PLAIN; refused, LOGIN.
    succeeds(
        "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=CRAM-MD5 SASL-IR] hi
        |C: A1 AUTHENTICATE CRAM-MD5 |S: A1 NO [AUTHENTICATIONFAILED] no such thing
        |C: A2 AUTHENTICATE PLAIN AGpvZQBzZWNyZXQ= |S: A2 NO not so
        |C: A3 LOGIN \"joe\" \"secret\" |S: A3 OK",
    );
    // A wrong password is not sent again in another form.
    fails(
        "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi
        |C: A1 AUTHENTICATE PLAIN AGpvZQBzZWNyZXQ= |S: A1 NO [AUTHENTICATIONFAILED] wrong",
        Reason::SignIn,
        "NO [AUTHENTICATIONFAILED] wrong",
    );
    // Without SASL-IR the response waits for its turn.
    succeeds(
        "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi
        |C: A1 AUTHENTICATE PLAIN |S: + |C: AGpvZQBzZWNyZXQ= |S: A1 OK",
    );
    // `auth password` sends it once.
    fails(
        "?: password |S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=CRAM-MD5 SASL-IR] hi
        |C: A1 AUTHENTICATE PLAIN AGpvZQBzZWNyZXQ= |S: A1 NO wrong",
        Reason::SignIn,
        "NO wrong",
    );
    succeeds(
        "?: password |S: * OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5] hi
        |C: A1 LOGIN \"joe\" \"secret\" |S: A1 OK",
    );
}

#[test]
fn nothing_weaker_than_wanted() {
    fails(
        "?: cram-md5 |S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi",
        Reason::NoMethod,
        "",
    );
    fails(
        "?: cram-md5 |S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=CRAM-MD5] hi
        |C: A1 AUTHENTICATE CRAM-MD5 |S: A1 NO no",
        Reason::SignIn,
        "NO no",
    );
    fails(
        "S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi",
        Reason::NoMethod,
        "",
    );
    fails(
        "?: preauth |S: * OK [CAPABILITY IMAP4rev1] hi",
        Reason::NoMethod,
        "",
    );
    succeeds("?: preauth |S: * PREAUTH hi");
}

#[test]
fn refusals_say_who_must_act() {
    let check = |answer: &str, reason| {
        let talk = format!(
            "S: * OK [CAPABILITY IMAP4rev1] hi |C: A1 LOGIN \"joe\" \"secret\" |S: A1 {answer}"
        );
        fails(&talk, reason, answer);
    };
    check("NO", Reason::SignIn);
    check("NO [AUTHENTICATIONFAILED] x", Reason::SignIn);
    check("NO [EXPIRED] x", Reason::SignIn);
    check(
        "NO [ALERT] Please log in via your web browser",
        Reason::SignIn,
    );
    check("NO [UNAVAILABLE] x", Reason::Busy);
    check("NO [LIMIT] x", Reason::Limit);
    check("NO [INUSE] x", Reason::Locked);
    check("NO [REFERRAL imap://other.example/] x", Reason::SignIn);
    check("BAD what", Reason::Refused);
    // A busy server is not asked again by another mechanism.
    fails(
        "S: * OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5 AUTH=PLAIN SASL-IR] hi
        |C: A1 AUTHENTICATE CRAM-MD5 |S: A1 NO [UNAVAILABLE] later",
        Reason::Busy,
        "NO [UNAVAILABLE] later",
    );
}

#[test]
fn byes() {
    fails("S: * BYE too many", Reason::Limit, "BYE too many");
    fails(
        "S: * BYE [UNAVAILABLE] x",
        Reason::Busy,
        "BYE [UNAVAILABLE] x",
    );
    let hi = "S: * OK [CAPABILITY IMAP4rev1] hi |C: A1 LOGIN \"joe\" \"secret\"";
    assert_eq!(outcome(&format!("{hi} |S: * BYE")), Err(Error::Closed));
    assert_eq!(outcome(hi), Err(Error::Closed));
    assert_eq!(outcome(""), Err(Error::Closed));
    fails(
        &format!("{hi} |S: * BYE [LIMIT] x"),
        Reason::Limit,
        "BYE [LIMIT] x",
    );
    // Why it ends is said behind the BYE.
    fails(
        &format!("{hi} |S: * BYE Too many failures |S: A1 NO wrong"),
        Reason::SignIn,
        "NO wrong",
    );
}

#[test]
fn no_greeting_no_session() {
    for greeting in [
        "* NO hi",
        "* BAD hi",
        "A1 OK hi",
        "+ hi",
        "hi",
        "",
        "220 hi",
        "* CAPABILITY X",
        "* 1 EXISTS",
    ] {
        let talk = format!("S: {greeting} |S: * OK hi");
        assert!(
            matches!(outcome(&talk), Err(Error::Broken { .. })),
            "{greeting}"
        );
    }
}

#[test]
fn tls_is_had_or_the_session_ends() {
    // Asked for even if it is not offered.
    no_tls(
        "?: starttls |S: * OK [CAPABILITY IMAP4rev1] hi |C: A1 STARTTLS |S: A1 NO no",
        "NO no",
    );
    no_tls(
        "?: starttls |S: * OK hi |C: A1 STARTTLS |S: A1 BAD what",
        "BAD what",
    );
    no_tls(
        "?: starttls |S: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hi",
        "",
    );
    no_tls("?: starttls |S: * PREAUTH hi", "");
    for answer in ["+ go", "hm", "* OK begin", "* CAPABILITY IMAP4rev1"] {
        let talk = format!("?: starttls |S: * OK hi |C: A1 STARTTLS |S: {answer}");
        assert!(outcome(&talk).is_err(), "{answer}");
    }
    let talk = "?: starttls |S: * OK hi |C: A1 STARTTLS |S: A2 OK begin";
    assert!(matches!(outcome(talk), Err(Error::Broken { .. })));
    let talk = "?: starttls |S: * OK hi |C: A1 STARTTLS |S: * BYE";
    assert_eq!(outcome(talk), Err(Error::Closed));
}

#[test]
fn tls_if_offered() {
    let signed_in = "A3 LOGIN \"joe\" \"secret\" |S: A3 OK";
    succeeds(&format!(
        "?: if-offered |S: * OK [CAPABILITY IMAP4rev1 starttls] hi |C: A1 STARTTLS |S: A1 OK
        |C: A2 CAPABILITY |S: * CAPABILITY IMAP4rev1 |S: A2 OK |C: {signed_in}"
    ));
    succeeds(
        "?: if-offered |S: * OK [CAPABILITY IMAP4rev1] hi |C: A1 LOGIN \"joe\" \"secret\" |S: A1 OK",
    );
    succeeds(&format!(
        "?: if-offered |S: * OK hi |C: A1 CAPABILITY |S: * CAPABILITY STARTTLS |S: A1 OK
        |C: A2 STARTTLS |S: A2 NO |C: {signed_in}"
    ));
}

#[test]
fn injection_ends_the_session() {
    let begun = "?: starttls |S: * OK hi |C: A1 STARTTLS |S: A1 OK begin";
    for more in ["* CAPABILITY IMAP4rev1", "A2 OK", "A3 OK", "x"] {
        let (told, result) = sign_in(&format!("{begun} |S: {more}"));
        assert_eq!(result, Err(Error::Injection), "{more}");
        assert!(told.is_empty(), "no handshake may begin");
    }
    assert_eq!(outcome(&format!("{begun} |S> x")), Err(Error::Injection));
}

#[test]
fn nothing_from_before_tls_counts() {
    // Listed in the clear, in the greeting and in the answer; not listed inside.
    let hi = "?: starttls |S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi |C: A1 STARTTLS
        |S: * CAPABILITY IMAP4rev1 AUTH=PLAIN |S: * 5 EXISTS |S: * 1 FETCH (BODY[] {3} |S> abc |S: )
        |S: * SEARCH 1 2 |S: * OK [ALERT] call me |S: A1 OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] begin
        |C: A2 CAPABILITY";
    fails(
        &format!("{hi} |S: * CAPABILITY IMAP4rev1 LOGINDISABLED |S: A2 OK"),
        Reason::NoMethod,
        "",
    );
    let (told, result) = sign_in(&format!(
        "{hi} |S: * CAPABILITY IMAP4rev1 |S: A2 OK |C: A3 LOGIN \"joe\" \"secret\" |S: A3 OK"
    ));
    assert_eq!((told, result), (vec!["tls".to_owned()], Ok(())));
}

#[test]
fn an_old_server_has_login() {
    succeeds(
        "S: * OK hi |C: A1 CAPABILITY |S: A1 BAD what |C: A2 LOGIN \"joe\" \"secret\" |S: A2 OK",
    );
}

#[test]
fn challenges_have_bounds() {
    let hi = "S: * OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5] hi |C: A1 AUTHENTICATE CRAM-MD5";
    // Junk is cancelled, and what follows is tried in step (Q3).
    succeeds(&format!(
        "{hi} |S: + %%% |C: * |S: A1 BAD cancelled |C: A2 LOGIN \"joe\" \"secret\" |S: A2 OK"
    ));
    // Agreement to a cancelled exchange is no sign-in.
    let talk = format!("{hi} |S: + %%% |C: * |S: A1 OK in");
    assert!(matches!(outcome(&talk), Err(Error::Broken { .. })));
    let more = "|S: + eA==".repeat(17);
    let plain =
        "S: * OK [CAPABILITY AUTH=PLAIN SASL-IR] hi |C: A1 AUTHENTICATE PLAIN AGpvZQBzZWNyZXQ=";
    let talk = format!("{plain} |S: + eA== |C: * {more}");
    assert!(matches!(outcome(&talk), Err(Error::TooMuch { .. })));
    let large = "x".repeat(60_000);
    let talk = format!("{plain} |S: + {large} |C: * |S: + {large}");
    assert!(matches!(outcome(&talk), Err(Error::TooMuch { .. })));
}

#[test]
fn endless_banners_end() {
    let talk = format!(
        "S: * OK hi |C: A1 CAPABILITY {}",
        "|S: * OK wait".repeat(PATIENCE + 1)
    );
    assert!(matches!(outcome(&talk), Err(Error::TooMuch { .. })));
    let talk = format!(
        "S: * OK hi |C: A1 CAPABILITY {} |S: A1 OK |C: A2 LOGIN \"joe\" \"secret\" |S: A2 OK",
        "|S: * OK wait".repeat(50)
    );
    succeeds(&talk);
}

#[test]
fn names_and_passwords_of_any_octets() {
    let hi = Talk::new("S: * OK [CAPABILITY IMAP4rev1] hi");
    let check = |user: &[u8], password: &[u8], expected: &[&[u8]]| {
        let mut login = Login::new(credentials(user, password), Method::Any, hi.tls, true);
        login
            .inbox()
            .extend_from_slice(b"* OK [CAPABILITY IMAP4rev1] hi\r\n");
        let mut sent = Vec::new();
        let result = loop {
            match login.step() {
                Ok(Step::Send(outgoing)) => {
                    let shown = format!("{outgoing:?}");
                    assert!(!shown.contains("secret"), "{shown}");
                    sent.push(outgoing.bytes);
                }
                Ok(Step::Input) if sent.len() < expected.len() => {
                    login.inbox().extend_from_slice(b"+ go\r\n");
                }
                other => break other,
            }
        };
        assert_eq!(sent, expected);
        result
    };
    let _ = check(
        b"joe",
        b"secret\"\\",
        &[b"A1 LOGIN \"joe\" \"secret\\\"\\\\\"\r\n"],
    );
    let _ = check(b"", b"", &[b"A1 LOGIN \"\" \"\"\r\n"]);
    let _ = check(
        b"joe",
        b"secret\xff",
        &[b"A1 LOGIN \"joe\" {7}\r\n", b"secret\xff\r\n"],
    );
    let _ = check(
        b"jo\xc3\xab",
        b"secret\r\n",
        &[
            b"A1 LOGIN {4}\r\n",
            b"jo\xc3\xab {8}\r\n",
            b"secret\r\n\r\n",
        ],
    );
    assert!(check(b"joe", b"secret\0", &[]).is_err());
    assert!(check(b"j\0oe", b"secret", &[]).is_err());
}
