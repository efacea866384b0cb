//! Random bytes, token by token: fetchmail's parser tells each token it reads (`-y`), and up to the
//! first error they must be ours, in number and kind; of what both accept the dumps are compared.

use std::path::Path;

use postrider::rc::diagnostic::Diagnostic;
use postrider::rc::dump::{Facts, dump};
use postrider::rc::lex::Kind;
use postrider::rc::option::{is_reserved, meaning};
use postrider::rc::resolve::{Layers, checked, usable};
use postrider::rc::{Document, Overrides, Surroundings, settings};

use super::oracle::{Oracle, difference};
use super::random::Random;

/// Texts that bring the lexer into each of its states.
const BEFORE: &[&str] = &[
    "",
    "",
    "poll ",
    "poll a ",
    "poll a proto ",
    "poll a auth ",
    "poll a envelope ",
    "poll a aka ",
    "poll a user b ",
    "poll a user ",
    "poll a user b pass ",
    "poll a user b is ",
    "poll a user b is c=",
    "poll a user b folder ",
    "poll a user b antispam 5 ",
    "poll a user b limit ",
    "set ",
    "set postmaster ",
    "set properties = ",
    "defaults keep\npoll a pass ",
];

/// Pieces that interact.
const PIECES: &[&[u8]] = &[
    b"\"",
    b"\"",
    b"'",
    b"\\",
    b"\\",
    b"\\\n",
    b"\n",
    b"\r\n",
    b"\r",
    b"\t",
    b" ",
    b" ",
    b" ",
    b"=",
    b"#",
    b":",
    b";",
    b",",
    b"-",
    b"0",
    b"1",
    b"8",
    b"9",
    b"12",
    b"007",
    b"\\0",
    b"\\1",
    b"\\x",
    b"\\x4",
    b"\\n",
    b"a",
    b"b",
    b"Z",
    b"x",
    b"*",
    b".",
    b"/",
    b"@",
    b"keep",
    b"no",
    b"no keep",
    b"nokeep",
    b"user",
    b"pass",
    b"password",
    b"is",
    b"to",
    b"here",
    b"there",
    b"poll",
    b"skip",
    b"set",
    b"defaults",
    b"and",
    b"with",
    b"options",
    b"POP3",
    b"imap",
    b"auto",
    b"any",
    b"folder",
    b"via",
    b"\x01",
    b"\x0b",
    b"\x0c",
    b"\x7f",
    b"\x80",
    b"\xa0",
    b"\xe4",
    b"\xff",
    b"\xc3\xa9",
    b"\"a b\"",
    b"'c'",
    b"\"a\"b",
    b"\\\"",
    b"\\'",
    b"+",
    b"<",
    b">",
    b"?",
];

/// A file; its last line ends, so that no comment is open at the end.
pub fn file(random: &mut Random) -> Vec<u8> {
    let mut text = BEFORE[random.below(BEFORE.len())].as_bytes().to_vec();
    for _ in 0..=random.below(9) {
        text.extend(PIECES[random.below(PIECES.len())]);
        if random.below(3) == 0 {
            text.push(b' ');
        }
    }
    text.push(b'\n');
    text
}

/// Kinds of tokens: `S` string, `N` number, `=`, `K` keyword, `.` end.
fn theirs(trace: &str) -> String {
    let mut kinds = String::new();
    let mut lines = trace.lines();
    while let Some(line) = lines.next() {
        // Complaints are put between lines of the trace.
        if line.contains("syntax error") {
            break;
        }
        if line != "Reading a token" {
            continue;
        }
        let next = lines.next().unwrap_or_default();
        let kind = next
            .strip_prefix("Next token is token ")
            .map_or("$end", |rest| rest.split(' ').next().unwrap_or_default());
        kinds.push(match kind {
            "STRING" => 'S',
            "NUMBER" => 'N',
            "MAP" => '=',
            "$end" | "\"end" => '.',
            _ => 'K',
        });
    }
    kinds
}

/// The same of our tokens, up to and with the one at `end`. What a token is follows from its shape
/// and the one before it; that our reader sees it so shows in where it finds an error, and in the
/// dump.
fn ours(document: &Document, end: Option<u32>) -> String {
    let mut kinds = String::new();
    let mut names = false;
    let mut is_after_auth = false;
    for at in document.tokens() {
        let raw = document.raw(at);
        let kind = match document.kind(at).unwrap() {
            Kind::ByteOrderMark | Kind::Space | Kind::Comment | Kind::Stop => continue,
            Kind::Word if !names && meaning(raw).is_some_and(|m| m.is_noise) => continue,
            Kind::Equals => '=',
            Kind::Number if !names => 'N',
            // After `auth` only the long spelling is a keyword.
            Kind::Word if !names && raw == b"pass" && is_after_auth => 'S',
            Kind::Word if !names && is_reserved(raw) => 'K',
            _ => 'S',
        };
        kinds.push(kind);
        if end == Some(document.span(at).start) {
            return kinds;
        }
        // The one glued form that fetchmail's lexer takes apart.
        if kind == 'K' && raw == b"nokeep" {
            kinds.push('K');
        }
        let is_before_name = matches!(
            raw,
            b"user" | b"username" | b"pass" | b"password" | b"is" | b"to"
        );
        // After `auth`, `password` is a way to sign in.
        let is_method = raw == b"password" && is_after_auth;
        names = match kind {
            'K' => names || (is_before_name && !is_method),
            '=' => true,
            'S' => false,
            _ => names,
        };
        is_after_auth = matches!(
            raw,
            b"auth" | b"authenticate" | b"preauth" | b"preauthenticate"
        );
    }
    kinds + "."
}

/// Our dump of a file, or what is wrong with it.
pub fn our_dump(document: &Document, home: &Path, user: &str) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let around = Surroundings {
        invoking_user: user.to_owned(),
        is_root: user == "root",
        rc_dir: Some(home.to_owned()),
        ..Surroundings::default()
    };
    let (stanzas, found) = settings::read(document);
    let overrides = Overrides::default();
    let layers = Layers::new(&stanzas, &overrides, &around);
    usable(checked(
        document,
        &layers,
        found,
        &layers.globals(),
        |_, _| {},
    ))?;
    let facts = Facts {
        idfile: &home.join(".fetchids"),
        is_file: &Path::exists,
        without_log: false,
        only_check: false,
        host: &|| "localhost".to_owned(),
        netrc: &|_, _| None,
        saved: &|_, _| Vec::new(),
        show_passwords: true,
    };
    let mut all = Vec::new();
    dump(&layers, &facts, &mut |part| {
        all.append(part);
        true
    });
    Ok(all)
}

fn check(oracle: &Oracle, text: &[u8], user: &str) -> Result<(), String> {
    let out = oracle.trace(text);
    let trace = String::from_utf8_lossy(&out.stderr);
    let document = Document::parse(text);
    let told = |what: &str| Err(format!("{}\n  {what}", text.escape_ascii()));
    let result = our_dump(&document, oracle.home(), user);
    let is_syntax = trace.contains("syntax error");
    match (&result, out.status.code()) {
        (Ok(ours), Some(0)) => {
            let lines = difference(&out.stdout, ours);
            // A line break in a label; see `ON_PURPOSE`.
            if let Some(lines) = lines.filter(|lines| !lines.contains("# Entry for site")) {
                return told(&lines);
            }
        }
        (Err(_), Some(5)) => {}
        (Ok(_), status) => return told(&format!("status {status:?}, we accept it")),
        (Err(errors), status) => return told(&format!("status {status:?}, we {errors:?}")),
    }
    let end = match &result {
        Ok(_) => None,
        // Errors of meaning: the parser goes on.
        Err(_) if !is_syntax => return Ok(()),
        Err(errors) => {
            if errors[0].slug == "server-option-after-user" || errors[0].slug == "late-defaults" {
                return Ok(());
            }
            errors[0].place.map(|place| place.span.start)
        }
    };
    let end = end.filter(|end| (*end as usize) < text.len());
    let (theirs, ours) = (theirs(&trace), ours(&document, end));
    // Of local names that no `here` ends we report the second, fetchmail what follows the last.
    let is_same = theirs == ours || (end.is_some() && theirs.starts_with(&ours));
    match is_same {
        true => Ok(()),
        false => told(&format!("{theirs}, we {ours}")),
    }
}

#[test]
fn random_bytes_are_the_tokens_fetchmail_reads() {
    let Some(oracle) = Oracle::find() else { return };
    let probe = oracle.theirs(b"poll a", "");
    let probe = String::from_utf8_lossy(&probe.stdout);
    let user = probe
        .lines()
        .find_map(|line| line.trim().strip_prefix("\"remote\":\""));
    let user = user.and_then(|rest| rest.strip_suffix("\",")).unwrap();
    let rounds = std::env::var("COMPAT_TOKENS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(400);
    let failures: Vec<String> = (0..rounds)
        .map(|seed| file(&mut Random(seed * 7919 + 1)))
        .filter_map(|text| check(&oracle, &text, user).err())
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {rounds}:\n{}",
        failures.len(),
        failures[..failures.len().min(40)].join("\n")
    );
}
