use super::*;

fn ids(speech: Speech, greeting: &str) -> Vec<String> {
    let facts = Facts {
        speech: Some(speech),
        greeting: greeting.as_bytes(),
        ..Facts::default()
    };
    let affected = matches(&facts).into_iter().filter(Match::is_affected);
    affected
        .map(|found| match found.quirk.id.as_str() {
            "" => found.quirk.name.clone(),
            id => id.to_owned(),
        })
        .collect()
}

#[test]
fn the_table_is_sound() {
    assert!(all().len() > 40);
    for quirk in all() {
        let has_pattern =
            !quirk.greeting.is_empty() || !quirk.said.is_empty() || !quirk.capability.is_empty();
        assert!(has_pattern, "{}", quirk.name);
        assert_eq!(
            quirk.id.is_empty(),
            quirk.reference.is_empty(),
            "{}",
            quirk.name
        );
        assert_eq!(quirk.id.is_empty(), quirk.year == 0, "{}", quirk.name);
        assert!(quirk.before.is_none() || quirk.only.is_none());
    }
}

/// Every pattern of fetchmailconf.md section 9.2 but the two that are not about a fault (the stamp
/// of APOP, and IMAP4rev1), which the look itself finds; a leading blank is part of the pattern.
#[test]
fn patterns_of_fetchmailconf() {
    let check = |greeting: &str, expected: &[&str]| {
        assert_eq!(ids(Speech::Pop3, greeting), expected, "{greeting}");
    };
    check("+OK UCDavis POP 1.003 ready", &["ucdavis"]);
    check("+OK x 1.004", &["ucdavis"]);
    check(
        "+OK (sccimhc90.asp.comcast.net) POP ready",
        &["maillennium"],
    );
    check("+OK Maillennium POP3/PROXY server", &["maillennium"]);
    check("+OK Cubic Circle's v1.31", &["cucipop"]);
    check("+OK David POP3 Server", &["david"]);
    check("+OK FTGate server ready", &["ftgate"]);
    check("+OK pop.geonet.de", &[]);
    check("+OK geonet.de", &["geonet"]);
    check("+OK OpenMail POP3", &["openmail"]);
    check("+OK Escape character is '^]'.", &["popa3d-uidl"]);
    check("+OK MercuryP/NLM v1.48 ready", &["mercury"]);
    check("+OK POP-Max server", &["mailmax"]);
    check("+OK POP3 Server Ready", &["pop3-server-ready"]);
    check("+OK POP3 server ready", &[]);
    check("+OK QPOP (version 2.53) at x", &["qpopper"]);
    check("+OK QPOP ready", &["qpopper"]);
    check("+OK Qpopper (version 4.0.5) at x", &[]);
    check("+OK sprynet.com", &["sprynet"]);
    check("+OK mail.sprynet.com", &[]);
    check("+OK TEMS POP3 Server", &["tems"]);
    check("+OK spray.se", &["spray"]);
    check("+OK usa.net", &["usanet"]);
    check("+OK Novonyx POP3 server", &["novonyx"]);
    check("+OK IMS POP3 Server 0.86", &["ims"]);
    let check = |greeting: &str, expected: &[&str]| {
        assert_eq!(ids(Speech::Imap, greeting), expected, "{greeting}");
    };
    check("* OK GroupWise IMAP4rev1 Server", &["groupwise"]);
    check("* OK InterChange IMAP4 3.51", &["interchange"]);
    check("* OK InterChange IMAP4 3.61.08", &[]);
    check("* OK Imail 5.0.7", &["imail"]);
    check("* OK Imail 8.15", &[]);
    check("* OK Domino IMAP4 Server Release 4.6.2a", &["domino"]);
    check("* OK Domino IMAP4 Server Release 8.5", &[]);
    check("* OK x IMAP2bis Service", &["imap2bis"]);
    check("* OK imap2bis", &[]);
    check("* OK x IMAP4rev1", &[]);
    // The first kinds are looked for in any greeting, not only of POP3.
    check("* OK comcast.net", &["maillennium"]);
    assert_eq!(ids(Speech::Pop2, "+ POP2 ready"), ["pop2"]);
}

#[test]
fn todays_programs() {
    let check = |speech, greeting: &str, expected: &str| {
        assert_eq!(
            ids(speech, greeting).first().map_or("", |s| s),
            expected,
            "{greeting}"
        );
    };
    use Speech::{Imap, Pop3, Smtp};
    check(
        Imap,
        "* OK [CAPABILITY IMAP4rev1] Dovecot ready.",
        "Dovecot",
    );
    check(
        Imap,
        "* OK Gimap ready for requests from 192.0.2.1 x",
        "gmail-imap",
    );
    check(
        Pop3,
        "+OK Gpop ready for requests from 192.0.2.1 x",
        "gmail-pop3",
    );
    check(
        Imap,
        "* OK The Microsoft Exchange IMAP4 service is ready. [TQBX=]",
        "exchange-online",
    );
    check(
        Imap,
        "* OK The Microsoft Exchange IMAP4 service is ready.",
        "exchange",
    );
    check(
        Pop3,
        "+OK Microsoft Exchange Server 2003 POP3 server version 6.5.7638.1",
        "exchange",
    );
    check(Imap, "* OK mail Zimbra IMAP4rev1 server ready", "zimbra");
    check(Imap, "* OK IMAPrev1 hMailServer", "hmailserver");
    check(
        Imap,
        "* OK [CAPABILITY X] Proton Mail Bridge 03.0.1 - gluon session ID 1",
        "proton-bridge",
    );
    check(Pop3, "+OK DavMail 6.2.1 POP ready", "davmail");
    check(Pop3, "+OK Hello there. <1@x>", "courier");
    check(Imap, "* OK [CAPABILITY X] Courier-IMAP ready.", "courier");
    check(Imap, "* OK x Cyrus IMAP 3.6.1 server ready", "Cyrus");
    check(Pop3, "+OK Solid POP3 server ready", "solid-pop3d");
    check(
        Smtp,
        "220 mx ESMTP Sendmail 8.17.1.9/8.17.1.9/Debian; x",
        "Sendmail",
    );
    check(Pop3, "+OK GNU POP3 Daemon ready", "GNU Mailutils");
    check(Smtp, "220 mx ESMTP Postfix (Debian/GNU)", "Postfix");
    check(Smtp, "220 mx ESMTP Exim 4.96 Mon, 1 Jan", "Exim");
    check(Smtp, "220 mx ESMTP OpenSMTPD", "OpenSMTPD");
    check(Imap, "* OK Postfix", "");
    check(Imap, "* OK ready", "");
}

#[test]
fn what_it_says_of_itself_comes_first() {
    let facts = Facts {
        speech: Some(Speech::Imap),
        greeting: b"* OK Dovecot ready",
        said: vec![b"Cyrus IMAPD"],
        version: Some(b"3.6.1-Debian-3.6.1-4"),
        ..Facts::default()
    };
    let found = matches(&facts);
    let told: Vec<_> = found
        .iter()
        .map(|m| (m.quirk.name.as_str(), m.by, m.version.as_deref()))
        .collect();
    let expected = [
        ("Dovecot", By::Greeting, None),
        ("Cyrus", By::Said, Some("3.6.1-Debian-3.6.1-4")),
    ];
    assert_eq!(told, expected);
}

#[test]
fn capabilities_count_together() {
    let check = |capabilities: &[&[u8]], expected: usize| {
        let facts = Facts {
            speech: Some(Speech::Imap),
            capabilities: capabilities.to_vec(),
            ..Facts::default()
        };
        assert_eq!(matches(&facts).len(), expected);
    };
    check(&[b"thread=orderedsubject", b"ACL2=UNION"], 1);
    check(&[b"THREAD=ORDEREDSUBJECT"], 0);
    check(&[b"XAPPLELITERAL"], 1);
}

#[test]
fn versions() {
    let check = |text: &str, expected: Option<&str>| {
        assert_eq!(
            first_version(text.as_bytes()).as_deref(),
            expected,
            "{text}"
        );
    };
    check(" (version 2.53) at x", Some("2.53"));
    check(" v1.48 ready", Some("1.48"));
    check(" ready 2024", None);
    check(" a b c d 1.2", None);
    check("/3.61.08,", Some("3.61.08"));
    check(" 4.6.2a", Some("4.6.2a"));
    check(" ready for requests from 192.0.2.1 x", None);
    check(" x 192.0.2.1 6.5.7638.1", Some("6.5.7638.1"));
    check("", None);
}

#[test]
fn the_engine_reads_it_too() {
    assert!(wants_retr(b"+OK Maillennium POP3/PROXY server #9"));
    assert!(!wants_retr(b"+OK comcast.net"));
    assert!(!wants_retr(b"+OK ready"));
}
