//! Dumps read back: the file made of a dump, of fetchmail's or of ours, has the same dump.

use postrider::rc::dump::read::{Refused, Usual, read};

use super::corpus;
use super::oracle::{Oracle, difference, garbled};

/// Who runs the program, as a dump shows it.
fn user(oracle: &Oracle) -> Vec<u8> {
    let dump = oracle.ours(b"poll a", "").stdout;
    let dump = String::from_utf8(dump).unwrap();
    let (_, rest) = dump.split_once("\"remote\":\"").unwrap();
    rest.split('"').next().unwrap().as_bytes().to_vec()
}

#[test]
fn a_dump_taken_over_has_the_same_dump() {
    let Some(oracle) = Oracle::find() else { return };
    let user = user(&oracle);
    let idfile = oracle.home().join(".fetchids");
    let usual = Usual {
        user: &user,
        is_root: rustix::process::geteuid().is_root(),
        idfile: idfile.as_os_str().as_encoded_bytes(),
    };
    let (mut taken, mut wrong) = (0, Vec::new());
    for text in corpus() {
        let (theirs, ours) = (oracle.theirs(&text, ""), oracle.ours(&text, ""));
        // What fetchmail makes of bytes above 127 is more than one knows (see `difference`).
        let is_odd = garbled(&ours.stdout).is_some();
        let dumps = [(theirs, "fetchmail"), (ours, "postrider")];
        for (dump, whose) in dumps {
            if dump.status.code() != Some(0) || (is_odd && whose == "fetchmail") {
                continue;
            }
            let shown = text.escape_ascii();
            let file = match read(&dump.stdout, &usual) {
                Ok(read) => read,
                Err(why) => {
                    wrong.push(format!("{whose}: {shown}: {why}"));
                    continue;
                }
            };
            assert_eq!(file.left_out, [""; 0], "{shown}");
            let again = oracle.ours(&file.text, "");
            let new = file.text.escape_ascii();
            match difference(&dump.stdout, &again.stdout) {
                None => taken += 1,
                Some(what) => wrong.push(format!("{whose}: {shown}\n  {new}\n  {what}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{taken} good, but\n{}", wrong.join("\n"));
    assert!(taken > 1100, "{taken}");
}

#[test]
fn masked_passwords_are_refused() {
    let Some(oracle) = Oracle::find() else { return };
    let home = oracle.home().to_owned();
    let rc = home.join("rc");
    std::fs::write(&rc, "poll a user b pass c").unwrap();
    std::fs::set_permissions(&rc, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_postrider"))
        .args(["fetch", "--configdump", "-f"])
        .arg(&rc)
        .env("HOME", &home)
        .output()
        .unwrap();
    let usual = Usual {
        user: b"me",
        is_root: false,
        idfile: b"",
    };
    assert_eq!(read(&run.stdout, &usual).err(), Some(Refused::Masked));
}
