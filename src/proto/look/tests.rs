//! Whole looks, whatever the reads they come in.

use super::*;

/// Plays `S:` what the server says, `C:` what we must have said by now, `TLS` the handshake,
/// `CLOSE` the server's end, in pieces of `size`.
struct Player {
    look: Look,
    size: usize,
    said: String,
    is_shaking: bool,
    is_done: bool,
    error: Option<Error>,
}

impl Player {
    fn run(&mut self) {
        while self.error.is_none() && !self.is_done && !self.is_shaking {
            match self.look.step() {
                Ok(Step::Input) => return,
                Ok(Step::Send(out)) => self.said += std::str::from_utf8(&out.bytes).unwrap(),
                Ok(Step::Event(_)) => {}
                Ok(Step::StartTls) => self.is_shaking = true,
                Ok(Step::Done) => self.is_done = true,
                Err(error) => self.error = Some(error),
            }
        }
    }

    fn give(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(self.size) {
            self.look.inbox().extend_from_slice(piece);
            self.run();
        }
    }

    fn line(&mut self, line: &str) {
        let unescaped = |text: &str| text.replace("\\r\\n", "\r\n").replace("\\x00", "\0");
        match line.split_once(' ').unwrap_or((line, "")) {
            ("S:", text) => self.give(format!("{}\r\n", unescaped(text)).as_bytes()),
            ("C:", text) => {
                let said = std::mem::take(&mut self.said);
                assert_eq!(said, format!("{}\r\n", unescaped(text)), "{line}");
            }
            ("TLS", _) => {
                assert!(std::mem::take(&mut self.is_shaking), "no handshake is due");
                self.look.tls_started();
                self.run();
            }
            ("CLOSE", _) => {
                if let Err(error) = self.look.peer_closed() {
                    self.error = Some(error);
                }
                self.run();
            }
            _ => panic!("{line}"),
        }
    }
}

fn play_with(look: impl Fn() -> Look, text: &str) -> (Found, Option<Error>) {
    let play = |size| {
        let mut player = Player {
            look: look(),
            size,
            said: String::new(),
            is_shaking: false,
            is_done: false,
            error: None,
        };
        text.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .for_each(|line| player.line(line));
        assert_eq!(player.said, "", "more was said");
        (player.look.finish(), player.error)
    };
    let whole = play(usize::MAX);
    for size in 1..40 {
        // An injection is seen only if it comes together with the agreement; else the handshake
        // fails over it.
        if whole.0.starttls != Some(StartTls::Injects) {
            assert_eq!(play(size), whole, "in pieces of {size}");
        }
    }
    whole
}

fn play(speech: Speech, text: &str) -> Found {
    let (found, error) = play_with(|| Look::new(Some(speech), false, Depth::Whole), text);
    assert_eq!(error, None);
    found
}

fn shown(list: &Option<Vec<Bytes>>) -> String {
    let Some(list) = list else {
        return "-".to_owned();
    };
    let words: Vec<_> = list.iter().map(|w| w.escape_ascii().to_string()).collect();
    words.join("|")
}

#[test]
fn imap_with_starttls() {
    let found = play(
        Speech::Imap,
        "S: * OK [CAPABILITY IMAP4rev1 SASL-IR ID STARTTLS LOGINDISABLED] Dovecot ready.
         C: a1 STARTTLS
         S: a1 OK Begin TLS negotiation now.
         TLS
         C: a2 CAPABILITY
         S: * CAPABILITY IMAP4rev1 ID AUTH=PLAIN
         S: a2 OK done
         C: a3 ID (\"name\" \"postrider\")
         S: * ID (\"name\" \"Dovecot\" \"version\" NIL \"x\" {3}\\r\\na\"b)
         S: a3 OK done
         C: a4 LOGOUT
         S: * BYE bye
         S: a4 OK done",
    );
    assert_eq!(found.starttls, Some(StartTls::Works));
    assert_eq!(
        shown(&found.before),
        "IMAP4rev1|SASL-IR|ID|STARTTLS|LOGINDISABLED"
    );
    assert_eq!(shown(&found.after), "IMAP4rev1|ID|AUTH=PLAIN");
    let field = |a: &str, b: &str| (a.as_bytes().to_vec(), b.as_bytes().to_vec());
    assert_eq!(
        found.identity,
        [field("name", "Dovecot"), field("x", "a\"b")]
    );
}

#[test]
fn imap_capabilities_are_asked_for() {
    let found = play(
        Speech::Imap,
        "S: * OK ready
         C: a1 CAPABILITY
         S: * 3 EXISTS
         S: * capability imap4 starttls
         S: a1 OK
         C: a2 STARTTLS
         S: a2 NO not today
         C: a3 LOGOUT
         S: a3 OK
         CLOSE",
    );
    assert_eq!(shown(&found.before), "imap4|starttls");
    assert_eq!(
        found.starttls,
        Some(StartTls::Refused(Bytes::from_static(b"NO not today")))
    );
}

/// Cyrus 3.6 keeps the list of its greeting short; inside TLS the whole one costs no round trip.
#[test]
fn imap_lists_of_a_greeting_are_not_all() {
    let (found, error) = play_with(
        || Look::new(Some(Speech::Imap), true, Depth::Whole),
        "S: * OK [CAPABILITY IMAP4rev1 ID] Cyrus
         C: a1 CAPABILITY\\r\\na2 ID (\"name\" \"postrider\")
         S: * CAPABILITY IMAP4rev1 ID IDLE
         S: a1 OK
         S: * ID (\"name\" \"Cyrus IMAPD\")
         S: a2 OK
         C: a3 LOGOUT
         S: * BYE
         S: a3 OK",
    );
    assert_eq!(error, None);
    assert_eq!(shown(&found.after), "IMAP4rev1|ID|IDLE");
    assert_eq!(found.identity.len(), 1);
    let (found, _) = play_with(
        || Look::new(Some(Speech::Imap), true, Depth::Whole),
        "S: * OK [CAPABILITY IMAP4rev1] x
         C: a1 CAPABILITY
         S: a1 BAD
         C: a2 LOGOUT
         CLOSE",
    );
    assert_eq!(shown(&found.after), "IMAP4rev1");
    let found = play(
        Speech::Imap,
        "S: * OK [CAPABILITY IMAP4rev1] x
         C: a1 CAPABILITY
         S: * CAPABILITY IMAP4rev1 STARTTLS
         S: a1 OK
         C: a2 STARTTLS
         S: a2 NO
         C: a3 LOGOUT
         CLOSE",
    );
    assert!(matches!(found.starttls, Some(StartTls::Refused(_))));
}

#[test]
fn imap_without_starttls_or_capability() {
    let found = play(
        Speech::Imap,
        "S: * OK ready
         C: a1 CAPABILITY
         S: a1 BAD what
         C: a2 LOGOUT
         CLOSE",
    );
    assert_eq!(shown(&found.before), "");
    assert_eq!(found.starttls, Some(StartTls::NotOffered));
}

#[test]
fn imap_preauth_begins_no_tls() {
    let found = play(
        Speech::Imap,
        "S: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome
         C: a1 LOGOUT
         S: * BYE
         S: a1 OK",
    );
    assert!(found.is_preauth);
    assert_eq!(found.starttls, Some(StartTls::NotOffered));
}

#[test]
fn turned_away() {
    let check = |speech, greeting: &str| {
        let found = play(speech, &format!("S: {greeting}\nCLOSE"));
        assert!(found.is_turned_away, "{greeting}");
        assert_eq!(found.greeting, greeting.as_bytes());
    };
    check(Speech::Imap, "* BYE too many connections");
    check(Speech::Pop3, "-ERR [SYS/TEMP] later");
    check(Speech::Smtp, "554 no service");
    check(Speech::Smtp, "421 busy");
}

#[test]
fn pop3_with_stls() {
    let found = play(
        Speech::Pop3,
        "S: +OK Dovecot ready. <1.2@mail.example.org>
         C: CAPA
         S: +OK
         S: CAPA
         S: UIDL
         S: SASL PLAIN LOGIN
         S: stls
         S: .
         C: STLS
         S: +OK Begin TLS
         TLS
         C: CAPA
         S: +OK
         S: USER
         S: .
         C: QUIT
         S: +OK bye",
    );
    assert_eq!(shown(&found.before), "CAPA|UIDL|SASL PLAIN LOGIN|stls");
    assert_eq!(shown(&found.after), "USER");
    assert_eq!(shown(&Some(found.listed().to_vec())), "USER");
    let stamp = found.stamp.unwrap();
    assert!(stamp.is_valid);
    assert_eq!(stamp.text, b"<1.2@mail.example.org>");
}

#[test]
fn pop3_of_old() {
    let found = play(
        Speech::Pop3,
        "S: +OK POP3 <x> ready
         C: CAPA
         S: -ERR unknown
         C: QUIT
         CLOSE",
    );
    assert_eq!(shown(&found.before), "");
    assert_eq!(found.starttls, Some(StartTls::NotOffered));
    assert!(!found.stamp.unwrap().is_valid);
}

#[test]
fn pop2() {
    let text = "S: + POP2 example.org ready
        C: QUIT
        S: + bye";
    assert_eq!(
        play(Speech::Pop2, &text.replace("S: + bye", "CLOSE")).speech,
        Some(Speech::Pop2)
    );
    // On the port of POP3 too.
    let text = text.replace("S: + bye", "CLOSE");
    assert_eq!(play(Speech::Pop3, &text).speech, Some(Speech::Pop2));
}

#[test]
fn smtp_with_starttls() {
    let found = play(
        Speech::Smtp,
        "S: 220-mx.example.org ESMTP
         S: 220 Postfix
         C: EHLO localhost
         S: 250-mx.example.org
         S: 250-ETRN
         S: 250 STARTTLS
         C: STARTTLS
         S: 220 go
         TLS
         C: EHLO localhost
         S: 250-mx.example.org
         S: 250-AUTH PLAIN LOGIN
         S: 250 ETRN
         C: QUIT
         S: 221 bye",
    );
    assert_eq!(found.greeting, b"220-mx.example.org ESMTP");
    assert_eq!(shown(&found.before), "ETRN|STARTTLS");
    assert_eq!(shown(&found.after), "AUTH PLAIN LOGIN|ETRN");
}

#[test]
fn smtp_refuses() {
    let found = play(
        Speech::Smtp,
        "S: 220 mx
         C: EHLO localhost
         S: 250-mx
         S: 250 STARTTLS
         C: STARTTLS
         S: 454 not now
         C: QUIT
         S: 221",
    );
    let refused = StartTls::Refused(Bytes::from_static(b"454 not now"));
    assert_eq!(found.starttls, Some(refused));
}

#[test]
fn what_is_slipped_in_ends_it() {
    let check = |speech, text: &str| {
        assert_eq!(play(speech, text).starttls, Some(StartTls::Injects));
    };
    check(
        Speech::Imap,
        "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] x
         C: a1 STARTTLS
         S: a1 OK go\\r\\n* CAPABILITY IMAP4rev1 AUTH=PLAIN",
    );
    check(
        Speech::Pop3,
        "S: +OK
         C: CAPA
         S: +OK\\r\\nSTLS\\r\\n.
         C: STLS
         S: +OK\\r\\n+OK",
    );
    check(
        Speech::Smtp,
        "S: 220 x
         C: EHLO localhost
         S: 250-x\\r\\n250 STARTTLS
         C: STARTTLS
         S: 220 go\\r\\n250 AUTH PLAIN",
    );
}

#[test]
fn the_greeting_tells_the_language() {
    let check = |greeting: &str, expected: Option<Speech>| {
        assert_eq!(Speech::of(greeting.as_bytes()), expected, "{greeting}");
    };
    check("* OK x", Some(Speech::Imap));
    check("+OK x", Some(Speech::Pop3));
    check("+OK", Some(Speech::Pop3));
    check("+ POP2 x", Some(Speech::Pop2));
    check("220 x", Some(Speech::Smtp));
    check("220-x", Some(Speech::Smtp));
    check("220", Some(Speech::Smtp));
    check("2200", None);
    check("120 x", None);
    check("SSH-2.0-x", None);
    check("HTTP/1.1 400 Bad", None);
    check("", None);
}

/// FTP greets as SMTP does.
#[test]
fn a_guess_is_taken_back() {
    let (found, error) = play_with(
        || Look::new(None, false, Depth::Whole),
        "S: 220 (vsFTPd 3.0)
         C: EHLO localhost
         S: 530 Please login
         C: QUIT
         S: 221",
    );
    assert_eq!((found.speech, error), (None, None));
    assert_eq!(found.greeting, b"220 (vsFTPd 3.0)");
}

#[test]
fn another_protocol_is_an_error() {
    let check = |speech, greeting: &str| {
        let text = format!("S: {greeting}");
        let (found, error) = play_with(|| Look::new(Some(speech), false, Depth::Whole), &text);
        assert!(matches!(error, Some(Error::Broken { .. })), "{error:?}");
        assert_eq!(found.greeting, greeting.as_bytes());
    };
    check(Speech::Imap, "220 smtp");
    check(Speech::Imap, "+OK pop");
    check(Speech::Imap, "* NO x");
    check(Speech::Imap, "* CAPABILITY x");
    check(Speech::Pop3, "* OK imap");
    check(Speech::Smtp, "+OK");
    check(Speech::Pop3, "HTTP/1.0 400 Bad Request");
}

#[test]
fn only_up_to_tls() {
    let check = |speech, text: &str| {
        let (found, error) = play_with(|| Look::new(Some(speech), false, Depth::UntilTls), text);
        assert_eq!((found.starttls, error), (Some(StartTls::Agreed), None));
    };
    check(Speech::Imap, "S: * OK x\nC: a1 STARTTLS\nS: a1 OK");
    check(Speech::Pop3, "S: +OK\nC: STLS\nS: +OK");
    check(
        Speech::Smtp,
        "S: 220 x\nC: EHLO localhost\nS: 250 x\nC: STARTTLS\nS: 220",
    );
}

/// threats.md A11, A12: a banner of 10 MB, lists and lines without end.
#[test]
fn nothing_goes_on_for_ever() {
    let endless = |speech, start: &str, line: &str| {
        let mut look = Look::new(Some(speech), false, Depth::Whole);
        look.inbox().extend_from_slice(start.as_bytes());
        for given in 0..10_000_000 {
            match look.step() {
                Ok(Step::Input) => look.inbox().extend_from_slice(line.as_bytes()),
                Ok(Step::Done) => return (given, look.finish()),
                Ok(_) => {}
                Err(error) => {
                    assert!(matches!(error, Error::TooMuch { .. }), "{error:?}");
                    return (given, look.finish());
                }
            }
        }
        panic!("no end");
    };
    let check = |speech, start: &str, line: &str| {
        let (steps, _) = endless(speech, start, line);
        assert!(steps < 20_000, "{steps}");
    };
    let kilobyte = "x".repeat(1024);
    check(Speech::Imap, "* OK ", &kilobyte);
    check(Speech::Pop3, "+OK ", &kilobyte);
    check(Speech::Smtp, "220 ", &kilobyte);
    check(Speech::Smtp, "", "220-x\r\n");
    check(Speech::Imap, "* OK x\r\n", "* OK y\r\n");
    check(Speech::Imap, "* OK x\r\n", "* FLAGS (\\Seen)\r\n");
    check(Speech::Imap, "* OK x\r\n* CAPABILITY ", &kilobyte);
    check(
        Speech::Imap,
        &format!("* OK [CAPABILITY {}] x\r\n", "A ".repeat(1000)),
        "",
    );
    let (_, found) = endless(Speech::Pop3, "+OK\r\n+OK\r\n", "X-MORE\r\n");
    assert_eq!(found.before.unwrap().len(), CAPABILITIES_MAX);
}

#[test]
fn a_greeting_that_never_ends_is_kept() {
    let mut look = Look::new(Some(Speech::Pop3), false, Depth::Whole);
    look.inbox().extend_from_slice(b"+OK half");
    assert!(matches!(look.step(), Ok(Step::Input)));
    assert_eq!(look.peer_closed(), Err(Error::Closed));
    assert_eq!(look.finish().greeting, b"+OK half");
}
