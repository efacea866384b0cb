//! What is known of a server by what it has said: which program it is, and advice in words. How it
//! is recognised stands in `data/servers.toml` ([`quirks`]).

use super::report::{Advice, Evidence, Software};
use crate::base::i18n::{fill, gettext, gettext_noop};
use crate::base::text::quiet;
use crate::proto::look::Found;
use crate::proto::quirks::{self, By, Facts, Match};

/// Longest version shown.
const VERSION_MAX: usize = 40;

/// Program and advice. Of several programs the surest is named; a program that stands alone is
/// named by what it says of itself even if the table does not know it.
pub fn of(found: &Found) -> (Option<Software>, Vec<Advice>) {
    let capabilities = implementation(found);
    let facts = facts(found, capabilities);
    let matches = quirks::matches(&facts);
    let mut advice: Vec<Advice> = Vec::new();
    for found in matches.iter().filter(|m| m.is_affected()) {
        if let Some(one) = advice_of(found)
            && !advice.contains(&one)
            && !is_covered(found, &matches)
        {
            advice.push(one);
        }
    }
    if found.is_preauth {
        advice.push(preauth());
    }
    (software(&facts, &matches), advice)
}

/// Exchange Online is an Exchange too; the narrower row speaks.
fn is_covered(found: &Match, all: &[Match]) -> bool {
    found.quirk.id == "exchange" && all.iter().any(|other| other.quirk.id == "exchange-online")
}

/// `IMPLEMENTATION Cyrus POP3 server v2` of CAPA (RFC 2449 section 6.9).
fn implementation(found: &Found) -> Option<&[u8]> {
    let starts = |line: &&bytes::Bytes| {
        let word = line.split(|b| *b == b' ').next().unwrap_or_default();
        word.eq_ignore_ascii_case(b"IMPLEMENTATION")
    };
    let line = found.listed().iter().find(starts)?;
    line.get(b"IMPLEMENTATION".len() + 1..)
}

fn facts<'a>(found: &'a Found, implementation: Option<&'a [u8]>) -> Facts<'a> {
    let field = |wanted: &str| {
        let is_wanted = |name: &[u8]| name.eq_ignore_ascii_case(wanted.as_bytes());
        let (_, value) = found.identity.iter().find(|(name, _)| is_wanted(name))?;
        (!value.is_empty()).then_some(value.as_slice())
    };
    Facts {
        speech: found.speech,
        greeting: &found.greeting,
        said: [field("name"), field("vendor"), implementation]
            .into_iter()
            .flatten()
            .collect(),
        version: field("version"),
        capabilities: found.listed().iter().map(AsRef::as_ref).collect(),
    }
}

fn software(facts: &Facts<'_>, matches: &[Match]) -> Option<Software> {
    let programs = matches.iter().filter(|found| found.is_program());
    // Of equals the first row of the table.
    if let Some(best) = programs.min_by_key(|found| found.by)
        && (best.by == By::Said || facts.said.is_empty())
    {
        return Some(Software {
            name: best.quirk.name.clone(),
            version: best
                .version
                .as_deref()
                .map(|v| quiet(v.as_bytes(), VERSION_MAX)),
            by: match best.by {
                By::Said => Evidence::Said,
                By::Greeting => Evidence::Greeting,
                By::Capabilities => Evidence::Capabilities,
            },
        });
    }
    let name = quiet(facts.said.first()?, VERSION_MAX);
    (!name.is_empty()).then(|| Software {
        name,
        version: facts.version.map(|version| quiet(version, VERSION_MAX)),
        by: Evidence::Said,
    })
}

fn advice_of(found: &Match) -> Option<Advice> {
    let quirk = found.quirk;
    let (_, text) = TEXTS.iter().find(|(id, _)| *id == quirk.id)?;
    Some(Advice {
        server: quirk.name.clone(),
        text: gettext(text),
        option: quirk.option.clone(),
        reference: reference(&quirk.reference, quirk.year),
        is_warning: quirk.warning,
    })
}

fn reference(name: &str, year: u16) -> String {
    fill("{name} ({year})", &[("name", &name), ("year", &year)])
}

/// threats.md A2.
fn preauth() -> Advice {
    Advice {
        server: String::new(),
        text: gettext(
            "The server says that somebody is signed in before anybody was. Encryption cannot begin \
             then. Over a network this is a sign of somebody in between; it is usual only through a \
             command such as ssh.",
        ),
        option: String::new(),
        reference: reference("RFC 9051", 2021),
        is_warning: true,
    }
}

/// What is known and what can be done, by `id` of the table. Whole messages are fetched with the
/// keyword `fetchall`, which makes POP3 use RETR in place of TOP.
const TEXTS: &[(&str, &str)] = &[
    (
        "pop2",
        gettext_noop(
            "POP2 is obsolete, and this program does not fetch with it. Ask for IMAP or POP3.",
        ),
    ),
    (
        "ucdavis",
        gettext_noop(
            "Servers of this kind have lost a mailbox when the line broke. Another server is the only remedy.",
        ),
    ),
    (
        "maillennium",
        gettext_noop(
            "Servers of this kind have cut messages longer than 80 kB in their answer to TOP. Fetching whole messages avoids it.",
        ),
    ),
    (
        "cucipop",
        gettext_noop(
            "Some releases do not lock the mailbox. Let only one program at a time fetch from it.",
        ),
    ),
    (
        "david",
        gettext_noop(
            "Servers of this kind have broken the protocol in many places. Another server is the only remedy.",
        ),
    ),
    (
        "ftgate",
        gettext_noop(
            "Servers of this kind have answered TOP twice. Fetching whole messages avoids it.",
        ),
    ),
    (
        "geonet",
        gettext_noop(
            "This server has given damaged answers to TOP. Fetching whole messages avoids it.",
        ),
    ),
    (
        "openmail",
        gettext_noop(
            "Servers of this kind have returned only the header and the first line of a message for TOP. Fetching whole messages avoids it.",
        ),
    ),
    (
        "popa3d-uidl",
        gettext_noop(
            "Servers of this kind have given names to messages that do not last. Leaving mail on the server can bring it twice.",
        ),
    ),
    (
        "mercury",
        gettext_noop(
            "This release marks a message for deletion when it is read. This program takes the marks back before it leaves.",
        ),
    ),
    (
        "mailmax",
        gettext_noop(
            "Servers of this kind have announced attachments that they do not send. Another server is the only remedy; fetching whole messages may help.",
        ),
    ),
    (
        "pop3-server-ready",
        gettext_noop(
            "Some servers with this greeting fail when a whole message is asked for with TOP. If that happens, fetch whole messages.",
        ),
    ),
    (
        "qpopper",
        gettext_noop(
            "Releases before 3.0 can hang on very large messages. A newer release or IMAP avoids it.",
        ),
    ),
    (
        "sprynet",
        gettext_noop(
            "This server has marked messages as read when only their headers were asked for. Fetching everything avoids leaving mail behind.",
        ),
    ),
    (
        "tems",
        gettext_noop(
            "Servers of this kind have stopped answering after TOP. Fetching whole messages avoids it.",
        ),
    ),
    (
        "spray",
        gettext_noop(
            "This server has returned messages without headers after TOP. Fetching whole messages avoids it.",
        ),
    ),
    (
        "usanet",
        gettext_noop(
            "This server has hidden mail that was looked at before, and has cut what TOP returns. Fetching everything avoids both.",
        ),
    ),
    (
        "novonyx",
        gettext_noop(
            "Servers of this kind have told wrongly which messages were read. Fetching everything avoids leaving mail behind.",
        ),
    ),
    (
        "ims",
        gettext_noop(
            "Servers of this kind have sent lines that begin with a dot wrongly, so that a message can end too early or not at all. Only another release helps.",
        ),
    ),
    (
        "groupwise",
        gettext_noop(
            "Servers of this kind have left out the length of a message's text and marked messages as read that were only looked at. This program asks for whole messages, which works.",
        ),
    ),
    (
        "interchange",
        gettext_noop(
            "Releases before 3.61.08 leave attachments out of the text of a message. A newer release avoids it.",
        ),
    ),
    (
        "imail",
        gettext_noop(
            "This release has announced wrong sizes for messages with attachments, which are lost then. A newer release avoids it.",
        ),
    ),
    (
        "domino",
        gettext_noop(
            "Releases up to 4.6.2a damage messages with parts over IMAP. POP3 at the same server works.",
        ),
    ),
    (
        "imap2bis",
        gettext_noop(
            "This old IMAP cannot give a message without marking it as read: one that was broken off stays marked. Fetching everything avoids leaving it behind.",
        ),
    ),
    (
        "gmail-imap",
        gettext_noop(
            "Gmail takes no usual password from mail programs: an app password or a sign-in in the browser is needed. Deleting a message removes a label only, and the folder of all mail has everything twice.",
        ),
    ),
    (
        "gmail-pop3",
        gettext_noop(
            "Gmail takes no usual password from mail programs, POP3 must be switched on in its settings, and it shows some hundred messages at a time. What was fetched once may not be shown again.",
        ),
    ),
    (
        "exchange-online",
        gettext_noop(
            "Microsoft takes no password here from mail programs any more: the sign-in goes through the browser.",
        ),
    ),
    (
        "exchange",
        gettext_noop(
            "Servers of this kind announce sizes that do not fit what they send, and offer ways to sign in that fail in the middle. This program copes with both; a limit on sizes is only roughly kept.",
        ),
    ),
    (
        "zimbra",
        gettext_noop(
            "POP3 and IMAP can be switched off for each mailbox. If a right password is refused, ask the administrator.",
        ),
    ),
    (
        "hmailserver",
        gettext_noop(
            "Servers of this kind announce sizes that are off by some bytes. This program does not rely on them.",
        ),
    ),
    (
        "proton-bridge",
        gettext_noop(
            "This is a program on your own computer. It has passwords of its own, shown in its window, and a certificate that only it has signed.",
        ),
    ),
    (
        "davmail",
        gettext_noop(
            "This is a program that stands before an Exchange server. Sizes may be wrong, and large mailboxes are slow at the first check.",
        ),
    ),
    (
        "courier",
        gettext_noop(
            "Four connections from one address are usually the most that POP3 allows, a few more IMAP. Of several mailboxes there, some may have to wait for the next check.",
        ),
    ),
    (
        "yahoo",
        gettext_noop(
            "Yahoo takes no usual password from mail programs: an app password is needed.",
        ),
    ),
    (
        "icloud",
        gettext_noop(
            "Apple takes no usual password from mail programs: an app-specific password is needed.",
        ),
    ),
    (
        "uw-imap",
        gettext_noop(
            "This server reads a whole mailbox file at each check, and only one program at a time can have it open with POP3.",
        ),
    ),
];

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::proto::look::Speech;

    fn found(speech: Speech, greeting: &str) -> Found {
        Found {
            speech: Some(speech),
            greeting: greeting.as_bytes().to_vec(),
            ..Found::default()
        }
    }

    #[test]
    fn every_row_has_its_text() {
        for quirk in quirks::all().iter().filter(|quirk| !quirk.id.is_empty()) {
            assert!(TEXTS.iter().any(|(id, _)| *id == quirk.id), "{}", quirk.id);
        }
        for (id, _) in TEXTS {
            assert!(quirks::all().iter().any(|quirk| quirk.id == *id), "{id}");
        }
    }

    /// fetchmailconf's table says so for these, in words only; here it is an option to apply.
    #[test]
    fn whole_messages_are_advised() {
        let check = |greeting: &str, expected: &str| {
            let (_, advice) = of(&found(Speech::Pop3, greeting));
            assert_eq!(advice.len(), 1, "{greeting}: {advice:?}");
            assert_eq!(advice[0].option, expected, "{greeting}");
        };
        for greeting in [
            "+OK x.comcast.net",
            "+OK FTGate",
            "+OK geonet.de",
            "+OK OpenMail",
            "+OK POP3 Server Ready",
            "+OK sprynet.com",
            "+OK TEMS POP3",
            "+OK spray.se",
            "+OK usa.net",
            "+OK Novonyx POP3",
        ] {
            check(greeting, "fetchall");
        }
        for greeting in [
            "+OK 1.003",
            "+OK Cubic Circle",
            "+OK IMS POP3",
            "+OK Escape character is",
        ] {
            check(greeting, "");
        }
    }

    #[test]
    fn programs_are_named_by_the_surest_word() {
        let check = |found: &Found, expected: Option<(&str, Option<&str>, Evidence)>| {
            let (software, _) = of(found);
            let told = software
                .as_ref()
                .map(|s| (s.name.as_str(), s.version.as_deref(), s.by));
            assert_eq!(told, expected);
        };
        let mut one = found(Speech::Imap, "* OK Dovecot ready");
        check(&one, Some(("Dovecot", None, Evidence::Greeting)));
        one.identity = vec![
            (b"Name".to_vec(), b"Cyrus IMAPD".to_vec()),
            (b"version".to_vec(), b"3.6.1".to_vec()),
        ];
        check(&one, Some(("Cyrus", Some("3.6.1"), Evidence::Said)));
        one.identity = vec![(b"name".to_vec(), b"Newcomer\x1b[2J".to_vec())];
        check(&one, Some(("Newcomer\u{fffd}[2J", None, Evidence::Said)));
        let mut two = found(Speech::Pop3, "+OK ready");
        check(&two, None);
        two.before = Some(vec![Bytes::from_static(
            b"implementation Cyrus POP3 server v2.3.16",
        )]);
        check(&two, Some(("Cyrus", Some("2.3.16"), Evidence::Said)));
        check(&found(Speech::Imap, "* OK mail.spray.se spray.se"), None);
    }

    #[test]
    fn the_narrower_row_speaks() {
        let greeting = "* OK The Microsoft Exchange IMAP4 service is ready. [TQBX]";
        let (software, advice) = of(&found(Speech::Imap, greeting));
        assert_eq!(software.unwrap().name, "Exchange Online");
        assert_eq!(advice.len(), 1);
    }

    #[test]
    fn preauth_is_a_warning() {
        let mut found = found(Speech::Imap, "* PREAUTH hello");
        found.is_preauth = true;
        assert!(of(&found).1[0].is_warning);
    }
}
