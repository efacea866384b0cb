use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;

fn us() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn password(text: &str, label: &str, host: &str) -> Option<String> {
    let (netrc, _) = Netrc::parse(text.as_bytes());
    let found = netrc.password_for(label.as_bytes(), host.as_bytes(), b"joe")?;
    Some(String::from_utf8_lossy(found.expose()).into_owned())
}

/// What 6.4.37 does with each of these is compared in `tests/it/compat_netrc.rs`; here is what is
/// ours alone.
#[test]
fn entries_without_a_login_and_defaults_come_last() {
    let check = |text: &str, expected: Option<&str>| {
        assert_eq!(password(text, "a", "b").as_deref(), expected, "{text}");
    };
    check("default login joe password d", Some("d"));
    check("default password d", Some("d"));
    check("default login ann password d", None);
    check("default password d machine a password p", Some("p"));
    check("default password d machine b password p", Some("p"));
    check(
        "machine a login ann password p default password d",
        Some("d"),
    );
    check("machine a password p machine b password q", Some("p"));
    check("machine b password q", Some("q"));
    check("machine A password p", None);
    check(
        "machine a password p machine a login joe password q",
        Some("q"),
    );
    check(
        "machine a password p machine b login joe password q",
        Some("q"),
    );
}

#[test]
fn oddities_name_their_line_and_no_password() {
    let check = |text: &str, expected: &[(usize, &str)]| {
        let (_, found) = Netrc::parse(text.as_bytes());
        let lines: Vec<usize> = found.iter().map(|(line, _)| *line).collect();
        let wanted: Vec<usize> = expected.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, wanted, "{text}: {found:?}");
        for ((_, sentence), (_, word)) in found.iter().zip(expected) {
            assert!(sentence.contains(word), "{sentence}");
        }
    };
    check("machine a login b password c\n", &[]);
    check("\nfrob machine a\n", &[(2, "not a word")]);
    check("machine a password one two-words\n", &[(1, "not a word")]);
    check(
        "login x\npasswd y\naccount z\n",
        &[(1, "login"), (2, "password"), (3, "account")],
    );
    check(
        "machine a\nmacdef init\nfrob\n\nfrob\n",
        &[(5, "not a word")],
    );
}

#[test]
fn permissions() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".netrc");
    let check = |mode: u32, text: &str, expected: Result<usize, ()>| {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let said = match read(&path, us()) {
            Ok(found) => Ok(found.unwrap().1.len()),
            Err(error) => {
                assert!(matches!(error, NetrcError::Writable { .. }), "{error}");
                assert!(error.to_string().contains("chmod 600"));
                Err(())
            }
        };
        assert_eq!(said, expected, "{mode:o}");
    };
    let with = "machine a password p\n";
    for mode in [0o600, 0o400, 0o700, 0o711] {
        check(mode, with, Ok(0));
    }
    for mode in [0o644, 0o640, 0o604] {
        check(mode, with, Ok(1));
        check(mode, "machine a login b\n", Ok(0));
    }
    for mode in [0o620, 0o602, 0o666] {
        check(mode, with, Err(()));
    }
}

#[test]
fn what_is_not_used() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".netrc");
    assert_eq!(read(&path, us()), Ok(None));
    let check = |path: &Path, uid: u32, fits: fn(&NetrcError) -> bool| {
        let error = read(path, uid).unwrap_err();
        assert!(fits(&error), "{error:?}");
    };
    check(dir.path(), us(), |e| {
        matches!(e, NetrcError::NotRegular { .. })
    });
    fs::write(&path, "machine a password p\n").unwrap();
    check(&path.join("x"), us(), |e| {
        matches!(e, NetrcError::Unreadable { .. })
    });
    if us() != 0 {
        check(&path, us() + 1, |e| matches!(e, NetrcError::NotOurs { .. }));
    }
    fs::File::options()
        .write(true)
        .open(&path)
        .and_then(|file| file.set_len(SIZE_MAX + 1))
        .unwrap();
    check(&path, us(), |e| matches!(e, NetrcError::NotRegular { .. }));
}

/// Anything at all is read in bounded time, without a panic.
#[test]
fn bad_input() {
    let nuls = vec![0_u8; 1 << 20];
    let quotes = vec![b'"'; 1 << 20];
    let words = b"machine ".repeat(1 << 17);
    let line = vec![b'x'; 1 << 20];
    for text in [
        &nuls,
        &quotes,
        &words,
        &line,
        &b"macdef".to_vec(),
        &b"\xff\xfe".to_vec(),
    ] {
        Netrc::parse(text);
    }
}
