use std::path::Path;

use super::*;
use crate::rc::account::{Account, Auth, LocalName, Protocol, Target};
use crate::rc::option::Id;
use crate::rc::settings::Value;

fn around() -> Surroundings {
    Surroundings {
        invoking_user: "me".into(),
        ..Surroundings::default()
    }
}

fn config(text: &[u8]) -> Result<Config, Vec<Diagnostic>> {
    resolve(&Document::parse(text), &Overrides::default(), &around())
}

#[track_caller]
fn accounts(text: &str) -> Vec<Account> {
    config(text.as_bytes())
        .map(|config| config.accounts)
        .unwrap_or_else(|errors| {
            panic!(
                "{text}: {}",
                errors
                    .iter()
                    .map(|e| e.to_string())
                    .collect::<Vec<_>>()
                    .join("; ")
            )
        })
}

#[track_caller]
fn account(text: &str) -> Account {
    let mut all = accounts(text);
    assert_eq!(all.len(), 1, "{text}");
    all.remove(0)
}

/// The token of the first error.
#[track_caller]
fn fails(text: &str, token: &str) {
    match config(text.as_bytes()) {
        Ok(_) => panic!("accepted: {text}"),
        Err(errors) => assert_eq!(
            errors[0].token.as_deref().unwrap_or_default(),
            token,
            "{text}"
        ),
    }
}

#[track_caller]
fn rule(text: &str, rule: &str) {
    match config(text.as_bytes()) {
        Ok(config) => assert!(
            config.advice.iter().any(|d| d.slug == rule),
            "{text}: {config:?}"
        ),
        Err(errors) => assert!(errors.iter().any(|d| d.slug == rule), "{text}: {errors:?}"),
    }
}

fn password(account: &Account) -> &[u8] {
    account
        .password
        .as_ref()
        .map_or(b"(none)", |secret| secret.expose())
}

/// Local names as `a` or `a->b`, `*` last.
fn locals(account: &Account) -> String {
    let name = |LocalName { remote, local, .. }: &LocalName| match remote == local {
        true => String::from_utf8_lossy(local).into_owned(),
        false => format!(
            "{}->{}",
            String::from_utf8_lossy(remote),
            String::from_utf8_lossy(local)
        ),
    };
    let mut names: Vec<String> = account.local_names.iter().map(name).collect();
    names.extend(account.wildcard.then(|| "*".to_owned()));
    names.join(" ")
}

/// rcfile.md section 8: what has a user name, a password and local names, by number.
#[test]
fn tricky_examples_that_are_read() {
    let check = |text: &str, user: &str, secret: &str, names: &str| {
        let account = account(text);
        let found = (&account.user[..], password(&account), &locals(&account)[..]);
        assert_eq!(found, (user.as_bytes(), secret.as_bytes(), names), "{text}");
    };
    let p = "poll foo proto pop3 user a pass";
    check("poll foo", "me", "(none)", "me"); // 1
    check(
        "poll foo proto pop3 user 007 pass 0123 is 99 here",
        "007",
        "0123",
        "99",
    ); // 3
    check(&format!("{p} nokeepsecret"), "a", "nokeepsecret", "me"); // 5
    check(&format!("{p} b#c # note\n"), "a", "b#c", "me"); // 6
    check(&format!("{p} b # end"), "a", "b", "me"); // 7, which 6.4.37 refuses
    check(&format!("{p} \"ab\\\ncd\""), "a", "abcd", "me"); // 8
    check(&format!("{p} \"ab\ncd\""), "a", "ab\ncd", "me"); // 8
    check(
        &format!("{p} \"\\101\\0101\\x41\\n\\q\""),
        "a",
        "e\x081A\nq",
        "me",
    ); // 9
    let story = "poll foo proto pop3: user x, with password y, to golux hurkle=happy snark here;";
    check(story, "x", "y", "golux hurkle->happy snark"); // 12
    check(
        "poll foo proto pop3 envelope X user a is * joe here",
        "a",
        "(none)",
        "joe *",
    ); // 13
    check(
        "poll foo proto pop3 envelope X user a is * here",
        "a",
        "(none)",
        "me *",
    ); // 14
    check("poll foo proto pop3 \\\n user a pass b", "a", "b", "me"); // 28
    check(
        "poll foo proto pop3\r\n user a\r\n pass b\r\n",
        "a",
        "b",
        "me",
    ); // 29
    check(
        "poll foo proto imap user with pass and",
        "with",
        "and",
        "me",
    ); // 30
    check(
        "poll foo proto imap user a is \"b c\"=\"d e\" here",
        "a",
        "(none)",
        "b c->d e",
    ); // 33
    check("poll föö proto imap user \"é\"", "é", "(none)", "me"); // 35
}

#[test]
fn tricky_examples_that_are_refused() {
    let p = "poll foo proto pop3 user a";
    fails("poll 123 proto pop3", "123"); // 2
    fails(&format!("{p} is 1234 5678"), "5678"); // 4
    fails(&format!("{p} pass b port 110"), "port"); // 10
    fails("poll foo proto pop3 keep user a", "user"); // 11
    fails("poll foo proto pop3\ndefaults proto imap", ""); // 19
    rule("poll foo proto pop3\ndefaults proto imap", "late-defaults");
    rule("poll foo proto pop3 auth kerberos user a", "kerberos4"); // 21
    fails(&format!("{p} sslproto auto"), "auto"); // 22
    fails("set daemon=300", "="); // 23, reported at 300 by 6.4.37
    rule(&format!("{p} lmtp"), "lmtp-port"); // 27
    rule(&format!("{p} lmtp mda x smtphost h/26 h"), "lmtp-port");
    fails("poll foo proto imap user a is b=c=d here", "="); // 34
}

#[test]
fn tricky_examples_with_other_options() {
    let of = |text: &str| account(text);
    let folders = of("poll foo proto imap user a folder INBOX,Junk \"Sent Items\"").folders; // 15
    assert_eq!(folders, [&b"INBOX"[..], b"Junk", b"Sent Items"]);
    let envelope = |text: &str| match of(text).envelope {
        crate::rc::account::EnvelopeSource::Header { name, skip, .. } => (name, skip),
        other => panic!("{other:?}"),
    };
    let check = |text: &str, name: &str| assert_eq!(envelope(text), (name.into(), 0)); // 16
    check("poll foo envelope Delivered-To: user a", "Delivered-To");
    check(
        "poll foo envelope \"Delivered-To:\" user a",
        "Delivered-To:",
    );
    assert_eq!(
        envelope("poll foo envelope 2 Received"),
        (b"Received".to_vec(), 2)
    );
    let kpop = of("poll foo proto kpop user a"); // 20
    assert_eq!(
        (kpop.service.as_deref(), kpop.auth),
        (Some("kpop"), Auth::Any)
    );
    assert_eq!(
        of("poll foo user a sslproto \"auto\"").tls.proto.as_deref(),
        Some("auto")
    ); // 22
    assert_eq!(
        of("poll foo user a sslproto ''").tls.proto.as_deref(),
        Some("")
    );
    let dots = |text: &str| config(text.as_bytes()).unwrap().globals.show_dots; // 24
    assert!(dots("set showdots") && !dots("set no showdots"));
    assert_eq!(of("poll foo user a limit -5").limit, None); // 25
    assert_eq!(
        of("poll foo user a antispam 571, 550,501").antispam,
        [571, 550, 501]
    ); // 26
    let lmtp = of("poll foo user a lmtp smtphost /var/lmtp").target; // 27
    assert_eq!(lmtp, Target::Lmtp(vec!["/var/lmtp".into()]));
    let both = config(b"poll foo proto imap user a keep set daemon 7").unwrap(); // 31
    assert!(both.accounts[0].keep && both.globals.daemon == 7);
    let two = accounts("poll foo user a\npoll foo user b"); // 32
    assert_eq!(two.len(), 2);
    let latin = config(b"poll f\xf6 user \"\xe9\"").unwrap(); // 35
    assert_eq!(latin.accounts[0].user, b"\xe9");
}

/// Examples 17 and 18.
#[test]
fn defaults_fill_what_is_not_said() {
    let text = "defaults proto imap aka d timeout 30 user joe keep pass x smtphost h\n\
                poll foo\npoll bar user mary no keep";
    let all = accounts(text);
    let seen: Vec<_> = all
        .iter()
        .map(|a| (&a.user[..], password(a), a.keep))
        .collect();
    assert_eq!(
        seen,
        [(&b"joe"[..], &b"x"[..], true), (b"mary", b"x", false)]
    );
    for account in &all {
        assert_eq!(account.target, Target::Smtp(vec!["h".into()]));
        assert_eq!(
            (account.protocol, account.timeout.as_secs()),
            (Protocol::Imap, 30)
        );
        assert!(account.aka.is_empty());
    }
    let two = accounts("defaults proto imap\ndefaults proto pop3\npoll foo user a");
    let seen: Vec<_> = two.iter().map(|a| (&a.id.label[..], a.protocol)).collect();
    assert_eq!(
        seen,
        [("defaults", Protocol::Pop3), ("foo", Protocol::Imap)]
    );
    rule(
        "defaults proto imap\ndefaults proto pop3",
        "second-defaults",
    );
    assert!(accounts("defaults proto sdps limit 9\n").is_empty());
    let zero =
        account("defaults proto sdps envelope X user x limit 9\npoll a no envelope user b limit 0");
    assert_eq!((zero.limit, zero.protocol), (None, Protocol::Pop3));
}

#[test]
fn here_and_there() {
    let check = |text: &str, user: &str, names: &str| {
        let account = account(&format!("poll foo envelope X {text}"));
        assert_eq!(
            (&account.user[..], &locals(&account)[..]),
            (user.as_bytes(), names),
            "{text}"
        );
    };
    check("user eric is esr", "eric", "esr");
    check("user eric there is esr here", "eric", "esr");
    check("user esr here is eric there", "eric", "esr");
    check("user a there is b there", "b", "me");
    check("user a b=c here pass x", "me", "a b->c");
    check("user a is x here is y here", "a", "x y");
    check("user a is here", "a", "here");
    check("user a is keep here", "a", "keep");
    fails("poll foo user a is joe keep here", "here");
    // It may be a password whose own word was forgotten.
    fails("poll foo user a b there", "");
    fails("poll foo user a to b there", "there");
    fails("poll foo user a is b c there", "there");
}

#[test]
fn a_realistic_file() {
    let text = br#"# my mail
set daemon 300
set postmaster "me"
set no bouncemail
set idfile ids

defaults proto imap timeout 60 ssl mda "/usr/bin/deliver -d %T"

poll mail.example.org with proto imap service imaps
    user 'ann@example.org' there, with password "s3cr et", is ann here
        options ssl keep folder INBOX "Sent Items"
    user bob pass x no keep mda "maildrop -d %T" sslcertfile certs.pem
skip "slow" via pop.example.net proto pop3 port 1110
    user carl pass y smtphost mx.example.org/2525 localhost sslproto '' fetchall
"#;
    let around = Surroundings {
        rc_dir: Some("/home/me".into()),
        ..around()
    };
    let of =
        |around: &Surroundings| resolve(&Document::parse(&text[..]), &Overrides::default(), around);
    let config = of(&around).unwrap();
    assert_eq!(
        config.globals.idfile.as_deref(),
        Some(Path::new("/home/me/ids"))
    );
    assert_eq!(
        (config.globals.daemon, config.globals.bounce_mail),
        (300, false)
    );
    let [ann, bob, carl] = &config.accounts[..] else {
        panic!("{:?}", config.accounts)
    };
    assert_eq!(
        (ann.id.to_string(), password(ann)),
        ("ann@example.org@mail.example.org".into(), &b"s3cr et"[..])
    );
    assert!(ann.keep && ann.tls.implicit && ann.strip_cr && ann.is_active);
    assert_eq!(ann.target, Target::Mda(b"/usr/bin/deliver -d %T".to_vec()));
    assert_eq!(ann.service.as_deref(), Some("imaps"));
    assert_eq!(
        bob.tls.cert_file.as_deref(),
        Some(Path::new("/home/me/certs.pem"))
    );
    assert!(!bob.keep && bob.target == Target::Mda(b"maildrop -d %T".to_vec()));
    assert_eq!(
        (&carl.host[..], carl.service.as_deref(), carl.is_active),
        ("pop.example.net", Some("1110"), false)
    );
    assert_eq!(
        (carl.tls.proto.as_deref(), carl.timeout.as_secs()),
        (Some(""), 60)
    );
    assert!(config.unsupported.is_empty(), "{:?}", config.unsupported);

    let named = Surroundings {
        servers: vec!["slow".into(), "new.example".into()],
        ..around
    };
    let config = of(&named).unwrap();
    let [slow, new] = &config.accounts[..] else {
        panic!("{:?}", config.accounts)
    };
    assert!(slow.is_active && new.is_active);
    assert_eq!(
        (&new.host[..], &new.user[..], new.protocol),
        ("new.example", &b"me"[..], Protocol::Imap)
    );
}

#[test]
fn every_error_is_reported_with_its_place() {
    let errors = config(b"poll a klunk\npoll b user c\n  proto imap\nset daemon x\n").unwrap_err();
    let seen: Vec<String> = errors.iter().map(|e| e.in_file("rc").to_string()).collect();
    assert_eq!(
        seen,
        [
            "rc:1:8: There is no such option at klunk",
            "rc:3:3: Server options must come before user options at proto",
            "rc:4:12: A number is expected here at x",
        ]
    );
}

#[test]
fn passwords_are_never_shown() {
    for text in [
        "poll a user b pass hun=ter2",
        "poll a user b pass hun:ter2",
        "poll a user b pass hun,ter2 ter2",
        "poll a user b pass \"hun ter2\npoll c",
        "poll a user b pass 'hun' ter2 'ter2' x\n",
        "poll a ter2 'user b pass ter2'\n pass ter2=ter2",
        "poll a user 'ter2\n' 'ter2'",
    ] {
        let errors = config(text.as_bytes()).unwrap_err();
        let shown = format!("{errors:?} {}", errors[0]).replace("at ter2", "");
        let is_leak = shown.contains("ter2") && !text.starts_with("poll a ter2");
        assert!(!is_leak, "{text}: {shown}");
    }
}

#[test]
fn accounts_that_must_not_be_polled() {
    let check = |text: &str, keywords: &[&str]| {
        let config = config(text.as_bytes()).unwrap();
        let found: Vec<&str> = config
            .unsupported
            .iter()
            .map(|(_, keyword)| &keyword[..])
            .collect();
        assert_eq!(found, keywords, "{text}");
    };
    check("poll a proto imap user b mda x", &[]);
    check("poll a proto imap user b mda ''", &["mda"]);
    check("poll a proto pop2 plugin x", &["plugin", "proto pop2"]);
    check("defaults plugin x\npoll a", &["plugin"]);
    check("poll a auth ntlm user b is c d here", &["auth ntlm"]);
    check(
        "poll a user b preconnect x sslcert y",
        &["preconnect", "sslcert"],
    );
    check("poll a proto pop3 auth apop user b", &[]);
    check("poll a user b passwordeval 'pass mail'", &["passwordeval"]);
    check("poll a user b sslmode 'starttls=must'", &["sslmode"]);
    check("poll a user b is c keep no idle bsmtp x", &[]);
}

#[test]
fn advice() {
    rule("poll a user b # x", "comment-at-end");
    rule("\u{feff}poll a user b", "byte-order-mark");
    rule("defaults user a user b\npoll c", "defaults-users");
    rule("poll a user b idle", "no-effect");
    rule("poll a service 993 user b", "ssl-port");
    rule("poll a service 143 user b ssl", "ssl-port");
    rule("set daemon 9 poll a user b keep fetchall", "fetchall-keep");
    rule("poll a user b is c d here", "multidrop-envelope");
    rule("poll a user b folder x passwordeval y", "option-in-list");
    rule("poll a user b pass \"x\"y", "quotes-in-value");
    rule("poll a user b passwordeval y", "later-word");
    rule("poll a service 70000", "service");
    rule("poll a port 0", "service");
    rule("poll a interface eth0", "interface");
    assert!(config(b"poll a interface eth0/10.0.0.1/255.0.0.0").is_ok());
    rule("poll a proto rpop port 1110", "rpop-port");
    let quiet = config(b"poll a proto imap user b no idle pass \"x\"\n").unwrap();
    assert!(quiet.advice.is_empty(), "{:?}", quiet.advice);
}

#[test]
fn equals_are_numbered_in_file_order() {
    let text = "poll a user x\nskip b user x\npoll a user x user y";
    let ids: Vec<_> = accounts(text)
        .into_iter()
        .map(|a| (a.id.label, a.id.user, a.id.ordinal))
        .collect();
    let expect = [("a", "x", 0), ("b", "x", 0), ("a", "x", 1), ("a", "y", 0)];
    assert_eq!(ids, expect.map(|(l, u, o)| (l.to_owned(), u.to_owned(), o)));
}

/// What holds, and in which layer it was said.
#[test]
fn each_value_knows_its_layer() {
    let text = "defaults proto imap timeout 5 user u keep limit 9 is a * folder f\n\
                poll x auth any timeout 0 user v no keep is b\n";
    let document = Document::parse(text);
    let (stanzas, _) = settings::read(&document);
    let mut typed = Overrides::default();
    for (id, value) in [
        (Id::Limit, Value::Number(7)),
        (Id::Folder, Value::List(vec![b"g".to_vec()])),
    ] {
        let keyword = crate::rc::option::all().find(|k| k.id == id).unwrap();
        let origin = None;
        typed.say(settings::Setting {
            keyword,
            value,
            origin,
        });
    }
    let around = around();
    let layers = Layers::new(&stanzas, &typed, &around);
    let case = layers.cases().next().unwrap();
    let check = |id, layer, value: Value, place: &str| {
        let said = case.effective.find(id).unwrap();
        assert_eq!((said.layer, &*said.value), (layer, &value), "{id:?}");
        let shown = said
            .origin
            .map(|span| document.slice(span))
            .unwrap_or_default();
        assert_eq!(shown, place.as_bytes());
    };
    check(Id::Timeout, Layer::Defaults, Value::Number(5), "timeout 5");
    check(Id::User, Layer::Entry, Value::Text(b"v".to_vec()), "user v");
    check(Id::Keep, Layer::Entry, Value::Flag(false), "no keep");
    check(Id::Limit, Layer::Line, Value::Number(7), "");
    let folders = Value::List(vec![b"f".to_vec(), b"g".to_vec()]);
    check(Id::Folder, Layer::Line, folders, "");
    let names = Value::Names {
        names: vec![LocalName::plain("b")],
        wildcard: true,
    };
    check(Id::Is, Layer::Entry, names, "is b");
    assert!(case.effective.find(Id::Auth).is_none());
}

/// threats.md section 6: memory is bounded, whatever the file.
#[test]
fn too_many_accounts_are_refused() {
    let errors = config("poll a ".repeat(ACCOUNTS_MAX + 1).as_bytes()).unwrap_err();
    assert_eq!(
        errors.iter().map(|d| d.slug).collect::<Vec<_>>(),
        ["too-many-accounts"]
    );
}
