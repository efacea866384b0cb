//! Fake servers for the table of known servers (`data/servers.toml`): every greeting rule of
//! fetchmailconf, and every pattern of the table, leads to what is advised. The advice as it is
//! told stands in `quirks.txt`; to write it anew: `POSTRIDER_UPDATE=1`, then read it.

use std::fmt::Write;
use std::fs;

use postrider::probe::report::{Evidence, Row};
use serde::Deserialize;

use super::stage::{Script, Stage};
use crate::tidy::root;

/// The rules of fetchmailconf 6.4, in its order, each with a greeting that it fits. `""` as the
/// server: the rule is no advice of a server, and the last column says what it is.
const RULES: &[(&str, &str, &str, &str)] = &[
    ("POP2 answers", "+ POP2 mail.example.org ready", "POP2", ""),
    ("1.003", "+OK UCDavis POP 1.003 ready", "UC Davis POP", ""),
    ("1.004", "+OK UCDavis POP 1.004 ready", "UC Davis POP", ""),
    (
        "comcast.net",
        "+OK sccimhc90.asp.comcast.net ready",
        "Maillennium",
        "fetchall",
    ),
    (
        "Cubic Circle",
        "+OK Cubic Circle's v1.31 1998/05/13 POP3 ready <1.2@x>",
        "cucipop",
        "",
    ),
    (
        "David POP3 Server",
        "+OK David POP3 Server ready",
        "David",
        "",
    ),
    ("FTGate", "+OK FTGate server ready", "FTGate", "fetchall"),
    (
        " geonet.de",
        "+OK POP3 geonet.de ready",
        "geonet.de",
        "fetchall",
    ),
    (
        "OpenMail",
        "+OK HP OpenMail POP3 interface ready",
        "HP OpenMail",
        "fetchall",
    ),
    (
        "Escape character is",
        "+OK Escape character is '^]'.",
        "popa3d",
        "",
    ),
    (
        "MercuryP/NLM v1.48",
        "+OK <1.2@x>, MercuryP/NLM v1.48 ready.",
        "Mercury",
        "",
    ),
    ("POP-Max", "+OK POP-Max ready", "Mail Max", "fetchall"),
    (
        "POP3 Server Ready",
        "+OK POP3 Server Ready",
        "POP3 Server",
        "fetchall",
    ),
    (
        "QPOP",
        "+OK QPOP (version 2.53) at mail.example.org starting.",
        "qpopper",
        "",
    ),
    (
        " sprynet.com",
        "+OK POP3 sprynet.com ready",
        "SpryNet",
        "fetchall",
    ),
    (
        "TEMS POP3",
        "+OK TEMS POP3 Server ready",
        "TEMS",
        "fetchall",
    ),
    (
        " spray.se",
        "+OK POP3 spray.se ready",
        "spray.se",
        "fetchall",
    ),
    (
        " usa.net",
        "+OK POP3 usa.net 2.2 ready",
        "USA.NET",
        "fetchall",
    ),
    (
        " Novonyx POP3",
        "+OK Novonyx POP3 v2.17 ready",
        "Novonyx",
        "fetchall",
    ),
    (" IMS POP3", "+OK IMS POP3 Server 0.86 ready", "IMS", ""),
    (
        "GroupWise",
        "* OK GroupWise IMAP4rev1 Server Ready",
        "Novell GroupWise",
        "",
    ),
    (
        "InterChange",
        "* OK InterChange IMAP4 3.51 ready",
        "InterChange",
        "",
    ),
    ("Imail", "* OK Imail 5.0.7 ready", "Imail", ""),
    (
        "Domino IMAP4",
        "* OK Domino IMAP4 Server Release 4.6.2a ready",
        "Lotus Domino",
        "",
    ),
    ("> and CR", "+OK ready <1.2@mail.example.org>", "", "APOP"),
    (
        "IMAP2bis",
        "* OK mail.example.org IMAP2bis Service ready",
        "IMAP2bis",
        "fetchall",
    ),
    ("IMAP4rev1", "* OK mail.example.org IMAP4rev1 ready", "", ""),
    ("none of these", "+OK ready", "", ""),
];

#[tokio::test]
async fn every_greeting_rule_of_fetchmailconf() {
    for (rule, greeting, server, told) in RULES {
        let row = told_of(&Example::greets(greeting)).await;
        let advice = row.advice.first();
        match server.is_empty() {
            true => {
                assert_eq!(advice, None, "{rule}");
                assert_eq!(
                    row.apop.is_some_and(|apop| apop.is_valid),
                    *told == "APOP",
                    "{rule}"
                );
            }
            false => {
                let found = advice.map(|one| (one.server.as_str(), one.option.as_str()));
                assert_eq!(found, Some((*server, *told)), "{rule}");
                assert!(!row.advice[0].text.is_empty() && !row.advice[0].reference.is_empty());
            }
        }
    }
}

/// The leading blank of a pattern counts, and so does the case.
#[tokio::test]
async fn what_no_rule_fits() {
    for greeting in [
        "+OK pop.geonet.de",
        "+OK mail.sprynet.com",
        "+OK mail.spray.se",
        "+OK mail.usa.net",
        "+OK POP3 server ready",
        "+OK escape character is",
        "* OK imap2bis",
        "* OK InterChange IMAP4 3.61.08",
        "* OK Imail 8.15",
        "* OK Domino IMAP4 Server Release 8.5",
    ] {
        let row = told_of(&Example::greets(greeting)).await;
        assert_eq!(row.advice, [], "{greeting}");
    }
}

/// What a fake server says: its greeting, what it calls itself (the fields of IMAP ID, or
/// IMPLEMENTATION of POP3), what it can do besides.
struct Example {
    greeting: &'static str,
    said: &'static str,
    capabilities: &'static str,
}

impl Example {
    const fn greets(greeting: &'static str) -> Self {
        Self {
            greeting,
            said: "",
            capabilities: "",
        }
    }

    const fn says(greeting: &'static str, said: &'static str) -> Self {
        Self {
            greeting,
            said,
            capabilities: "",
        }
    }

    const fn can(greeting: &'static str, capabilities: &'static str) -> Self {
        Self {
            greeting,
            said: "",
            capabilities,
        }
    }

    fn port(&self) -> u16 {
        match self.speech() {
            "imap" => 143,
            "pop2" => 109,
            "smtp" => 25,
            _ => 110,
        }
    }

    fn speech(&self) -> &'static str {
        match self.greeting.get(..2) {
            Some("* ") => "imap",
            Some("+ ") => "pop2",
            Some("22") => "smtp",
            _ => "pop3",
        }
    }

    fn script(&self) -> Script {
        let said = if self.said.is_empty() {
            "NIL".to_owned()
        } else {
            format!("({})", self.said)
        };
        let implementation = match self.said {
            "" => String::new(),
            said => format!("\r\nIMPLEMENTATION {said}"),
        };
        let capabilities = self.capabilities;
        let listed = format!("* CAPABILITY IMAP4rev1 ID {capabilities}\r\n% OK");
        let told = format!("* ID {said}\r\n% OK");
        let lines = capabilities.replace(' ', "\r\n");
        let capa =
            format!("+OK{implementation}\r\nUSER\r\n{lines}\r\n.").replace("\r\n\r\n", "\r\n");
        let ehlo = "250-mail.example.org\r\n250 HELP";
        Script::new(
            self.greeting,
            &[
                ("CAPABILITY", &listed),
                ("ID", &told),
                ("LOGOUT", "* BYE\r\n% OK"),
                ("CAPA", &capa),
                ("EHLO", ehlo),
                ("QUIT", "+OK"),
            ],
        )
    }
}

async fn told_of(example: &Example) -> Row {
    let mut stage = Stage::new();
    stage.serve(example.port(), example.script()).await;
    stage.row(example.port()).await
}

/// What of today's servers is known; where it was seen is told in `real` or by the table.
const TODAY: &[Example] = &[
    Example::greets("+OK Maillennium POP3/PROXY server #9"),
    Example::greets("+OK Qpopper (version 4.0.5) at mail.example.org starting."),
    Example::says("* OK ready", "\"name\" \"GroupWise\" \"version\" \"18.1\""),
    Example::greets("* OK Gimap ready for requests from 192.0.2.1 x"),
    Example::says(
        "* OK ready",
        "\"name\" \"GImap\" \"vendor\" \"Google, Inc.\"",
    ),
    Example::greets("+OK Gpop ready for requests from 192.0.2.1 x"),
    Example::greets("* OK The Microsoft Exchange IMAP4 service is ready. [TQBX]"),
    Example::greets("+OK The Microsoft Exchange POP3 service is ready. [TQBX]"),
    Example::greets("* OK The Microsoft Exchange IMAP4 service is ready."),
    Example::greets("+OK The Microsoft Exchange POP3 service is ready."),
    Example::greets("+OK Microsoft Exchange Server 2003 POP3 server version 6.5.7638.1 ready."),
    Example::greets("220 mail.example.org Microsoft ESMTP MAIL Service ready"),
    Example::says(
        "* OK ready",
        "\"name\" \"Microsoft.Exchange.Imap4.Imap4Server\" \"version\" \"15.20\"",
    ),
    Example::greets("* OK mail.example.org Zimbra IMAP4rev1 server ready"),
    Example::says(
        "* OK ready",
        "\"NAME\" \"Zimbra\" \"VERSION\" \"8.8.15_GA_3829\"",
    ),
    Example::greets("* OK IMAPrev1 hMailServer"),
    Example::says(
        "* OK ready",
        "\"name\" \"hMailServer\" \"version\" \"5.6.8\"",
    ),
    Example::greets("* OK Proton Mail Bridge 03.13.0 ready"),
    Example::greets("* OK ProtonMail Bridge ready"),
    Example::greets("* OK Gluon ready"),
    Example::says(
        "* OK ready",
        "\"name\" \"Proton Mail Bridge\" \"version\" \"3.13.0\"",
    ),
    Example::says("* OK ready", "\"name\" \"ProtonMail Bridge\""),
    Example::says("* OK ready", "\"name\" \"gluon\""),
    Example::greets("+OK DavMail 6.2.1-3496 POP ready"),
    Example::says("* OK ready", "\"name\" \"DavMail\" \"version\" \"6.2.1\""),
    Example::greets("* OK Dovecot (Debian) ready."),
    Example::says("* OK ready", "\"name\" \"Dovecot\""),
    Example::greets("* OK Courier-IMAP ready. Copyright 1998-2019 Double Precision, Inc."),
    Example::greets("+OK Hello there. <1.2@mail.example.org>"),
    Example::greets("+OK Hello there."),
    Example::greets("+OK Courier Mail Server ready"),
    Example::says("+OK ready", "Courier Mail Server"),
    Example::can("* OK ready", "THREAD=ORDEREDSUBJECT ACL2=UNION"),
    Example::greets("* OK mail.example.org Cyrus IMAP 3.6.1-Debian-3.6.1-4+deb12u4 server ready"),
    Example::greets("+OK mail.example.org Cyrus POP3 2.4.17 server ready <1.2@x>"),
    Example::greets("* OK mail.example.org Cyrus Murder v2.3.16 server ready"),
    Example::says(
        "* OK ready",
        "\"name\" \"Cyrus IMAPD\" \"version\" \"3.8.0\"",
    ),
    Example::greets("* OK IMAP4rev1 imapgate-2.8.78 ready"),
    Example::greets("+OK hello from popgate-1.8 ready"),
    Example::greets("+OK hello from jpop-0.1 ready"),
    Example::says("* OK ready", "\"vendor\" \"Yahoo! Inc.\""),
    Example::can("* OK ready", "XAPPLELITERAL"),
    Example::greets("+OK GNU POP3 Daemon ready"),
    Example::greets("+OK GNU Mailutils ready"),
    Example::greets("* OK mailutils ready"),
    Example::says(
        "* OK ready",
        "\"name\" \"GNU Mailutils imap4d\" \"version\" \"3.15\"",
    ),
    Example::can("+OK POP3 Ready <1.2@x>", "EXPIRENEVER"),
    Example::can("* OK IMAP4rev1", "AUTH=SECURID AUTH=SAML20 AUTH=OPENID20"),
    Example::greets("+OK Solid POP3 server ready <1.2@x>"),
    Example::greets("+OK POP3 mail.example.org 2001.78 server ready; POP3 2001.78"),
    Example::greets("+OK POP3 2003.83 server ready"),
    Example::greets("+OK POP3 2004.89 server ready"),
    Example::greets("+OK POP3 2006k.96 server ready"),
    Example::greets("+OK POP3 2007e.104 server ready"),
    Example::greets("* OK mail.example.org IMAP4rev1 2001.315 at x"),
    Example::greets("* OK mail.example.org IMAP4rev1 2003.338 at x"),
    Example::greets("* OK mail.example.org IMAP4rev1 2004.357 at x"),
    Example::greets("* OK mail.example.org IMAP4rev1 2006k.396 at x"),
    Example::greets("* OK mail.example.org IMAP4rev1 2007e.404 at x"),
    Example::greets("* OK Stalwart IMAP4rev2 at your service."),
    Example::says(
        "* OK ready",
        "\"name\" \"Stalwart IMAP4\" \"version\" \"0.10.0\"",
    ),
    Example::greets("* OK JAMES IMAP4rev1 Server ready"),
    Example::greets("+OK <1.2@x> JAMES POP3 Server ready"),
    Example::greets("220 mail.example.org JAMES SMTP Server ready"),
    Example::says(
        "* OK ready",
        "\"name\" \"Apache James\" \"version\" \"3.8.1\"",
    ),
    Example::greets("+OK mail.example.org POP MDaemon 21.0.2 ready <1.2@x>"),
    Example::says("* OK ready", "\"name\" \"MDaemon\" \"version\" \"21.0.2\""),
    Example::greets("* OK Kerio Connect 9.4.2 IMAP4rev1 server ready"),
    Example::greets("* OK Kerio MailServer 6.7.3 IMAP4rev1 server ready"),
    Example::says(
        "* OK ready",
        "\"name\" \"Kerio Connect\" \"version\" \"9.4.2\"",
    ),
    Example::greets("220 mail.example.org ESMTP Postfix (Debian/GNU)"),
    Example::greets("220 mail.example.org ESMTP Exim 4.96 Thu, 1 Jan 1970 00:00:00 +0000"),
    Example::greets("220 mail.example.org ESMTP OpenSMTPD"),
    Example::greets(
        "220 mail.example.org ESMTP Sendmail 8.17.1.9/8.17.1.9/Debian-2; Thu, 1 Jan 1970 00:00:00 GMT",
    ),
];

fn examples() -> Vec<Example> {
    let rules = RULES
        .iter()
        .map(|(_, greeting, ..)| Example::greets(greeting));
    let today = TODAY.iter().map(|one| Example { ..*one });
    rules.chain(today).collect()
}

#[tokio::test]
async fn what_is_told_of_every_example() {
    let mut out = String::new();
    for example in examples() {
        let row = told_of(&example).await;
        let words = [example.greeting, example.said, example.capabilities];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        writeln!(out, "{}", words.join(" | ")).unwrap();
        if let Some(software) = &row.software {
            let by = match software.by {
                Evidence::Said => "says so",
                Evidence::Greeting => "by its greeting",
                Evidence::Capabilities => "by what it can do",
            };
            let version = software.version.as_deref().unwrap_or("-");
            writeln!(out, "  is {}, version {version}, {by}", software.name).unwrap();
        }
        for one in &row.advice {
            let kind = if one.is_warning { "warning" } else { "remark" };
            let option = if one.option.is_empty() {
                "-"
            } else {
                &one.option
            };
            writeln!(
                out,
                "  {kind}: {} [{}; option {option}]",
                one.text, one.reference
            )
            .unwrap();
        }
    }
    let path = root().join("tests/it/probe/quirks.txt");
    if std::env::var_os("POSTRIDER_UPDATE").is_some() {
        fs::write(&path, &out).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == out,
        "quirks.txt differs:\n{out}"
    );
}

/// A row of the table, as far as this test is about it.
#[derive(Deserialize)]
struct Known {
    name: String,
    speech: Option<String>,
    #[serde(default)]
    greeting: Vec<String>,
    #[serde(default)]
    said: Vec<String>,
    #[serde(default)]
    capability: Vec<String>,
}

/// No row, and no pattern of a row, is without an example.
#[test]
fn every_pattern_has_an_example() {
    #[derive(Deserialize)]
    struct Table {
        server: Vec<Known>,
    }
    let text = fs::read_to_string(root().join("data/servers.toml")).unwrap();
    let table: Table = toml::from_str(&text).unwrap();
    let examples = examples();
    let mut missing = Vec::new();
    for row in &table.server {
        let is_there = |example: &&Example| {
            row.speech
                .as_deref()
                .is_none_or(|speech| speech == example.speech())
        };
        let fit = || examples.iter().filter(is_there);
        for pattern in &row.greeting {
            if !fit().any(|one| one.greeting.contains(pattern)) {
                missing.push(format!("{}: greeting {pattern:?}", row.name));
            }
        }
        for pattern in &row.said {
            if !fit().any(|one| one.said.contains(pattern)) {
                missing.push(format!("{}: said {pattern:?}", row.name));
            }
        }
        let has_all = |one: &Example| {
            let listed: Vec<&str> = one.capabilities.split(' ').collect();
            row.capability
                .iter()
                .all(|word| listed.contains(&word.as_str()))
        };
        if !row.capability.is_empty() && !fit().any(has_all) {
            missing.push(format!("{}: capability {:?}", row.name, row.capability));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
