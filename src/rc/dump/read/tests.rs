use super::*;

const USUAL: Usual = Usual {
    user: b"me",
    is_root: false,
    idfile: b"/h/.fetchids",
};

fn dump(inside: &str) -> String {
    format!("TRUE=1; FALSE=0\n\nos_type = 'linux'\nfetchmailrc = {{\n{inside}}}\n")
}

fn taken(inside: &str) -> Result<String, Refused> {
    let taken = read(dump(inside).as_bytes(), &USUAL)?;
    assert_eq!(taken.left_out, [""; 0]);
    Ok(String::from_utf8(taken.text).unwrap())
}

#[test]
fn a_small_dump() {
    let text = taken(
        "'poll_interval':600,\n\"logfile\":None,\n\"idfile\":\"/h/.fetchids\",\n\"postmaster\":\"me\",\n\
         'bouncemail':FALSE,\n'servers': [\n# Entry for site `a' begins:\n{ \"pollname\":\"a\",'active':TRUE,\n\
         \"protocol\":\"IMAP\",\"auth\":\"any\",'timeout':300,'users': [\n{\"remote\":\"ann x\",\"password\":\"p\\\"q\\0x1f\",\n\
         'localnames':[(\"x\", \"y\"), \"z\", '*'],'antispam':'571 550','keep':TRUE,}\n\t\t,\t    ]\n}\n]\n",
    );
    let expected = "set daemon 600\nset no bouncemail\n\npoll a\n    proto imap\n    user \"ann x\" is x=y z * here\n        password 'p\"q\\x1f'\n        keep\n        antispam 571 550\n";
    assert_eq!(text.unwrap(), expected);
}

#[test]
fn what_is_not_taken() {
    let refused = |inside: &str| taken(inside).unwrap_err();
    assert_eq!(refused("'passwords_masked':TRUE,"), Refused::Masked);
    assert!(
        refused("'passwords_masked':TRUE,")
            .to_string()
            .contains("masked")
    );
    assert!(taken("'passwords_masked':FALSE,").is_ok());
    assert_eq!(read(b"poll a", &USUAL).err(), Some(Refused::NoDump));
    assert_eq!(
        read(b"fetchmailrc = 5", &USUAL).err(),
        Some(Refused::NoDump)
    );
    assert_eq!(refused("'a': open('x'),"), Refused::Broken { line: 5 });
    assert_eq!(refused("'a': 1 + 1,"), Refused::Broken { line: 5 });
    assert_eq!(refused("'a': \"x\n\","), Refused::Broken { line: 5 });
    assert_eq!(refused("'a': \"\\q\","), Refused::Broken { line: 5 });
    let deep = format!("'a': {}{},", "[".repeat(50_000), "]".repeat(50_000));
    assert_eq!(refused(&deep), Refused::Deep { line: 5 });
    let odd = |key: &str| Refused::Odd { key: key.into() };
    assert_eq!(refused("'servers': 5,"), odd("servers"));
    assert_eq!(
        refused("'poll_interval': 99999999999,"),
        odd("poll_interval")
    );
    let server =
        |inside: &str| format!("'servers': [{{ \"pollname\":\"a\",\"auth\":\"any\",{inside} }}]");
    assert_eq!(refused(&server("\"protocol\":\"SMTP\"")), odd("protocol"));
    let long = vec![b' '; Document::MAX + 1];
    assert_eq!(read(&long, &USUAL).err(), Some(Refused::TooLarge));
}

#[test]
fn what_nobody_knows_is_told() {
    let inside = "'newer': TRUE, 'quiet': None, 'servers': [{\"pollname\": \"a\", \"auth\": \"any\", 'users': [{'moveto': \"x\"}]}]";
    let taken = read(dump(inside).as_bytes(), &USUAL).unwrap();
    assert_eq!(taken.left_out, ["newer", "moveto"]);
}

proptest::proptest! {
    /// Whatever it is, it is read or refused.
    #[test]
    fn anything_is_looked_at(bytes: Vec<u8>, text in "(fetchmailrc = |[{\\[(]|[\\])}]|'servers'|'users'|:|,|\"x|\"|'|TRUE|5| |\n|#|\\\\){0,40}") {
        let _ = read(&bytes, &USUAL);
        let _ = read(text.as_bytes(), &USUAL);
    }
}
