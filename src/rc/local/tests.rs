use super::edit::{Whose, rename, set};
use super::*;

const PIN: &str = "AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99";

fn id(label: &str, user: &str, ordinal: u32) -> AccountId {
    AccountId {
        label: label.into(),
        user: user.into(),
        ordinal,
    }
}

/// `line:column fatal? sentence` of each finding.
fn found(text: &str) -> Vec<(usize, usize, bool)> {
    let findings = Local::parse(text).findings;
    findings
        .iter()
        .map(|f| (f.place.line, f.place.column, f.is_fatal))
        .collect()
}

#[test]
fn every_key_is_read() {
    let text = format!(
        "# mine\n[[account]]\nlabel = \"work\"\nuser = 'remote'\nwatch = true\n\
         password_command = \"pass show work\"\nsign_in = \"password\"\nsasl = \"cram-md5\"\n\
         pin_sha256 = \"{PIN}\"\nfetch_read_elsewhere = true\nstrict_recipients = true\nevery = 300\npause = true\n\
         sound = false\nnotify = \"sender\"\n\n\
         [[account]]\nrc = \"~/other\"\nlabel = \"b\"\nuser = \"u\"\nordinal = 2\n"
    );
    let local = Local::parse(&text);
    assert_eq!(local.findings, []);
    let keys = &local.entries[0].keys;
    let expected = Keys {
        watch: true,
        password_command: Some("pass show work".into()),
        sign_in: Some("password".into()),
        sasl: Some("CRAM-MD5".into()),
        pin_sha256: keys.pin_sha256,
        strict_recipients: true,
        fetch_read_elsewhere: true,
        every: Some(300),
        pause: true,
        sound: Some(false),
        notify: Some(Notify::Sender),
        refusal: None,
    };
    assert_eq!(*keys, expected);
    assert_eq!(keys.pin_sha256.unwrap()[..3], [0xaa, 0xbb, 0xcc]);
    assert_eq!(local.entries[0].id, id("work", "remote", 0));
    assert_eq!(local.entries[0].place, Place { line: 2, column: 1 });
    assert_eq!(local.entries[1].rc.as_deref(), Some("~/other"));
    assert_eq!(local.entries[1].id, id("b", "u", 2));
    assert_eq!(Local::parse(""), Local::default());
    assert_eq!(Local::parse("# nothing\n"), Local::default());
}

/// A word that cannot be read keeps its account from being polled, and no other.
#[test]
fn a_bad_key_refuses_its_account() {
    let check = |line: &str| {
        let text = format!(
            "[[account]]\nlabel = 'a'\nuser = 'u'\n{line}\n[[account]]\nlabel = 'b'\nuser = 'u'\n"
        );
        assert_eq!(found(&text), [(4, 1, false)], "{line}");
        let local = Local::parse(&text);
        let refusal = local.entries[0].keys.refusal.clone().unwrap();
        assert!(refusal.starts_with("4:1: "), "{refusal}");
        assert_eq!(local.entries[1].keys, Keys::default());
    };
    for line in [
        "watch = 'yes'",
        "watch = 1",
        "wach = true",
        "password_command = ''",
        "password_command = ['pass']",
        "sign_in = 'magic'",
        "sasl = 'NOT A NAME'",
        "sasl = ''",
        "pin_sha256 = 'AA:BB'",
        "pin_sha256 = 'sha256//abc='",
        "pin_sha256 = ['AA']",
        "every = 0",
        "every = '300'",
        "every = 1000000",
        "pause = 'true'",
        "notify = 'all'",
        "sound = 'bell'",
        "fetch_read_elsewhere = 0",
    ] {
        check(line);
    }
}

#[test]
fn what_may_mean_any_account_is_fatal() {
    let check = |text: &str, expected: (usize, usize)| {
        assert_eq!(found(text), [(expected.0, expected.1, true)], "{text}");
    };
    check("watch = true\n", (1, 1));
    check("\n[[acount]]\nlabel = 'a'\nuser = 'u'\n", (2, 3));
    check("[account]\nlabel = 'a'\nuser = 'u'\n", (1, 2));
    check("[[account]]\nlabel = 'a'\n", (1, 1));
    check("[[account]]\nlabel = 'a'\nuser = 1\n", (1, 1));
    check(
        "[[account]]\nlabel = 'a'\nuser = 'u'\nordinal = -1\n",
        (1, 1),
    );
    check("[[account]]\nlabel = 'a'\nuser = 'u'\nrc = 1\n", (1, 1));
    check("[[account]]\nlabel = 'a'\nlabel = 'b'\n", (3, 1));
    check("[[account]]\nlabel = \n", (2, 9));
    check("poll a proto pop3\n", (1, 6));
}

#[test]
fn only_utf8_is_read() {
    let local = Local::of_bytes(b"# fine\n# caf\xe9\n");
    assert_eq!(local.findings.len(), 1);
    assert!(local.findings[0].is_fatal && local.findings[0].place.line == 2);
    assert_eq!(Local::of_bytes("# café\n".as_bytes()), Local::default());
}

#[test]
fn twins_are_refused() {
    let text = "[[account]]\nlabel = 'a'\nuser = 'u'\n\n[[account]]\nuser = 'u'\nlabel = 'a'\nwatch = true\n";
    assert_eq!(found(text), [(5, 1, false)]);
    let local = Local::parse(text);
    assert_eq!(local.entries.len(), 1);
    assert!(local.entries[0].keys.refusal.is_some());
    let other = text.replace("\nwatch", "\nordinal = 1\nwatch");
    assert_eq!(found(&other), []);
}

#[test]
fn keys_are_laid_over_their_account() {
    let bind = |keys: &str, auth: Auth| {
        let text = format!("[[account]]\nlabel = 'work'\nuser = 'remote'\n{keys}\n");
        let mut account = Account {
            auth,
            ..Account::example()
        };
        let accounts = std::slice::from_mut(&mut account);
        let findings = Local::parse(&text).bind("F", |rc| rc.is_none(), accounts);
        assert_eq!(findings, []);
        account
    };
    let pinned = bind(&format!("pin_sha256 = '{PIN}'"), Auth::Any);
    assert!(pinned.tls.pin_sha256.is_some() && pinned.local.refusal.is_none());
    let check = |keys: &str, auth, expected: Result<Auth, &str>| {
        let account = bind(keys, auth);
        match expected {
            Ok(auth) => assert_eq!(
                (account.auth, account.local.refusal),
                (auth, None),
                "{keys}"
            ),
            Err(place) => {
                let refusal = account.local.refusal.unwrap();
                assert!(refusal.starts_with(place), "{refusal}");
            }
        }
    };
    check("watch = true", Auth::Any, Ok(Auth::Any));
    check("sasl = 'CRAM-MD5'", Auth::Any, Ok(Auth::CramMd5));
    check("sasl = 'CRAM-MD5'", Auth::Password, Err("F:1:1: "));
    check("sasl = 'SCRAM-SHA-256'", Auth::Any, Err("F:1:1: "));
    check("sign_in = 'password'", Auth::Any, Ok(Auth::Any));
    check("sign_in = 'password'", Auth::Gssapi, Err("F:1:1: "));
    check("sign_in = 'oauth'", Auth::Any, Err("F:1:1: "));
    check("frob = 1", Auth::Any, Err("F:4:1: "));

    let text = "[[account]]\nlabel='work'\nuser='remote'\nfetch_read_elsewhere=true\n";
    let said = Local::parse(text).bind("F", |_| true, &mut [Account::example()]);
    assert!(
        said.len() == 1 && said[0].sentence.contains("no effect"),
        "{said:?}"
    );

    let lost = Local::parse(
        "[[account]]\nlabel='x'\nuser='y'\n[[account]]\nrc='o'\nlabel='x'\nuser='y'\n",
    );
    let findings = lost.bind("F", |rc| rc.is_none(), &mut [Account::example()]);
    assert_eq!(findings.len(), 1);
    assert!(
        findings[0]
            .in_file("F")
            .starts_with("F:1:1: There is no account y@x")
    );
}

#[test]
fn edits_change_what_was_asked_for() {
    let text = "# mine\n[[account]] # work\nuser = \"u\"   # spelled so\nlabel='a'\nwatch=true # look only\n\n# other\n[[account]]\nlabel = \"b\"\nuser = \"u\"\nevery = 60\n";
    let a = id("a", "u", 0);
    let whose = Whose { rc: None, id: &a };
    let edited = set(text, whose, "watch", Some(false.into())).unwrap();
    assert_eq!(edited, text.replace("watch=true", "watch=false"));
    let edited = set(text, whose, "every", Some(300_i64.into())).unwrap();
    assert_eq!(edited, text.replace("only\n", "only\nevery = 300\n"));
    assert_eq!(set(text, whose, "pause", None).unwrap(), text);
    let edited = set(text, whose, "watch", None).unwrap();
    assert!(
        !edited.contains("label='a'") && edited.ends_with("every = 60\n"),
        "{edited}"
    );

    let new = id("c", "v\"w", 1);
    let whose_new = Whose {
        rc: Some("/x"),
        id: &new,
    };
    let edited = set(text, whose_new, "watch", Some(true.into())).unwrap();
    assert!(edited.starts_with(text), "{edited}");
    let entries = Local::parse(&edited).entries;
    assert_eq!((&entries[2].id, entries[2].keys.watch), (&new, true));
    assert_eq!(entries[2].rc.as_deref(), Some("/x"));
    let first = set("", whose_new, "watch", Some(true.into())).unwrap();
    assert_eq!(Local::parse(&first).entries.len(), 1);

    let edited = rename(text, whose, &id("z", "u", 1)).unwrap();
    assert_eq!(
        edited,
        text.replace("label='a'", "label=\"z\"")
            .replace("only\n", "only\nordinal = 1\n")
    );
    assert_eq!(rename(text, whose_new, &a).unwrap(), text);
    assert!(set("poll a", whose, "watch", None).is_err());
    assert!(set("account = 1", whose, "watch", Some(true.into())).is_err());
}
