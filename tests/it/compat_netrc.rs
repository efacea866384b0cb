//! `.netrc` files as the installed fetchmail reads them: for each file, label, `via` and user, the
//! password that its `--configdump` shows is the one that ours finds.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use postrider::store::netrc::Netrc;

/// A poll name and the `via` behind it, if any; the user is always `joe`.
const ENTRIES: &[(&str, Option<&str>)] = &[
    ("a", None),
    ("A", None),
    ("a", Some("b")),
    ("b", Some("a")),
    ("c", Some("b")),
];

const FILES: &[&str] = &[
    "",
    "machine a login joe password p\n",
    "machine a login joe password p",
    "machine a user joe passwd p\n",
    "machine a login joe password p\n",
    "machine a login ann password p\n",
    "machine a login ann password p machine a login joe password q\n",
    "machine a password first\nmachine a login joe password second\n",
    "machine a\n\tlogin joe\n\tpassword p\n",
    "machine\na\nlogin\njoe\npassword\np\n",
    "machine b login joe password q\n",
    "machine b login joe password q machine a login joe password p\n",
    "machine a login joe account x password p\n",
    "machine a login joe password p account x\n",
    "machine a login joe password one password two\n",
    "machine a login ann login joe password p\n",
    "# machine a login joe password no\nmachine a login joe password p\n",
    "machine a login joe password p# login ann\n",
    "machine a login joe password p # login ann\n",
    "machine a login joe password #p\nq\n",
    "machine a login joe password \"p q\"\n",
    "machine a login joe password 'p q'\n",
    "machine a login joe password \"p'q\" login joe\n",
    "machine a login joe password \"#\" login joe\n",
    "machine a login joe password \"p\"q\n",
    "machine a login joe password \"p\"login ann\n",
    "machine a login joe password p\"q\n",
    "machine a login joe password p\"q r\"s\n",
    "machine a login joe password p'q r\"s\n",
    "machine a login joe password p\"q'r\"s't u'\n",
    "machine a login joe password 'p q\n",
    "machine a login joe password x\"#\"y#z\n",
    "machine a login joe password ''x\n",
    "machine a login \"\" login joe password '' machine b login joe password q\n",
    "machine a login \"jo\"e password p\n",
    "machine a login joe password \"open\nmachine b login joe password q\n",
    "machine a login joe password \"\"\n",
    "machine \"a\" login 'joe' password p\n",
    "\"machine\" a \"login\" joe \"password\" p\n",
    "machine a login joe password p\\\"q\n",
    "machine a login joe password p\\\\q\n",
    "machine a login joe password p\r\nmachine b login joe password q\r\n",
    "machine a\tlogin\u{c}joe password\x0bp\x0c\n",
    "machine a login joe password p\nmacdef init\nmachine a login joe password no\n\nmachine b login joe password q\n",
    "macdef init\nmachine a login joe password no\n\nmachine a login joe password p\n",
    "machine a login joe macdef init\nlogin ann\n   \npassword p\n",
    "machine a login joe macdef init login ann password no\npassword no\n\npassword p\n",
    "macdef\nx\n",
    "machine a login joe password p macdef",
    "password no\nmachine a login joe password p\n",
    "login joe password no machine a login joe password p\n",
    "frob machine a login joe password p\n",
    "machine a frob login joe password p\n",
    "machine a login joe password p frob q\n",
    "machine a login machine password p\n",
    "machine a login joe password default\n",
    "machine machine login joe password p\nmachine a login joe password q\n",
    "Machine a login joe password p\n",
    "machine a login joe PASSWORD p\n",
    "machine a port 110 login joe password p\n",
    "machine a login joe password p\n\n\n\nmachine a login joe password q\n",
    "machine a\0 login joe password no\nmachine a login joe password p\n",
    "machine a,b login joe password p\nmachine a:1 login joe password q\n",
    "machine b login joe password q machine a login ann password p\n",
];

/// What 6.4.37 finds nothing in, at least not for the first entry, and we do; and what we find for
/// the first, second and third entry.
const OURS: &[(&str, [Option<&str>; 3])] = &[
    (
        "machine a login joe\nmachine a login joe password q\n",
        [Some("q"), None, Some("q")],
    ),
    ("machine a password p\n", [Some("p"), None, Some("p")]),
    ("machine b password q\n", [None, None, Some("q")]),
    (
        "machine a password p machine b password q",
        [Some("p"), None, Some("p")],
    ),
    (
        "default login joe password d\n",
        [Some("d"), Some("d"), Some("d")],
    ),
    ("default password d\n", [Some("d"), Some("d"), Some("d")]),
    ("default login ann password d\n", [None, None, None]),
];

#[test]
fn netrc_files_mean_what_they_mean_to_fetchmail() {
    let version = Command::new("fetchmail").arg("--version").output();
    if !version.is_ok_and(|out| out.stdout.starts_with(b"This is fetchmail release 6.4")) {
        assert!(
            std::env::var_os("CI").is_none(),
            "fetchmail 6.4 must be installed for this test"
        );
        eprintln!("skipped: fetchmail 6.4 is not installed");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let rc = home.path().join("rc");
    let entries = ENTRIES.iter().map(|(label, via)| {
        let via = via.map_or(String::new(), |via| format!("via {via} "));
        format!("poll {label} {via}proto pop3 user joe\n")
    });
    fs::write(&rc, entries.collect::<String>()).unwrap();
    fs::set_permissions(&rc, fs::Permissions::from_mode(0o600)).unwrap();
    let theirs = |text: &str| {
        fs::write(home.path().join(".netrc"), text).unwrap();
        let out = Command::new("fetchmail")
            .args(["--configdump", "-f"])
            .arg(&rc)
            .env("HOME", home.path())
            .env_remove("FETCHMAILHOME")
            .env_remove("HOME_ETC")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let dump = String::from_utf8(out.stdout).unwrap();
        let found = dump
            .lines()
            .filter_map(|line| line.trim().strip_prefix("\"password\":"));
        let found: Vec<String> = found
            .map(|value| value.trim_end_matches(',').into())
            .collect();
        assert_eq!(found.len(), ENTRIES.len(), "{dump}");
        found
    };
    let (mut wrong, mut found) = (Vec::new(), 0);
    for text in FILES {
        let (theirs, ours) = (theirs(text), ours(text));
        found += ours.iter().filter(|word| *word != "None").count();
        if theirs != ours {
            wrong.push(format!("{text:?}: theirs {theirs:?}, ours {ours:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(found > 100, "{found}");
    for (text, expected) in OURS {
        assert_eq!(theirs(text), ["None"; 5], "{text:?}");
        let expected = expected.map(|word| word.map_or("None".into(), |w| quoted(w.as_bytes())));
        assert_eq!(ours(text)[..3], expected, "{text:?}");
    }
}

/// What our look-up finds for each entry, as the dump would write it.
fn ours(text: &str) -> Vec<String> {
    let (netrc, _) = Netrc::parse(text.as_bytes());
    let find = |(label, via): &(&str, Option<&str>)| {
        let host = via.unwrap_or(label).as_bytes();
        let found = netrc.password_for(label.as_bytes(), host, b"joe");
        found.map_or("None".to_owned(), |word| quoted(word.expose()))
    };
    ENTRIES.iter().map(find).collect()
}

/// As the dump writes a string.
fn quoted(bytes: &[u8]) -> String {
    let escaped = bytes.iter().map(|byte| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(*byte)),
        b' '..=b'~' => char::from(*byte).to_string(),
        _ => format!("\\0x{byte:02x}"),
    });
    format!("\"{}\"", escaped.collect::<String>())
}
