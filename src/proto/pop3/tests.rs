//! Dialogues with every size of read, and cut off after every octet.

use std::path::Path;

use proptest::prelude::*;

use super::talk::{cut, length, play, told};

/// Sizes of reads; 1 splits everywhere.
const SIZES: [usize; 6] = [1, 2, 3, 7, 64, usize::MAX];

#[test]
fn dialogues() {
    for (name, text) in talks() {
        for size in SIZES {
            println!("{name}"); // shown when the player stops
            play(&text, size);
        }
    }
}

/// Whatever the server had said when the line broke, we report what was reported in the whole
/// dialogue up to there, then an error: no message ends, no deletion counts that was not whole.
#[test]
fn cut_after_every_octet() {
    for (name, text) in talks() {
        let expected: Vec<_> = text.lines().filter_map(|l| l.strip_prefix("E: ")).collect();
        let length = length(&text);
        for at in (0..length).filter(|at| length < 5_000 || at % 997 == 0) {
            let mut told = cut(&text, at);
            let last = told.pop().unwrap_or_default();
            let place = format!("{name} after {at} octets: {told:?}, {last}");
            assert!(told.len() <= expected.len(), "{place}");
            assert!(told.iter().zip(&expected).all(|(a, b)| a == b), "{place}");
            let is_error = !GOOD.iter().any(|word| last.starts_with(word));
            assert!(is_error, "{place}");
        }
    }
}

/// How everything begins that is not the end of a conversation that failed.
const GOOD: [&str; 7] = [
    "signed in",
    "surveyed",
    "message",
    "no ",
    "deleted",
    "quit",
    "done",
];

fn talks() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/talk/pop3");
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let talks: Vec<_> = paths
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                text,
            )
        })
        .collect();
    assert!(talks.len() > 30);
    talks
}

/// What servers say, and what they should not.
fn words() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        4 => Just("+OK\r\n"),
        2 => Just("+OK 2 9\r\n"),
        4 => Just(".\r\n"),
        2 => Just("-ERR x\r\n"),
        2 => Just("1 a\r\n"),
        1 => Just("2 a\n"),
        2 => Just("text"),
        2 => Just("\r\n"),
        1 => Just("."),
        1 => Just("\r"),
        1 => Just("\n"),
        1 => Just("\0"),
        1 => Just("+ "),
    ];
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat().into_bytes())
}

proptest! {
    /// Any server, any split of its words into reads: the same is told, and nobody panics.
    #[test]
    fn reads_do_not_matter(server in words(), size in 1usize..12) {
        prop_assert_eq!(told(&server, size), told(&server, usize::MAX));
    }

    #[test]
    fn rubbish_is_survived(server in prop::collection::vec(any::<u8>(), 0..200)) {
        let told = told(&server, 16);
        prop_assert!(!told.iter().any(|event| event.starts_with("quit true")));
    }
}
