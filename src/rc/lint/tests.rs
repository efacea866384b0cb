mod properties;

use super::*;
use crate::rc::account::Account;
use crate::rc::lint::facts::{CommandFacts, FileFacts, ProgramFacts};
use crate::rc::provider;

pub fn facts() -> Facts {
    Facts {
        around: Surroundings {
            invoking_user: "me".into(),
            ..Surroundings::default()
        },
        providers: provider::builtin(),
        ..Facts::default()
    }
}

/// Findings of a rule: what is marked, and the file after the fix (`-` for no fix).
#[track_caller]
pub fn finds(text: &str, slug: &str, marked: &str, fixed: &str) {
    finds_with(&facts(), text, slug, marked, fixed);
}

#[track_caller]
fn finds_with(facts: &Facts, text: &str, slug: &str, marked: &str, fixed: &str) {
    let document = Document::parse(text);
    let found = check(&document, facts);
    let of_rule: Vec<_> = found.iter().filter(|d| d.slug == slug).collect();
    let [finding] = of_rule[..] else {
        panic!("{text}: {} of {slug} in {found:#?}", of_rule.len());
    };
    assert_eq!(finding.rule().slug, slug, "not in the table");
    let shown = finding.to_string();
    assert!(!shown.contains('{'), "{shown}");
    let span = finding.place.map(|place| document.slice(place.span));
    assert_eq!(
        String::from_utf8_lossy(&span.unwrap_or_default()),
        marked,
        "{text}"
    );
    let Some(fix) = &finding.fix else {
        assert_eq!(fixed, "-", "{text}: no fix");
        return;
    };
    assert!(!fix.sentence().contains('{'), "{fix:?}");
    let mended = fix::apply(&document, &fix.edits).unwrap_or_else(|why| panic!("{text}: {why}"));
    assert_eq!(String::from_utf8_lossy(&mended.bytes()), fixed, "{text}");
    if fix.edits.is_empty() {
        return;
    }
    let after = check(&mended, facts);
    let is_left = after.iter().any(|d| d.slug == slug);
    assert!(!is_left, "{fixed}: still {slug}");
    if fix.safe && finding.severity != Severity::Error {
        let (old, new) = (accounts(&document, slug), accounts(&mended, slug));
        assert_eq!(old, new, "{text}: more than the finding has changed");
    }
}

/// The accounts of a file, without what the fix of a rule is meant to change.
fn accounts(document: &Document, slug: &str) -> Vec<Account> {
    let whole = resolve::whole(document, &Overrides::default(), &facts().around);
    let mut accounts: Vec<Account> = whole.accounts.into_iter().map(|s| s.account).collect();
    for account in &mut accounts {
        match slug {
            "keep-without-uidl" => account.uidl = true,
            "ssl-port" => account.tls.implicit = true,
            "bad-fingerprint" => account.tls.fingerprint = None,
            _ => {}
        }
    }
    accounts
}

#[track_caller]
pub fn silent(text: &str, slug: &str) {
    silent_with(&facts(), text, slug);
}

#[track_caller]
fn silent_with(facts: &Facts, text: &str, slug: &str) {
    let found = check(&Document::parse(text), facts);
    assert!(rules::RULES.iter().any(|rule| rule.slug == slug), "{slug}");
    assert!(found.iter().all(|d| d.slug != slug), "{text}: {found:#?}");
}

#[test]
fn good_files_are_clean() {
    for text in [
        "",
        "set daemon 300\nset postmaster me\n\
         poll imap.example.org proto imap user ann pass x is ann here ssl\n\
         poll pop.example.org proto pop3 uidl user bob there is bob keep\n",
        "defaults proto imap ssl mda \"/usr/bin/maildrop -d %T\"\n\
         poll a user x\npoll b user y mda 'procmailish %T'\n",
        "poll work via imap.example.org proto imap service 993 user a ssl folder INBOX x\n\
         skip home via imap.example.net proto imap port 143 user a\n"
            .replace("port", "service")
            .as_str(),
        "poll localhost proto pop3 service 1110 user a pass x sslproto ''\n",
        "poll imap.gmail.com proto imap user a pass 'abcd efgh ijkl mnop' ssl\n",
    ] {
        let found = check(&Document::parse(text), &facts());
        assert!(found.is_empty(), "{text}: {found:#?}");
    }
}

#[test]
fn l02_unsupported() {
    finds(
        "poll a plugin 'x y' user b",
        "unsupported",
        "plugin 'x y'",
        "-",
    );
    finds(
        "defaults auth ntlm\npoll a user b",
        "unsupported",
        "auth ntlm",
        "-",
    );
    silent("poll a proto imap user b", "unsupported");
}

#[test]
fn l03_access() {
    let with = |mode, owner| Facts {
        file: Some(FileFacts {
            mode,
            owner,
            user: 1,
        }),
        ..facts()
    };
    finds_with(&with(0o644, 1), "poll a", "file-exposed", "", "poll a");
    silent_with(&with(0o600, 1), "poll a", "file-exposed");
    silent_with(&with(0o710, 1), "poll a", "file-exposed");
    finds_with(&with(0o600, 2), "poll a", "file-owner", "", "-");
    silent_with(&with(0o400, 1), "poll a", "file-owner");
    silent("poll a", "file-exposed");
}

#[test]
fn l04_defaults() {
    finds(
        "poll a\ndefaults proto imap\n",
        "late-defaults",
        "defaults",
        "defaults proto imap\npoll a\n",
    );
    silent("defaults proto imap\npoll a\n", "late-defaults");
    finds(
        "defaults proto imap\ndefaults proto pop3\n",
        "second-defaults",
        "defaults",
        "-",
    );
}

#[test]
fn l06_same_label() {
    finds(
        "poll a user x\npoll a user y",
        "same-label",
        "poll a",
        "poll a user x\npoll a-2 via a user y",
    );
    finds(
        "poll a via h user x\npoll a via i user y\npoll a-2",
        "same-label",
        "poll a",
        "poll a via h user x\npoll a-3 via i user y\npoll a-2",
    );
    silent("poll a user x user y\npoll b user x", "same-label");
}

#[test]
fn l07_port() {
    finds(
        "poll a port 110 user b",
        "port",
        "port 110",
        "poll a service 110 user b",
    );
    finds(
        "defaults port 110\npoll a",
        "port",
        "port 110",
        "defaults service 110\npoll a",
    );
    silent("poll a service 110 user b", "port");
}

#[test]
fn l08_port_and_encryption() {
    finds(
        "poll a service 993 user b",
        "ssl-port",
        "service 993",
        "poll a service 993 user b ssl",
    );
    finds(
        "poll a service 143 user b ssl",
        "ssl-port",
        "service 143",
        "poll a service 993 user b ssl",
    );
    finds(
        "poll a port 110 user b ssl",
        "ssl-port",
        "port 110",
        "poll a service 995 user b ssl",
    );
    finds(
        "defaults ssl\npoll a service 'pop3' user b",
        "ssl-port",
        "service 'pop3'",
        "defaults ssl\npoll a service 995 user b",
    );
    silent("poll a service 993 user b ssl", "ssl-port");
    silent("defaults ssl\npoll a service 993 user b", "ssl-port");
    finds("poll a service 0", "service", "service 0", "-");
}

#[test]
fn l10_plain_password() {
    finds(
        "poll a user b sslproto ''",
        "plain-password",
        "sslproto ''",
        "poll a user b sslproto 'tls1.2+'",
    );
    silent("poll a user b", "plain-password");
    silent("poll a user b sslproto '' ssl", "plain-password");
    silent("poll localhost user b sslproto ''", "plain-password");
    silent("poll a auth cram-md5 user b sslproto ''", "plain-password");
    silent("poll a plugin x user b sslproto ''", "plain-password");
    finds(
        "poll a user b no sslcertck",
        "may-be-plain",
        "no sslcertck",
        "poll a user b no sslcertck sslproto tls1.2+",
    );
    silent("poll a user b no sslcertck ssl", "may-be-plain");
    silent("poll a user b", "may-be-plain");
}

#[test]
fn l11_unchecked_certificate() {
    finds(
        "poll a user b ssl no sslcertck",
        "unchecked-certificate",
        "no sslcertck",
        "poll a user b ssl",
    );
    finds(
        "defaults no sslcertck\npoll a user b ssl",
        "unchecked-certificate",
        "no sslcertck",
        "defaults no sslcertck\npoll a user b ssl sslcertck",
    );
    silent("poll a user b ssl", "unchecked-certificate");
    let pin = "D4:1D:8C:D9:8F:00:B2:04:E9:80:09:98:EC:F8:42:7E";
    silent(
        &format!("poll a user b ssl no sslcertck sslfingerprint '{pin}'"),
        "unchecked-certificate",
    );
}

#[test]
fn l12_keep_without_uidl() {
    finds(
        "poll a proto pop3 user b keep",
        "keep-without-uidl",
        "keep",
        "poll a proto pop3 uidl user b keep",
    );
    finds(
        "defaults keep\npoll a proto pop3 user b",
        "keep-without-uidl",
        "keep",
        "defaults keep\npoll a proto pop3 uidl user b",
    );
    silent("poll a proto pop3 uidl user b keep", "keep-without-uidl");
    silent(
        "defaults uidl\npoll a proto pop3 user b keep",
        "keep-without-uidl",
    );
    silent("poll a proto imap user b keep", "keep-without-uidl");
    silent(
        "defaults keep\npoll a proto pop3 user b no keep",
        "keep-without-uidl",
    );
}

#[test]
fn l13_old_tls() {
    finds(
        "poll a user b ssl sslproto ssl3",
        "old-tls",
        "sslproto ssl3",
        "poll a user b ssl sslproto \"auto\"",
    );
    finds(
        "poll a user b sslproto TLS1",
        "old-tls",
        "sslproto TLS1",
        "poll a user b sslproto tls1.2+",
    );
    for good in ["tls1+", "tls1.2", "'auto'", "''"] {
        silent(&format!("poll a user b sslproto {good}"), "old-tls");
    }
}

#[test]
fn l14_l15_fingerprints() {
    let good = "D4:1D:8C:D9:8F:00:B2:04:E9:80:09:98:EC:F8:42:7E";
    let text = |pin: &str| format!("poll a user b sslfingerprint \"{pin}\"");
    let bare = good.replace(':', "");
    finds(
        &text(&bare),
        "bad-fingerprint",
        &format!("sslfingerprint \"{bare}\""),
        &text(good),
    );
    finds(
        &text("D4 1D"),
        "bad-fingerprint",
        "sslfingerprint \"D4 1D\"",
        "-",
    );
    silent(&text(good), "bad-fingerprint");
    silent(&text(&good.to_lowercase()), "bad-fingerprint");
    finds(
        &text(good),
        "md5-fingerprint",
        &format!("sslfingerprint \"{good}\""),
        "-",
    );
    let sha256 = [good, good].join(":");
    silent(&text(&sha256), "md5-fingerprint");
    silent(&text(&sha256), "bad-fingerprint");
}

#[test]
fn l16_apop() {
    finds(
        "poll a proto apop user b sslproto ''",
        "apop",
        "proto apop",
        "poll a proto pop3 user b sslproto '' ssl",
    );
    silent("poll a proto apop user b ssl", "apop");
    silent("poll a proto apop user b", "apop");
}

#[test]
fn l20_to_l22_deleting() {
    finds("poll a user b flush", "flush", "flush", "poll a user b");
    finds(
        "defaults flush\npoll a user b",
        "flush",
        "flush",
        "defaults flush\npoll a user b no flush",
    );
    silent("defaults flush\npoll a user b no flush", "flush");
    finds(
        "set daemon 300\npoll a user b fetchall keep",
        "fetchall-keep",
        "fetchall",
        "set daemon 300\npoll a user b keep",
    );
    silent("poll a user b fetchall keep", "fetchall-keep");
    finds("poll a user b limitflush", "limitflush", "limitflush", "-");
    silent("poll a user b limitflush limit 9000", "limitflush");
}

#[test]
fn l23_l24_idle() {
    finds(
        "poll a proto pop3 user b idle",
        "idle-pop3",
        "idle",
        "poll a proto pop3 user b",
    );
    silent("poll a proto imap user b idle", "idle-pop3");
    finds(
        "poll a proto imap user b idle folder x y",
        "idle-folders",
        "idle",
        "-",
    );
    silent("poll a proto imap user b idle folder x", "idle-folders");
    finds(
        "poll a proto imap user b idle\npoll c",
        "idle-several",
        "idle",
        "-",
    );
    silent("poll a proto imap user b idle\nskip c", "idle-several");
}

#[test]
fn l30_to_l35_several_recipients() {
    let head = "set postmaster me\n";
    finds(
        "poll a user b is c d here",
        "multidrop-envelope",
        "is c d here",
        "-",
    );
    finds(
        "poll a envelope received user b is c d here",
        "envelope-received",
        "envelope received",
        "-",
    );
    for explicit in ["envelope X-To", "no envelope"] {
        let text = format!("{head}poll a {explicit} localdomains x user b is c d here");
        silent(&text, "multidrop-envelope");
        silent(&text, "envelope-received");
        silent(&text, "localdomains");
        silent(&text, "no-postmaster");
    }
    finds(
        "poll a localdomains x user b is c d here",
        "localdomains",
        "localdomains x",
        "-",
    );
    silent("poll a localdomains x user b is c here", "localdomains");
    finds(
        "poll a user b is c d here mda 'maildrop -d %T'",
        "multidrop-program",
        "mda 'maildrop -d %T'",
        "-",
    );
    silent(
        "poll a user b is c d here mda 'procmail -d %T'",
        "multidrop-program",
    );
    silent(
        "poll a user b is c here mda 'maildrop -d %T'",
        "multidrop-program",
    );
    finds(
        "poll a user b is c@d here",
        "local-name-at",
        "is c@d here",
        "-",
    );
    silent("poll a user b is 'c@d'=c here", "local-name-at");
    finds(
        "poll a user b is * here",
        "no-postmaster",
        "is * here",
        "set postmaster me\npoll a user b is * here",
    );
    silent("poll a user b is c here", "no-postmaster");
    finds("poll a dns user b", "leaving", "dns", "poll a user b");
    finds(
        "defaults no dns\npoll a dns user b\n"
            .replace("defaults no dns\n", "defaults\n")
            .as_str(),
        "leaving",
        "dns",
        "defaults\npoll a user b\n",
    );
    finds("poll a no dns user b", "leaving", "no dns", "-");
    finds(
        "poll a envelope 'Received:'",
        "leaving",
        "envelope 'Received:'",
        "-",
    );
    silent("poll a aka b envelope X-To", "leaving");
}

#[test]
fn l40_to_l42_delivery() {
    finds("poll a user b lmtp", "lmtp-port", "lmtp", "-");
    silent("poll a user b lmtp smtphost /s", "lmtp-port");
    finds(
        "poll a user b mda \"x -d '%T'\"",
        "mda-quotes",
        "mda \"x -d '%T'\"",
        "poll a user b mda \"x -d %T\"",
    );
    silent("poll a user b mda \"x -d %T\"", "mda-quotes");
    finds(
        "poll a user b mda 'sendmail -t'",
        "mda-reads-headers",
        "mda 'sendmail -t'",
        "poll a user b mda 'sendmail -- %T'",
    );
    finds(
        "poll a user b mda qmail-inject",
        "mda-reads-headers",
        "mda qmail-inject",
        "-",
    );
    silent("poll a user b mda 'procmail -t'", "mda-reads-headers");
    finds(
        "poll a user b mda '/usr/bin/procmail -d %T'",
        "procmail",
        "mda '/usr/bin/procmail -d %T'",
        "-",
    );
    silent("poll a user b mda 'maildrop procmail'", "procmail");
}

#[test]
fn l43_l45_facts() {
    let with = |program, folder: Option<bool>| Facts {
        commands: [(
            b"/x y".to_vec(),
            CommandFacts {
                program,
                folder: folder.map(|good| ("/f".into(), good)),
            },
        )]
        .into(),
        ..facts()
    };
    let text = "poll a user b mda '/x y'";
    let mark = "mda '/x y'";
    finds_with(
        &with(ProgramFacts::Missing, None),
        text,
        "mda-missing",
        mark,
        "-",
    );
    finds_with(
        &with(ProgramFacts::NotExecutable, None),
        text,
        "mda-missing",
        mark,
        "-",
    );
    silent_with(&with(ProgramFacts::Good, None), text, "mda-missing");
    silent_with(&with(ProgramFacts::Unknown, None), text, "mda-missing");
    finds_with(
        &with(ProgramFacts::Good, Some(false)),
        text,
        "folder-not-writable",
        mark,
        "-",
    );
    silent_with(
        &with(ProgramFacts::Good, Some(true)),
        text,
        "folder-not-writable",
    );
    assert_eq!(
        commands(&Document::parse(text), &facts().around),
        [b"/x y".to_vec()].into()
    );
}

#[test]
fn l44_several_ways() {
    finds(
        "poll a user b mda x smtphost h",
        "several-ways",
        "smtphost h",
        "poll a user b mda x",
    );
    finds(
        "defaults mda x\npoll a user b smtphost h",
        "several-ways",
        "smtphost h",
        "defaults mda x\npoll a user b",
    );
    silent("defaults smtphost h\npoll a user b mda x", "several-ways");
    silent("poll a user b lmtp smtphost /h", "several-ways");
}

#[test]
fn l50_to_l53() {
    finds(
        "set daemon 20\npoll a",
        "short-daemon",
        "daemon 20",
        "set daemon 300\npoll a",
    );
    finds(
        "set daemon 20\npoll a proto imap user b idle",
        "short-daemon",
        "daemon 20",
        "set daemon 300\npoll a proto imap user b idle",
    );
    silent(
        "set daemon 40\npoll a proto imap user b idle",
        "short-daemon",
    );
    silent("set daemon 60\npoll a", "short-daemon");
    finds(
        "set daemon 300\npoll a interval 3\nskip b",
        "interval-alone",
        "interval 3",
        "set daemon 900\npoll a\nskip b",
    );
    silent(
        "set daemon 300\npoll a interval 3\npoll b",
        "interval-alone",
    );
    finds(
        "poll a timeout 5 user b user c",
        "short-timeout",
        "timeout 5",
        "poll a timeout 60 user b user c",
    );
    silent("poll a timeout 0", "short-timeout");
    let keyring = Facts {
        has_keyring: true,
        ..facts()
    };
    finds_with(
        &keyring,
        "poll a user b pass x",
        "password-in-file",
        "pass x",
        "-",
    );
    silent_with(&keyring, "poll a user b", "password-in-file");
    silent("poll a user b pass x", "password-in-file");
    finds(
        "poll a user b pass ••••••",
        "password-of-dots",
        "pass ••••••",
        "-",
    );
    silent("poll a user b pass ****", "password-of-dots");
}

#[test]
fn l54_l55_providers() {
    let gmail = "poll imap.gmail.com proto imap user a pass";
    finds(
        &format!("{gmail} Hunter2 ssl"),
        "app-password",
        "pass Hunter2",
        "-",
    );
    silent(&format!("{gmail} abcdefghijklmnop ssl"), "app-password");
    silent("poll imap.gmail.com proto imap user a ssl", "app-password");
    let outlook = "poll x via outlook.office365.com proto imap";
    finds(
        &format!("{outlook} user a ssl"),
        "oauth-only",
        "user a",
        "-",
    );
    silent(
        &format!("{outlook} auth oauthbearer user a ssl"),
        "oauth-only",
    );
    finds(
        "poll pop.gmail.com proto pop3 user a ssl",
        "off-by-default",
        "proto pop3",
        "-",
    );
    silent(
        "poll imap.gmail.com proto imap user a ssl",
        "off-by-default",
    );
    finds(
        "poll POP.web.de proto pop3 user a"
            .replace("POP", "pop3")
            .as_str(),
        "better-encryption",
        "poll pop3.web.de",
        "poll pop3.web.de proto pop3 user a ssl",
    );
    finds(
        "poll pop3.web.de proto pop3 service 110 user a",
        "better-encryption",
        "service 110",
        "poll pop3.web.de proto pop3 service 995 user a ssl",
    );
    silent(
        "poll pop3.web.de proto pop3 user a ssl",
        "better-encryption",
    );
    finds(
        "poll pop3.live.com proto pop3 user a ssl",
        "better-server",
        "poll pop3.live.com",
        "poll pop3.live.com proto pop3 via outlook.office365.com user a ssl",
    );
    silent("poll pop.example.org proto pop3 user a", "better-server");
}

/// Every rule of the table has been seen in a test of this file or of the reader.
#[test]
fn no_rule_is_forgotten() {
    let tests = [
        include_str!("tests.rs"),
        include_str!("../resolve/tests.rs"),
        include_str!("syntax/tests.rs"),
        include_str!("../document/tests.rs"),
        include_str!("../diagnostic.rs"),
    ]
    .concat();
    for rule in &rules::RULES {
        assert!(
            tests.contains(&format!("\"{}\"", rule.slug)),
            "{}",
            rule.slug
        );
    }
}
