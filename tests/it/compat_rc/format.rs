//! `postrider fmt` over the corpus and over random files: what is laid out is laid out the same again,
//! and to fetchmail it says what it said before.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use postrider::rc::Document;
use postrider::rc::fmt::{Refused, format};

use super::oracle::Oracle;
use super::random::Random;

/// One file in so many of the corpus is shown to fetchmail; all with `POSTRIDER_LONG`.
const SAMPLE: usize = 2;

/// The file laid out; `None` if it has errors. Once more changes nothing.
fn laid_out(text: &[u8]) -> Option<Vec<u8>> {
    let shown = text.escape_ascii();
    let once = match format(&Document::parse(text)) {
        Ok(once) => once,
        Err(Refused::Errors(_)) => return None,
        Err(why) => panic!("{why}: {shown}"),
    };
    let again = format(&Document::parse(&once));
    let again = again.unwrap_or_else(|why| panic!("{why}: {shown}\n{}", once.escape_ascii()));
    assert_eq!(
        again.escape_ascii().to_string(),
        once.escape_ascii().to_string(),
        "{shown}"
    );
    assert!(once.is_empty() || once.ends_with(b"\n"), "{shown}");
    Some(once)
}

/// Comments, empty lines and indentation put between the words of a file.
fn strewn(text: &[u8], random: &mut Random) -> Vec<u8> {
    let document = Document::parse(text);
    let mut out = Vec::new();
    for (number, at) in document.tokens().enumerate() {
        let raw = document.raw(at);
        out.extend(raw);
        if raw.iter().all(u8::is_ascii_whitespace) {
            match random.below(8) {
                0 => out.extend(format!("# {number}\n").into_bytes()),
                1 => out.extend(format!("\n  # {number}\n\n").into_bytes()),
                2 => out.extend(b"\n\n"),
                3 => out.extend(b"\n\t"),
                _ => {}
            }
        }
    }
    out
}

fn random_files(count: u64) -> impl Iterator<Item = Vec<u8>> {
    let words = include_str!("../../corpus/rc/words.txt").split("\n%%\n");
    let words: Vec<Vec<&str>> = words.map(|part| part.lines().collect()).collect();
    (0..count).map(move |seed| {
        let text = Random(seed * 31 + 5).file(&words).into_bytes();
        strewn(&text, &mut Random(seed))
    })
}

#[test]
fn laying_out_twice_changes_nothing() {
    let laid = |files: &mut dyn Iterator<Item = Vec<u8>>| {
        files.filter(|text| laid_out(text).is_some()).count()
    };
    let corpus = super::corpus();
    assert!(laid(&mut corpus.iter().cloned()) > 600);
    let strewn = corpus
        .iter()
        .zip(0..)
        .map(|(text, seed)| strewn(text, &mut Random(seed)));
    assert!(laid(&mut { strewn }) > 600);
    assert!(laid(&mut random_files(1000)) > 300);
    let later = super::moveto::cases();
    assert!(laid(&mut later.iter().map(|case| case.text.as_bytes().to_vec())) > 100);
    let mut bytes = (0..1500).map(|seed| super::tokens::file(&mut Random(seed)));
    assert!(laid(&mut bytes) > 150);
}

#[test]
fn a_layout_says_the_same_to_fetchmail() {
    if Oracle::find().is_none() {
        return;
    }
    let every = if std::env::var_os("POSTRIDER_LONG").is_some() {
        1
    } else {
        SAMPLE
    };
    let files: Vec<Vec<u8>> = super::corpus()
        .into_iter()
        .chain(random_files(200))
        .collect();
    let compared = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for half in 0..2 {
            let (files, compared, failures) = (&files, &compared, &failures);
            scope.spawn(move || {
                let Some(oracle) = Oracle::find() else { return };
                for text in files.iter().skip(half * every).step_by(2 * every) {
                    match compare(&oracle, text) {
                        Ok(is_compared) => drop(compared.fetch_add(is_compared.into(), Relaxed)),
                        Err(told) => failures.lock().unwrap().push(told),
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let compared = compared.into_inner();
    assert!(compared * every > 600, "{compared}");
}

fn compare(oracle: &Oracle, text: &[u8]) -> Result<bool, String> {
    let before = oracle.theirs(text, "");
    let Some(after) = laid_out(text).filter(|_| before.status.code() == Some(0)) else {
        return Ok(false);
    };
    // 6.4.37 writes stray memory for bytes above 127: of those files our own dumps are compared.
    let (before, out) = match after.is_ascii() {
        true => (before, oracle.theirs(&after, "")),
        false => (oracle.ours(text, ""), oracle.ours(&after, "")),
    };
    match out.status == before.status && out.stdout == before.stdout {
        true => Ok(true),
        false => Err(format!(
            "{}\n  laid out\n{}\n{}",
            text.escape_ascii(),
            String::from_utf8_lossy(&after),
            String::from_utf8_lossy(&out.stderr)
        )),
    }
}
